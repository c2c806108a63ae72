//! The recorder's thread over a disk that fills up, stalls and works again.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex};

use parapet_engine::{Config, Engine, Limits, Mode};
use parapet_recording::{Entry, Recording, examine};
use parapet_warn::Policy;

use super::*;

/// How long is waited for what must come; far longer than it takes.
const PATIENCE: Duration = Duration::from_secs(30);

fn at(seconds: f64) -> Time {
    Time::from_seconds(1.6e9 + seconds)
}

#[test]
fn what_the_disk_is_too_slow_for_is_counted_and_the_recording_says_so() {
    let (queue, items) = sync_channel(2);
    let mut lane = RecorderLane { queue, gap: 0, lost: 0 };
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
    let names: Vec<_> = (0..3).map(|_| create(folder.path(), Time::from_seconds(1.6e9)).unwrap()).collect();
    assert!(names[0].ends_with("2020-09-13T12-26-40Z.mcap") && names[2].ends_with("2020-09-13T12-26-40Z-3.mcap"));
}

/// A disk whose troubles are switched on and off.
#[derive(Clone)]
struct Moody {
    disk: RunFolder,
    mood: Arc<Mood>,
}

#[derive(Default)]
struct Mood {
    full: AtomicBool,
    stalls: Mutex<bool>,
    moved: Condvar,
}

impl Mood {
    fn stall(&self, stalls: bool) {
        *self.stalls.lock().unwrap() = stalls;
        self.moved.notify_all();
    }

    fn room(&self) -> io::Result<()> {
        if self.full.load(Ordering::Relaxed) { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }
}

impl Disk for Moody {
    type File = File;

    fn create(&mut self, name: &str) -> io::Result<File> {
        self.mood.room().and_then(|()| self.disk.create(name))
    }

    fn append(&mut self, file: &mut File, octets: &[u8]) -> io::Result<()> {
        // A full disk takes what still fits.
        self.disk.append(file, if self.mood.room().is_ok() { octets } else { &octets[..octets.len() / 2] })?;
        self.mood.room()
    }

    fn sync(&mut self, file: &mut File) -> io::Result<()> {
        let stalls = self.mood.stalls.lock().unwrap();
        drop(self.mood.moved.wait_while(stalls, |stalls| *stalls).unwrap());
        self.disk.sync(file)
    }

    fn sync_names(&mut self) -> io::Result<()> {
        self.disk.sync_names()
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        self.disk.remove(name)
    }
}

/// A recorder at work on a moody disk.
struct Desk {
    _room: tempfile::TempDir,
    folder: PathBuf,
    mood: Arc<Mood>,
    shared: Arc<Shared>,
    lane: RecorderLane,
    thread: JoinHandle<()>,
}

impl Desk {
    fn new() -> Self {
        let room = tempfile::tempdir().unwrap();
        let folder = create(room.path(), at(0.0)).unwrap();
        let (policy, limits) = (Policy::default(), Limits::default());
        let environment = parapet_flight::Environment::flat();
        let config = Config { mode: Mode::Exercise, environment, sensors: vec![], zones: vec![], policy, limits };
        let header = Header::new("parapet", "0", at(0.0), config, serde_json::json!([]), serde_json::json!({}));
        let secret = Secret::of(Mode::Exercise, [3; 32]);
        let segment_octets_max = 50_000;
        let setting = Setting { header, run: RunId([1; 16]), secret, segment_octets_max, protobuf: vec![] };
        let (mood, shared) = (Arc::<Mood>::default(), Arc::<Shared>::default());
        let disk = Moody { disk: RunFolder(folder.clone()), mood: mood.clone() };
        let (queue, items) = sync_channel(QUEUE_MAX);
        let place = (folder.clone(), room.path().to_owned(), u64::MAX);
        let of_thread = shared.clone();
        let run = move || Writer::new(Journal::new(disk, setting), place, of_thread).run(&items);
        let thread = std::thread::spawn(run);
        let lane = RecorderLane { queue, gap: 0, lost: 0 };
        Desk { _room: room, folder, mood, shared, lane, thread }
    }

    fn notes(&mut self, numbers: std::ops::Range<u32>) {
        numbers.for_each(|n| self.lane.note(at(f64::from(n)), &format!("note {n}")));
    }

    fn wait(&self, what: &str, so: impl Fn(&RecordingStatus) -> bool) {
        let begun = Instant::now();
        while !so(&self.shared.recorder.status()) {
            assert!(begun.elapsed() < PATIENCE, "{what}: {:?}", self.shared.recorder.status());
            std::thread::yield_now();
        }
    }

    /// Ends it, and gives the texts of all notes in order, with gaps as `gap`.
    fn end(mut self) -> Vec<String> {
        self.lane.close(at(1e6), "digest".to_owned());
        drop(self.lane);
        self.thread.join().unwrap();
        let volume = read_recording(&self.folder).unwrap();
        let seen = examine(&volume, None).unwrap();
        assert!(seen.is_sound() && seen.closed, "{:?}", seen.findings);
        let entries = Recording::open(&volume).unwrap().entries().map(Result::unwrap);
        let texts = entries.filter_map(|entry| match entry {
            Entry::Note(note) => Some(note.text),
            Entry::Gap(gap) => Some(format!("gap of {}", gap.lost)),
            _ => None,
        });
        texts.collect()
    }
}

#[test]
fn a_full_disk_is_said_and_nothing_that_was_kept_is_lost() {
    let mut desk = Desk::new();
    desk.notes(0..100);
    desk.wait("notes on the disk", |status| status.groups > 0 && status.unsynced_ms == 0.0);
    desk.mood.full.store(true, Ordering::Relaxed);
    desk.notes(100..3_000);
    desk.wait("the word that it fails", |status| status.state.contains("failed"));
    desk.mood.full.store(false, Ordering::Relaxed);
    desk.wait("the word that it goes on", |status| status.state == "ok" && status.unsynced_ms == 0.0);
    desk.notes(3_000..3_010);
    assert!(desk.shared.recorder.status().failures > 0);
    let expected: Vec<String> = (0..3_010).map(|n| format!("note {n}")).collect();
    assert_eq!(desk.end(), expected);
}

#[test]
fn what_finds_no_room_while_the_disk_fails_is_a_gap() {
    let mut desk = Desk::new();
    desk.mood.full.store(true, Ordering::Relaxed);
    desk.notes(0..1);
    desk.wait("the word that it fails", |status| status.state.contains("failed"));
    let count = PENDING_MAX as u32 + 500;
    for n in 1..count {
        // The queue is as long as what is kept: it must be let run empty now and then.
        while desk.lane.queue.try_send(Item::Note(at(f64::from(n)), format!("note {n}"))).is_err() {
            std::thread::yield_now();
        }
    }
    desk.mood.full.store(false, Ordering::Relaxed);
    let found = desk.end();
    let kept = found.iter().take_while(|text| text.starts_with("note")).count();
    assert!(kept >= PENDING_MAX, "{kept} of {count} were kept");
    let gaps: u32 = found.iter().filter_map(|text| text.strip_prefix("gap of ")?.parse::<u32>().ok()).sum();
    let notes = found.iter().filter(|text| text.starts_with("note")).count() as u32;
    assert_eq!(notes + gaps, count, "every message is there, or missing with a word");
}

#[test]
fn a_disk_that_does_not_answer_is_said() {
    let mut desk = Desk::new();
    desk.notes(0..10);
    desk.wait("notes on the disk", |status| status.groups > 0 && status.unsynced_ms == 0.0);
    desk.mood.stall(true);
    desk.notes(10..2_000);
    desk.wait("the word that it stalls", |status| status.state.contains("has not answered"));
    assert!(desk.shared.recorder.status().unsynced_ms > 1_000.0, "and how much is at stake");
    desk.mood.stall(false);
    desk.wait("the word that it goes on", |status| status.state == "ok" && status.unsynced_ms == 0.0);
    assert!(desk.shared.recorder.status().sync_max_ms > 1_000.0);
    assert_eq!(desk.end().len(), 2_000);
}

/// What outlives the program stands in the same group as the step that it follows from.
#[test]
fn an_alarm_is_on_the_disk_together_with_what_outlives_the_program() {
    let mut desk = Desk::new();
    let (policy, limits) = (Policy::default(), Limits::default());
    let environment = parapet_flight::Environment::flat();
    let config = Config { mode: Mode::Exercise, environment, sensors: vec![], zones: vec![], policy, limits };
    let state = Engine::new(config).state(None);
    let step = Step { at: at(1.0), heard: None, command: None, outputs: vec![] };
    desk.lane.step(&Arc::new(step), Some(state.clone()));
    desk.wait("the group", |status| status.groups > 0 && status.unsynced_ms == 0.0);
    let volume = read_recording(&desk.folder).unwrap();
    assert_eq!(Recording::open(&volume).unwrap().last_state(), Some(state));
    desk.end();
}
