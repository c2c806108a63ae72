//! Who was told what and when, who said that they have it, and who has to be told again.
//!
//! A value: time arrives as an argument. What waits for an acknowledgement is held until it comes, until a newer state of the
//! same alarm takes its place, or until it is no longer worth telling.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use parapet_frame::Time;
use parapet_warn::AlarmId;
use serde::Serialize;

use super::bulletin::Bulletin;
use super::queue::Way;
use crate::latency::Latencies;

/// After this long without an acknowledgement an alarm is told again, seconds: half a second less a turn of the dispatcher.
pub(crate) const AGAIN_S: f64 = 0.4;
/// After this long the second path is taken, seconds: one second less a turn of the dispatcher.
pub(crate) const SECOND_S: f64 = 0.85;
/// After this long the operator is told who does not answer, seconds: two seconds less a turn of the picture.
pub(crate) const NAMED_S: f64 = 1.5;
/// From then on it is told again with this period, seconds.
const PERSIST_S: f64 = 2.0;
/// A message that nobody acknowledged for this long is given up, seconds: what it says has expired.
const GIVEN_UP_S: f64 = 120.0;
/// Deliveries that are remembered for the record.
const DELIVERIES_MAX: usize = 20_000;
/// Alarms whose names are remembered: what people may still speak of.
const TOLD_MAX: usize = 8_192;
/// Acknowledgements that may be outstanding at once; beyond them a receiver is told and not waited for.
const OPEN_MAX: usize = 100_000;

/// One receiver of one channel, by their places in the dispatcher's tables.
type Address = (usize, Arc<str>);

/// One message to one receiver, with the time of each hop in seconds after the decision.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Delivery {
    /// The alarm's name.
    pub alarm: String,
    /// Its stage when this was told.
    pub stage: String,
    /// Which message of the alarm, from 1.
    pub revision: u32,
    /// By which channel.
    pub channel: String,
    /// To whom; empty where the channel is one receiver.
    pub receiver: String,
    /// From the decision to the channel's queue, seconds.
    pub queued_s: f64,
    /// From the decision to the wire, seconds.
    pub sent_s: Option<f64>,
    /// From the decision to the acknowledgement, seconds.
    pub acknowledged_s: Option<f64>,
    /// How often it was told again.
    pub resent: u32,
}

#[derive(Clone, Debug)]
struct Open {
    bulletin: Arc<Bulletin>,
    sent_at: Option<Time>,
    resent: u32,
    /// How far it was escalated: 0 not at all, 1 told again, 2 second path, 3 named.
    level: u8,
    again_at: Time,
}

/// Somebody has to be told again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Escalation {
    /// The channel's place.
    pub(crate) channel: usize,
    /// What was not acknowledged.
    pub(crate) bulletin: Arc<Bulletin>,
    /// By whom.
    pub(crate) receivers: Vec<Arc<str>>,
    /// Which way to go now.
    pub(crate) path: Way,
}

/// What one channel's acknowledgements looked like.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hops {
    /// From the decision to the wire.
    pub(crate) sent: Latencies,
    /// From the decision to the acknowledgement.
    pub(crate) acknowledged: Latencies,
}

/// The book of all channels.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    open: BTreeMap<(AlarmId, Address), Open>,
    closed: VecDeque<Delivery>,
    /// Those that are not in the recording yet.
    fresh: VecDeque<Delivery>,
    /// The newest alarms that were told, by their names, and whether they have ended.
    told: VecDeque<(String, AlarmId, bool)>,
    names: Vec<String>,
    hops: Vec<(Latencies, Latencies)>,
}

impl Ledger {
    /// A book for these channels.
    pub(crate) fn new(names: Vec<String>) -> Self {
        let hops = vec![Default::default(); names.len()];
        Ledger { names, hops, ..Ledger::default() }
    }

    /// An alarm goes to every channel.
    pub(crate) fn tell(&mut self, bulletin: &Bulletin) {
        let id = bulletin.alarm.id;
        match self.told.iter_mut().rev().find(|(_, known, _)| *known == id) {
            Some((_, _, ended)) => *ended = bulletin.is_end(),
            None => {
                if self.told.len() >= TOLD_MAX {
                    self.told.pop_front();
                }
                self.told.push_back((bulletin.record.id.clone(), id, bulletin.is_end()));
            }
        }
    }

    /// The alarms that were told lately, by their names.
    pub(crate) fn names(&self) -> BTreeMap<String, AlarmId> {
        self.told.iter().map(|(name, id, _)| (name.clone(), *id)).collect()
    }

    /// Whether the end of an alarm was told and everybody has it.
    pub(crate) fn has_ended(&self, id: AlarmId) -> bool {
        let ended = self.told.iter().rev().any(|(_, known, ended)| *known == id && *ended);
        ended && !self.open.keys().any(|(open, _)| *open == id)
    }

    /// A bulletin was queued for a receiver, whose acknowledgement is awaited from now on.
    pub(crate) fn expect(&mut self, channel: usize, receiver: &Arc<str>, bulletin: &Arc<Bulletin>) {
        if self.open.len() >= OPEN_MAX {
            return;
        }
        let key = (bulletin.alarm.id, (channel, receiver.clone()));
        let again_at = bulletin.queued_at.plus_seconds(AGAIN_S);
        let open = Open { bulletin: bulletin.clone(), sent_at: None, resent: 0, level: 0, again_at };
        if let Some(before) = self.open.insert(key.clone(), open) {
            self.close(&key.1, before, None);
        }
    }

    /// A bulletin is on the wire to all of the channel's receivers.
    pub(crate) fn sent(&mut self, channel: usize, bulletin: &Bulletin, at: Time) {
        let id = bulletin.alarm.id;
        let mut first = None;
        for open in self.of_channel(id, channel).filter(|open| open.bulletin.revision == bulletin.revision) {
            if open.sent_at.is_none() {
                open.sent_at = Some(at);
                first = Some(at.seconds_since(open.bulletin.alarm.at));
            }
        }
        if let (Some(seconds), Some(hops)) = (first, self.hops.get_mut(channel)) {
            hops.0.add(seconds);
        }
    }

    fn of_channel(&mut self, id: AlarmId, channel: usize) -> impl Iterator<Item = &mut Open> {
        let from: (AlarmId, Address) = (id, (channel, Arc::from("")));
        let same = move |key: &(AlarmId, Address)| key.0 == id && key.1.0 == channel;
        self.open.range_mut(from..).take_while(move |(key, _)| same(key)).map(|(_, open)| open)
    }

    /// A receiver has it. Acknowledgements of what a newer message has replaced are ignored; `false` then.
    pub(crate) fn acknowledged(
        &mut self,
        channel: usize,
        receiver: &str,
        id: AlarmId,
        revision: u32,
        at: Time,
    ) -> bool {
        let key = (id, (channel, Arc::from(receiver)));
        if self.open.get(&key).is_none_or(|open| open.bulletin.revision != revision) {
            return false;
        }
        let Some(open) = self.open.remove(&key) else { return false };
        if let Some(hops) = self.hops.get_mut(channel) {
            hops.1.add(at.seconds_since(open.bulletin.alarm.at));
        }
        self.close(&key.1, open, Some(at));
        true
    }

    /// Nobody at this channel need be told of an alarm any more.
    pub(crate) fn forget(&mut self, channel: usize, id: AlarmId) {
        self.open.retain(|(alarm, (of, _)), _| *alarm != id || *of != channel);
    }

    fn close(&mut self, address: &Address, open: Open, acknowledged_at: Option<Time>) {
        let delivery = self.delivery(address, &open, acknowledged_at);
        if self.closed.len() >= DELIVERIES_MAX {
            self.closed.pop_front();
        }
        if self.fresh.len() < DELIVERIES_MAX {
            self.fresh.push_back(delivery.clone());
        }
        self.closed.push_back(delivery);
    }

    fn delivery(&self, (channel, receiver): &Address, open: &Open, acknowledged_at: Option<Time>) -> Delivery {
        let Bulletin { alarm, record, revision, queued_at } = &*open.bulletin;
        let after = |at: Time| at.seconds_since(alarm.at);
        Delivery {
            alarm: record.id.clone(),
            stage: record.stage.clone(),
            revision: *revision,
            channel: self.names.get(*channel).cloned().unwrap_or_default(),
            receiver: receiver.to_string(),
            queued_s: after(*queued_at),
            sent_s: open.sent_at.map(after),
            acknowledged_s: acknowledged_at.map(after),
            resent: open.resent,
        }
    }

    /// Who has to be told again by now. Receivers of the same message and channel come together.
    pub(crate) fn due(&mut self, now: Time) -> Vec<Escalation> {
        let stale = |open: &Open| now.seconds_since(open.bulletin.queued_at) > GIVEN_UP_S;
        let given_up: Vec<_> = self.open.iter().filter(|(_, open)| stale(open)).map(|(key, _)| key.clone()).collect();
        for key in given_up {
            if let Some(open) = self.open.remove(&key) {
                self.close(&key.1, open, None);
            }
        }
        let mut due: Vec<Escalation> = Vec::new();
        for ((_, (channel, receiver)), open) in &mut self.open {
            if now < open.again_at {
                continue;
            }
            let path = open.escalate(now);
            let same = |e: &&mut Escalation| {
                e.channel == *channel && e.path == path && e.bulletin.alarm.id == open.bulletin.alarm.id
            };
            match due.iter_mut().rev().take(2).find(same) {
                Some(escalation) => escalation.receivers.push(receiver.clone()),
                None => due.push(Escalation {
                    channel: *channel,
                    bulletin: open.bulletin.clone(),
                    receivers: vec![receiver.clone()],
                    path,
                }),
            }
        }
        due
    }

    /// What became of messages since the last call.
    pub(crate) fn take_fresh(&mut self) -> VecDeque<Delivery> {
        core::mem::take(&mut self.fresh)
    }

    /// Whether anything may become due.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.open.is_empty()
    }

    /// Receivers of a channel that did not acknowledge for so long that people are told, and how long, seconds; empty where the
    /// channel is one receiver.
    pub(crate) fn silent(&self, channel: usize, now: Time) -> BTreeMap<String, f64> {
        let mut silent = BTreeMap::new();
        for ((_, (of, receiver)), open) in &self.open {
            let waited_s = now.seconds_since(open.bulletin.queued_at);
            if *of == channel && waited_s >= NAMED_S {
                let longest: &mut f64 = silent.entry(receiver.to_string()).or_default();
                *longest = longest.max(waited_s);
            }
        }
        silent
    }

    /// Everybody who has not acknowledged the newest message of an alarm.
    pub(crate) fn unreached(&self, id: AlarmId) -> Vec<Delivery> {
        let of_alarm = self.open.iter().filter(|((alarm, _), _)| *alarm == id);
        of_alarm.map(|((_, address), open)| self.delivery(address, open, None)).collect()
    }

    /// The deliveries of an alarm so far, by its name: those that are over, then those that are open.
    pub(crate) fn deliveries(&self, alarm: &str) -> Vec<Delivery> {
        let open = self.open.iter().filter(|(_, open)| open.bulletin.record.id == alarm);
        let open = open.map(|((_, address), open)| self.delivery(address, open, None));
        self.closed.iter().filter(|delivery| delivery.alarm == alarm).cloned().chain(open).collect()
    }

    /// A channel's times from decision to wire and to acknowledgement; to be reported without holding this book.
    pub(crate) fn hops(&self, channel: usize) -> Hops {
        self.hops.get(channel).cloned().map_or_else(Hops::default, |(sent, acknowledged)| Hops { sent, acknowledged })
    }
}

impl Open {
    fn escalate(&mut self, now: Time) -> Way {
        self.level = self.level.saturating_add(1);
        self.resent = self.resent.saturating_add(1);
        let queued_at = self.bulletin.queued_at;
        self.again_at = match self.level {
            1 => queued_at.plus_seconds(SECOND_S),
            _ => now.plus_seconds(PERSIST_S),
        };
        if self.level == 1 { Way::Again } else { Way::Second }
    }
}
