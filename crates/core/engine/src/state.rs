//! What of the engine outlives the program that ran it.

use parapet_frame::Time;
use parapet_track::SensorId;
use parapet_warn::{WarnerState, ZoneId};
use serde::{Deserialize, Serialize};

use crate::{Engine, Outbox, Output};

/// Track numbers that are left out when a state is resumed: more tracks than can begin between two whole states.
const NUMBERS_LEFT_OUT: u64 = 1_000_000;

/// What another program needs to go on warning where this one stood: the alarms with their lives, and which names are taken.
///
/// Tracks are not in it. They come anew from the next plots, under new numbers, and an alarm whose tracks are gone ends by its own
/// rules: when their predicted impacts are over and the hold has run out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EngineState {
    /// The time of the engine.
    pub at: Time,
    /// No track has this number or a higher one.
    pub next_track: u64,
    /// The alarms, and what people on duty have ordered.
    pub warner: WarnerState,
}

impl EngineState {
    /// Brings it up to a later state, which may be of some zones only.
    pub fn take(&mut self, later: EngineState) {
        (self.at, self.next_track) = (later.at, later.next_track);
        self.warner.take(later.warner);
    }

    /// Without its alarms, which are too old to stand.
    #[must_use]
    pub fn without_alarms(self) -> Self {
        EngineState { warner: self.warner.without_alarms(), ..self }
    }
}

impl Engine {
    /// What outlives the program: the alarms of these zones, or of all. Takes time with the alarms, none with the tracks.
    ///
    /// ```
    /// # use parapet_engine::{Config, Engine, Event, Limits, Mode, Outbox};
    /// # let config = Config { mode: Mode::Exercise, environment: parapet_flight::Environment::flat(), sensors: vec![],
    /// #     zones: vec![], policy: parapet_warn::Policy::default(), limits: Limits::default() };
    /// # let at = parapet_frame::Time::from_seconds(1.0);
    /// let before = Engine::new(config.clone());
    /// let (mut after, mut out) = (Engine::new(config), Outbox::default());
    /// after.step(at, Event::Resumed(Box::new(before.state(None))), &mut out);
    /// assert!(out.outputs.is_empty(), "no alarm stood");
    /// ```
    #[must_use]
    pub fn state(&self, zones: Option<&[ZoneId]>) -> EngineState {
        EngineState { at: self.now, next_track: self.tracker.next_number(), warner: self.warner.state(zones) }
    }

    /// Goes on where another program stood: every alarm that stands is told anew, under its name.
    pub(crate) fn resume(&mut self, state: EngineState, out: &mut Outbox) {
        self.tracker.number_from(state.next_track.saturating_add(NUMBERS_LEFT_OUT));
        let sensors = (0..self.config.sensors.len()).map(|number| SensorId(number as u16));
        let told = self.warner.resume(state.warner, self.now, sensors);
        out.outputs.extend(told.into_iter().map(Output::Alarm));
        self.decide(out);
        self.watch_time();
    }
}
