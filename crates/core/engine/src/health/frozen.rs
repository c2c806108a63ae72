//! A sensor that says the same again and again.

use std::collections::VecDeque;

use parapet_frame::Time;
use parapet_track::Plot;

use super::Verdict;

/// Stamps that stand still for so long while messages come are those of a frozen sensor, seconds, and so many messages.
const STILL_S: f64 = 1.5;
const MESSAGES_MIN: u32 = 3;
/// Plots in a row that were told before, bit for bit, at another time. Noise repeats itself in all bits hardly ever; the coarsest ASTERIX
/// steps (1/256 NM, 0.0055 degrees) make one repetition of a fixed echo possible, and five in a row not.
const REPEATS: u32 = 5;
/// Plots that are remembered.
const REMEMBERED: usize = 256;

/// Stamps below the latest that go on by themselves for so long are those of a clock that was set back, or the latest was a broken one,
/// seconds.
const GOES_ON_S: f64 = 1.0;

/// Looks for standstill.
#[derive(Clone, Debug, Default)]
pub(super) struct Frozen {
    latest: Option<Time>,
    advanced_at: Option<Time>,
    /// The first and the last of the stamps below the latest, as long as they advance.
    below: Option<(Time, Time)>,
    standing_still: u32,
    plots: VecDeque<(u64, u64, Time)>,
    repeats: u32,
}

impl Frozen {
    /// Something came that was stamped so.
    pub(super) fn hear_stamp(&mut self, stamp: Time, now: Time) -> Option<Verdict> {
        if self.latest.is_none_or(|latest| stamp > latest) || self.goes_on(stamp) {
            self.below = None;
            self.latest = Some(stamp);
            self.advanced_at = Some(now);
            let was_still = core::mem::take(&mut self.standing_still) >= MESSAGES_MIN;
            return (was_still && self.repeats < REPEATS).then(Verdict::over);
        }
        self.standing_still += 1;
        let still_s = self.advanced_at.map_or(0.0, |at| now.seconds_since(at));
        let is_still = self.standing_still >= MESSAGES_MIN && still_s >= STILL_S;
        is_still.then(|| Verdict::begins(format!("no stamp has advanced for {still_s:.1} s, while messages came")))
    }

    /// Whether time goes on below the latest stamp.
    fn goes_on(&mut self, stamp: Time) -> bool {
        let first = match self.below {
            Some((first, last)) if stamp >= last => first,
            _ => stamp,
        };
        self.below = Some((first, stamp));
        stamp.seconds_since(first) >= GOES_ON_S
    }

    /// Whether a plot was told before, with another stamp.
    pub(super) fn repeats(&mut self, plot: &Plot) -> Option<Verdict> {
        let (range, azimuth, at) = (plot.range_m.to_bits(), plot.azimuth_rad.to_bits(), plot.measured_at.0);
        let same = self.plots.iter_mut().find(|(r, a, _)| (*r, *a) == (range, azimuth));
        match same {
            // The same plot on a redundant line.
            Some((_, _, then)) if *then == at => None,
            Some((_, _, then)) => {
                *then = at;
                self.repeats += 1;
                (self.repeats >= REPEATS).then(|| {
                    Verdict::begins(format!("the last {} plots repeat earlier ones bit for bit", self.repeats))
                })
            }
            None => {
                if self.plots.len() == REMEMBERED {
                    self.plots.pop_front();
                }
                self.plots.push_back((range, azimuth, at));
                let was_frozen = core::mem::take(&mut self.repeats) >= REPEATS;
                was_frozen.then(Verdict::over)
            }
        }
    }
}
