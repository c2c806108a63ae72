//! How a channel stands: what it says of itself while it works, and what the status page, the metrics and people read.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use parapet_frame::Time;
use parapet_warn::AlarmId;
use serde::Serialize;

use super::bulletin::Bulletin;
use super::ledger::{Delivery, Hops, Ledger};
use super::queue::Outlet;
use crate::Clock;

/// Reasons for refusals that are counted apart.
const REASONS_MAX: usize = 64;

/// A channel as it stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ChannelStatus {
    /// Its name in the site file.
    pub name: String,
    /// `mqtt`, `webhook`, ...
    pub kind: String,
    /// Whether the other side is there, as far as is known.
    pub connected: bool,
    /// Alarms and reminders that wait.
    pub queued: usize,
    /// Tracks whose news waits.
    pub queued_tracks: usize,
    /// Things that gave way to newer ones.
    pub dropped: u64,
    /// Alarm messages that went out.
    pub sent: u64,
    /// Acknowledgements that came and fitted.
    pub acknowledged: u64,
    /// Things that failed.
    pub failed: u64,
    /// What came in and was not believed, by reason.
    pub refused: BTreeMap<String, u64>,
    /// When something last went well, milliseconds since 1970.
    pub last_success_ms: Option<i64>,
    /// What last went wrong.
    pub last_error: Option<String>,
    /// When, milliseconds since 1970.
    pub last_error_ms: Option<i64>,
    /// Who has not acknowledged for more than a second and a half, and for how long, seconds; the channel's own name where it
    /// is one receiver.
    pub unacknowledged: BTreeMap<String, f64>,
    /// From the decision to the wire: half of the messages were faster, milliseconds.
    pub sent_median_ms: f64,
    /// From the decision to the acknowledgement: half were faster, milliseconds.
    pub acknowledged_median_ms: f64,
    /// ... and 99 in 100, milliseconds.
    pub acknowledged_p99_ms: f64,
}

/// What all channels share.
#[derive(Debug)]
pub(crate) struct Books {
    pub(crate) clock: Arc<Clock>,
    ledger: Mutex<Ledger>,
    desks: Mutex<Vec<Entry>>,
}

#[derive(Debug)]
struct Entry {
    status: ChannelStatus,
    outlet: Outlet,
    /// Whether it was connected when that was last told.
    told: bool,
}

impl Books {
    pub(crate) fn new(clock: Arc<Clock>, channels: Vec<(ChannelStatus, Outlet)>) -> Arc<Books> {
        let ledger = Ledger::new(channels.iter().map(|(status, _)| status.name.clone()).collect());
        let desks = channels.into_iter().map(|(status, outlet)| Entry { status, outlet, told: false }).collect();
        Arc::new(Books { clock, ledger: Mutex::new(ledger), desks: Mutex::new(desks) })
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        // The ledger's tables are whole after each of its own calls.
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn desks(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.desks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How every channel stands.
    pub(crate) fn statuses(&self) -> Vec<ChannelStatus> {
        let now = self.clock.now();
        let count = self.desks().len();
        let ledger = self.ledger();
        let kept: Vec<(Hops, BTreeMap<String, f64>)> =
            (0..count).map(|channel| (ledger.hops(channel), ledger.silent(channel, now))).collect();
        // Sorting times is long work: neither the ledger nor a desk waits for it.
        drop(ledger);
        let shown: Vec<ChannelStatus> =
            self.desks().iter().zip(kept.iter()).map(|(entry, (_, silent))| entry.shown(silent)).collect();
        shown.into_iter().zip(kept).map(|(status, (hops, _))| timed(status, &hops)).collect()
    }

    /// Channels that have come or gone since the last call, in words.
    pub(crate) fn changes(&self) -> Vec<String> {
        self.desks().iter_mut().filter_map(Entry::change).collect()
    }

    /// The alarms that were told lately, by their names.
    pub(crate) fn names(&self) -> BTreeMap<String, AlarmId> {
        self.ledger().names()
    }

    /// Whether everybody has the end of these alarms.
    pub(crate) fn have_ended(&self, alarms: &[AlarmId]) -> bool {
        let ledger = self.ledger();
        alarms.iter().all(|id| ledger.has_ended(*id))
    }

    /// Everybody who has not acknowledged the newest message of these alarms.
    pub(crate) fn unreached(&self, alarms: &[AlarmId]) -> Vec<Delivery> {
        let ledger = self.ledger();
        alarms.iter().flat_map(|id| ledger.unreached(*id)).collect()
    }

    /// The deliveries of an alarm, by its name.
    pub(crate) fn deliveries(&self, alarm: &str) -> Vec<Delivery> {
        self.ledger().deliveries(alarm)
    }
}

impl Entry {
    fn change(&mut self) -> Option<String> {
        let ChannelStatus { name, connected, last_error, .. } = &self.status;
        if core::mem::replace(&mut self.told, *connected) == *connected {
            return None;
        }
        let why = last_error.as_deref().unwrap_or("the other side is gone");
        Some(if *connected {
            format!("channel {name}: connected")
        } else {
            format!("channel {name}: not connected: {why}")
        })
    }

    fn shown(&self, silent: &BTreeMap<String, f64>) -> ChannelStatus {
        let (queued, queued_tracks) = self.outlet.waiting();
        let named =
            |(receiver, s): (String, f64)| (if receiver.is_empty() { self.status.name.clone() } else { receiver }, s);
        ChannelStatus {
            queued,
            queued_tracks,
            dropped: self.outlet.dropped(),
            unacknowledged: silent.iter().map(|(receiver, s)| named((receiver.clone(), *s))).collect(),
            ..self.status.clone()
        }
    }
}

fn timed(status: ChannelStatus, hops: &Hops) -> ChannelStatus {
    let (sent, acknowledged) = (hops.sent.report(), hops.acknowledged.report());
    ChannelStatus {
        sent_median_ms: sent.median_ms,
        acknowledged_median_ms: acknowledged.median_ms,
        acknowledged_p99_ms: acknowledged.p99_ms,
        ..status
    }
}

/// A channel's own place at which it says how it fares.
#[derive(Clone, Debug)]
pub(crate) struct Desk {
    books: Arc<Books>,
    channel: usize,
}

impl Desk {
    pub(crate) fn new(books: Arc<Books>, channel: usize) -> Self {
        Desk { books, channel }
    }

    /// The service's time.
    pub(crate) fn now(&self) -> Time {
        self.books.clock.now()
    }

    fn note(&self, change: impl FnOnce(&mut ChannelStatus, Time)) {
        let now = self.now();
        if let Some(entry) = self.books.desks().get_mut(self.channel) {
            change(&mut entry.status, now);
        }
    }

    /// The other side is there, or gone.
    pub(crate) fn connected(&self, connected: bool) {
        self.note(|status, now| {
            status.connected = connected;
            if connected {
                status.last_success_ms = Some(now.millis());
            }
        });
    }

    /// A bulletin is on the wire.
    pub(crate) fn sent(&self, bulletin: &Bulletin) {
        self.books.ledger().sent(self.channel, bulletin, self.now());
        self.note(|status, _| status.sent += 1);
    }

    /// A receiver has a bulletin; `receiver` is empty where the channel is one receiver.
    pub(crate) fn acknowledged(&self, receiver: &str, bulletin: &Bulletin) {
        self.acknowledged_revision(receiver, bulletin.alarm.id, bulletin.revision);
    }

    /// The same, where only the name of the message is known; `false` when nobody waits for it (any more).
    pub(crate) fn acknowledged_revision(&self, receiver: &str, id: AlarmId, revision: u32) -> bool {
        let fits = self.books.ledger().acknowledged(self.channel, receiver, id, revision, self.now());
        if fits {
            self.note(|status, now| {
                status.acknowledged += 1;
                status.last_success_ms = Some(now.millis());
            });
        }
        fits
    }

    /// Something went wrong.
    pub(crate) fn failed(&self, what: impl Into<String>) {
        let what = what.into();
        self.note(|status, now| {
            status.failed += 1;
            status.last_error = Some(what);
            status.last_error_ms = Some(now.millis());
        });
    }

    /// Something came in that is not believed.
    pub(crate) fn refused(&self, reason: &str) {
        self.note(|status, _| {
            if status.refused.len() < REASONS_MAX || status.refused.contains_key(reason) {
                *status.refused.entry(reason.to_owned()).or_default() += 1;
            }
        });
    }
}
