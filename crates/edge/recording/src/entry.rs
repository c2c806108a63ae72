//! What a recording consists of.

use std::net::IpAddr;

use parapet_engine::EngineState;
use parapet_frame::{HeardAt, Time};
use parapet_warn::OperatorCommand;
use serde::{Deserialize, Serialize};

use crate::Encoded;
use crate::journal::Origin;

/// One message of a recording, in the order of writing.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A datagram.
    Input(Input),
    /// What the engine said in the step at this time.
    Output(Time, Encoded),
    /// A note for people.
    Note(Note),
    /// Messages that were not recorded.
    Gap(Gap),
    /// The end.
    Closed(Closed),
    /// What somebody on duty ordered, in the step at this time.
    Command(Time, OperatorCommand),
    /// What became of a message to a receiver, as the channels of the live program tell it. Changes nothing in the engine.
    Delivery(Time, serde_json::Value),
    /// The engine, at rest until now, went on where another program had ended, in the step at this time.
    Resumed(Time, Box<Resumed>),
    /// What of the engine outlives the program, after the step at this time: of some zones, or whole. Changes nothing in it.
    State(Time, Box<EngineState>),
}

impl Entry {
    /// The time of the engine's step, or when it was written.
    #[must_use]
    pub fn at(&self) -> Time {
        match self {
            Entry::Input(input) => input.at,
            Entry::Note(note) => note.at,
            Entry::Gap(gap) => gap.at,
            Entry::Closed(closed) => closed.at,
            Entry::Output(at, _)
            | Entry::Command(at, _)
            | Entry::Delivery(at, _)
            | Entry::Resumed(at, _)
            | Entry::State(at, _) => *at,
        }
    }
}

/// A datagram as it was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The time of the engine's step.
    pub at: Time,
    /// When it was received.
    pub heard_at: HeardAt,
    /// The place of its link in the configuration.
    pub link: u16,
    /// Who sent it, where that is known.
    pub sender: Option<IpAddr>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Something that people should know of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// When.
    pub at: Time,
    /// What.
    pub text: String,
}

/// Messages that were not recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// When recording went on.
    pub at: Time,
    /// How many messages are missing.
    pub lost: u64,
}

/// The end of a recording that was closed in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The time up to which the engine was stepped.
    pub at: Time,
    /// The engine's digest then.
    pub digest: String,
}

/// Where an engine went on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resumed {
    /// What it took up.
    pub state: EngineState,
    /// The recording that this was found in, and how far that counts.
    pub origin: Origin,
}
