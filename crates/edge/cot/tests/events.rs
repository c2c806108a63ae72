//! What clients are told in the life of an alarm and of a round.

mod support;

use parapet_cot::{CotEvent, Due, Wire, is_presence, read_datagram};
use parapet_engine::Mode;
use parapet_warn::Stage;
use support::{LIVE_PHRASES, alarm, at, round, standing, words, zone};

fn kinds(events: &[CotEvent]) -> Vec<&str> {
    events.iter().map(|event| event.kind.as_str()).collect()
}

/// Raised, held, cleared, with the round that caused it.
fn life(mode: Mode) -> Vec<CotEvent> {
    let mut standing = standing(mode);
    let mut said = Vec::new();
    let mut take = |due: Due| said.extend(due.alarms.into_iter().chain(due.picture));
    take(standing.round(round(7, 0.0), at(0.0)));
    for (stage, after_s) in [(Stage::TakeCover, 0.5), (Stage::Hold, 21.0)] {
        take(standing.alarm(&alarm(stage, after_s), &zone(), &words(mode), at(after_s)));
        take(standing.renew(at(after_s + 0.1)));
    }
    take(standing.round_over(round(7, 0.0).track.id, at(21.5)));
    take(standing.alarm(&alarm(Stage::AllClear, 51.0), &zone(), &words(mode), at(51.0)));
    assert_eq!(standing.alarms(), 0);
    assert!(standing.live(at(52.0)).is_empty(), "nothing survives its end");
    said
}

#[test]
fn a_life_live() {
    let said = life(Mode::Live);
    assert_eq!(
        kinds(&said),
        [
            ["a-h-A-W-M-S", "u-d-c-e", "b-a-o-tbl", "u-d-f", "b-a-o-tbl", "u-d-f", "a-h-A-W-M-S", "u-d-c-e"].as_slice(),
            &["a-h-A-W-M-S", "t-x-d-d", "u-d-c-e", "t-x-d-d"],
            &["b-a-o-can", "u-d-f", "t-x-d-d"],
        ]
        .concat()
    );
    assert!(said.iter().all(|event| event.uid.starts_with("PARAPET.") && event.stale > event.start));
    let alarms = said.iter().filter(|event| event.kind.starts_with("b-a-o")).map(|event| event.uid.as_str());
    let expected = "PARAPET.alarm.parapet-test.hospital-1605608995000";
    assert_eq!(alarms.collect::<Vec<_>>(), [expected, expected, expected], "one name from beginning to end");
    let cancel = said.iter().find(|event| event.kind == "b-a-o-can").expect("a cancel");
    assert_eq!(cancel.detail("emergency").and_then(|e| e.attribute("cancel")), Some("true"));
}

#[test]
fn a_life_in_an_exercise_raises_no_emergency_and_says_no_live_word() {
    let said = life(Mode::Exercise);
    assert!(said.iter().all(|event| event.uid.starts_with("EXERCISE.PARAPET.") && event.how == "m-s"));
    assert!(said.iter().all(|event| !event.kind.starts_with("b-a-") && !event.kind.starts_with("a-h")));
    for event in said.iter().filter(|event| event.kind != "t-x-d-d") {
        let callsign = event.callsign().expect("a callsign");
        assert!(callsign.starts_with("EXERCISE"), "{callsign}");
        let xml = event.to_xml().to_lowercase();
        let phrase = LIVE_PHRASES.iter().find(|phrase| xml.contains(**phrase));
        assert_eq!(phrase, None, "{xml}");
    }
    for event in life(Mode::Live) {
        assert!(!event.to_xml().to_lowercase().contains("exercise"), "{}", event.to_xml());
    }
}

#[test]
fn preparing_is_drawn_and_is_no_emergency() {
    let mut standing = standing(Mode::Live);
    let first = standing.alarm(&alarm(Stage::Prepare, 0.0), &zone(), &words(Mode::Live), at(0.0));
    assert_eq!(kinds(&first.alarms), ["u-d-f"]);
    let next = standing.alarm(&alarm(Stage::TakeCover, 1.0), &zone(), &words(Mode::Live), at(1.0));
    assert_eq!(kinds(&next.alarms), ["b-a-o-tbl", "u-d-f"]);
    assert_eq!(next.alarms[1].uid, first.alarms[0].uid, "the same shape in another colour");
    assert_ne!(next.alarms[1].detail("strokeColor"), first.alarms[0].detail("strokeColor"));
}

#[test]
fn a_second_instance_gives_the_same_names() {
    assert_eq!(life(Mode::Live), life(Mode::Live));
}

#[test]
fn what_is_over_is_sent_once_more_and_hardly_stands() {
    let said = life(Mode::Live);
    for gone in said.iter().filter(|event| event.kind == "t-x-d-d") {
        let last = said.iter().rev().find(|event| event.uid == gone.uid && event.kind != "t-x-d-d").expect("itself");
        assert_eq!(last.time, gone.time, "{}", gone.uid);
        assert!(last.stale.seconds_since(last.time) <= 2.0, "servers that keep it forget it at once");
        assert_eq!(gone.detail("link").and_then(|link| link.attribute("uid")), Some(gone.uid.as_str()));
    }
}

#[test]
fn alarms_are_renewed_and_changes_are_gathered() {
    let mut standing = standing(Mode::Live);
    let first = standing.alarm(&alarm(Stage::TakeCover, 0.0), &zone(), &words(Mode::Live), at(0.0));
    assert_eq!(first.alarms.len(), 2);
    let mut changed = words(Mode::Live);
    changed.remarks = "another time".to_owned();
    for after_s in [0.1, 0.2, 0.3] {
        let again = standing.alarm(&alarm(Stage::TakeCover, after_s), &zone(), &changed, at(after_s));
        assert!(again.is_empty() && standing.renew(at(after_s)).is_empty(), "at most once a second");
    }
    let later = standing.renew(at(1.1));
    assert_eq!(later.alarms[0].remarks(), Some("another time"));
    assert!(standing.renew(at(6.0)).is_empty());
    let renewed = standing.renew(at(6.2));
    assert_eq!(kinds(&renewed.alarms), ["b-a-o-tbl", "u-d-f"]);
    assert!(renewed.alarms[0].stale.seconds_since(at(6.2)) >= 20.0, "it stands over two missed renewals");
}

#[test]
fn who_comes_later_is_told_what_stands_and_who_comes_back_what_has_ended_too() {
    let mut standing = standing(Mode::Live);
    let mut other = alarm(Stage::TakeCover, 0.0);
    other.id.again = 1;
    standing.alarm(&alarm(Stage::TakeCover, 0.0), &zone(), &words(Mode::Live), at(0.0));
    standing.alarm(&other, &zone(), &words(Mode::Live), at(0.0));
    standing.round(round(7, 0.0), at(0.0));
    standing.alarm(&alarm(Stage::Withdrawn, 5.0), &zone(), &words(Mode::Live), at(5.0));
    let live = standing.live(at(6.0));
    assert_eq!((kinds(&live.alarms), live.picture.len()), (vec!["b-a-o-tbl", "u-d-f"], 2));
    let all = standing.all(at(6.0));
    assert_eq!(kinds(&all.alarms), ["b-a-o-tbl", "u-d-f", "b-a-o-can", "u-d-f", "t-x-d-d"]);
    standing.renew(at(700.0));
    assert_eq!(kinds(&standing.all(at(700.0)).alarms), ["b-a-o-tbl", "u-d-f"], "old ends are forgotten");
}

#[test]
fn an_alarm_fits_into_one_segment() {
    let mut large = zone();
    large.outline =
        (0..3_000).map(|n| f64::from(n) * 0.002).map(|a| [33.31 + 0.01 * a.sin(), 44.38 + 0.01 * a.cos()]).collect();
    let due = standing(Mode::Live).alarm(&alarm(Stage::TakeCover, 0.0), &large, &words(Mode::Live), at(0.0));
    for event in due.alarms {
        let octets = Wire::Xml.stream(&event).len();
        assert!(octets < 1_400, "{octets} octets in {}", event.kind);
    }
}

#[test]
fn a_zone_without_a_place_says_nothing_and_breaks_nothing() {
    for outline in [vec![], vec![[f64::NAN, 44.0]; 4], vec![[120.0, 44.0]; 4]] {
        let nowhere = parapet_cot::WarnedZone { outline, ..zone() };
        let due = standing(Mode::Live).alarm(&alarm(Stage::TakeCover, 0.0), &nowhere, &words(Mode::Live), at(0.0));
        assert!(due.is_empty());
    }
}

#[test]
fn hostile_words_stay_words() {
    let hostile = "</detail></event><event uid=\"x\"/> & \"'\u{0}\u{1b}\u{FFFE}\u{202E} إنذار\n]]>";
    let words = parapet_cot::Words { callsign: hostile.to_owned(), remarks: hostile.to_owned() };
    let mut zone = zone();
    zone.key = "../<a b>\"".to_owned();
    let due = standing(Mode::Live).alarm(&alarm(Stage::TakeCover, 0.0), &zone, &words, at(0.0));
    for event in due.alarms {
        assert!(event.uid.ends_with(".parapet-test...--a-b---1605608995000"), "{}", event.uid);
        for wire in [Wire::Xml, Wire::Protobuf] {
            let again = read_datagram(&wire.datagram(&event)).expect("it can be read");
            let remarks = again.remarks().expect("remarks");
            assert!(
                remarks.starts_with("</detail></event><event uid=\"x\"/> & \"'") && remarks.contains("إنذار"),
                "{remarks}"
            );
            assert_eq!(again.uid, event.uid);
        }
    }
}

#[test]
fn we_know_ourselves_and_others() {
    let live = standing(Mode::Live);
    let place = parapet_frame::Geodetic { lat_deg: 33.3, lon_deg: 44.4, height_m: 34.0 };
    let ours = live.originator().presence(place, at(0.0)).expect("a place");
    assert!(is_presence(&ours) && live.originator().is_ours(&ours));
    assert!(!standing(Mode::Exercise).originator().is_ours(&ours), "an exercise is another world");
    let other = CotEvent { uid: "ANDROID-1".to_owned(), ..ours };
    assert!(is_presence(&other) && !live.originator().is_ours(&other));
}
