//! What is no event is refused with its reason, whatever it is.

use parapet_cot::{CotError, CotEvent, Cutter, LENGTH_MAX, fuzz_one, read_datagram};
use proptest::prelude::*;

const GOOD: &str = "<event version=\"2.0\" uid=\"A\" type=\"a-f-G\" how=\"m-g\" time=\"2026-11-22T13:25:12.998Z\" \
    start=\"2026-11-22T13:25:12.998Z\" stale=\"2026-11-22T13:26:12Z\"><point lat=\"33.3\" lon=\"44.4\" hae=\"34\" ce=\"10\" le=\"9999999.0\"/>\
    <detail><contact callsign=\"x\"/></detail></event>";

fn refused(xml: &str) -> CotError {
    CotEvent::from_xml(xml.as_bytes()).expect_err(xml)
}

#[test]
fn each_fault_has_its_reason() {
    assert!(CotEvent::from_xml(GOOD.as_bytes()).is_ok());
    for (from, to, why) in [
        (
            "<event ",
            "<!DOCTYPE event [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><event ",
            "a document type is refused",
        ),
        ("callsign=\"x\"/>", "callsign=\"x\"/>&x;", "an entity is refused"),
        ("lat=\"33.3\"", "lat=\"95\"", "`lat` cannot be \"95\""),
        ("lat=\"33.3\"", "lat=\"NaN\"", "`lat` cannot be \"NaN\""),
        ("lon=\"44.4\"", "lon=\"-180.5\"", "`lon` cannot be"),
        ("hae=\"34\"", "hae=\"inf\"", "`hae` cannot be \"inf\""),
        ("ce=\"10\"", "", "`ce` is missing"),
        ("stale=\"2026-11-22T13:26:12Z\"", "", "`stale` is missing"),
        ("stale=\"2026-11-22T13:26:12Z\"", "stale=\"soon\"", "`stale` cannot be \"soon\""),
        ("stale=\"2026-11-22T13:26:12Z\"", "stale=\"2026-11-22T13:24:12Z\"", "s before start"),
        ("time=\"2026-11-22T13:25:12.998Z\"", "time=\"9999-11-22T13:25:12Z\"", "`time` cannot be"),
        ("uid=\"A\"", "uid=\"\"", "`uid` is missing"),
        ("type=\"a-f-G\"", "", "`type` is missing"),
        ("<event version=\"2.0\" uid=\"A\"", "<event version=\"2.0\" uid=\"A\" uid=\"B\"", "not well-formed XML"),
        ("<detail>", "<detail/><detail>", "`detail` cannot be \"there twice\""),
        ("<detail>", "<point lat=\"1\" lon=\"1\" hae=\"1\" ce=\"1\" le=\"1\"/><detail>", "`point` cannot be"),
        ("</detail>", "", "not well-formed XML"),
        ("</event>", "</event><event/>", "something follows its end"),
        ("<contact", "<?php x?><contact", "a processing instruction is refused"),
    ] {
        assert!(GOOD.contains(from), "{from}");
        let error = refused(&GOOD.replacen(from, to, 1)).to_string();
        assert!(error.contains(why), "{to}: {error}");
    }
    assert_eq!(refused("<alert/>"), CotError::NotAnEvent("alert".to_owned()));
    assert!(matches!(CotEvent::from_xml(b"<event \xff/>"), Err(CotError::Xml(_))));
}

#[test]
fn what_grows_is_bounded() {
    let deep = format!("{}{}", "<a>".repeat(100), "</a>".repeat(100));
    assert_eq!(refused(&deep), CotError::TooMany { what: "elements inside one another", max: 16 });
    let wide = GOOD.replace("<contact", &format!("{}<contact", "<a/>".repeat(3_000)));
    assert_eq!(refused(&wide), CotError::TooMany { what: "elements", max: 2_000 });
    let long = GOOD.replace("<contact", &format!("{}<contact", " ".repeat(LENGTH_MAX)));
    assert!(matches!(refused(&long), CotError::TooLong { .. }));
    // A frame that says that it is as long as three octets of length can tell.
    let mut cutter = Cutter::default();
    assert!(matches!(cutter.take(&[0xbf, 0xff, 0xff, 0x7f, 1]).first(), Some(Err(CotError::TooLong { .. }))));
}

#[test]
fn a_stream_goes_on_after_nonsense() {
    let mut cutter = Cutter::default();
    let mut stream = b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec();
    stream.extend(GOOD.as_bytes());
    stream.extend(b"<?xml version=\"1.0\"?>\n<event uid='x'><<<<garbage</event>");
    stream.extend(GOOD.as_bytes());
    let found = cutter.take(&stream);
    let fine: Vec<bool> = found.iter().map(Result::is_ok).collect();
    assert_eq!(fine, [false, true, false, true], "{found:?}");
    assert!(cutter.take(&GOOD.as_bytes()[..50]).is_empty(), "it waits for the rest");
    assert_eq!(cutter.take(&GOOD.as_bytes()[50..]).len(), 1);
}

#[test]
fn a_stream_without_end_is_cut_off() {
    let mut cutter = Cutter::default();
    let endless = [b"<event ".as_slice(), &b"x".repeat(1 << 20)].concat();
    let found = cutter.take(&endless);
    assert!(found.iter().any(|one| matches!(one, Err(CotError::TooLong { .. }))));
    assert!(cutter.take(GOOD.as_bytes()).iter().any(Result::is_ok), "and reading goes on");
}

#[test]
fn protobuf_is_held_against_the_same() {
    assert!(matches!(read_datagram(&[0xbf, 2, 0xbf, 0]), Err(CotError::Protobuf(_))));
    assert!(matches!(read_datagram(&[0xbf, 1, 0xbf, 0xff, 0xff]), Err(CotError::Protobuf(_))));
    assert_eq!(read_datagram(&[0xbf, 1, 0xbf]), Err(CotError::Missing("cotEvent")));
    let event = CotEvent::from_xml(GOOD.as_bytes()).expect("good");
    let mut octets = event.to_protobuf();
    let place = octets.windows(8).position(|window| window == 33.3_f64.to_le_bytes()).expect("the latitude");
    octets[place..place + 8].copy_from_slice(&f64::NAN.to_le_bytes());
    assert!(matches!(CotEvent::from_protobuf(&octets), Err(CotError::Bad { name: "lat", .. })));
}

/// What the fuzzer begins with, and what it found.
#[test]
fn the_corpus_holds() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fuzz/corpus/cot");
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).expect("the corpus is there") {
        fuzz_one(&std::fs::read(entry.expect("a file").path()).expect("it can be read"));
        count += 1;
    }
    assert!(count >= 8, "{count} files in {}", folder.display());
}

proptest! {
    #[test]
    fn anything_is_answered(octets in prop::collection::vec(any::<u8>(), 0..600)) {
        fuzz_one(&octets);
    }

    #[test]
    fn a_good_event_with_one_octet_changed_is_answered(place in 0..GOOD.len(), octet in any::<u8>()) {
        let mut octets = GOOD.as_bytes().to_vec();
        octets[place] = octet;
        fuzz_one(&octets);
        let mut octets = CotEvent::from_xml(GOOD.as_bytes()).expect("good").to_protobuf();
        let place = place % octets.len();
        octets[place] = octet;
        let framed = [&[0xbf, 1, 0xbf], octets.as_slice()].concat();
        fuzz_one(&framed);
    }
}
