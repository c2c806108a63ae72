//! Random streams that do not disturb one another.
//!
//! Philox is counter-based: the seed is the key, and the upper half of the counter names a stream. A stream is named by
//! what it is for, so adding a bird to a scenario changes no draw of anything else.

use rand_distr::{Distribution, Poisson, StandardNormal};
use rand_philox::Philox;

/// FNV-1a, 64 bits: offset basis and prime of the published algorithm.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// The draws for one purpose of one object.
#[derive(Clone, Debug)]
pub struct Stream(Philox);

impl Stream {
    /// The stream of a seed for an object, a purpose and a number (a scan, a member of a group).
    #[must_use]
    pub fn new(seed: u64, object: &str, purpose: &str, number: u64) -> Self {
        Stream(Philox::from_u64_seed_stream(seed, name(object, purpose, number)))
    }

    /// Uniform over the open interval from `low` to `high`.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        // 53 bits, centred, so that neither end is reached.
        let unit = ((self.0.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
        low + (high - low) * unit
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.uniform(0.0, 1.0) < probability
    }

    /// Normal with mean 0 and this standard deviation.
    pub fn normal(&mut self, sigma: f64) -> f64 {
        let draw: f64 = StandardNormal.sample(&mut self.0);
        draw * sigma
    }

    /// Normal with mean 0 and this standard deviation, held within three of them.
    pub fn normal_within_3_sigma(&mut self, sigma: f64) -> f64 {
        self.normal(1.0).clamp(-3.0, 3.0) * sigma
    }

    /// How many, when the mean is this many; 0 for a mean that is not positive.
    pub fn poisson(&mut self, mean: f64) -> u32 {
        Poisson::new(mean).map_or(0, |p| {
            let draw: f64 = p.sample(&mut self.0);
            draw as u32
        })
    }
}

/// A name as 64 bits; parts are told apart by a byte that no UTF-8 text has.
pub(crate) fn name(object: &str, purpose: &str, number: u64) -> u64 {
    let number = number.to_le_bytes();
    let parts = [object.as_bytes(), &[0xff], purpose.as_bytes(), &[0xff], number.as_slice()];
    parts.concat().iter().fold(FNV_OFFSET, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(FNV_PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_philox::philox4x32_10;

    /// Known answers for philox4x32-10 from the Random123 distribution (`kat_vectors`).
    #[test]
    fn the_generator_gives_the_known_answers() {
        let zero = philox4x32_10([0; 4], [0; 2]);
        assert_eq!(zero, [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        let ones = philox4x32_10([u32::MAX; 4], [u32::MAX; 2]);
        assert_eq!(ones, [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        let pi = philox4x32_10([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0]);
        assert_eq!(pi, [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]);
    }

    #[test]
    fn streams_are_named() {
        let first = |object, purpose, number| Stream::new(7, object, purpose, number).uniform(0.0, 1.0);
        assert_eq!(first("a", "b", 1), first("a", "b", 1));
        assert_ne!(first("a", "b", 1), first("ab", "", 1));
        assert_ne!(first("a", "b", 1), first("a", "b", 2));
    }

    #[test]
    fn moments_are_right() {
        let mut stream = Stream::new(1, "x", "moments", 0);
        let n = 40_000;
        let draws: Vec<f64> = (0..n).map(|_| stream.normal(3.0)).collect();
        let mean = draws.iter().sum::<f64>() / f64::from(n);
        let variance = draws.iter().map(|d| d * d).sum::<f64>() / f64::from(n);
        assert!(mean.abs() < 0.06 && (variance - 9.0).abs() < 0.25, "{mean} {variance}");
        let counts: Vec<f64> = (0..n).map(|_| f64::from(stream.poisson(10.0))).collect();
        let mean = counts.iter().sum::<f64>() / f64::from(n);
        let variance = counts.iter().map(|c| (c - mean).powi(2)).sum::<f64>() / f64::from(n);
        assert!((mean - 10.0).abs() < 0.08 && (variance - 10.0).abs() < 0.35, "{mean} {variance}");
        assert_eq!(stream.poisson(0.0), 0);
    }
}
