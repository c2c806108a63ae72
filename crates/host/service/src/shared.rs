//! What the threads of the service let each other see. Every lock is held for a copy, never for work.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use parapet_engine::{Counts, Trouble};
use parapet_frame::Time;
use parapet_track::RegistrationReport;

use crate::alarm_record::AlarmRecord;
use crate::latency::{Delays, Latencies};
use crate::recorder::Gauge;

/// Alarm messages that `/api/alarms` remembers.
const ALARMS_MAX: usize = 1_000;

/// The service as seen from outside.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    status: Mutex<Status>,
    latencies: Mutex<Latencies>,
    alarm_outputs: Mutex<BTreeMap<AlarmOutput, String>>,
    alarms: Mutex<VecDeque<AlarmRecord>>,
    /// Pages that are connected.
    pub(crate) viewers: Arc<AtomicUsize>,
    /// Phones that are connected at the address of the page, and at their own.
    pub(crate) phones: [Arc<AtomicUsize>; 2],
    /// How the recording stands.
    pub(crate) recorder: Gauge,
}

/// Where alarms are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AlarmOutput {
    /// `alarms.jsonl`.
    File,
    /// The CAP messages.
    Cap,
}

/// The engine's state, as of a fraction of a second ago.
#[derive(Clone, Debug, Default)]
pub(crate) struct Status {
    pub(crate) now: Time,
    pub(crate) counts: Counts,
    pub(crate) sensors: Vec<SensorTally>,
    pub(crate) datagrams: u64,
    pub(crate) datagrams_dropped: u64,
    /// By the operating system, before we could take them.
    pub(crate) datagrams_overrun: u64,
    pub(crate) alarms_raised: u64,
    pub(crate) recording_lost: u64,
    pub(crate) picture_lost: u64,
    pub(crate) alarms_lost: u64,
    pub(crate) clock_steps: u64,
    /// From hearing the plot that moved a track to what the engine says of it.
    pub(crate) track_delays: Delays,
}

/// What one sensor said so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SensorTally {
    pub(crate) last_heard: Option<Time>,
    pub(crate) plots: u64,
    pub(crate) refused: u64,
    /// What stands against it, with details.
    pub(crate) troubles: BTreeMap<Trouble, String>,
    /// What it has wrong, as last told.
    pub(crate) registration: Option<RegistrationReport>,
}

impl Shared {
    pub(crate) fn status(&self) -> Status {
        lock(&self.status).clone()
    }

    pub(crate) fn set_status(&self, status: Status) {
        *lock(&self.status) = status;
    }

    pub(crate) fn add_latency(&self, seconds: f64) {
        lock(&self.latencies).add(seconds);
    }

    pub(crate) fn latencies(&self) -> Latencies {
        lock(&self.latencies).clone()
    }

    /// "ok", or what is wrong with the recording.
    pub(crate) fn recording(&self) -> String {
        self.recorder.status().state
    }

    /// "ok", or what is wrong with the alarm file and the CAP folder.
    pub(crate) fn alarm_output(&self) -> String {
        let failures = lock(&self.alarm_outputs).values().cloned().collect::<Vec<_>>().join("; ");
        words((!failures.is_empty()).then_some(&failures))
    }

    /// The latest failure of an output, or `None` when writing works again.
    pub(crate) fn set_alarm_output(&self, output: AlarmOutput, failure: Option<String>) {
        let mut outputs = lock(&self.alarm_outputs);
        match failure {
            Some(what) => drop(outputs.insert(output, what)),
            None => drop(outputs.remove(&output)),
        }
    }

    pub(crate) fn add_alarm(&self, record: AlarmRecord) {
        let mut alarms = lock(&self.alarms);
        if alarms.len() == ALARMS_MAX {
            alarms.pop_front();
        }
        alarms.push_back(record);
    }

    pub(crate) fn alarms(&self) -> Vec<AlarmRecord> {
        lock(&self.alarms).iter().cloned().collect()
    }
}

fn words(failure: Option<&String>) -> String {
    failure.map_or_else(|| "ok".to_owned(), |what| format!("failed: {what}"))
}

/// A thread that died while it held a lock has left a whole value: they are only ever replaced.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
