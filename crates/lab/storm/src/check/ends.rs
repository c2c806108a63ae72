//! P6: alarms end, in time and not before it.

use std::collections::BTreeMap;

use parapet_engine::Output;
use parapet_frame::Time;
use parapet_track::TrackId;
use parapet_warn::{Alarm, AlarmId, Command, Reason, Stage, Threat, Zone, ZoneId};

use super::{Check, alarm};
use crate::fact::{Fact, Findings, Moment};
use crate::site::{Site, depth_m};

/// A prediction no wider than this counts as knowing where it falls, metres.
const SIGMA_MAX_M: f64 = 120.0;
/// A prediction older than this is no longer what is believed, seconds.
const FRESH_S: f64 = 2.5;
/// An impact that is nearer than this is as good as over, seconds.
const SOON_S: f64 = 1.0;
/// So long after the impacts that were told the zone must have been told that they are over, seconds; and so long after two standard
/// deviations of the time of what threatens it, where that is later.
const OVER_S: f64 = 15.0;
const SIGMAS_OVER_S: f64 = 5.0;

/// What stands, and what is on its way.
#[derive(Debug)]
pub(super) struct Ends {
    zones: Vec<Zone>,
    hold_s: f64,
    standing: BTreeMap<AlarmId, Alarm>,
    threats: BTreeMap<TrackId, (Threat, f64, bool)>,
    /// When what was ever believed was expected last, and the standard deviation of that, seconds.
    expected: BTreeMap<TrackId, (Time, f64)>,
    unprotected: Vec<ZoneId>,
}

impl Ends {
    pub(super) fn new(site: &Site) -> Self {
        let (zones, hold_s) = (site.config.zones.clone(), site.config.policy.hold_s);
        Ends {
            zones,
            hold_s,
            standing: BTreeMap::new(),
            threats: BTreeMap::new(),
            expected: BTreeMap::new(),
            unprotected: Vec::new(),
        }
    }
}

impl Check for Ends {
    fn note(&mut self, moment: &Moment, fact: &Fact<'_>, findings: &mut Findings) {
        if let Some(alarm) = alarm(fact) {
            return self.alarm(moment, alarm, findings);
        }
        match fact {
            // A track that moved without a threat behind it threatens no more.
            Fact::Said(Output::Track(report)) => {
                if let Some((_, _, stands)) = self.threats.get_mut(&report.id) {
                    *stands = false;
                }
            }
            Fact::Said(Output::Threat(threat)) => {
                self.threats.insert(threat.track, (*threat, moment.second, threat.believed));
                if threat.believed {
                    self.expected.insert(threat.track, (threat.impact.at, threat.impact.sigma_time_s));
                }
            }
            Fact::Said(Output::TrackEnded { track, .. }) => _ = self.threats.remove(track),
            Fact::Said(Output::Operator(report)) if report.refused.is_none() => match &report.command.command {
                Command::Unprotect { zone } => self.unprotected.push(*zone),
                Command::Protect { zone } => self.unprotected.retain(|other| other != zone),
                _ => {}
            },
            Fact::Back { standing, .. } => {
                self.standing = standing.iter().map(|alarm| (alarm.id, alarm.clone())).collect();
                self.threats.clear();
            }
            Fact::Stepped { .. } => self.overdue(moment, findings),
            _ => {}
        }
    }

    fn end(&mut self, moment: &Moment, findings: &mut Findings) {
        for alarm in self.standing.values() {
            let what = format!("{:?} still stands at the end: {:?}, {:?}", alarm.id, alarm.stage, alarm.reason);
            findings.note("ends", moment.second, what);
        }
    }
}

impl Ends {
    fn alarm(&mut self, moment: &Moment, alarm: &Alarm, findings: &mut Findings) {
        if alarm.stage.is_ended() {
            let by_people =
                matches!(alarm.reason, Reason::OperatorCancelled) || self.unprotected.contains(&alarm.id.zone);
            if let Some(what) = self.early(moment, alarm).filter(|_| !by_people) {
                findings.note("ends", moment.second, what);
            }
            self.standing.remove(&alarm.id);
        } else {
            self.standing.insert(alarm.id, alarm.clone());
        }
    }

    /// Why it is too early to end an alarm, if it is.
    fn early(&self, moment: &Moment, alarm: &Alarm) -> Option<String> {
        let zone = self.zones.get(usize::from(alarm.id.zone.0))?;
        for (threat, told_s, stands) in self.threats.values() {
            let c = threat.impact.covariance;
            let sigma_m = c.east_east_m2.max(c.north_north_m2).sqrt();
            let place = [threat.impact.place.east_m, threat.impact.place.north_m];
            let known = *stands && threat.believed && sigma_m < SIGMA_MAX_M && depth_m(zone, place) > 0.0;
            if !known || moment.second - told_s > FRESH_S {
                continue;
            }
            let left_s = threat.impact.at.seconds_since(alarm.at);
            if left_s > SOON_S {
                return Some(format!(
                    "{:?} ends while track {} falls there in {left_s:.1} s",
                    alarm.id, threat.track.0
                ));
            }
        }
        let before = self.standing.get(&alarm.id)?;
        let told = before.impact_at.filter(|_| before.stage == Stage::TakeCover)?;
        let is_early = alarm.stage == Stage::AllClear && alarm.at < told.plus_seconds(self.hold_s - 0.5);
        is_early.then(|| format!("{:?} is all clear before its hold is over", alarm.id))
    }

    /// Alarms that tell people to take cover from what has long come down.
    fn overdue(&mut self, moment: &Moment, findings: &mut Findings) {
        let now: Time = moment.host;
        let over_at = |alarm: &Alarm, told: Time| {
            let threats = alarm.threats.iter().filter_map(|track| self.expected.get(track));
            let surely = threats.map(|(at, sigma_s)| at.plus_seconds(2.0 * sigma_s + SIGMAS_OVER_S));
            surely.chain([told.plus_seconds(OVER_S)]).max().unwrap_or(told)
        };
        let is_over = |alarm: &&Alarm| {
            let impact_at = alarm.impact_at.filter(|_| alarm.stage == Stage::TakeCover);
            alarm.reason == Reason::ImpactPredicted && impact_at.is_some_and(|told| now > over_at(alarm, told))
        };
        if let Some(id) = self.standing.values().find(is_over).map(|alarm| alarm.id) {
            let what = format!("{id:?} says take cover {OVER_S} s after the impact that it told");
            findings.note("ends", moment.second, what);
            self.standing.remove(&id);
        }
    }
}
