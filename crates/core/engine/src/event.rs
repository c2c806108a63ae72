//! What can happen to the engine. Nothing else can change it.

use parapet_frame::MeasuredAt;
use parapet_track::{ContactReport, Plot, SensorId, SoundReport};
use parapet_warn::OperatorCommand;
use serde::{Deserialize, Serialize};

use crate::{EngineState, OwnState};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A sensor reported a detection.
    Plot(Plot),
    /// A sensor reported that it is alive (a north marker, a sector crossing, a status message).
    Alive {
        /// Which one.
        sensor: SensorId,
        /// Its own time of the message.
        measured_at: MeasuredAt,
    },
    /// Bytes came that could not be read; the edge has counted what it could not even cut into plots.
    Undecodable(Undecodable),
    /// Time has passed. Never needed for correctness while other events come; see [`Engine::next_wake`](crate::Engine).
    Tick,
    /// Somebody on duty ordered something.
    Operator(OperatorCommand),
    /// A sensor told where its antenna points: at a north marker or a sector crossing. It is a sign of life too.
    Swept {
        /// Which one.
        sensor: SensorId,
        /// Its own time of the message.
        measured_at: MeasuredAt,
        /// Clockwise from north, radians; 0 at a north marker.
        antenna_rad: f64,
    },
    /// A node heard a launch or an impact, or says that it listens.
    Sound(SoundReport),
    /// Somebody says where something is: an aircraft of itself, or another system of one of its tracks.
    Contact(Box<ContactReport>),
    /// A sensor or a system told of its own state. It is a sign of life too, unless it says that it is not to be used.
    Health(Box<OwnState>),
    /// Another program has ended, and this engine, which has heard nothing yet, goes on where that one stood.
    Resumed(Box<EngineState>),
}

/// Bytes that could not be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Undecodable {
    /// From whom, where that is known.
    pub sensor: Option<SensorId>,
    /// What was wrong and where, for people.
    pub detail: String,
}
