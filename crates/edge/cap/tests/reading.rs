//! The way back: samples of others with the verdicts of the schema, what is refused, and signatures.

use std::collections::BTreeMap;
use std::path::Path;

use parapet_cap::atom::{Ended, Entry, Feed, feed_xml};
use parapet_cap::seal::{SealError, digested, sealed, signed_info, unseal};
use parapet_cap::words::Language;
use parapet_cap::{CapError, CapStream, Originator, Warned, read};
use parapet_engine::Mode;
use parapet_frame::Time;
use parapet_warn::{Alarm, AlarmId, Reason, Stage, ZoneId};
use proptest::prelude::*;

fn message() -> String {
    let now = Time::from_seconds(1_605_609_000.0);
    let id = AlarmId { zone: ZoneId(0), cause: now, again: 0 };
    let alarm = Alarm::plain(id, now, Stage::TakeCover, Reason::ImpactPredicted);
    let outline = vec![[33.31, 44.38], [33.31, 44.39], [33.32, 44.39]];
    let zone = Warned { key: "x".into(), name: "\"A\" & 'B' <C>".into(), names: BTreeMap::new(), outline };
    let (sender, languages) = ("a@site.example".into(), Language::ALL.to_vec());
    let from = Originator { sender, site_name: "Site".into(), mode: Mode::Live, languages };
    CapStream::new(from).message(&alarm, &zone, now).expect("news").xml
}

#[test]
fn our_own_messages_are_read() {
    let head = read(message().as_bytes()).expect("ours");
    assert_eq!((head.sender.as_str(), head.status.as_str(), head.kind.as_str()), ("a@site.example", "Actual", "Alert"));
    let languages: Vec<&str> = head.infos.iter().map(|info| info.language.as_str()).collect();
    assert_eq!(languages, ["en-US", "ar"]);
    assert!(head.infos.iter().all(|info| info.shapes == 1 && info.expires.is_some_and(|end| end > head.sent)));
    assert!(head.infos[0].headline.contains("\"A\" & 'B' <C>"), "{}", head.infos[0].headline);
}

#[test]
fn samples_of_others_get_the_verdict_of_the_schema() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data/cap");
    let Ok(verdicts) = std::fs::read_to_string(folder.join("xsd_verdicts.csv")) else {
        println!("SKIPPED: {} is not here", folder.display());
        return;
    };
    let mut told = BTreeMap::new();
    for line in verdicts.lines().skip(1).filter(|line| line.contains(".cap,")) {
        let fields: Vec<&str> = line.split(',').collect();
        let outcome = read(&std::fs::read(folder.join("samples").join(fields[0])).expect("a sample"));
        assert_eq!(outcome.is_ok(), fields[2] == "valid", "{}: {outcome:?}", fields[0]);
        assert_eq!(outcome == Err(CapError::Edition("1.1")), fields[1].ends_with("1.1"), "{}", fields[0]);
        told.insert(fields[0].to_owned(), outcome);
    }
    assert_eq!(told.len(), 7);
    assert_eq!(told["invalid.cap"], Err(CapError::Missing("scope")));
    let infos = |name: &str| told[name].as_ref().map(|head| head.infos.len());
    assert_eq!((infos("australia.cap"), infos("canada.cap")), (Ok(2), Ok(2)));
}

#[test]
fn what_is_no_message_is_refused_with_its_reason() {
    let good = message();
    for (from, to, why) in [
        (
            "<alert ",
            "<!DOCTYPE alert [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n<alert ",
            "a document type is refused",
        ),
        ("<event>", "<event>&x;", "an entity is refused"),
        ("cap:1.2", "cap:1.1", "CAP 1.1, not 1.2"),
        ("urn:oasis:names:tc:emergency:cap:1.2", "http://www.incident.com/cap/1.0", "CAP 1.0, not 1.2"),
        ("cap:1.2", "cap:9", "no CAP message"),
        ("<status>Actual</status>", "", "`status` is missing"),
        ("<status>Actual", "<status>Real", "`status` cannot be \"Real\""),
        ("-00:00</sent>", "Z</sent>", "`sent` cannot be"),
        ("<urgency>Immediate", "<urgency>Now", "`urgency` cannot be \"Now\""),
        ("</alert>", "", "not well-formed XML"),
        ("</alert>", "</alert><alert/>", "something follows"),
        ("<info>", &"<info>".repeat(20), "too many elements"),
    ] {
        assert!(good.contains(from), "{from}");
        let error = read(good.replacen(from, to, 1).as_bytes()).expect_err(to).to_string();
        assert!(error.contains(why), "{to}: {error}");
    }
    assert_eq!(read(&vec![b' '; 2_000_000]), Err(CapError::TooLong(2_000_000)));
    assert!(matches!(read(b"\xff\xfe"), Err(CapError::Xml(_))));
}

#[test]
fn a_seal_comes_off_as_it_was_put_on_and_nothing_else_does() {
    let plain = message();
    let whole = sealed(&plain, "ZGlnZXN0", "c2lnbmF0dXJl", "Y2VydA==").expect("a message");
    let off = unseal(&whole).expect("ours");
    assert_eq!(
        (off.xml.as_str(), off.digest.as_str(), off.signature.as_str()),
        (plain.as_str(), "ZGlnZXN0", "c2lnbmF0dXJl")
    );
    assert_eq!(digested(&off.xml), digested(&plain));
    assert!(signed_info("ZGlnZXN0").contains("ZGlnZXN0") && read(whole.as_bytes()).is_ok());
    assert_eq!(unseal(&plain), Err(SealError::NotSealed));
    assert_eq!(sealed(&whole, "a", "b", "c"), Err(SealError::Ambiguous));
    // Signature wrapping: the signed message is put aside, another is read.
    let inner = &whole[whole.find("<alert").expect("a root")..].trim_end();
    let wrapped = plain.replace("</alert>", &format!("<info>{inner}</info></alert>"));
    assert_eq!(unseal(&wrapped), Err(SealError::NotSealed));
    let twice = whole.replace("<info>", "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"></Signature><info>");
    assert!(unseal(&twice).is_err());
    for (from, to) in [
        ("URI=\"\"", "URI=\"#other\""),
        ("#ecdsa-sha256", "#hmac-sha1"),
        (
            "<Transforms>",
            "<Transforms><Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"></Transform>",
        ),
        ("<SignedInfo>", "<SignedInfo >"),
        ("</Signature>", "</Signature><info></info>"),
        ("</Signature></alert>", "</alert>"),
    ] {
        assert!(unseal(&whole.replacen(from, to, 1)).is_err(), "{to}");
    }
    // A changed message comes apart, and then its digest is another.
    let changed = unseal(&whole.replace("TAKE COVER NOW", "ALL CLEAR NOW")).expect("well made");
    assert_ne!(digested(&changed.xml), digested(&plain));
}

#[test]
fn the_feed_is_atom_with_graves() {
    let at = Time::from_seconds(1_605_609_000.0);
    let entry = Entry {
        alarm: "hospital-1605608995000".into(),
        identifier: "hospital-1605608995000.1605609000000.1".into(),
        headline: "TAKE COVER NOW: \"x\" & <y>".into(),
        summary: "What to do".into(),
        published: at,
        updated: at.plus_seconds(2.0),
    };
    let ended = Ended { alarm: "school-1".into(), identifier: "school-1.2.3".into(), headline: "ALL CLEAR".into(), at };
    let feed = Feed {
        sender: "a@site.example".into(),
        title: "Site".into(),
        base: "http://127.0.0.1:8080/cap/".into(),
        updated: at,
        entries: vec![entry],
        ended: vec![ended],
    };
    let xml = feed_xml(&feed);
    for part in [
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:at=\"http://purl.org/atompub/tombstones/1.0\">",
        "<id>tag:parapet,2026:a@site.example:hospital-1605608995000</id>",
        "<updated>2020-11-17T10:30:02-00:00</updated>",
        "<title>TAKE COVER NOW: \"x\" &amp; &lt;y&gt;</title>",
        "type=\"application/cap+xml\" href=\"http://127.0.0.1:8080/cap/hospital-1605608995000.1605609000000.1.xml\"/>",
        "<at:deleted-entry ref=\"tag:parapet,2026:a@site.example:school-1\" when=\"2020-11-17T10:30:00-00:00\">",
    ] {
        assert!(xml.contains(part), "{part} is missing in\n{xml}");
    }
    assert_eq!(xml.matches("<entry>").count(), 1);
}

proptest! {
    #[test]
    fn anything_is_answered(bytes in prop::collection::vec(any::<u8>(), 0..400), place in 0..4_000_usize, octet in any::<u8>()) {
        let _ = read(&bytes);
        let mut changed = message().into_bytes();
        let place = place % changed.len();
        changed[place] = octet;
        let _ = read(&changed);
        if let Ok(text) = String::from_utf8(changed) {
            let _ = unseal(&text);
        }
    }
}
