//! The host of a story: intake and engine as one value, what it has written down, and how it begins anew.

use parapet_asterix::Intake;
use parapet_engine::{Counts, Engine, Event, Mode, Outbox, Output};
use parapet_frame::{HeardAt, Time};
use parapet_warn::{Alarm, OperatorCommand};

use crate::air::Arrival;
use crate::canary::{Canary, Planted};
use crate::site::Site;

/// Intake and engine: what the live program's chain is to ASTERIX.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    intake: Intake,
    engine: Engine,
    outbox: Outbox,
    planted: Planted,
    zones: usize,
    /// What the last datagram was read into, before any planted bug.
    pub(crate) read: Vec<Event>,
}

impl Chain {
    pub(crate) fn new(site: &Site, canary: Option<Canary>) -> Self {
        let mut config = site.config.clone();
        if let Some(canary) = canary {
            canary.configure(&mut config);
        }
        Chain::of(site, config, Planted::new(canary))
    }

    /// An engine of the other world that hears the same lines.
    pub(crate) fn beside(site: &Site, canary: Option<Canary>) -> Self {
        let mut config = site.config.clone();
        let practises = canary == Some(Canary::PractisesLive);
        config.mode = if practises { Mode::Exercise } else { Mode::Live };
        Chain::of(site, config, Planted::default())
    }

    fn of(site: &Site, config: parapet_engine::Config, planted: Planted) -> Self {
        let mut sources = site.sources.clone();
        if planted.canary == Some(Canary::BelievesImpostors) {
            sources.iter_mut().for_each(|source| source.senders.clear());
        }
        let zones = config.zones.len();
        let (intake, engine) = (Intake::new(sources), Engine::new(config));
        Chain { intake, engine, outbox: Outbox::default(), planted, zones, read: Vec::new() }
    }

    pub(crate) fn datagram(&mut self, at: Time, heard_at: HeardAt, arrival: &Arrival, out: &mut Vec<Output>) {
        self.read.clear();
        let read = &mut self.read;
        self.intake
            .datagram(heard_at, arrival.link, Some(arrival.sender), &arrival.bytes, &mut |event| read.push(event));
        if self.planted.canary.is_none() {
            for event in &self.read {
                self.engine.step(at, event.clone(), &mut self.outbox);
            }
        } else {
            let mut events = self.read.clone();
            self.planted.events(&mut events, &arrival.tags.plots);
            for event in events {
                self.engine.step(at, event, &mut self.outbox);
            }
        }
        self.take(at, out);
    }

    pub(crate) fn tick(&mut self, at: Time, out: &mut Vec<Output>) {
        self.engine.step(at, Event::Tick, &mut self.outbox);
        self.take(at, out);
    }

    pub(crate) fn order(&mut self, at: Time, mut order: OperatorCommand, out: &mut Vec<Output>) {
        self.planted.order(&mut order);
        self.engine.step(at, Event::Operator(order), &mut self.outbox);
        self.take(at, out);
    }

    fn take(&mut self, at: Time, out: &mut Vec<Output>) {
        if self.planted.canary.is_some() {
            self.planted.outputs(&mut self.outbox.outputs, at, self.zones);
        }
        out.append(&mut self.outbox.outputs);
    }

    pub(crate) fn next_wake(&self) -> Time {
        if self.planted.sleeps() { Time::NEVER } else { self.engine.next_wake() }
    }

    /// When the engine wants to be woken, whatever is done about it.
    pub(crate) fn wants_wake(&self) -> Time {
        self.engine.next_wake()
    }

    pub(crate) fn counts(&self) -> &Counts {
        self.engine.counts()
    }

    pub(crate) fn tracks(&self) -> usize {
        self.engine.tracks().len()
    }

    pub(crate) fn digest(&self) -> String {
        self.engine.digest().to_string()
    }
}

/// One thing that the engine was told.
#[derive(Clone, Debug)]
pub(crate) enum Told {
    Datagram { arrival: usize, heard_at: HeardAt },
    Order(OperatorCommand),
    Tick,
}

/// One step of the engine, as the recording holds it.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) at: Time,
    /// When it really happened.
    pub(crate) real: Time,
    pub(crate) told: Told,
    /// How many outputs there were after it.
    pub(crate) outputs: usize,
}

/// The recording: what the engine was told, and what it said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    pub(crate) entries: Vec<Entry>,
    pub(crate) outputs: Vec<Output>,
}

impl Record {
    /// The same events once more, from the beginning: the chain as it stands then, and what it said. Ticks are left out but for the
    /// last, as they change nothing.
    pub(crate) fn play(&self, site: &Site, arrivals: &[Arrival], canary: Option<Canary>) -> (Chain, Vec<Output>) {
        let mut chain = Chain::new(site, canary);
        chain.planted.again = true;
        let mut outputs = Vec::with_capacity(self.outputs.len());
        for entry in &self.entries {
            match &entry.told {
                Told::Datagram { arrival, heard_at } => {
                    if let Some(arrival) = arrivals.get(*arrival) {
                        chain.datagram(entry.at, *heard_at, arrival, &mut outputs);
                    }
                }
                Told::Order(order) => chain.order(entry.at, order.clone(), &mut outputs),
                // Where a bug is planted, what it does may hang on being asked.
                Told::Tick if canary.is_some() => chain.tick(entry.at, &mut outputs),
                Told::Tick => {}
            }
        }
        if let Some(last) = self.entries.last() {
            chain.tick(last.at, &mut outputs);
        }
        (chain, outputs)
    }

    /// Keeps what was written by then, but for what happened while nothing could be.
    pub(crate) fn cut(&mut self, until: Time, gaps: &[(Time, Time)]) -> bool {
        self.entries.retain(|entry| entry.real <= until);
        let before = self.entries.len();
        self.entries.retain(|entry| !gaps.iter().any(|(from, to)| entry.real >= *from && entry.real < *to));
        let kept = self.entries.last().map_or(0, |entry| entry.outputs);
        self.outputs.truncate(kept);
        self.entries.len() == before
    }
}

/// The alarms that stand by what an engine has said.
pub(crate) fn standing(outputs: &[Output]) -> Vec<Alarm> {
    let mut standing: Vec<Alarm> = Vec::new();
    for output in outputs {
        if let Output::Alarm(alarm) = output {
            standing.retain(|stood| stood.id != alarm.id);
            if !alarm.stage.is_ended() {
                standing.push(alarm.clone());
            }
        }
    }
    standing
}
