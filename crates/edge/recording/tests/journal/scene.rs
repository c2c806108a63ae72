//! What is written, and how it is read back.

use parapet_engine::{Complaints, Config, Engine, Limits, Mode, Output, SensorHealth, SensorReport};
use parapet_frame::{HeardAt, Time};
use parapet_recording::{
    Entry, Header, Input, Journal, Note, Recording, RecordingError, RunId, Secret, Setting, Volume, encode_output,
};
use parapet_track::SensorId;
use parapet_warn::Policy;

use crate::disk::MemoryDisk;

/// Entries that are synced together.
pub(crate) const GROUP: usize = 14;

pub(crate) fn secret() -> Secret {
    Secret::of(Mode::Exercise, [42; 32])
}

pub(crate) fn config() -> Config {
    let environment = parapet_flight::Environment::sphere(33.3, 34.0, 33.1);
    let (policy, limits) = (Policy::default(), Limits::default());
    Config { mode: Mode::Exercise, environment, sensors: vec![], zones: vec![], policy, limits }
}

pub(crate) fn setting(segment_octets_max: u64) -> Setting {
    let (intake, site) = (serde_json::json!([]), serde_json::json!({}));
    let header = Header::new("parapet", "0.1.0", at(0), config(), intake, site);
    Setting {
        header,
        run: RunId([9; 16]),
        secret: secret(),
        segment_octets_max,
        protobuf: vec![(7, "site.Message".to_owned(), vec![0; 300])],
    }
}

pub(crate) fn at(ms: i64) -> Time {
    Time::from_nanos(1_700_000_000_000_000_000 + ms * 1_000_000)
}

/// So many things that happened, and at the end that it is over.
pub(crate) fn entries(count: usize) -> Vec<Entry> {
    let mut entries: Vec<Entry> = (0..count).map(entry).collect();
    entries.push(Entry::Closed(parapet_recording::Closed { at: at(count as i64), digest: "00ff".into() }));
    entries
}

fn entry(n: usize) -> Entry {
    let time = at(n as i64);
    match n % 10 {
        0..=4 => Entry::Input(Input {
            at: time,
            heard_at: HeardAt(at(n as i64 - 1)),
            link: (n % 3) as u16,
            sender: Some([10, 0, 0, (n % 7) as u8].into()),
            bytes: (0..30 + n % 50).map(|i| (i * n) as u8).collect(),
        }),
        5 => Entry::State(time, Box::new(Engine::new(config()).state((n % 20 == 5).then_some(&[])))),
        6 => Entry::Note(Note { at: time, text: format!("note {n}") }),
        _ => Entry::Output(time, encode_output(&silent(n))),
    }
}

fn silent(n: usize) -> Output {
    let (health, complaints) = (SensorHealth::Silent, Complaints::default());
    Output::Sensor(SensorReport { sensor: SensorId(n as u16), at: at(n as i64), health, complaints })
}

/// Writes them in groups, as the recorder does; what fails is written again until it does not. Gives, for each commit that went
/// well, how many calls had been made and how many entries are safe.
pub(crate) fn write(disk: &MemoryDisk, entries: &[Entry], segment_octets_max: u64) -> Vec<(usize, usize)> {
    let mut journal = Journal::new(disk.clone(), setting(segment_octets_max));
    let (mut safe, mut count, mut tries) = (Vec::new(), 0, 0);
    while count < entries.len() {
        let end = (count + GROUP).min(entries.len());
        match group(&mut journal, &entries[count..end]) {
            Ok(()) => {
                count = end;
                safe.push((disk.0.borrow().calls.len(), count));
            }
            Err(_) => {
                journal.abandon();
                tries += 1;
                assert!(tries < 100, "the disk never recovers");
            }
        }
    }
    // The index may fail; nothing that counts is in it.
    let _ = journal.finish();
    safe
}

fn group(journal: &mut Journal<MemoryDisk>, entries: &[Entry]) -> Result<(), RecordingError> {
    let recorder = journal.recorder()?;
    entries.iter().try_for_each(|entry| recorder.entry(entry))?;
    journal.commit().map(drop)
}

/// The entries before the end or the damage, and the damage.
pub(crate) fn read(volume: &Volume) -> (Vec<Entry>, Option<RecordingError>) {
    let recording = match Recording::open(volume) {
        Ok(recording) => recording,
        Err(error) => return (vec![], Some(error)),
    };
    let mut entries = Vec::new();
    for entry in recording.entries() {
        match entry {
            Ok(entry) => entries.push(entry),
            Err(error) => return (entries, Some(error)),
        }
    }
    (entries, None)
}
