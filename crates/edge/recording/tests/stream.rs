//! A recording read chunk by chunk says what the same recording in memory says, and goes on when the file has grown.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::Cursor;

use parapet_engine::{Complaints, Config, Limits, Mode, Output, SensorHealth, SensorReport};
use parapet_frame::{HeardAt, Time};
use parapet_recording::{Entry, Header, Recorder, Recording, RecordingError, Stream, totals};
use parapet_track::SensorId;
use parapet_warn::{Alarm, AlarmId, Policy, Reason, Stage, ZoneId};

fn header() -> Header {
    let config = Config {
        mode: Mode::Exercise,
        environment: parapet_flight::Environment::flat(),
        sensors: vec![],
        zones: vec![],
        policy: Policy::default(),
        limits: Limits::default(),
    };
    Header::new("parapet", "0.1.0", at(0), config, serde_json::json!([]), serde_json::json!({}))
}

fn at(ms: i64) -> Time {
    Time::from_nanos(1_700_000_000_000_000_000 + ms * 1_000_000)
}

/// Twenty-five datagrams with an output each, in chunks of ten; the last output is an alarm.
fn recording() -> Vec<u8> {
    let mut recorder = Recorder::start(Cursor::new(Vec::new()), &header()).unwrap();
    for step in 0..25 {
        recorder.input(at(step), HeardAt(at(step)), 0, None, &[48, 0, step as u8]).unwrap();
        let (health, complaints) = (SensorHealth::Silent, Complaints::default());
        recorder
            .output(at(step), &Output::Sensor(SensorReport { sensor: SensorId(0), at: at(step), health, complaints }))
            .unwrap();
        if step % 10 == 9 {
            recorder.flush().unwrap();
        }
    }
    let id = AlarmId { zone: ZoneId(0), cause: at(3), again: 0 };
    recorder
        .output(at(25), &Output::Alarm(Alarm::plain(id, at(25), Stage::TakeCover, Reason::ImpactPredicted)))
        .unwrap();
    recorder.closed(at(26), "00ff").unwrap();
    recorder.finish().unwrap().into_inner()
}

/// What a stream gives, and why it ended.
fn flow(bytes: &[u8]) -> (Vec<Entry>, Option<RecordingError>) {
    let stream = match Stream::open(Cursor::new(bytes)) {
        Ok(stream) => stream,
        Err(error) => return (vec![], Some(error)),
    };
    let mut entries = Vec::new();
    for entry in stream.entries() {
        match entry {
            Ok(entry) => entries.push(entry),
            Err(error) => return (entries, Some(error)),
        }
    }
    (entries, None)
}

#[test]
fn a_stream_gives_what_the_whole_file_gives_wherever_it_is_cut() {
    let bytes = recording();
    for length in 0..=bytes.len() {
        let (entries, error) = flow(&bytes[..length]);
        let (whole, first) = match Recording::open(&bytes[..length]) {
            Ok(recording) => {
                let found: Vec<_> = recording.entries().collect();
                let error = found.last().and_then(|last| last.as_ref().err()).map(ToString::to_string);
                (found.into_iter().map_while(Result::ok).collect(), error)
            }
            Err(error) => (vec![], Some(error.to_string())),
        };
        assert_eq!(entries, whole, "cut at {length}");
        assert_eq!(error.map(|error| error.to_string()), first, "cut at {length}");
    }
}

#[test]
fn a_file_that_grows_is_read_on_from_where_it_ended() {
    let bytes = recording();
    let (whole, _) = flow(&bytes);
    let mut stream = Stream::open(Cursor::new(&bytes[..bytes.len() / 2])).unwrap();
    let mut entries = Vec::new();
    let cut = loop {
        match stream.next_chunk() {
            Ok(Some(more)) => entries.extend(more),
            Ok(None) => panic!("half a file has no end"),
            Err(error) => break error,
        }
    };
    assert!(cut.is_cut() && !entries.is_empty() && entries.len() < whole.len(), "{cut}");
    assert!(stream.next_chunk().unwrap_err().is_cut(), "it still ends there");
    let mut grown = Stream::resume(Cursor::new(&bytes[..]), stream.header().clone(), stream.bookmark());
    while let Some(more) = grown.next_chunk().unwrap() {
        entries.extend(more);
    }
    assert_eq!(entries, whole);
    assert_eq!(grown.next_chunk().unwrap(), None);
}

#[test]
fn a_bookmark_leads_back_to_its_place() {
    let bytes = recording();
    let mut stream = Stream::open(Cursor::new(&bytes[..])).unwrap();
    let first = stream.next_chunk().unwrap().unwrap();
    let mark = stream.bookmark();
    let rest: Vec<Entry> = Stream::resume(Cursor::new(&bytes[..]), stream.header().clone(), mark)
        .entries()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!([first, rest].concat(), flow(&bytes).0);
}

#[test]
fn a_flipped_bit_is_found() {
    let bytes = recording();
    let (whole, _) = flow(&bytes);
    for position in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[position] ^= 1 << (position % 8);
        let (entries, _) = flow(&damaged);
        assert_eq!(entries, whole[..entries.len()], "bit flipped at {position}");
    }
}

#[test]
fn a_length_that_is_not_there_takes_no_memory() {
    let mut bytes = recording();
    let second = bytes.len() / 2;
    bytes.truncate(second);
    bytes.extend([0x06, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
    let (_, error) = flow(&bytes);
    assert!(error.is_some());
}

#[test]
fn the_index_at_the_end_counts_the_alarms() {
    let bytes = recording();
    let found = totals(&mut Cursor::new(&bytes[..])).unwrap();
    assert_eq!((found.ended_at, found.alarm_messages), (at(26), 1));
    assert_eq!(totals(&mut Cursor::new(&bytes[..bytes.len() / 2])), None);
    assert_eq!(totals(&mut Cursor::new(b"GIF89a")), None);
}
