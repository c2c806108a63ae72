//! The fuzzer's corpus as a plain test: every file through the function that the fuzz target runs.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::{Path, PathBuf};

use parapet_asterix::cat034::{MessageType, ServiceMessage};
use parapet_asterix::cat048::{CalculatedDoppler, Detection, Polar, TargetReport};
use parapet_asterix::grammar::{self, Dice};
use parapet_asterix::{
    CAT034, CAT048, CATEGORIES, RecordBuilder, Source, TimeOfDay, Value, block, examine, examine_category,
    examine_intake, records, spec,
};

fn corpora() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fuzz/corpus")
}

fn corpus() -> PathBuf {
    corpora().join("asterix")
}

/// Runs every file of a corpus; returns how many there are.
fn each_file(target: &str, run: impl Fn(&[u8])) -> usize {
    let mut count = 0;
    for entry in std::fs::read_dir(corpora().join(target)).unwrap() {
        run(&std::fs::read(entry.unwrap().path()).unwrap());
        count += 1;
    }
    println!("{target}: {count} corpus files");
    count
}

#[test]
fn every_file_of_every_corpus_is_decoded_or_refused() {
    let all = each_file("asterix", |octets| assert!(examine(octets).refused_octets <= octets.len()));
    assert!(all >= seeds().len(), "the corpus has its seeds");
    assert!(each_file("asterix_intake", examine_intake) > 0);
    for table in CATEGORIES {
        let target = format!("asterix_{:03}", table.number);
        assert!(each_file(&target, |octets| examine_category(table.number, octets)) > 0, "{target}");
    }
}

/// As below, of the targets of one category: a record of many items as it is, and dice that draw others.
#[test]
fn seeds_of_each_category_are_what_the_encoder_makes() {
    for table in CATEGORIES {
        let target = corpora().join(format!("asterix_{:03}", table.number));
        let dice: Vec<u8> = (0..=255_u8).map(|octet| octet.wrapping_mul(37).wrapping_add(11)).collect();
        let record = grammar::record(table, &mut Dice::new(&dice));
        // The first octet chooses the table where there are several.
        let mut drawn = vec![0];
        record.encode(&mut drawn).unwrap();
        for (name, octets) in [("drawn", drawn), ("dice", dice[..96].to_vec())] {
            write_or_compare(&target.join(name), &octets);
        }
    }
    let (_, plot) = seeds().remove(0);
    // 2023-05-02T09:18:22Z, the first table, then a datagram.
    let heard = [&1_683_019_102_u32.to_be_bytes()[..], &[0], &plot].concat();
    write_or_compare(&corpora().join("asterix_intake/plot"), &heard);
}

fn write_or_compare(path: &Path, octets: &[u8]) {
    if std::env::var_os("PARAPET_WRITE_CORPUS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, octets).unwrap();
    }
    assert_eq!(std::fs::read(path).unwrap(), octets, "{}", path.display());
}

/// The seeds are what the encoder makes of these: `PARAPET_WRITE_CORPUS=1` writes them anew.
#[test]
fn seeds_are_what_the_encoder_makes() {
    for (name, octets) in seeds() {
        write_or_compare(&corpus().join(name), &octets);
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
    let mixed = [&north[..], &plot, &[19, 0, 5, 0x80, 1], &sector].concat();
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
