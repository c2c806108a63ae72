//! Records a second of one processor, and how others fare on the same octets in the same run.
//!
//! `cargo xtask bench` prints one line per kind of work: over a buffer that the encoder made and, where the reference data is
//! there, over 8,651 records of a real radar. The others are asked where they are installed: libasterix (`cargo xtask
//! setup`), tshark, and the crate `asterix` (a package of its own in `benches/peers`, built when it is measured).
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use parapet_asterix::cat048::{
    CalculatedDoppler, Code, Detection, FlightLevel, PlotCharacteristics, Polar, TargetReport, TrackStatus,
    TrackVelocity,
};
use parapet_asterix::{CAT048, Heard, Intake, IntakeSource, Source, TimeOfDay, block, doubts, records};
use parapet_engine::Event;
use parapet_frame::{HeardAt, SensorPose, SitePoint, Time};
use parapet_track::SensorId;

/// How long each line is measured.
const SPAN: Duration = Duration::from_secs(2);
const RECORDS_PER_BLOCK: u32 = 20;
const BLOCKS: u32 = 50;

fn main() {
    // `cargo bench` passes words of its own; one of ours leaves the others out.
    let alone = std::env::args().any(|word| word == "--alone");
    let synthetic = buffer();
    let ours = all_ways("encoded plots and tracks", &synthetic);
    if !alone {
        others("encoded plots and tracks", &synthetic, ours);
    }
    if let Some(real) = barcelona() {
        let ours = all_ways("recorded Mode S radar", &real);
        if !alone {
            others("recorded Mode S radar", &real, ours);
        }
    }
    let report = report(7);
    measure("encode a target report", 1, || {
        let mut octets = Vec::new();
        report.to_record().unwrap().encode(&mut octets).unwrap();
        black_box(octets).len().min(1)
    });
}

/// Every way of reading a buffer; returns records a second through the intake.
fn all_ways(what: &str, buffer: &[u8]) -> f64 {
    let count = records(buffer).map(Result::unwrap).count();
    println!("\n{what}: {count} records of {} octets on average", buffer.len() / count);
    measure("walk", count, || records(black_box(buffer)).filter(Result::is_ok).count());
    measure("walk and read the target report", count, || {
        let reports = records(black_box(buffer)).filter_map(Result::ok);
        reports.filter_map(|record| black_box(TargetReport::from_record(&record))).count()
    });
    measure("walk and hold the table's limits against it", count, || {
        let found = records(black_box(buffer)).filter_map(Result::ok);
        found.map(|record| doubts(&record, &mut |doubt| assert!(!black_box(doubt).is_fatal()))).count()
    });
    let through = measure_intake(buffer, count);
    measure("walk and write JSON", count, || {
        let found = records(black_box(buffer)).filter_map(Result::ok);
        found.filter_map(|record| serde_json::to_vec(&record).ok()).filter(|json| black_box(!json.is_empty())).count()
    });
    through
}

/// The path that the live program takes: from octets to the engine's events.
fn measure_intake(buffer: &[u8], count: usize) -> f64 {
    let source = records(buffer).find_map(|record| TargetReport::from_record(&record.ok()?)?.source).unwrap();
    let mut intake = Intake::new(vec![IntakeSource {
        sensor: SensorId(0),
        sac: source.sac,
        sic: source.sic,
        pose: SensorPose::parallel(SitePoint::default(), 46.0),
        sigma_elevation_rad: Some(0.003),
        sigma_barometric_height_m: 100.0,
        links: vec![0],
        senders: vec![],
        editions: vec![],
    }]);
    measure("through the intake to events", count, || {
        let mut events = 0;
        for datagram in blocks(black_box(buffer)) {
            let heard_at = HeardAt(Time::from_seconds(1_683_014_400.0));
            intake.hear(heard_at, 0, None, datagram, &mut |heard| {
                events += usize::from(matches!(heard, Heard::Event(Event::Plot(_) | Event::Alive { .. })));
                black_box(heard);
            });
        }
        events
    })
}

/// The data blocks of a buffer, each as a datagram.
fn blocks(mut buffer: &[u8]) -> impl Iterator<Item = &[u8]> {
    core::iter::from_fn(move || {
        let length = usize::from(u16::from_be_bytes([*buffer.get(1)?, *buffer.get(2)?]));
        let (one, rest) = buffer.split_at(length);
        buffer = rest;
        Some(one)
    })
}

/// How long this thread was on a processor: what counts on a machine that has other work too. `None` but on Linux.
fn on_processor() -> Option<Duration> {
    let words = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    words.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// The same of the programs that this one started and that have ended, in steps of 10 ms.
fn children_on_processor() -> Option<f64> {
    const TICKS_PER_S: f64 = 100.0;
    let words = std::fs::read_to_string("/proc/self/stat").ok()?;
    // After the name in parentheses: cutime and cstime are the 14th and 15th.
    let words: Vec<&str> = words.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |place: usize| words.get(place)?.parse::<f64>().ok();
    Some((ticks(13)? + ticks(14)?) / TICKS_PER_S)
}

/// Prints and returns records a second of processor time.
fn measure(what: &str, count: usize, mut work: impl FnMut() -> usize) -> f64 {
    let (start, started, mut done) = (Instant::now(), on_processor(), 0_u64);
    while start.elapsed() < SPAN {
        assert_eq!(work(), count);
        done += count as u64;
    }
    let spent = on_processor().zip(started).map_or(start.elapsed(), |(now, then)| now - then);
    let rate = done as f64 / spent.as_secs_f64();
    println!("{what}: {:.3} million records/s, {:.0} ns each", rate / 1e6, 1e9 / rate);
    rate
}

/// How the others fare; each is held against ours through the intake.
fn others(what: &str, buffer: &[u8], ours: f64) {
    let folder = std::env::temp_dir().join(format!("parapet-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let raw = folder.join("records.ast");
    std::fs::write(&raw, buffer).unwrap();
    let count = records(buffer).count() as f64;
    let say = |name: &str, rate: Option<f64>| match rate {
        Some(rate) => println!("{name}, {what}: {:.0} records/s; ours {:.0} times as many", rate, ours / rate),
        None => println!("{name}: not measured, it is not there"),
    };
    say("libasterix", libasterix(&raw));
    say("tshark", tshark(&folder, buffer, count));
    say("crate asterix", crate_asterix(&raw));
    let _ = std::fs::remove_dir_all(folder);
}

/// Each of the others prints how many records a second it has read.
fn rate_of(command: &mut Command) -> Option<f64> {
    let output = command.stderr(Stdio::inherit()).output().ok()?;
    String::from_utf8_lossy(&output.stdout).trim().parse().ok()
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn libasterix(raw: &Path) -> Option<f64> {
    let installed = here("../../../target/second-opinions/bin/python3");
    let python = std::env::var_os("PARAPET_LIBASTERIX").map_or(installed, PathBuf::from);
    rate_of(Command::new(python).arg(here("benches/peers/libasterix_rate.py")).arg(raw))
}

fn crate_asterix(raw: &Path) -> Option<f64> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = here("benches/peers/Cargo.toml");
    let mut run = Command::new(cargo);
    run.args(["run", "--quiet", "--release", "--locked", "--manifest-path"]).arg(manifest).arg("--").arg(raw);
    rate_of(&mut run)
}

/// tshark on many copies, less what it takes for one datagram: what remains is reading.
fn tshark(folder: &Path, buffer: &[u8], count: f64) -> Option<f64> {
    const COPIES: usize = 20;
    let capture = |name: &str, datagrams: &[&[u8]]| {
        let path = folder.join(name);
        std::fs::write(&path, pcap(datagrams)).unwrap();
        path
    };
    let all: Vec<&[u8]> = blocks(buffer).collect();
    let many = capture("many.pcap", &all.repeat(COPIES));
    let one = capture("one.pcap", &all[..1]);
    let time = |path: &Path| {
        let (start, before) = (Instant::now(), children_on_processor());
        let mut tshark = Command::new("tshark");
        // A field of the last item makes it dissect every record; printing costs next to nothing.
        tshark.arg("-r").arg(path).args(["-d", "udp.port==8600,asterix", "-T", "fields", "-e", "asterix.048_010_SAC"]);
        let status = tshark.stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?;
        let spent = children_on_processor().zip(before).map_or(start.elapsed().as_secs_f64(), |(now, then)| now - then);
        status.success().then_some(spent)
    };
    let (whole, start) = (time(&many)?, time(&one)?);
    Some(count * COPIES as f64 / (whole - start))
}

fn pcap(datagrams: &[&[u8]]) -> Vec<u8> {
    let mut file = vec![0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 1, 0, 0, 0];
    for payload in datagrams {
        let udp = (payload.len() + 8) as u16;
        let mut frame = vec![0; 12];
        frame.extend([0x08, 0x00, 0x45, 0]);
        frame.extend((udp + 20).to_be_bytes());
        frame.extend([0, 0, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1, 0x21, 0x98, 0x21, 0x98]);
        frame.extend(udp.to_be_bytes());
        frame.extend([0, 0]);
        frame.extend_from_slice(payload);
        let length = (frame.len() as u32).to_le_bytes();
        file.extend([1, 0, 0, 0, 0, 0, 0, 0]);
        file.extend(length);
        file.extend(length);
        file.extend(frame);
    }
    file
}

/// Twelve minutes of a Mode S radar, where the reference data is there.
fn barcelona() -> Option<Vec<u8>> {
    let beside = here("../../../../shared/data");
    let root = std::env::var_os("PARAPET_DATA").map_or(beside, PathBuf::from);
    let found = std::fs::read(root.join("asterix/barcelona/bcn_0800_0812.ast")).ok();
    if found.is_none() {
        println!("SKIPPED: no reference data (set PARAPET_DATA)");
    }
    found
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
