//! A connection's octets become contacts.

use parapet_engine::Event;
use parapet_frame::{EarthAxes, Geodetic, HeardAt, SiteFrame, Time};
use parapet_squitter::{Format, SquitterIntake, SquitterSource};
use parapet_track::{ContactName, ContactReport, ContactSource, SensorId};

const RECEIVER: Geodetic = Geodetic { lat_deg: 52.3, lon_deg: 4.0, height_m: 0.0 };
/// The worked example of J. Sun, The 1090 Megahertz Riddle: an odd and an even position at 38,000 ft.
const ODD: &str = "*8D40621D58C386435CC412692AD6;\n";
const EVEN: &str = "*8D40621D58C382D690C8AC2863A7;\n";

fn intake(format: Format, near: bool) -> SquitterIntake {
    let contact = ContactSource {
        sensor: SensorId(2),
        earth: EarthAxes::of(&SiteFrame::at(RECEIVER).expect("a place on Earth")),
        geoid_m: None,
        place_sigma_m: 200.0,
        pressure_sigma_m: 100.0,
        delay_sigma_s: 0.3,
    };
    let near_deg = near.then_some([RECEIVER.lat_deg, RECEIVER.lon_deg]);
    SquitterIntake::new(vec![SquitterSource { sensor: SensorId(2), link: 4, format, near_deg, contact }])
}

fn hear(intake: &mut SquitterIntake, second: f64, octets: &[u8]) -> Vec<Event> {
    let mut events = Vec::new();
    intake.octets(HeardAt(Time::from_seconds(second)), 4, octets, &mut |event| events.push(event));
    events
}

fn contacts(events: &[Event]) -> Vec<ContactReport> {
    events.iter().filter_map(|event| if let Event::Contact(report) = event { Some(**report) } else { None }).collect()
}

#[test]
fn a_pair_of_positions_is_a_contact() {
    let mut intake = intake(Format::Avr, false);
    assert_eq!(contacts(&hear(&mut intake, 10.0, ODD.as_bytes())), [], "one message alone tells no place");
    let [report] = contacts(&hear(&mut intake, 11.0, EVEN.as_bytes()))[..] else { panic!("two do") };
    assert_eq!((report.sensor, report.name), (SensorId(2), ContactName::Address(0x40_621D)));
    // 52.2572 N 3.9194 E seen from 52.3 N 4.0 E.
    assert!((report.place.north_m + 4_770.0).abs() < 30.0, "{:?}", report.place);
    assert!((report.place.east_m + 5_510.0).abs() < 30.0, "{:?}", report.place);
    assert!((report.place.up_m - 38_000.0 * 0.3048).abs() < 10.0, "{:?}", report.place);
    assert!(report.tells_height && report.tells_error && report.velocity_mps.is_none());
    // Type code 11 of a version that tells no NACp: 93 m with 95 %.
    assert!((report.covariance[0][0].sqrt() - 37.8).abs() < 0.5);
    assert_eq!(contacts(&hear(&mut intake, 100.0, ODD.as_bytes())), [], "what was heard long ago makes no pair");
}

#[test]
fn a_receiver_of_short_range_needs_one_message_only() {
    let [report] = contacts(&hear(&mut intake(Format::Avr, true), 10.0, EVEN.as_bytes()))[..] else {
        panic!("one does")
    };
    assert!((report.place.north_m + 4_770.0).abs() < 30.0, "{:?}", report.place);
}

#[test]
fn what_is_damaged_is_counted_and_said() {
    let mut intake = intake(Format::Avr, true);
    let damaged = EVEN.replace("40621D", "40621C");
    let events = hear(&mut intake, 10.0, format!("{damaged}*8D40;\n{EVEN}").as_bytes());
    assert_eq!(contacts(&events).len(), 1);
    let said = events.iter().find_map(|event| if let Event::Undecodable(what) = event { Some(what) } else { None });
    let said = said.expect("it is said");
    assert_eq!(said.sensor, Some(SensorId(2)));
    assert!(said.detail.contains("1 squitters of wrong parity"), "{}", said.detail);
    assert!(events.iter().any(|event| matches!(event, Event::Alive { .. })));
    let counts = intake.counts();
    assert_eq!((counts.messages, counts.squitters, counts.contacts, counts.damaged), (2, 1, 1, 1));
}

#[test]
fn a_line_that_is_not_ours_is_refused() {
    let mut events = Vec::new();
    intake(Format::Beast, false).octets(HeardAt(Time::default()), 9, b"x", &mut |event| events.push(event));
    assert!(
        matches!(&events[..], [Event::Undecodable(what)] if what.sensor.is_none() && what.detail.contains("link 9"))
    );
}

/// What the fuzzer begins with, and whatever it found.
#[test]
fn the_corpus_is_taken() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fuzz/corpus/squitter");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        parapet_squitter::fuzz_one(&std::fs::read(entry.unwrap().path()).unwrap());
        files += 1;
    }
    assert!(files >= 2, "the corpus is there");
}
