//! The fusion node: what edge nodes connect to. A machine without sockets or clock; see [`FusionNode`].

use std::collections::{BTreeMap, BTreeSet};

use parapet_frame::Time;

use crate::bucket::Bucket;
use crate::frame::framed;
use crate::id::{NodeId, Ulid, UlidMint};
use crate::limits::Limits;
use crate::message::schema::registration::TimeUnits;
use crate::message::schema::sapient_message::Content;
use crate::message::schema::status_report::System;
use crate::message::schema::{
    AlertAck, Error, Registration, RegistrationAck, SapientMessage, StatusReport, Task, TaskAck, alert_ack,
};
use crate::message::{read, time_of, timestamp, write};
use crate::node::Node;
use crate::refusal::{Reason, Refusal};

/// A connection, named by whoever holds the socket; a name is never used twice.
pub type ConnectionId = u64;

/// What is proven about the peer of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// It holds the key of a certificate that names these nodes.
    Certified(Vec<NodeId>),
    /// Nothing; anybody on the network can say anything.
    Unauthenticated,
}

/// What the owner of the site has decided.
#[derive(Clone, Debug, PartialEq)]
pub struct FusionPolicy {
    /// How far a message's own time may lie from when it is heard, seconds: the first before (negative), the second after.
    pub window_s: [f64; 2],
    /// Least time between two detections of one node, seconds; 0 to take them as they come. Apex has 0.08, which cuts off
    /// most of what a radar with several targets says.
    pub detection_gap_s: f64,
    /// The nodes that may register; `None` where any may.
    pub known: Option<BTreeSet<NodeId>>,
    /// A connection that has not registered by then is closed, seconds.
    pub register_within_s: f64,
    /// Heartbeats that a node may miss before it counts as silent.
    pub heartbeats_missed: f64,
    /// Messages a second of one connection, for longer than a moment.
    pub rate_per_s: f64,
    /// Messages of one connection at once.
    pub burst: f64,
    /// A task that is not answered by then is given up, seconds.
    pub answer_within_s: f64,
}

impl Default for FusionPolicy {
    fn default() -> Self {
        FusionPolicy {
            window_s: [-0.9, 0.1],
            detection_gap_s: 0.0,
            known: None,
            register_within_s: 10.0,
            heartbeats_missed: 2.5,
            rate_per_s: 2_000.0,
            burst: 4_000.0,
            answer_within_s: 10.0,
        }
    }
}

/// A node that was silent for this many of its heartbeats has a line that is dead: its connection is closed.
const DEAD_AFTER_HEARTBEATS: f64 = 5.0;
/// A heartbeat may be late by this much however short the interval, seconds: a busy network is no silence.
pub(crate) const HEARTBEAT_SLACK_S: f64 = 0.5;
/// Errors that are sent to one connection, a second; more would turn a flood round.
const ERRORS_PER_S: f64 = 10.0;

/// What the holder of the sockets does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Send these bytes, frame and all.
    Send {
        /// On this connection.
        to: ConnectionId,
        /// The bytes.
        frame: Vec<u8>,
    },
    /// Close a connection, after what was to be sent.
    Close {
        /// Which one.
        connection: ConnectionId,
        /// Why, for people.
        why: String,
    },
    /// Tell people.
    Told(NodeEvent),
}

/// What happened to a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeEvent {
    /// It registered, for the first time or anew.
    Registered {
        /// Which one.
        node: NodeId,
        /// What it calls itself.
        name: String,
    },
    /// It has not been heard for longer than its heartbeats allow.
    Silent(NodeId),
    /// It speaks again.
    Speaking(NodeId),
    /// It said goodbye, or its connection ended.
    Left {
        /// Which one.
        node: NodeId,
        /// Why, for people.
        why: String,
    },
    /// It sent an error message.
    Complained {
        /// Which one.
        node: NodeId,
        /// In its words.
        words: String,
    },
    /// It did not answer a task in time.
    DidNotAnswer {
        /// Which one.
        node: NodeId,
        /// The task.
        task: Ulid,
    },
}

/// What came in so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Whole messages: taken and refused add up to this.
    pub messages: u64,
    /// Messages that were taken.
    pub taken: u64,
    /// Messages that were not, by reason.
    pub refused: BTreeMap<Reason, u64>,
    /// Errors that were not sent, because a peer had been sent enough of them.
    pub errors_withheld: u64,
    /// Connections that were refused because there were enough.
    pub connections_refused: u64,
}

#[derive(Clone, Debug)]
struct Connection {
    trust: Trust,
    opened_at: Time,
    node: Option<NodeId>,
    messages: Bucket,
    errors: Bucket,
}

/// The fusion node's side of every conversation.
///
/// Whoever holds the sockets says what happened ([`opened`](Self::opened), [`message`](Self::message),
/// [`closed`](Self::closed), [`tick`](Self::tick) a few times a second) and does what is asked of it. Time is an argument and
/// names are made from a seed, so the same calls give the same bytes.
#[derive(Clone, Debug)]
pub struct FusionNode {
    id: NodeId,
    policy: FusionPolicy,
    limits: Limits,
    mint: UlidMint,
    connections: BTreeMap<ConnectionId, Connection>,
    nodes: BTreeMap<NodeId, Node>,
    tally: Tally,
}

impl FusionNode {
    /// A fusion node at rest. The seed makes its ULIDs.
    #[must_use]
    pub fn new(id: NodeId, policy: FusionPolicy, limits: Limits, seed: u64) -> Self {
        let (connections, nodes, tally) = Default::default();
        FusionNode { id, policy, limits, mint: UlidMint::new(seed), connections, nodes, tally }
    }

    /// Who we are.
    #[must_use]
    pub fn id(&self) -> NodeId {
        self.id
    }

    /// What came in so far.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The nodes that are remembered.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes.iter().map(|(id, node)| (*id, node))
    }

    /// A peer has connected.
    ///
    /// # Errors
    /// When there are enough connections; close it.
    pub fn opened(&mut self, at: Time, connection: ConnectionId, trust: Trust) -> Result<(), String> {
        if self.connections.len() >= self.limits.connections_max as usize {
            self.tally.connections_refused += 1;
            return Err(format!("{} peers are connected already", self.connections.len()));
        }
        let messages = Bucket::new(at, self.policy.rate_per_s, self.policy.burst);
        let errors = Bucket::new(at, ERRORS_PER_S, ERRORS_PER_S);
        self.connections.insert(connection, Connection { trust, opened_at: at, node: None, messages, errors });
        Ok(())
    }

    /// A connection has ended.
    pub fn closed(&mut self, at: Time, connection: ConnectionId, why: &str, out: &mut Vec<Action>) {
        let node = self.connections.remove(&connection).and_then(|gone| gone.node);
        if let Some(node) = node {
            self.leave(at, node, connection, why, out);
        }
    }

    /// A whole message has come, without its frame: what it says where it is taken, and the reason where it is not. Either way
    /// the answer that the standard asks for is among the actions.
    ///
    /// # Errors
    /// Why it is not taken; it has been counted, and the peer has been told.
    pub fn message(
        &mut self,
        at: Time,
        from: ConnectionId,
        bytes: &[u8],
        out: &mut Vec<Action>,
    ) -> Result<SapientMessage, Refusal> {
        self.tally.messages += 1;
        let taken = self.judge(at, from, bytes, out);
        match &taken {
            Ok(_) => self.tally.taken += 1,
            Err(refusal) => {
                *self.tally.refused.entry(refusal.reason).or_default() += 1;
                self.answer_refusal(at, from, bytes, refusal, out);
            }
        }
        taken
    }

    /// Lets time pass: finds who is silent, who did not register, and what was not answered. Call it a few times a second.
    pub fn tick(&mut self, at: Time, out: &mut Vec<Action>) {
        let late =
            |open: &Connection| open.node.is_none() && at.seconds_since(open.opened_at) > self.policy.register_within_s;
        let idle: Vec<ConnectionId> = self.connections.iter().filter(|(_, c)| late(c)).map(|(id, _)| *id).collect();
        for connection in idle {
            self.connections.remove(&connection);
            out.push(Action::Close { connection, why: "it did not register in time".to_owned() });
        }
        let mut dead = Vec::new();
        for (&id, node) in &mut self.nodes {
            node.pass_time(at, id, &self.policy, out);
            if node.heartbeats_missed(at) > DEAD_AFTER_HEARTBEATS {
                dead.extend(node.connection);
            }
        }
        for connection in dead {
            let why = "the node has been silent for too long";
            self.closed(at, connection, why, out);
            out.push(Action::Close { connection, why: why.to_owned() });
        }
    }

    /// Sends a task to a node; its name. Name and time are filled in here.
    ///
    /// # Errors
    /// When the node is not connected, or has too many tasks to answer already.
    pub fn task(&mut self, at: Time, to: NodeId, task: Task, out: &mut Vec<Action>) -> Result<Ulid, String> {
        let node = self.nodes.get_mut(&to).ok_or("no such node")?;
        let connection = node.connection.ok_or("the node is not connected")?;
        let id = self.mint.next(at);
        node.tasks.expect_answer(id, at.plus_seconds(self.policy.answer_within_s), self.limits.tasks_max)?;
        let content = Content::Task(Task { task_id: Some(id.to_string()), ..task });
        self.send(at, connection, Some(to), content, out);
        Ok(id)
    }

    fn judge(
        &mut self,
        at: Time,
        from: ConnectionId,
        bytes: &[u8],
        out: &mut Vec<Action>,
    ) -> Result<SapientMessage, Refusal> {
        let open = self.connections.get_mut(&from);
        let open = open.ok_or_else(|| Refusal::new(Reason::NotRegistered, "the connection is closed"))?;
        if !open.messages.take(at) {
            return Err(Refusal::new(Reason::Flood, format!("more than {} messages a second", self.policy.rate_per_s)));
        }
        let registered = open.node;
        let message = read(bytes, &self.limits).map_err(|findings| Refusal::of(&findings))?;
        self.timely(at, &message)?;
        self.addressed(&message)?;
        let sender: NodeId = message.node_id().parse().map_err(|_| Refusal::new(Reason::AgainstTheRules, "node_id"))?;
        if let Some(Content::Registration(registration)) = &message.content {
            self.register(at, from, sender, registration, out)?;
            return Ok(message);
        }
        match registered {
            None => return Err(Refusal::new(Reason::NotRegistered, format!("node {sender} has not registered here"))),
            Some(node) if node != sender => {
                return Err(Refusal::new(Reason::OtherNode, format!("expected node {node}, got node {sender}")));
            }
            Some(_) => {}
        }
        self.content(at, from, sender, &message, out)?;
        Ok(message)
    }

    fn timely(&self, at: Time, message: &SapientMessage) -> Result<(), Refusal> {
        let [before, after] = self.policy.window_s;
        let ahead_s = message.timestamp.as_ref().map_or(0.0, |sent| time_of(sent).seconds_since(at));
        if ahead_s < before {
            return Err(Refusal::new(Reason::TooOld, format!("sent {:.3} s before it was heard", -ahead_s)));
        }
        if ahead_s > after {
            return Err(Refusal::new(Reason::FromTheFuture, format!("sent {ahead_s:.3} s after it was heard")));
        }
        Ok(())
    }

    fn addressed(&self, message: &SapientMessage) -> Result<(), Refusal> {
        let meant = message.destination_id.as_ref().and_then(|id| id.parse::<NodeId>().ok());
        if meant.is_some_and(|node| node != self.id) {
            return Err(Refusal::new(Reason::NotForUs, "nothing is passed on to other nodes here"));
        }
        Ok(())
    }

    /// Everything but a registration, from the node that registered on this connection.
    fn content(
        &mut self,
        at: Time,
        from: ConnectionId,
        sender: NodeId,
        message: &SapientMessage,
        out: &mut Vec<Action>,
    ) -> Result<(), Refusal> {
        let gap_s = self.policy.detection_gap_s;
        let remembered = usize::from(self.limits.reports_remembered);
        let gone = || Refusal::new(Reason::NotRegistered, format!("node {sender} is not known any more"));
        let node = self.nodes.get_mut(&sender).ok_or_else(gone)?;
        let sent = message.timestamp.as_ref().map_or(at, time_of);
        match &message.content {
            Some(Content::StatusReport(status)) => {
                node.new_report(status.report_id(), remembered)?;
                node.heard(at, sender, out);
                self.status(at, from, sender, status, out);
            }
            Some(Content::DetectionReport(report)) => {
                node.spaced(sent, gap_s)?;
                node.new_report(report.report_id(), remembered)?;
                node.detected(sent);
                node.heard(at, sender, out);
            }
            Some(Content::Alert(alert)) => {
                node.heard(at, sender, out);
                let accepted = alert_ack::AlertAckStatus::Accepted as i32;
                let alert_id = alert.alert_id.clone();
                let ack = AlertAck { alert_id, reason: Vec::new(), alert_ack_status: Some(accepted) };
                self.send(at, from, Some(sender), Content::AlertAck(ack), out);
            }
            Some(Content::TaskAck(TaskAck { task_id, .. })) => {
                let answers = task_id.as_ref().and_then(|id| id.parse().ok()).is_some_and(|id| node.tasks.answered(id));
                if !answers {
                    return Err(Refusal::new(Reason::Unasked, "no task of this name waits for an answer"));
                }
                node.heard(at, sender, out);
            }
            Some(Content::Error(error)) => {
                node.heard(at, sender, out);
                let words = self.shortened(&error.error_message.join("; "));
                out.push(Action::Told(NodeEvent::Complained { node: sender, words }));
            }
            Some(Content::AlertAck(_)) => return Err(Refusal::new(Reason::Unasked, "no alert was sent to this node")),
            Some(Content::Registration(_) | Content::RegistrationAck(_) | Content::Task(_)) | None => {
                return Err(Refusal::new(Reason::WrongRole, "an edge node does not send this to a fusion node"));
            }
        }
        Ok(())
    }

    fn status(&mut self, at: Time, from: ConnectionId, sender: NodeId, status: &StatusReport, out: &mut Vec<Action>) {
        if status.system() == System::Goodbye {
            let why = "the node said goodbye";
            self.closed(at, from, why, out);
            out.push(Action::Close { connection: from, why: why.to_owned() });
        } else if let Some(node) = self.nodes.get_mut(&sender) {
            node.system = status.system();
        }
    }

    fn register(
        &mut self,
        at: Time,
        from: ConnectionId,
        node: NodeId,
        registration: &Registration,
        out: &mut Vec<Action>,
    ) -> Result<(), Refusal> {
        self.may_register(from, node)?;
        self.make_room(node)?;
        // A node that comes back while its old line looks alive has lost that line, and its certificate proves that it is it.
        let old = self.nodes.get(&node).and_then(|known| known.connection).filter(|old| *old != from);
        if let Some(old) = old {
            let why = "the node has connected anew";
            self.closed(at, old, why, out);
            out.push(Action::Close { connection: old, why: why.to_owned() });
        }
        let name = self.shortened(registration.name.as_deref().unwrap_or_default());
        let known = self.nodes.entry(node).or_default();
        known.registered(at, from, name.clone(), interval_s(registration));
        if let Some(open) = self.connections.get_mut(&from) {
            open.node = Some(node);
        }
        out.push(Action::Told(NodeEvent::Registered { node, name }));
        let ack = RegistrationAck { acceptance: Some(true), ack_response_reason: Vec::new() };
        self.send(at, from, Some(node), Content::RegistrationAck(ack), out);
        Ok(())
    }

    fn may_register(&self, from: ConnectionId, node: NodeId) -> Result<(), Refusal> {
        let Some(open) = self.connections.get(&from) else {
            return Err(Refusal::new(Reason::NotRegistered, "the connection is closed"));
        };
        if let Trust::Certified(named) = &open.trust
            && !named.contains(&node)
        {
            let named: Vec<String> = named.iter().map(ToString::to_string).collect();
            let detail = format!("the certificate is for node {}, not for node {node}", named.join(", "));
            return Err(Refusal::new(Reason::WrongCertificate, detail));
        }
        if self.policy.known.as_ref().is_some_and(|known| !known.contains(&node)) {
            return Err(Refusal::new(Reason::UnknownNode, format!("node {node} is not configured at this site")));
        }
        if let Some(other) = open.node.filter(|other| *other != node) {
            return Err(Refusal::new(Reason::OtherNode, format!("this connection belongs to node {other}")));
        }
        let elsewhere = self.nodes.get(&node).and_then(|known| known.connection).is_some_and(|other| other != from);
        if elsewhere && open.trust == Trust::Unauthenticated {
            let detail = format!("node {node} is connected already, and nothing proves that this is the same one");
            return Err(Refusal::new(Reason::AlreadyConnected, detail));
        }
        Ok(())
    }

    /// Forgets the node that has been gone for longest where the table is full.
    fn make_room(&mut self, node: NodeId) -> Result<(), Refusal> {
        if self.nodes.contains_key(&node) || self.nodes.len() < self.limits.nodes_max as usize {
            return Ok(());
        }
        let gone = self.nodes.iter().filter(|(_, known)| known.connection.is_none());
        let longest = gone.min_by_key(|(_, known)| known.heard_at).map(|(id, _)| *id);
        let full = || Refusal::new(Reason::TooManyNodes, format!("{} nodes are connected already", self.nodes.len()));
        self.nodes.remove(&longest.ok_or_else(full)?);
        Ok(())
    }

    fn leave(&mut self, at: Time, node: NodeId, connection: ConnectionId, why: &str, out: &mut Vec<Action>) {
        let Some(known) = self.nodes.get_mut(&node).filter(|known| known.connection == Some(connection)) else {
            return;
        };
        known.left(at);
        out.push(Action::Told(NodeEvent::Left { node, why: why.to_owned() }));
    }

    /// A registration that cannot be accepted is answered as one; everything else that is refused by an error message with the
    /// packet in it. An error is never answered with an error: two nodes would never stop.
    fn answer_refusal(&mut self, at: Time, from: ConnectionId, bytes: &[u8], refusal: &Refusal, out: &mut Vec<Action>) {
        let Some(open) = self.connections.get_mut(&from) else { return };
        let is_registration = matches!(
            refusal.reason,
            Reason::WrongCertificate | Reason::UnknownNode | Reason::AlreadyConnected | Reason::TooManyNodes
        );
        if is_registration {
            let ack = RegistrationAck { acceptance: Some(false), ack_response_reason: refusal.details.clone() };
            self.send(at, from, None, Content::RegistrationAck(ack), out);
            self.closed(at, from, "its registration was refused", out);
            out.push(Action::Close { connection: from, why: refusal.to_string() });
        } else if !says_error(bytes) {
            if !open.errors.take(at) {
                self.tally.errors_withheld += 1;
                return;
            }
            let to = open.node;
            let packet = bytes.get(..self.limits.echo_bytes_max as usize).unwrap_or(bytes).to_vec();
            let error_message = refusal.details.iter().map(|detail| self.shortened(detail)).collect();
            self.send(at, from, to, Content::Error(Error { packet: Some(packet), error_message }), out);
        }
    }

    fn send(&self, at: Time, to: ConnectionId, node: Option<NodeId>, content: Content, out: &mut Vec<Action>) {
        let message = SapientMessage {
            timestamp: Some(timestamp(at)),
            node_id: Some(self.id.to_string()),
            destination_id: node.map(|node| node.to_string()),
            content: Some(content),
            additional_information: None,
        };
        out.push(Action::Send { to, frame: framed(&write(&message)) });
    }

    fn shortened(&self, text: &str) -> String {
        let fine = text.chars().map(|c| if c.is_control() { ' ' } else { c });
        fine.take(usize::from(self.limits.text_chars_max)).collect()
    }
}

/// Whether bytes that were refused are an error message, as far as their outermost fields tell.
fn says_error(bytes: &[u8]) -> bool {
    const ERROR: u32 = 12;
    let mut fields = crate::wire::Fields::of(bytes);
    while let Ok(Some((number, _))) = fields.next() {
        if number == ERROR {
            return true;
        }
    }
    false
}

/// Seconds between heartbeats as registered, from a tenth of a second to an hour; beyond that it is no heartbeat.
fn interval_s(registration: &Registration) -> f64 {
    let told = registration.status_definition.as_ref().and_then(|definition| definition.status_interval.as_ref());
    let seconds = told.map(|told| {
        let unit_s = match told.units() {
            TimeUnits::Nanoseconds => 1e-9,
            TimeUnits::Microseconds => 1e-6,
            TimeUnits::Milliseconds => 1e-3,
            TimeUnits::Unspecified | TimeUnits::Seconds => 1.0,
            TimeUnits::Minutes => 60.0,
            TimeUnits::Hours => 3_600.0,
            TimeUnits::Days => 86_400.0,
        };
        f64::from(told.value()) * unit_s
    });
    seconds.unwrap_or(1.0).clamp(0.1, 3_600.0)
}
