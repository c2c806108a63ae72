//! One producer, several consumers, and none of them can hold it up.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError};

use parapet_engine::Output;
use parapet_frame::Time;
use parapet_warn::OperatorCommand;

use crate::links::Datagram;

/// Steps that wait for a consumer which has fallen behind although they must not be lost.
const HELD_MAX: usize = 1_000;

/// One step of the engine and all that it said.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// The time of the step.
    pub(crate) at: Time,
    /// The datagram that was taken; `None` when only time passed.
    pub(crate) heard: Option<Datagram>,
    /// What somebody on duty ordered, where that is what happened.
    pub(crate) command: Option<OperatorCommand>,
    /// What the engine said.
    pub(crate) outputs: Vec<Output>,
}

impl Step {
    /// Whether somebody's safety hangs on it.
    pub(crate) fn has_alarm(&self) -> bool {
        self.outputs.iter().any(|output| matches!(output, Output::Alarm(_)))
    }

    /// Whether it says anything about what moves.
    pub(crate) fn has_track(&self) -> bool {
        self.outputs.iter().any(|output| matches!(output, Output::Track(_) | Output::TrackEnded { .. }))
    }

    /// Whether it says anything about rounds.
    pub(crate) fn has_threat(&self) -> bool {
        self.outputs.iter().any(|output| matches!(output, Output::Alarm(_) | Output::Threat(_)))
    }
}

/// A bounded way to one consumer of steps. What does not fit is held if it must arrive, and otherwise counted and dropped.
#[derive(Debug)]
pub(crate) struct Lane {
    queue: SyncSender<Arc<Step>>,
    held: VecDeque<Arc<Step>>,
    lost: u64,
}

impl Lane {
    pub(crate) fn new(queue: SyncSender<Arc<Step>>) -> Self {
        Lane { queue, held: VecDeque::new(), lost: 0 }
    }

    /// Hands a step over; never waits.
    pub(crate) fn send(&mut self, step: &Arc<Step>, must_arrive: bool) {
        self.catch_up();
        if !self.held.is_empty() {
            self.hold(step, must_arrive);
        } else if let Err(TrySendError::Full(_)) = self.queue.try_send(step.clone()) {
            self.hold(step, must_arrive);
        }
    }

    /// Hands over what is held, as far as there is room again.
    pub(crate) fn catch_up(&mut self) {
        while let Some(step) = self.held.pop_front() {
            if let Err(TrySendError::Full(step)) = self.queue.try_send(step) {
                self.held.push_front(step);
                return;
            }
        }
    }

    /// How many steps did not arrive.
    pub(crate) fn lost(&self) -> u64 {
        self.lost
    }

    fn hold(&mut self, step: &Arc<Step>, must_arrive: bool) {
        if must_arrive && self.held.len() < HELD_MAX {
            self.held.push_back(step.clone());
        } else {
            self.lost += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::*;

    fn step(seconds: f64) -> Arc<Step> {
        Arc::new(Step { at: Time::from_seconds(seconds), heard: None, command: None, outputs: vec![] })
    }

    #[test]
    fn what_must_arrive_arrives_in_order_and_the_rest_is_counted() {
        let (queue, consumer) = sync_channel(2);
        let mut lane = Lane::new(queue);
        for (n, must_arrive) in [false, true, true, false, true].into_iter().enumerate() {
            lane.send(&step(n as f64), must_arrive);
        }
        assert_eq!(lane.lost(), 1);
        let mut arrived = Vec::new();
        while let Ok(step) = consumer.try_recv() {
            arrived.push(step.at.seconds_since(Time::from_nanos(0)));
            lane.catch_up();
        }
        assert_eq!(arrived, [0.0, 1.0, 2.0, 4.0]);
    }

    #[test]
    fn a_consumer_that_is_gone_holds_nothing_up() {
        let (queue, consumer) = sync_channel(1);
        drop(consumer);
        let mut lane = Lane::new(queue);
        (0..10).for_each(|n| lane.send(&step(f64::from(n)), true));
        assert!(lane.held.is_empty());
    }
}
