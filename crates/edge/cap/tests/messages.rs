//! Messages are CAP 1.2 by its schema and by an independent reader, and say the right thing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use oasiscap::v1dot2::{Alert, MessageType, ResponseType, Scope, Status};
use parapet_cap::words::{Language, words};
use parapet_cap::{CapMessage, CapStream, MessageKind, Originator, Warned};
use parapet_engine::Mode;
use parapet_frame::Time;
use parapet_track::TrackId;
use parapet_warn::{Advice, Alarm, AlarmId, Reason, Stage, ZoneId};
use proptest::prelude::*;

/// 2020-11-17T10:30:00Z.
const START_S: f64 = 1_605_609_000.0;

fn at(after_s: f64) -> Time {
    Time::from_seconds(START_S).plus_seconds(after_s)
}

fn alarm(stage: Stage, after_s: f64, probability: f64) -> Alarm {
    let reason = match stage {
        Stage::Prepare => Reason::RoundPossible,
        Stage::TakeCover => Reason::ImpactPredicted,
        Stage::Hold => Reason::ImpactsOver,
        Stage::AllClear => Reason::HoldOver,
        Stage::Withdrawn => Reason::ImpactElsewhere,
    };
    Alarm {
        raised_at: at(0.0),
        probability,
        threshold: 0.1,
        impact_at: (stage == Stage::TakeCover).then(|| at(20.0)),
        threats: vec![TrackId(7), TrackId(9)],
        ..Alarm::plain(AlarmId { zone: ZoneId(0), cause: at(-5.0), again: 0 }, at(after_s), stage, reason)
    }
}

fn zone(name: &str) -> Warned {
    let outline = vec![[33.31, 44.386], [33.31, 44.3895], [33.3125, 44.3895], [33.3125, 44.386]];
    Warned { key: "hospital".to_owned(), name: name.to_owned(), names: BTreeMap::new(), outline }
}

fn stream(mode: Mode) -> CapStream {
    CapStream::new(Originator {
        sender: "parapet@site.example".into(),
        site_name: "Green Zone".into(),
        mode,
        languages: Language::ALL.to_vec(),
    })
}

/// A whole life: raised, surer, held, cleared.
fn life(mode: Mode, name: &str) -> Vec<CapMessage> {
    let mut stream = stream(mode);
    let steps = [
        alarm(Stage::TakeCover, 0.0, 0.3),
        alarm(Stage::TakeCover, 2.0, 0.8),
        alarm(Stage::Hold, 21.0, 0.9),
        alarm(Stage::AllClear, 51.0, 0.0),
    ];
    let messages = steps.iter().filter_map(|step| stream.message(step, &zone(name), step.at)).collect();
    assert_eq!(stream.open(), 0, "an ended alarm is forgotten");
    messages
}

fn read(message: &CapMessage) -> Alert {
    match message.xml.parse::<oasiscap::Alert>() {
        Ok(oasiscap::Alert::V1dot2(alert)) => alert,
        other => panic!("{other:?} is no CAP 1.2 message:\n{}", message.xml),
    }
}

#[test]
fn a_life_from_alert_to_all_clear() {
    let messages = life(Mode::Live, "Hospital");
    let alerts: Vec<Alert> = messages.iter().map(read).collect();
    let kinds: Vec<MessageType> = alerts.iter().map(|alert| alert.message_type).collect();
    assert_eq!(kinds, [MessageType::Alert, MessageType::Update, MessageType::Update, MessageType::Update]);
    for (number, message) in messages.iter().enumerate() {
        for earlier in &messages[..number] {
            let reference = format!("parapet@site.example,{},", earlier.identifier);
            assert!(message.xml.contains(&reference), "{reference} is missing in {}", message.xml);
        }
    }
    assert!(alerts.iter().all(|alert| alert.status == Status::Actual && alert.scope == Scope::Public));
    assert_eq!(alerts[3].info[0].response_type, [ResponseType::AllClear]);
    assert!(messages[0].xml.contains("<certainty>Possible</certainty>"));
    assert!(messages[1].xml.contains("<certainty>Likely</certainty>"));
    assert!(messages[3].xml.contains("<urgency>Past</urgency>"));
}

#[test]
fn the_first_message_word_for_word() {
    let xml = &life(Mode::Live, "Hospital")[0].xml;
    for part in [
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">",
        "<identifier>hospital-1605608995000.1605609000000.1</identifier>",
        "<sent>2020-11-17T10:30:00-00:00</sent>",
        "<onset>2020-11-17T10:30:20-00:00</onset>",
        "<expires>2020-11-17T10:32:20-00:00</expires>",
        "<headline>TAKE COVER NOW: incoming fire, Hospital</headline>",
        "fall in or near Hospital at about 10:30:20 UTC (probability 30 %).",
        "<valueName>parapet:tracks</valueName>\n      <value>7 9</value>",
        "<polygon>33.310000,44.386000 33.310000,44.389500 33.312500,44.389500 33.312500,44.386000 33.310000,44.386000</polygon>",
    ] {
        assert!(xml.contains(part), "{part} is missing in\n{xml}");
    }
    assert!(!xml.contains("Z</"), "UTC is never written as Z");
}

#[test]
fn every_message_ends_by_itself() {
    for mode in [Mode::Live, Mode::Exercise] {
        for alert in life(mode, "Hospital").iter().map(read) {
            let info = &alert.info[0];
            let expires = info.expires.expect("expires is always set");
            assert!(expires > alert.sent && info.onset.is_none_or(|onset| expires > onset));
        }
    }
}

#[test]
fn a_withdrawn_alarm_is_cancelled() {
    let mut stream = stream(Mode::Live);
    let raised = stream.message(&alarm(Stage::TakeCover, 0.0, 0.3), &zone("Hospital"), at(0.0)).expect("news");
    let withdrawn = stream.message(&alarm(Stage::Withdrawn, 6.0, 0.0), &zone("Hospital"), at(6.0)).expect("news");
    assert_eq!((raised.kind, withdrawn.kind), (MessageKind::Alert, MessageKind::Cancel));
    assert!(withdrawn.xml.contains(&raised.identifier) && withdrawn.xml.contains("Better measurements"));
    assert!(withdrawn.xml.contains("<certainty>Unlikely</certainty>"));
}

#[test]
fn only_news_is_told_and_alarms_are_renewed() {
    let mut stream = stream(Mode::Live);
    let mut told = |alarm: &Alarm| stream.message(alarm, &zone("Hospital"), alarm.at).is_some();
    assert!(told(&alarm(Stage::TakeCover, 0.0, 0.3)));
    assert!(!told(&alarm(Stage::TakeCover, 1.0, 0.35)), "nothing that people should hear of");
    let mut later = alarm(Stage::TakeCover, 2.0, 0.35);
    later.impact_at = Some(at(24.0));
    assert!(told(&later), "the impact moved by 4 s");
    later.at = at(50.0);
    assert!(!told(&later));
    later.at = at(63.0);
    assert!(told(&later), "renewed before it expires");
}

#[test]
fn an_end_without_a_beginning_refers_to_nothing() {
    let message =
        stream(Mode::Live).message(&alarm(Stage::AllClear, 0.0, 0.0), &zone("Hospital"), at(0.0)).expect("news");
    assert_eq!(message.kind, MessageKind::Alert);
    assert!(!message.xml.contains("references") && message.xml.contains("AllClear"));
}

#[test]
fn the_same_alarms_give_the_same_messages() {
    assert_eq!(life(Mode::Live, "Hospital"), life(Mode::Live, "Hospital"));
    let mut identifiers: Vec<String> =
        life(Mode::Live, "Hospital").into_iter().map(|message| message.identifier).collect();
    identifiers.dedup();
    assert_eq!(identifiers.len(), 4);
}

#[test]
fn an_exercise_never_speaks_live_words() {
    for message in life(Mode::Exercise, "Hospital") {
        let alert = read(&message);
        assert_eq!((alert.status, alert.scope, alert.info.len()), (Status::Exercise, Scope::Restricted, 2));
        assert!(alert.note.is_some_and(|note| note.starts_with("EXERCISE")));
    }
    for (language, stage) in Language::ALL.into_iter().flat_map(|l| Stage::ALL.map(|stage| (l, stage))) {
        let (mark, phrases) = (language.exercise_mark(), language.live_phrases());
        for reason in Reason::ALL {
            let alarm = Alarm { reason, ..alarm(stage, 0.0, 0.5) };
            let exercise = words(language, Mode::Exercise, &alarm, "Hospital", Some("10:30:20"));
            for text in [&exercise.event, &exercise.headline, &exercise.description, &exercise.instruction] {
                assert!(text.starts_with(mark), "{text}");
                assert!(phrases.iter().all(|phrase| !text.to_lowercase().contains(phrase)), "{text}");
            }
            let live = words(language, Mode::Live, &alarm, "Hospital", Some("10:30:20"));
            let live = format!("{} {} {} {}", live.event, live.headline, live.description, live.instruction);
            let lower = live.to_lowercase();
            assert!(!lower.contains(&mark.to_lowercase()), "{live}");
            assert!(phrases.iter().any(|phrase| lower.contains(phrase)), "{live}");
            assert!(!live.contains(['{', '}']), "nothing is left open: {live}");
        }
    }
}

#[test]
fn hostile_names_stay_text() {
    let name = "</areaDesc><status>Actual</status> & \"quotes\" \u{0}\u{8}\u{1b}\r\n\u{FFFE} ]]> العربية";
    for message in life(Mode::Exercise, name) {
        let alert = read(&message);
        assert_eq!(alert.status, Status::Exercise);
        assert!(alert.info[0].areas[0].description.contains("</areaDesc><status>Actual</status> & \"quotes\""));
        assert!(!message.xml.contains('\u{0}') && message.xml.contains("العربية"));
    }
    let mut stream = CapStream::new(Originator {
        sender: "a b,c<&".into(),
        site_name: "<&>".into(),
        mode: Mode::Live,
        languages: vec![],
    });
    let mut bad = zone("x");
    bad.key = "../../etc, <&>".into();
    let message = stream.message(&alarm(Stage::TakeCover, 0.0, 0.3), &bad, at(0.0)).expect("news");
    assert!(message.xml.contains("<sender>a-b-c--</sender>"));
    assert!(!message.identifier.contains(['/', ' ', ',', '<', '&']), "{}", message.identifier);
}

#[test]
fn an_outline_that_encloses_nothing_is_left_out() {
    for outline in [vec![], vec![[33.0, 44.0]], vec![[f64::NAN, 44.0]; 4], vec![[133.0, 44.0]; 4]] {
        let bad = Warned { outline, ..zone("x") };
        let message = stream(Mode::Live).message(&alarm(Stage::TakeCover, 0.0, 0.3), &bad, at(0.0)).expect("news");
        assert!(!message.xml.contains("polygon"));
        read(&message);
    }
}

/// The schema lies beside the project with other people's data; without it or `xmllint` the check is skipped, loudly.
fn schema() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data/cap/cap12.xsd");
    let lint = Command::new("xmllint").arg("--version").output().is_ok_and(|output| output.status.success());
    (path.is_file() && lint).then_some(path)
}

#[test]
fn messages_are_valid_by_the_schema() {
    let Some(schema) = schema() else {
        println!("SKIPPED: the CAP 1.2 schema or xmllint is not here");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = Vec::new();
    for (mode, name) in [(Mode::Live, "Hospital"), (Mode::Exercise, "</x> & \u{1}"), (Mode::Live, "")] {
        for message in life(mode, name) {
            let file = folder.path().join(format!("{mode:?}-{}-{}.xml", name.len(), message.identifier));
            std::fs::write(&file, &message.xml).expect("a file");
            files.push(file);
        }
    }
    let output =
        Command::new("xmllint").arg("--noout").arg("--schema").arg(schema).args(&files).output().expect("xmllint runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

proptest! {
    #[test]
    fn any_alarm_becomes_a_message(
        name in any::<String>(), key in any::<String>(), cause in any::<i64>(), now in any::<i64>(), impact in any::<Option<i64>>(),
        probability in any::<f64>(), corner in any::<[f64; 2]>(),
    ) {
        let mut alarm = alarm(Stage::TakeCover, 0.0, probability);
        alarm.id.cause = Time::from_nanos(cause);
        alarm.impact_at = impact.map(Time::from_nanos);
        let zone = Warned { key, name, names: BTreeMap::new(), outline: vec![corner; 3] };
        let message = stream(Mode::Live).message(&alarm, &zone, Time::from_nanos(now)).expect("news");
        let head = message.xml.split("<info>").next().expect("a head");
        prop_assert!(head.contains("<status>Actual</status>") && message.xml.ends_with("</alert>\n"));
    }
}

#[test]
fn each_language_has_its_own_info_and_names_in_it_turn_nothing_around() {
    let mut stream = stream(Mode::Live);
    let mut zone = zone("Hospital \u{202E}evil");
    zone.names.insert(Language::Arabic, "المستشفى".to_owned());
    let message = stream.message(&alarm(Stage::TakeCover, 0.0, 0.3), &zone, at(0.0)).expect("news");
    let alert = read(&message);
    let [english, arabic] = alert.info.as_slice() else { panic!("two languages") };
    assert_eq!(
        (english.areas[0].description.as_str(), arabic.areas[0].description.as_str()),
        ("Hospital \u{202E}evil", "المستشفى")
    );
    assert_eq!(
        english.headline.as_deref(),
        Some("TAKE COVER NOW: incoming fire, Hospital evil"),
        "no mark of direction in a sentence"
    );
    assert_eq!(arabic.headline.as_deref(), Some("احتموا الآن: قذائف قادمة، \u{2068}المستشفى\u{2069}"));
    let description = arabic.description.as_deref().expect("a description");
    assert!(
        description.contains("\u{2068}10:30:20\u{2069}") && description.contains("\u{2068}30\u{2069}٪"),
        "{description}"
    );
    let balance = |c: char| description.matches(c).count();
    assert_eq!(balance('\u{2068}'), balance('\u{2069}'));
    assert_eq!((english.expires, english.onset, english.urgency), (arabic.expires, arabic.onset, arabic.urgency));
}

#[test]
fn what_to_do_follows_the_time_that_is_left() {
    let walk = Alarm { advice: Advice::WalkToShelter { walk_s: 24.2 }, ..alarm(Stage::TakeCover, 0.0, 0.3) };
    for (language, seconds) in [(Language::English, "25 seconds"), (Language::Arabic, "25\u{2069} ثانية")] {
        let walk = words(language, Mode::Live, &walk, "x", None).instruction;
        assert!(walk.contains(seconds), "{walk}");
        let down = words(language, Mode::Live, &alarm(Stage::TakeCover, 0.0, 0.3), "x", None).instruction;
        assert_ne!(walk, down);
    }
    let mut stream = stream(Mode::Live);
    assert!(stream.message(&walk, &zone("x"), at(0.0)).is_some());
    let mut less = walk.clone();
    less.advice = Advice::WalkToShelter { walk_s: 20.0 };
    assert!(stream.message(&less, &zone("x"), at(0.5)).is_none());
    less.advice = Advice::DownNow;
    assert!(stream.message(&less, &zone("x"), at(1.0)).is_some(), "no time to walk any more");
}

#[test]
fn who_is_newly_in_danger_is_told_and_small_changes_are_not() {
    let mut stream = stream(Mode::Live);
    let square = |side_m: f64| vec![[0.0, 0.0], [side_m, 0.0], [side_m, side_m], [0.0, side_m]];
    let mut told = |part: Vec<[f64; 2]>, after_s: f64| {
        let alarm = Alarm { part, ..alarm(Stage::TakeCover, after_s, 0.3) };
        stream.message(&alarm, &zone("x"), at(after_s)).is_some()
    };
    let steps =
        [(square(100.0), true), (square(101.0), false), (square(90.0), false), (square(120.0), true), (vec![], true)];
    for (second, (part, news)) in steps.into_iter().enumerate() {
        assert_eq!(told(part.clone(), second as f64), news, "{part:?}");
    }
    assert!(!told(square(500.0), 6.0), "the whole zone was told");
}
