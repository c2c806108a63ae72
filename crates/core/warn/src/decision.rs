//! Whether to warn now, and what to tell people to do.
//!
//! The mathematics, with its sources, is in `docs/warning.md`.

use parapet_frame::maths;

use crate::{Advice, Policy, Posture, SecondsLeft};

/// Seconds that people need to hear a warning, understand it and begin to move.
const REACTION_S: f64 = 2.0;
/// Time constant of going down where one stands, seconds: after as long again, two thirds of the people who will do so have.
const DOWN_S: f64 = 3.0;
/// Time constant with which people reach a shelter around the time that the way takes, seconds.
const ARRIVAL_S: f64 = 5.0;
/// Part of the harm that lying down avoids; a shelter avoids the rest. Somebody who lies offers fragments that fly level about a
/// third to a half of the area of somebody who stands.
const DOWN_AVOIDS: f64 = 0.5;

impl Policy {
    /// The probability from which a zone is warned, given its threshold in the normal posture.
    ///
    /// The cost-loss rule: warn when `p (C_miss) > (1 - p) C_false`, that is from `C_false / (C_false + C_miss)` on. A missed round
    /// that counts `k` times as much turns a threshold `t` into `t / (t + k (1 - t))`.
    ///
    /// ```
    /// use parapet_warn::{Policy, Posture};
    ///
    /// let policy = Policy::default();
    /// assert_eq!(policy.threshold(0.1, Posture::Normal), 0.1);
    /// assert!((policy.threshold(0.1, Posture::Heightened) - 0.1 / 2.8).abs() < 1e-12);
    /// ```
    #[must_use]
    pub fn threshold(&self, normal: f64, posture: Posture) -> f64 {
        match posture {
            Posture::Normal => normal,
            Posture::Heightened => normal / (normal + self.heightened_miss_factor * (1.0 - normal)),
        }
    }
}

/// The probability from which on a warning costs less than it saves: `C_false / (C_false + C_miss)`.
///
/// ```
/// // An owner who holds a missed round for nine times as bad as a needless alarm.
/// assert_eq!(parapet_warn::cost_loss_threshold(1.0, 9.0), 0.1);
/// ```
#[must_use]
pub fn cost_loss_threshold(cost_false: f64, cost_miss: f64) -> f64 {
    cost_false / (cost_false + cost_miss)
}

/// What is known when a zone's probability has reached its threshold and nobody has been told yet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Wait {
    /// Probability that a round endangers the zone.
    pub(crate) probability: f64,
    /// The zone's threshold, which is the ratio of the costs.
    pub(crate) threshold: f64,
    /// Seconds left until it comes, by the median.
    pub(crate) left_s: f64,
    /// Seconds until the next scan.
    pub(crate) scan_s: f64,
    /// Part of the uncertainty that will be left after it: 1 where a scan tells nothing.
    pub(crate) kept: f64,
    /// Seconds that the way to shelter takes, where there is one.
    pub(crate) shelter_s: Option<f64>,
}

impl Wait {
    /// Whether the next scan may be waited for: it is worth more than the seconds that it costs.
    ///
    /// Take the next scan to tell everything with probability `1 - kept`, and nothing otherwise (of all scans that leave so much
    /// uncertainty none is worth more, so that the owner's bound on waiting is what holds near the threshold). Then a warning now costs
    /// `(1 - p) C_false + p C_miss (1 - v(t))`, with `v(t)` the harm that `t` seconds avoid, and the rule after the scan costs
    /// `(1 - kept) p C_miss (1 - v(t - s)) + kept [(1 - p) C_false + p C_miss (1 - v(t - s))]`. The difference is
    /// `(1 - kept) (1 - p) C_false - p C_miss [v(t) - v(t - s)]`: what is saved where the scan shows that nobody need be warned,
    /// less what the seconds would have been worth to those who must be. As `C_false : C_miss = threshold : 1 - threshold`,
    /// only the threshold is needed.
    pub(crate) fn is_worth_it(&self) -> bool {
        let saved = (1.0 - self.kept) * (1.0 - self.probability) * self.threshold;
        let protection = |left_s: f64| avoided(left_s, self.shelter_s);
        let lost = protection(self.left_s) - protection(self.left_s - self.scan_s);
        saved > self.probability * (1.0 - self.threshold) * lost
    }
}

/// Part of the harm that a warning so long before avoids.
fn avoided(left_s: f64, shelter_s: Option<f64>) -> f64 {
    let reached = |after_s: f64, constant_s: f64| 1.0 - maths::exp(-((left_s - after_s).max(0.0) / constant_s));
    let down = reached(REACTION_S, DOWN_S);
    let sheltered = shelter_s.map_or(0.0, |way_s| reached(REACTION_S + way_s, ARRIVAL_S));
    DOWN_AVOIDS * down + (1.0 - DOWN_AVOIDS) * sheltered
}

/// What people are told to do when they must take cover: to walk only where even the earliest round leaves them the time.
pub(crate) fn cover(left: Option<SecondsLeft>, way_left_s: Option<f64>) -> Advice {
    let time_s = left.map_or(0.0, |left| left.earliest_s);
    match way_left_s {
        Some(walk_s) if time_s >= walk_s + REACTION_S => Advice::WalkToShelter { walk_s },
        _ => Advice::DownNow,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Wait =
        Wait { probability: 0.15, threshold: 0.1, left_s: 30.0, scan_s: 1.0, kept: 0.5, shelter_s: None };

    /// With half a minute left and nowhere to go, a second costs nothing and the next scan may spare everybody the alarm.
    #[test]
    fn time_to_spare_is_spent_on_knowing_better() {
        assert!(WAIT.is_worth_it());
    }

    #[test]
    fn the_last_seconds_are_not_waited_away() {
        let probable = Wait { probability: 0.5, ..WAIT };
        assert!(probable.is_worth_it() && !Wait { left_s: 5.0, ..probable }.is_worth_it());
    }

    #[test]
    fn what_is_nearly_certain_is_told_at_once() {
        assert!(!Wait { probability: 0.9999, left_s: 15.0, ..WAIT }.is_worth_it());
        assert!(!Wait { probability: 1.0, ..WAIT }.is_worth_it());
    }

    #[test]
    fn a_scan_that_tells_nothing_is_not_waited_for() {
        assert!(!Wait { kept: 1.0, ..WAIT }.is_worth_it());
    }

    /// People with a way of twenty seconds need their seconds where people without a shelter do not.
    #[test]
    fn the_way_to_shelter_makes_seconds_dear() {
        let probable = Wait { probability: 0.5, left_s: 24.0, ..WAIT };
        assert!(probable.is_worth_it() && !Wait { shelter_s: Some(20.0), ..probable }.is_worth_it());
    }

    /// By the costs themselves, for one case: threshold 0.1 is 1 against 9.
    #[test]
    fn the_rule_is_the_difference_of_the_costs() {
        for left_s in [4.0, 8.0, 12.0, 20.0] {
            for kept in [0.2, 0.8] {
                let wait = Wait { left_s, kept, ..WAIT };
                let (p, v) = (wait.probability, |left_s: f64| avoided(left_s, None));
                let now = (1.0 - p) + p * 9.0 * (1.0 - v(left_s));
                let missed = p * 9.0 * (1.0 - v(left_s - 1.0));
                let later = (1.0 - kept) * missed + kept * ((1.0 - p) + missed);
                assert_eq!(wait.is_worth_it(), later < now, "{wait:?}: {later} against {now}");
            }
        }
    }

    #[test]
    fn nobody_walks_without_the_time_for_it() {
        let left =
            |earliest_s: f64| Some(SecondsLeft { earliest_s, median_s: earliest_s + 1.0, latest_s: earliest_s + 2.0 });
        assert_eq!(cover(left(30.0), Some(25.0)), Advice::WalkToShelter { walk_s: 25.0 });
        assert_eq!(cover(left(26.0), Some(25.0)), Advice::DownNow);
        assert_eq!(cover(left(60.0), None), Advice::DownNow);
        assert_eq!(cover(None, Some(5.0)), Advice::DownNow);
    }
}
