//! What a sensor says of itself.

use parapet_frame::{HeardAt, MeasuredAt};
use parapet_track::SensorId;
use serde::{Deserialize, Serialize};

/// What a sensor or a system says of its own state. What a message does not tell is `None`, and what was said before stands.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnState {
    /// Which one.
    pub sensor: SensorId,
    /// Its own time of the message.
    pub measured_at: MeasuredAt,
    /// When we received it.
    pub heard_at: HeardAt,
    /// Its data may be used operationally (NOGO is not set). A word that says that they may not is no sign of life.
    pub released: Option<bool>,
    /// It is overloaded.
    pub overloaded: Option<bool>,
    /// Its time source is valid: where this is `false`, its times of day are not to be believed.
    pub time_valid: Option<bool>,
    /// Its tracker was restarted: track numbers begin anew.
    pub restarted: Option<bool>,
    /// Where its antenna points, radians clockwise from north: 0 at a north marker, the sector's beginning at a crossing.
    pub antenna_rad: Option<f64>,
    /// How long its antenna takes for a turn, seconds.
    pub rotation_period_s: Option<f64>,
    /// A strobe of jamming from this direction, radians clockwise from north.
    pub jammed_from_rad: Option<f64>,
}

impl OwnState {
    /// A message that says nothing but that the sensor is alive.
    #[must_use]
    pub fn alive(sensor: SensorId, measured_at: MeasuredAt, heard_at: HeardAt) -> Self {
        OwnState {
            sensor,
            measured_at,
            heard_at,
            released: None,
            overloaded: None,
            time_valid: None,
            restarted: None,
            antenna_rad: None,
            rotation_period_s: None,
            jammed_from_rad: None,
        }
    }
}

/// What a sensor last said is wrong with itself. It is shown; its plots are used all the same, since a wrong bit must not blind
/// the people who are under a round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Complaints {
    /// Its data are not to be used operationally (NOGO; an error of a SAPIENT node).
    pub not_released: bool,
    /// It is overloaded, or works with less than it has.
    pub overloaded: bool,
    /// Its time source is not valid (TSV).
    pub clock_invalid: bool,
    /// It is jammed; taken back after ten seconds without another strobe.
    pub jammed: bool,
}

impl Complaints {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Complaints::default()
    }

    /// What stands after a message.
    #[must_use]
    pub fn after(self, state: &OwnState) -> Self {
        Complaints {
            not_released: state.released.map_or(self.not_released, |released| !released),
            overloaded: state.overloaded.unwrap_or(self.overloaded),
            clock_invalid: state.time_valid.map_or(self.clock_invalid, |valid| !valid),
            jammed: self.jammed || state.jammed_from_rad.is_some(),
        }
    }

    /// The same in words, for people and for the page.
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        let each = [
            (self.not_released, "not released for use"),
            (self.overloaded, "overloaded or degraded"),
            (self.clock_invalid, "clock not valid"),
            (self.jammed, "jammed"),
        ];
        each.into_iter().filter_map(|(is_so, word)| is_so.then_some(word))
    }
}
