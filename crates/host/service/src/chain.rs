//! Bytes in, outputs out: the intake and the engine as one value. Live service, replay and `track` are this value, called
//! differently.

use std::net::IpAddr;

use parapet_engine::{Config, Counts, Engine, EngineState, Event, Outbox, Output};
use parapet_frame::{HeardAt, Time};
use parapet_track::{Ear, SensorId};
use parapet_warn::{Hazard, OperatorCommand, ZoneId};

use crate::hearing::Ears;
use crate::sources::Sources;

/// The chain from datagrams to alarms.
#[derive(Clone, Debug)]
pub struct Chain {
    ears: Ears,
    engine: Engine,
    outbox: Outbox,
    events: Vec<Event>,
    /// Sensors that are not listened to, for those who ask what would have come of it.
    deaf_to: Vec<SensorId>,
}

impl Chain {
    /// A chain at rest.
    #[must_use]
    pub fn new(config: Config, sources: impl Into<Sources>) -> Self {
        let (outbox, events, deaf_to) = Default::default();
        Chain { ears: Ears::new(sources.into()), engine: Engine::new(config), outbox, events, deaf_to }
    }

    /// Takes a datagram in the step at `at`, and appends what follows to `out`.
    ///
    /// `link` is the place of its link in the configuration. All events of a datagram are stepped at the same time, in the
    /// order in which they stand in it.
    pub fn datagram(
        &mut self,
        at: Time,
        heard_at: HeardAt,
        link: u16,
        sender: Option<IpAddr>,
        bytes: &[u8],
        out: &mut Vec<Output>,
    ) {
        self.hear(heard_at, link, sender, bytes);
        for event in &self.events {
            self.engine.step(at, event.clone(), &mut self.outbox);
        }
        out.append(&mut self.outbox.outputs);
    }

    /// Takes a datagram apart into events, as [`datagram`](Self::datagram) does, and leaves the engine as it is: for those who want
    /// to know what sensors said and not what followed.
    pub fn hear(&mut self, heard_at: HeardAt, link: u16, sender: Option<IpAddr>, bytes: &[u8]) -> &[Event] {
        let Chain { ears, engine, events, deaf_to, .. } = self;
        ears.hear(engine.config(), heard_at, link, sender, bytes, events);
        events.retain(|event| !speaker(event).is_some_and(|sensor| deaf_to.contains(&sensor)));
        events
    }

    /// Lets time pass up to `at`, and appends what follows to `out`.
    pub fn tick(&mut self, at: Time, out: &mut Vec<Output>) {
        self.engine.step(at, Event::Tick, &mut self.outbox);
        out.append(&mut self.outbox.outputs);
    }

    /// From now on listens to this sensor no more, as if it did not speak: for those who ask what would have come of it.
    pub fn deafen(&mut self, sensor: SensorId) {
        self.deaf_to.push(sensor);
    }

    /// What each zone is exposed to for which anything stands or threatens.
    pub fn hazards(&self) -> impl Iterator<Item = Hazard> {
        self.engine.hazards()
    }

    /// Does what somebody on duty orders, in the step at `at`, and appends what follows to `out`.
    pub fn command(&mut self, at: Time, command: OperatorCommand, out: &mut Vec<Output>) {
        self.engine.step(at, Event::Operator(command), &mut self.outbox);
        out.append(&mut self.outbox.outputs);
    }

    /// Goes on where another program stood, in the step at `at`, and appends what is to be told anew to `out`. For a chain at rest.
    pub fn resume(&mut self, at: Time, state: EngineState, out: &mut Vec<Output>) {
        self.engine.step(at, Event::Resumed(Box::new(state)), &mut self.outbox);
        out.append(&mut self.outbox.outputs);
    }

    /// What outlives the program: the alarms of these zones, or of all.
    #[must_use]
    pub fn state(&self, zones: Option<&[ZoneId]>) -> EngineState {
        self.engine.state(zones)
    }

    /// The events that the last datagram held.
    #[must_use]
    pub fn last_events(&self) -> &[Event] {
        &self.events
    }

    /// When [`tick`](Self::tick) is next due; [`Time::NEVER`] when only datagrams can change anything.
    #[must_use]
    pub fn next_wake(&self) -> Time {
        self.engine.next_wake()
    }

    /// What was heard, used and refused so far.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        self.engine.counts()
    }

    /// The engine's digest in hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> String {
        self.engine.digest().to_string()
    }
}

/// Who speaks in an event, where a sensor does.
fn speaker(event: &Event) -> Option<SensorId> {
    match event {
        Event::Plot(plot) => Some(plot.sensor),
        Event::Alive { sensor, .. } | Event::Swept { sensor, .. } => Some(*sensor),
        Event::Undecodable(what) => what.sensor,
        Event::Sound(report) => match report.ear {
            Ear::Sensor(sensor) => Some(sensor),
            Ear::Node(_) => None,
        },
        Event::Contact(report) => Some(report.sensor),
        Event::Health(state) => Some(state.sensor),
        Event::Tick | Event::Operator(_) | Event::Resumed(_) => None,
    }
}
