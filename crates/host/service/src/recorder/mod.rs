//! The recording's own thread. Disk is slow now and then, full, or gone; the alarm path does not wait for it.
//!
//! What the engine did is gathered for a moment and put on the disk as a group; a group with an alarm in it does not wait. When
//! the disk fails, everything that is not safe is kept, as far as there is room, and written again into a new segment.

mod disk;
mod gauge;
mod reader;
mod restart;
mod retention;
mod routes;
mod vault;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use parapet_engine::{EngineState, Output};
use parapet_frame::Time;
use parapet_recording::{
    Disk, Header, Journal, Place, Recorder, RecordingError, Resumed, RunId, Secret, Setting, Spool, segment_name,
};
use parapet_warn::AlarmId;

use crate::channel::Delivery;
use crate::error::ServiceError;
use crate::fanout::Step;
use crate::shared::Shared;
use crate::tell;

use disk::RunFolder;
pub use disk::read_recording;
pub(crate) use gauge::Gauge;
pub use gauge::RecordingStatus;
pub use reader::{RunReader, is_run};
pub(crate) use reader::{extent, totals_of};
pub(crate) use restart::find;
pub(crate) use routes::routes;

/// Steps that wait for the disk: half a second of the load to hold with room for a slow sync.
const QUEUE_MAX: usize = 16_384;
/// What is kept of what is not safe while the disk fails; what comes beyond that is a gap.
const PENDING_MAX: usize = 16_384;
/// How long a group is gathered. With the sync itself (a few milliseconds) no more than 20 ms are at stake in a power cut.
const GATHER: Duration = Duration::from_millis(10);
/// How many messages are gathered at most.
const GROUP_MAX: usize = 4_096;
/// How often a disk that has failed is tried again.
const RETRY: Duration = Duration::from_millis(500);
/// How long nothing is done while nothing comes.
const REST: Duration = Duration::from_secs(1);
/// Runs that may begin in the same second.
const SAME_SECOND_MAX: u32 = 1_000;

enum Item {
    /// With what outlives the program of the zones that were told something.
    Step(Arc<Step>, Option<Box<EngineState>>),
    Note(Time, String),
    Delivery(Time, Delivery),
    Gap(Time, u64),
    Close(Time, String),
    Resumed(Time, Box<Resumed>),
    State(Time, Box<EngineState>),
}

impl Item {
    fn at(&self) -> Time {
        match self {
            Item::Step(step, _) => step.at,
            Item::Note(at, _)
            | Item::Delivery(at, _)
            | Item::Gap(at, _)
            | Item::Close(at, _)
            | Item::Resumed(at, _)
            | Item::State(at, _) => *at,
        }
    }

    /// Among how many it still finds room while the disk fails: alarms do when nothing else does, and the end always.
    fn room(&self) -> usize {
        match self {
            Item::Close(..) => usize::MAX,
            item if item.is_urgent() => 2 * PENDING_MAX,
            _ => PENDING_MAX,
        }
    }

    /// Whether it goes to the disk at once.
    fn is_urgent(&self) -> bool {
        match self {
            Item::Step(step, state) => step.has_alarm() || state.is_some(),
            Item::Resumed(..) | Item::Close(..) => true,
            _ => false,
        }
    }
}

/// The way to the recorder. What does not fit is counted, and the recording says that it is missing.
pub(crate) struct RecorderLane {
    queue: SyncSender<Item>,
    gap: u64,
    lost: u64,
}

impl RecorderLane {
    pub(crate) fn step(&mut self, step: &Arc<Step>, state: Option<EngineState>) {
        self.send(Item::Step(step.clone(), state.map(Box::new)));
    }

    pub(crate) fn note(&mut self, at: Time, text: &str) {
        self.send(Item::Note(at, text.to_owned()));
    }

    pub(crate) fn delivery(&mut self, at: Time, delivery: Delivery) {
        self.send(Item::Delivery(at, delivery));
    }

    pub(crate) fn resumed(&mut self, at: Time, resumed: Resumed) {
        self.send(Item::Resumed(at, Box::new(resumed)));
    }

    pub(crate) fn state(&mut self, at: Time, state: EngineState) {
        self.send(Item::State(at, Box::new(state)));
    }

    /// The last item; waits for the disk, since nothing else is left to do.
    pub(crate) fn close(&mut self, at: Time, digest: String) {
        if self.gap > 0 {
            let _ = self.queue.send(Item::Gap(at, self.gap));
        }
        let _ = self.queue.send(Item::Close(at, digest));
    }

    pub(crate) fn lost(&self) -> u64 {
        self.lost
    }

    fn send(&mut self, item: Item) {
        if self.gap > 0 && self.queue.try_send(Item::Gap(item.at(), self.gap)).is_ok() {
            self.gap = 0;
        }
        if self.gap > 0 || self.queue.try_send(item).is_err() {
            self.gap += 1;
            self.lost += 1;
        }
    }
}

/// What a recording is made with.
pub(crate) struct Plan {
    /// The folder of all recordings.
    pub(crate) recordings: PathBuf,
    pub(crate) header: Header,
    pub(crate) secret: Secret,
    /// Links that carry SAPIENT messages.
    pub(crate) sapient_links: Vec<u16>,
    pub(crate) segment_octets_max: u64,
    /// Octets that all recordings may have together.
    pub(crate) kept_octets_max: u64,
}

/// The key of this site's recordings; made where there is none.
///
/// # Errors
/// When the folder, or the key, cannot be made or read.
pub(crate) fn key(
    configured: Option<&Path>,
    recordings: &Path,
    mode: parapet_engine::Mode,
) -> Result<Secret, ServiceError> {
    std::fs::create_dir_all(recordings).map_err(|error| ServiceError::folder(recordings, error))?;
    vault::key(configured, recordings, mode)
}

/// Begins a recording in a folder of its own, and its thread. A disk that is full does not keep the program from starting.
///
/// # Errors
/// When the folder cannot be made.
pub(crate) fn start(plan: Plan, shared: Arc<Shared>) -> Result<(RecorderLane, PathBuf, JoinHandle<()>), ServiceError> {
    let folder = create(&plan.recordings, plan.header.started_at)?;
    let mut run = [0; 16];
    // Without the system's randomness the run is named after its beginning alone.
    if getrandom::fill(&mut run).is_err() {
        run[..8].copy_from_slice(&plan.header.started_at.nanos().to_le_bytes());
    }
    let protobuf =
        |link: &u16| (*link, parapet_sapient::MESSAGE_NAME.to_owned(), parapet_sapient::DESCRIPTORS.to_vec());
    let setting = Setting {
        header: plan.header,
        run: RunId(run),
        secret: plan.secret,
        segment_octets_max: plan.segment_octets_max,
        protobuf: plan.sapient_links.iter().map(protobuf).collect(),
    };
    shared.recorder.begun(folder.display().to_string(), plan.kept_octets_max);
    let (queue, items) = sync_channel(QUEUE_MAX);
    let disk = RunFolder(folder.clone());
    let place = (folder.clone(), plan.recordings, plan.kept_octets_max);
    let run = move || Writer::new(Journal::new(disk, setting), place, shared).run(&items);
    let thread = std::thread::Builder::new().name("recorder".to_owned()).spawn(run);
    let lane = RecorderLane { queue, gap: 0, lost: 0 };
    Ok((lane, folder, thread.map_err(ServiceError::thread)?))
}

/// A folder that did not exist before, named after the time.
fn create(recordings: &Path, at: Time) -> Result<PathBuf, ServiceError> {
    let stamp = crate::atlas::rfc3339(at).replace(':', "-");
    let stamp = stamp.split('.').next().unwrap_or_default();
    for n in 1..=SAME_SECOND_MAX {
        let suffix = if n == 1 { String::new() } else { format!("-{n}") };
        let path = recordings.join(format!("{stamp}Z{suffix}.mcap"));
        match std::fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            // Said as soon as the recorder tries to write; nobody goes unwarned for want of room for a recording.
            Err(error) if error.kind() == std::io::ErrorKind::StorageFull => return Ok(path),
            Err(error) => return Err(ServiceError::folder(&path, error)),
        }
    }
    Err(ServiceError::folder(recordings, "it holds a thousand recordings of this second already"))
}

struct Writer<D: Disk> {
    journal: Journal<D>,
    /// The folder of the run.
    folder: PathBuf,
    shared: Arc<Shared>,
    recordings: PathBuf,
    kept_octets_max: u64,
    /// What is not safe: in the open group, or waiting for the disk to work again.
    pending: Vec<Item>,
    /// When the first of it came.
    since: Option<Instant>,
    urgent: bool,
    /// While the disk fails: when to try again.
    retry_at: Option<Instant>,
    /// How far everything is safe.
    reached: Place,
    /// When each alarm that stands was raised.
    standing: BTreeMap<AlarmId, Time>,
}

impl<D: Disk> Writer<D> {
    /// In a folder below the folder of all recordings, which may have so many octets.
    fn new(journal: Journal<D>, place: (PathBuf, PathBuf, u64), shared: Arc<Shared>) -> Self {
        let (folder, recordings, kept_octets_max) = place;
        Writer {
            journal,
            folder,
            shared,
            recordings,
            kept_octets_max,
            pending: Vec::new(),
            since: None,
            urgent: false,
            retry_at: None,
            reached: Place::default(),
            standing: BTreeMap::new(),
        }
    }

    fn run(mut self, items: &Receiver<Item>) {
        // The beginning is on the disk before anything happens, so that even a run of a moment says what it was.
        self.attempt(|journal| journal.recorder().map(drop));
        self.sweep();
        loop {
            match items.recv_timeout(self.patience()) {
                Ok(item) => self.take(item),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            while self.pending.len() < GROUP_MAX && !self.is_due() {
                let Ok(item) = items.try_recv() else { break };
                self.take(item);
            }
            if self.is_due() {
                self.commit();
            }
        }
        self.commit();
        if self.retry_at.is_none() {
            self.attempt(Journal::finish);
        }
    }

    fn patience(&self) -> Duration {
        let due = self.retry_at.or_else(|| self.since.map(|since| since + GATHER));
        due.map_or(REST, |due| due.saturating_duration_since(Instant::now()))
    }

    fn is_due(&self) -> bool {
        match self.retry_at {
            Some(retry_at) => Instant::now() >= retry_at,
            None => self.urgent || self.pending.len() >= GROUP_MAX || self.since.is_some_and(|s| s.elapsed() >= GATHER),
        }
    }

    fn take(&mut self, item: Item) {
        let now = *self.since.get_or_insert_with(Instant::now);
        self.shared.recorder.came(now);
        self.note_alarms(&item);
        if self.retry_at.is_some() && self.pending.len() >= item.room() {
            match self.pending.last_mut() {
                Some(Item::Gap(at, lost)) => (*at, *lost) = (item.at(), *lost + 1),
                _ => self.pending.push(Item::Gap(item.at(), 1)),
            }
            return;
        }
        self.urgent |= item.is_urgent();
        if self.retry_at.is_none() {
            self.attempt(|journal| write(journal.recorder()?, &item));
        }
        self.pending.push(item);
    }

    /// Puts everything that is pending on the disk.
    fn commit(&mut self) {
        let again = self.retry_at.is_some();
        let Some(at) = self.pending.last().map(Item::at) else {
            if again {
                self.retry_at = None;
                self.attempt(|journal| journal.recorder().map(drop));
            }
            return;
        };
        self.shared.recorder.asked();
        let pending = core::mem::take(&mut self.pending);
        let done = (|| {
            let journal = &mut self.journal;
            if again {
                pending.iter().try_for_each(|item| write(journal.recorder()?, item))?;
            }
            journal.commit()
        })();
        match done {
            Ok(place) => {
                let before = core::mem::replace(&mut self.reached, place);
                let more = if place.segment == before.segment { place.octets - before.octets } else { place.octets };
                self.shared.recorder.synced(at, place.segment, place.octets, more);
                (self.since, self.urgent) = (None, false);
                self.retry_at = None;
                if place.segment != before.segment {
                    self.sweep();
                }
            }
            Err(error) => {
                self.pending = pending;
                self.fail(&error);
            }
        }
    }

    fn attempt(&mut self, write: impl FnOnce(&mut Journal<D>) -> Result<(), RecordingError>) {
        self.shared.recorder.asked();
        match write(&mut self.journal) {
            Ok(()) => self.shared.recorder.answered(),
            Err(error) => self.fail(&error),
        }
    }

    /// The open segment is given up: nobody knows what of its last group is on the disk.
    fn fail(&mut self, error: &RecordingError) {
        self.journal.abandon();
        self.retry_at = Some(Instant::now() + RETRY);
        self.shared.recorder.failed(format!("{}: {error}", self.folder.display()));
    }

    /// Remembers since when alarms stand, for those segments that must stay.
    fn note_alarms(&mut self, item: &Item) {
        let Item::Step(step, _) = item else { return };
        for output in &step.outputs {
            let Output::Alarm(alarm) = output else { continue };
            if alarm.stage.is_ended() {
                self.standing.remove(&alarm.id);
            } else {
                self.standing.insert(alarm.id, alarm.raised_at);
            }
        }
    }

    fn sweep(&mut self) {
        let open = self.folder.join(segment_name(self.journal.place().segment));
        let since = self.standing.values().min().copied();
        match retention::sweep(&self.recordings, self.kept_octets_max, &open, since) {
            Ok(swept) => self.shared.recorder.swept(swept.kept_octets, swept.dropped),
            Err(error) => tell(&format!("{}: no room could be made: {error}", self.recordings.display())),
        }
    }
}

fn write(recorder: &mut Recorder<Spool>, item: &Item) -> Result<(), RecordingError> {
    match item {
        Item::Step(step, state) => {
            if let Some(datagram) = &step.heard {
                recorder.input(step.at, datagram.heard_at, datagram.link, datagram.sender, &datagram.bytes)?;
            }
            if let Some(command) = &step.command {
                recorder.command(step.at, command)?;
            }
            step.outputs.iter().try_for_each(|output| recorder.output(step.at, output))?;
            state.iter().try_for_each(|state| recorder.state(step.at, state))
        }
        Item::Note(at, text) => recorder.note(*at, text),
        Item::Delivery(at, delivery) => recorder.delivery(*at, delivery),
        Item::Gap(at, lost) => recorder.gap(*at, *lost),
        Item::Close(at, digest) => recorder.closed(*at, digest),
        Item::Resumed(at, resumed) => recorder.resumed(*at, resumed),
        Item::State(at, state) => recorder.state(*at, state),
    }
}

#[cfg(test)]
mod tests;
