//! An incident of which everything is known, and what the report says of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use parapet_engine::{Config, Limits, Mode, Output};
use parapet_frame::{Geodetic, PlaneCovariance, SitePoint, Time};
use parapet_report::{About, Boundaries, Gathering, Report, Scenery, Verdict, html};
use parapet_track::{TrackEnd, TrackId};
use parapet_warn::{
    Alarm, AlarmId, Command, Impact, OperatorCommand, OperatorReport, Policy, Reason, Stage, Threat, Zone, ZoneId,
};
use serde_json::{Value, json};

const HOSTILE: &str = "</td><script>alert('zone')</script>";

fn at(seconds: f64) -> Time {
    Time::from_seconds(1_700_000_000.0 + seconds)
}

/// A square of 200 m around a place.
fn zone(key: &str, name: &str, east_m: f64) -> Zone {
    let corner = |x: f64, y: f64| [east_m + x, y];
    let ring = vec![corner(-100.0, -100.0), corner(100.0, -100.0), corner(100.0, 100.0), corner(-100.0, 100.0)];
    Zone {
        key: key.to_owned(),
        name: name.to_owned(),
        kind: "housing".to_owned(),
        people: 100,
        rings: vec![ring],
        alarm_probability: 0.1,
        shelter_s: None,
    }
}

fn config() -> Config {
    Config {
        mode: Mode::Live,
        environment: parapet_flight::Environment::flat(),
        sensors: vec![],
        zones: vec![
            zone("warned", HOSTILE, 0.0),
            zone("missed", "Missed", 1_000.0),
            zone("falsely", "Falsely", 2_000.0),
            zone("late", "Late", 3_000.0),
            zone("quiet", "Quiet", 4_000.0),
        ],
        policy: Policy { effect_radius_m: 50.0, ..Policy::default() },
        limits: Limits::default(),
    }
}

fn threat(track: u64, east_m: f64, impact_s: f64, believed: bool) -> Output {
    let variance = 20.0 * 20.0;
    Output::Threat(Threat {
        track: TrackId(track),
        at: at(10.0),
        first_plot_at: at(8.0),
        probability: 0.99,
        believed,
        impact: Impact {
            at: at(impact_s),
            sigma_time_s: 0.1,
            place: SitePoint { east_m, north_m: 0.0, up_m: 0.0 },
            covariance: PlaneCovariance { east_east_m2: variance, east_north_m2: 0.0, north_north_m2: variance },
            speed_mps: 250.0,
        },
    })
}

fn alarm(zone: u16, when_s: f64, stage: Stage, reason: Reason) -> Output {
    let id = AlarmId { zone: ZoneId(zone), cause: at(8.0), again: 0 };
    Output::Alarm(Alarm { probability: 0.4, threshold: 0.1, ..Alarm::plain(id, at(when_s), stage, reason) })
}

fn comment(text: &str) -> Output {
    let alarm = Some(AlarmId { zone: ZoneId(0), cause: at(8.0), again: 0 });
    let command = Command::Comment { text: text.to_owned(), alarm };
    let command = OperatorCommand { who: "ann <b>".to_owned(), seconded_by: None, command };
    Output::Operator(OperatorReport { at: at(90.0), command, refused: None })
}

fn gathering() -> Gathering {
    Gathering::new(About {
        made_by: "parapet test".to_owned(),
        file: "night.mcap".to_owned(),
        sha256: "ab".repeat(32),
        bytes: 12,
        written_by: "parapet 0.1.0".to_owned(),
        started_at: at(0.0),
        site: "Compound \"A\"".to_owned(),
        origin: Geodetic { lat_deg: 33.3, lon_deg: 44.4, height_m: 30.0 },
        config: config(),
    })
    .unwrap()
}

/// Four rounds, of which one is lost; one zone warned 30 s before, one not at all, one for nothing, one too late.
fn incident() -> Gathering {
    let mut gathering = gathering();
    let outputs = [
        threat(1, 0.0, 40.0, true),
        threat(2, 1_000.0, 41.0, true),
        threat(3, 3_000.0, 42.0, true),
        threat(4, 2_000.0, 60.0, true),
        alarm(0, 10.0, Stage::TakeCover, Reason::ImpactPredicted),
        alarm(2, 11.0, Stage::TakeCover, Reason::ImpactPredicted),
        alarm(0, 41.0, Stage::Hold, Reason::ImpactsOver),
        alarm(2, 43.0, Stage::Withdrawn, Reason::ImpactElsewhere),
        alarm(3, 44.5, Stage::TakeCover, Reason::ImpactPredicted),
        alarm(0, 71.0, Stage::AllClear, Reason::HoldOver),
        comment("<img src=x onerror=alert(1)> two craters"),
    ];
    for output in outputs {
        gathering.output(at(0.0), output);
    }
    for track in 1..=3 {
        gathering.output(at(45.0), Output::TrackEnded { track: TrackId(track), at: at(45.0), why: TrackEnd::Landed });
    }
    gathering.output(at(20.0), Output::TrackEnded { track: TrackId(4), at: at(20.0), why: TrackEnd::Lost });
    gathering.delivery(&json!({ "alarm": "warned-1", "stage": "take_cover", "channel": "mqtt", "receiver": "<gate>",
        "sent_s": 0.002, "acknowledged_s": 0.03, "resent": 1 }));
    gathering.passed(at(100.0));
    gathering
}

fn page(report: &Report) -> String {
    html(report, &Scenery::new(&config(), Boundaries::default()))
}

#[test]
fn every_zone_has_its_verdict_and_its_seconds() {
    let report = incident().report(&Boundaries::default());
    assert_eq!(report.rounds.len(), 3);
    assert_eq!((report.doubtful.len(), report.doubtful[0].why.as_str()), (1, "was lost before its fall"));
    let of = |key: &str| report.zones.iter().find(|row| row.zone == key);
    let warned = of("warned").unwrap();
    assert_eq!((warned.verdict, warned.warning_s), (Verdict::Warned, Some(30.0)));
    assert!(warned.endangered > 0.99);
    assert_eq!(of("missed").unwrap().verdict, Verdict::NotWarned);
    assert_eq!(of("falsely").unwrap().verdict, Verdict::FalseAlarm);
    assert_eq!((of("late").unwrap().verdict, of("late").unwrap().warning_s), (Verdict::Late, Some(-2.5)));
    assert!(of("quiet").is_none());
    assert_eq!(report.zones[0].verdict, Verdict::NotWarned, "the worst stands first");

    let statement = report.statement.join("\n");
    assert!(statement.contains("three rounds came down at or near Compound \"A\""), "{statement}");
    assert!(statement.contains("should have been: Missed (100\u{a0}% endangered); Late"), "{statement}");
    assert!(statement.contains("nothing endangered them: Falsely"), "{statement}");
    assert!(!statement.contains("exercise"), "this site is live");
    let channel = &report.channels[0];
    assert_eq!((channel.messages, channel.acknowledged, channel.resent), (1, 1, 1));
}

#[test]
fn nothing_from_outside_becomes_markup() {
    let report = incident().report(&Boundaries::default());
    let html = page(&report);
    assert!(html.contains("&lt;/td&gt;&lt;script&gt;alert(&#39;zone&#39;)"), "the zone's name is shown as it is");
    assert!(html.contains("&lt;img src=x onerror=alert(1)&gt; two craters") && html.contains("ann &lt;b&gt;"));
    for tag in
        ["<script", "<img", "<b>", "<gate", " style=", " onerror=\"", "http://", "https://", "url(http", "@import"]
    {
        assert!(!html.contains(tag), "{tag} is in the page");
    }
    assert_eq!(html.matches("<style>").count(), 1);
}

#[test]
fn a_simulated_interception_is_shown_where_there_is_one_and_only_there() {
    let without = page(&incident().report(&Boundaries::default()));
    assert!(!without.contains("Interception in simulation"));
    let mut with = incident();
    with.unknown_output(at(30.0), "simulated_burst", br#"{"track":2,"outcome":"miss"}"#);
    with.unknown_output(at(30.0), "comet", b"{}");
    let report = with.report(&Boundaries::default());
    assert_eq!((report.intercepts.len(), report.recording.unknown_outputs.get("comet")), (1, Some(&1)));
    let html = page(&report);
    assert!(html.contains("Interception in simulation") && html.contains("simulated burst"));
    assert!(html.contains("left out: comet (1)"));
}

#[test]
fn a_quiet_recording_and_a_broken_one_have_a_report_too() {
    let report = gathering().report(&Boundaries::default());
    assert!(report.statement[0].contains("no round was tracked and nobody was warned"), "{:?}", report.statement);
    let mut broken = gathering();
    broken.gap(at(5.0), 17);
    broken.fault("at byte 512: the file ends in the middle of a record".to_owned());
    let report = broken.report(&Boundaries::default());
    assert!(report.statement.last().unwrap().contains("not whole"));
    let html = page(&report);
    assert!(html.contains("17 messages before 2023-11-14T22:13:25.000Z") && html.contains("at byte 512"));
}

/// Every key that the JSON may hold stands in its description.
#[test]
fn the_json_is_what_its_description_says() {
    let described = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/report.md")).unwrap();
    let json = serde_json::to_value(incident().report(&Boundaries::default())).unwrap();
    assert_eq!(json["format"], 1);
    assert_eq!(json["rounds"][0]["impact"]["at"], "2023-11-14T22:14:00.000Z");
    let mut missing = Vec::new();
    keys(&json, &mut |key| {
        if !described.contains(&format!("`{key}`")) {
            missing.push(key.to_owned());
        }
    });
    assert!(missing.is_empty(), "docs/report.md does not explain {missing:?}");
}

fn keys(value: &Value, found: &mut impl FnMut(&str)) {
    match value {
        Value::Object(object) => object.iter().for_each(|(key, value)| {
            found(key);
            keys(value, found);
        }),
        Value::Array(values) => values.iter().for_each(|value| keys(value, found)),
        _ => {}
    }
}
