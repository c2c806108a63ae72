//! Every threat against every zone.

use std::collections::{BTreeMap, BTreeSet};

use parapet_flight::Environment;
use parapet_frame::Time;
use parapet_track::{ClassOdds, Ended, SensorId, Track, TrackId};
use serde::{Deserialize, Serialize};

use crate::danger::{Arrival, Exposure};
use crate::hazard::{Effects, Outline, Scatter, UnitPoints};
use crate::index::Index;
use crate::life::{Life, Setting};
use crate::origin;
use crate::part::Region;
use crate::sight::Sight;
use crate::threat::assess;
use crate::{
    Alarm, Command, Hazard, Impact, OperatorCommand, OperatorRefusal, OriginReport, Policy, Posture, RoundRecord,
    Threat, WarnerState, Zone, ZoneId,
};

/// An impact no farther than this from a zone is of the same attack, metres: rockets fired at one place come down so far apart.
const ATTACK_REACH_M: f64 = 2_000.0;

/// What the site's zones are exposed to, and their alarms.
#[derive(Clone, Debug)]
pub struct Warner {
    policy: Policy,
    posture: Posture,
    outlines: Vec<Outline>,
    index: Index,
    points: UnitPoints,
    lives: Vec<Life>,
    /// The zones for which something stands or threatens.
    active: BTreeSet<u16>,
    /// What is known of each track that threatens some zone.
    tracks: BTreeMap<TrackId, Known>,
    sight: Sight,
    held: Option<Held>,
    /// Acknowledged alarms that are to be told.
    acknowledged: Vec<Alarm>,
    /// At how many plots the origin of a track is worked out next.
    tracings: BTreeMap<TrackId, u32>,
    desk: Desk,
}

/// What is kept of a track between its predictions.
#[derive(Clone, Debug, Default)]
struct Known {
    /// The zones that it threatened by the latest one.
    zones: Vec<u16>,
    /// When that was made, and how large its ellipse was, square metres.
    at: Time,
    area_m2: f64,
}

/// People on duty keep everybody in cover.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Held {
    until: Time,
    by: String,
}

/// What is only needed while a track is taken in, kept so that no memory is taken anew.
#[derive(Clone, Debug, Default)]
struct Desk {
    impacts: Vec<(f64, Impact)>,
    scatters: Vec<(f64, Impact, Scatter)>,
    near: Vec<u16>,
    arrivals: Vec<Arrival>,
    seen_by: Vec<SensorId>,
}

impl Warner {
    /// All quiet.
    #[must_use]
    pub fn new(policy: Policy, zones: &[Zone]) -> Self {
        let life = |(i, zone): (usize, &Zone)| Life::new(ZoneId(i as u16), zone.alarm_probability, zone.shelter_s);
        let outlines: Vec<Outline> = zones.iter().map(Outline::of).collect();
        Warner {
            policy,
            posture: policy.posture,
            index: Index::of(&outlines),
            points: UnitPoints::new(),
            outlines,
            lives: zones.iter().enumerate().map(life).collect(),
            active: BTreeSet::new(),
            tracks: BTreeMap::new(),
            sight: Sight::default(),
            held: None,
            acknowledged: Vec::new(),
            tracings: BTreeMap::new(),
            desk: Desk::default(),
        }
    }

    /// Takes in how a track stands now; returns the threat that it poses, if it does.
    pub fn assess(&mut self, track: &Track, environment: &Environment) -> Option<Threat> {
        let mut desk = core::mem::take(&mut self.desk);
        let threat = assess(track, environment, &self.policy, &mut desk.impacts);
        match &threat {
            Some(threat) if threat.believed => {
                desk.seen_by.clear();
                desk.seen_by.extend(track.seen_by());
                desk.seen_by.sort_unstable();
                self.expose(threat, &track.classes(environment), &mut desk);
            }
            Some(_) => self.release(track.id(), false),
            None => self.release(track.id(), true),
        }
        self.desk = desk;
        threat
    }

    /// Does what people on duty order; [`decide`](Self::decide) tells what follows.
    ///
    /// # Errors
    /// Why it is not done.
    pub fn obey(&mut self, now: Time, order: &OperatorCommand) -> Result<(), OperatorRefusal> {
        order.refusal().map_or(Ok(()), Err)?;
        let by = order.by();
        match &order.command {
            Command::Cancel { alarm } => {
                let life = self.standing(*alarm)?;
                life.cancel(&by);
            }
            Command::StopAll => {
                for zone in &self.active {
                    self.lives[usize::from(*zone)].cancel(&by);
                }
                self.held = None;
            }
            Command::Hold => {
                self.held = Some(Held { until: now.plus_seconds(self.policy.operator_hold_max_s), by });
            }
            Command::Release => {
                self.held.take().filter(|held| held.until > now).ok_or(OperatorRefusal::AlreadySo)?;
            }
            Command::Acknowledge { alarm } => {
                let told = self.standing(*alarm)?.acknowledge(now, &by);
                self.acknowledged.push(told.ok_or(OperatorRefusal::AlreadySo)?);
            }
            Command::Raise { zones } => self.raise(now, zones, &by)?,
            Command::Protect { zone } => self.set_protected(*zone, true, &by)?,
            Command::Unprotect { zone } => self.set_protected(*zone, false, &by)?,
            Command::SetPosture { posture } => {
                if core::mem::replace(&mut self.posture, *posture) == *posture {
                    return Err(OperatorRefusal::AlreadySo);
                }
            }
            // That it was said is in the recording; nothing follows from it.
            Command::Comment { .. } => {}
        }
        Ok(())
    }

    /// Decides for every zone; returns what is to be told, in the order of the zones.
    pub fn decide(&mut self, now: Time) -> Vec<Alarm> {
        self.held = self.held.take().filter(|held| held.until > now);
        let setting = Setting {
            now,
            policy: &self.policy,
            posture: self.posture,
            sight: &self.sight,
            held_until: self.held.as_ref().map(|held| held.until),
            held_by: self.held.as_ref().map(|held| held.by.as_str()),
        };
        let mut told = core::mem::take(&mut self.acknowledged);
        let (lives, outlines) = (&mut self.lives, &self.outlines);
        self.active.retain(|zone| {
            let place = usize::from(*zone);
            told.extend(lives[place].decide(&setting, &outlines[place]));
            lives[place].is_active()
        });
        told
    }

    /// What each zone is exposed to for which anything stands or threatens, in the order of the zones.
    pub fn hazards(&self, now: Time) -> impl Iterator<Item = Hazard> {
        self.active.iter().map(move |zone| self.lives[usize::from(*zone)].hazard(now, &self.policy, self.posture))
    }

    /// What outlives the program: of these zones, or of all.
    #[must_use]
    pub fn state(&self, zones: Option<&[ZoneId]>) -> WarnerState {
        let wanted = |life: &&Life| match zones {
            Some(zones) => zones.contains(&life.zone()),
            None => life.is_worth_keeping(),
        };
        let lives = self.lives.iter().filter(wanted).cloned().collect();
        WarnerState { whole: zones.is_none(), posture: self.posture, held: self.held.clone(), lives }
    }

    /// Goes on where another program ended; what is to be told anew, in the order of the zones. For a warner that has done nothing
    /// yet, of the same zones. None of these sensors has been heard since.
    pub fn resume(&mut self, state: WarnerState, now: Time, sensors: impl Iterator<Item = SensorId>) -> Vec<Alarm> {
        sensors.for_each(|sensor| self.sight.lost(sensor, now));
        (self.posture, self.held) = (state.posture, state.held);
        let mut told = Vec::new();
        for kept in state.lives {
            let zone = kept.zone();
            let Some(life) = self.lives.get_mut(usize::from(zone.0)) else { continue };
            told.extend(life.resume(kept, now, &self.policy));
            if life.is_active() {
                self.active.insert(zone.0);
            }
        }
        told
    }

    /// A sensor has fallen silent: what it alone has seen nobody sees any more.
    pub fn sight_lost(&mut self, sensor: SensorId, at: Time) {
        self.sight.lost(sensor, at);
    }

    /// A sensor speaks again.
    pub fn sight_regained(&mut self, sensor: SensorId) {
        self.sight.regained(sensor);
    }

    /// Where a believed threat came from, for the incident record: when it is first believed, and each time its plots have doubled
    /// since, from eight on.
    pub fn trace(&mut self, threat: &Threat, track: &Track, environment: &Environment) -> Option<OriginReport> {
        /// Plots at which an origin is worth working out anew.
        const AGAIN_FROM: u32 = 8;
        let plots = track.plots();
        let due = self.tracings.get(&threat.track).is_none_or(|next| plots >= *next);
        if !threat.believed || !due {
            return None;
        }
        self.tracings.insert(threat.track, plots.saturating_add(1).next_power_of_two().max(AGAIN_FROM));
        let origin = origin::of_track(track, environment)?;
        Some(OriginReport { track: threat.track, at: threat.at, plots, origin })
    }

    /// Takes leave of a track that ended; what is to be put on record of it if it ever was a believed threat. What it threatens it
    /// threatens until its predicted impact is over: a track that is lost has not landed.
    pub fn close(&mut self, ended: Ended, at: Time, environment: &Environment) -> Option<RoundRecord> {
        self.tracks.remove(&ended.track);
        let was_believed = self.tracings.remove(&ended.track).is_some();
        let arc = ended.record.filter(|_| was_believed)?;
        Some(RoundRecord::of(arc, at, environment))
    }

    /// Whether time alone may change something.
    #[must_use]
    pub fn is_active(&self) -> bool {
        !self.active.is_empty() || self.held.is_some()
    }

    /// The zone whose alarm stands under this name.
    fn standing(&mut self, alarm: crate::AlarmId) -> Result<&mut Life, OperatorRefusal> {
        let life = self.lives.get_mut(usize::from(alarm.zone.0)).ok_or(OperatorRefusal::NoSuchAlarm)?;
        let stands = life.standing().is_some_and(|told| told.id == alarm);
        if stands { Ok(life) } else { Err(OperatorRefusal::NoSuchAlarm) }
    }

    fn raise(&mut self, now: Time, zones: &[ZoneId], by: &str) -> Result<(), OperatorRefusal> {
        if zones.is_empty() || zones.iter().any(|zone| usize::from(zone.0) >= self.lives.len()) {
            return Err(OperatorRefusal::NoSuchZone);
        }
        let until = now.plus_seconds(self.policy.operator_alarm_s);
        for zone in zones {
            self.lives[usize::from(zone.0)].order(now, until, by);
            self.active.insert(zone.0);
        }
        Ok(())
    }

    fn set_protected(&mut self, zone: ZoneId, protected: bool, by: &str) -> Result<(), OperatorRefusal> {
        let life = self.lives.get_mut(usize::from(zone.0)).ok_or(OperatorRefusal::NoSuchZone)?;
        if !life.set_protected(protected) {
            return Err(OperatorRefusal::AlreadySo);
        }
        if !protected {
            life.cancel(by);
        }
        Ok(())
    }

    /// Holds a believed threat against the zones that it may reach, and lets go of those that it no longer does.
    fn expose(&mut self, threat: &Threat, classes: &ClassOdds, desk: &mut Desk) {
        let effects = self.policy.effects(classes);
        let reach_m = effects.iter().map(|(_, radius_m)| *radius_m).fold(0.0, f64::max);
        let known = self.tracks.entry(threat.track).or_default();
        let area_m2 = area_m2(threat);
        let before = (known.area_m2 > 0.0).then_some((known.at, known.area_m2));
        let scan_s = before.map(|(at, _)| threat.at.seconds_since(at)).filter(|scan_s| *scan_s > 0.0);
        let kept = before.map_or(1.0, |(_, before_m2)| (area_m2 / before_m2).clamp(0.0, 1.0));
        if before.is_none_or(|(at, _)| threat.at > at) {
            (known.at, known.area_m2) = (threat.at, area_m2);
        }
        let mut gone = core::mem::take(&mut known.zones);
        let scattered =
            |(weight, impact): &(f64, Impact)| (*weight, *impact, self.points.scatter(impact.place, impact.covariance));
        desk.scatters.clear();
        desk.scatters.extend(desk.impacts.iter().map(scattered));
        desk.near.clear();
        for (_, _, scatter) in &desk.scatters {
            self.index.near(scatter.reach(reach_m), &mut desk.near);
        }
        desk.near.sort_unstable();
        desk.near.dedup();
        let mut threatened = Vec::new();
        for zone in &desk.near {
            let outline = &self.outlines[usize::from(*zone)];
            desk.arrivals.clear();
            desk.arrivals.extend(desk.scatters.iter().filter_map(|(weight, impact, scatter)| {
                let probability = threat.probability * weight * scatter.probability(outline, &effects);
                let arrival = Arrival { probability, at: impact.at, sigma_s: impact.sigma_time_s };
                (probability > 0.0).then_some(arrival)
            }));
            if desk.arrivals.is_empty() {
                continue;
            }
            let life = &mut self.lives[usize::from(*zone)];
            let least = life.place_threshold(&self.policy, self.posture);
            let region = Region::of(&desk.impacts, reach_m, least);
            let exposure =
                Exposure { threat, arrivals: &desk.arrivals, seen_by: &desk.seen_by, region: &region, scan_s, kept };
            life.predicted(&exposure);
            if life.is_active() {
                self.active.insert(*zone);
            }
            threatened.push(*zone);
        }
        gone.retain(|zone| threatened.binary_search(zone).is_err());
        for zone in &gone {
            self.lives[usize::from(*zone)].released(threat.track, false);
        }
        if let Some(known) = self.tracks.get_mut(&threat.track) {
            known.zones = threatened;
        }
        self.attack(threat);
    }

    /// The attack that this round belongs to goes on until it has come down, and until none has been launched for the hold.
    fn attack(&mut self, threat: &Threat) {
        if self.active.is_empty() {
            return;
        }
        let until = threat.first_plot_at.plus_seconds(self.policy.hold_s).max(threat.impact.at);
        let place = [threat.impact.place.east_m, threat.impact.place.north_m];
        let (low, high) = (place.map(|c| c - ATTACK_REACH_M), place.map(|c| c + ATTACK_REACH_M));
        for zone in &self.active {
            let outline = &self.outlines[usize::from(*zone)];
            if (0..2).all(|axis| high[axis] >= outline.low[axis] && low[axis] <= outline.high[axis]) {
                self.lives[usize::from(*zone)].attacked_near(until);
            }
        }
    }

    /// A track threatens no zone any more; it is no round at all where that is disproved.
    fn release(&mut self, track: TrackId, disproved: bool) {
        let Some(known) = self.tracks.get_mut(&track) else { return };
        for zone in &known.zones {
            self.lives[usize::from(*zone)].released(track, disproved);
        }
        // The zones stay known: what is doubted now and disproved later must be told so.
    }
}

/// The area of a prediction's ellipse, up to a constant.
fn area_m2(threat: &Threat) -> f64 {
    let c = threat.impact.covariance;
    (c.east_east_m2 * c.north_north_m2 - c.east_north_m2 * c.east_north_m2).max(0.0).sqrt().max(1e-6)
}

impl Policy {
    /// The radii within which people are in danger of a round of these odds.
    fn effects(&self, classes: &ClassOdds) -> Effects {
        let any_m = self.effect_radius_m;
        let of = self.effect_radius_of;
        let rounds = (classes.mortar + classes.artillery + classes.rocket).min(1.0);
        [
            (1.0 - rounds, any_m),
            (classes.mortar, of.mortar_m.unwrap_or(any_m)),
            (classes.artillery, of.artillery_m.unwrap_or(any_m)),
            (classes.rocket, of.rocket_m.unwrap_or(any_m)),
        ]
    }
}
