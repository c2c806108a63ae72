//! What is written comes back, and what is damaged is found, cut and said.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::Cursor;
use std::net::{IpAddr, Ipv4Addr};

use parapet_engine::{Complaints, Config, Limits, Mode, Output, SensorHealth, SensorReport};
use parapet_frame::{HeardAt, Time};
use parapet_recording::{Entry, Header, Recorder, Recording, RecordingError, encode_output};
use parapet_track::SensorId;
use parapet_warn::Policy;

fn config() -> Config {
    let policy = Policy {
        effect_radius_m: 0.1 + 0.2,
        ballistic_probability: 0.9,
        existence_probability: 1.0 / 3.0,
        plots_min: 4,
        corroboration: 1,
        hold_s: 30.0,
        withdraw_after_s: 5.0,
        ..Policy::default()
    };
    let environment = parapet_flight::Environment::sphere(33.3, 34.0, 33.1);
    Config { mode: Mode::Live, environment, sensors: vec![], zones: vec![], policy, limits: Limits::default() }
}

fn header() -> Header {
    Header::new(
        "parapet",
        "0.1.0",
        at(0),
        config(),
        serde_json::json!([{"sac": 1}]),
        serde_json::json!({"links": ["a"]}),
    )
}

fn at(ms: i64) -> Time {
    Time::from_nanos(1_700_000_000_000_000_000 + ms * 1_000_000)
}

fn silent(ms: i64) -> Output {
    Output::Sensor(SensorReport {
        sensor: SensorId(0),
        at: at(ms),
        health: SensorHealth::Silent,
        complaints: Complaints::default(),
    })
}

fn sender(last: u8) -> Option<IpAddr> {
    Some(IpAddr::V4(Ipv4Addr::new(10, 0, 0, last)))
}

/// A recording of `steps` datagrams, each with one output, in chunks of ten.
fn recording(steps: i64) -> Vec<u8> {
    let mut recorder = Recorder::start(Cursor::new(Vec::new()), &header()).unwrap();
    for step in 0..steps {
        recorder.input(at(step), HeardAt(at(step - 1)), 0, sender(1), &[48, 0, step as u8]).unwrap();
        recorder.output(at(step), &silent(step)).unwrap();
        if step % 10 == 9 {
            recorder.flush().unwrap();
        }
    }
    recorder.closed(at(steps), "00ff").unwrap();
    recorder.finish().unwrap().into_inner()
}

/// The entries before the end or the damage, and the damage.
fn read(bytes: &[u8]) -> (Vec<Entry>, Option<RecordingError>) {
    let recording = match Recording::open(bytes) {
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

#[test]
fn what_is_written_comes_back() {
    let bytes = recording(25);
    assert_eq!(Recording::open(&bytes).unwrap().header(), &header());
    let (entries, error) = read(&bytes);
    assert!(error.is_none(), "{error:?}");
    assert_eq!(entries.len(), 51);
    let Entry::Input(input) = &entries[14] else { panic!("{:?}", entries[14]) };
    assert_eq!((input.at, input.heard_at, input.link, input.sender), (at(7), HeardAt(at(6)), 0, sender(1)));
    assert_eq!(input.bytes, [48, 0, 7]);
    assert_eq!(entries[15], Entry::Output(at(7), encode_output(&silent(7))));
    let Entry::Closed(closed) = &entries[50] else { panic!("{:?}", entries[50]) };
    assert_eq!((closed.at, closed.digest.as_str()), (at(25), "00ff"));
}

#[test]
fn other_readers_accept_it() {
    let bytes = recording(25);
    let messages = mcap::MessageStream::new(&bytes).unwrap().collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!(messages.len(), 52);
    assert!(mcap::Summary::read(&bytes).unwrap().unwrap().stats.is_some());
}

#[test]
fn notes_and_gaps_come_back() {
    let mut recorder = Recorder::start(Cursor::new(Vec::new()), &header()).unwrap();
    recorder.note(at(1), "the clock stepped back by 3 s").unwrap();
    recorder.gap(at(2), 17).unwrap();
    let (entries, error) = read(&recorder.finish().unwrap().into_inner());
    assert!(error.is_none());
    assert!(matches!(&entries[0], Entry::Note(note) if note.text.contains("3 s")));
    assert!(matches!(&entries[1], Entry::Gap(gap) if gap.lost == 17));
}

#[test]
fn more_senders_than_channels_are_still_told_apart() {
    let mut recorder = Recorder::start(Cursor::new(Vec::new()), &header()).unwrap();
    let sender = |n: u16| Some(IpAddr::V4(Ipv4Addr::new(10, 1, (n >> 8) as u8, n as u8)));
    for n in 0..1_000 {
        recorder.input(at(0), HeardAt(at(0)), 3, sender(n), &n.to_be_bytes()).unwrap();
    }
    recorder.input(at(0), HeardAt(at(0)), 3, None, b"file").unwrap();
    let (entries, error) = read(&recorder.finish().unwrap().into_inner());
    assert!(error.is_none(), "{error:?}");
    for (n, entry) in (0..1_000).zip(&entries) {
        let Entry::Input(input) = entry else { panic!("{entry:?}") };
        assert_eq!((input.sender, input.link), (sender(n), 3));
        assert_eq!(input.bytes, n.to_be_bytes());
    }
    assert!(matches!(&entries[1_000], Entry::Input(input) if input.sender.is_none() && input.bytes == b"file"));
}

#[test]
fn a_file_cut_anywhere_gives_what_came_before() {
    let bytes = recording(25);
    let (whole, _) = read(&bytes);
    let mut most = 0;
    for length in 0..bytes.len() {
        let (entries, error) = read(&bytes[..length]);
        assert_eq!(entries, whole[..entries.len()], "cut at {length}");
        assert!(entries.len() >= most, "cut at {length} gives less than a shorter file");
        most = entries.len();
        let closed = matches!(entries.last(), Some(Entry::Closed(_)));
        assert_eq!(error.is_none(), closed, "cut at {length}: {error:?}");
    }
}

#[test]
fn a_recorder_that_was_killed_leaves_what_was_flushed() {
    let mut recorder = Recorder::start(Cursor::new(Vec::new()), &header()).unwrap();
    recorder.input(at(1), HeardAt(at(1)), 0, sender(1), b"flushed").unwrap();
    recorder.flush().unwrap();
    recorder.input(at(2), HeardAt(at(2)), 0, sender(1), b"not flushed").unwrap();
    let whole = recorder.finish().unwrap().into_inner();
    let lost = whole.windows(11).position(|window| window == b"not flushed").unwrap();
    let (entries, error) = read(&whole[..lost]);
    assert_eq!(entries.len(), 1);
    assert!(error.unwrap().is_cut());
}

#[test]
fn a_flipped_bit_is_found_and_nothing_after_it_is_used() {
    let bytes = recording(25);
    let (whole, _) = read(&bytes);
    for position in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[position] ^= 1 << (position % 8);
        let (entries, _) = read(&damaged);
        assert_eq!(entries, whole[..entries.len()], "bit flipped at {position}");
    }
}

#[test]
fn what_is_no_recording_is_refused_with_its_place() {
    let refused = |bytes: &[u8]| Recording::open(bytes).unwrap_err().to_string();
    assert!(refused(b"").contains("at byte 0: not an MCAP file"));
    assert!(refused(b"GIF89a").contains("not an MCAP file"));
    let empty = mcap::Writer::new(Cursor::new(Vec::new())).map(|mut writer| {
        writer.finish().unwrap();
        writer.into_inner().into_inner()
    });
    assert!(refused(&empty.unwrap()).contains("not a Parapet header"));
    let mut later = header();
    later.format = 3;
    later.version = "9.9.9".to_owned();
    let bytes = Recorder::start(Cursor::new(Vec::new()), &later).unwrap().finish().unwrap().into_inner();
    assert!(refused(&bytes).contains("format 3") && refused(&bytes).contains("9.9.9"));
}
