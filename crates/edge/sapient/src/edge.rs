//! The edge node: what connects to a fusion node further up. A machine without sockets or clock; see [`EdgeNode`].

use std::collections::{BTreeMap, VecDeque};

use parapet_frame::Time;

use crate::frame::framed;
use crate::id::{NodeId, Ulid, UlidMint};
use crate::limits::Limits;
use crate::message::schema::sapient_message::Content;
use crate::message::schema::status_report::{Info, System};
use crate::message::schema::{
    Alert, DetectionReport, Error, Location, Registration, SapientMessage, StatusReport, Task, TaskAck, alert_ack,
    task, task_ack,
};
use crate::message::{read, timestamp, write};
use crate::refusal::{Reason, Refusal};

/// How an edge node behaves.
#[derive(Clone, Debug, PartialEq)]
pub struct EdgePolicy {
    /// Seconds between status reports; the registration says the same.
    pub heartbeat_s: f64,
    /// Least time between two detections, seconds. Apex refuses a second one within 0.08.
    pub detection_gap_s: f64,
    /// A registration that is not answered by then has failed, seconds.
    pub answer_within_s: f64,
    /// An alert that is not acknowledged by then is sent again, seconds.
    pub repeat_alert_s: f64,
    /// How often an alert is sent at most.
    pub alert_sendings_max: u8,
}

impl Default for EdgePolicy {
    fn default() -> Self {
        EdgePolicy {
            heartbeat_s: 5.0,
            // A little more than Apex asks for, because it is measured between timestamps that were rounded.
            detection_gap_s: 0.085,
            answer_within_s: 10.0,
            repeat_alert_s: 2.0,
            alert_sendings_max: 3,
        }
    }
}

/// What the holder of the socket does.
#[derive(Clone, Debug, PartialEq)]
pub enum EdgeAction {
    /// Send these bytes, frame and all.
    Send(Vec<u8>),
    /// Close the connection, and try again later.
    Close(String),
    /// Tell people.
    Told(EdgeEvent),
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EdgeEvent {
    /// The fusion node has accepted the registration.
    Accepted,
    /// It has not; why, in its words.
    Rejected(String),
    /// It has acknowledged an alert; whether it accepted it.
    AlertAnswered {
        /// Which one.
        alert: Ulid,
        /// Whether it was accepted.
        accepted: bool,
    },
    /// An alert was sent as often as it may be, and nobody acknowledged it.
    AlertUnanswered(Ulid),
    /// It asked for something, and this was answered.
    Tasked {
        /// The task.
        task: Ulid,
        /// Whether it was accepted.
        accepted: bool,
    },
    /// It refused something that we sent; in its words.
    Complained(String),
}

/// How far the conversation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgeState {
    /// Nobody is there.
    Disconnected,
    /// The registration was sent at this time.
    Registering(Time),
    /// Accepted.
    Registered,
}

#[derive(Clone, Debug)]
struct OpenAlert {
    alert: Alert,
    sent_at: Time,
    sendings: u8,
}

/// What was sent and what was not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EdgeTally {
    /// Detections that were sent.
    pub detections_sent: u64,
    /// Detections that a newer one of the same object replaced before their turn came.
    pub detections_replaced: u64,
    /// Detections that found no room.
    pub detections_dropped: u64,
    /// Alerts that were sent, repetitions included.
    pub alerts_sent: u64,
    /// Alerts that found no room.
    pub alerts_dropped: u64,
    /// Messages of the fusion node that were not used.
    pub refused: u64,
    /// Errors that the fusion node sent.
    pub complaints: u64,
}

/// The edge node's side of a conversation.
///
/// Alerts are kept until they are acknowledged and go before detections; of the detections that wait the newest of each object
/// is kept. Time is an argument and names are made from a seed, so the same calls give the same bytes.
#[derive(Clone, Debug)]
pub struct EdgeNode {
    id: NodeId,
    registration: Registration,
    policy: EdgePolicy,
    limits: Limits,
    mint: UlidMint,
    state: EdgeState,
    /// Where we are, for the status report.
    pub location: Option<Location>,
    /// How we are, for the status report.
    pub system: System,
    heartbeat_at: Time,
    status_is_old: bool,
    detected_at: Time,
    detections: VecDeque<DetectionReport>,
    alerts: BTreeMap<Ulid, OpenAlert>,
    tally: EdgeTally,
}

impl EdgeNode {
    /// A node that is not connected yet. Its heartbeat is the registration's status interval.
    #[must_use]
    pub fn new(id: NodeId, registration: Registration, policy: EdgePolicy, limits: Limits, seed: u64) -> Self {
        let (detections, alerts, tally, heartbeat_at, detected_at) = Default::default();
        EdgeNode {
            id,
            registration,
            policy,
            limits,
            mint: UlidMint::new(seed),
            state: EdgeState::Disconnected,
            location: None,
            system: System::Ok,
            heartbeat_at,
            status_is_old: false,
            detected_at,
            detections,
            alerts,
            tally,
        }
    }

    /// Who we are.
    #[must_use]
    pub fn id(&self) -> NodeId {
        self.id
    }

    /// How far the conversation has come.
    #[must_use]
    pub fn state(&self) -> EdgeState {
        self.state
    }

    /// What was sent and what was not.
    #[must_use]
    pub fn tally(&self) -> EdgeTally {
        self.tally
    }

    /// The connection is open: registers.
    pub fn connected(&mut self, at: Time, out: &mut Vec<EdgeAction>) {
        self.state = EdgeState::Registering(at);
        self.status_is_old = false;
        // Whatever waits was measured before; only alerts are still news.
        self.detections.clear();
        self.send(at, Content::Registration(self.registration.clone()), out);
    }

    /// The connection is gone. Alerts that were not acknowledged are sent again on the next one.
    pub fn disconnected(&mut self) {
        self.state = EdgeState::Disconnected;
        self.detections.clear();
        self.alerts.values_mut().for_each(|open| open.sendings = 0);
    }

    /// Hands over a detection; it is sent when its turn comes. Report name is filled in here, object name is the caller's.
    pub fn detection(&mut self, at: Time, report: DetectionReport, out: &mut Vec<EdgeAction>) {
        let same = |waiting: &&mut DetectionReport| waiting.object_id == report.object_id;
        if let Some(waiting) = self.detections.iter_mut().find(same) {
            *waiting = report;
            self.tally.detections_replaced += 1;
        } else if self.detections.len() < usize::from(self.limits.detections_queued_max) {
            self.detections.push_back(report);
        } else {
            self.tally.detections_dropped += 1;
        }
        self.flush(at, out);
    }

    /// Hands over an alert, named by the caller. A newer one of the same name replaces the older.
    pub fn alert(&mut self, at: Time, id: Ulid, alert: Alert, out: &mut Vec<EdgeAction>) {
        if self.alerts.len() >= usize::from(self.limits.alerts_open_max) && !self.alerts.contains_key(&id) {
            self.tally.alerts_dropped += 1;
            return;
        }
        let alert = Alert { alert_id: Some(id.to_string()), ..alert };
        self.alerts.insert(id, OpenAlert { alert, sent_at: at, sendings: 0 });
        self.flush(at, out);
    }

    /// Says goodbye; the connection may be closed afterwards.
    pub fn goodbye(&mut self, at: Time, out: &mut Vec<EdgeAction>) {
        if self.state == EdgeState::Registered {
            self.system = System::Goodbye;
            self.report_status(at, out);
        }
        self.disconnected();
    }

    /// A whole message has come, without its frame.
    ///
    /// # Errors
    /// Why it is not used; it has been counted, and the fusion node told where the standard asks for that.
    pub fn message(&mut self, at: Time, bytes: &[u8], out: &mut Vec<EdgeAction>) -> Result<(), Refusal> {
        let heard = self.judge(at, bytes, out);
        if let Err(refusal) = &heard {
            self.tally.refused += 1;
            // What cannot be read may have been an error message, and those are not answered.
            if refusal.reason == Reason::AgainstTheRules {
                let packet = bytes.get(..self.limits.echo_bytes_max as usize).unwrap_or(bytes).to_vec();
                let error = Error { packet: Some(packet), error_message: refusal.details.clone() };
                self.send(at, Content::Error(error), out);
            }
        }
        heard
    }

    /// Lets time pass: heartbeats, detections whose turn has come, alerts that nobody acknowledged.
    pub fn tick(&mut self, at: Time, out: &mut Vec<EdgeAction>) {
        match self.state {
            EdgeState::Registering(since) if at.seconds_since(since) > self.policy.answer_within_s => {
                self.disconnected();
                out.push(EdgeAction::Close("the fusion node did not answer the registration".to_owned()));
            }
            EdgeState::Registered => {
                if at.seconds_since(self.heartbeat_at) >= self.policy.heartbeat_s {
                    self.report_status(at, out);
                }
                self.flush(at, out);
            }
            _ => {}
        }
    }

    /// When [`tick`](Self::tick) is next due; [`Time::NEVER`] while nobody is there.
    #[must_use]
    pub fn next_wake(&self) -> Time {
        match self.state {
            EdgeState::Disconnected => Time::NEVER,
            EdgeState::Registering(since) => since.plus_seconds(self.policy.answer_within_s).plus_nanos(1),
            EdgeState::Registered => {
                let heartbeat = self.heartbeat_at.plus_seconds(self.policy.heartbeat_s);
                let turn = self.detected_at.plus_seconds(self.policy.detection_gap_s);
                let detection = if self.detections.is_empty() { Time::NEVER } else { turn };
                let repeat =
                    self.alerts.values().map(|open| open.sent_at.plus_seconds(self.policy.repeat_alert_s)).min();
                heartbeat.min(detection).min(repeat.unwrap_or(Time::NEVER))
            }
        }
    }

    fn judge(&mut self, at: Time, bytes: &[u8], out: &mut Vec<EdgeAction>) -> Result<(), Refusal> {
        let message = read(bytes, &self.limits).map_err(|findings| Refusal::of(&findings))?;
        let meant = message.destination_id.as_ref().and_then(|id| id.parse::<NodeId>().ok());
        if meant.is_some_and(|node| node != self.id) {
            return Err(Refusal::new(Reason::NotForUs, "meant for another node"));
        }
        match message.content {
            Some(Content::RegistrationAck(ack)) => self.answered(at, ack.acceptance(), &ack.ack_response_reason, out),
            Some(Content::AlertAck(ack)) => {
                let accepted = ack.alert_ack_status() == alert_ack::AlertAckStatus::Accepted;
                let open = ack.alert_id().parse().ok().filter(|alert| self.alerts.remove(alert).is_some());
                let alert = open.ok_or_else(|| Refusal::new(Reason::Unasked, "no such alert waits for an answer"))?;
                out.push(EdgeAction::Told(EdgeEvent::AlertAnswered { alert, accepted }));
                Ok(())
            }
            Some(Content::Task(task)) => self.tasked(at, &task, out),
            Some(Content::Error(error)) => {
                self.tally.complaints += 1;
                let words: String = error.error_message.join("; ").replace(char::is_control, " ");
                let words = words.chars().take(usize::from(self.limits.text_chars_max)).collect();
                out.push(EdgeAction::Told(EdgeEvent::Complained(words)));
                Ok(())
            }
            _ => Err(Refusal::new(Reason::WrongRole, "a fusion node does not send this to an edge node")),
        }
    }

    fn answered(&mut self, at: Time, accepted: bool, why: &[String], out: &mut Vec<EdgeAction>) -> Result<(), Refusal> {
        if !matches!(self.state, EdgeState::Registering(_)) {
            // An answer to a registration that was repeated because it was asked for.
            return Ok(());
        }
        if accepted {
            self.state = EdgeState::Registered;
            out.push(EdgeAction::Told(EdgeEvent::Accepted));
            self.report_status(at, out);
            self.flush(at, out);
        } else {
            self.disconnected();
            let words: String = why.join("; ").chars().take(usize::from(self.limits.text_chars_max)).collect();
            out.push(EdgeAction::Told(EdgeEvent::Rejected(words)));
            out.push(EdgeAction::Close("the fusion node refused the registration".to_owned()));
        }
        Ok(())
    }

    /// Parapet can be asked who and how it is. It cannot be told what to do: what it warns of is its owner's decision.
    fn tasked(&mut self, at: Time, task: &Task, out: &mut Vec<EdgeAction>) -> Result<(), Refusal> {
        let id: Ulid = task.task_id().parse().map_err(|_| Refusal::new(Reason::AgainstTheRules, "task_id"))?;
        let asked = match task.command.as_ref().and_then(|command| command.command.as_ref()) {
            Some(task::command::Command::Request(asked)) => asked.as_str(),
            _ => "",
        };
        let accepted = matches!(asked, "Registration" | "Status");
        let (status, reason) = if accepted {
            (task_ack::TaskStatus::Accepted, Vec::new())
        } else {
            let why = "this node answers the requests Registration and Status, and takes no other task";
            (task_ack::TaskStatus::Rejected, vec![why.to_owned()])
        };
        let task_status = Some(status as i32);
        let ack = TaskAck { task_id: Some(id.to_string()), task_status, associated_file: None, reason };
        self.send(at, Content::TaskAck(ack), out);
        match asked {
            "Registration" => self.send(at, Content::Registration(self.registration.clone()), out),
            "Status" => self.report_status(at, out),
            _ => {}
        }
        out.push(EdgeAction::Told(EdgeEvent::Tasked { task: id, accepted }));
        Ok(())
    }

    fn report_status(&mut self, at: Time, out: &mut Vec<EdgeAction>) {
        let info = if self.status_is_old { Info::Unchanged } else { Info::New };
        let mode = self.registration.mode_definition.first().and_then(|mode| mode.mode_name.clone());
        let report = StatusReport {
            report_id: Some(self.mint.next(at).to_string()),
            system: Some(self.system as i32),
            info: Some(info as i32),
            mode,
            node_location: self.location.clone(),
            ..StatusReport::default()
        };
        self.status_is_old = true;
        self.heartbeat_at = at;
        self.send(at, Content::StatusReport(report), out);
    }

    /// Sends what may be sent now: alerts first, then detections in their turn.
    fn flush(&mut self, at: Time, out: &mut Vec<EdgeAction>) {
        if self.state != EdgeState::Registered {
            return;
        }
        self.flush_alerts(at, out);
        if at.seconds_since(self.detected_at) >= self.policy.detection_gap_s
            && let Some(report) = self.detections.pop_front()
        {
            self.detected_at = at;
            self.tally.detections_sent += 1;
            let report_id = Some(self.mint.next(at).to_string());
            self.send(at, Content::DetectionReport(DetectionReport { report_id, ..report }), out);
        }
    }

    fn flush_alerts(&mut self, at: Time, out: &mut Vec<EdgeAction>) {
        let is_due =
            |open: &OpenAlert| open.sendings == 0 || at.seconds_since(open.sent_at) >= self.policy.repeat_alert_s;
        let due: Vec<Ulid> = self.alerts.iter().filter(|(_, open)| is_due(open)).map(|(id, _)| *id).collect();
        for id in due {
            let Some(open) = self.alerts.get_mut(&id) else { continue };
            if open.sendings >= self.policy.alert_sendings_max {
                self.alerts.remove(&id);
                out.push(EdgeAction::Told(EdgeEvent::AlertUnanswered(id)));
                continue;
            }
            open.sendings += 1;
            open.sent_at = at;
            let alert = open.alert.clone();
            self.tally.alerts_sent += 1;
            self.send(at, Content::Alert(alert), out);
        }
    }

    fn send(&self, at: Time, content: Content, out: &mut Vec<EdgeAction>) {
        let message = SapientMessage {
            timestamp: Some(timestamp(at)),
            node_id: Some(self.id.to_string()),
            destination_id: None,
            content: Some(content),
            additional_information: None,
        };
        out.push(EdgeAction::Send(framed(&write(&message))));
    }
}
