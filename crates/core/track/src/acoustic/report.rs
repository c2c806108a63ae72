//! What a node says of a sound, and what follows from what several say.

use parapet_frame::{HeardAt, MeasuredAt, PlaneCovariance, SitePoint, Time};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::SensorId;

/// Who listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ear {
    /// An acoustic node, by its place in the list of nodes.
    Node(u32),
    /// A sensor of the configuration that also hears.
    Sensor(SensorId),
}

impl core::fmt::Display for Ear {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Ear::Node(number) => write!(f, "acoustic node {number}"),
            Ear::Sensor(sensor) => write!(f, "sensor {}", sensor.0),
        }
    }
}

/// What made a sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoundKind {
    /// A round was fired.
    Launch,
    /// A round came down.
    Impact,
}

/// Where a sound came from, seen from the node.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bearing {
    /// Clockwise from the site's north, radians.
    pub azimuth_rad: f64,
    /// Its standard deviation, radians.
    pub sigma_rad: f64,
}

/// One sound as a node heard it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sound {
    /// What it was, by the node.
    pub kind: SoundKind,
    /// Standard deviation of the time of arrival, the node's clock included, seconds. Large where only the bearing says anything.
    pub sigma_time_s: f64,
    /// Where it came from, where the node can tell.
    pub bearing: Option<Bearing>,
}

/// What a node says: that it heard something, or that it listens.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SoundReport {
    /// Who listens.
    pub ear: Ear,
    /// Where the node stands: east, north, up, metres.
    pub place_m: [f64; 3],
    /// How well that is known: standard deviation of each component, metres.
    pub sigma_place_m: f64,
    /// When the sound reached it by its own clock; for a sign of life, its own time.
    pub measured_at: MeasuredAt,
    /// When we received the report.
    pub heard_at: HeardAt,
    /// What it heard; `None` for a sign of life.
    pub sound: Option<Sound>,
    /// The node says that this is simulated.
    pub simulated: bool,
}

/// A sound whose place and time are known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SoundSource {
    /// Its number; a source that is told again, by more arrivals, keeps it.
    pub id: u32,
    /// What it was.
    pub kind: SoundKind,
    /// When it was made.
    pub at: Time,
    /// Standard deviation of that, seconds.
    pub sigma_time_s: f64,
    /// Where, on the ground.
    pub place: SitePoint,
    /// How surely. It holds what is not known of the air.
    pub covariance: PlaneCovariance,
    /// Sum of squared residuals over their variances ...
    pub chi2: f64,
    /// ... and how many of them are to spare: what `chi2` should be about.
    pub spare: u32,
    /// Who heard it, in the order of taking it in.
    pub ears: SmallVec<[Ear; 8]>,
}
