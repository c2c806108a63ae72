//! What a number of runs can tell.

/// 95 % interval of the share of `k` out of `n` (Wilson 1927); all of it where there are none.
#[must_use]
pub fn wilson(k: usize, n: usize) -> (f64, f64) {
    /// Two-sided 95 % of a normal distribution.
    const Z: f64 = 1.959_964;
    if n == 0 {
        return (0.0, 1.0);
    }
    let (n, share) = (n as f64, k as f64 / n as f64);
    let centre = share + Z * Z / (2.0 * n);
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + Z * Z / n;
    (((centre - half) / whole).max(0.0), ((centre + half) / whole).min(1.0))
}

/// The smallest value that this part of the values does not exceed; not a number where there are none.
#[must_use]
pub fn quantile(values: impl Iterator<Item = f64>, part: f64) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let place = (part * values.len() as f64).ceil() as usize;
    values.get(place.clamp(1, values.len().max(1)) - 1).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_published() {
        // All of ten: the lower end is 1 / (1 + z^2 / n).
        let (low, high) = wilson(10, 10);
        assert!((low - 0.722).abs() < 1e-3 && (high - 1.0).abs() < 1e-9, "{low} {high}");
        assert_eq!(wilson(0, 0), (0.0, 1.0));
    }

    #[test]
    fn the_middle_of_few() {
        let of = |values: &[f64], part| quantile(values.iter().copied(), part);
        assert_eq!(of(&[3.0, 1.0, 2.0], 0.5), 2.0);
        assert_eq!(of(&[1.0, f64::INFINITY], 0.9), f64::INFINITY);
        assert!(of(&[], 0.5).is_nan());
    }
}
