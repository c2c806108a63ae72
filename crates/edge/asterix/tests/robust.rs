//! Octets that no radar would send: nothing panics, nothing disappears.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use common::reference_records;
use parapet_asterix::cat034::{Collimation, MessageType, PolarWindow, Position, ServiceMessage};
use parapet_asterix::grammar::{self, Dice};
use parapet_asterix::{
    BlockBuilder, CAT034, CATEGORIES, Edition, Editions, Fault, TABLES, Value, block, examine, examine_by, records,
    records_by, spec,
};
use proptest::prelude::*;

/// A record with every item of the UAP, made by the encoder: each field all ones but for its last
/// bit, and repetitions twice.
fn full_record(category: &'static spec::Category) -> Vec<u8> {
    let mut blocks = BlockBuilder::new(category);
    let record = blocks.record();
    for slot in category.uap {
        let spec::Slot::Item(item) = slot else {
            continue;
        };
        record.set(item.short(), full_value(&item.shape)).unwrap();
    }
    if let Some(twin) = category.twin {
        record.raw("020/TYP", twin.bit.into()).unwrap();
    }
    blocks.finish().unwrap()
}

/// The editions by which a table is read.
fn editions_of(category: &'static spec::Category) -> Editions {
    let mut editions = Editions::default();
    editions.choose(None, Edition::of(category.number, category.edition).unwrap());
    editions
}

fn full_value(shape: &spec::Shape) -> Value {
    match shape {
        spec::Shape::Fixed(fields) => full_fields(fields),
        spec::Shape::Extended(parts) => {
            let entries = parts.iter().flat_map(|part| part.iter()).map(full_field);
            Value::Group(entries.collect())
        }
        spec::Shape::Repetitive(fields) | spec::Shape::RepetitiveFx(fields) => {
            Value::List(vec![full_fields(fields); 2])
        }
        spec::Shape::Compound(_, slots) => Value::Group(
            slots
                .iter()
                .map(|slot| match slot {
                    spec::Slot::Item(sub) => Some(full_value(&sub.shape)),
                    spec::Slot::Spare | spec::Slot::Random => None,
                })
                .collect(),
        ),
        spec::Shape::Explicit(Some(contents)) => full_value(contents),
        spec::Shape::Explicit(None) => Value::Bytes(vec![1, 2, 3]),
    }
}

fn full_fields(fields: &[spec::Field]) -> Value {
    match fields {
        [only] => full_field(only).unwrap(),
        _ => Value::Group(fields.iter().map(full_field).collect()),
    }
}

fn full_field(field: &spec::Field) -> Option<Value> {
    match field.kind {
        spec::Kind::Spare => None,
        spec::Kind::Group(inner) => Some(Value::Group(inner.iter().map(full_field).collect())),
        _ if field.bits == 1 => Some(Value::Raw(1)),
        _ => Some(Value::Raw((1 << field.bits) - 2)),
    }
}

/// Blocks of one record each: everything that the encoder can make, and the reference records.
fn seeds() -> Vec<Vec<u8>> {
    let mut all: Vec<_> = TABLES.iter().map(|table| full_record(table)).collect();
    for (category, octets) in reference_records() {
        let table = CATEGORIES.iter().find(|c| c.number == category).unwrap();
        all.push(block(table, &octets).unwrap());
    }
    all
}

#[test]
fn a_record_of_every_item_survives_the_round_trip_byte_for_byte() {
    for category in TABLES {
        let octets = full_record(category);
        let editions = editions_of(category);
        let account = examine_by(&octets, &editions);
        assert_eq!((account.records, account.refusals), (1, 0), "{category:?}");
        let record = records_by(&octets, &editions).next().unwrap().unwrap();
        let slots = category.uap.iter().filter(|slot| matches!(slot, spec::Slot::Item(_))).count();
        assert_eq!(record.items().count(), slots, "every slot is used");
        assert!(record.items().all(|view| view.contents_fault().is_none()));
        let mut again = BlockBuilder::new(category);
        again.push(parapet_asterix::RecordBuilder::from_record(&record));
        assert_eq!(again.finish().unwrap(), octets);
        println!("{category:?}: {account:?}");
    }
}

#[test]
fn every_truncation_of_every_record_is_refused_within_the_buffer() {
    let mut truncations = 0;
    for seed in seeds() {
        for cut in 0..seed.len() {
            truncations += 1;
            // The datagram is cut: the block length no longer fits.
            let account = examine(&seed[..cut]);
            assert_eq!(account.records, 0);
            assert_eq!(account.refusals, usize::from(cut > 0));
            // The block says its true length, but its record is cut.
            if cut > 3 {
                let mut block = seed[..cut].to_vec();
                block[2] = cut as u8;
                block[1] = (cut >> 8) as u8;
                let errors: Vec<_> = records(&block).filter_map(Result::err).collect();
                let error = &errors[0];
                assert_eq!(errors.len(), 1);
                assert!(error.offset >= 3 && error.offset <= cut, "{error}");
                assert!(error.item.is_some() || error.fault == Fault::FspecWithoutEnd, "{error}");
                assert_eq!(error.refused, 3..cut, "{error}");
                examine(&block);
            }
        }
    }
    println!("{truncations} truncations refused");
}

#[test]
fn every_flipped_bit_is_decoded_or_refused() {
    let mut flips = 0;
    // The reference records are alike: a few of them are enough, and those that the encoder made.
    let seeds: Vec<_> = seeds().into_iter().enumerate().filter(|(i, _)| *i < TABLES.len() || i % 25 < 2).collect();
    for (_, seed) in seeds {
        for bit in 0..seed.len() * 8 {
            let mut flipped = seed.clone();
            flipped[bit / 8] ^= 0x80 >> (bit % 8);
            examine(&flipped);
            flips += 1;
        }
    }
    println!("{flips} flipped bits");
}

/// A datagram that looks like one: blocks with right lengths around random records.
fn plausible() -> impl Strategy<Value = Vec<u8>> {
    let octets = prop::collection::vec(any::<u8>(), 0..60);
    let one =
        (prop::sample::select(vec![1_u8, 2, 15, 16, 21, 34, 48, 62, 65, 129, 19]), octets).prop_map(|(c, octets)| {
            let length = (octets.len() + 3) as u8;
            [vec![c, 0, length], octets].concat()
        });
    prop::collection::vec(one, 1..5).prop_map(|blocks| blocks.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn random_octets_are_accounted_for(datagram in prop::collection::vec(any::<u8>(), 0..200)) {
        examine(&datagram);
    }

    #[test]
    fn random_records_are_accounted_for(datagram in plausible()) {
        examine(&datagram);
    }

    #[test]
    fn changed_records_are_accounted_for(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        which in 0..TABLES.len(),
    ) {
        let mut datagram = full_record(TABLES[which]);
        for (at, octet) in changes {
            let at = at.index(datagram.len());
            datagram[at] = octet;
        }
        examine_by(&datagram, &editions_of(TABLES[which]));
    }

    #[test]
    fn values_of_any_items_survive_the_round_trip(
        entropy in prop::collection::vec(any::<u8>(), 0..400),
        which in 0..TABLES.len(),
    ) {
        let category = TABLES[which];
        let record = grammar::record(category, &mut Dice::new(&entropy));
        let mut octets = Vec::new();
        record.encode(&mut octets).unwrap();
        let octets = block(category, &octets).unwrap();
        let editions = editions_of(category);
        let mut decoded = records_by(&octets, &editions);
        let first = decoded.next().unwrap().unwrap();
        let back = parapet_asterix::RecordBuilder::from_record(&first);
        prop_assert_eq!(back.values(), record.values());
        prop_assert!(decoded.next().is_none());
    }

    #[test]
    fn service_messages_survive_the_round_trip(
        kind in 0..=255_u8,
        sector in 0..256_u16,
        period in 0..65_536_u32,
        (lat, lon, height) in (-0x40_0000..0x40_0000_i32, -0x80_0000..0x80_0000_i32, -500..9000_i16),
        window in prop::array::uniform4(any::<u16>()),
        (range_error, azimuth_error) in (any::<i8>(), any::<i8>()),
    ) {
        use core::f64::consts::{PI, TAU};
        let nm = parapet_asterix::units::NM_M;
        let angle = |steps: f64, of: f64| (steps * 360.0 / of).to_radians();
        let message = ServiceMessage {
            message_type: Some(if kind == 2 { MessageType::SectorCrossing } else { other(kind) }),
            sector_azimuth_rad: Some(angle(sector.into(), 256.0)),
            rotation_period_s: Some(f64::from(period) / 128.0),
            position: Some(Position {
                height_m: height.into(),
                latitude_rad: angle(lat.into(), 16_777_216.0),
                longitude_rad: angle(lon.into(), 16_777_216.0),
            }),
            window: Some(PolarWindow {
                range_start_m: f64::from(window[0]) / 256.0 * nm,
                range_end_m: f64::from(window[1]) / 256.0 * nm,
                azimuth_start_rad: angle(window[2].into(), 65_536.0),
                azimuth_end_rad: angle(window[3].into(), 65_536.0),
            }),
            collimation: Some(Collimation {
                range_m: f64::from(range_error) / 128.0 * nm,
                azimuth_rad: angle(azimuth_error.into(), 16_384.0),
            }),
            ..ServiceMessage::default()
        };
        let mut block = BlockBuilder::new(&CAT034);
        block.push(message.to_record().unwrap());
        let octets = block.finish().unwrap();
        let record = records(&octets).next().unwrap().unwrap();
        let back = ServiceMessage::from_record(&record).unwrap();
        prop_assert_eq!(back.message_type, message.message_type);
        prop_assert_eq!(back.rotation_period_s, message.rotation_period_s);
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        prop_assert!(near(back.sector_azimuth_rad.unwrap(), message.sector_azimuth_rad.unwrap()));
        let (a, b) = (back.position.unwrap(), message.position.unwrap());
        prop_assert!(near(a.latitude_rad, b.latitude_rad) && near(a.longitude_rad, b.longitude_rad));
        prop_assert_eq!(a.height_m, b.height_m);
        prop_assert!(a.latitude_rad.abs() <= PI && back.sector_azimuth_rad.unwrap() < TAU);
        prop_assert_eq!(back.window.unwrap().range_end_m, message.window.unwrap().range_end_m);
        prop_assert_eq!(back.collimation.unwrap().range_m, message.collimation.unwrap().range_m);
    }
}

fn other(kind: u8) -> MessageType {
    match kind {
        1 => MessageType::NorthMarker,
        3 => MessageType::GeographicalFiltering,
        4 => MessageType::JammingStrobe,
        5 => MessageType::SolarStorm,
        6 => MessageType::SsrJammingStrobe,
        7 => MessageType::ModeSJammingStrobe,
        kind => MessageType::Other(kind),
    }
}
