//! What is known of a sensor before it says anything.

use parapet_frame::SensorPose;
use serde::{Deserialize, Serialize};

/// How a radar looks around.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scan {
    /// An antenna turns: each target is seen when the beam passes it.
    Rotating,
    /// Everything is looked at together, once per period; a look without a plot is a miss.
    Staring,
}

/// The model of a radar: where it stands, what it covers, how well it measures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SensorModel {
    /// Name in the configuration.
    pub name: String,
    /// Where it stands.
    pub pose: SensorPose,
    /// Closest slant range, metres.
    pub range_min_m: f64,
    /// Farthest slant range, metres.
    pub range_max_m: f64,
    /// Lowest elevation, radians.
    pub elevation_min_rad: f64,
    /// Highest elevation, radians.
    pub elevation_max_rad: f64,
    /// How it looks around.
    pub scan: Scan,
    /// Seconds between two looks at the same place.
    pub scan_period_s: f64,
    /// Standard deviation of slant range, metres.
    pub sigma_range_m: f64,
    /// Standard deviation of azimuth, radians.
    pub sigma_azimuth_rad: f64,
    /// Standard deviation of range rate, m/s.
    pub sigma_range_rate_mps: f64,
    /// Probability that a target inside the coverage gives a plot in a scan.
    pub detection_probability: f64,
    /// Mean number of false plots in a scan.
    pub clutter_per_scan: f64,
    /// Seconds of silence after which the sensor counts as silent.
    pub silent_after_s: f64,
}
