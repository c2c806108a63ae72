//! What becomes of lines, and what is said of those that are refused.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use parapet_engine::Event;
use parapet_frame::{EarthAxes, Geodetic, HeardAt, SiteFrame, SitePoint, Time};
use parapet_lines::{LINE_BYTES_MAX, LineSensor, LineSources, LinesIntake, SoundNode, Taken, examine, parse};
use parapet_track::{Ear, Plot, SensorId, SoundKind, SoundReport};
use proptest::prelude::*;

const ORIGIN: Geodetic = Geodetic { lat_deg: 33.305, lon_deg: 44.385, height_m: 34.0 };

fn intake() -> LinesIntake {
    let frame = SiteFrame::at(ORIGIN).unwrap();
    let pose = |lat_deg| frame.sensor_pose(Geodetic { lat_deg, ..ORIGIN }).unwrap();
    LinesIntake::new(LineSources {
        axes: EarthAxes::of(&frame),
        sensors: vec![LineSensor {
            name: "r1".into(),
            sensor: SensorId(4),
            pose: pose(33.315),
            sigma_elevation_rad: Some(0.003),
            senders: vec!["127.0.0.1".parse().unwrap()],
        }],
        nodes: vec![SoundNode { name: "m1".into(), pose: pose(33.30), sigma_place_m: 2.0, sigma_time_s: 0.02 }],
    })
}

fn heard_at() -> HeardAt {
    HeardAt(Time::from_seconds(1_788_000_002.0))
}

fn take(text: &str) -> Vec<Taken> {
    let mut taken = Vec::new();
    let sender = "127.0.0.1".parse().ok();
    intake().bytes(heard_at(), 3, sender, text.as_bytes(), &mut |what| taken.push(what));
    taken
}

fn plot(text: &str) -> Plot {
    match take(text).as_slice() {
        [Taken::Event(Event::Plot(plot))] => *plot,
        other => panic!("{text}: {other:?}"),
    }
}

fn sound(text: &str) -> SoundReport {
    match take(text).as_slice() {
        [Taken::Event(Event::Sound(report))] => *report,
        other => panic!("{text}: {other:?}"),
    }
}

fn refusal(text: &str) -> String {
    match take(text).as_slice() {
        [Taken::Event(Event::Undecodable(what))] => what.detail.clone(),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn a_plot_is_what_was_written() {
    let whole = include_str!("examples.jsonl").lines().next().unwrap();
    let plot = plot(whole);
    assert_eq!((plot.sensor, plot.range_m, plot.range_rate_mps), (SensorId(4), 5_200.0, Some(-180.5)));
    assert!((plot.azimuth_rad.to_degrees() - 91.5).abs() < 1e-9);
    assert!((plot.measured_at.0.seconds_since(heard_at().0) + 1.75).abs() < 1e-6);
    let accuracy = plot.accuracy.unwrap();
    assert_eq!((accuracy.range_m, accuracy.range_rate_mps), (Some(12.0), Some(1.5)));
    assert!((plot.elevation.unwrap().sigma_rad.to_degrees() - 0.25).abs() < 1e-9);
    let identity = plot.identity.unwrap();
    assert_eq!((identity.address, identity.mode_3a), (Some(0x0034_658A), Some(0o7071)));
    assert!(plot.simulated);
}

#[test]
fn what_is_not_written_comes_from_the_configuration_and_the_clock() {
    let plot = plot(r#"{"type":"plot","sensor":"r1","range_m":900,"azimuth_deg":270,"elevation_deg":3}"#);
    assert_eq!(plot.measured_at.0, heard_at().0);
    assert_eq!((plot.accuracy, plot.elevation.unwrap().sigma_rad), (None, 0.003));
    assert!((plot.azimuth_rad.to_degrees() + 90.0).abs() < 1e-9);
}

/// The same place by latitude and longitude and by site coordinates is one place, seen from the sensor.
#[test]
fn both_kinds_of_place_are_one_place() {
    let frame = SiteFrame::at(ORIGIN).unwrap();
    let there = Geodetic { lat_deg: 33.35, lon_deg: 44.40, height_m: 700.0 };
    let SitePoint { east_m, north_m, up_m } = frame.site_from_geodetic(there).unwrap();
    let a = plot(
        r#"{"type":"place","sensor":"r1","lat_deg":33.35,"lon_deg":44.40,"height_m":700,"sigma_horizontal_m":20}"#,
    );
    let b = plot(&format!(
        r#"{{"type":"site","sensor":"r1","east_m":{east_m},"north_m":{north_m},"up_m":{up_m},"sigma_horizontal_m":20}}"#
    ));
    assert!((a.range_m - b.range_m).abs() < 1e-3 && (a.azimuth_rad - b.azimuth_rad).abs() < 1e-7, "{a:?} {b:?}");
    assert!((a.elevation.unwrap().rad - b.elevation.unwrap().rad).abs() < 1e-7);
    let accuracy = a.accuracy.unwrap();
    assert!((accuracy.range_m.unwrap() - 20.0).abs() < 0.1);
    assert!((accuracy.azimuth_rad.unwrap() * a.range_m - 20.0).abs() < 0.5, "{accuracy:?}");
    let flat = plot(r#"{"type":"place","sensor":"r1","lat_deg":33.35,"lon_deg":44.40}"#);
    assert!(flat.elevation.is_none() && flat.accuracy.is_none());
}

#[test]
fn a_sound_is_timed_by_the_node_or_by_its_bearing() {
    let timed = sound(r#"{"type":"sound","node":"m1","heard":"launch","time_unix_s":1788000001.123456}"#);
    let told = timed.sound.unwrap();
    assert_eq!((timed.ear, told.kind, told.sigma_time_s), (Ear::Node(0), SoundKind::Launch, 0.02));
    assert!((timed.measured_at.0.seconds_since(heard_at().0) + 0.876_544).abs() < 1e-6);
    let bearing = sound(r#"{"type":"sound","node":"m1","heard":"impact","azimuth_deg":310,"sigma_azimuth_deg":3}"#);
    let told = bearing.sound.unwrap();
    assert_eq!((bearing.measured_at.0, told.sigma_time_s), (heard_at().0, 1.0));
    // Five kilometres of longitude turn north by no more than a hundredth of a degree here.
    assert!((told.bearing.unwrap().azimuth_rad.to_degrees() + 50.0).abs() < 0.02, "{told:?}");
    assert_eq!(sound(r#"{"type":"alive","sensor":"m1"}"#).sound, None);
}

#[test]
fn what_no_plot_can_hold_is_a_sign_of_life_and_is_handed_on() {
    let taken = take(r#"{"type":"bearing","sensor":"r1","azimuth_deg":200}"#);
    let [Taken::Event(Event::Alive { sensor: SensorId(4), .. }), Taken::Beyond(..)] = &taken[..] else {
        panic!("{taken:?}");
    };
    assert!(take(r#"{"type":"alive","sensor":"r1","state":"fault"}"#).is_empty());
}

#[test]
fn a_position_is_a_contact_and_no_plot() {
    let text = r#"{"type":"position","sensor":"r1","target":{"callsign":"DRONE 7"},"lat_deg":33.315,"lon_deg":44.385,
        "height_m":150,"ground_speed_mps":14,"course_deg":90,"simulated":true}"#;
    let taken = take(&text.replace('\n', " "));
    let [Taken::Event(Event::Contact(report))] = taken.as_slice() else { panic!("{taken:?}") };
    assert_eq!((report.sensor, report.identity.callsign), (SensorId(4), Some(*b"DRONE 7 ")));
    // A hundredth of a degree of latitude is 1,109 m here.
    assert!((report.place.north_m - 1_109.0).abs() < 1.0 && report.place.east_m.abs() < 0.1, "{report:?}");
    assert!((report.velocity_mps.unwrap()[0] - 14.0).abs() < 0.01 && report.doubts.simulated, "{report:?}");
}

/// Each mistake, and the exact words about it.
#[test]
fn refusals_say_where_what_and_what_to_do() {
    let cases = [
        (
            r#"{"type":"plot","sensor":"r1","range_m":5,"azimuth_deg":400}"#,
            "link 3, line 1, key azimuth_deg: 400 is not from -360 to 360; write degrees clockwise from true north",
        ),
        (
            r#"{"type":"plot","sensor":"r1","range_m":5}"#,
            "link 3, line 1, column 41, missing field `azimuth_deg`; add the key; docs/door.md lists what each type needs",
        ),
        (
            r#"{"type":"plot","sensor":"r1","range_m":"5","azimuth_deg":4}"#,
            "link 3, line 1, column 42, key range_m: invalid type: string \"5\", expected f64; docs/door.md says what the key may hold",
        ),
        (
            r#"{"type":"radar"}"#,
            "link 3, line 1, key type: \"radar\" is no type of line; write one of plot, place, site, bearing, sound, alive, position",
        ),
        (
            r#"{"sensor":"r1"}"#,
            "link 3, line 1, column 15, missing field `type`; add the key; docs/door.md lists what each type needs",
        ),
        (
            r#"{"type":"plot","type":"plot","sensor":"r1","range_m":5,"azimuth_deg":4}"#,
            "duplicate field `type`; write every key once",
        ),
        ("not json", "column 2, expected ident; write one whole JSON object on each line"),
        (r#"{"type":"alive","sensor":"r1"} x"#, "trailing characters; write one whole JSON object on each line"),
        (
            r#"{"type":"alive","sensor":"r9"}"#,
            "key sensor: \"r9\" is not configured here; write the `id` of a `[[sensor]]` with `lines`, or of a node",
        ),
        (
            r#"{"type":"sound","node":"m1","heard":"launch"}"#,
            "key time_unix_s: neither a time of arrival nor a bearing; add",
        ),
        (
            r#"{"type":"plot","sensor":"m1","range_m":5,"azimuth_deg":4}"#,
            "an acoustic node sends `sound` and `alive` only",
        ),
        (r#"{"type":"plot","sensor":"r1","range_m":1e999,"azimuth_deg":4}"#, "number out of range"),
        (
            r#"{"type":"alive","sensor":"r1","time":"yesterday"}"#,
            "key time: \"yesterday\" is not RFC 3339; write for example",
        ),
        (r#"{"type":"alive","sensor":"r1","rnge_m":1}"#, "key rnge_m: unknown field `rnge_m`, expected one of"),
        (
            r#"{"type":"plot","sensor":"r1","range_m":5,"azimuth_deg":4,"target":{"address":"zz"}}"#,
            "key target.address: not what it may be; write six hexadecimal digits, for example \"34658A\"",
        ),
    ];
    for (text, words) in cases {
        let said = refusal(text);
        assert!(said.contains(words), "{text}\n said    {said}\n instead {words}");
    }
    let taken = take("{\"type\":\"alive\",\"sensor\":\"m1\"}\n\nbroken\n");
    let Taken::Event(Event::Undecodable(what)) = &taken[1] else { panic!("{taken:?}") };
    assert!(what.detail.starts_with("link 3, line 3, "), "{}", what.detail);
}

#[test]
fn a_stranger_may_not_speak_for_a_sensor() {
    let mut said = Vec::new();
    let line = br#"{"type":"alive","sensor":"r1"}"#;
    intake().bytes(heard_at(), 3, "192.0.2.1".parse().ok(), line, &mut |what| said.push(what));
    let [Taken::Event(Event::Undecodable(what))] = said.as_slice() else { panic!("{said:?}") };
    assert!(what.detail.contains("may not be spoken for by this sender") && what.sensor == Some(SensorId(4)));
}

#[test]
fn a_long_line_is_refused_and_not_repeated() {
    let long = format!(r#"{{"type":"alive","sensor":"{}"}}"#, "x".repeat(LINE_BYTES_MAX));
    let said = refusal(&long);
    assert!(said.contains("too long for a line") && said.len() < 200, "{said}");
    let deep = "[".repeat(LINE_BYTES_MAX);
    assert!(parse(deep.as_bytes()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Lines with some of their characters changed are taken or refused, and nothing worse.
    #[test]
    fn spoilt_lines_do_no_harm(which in 0_usize..11, at in 0_usize..300, byte: u8) {
        let mut line = include_str!("examples.jsonl").lines().nth(which).unwrap().as_bytes().to_vec();
        let at = at % line.len();
        line[at] = byte;
        examine(&line);
    }

    #[test]
    fn any_bytes_do_no_harm(bytes: Vec<u8>) {
        examine(&bytes);
    }
}

/// The fuzzer's corpus, whole and cut.
#[test]
fn the_corpus_does_no_harm() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fuzz/corpus/lines");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        (0..=bytes.len()).for_each(|end| examine(&bytes[..end]));
        files += 1;
    }
    assert!(files >= 15, "{files}");
}
