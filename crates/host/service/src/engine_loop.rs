//! The single owner of the chain: takes datagrams in order, wakes when the engine wants to, hands everything out.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use parapet_engine::{EngineState, Event, Output};
use parapet_frame::Time;
use parapet_recording::Resumed;
use parapet_warn::{Alarm, Stage, ZoneId};

use crate::Clock;
use crate::backlog::Backlog;
use crate::chain::Chain;
use crate::channel::Books;
use crate::evidence::Evidence;
use crate::fanout::{Lane, Step};
use crate::links::Datagram;
use crate::operator::{Answer, Order};
use crate::recorder::RecorderLane;
use crate::sensor_view;
use crate::shared::{Shared, Status};
use crate::tell;

/// How often the status is shown to the other threads.
const STATUS_PERIOD_S: f64 = 0.2;
/// How long an order of people on duty waits at most while no sensor speaks, seconds.
const ORDER_PERIOD_S: f64 = 0.05;
/// How often losses are told.
const LOSSES_PERIOD_S: f64 = 1.0;
/// How often the whole of what outlives the program goes to the recording: a restart reads no more than that back.
const STATE_PERIOD_S: f64 = 5.0;

/// Owns the chain while the service runs.
pub(crate) struct EngineLoop {
    pub(crate) chain: Chain,
    pub(crate) clock: Arc<Clock>,
    pub(crate) heard: Receiver<Datagram>,
    /// What people on duty order.
    pub(crate) orders: Receiver<Order>,
    /// Who came in, who was refused and who ordered.
    pub(crate) audited: Receiver<String>,
    pub(crate) dropped: Arc<AtomicU64>,
    pub(crate) overrun: Arc<AtomicU64>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) alarms: Lane,
    pub(crate) channels: Lane,
    pub(crate) books: Arc<Books>,
    /// Whether a channel wants news of tracks.
    pub(crate) tracks_wanted: bool,
    pub(crate) picture: Lane,
    pub(crate) recorder: RecorderLane,
    pub(crate) at: Time,
    pub(crate) status: Status,
    pub(crate) evidence: Evidence,
    pub(crate) backlog: Backlog,
    pub(crate) losses_noted: Time,
    /// What another run left, to be taken up before anything else.
    pub(crate) resume: Option<Resumed>,
    pub(crate) state_kept: Time,
    /// Whether people were told that the recording fails.
    pub(crate) recording_fails: bool,
}

impl EngineLoop {
    /// Runs until every link has ended and what they queued is done; then closes the recording.
    pub(crate) fn run(mut self) {
        self.take_up();
        self.show_status();
        loop {
            match self.heard.recv_timeout(self.patience()) {
                Ok(datagram) => self.datagram_in_time(datagram),
                Err(RecvTimeoutError::Timeout) => self.pass_time(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            while let Ok(order) = self.orders.try_recv() {
                self.obey(order);
            }
            if self.clock.now().seconds_since(self.status.now) >= STATUS_PERIOD_S {
                self.look_around();
            }
        }
        self.pass_time();
        self.losses_noted = Time::default();
        self.look_around();
        self.recorder.state(self.at, self.chain.state(None));
        self.recorder.close(self.at, self.chain.digest());
    }

    /// Tells anew what stood when another run ended.
    fn take_up(&mut self) {
        self.at = self.at.max(self.clock.now());
        if let Some(resumed) = self.resume.take() {
            let mut outputs = Vec::new();
            self.recorder.resumed(self.at, resumed.clone());
            self.chain.resume(self.at, resumed.state, &mut outputs);
            self.hand_out(Step { at: self.at, heard: None, command: None, outputs });
        }
        self.recorder.state(self.at, self.chain.state(None));
    }

    /// What of this step outlives the program: the zones that were told something, or everything after an order.
    fn state_after(&self, step: &Step) -> Option<EngineState> {
        if step.command.is_some() {
            return Some(self.chain.state(None));
        }
        let zones: Vec<ZoneId> = step
            .outputs
            .iter()
            .filter_map(|output| match output {
                Output::Alarm(alarm) => Some(alarm.id.zone),
                _ => None,
            })
            .collect();
        (!zones.is_empty()).then(|| self.chain.state(Some(&zones)))
    }

    /// How long to wait for a datagram: until the engine wants to wake, or the status is due.
    fn patience(&self) -> Duration {
        let wait_s = self.chain.next_wake().seconds_since(self.clock.now());
        Duration::from_secs_f64(wait_s.clamp(0.0, ORDER_PERIOD_S))
    }

    fn datagram_in_time(&mut self, datagram: Datagram) {
        let lag_s = self.clock.now().seconds_since(datagram.heard_at.0);
        if self.backlog.takes(lag_s) {
            self.datagram(datagram);
        }
    }

    fn datagram(&mut self, datagram: Datagram) {
        // Links stamp on their own, so that neighbours may arrive in the wrong order by microseconds.
        self.at = self.at.max(datagram.heard_at.0);
        let mut outputs = Vec::new();
        let Datagram { heard_at, link, sender, bytes } = &datagram;
        self.chain.datagram(self.at, *heard_at, *link, *sender, bytes, &mut outputs);
        self.status.datagrams += 1;
        self.count_events();
        self.hand_out(Step { at: self.at, heard: Some(datagram), command: None, outputs });
    }

    fn pass_time(&mut self) {
        self.at = self.at.max(self.clock.now());
        let mut outputs = Vec::new();
        self.chain.tick(self.at, &mut outputs);
        if !outputs.is_empty() {
            self.hand_out(Step { at: self.at, heard: None, command: None, outputs });
        }
    }

    fn obey(&mut self, order: Order) {
        self.at = self.at.max(self.clock.now());
        let mut outputs = Vec::new();
        self.chain.command(self.at, order.command.clone(), &mut outputs);
        let refused = outputs.iter().find_map(|output| match output {
            Output::Operator(report) if report.command == order.command => report.refused,
            _ => None,
        });
        let alarms = outputs.iter().filter_map(|output| match output {
            Output::Alarm(alarm) => Some(alarm.id),
            _ => None,
        });
        let answer = Answer { refused, alarms: alarms.collect() };
        self.hand_out(Step { at: self.at, heard: None, command: Some(order.command), outputs });
        // Whoever asked may be gone.
        let _ = order.answer.send(answer);
    }

    fn hand_out(&mut self, step: Step) {
        let step = Arc::new(step);
        // The alarm goes first, and its clock is stopped before anything else is done.
        let has_threat = step.has_threat();
        if has_threat || step.command.is_some() || self.tracks_wanted && step.has_track() {
            self.channels.send(&step, step.has_alarm() || step.command.is_some());
        }
        if has_threat {
            self.alarms.send(&step, step.has_alarm());
        }
        let (now, delays) = (self.clock.now(), &mut self.status.track_delays);
        self.evidence.outputs(&step.outputs, |heard_at| delays.add(now.seconds_since(heard_at)));
        self.measure(&step);
        self.picture.send(&step, step.has_alarm());
        let state = self.state_after(&step);
        self.recorder.step(&step, state);
        self.count_outputs(&step.outputs);
    }

    /// Measures the alarms that were raised in this step.
    fn measure(&mut self, step: &Step) {
        for output in &step.outputs {
            let Output::Alarm(alarm) = output else { continue };
            if is_new(alarm) {
                let heard_at = self.evidence.completed_at(&alarm.threats).unwrap_or(step.at);
                self.shared.add_latency(self.clock.now().seconds_since(heard_at));
                self.status.alarms_raised += 1;
            }
        }
    }

    fn count_events(&mut self) {
        for event in self.chain.last_events() {
            if let Event::Plot(plot) = event {
                self.evidence.plot(plot);
            }
            sensor_view::hear(&mut self.status.sensors, event, self.at);
        }
    }

    fn count_outputs(&mut self, outputs: &[Output]) {
        outputs.iter().for_each(|output| sensor_view::note(&mut self.status.sensors, output));
    }

    /// What is done a few times per second: notes for people, the status for the other threads.
    fn look_around(&mut self) {
        for step in self.clock.take_steps() {
            self.status.clock_steps += 1;
            self.note(&step.to_string());
        }
        self.note_channels();
        while let Ok(words) = self.audited.try_recv() {
            self.note(&words);
        }
        self.note_losses();
        self.note_recording();
        if self.clock.now().seconds_since(self.state_kept) >= STATE_PERIOD_S {
            self.state_kept = self.clock.now();
            self.recorder.state(self.at, self.chain.state(None));
        }
        self.alarms.catch_up();
        self.channels.catch_up();
        self.picture.catch_up();
        self.show_status();
    }

    /// Keeps with the recording what became of every message, and says when a channel comes or goes.
    fn note_channels(&mut self) {
        let fresh = self.books.ledger().take_fresh();
        fresh.into_iter().for_each(|delivery| self.recorder.delivery(self.at, delivery));
        for words in self.books.changes() {
            self.note(&words);
        }
    }

    /// Says what was lost, at most once a second.
    fn note_losses(&mut self) {
        let now = self.clock.now();
        if now.seconds_since(self.losses_noted) < LOSSES_PERIOD_S {
            return;
        }
        self.losses_noted = now;
        let dropped = self.dropped.load(Ordering::Relaxed) + self.backlog.skipped();
        let more = dropped - self.status.datagrams_dropped;
        if more > 0 {
            self.status.datagrams_dropped = dropped;
            self.note(&format!("{more} datagrams were dropped because the engine was too busy"));
        }
        let overrun = self.overrun.load(Ordering::Relaxed);
        let more = overrun.saturating_sub(self.status.datagrams_overrun);
        if more > 0 {
            self.status.datagrams_overrun = overrun;
            self.note(&format!(
                "the operating system dropped {more} datagrams because its receive buffer was full; raise net.core.rmem_max"
            ));
        }
    }

    /// Says when the recording begins to fail, and when it goes on.
    fn note_recording(&mut self) {
        let words = self.shared.recording();
        let fails = words != "ok";
        if core::mem::replace(&mut self.recording_fails, fails) == fails {
            return;
        }
        let text =
            if fails { format!("the recording {words}; warning goes on") } else { "the recording goes on".to_owned() };
        self.note(&text);
    }

    fn note(&mut self, text: &str) {
        tell(text);
        self.recorder.note(self.at, text);
    }

    fn show_status(&mut self) {
        self.status.now = self.clock.now();
        self.status.counts = self.chain.counts().clone();
        self.status.recording_lost = self.recorder.lost();
        self.status.picture_lost = self.picture.lost();
        self.status.alarms_lost = self.alarms.lost();
        self.shared.set_status(self.status.clone());
    }
}

fn is_new(alarm: &Alarm) -> bool {
    matches!(alarm.stage, Stage::Prepare | Stage::TakeCover) && alarm.at == alarm.raised_at
}
