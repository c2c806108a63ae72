//! A sound at one node.

use nalgebra::Vector3;
use parapet_frame::Time;

use super::air::Air;
use super::report::{Bearing, Ear, SoundKind};

/// One sound as it reached one node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Arrival {
    pub(crate) ear: Ear,
    pub(crate) kind: SoundKind,
    pub(crate) place_m: Vector3<f64>,
    pub(crate) sigma_place_m: f64,
    pub(crate) at: Time,
    pub(crate) sigma_time_s: f64,
    pub(crate) bearing: Option<Bearing>,
}

impl Arrival {
    /// How many numbers it tells.
    pub(crate) fn numbers(&self) -> u32 {
        1 + u32::from(self.bearing.is_some())
    }

    /// Whether two arrivals can be of one sound: it cannot have come later to one node by more than it takes from there to the other.
    pub(crate) fn agrees(&self, other: &Arrival, air: &Air) -> bool {
        if self.kind != other.kind || self.ear == other.ear {
            return false;
        }
        let apart_m = (self.place_m - other.place_m).norm() + 3.0 * (self.sigma_place_m + other.sigma_place_m);
        let slack_s = 3.0 * (self.sigma_time_s + other.sigma_time_s) + super::locate::ONSET_SIGMA_S;
        self.at.seconds_since(other.at).abs() <= apart_m / air.slowest_mps() + slack_s
    }
}
