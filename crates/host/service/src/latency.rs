//! From plot to alarm: how long people waited for us.

use serde::Serialize;

/// Measurements of which the median and the percentile are taken; the worst is over all.
const SAMPLES_MAX: usize = 100_000;

/// The waiting times of the alarms raised so far: from the stamp on the plot that completed the case to the alarm in the
/// hands of its writers.
#[derive(Clone, Debug, Default)]
pub struct Latencies {
    recent_us: Vec<u32>,
    next: usize,
    count: u64,
    worst_us: u32,
}

/// Exact figures over the measurements kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct LatencyReport {
    /// Number of alarms measured.
    pub count: u64,
    /// Half of them were faster, milliseconds.
    pub median_ms: f64,
    /// 99 in 100 were faster, milliseconds.
    pub p99_ms: f64,
    /// None was slower, milliseconds.
    pub worst_ms: f64,
}

impl Latencies {
    /// Takes one measurement in seconds; a negative one counts as none.
    pub fn add(&mut self, seconds: f64) {
        let micros = (seconds.max(0.0) * 1e6).round() as u32;
        if self.recent_us.len() < SAMPLES_MAX {
            self.recent_us.push(micros);
        } else {
            self.recent_us[self.next] = micros;
        }
        self.next = (self.next + 1) % SAMPLES_MAX;
        self.count += 1;
        self.worst_us = self.worst_us.max(micros);
    }

    /// The figures so far; zeros while there is no alarm.
    #[must_use]
    pub fn report(&self) -> LatencyReport {
        let mut sorted = self.recent_us.clone();
        sorted.sort_unstable();
        // Nearest rank: the smallest measurement that at least this share does not exceed.
        let rank = |share: f64| (share * sorted.len() as f64).ceil() as usize;
        let quantile_ms = |share| sorted.get(rank(share).saturating_sub(1)).map_or(0.0, |us| f64::from(*us) / 1e3);
        LatencyReport {
            count: self.count,
            median_ms: quantile_ms(0.5),
            p99_ms: quantile_ms(0.99),
            worst_ms: f64::from(self.worst_us) / 1e3,
        }
    }
}

/// Buckets of [`Delays`]: eight to each doubling, from a microsecond to 67 seconds.
const BUCKETS: usize = 26 * PARTS;
const PARTS: usize = 8;

/// How long many things took, in buckets whose widths are an eighth of what they hold: bounded, and cheap to copy.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Delays {
    buckets: Vec<u64>,
    pub(crate) count: u64,
    worst_us: u64,
}

impl Default for Delays {
    fn default() -> Self {
        Delays { buckets: vec![0; BUCKETS], count: 0, worst_us: 0 }
    }
}

impl Delays {
    /// Takes one measurement in seconds; a negative one counts as none.
    pub(crate) fn add(&mut self, seconds: f64) {
        let us = (seconds.max(0.0) * 1e6).ceil() as u64;
        let octave = us.max(1).ilog2() as usize;
        let part = (us.max(1) << PARTS.ilog2() >> octave) as usize - PARTS;
        self.buckets[(octave * PARTS + part).min(BUCKETS - 1)] += 1;
        self.count += 1;
        self.worst_us = self.worst_us.max(us);
    }

    /// The upper end of the bucket that holds this share of the measurements, seconds; 0 while there are none.
    pub(crate) fn quantile_s(&self, share: f64) -> f64 {
        let wanted = (share * self.count as f64).ceil().max(1.0) as u64;
        let mut seen = 0;
        for (number, count) in self.buckets.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                let octave_us = (1u64 << (number / PARTS)) as f64;
                let end_us = octave_us * (1.0 + (number % PARTS + 1) as f64 / PARTS as f64);
                return end_us.min(self.worst_us as f64) / 1e6;
            }
        }
        0.0
    }
}

impl core::fmt::Display for LatencyReport {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        if self.count == 0 {
            return write!(f, "no alarm was raised");
        }
        let LatencyReport { count, median_ms, p99_ms, worst_ms } = self;
        write!(f, "median {median_ms:.3} ms, p99 {p99_ms:.3} ms, worst {worst_ms:.3} ms over {count} alarms")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_exact() {
        let mut latencies = Latencies::default();
        assert_eq!(latencies.report(), LatencyReport::default());
        for ms in (1..=200).rev() {
            latencies.add(f64::from(ms) / 1e3);
        }
        let expected = LatencyReport { count: 200, median_ms: 100.0, p99_ms: 198.0, worst_ms: 200.0 };
        assert_eq!(latencies.report(), expected);
    }

    #[test]
    fn delays_are_right_to_an_eighth() {
        let mut delays = Delays::default();
        assert_eq!(delays.quantile_s(0.5), 0.0);
        (1..=1_000).for_each(|ms| delays.add(f64::from(ms) / 1e3));
        for (share, exact_s) in [(0.5, 0.5), (0.99, 0.99), (1.0, 1.0), (0.001, 0.001)] {
            let said_s = delays.quantile_s(share);
            assert!((exact_s..=exact_s * 1.13).contains(&said_s), "{share}: {said_s}");
        }
        delays.add(1e9);
        delays.add(-1.0);
        assert_eq!(delays.count, 1_002);
    }

    #[test]
    fn memory_is_bounded_and_the_worst_is_kept() {
        let mut latencies = Latencies::default();
        latencies.add(9.0);
        (0..2 * SAMPLES_MAX).for_each(|_| latencies.add(0.001));
        let report = latencies.report();
        assert_eq!((report.worst_ms, report.p99_ms), (9_000.0, 1.0));
        assert_eq!(latencies.recent_us.len(), SAMPLES_MAX);
    }
}
