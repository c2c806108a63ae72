//! What is said of the errors of sensors.

use parapet_frame::Time;
use serde::{Deserialize, Serialize};

use crate::{Bias, SensorId};

/// What a sensor has wrong, as others tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegistrationReport {
    /// Which one.
    pub sensor: SensorId,
    /// When this was found.
    pub at: Time,
    /// What its plots have in common: measured less true.
    pub bias: Bias,
    /// Standard deviations of the same.
    pub sigma: Bias,
    /// How often a thing was compared: so many windows of a few seconds in which others saw it too.
    pub windows: u64,
    /// Whether its plots are corrected by this; `false` at a site that has not said how wrong its sensors may be.
    pub is_used: bool,
    /// What stands out: far more than its uncertainty, and enough to matter. Somebody should look at the survey, the north or the
    /// clock.
    pub stands_out: Vec<BiasKind>,
}

/// A kind of error that all plots of a sensor share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BiasKind {
    /// Slant range.
    Range,
    /// North.
    Azimuth,
    /// Level.
    Elevation,
    /// Clock.
    Time,
}

/// The places that a sensor tells run away from those that others tell: a fault, or somebody who leads it astray.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DriftReport {
    /// Which one.
    pub sensor: SensorId,
    /// Against which one; `None` where it alone runs away from all others. Which of two is right cannot be told.
    pub against: Option<SensorId>,
    /// When this was found.
    pub at: Time,
    /// How fast, in site ENU, m/s: roughly, too slow where the drift began after the comparison did, too fast where it began before.
    pub velocity_mps: [f64; 3],
    /// Standard deviation of the largest of these by noise alone, m/s.
    pub sigma_mps: f64,
}

/// What registration has to say.
#[derive(Clone, Debug, PartialEq)]
pub enum Registered {
    /// A bias was estimated, or has changed.
    Bias(RegistrationReport),
    /// A sensor began to drift.
    Drift(DriftReport),
}
