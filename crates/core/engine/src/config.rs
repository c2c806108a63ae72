//! Everything that the engine knows before the first event.

use parapet_flight::Environment;
use parapet_track::SensorModel;
use parapet_warn::{Policy, Zone};
use serde::{Deserialize, Serialize};

use crate::Limits;

/// Whether people are warned or practise. Chosen at start, for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Real sensors, real people. Plots that call themselves simulated are refused.
    Live,
    /// Practice: simulated plots are welcome and every message says that it is an exercise.
    Exercise,
}

/// The configuration of one site, as numbers. It is stored with the recording; nothing is computed from it anew that could
/// differ between machines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// Live or exercise.
    pub mode: Mode,
    /// The Earth, the ground and the wind.
    pub environment: Environment,
    /// The sensors; [`SensorId`](parapet_track::SensorId) counts from 0 in this order.
    pub sensors: Vec<SensorModel>,
    /// The zones; [`ZoneId`](parapet_warn::ZoneId) counts from 0 in this order.
    pub zones: Vec<Zone>,
    /// What the owner has decided.
    pub policy: Policy,
    /// The bounds of everything.
    pub limits: Limits,
}
