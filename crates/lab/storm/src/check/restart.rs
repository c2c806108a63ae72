//! P5: what stood stands again, under the same name; P12: the recording says the same.

use std::collections::BTreeMap;

use parapet_frame::Time;
use parapet_warn::AlarmId;

use super::{Check, alarm};
use crate::fact::{Fact, Findings, Moment};
use crate::fault::Kind;
use crate::site::Site;
use crate::story::Plan;

/// Within so long the alarms must stand again, seconds.
const BACK_S: f64 = 2.0;

/// What stood before.
#[derive(Debug)]
pub(super) struct Restart {
    /// Nothing is promised of what a full disk could not take.
    excused: bool,
    standing: BTreeMap<AlarmId, f64>,
    gone_s: f64,
    start: Time,
}

impl Restart {
    pub(super) fn new(site: &Site, plan: &Plan) -> Self {
        let excused = plan.faults.iter().any(|fault| fault.kind == Kind::DiskFull);
        Restart { excused, standing: BTreeMap::new(), gone_s: 0.0, start: site.start }
    }
}

impl Check for Restart {
    fn note(&mut self, moment: &Moment, fact: &Fact<'_>, findings: &mut Findings) {
        if let Some(alarm) = alarm(fact) {
            if alarm.stage.is_ended() {
                self.standing.remove(&alarm.id);
            } else {
                self.standing.entry(alarm.id).or_insert(moment.second);
            }
        }
        match fact {
            Fact::Gone => self.gone_s = moment.second,
            Fact::Back { standing, kept_until, same, .. } => {
                // What was raised after the last that was kept is not promised.
                let kept_s = kept_until.seconds_since(self.start);
                if !*same && !self.excused {
                    findings.note("replay", moment.second, "the recording gives other words than were said".to_owned());
                }
                for (id, raised_s) in core::mem::take(&mut self.standing) {
                    let is_kept = raised_s <= kept_s + 1e-6 && !self.excused;
                    if is_kept && !standing.iter().any(|alarm| alarm.id == id) {
                        let what = format!("{id:?}, raised at {raised_s:.2} s, does not stand after the restart");
                        findings.note("restart", moment.second, what);
                    }
                }
                if moment.second - self.gone_s > BACK_S {
                    findings.note("restart", moment.second, "it took too long".to_owned());
                }
                self.standing = standing.iter().map(|alarm| (alarm.id, moment.second)).collect();
            }
            _ => {}
        }
    }
}
