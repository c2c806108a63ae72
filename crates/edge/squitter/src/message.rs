//! One Mode S message: whether it is an extended squitter, and what an aircraft says in it.

use crate::cpr::{Airborne, Parity};

/// Metres in a foot, and metres per second in a knot and in a foot a minute.
const FT_M: f64 = 0.3048;
const KT_MPS: f64 = 1_852.0 / 3_600.0;
const FT_MIN_MPS: f64 = FT_M / 60.0;
/// Generator of the parity of Mode S, without its highest term (Annex 10 volume IV, 3.1.2.3.3.1.2).
const GENERATOR: u32 = 0xFF_F409;

/// An extended squitter (downlink formats 17 and 18).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Squitter {
    /// Address of 24 bits.
    pub address: u32,
    /// The address is one that ICAO gave out.
    pub is_icao: bool,
    /// What is said.
    pub message: Message,
}

/// What an aircraft says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Message {
    /// What it calls itself (type codes 1 to 4): eight characters of the ICAO alphabet.
    Name([u8; 8]),
    /// Where it is (type codes 9 to 18 and 20 to 22).
    Position {
        /// The type code, which tells how well it knows where it is.
        type_code: u8,
        /// Height by air pressure in metres, where told. Of type codes 20 to 22, which tell one above the ellipsoid instead, public
        /// decoders read two different codings; it is not used.
        height_m: Option<f64>,
        /// Place, as it is sent.
        place: Airborne,
    },
    /// How it moves over the ground (type code 19, subtypes 1 and 2).
    Speed(Speed),
    /// Of what version it is and how well it knows where it is (type code 31, subtype 0).
    Status {
        /// 0 to 2 are in use.
        version: u8,
        /// NACp, where the version has it.
        accuracy: Option<u8>,
    },
    /// It is on the ground (type codes 5 to 8).
    Surface,
    /// Something else, which tells nothing of where it is.
    Other,
}

/// A velocity over the ground.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speed {
    /// To the east and to the north, m/s.
    pub level_mps: Option<[f64; 2]>,
    /// Upwards, m/s.
    pub climb_mps: Option<f64>,
    /// Height above the ellipsoid less height by air pressure, metres.
    pub above_pressure_m: Option<f64>,
    /// NACv, how well it knows: 0 says nothing, 1 to 4 stand for 10, 3, 1 and 0.3 m/s with 95 %.
    pub accuracy: u8,
}

/// The remainder of the parity of a message of 7 or 14 octets: 0 where an extended squitter came through unharmed. `None` for any
/// other length.
#[must_use]
pub fn parity(message: &[u8]) -> Option<u32> {
    if ![7, 14].contains(&message.len()) {
        return None;
    }
    let (said, sent) = message.split_at(message.len() - 3);
    let mut remainder = 0_u32;
    for octet in said {
        remainder ^= u32::from(*octet) << 16;
        for _ in 0..8 {
            let carries = remainder & 0x80_0000 != 0;
            remainder = remainder << 1 & 0xFF_FFFF;
            if carries {
                remainder ^= GENERATOR;
            }
        }
    }
    Some(remainder ^ sent.iter().fold(0, |all, octet| all << 8 | u32::from(*octet)))
}

impl Squitter {
    /// Reads a message whose parity fits; `None` where it is no extended squitter of an aircraft.
    #[must_use]
    pub fn of(message: &[u8]) -> Option<Self> {
        let message: &[u8; 14] = message.try_into().ok()?;
        let (format, kind) = (message[0] >> 3, message[0] & 7);
        // Format 18: 0 is an aircraft without a transponder, 1 the same with an address of its own choice; the rest is relayed.
        let is_icao = match (format, kind) {
            (17, _) | (18, 0) => true,
            (18, 1) => false,
            _ => return None,
        };
        let address = u32::from_be_bytes([0, message[1], message[2], message[3]]);
        let bits = message[4..11].iter().fold(0_u64, |bits, octet| bits << 8 | u64::from(*octet));
        Some(Squitter { address, is_icao, message: Message::of(Bits(bits)) })
    }
}

/// The 56 bits of a message, counted from 1 as the specification does.
#[derive(Clone, Copy)]
struct Bits(u64);

impl Bits {
    fn get(self, first: u32, last: u32) -> u32 {
        (self.0 >> (56 - last) & ((1 << (last - first + 1)) - 1)) as u32
    }

    fn is_set(self, bit: u32) -> bool {
        self.get(bit, bit) == 1
    }
}

impl Message {
    fn of(bits: Bits) -> Self {
        let type_code = bits.get(1, 5) as u8;
        match type_code {
            1..=4 => Message::Name(core::array::from_fn(|place| character(bits, place as u32))),
            5..=8 => Message::Surface,
            9..=18 | 20..=22 => Message::Position {
                type_code,
                height_m: altitude_ft(bits.get(9, 20)).filter(|_| type_code < 20).map(|ft| ft * FT_M),
                place: Airborne {
                    parity: if bits.is_set(22) { Parity::Odd } else { Parity::Even },
                    lat: bits.get(23, 39),
                    lon: bits.get(40, 56),
                },
            },
            19 if (1..=2).contains(&bits.get(6, 8)) => Message::Speed(speed(bits)),
            31 if bits.get(6, 8) == 0 => {
                let version = bits.get(41, 43) as u8;
                Message::Status { version, accuracy: (1..=2).contains(&version).then(|| bits.get(45, 48) as u8) }
            }
            _ => Message::Other,
        }
    }
}

/// The alphabet of ICAO in six bits (Annex 10 volume IV, 3.1.2.9.1.2); what is no character is a blank.
fn character(bits: Bits, place: u32) -> u8 {
    match bits.get(9 + 6 * place, 14 + 6 * place) as u8 {
        letter @ 1..=26 => b'A' + letter - 1,
        digit @ 48..=57 => digit,
        _ => b' ',
    }
}

/// Doc 9871, A.2.3.2.4 by way of Annex 10 volume IV, 3.1.2.6.5.4: steps of 25 ft from -1,000 ft where the Q bit is set, else
/// of 100 ft in the code of Gillham.
fn altitude_ft(code: u32) -> Option<f64> {
    if code == 0 {
        return None;
    }
    if code & 0x10 != 0 {
        let steps = (code & 0xFE0) >> 1 | code & 0xF;
        return Some(f64::from(steps) * 25.0 - 1_000.0);
    }
    gillham_ft(code)
}

/// The code of altimeters of old (Annex 10 volume IV, 3.1.1.7.12.2.3 and its appendix): C1 A1 C2 A2 C4 A4 B1 Q B2 D2 B4 D4.
fn gillham_ft(code: u32) -> Option<f64> {
    let bit = |place: u32| code >> (11 - place) & 1;
    let [c1, a1, c2, a2, c4, a4, b1, b2, d2, b4, d4] = [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11].map(bit);
    let gray = |bits: &[u32]| {
        let mut last = 0;
        bits.iter().fold(0, |value, bit| {
            last ^= bit;
            value << 1 | last
        })
    };
    // Eight bits of Gray code count steps of 500 ft; three more count hundreds, forwards and backwards in turn.
    let five_hundreds = gray(&[d2, d4, a1, a2, a4, b1, b2, b4]);
    let hundreds = match gray(&[c1, c2, c4]) {
        hundreds @ 1..=4 => hundreds,
        7 => 5,
        _ => return None,
    };
    let hundreds = if five_hundreds % 2 == 1 { 6 - hundreds } else { hundreds };
    Some(f64::from(five_hundreds * 500 + hundreds * 100) - 1_300.0)
}

fn speed(bits: Bits) -> Speed {
    // Subtype 2 is of supersonic aircraft, in steps of 4 knots.
    let step_mps = if bits.get(6, 8) == 2 { 4.0 * KT_MPS } else { KT_MPS };
    let signed = |sign: u32, first: u32, last: u32, step: f64| {
        let steps = bits.get(first, last).checked_sub(1)?;
        Some(f64::from(steps) * if bits.is_set(sign) { -step } else { step })
    };
    let (east, north) = (signed(14, 15, 24, step_mps), signed(25, 26, 35, step_mps));
    Speed {
        level_mps: east.zip(north).map(<[f64; 2]>::from),
        climb_mps: signed(37, 38, 46, 64.0 * FT_MIN_MPS),
        // All ones stand for "more than can be said" (DO-260B, 2.2.3.2.6.1.15).
        above_pressure_m: signed(49, 50, 56, 25.0 * FT_M).filter(|_| bits.get(50, 56) != 127),
        accuracy: bits.get(11, 13) as u8,
    }
}
