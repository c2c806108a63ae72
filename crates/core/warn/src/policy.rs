//! What the owner of the site has decided.

use serde::{Deserialize, Serialize};

/// How the owner weighs false alarms against missed rounds for the time being.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Posture {
    /// By each zone's threshold as it stands.
    #[default]
    Normal,
    /// An attack is expected: a missed round counts [`Policy::heightened_miss_factor`] times as much.
    Heightened,
}

/// How far from an impact people are in danger, by what came down, metres; where nothing is said of a class, or the class is not
/// known, [`Policy::effect_radius_m`] counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EffectRadii {
    /// Of a mortar bomb.
    #[serde(default)]
    pub mortar_m: Option<f64>,
    /// Of a shell of a gun or howitzer.
    #[serde(default)]
    pub artillery_m: Option<f64>,
    /// Of a rocket.
    #[serde(default)]
    pub rocket_m: Option<f64>,
}

/// Site-wide rules of warning. The thresholds per zone stand with the zone.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// How far from an impact people are in danger, metres: every zone is widened by this much.
    pub effect_radius_m: f64,
    /// The same for classes of which the owner knows more.
    #[serde(default)]
    pub effect_radius_of: EffectRadii,
    /// A track is a threat when its probability of being ballistic (or boosting) reaches this.
    pub ballistic_probability: f64,
    /// ... and the probability that it exists reaches this.
    pub existence_probability: f64,
    /// ... and it rests on this many reports: its plots, and its launch where that was heard.
    pub plots_min: u32,
    /// ... from this many independent groups of sensors: see [`Trust::group`](parapet_track::Trust::group).
    #[serde(default = "one")]
    pub corroboration: u32,
    /// Seconds after the last impact (or the last sight of a threat) that an alarm is held before the all-clear; rounds of a
    /// salvo follow each other more closely than this.
    pub hold_s: f64,
    /// An alarm that no prediction has supported for this long, while the round should still fly, is withdrawn.
    pub withdraw_after_s: f64,
    /// The posture at the start.
    #[serde(default)]
    pub posture: Posture,
    /// How many times as much a missed round counts in [`Posture::Heightened`].
    #[serde(default = "heightened_miss_factor")]
    pub heightened_miss_factor: f64,
    /// Seconds for which no alarm ends because a sensor that saw its threat has fallen silent, at most.
    #[serde(default = "sight_lost_max_s")]
    pub sight_lost_max_s: f64,
    /// Seconds after which a hold ordered by people ends by itself.
    #[serde(default = "operator_hold_max_s")]
    pub operator_hold_max_s: f64,
    /// Seconds for which an alarm raised by people stands when nothing else supports it.
    #[serde(default = "operator_alarm_s")]
    pub operator_alarm_s: f64,
    /// Part of the time left that may be spent waiting for a better prediction before people are told to take cover; 0 never waits.
    #[serde(default)]
    pub wait_part_max: f64,
    /// A place belongs to the part of its zone that is told from this part of the zone's threshold on: 1 holds each place against the
    /// owner's costs by itself, less tells more people than that.
    #[serde(default = "place_part")]
    pub place_part: f64,
}

/// A recording that does not say was made with these.
fn heightened_miss_factor() -> f64 {
    3.0
}

fn place_part() -> f64 {
    0.3
}

fn sight_lost_max_s() -> f64 {
    300.0
}

fn operator_hold_max_s() -> f64 {
    1_800.0
}

fn operator_alarm_s() -> f64 {
    120.0
}

impl Default for Policy {
    /// What suits a site that has decided nothing itself.
    fn default() -> Self {
        Policy {
            // Fragments of the usual 107 mm and 122 mm rockets are dangerous to people in the open at about this distance.
            effect_radius_m: 100.0,
            effect_radius_of: EffectRadii::default(),
            // Nineteen times as probably a round as not: at nine times, drones and birds alarm now and then.
            ballistic_probability: 0.95,
            // Nine times as probably there as not.
            existence_probability: 0.9,
            // Two plots give a velocity, a third contradicts it, a fourth confirms.
            plots_min: 4,
            // A site with one radar is to be warned too.
            corroboration: one(),
            // Rounds of one salvo follow each other within some ten seconds; three times that.
            hold_s: 30.0,
            // Long enough for a few lost scans, short enough that a mistaken alarm is taken back while people still listen.
            withdraw_after_s: 6.0,
            posture: Posture::Normal,
            heightened_miss_factor: heightened_miss_factor(),
            // A radar that restarts is back within a few minutes.
            sight_lost_max_s: sight_lost_max_s(),
            // Half an hour: whoever still wants it then says so again.
            operator_hold_max_s: operator_hold_max_s(),
            operator_alarm_s: operator_alarm_s(),
            // A tenth: of half a minute, three seconds at most.
            wait_part_max: 0.1,
            place_part: place_part(),
        }
    }
}

/// A recording that does not say how many was made when one was enough.
fn one() -> u32 {
    1
}
