//! The places whose people are told.

use serde::{Deserialize, Serialize};

/// A zone, by its place in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ZoneId(pub u16);

/// A place whose people are warned together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Zone {
    /// Identifier in the configuration, unique.
    pub key: String,
    /// Name for people.
    pub name: String,
    /// What it is: `hospital`, `embassy`, `housing`, ...
    pub kind: String,
    /// How many people are there.
    pub people: u32,
    /// The outline in site ENU, metres, east and north; rings of at least three corners, the first ring outside, further
    /// rings holes, none closed by repeating its first corner.
    pub rings: Vec<Vec<[f64; 2]>>,
    /// Probability of an impact inside the zone (widened by the policy's margin) at which its alarm is raised.
    pub alarm_probability: f64,
    /// Seconds that the way to shelter takes at a walk; `None` where there is none, or nobody has said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub shelter_s: Option<f64>,
}
