//! What a simulator sends: typed reports into records and back.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use core::f64::consts::TAU;

use parapet_asterix::cat034::{MessageType, ServiceMessage};
use parapet_asterix::cat048::{
    CalculatedDoppler, Cartesian, Code, Detection, FlightLevel, FlightStatus, PlotCharacteristics, Polar, RawDoppler,
    TargetReport, TrackQuality, TrackSensor, TrackStatus, TrackVelocity, VerticalMotion, bds_registers, warnings,
};
use parapet_asterix::units::NM_M;
use parapet_asterix::{BlockBuilder, CAT034, CAT048, EncodeError, RecordBuilder, Source, TimeOfDay, Value, records};
use proptest::prelude::*;

fn octets(record: RecordBuilder) -> Vec<u8> {
    let mut octets = Vec::new();
    record.encode(&mut octets).unwrap();
    octets
}

fn back(report: &TargetReport) -> TargetReport {
    let mut block = BlockBuilder::new(&CAT048);
    block.push(report.to_record().unwrap());
    let block = block.finish().unwrap();
    let record = records(&block).next().unwrap().unwrap();
    TargetReport::from_record(&record).unwrap()
}

/// A rocket as a 3D radar would report it.
fn rocket() -> TargetReport {
    TargetReport {
        source: Some(Source { sac: 99, sic: 1 }),
        time_of_day: TimeOfDay::from_ns(43_200_500_000_000),
        detection: Some(Detection::Primary),
        polar: Some(Polar { range_m: 9_260.0, azimuth_rad: 1.25 }),
        height_3d_ft: Some(3_280.84),
        doppler: Some(CalculatedDoppler { speed_mps: -287.4, doubtful: false }),
        plot: PlotCharacteristics { primary_amplitude_dbm: Some(-71.0), ..PlotCharacteristics::default() },
        radar_cross_section_dbsm: Some(-21.37),
        ..TargetReport::default()
    }
}

#[test]
fn a_plot_of_a_primary_radar_is_these_octets() {
    let expected = [
        0xF1, 0x01, 0x0D, 0x02, // FSPEC: 010 140 020 040, 130, 110 120, RE
        99, 1, // I048/010
        0x54, 0x60, 0x40, // I048/140: 43,200.5 s
        0x20, // I048/020: single PSR detection
        0x05, 0x00, 0x32, 0xEE, // I048/040: 5 NM, 1.25 rad
    ];
    let octets = octets(rocket().to_record().unwrap());
    assert_eq!(octets[4..14], expected[4..]);
    let report = back(&rocket());
    assert_eq!(report.polar.unwrap().range_m, 9_260.0);
    assert!((report.polar.unwrap().azimuth_rad - 1.25).abs() < 5e-5);
    assert_eq!(report.height_3d_ft, Some(3_275.0), "the nearest step of 25 ft");
    assert_eq!(report.doppler.unwrap().speed_mps, -287.0);
    assert_eq!(report.plot.primary_amplitude_dbm, Some(-71.0));
    assert!((report.radar_cross_section_dbsm.unwrap() + 21.37).abs() < 1e-9);
    assert!(report.is_operational() && report.is_detected());
}

#[test]
fn values_that_do_not_fit_are_errors_that_name_the_field() {
    let fault = |change: fn(&mut TargetReport)| {
        let mut report = rocket();
        change(&mut report);
        report.to_record().unwrap_err().to_string()
    };
    let high = fault(|r| r.height_3d_ft = Some(250_000.0));
    assert_eq!(high, "110/3DH: 250000 does not fit into 14 bits (last bit 25)");
    let fast = fault(|r| {
        r.doppler = Some(CalculatedDoppler { speed_mps: 600.0, doubtful: false });
    });
    assert_eq!(fast, "120/CAL/CAL: 600 does not fit into 10 bits (last bit 1)");
    let lost = fault(|r| r.polar = Some(Polar { range_m: f64::NAN, azimuth_rad: 0.0 }));
    assert!(lost.starts_with("040/RHO: NaN"), "{lost}");
    let behind = fault(|r| r.polar = Some(Polar { range_m: -1e3, azimuth_rad: 0.0 }));
    assert!(behind.starts_with("040/RHO: -0.53"), "{behind}");
    let nowhere = fault(|r| r.polar = Some(Polar { range_m: 1.0, azimuth_rad: f64::INFINITY }));
    assert!(nowhere.starts_with("040/THETA: inf"), "{nowhere}");
}

#[test]
fn azimuths_of_any_turn_are_sent_between_0_and_360_degrees() {
    for (azimuth_rad, expected) in [(-0.1, TAU - 0.1), (TAU + 0.1, 0.1), (TAU - 1e-9, 0.0)] {
        let polar = Some(Polar { range_m: 1.0, azimuth_rad });
        let report = back(&TargetReport { polar, ..TargetReport::default() });
        assert!((report.polar.unwrap().azimuth_rad - expected).abs() < 5e-5);
    }
}

#[test]
fn a_range_beyond_256_nm_goes_into_the_expansion_field() {
    let polar = Some(Polar { range_m: 300.0 * NM_M, azimuth_rad: 0.0 });
    let detection = Some(Detection::Primary);
    let report = TargetReport { polar, detection, ..TargetReport::default() };
    let block = parapet_asterix::block(&CAT048, &octets(report.to_record().unwrap())).unwrap();
    let record = records(&block).next().unwrap().unwrap();
    assert_eq!(record.item("040").unwrap().raw("RHO"), Some(0xFFFF));
    assert_eq!(record.item("020").unwrap().raw("ERR"), Some(1));
    assert_eq!(record.item("RE").unwrap().value("ERR"), Some(300.0));
    let read = TargetReport::from_record(&record).unwrap();
    assert_eq!(read.polar, report.polar);
    assert!(read.extended_range);
}

#[test]
fn lists_are_set_whole() {
    let mut record = RecordBuilder::new(&CAT048);
    let codes = [19, 23].map(Value::Raw).to_vec();
    record.set("030", Value::List(codes)).unwrap();
    let register = [Some(Value::Raw(0x80_0000_0000_0001)), Some(Value::Raw(5)), Some(Value::Raw(0))];
    record.set("250", Value::List(vec![Value::Group(register.to_vec())])).unwrap();
    let block = parapet_asterix::block(&CAT048, &octets(record)).unwrap();
    let record = records(&block).next().unwrap().unwrap();
    let texts: Vec<_> = warnings(&record).map(|code| code.text().unwrap()).collect();
    assert_eq!(texts, ["Birds", "Plot potentially caused by Wind Turbine"]);
    let register = bds_registers(&record).next().unwrap();
    assert_eq!((register.data, register.bds1), ([0x80, 0, 0, 0, 0, 0, 1], 5));
    assert_eq!(record.item("250").unwrap().raw("0/BDS1"), Some(5));
    assert_eq!(record.item("250").unwrap().raw("1/BDS1"), None);
}

#[test]
fn the_builder_refuses_what_the_table_does_not_have() {
    let mut record = RecordBuilder::new(&CAT048);
    let missing = |path: &str| EncodeError::NoSuchField { category: 48, path: path.to_owned() };
    assert_eq!(record.raw("041", 1).unwrap_err(), missing("041"));
    assert_eq!(record.raw("040/RANGE", 1).unwrap_err(), missing("040/RANGE"));
    assert_eq!(record.raw("040", 1).unwrap_err(), missing("040"));
    assert_eq!(record.quantity("010/SAC", 1.0).unwrap_err(), missing("010/SAC"));
    let text = |path: &str, text: &str| EncodeError::Text { path: path.into(), text: text.into() };
    assert_eq!(record.text("070/MODE3A", "7508").unwrap_err(), text("070/MODE3A", "7508"));
    assert_eq!(record.text("070/MODE3A", "750").unwrap_err(), text("070/MODE3A", "750"));
    assert_eq!(record.text("240", "abc").unwrap_err(), text("240", "abc"));
    assert_eq!(record.text("240", "NINECHARS").unwrap_err(), text("240", "NINECHARS"));
    assert_eq!(RecordBuilder::new(&CAT048).encode(&mut Vec::new()), Err(EncodeError::EmptyRecord));
    let mut wrong = RecordBuilder::new(&CAT048);
    wrong.set("250", Value::Raw(1)).unwrap();
    let structure = EncodeError::Structure { item: "I048/250" };
    assert_eq!(wrong.encode(&mut Vec::new()), Err(structure));
    let mut long = RecordBuilder::new(&CAT048);
    long.set("SP", Value::Bytes(vec![0; 255])).unwrap();
    let too_long = EncodeError::TooLong { what: "I048/SP", count: 256, max: 255 };
    assert_eq!(long.encode(&mut Vec::new()), Err(too_long));
}

#[test]
fn a_north_marker_and_a_sector_crossing_are_these_octets() {
    let north = ServiceMessage {
        source: Some(Source { sac: 99, sic: 1 }),
        message_type: Some(MessageType::NorthMarker),
        time_of_day: TimeOfDay::from_ns(43_200_000_000_000),
        rotation_period_s: Some(4.0),
        ..ServiceMessage::default()
    };
    let sector = ServiceMessage {
        message_type: Some(MessageType::SectorCrossing),
        sector_azimuth_rad: Some(core::f64::consts::FRAC_PI_2),
        ..north
    };
    let mut block = BlockBuilder::new(&CAT034);
    block.push(north.to_record().unwrap());
    block.push(sector.to_record().unwrap());
    assert_eq!(
        block.finish().unwrap(),
        vec![
            34, 0, 22, // header
            0xE8, 99, 1, 1, 0x54, 0x60, 0x00, 0x02, 0x00, // 010 000 030 041
            0xF8, 99, 1, 2, 0x54, 0x60, 0x00, 0x40, 0x02, 0x00, // and 020: 90 degrees
        ]
    );
}

/// Values on the steps of their items, so that nothing is rounded.
fn reports() -> impl Strategy<Value = TargetReport> {
    let head = (any::<(u8, u8)>(), 0..TimeOfDay::DAY_TICKS, 0..8_usize, any::<[bool; 7]>(), 0..4_u8);
    let place = (any::<(u16, u16)>(), any::<(i16, i16)>(), -8192..8192_i32);
    let codes = (0..4096_u16, any::<[bool; 3]>(), -8192..8192_i32);
    let doppler = (-512..512_i32, any::<[u16; 3]>());
    let plot = (any::<[u8; 3]>(), any::<[i8; 4]>(), -8192..8192_i32);
    let track = (0..4096_u16, any::<[bool; 7]>(), 0..4_u8, any::<(u16, u16)>(), any::<[u8; 4]>());
    let which = prop::collection::vec(any::<bool>(), 20);
    (head, place, codes, doppler, plot, track, which, 0..0x100_0000_u32).prop_map(
        |(head, place, codes, doppler, plot, track, which, address)| {
            let mut report = TargetReport::default();
            with_head(&mut report, head);
            with_place(&mut report, place);
            with_codes(&mut report, codes, address);
            report.doppler = Some(CalculatedDoppler { speed_mps: doppler.0.into(), doubtful: which[0] });
            let [speed, ambiguity, frequency] = doppler.1.map(f64::from);
            report.doppler_raw =
                Some(RawDoppler { speed_mps: speed, ambiguity_mps: ambiguity, frequency_mhz: frequency });
            with_plot(&mut report, plot);
            with_track(&mut report, track);
            drop_some(&mut report, &which);
            report
        },
    )
}

type Head = ((u8, u8), u32, usize, [bool; 7], u8);

fn with_head(report: &mut TargetReport, ((sac, sic), ticks, typ, flags, friend): Head) {
    use Detection as D;
    let all = [
        D::None,
        D::Primary,
        D::Secondary,
        D::SecondaryPrimary,
        D::ModeSAllCall,
        D::ModeSRollCall,
        D::ModeSAllCallPrimary,
        D::ModeSRollCallPrimary,
    ];
    report.source = Some(Source { sac, sic });
    report.time_of_day = TimeOfDay::from_ticks(ticks);
    report.detection = Some(all[typ]);
    [
        report.simulated,
        report.chain_2,
        report.special_position,
        report.field_monitor,
        report.test,
        report.military_emergency,
        _,
    ] = flags;
    report.friend_or_foe = friend;
}

fn with_place(report: &mut TargetReport, place: ((u16, u16), (i16, i16), i32)) {
    let ((rho, theta), (x, y), height) = place;
    report.polar = Some(Polar {
        range_m: f64::from(rho) / 256.0 * NM_M,
        azimuth_rad: (f64::from(theta) * (360.0 / 65_536.0)).to_radians(),
    });
    report.cartesian = Some(Cartesian { x_m: f64::from(x) / 128.0 * NM_M, y_m: f64::from(y) / 128.0 * NM_M });
    report.height_3d_ft = Some(f64::from(height) * 25.0);
}

fn with_codes(report: &mut TargetReport, codes: (u16, [bool; 3], i32), address: u32) {
    let (code, [not_validated, garbled, not_from_this_scan], level) = codes;
    report.mode_3a = Some(Code { code, not_validated, garbled, not_from_this_scan });
    report.mode_2 = Some(Code { code: 4095 - code, ..Code::default() });
    let altitude_ft = f64::from(level) * 25.0;
    report.flight_level = Some(FlightLevel { altitude_ft, not_validated, garbled });
    report.aircraft_address = Some(address);
    report.flight_status = Some(FlightStatus::AlertAirborne);
}

fn with_plot(report: &mut TargetReport, plot: ([u8; 3], [i8; 4], i32)) {
    let ([srl, srr, prl], [sam, pam, rpd, apd], section) = plot;
    let runlength = |raw: u8| Some((f64::from(raw) * (180.0 / 4096.0)).to_radians());
    report.plot = PlotCharacteristics {
        secondary_runlength_rad: runlength(srl),
        secondary_replies: Some(srr),
        secondary_amplitude_dbm: Some(sam.into()),
        primary_runlength_rad: runlength(prl),
        primary_amplitude_dbm: Some(pam.into()),
        range_difference_m: Some(f64::from(rpd) / 256.0 * NM_M),
        azimuth_difference_rad: Some((f64::from(apd) * (180.0 / 8192.0)).to_radians()),
    };
    report.radar_cross_section_dbsm = Some(f64::from(section) * 0.01);
}

type Track = (u16, [bool; 7], u8, (u16, u16), [u8; 4]);

fn with_track(report: &mut TargetReport, track: Track) {
    let (number, flags, vertical, (speed, heading), sigmas) = track;
    report.track_number = Some(number);
    report.track_status = Some(TrackStatus {
        tentative: flags[0],
        sensor: if flags[1] { TrackSensor::Primary } else { TrackSensor::Combined },
        doubtful: flags[2],
        manoeuvring: flags[3],
        vertical: [VerticalMotion::Maintaining, VerticalMotion::Climbing][usize::from(vertical) % 2],
        ended: flags[4],
        ghost: flags[5],
        supported: flags[6],
        projected: vertical > 1,
    });
    report.track_velocity = Some(TrackVelocity {
        ground_speed_mps: f64::from(speed) / 16_384.0 * NM_M,
        heading_rad: (f64::from(heading) * (360.0 / 65_536.0)).to_radians(),
    });
    let [x, y, v, h] = sigmas.map(f64::from);
    report.track_quality = Some(TrackQuality {
        sigma_x_m: x / 128.0 * NM_M,
        sigma_y_m: y / 128.0 * NM_M,
        sigma_speed_mps: v / 16_384.0 * NM_M,
        sigma_heading_rad: (h * (360.0 / 4096.0)).to_radians(),
    });
}

/// Takes parts away, so that every combination of items comes up.
fn drop_some(report: &mut TargetReport, keep: &[bool]) {
    fn unless<T>(keep: bool, part: &mut Option<T>) {
        if !keep {
            *part = None;
        }
    }
    unless(keep[1], &mut report.cartesian);
    unless(keep[2], &mut report.mode_3a);
    unless(keep[3], &mut report.mode_2);
    unless(keep[4], &mut report.flight_level);
    unless(keep[5], &mut report.height_3d_ft);
    unless(keep[6], &mut report.doppler);
    unless(keep[7], &mut report.doppler_raw);
    unless(keep[8], &mut report.radar_cross_section_dbsm);
    unless(keep[9], &mut report.aircraft_address);
    unless(keep[10], &mut report.flight_status);
    unless(keep[11], &mut report.track_number);
    unless(keep[12], &mut report.track_status);
    unless(keep[13], &mut report.track_velocity);
    unless(keep[14], &mut report.track_quality);
    unless(keep[15], &mut report.plot.primary_amplitude_dbm);
    unless(keep[16], &mut report.plot.secondary_runlength_rad);
    unless(keep[17], &mut report.plot.range_difference_m);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn reports_on_the_steps_of_their_items_come_back_equal(report in reports()) {
        prop_assert_eq!(back(&report), report);
    }
}
