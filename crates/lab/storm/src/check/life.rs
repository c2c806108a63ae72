//! The life of alarms, by what is told.

use std::collections::{BTreeMap, BTreeSet};

use parapet_engine::Output;
use parapet_frame::Time;
use parapet_track::TrackId;
use parapet_warn::{Alarm, AlarmId, Reason, Stage, ZoneId};

use super::{Check, alarm};
use crate::fact::{Fact, Findings, Moment};

/// What stands and what has ended.
#[derive(Debug, Default)]
pub(super) struct Life {
    standing: BTreeMap<AlarmId, (Stage, Time)>,
    /// Names that were given, and when, seconds of the story.
    given: BTreeMap<AlarmId, f64>,
    ended: BTreeMap<ZoneId, Time>,
    /// When each track was last said to be a threat.
    threats: BTreeMap<TrackId, Time>,
    cancelled: BTreeSet<(ZoneId, TrackId)>,
}

/// Whether one stage may follow another, as drawn in the engine's documents; `None` is quiet.
fn follows(before: Option<Stage>, after: Stage) -> bool {
    use Stage::{AllClear, Hold, Prepare, TakeCover, Withdrawn};
    match before {
        None => matches!(after, Prepare | TakeCover),
        Some(Prepare) => matches!(after, Prepare | TakeCover | Hold | Withdrawn),
        Some(TakeCover) => matches!(after, TakeCover | Hold | Withdrawn),
        Some(Hold) => matches!(after, Hold | TakeCover | AllClear | Withdrawn),
        Some(AllClear | Withdrawn) => false,
    }
}

impl Check for Life {
    fn note(&mut self, moment: &Moment, fact: &Fact<'_>, findings: &mut Findings) {
        if let Some(alarm) = alarm(fact) {
            return self.alarm(moment, alarm, findings);
        }
        match fact {
            Fact::Said(Output::Threat(threat)) if threat.believed => _ = self.threats.insert(threat.track, moment.host),
            Fact::Back { standing, kept_until, .. } => {
                let _ = kept_until;
                self.standing = standing.iter().map(|alarm| (alarm.id, (alarm.stage, alarm.raised_at))).collect();
                // What was raised and not kept may be raised again under its name.
                let last_s = moment.second;
                self.given.retain(|id, second| self.standing.contains_key(id) || *second < last_s - 30.0);
            }
            _ => {}
        }
    }
}

impl Life {
    fn alarm(&mut self, moment: &Moment, alarm: &Alarm, findings: &mut Findings) {
        let mut note = |what: String| findings.note("life", moment.second, what);
        let before = self.standing.get(&alarm.id).copied();
        if !follows(before.map(|(stage, _)| stage), alarm.stage) {
            note(format!("{:?} is told {:?} after {before:?}", alarm.id, alarm.stage));
        }
        if before.is_some_and(|(_, raised_at)| raised_at != alarm.raised_at) {
            note(format!("{:?} was raised at another time than was told before", alarm.id));
        }
        if before.is_none() {
            self.raised(moment, alarm, &mut note);
        }
        if alarm.stage.is_ended() {
            self.standing.remove(&alarm.id);
            self.ended.insert(alarm.id.zone, moment.host);
            if alarm.reason == Reason::OperatorCancelled {
                self.cancelled.extend(alarm.threats.iter().map(|track| (alarm.id.zone, *track)));
            }
        } else {
            self.standing.insert(alarm.id, (alarm.stage, alarm.raised_at));
        }
    }

    fn raised(&mut self, moment: &Moment, alarm: &Alarm, note: &mut impl FnMut(String)) {
        let zone = alarm.id.zone;
        if self.given.insert(alarm.id, moment.second).is_some() {
            note(format!("the name {:?} is given a second time", alarm.id));
        }
        if self.standing.keys().any(|id| id.zone == zone) {
            note(format!("{:?} is raised while another alarm of the zone stands", alarm.id));
        }
        if alarm.reason == Reason::OperatorRaised {
            return;
        }
        // A new cause: a threat told since the last alarm of the zone ended, and not one that people have cancelled.
        let since = self.ended.get(&zone).copied();
        let is_new = |track: &TrackId| {
            let told = self.threats.get(track).copied();
            !self.cancelled.contains(&(zone, *track))
                && told.is_some_and(|told| since.is_none_or(|since| told >= since))
        };
        if !alarm.threats.iter().any(is_new) {
            note(format!("{:?} is raised by {:?}, with nothing new since {since:?}", alarm.id, alarm.threats));
        }
    }
}
