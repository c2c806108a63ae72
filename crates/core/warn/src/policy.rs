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
    /// What suits a site that has decided nothing itself. The effect radius is that within which fragments of the common
    /// 107 to 122 mm rockets injure people in the open; the hold outlasts the pauses within a salvo.
    fn default() -> Self {
        Policy {
            effect_radius_m: 100.0,
            ballistic_probability: 0.95,
            existence_probability: 0.9,
            plots_min: 4,
            hold_s: 30.0,
            withdraw_after_s: 6.0,
        }
    }
}
