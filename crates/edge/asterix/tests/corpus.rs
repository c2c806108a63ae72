//! The fuzzer's corpus as a plain test: every file through the function that the fuzz target runs.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::{Path, PathBuf};

use parapet_asterix::cat034::{MessageType, ServiceMessage};
use parapet_asterix::cat048::{CalculatedDoppler, Detection, Polar, TargetReport};
use parapet_asterix::{CAT034, CAT048, RecordBuilder, Source, TimeOfDay, Value, block, examine, records, spec};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fuzz/corpus/asterix")
}

#[test]
fn every_file_of_the_corpus_is_decoded_or_refused() {
    let mut count = 0;
    for entry in std::fs::read_dir(corpus()).unwrap() {
        examine(&std::fs::read(entry.unwrap().path()).unwrap());
        count += 1;
    }
    println!("{count} corpus files");
    assert!(count >= seeds().len(), "the corpus has its seeds");
}

/// The seeds are what the encoder makes of these: `PARAPET_WRITE_CORPUS=1` writes them anew.
#[test]
fn seeds_are_what_the_encoder_makes() {
    for (name, octets) in seeds() {
        let path = corpus().join(name);
        if std::env::var_os("PARAPET_WRITE_CORPUS").is_some() {
            std::fs::write(&path, &octets).unwrap();
        }
        assert_eq!(std::fs::read(&path).unwrap(), octets, "{name}");
    }
}

fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let plot = one(&CAT048, &plot().to_record().unwrap());
    let far = TargetReport {
        polar: Some(Polar { range_m: 555_600.0, azimuth_rad: 2.0 }),
        radar_cross_section_dbsm: Some(-23.5),
        ..plot_only_source()
    };
    let far = one(&CAT048, &far.to_record().unwrap());
    let north = one(&CAT034, &service(MessageType::NorthMarker).to_record().unwrap());
    let sector = one(&CAT034, &service(MessageType::SectorCrossing).to_record().unwrap());
    let mixed = [&north[..], &plot, &[62, 0, 5, 0x80, 1], &sector].concat();
    let cut = plot[..plot.len() - 3].to_vec();
    let mut broken = plot.clone();
    broken[3] |= 1;
    vec![
        ("plot", plot),
        ("extended_range", far),
        ("north_marker", north),
        ("sector_crossing", sector),
        ("lists", one(&CAT048, &lists())),
        ("mixed_with_unknown", mixed),
        ("cut", cut),
        ("broken_fspec", broken),
        ("all_ones", vec![0xFF; 64]),
        ("empty_block", vec![48, 0, 3]),
    ]
}

fn one(category: &spec::Category, record: &RecordBuilder) -> Vec<u8> {
    let mut octets = Vec::new();
    record.encode(&mut octets).unwrap();
    let octets = block(category, &octets).unwrap();
    assert!(records(&octets).all(|record| record.is_ok()));
    octets
}

fn plot_only_source() -> TargetReport {
    TargetReport { source: Some(Source { sac: 99, sic: 1 }), ..TargetReport::default() }
}

fn plot() -> TargetReport {
    TargetReport {
        time_of_day: TimeOfDay::from_ns(43_200_000_000_000),
        detection: Some(Detection::Primary),
        polar: Some(Polar { range_m: 9_260.0, azimuth_rad: 1.25 }),
        height_3d_ft: Some(3_275.0),
        doppler: Some(CalculatedDoppler { speed_mps: -287.0, doubtful: false }),
        ..plot_only_source()
    }
}

fn service(kind: MessageType) -> ServiceMessage {
    ServiceMessage {
        source: Some(Source { sac: 99, sic: 1 }),
        message_type: Some(kind),
        time_of_day: TimeOfDay::from_ns(43_200_000_000_000),
        sector_azimuth_rad: (kind == MessageType::SectorCrossing).then_some(1.25),
        rotation_period_s: Some(4.0),
        ..ServiceMessage::default()
    }
}

/// Items that repeat: warnings, BDS registers, raw Doppler, a special purpose field.
fn lists() -> RecordBuilder {
    let mut record = RecordBuilder::new(&CAT048);
    let raws = |raws: &[u64]| raws.iter().map(|raw| Some(Value::Raw(*raw))).collect();
    record.set("030", Value::List([19, 23].map(Value::Raw).to_vec())).unwrap();
    record.set("250", Value::List(vec![Value::Group(raws(&[0x80_0000_0000_0001, 5, 0]))])).unwrap();
    let doppler = Value::Group(raws(&[120, 400, 2800]));
    record.set("120/RDS", Value::List(vec![doppler.clone(), doppler])).unwrap();
    record.set("SP", Value::Bytes(vec![1, 2, 3])).unwrap();
    record.text("240", "PARAPET").unwrap();
    record
}
