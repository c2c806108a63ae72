//! The one `step` that chains plots, tracks, threats and alarms.
//!
//! The engine is a value. It reads no clock, opens no file and never fails: events go in, outputs come out, and the same
//! events give the same outputs, byte for byte, on any machine.

mod config;
mod event;
mod limits;
mod output;

pub use config::{Config, Mode};
pub use event::{Event, Undecodable};
pub use limits::Limits;
pub use output::{Counts, Outbox, Output, Refusal, RefusalReason, SensorHealth, SensorReport};

use parapet_frame::Time;

/// The engine.
#[derive(Clone, Debug)]
pub struct Engine {
    config: Config,
    counts: Counts,
}

/// A fingerprint of an engine's whole state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(pub [u8; 16]);

impl Engine {
    /// An engine at rest.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Engine { config, counts: Counts::default() }
    }

    /// What it was made with.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What was heard, used and refused so far.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Takes one event and says what follows.
    ///
    /// What was due before `at` is done first, each at its own time, so that extra [`Event::Tick`]s change nothing. An `at`
    /// before an earlier one is taken as that earlier one. Never fails and never blocks.
    pub fn step(&mut self, at: Time, event: Event, out: &mut Outbox) {
        let _ = (at, event, out);
    }

    /// When the engine next has something to do of its own accord; [`Time::NEVER`] when it only waits for events.
    #[must_use]
    pub fn next_wake(&self) -> Time {
        Time::NEVER
    }

    /// Equal digests, equal futures.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest([0; 16])
    }
}
