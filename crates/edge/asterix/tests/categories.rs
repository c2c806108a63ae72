//! Each category as what it is for: plots of old radars, aircraft that speak for themselves, tracks of others, states.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use parapet_asterix::{
    BlockBuilder, CAT001, CAT002, CAT015, CAT016, CAT021, CAT034, CAT065, CAT129, EncodeError, Heard, Intake,
    IntakeSource, RecordBuilder, Value, cat001, records, spec::Category,
};
use parapet_engine::{Event, OwnState};
use parapet_frame::{HeardAt, SensorPose, SitePoint, Time};
use parapet_track::{Above, Plot, SensorId};

/// 2023-05-02T00:00:00Z.
const MIDNIGHT_S: f64 = 1_682_985_600.0;
/// 09:18:22 of that day.
const OF_DAY_S: f64 = 33_502.0;

fn intake(sac: u8, sic: u8) -> Intake {
    Intake::new(vec![IntakeSource {
        sensor: SensorId(3),
        sac,
        sic,
        pose: SensorPose::parallel(SitePoint::default(), 46.0),
        sigma_elevation_rad: None,
        sigma_barometric_height_m: 100.0,
        links: vec![],
        senders: vec![],
        editions: vec![],
    }])
}

fn hear_at(intake: &mut Intake, of_day_s: f64, datagram: &[u8]) -> Vec<Heard> {
    let mut all = Vec::new();
    let heard_at = HeardAt(Time::from_seconds(MIDNIGHT_S + of_day_s));
    intake.hear(heard_at, 0, None, datagram, &mut |heard| all.push(heard));
    all
}

/// The one thing that a record of 25/1 becomes, half a second after it was measured.
#[track_caller]
fn hear_one(category: &'static Category, fill: impl FnOnce(&mut RecordBuilder) -> Result<(), EncodeError>) -> Heard {
    let mut block = BlockBuilder::new(category);
    let record = block.record();
    record.raw("010/SAC", 25).unwrap().raw("010/SIC", 1).unwrap();
    fill(record).unwrap();
    let mut heard = hear_at(&mut intake(25, 1), OF_DAY_S + 0.5, &block.finish().unwrap());
    assert_eq!(heard.len(), 1);
    heard.remove(0)
}

#[track_caller]
fn plot(heard: Heard) -> Plot {
    match heard {
        Heard::Event(Event::Plot(plot)) => plot,
        other => panic!("{other:?} is no plot"),
    }
}

#[track_caller]
fn refused(heard: Heard, why: &str) {
    match heard {
        Heard::Event(Event::Undecodable(it)) => assert!(it.detail.contains(why), "{}", it.detail),
        other => panic!("{other:?} is no refusal"),
    }
}

/// The sixteen lower bits of the time of day.
const TRUNCATED: u64 = (OF_DAY_S as u64 * 128) & 0xFFFF;

#[test]
fn an_old_radar_gives_plots_by_a_time_that_wraps() {
    let seen = plot(hear_one(&CAT001, |record| {
        record.raw("020/SSRPSR", 1)?.raw("141", TRUNCATED)?;
        record.quantity("040/RHO", 10.0)?.quantity("040/THETA", 90.0)?;
        record.quantity("120", -0.125)?;
        Ok(())
    }));
    assert_eq!(seen.sensor, SensorId(3));
    assert_eq!(seen.measured_at.0, Time::from_seconds(MIDNIGHT_S + OF_DAY_S));
    assert_eq!((seen.range_m, seen.range_rate_mps), (18_520.0, Some(-231.5)));
    assert!((seen.azimuth_rad - core::f64::consts::FRAC_PI_2).abs() < 1e-9);
    assert_eq!(seen.elevation, None, "a radar that turns in the plane");
    // Midnight is no whole number of turns of that clock after the midnight before.
    let shortly_before = |heard_s: f64, ticks: u64| {
        let mut block = BlockBuilder::new(&CAT001);
        let record = block.record();
        record.raw("010/SAC", 25).unwrap().raw("010/SIC", 1).unwrap().raw("020/SSRPSR", 1).unwrap();
        record.raw("141", ticks).unwrap().quantity("040/RHO", 10.0).unwrap();
        let seen = plot(hear_at(&mut intake(25, 1), heard_s, &block.finish().unwrap()).remove(0));
        seen.measured_at.0.seconds_since(Time::from_seconds(MIDNIGHT_S))
    };
    let last = (86_399.5 * 128.0) as u64 & 0xFFFF;
    assert_eq!(shortly_before(86_399.75, last), 86_399.5);
    assert_eq!(shortly_before(86_400.25, last), 86_399.5, "heard on the day after");
    assert_eq!(shortly_before(0.25, last), -0.5);
    assert_eq!(shortly_before(-0.25, 32), 0.25, "a clock that is ahead");
    assert_eq!(shortly_before(511.0, 0), 512.0);
    let unseen = hear_one(&CAT001, |record| {
        record.raw("020/SSRPSR", 0)?.raw("141", TRUNCATED)?.quantity("040/RHO", 10.0)?;
        Ok(())
    });
    assert!(matches!(unseen, Heard::Event(Event::Alive { .. })), "{unseen:?}");
    let timeless = hear_one(&CAT001, |record| {
        record.raw("020/SSRPSR", 1)?.quantity("040/RHO", 10.0)?;
        Ok(())
    });
    refused(timeless, "no time of day (I001/141)");
}

#[test]
fn an_old_track_without_a_measured_place_has_its_calculated_one() {
    let seen = plot(hear_one(&cat001::CAT001_TRACK, |record| {
        record.raw("020/TYP", 1)?.raw("020/SSRPSR", 3)?.raw("141", TRUNCATED)?.raw("161", 7)?;
        record.quantity("042/X", 3.0)?.quantity("042/Y", -4.0)?;
        record.text("070/MODE3A", "7000")?;
        Ok(())
    }));
    assert_eq!(seen.range_m, 5.0 * 1852.0);
    assert!((seen.azimuth_rad - 3.0_f64.atan2(-4.0)).abs() < 1e-12);
    assert_eq!(seen.identity.unwrap().mode_3a, Some(0o7000));
}

#[test]
fn which_of_two_layouts_a_record_has_its_second_item_says() {
    // FRN 3 is a place in a plot and a number in a track.
    const PLOT: [u8; 11] = [1, 0, 11, 0xE0, 25, 1, 0x20, 0x05, 0x00, 0x40, 0x00];
    const TRACK: [u8; 9] = [1, 0, 9, 0xE0, 25, 1, 0xA0, 0x05, 0x00];
    let read = |datagram: &'static [u8]| records(datagram).next().unwrap().unwrap();
    assert_eq!(read(&PLOT).value("040/RHO"), Some(10.0));
    assert_eq!(read(&TRACK).raw("161"), Some(0x500));
    assert_eq!(serde_json::to_value(read(&TRACK)).unwrap()["uap"], "track");
    let without = [1, 0, 10, 0xA0, 25, 1, 0x05, 0x00, 0x40, 0x00];
    let refusal = records(&without).next().unwrap().unwrap_err();
    assert!(refusal.to_string().contains("no item I001/020, which says how the rest"), "{refusal}");
    let random = [1, 0, 9, 0xC1, 0x01, 0x02, 25, 1, 0x20];
    let refusal = records(&random).next().unwrap().unwrap_err();
    assert!(refusal.to_string().contains("FRN 21, random field sequencing, which is not read"), "{refusal}");
}

#[test]
fn service_messages_tell_the_state_of_a_sensor() {
    let Heard::Health(health) = hear_one(&CAT034, |record| {
        record.raw("000", 2)?.quantity("030", OF_DAY_S)?.quantity("020", 90.0)?.quantity("041", 4.0)?;
        record.raw("050/COM/NOGO", 1)?.raw("050/COM/TSV", 1)?.raw("050/COM/OVLXMT", 1)?;
        Ok(())
    }) else {
        panic!("no state")
    };
    assert_eq!((health.released, health.overloaded, health.time_valid), (Some(false), Some(true), Some(false)));
    assert_eq!((health.antenna_rad, health.rotation_period_s), (Some(core::f64::consts::FRAC_PI_2), Some(4.0)));
    assert_eq!(health.jammed_from_rad, None);
    let north = hear_one(&CAT002, |record| {
        record.raw("000", 1)?.quantity("030", OF_DAY_S)?.quantity("041", 6.0)?;
        Ok(())
    });
    let Heard::Health(health) = north else { panic!("{north:?}") };
    assert_eq!((health.antenna_rad, health.rotation_period_s, health.released), (Some(0.0), Some(6.0), None));
    let event = Heard::Health(health).into_event(&[]);
    assert!(matches!(event, Event::Swept { sensor: SensorId(3), .. }), "nothing but where the antenna points");
    let told = OwnState { released: Some(false), ..health };
    assert!(matches!(Heard::Health(told).into_event(&[]), Event::Health(state) if *state == told));
    let system = hear_one(&CAT065, |record| {
        record.raw("000", 1)?.raw("015", 1)?.quantity("030", OF_DAY_S)?.raw("040/NOGO", 2)?.raw("040/OVL", 1)?;
        Ok(())
    });
    let Heard::Health(health) = system else { panic!("{system:?}") };
    assert_eq!((health.released, health.overloaded, health.time_valid), (Some(false), Some(true), Some(true)));
}

#[test]
fn a_monostatic_measurement_is_a_plot_and_a_bistatic_one_is_not() {
    let report = |geometry: u64| {
        hear_one(&CAT015, |record| {
            record.raw("000/MT", 1)?.raw("020/MOMU", geometry)?.quantity("145", OF_DAY_S)?;
            record.quantity("625/R", 8_000.0)?.quantity("627/AZ", 45.0)?;
            record.quantity("628/EL", 10.0)?.quantity("628/SDEL", 0.2)?;
            record.quantity("626/DV", -250.0)?;
            Ok(())
        })
    };
    let seen = plot(report(0));
    assert!((seen.range_m - 8_000.0).abs() < 0.05 && (seen.azimuth_rad.to_degrees() - 45.0).abs() < 0.01);
    let elevation = seen.elevation.unwrap();
    assert!((elevation.rad.to_degrees() - 10.0).abs() < 0.01 && (elevation.sigma_rad.to_degrees() - 0.2).abs() < 0.01);
    assert_eq!(seen.range_rate_mps, Some(-250.0));
    let other = report(1);
    assert!(matches!(other, Heard::Event(Event::Alive { .. })), "{other:?}");
    let configuration = hear_one(&CAT016, |record| {
        record.raw("000", 1)?.quantity("140", OF_DAY_S)?;
        Ok(())
    });
    assert!(matches!(configuration, Heard::Event(Event::Alive { .. })), "{configuration:?}");
}

fn adsb(record: &mut RecordBuilder) -> Result<(), EncodeError> {
    record.raw("040/ATP", 0)?.raw("040/GBS", 0)?.raw("080", 0x3C_65AC)?.raw("210/VN", 2)?.raw("090/NACP", 9)?;
    record.quantity("131/LAT", 48.123_456)?.quantity("131/LON", 11.654_321)?;
    record.quantity("073", OF_DAY_S)?.quantity("140", 10_000.0)?;
    record.quantity("160/GS", 0.125)?.quantity("160/TA", 90.0)?.quantity("157/GVR", 600.0)?;
    record.text("170", "DLH4AB")?;
    Ok(())
}

#[test]
fn an_aircraft_says_where_it_is() {
    let heard = hear_one(&CAT021, adsb);
    let Heard::Cooperative(report) = heard else { panic!("{heard:?}") };
    assert_eq!(report.measured_at.0, Time::from_seconds(MIDNIGHT_S + OF_DAY_S));
    assert_eq!(report.identity.address, Some(0x3C_65AC));
    assert_eq!(report.identity.callsign, Some(*b"DLH4AB  "));
    assert!((report.position_deg[0] - 48.123_456).abs() < 1e-6 && (report.position_deg[1] - 11.654_321).abs() < 1e-6);
    assert_eq!(report.position_95_m, Some(30.0));
    let (height, velocity) = (report.height.unwrap(), report.velocity.unwrap());
    assert_eq!((height.m, height.above), (3_048.0, Above::Ellipsoid));
    assert!((velocity.east_mps - 231.5).abs() < 1e-6 && velocity.north_mps.abs() < 1e-6);
    assert!((velocity.up_mps.unwrap() - 3.048).abs() < 1e-9);
    assert!(!(report.on_ground || report.suspect || report.simulated));
}

#[test]
fn what_an_aircraft_says_may_be_doubted() {
    let with = |change: fn(&mut RecordBuilder)| {
        hear_one(&CAT021, |record| {
            adsb(record)?;
            change(record);
            Ok(())
        })
    };
    let cooperative = |heard: Heard| match heard {
        Heard::Cooperative(report) => *report,
        other => panic!("{other:?}"),
    };
    let anonymous = cooperative(with(|record| drop(record.raw("040/ATP", 3))));
    assert_eq!(anonymous.identity.address, None, "an address that nobody gave out identifies nobody");
    assert!(cooperative(with(|record| drop(record.raw("040/IPC", 1)))).suspect);
    assert!(cooperative(with(|record| drop(record.raw("040/SIM", 1)))).simulated);
    let fast = cooperative(with(|record| drop(record.raw("160/RE", 1))));
    assert_eq!(fast.velocity, None, "faster than can be sent is not known");
    let monitor = with(|record| drop(record.raw("040/RAB", 1)));
    assert!(matches!(monitor, Heard::Event(Event::Alive { .. })), "a fixed transponder is no aircraft");
    refused(with(|record| drop(record.quantity("073", OF_DAY_S - 7_200.0))), "told for 7200 s before it was heard");
    refused(with(|record| drop(record.quantity("073", OF_DAY_S + 200.0))), "after it was heard");
    refused(with(|record| drop(record.raw("131/LAT", 0x7000_0000))), "which cannot be");
}

#[test]
fn an_unmanned_aircraft_says_who_it_is() {
    let heard = hear_one(&CAT129, |record| {
        record.text("020", "DJI")?.text("030", "M30")?.text("050", "DE")?.quantity("070", OF_DAY_S)?;
        record.raw("040/SN1", 0x3132_3334_3536)?.raw("040/SN2", 0x3738_3941_4243)?;
        record
            .quantity("080/LAT", -33.5)?
            .quantity("080/LON", 151.25)?
            .quantity("090", 120.5)?
            .quantity("110", 12.0)?;
        record.quantity("185/HVX", -3.25)?.quantity("185/HVY", 4.5)?.quantity("220/VV", -1.0)?;
        Ok(())
    });
    let Heard::Cooperative(report) = heard else { panic!("{heard:?}") };
    let uas = report.uas.unwrap();
    assert_eq!((&uas.manufacturer, &uas.model, &uas.country, &uas.serial), (b"DJI", b"M30", b"DE", b"123456789ABC"));
    assert!((report.position_deg[0] + 33.5).abs() < 1e-6 && (report.position_deg[1] - 151.25).abs() < 1e-6);
    assert_eq!(report.height.unwrap().above, Above::MeanSea);
    assert!((report.position_95_m.unwrap() - 24.95).abs() < 0.01, "95 % of what holds with 50 %");
    let velocity = report.velocity.unwrap();
    assert!((velocity.east_mps + 3.25).abs() < 1e-9 && (velocity.up_mps.unwrap() + 1.0).abs() < 1e-9);
}

#[test]
fn recorded_system_tracks_enter_with_their_own_errors() {
    let Some(bytes) = common::data("asterix/jasterix/cat062ed1.12.bin") else {
        return;
    };
    let mut intake = intake(0, 4);
    let heard = hear_at(&mut intake, 33_503.0, &bytes);
    let [Heard::SystemTrack(track)] = &heard[..] else { panic!("{heard:?}") };
    assert_eq!((track.number, track.identity.address), (5_086, Some(0x66_3CA6)));
    assert!((track.position_deg[0] - 45.465).abs() < 1e-3 && (track.position_deg[1] - 17.332).abs() < 1e-3);
    let velocity = track.velocity.unwrap();
    assert_eq!((velocity.east_mps, velocity.north_mps), (207.5, -120.5));
    assert_eq!(track.identity.callsign, Some(*b"DLH9CK  "));
    let [east_m2, north_m2, both_m2] = track.covariance_m2.unwrap();
    assert!(east_m2 > 0.0 && north_m2 > 0.0 && both_m2 * both_m2 <= east_m2 * north_m2, "{track:?}");
    // The same capture played a year later, at another hour: flagged and refused.
    let late = hear_at(&mut intake, 70_000.0, &bytes);
    refused(late[0].clone(), "a recording, or a clock that is wrong");
    assert_eq!((intake.counts().system_tracks, intake.counts().off_clock), (1, 1));
}

#[test]
fn bad_blocks_are_refused_with_their_place_and_counted() {
    let mut intake = intake(25, 1);
    let mut count = |datagram: &[u8], why: &str| {
        let before = intake.counts().undecodable;
        let heard = hear_at(&mut intake, OF_DAY_S, datagram);
        let last = heard.last().unwrap().clone();
        refused(last, why);
        assert!(intake.counts().undecodable > before);
    };
    // Records of another category in the block, a wrong length, an FSPEC without an end, 255 repetitions of nothing.
    count(&[48, 0, 12, 0x80, 25, 1, 34, 0, 6, 0x80, 25, 1], "octet");
    count(&[62, 0, 200, 0x80, 25, 1], "block length 200 but only 6 octets are left");
    count(&[62, 0, 2, 0x80, 25, 1], "block length 2 is below the 3 octets");
    count(&[&[21, 0, 40][..], &[0xFF; 37]].concat(), "at octet 9: FSPEC without an end");
    count(&[48, 0, 9, 0x01, 0x80, 255, 1, 2, 3], "");
    count(&[21, 0, 12, 0x81, 0x01, 0x01, 0x01, 0x01, 0x10, 25, 1, 255], "255 repetitions need 2040 octets but only 0");
}

#[test]
fn two_hundred_and_fifty_five_repetitions_are_read_and_no_more() {
    let mut block = BlockBuilder::new(&CAT021);
    let register = Value::Group(vec![Some(Value::Raw(1)), Some(Value::Raw(5)), Some(Value::Raw(0))]);
    block.record().set("250", Value::List(vec![register.clone(); 255])).unwrap();
    let octets = block.finish().unwrap();
    let record = records(&octets).next().unwrap().unwrap();
    assert_eq!(record.raw("250/254/BDS1"), Some(5));
    assert_eq!(record.raw("250/255/BDS1"), None);
    let mut long = RecordBuilder::new(&CAT021);
    long.set("250", Value::List(vec![register; 256])).unwrap();
    assert!(matches!(long.encode(&mut Vec::new()), Err(EncodeError::TooLong { .. })));
}
