//! What the fuzz target runs, and the tests over arbitrary octets.

use parapet_engine::Event;
use parapet_frame::{EarthAxes, Geodetic, HeardAt, SiteFrame, Time};
use parapet_track::{ContactSource, SensorId};

use crate::message::parity;
use crate::{Format, SquitterIntake, SquitterSource};

/// Takes arbitrary octets as a stream, in pieces, and again as messages whose parity is made to fit, and checks what must hold: no
/// panic, finite numbers, and at least one event for each piece.
///
/// # Panics
/// When one of these does not hold: a fault of this crate, never of the octets.
pub fn fuzz_one(octets: &[u8]) {
    let Ok(frame) = SiteFrame::at(Geodetic { lat_deg: 48.0, lon_deg: 11.0, height_m: 500.0 }) else { return };
    let contact = ContactSource {
        sensor: SensorId(0),
        earth: EarthAxes::of(&frame),
        geoid_m: None,
        place_sigma_m: 200.0,
        pressure_sigma_m: 100.0,
        delay_sigma_s: 0.3,
    };
    for format in [Format::Beast, Format::Avr] {
        for near_deg in [None, Some([48.0, 11.0])] {
            let source = SquitterSource { sensor: SensorId(0), link: 0, format, near_deg, contact };
            let mut intake = SquitterIntake::new(vec![source]);
            for (second, piece) in octets.chunks(23).enumerate() {
                take(&mut intake, second, piece);
                take(&mut intake, second, &written(piece, format));
            }
            let counts = intake.counts();
            assert!(counts.contacts <= counts.squitters && counts.squitters <= counts.messages);
        }
    }
}

fn take(intake: &mut SquitterIntake, second: usize, piece: &[u8]) {
    let mut events = 0;
    intake.octets(HeardAt(Time::from_seconds(second as f64)), 0, piece, &mut |event| {
        events += 1;
        if let Event::Contact(report) = event {
            let place = [report.place.east_m, report.place.north_m, report.place.up_m];
            assert!(place.iter().chain(report.covariance.iter().flatten()).all(|number| number.is_finite()));
        }
    });
    assert!(events > 0, "the receiver is alive");
}

/// An extended squitter of these octets with a parity that fits.
fn written(piece: &[u8], format: Format) -> Vec<u8> {
    let mut message = [0; 14];
    for (octet, wanted) in message.iter_mut().zip(piece) {
        *octet = *wanted;
    }
    message[0] = if message[0] & 0x80 == 0 { 0x8D } else { 0x90 | message[0] & 7 };
    message[11..].fill(0);
    let fits = parity(&message).unwrap_or(0).to_be_bytes();
    message[11..].copy_from_slice(&fits[1..]);
    match format {
        Format::Avr => {
            let digits: String = message.iter().map(|octet| format!("{octet:02x}")).collect();
            format!("*{digits};\n").into_bytes()
        }
        Format::Beast => {
            let body = [[0; 7].as_slice(), &message].concat();
            let escaped = body.iter().flat_map(|octet| vec![*octet; if *octet == 0x1A { 2 } else { 1 }]);
            [0x1A, b'3'].into_iter().chain(escaped).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_octets_are_taken(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
            super::fuzz_one(&octets);
        }
    }
}
