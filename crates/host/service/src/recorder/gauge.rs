//! How the recording stands, for everybody who asks.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use parapet_frame::Time;
use serde::Serialize;

/// A disk that has not answered for so long is said to have stalled: early enough to be announced within two seconds.
const STALLED_AFTER: Duration = Duration::from_millis(1_500);

/// What the recorder's thread shows.
#[derive(Debug, Default)]
pub(crate) struct Gauge(Mutex<State>);

#[derive(Clone, Debug, Default)]
struct State {
    failure: Option<String>,
    /// When the disk was last asked for something that it has not answered yet.
    asked: Option<Instant>,
    /// When the oldest message came that is not on the disk.
    unsynced: Option<Instant>,
    shown: RecordingStatus,
}

/// How the recording stands.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RecordingStatus {
    /// `ok`, or what is wrong.
    pub state: String,
    /// The folder of the run.
    pub folder: String,
    /// The segment that is being written.
    pub segment: u32,
    /// Octets of it that are on the disk.
    pub segment_octets: u64,
    /// Octets of this run that are on the disk.
    pub run_octets: u64,
    /// Octets of all runs when room was last made, and how many there may be.
    pub kept_octets: u64,
    /// See above.
    pub kept_octets_max: u64,
    /// Segments that were dropped to make room since the start.
    pub dropped_segments: u64,
    /// When something was last put on the disk, milliseconds since 1970.
    pub synced_ms: Option<i64>,
    /// Age of the oldest message that is not on the disk now, milliseconds: what a power cut would lose.
    pub unsynced_ms: f64,
    /// From the coming of the oldest message of a group to its being on the disk, milliseconds: the last, and the longest.
    pub window_ms: f64,
    /// See above.
    pub window_max_ms: f64,
    /// The longest that the disk took for a group, milliseconds.
    pub sync_max_ms: f64,
    /// Groups that were put on the disk.
    pub groups: u64,
    /// How often writing failed.
    pub failures: u64,
}

impl Gauge {
    /// How it stands.
    pub(crate) fn status(&self) -> RecordingStatus {
        let state = self.lock().clone();
        let stalled = state.asked.map(|asked| asked.elapsed()).filter(|waited| *waited > STALLED_AFTER);
        let words = match (state.failure, stalled) {
            (Some(what), _) => format!("failed: {what}"),
            (None, Some(waited)) => format!("failed: the disk has not answered for {} s", waited.as_secs()),
            (None, None) => "ok".to_owned(),
        };
        let unsynced_ms = state.unsynced.map_or(0.0, |since| ms(since.elapsed()));
        RecordingStatus { state: words, unsynced_ms, ..state.shown }
    }

    pub(super) fn begun(&self, folder: String, kept_octets_max: u64) {
        let mut state = self.lock();
        (state.shown.folder, state.shown.kept_octets_max) = (folder, kept_octets_max);
    }

    pub(super) fn came(&self, since: Instant) {
        self.lock().unsynced.get_or_insert(since);
    }

    pub(super) fn asked(&self) {
        self.lock().asked = Some(Instant::now());
    }

    /// The disk has answered that everything is there.
    pub(super) fn synced(&self, at: Time, segment: u32, segment_octets: u64, more_octets: u64) {
        let mut state = self.lock();
        let took = state.asked.take().map_or(0.0, |asked| ms(asked.elapsed()));
        let window = state.unsynced.take().map_or(took, |since| ms(since.elapsed()));
        state.failure = None;
        let shown = &mut state.shown;
        (shown.segment, shown.segment_octets) = (segment, segment_octets);
        shown.run_octets += more_octets;
        shown.synced_ms = Some(at.millis());
        (shown.window_ms, shown.window_max_ms) = (window, shown.window_max_ms.max(window));
        shown.sync_max_ms = shown.sync_max_ms.max(took);
        shown.groups += 1;
    }

    /// The disk has answered, whatever it was asked.
    pub(super) fn answered(&self) {
        let mut state = self.lock();
        (state.asked, state.failure) = (None, None);
    }

    pub(super) fn failed(&self, what: String) {
        let mut state = self.lock();
        state.asked = None;
        state.shown.failures += 1;
        state.failure = Some(what);
    }

    pub(super) fn swept(&self, kept_octets: u64, dropped: u64) {
        let mut state = self.lock();
        state.shown.kept_octets = kept_octets;
        state.shown.dropped_segments += dropped;
    }

    /// A thread that died while it held the lock has left a whole value.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ms(duration: Duration) -> f64 {
    1e3 * duration.as_secs_f64()
}
