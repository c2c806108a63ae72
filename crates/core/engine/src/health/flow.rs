//! How many plots come.

use parapet_frame::Time;
use parapet_track::SensorModel;

use super::Verdict;

/// Least time over which plots are counted, seconds.
const BIN_S: f64 = 1.0;
/// More than so many times what is expected, so many standard deviations, and so many plots besides, are too many.
const TIMES: f64 = 4.0;
const SIGMAS: f64 = 6.0;
const BESIDES: f64 = 20.0;

/// Counts plots over a scan.
#[derive(Clone, Debug, Default)]
pub(super) struct Flow {
    since: Option<Time>,
    count: u32,
    things: usize,
    is_flood: bool,
}

impl Flow {
    pub(super) fn expect(&mut self, things: usize) {
        self.things = things;
    }

    /// A plot has come.
    pub(super) fn hear(&mut self, now: Time, model: &SensorModel) -> Option<Verdict> {
        let bin_s = model.scan_period_s.max(BIN_S);
        let scans = (bin_s / model.scan_period_s).max(1.0) + 1.0;
        let expected = scans * (model.clutter_per_scan + self.things as f64);
        let most = TIMES * expected + SIGMAS * expected.sqrt() + BESIDES;
        let since_s = self.since.map_or(f64::INFINITY, |since| now.seconds_since(since));
        let mut verdict = None;
        if since_s >= bin_s {
            if self.is_flood && f64::from(self.count) < 0.5 * most {
                self.is_flood = false;
                verdict = Some(Verdict::over());
            }
            (self.since, self.count) = (Some(now), 0);
        }
        self.count = self.count.saturating_add(1);
        if f64::from(self.count) > most && !self.is_flood {
            self.is_flood = true;
            let words = format!("{} plots within {bin_s:.1} s, where {expected:.0} are expected", self.count);
            verdict = Some(Verdict::begins(words));
        }
        verdict
    }
}

/// What a source may still send: a token bucket that holds what it may send in a scan.
#[derive(Clone, Debug, Default)]
pub(super) struct Bucket {
    /// Plots that it may send now, and when that was worked out; full in the beginning.
    tokens: Option<(f64, Time)>,
    empty: bool,
    full: f64,
}

impl Bucket {
    /// Takes a token, if there is one.
    pub(super) fn take(&mut self, now: Time, per_s: f64, scan_period_s: f64) -> bool {
        self.full = (per_s * scan_period_s.max(1.0)).max(1.0);
        let (tokens, at) = self.tokens.unwrap_or((self.full, now));
        let tokens = (tokens + per_s * now.seconds_since(at).max(0.0)).min(self.full);
        let fits = tokens >= 1.0;
        self.tokens = Some((if fits { tokens - 1.0 } else { tokens }, now.max(at)));
        self.empty |= !fits;
        fits
    }

    /// Whether there is room again after it was empty.
    pub(super) fn has_recovered(&mut self) -> Option<Verdict> {
        let half = 0.5 * self.full;
        let recovered = self.empty && self.tokens.is_some_and(|(tokens, _)| tokens >= half.max(1.0) || half < 1.0);
        self.empty &= !recovered;
        recovered.then(Verdict::over)
    }
}
