//! The recording's own thread. Disk is slow now and then; the alarm path does not wait for it.

use std::fs::{File, OpenOptions};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use parapet_frame::Time;
use parapet_recording::{Header, Recorder, RecordingError};

use crate::channel::Delivery;
use crate::error::ServiceError;
use crate::fanout::Step;
use crate::shared::Shared;
use crate::tell;

/// Steps that wait for the disk: half a second of the load to hold with room for a slow sync.
const QUEUE_MAX: usize = 16_384;
/// At most this much of the recording is lost when the machine loses power.
const SYNC_PERIOD: Duration = Duration::from_secs(1);
/// Recordings that may begin in the same second.
const SAME_SECOND_MAX: u32 = 1_000;

enum Item {
    Step(Arc<Step>),
    Note(Time, String),
    Delivery(Time, Delivery),
    Gap(Time, u64),
    Close(Time, String),
}

/// The way to the recorder. What does not fit is counted, and the recording says that it is missing.
pub(crate) struct RecorderLane {
    queue: SyncSender<Item>,
    gap: u64,
    lost: u64,
}

impl RecorderLane {
    pub(crate) fn step(&mut self, step: &Arc<Step>) {
        self.send(step.at, Item::Step(step.clone()));
    }

    pub(crate) fn note(&mut self, at: Time, text: &str) {
        self.send(at, Item::Note(at, text.to_owned()));
    }

    pub(crate) fn delivery(&mut self, at: Time, delivery: Delivery) {
        self.send(at, Item::Delivery(at, delivery));
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

    fn send(&mut self, at: Time, item: Item) {
        if self.gap > 0 && self.queue.try_send(Item::Gap(at, self.gap)).is_ok() {
            self.gap = 0;
        }
        if self.gap > 0 || self.queue.try_send(item).is_err() {
            self.gap += 1;
            self.lost += 1;
        }
    }
}

/// Begins a recording in a folder, and its thread.
///
/// # Errors
/// When the folder or the file cannot be made or written.
pub(crate) fn start(
    folder: &Path,
    header: &Header,
    sapient_links: &[u16],
    shared: Arc<Shared>,
) -> Result<(RecorderLane, PathBuf, JoinHandle<()>), ServiceError> {
    std::fs::create_dir_all(folder).map_err(|error| ServiceError::folder(folder, error))?;
    let (path, file) = create(folder, header.started_at)?;
    let failed = |error: RecordingError| ServiceError::folder(&path, error);
    let into = BufWriter::new(file.try_clone().map_err(|error| ServiceError::folder(&path, error))?);
    let mut recorder = Recorder::start(into, header).map_err(failed)?;
    for link in sapient_links {
        recorder.protobuf_link(*link, parapet_sapient::MESSAGE_NAME, parapet_sapient::DESCRIPTORS).map_err(failed)?;
    }
    let (queue, items) = sync_channel(QUEUE_MAX);
    let writer = Writer { recorder: Some(recorder), file, path: path.clone(), shared, synced: Instant::now() };
    let thread = std::thread::Builder::new().name("recorder".to_owned()).spawn(move || writer.run(&items));
    let lane = RecorderLane { queue, gap: 0, lost: 0 };
    Ok((lane, path, thread.map_err(ServiceError::thread)?))
}

/// A file that did not exist before, named after the time.
fn create(folder: &Path, at: Time) -> Result<(PathBuf, File), ServiceError> {
    let stamp = crate::atlas::rfc3339(at).replace(':', "-");
    let stamp = stamp.split('.').next().unwrap_or_default();
    for n in 1..=SAME_SECOND_MAX {
        let suffix = if n == 1 { String::new() } else { format!("-{n}") };
        let path = folder.join(format!("{stamp}Z{suffix}.mcap"));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(ServiceError::folder(&path, error)),
        }
    }
    Err(ServiceError::folder(folder, "it holds a thousand recordings of this second already"))
}

struct Writer {
    /// `None` after a failure and at the end.
    recorder: Option<Recorder<BufWriter<File>>>,
    file: File,
    path: PathBuf,
    shared: Arc<Shared>,
    synced: Instant,
}

impl Writer {
    fn run(mut self, items: &Receiver<Item>) {
        loop {
            match items.recv_timeout(SYNC_PERIOD.saturating_sub(self.synced.elapsed())) {
                Ok(item) => self.attempt(|recorder| write(recorder, item)),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.synced.elapsed() >= SYNC_PERIOD {
                self.sync();
            }
        }
        self.finish();
    }

    fn sync(&mut self) {
        self.attempt(Recorder::flush);
        if self.recorder.is_some()
            && let Err(error) = self.file.sync_data()
        {
            self.fail(&error.to_string());
        }
        self.note_size();
        self.synced = Instant::now();
    }

    fn finish(mut self) {
        let Some(recorder) = self.recorder.take() else { return };
        let flushed = recorder.finish().map_err(|error| error.to_string());
        let flushed = flushed.and_then(|file| file.into_inner().map_err(|error| error.to_string()));
        match flushed.and_then(|file| file.sync_all().map_err(|error| error.to_string())) {
            Ok(()) => self.note_size(),
            Err(what) => self.fail(&what),
        }
    }

    fn attempt(&mut self, write: impl FnOnce(&mut Recorder<BufWriter<File>>) -> Result<(), RecordingError>) {
        if let Some(recorder) = &mut self.recorder
            && let Err(error) = write(recorder)
        {
            self.fail(&error.to_string());
        }
    }

    /// Gives the recording up: what is in the file stays readable, and everybody is told that nothing more comes.
    fn fail(&mut self, what: &str) {
        let what = format!("{}: {what}", self.path.display());
        tell(&format!("the recording failed and ends here: {what}"));
        self.shared.recording_failed(what);
        self.recorder = None;
    }

    fn note_size(&self) {
        if let Ok(metadata) = self.file.metadata() {
            self.shared.recorded_bytes.store(metadata.len(), Ordering::Relaxed);
        }
    }
}

fn write(recorder: &mut Recorder<BufWriter<File>>, item: Item) -> Result<(), RecordingError> {
    match item {
        Item::Step(step) => {
            if let Some(datagram) = &step.heard {
                recorder.input(step.at, datagram.heard_at, datagram.link, datagram.sender, &datagram.bytes)?;
            }
            if let Some(command) = &step.command {
                recorder.command(step.at, command)?;
            }
            step.outputs.iter().try_for_each(|output| recorder.output(step.at, output))
        }
        Item::Note(at, text) => recorder.note(at, &text),
        Item::Delivery(at, delivery) => recorder.delivery(at, &delivery),
        Item::Gap(at, lost) => recorder.gap(at, lost),
        Item::Close(at, digest) => recorder.closed(at, &digest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_disk_is_too_slow_for_is_counted_and_the_recording_says_so() {
        let (queue, items) = sync_channel(2);
        let mut lane = RecorderLane { queue, gap: 0, lost: 0 };
        let at = Time::from_seconds;
        (0..5).for_each(|n| lane.note(at(f64::from(n)), "a note"));
        assert_eq!(lane.lost(), 3);
        assert!(matches!(items.recv().unwrap(), Item::Note(..)));
        assert!(matches!(items.recv().unwrap(), Item::Note(..)));
        lane.note(at(5.0), "after the gap");
        assert!(matches!(items.recv().unwrap(), Item::Gap(_, 3)));
        assert!(matches!(items.recv().unwrap(), Item::Note(_, text) if text == "after the gap"));
    }

    #[test]
    fn a_recording_begins_beside_its_elders() {
        let folder = tempfile::tempdir().unwrap();
        let names: Vec<_> = (0..3).map(|_| create(folder.path(), Time::from_seconds(1.6e9)).unwrap().0).collect();
        assert!(names[0].ends_with("2020-09-13T12-26-40Z.mcap") && names[2].ends_with("2020-09-13T12-26-40Z-3.mcap"));
    }
}
