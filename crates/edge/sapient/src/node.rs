//! What the fusion node remembers of one node: a bounded amount, whatever the node says.

use std::collections::{BTreeMap, VecDeque};

use parapet_frame::Time;

use crate::fusion::{Action, ConnectionId, FusionPolicy, HEARTBEAT_SLACK_S, NodeEvent};
use crate::id::{NodeId, Ulid};
use crate::message::schema::status_report::System;
use crate::refusal::{Reason, Refusal};

/// One node.
#[derive(Clone, Debug, Default)]
pub struct Node {
    /// What it calls itself.
    pub name: String,
    /// Where it is connected, if it is.
    pub connection: Option<ConnectionId>,
    /// Seconds between its heartbeats, as registered.
    pub interval_s: f64,
    /// When it was last heard.
    pub heard_at: Time,
    /// Whether it has been silent for longer than it may.
    pub is_silent: bool,
    /// What its latest status report says of itself.
    pub system: System,
    pub(crate) tasks: Tasks,
    detected_at: Option<Time>,
    reports: VecDeque<Ulid>,
}

impl Node {
    pub(crate) fn registered(&mut self, at: Time, connection: ConnectionId, name: String, interval_s: f64) {
        (self.name, self.interval_s, self.connection) = (name, interval_s, Some(connection));
        (self.heard_at, self.is_silent) = (at, false);
    }

    pub(crate) fn left(&mut self, at: Time) {
        (self.connection, self.heard_at) = (None, at);
        (self.tasks, self.detected_at) = Default::default();
    }

    /// It said something that was taken.
    pub(crate) fn heard(&mut self, at: Time, id: NodeId, out: &mut Vec<Action>) {
        self.heard_at = self.heard_at.max(at);
        if core::mem::take(&mut self.is_silent) {
            out.push(Action::Told(NodeEvent::Speaking(id)));
        }
    }

    /// Heartbeats that should have come since it was last heard; none while it is not connected.
    pub(crate) fn heartbeats_missed(&self, at: Time) -> f64 {
        let silent_s = at.seconds_since(self.heard_at) - HEARTBEAT_SLACK_S;
        if self.connection.is_some() && self.interval_s > 0.0 { silent_s / self.interval_s } else { 0.0 }
    }

    pub(crate) fn pass_time(&mut self, at: Time, id: NodeId, policy: &FusionPolicy, out: &mut Vec<Action>) {
        if !self.is_silent && self.heartbeats_missed(at) > policy.heartbeats_missed {
            self.is_silent = true;
            out.push(Action::Told(NodeEvent::Silent(id)));
        }
        let given_up = self.tasks.given_up(at).into_iter();
        out.extend(given_up.map(|task| Action::Told(NodeEvent::DidNotAnswer { node: id, task })));
    }

    /// Whether a detection comes long enough after the one before. One that was refused does not count.
    pub(crate) fn spaced(&self, sent: Time, gap_s: f64) -> Result<(), Refusal> {
        let Some(before) = self.detected_at.filter(|_| gap_s > 0.0) else { return Ok(()) };
        let passed_s = sent.seconds_since(before);
        if passed_s < gap_s {
            let detail = format!("{passed_s:.4} s after the detection before, and {gap_s} s must lie between");
            return Err(Refusal::new(Reason::TooSoon, detail));
        }
        Ok(())
    }

    pub(crate) fn detected(&mut self, sent: Time) {
        self.detected_at = Some(sent);
    }

    /// Whether a report is new; it is remembered if it is.
    pub(crate) fn new_report(&mut self, report: &str, remembered: usize) -> Result<(), Refusal> {
        let Ok(report) = report.parse::<Ulid>() else {
            return Err(Refusal::new(Reason::AgainstTheRules, "report_id"));
        };
        if self.reports.contains(&report) {
            return Err(Refusal::new(Reason::Repeated, format!("report {report} came before")));
        }
        if self.reports.len() >= remembered {
            self.reports.pop_front();
        }
        self.reports.push_back(report);
        Ok(())
    }
}

/// Tasks that wait for an answer, and until when.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tasks {
    until: BTreeMap<Ulid, Time>,
}

impl Tasks {
    pub(crate) fn expect_answer(&mut self, task: Ulid, until: Time, most: u8) -> Result<(), String> {
        if self.until.len() >= usize::from(most) {
            return Err(format!("{most} tasks of this node wait for an answer already"));
        }
        self.until.insert(task, until);
        Ok(())
    }

    pub(crate) fn answered(&mut self, task: Ulid) -> bool {
        self.until.remove(&task).is_some()
    }

    fn given_up(&mut self, at: Time) -> Vec<Ulid> {
        let late: Vec<Ulid> = self.until.iter().filter(|(_, until)| **until < at).map(|(task, _)| *task).collect();
        self.until.retain(|_, until| *until >= at);
        late
    }
}
