//! Records as JSON: nothing hidden, nothing invented.
#![allow(clippy::unwrap_used)]

use parapet_asterix::{Fault, records};
use serde_json::{Value as Json, json};

/// The items of the only record in a block of CAT048.
fn items(record: &[u8]) -> Json {
    let block = parapet_asterix::block(&parapet_asterix::CAT048, record).unwrap();
    let record = records(&block).next().unwrap().unwrap();
    serde_json::to_value(record).unwrap()["items"].take()
}

#[test]
fn items_are_in_the_order_of_the_uap() {
    let block = [48, 0, 11, 0xC0, 25, 201, 0x35, 0x6D, 0x4D, 0x80, 25];
    let record = records(&block).next().unwrap().unwrap();
    let text = serde_json::to_string(&record).unwrap();
    let places = ["\"category\"", "I048/010", "I048/140"].map(|name| text.find(name).unwrap());
    assert!(places.is_sorted());
}

#[test]
fn every_kind_of_element_shows_what_it_means() {
    // 070 Mode 3/A 4004 garbled, 090 flight level -1, 130 with 11 replies at -63 dBm, 250 BDS 5,0.
    let record = [0x0F, 0x20, 0x48, 0x04, 0x3F, 0xFC, 0x60, 11, 193, 1, 0x80, 0, 0, 0, 0, 0, 1, 0x50];
    let items = items(&record);
    let mode = &items["I048/070"];
    assert_eq!(mode["MODE3A"], json!({"raw": 2052, "value": "4004"}));
    assert_eq!(mode["G"], json!({"raw": 1, "text": "Garbled code"}));
    assert_eq!(items["I048/090"]["FL"], json!({"raw": 16380, "value": -1.0, "unit": "FL"}));
    assert_eq!(items["I048/130"]["SRR"], json!({"raw": 11, "value": 11}));
    assert_eq!(items["I048/130"]["SAM"], json!({"raw": 193, "value": -63.0, "unit": "dBm"}));
    let register = &items["I048/250"][0];
    assert_eq!(register["MBDATA"]["hex"], "80000000000001", "more digits than a double holds");
    assert_eq!(register["BDS1"], json!({"raw": 5}));
}

#[test]
fn spare_bits_that_are_set_are_shown_and_sent_again() {
    let clean = items(&[0x01, 0x10, 0x01, 0x23]);
    assert_eq!(clean["I048/161"], json!({"TRN": {"raw": 0x123}}));
    let record = [0x01, 0x10, 0xA1, 0x23];
    let dirty = items(&record);
    assert_eq!(dirty["I048/161"], json!({"TRN": {"raw": 0x123}, "spare_at_bit_0": 0xA}));
    let block = parapet_asterix::block(&parapet_asterix::CAT048, &record).unwrap();
    let decoded = records(&block).next().unwrap().unwrap();
    let mut octets = Vec::new();
    parapet_asterix::RecordBuilder::from_record(&decoded).encode(&mut octets).unwrap();
    assert_eq!(octets, record);
}

#[test]
fn an_expansion_field_of_another_make_keeps_the_record_whole() {
    // RE of 4 octets that announces MD5 with a summary, but ends in the middle of it; then nothing.
    let record = [0x81, 0x01, 0x01, 0x02, 25, 201, 4, 0x80, 0x40, 0x00];
    let block = parapet_asterix::block(&parapet_asterix::CAT048, &record).unwrap();
    let decoded = records(&block).next().unwrap().unwrap();
    assert_eq!(decoded.bytes(), record);
    let (offset, fault) = decoded.item("RE").unwrap().contents_fault().unwrap();
    assert_eq!(offset, 3 + 9);
    assert!(matches!(fault, Fault::Truncated { .. }), "{fault}");
    let shown = items(&record);
    assert_eq!(shown["I048/RE"]["hex"], "804000");
    assert!(shown["I048/RE"]["fault"].as_str().unwrap().starts_with("truncated"));
    assert_eq!(shown["I048/010"]["SIC"], json!({"raw": 201}));
}

#[test]
fn a_special_purpose_field_is_octets() {
    let items = items(&[0x01, 0x01, 0x01, 0x04, 4, 1, 2, 0xFF]);
    assert_eq!(items["I048/SP"], json!({"hex": "0102ff"}));
}
