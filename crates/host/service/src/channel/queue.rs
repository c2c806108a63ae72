//! The queue of one channel: two lanes, bounded both, and the alarms' lane goes first.
//!
//! Alarms wait once each: a newer state of an alarm takes the place of the one that waits. An alarm that began and ended while
//! its channel was away is not told any more. Of tracks, the newest state of each waits, and the oldest gives way.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use parapet_track::{TrackId, TrackReport};
use parapet_warn::{AlarmId, Threat};
use tokio::sync::Notify;

use super::bulletin::Bulletin;

/// Alarms that wait in one channel: one for each zone that a site may have.
const ALARMS_MAX: usize = 4_096;
/// Errands of escalation that wait in one channel.
const REMINDERS_MAX: usize = 4_096;
/// Tracks whose news waits in one channel.
const TRACKS_MAX: usize = 2_000;

/// One thing that a channel is to do, most urgent first.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item {
    /// People on duty stop everything: also what stands somewhere and is not known here. The end of each known alarm follows.
    StopAll,
    /// An alarm to tell, to bring up to date or to end.
    Alarm(Arc<Bulletin>),
    /// An alarm that was told and that these receivers did not acknowledge in time.
    Reminder(Reminder),
    /// News of a track.
    Track(Box<TrackNews>),
}

/// Tell it again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reminder {
    /// What was not acknowledged.
    pub(crate) bulletin: Arc<Bulletin>,
    /// By whom; empty where the channel has one receiver only.
    pub(crate) receivers: Vec<Arc<str>>,
    /// Which way to go.
    pub(crate) path: Way,
}

/// Which way an alarm is told again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// As before.
    Again,
    /// By the second path too, where there is one.
    Second,
}

/// The newest of one track since the channel heard of it last.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TrackNews {
    /// Where it is and what.
    pub(crate) report: Option<TrackReport>,
    /// Where it will fall.
    pub(crate) threat: Option<Threat>,
    /// It is no longer kept.
    pub(crate) ended: Option<TrackId>,
}

#[derive(Debug, Default)]
struct Lanes {
    alarms: VecDeque<Arc<Bulletin>>,
    reminders: VecDeque<Reminder>,
    tracks: BTreeMap<TrackId, TrackNews>,
    /// Tracks with news, the one that has waited longest first.
    order: VecDeque<TrackId>,
    /// Alarms of which the channel has taken a message and not yet the end.
    told: BTreeSet<AlarmId>,
    /// Alarms that the channel need not hear of any more, until the dispatcher has taken note.
    skipped: Vec<AlarmId>,
    dropped: u64,
    stop_all: bool,
    closed: bool,
}

#[derive(Debug, Default)]
struct Queue {
    lanes: Mutex<Lanes>,
    bell: Notify,
}

impl Queue {
    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        // Every change of the lanes is whole before anything can panic.
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end into which the dispatcher puts; never waits.
#[derive(Clone, Debug)]
pub(crate) struct Outlet(Arc<Queue>);

/// The end from which the channel takes.
#[derive(Debug)]
pub(crate) struct Inbox(Arc<Queue>);

/// A new queue.
pub(crate) fn queue() -> (Outlet, Inbox) {
    let queue = Arc::new(Queue::default());
    (Outlet(queue.clone()), Inbox(queue))
}

impl Outlet {
    /// Puts an alarm; it takes the place of an older state of itself.
    pub(crate) fn alarm(&self, bulletin: &Arc<Bulletin>) {
        let mut lanes = self.0.lanes();
        let id = bulletin.alarm.id;
        lanes.reminders.retain(|reminder| reminder.bulletin.alarm.id != id);
        match lanes.alarms.iter_mut().find(|waiting| waiting.alarm.id == id) {
            Some(waiting) => *waiting = bulletin.clone(),
            None => lanes.push_alarm(bulletin.clone()),
        }
        drop(lanes);
        self.0.bell.notify_one();
    }

    /// Puts the order to stop everything before all else.
    pub(crate) fn stop_all(&self) {
        self.0.lanes().stop_all = true;
        self.0.bell.notify_one();
    }

    /// Puts a reminder, unless the channel has something newer of the same alarm before it.
    pub(crate) fn remind(&self, reminder: Reminder) {
        let mut lanes = self.0.lanes();
        let id = reminder.bulletin.alarm.id;
        if lanes.alarms.iter().any(|waiting| waiting.alarm.id == id) || lanes.reminders.len() >= REMINDERS_MAX {
            return;
        }
        lanes.reminders.push_back(reminder);
        drop(lanes);
        self.0.bell.notify_one();
    }

    /// Puts news of a track, joined with what waits of the same track.
    pub(crate) fn track(&self, track: TrackId, news: impl FnOnce(&mut TrackNews)) {
        let mut lanes = self.0.lanes();
        lanes.track(track, news);
        drop(lanes);
        self.0.bell.notify_one();
    }

    /// Nothing more will come; what waits is still handed out.
    pub(crate) fn close(&self) {
        self.0.lanes().closed = true;
        self.0.bell.notify_one();
    }

    /// Alarms that were over before the channel took any message of them, since the last call.
    pub(crate) fn take_skipped(&self) -> Vec<AlarmId> {
        core::mem::take(&mut self.0.lanes().skipped)
    }

    /// How much waits: alarms and reminders, and tracks.
    pub(crate) fn waiting(&self) -> (usize, usize) {
        let lanes = self.0.lanes();
        (lanes.alarms.len() + lanes.reminders.len(), lanes.tracks.len())
    }

    /// How much gave way to newer things.
    pub(crate) fn dropped(&self) -> u64 {
        self.0.lanes().dropped
    }
}

impl Lanes {
    fn push_alarm(&mut self, bulletin: Arc<Bulletin>) {
        if self.alarms.len() >= ALARMS_MAX {
            // What is over matters least; an alarm that stands gives way only to four thousand others.
            let over = self.alarms.iter().position(|waiting| waiting.is_end()).unwrap_or(0);
            self.alarms.remove(over);
            self.dropped += 1;
        }
        self.alarms.push_back(bulletin);
    }

    fn track(&mut self, track: TrackId, news: impl FnOnce(&mut TrackNews)) {
        if !self.tracks.contains_key(&track) {
            if self.order.len() >= TRACKS_MAX
                && let Some(oldest) = self.order.pop_front()
            {
                self.tracks.remove(&oldest);
                self.dropped += 1;
            }
            self.order.push_back(track);
        }
        news(self.tracks.entry(track).or_default());
    }

    fn next(&mut self) -> Option<Item> {
        if core::mem::take(&mut self.stop_all) {
            return Some(Item::StopAll);
        }
        while let Some(bulletin) = self.alarms.pop_front() {
            let id = bulletin.alarm.id;
            let known = if bulletin.is_end() { self.told.remove(&id) } else { !self.told.insert(id) };
            if bulletin.is_end() && !known {
                self.dropped += 1;
                if self.skipped.len() < ALARMS_MAX {
                    self.skipped.push(id);
                }
                continue;
            }
            return Some(Item::Alarm(bulletin));
        }
        if let Some(reminder) = self.reminders.pop_front() {
            return Some(Item::Reminder(reminder));
        }
        let track = self.order.pop_front()?;
        self.tracks.remove(&track).map(|news| Item::Track(Box::new(news)))
    }
}

impl Inbox {
    /// The next thing to do, or `None` when the service has ended and nothing waits. Safe to drop while it waits.
    pub(crate) async fn next(&mut self) -> Option<Item> {
        loop {
            if let Some(item) = self.take() {
                return Some(item);
            }
            if self.0.lanes().closed {
                return None;
            }
            self.0.bell.notified().await;
        }
    }

    /// What waits now.
    pub(crate) fn take(&mut self) -> Option<Item> {
        self.0.lanes().next()
    }
}
