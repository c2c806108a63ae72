//! Bits of big-endian octets, numbered from the first (most significant) bit.

/// The `width` bits (1 to 64) that start at bit `first`, or `None` when the octets end before.
#[must_use]
#[inline]
pub(crate) const fn extract(bytes: &[u8], first: usize, width: usize) -> Option<u64> {
    if width == 0 || width > 64 || first + width > bytes.len() * 8 {
        return None;
    }
    let (start, skipped) = (first / 8, first % 8);
    let octets = (skipped + width).div_ceil(8);
    let behind = octets * 8 - skipped - width;
    if octets <= 8 {
        let (mut window, mut i) = (0_u64, 0);
        while i < octets {
            window = (window << 8) | bytes[start + i] as u64;
            i += 1;
        }
        return Some((window >> behind) & mask(width));
    }
    // Up to 64 bits that do not begin on an octet lie in nine.
    let (mut window, mut i) = (0_u128, 0);
    while i < octets {
        window = (window << 8) | bytes[start + i] as u128;
        i += 1;
    }
    Some(((window >> behind) as u64) & mask(width))
}

/// The first eight octets as one number, the first octet in the highest bits; zeros where there are fewer.
#[must_use]
#[inline]
pub(crate) fn window(bytes: &[u8]) -> u64 {
    let mut octets = [0; 8];
    let count = bytes.len().min(8);
    octets[..count].copy_from_slice(&bytes[..count]);
    u64::from_be_bytes(octets)
}

/// A mask of the lowest `width` bits (1 to 64).
#[must_use]
#[inline]
pub(crate) const fn mask(width: usize) -> u64 {
    if width >= 64 { u64::MAX } else { (1 << width) - 1 }
}

/// Two's complement of the lowest `width` bits.
#[must_use]
#[inline]
pub(crate) const fn sign_extend(raw: u64, width: usize) -> i64 {
    if width >= 64 {
        return raw as i64;
    }
    let shift = 64 - width;
    ((raw << shift) as i64) >> shift
}

/// Collects bits, first bit first, and gives whole octets.
#[derive(Debug, Default)]
pub(crate) struct BitWriter {
    octets: Vec<u8>,
    used: usize,
}

impl BitWriter {
    /// Appends the lowest `width` bits of `value`.
    pub(crate) fn push(&mut self, value: u64, width: usize) {
        let mut left = width;
        while left > 0 {
            let free = 8 - self.used % 8;
            if free == 8 {
                self.octets.push(0);
            }
            let now = left.min(free);
            let chunk = (value >> (left - now)) & mask(now);
            if let Some(last) = self.octets.last_mut() {
                *last |= (chunk << (free - now)) as u8;
            }
            self.used += now;
            left -= now;
        }
    }

    /// The octets so far; the last is filled with zero bits.
    pub(crate) fn octets(&self) -> &[u8] {
        &self.octets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_across_octets_come_out_in_order() {
        let bytes = [0b1010_1100, 0b0101_0011, 0xFF];
        assert_eq!(extract(&bytes, 0, 4), Some(0b1010));
        assert_eq!(extract(&bytes, 6, 4), Some(0b0001));
        assert_eq!(extract(&bytes, 4, 20), Some(0xC_53FF));
        assert_eq!(extract(&bytes, 20, 5), None, "one bit too many");
        assert_eq!(extract(&bytes, 0, 0), None);
    }

    #[test]
    fn sixty_four_bits_off_an_octet_boundary_are_whole() {
        let bytes = [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0x01];
        assert_eq!(extract(&bytes, 4, 64), Some(0x1234_5678_9ABC_DEF0));
    }

    #[test]
    fn signs_extend_from_the_top_bit_of_the_field() {
        assert_eq!(sign_extend(0xC1, 8), -63);
        assert_eq!(sign_extend(0x3FFF, 14), -1);
        assert_eq!(sign_extend(0x1FFF, 14), 8191);
        assert_eq!(sign_extend(u64::MAX, 64), -1);
    }

    #[test]
    fn written_bits_read_back() {
        let mut w = BitWriter::default();
        w.push(0b101, 3);
        w.push(0x1FF, 9);
        w.push(0, 4);
        assert_eq!(w.octets(), [0b1011_1111, 0b1111_0000]);
    }
}
