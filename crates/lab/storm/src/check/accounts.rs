//! P3: every plot is accounted for; and what cannot be used is not.

use std::collections::BTreeMap;

use parapet_engine::{Counts, Event, Output, RefusalReason};
use parapet_frame::Time;
use parapet_track::SensorId;

use super::Check;
use crate::fact::{Fact, Findings, Moment};
use crate::site::Site;

/// Its own count of what came and what was refused.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    fed: u64,
    /// Refusals of scans: counted as heard when they are refused, as no plot stands behind them.
    scans: u64,
    told: BTreeMap<RefusalReason, u64>,
    /// The next sequence number of each sensor, by what was read.
    next: BTreeMap<SensorId, u64>,
    /// What may still be refused, by sensor and sequence number.
    open: BTreeMap<(SensorId, u64), ()>,
}

impl Check for Accounts {
    fn note(&mut self, moment: &Moment, fact: &Fact<'_>, findings: &mut Findings) {
        match fact {
            Fact::Read { events, .. } => events.iter().for_each(|event| self.read(event)),
            Fact::Said(Output::Refused(refusal)) => {
                *self.told.entry(refusal.reason).or_default() += 1;
                let Some(sequence) = refusal.sequence else {
                    let of_scan = matches!(refusal.reason, RefusalReason::TooOld | RefusalReason::FromTheFuture);
                    self.scans += u64::from(of_scan);
                    return;
                };
                let key = refusal.sensor.map(|sensor| (sensor, sequence));
                if key.is_none_or(|key| self.open.remove(&key).is_none()) {
                    let what =
                        format!("{:?} {sequence} is refused, and did not come or was refused before", refusal.sensor);
                    findings.note("accounts", moment.second, what);
                }
            }
            Fact::Stepped { counts, .. } => self.hold(moment, counts, findings),
            Fact::Back { counts, .. } => {
                self.fed = counts.heard;
                self.scans = 0;
                self.told = counts.refused.clone();
                self.open.clear();
            }
            _ => {}
        }
    }
}

impl Accounts {
    fn read(&mut self, event: &Event) {
        match event {
            Event::Plot(plot) => {
                self.fed += 1;
                self.next.insert(plot.sensor, plot.sequence + 1);
                self.open.insert((plot.sensor, plot.sequence), ());
            }
            Event::Undecodable(_) | Event::Contact(_) => self.fed += 1,
            _ => {}
        }
    }

    fn hold(&mut self, moment: &Moment, counts: &Counts, findings: &mut Findings) {
        // A plot is refused in its own step or never.
        self.open.clear();
        let refused: u64 = counts.refused.values().sum();
        let mut note = |what: String| findings.note("accounts", moment.second, what);
        if counts.heard != counts.used + counts.waiting + refused {
            note(format!("{counts:?} do not add up"));
        }
        if counts.heard != self.fed + self.scans {
            note(format!("{} came and the engine heard {}", self.fed + self.scans, counts.heard));
        }
        if counts.refused != self.told {
            note(format!("refused {:?}, told {:?}", counts.refused, self.told));
        }
    }
}

/// What is too old or from the future by the stamps that came.
#[derive(Debug)]
pub(super) struct Timely {
    age_max_s: f64,
    ahead_max_s: f64,
    open: BTreeMap<(SensorId, u64), f64>,
}

impl Timely {
    pub(super) fn new(site: &Site) -> Self {
        let limits = &site.config.limits;
        Timely { age_max_s: limits.plot_age_max_s, ahead_max_s: limits.plot_ahead_max_s, open: BTreeMap::new() }
    }

    fn age_s(measured_at: Time, heard_at: Time) -> f64 {
        heard_at.seconds_since(measured_at)
    }
}

impl Check for Timely {
    fn note(&mut self, moment: &Moment, fact: &Fact<'_>, findings: &mut Findings) {
        match fact {
            Fact::Read { events, .. } => {
                for event in *events {
                    let Event::Plot(plot) = event else { continue };
                    let age_s = Timely::age_s(plot.measured_at.0, plot.heard_at.0);
                    if age_s > self.age_max_s || -age_s > self.ahead_max_s {
                        self.open.insert((plot.sensor, plot.sequence), age_s);
                    }
                }
            }
            Fact::Said(Output::Refused(refusal)) => {
                if let (Some(sensor), Some(sequence)) = (refusal.sensor, refusal.sequence) {
                    self.open.remove(&(sensor, sequence));
                }
            }
            Fact::Stepped { .. } => {
                for ((sensor, sequence), age_s) in core::mem::take(&mut self.open) {
                    let what = format!("plot {sequence} of sensor {} is used at the age of {age_s:.2} s", sensor.0);
                    findings.note("timely", moment.second, what);
                }
            }
            _ => {}
        }
    }
}
