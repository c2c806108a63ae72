//! The two kinds of names in SAPIENT: UUIDs for nodes, ULIDs for everything that nodes make.

use core::fmt;
use core::str::FromStr;

use parapet_frame::Time;
use serde::{Deserialize, Serialize};

/// A node: a UUID of version 4 in the one spelling that the standard's reference implementation takes, lower case with dashes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NodeId(pub(crate) u128);

/// The text is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not a UUID of version 4 in lower case with dashes.
    #[error("not a UUID of version 4 in lower case with dashes")]
    Uuid,
    /// Not a ULID in upper case.
    #[error("not a ULID of 26 characters in upper case")]
    Ulid,
}

/// Where the dashes of a UUID stand.
const DASHES: [usize; 4] = [8, 13, 18, 23];

impl FromStr for NodeId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let bytes = text.as_bytes();
        // Version 4 (random) and the variant of RFC 9562, section 4.
        let shaped = bytes.len() == 36 && bytes[14] == b'4' && matches!(bytes[19], b'8' | b'9' | b'a' | b'b');
        if !shaped {
            return Err(IdError::Uuid);
        }
        let mut value = 0;
        for (place, &byte) in bytes.iter().enumerate() {
            match (DASHES.contains(&place), byte) {
                (true, b'-') => {}
                (false, b'0'..=b'9') => value = value << 4 | u128::from(byte - b'0'),
                (false, b'a'..=b'f') => value = value << 4 | u128::from(byte - b'a' + 10),
                _ => return Err(IdError::Uuid),
            }
        }
        Ok(NodeId(value))
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let v = self.0;
        let part = |from: u32, bits: u32| v >> from & ((1 << bits) - 1);
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            part(96, 32),
            part(80, 16),
            part(64, 16),
            part(48, 16),
            part(0, 48)
        )
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for NodeId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<NodeId> for String {
    fn from(id: NodeId) -> String {
        id.to_string()
    }
}

/// The name of a report, an object, a task, an alert or a region.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ulid(u128);

/// Crockford's base 32, as ULIDs use it: no I, L, O, U.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Ulid {
    /// The one of a moment with 80 further bits; the same arguments give the same name.
    #[must_use]
    pub fn new(at: Time, bits: u128) -> Self {
        let millis = at.millis().clamp(0, (1 << 48) - 1) as u128;
        Ulid(millis << 80 | bits & ((1 << 80) - 1))
    }
}

impl FromStr for Ulid {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        // 26 digits have room for 130 bits; the first must leave the top two empty.
        if text.len() != 26 || text.as_bytes()[0] > b'7' {
            return Err(IdError::Ulid);
        }
        text.bytes()
            .try_fold(0_u128, |value, byte| {
                let digit = DIGITS.iter().position(|digit| *digit == byte).ok_or(IdError::Ulid)?;
                Ok(value << 5 | digit as u128)
            })
            .map(Ulid)
    }
}

impl fmt::Display for Ulid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..26).rev().try_for_each(|place| {
            let digit = DIGITS[(self.0 >> (5 * place) & 31) as usize];
            write!(f, "{}", char::from(digit))
        })
    }
}

impl fmt::Debug for Ulid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for Ulid {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<Ulid> for String {
    fn from(id: Ulid) -> String {
        id.to_string()
    }
}

/// Makes ULIDs. The seed comes from whoever has randomness; the same seed gives the same names.
#[derive(Clone, Debug)]
pub struct UlidMint {
    state: u64,
}

impl UlidMint {
    /// A mint that begins at a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        UlidMint { state: seed }
    }

    /// A new name.
    pub fn next(&mut self, at: Time) -> Ulid {
        Ulid::new(at, u128::from(self.bits()) << 64 | u128::from(self.bits()))
    }

    /// SplitMix64 (Steele, Lea and Flood 2014): names must differ, not be secret.
    fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.state)
    }
}

/// SplitMix64's output function: different numbers give different ones.
pub(crate) fn mix(state: u64) -> u64 {
    let z = (state ^ state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ z >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_in_one_spelling() {
        let text = "ac3d032e-40a8-4616-9485-28203450b1f4";
        assert_eq!(text.parse::<NodeId>().unwrap().to_string(), text);
        for wrong in [
            "AAA",
            "AC3D032E-40A8-4616-9485-28203450B1F4",
            "ac3d032e40a84616948528203450b1f4",
            "{ac3d032e-40a8-4616-9485-28203450b1f4}",
            "ac3d032e-40a8-1616-9485-28203450b1f4",
            "ac3d032e-40a8-4616-c485-28203450b1f4",
            "ac3d032e-40a8-4616-9485-28203450b1f-",
            "ac3d032e-40a8-4616-9485-28203450b1\u{e9}",
        ] {
            assert_eq!(wrong.parse::<NodeId>(), Err(IdError::Uuid), "{wrong}");
        }
    }

    #[test]
    fn ulids_hold_their_time() {
        let text = "01M81PCR2ZB03Z7DH10K34GY5C";
        assert_eq!(text.parse::<Ulid>().unwrap().to_string(), text);
        // The ULID of the recorded session, made at 2026-11-22T13:16:10.719Z.
        let made = Ulid::new(Time::from_nanos(1_795_353_370_719_000_000), 0);
        assert_eq!(made.to_string()[..10], text[..10]);
        for wrong in [
            "81M81PCR2ZB03Z7DH10K34GY5C",
            "01m81pcr2zb03z7dh10k34gy5c",
            "01M81PCR2ZB03Z7DH10K34GY5",
            "01M81PCR2ZB03Z7DH10K34GY5U",
        ] {
            assert_eq!(wrong.parse::<Ulid>(), Err(IdError::Ulid), "{wrong}");
        }
    }

    #[test]
    fn a_mint_repeats_nothing() {
        let mut mint = UlidMint::new(7);
        let made: std::collections::BTreeSet<Ulid> = (0..10_000).map(|_| mint.next(Time::from_nanos(0))).collect();
        assert_eq!(made.len(), 10_000);
    }
}
