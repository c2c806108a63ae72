//! Scores of hand-made runs.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::PathBuf;

use parapet_study::score::{TrackLog, Truth, read_alarms, score};

/// Second 0 is 2020-01-01T12:00:00Z. Two zones, 200 m squares about the origin and about 1 km east of it.
const RUN: &str = r#"{"type":"run","scenario":"hand","seed":1,"start":1577880000000000000,"duration_s":60.0,
"origin":{"lat_deg":33.3,"lon_deg":44.4,"height_m":34.0},"effect_radius_m":75.0,"zones":[
{"key":"a","name":"A","kind":"housing","people":10,"rings":[[[-100,-100],[100,-100],[100,100],[-100,100]]],"alarm_probability":0.1},
{"key":"b","name":"B","kind":"housing","people":10,"rings":[[[900,-100],[1100,-100],[1100,100],[900,100]]],"alarm_probability":0.1}]}"#;

fn round(name: &str, impact_s: f64, east_m: f64) -> String {
    let place = |t: f64, e: f64| {
        let lon = 44.4 + e / 93_050.0;
        format!(r#"{{"time_s":{t},"lat_deg":33.3,"lon_deg":{lon},"east_m":{e},"north_m":0.0}}"#)
    };
    format!(
        r#"{{"type":"object","object":"{name}","class":"rocket","is_round":true,"launch":{},"burnout_s":1.0,"beta_kg_m2":9000.0,"impact":{},"first_plot_s":3.0,"plots":20}}"#,
        place(1.0, 9_000.0),
        place(impact_s, east_m)
    )
}

fn alarm(zone: &str, stage: &str, at: &str, raised: &str, threats: &[(u64, f64, f64)]) -> String {
    let one = |(track, impact_s, east_m): &(u64, f64, f64)| {
        let lon = 44.4 + east_m / 93_050.0;
        let at_ms = 1_577_880_000_000i64 + (impact_s * 1e3) as i64;
        format!(
            r#"{{"track":{track},"probability":0.9,"impact":{{"lat_deg":33.3,"lon_deg":{lon},"at_ms":{at_ms},"sigma_time_s":0.1}}}}"#
        )
    };
    let threats: Vec<String> = threats.iter().map(one).collect();
    format!(
        r#"{{"id":"{zone}-1","mode":"exercise","stage":"{stage}","reason":"x","zone":"{zone}","at":"2020-01-01T12:00:{at}Z","raised_at":"2020-01-01T12:00:{raised}Z","threats":[{}]}}"#,
        threats.join(",")
    )
}

fn files(test: &str, rounds: &[String], alarms: &[String]) -> (PathBuf, PathBuf) {
    let folder = std::env::temp_dir().join(format!("parapet-study-{}-{test}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (truth, file) = (folder.join("truth.jsonl"), folder.join("alarms.jsonl"));
    std::fs::write(&truth, format!("{}\n{}\n", RUN.replace('\n', ""), rounds.join("\n"))).unwrap();
    std::fs::write(&file, alarms.join("\n")).unwrap();
    (truth, file)
}

fn scored(test: &str, rounds: &[String], alarms: &[String]) -> parapet_study::score::Report {
    let (truth, file) = files(test, rounds, alarms);
    let truth = Truth::read(&truth).unwrap();
    let end = truth.run.start.plus_seconds(truth.run.duration_s);
    let alarms = read_alarms(&file, truth.run.start, end).unwrap();
    std::fs::remove_dir_all(file.parent().unwrap()).unwrap();
    score(&truth, &alarms, &TrackLog::default()).unwrap()
}

#[test]
fn a_warned_hit_has_its_seconds_and_its_error() {
    let alarms = [
        alarm("a", "take_cover", "10.000", "10.000", &[(7, 30.5, 120.0)]),
        alarm("a", "take_cover", "20.000", "10.000", &[(7, 30.1, 30.0)]),
        alarm("a", "all_clear", "55.000", "10.000", &[]),
    ];
    let report = scored("hit", &[round("r1", 30.0, 20.0)], &alarms);
    let r = &report.rounds[0];
    assert_eq!((r.alarm_s, r.warning_s), (Some(10.0), Some(20.0)));
    assert_eq!((r.zones_hit.clone(), r.alarmed_rightly.clone()), (vec!["a".to_owned()], vec!["a".to_owned()]));
    assert!((r.prediction_at_alarm.unwrap().error_m - 100.0).abs() < 1.0);
    assert!((r.last_prediction.unwrap().error_m - 10.0).abs() < 1.0);
    assert!((r.prediction_at_alarm.unwrap().time_error_s - 0.5).abs() < 1e-6);
    assert_eq!(r.tracks, [7]);
    assert_eq!((report.totals.hits_missed, report.totals.needless), (0, 0));
    let table = report.to_string();
    assert!(table.contains("20.0 s") && table.contains("1 of 1 hits warned"), "{table}");
}

#[test]
fn silence_late_alarms_and_alarms_that_ended_are_misses() {
    let late = [alarm("a", "take_cover", "31.000", "31.000", &[])];
    let ended = [alarm("a", "take_cover", "10.000", "10.000", &[]), alarm("a", "withdrawn", "29.000", "10.000", &[])];
    for (name, alarms) in [("silent", &[][..]), ("late", &late[..]), ("ended", &ended[..])] {
        let report = scored(name, &[round("r1", 30.0, 20.0)], alarms);
        assert_eq!(report.rounds[0].missed, ["a"], "{name}");
        assert_eq!(report.totals.hits_missed, 1, "{name}");
    }
}

#[test]
fn a_round_where_nobody_is_and_an_alarm_for_it_is_needless() {
    let alarms = [alarm("a", "take_cover", "10.000", "10.000", &[(3, 30.0, 450.0)])];
    let report = scored("nobody", &[round("r1", 30.0, 500.0)], &alarms);
    assert!(report.rounds[0].zones_hit.is_empty());
    assert_eq!(report.rounds[0].alarmed_needlessly, ["a"]);
    assert_eq!((report.totals.needless, report.totals.false_alarms), (1, 0));
    let quiet = scored("quiet", &[round("r1", 30.0, 500.0)], &[]);
    assert_eq!((quiet.totals.needless, quiet.totals.hits, quiet.totals.rounds), (0, 0, 1));
}

#[test]
fn the_widened_zone_counts_as_right_and_its_silence_as_no_hit_missed() {
    let alarms = [alarm("a", "take_cover", "10.000", "10.000", &[(3, 30.0, 150.0)])];
    let report = scored("near", &[round("r1", 30.0, 160.0)], &alarms);
    assert_eq!(report.rounds[0].alarmed_rightly, ["a"]);
    let silent = scored("near-silent", &[round("r1", 30.0, 160.0)], &[]);
    assert_eq!((silent.rounds[0].missed_nearby.clone(), silent.totals.hits_missed), (vec!["a".to_owned()], 0));
}

#[test]
fn rounds_of_a_salvo_are_told_apart_and_share_an_alarm() {
    let alarms = [
        alarm("a", "take_cover", "10.000", "10.000", &[(1, 30.0, 20.0)]),
        alarm("b", "take_cover", "12.000", "12.000", &[(2, 33.0, 1_010.0)]),
        alarm("a", "take_cover", "14.000", "10.000", &[(1, 30.0, 20.0), (3, 35.0, -10.0)]),
        alarm("a", "hold", "36.000", "10.000", &[(3, 35.0, -10.0)]),
    ];
    let rounds = [round("r1", 30.0, 20.0), round("r2", 33.0, 1_000.0), round("r3", 35.0, -20.0)];
    let report = scored("salvo", &rounds, &alarms);
    let tracks: Vec<_> = report.rounds.iter().map(|r| r.tracks.clone()).collect();
    assert_eq!(tracks, [[1], [2], [3]]);
    let warnings: Vec<_> = report.rounds.iter().map(|r| r.warning_s.unwrap()).collect();
    assert_eq!(warnings, [20.0, 21.0, 25.0]);
    assert_eq!((report.totals.hits, report.totals.hits_missed, report.totals.needless), (3, 0, 0));
}

#[test]
fn an_alarm_that_stood_already_warns_from_the_launch_on() {
    let alarms = [alarm("a", "take_cover", "00.500", "00.500", &[])];
    let report = scored("stood", &[round("r1", 30.0, 20.0)], &alarms);
    assert_eq!((report.rounds[0].alarm_s, report.rounds[0].warning_s), (Some(0.5), Some(29.0)));
}

#[test]
fn an_alarm_that_no_round_explains_is_false() {
    let alarms = [alarm("b", "take_cover", "10.000", "10.000", &[(9, 50.0, 1_000.0)])];
    let report = scored("false", &[round("r1", 30.0, 20.0)], &alarms);
    assert_eq!(report.false_alarms[0].zone, "b");
    assert_eq!(report.rounds[0].missed, ["a"]);
}

#[test]
fn what_is_no_truth_and_no_alarm_is_named_with_its_line() {
    let (truth, file) = files("bad", &["{}".to_owned()], &["{}".to_owned()]);
    let error = Truth::read(&truth).unwrap_err().to_string();
    assert!(error.contains("truth.jsonl:2:") && error.contains("is this a truth file?"), "{error}");
    let t = parapet_frame::Time::default();
    let error = read_alarms(&file, t, t).unwrap_err().to_string();
    assert!(error.contains("alarms.jsonl:1:") && error.contains("is this an alarm file?"), "{error}");
    std::fs::remove_dir_all(file.parent().unwrap()).unwrap();
}

#[test]
fn the_log_tells_whose_track_it_was_and_what_it_predicted_last() {
    let state = |t: f64, east_m: f64| {
        format!(
            r#"{{"type":"state","object":"r1","time_s":{t},"position_m":[{east_m},0.0,500.0],"velocity_mps":[0,0,0]}}"#
        )
    };
    let rounds = [round("r1", 30.0, 20.0), state(10.0, 6_000.0), state(20.0, 3_000.0)];
    let alarms = [alarm("a", "take_cover", "12.000", "12.000", &[])];
    let (truth, file) = files("log", &rounds, &alarms);
    let track = |s: u32, east_m: f64| {
        format!(r#"{{"kind":"track","track":5,"at":"2020-01-01T12:00:{s}.000Z","position_m":[{east_m},10.0,500.0]}}"#)
    };
    let threat = |s: u32, east_m: f64| {
        let lon = 44.4 + east_m / 93_050.0;
        format!(
            r#"{{"kind":"threat","track":5,"at":"2020-01-01T12:00:{s}.000Z","impact":{{"lat_deg":33.3,"lon_deg":{lon},"at_ms":1577880030000}}}}"#
        )
    };
    let other = r#"{"kind":"refused","whatever":1}"#.to_owned();
    let lines = [track(12, 5_410.0), track(14, 4_790.0), threat(11, 420.0), threat(14, 120.0), threat(19, 25.0), other];
    std::fs::write(&file, alarms.join("\n")).unwrap();
    let log_file = file.with_file_name("log.jsonl");
    std::fs::write(&log_file, lines.join("\n")).unwrap();
    let truth = Truth::read(&truth).unwrap();
    let end = truth.run.start.plus_seconds(60.0);
    let mut log = TrackLog::default();
    log.read(&log_file, truth.run.start, end).unwrap();
    let alarms = read_alarms(&file, truth.run.start, end).unwrap();
    let report = score(&truth, &alarms, &log).unwrap();
    std::fs::remove_dir_all(file.parent().unwrap()).unwrap();
    let r = &report.rounds[0];
    assert_eq!(r.tracks, [5]);
    assert!((r.prediction_at_alarm.unwrap().error_m - 400.0).abs() < 2.0, "{r:?}");
    assert!((r.last_prediction.unwrap().error_m - 5.0).abs() < 0.5, "{r:?}");
}
