//! Whoever is hit by a round that could be tracked was warned.
//!
//! A round could be tracked when, of its plots that came whole, with right stamps, less than [`AGE_MAX_S`] old, and were not refused,
//! at least [`PLOTS_MIN`] of as many independent groups as the owner asks for had come [`LEAD_S`] before the impact, and from the
//! first on no [`GAP_MAX_S`] passed without one. People who cancel, stop or un-protect while it flies, and a host that is gone
//! then, excuse it.

use std::collections::{BTreeMap, BTreeSet};

use parapet_engine::{Event, Output};
use parapet_track::SensorId;
use parapet_warn::{AlarmId, Command, Stage};

use super::{Check, alarm};
use crate::air::Tag;
use crate::fact::{Fact, Findings, Moment};
use crate::site::{Site, TrueRound};

/// Plots of each group that make a round trackable.
const PLOTS_MIN: usize = 8;
/// They must have come so long before the impact, seconds.
const LEAD_S: f64 = 6.0;
/// No longer gap between plots, seconds.
const GAP_MAX_S: f64 = 2.6;
/// Older plots do not count, seconds; nor do stamps that are wrong by more.
const AGE_MAX_S: f64 = 1.0;
const OFF_MAX_S: f64 = 0.02;
/// A round that comes down nearer to the edge than this may be taken for one that comes down outside, metres.
const INSIDE_M: f64 = 80.0;

/// What each zone was told, and what of each round came.
#[derive(Debug)]
pub(super) struct Warned {
    hits: Vec<Hit>,
    groups: Vec<usize>,
    groups_min: usize,
    /// What has come in this step and may still be refused.
    open: BTreeMap<(SensorId, u64), (usize, f64)>,
    /// The plots of each round that were taken: when, and of which group.
    taken: Vec<Vec<(f64, usize)>>,
    covered: BTreeMap<u16, BTreeSet<AlarmId>>,
    unprotected: BTreeSet<u16>,
    tally: Vec<&'static str>,
}

#[derive(Debug)]
struct Hit {
    zone: u16,
    number: usize,
    round: TrueRound,
    done: bool,
    excused: bool,
    warned: bool,
}

impl Warned {
    pub(super) fn new(site: &Site) -> Self {
        let mut hits = Vec::new();
        for (number, round) in site.rounds.iter().enumerate() {
            for zone in site.hit(round, INSIDE_M) {
                let zone = zone as u16;
                hits.push(Hit { zone, number, round: *round, done: false, excused: false, warned: false });
            }
        }
        Warned {
            hits,
            groups: groups(site),
            groups_min: site.config.policy.corroboration as usize,
            open: BTreeMap::new(),
            taken: vec![Vec::new(); site.rounds.len()],
            covered: BTreeMap::new(),
            unprotected: BTreeSet::new(),
            tally: Vec::new(),
        }
    }

    /// Whether enough of a round came, early enough.
    fn could_be_tracked(&self, number: usize, impact_s: f64) -> bool {
        let taken = &self.taken[number];
        let deadline_s = impact_s - LEAD_S;
        let early: Vec<&(f64, usize)> = taken.iter().filter(|(second, _)| *second <= deadline_s).collect();
        let of = |group: usize| early.iter().filter(|(_, g)| *g == group).count();
        let groups = self.groups.iter().collect::<BTreeSet<_>>();
        let enough = groups.into_iter().filter(|group| of(**group) >= PLOTS_MIN).count();
        let mut seconds: Vec<f64> = early.iter().map(|(second, _)| *second).collect();
        seconds.push(deadline_s);
        enough >= self.groups_min && seconds.windows(2).all(|pair| pair[1] - pair[0] <= GAP_MAX_S)
    }

    fn judge(&mut self, moment: &Moment, findings: &mut Findings) {
        for place in 0..self.hits.len() {
            let hit = &self.hits[place];
            if hit.done || moment.second < hit.round.impact_s {
                continue;
            }
            let (zone, number, round) = (hit.zone, hit.number, hit.round);
            let is_trackable = self.could_be_tracked(number, round.impact_s);
            let missed = !hit.warned && !hit.excused && is_trackable;
            self.tally.push(match (is_trackable, hit.excused, hit.warned) {
                (_, true, _) => "hit excused",
                (true, _, true) => "hit trackable and warned",
                (true, _, false) => "hit trackable and not warned",
                (false, _, true) => "hit not trackable and warned all the same",
                (false, _, false) => "hit not trackable and not warned",
            });
            self.hits[place].done = true;
            if missed {
                let plots = self.taken[number].len();
                let what = format!(
                    "round {number} hits zone {zone} at {:.1} s, unwarned, with {plots} plots since {:.1} s",
                    round.impact_s,
                    self.taken[number].first().map_or(f64::NAN, |(second, _)| *second)
                );
                findings.note("warned", moment.second, what);
            }
        }
    }

    fn excuse(&mut self, second: f64, zone: Option<u16>) {
        for hit in &mut self.hits {
            let flies = (hit.round.launched_s - 1.0..hit.round.impact_s).contains(&second);
            hit.excused |= flies && zone.is_none_or(|zone| zone == hit.zone);
        }
    }
}

/// The group of each sensor, as numbers.
pub(super) fn groups(site: &Site) -> Vec<usize> {
    let sensors = &site.config.sensors;
    let first = |number: usize| {
        let group = &sensors[number].trust.group;
        group.as_ref().and_then(|name| sensors.iter().position(|s| s.trust.group.as_ref() == Some(name)))
    };
    (0..sensors.len()).map(|number| first(number).unwrap_or(number)).collect()
}

impl Check for Warned {
    fn tally(&self) -> Vec<&'static str> {
        self.tally.clone()
    }

    fn note(&mut self, moment: &Moment, fact: &Fact<'_>, findings: &mut Findings) {
        self.judge(moment, findings);
        if let Some(alarm) = alarm(fact) {
            let zone = alarm.id.zone.0;
            let covered = self.covered.entry(zone).or_default();
            if matches!(alarm.stage, Stage::TakeCover | Stage::Hold) {
                covered.insert(alarm.id);
            } else {
                covered.remove(&alarm.id);
            }
        }
        match fact {
            Fact::Read { events, tags, whole, off_s, .. } if *whole && off_s.abs() <= OFF_MAX_S => {
                let plots =
                    events.iter().filter_map(|event| if let Event::Plot(plot) = event { Some(plot) } else { None });
                for (plot, tag) in plots.zip(tags.iter()) {
                    let age_s = plot.heard_at.0.seconds_since(plot.measured_at.0);
                    if let (Tag::Round(round), true) = (tag, age_s.abs() <= AGE_MAX_S) {
                        self.open.insert((plot.sensor, plot.sequence), (*round, moment.second));
                    }
                }
            }
            Fact::Said(Output::Refused(refusal)) => {
                if let (Some(sensor), Some(sequence)) = (refusal.sensor, refusal.sequence) {
                    self.open.remove(&(sensor, sequence));
                }
            }
            Fact::Said(Output::Operator(report)) if report.refused.is_none() => match &report.command.command {
                Command::Cancel { alarm } => self.excuse(moment.second, Some(alarm.zone.0)),
                Command::StopAll => self.excuse(moment.second, None),
                Command::Unprotect { zone } => _ = self.unprotected.insert(zone.0),
                Command::Protect { zone } => _ = self.unprotected.remove(&zone.0),
                _ => {}
            },
            Fact::Gone => self.excuse(moment.second, None),
            Fact::Back { standing, .. } => {
                self.covered.clear();
                for alarm in standing.iter().filter(|alarm| alarm.stage.is_in_cover()) {
                    self.covered.entry(alarm.id.zone.0).or_default().insert(alarm.id);
                }
                self.excuse(moment.second, None);
            }
            Fact::Stepped { .. } => {
                for ((sensor, _), (round, second)) in core::mem::take(&mut self.open) {
                    self.taken[round].push((second, self.groups[usize::from(sensor.0)]));
                }
                for hit in &mut self.hits {
                    let flies = (hit.round.launched_s - 1.0..hit.round.impact_s).contains(&moment.second);
                    hit.excused |= flies && self.unprotected.contains(&hit.zone);
                    hit.warned |= flies && self.covered.get(&hit.zone).is_some_and(|ids| !ids.is_empty());
                }
            }
            _ => {}
        }
    }
}
