//! What the tracker says of a moving thing.

use parapet_frame::Time;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::{ClassOdds, Identity, Recognition, SensorId};

/// A track, numbered from 1 in the order of initiation; never used twice by one engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TrackId(pub u64);

/// What a moving thing most probably is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Falling freely: a mortar bomb, a shell, or a rocket after burnout, and which of them is not known.
    Ballistic,
    /// A mortar bomb.
    Mortar,
    /// A shell of a gun or howitzer.
    Artillery,
    /// A rocket.
    Rocket,
    /// An aeroplane or a helicopter.
    Aircraft,
    /// Carried by wings or rotors, slowly: a drone or a bird, and which of them is not known.
    SlowFlyer,
    /// A drone.
    Drone,
    /// A bird.
    Bird,
    /// Not known. A real answer.
    Unknown,
}

/// Probabilities of the kinds of motion; they add up to 1.
///
/// ```
/// let odds = parapet_track::MotionOdds { ballistic: 0.1, boosting: 0.2, coasting: 0.65, level: 0.05 };
/// assert_eq!(odds.falling(), 0.75);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MotionOdds {
    /// Falling freely under drag.
    pub ballistic: f64,
    /// Driven by a rocket motor.
    pub boosting: f64,
    /// Falling freely under drag after a rocket motor burnt out.
    pub coasting: f64,
    /// Carried: gravity is balanced by lift.
    pub level: f64,
}

impl MotionOdds {
    /// Probability that it falls freely, whether a motor burned before or not.
    #[must_use]
    pub fn falling(&self) -> f64 {
        self.ballistic + self.coasting
    }

    /// Probability that it is a round: falling, or driven by a rocket motor.
    #[must_use]
    pub fn round(&self) -> f64 {
        self.falling() + self.boosting
    }

    /// The same if a round was held to be rarer beforehand by a factor.
    pub(crate) fn with_rounds_rarer(&self, factor: f64) -> Self {
        let total = factor * self.round() + self.level;
        if total <= 0.0 {
            return *self;
        }
        let MotionOdds { ballistic, boosting, coasting, level } = *self;
        let [ballistic, boosting, coasting] = [ballistic, boosting, coasting].map(|odds| odds * factor / total);
        MotionOdds { ballistic, boosting, coasting, level: level / total }
    }
}

/// A plot, by who told it and the how-manieth it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PlotRef {
    /// Who saw it.
    pub sensor: SensorId,
    /// [`Plot::sequence`](crate::Plot::sequence).
    pub sequence: u64,
}

/// The plots that moved a track in one look: hardly ever more than a few.
pub type Evidence = SmallVec<[PlotRef; 4]>;

/// A track as it stands at an instant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrackReport {
    /// Its number.
    pub id: TrackId,
    /// The instant that the state below is valid for.
    pub at: Time,
    /// Place in site ENU, metres.
    pub position_m: [f64; 3],
    /// Velocity in site ENU, m/s.
    pub velocity_mps: [f64; 3],
    /// Covariance of place and velocity (order as above), upper triangle row by row, SI units.
    pub covariance: [f64; 21],
    /// Natural logarithm of the ballistic coefficient in kg/m^2, and its standard deviation.
    pub ln_beta: [f64; 2],
    /// Probability that there is an object at all.
    pub existence: f64,
    /// What kind of motion it shows.
    pub odds: MotionOdds,
    /// Probabilities of what it is.
    pub classes: ClassOdds,
    /// What it most probably is, by these.
    pub class: Class,
    /// Number of plots used so far.
    pub plots: u32,
    /// When its first plot was measured.
    pub first_plot_at: Time,
    /// When its latest plot was measured.
    pub last_plot_at: Time,
    /// What it says of itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub identity: Option<Identity>,
    /// Where it was a little earlier, as the plots since then tell too; only of what most probably falls.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub smoothed: Option<Smoothed>,
    /// The contact that it is held to be: an aircraft that says where it is, or another system's track.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub contact: Option<Recognition>,
    /// The plots of this look that moved it; empty when it was missed.
    pub evidence: Evidence,
}

/// Where a round was [`SMOOTHING_LAG_S`] ago, by all plots up to now: nearer to the truth than what was said of it then.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Smoothed {
    /// That instant, or that of the first plot where it came later.
    pub at: Time,
    /// Place in site ENU, metres.
    pub position_m: [f64; 3],
    /// Root of the sum of its variances, metres.
    pub sigma_m: f64,
}

/// How far back [`Smoothed`] lies, seconds: a few looks of most radars, and soon enough for a picture.
pub const SMOOTHING_LAG_S: f64 = 2.0;

/// Why a track is no longer kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackEnd {
    /// It came down.
    Landed,
    /// No plot has supported it for too long.
    Lost,
    /// Its place in a full table went to a more important one.
    Displaced,
}
