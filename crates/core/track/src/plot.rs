//! What a sensor said: one detection.

use parapet_frame::{HeardAt, MeasuredAt};
use serde::{Deserialize, Serialize};

/// A sensor, by its place in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SensorId(pub u16);

/// One detection by one sensor, in the sensor's own polar frame.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plot {
    /// Who saw it.
    pub sensor: SensorId,
    /// The how-manieth plot heard from this sensor, counted by the edge from 0.
    pub sequence: u64,
    /// When the sensor says that it measured.
    pub measured_at: MeasuredAt,
    /// When we received it.
    pub heard_at: HeardAt,
    /// Slant range, metres.
    pub range_m: f64,
    /// Clockwise from true north at the sensor, radians.
    pub azimuth_rad: f64,
    /// Angle above the sensor's horizontal plane, where the sensor (or the target's own altimeter) tells it.
    pub elevation: Option<Elevation>,
    /// Range rate, m/s, positive when receding, where the sensor measures Doppler.
    pub range_rate_mps: Option<f64>,
    /// What the target says of itself, where it answers.
    pub identity: Option<Identity>,
    /// The sensor says that this is a simulated or a test target.
    pub simulated: bool,
}

/// An elevation and how well it is known; it differs between a measured angle and a barometric height.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Elevation {
    /// Angle above the sensor's horizontal plane, radians.
    pub rad: f64,
    /// Its standard deviation, radians.
    pub sigma_rad: f64,
}

/// What a cooperative target says of itself by transponder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// ICAO 24-bit aircraft address.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<u32>,
    /// Mode 3/A code, four octal digits as a number of 12 bits.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mode_3a: Option<u16>,
    /// Aircraft identification, eight characters of the ICAO six-bit alphabet, space-padded.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub callsign: Option<[u8; 8]>,
}
