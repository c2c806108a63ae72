//! Intervals that say what they are: exact for counts, Wilson's for parts, bootstrap for everything else.

use core::f64::consts::PI;

use parapet_frame::maths;
use serde::Serialize;

/// Probability that each interval of a pattern is meant to hold.
pub const CONFIDENCE: f64 = 0.95;
/// Quantile of the normal distribution for it, two-sided.
const Z: f64 = 1.959_963_984_540_054;
/// Samples of a bootstrap.
pub(crate) const RESAMPLES: usize = 2_000;

/// Groups without which resampling says nothing: it would only find what it was given.
pub const GROUPS_MIN: usize = 8;

/// An estimate with the interval that holds it with a confidence of 95 %.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// The estimate.
    pub value: f64,
    /// Lower end; not-a-number, `null` in JSON, where there is too little to tell.
    pub low: f64,
    /// Upper end, likewise.
    pub high: f64,
}

impl Interval {
    /// The rate of something that was counted over an exposure, by the exact interval of Garwood (1936) for a Poisson count.
    #[must_use]
    pub fn rate(count: u64, exposure: f64) -> Self {
        let exposure = exposure.max(f64::MIN_POSITIVE);
        let (k, tail) = (count as f64, 0.5 * (1.0 - CONFIDENCE));
        let low = if count == 0 { 0.0 } else { gamma_quantile(k, tail) };
        Interval { value: k / exposure, low: low / exposure, high: gamma_quantile(k + 1.0, 1.0 - tail) / exposure }
    }

    /// A part of a whole, by the score interval of Wilson (1927); `None` of nothing.
    #[must_use]
    pub fn part(count: u64, of: u64) -> Option<Self> {
        if of == 0 {
            return None;
        }
        let (n, p) = (of as f64, count.min(of) as f64 / of as f64);
        let z2 = Z * Z;
        let middle = (p + 0.5 * z2 / n) / (1.0 + z2 / n);
        let half = Z / (1.0 + z2 / n) * (p * (1.0 - p) / n + 0.25 * z2 / (n * n)).sqrt();
        Some(Interval { value: p, low: (middle - half).max(0.0), high: (middle + half).min(1.0) })
    }

    /// An estimate from groups that belong together, by the percentile bootstrap over whole groups (Efron 1979), from a fixed seed.
    ///
    /// Of fewer than [`GROUPS_MIN`] groups there is none: both ends are not-a-number, `null` in JSON.
    pub(crate) fn bootstrap(groups: usize, value: f64, estimate: impl Fn(&[u32]) -> f64) -> Self {
        if groups < GROUPS_MIN {
            return Interval { value, low: f64::NAN, high: f64::NAN };
        }
        let mut draws = Draws::new(0x7061_7261_7065_7401);
        let mut weights = vec![0_u32; groups];
        let mut estimates: Vec<f64> = (0..RESAMPLES)
            .map(|_| {
                draws.weigh(&mut weights);
                estimate(&weights)
            })
            .filter(|estimate| estimate.is_finite())
            .collect();
        estimates.sort_by(f64::total_cmp);
        let at = |part: f64| {
            let place = (part * estimates.len() as f64) as usize;
            estimates.get(place.min(estimates.len().saturating_sub(1))).copied().unwrap_or(value)
        };
        Interval { value, low: at(0.5 * (1.0 - CONFIDENCE)), high: at(0.5 * (1.0 + CONFIDENCE)) }
    }
}

/// Random numbers that are the same on every machine: SplitMix64 (Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
pub(crate) struct Draws(u64);

impl Draws {
    pub(crate) fn new(seed: u64) -> Self {
        Draws(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A whole number below a bound; the bias of a bound far below 2^64 is too small to matter.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        if bound == 0 { 0 } else { (self.next() % bound as u64) as usize }
    }

    /// Draws as many groups as there are, with replacement: how often each was drawn.
    pub(crate) fn weigh(&mut self, weights: &mut [u32]) {
        weights.fill(0);
        for _ in 0..weights.len() {
            let drawn = self.below(weights.len());
            weights[drawn] += 1;
        }
    }
}

/// Logarithm of the gamma function for positive arguments: Lanczos' approximation with g = 7 and nine terms.
fn ln_gamma(x: f64) -> f64 {
    const TERMS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let mut sum = 0.999_999_999_999_809_9;
    for (place, term) in TERMS.iter().enumerate() {
        sum += term / (x + place as f64 + 1.0);
    }
    let t = x + 7.5;
    0.5 * maths::ln(2.0 * PI) + (x + 0.5) * maths::ln(t) - t + maths::ln(sum)
}

/// Regularised lower incomplete gamma function: the probability that a gamma variable of shape `a` is below `x` (Numerical Recipes,
/// third edition, section 6.2).
fn gamma_p(a: f64, x: f64) -> f64 {
    const TERMS_MAX: usize = 10_000;
    const SMALL: f64 = 1e-15;
    if x <= 0.0 {
        return 0.0;
    }
    let front = maths::exp(a * maths::ln(x) - x - ln_gamma(a));
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        for _ in 0..TERMS_MAX {
            n += 1.0;
            term *= x / n;
            sum += term;
            if term < sum * SMALL {
                break;
            }
        }
        return front * sum;
    }
    let (mut b, mut c) = (x + 1.0 - a, 1.0 / f64::MIN_POSITIVE);
    let mut d = 1.0 / b;
    let mut fraction = d;
    for place in 1..TERMS_MAX {
        let an = -(place as f64) * (place as f64 - a);
        b += 2.0;
        d = 1.0 / non_zero(an * d + b);
        c = non_zero(b + an / c);
        fraction *= d * c;
        if (d * c - 1.0).abs() < SMALL {
            break;
        }
    }
    1.0 - front * fraction
}

fn non_zero(x: f64) -> f64 {
    if x.abs() < 1e-300 { 1e-300 } else { x }
}

/// The value below which a gamma variable of this shape lies with this probability, by halving.
fn gamma_quantile(shape: f64, probability: f64) -> f64 {
    let (mut low, mut high) = (0.0, shape + 10.0 * shape.sqrt() + 20.0);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        *(if gamma_p(shape, middle) < probability { &mut low } else { &mut high }) = middle;
    }
    0.5 * (low + high)
}

/// Probability that a chi-square variable of so many degrees of freedom is this large or larger.
pub(crate) fn chi2_above(chi2: f64, degrees: usize) -> f64 {
    (1.0 - gamma_p(0.5 * degrees as f64, 0.5 * chi2)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, expected: f64) {
        assert!((got - expected).abs() <= 0.001 * expected.abs().max(0.01), "{got} is not {expected}");
    }

    /// Tables of Garwood's interval (Ulm 1990, American Journal of Epidemiology 131, 373).
    #[test]
    fn counts_have_their_published_intervals() {
        for (count, low, high) in [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.390), (100, 81.364, 121.627)] {
            let interval = Interval::rate(count, 1.0);
            close(interval.low, low);
            close(interval.high, high);
        }
        close(Interval::rate(10, 5.0).value, 2.0);
    }

    /// Newcombe 1998 (Statistics in Medicine 17, 857), table I, method 3.
    #[test]
    fn parts_have_their_published_intervals() {
        for (count, of, low, high) in [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)] {
            let interval = Interval::part(count, of).unwrap();
            close(interval.low, low);
            close(interval.high, high);
        }
        assert_eq!(Interval::part(0, 0), None);
    }

    #[test]
    fn chi_square_has_its_published_tail() {
        close(chi2_above(35.172, 23), 0.05);
        close(chi2_above(16.812, 6), 0.01);
    }

    #[test]
    fn a_mean_of_groups_has_the_interval_of_its_standard_error() {
        let values: Vec<f64> = (0..200).map(f64::from).collect();
        let mean = |weights: &[u32]| {
            values.iter().zip(weights).map(|(x, w)| x * f64::from(*w)).sum::<f64>()
                / f64::from(weights.iter().sum::<u32>())
        };
        let interval = Interval::bootstrap(200, 99.5, mean);
        let half = Z * 57.73 / 200_f64.sqrt();
        assert!(
            (interval.low - (99.5 - half)).abs() < 1.0 && (interval.high - (99.5 + half)).abs() < 1.0,
            "{interval:?}"
        );
    }
}
