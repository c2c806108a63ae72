//! What reaches the host from its sensors: real bytes, what the sensors got wrong, and what the lines did to them.
//!
//! Nothing of it depends on what the engine says, so that it is worked out before the story begins.

use core::f64::consts::TAU;
use std::collections::BTreeSet;
use std::net::IpAddr;

use parapet_asterix::records;
use parapet_engine::Mode;
use parapet_frame::maths::wrap_pi;
use parapet_frame::{Polar, Time};
use parapet_world::{Message, MessageKind, PlacedRadar, Sighting, Stream, datagrams, listen};

use crate::fault::{Fault, Kind};
use crate::site::{Site, address, redundant_link};

/// What a plot truly is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    /// A round, by its number.
    Round(usize),
    /// Nothing at all: false plots, ghosts, floods, drills.
    Nothing,
}

/// What is true of a datagram, for the checkers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tags {
    pub(crate) sensor: usize,
    /// Its plots in order; empty where the octets are no longer those that the sensor sent.
    pub(crate) plots: Vec<Tag>,
    pub(crate) whole: bool,
    /// By how much the stamps are wrong, seconds.
    pub(crate) off_s: f64,
    /// Somebody else sent it.
    pub(crate) impostor: bool,
}

/// A datagram at the host.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    pub(crate) at: Time,
    pub(crate) link: u16,
    pub(crate) sender: IpAddr,
    pub(crate) bytes: Vec<u8>,
    pub(crate) tags: Tags,
}

/// What the sensors send, before the lines have had it.
struct Sent {
    at_s: f64,
    sender: IpAddr,
    bytes: Vec<u8>,
    tags: Tags,
}

/// Everything that reaches the host, in order, and which kinds of faults did something.
pub(crate) fn arrivals(site: &Site, faults: &[Fault]) -> Result<(Vec<Arrival>, BTreeSet<Kind>), String> {
    let mut air = Air { site, faults, met: BTreeSet::new(), sent: Vec::new() };
    air.speak()?;
    let sent = core::mem::take(&mut air.sent);
    let mut arrivals = Vec::new();
    for (number, datagram) in sent.iter().enumerate() {
        let sensor = datagram.tags.sensor;
        air.carry(datagram, sensor as u16, number, &mut arrivals);
        if site.redundant[sensor] {
            air.carry(datagram, redundant_link(sensor), number, &mut arrivals);
        }
    }
    // Stable: what comes at one instant stays in the order of sending.
    arrivals.sort_by_key(|arrival| arrival.at);
    Ok((arrivals, air.met))
}

struct Air<'a> {
    site: &'a Site,
    faults: &'a [Fault],
    met: BTreeSet<Kind>,
    sent: Vec<Sent>,
}

impl Air<'_> {
    /// The faults of a kind that are in force for a sensor.
    fn holds(&self, kind: Kind, sensor: usize, second: f64) -> Option<&Fault> {
        self.faults.iter().find(|fault| fault.kind == kind && fault.on == sensor && fault.holds(second))
    }

    fn met(&mut self, kind: Kind, sensor: usize, second: f64) -> Option<f64> {
        let strength = self.holds(kind, sensor, second).map(|fault| fault.strength);
        if strength.is_some() {
            self.met.insert(kind);
        }
        strength
    }

    fn speak(&mut self) -> Result<(), String> {
        let messages = listen(&self.site.scene);
        let mut last: Vec<Option<(Vec<u8>, Tags)>> = vec![None; self.site.scene.radars.len()];
        for message in &messages {
            let (sensor, second) = (message.radar, message.send_s);
            if self.met(Kind::Silent, sensor, second).is_some() {
                continue;
            }
            let at_s = self.restarting(sensor, second);
            if self.met(Kind::Frozen, sensor, second).is_some() {
                if let Some((bytes, tags)) = &last[sensor] {
                    let (bytes, tags) = (bytes.clone(), Tags { off_s: f64::INFINITY, ..tags.clone() });
                    self.sent.push(Sent { at_s, sender: address(sensor), bytes, tags });
                }
                continue;
            }
            let off_s = self.stamp_off_s(sensor, second);
            let mut told = message.clone();
            shift(&mut told.kind, off_s);
            self.spoil(&mut told, sensor, second);
            self.send(&told, at_s, off_s, false, &mut last[sensor])?;
            if self.met(Kind::Clash, sensor, second).is_some() {
                self.pretend(at_s, &last[sensor]);
            }
            if matches!(message.kind, MessageKind::Plots(_)) && self.site.config.mode == Mode::Live {
                self.drill(message, at_s)?;
            }
            if matches!(message.kind, MessageKind::North { .. }) {
                self.flood(message, at_s, off_s)?;
            }
        }
        self.sent.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
        Ok(())
    }

    /// A sensor that restarts says what it has to say when it is back.
    fn restarting(&mut self, sensor: usize, second: f64) -> f64 {
        match self.holds(Kind::Restart, sensor, second).map(|fault| fault.at_s + fault.for_s) {
            Some(back_s) => {
                self.met.insert(Kind::Restart);
                back_s
            }
            None => second,
        }
    }

    fn stamp_off_s(&mut self, sensor: usize, second: f64) -> f64 {
        let step = self.met(Kind::SensorStep, sensor, second).unwrap_or(0.0);
        let drift =
            self.holds(Kind::SensorDrift, sensor, second).map_or(0.0, |fault| fault.strength * (second - fault.at_s));
        if drift != 0.0 {
            self.met.insert(Kind::SensorDrift);
        }
        let leap = match self.leaps_at_s() {
            Some(at) if second >= at => {
                self.met.insert(Kind::Leap);
                -1.0
            }
            _ => 0.0,
        };
        step + drift + leap
    }

    fn leaps_at_s(&self) -> Option<f64> {
        leaps_at_s(self.site, self.faults)
    }

    /// What a sensor shows wrongly.
    fn spoil(&mut self, message: &mut Message, sensor: usize, second: f64) {
        let MessageKind::Plots(plots) = &mut message.kind else { return };
        if let Some(width_rad) = self.met(Kind::Blanked, sensor, second) {
            plots.retain(|plot| plot.polar.azimuth_rad.rem_euclid(TAU) >= width_rad);
        }
        if let Some(turn_rad) = self.holds(Kind::Ghost, sensor, second).map(|fault| fault.strength) {
            let ghosts: Vec<Sighting> =
                plots.iter().filter(|plot| plot.object.is_some()).map(|plot| turned(plot, turn_rad)).collect();
            if !ghosts.is_empty() {
                self.met.insert(Kind::Ghost);
            }
            plots.extend(ghosts);
        }
    }

    /// The simulated rounds of a practice on the line of a live site.
    fn drill(&mut self, message: &Message, at_s: f64) -> Result<(), String> {
        let (sensor, second) = (message.radar, message.send_s);
        let Some(turn_rad) = self.holds(Kind::Drill, sensor, second).map(|fault| fault.strength) else { return Ok(()) };
        let MessageKind::Plots(plots) = &message.kind else { return Ok(()) };
        let played: Vec<Sighting> =
            plots.iter().filter(|plot| plot.object.is_some()).map(|plot| turned(plot, turn_rad)).collect();
        if played.is_empty() {
            return Ok(());
        }
        self.met.insert(Kind::Drill);
        self.send(&Message { kind: MessageKind::Plots(played), ..message.clone() }, at_s, 0.0, true, &mut None)
    }

    fn flood(&mut self, message: &Message, at_s: f64, off_s: f64) -> Result<(), String> {
        let (sensor, second) = (message.radar, message.send_s);
        let Some(count) = self.met(Kind::Flood, sensor, second) else { return Ok(()) };
        let mut draws = Stream::new(self.site.seed, "flood", "plots", (second * 1e3) as u64 * 8 + sensor as u64);
        let has_doppler = self.site.scene.radars[sensor].spec.sigma_range_rate_mps.is_some();
        let mut one = || Sighting {
            object: None,
            measured_s: second,
            stamp_s: second + off_s,
            polar: Polar {
                range_m: draws.uniform(400.0, 15_000.0),
                azimuth_rad: draws.uniform(-3.1, 3.1),
                elevation_rad: draws.uniform(0.02, 0.5),
            },
            range_rate_mps: has_doppler.then(|| draws.uniform(-300.0, 300.0)),
            answer: None,
        };
        let plots = (0..count as usize).map(|_| one()).collect();
        let flood = Message { kind: MessageKind::Plots(plots), ..message.clone() };
        self.send(&flood, at_s + 1e-3, off_s, false, &mut None)
    }

    /// Somebody sends a copy from an address of their own.
    fn pretend(&mut self, at_s: f64, last: &Option<(Vec<u8>, Tags)>) {
        if let Some((bytes, tags)) = last {
            let tags = Tags { impostor: true, plots: vec![Tag::Nothing; tags.plots.len()], ..tags.clone() };
            self.sent.push(Sent { at_s: at_s + 2e-4, sender: address(200), bytes: bytes.clone(), tags });
        }
    }

    fn send(
        &mut self,
        message: &Message,
        at_s: f64,
        off_s: f64,
        is_drill: bool,
        last: &mut Option<(Vec<u8>, Tags)>,
    ) -> Result<(), String> {
        let sensor = message.radar;
        let radar: &PlacedRadar = &self.site.scene.radars[sensor];
        let mut tags = match &message.kind {
            MessageKind::Plots(plots) => {
                plots.iter().map(|plot| if is_drill { Tag::Nothing } else { tag(plot) }).collect()
            }
            _ => Vec::new(),
        };
        for mut bytes in datagrams(radar, message, self.site.start).map_err(|e| e.to_string())? {
            if self.site.config.mode == Mode::Live && !is_drill {
                unmark(&mut bytes);
            }
            let count = if tags.is_empty() { 0 } else { records(&bytes).count() };
            let rest = tags.split_off(count.min(tags.len()));
            let of_this =
                Tags { sensor, plots: core::mem::replace(&mut tags, rest), whole: true, off_s, impostor: false };
            *last = Some((bytes.clone(), of_this.clone()));
            self.sent.push(Sent { at_s, sender: address(sensor), bytes, tags: of_this });
        }
        Ok(())
    }

    /// What a line does to a datagram.
    fn carry(&mut self, sent: &Sent, link: u16, number: usize, arrivals: &mut Vec<Arrival>) {
        let (sensor, second) = (sent.tags.sensor, sent.at_s);
        // The second line is another line: only what is said of all lines of a sensor troubles both.
        let is_second = link != sensor as u16;
        let mut draws = Stream::new(self.site.seed, "line", "datagram", number as u64 * 64 + u64::from(link));
        let met = |air: &mut Self, kind| if is_second { None } else { air.met(kind, sensor, second) };
        if met(self, Kind::Partition).is_some() {
            return;
        }
        if self.holds(Kind::Loss, sensor, second).is_some_and(|fault| draws.chance(fault.strength)) {
            self.met.insert(Kind::Loss);
            return;
        }
        let mut delay_s = draws.uniform(5e-4, 4e-3) + met(self, Kind::Delay).unwrap_or(0.0);
        let chance = |air: &mut Self, kind, draws: &mut Stream| {
            let hit = !is_second && air.holds(kind, sensor, second).is_some_and(|fault| draws.chance(fault.strength));
            if hit {
                air.met.insert(kind);
            }
            hit
        };
        if chance(self, Kind::Reorder, &mut draws) {
            delay_s += draws.uniform(0.05, 1.0);
        }
        let (mut bytes, mut tags) = (sent.bytes.clone(), sent.tags.clone());
        if chance(self, Kind::Corrupt, &mut draws) {
            for _ in 0..1 + draws.poisson(1.0) {
                let place = draws.uniform(0.0, bytes.len() as f64) as usize;
                bytes[place] ^= 1 << (draws.uniform(0.0, 8.0) as u8);
            }
            (tags.plots, tags.whole) = (Vec::new(), false);
        }
        if chance(self, Kind::Truncate, &mut draws) {
            bytes.truncate(draws.uniform(0.0, bytes.len() as f64) as usize);
            (tags.plots, tags.whole) = (Vec::new(), false);
        }
        let arrival = Arrival { at: self.site.at(second + delay_s), link, sender: sent.sender, bytes, tags };
        if chance(self, Kind::Duplicate, &mut draws) {
            let again = Arrival { at: arrival.at.plus_seconds(draws.uniform(0.0, 0.3)), ..arrival.clone() };
            arrivals.push(again);
        }
        arrivals.push(arrival);
    }
}

/// When every clock is set back by a leap second, where the story has one.
pub(crate) fn leaps_at_s(site: &Site, faults: &[Fault]) -> Option<f64> {
    site.midnight_s.filter(|_| faults.iter().any(|fault| fault.kind == Kind::Leap))
}

fn tag(plot: &Sighting) -> Tag {
    plot.object.map_or(Tag::Nothing, Tag::Round)
}

/// The same seen in another direction: the way of a round turned about the sensor's vertical is a way that a round can have.
fn turned(plot: &Sighting, turn_rad: f64) -> Sighting {
    let polar = Polar { azimuth_rad: wrap_pi(plot.polar.azimuth_rad + turn_rad), ..plot.polar };
    Sighting { object: None, polar, ..plot.clone() }
}

fn shift(kind: &mut MessageKind, off_s: f64) {
    match kind {
        MessageKind::North { stamp_s } | MessageKind::Sector { stamp_s, .. } => *stamp_s += off_s,
        MessageKind::Plots(plots) => plots.iter_mut().for_each(|plot| plot.stamp_s += off_s),
    }
}

/// Takes the mark of simulation (I048/020 SIM) off: a live site of a story is to believe its own sensors. These octets never
/// leave the process.
fn unmark(bytes: &mut [u8]) {
    /// Items 010 and 140 stand before item 020, octets.
    const BEFORE: usize = 2 + 3;
    /// SIM in the first octet of item 020.
    const SIM: u8 = 0x10;
    let places: Vec<usize> = records(bytes)
        .flatten()
        .filter(|record| record.category().number == 48)
        .map(|record| record.offset() + record.bytes().iter().take_while(|octet| *octet & 1 == 1).count() + 1 + BEFORE)
        .collect();
    for place in places {
        if let Some(octet) = bytes.get_mut(place) {
            *octet &= !SIM;
        }
    }
}
