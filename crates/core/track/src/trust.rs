//! What a site knows beforehand of how far a sensor can be trusted.

use serde::{Deserialize, Serialize};

/// Errors that all plots of a sensor share: what is measured less what is true.
///
/// As an estimate it is a value, as a prior or an uncertainty it is a standard deviation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bias {
    /// Of slant range, metres.
    pub range_m: f64,
    /// Of azimuth, radians clockwise.
    pub azimuth_rad: f64,
    /// Of a measured elevation, radians.
    pub elevation_rad: f64,
    /// Of the stamps, seconds: positive for a clock that is ahead.
    pub time_s: f64,
}

impl Bias {
    /// Range, azimuth, elevation and time, in this order.
    #[must_use]
    pub fn values(self) -> [f64; 4] {
        [self.range_m, self.azimuth_rad, self.elevation_rad, self.time_s]
    }

    /// The inverse of [`values`](Self::values).
    #[must_use]
    pub fn of_values([range_m, azimuth_rad, elevation_rad, time_s]: [f64; 4]) -> Self {
        Bias { range_m, azimuth_rad, elevation_rad, time_s }
    }

    /// Whether nothing of it differs from zero.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.values().iter().all(|value| *value == 0.0)
    }
}

/// How far a sensor is trusted. The default is a sensor that is surveyed, timed, its own, and as loud as it likes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Trust {
    /// Standard deviations of the errors that all its plots share, as they are when nothing has been estimated yet. Where all
    /// are zero the sensor is taken as exact.
    #[serde(skip_serializing_if = "is_zero")]
    pub bias_sigma: Bias,
    /// Sensors of one group stand or fall together (one maker, one power line, one network): what they agree on is one voice.
    /// A sensor without a group is a group of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Most plots that it may send, per second on average over a scan; `None` for no bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plots_per_s_max: Option<f64>,
}

impl Trust {
    /// Whether there is nothing to say of it.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Trust::default()
    }
}

fn is_zero(bias: &Bias) -> bool {
    bias.is_zero()
}
