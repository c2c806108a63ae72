//! What is wrong with a sensor that still speaks.

use parapet_frame::Time;
use parapet_track::SensorId;
use serde::{Deserialize, Serialize};

/// A kind of trouble with a sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// It says the same again and again: its stamps stand still, or its plots repeat bit for bit.
    Frozen,
    /// Its antenna has stopped, or it no longer says where the antenna is.
    RotationStopped,
    /// From a sector nothing comes any more, though things are there.
    SectorBlanked,
    /// Far more plots than what is there and its usual false plots explain.
    Flood,
    /// What it says cannot be: places and speeds that nothing has.
    ImpossibleMotion,
    /// Its clock was set, or its line has become slower or faster, from one moment to the next.
    ClockStepped,
    /// Its places run away from those that others tell.
    Drifting,
    /// It sends more than it may, and the rest is refused.
    OverRate,
}

impl Trouble {
    /// The same for people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Trouble::Frozen => "frozen: says the same again and again",
            Trouble::RotationStopped => "antenna stopped",
            Trouble::SectorBlanked => "a sector is blanked",
            Trouble::Flood => "flooded with plots",
            Trouble::ImpossibleMotion => "tells impossible things",
            Trouble::ClockStepped => "clock stepped",
            Trouble::Drifting => "places drift away",
            Trouble::OverRate => "sends more than it may",
        }
    }
}

/// A trouble with a sensor begins or is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TroubleReport {
    /// Which sensor.
    pub sensor: SensorId,
    /// When that was found.
    pub at: Time,
    /// What.
    pub trouble: Trouble,
    /// It stands from now on; otherwise it is over.
    pub stands: bool,
    /// The numbers, for people.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub detail: String,
}
