//! Bytes that mean harm: nothing panics, nothing grows beyond its bound, everything is told.

use crate::talk::{Peer, RADAR, start};
use parapet_sapient::schema::sapient_message::Content;
use parapet_sapient::schema::{DetectionReport, detection_report::SubClass};
use parapet_sapient::{Fault, Limits, check, read};
use proptest::prelude::*;
use prost::Message as _;

fn faults(bytes: &[u8]) -> Vec<Fault> {
    check(bytes, &Limits::DEFAULT).into_iter().map(|finding| finding.fault).collect()
}

/// A field of a length-delimited kind.
fn block(number: u32, inner: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    prost::encoding::encode_key(number, prost::encoding::WireType::LengthDelimited, &mut bytes);
    prost::encoding::encode_varint(inner.len() as u64, &mut bytes);
    bytes.extend_from_slice(inner);
    bytes
}

#[test]
fn a_bomb_of_nested_classes_is_refused() {
    let mut class = SubClass { r#type: Some("x".to_owned()), level: Some(0), ..SubClass::default() };
    for _ in 0..60 {
        class =
            SubClass { sub_class: vec![class], r#type: Some("x".to_owned()), level: Some(0), ..SubClass::default() };
    }
    let report = DetectionReport {
        classification: vec![parapet_sapient::schema::detection_report::DetectionReportClassification {
            r#type: Some("x".to_owned()),
            sub_class: vec![class],
            ..Default::default()
        }],
        ..DetectionReport::default()
    };
    let bytes = Peer::new(RADAR).says(start(), Content::DetectionReport(report));
    assert!(faults(&bytes).contains(&Fault::TooDeep));
}

#[test]
fn a_bomb_of_empty_values_is_refused_before_it_is_built() {
    // 500,000 empty mode definitions: one megabyte on the wire, and a structure of hundreds of bytes for each.
    let registration = block(7, &[]).repeat(500_000);
    let bytes = block(4, &registration);
    assert!(bytes.len() < Limits::DEFAULT.frame_bytes_max as usize);
    let findings = check(&bytes, &Limits::DEFAULT);
    assert!(findings.len() <= 9, "{}", findings.len());
    // With more room for findings it still ends at the bound on values.
    let patient = Limits { findings_max: u8::MAX, ..Limits::DEFAULT };
    let packed = block(4, &block(7, &block(11, &block(2, &block(1, &[1; 400_000])))));
    let found = check(&packed, &patient);
    assert!(found.iter().any(|finding| finding.fault == Fault::TooMany), "{found:?}");
}

#[test]
fn a_message_longer_than_a_frame_is_not_looked_at() {
    assert_eq!(faults(&vec![0; 2 << 20]), [Fault::TooLong(2 << 20)]);
}

#[test]
fn what_is_given_twice_is_not_the_last_word() {
    let good = Peer::new(RADAR).registers(start());
    assert_eq!(faults(&good), []);
    let twice = [good.as_slice(), &block(2, b"212befa0-2004-48a2-af6b-9e3e58138f44")].concat();
    assert_eq!(faults(&twice), [Fault::Twice]);
    let both = [good.as_slice(), &block(10, &block(1, b"01M81PCTSF0YZ6YA65DZ8QDZNS"))].concat();
    assert_eq!(faults(&both), [Fault::TwoChoices("content")]);
}

#[test]
fn numbers_that_are_none_are_refused_wherever_they_stand() {
    let mut radar = Peer::new(RADAR);
    for (range_m, azimuth_deg, elevation_deg) in
        [(f64::NAN, 0.0, 0.0), (-1.0, 0.0, 0.0), (1.0, 361.0, 0.0), (1.0, 0.0, 91.0)]
    {
        let bytes = radar.sees(start(), range_m, azimuth_deg, elevation_deg);
        assert!(
            matches!(faults(&bytes)[..], [Fault::NotFinite | Fault::OutOfRange { .. }]),
            "{range_m} {azimuth_deg} {elevation_deg}: {:?}",
            faults(&bytes)
        );
    }
    assert_eq!(faults(&radar.sees(start(), 1.0, -180.0, 90.0)), []);
}

proptest! {
    /// What the checker lets through, the decoder reads, and writes again as a message that keeps the rules.
    #[test]
    fn any_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(message) = read(&bytes, &Limits::DEFAULT) {
            prop_assert!(check(&message.encode_to_vec(), &Limits::DEFAULT).is_empty());
        }
    }

    /// A good message with one byte changed is judged without a panic, and what is taken is readable.
    #[test]
    fn a_changed_byte_is_judged(place in 0_usize..300, value in any::<u8>()) {
        let mut bytes = Peer::new(RADAR).registers(start());
        let place = place % bytes.len();
        bytes[place] = value;
        let findings = check(&bytes, &Limits::DEFAULT);
        prop_assert_eq!(findings.is_empty(), read(&bytes, &Limits::DEFAULT).is_ok());
    }
}
