//! One story: everything that happens, in the order in which it happens, in one thread.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, VecDeque};

use parapet_engine::Output;
use parapet_frame::{HeardAt, Time};
use parapet_siren::{Command, Secret, Sounding};
use parapet_warn::{AlarmId, Command as Order, OperatorCommand, Posture, ZoneId};
use parapet_world::Stream;

use crate::air::{Arrival, Tag, arrivals, leaps_at_s};
use crate::audit;
use crate::canary::Canary;
use crate::check::Checkers;
use crate::clock::HostClock;
use crate::desk::{Act, Desk, SITE};
use crate::fact::{Fact, Finding, Made, Moment, Path, Tally};
use crate::fault::{self, Fault, Kind};
use crate::host::{Chain, Entry, Record, Told, standing};
use crate::post::Siren;
use crate::site::{CLEARS_S, Site, seed_of_key, world};
use crate::tale::Tale;

/// A recording is synced in groups of this length, nanoseconds.
const SYNC_NANOS: i64 = 20_000_000;
/// A datagram that has waited for longer shows that the host has fallen behind; then what waited longer than the second is skipped,
/// seconds. As in the live program's backlog.
const LAG_S: (f64, f64) = (1.0, 0.1);
/// How often sirens are looked at, seconds.
const LOOK_S: f64 = 0.5;

/// What is to be played.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The seed of everything that is drawn.
    pub seed: u64,
    /// Whether the site is the least there can be.
    pub small: bool,
    /// What goes wrong.
    pub faults: Vec<Fault>,
}

/// How it is played.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The planted bug, where there is one.
    pub canary: Option<Canary>,
    /// Whether to keep the story as lines for people.
    pub tell: bool,
    /// Whether the whole is played to a second engine, to be held against the first.
    pub twice: bool,
}

/// What came of a story.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The promises that were broken.
    pub findings: Vec<Finding>,
    /// How often each thing was met.
    pub met: Tally,
    /// The kinds of faults that did something.
    pub kinds: BTreeSet<Kind>,
    /// What the engine's state came to, and how much it said.
    pub digest: String,
    /// Alarms raised.
    pub alarms: u64,
    /// Seconds of the story.
    pub seconds: f64,
    /// The story in lines, where it was to be kept.
    pub tale: Vec<String>,
}

impl Plan {
    /// The plan that a seed draws.
    ///
    /// # Errors
    /// When the site cannot be made.
    pub fn draw(seed: u64) -> Result<Self, String> {
        let site = Site::draw(seed, false)?;
        Ok(Plan { seed, small: false, faults: fault::draw(seed, &site) })
    }

    /// The site that it is played on.
    ///
    /// # Errors
    /// When the site cannot be made.
    pub fn site(&self) -> Result<Site, String> {
        let mut site = Site::draw(self.seed, self.small)?;
        if self.faults.iter().any(|fault| matches!(fault.kind, Kind::Midnight | Kind::Leap)) {
            site.end_the_day();
        }
        Ok(site)
    }

    /// Plays it.
    ///
    /// # Errors
    /// When the site or its bytes cannot be made.
    pub fn play(&self, options: Options) -> Result<Outcome, String> {
        let site = self.site()?;
        let (arrivals, kinds) = arrivals(&site, &self.faults)?;
        Ok(Story::new(&site, self, &arrivals, kinds, options).run())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Happening {
    Arrives(usize),
    Serve,
    Wake,
    Turn,
    AtSiren { siren: usize, bytes: Vec<u8>, path: Path, retained: bool },
    AtHost { siren: usize, bytes: Vec<u8> },
    Look,
    Begins(usize),
    Ends(usize),
    Back(usize),
    Clears,
    Over,
}

struct Story<'a> {
    site: &'a Site,
    plan: &'a Plan,
    arrivals: &'a [Arrival],
    options: Options,
    now: Time,
    heap: BinaryHeap<Reverse<(Time, u64, Happening)>>,
    numbered: u64,
    clock: HostClock,
    chain: Chain,
    beside: Option<Chain>,
    desk: Desk,
    desks: u64,
    sirens: Vec<Siren>,
    other_siren: Siren,
    attacker: Secret,
    record: Record,
    queue: VecDeque<(usize, Time)>,
    busy_until: Time,
    skipping: bool,
    is_down: bool,
    wake_at: Option<Time>,
    turn_at: Option<Time>,
    last_made: Option<Made>,
    draws: Stream,
    checkers: Checkers,
    tale: Tale,
    met: Tally,
    kinds: BTreeSet<Kind>,
    alarms: BTreeSet<AlarmId>,
    over: bool,
}

impl<'a> Story<'a> {
    fn new(site: &'a Site, plan: &'a Plan, arrivals: &'a [Arrival], kinds: BTreeSet<Kind>, options: Options) -> Self {
        let canary = options.canary;
        let zones: Vec<String> = (0..site.config.zones.len()).map(|zone| site.zone_key(zone).to_owned()).collect();
        let attacker = Secret::new(world(site.config.mode), &seed_of_key(site.seed, "attacker"));
        let public = attacker.public();
        let siren = |post| Siren::new(post, &zones, site.key.public(), public, canary);
        let is_exercise = site.config.mode == parapet_engine::Mode::Exercise;
        let has_drill = is_exercise && plan.faults.iter().any(|fault| fault.kind == Kind::Drill);
        let other_post = crate::site::SirenPost { zones: Vec::new(), ..site.sirens[0].clone() };
        Story {
            site,
            plan,
            arrivals,
            options,
            now: site.start,
            heap: BinaryHeap::new(),
            numbered: 0,
            clock: HostClock::new(site.start, &plan.faults, leaps_at_s(site, &plan.faults)),
            chain: Chain::new(site, canary),
            beside: has_drill.then(|| Chain::beside(site, canary)),
            desk: Desk::new(site, canary, 0),
            desks: 0,
            sirens: site.sirens.iter().map(siren).collect(),
            other_siren: Siren::new(&other_post, &zones, site.other_key.public(), public, None),
            attacker,
            record: Record::default(),
            queue: VecDeque::new(),
            busy_until: site.start,
            skipping: false,
            is_down: false,
            wake_at: None,
            turn_at: None,
            last_made: None,
            draws: Stream::new(plan.seed, "broker", "messages", 0),
            checkers: Checkers::new(site, plan),
            tale: Tale::new(options.tell),
            met: Tally::new(),
            kinds,
            alarms: BTreeSet::new(),
            over: false,
        }
    }

    fn run(mut self) -> Outcome {
        if let Some(arrival) = self.arrivals.first() {
            self.push(arrival.at, Happening::Arrives(0));
        }
        for (number, fault) in self.plan.faults.iter().enumerate() {
            self.push(self.site.at(fault.at_s), Happening::Begins(number));
            self.push(self.site.at(fault.at_s + fault.for_s), Happening::Ends(number));
        }
        self.push(self.site.at(CLEARS_S), Happening::Clears);
        self.push(self.site.at(self.site.end_s), Happening::Over);
        self.push(self.site.start, Happening::Look);
        while let Some(Reverse((at, _, what))) = self.heap.pop() {
            self.now = self.now.max(at);
            self.happen(what);
            if self.over {
                break;
            }
        }
        self.close()
    }

    fn push(&mut self, at: Time, what: Happening) {
        self.numbered += 1;
        self.heap.push(Reverse((at, self.numbered, what)));
    }

    fn push_in(&mut self, seconds: f64, what: Happening) {
        self.push(self.now.plus_seconds(seconds), what);
    }

    fn second(&self) -> f64 {
        self.site.second(self.now)
    }

    fn moment(&mut self) -> Moment {
        Moment { second: self.second(), host: self.clock.read(self.now) }
    }

    fn fact(&mut self, fact: &Fact<'_>) {
        let moment = self.moment();
        self.tale.tell(&moment, self.site, fact);
        audit::count(&mut self.met, fact);
        self.checkers.note(&moment, fact);
    }

    fn holds(&self, kind: Kind) -> Option<&'a Fault> {
        let second = self.second();
        self.plan.faults.iter().find(|fault| fault.kind == kind && fault.holds(second))
    }

    /// The strength of a fault of a kind that is in force, which thereby counts as met.
    fn met(&mut self, kind: Kind) -> Option<f64> {
        let strength = self.holds(kind).map(|fault| fault.strength);
        if strength.is_some() {
            self.kinds.insert(kind);
        }
        strength
    }

    fn happen(&mut self, what: Happening) {
        match what {
            Happening::Arrives(number) => self.arrives(number),
            Happening::Serve => self.serve(),
            Happening::Wake => self.wake(),
            Happening::Turn => self.turn(),
            Happening::AtSiren { siren, bytes, path, retained } => self.at_siren(siren, &bytes, path, retained),
            Happening::AtHost { siren, bytes } => self.at_host(siren, &bytes),
            Happening::Look => {
                (0..self.sirens.len()).for_each(|siren| self.look(siren));
                self.push_in(LOOK_S, Happening::Look);
            }
            Happening::Begins(number) => self.begins(number),
            Happening::Ends(number) => self.ends(number),
            Happening::Back(number) => self.back(number),
            Happening::Clears => self.fact(&Fact::Clears),
            Happening::Over => self.over = true,
        }
    }

    fn arrives(&mut self, number: usize) {
        if let Some(next) = self.arrivals.get(number + 1) {
            self.push(next.at, Happening::Arrives(number + 1));
        }
        if self.is_down {
            return;
        }
        let heard = self.clock.read(self.now);
        let waits = !self.queue.is_empty();
        self.queue.push_back((number, heard));
        if waits {
            return;
        }
        if self.busy_until > self.now {
            self.push(self.busy_until, Happening::Serve);
        } else {
            self.serve();
        }
    }

    fn serve(&mut self) {
        if self.is_down {
            return;
        }
        let Some((number, heard)) = self.queue.pop_front() else { return };
        let lag_s = self.now.seconds_since(self.arrivals[number].at);
        let limit_s = if self.skipping { LAG_S.1 } else { LAG_S.0 };
        let was_skipping = core::mem::replace(&mut self.skipping, lag_s > limit_s);
        let plots = self.arrivals[number].tags.plots.len();
        if self.skipping {
            let of_round = self.arrivals[number].tags.plots.iter().any(|tag| matches!(tag, Tag::Round(_)));
            self.fact(&Fact::Skipped { of_round });
            if !was_skipping && self.options.canary != Some(Canary::ShedsInSilence) {
                self.fact(&Fact::SheddingShown);
            }
        } else {
            if let Some(cost_s) = self.met(Kind::Overload) {
                self.busy_until = self.now.plus_seconds(cost_s * plots.max(1) as f64);
            }
            self.datagram(number, heard);
        }
        if !self.queue.is_empty() {
            let at = self.busy_until.max(self.now);
            self.push(at, Happening::Serve);
        }
    }

    fn datagram(&mut self, number: usize, heard: Time) {
        let at = self.clock.read(self.now);
        let arrival = &self.arrivals[number];
        let mut out = Vec::new();
        self.chain.datagram(at, HeardAt(heard), arrival, &mut out);
        let read = core::mem::take(&mut self.chain.read);
        let tags = &arrival.tags;
        let (whole, off_s) = (tags.whole, tags.off_s);
        let fact =
            Fact::Read { sensor: tags.sensor, events: &read, tags: &tags.plots, whole, off_s, impostor: tags.impostor };
        self.fact(&fact);
        self.chain.read = read;
        let told = Told::Datagram { arrival: number, heard_at: HeardAt(heard) };
        self.stepped(at, told, out);
        if let Some(beside) = &mut self.beside {
            let mut said = Vec::new();
            beside.datagram(at, HeardAt(heard), arrival, &mut said);
            self.kinds.insert(Kind::Drill);
            said.iter().for_each(|output| self.fact(&Fact::OtherSaid(output)));
        }
    }

    /// What follows a step of the engine: its words go out, and it is woken when it wants to be.
    fn stepped(&mut self, at: Time, told: Told, out: Vec<Output>) {
        let mut acts = Vec::new();
        for output in &out {
            self.fact(&Fact::Said(output));
            if let Output::Alarm(alarm) = output {
                self.alarms.insert(alarm.id);
                acts.extend(self.desk.tell(alarm, at));
            }
        }
        self.record.outputs.extend(out);
        let entry = Entry { at, real: self.now, told, outputs: self.record.outputs.len() };
        self.record.entries.push(entry);
        let (counts, wake, tracks) = (self.chain.counts().clone(), self.chain.wants_wake(), self.chain.tracks());
        self.fact(&Fact::Stepped { counts: &counts, wake, tracks });
        self.act(acts);
        self.set_wake(at);
    }

    fn set_wake(&mut self, host: Time) {
        let wake = self.chain.next_wake();
        if wake == Time::NEVER {
            return;
        }
        let due = self.now.plus_nanos(wake.nanos().saturating_sub(host.nanos()).max(1));
        if self.wake_at.is_none_or(|at| due < at || at < self.now) {
            self.wake_at = Some(due);
            self.push(due, Happening::Wake);
        }
    }

    fn wake(&mut self) {
        // What was set later stands in place of what was set before.
        if self.is_down || self.wake_at != Some(self.now) {
            return;
        }
        self.wake_at = None;
        let at = self.clock.read(self.now);
        if self.chain.next_wake() > at {
            return self.set_wake(at);
        }
        let mut out = Vec::new();
        self.chain.tick(at, &mut out);
        self.stepped(at, Told::Tick, out);
    }

    fn turn(&mut self) {
        if self.is_down || self.turn_at != Some(self.now) {
            return;
        }
        self.turn_at = None;
        let at = self.clock.read(self.now);
        let acts = self.desk.turn(at);
        self.act(acts);
    }

    fn act(&mut self, acts: Vec<Act>) {
        for act in acts {
            match act {
                Act::Send { siren, bytes, path } => self.send(siren, bytes, path),
                Act::Made(made) => {
                    self.fact(&Fact::Made(&made));
                    self.last_made = Some(made);
                }
                Act::Told { alarm, revision, sirens } => {
                    self.fact(&Fact::Told { alarm: &alarm, revision, sirens: &sirens });
                }
                Act::Named { siren, id, revision } => self.fact(&Fact::Named { siren, id, revision }),
            }
        }
        let Some(due) = self.desk.due() else { return };
        let host = self.clock.read(self.now);
        // The dispatcher turns every 50 ms.
        let at = self.now.plus_nanos(due.nanos().saturating_sub(host.nanos()).max(50_000_000));
        if self.turn_at.is_none_or(|set| at < set || set < self.now) {
            self.turn_at = Some(at);
            self.push(at, Happening::Turn);
        }
    }

    fn send(&mut self, siren: usize, bytes: Vec<u8>, path: Path) {
        let mut delay_s = self.draws.uniform(0.002, 0.03);
        let (lost, twice) = (self.draws.uniform(0.0, 1.0), self.draws.uniform(0.0, 1.0));
        if path == Path::Broker {
            if let Some(fault) = self.holds(Kind::BrokerDown) {
                self.kinds.insert(Kind::BrokerDown);
                delay_s += (fault.at_s + fault.for_s - self.second()).max(0.0);
            }
            if self.holds(Kind::BrokerLoss).is_some_and(|fault| lost < fault.strength) {
                self.kinds.insert(Kind::BrokerLoss);
                return;
            }
            delay_s += self.met(Kind::BrokerDelay).unwrap_or(0.0);
            if self.holds(Kind::BrokerTwice).is_some_and(|fault| twice < fault.strength) {
                self.kinds.insert(Kind::BrokerTwice);
                let again = Happening::AtSiren { siren, bytes: bytes.clone(), path, retained: false };
                self.push_in(delay_s + 0.2, again);
            }
        }
        self.push_in(delay_s, Happening::AtSiren { siren, bytes, path, retained: false });
    }

    fn of_siren(&self, kind: Kind, siren: usize) -> Option<&'a Fault> {
        let second = self.second();
        self.plan.faults.iter().find(|fault| fault.kind == kind && fault.on == siren && fault.holds(second))
    }

    /// A siren's own clock, milliseconds since 1970.
    fn siren_ms(&mut self, siren: usize) -> i64 {
        let skew_s = self.of_siren(Kind::SirenSkew, siren).map_or(0.0, |fault| fault.strength);
        if skew_s != 0.0 {
            self.kinds.insert(Kind::SirenSkew);
        }
        self.now.plus_seconds(skew_s).millis()
    }

    fn at_siren(&mut self, siren: usize, bytes: &[u8], path: Path, retained: bool) {
        if self.of_siren(Kind::SirenDead, siren).is_some() {
            self.kinds.insert(Kind::SirenDead);
            return;
        }
        let its_ms = self.siren_ms(siren);
        let judged = self.sirens[siren].hear(bytes, retained, its_ms);
        let verdict = judged.as_ref().map(|(verdict, _)| *verdict);
        self.fact(&Fact::Judged { siren, bytes, path, retained, verdict, its_ms });
        // What the attacker has is told to this site's sirens only: the other world's own key is good in the other world.
        if siren == 0 && path != Path::Attacker && self.second() < CLEARS_S {
            let obeyed = self.other_siren.hear(bytes, retained, its_ms).is_some();
            self.fact(&Fact::OtherJudged { obeyed });
        }
        self.look(siren);
        let Some((_, receipt)) = judged else { return };
        let lost = self.draws.uniform(0.0, 1.0);
        if self.of_siren(Kind::ReceiptLoss, siren).is_some_and(|fault| lost < fault.strength) {
            self.kinds.insert(Kind::ReceiptLoss);
            return;
        }
        let delay_s = self.draws.uniform(0.002, 0.03);
        self.push_in(delay_s, Happening::AtHost { siren, bytes: receipt });
    }

    fn at_host(&mut self, _siren: usize, bytes: &[u8]) {
        if self.is_down {
            return;
        }
        if let Some((siren, id, revision)) = self.desk.receipt(bytes) {
            self.fact(&Fact::Acknowledged { siren, id, revision });
        }
    }

    fn look(&mut self, siren: usize) {
        let its_ms = self.siren_ms(siren);
        let sounding: Option<Sounding> = self.sirens[siren].sounding(its_ms);
        if sounding != self.sirens[siren].told {
            self.fact(&Fact::Sounds { siren, sounding: sounding.as_ref() });
            self.sirens[siren].told = sounding;
        }
    }

    fn begins(&mut self, number: usize) {
        let fault = self.plan.faults[number];
        self.tale.say(self.second(), &format!("FAULT {fault}"));
        let siren = fault.on;
        match fault.kind {
            Kind::Kill | Kind::PowerCut => self.die(number),
            Kind::DiskFull => self.disk(true, Kind::DiskFull),
            Kind::DiskStall => _ = self.kinds.insert(Kind::DiskStall),
            Kind::SirenRestart => {
                self.kinds.insert(Kind::SirenRestart);
                self.sirens[siren].restart();
                self.look(siren);
            }
            Kind::Forge => self.attack(fault, |story| story.command(SITE, &story.attacker)),
            Kind::OtherWorld => self.attack(fault, |story| story.command(SITE, &story.site.other_key)),
            Kind::OtherSite => self.attack(fault, |story| story.command("elsewhere", &story.site.key)),
            Kind::Alter => self.attack(fault, |story| {
                let mut bytes = story.last_made.as_ref()?.bytes.clone();
                let place = bytes.len() / 3;
                bytes[place] ^= 1;
                Some(bytes)
            }),
            Kind::Replay => {
                if let Some(made) = &self.last_made {
                    let bytes = made.bytes.clone();
                    self.kinds.insert(Kind::Replay);
                    let back_s = fault.strength.min((CLEARS_S - self.second()).max(0.0));
                    self.push_in(back_s, Happening::AtSiren { siren, bytes, path: Path::Attacker, retained: false });
                }
            }
            Kind::Retained => {
                if let Some(made) = &self.last_made {
                    let bytes = made.bytes.clone();
                    self.kinds.insert(Kind::Retained);
                    self.push_in(0.01, Happening::AtSiren { siren, bytes, path: Path::Broker, retained: true });
                }
            }
            Kind::ForgedReceipt => self.forge_receipt(siren),
            Kind::Midnight | Kind::HostStep | Kind::HostDrift => _ = self.kinds.insert(fault.kind),
            _ => self.people(fault, true),
        }
    }

    fn ends(&mut self, number: usize) {
        let fault = self.plan.faults[number];
        match fault.kind {
            Kind::DiskFull => self.disk(false, Kind::DiskFull),
            _ => self.people(fault, false),
        }
    }

    fn disk(&mut self, failed: bool, kind: Kind) {
        self.kinds.insert(kind);
        self.fact(&Fact::DiskFails { failed });
        if self.is_down || self.options.canary == Some(Canary::DiskFailsInSilence) {
            return;
        }
        self.fact(&Fact::DiskShown { failed });
    }

    fn attack(&mut self, fault: Fault, make: impl FnOnce(&Self) -> Option<Vec<u8>>) {
        if let Some(bytes) = make(self) {
            self.kinds.insert(fault.kind);
            let at_siren = Happening::AtSiren { siren: fault.on, bytes, path: Path::Attacker, retained: false };
            self.push_in(0.005, at_siren);
        }
    }

    /// A command to take cover, as somebody would make it who is not the host.
    fn command(&self, site: &str, secret: &Secret) -> Option<Vec<u8>> {
        let command = Command {
            v: 1,
            world: secret.world(),
            site: site.to_owned(),
            sequence: u64::try_from(self.now.nanos() / 1_000).ok()? + 7,
            nonce: "f".repeat(32),
            issued_ms: self.now.millis(),
            expires_ms: self.now.millis() + 60_000,
            alarm: format!("{}-1", self.site.zone_key(0)),
            revision: 1,
            zone: self.site.zone_key(0).to_owned(),
            stage: parapet_siren::SirenStage::TakeCover,
            seconds_left: Some(20.0),
        };
        Some(command.seal(secret))
    }

    /// Somebody answers in a siren's name, to the last command.
    fn forge_receipt(&mut self, siren: usize) {
        let Some(made) = self.last_made.clone() else { return };
        let its_ms = self.now.millis();
        let mut puppet = Siren::new(
            &crate::site::SirenPost { secret: self.attacker.clone(), ..self.site.sirens[siren].clone() },
            &(0..self.site.config.zones.len()).map(|zone| self.site.zone_key(zone).to_owned()).collect::<Vec<_>>(),
            self.site.key.public(),
            self.attacker.public(),
            None,
        );
        if let Some((_, receipt)) = puppet.hear(&made.bytes, false, its_ms) {
            self.kinds.insert(Kind::ForgedReceipt);
            self.push_in(0.001, Happening::AtHost { siren, bytes: receipt });
        }
    }

    /// What people on duty do.
    fn people(&mut self, fault: Fault, begins: bool) {
        let zones = self.site.config.zones.len();
        let zone = ZoneId(((fault.strength * zones as f64) as u16).min(zones.saturating_sub(1) as u16));
        let nobody = AlarmId { zone, cause: Time::from_seconds(1.0), again: 9 };
        let first = self.desk.first_standing();
        let (who, second) = (Some("ann"), Some("bob".to_owned()));
        let (who, second, command) = match (fault.kind, begins) {
            (Kind::Cancel, true) => (who, None, first.map(|alarm| Order::Cancel { alarm })),
            (Kind::StopAll, true) => (who, None, Some(Order::StopAll)),
            (Kind::Hold, true) => (who, None, Some(Order::Hold)),
            (Kind::Release, true) => (who, None, Some(Order::Release)),
            (Kind::Acknowledge, true) => (who, None, first.map(|alarm| Order::Acknowledge { alarm })),
            (Kind::Raise, true) => (who, second, Some(Order::Raise { zones: vec![zone] })),
            (Kind::RaiseAlone, true) => (who, Some("ann ".to_owned()), Some(Order::Raise { zones: vec![zone] })),
            (Kind::Unprotect, true) => (who, second, Some(Order::Unprotect { zone })),
            (Kind::Unprotect, false) => (who, None, Some(Order::Protect { zone })),
            (Kind::Posture, _) => {
                let posture = if begins { Posture::Heightened } else { Posture::Normal };
                (who, None, Some(Order::SetPosture { posture }))
            }
            (Kind::Mistake, true) if fault.strength < 0.35 => (who, None, Some(Order::Cancel { alarm: nobody })),
            (Kind::Mistake, true) if fault.strength < 0.7 => {
                (who, second, Some(Order::Raise { zones: vec![ZoneId(999)] }))
            }
            (Kind::Mistake, true) => (Some(" "), None, Some(Order::Hold)),
            _ => return,
        };
        let (Some(who), Some(command)) = (who, command) else { return };
        if self.is_down {
            return;
        }
        self.kinds.insert(fault.kind);
        let order = OperatorCommand { who: who.to_owned(), seconded_by: second, command };
        let at = self.clock.read(self.now);
        self.fact(&Fact::Ordered(&order));
        let mut out = Vec::new();
        self.chain.order(at, order.clone(), &mut out);
        let obeyed = out.iter().any(|o| matches!(o, Output::Operator(report) if report.refused.is_none()));
        let stops = order.command == Order::StopAll && obeyed;
        // As in the live program: the end of everything is made first, and so never takes a later word for an old one.
        if stops {
            let acts = self.desk.stop_all(at);
            self.act(acts);
        }
        self.stepped(at, Told::Order(order), out);
    }

    fn die(&mut self, number: usize) {
        if self.is_down {
            return;
        }
        let fault = self.plan.faults[number];
        self.kinds.insert(fault.kind);
        self.fact(&Fact::Gone);
        self.is_down = true;
        self.queue.clear();
        (self.wake_at, self.turn_at, self.skipping) = (None, None, false);
        let until = match self.holds(Kind::DiskStall) {
            Some(stall) if fault.kind == Kind::PowerCut => self.site.at(stall.at_s),
            _ if fault.kind == Kind::PowerCut => Time::from_nanos(self.now.nanos().div_euclid(SYNC_NANOS) * SYNC_NANOS),
            _ => self.now,
        };
        let of_full = |fault: &&Fault| fault.kind == Kind::DiskFull;
        let gap = |fault: &Fault| (self.site.at(fault.at_s), self.site.at(fault.at_s + fault.for_s));
        let gaps: Vec<(Time, Time)> = self.plan.faults.iter().filter(of_full).map(gap).collect();
        let whole = self.record.cut(until, &gaps);
        if !whole {
            // What is recorded is not what was; outputs are held against nothing.
            self.record.outputs.clear();
        }
        self.push_in(fault.strength, Happening::Back(number));
    }

    fn back(&mut self, _number: usize) {
        let (chain, outputs) = self.record.play(self.site, self.arrivals, self.options.canary);
        let same = self.record.outputs.is_empty() || outputs == self.record.outputs;
        self.chain = chain;
        let last = self.record.entries.last().map(|entry| (entry.at, entry.real));
        if let Some((at, real)) = last {
            self.clock.restart(at, real);
        }
        self.is_down = false;
        self.busy_until = self.now;
        let mut standing = standing(&outputs);
        match self.options.canary {
            Some(Canary::RestartsWithNewNames) => {
                standing.iter_mut().for_each(|alarm| alarm.id.cause = alarm.id.cause.plus_seconds(1.0));
            }
            Some(Canary::RestartsEmpty) => standing.clear(),
            _ => {}
        }
        self.record.outputs = outputs;
        for entry in &mut self.record.entries {
            entry.outputs = entry.outputs.min(self.record.outputs.len());
        }
        let counts = self.chain.counts().clone();
        let kept_until = last.map_or(self.site.start, |(_, real)| real);
        let said = core::mem::take(&mut self.record.outputs);
        self.fact(&Fact::Back { standing: &standing, said: &said, counts: &counts, kept_until, same });
        self.record.outputs = said;
        self.desks += 1;
        self.desk = Desk::new(self.site, self.options.canary, self.desks);
        let at = self.clock.read(self.now);
        for alarm in &standing {
            let acts = self.desk.tell(alarm, at);
            self.act(acts);
        }
        if self.holds(Kind::DiskFull).is_some() && self.options.canary != Some(Canary::DiskFailsInSilence) {
            self.fact(&Fact::DiskShown { failed: true });
        }
        let mut out = Vec::new();
        self.chain.tick(at, &mut out);
        self.stepped(at, Told::Tick, out);
    }

    fn close(mut self) -> Outcome {
        let moment = self.moment();
        let digest = self.chain.digest();
        if self.options.twice {
            let (chain, outputs) = self.record.play(self.site, self.arrivals, self.options.canary);
            let again = chain.digest();
            self.checkers.replayed(&moment, &self.record.outputs, &outputs, &digest, &again);
        }
        self.checkers.end(&moment);
        for name in self.checkers.tally() {
            *self.met.entry(name.to_owned()).or_default() += 1;
        }
        Outcome {
            findings: self.checkers.findings(),
            met: self.met,
            kinds: self.kinds,
            digest: format!("{digest}-{}", self.record.outputs.len()),
            alarms: self.alarms.len() as u64,
            seconds: moment.second,
            tale: self.tale.lines,
        }
    }
}
