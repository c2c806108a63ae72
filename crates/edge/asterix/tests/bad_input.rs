//! Octets as broken or malicious equipment sends them, one by one: what is lost is the record, never the line.

use std::net::{IpAddr, Ipv4Addr};

use parapet_asterix::cat034::{MessageType, ServiceMessage};
use parapet_asterix::cat048::{Detection, Polar, TargetReport};
use parapet_asterix::{
    BlockBuilder, CAT034, CAT048, Fault, Intake, IntakeSource, Source, TimeOfDay, block, examine, records,
};
use parapet_engine::Event;
use parapet_frame::{HeardAt, SensorPose, SitePoint, Time};
use parapet_track::SensorId;

const RADAR: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 20));
const SOURCE: Source = Source { sac: 25, sic: 201 };
/// 2020-11-17T10:30:00Z, and the plot's time of day, half a second before.
const HEARD_S: f64 = 1_605_609_000.0;
const PLOT_S: f64 = 37_799.5;

fn intake() -> Intake {
    let source = IntakeSource {
        sensor: SensorId(0),
        sac: SOURCE.sac,
        sic: SOURCE.sic,
        pose: SensorPose::parallel(SitePoint::default(), 46.0),
        sigma_elevation_rad: Some(0.003),
        sigma_barometric_height_m: 100.0,
        links: vec![0],
        senders: vec![RADAR],
        editions: vec![],
    };
    Intake::new(vec![source])
}

fn hear(bytes: &[u8]) -> Vec<Event> {
    let mut events = Vec::new();
    intake().datagram(HeardAt(Time::from_seconds(HEARD_S)), 0, Some(RADAR), bytes, &mut |event| events.push(event));
    events
}

fn plots(events: &[Event]) -> usize {
    events.iter().filter(|event| matches!(event, Event::Plot(_))).count()
}

fn refusals(events: &[Event]) -> usize {
    events.iter().filter(|event| matches!(event, Event::Undecodable(_))).count()
}

fn time() -> Option<TimeOfDay> {
    TimeOfDay::from_ticks((PLOT_S * 128.0) as u32)
}

fn plot_block() -> Vec<u8> {
    let report = TargetReport {
        source: Some(SOURCE),
        time_of_day: time(),
        detection: Some(Detection::Primary),
        polar: Some(Polar { range_m: 8_000.0, azimuth_rad: 5.0 }),
        ..TargetReport::default()
    };
    let mut block = BlockBuilder::new(&CAT048);
    block.push(report.to_record().expect("a report that can be sent"));
    block.finish().expect("a block")
}

fn north_block() -> Vec<u8> {
    let message = ServiceMessage {
        source: Some(SOURCE),
        message_type: Some(MessageType::NorthMarker),
        time_of_day: time(),
        ..ServiceMessage::default()
    };
    let mut block = BlockBuilder::new(&CAT034);
    block.push(message.to_record().expect("a message that can be sent"));
    block.finish().expect("a block")
}

#[test]
fn blocks_of_several_categories_in_one_datagram_are_each_read() {
    let events = hear(&[north_block(), plot_block(), north_block()].concat());
    assert_eq!((events.len(), plots(&events), refusals(&events)), (3, 1, 0));
}

/// A block says one category for all of its records. A record of another one inside it may be valid octets (a north marker is a
/// report without a place); no plot comes of it, and what came before it stays.
#[test]
fn a_record_of_another_category_inside_a_block_makes_no_plot() {
    for octets in
        [[&plot_block()[3..], &north_block()[3..]].concat(), [&north_block()[3..], &plot_block()[3..]].concat()]
    {
        let events = hear(&block(&CAT048, &octets).expect("short enough"));
        assert_eq!((events.len(), plots(&events)), (2, 1), "{events:?}");
    }
    let strange = hear(&block(&CAT034, &plot_block()[3..]).expect("short enough"));
    assert_eq!(plots(&strange), 0, "{strange:?}");
}

#[test]
fn wrong_lengths_cost_their_block_and_no_more() {
    let good = plot_block();
    for (declared, plots_left) in [(0u16, 0), (2, 0), (3, 0), (good.len() as u16 - 1, 0), (u16::MAX, 0)] {
        let mut wrong = good.clone();
        wrong[1..3].copy_from_slice(&declared.to_be_bytes());
        let events = hear(&wrong);
        assert_eq!(plots(&events), plots_left, "length {declared}");
        assert!(refusals(&events) >= 1, "length {declared}");
        // What stands before it is read, and the next datagram is another matter.
        let behind = hear(&[good.clone(), wrong].concat());
        assert_eq!(plots(&behind), 1, "length {declared}");
    }
    assert_eq!(plots(&hear(&good)), 1);
}

#[test]
fn a_field_specification_without_end_is_refused_once() {
    for octets in [1, 2, 11, 60_000] {
        let endless = block(&CAT048, &vec![0xff; octets]).expect("short enough");
        let faults: Vec<Fault> = records(&endless).filter_map(Result::err).map(|error| error.fault).collect();
        assert_eq!(faults.len(), 1, "{octets} octets: {faults:?}");
        let is_fitting = matches!(faults[0], Fault::FspecWithoutEnd | Fault::FspecBeyondUap { .. });
        assert!(is_fitting, "{octets} octets: {faults:?}");
        assert_eq!(refusals(&hear(&endless)), 1);
    }
}

/// I048/250 repeats 255 times, which is as much as its count can say.
fn repeated(entries: usize) -> Vec<u8> {
    // Source, time of day, and the tenth of the field references: I048/250.
    let ticks = time().map_or(0, TimeOfDay::ticks).to_be_bytes();
    let head = [0xc1, 0x20, SOURCE.sac, SOURCE.sic, ticks[1], ticks[2], ticks[3], 255];
    block(&CAT048, &[&head[..], &vec![0; 8 * entries]].concat()).expect("short enough")
}

#[test]
fn a_list_of_255_is_read_and_one_that_is_cut_is_refused() {
    let whole = repeated(255);
    assert_eq!(records(&whole).filter(Result::is_ok).count(), 1);
    assert_eq!(examine(&whole).refusals, 0);
    for entries in [0, 1, 254] {
        let cut = repeated(entries);
        let faults: Vec<Fault> = records(&cut).filter_map(Result::err).map(|error| error.fault).collect();
        assert!(
            matches!(faults.as_slice(), [Fault::RepetitionsBeyondBlock { count: 255, .. }]),
            "{entries} of 255: {faults:?}"
        );
        assert_eq!(refusals(&hear(&cut)), 1);
    }
}
