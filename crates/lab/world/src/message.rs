//! What a radar says, before it is written as bytes.

use parapet_frame::Polar;
use serde::{Deserialize, Serialize};

use crate::scenario::Transponder;

/// One message of one radar.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// When it leaves the radar, seconds since the start of the scenario.
    pub send_s: f64,
    /// Which radar, in the order of the scenario.
    pub radar: usize,
    /// What it says.
    pub kind: MessageKind,
}

/// What a message says. Times are the radar's own stamps, seconds since the start of the scenario.
#[derive(Clone, Debug, PartialEq)]
pub enum MessageKind {
    /// The beam passed north, or a staring array began its look.
    North {
        /// When.
        stamp_s: f64,
    },
    /// The beam entered a sector.
    Sector {
        /// When.
        stamp_s: f64,
        /// Azimuth of the sector's beginning, radians, 0 up to 2 pi.
        azimuth_rad: f64,
    },
    /// The plots of a sector or a look.
    Plots(Vec<Sighting>),
}

/// One plot, and what it truly was.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighting {
    /// The object that it is of, by its place in the scene; `None` for clutter.
    pub object: Option<usize>,
    /// When it was truly measured, seconds since the start of the scenario.
    pub measured_s: f64,
    /// When the radar says that it was.
    pub stamp_s: f64,
    /// What was measured, in the radar's own polar frame, errors included.
    pub polar: Polar,
    /// Measured range rate, m/s, positive when receding.
    pub range_rate_mps: Option<f64>,
    /// What the transponder answered.
    pub answer: Option<Answer>,
}

/// What a transponder answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Who.
    pub transponder: Transponder,
    /// Its altitude, metres.
    pub altitude_m: f64,
    /// Number of the radar's own track of it.
    pub track_number: u16,
}

/// A plot as a line of `plots.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlotLine {
    /// The radar's stamp, seconds since the start of the scenario.
    pub time_s: f64,
    /// When it was sent.
    pub send_s: f64,
    /// Name of the radar.
    pub radar: String,
    /// Slant range, metres.
    pub range_m: f64,
    /// Clockwise from north, radians.
    pub azimuth_rad: f64,
    /// Above the horizontal, radians.
    pub elevation_rad: f64,
    /// Range rate, m/s, positive when receding.
    pub range_rate_mps: Option<f64>,
    /// What it truly was; `null` for clutter.
    pub object: Option<String>,
}
