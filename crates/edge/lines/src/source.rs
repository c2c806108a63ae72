//! Who may speak here, and what is known of them.

use std::net::IpAddr;

use parapet_frame::{EarthAxes, SensorPose};
use parapet_track::SensorId;
use serde::{Deserialize, Serialize};

/// Everybody who may speak by lines. It stands in a recording's header.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LineSources {
    /// How the site lies on the Earth, for places that are told by latitude and longitude.
    pub axes: EarthAxes,
    /// Sensors.
    pub sensors: Vec<LineSensor>,
    /// Acoustic nodes, in the order of their numbers.
    pub nodes: Vec<SoundNode>,
}

/// A sensor that speaks by lines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LineSensor {
    /// What it calls itself.
    pub name: String,
    /// The sensor in the engine's configuration.
    pub sensor: SensorId,
    /// Where it stands.
    pub pose: SensorPose,
    /// Standard deviation of an elevation that comes without one, radians; `None` when such are not to be used.
    pub sigma_elevation_rad: Option<f64>,
    /// The only addresses that may send for it; empty when any may.
    pub senders: Vec<IpAddr>,
}

/// An acoustic node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SoundNode {
    /// What it calls itself.
    pub name: String,
    /// Where it stands.
    pub pose: SensorPose,
    /// How well that is known: standard deviation of each component, metres.
    pub sigma_place_m: f64,
    /// Standard deviation of its times of arrival, its clock included, seconds.
    pub sigma_time_s: f64,
}
