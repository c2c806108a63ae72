//! Records a second on one core, over a buffer that the encoder made.
//!
//! `cargo bench -p parapet-asterix` prints one line per kind of work.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use parapet_asterix::cat048::{
    CalculatedDoppler, Code, Detection, FlightLevel, PlotCharacteristics, Polar, TargetReport, TrackStatus,
    TrackVelocity,
};
use parapet_asterix::{CAT048, Source, TimeOfDay, block, records};

/// How long each line is measured.
const SPAN: Duration = Duration::from_secs(2);
const RECORDS_PER_BLOCK: u32 = 20;
const BLOCKS: u32 = 50;

fn main() {
    let buffer = buffer();
    let count = records(&buffer).map(Result::unwrap).count();
    println!("{count} records of {} octets on average", buffer.len() / count);
    measure("walk", count, || records(black_box(&buffer)).filter(Result::is_ok).count());
    measure("walk and read the target report", count, || {
        let reports = records(black_box(&buffer)).filter_map(Result::ok);
        reports.filter_map(|record| black_box(TargetReport::from_record(&record))).count()
    });
    measure("walk and write JSON", count, || {
        let found = records(black_box(&buffer)).filter_map(Result::ok);
        found.filter_map(|record| serde_json::to_vec(&record).ok()).filter(|json| black_box(!json.is_empty())).count()
    });
    let report = report(7);
    measure("encode a target report", 1, || {
        let mut octets = Vec::new();
        report.to_record().unwrap().encode(&mut octets).unwrap();
        black_box(octets).len().min(1)
    });
}

fn measure(what: &str, count: usize, mut work: impl FnMut() -> usize) {
    let (start, mut done) = (Instant::now(), 0_u64);
    while start.elapsed() < SPAN {
        for _ in 0..10 {
            assert_eq!(work(), count);
            done += count as u64;
        }
    }
    let rate = done as f64 / start.elapsed().as_secs_f64();
    println!("{what}: {:.3} million records/s, {:.0} ns each", rate / 1e6, 1e9 / rate);
}

/// What a combined radar sends for an aircraft under track.
fn report(i: u32) -> TargetReport {
    TargetReport {
        source: Some(Source { sac: 99, sic: 1 }),
        time_of_day: TimeOfDay::from_ticks(i),
        detection: Some(Detection::ModeSRollCallPrimary),
        polar: Some(Polar { range_m: 20_000.0 + f64::from(i), azimuth_rad: f64::from(i) }),
        mode_3a: Some(Code { code: 0o4004, ..Code::default() }),
        flight_level: Some(FlightLevel { altitude_ft: 37_000.0, ..FlightLevel::default() }),
        height_3d_ft: Some(36_500.0),
        doppler: Some(CalculatedDoppler { speed_mps: -120.0, doubtful: false }),
        plot: PlotCharacteristics {
            secondary_replies: Some(4),
            secondary_amplitude_dbm: Some(-63.0),
            primary_amplitude_dbm: Some(-90.0),
            ..PlotCharacteristics::default()
        },
        aircraft_address: Some(0x4A_08EB),
        track_number: Some(1923),
        track_status: Some(TrackStatus::default()),
        track_velocity: Some(TrackVelocity { ground_speed_mps: 210.0, heading_rad: 4.5 }),
        ..TargetReport::default()
    }
}

fn buffer() -> Vec<u8> {
    let mut all = Vec::new();
    for b in 0..BLOCKS {
        let mut octets = Vec::new();
        for i in 0..RECORDS_PER_BLOCK {
            report(b * RECORDS_PER_BLOCK + i).to_record().unwrap().encode(&mut octets).unwrap();
        }
        all.extend(block(&CAT048, &octets).unwrap());
    }
    all
}
