//! A fingerprint of a whole state.

use core::fmt::{self, Debug, Write};

/// A fingerprint of an engine's whole state: equal digests, equal futures.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(u128);

impl Digest {
    /// Of anything, by what its `Debug` says: that names every field, and writes every number so that it reads back to the same
    /// bits. Slow, and never out of step with the state.
    pub(crate) fn of(state: &impl Debug) -> Self {
        let mut hasher = Fnv(FNV_OFFSET);
        // Writing into the hasher cannot fail, and a state whose `Debug` fails has no other digest than what it wrote.
        let _ = write!(hasher, "{state:?}");
        Digest(hasher.0)
    }
}

impl Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// FNV-1a over 128 bits (RFC 9923): not for secrets, only to tell states apart.
struct Fnv(u128);

const FNV_OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const FNV_PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

impl Write for Fnv {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        for byte in s.bytes() {
            self.0 = (self.0 ^ u128::from(byte)).wrapping_mul(FNV_PRIME);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differs_by_the_last_bit_of_a_number() {
        let next = f64::from_bits(1.5_f64.to_bits() + 1);
        assert_eq!(Digest::of(&1.5), Digest::of(&1.5));
        assert_ne!(Digest::of(&1.5), Digest::of(&next));
    }

    /// The published test vector of FNV-1a 128 for "a" (the quotes of `Debug` are avoided by `format_args`).
    #[test]
    fn is_fnv() {
        assert_eq!(Digest::of(&format_args!("a")).to_string(), "d228cb696f1a8caf78912b704e4a8964");
    }
}
