use std::fs::OpenOptions;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use parapet_engine::{Complaints, Config, Limits, Mode, Output, SensorHealth, SensorReport};
use parapet_flight::Environment;
use parapet_frame::{Geodetic, PlaneCovariance, SitePoint, Time};
use parapet_recording::{Header, Recorder};
use parapet_track::{Class, ClassOdds, MotionOdds, SensorId, TrackEnd, TrackId, TrackReport};
use parapet_warn::{Alarm, AlarmId, Impact, Policy, Reason, Stage, Threat, Zone, ZoneId};
use serde_json::{Value, json};

use super::delta::apply;
use super::tape::{Tape, TapeError, WINDOW_MS};
use crate::rerun::Again;
use crate::site_view::SiteNote;
use crate::sources::Sources;

const START_S: f64 = 1_700_000_000.0;
const FOREVER: Duration = Duration::from_secs(600);

fn at(seconds: f64) -> Time {
    Time::from_seconds(START_S + seconds)
}

fn header(format: u32) -> Header {
    let zone = Zone {
        key: "clinic".to_owned(),
        name: "Clinic".to_owned(),
        kind: "hospital".to_owned(),
        people: 12,
        rings: vec![vec![[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]]],
        alarm_probability: 0.1,
        shelter_s: None,
    };
    let config = Config {
        mode: Mode::Exercise,
        environment: Environment::sphere(33.3, 34.0, 34.0),
        sensors: vec![],
        zones: vec![zone],
        policy: Policy::default(),
        limits: Limits::default(),
    };
    let origin = Geodetic { lat_deg: 33.3, lon_deg: 44.39, height_m: 34.0 };
    let site = SiteNote { name: "Test range".to_owned(), origin, links: vec![] };
    let (intake, site) = (serde_json::to_value(Sources::default()), serde_json::to_value(site));
    let header = Header::new("parapet", "0.1.0", at(0.0), config, intake.unwrap(), site.unwrap());
    Header { format, ..header }
}

fn track(id: u64, seconds: f64) -> Output {
    Output::Track(TrackReport {
        id: TrackId(id),
        at: at(seconds),
        position_m: [1_000.0 - 30.0 * seconds, 100.0 * id as f64, 500.0],
        velocity_mps: [-30.0, 0.0, -40.0],
        covariance: [1.0; 21],
        ln_beta: [8.0, 0.5],
        existence: 0.99,
        odds: MotionOdds { ballistic: 1.0, boosting: 0.0, coasting: 0.0, level: 0.0 },
        class: Class::Mortar,
        classes: ClassOdds {
            mortar: 1.0,
            artillery: 0.0,
            rocket: 0.0,
            aircraft: 0.0,
            drone: 0.0,
            bird: 0.0,
            unknown: 0.0,
        },
        plots: 5,
        first_plot_at: at(0.0),
        last_plot_at: at(seconds),
        smoothed: None,
        contact: None,
        identity: None,
        evidence: Default::default(),
    })
}

fn threat(id: u64, seconds: f64, off_m: f64) -> Output {
    let covariance = PlaneCovariance { east_east_m2: 400.0, east_north_m2: 0.0, north_north_m2: 100.0 };
    let place = SitePoint { east_m: off_m, north_m: 0.0, up_m: 0.0 };
    let impact = Impact { at: at(24.0), sigma_time_s: 0.1, place, covariance, speed_mps: 150.0 };
    let (track, at, first_plot_at) = (TrackId(id), at(seconds), at(0.0));
    Output::Threat(Threat { track, at, first_plot_at, probability: 0.97, believed: true, impact })
}

fn alarm(stage: Stage, seconds: f64) -> Output {
    let id = AlarmId { zone: ZoneId(0), cause: at(0.0), again: 0 };
    let (impact_at, threats) = (Some(at(24.0)), vec![TrackId(1)]);
    Output::Alarm(Alarm {
        raised_at: at(8.3),
        probability: 0.5,
        threshold: 0.1,
        impact_at,
        threats,
        ..Alarm::plain(id, at(seconds), stage, Reason::ImpactPredicted)
    })
}

/// Thirty seconds: two tracks that report four times a second and in between, one of which is a round that is alarmed of at 8.31 s.
fn recording() -> Vec<u8> {
    let mut recorder = Recorder::start(Cursor::new(Vec::new()), &header(1)).unwrap();
    for step in 0..120 {
        let seconds = 0.25 * f64::from(step) + 0.06;
        let mut say = |output: Output| recorder.output(at(seconds), &output).unwrap();
        say(track(2, seconds));
        if seconds < 24.0 {
            say(track(1, seconds));
            say(threat(1, seconds, 100.0 - 4.0 * seconds));
        }
        if step == 33 {
            // Decided a little before the step that says it.
            say(alarm(Stage::TakeCover, seconds - 0.004));
        }
        if step == 97 {
            say(alarm(Stage::Hold, seconds));
            say(Output::TrackEnded { track: TrackId(1), at: at(seconds), why: TrackEnd::Landed });
        }
        if step == 100 {
            let (health, complaints) = (SensorHealth::Silent, Complaints::default());
            say(Output::Sensor(SensorReport { sensor: SensorId(0), at: at(seconds), health, complaints }));
        }
        if step % 4 == 3 {
            recorder.flush().unwrap();
        }
    }
    recorder.note(at(30.0), "a note").unwrap();
    recorder.closed(at(30.1), "00ff").unwrap();
    recorder.finish().unwrap().into_inner()
}

/// A file, which is there as long as the folder is held.
fn file(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.mcap");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn looked_through(path: &Path) -> Tape {
    let mut tape = Tape::open(path).unwrap();
    tape.advance(FOREVER).unwrap();
    tape
}

/// The pictures of a window, put together as the page does.
fn pictures(tape: &Tape, number: u32) -> Vec<Value> {
    let window: Value = serde_json::from_str(&tape.window(number).unwrap().unwrap()).unwrap();
    let mut all = vec![window["first"].clone()];
    for change in window["then"].as_array().unwrap() {
        all.push(apply(all.last().unwrap(), change));
    }
    all
}

#[test]
fn what_happened_is_listed_in_its_order() {
    let (_folder, path) = file(&recording());
    let facts = looked_through(&path).facts("a.mcap");
    let marks = facts["marks"].as_array().unwrap();
    let kinds: Vec<&str> = marks.iter().map(|mark| mark["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["detection", "take_cover", "impact", "hold", "sensor_lost", "note"]);
    assert_eq!(marks[1]["at_ms"], at(8.31).millis());
    let shown = pictures(&looked_through(&path), 0)
        .into_iter()
        .rfind(|picture| picture["now_ms"] == marks[1]["at_ms"])
        .unwrap();
    assert_eq!(shown["alarms"][0]["stage"], "take_cover", "whoever jumps to an event sees it");
    assert!(marks[1]["words"].as_str().unwrap().starts_with("Clinic: take cover, told 15.7 s"), "{marks:?}");
    assert!(
        marks[2]["words"].as_str().unwrap().contains("by its last prediction"),
        "nobody recorded what became of it"
    );
    assert_eq!(
        (&facts["looked_through"], &facts["ending"], &facts["alarms"]),
        (&json!(true), &json!("closed"), &json!(1))
    );
    assert_eq!((&facts["recorded_mode"], &facts["progress"]), (&json!("exercise"), &json!(1.0)));
}

#[test]
fn a_window_shows_what_the_live_page_would_have_shown() {
    let (_folder, path) = file(&recording());
    let tape = looked_through(&path);
    let all: Vec<Value> = (0..3).flat_map(|number| pictures(&tape, number)).collect();
    let times: Vec<i64> = all.iter().map(|picture| picture["now_ms"].as_i64().unwrap()).collect();
    assert!(times.is_sorted() && times.windows(2).all(|pair| pair[1] - pair[0] <= 1_000), "{times:?}");
    let told = all.iter().find(|picture| picture["alarms"][0]["stage"] == "take_cover").unwrap();
    assert_eq!(told["now_ms"], at(8.31).millis(), "an alarm is shown at once");
    assert_eq!(told["alarms"][0]["id"], format!("clinic-{}", at(0.0).millis()));
    assert!(all[10]["tracks"].as_array().unwrap().len() == 2 && all[10]["threats"][0]["track"] == 1);
    let end = all.last().unwrap();
    assert_eq!((end["tracks"].as_array().unwrap().len(), end["threats"].as_array().unwrap().len()), (1, 0));
}

/// The last word of a recording comes when no picture is due any more before its end.
#[test]
fn what_is_said_last_is_shown() {
    let mut recorder = Recorder::start(Cursor::new(Vec::new()), &header(1)).unwrap();
    recorder.output(at(8.31), &alarm(Stage::TakeCover, 8.31)).unwrap();
    recorder.output(at(8.75), &alarm(Stage::AllClear, 8.75)).unwrap();
    recorder.closed(at(8.79), "digest").unwrap();
    let (_folder, path) = file(&recorder.finish().unwrap().into_inner());
    let shown = pictures(&looked_through(&path), 0);
    assert_eq!(shown.last().unwrap()["alarms"][0]["stage"], "all_clear");
}

#[test]
fn a_window_is_the_same_however_one_comes_to_it() {
    let (_folder, path) = file(&recording());
    let tape = looked_through(&path);
    let again = looked_through(&path);
    for number in [2, 0, 1, 2] {
        assert_eq!(pictures(&tape, number), pictures(&again, number));
    }
    // The last picture of one window and the first of the next differ by what happened between them, and by nothing else.
    let (before, after) = (pictures(&tape, 0), pictures(&tape, 1));
    let last = before.last().unwrap();
    assert_eq!(last["alarms"][0]["id"], after[0]["alarms"][0]["id"]);
    assert_eq!(after[0]["now_ms"], at(0.0).millis() + WINDOW_MS);
}

#[test]
fn what_was_known_and_what_became_true_stand_side_by_side() {
    let (_folder, path) = file(&recording());
    let truth: Value = serde_json::from_str(&looked_through(&path).truth()).unwrap();
    let round = &truth["rounds"][0];
    assert_eq!((&round["track"], &round["class"], &round["came_down"]), (&json!(1), &json!("mortar"), &Value::Null));
    let predictions = round["predictions"].as_array().unwrap();
    assert_eq!(predictions.len(), 96);
    assert!(predictions[0]["impact"]["lon_deg"].as_f64() > predictions[95]["impact"]["lon_deg"].as_f64());
    let words = truth["alarms"][0]["words"].as_array().unwrap();
    assert_eq!((words[0]["stage"].as_str(), words[1]["stage"].as_str()), (Some("take_cover"), Some("hold")));
}

#[test]
fn a_torn_file_is_shown_as_far_as_it_goes_and_read_on_when_it_grows() {
    let bytes = recording();
    let (_folder, path) = file(&bytes[..bytes.len() / 2]);
    let mut tape = looked_through(&path);
    let facts = tape.facts("a.mcap");
    assert_eq!((&facts["growing"], &facts["looked_through"]), (&json!(true), &json!(true)));
    let half_ms = facts["to_ms"].as_i64().unwrap() - at(0.0).millis();
    assert!(half_ms > 5_000 && half_ms < 20_000, "{half_ms}");
    assert!(tape.window(2).unwrap().is_none(), "what has not been looked through is not shown");
    let rest = &bytes[bytes.len() / 2..];
    OpenOptions::new().append(true).open(&path).unwrap().write_all(rest).unwrap();
    tape.advance(FOREVER).unwrap();
    assert_eq!(tape.facts("a.mcap"), looked_through(&path).facts("a.mcap"));
    assert_eq!(pictures(&tape, 2), pictures(&looked_through(&path), 2));
}

#[test]
fn a_damaged_file_is_shown_up_to_the_damage() {
    let mut bytes = recording();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let (_folder, path) = file(&bytes);
    let facts = looked_through(&path).facts("a.mcap");
    assert!(facts["ending"].as_str().unwrap().contains("cannot be shown: at byte"), "{facts}");
    assert!(facts["to_ms"].as_i64().unwrap() > at(1.0).millis());
    assert_eq!(facts["growing"], false);
}

#[test]
fn another_format_is_refused_with_the_program_that_reads_it() {
    let bytes = Recorder::start(Cursor::new(Vec::new()), &header(99)).unwrap().finish().unwrap().into_inner();
    let (_folder, path) = file(&bytes);
    let refused = Tape::open(&path).unwrap_err();
    assert!(matches!(refused, TapeError::Recording(_)) && refused.to_string().contains("format 99"), "{refused}");
    let (_folder, path) = file(b"GIF89a");
    assert!(Tape::open(&path).unwrap_err().to_string().contains("not an MCAP file"));
}

#[test]
fn words_of_another_engine_are_counted_and_not_shown() {
    let header = header(1);
    let again = Again::of(&header).unwrap();
    let atlas = std::sync::Arc::new(again.atlas.clone());
    let mut projector = super::projector::Projector::new(&again, atlas, at(0.0));
    let encoded = parapet_recording::Encoded { topic: "/output/of_tomorrow".to_owned(), json: b"{}".to_vec() };
    projector.take(&parapet_recording::Entry::Output(at(1.0), encoded));
    assert_eq!((projector.not_understood, projector.at), (1, at(1.0)));
}

#[test]
fn places_to_go_on_from_stay_few() {
    let mut recorder = Recorder::start(Cursor::new(Vec::new()), &header(1)).unwrap();
    // Twenty minutes with three hundred tracks: some 120 places of 350 entries each, less than the bound; with a bound of a tenth some go.
    for step in 0..240 {
        let seconds = 5.0 * f64::from(step);
        (0..300).for_each(|id| recorder.output(at(seconds), &track(id, seconds)).unwrap());
        recorder.flush().unwrap();
    }
    recorder.closed(at(1_200.0), "00ff").unwrap();
    let (_folder, path) = file(&recorder.finish().unwrap().into_inner());
    let mut tape = Tape::open(&path).unwrap();
    tape.bound(5_000);
    tape.advance(FOREVER).unwrap();
    assert!(tape.places() <= 5_000 / 300 + 1, "{}", tape.places());
    let shown = pictures(&tape, 101);
    assert_eq!(shown[0]["tracks"].as_array().unwrap().len(), 300);
}
