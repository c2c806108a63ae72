//! Steps of a sensor's clock.
//!
//! What comes is stamped by the sensor when it measures and by us when we hear it. The least difference of the two over a
//! while is the line's own delay less the error of the clock; when it jumps and stays, the clock was set (an operator, a time server that
//! came back, a leap second taken late), or the line has changed.

use std::collections::VecDeque;

use parapet_frame::Time;

use super::Verdict;

/// Least time over which a least delay is taken, seconds.
const BIN_S: f64 = 1.0;
/// Times before that make the usual one, and after that must agree.
const BEFORE: usize = 4;
const AFTER: usize = 2;
/// A smaller jump is the line's jitter, seconds; and how well the times after must agree.
const STEP_MIN_S: f64 = 0.25;
const AGREE_S: f64 = 0.1;
/// How well a step is known, seconds, if the clock was set forward; where it may be a slower line as well, that comes on top.
const SIGMA_S: f64 = 0.05;

/// Follows the difference between stamps and hearing.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock {
    since: Option<Time>,
    least_s: f64,
    /// The least delay of each time before, the latest last.
    delays_s: VecDeque<f64>,
    stepped: Option<(f64, f64)>,
}

impl Clock {
    pub(super) fn hear(&mut self, stamp: Time, now: Time, scan_period_s: f64) -> Option<Verdict> {
        let delay_s = now.seconds_since(stamp);
        let since_s = self.since.map_or(f64::INFINITY, |since| now.seconds_since(since));
        if since_s < scan_period_s.max(BIN_S) {
            self.least_s = self.least_s.min(delay_s);
            return None;
        }
        if self.since.replace(now).is_some() {
            self.delays_s.push_back(self.least_s);
        }
        self.least_s = delay_s;
        if self.delays_s.len() > BEFORE + AFTER {
            self.delays_s.pop_front();
        }
        self.judge()
    }

    fn judge(&mut self) -> Option<Verdict> {
        if self.delays_s.len() < BEFORE + AFTER {
            return None;
        }
        let spread = |from: usize, to: usize| {
            let part = || self.delays_s.range(from..to).copied();
            (part().fold(f64::INFINITY, f64::min), part().fold(f64::NEG_INFINITY, f64::max))
        };
        let ((least, most), (least_after, most_after)) = (spread(0, BEFORE), spread(BEFORE, BEFORE + AFTER));
        let usual = most - least < STEP_MIN_S && most_after - least_after < AGREE_S;
        // A later stamp makes a shorter delay.
        let step_s = 0.5 * (least + most) - 0.5 * (least_after + most_after);
        if !usual || step_s.abs() < STEP_MIN_S {
            return None;
        }
        self.delays_s.drain(..BEFORE);
        let slower_line_s = if step_s < 0.0 { 0.5 * step_s.abs() } else { 0.0 };
        self.stepped = Some((step_s, SIGMA_S + slower_line_s));
        let way = if step_s > 0.0 { "forward" } else { "back, or the line has become slower" };
        Some(Verdict::begins(format!("by {:.2} s {way}", step_s.abs())))
    }

    pub(super) fn stepped(&mut self) -> Option<(f64, f64)> {
        self.stepped.take()
    }
}
