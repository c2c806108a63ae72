//! Datagrams become events: each record exactly one, with the right time, place and owner.

use std::net::{IpAddr, Ipv4Addr};

use parapet_asterix::cat034::{MessageType, ServiceMessage};
use parapet_asterix::cat048::{CalculatedDoppler, Code, Detection, FlightLevel, Polar, TargetReport};
use parapet_asterix::{BlockBuilder, CAT034, CAT048, Intake, IntakeSource, Source, TimeOfDay, records};
use parapet_engine::Event;
use parapet_frame::{HeardAt, SensorPose, SitePoint, Time};
use parapet_track::{Plot, SensorId};
use proptest::prelude::*;

mod common;

/// 2020-11-17T10:30:00Z.
const NOON_ISH_S: f64 = 1_605_609_000.0;
/// 2020-11-17T00:00:00Z.
const MIDNIGHT_S: f64 = 1_605_571_200.0;
const RADAR: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 20));
const STRANGER: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));

fn source(sensor: u16, sic: u8) -> IntakeSource {
    IntakeSource {
        sensor: SensorId(sensor),
        sac: 25,
        sic,
        pose: SensorPose::parallel(SitePoint::default(), 46.0),
        sigma_elevation_rad: Some(0.003),
        sigma_barometric_height_m: 100.0,
        links: vec![0, 1],
        senders: vec![RADAR],
        editions: vec![],
    }
}

fn intake() -> Intake {
    Intake::new(vec![source(0, 201), source(1, 202)])
}

fn time(seconds_of_day: f64) -> Option<TimeOfDay> {
    TimeOfDay::from_ticks((seconds_of_day * 128.0).round() as u32)
}

/// A plot at 10:29:59.5, 8 km away.
fn report() -> TargetReport {
    TargetReport {
        source: Some(Source { sac: 25, sic: 201 }),
        time_of_day: time(37_799.5),
        detection: Some(Detection::Primary),
        polar: Some(Polar { range_m: 8_000.0, azimuth_rad: 5.0 }),
        ..TargetReport::default()
    }
}

fn block_of(reports: &[TargetReport]) -> Vec<u8> {
    let mut block = BlockBuilder::new(&CAT048);
    for report in reports {
        block.push(report.to_record().expect("a report that can be sent"));
    }
    block.finish().expect("a block")
}

fn hear(intake: &mut Intake, heard_s: f64, link: u16, sender: IpAddr, bytes: &[u8]) -> Vec<Event> {
    let mut events = Vec::new();
    let heard_at = HeardAt(Time::from_seconds(heard_s));
    intake.datagram(heard_at, link, Some(sender), bytes, &mut |event| events.push(event));
    events
}

fn hear_one(report: TargetReport) -> Event {
    let mut events = hear(&mut intake(), NOON_ISH_S, 0, RADAR, &block_of(&[report]));
    assert_eq!(events.len(), 1);
    events.remove(0)
}

#[track_caller]
fn plot(event: Event) -> Plot {
    match event {
        Event::Plot(plot) => plot,
        other => panic!("{other:?} is no plot"),
    }
}

#[track_caller]
fn refused(event: &Event, sensor: Option<u16>, detail: &str) {
    match event {
        Event::Undecodable(it) => {
            assert_eq!(it.sensor, sensor.map(SensorId), "{}", it.detail);
            assert_eq!(it.detail, detail);
        }
        other => panic!("{other:?} is no refusal"),
    }
}

#[test]
fn a_report_becomes_a_plot() {
    let plot = plot(hear_one(report()));
    assert_eq!((plot.sensor, plot.sequence, plot.simulated), (SensorId(0), 0, false));
    assert_eq!(plot.measured_at.0, Time::from_seconds(NOON_ISH_S - 0.5));
    assert_eq!(plot.heard_at.0, Time::from_seconds(NOON_ISH_S));
    assert!((plot.range_m - 8_000.0).abs() < 4.0, "{plot:?}");
    assert!((plot.azimuth_rad - (5.0 - std::f64::consts::TAU)).abs() < 1e-4, "{plot:?}");
    assert_eq!((plot.elevation, plot.range_rate_mps, plot.identity), (None, None, None));
}

#[test]
fn each_sensor_counts_for_itself_over_both_lines() {
    let mut intake = intake();
    let other = TargetReport { source: Some(Source { sac: 25, sic: 202 }), ..report() };
    let datagram = block_of(&[report(), other, report()]);
    let numbers = |events: Vec<Event>| -> Vec<(u16, u64)> {
        events.into_iter().map(plot).map(|plot| (plot.sensor.0, plot.sequence)).collect()
    };
    assert_eq!(numbers(hear(&mut intake, NOON_ISH_S, 0, RADAR, &datagram)), [(0, 0), (1, 0), (0, 1)]);
    assert_eq!(numbers(hear(&mut intake, NOON_ISH_S, 1, RADAR, &datagram)), [(0, 2), (1, 1), (0, 3)]);
    let counts = intake.counts();
    assert_eq!((counts.datagrams, counts.records, counts.plots, counts.undecodable), (2, 6, 6, 0));
}

#[test]
fn a_measured_height_becomes_an_elevation() {
    let height_ft = 5_000.0;
    let elevation =
        plot(hear_one(TargetReport { height_3d_ft: Some(height_ft), ..report() })).elevation.expect("an elevation");
    // (1524 - 46) m up at 8 km, less the drop of 5 m.
    assert!((elevation.rad - (1_473.0f64 / 8_000.0).asin()).abs() < 2e-4, "{elevation:?}");
    // 0.003 rad of the radar and 2.2 m at 7.9 km of the step of 25 ft.
    let expected = (0.003f64.powi(2) + (2.2f64 / 7_860.0).powi(2)).sqrt();
    assert!((elevation.sigma_rad - expected).abs() < 1e-6, "{elevation:?}");
    // The measured height is used before the transponder's.
    let both = TargetReport { height_3d_ft: Some(height_ft), flight_level: level(20_000.0), ..report() };
    assert_eq!(plot(hear_one(both)).elevation, Some(elevation));
}

fn level(altitude_ft: f64) -> Option<FlightLevel> {
    Some(FlightLevel { altitude_ft, not_validated: false, garbled: false })
}

#[test]
fn a_transponder_height_is_vaguer() {
    let elevation =
        plot(hear_one(TargetReport { flight_level: level(5_000.0), ..report() })).elevation.expect("an elevation");
    assert!((elevation.rad - (1_473.0f64 / 8_000.0).asin()).abs() < 2e-4, "{elevation:?}");
    assert!((elevation.sigma_rad - 100.0 / 7_860.0).abs() < 1e-4, "{elevation:?}");
    let garbled = Some(FlightLevel { altitude_ft: 5_000.0, not_validated: false, garbled: true });
    assert_eq!(plot(hear_one(TargetReport { flight_level: garbled, ..report() })).elevation, None);
    // 20,000 ft cannot be within 4 km of slant range: nothing is made up.
    let near = Some(Polar { range_m: 4_000.0, azimuth_rad: 0.0 });
    assert_eq!(plot(hear_one(TargetReport { flight_level: level(20_000.0), polar: near, ..report() })).elevation, None);
}

#[test]
fn doppler_and_identity() {
    let mode_3a = Some(Code { code: 0o7700, ..Code::default() });
    let doppler = Some(CalculatedDoppler { speed_mps: -312.0, doubtful: false });
    let seen = plot(hear_one(TargetReport { mode_3a, doppler, aircraft_address: Some(0x3C_65AC), ..report() }));
    assert_eq!(seen.range_rate_mps, Some(-312.0));
    let identity = seen.identity.expect("an identity");
    assert_eq!((identity.address, identity.mode_3a, identity.callsign), (Some(0x3C_65AC), Some(0o7700), None));
    let mode_3a = Some(Code { code: 0o7700, garbled: true, ..Code::default() });
    let doppler = Some(CalculatedDoppler { speed_mps: -312.0, doubtful: true });
    let doubted = plot(hear_one(TargetReport { mode_3a, doppler, ..report() }));
    assert_eq!((doubted.range_rate_mps, doubted.identity), (None, None));
}

#[test]
fn callsigns_are_padded() {
    let mut record = report().to_record().expect("a record");
    record.text("240", "DLH4A").expect("a callsign");
    let mut block = BlockBuilder::new(&CAT048);
    block.push(record);
    let events = hear(&mut intake(), NOON_ISH_S, 0, RADAR, &block.finish().expect("a block"));
    let identity = plot(events[0].clone()).identity.expect("an identity");
    assert_eq!(identity.callsign, Some(*b"DLH4A   "));
}

#[test]
fn simulated_and_test_targets_say_so() {
    assert!(plot(hear_one(TargetReport { simulated: true, ..report() })).simulated);
    assert!(plot(hear_one(TargetReport { test: true, ..report() })).simulated);
}

#[test]
fn midnight_may_pass_in_between() {
    let measured = |heard_s: f64, of_day: f64| {
        let report = TargetReport { time_of_day: time(of_day), ..report() };
        let events = hear(&mut intake(), heard_s, 0, RADAR, &block_of(&[report]));
        plot(events[0].clone()).measured_at.0.seconds_since(Time::from_seconds(MIDNIGHT_S))
    };
    assert_eq!(measured(MIDNIGHT_S + 1.0, 86_399.5), -0.5, "measured before midnight, heard after");
    assert_eq!(measured(MIDNIGHT_S - 1.0, 0.25), 0.25, "measured after midnight by a clock that is ahead");
    assert_eq!(measured(MIDNIGHT_S + 43_199.0, 0.0), 0.0);
    assert_eq!(measured(MIDNIGHT_S + 43_201.0, 0.0), 86_400.0, "the next midnight is nearer now");
    assert_eq!(measured(MIDNIGHT_S + 43_201.0, 86_399.0), 86_399.0);
    assert_eq!(measured(MIDNIGHT_S + 0.5, 86_400.0), 0.0, "24:00 is the next midnight");
    assert_eq!(measured(MIDNIGHT_S, 86_400.5), 0.5, "a leap second counts on");
}

#[test]
fn what_was_not_seen_is_a_sign_of_life() {
    let unseen = [
        TargetReport { polar: None, ..report() },
        TargetReport { detection: Some(Detection::None), ..report() },
        TargetReport { field_monitor: true, ..report() },
    ];
    let mut intake = intake();
    for event in hear(&mut intake, NOON_ISH_S, 0, RADAR, &block_of(&unseen)) {
        assert!(matches!(event, Event::Alive { sensor: SensorId(0), .. }), "{event:?}");
    }
    assert_eq!((intake.counts().alive, intake.counts().unseen), (3, 3));
}

#[test]
fn service_messages_are_signs_of_life() {
    let message = |time_of_day| ServiceMessage {
        source: Some(Source { sac: 25, sic: 202 }),
        message_type: Some(MessageType::NorthMarker),
        time_of_day,
        ..ServiceMessage::default()
    };
    let mut block = BlockBuilder::new(&CAT034);
    block.push(message(time(37_800.0)).to_record().expect("a record"));
    block.push(message(None).to_record().expect("a record"));
    let events = hear(&mut intake(), NOON_ISH_S, 1, RADAR, &block.finish().expect("a block"));
    let Event::Swept { sensor, measured_at, .. } = events[0] else { panic!("{events:?}") };
    assert_eq!((sensor, measured_at.0), (SensorId(1), Time::from_seconds(NOON_ISH_S)));
    refused(&events[1], Some(1), "link 1 from 192.0.2.20: CAT034 record 1 at octet 10: no time of day (I034/030)");
}

#[test]
fn strangers_are_refused_and_the_sensor_is_not_blamed() {
    let heard = |link, sender, report: TargetReport| {
        hear(&mut intake(), NOON_ISH_S, link, sender, &block_of(&[report])).remove(0)
    };
    let at = "CAT048 record 0 at octet 3";
    let event = heard(0, STRANGER, report());
    refused(&event, None, &format!("link 0 from 203.0.113.9: {at}: SAC 25 SIC 201: this sender may not speak for it"));
    let event = heard(7, RADAR, report());
    refused(&event, None, &format!("link 7 from 192.0.2.20: {at}: SAC 25 SIC 201 does not speak on this link"));
    let event = heard(0, RADAR, TargetReport { source: Some(Source { sac: 1, sic: 2 }), ..report() });
    refused(&event, None, &format!("link 0 from 192.0.2.20: {at}: SAC 1 SIC 2 is no configured sensor"));
    let event = heard(0, RADAR, TargetReport { source: None, ..report() });
    refused(&event, None, &format!("link 0 from 192.0.2.20: {at}: no data source identifier (item 010)"));
    let event = heard(0, RADAR, TargetReport { time_of_day: None, ..report() });
    refused(&event, Some(0), &format!("link 0 from 192.0.2.20: {at}: no time of day (I048/140)"));
    let event = heard(0, RADAR, TargetReport { time_of_day: time(90_000.0), ..report() });
    refused(
        &event,
        Some(0),
        &format!("link 0 from 192.0.2.20: {at}: time of day 90000 s is beyond the end of a day (I048/140)"),
    );
}

#[test]
fn mapped_addresses_are_the_same_sender() {
    let mapped = IpAddr::V6(Ipv4Addr::new(192, 0, 2, 20).to_ipv6_mapped());
    let events = hear(&mut intake(), NOON_ISH_S, 0, mapped, &block_of(&[report()]));
    plot(events[0].clone());
}

#[test]
fn broken_octets_are_said_with_their_place() {
    let mut alone = Intake::new(vec![source(4, 201)]);
    let good = block_of(&[report()]);
    let mut datagram = good.clone();
    datagram.extend([19, 0, 4, 0xFF, 48, 0, 9, 1]);
    let events = hear(&mut alone, NOON_ISH_S, 0, RADAR, &datagram);
    assert_eq!(events.len(), 3);
    plot(events[0].clone());
    let n = good.len();
    let skipped = format!(
        "CAT019 at octet {n}: no table for this category, block of 4 octets skipped (octets {n} to {} refused)",
        n + 3
    );
    refused(&events[1], Some(4), &format!("link 0 from 192.0.2.20: {skipped}"));
    let Event::Undecodable(last) = &events[2] else { panic!("{events:?}") };
    assert!(last.detail.contains("block length 9 but only 4 octets are left"), "{}", last.detail);
    refused(&hear(&mut alone, NOON_ISH_S, 0, RADAR, &[])[0], Some(4), "link 0 from 192.0.2.20: empty datagram");
    refused(&hear(&mut alone, NOON_ISH_S, 0, STRANGER, &[])[0], None, "link 0 from 203.0.113.9: empty datagram");
}

/// Every record and every refused stretch becomes exactly one event, and the counts say so.
fn nothing_is_lost(heard_ns: i64, bytes: &[u8]) {
    let mut intake = intake();
    let mut events = Vec::new();
    let heard_at = HeardAt(Time::from_nanos(heard_ns));
    intake.datagram(heard_at, 0, None, bytes, &mut |event| events.push(event));
    let counts = *intake.counts();
    let found = records(bytes).count().max(usize::from(bytes.is_empty()));
    assert_eq!(events.len(), found);
    let used = counts.plots + counts.alive + counts.health + counts.cooperative + counts.system_tracks;
    assert_eq!(used + counts.undecodable, found as u64);
    assert_eq!(counts.records, records(bytes).filter(Result::is_ok).count() as u64);
    for event in &events {
        if let Event::Plot(plot) = event {
            assert!(plot.range_m.is_finite() && plot.azimuth_rad.abs() <= std::f64::consts::PI + 1e-9);
            assert!(plot.elevation.is_none_or(|e| e.rad.is_finite() && e.sigma_rad > 0.0 && e.sigma_rad.is_finite()));
        }
    }
}

/// The events of datagrams, from the radars that they name.
fn events_of<'a>(heard_s: f64, datagrams: impl Iterator<Item = &'a [u8]> + Clone) -> Vec<Event> {
    let mut names: Vec<Source> = Vec::new();
    for record in datagrams.clone().flat_map(records).flatten() {
        let target = TargetReport::from_record(&record).and_then(|it| it.source);
        names.extend(target.or_else(|| ServiceMessage::from_record(&record)?.source));
    }
    names.sort_unstable();
    names.dedup();
    let speaks =
        |(sensor, name): (u16, &Source)| IntakeSource { sac: name.sac, senders: vec![], ..source(sensor, name.sic) };
    let mut intake = Intake::new((0..).zip(&names).map(speaks).collect());
    datagrams.flat_map(|bytes| hear(&mut intake, heard_s, 0, RADAR, bytes)).collect()
}

#[test]
fn a_real_recording_becomes_its_plots() {
    let (Some(recording), Some(table)) = (
        common::data("asterix/barcelona/bcn_0800_0812.ast"),
        common::data("asterix/barcelona/bcn_0800_0812_plots.csv.gz"),
    ) else {
        return;
    };
    // 2023-05-02T08:00:00Z.
    let start_s = 1_683_014_400.0;
    let events = events_of(start_s, [recording.as_slice()].into_iter());
    let text = String::from_utf8_lossy(&table);
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
    assert_eq!((events.len(), rows.len()), (8_651, 8_651));
    for (event, row) in events.into_iter().zip(rows) {
        let number = |column: usize| row[column].parse::<f64>().expect("a number");
        let at = Time::from_seconds(start_s - 28_800.0).plus_seconds(number(1));
        match event {
            Event::Plot(plot) => {
                assert_eq!(plot.measured_at.0, at, "{row:?}");
                assert!((plot.range_m - number(5) * 1_852.0).abs() < 1e-6, "{row:?}");
                assert!(
                    (plot.azimuth_rad.rem_euclid(std::f64::consts::TAU) - number(6).to_radians()).abs() < 1e-9,
                    "{row:?}"
                );
                let address = plot.identity.and_then(|it| it.address);
                assert_eq!(address, u32::from_str_radix(row[9], 16).ok(), "{row:?}");
            }
            Event::Alive { measured_at, .. } => {
                assert_eq!(measured_at.0, at, "{row:?}");
                assert!(row[4] == "0" || row[5].is_empty(), "only what was not seen is no plot: {row:?}");
            }
            other => panic!("{other:?} of {row:?}"),
        }
    }
}

#[test]
fn two_lines_of_seven_radars_say_everything_twice() {
    let Some(pcap) = common::data("asterix/croatia/cat_034_048.pcap") else {
        return;
    };
    let payloads = common::udp_payloads(&pcap);
    let events = events_of(0.0, payloads.iter().copied());
    assert_eq!(events.len(), payloads.iter().flat_map(|bytes| records(bytes)).count());
    assert!(events.iter().all(|event| !matches!(event, Event::Undecodable(_))));
    let plots = events.iter().filter_map(|event| match event {
        Event::Plot(it) => Some((it.sensor, it.measured_at, it.range_m.to_bits(), it.azimuth_rad.to_bits())),
        _ => None,
    });
    let mut plots: Vec<_> = plots.collect();
    assert_eq!(plots.len(), 126);
    plots.sort_unstable();
    plots.dedup();
    // The 64th distinct report is of a coasted track without a position.
    assert_eq!(plots.len(), 63);
}

proptest! {
    #[test]
    fn random_octets(heard_ns in any::<i64>(), bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        nothing_is_lost(heard_ns, &bytes);
    }

    #[test]
    fn random_records_of_a_known_radar(heard_ns in any::<i64>(), category in prop_oneof![Just(48u8), Just(34u8)], tail in proptest::collection::vec(any::<u8>(), 0..200)) {
        // FSPEC with item 010, then the radar's name and noise.
        let mut bytes = vec![category, 0, 0, 0b1111_0001, 0b0111_1111, 0, 25, 201];
        bytes.extend(tail);
        let length = bytes.len() as u16;
        bytes[1..3].copy_from_slice(&length.to_be_bytes());
        nothing_is_lost(heard_ns, &bytes);
    }

    #[test]
    fn damaged_reports(damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..5), cut in any::<prop::sample::Index>()) {
        let full = TargetReport { flight_level: level(7_000.0), height_3d_ft: Some(7_000.0), aircraft_address: Some(1), ..report() };
        let mut bytes = block_of(&[full, full, full]);
        for (at, value) in damage {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        nothing_is_lost(1_605_609_000_000_000_000, &bytes);
    }

    #[test]
    fn the_day_is_always_the_nearest(heard_s in -4_000_000_000i64..4_000_000_000, ticks in 0..TimeOfDay::DAY_TICKS) {
        let report = TargetReport { time_of_day: TimeOfDay::from_ticks(ticks), ..report() };
        let events = hear(&mut intake(), heard_s as f64, 0, RADAR, &block_of(&[report]));
        let measured = plot(events[0].clone()).measured_at.0;
        prop_assert!(measured.seconds_since(Time::from_seconds(heard_s as f64)).abs() <= 43_200.0);
        let of_day = measured.nanos().rem_euclid(86_400_000_000_000);
        prop_assert_eq!(of_day, TimeOfDay::from_ticks(ticks).expect("a time").ns());
    }
}
