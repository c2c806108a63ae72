//! Everything that is heard, and by whom.

use std::collections::{BTreeMap, VecDeque};

use nalgebra::{Matrix2, Vector3};
use parapet_flight::Environment;
use parapet_frame::{PlaneCovariance, SitePoint, Time};
use serde::{Deserialize, Serialize};

use super::air::Air;
use super::arrival::Arrival;
use super::locate::{Fix, locate};
use super::report::{Ear, SoundKind, SoundReport, SoundSource};
use super::search::{Arrivals, form};

/// Nodes that are known at once: the 10,000 that a site may own, and room.
const EARS_MAX: usize = 16_384;
/// Arrivals that wait for others of the same sound.
const WAITING_MAX: usize = 4_096;
/// Sounds that may still gain arrivals.
const SOURCES_MAX: usize = 64;
/// Arrivals that one sound is worked out from. More add nothing that the air does not spoil.
const ARRIVALS_MAX: usize = 32;
/// A sound is waited for this long after it was made, seconds: nine kilometres.
const HEARD_FOR_S: f64 = 27.0;
/// Squared standard deviations within which an arrival is of a known sound: three of them.
const GATE: f64 = 9.0;
/// Echoes follow within this many seconds: a detour of a kilometre.
const ECHO_S: f64 = 3.0;
/// Numbers to spare from which on a second place within that time is believed to be no wall.
const NO_ECHO_SPARE: u32 = 4;
/// Numbers to spare from which on arrivals are surely of a sound, and are kept from others: with one only, four arrivals may agree by
/// chance.
const SURE_SPARE: u32 = 2;
/// A node that says nothing for this long does not listen, seconds. Nodes send a sign of life more often than that.
const SILENT_AFTER_S: f64 = 30.0;
/// A source is told again when this many arrivals tell of it.
const TELL_AGAIN_AT: [usize; 8] = [5, 6, 8, 10, 12, 16, 24, 32];

/// Whether a node listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EarHealth {
    /// It says so, or tells what it hears.
    Listening,
    /// Nothing came from it for half a minute.
    Silent,
}

/// A change in whether a node listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarReport {
    /// Which node.
    pub ear: Ear,
    /// When that was found.
    pub at: Time,
    /// What it does from now on.
    pub health: EarHealth,
}

/// What came of a report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hearing {
    /// The node began to listen.
    pub news: Option<EarReport>,
    /// A sound was located, or is known better.
    pub source: Option<SoundSource>,
    /// The oldest arrival that waited had to give way; whose it was.
    pub gave_way: Option<Ear>,
}

/// Why a report is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unheard {
    /// The same came before.
    Duplicate,
    /// More nodes than are kept.
    TooManyEars,
}

/// Who listens, what waits, and what was located.
#[derive(Clone, Debug, Default)]
pub struct Listener {
    ears: BTreeMap<Ear, Known>,
    waiting: VecDeque<Arrival>,
    sources: VecDeque<Located>,
    next_id: u32,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    place_m: Vector3<f64>,
    heard_at: Time,
    latest: Option<(SoundKind, Time)>,
    health: EarHealth,
}

#[derive(Clone, Debug)]
struct Located {
    id: u32,
    kind: SoundKind,
    air: Air,
    arrivals: Arrivals,
    fix: Fix,
}

impl Listener {
    /// Takes what a node says; `now` is in the time of hearing.
    ///
    /// # Errors
    /// When it came before, or there are too many nodes.
    pub fn hear(&mut self, report: &SoundReport, now: Time, environment: &Environment) -> Result<Hearing, Unheard> {
        let news = self.note_ear(report, now)?;
        let mut hearing = Hearing { news, ..Hearing::default() };
        let Some(sound) = report.sound else { return Ok(hearing) };
        self.forget(now);
        let arrival = Arrival {
            ear: report.ear,
            kind: sound.kind,
            place_m: Vector3::from(report.place_m),
            sigma_place_m: report.sigma_place_m,
            at: report.measured_at.0,
            sigma_time_s: sound.sigma_time_s,
            bearing: sound.bearing,
        };
        hearing.source = match self.join(&arrival, environment) {
            Joined::Known(source) => source.map(|source| *source),
            Joined::New => {
                let source = self.begin(&arrival, environment);
                if source.as_ref().is_none_or(|source| source.spare < SURE_SPARE) {
                    hearing.gave_way = self.wait(arrival);
                }
                source
            }
        };
        Ok(hearing)
    }

    /// Keeps an arrival for others of the same sound; returns whose had to give way for it.
    fn wait(&mut self, arrival: Arrival) -> Option<Ear> {
        let is_full = self.waiting.len() >= WAITING_MAX;
        let oldest = if is_full { self.waiting.pop_front() } else { None };
        self.waiting.push_back(arrival);
        oldest.map(|oldest| oldest.ear)
    }

    /// Finds who has fallen silent.
    pub fn expire(&mut self, now: Time) -> Vec<EarReport> {
        let mut silent = Vec::new();
        for (ear, known) in &mut self.ears {
            if known.health == EarHealth::Listening && known.heard_at.plus_seconds(SILENT_AFTER_S) <= now {
                known.health = EarHealth::Silent;
                silent.push(EarReport { ear: *ear, at: now, health: EarHealth::Silent });
            }
        }
        silent
    }

    /// When the next node may be found silent; `None` where nobody listens.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.ears.values().any(|known| known.health == EarHealth::Listening)
    }

    /// How many nodes listen within a distance of a place, metres.
    #[must_use]
    pub fn listening_within(&self, place_m: &Vector3<f64>, distance_m: f64) -> u32 {
        let near = |known: &&Known| {
            known.health == EarHealth::Listening
                && (known.place_m - place_m).xy().norm_squared() <= distance_m * distance_m
        };
        self.ears.values().filter(near).count() as u32
    }

    fn note_ear(&mut self, report: &SoundReport, now: Time) -> Result<Option<EarReport>, Unheard> {
        let place_m = Vector3::from(report.place_m);
        let told = report.sound.map(|sound| (sound.kind, report.measured_at.0));
        if !self.ears.contains_key(&report.ear) && self.ears.len() >= EARS_MAX {
            return Err(Unheard::TooManyEars);
        }
        let fresh = Known { place_m, heard_at: now, latest: None, health: EarHealth::Silent };
        let known = self.ears.entry(report.ear).or_insert(fresh);
        (known.place_m, known.heard_at) = (place_m, now);
        if told.is_some() && known.latest == told {
            return Err(Unheard::Duplicate);
        }
        known.latest = told.or(known.latest);
        let was = core::mem::replace(&mut known.health, EarHealth::Listening);
        let report = EarReport { ear: report.ear, at: now, health: EarHealth::Listening };
        Ok((was == EarHealth::Silent).then_some(report))
    }

    /// Forgets arrivals and sources that nothing can come of any more.
    fn forget(&mut self, now: Time) {
        let oldest = now.plus_seconds(-HEARD_FOR_S);
        self.waiting.retain(|arrival| arrival.at >= oldest);
        self.sources.retain(|source| source.fix.at >= oldest);
    }

    /// Adds an arrival to the known sound that it fits best.
    fn join(&mut self, arrival: &Arrival, environment: &Environment) -> Joined {
        let fits = self.sources.iter().enumerate().filter(|(_, source)| source.kind == arrival.kind);
        let weighed = fits.map(|(place, source)| (source.fix.distance2(arrival, &source.air), place));
        let Some((distance2, place)) = weighed.min_by(|a, b| a.0.total_cmp(&b.0)) else { return Joined::New };
        let source = &mut self.sources[place];
        if distance2 > GATE {
            return Joined::New;
        }
        // The same node again, at the same time give or take its error, tells nothing new.
        if source.arrivals.len() >= ARRIVALS_MAX || source.arrivals.iter().any(|known| known.ear == arrival.ear) {
            return Joined::Known(None);
        }
        source.arrivals.push(*arrival);
        match locate(&source.arrivals, &source.air, environment).filter(Fix::is_worth_telling) {
            Some(fix) => {
                source.fix = fix;
                if fix.spare >= SURE_SPARE {
                    self.waiting.retain(|other| !source.arrivals.contains(other));
                }
                let is_due = TELL_AGAIN_AT.contains(&source.arrivals.len());
                Joined::Known(is_due.then(|| Box::new(source.told())))
            }
            None => {
                source.arrivals.pop();
                Joined::New
            }
        }
    }

    /// Finds a new sound in what waits.
    fn begin(&mut self, arrival: &Arrival, environment: &Environment) -> Option<SoundSource> {
        let air = Air::near(environment, &arrival.place_m);
        let ears = |place_m: &Vector3<f64>, distance_m: f64| self.listening_within(place_m, distance_m);
        let (mut arrivals, mut fix) = form(arrival, self.waiting.iter(), &ears, &air, environment)?;
        for other in self.waiting.iter().filter(|other| other.kind == arrival.kind) {
            let is_in = arrivals.iter().any(|member| member.ear == other.ear);
            if is_in || arrivals.len() >= ARRIVALS_MAX || fix.distance2(other, &air) > GATE {
                continue;
            }
            arrivals.push(*other);
            match locate(&arrivals, &air, environment).filter(Fix::is_worth_telling) {
                Some(better) => fix = better,
                None => drop(arrivals.pop()),
            }
        }
        if self.is_echo(arrival.kind, &fix) {
            return None;
        }
        if fix.spare >= SURE_SPARE {
            self.waiting.retain(|other| !arrivals.contains(other));
        }
        if self.sources.len() >= SOURCES_MAX {
            self.sources.pop_front();
        }
        let located = Located { id: self.next_id, kind: arrival.kind, air, arrivals, fix };
        self.next_id = self.next_id.wrapping_add(1);
        let told = located.told();
        self.sources.push_back(located);
        Some(told)
    }

    /// Whether it may be a sound from before, off a wall: at nearly the same time, from elsewhere, and not agreed on by more nodes. A
    /// wall shows the same image to few nodes only, so that many that agree are believed.
    fn is_echo(&self, kind: SoundKind, fix: &Fix) -> bool {
        fix.spare < NO_ECHO_SPARE
            && self.sources.iter().any(|source| {
                let later_s = fix.at.seconds_since(source.fix.at);
                let is_as_sure = source.fix.spare >= fix.spare;
                source.kind == kind && is_as_sure && later_s.abs() < ECHO_S && !same_place(&source.fix, fix)
            })
    }
}

/// What becomes of an arrival.
enum Joined {
    /// It is of a known sound, which is told again or not.
    Known(Option<Box<SoundSource>>),
    /// It is of no known sound.
    New,
}

fn same_place(a: &Fix, b: &Fix) -> bool {
    let off = (a.place_m - b.place_m).xy();
    let spread: Matrix2<f64> = a.plane() + b.plane();
    spread.cholesky().is_some_and(|metric| off.dot(&metric.solve(&off)) < GATE)
}

impl Located {
    fn told(&self) -> SoundSource {
        SoundSource {
            id: self.id,
            kind: self.kind,
            at: self.fix.at,
            sigma_time_s: self.fix.covariance[(2, 2)].max(0.0).sqrt(),
            place: SitePoint::from_vector(self.fix.place_m),
            covariance: PlaneCovariance::from_matrix(self.fix.plane()),
            chi2: self.fix.chi2,
            spare: self.fix.spare,
            ears: self.arrivals.iter().map(|arrival| arrival.ear).collect(),
        }
    }
}
