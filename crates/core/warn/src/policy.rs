//! What the owner of the site has decided.

use serde::{Deserialize, Serialize};

/// Site-wide rules of warning. The thresholds per zone stand with the zone.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// How far from an impact people are in danger, metres: every zone is widened by this much.
    pub effect_radius_m: f64,
    /// A track is a threat when its probability of being ballistic (or boosting) reaches this.
    pub ballistic_probability: f64,
    /// ... and the probability that it exists reaches this.
    pub existence_probability: f64,
    /// ... and it has this many plots.
    pub plots_min: u32,
    /// Seconds after the last impact (or the last sight of a threat) that an alarm is held before the all-clear; rounds of a
    /// salvo follow each other more closely than this.
    pub hold_s: f64,
    /// An alarm that no prediction has supported for this long, while the round should still fly, is withdrawn.
    pub withdraw_after_s: f64,
}

impl Default for Policy {
    /// What suits a site that has decided nothing itself.
    fn default() -> Self {
        Policy {
            // Fragments of the usual 107 mm and 122 mm rockets are dangerous to people in the open at about this distance.
            effect_radius_m: 100.0,
            // Nineteen times as probably a round as not: at nine times, drones and birds alarm now and then.
            ballistic_probability: 0.95,
            // Nine times as probably there as not.
            existence_probability: 0.9,
            // Two plots give a velocity, a third contradicts it, a fourth confirms.
            plots_min: 4,
            // Rounds of one salvo follow each other within some ten seconds; three times that.
            hold_s: 30.0,
            // Long enough for a few lost scans, short enough that a mistaken alarm is taken back while people still listen.
            withdraw_after_s: 6.0,
        }
    }
}
