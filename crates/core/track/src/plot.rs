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
    /// How well this plot was measured, where the sensor tells it of each; otherwise what the configuration says of the sensor.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub accuracy: Option<Accuracy>,
}

/// Standard deviations of one plot; `None` for what the configuration is to say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Accuracy {
    /// Of slant range, metres.
    pub range_m: Option<f64>,
    /// Of azimuth, radians.
    pub azimuth_rad: Option<f64>,
    /// Of range rate, m/s.
    pub range_rate_mps: Option<f64>,
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

impl Identity {
    /// How much likelier it is that both were told by one target than by two, from what they say of themselves.
    ///
    /// An address belongs to one aircraft: the same makes it nearly certain, another rules it out. One of 4,096 codes may be
    /// shared, and may be changed in flight.
    #[must_use]
    pub fn likeness(&self, other: &Identity) -> f64 {
        /// The same address; not infinite, because an address can be set wrongly or forged.
        const SAME_ADDRESS: f64 = 1e4;
        const SAME_CODE: f64 = 100.0;
        const OTHER_CODE: f64 = 0.01;
        if let (Some(a), Some(b)) = (self.address, other.address) {
            return if a == b { SAME_ADDRESS } else { 0.0 };
        }
        match (self.mode_3a, other.mode_3a) {
            (Some(a), Some(b)) if a == b => SAME_CODE,
            (Some(_), Some(_)) => OTHER_CODE,
            _ => 1.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_decides_and_a_code_hints() {
        let told = |address, mode_3a| Identity { address, mode_3a, callsign: None };
        let known = told(Some(0x34658A), Some(0o7071));
        assert!(known.likeness(&told(Some(0x34658A), Some(0o1000))) > 1e3);
        assert_eq!(known.likeness(&told(Some(0x440C8D), Some(0o7071))), 0.0);
        assert!(known.likeness(&told(None, Some(0o7071))) > 1.0);
        assert!(known.likeness(&told(None, Some(0o2000))) < 1.0);
        assert_eq!(known.likeness(&Identity::default()), 1.0);
    }
}
