//! Held against pyModeS: random squitters as it reads them (`tests/data/make.py`), and published examples.

use parapet_squitter::{Airborne, Format, Framer, Message, Squitter, of_pair, of_reference, parity};

const REFERENCE: &str = include_str!("data/squitters.tsv");

fn octets(digits: &str) -> Vec<u8> {
    let mut found = Vec::new();
    Framer::new(Format::Avr).feed(format!("*{digits};").as_bytes(), &mut |message| found = message.to_vec());
    found
}

fn squitter(digits: &str) -> Squitter {
    let message = octets(digits);
    assert_eq!(parity(&message), Some(0), "{digits}");
    Squitter::of(&message).expect("a squitter")
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok()
}

fn close(ours: Option<f64>, theirs: Option<f64>, within: f64) -> bool {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => (ours - theirs).abs() <= within,
        (None, None) => true,
        _ => false,
    }
}

#[test]
fn another_decoder_reads_the_same() {
    let mut rows = 0;
    for line in REFERENCE.lines() {
        let [digits, code, theirs @ ..] = &line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        rows += 1;
        match squitter(digits).message {
            Message::Name(name) => assert_eq!(core::str::from_utf8(&name).unwrap().trim_end(), theirs[0], "{line}"),
            Message::Position { type_code, height_m, place } => {
                assert_eq!(type_code.to_string(), *code);
                // Above the ellipsoid, public decoders differ in how the height is coded; it is not read.
                let theirs_ft = if type_code < 20 { number(theirs[0]) } else { None };
                assert!(close(height_m.map(|m| m / 0.3048), theirs_ft, 0.01), "{line}: {height_m:?}");
                let [lat_deg, lon_deg] = of_reference(&place, [52.0, 4.0]).unwrap();
                assert!(close(Some(lat_deg), number(theirs[1]), 1e-9), "{line}: {lat_deg}");
                assert!(close(Some(lon_deg), number(theirs[2]), 1e-9), "{line}: {lon_deg}");
            }
            Message::Speed(speed) => {
                let knots = speed.level_mps.map(|[east, north]| [east, north].map(|mps| mps * 3_600.0 / 1_852.0));
                let ground = knots.map(|[east, north]| east.hypot(north));
                // Theirs is in whole knots, cut off.
                assert!(close(ground, number(theirs[0]), 1.0), "{line}: {ground:?}");
                let track = knots.map(|[east, north]| east.atan2(north).to_degrees().rem_euclid(360.0));
                assert!(close(track, number(theirs[1]), 0.001), "{line}: {track:?}");
                assert!(close(speed.climb_mps.map(|mps| mps * 60.0 / 0.3048), number(theirs[2]), 0.01), "{line}");
                assert!(close(speed.above_pressure_m.map(|m| m / 0.3048), number(theirs[3]), 0.01), "{line}");
            }
            Message::Status { version, accuracy } => {
                assert_eq!(version.to_string(), theirs[0], "{line}");
                assert!(close(accuracy.map(f64::from), number(theirs[1]), 0.0), "{line}: {accuracy:?}");
            }
            other => panic!("{line}: {other:?}"),
        }
    }
    assert!(rows > 300, "the table is there: {rows}");
}

fn place(digits: &str) -> Airborne {
    match squitter(digits).message {
        Message::Position { place, .. } => place,
        other => panic!("{other:?}"),
    }
}

/// The worked example of J. Sun, The 1090 Megahertz Riddle, 2nd edition, chapter 5.
#[test]
fn two_messages_tell_a_place() {
    let even = place("8D40621D58C382D690C8AC2863A7");
    let odd = place("8D40621D58C386435CC412692AD6");
    let [lat_deg, lon_deg] = of_pair(&odd, &even).unwrap();
    assert!((lat_deg - 52.257_202).abs() < 1e-6 && (lon_deg - 3.919_373).abs() < 1e-6, "{lat_deg} {lon_deg}");
    assert_eq!(of_pair(&even, &even), None);
    assert_eq!(of_reference(&even, [52.258, 3.918]), of_pair(&odd, &even));
}

#[test]
fn a_damaged_message_is_known() {
    let mut message = octets("8D40621D58C382D690C8AC2863A7");
    for bit in 0..112 {
        message[bit / 8] ^= 0x80 >> (bit % 8);
        assert_ne!(parity(&message), Some(0), "bit {bit}");
        message[bit / 8] ^= 0x80 >> (bit % 8);
    }
    assert_eq!(parity(&message[..13]), None);
}
