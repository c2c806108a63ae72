//! P8: live is live and exercise is exercise.

use std::collections::BTreeSet;

use parapet_engine::{Event, Mode, Output};
use parapet_track::SensorId;

use super::Check;
use crate::fact::{Fact, Findings, Moment};
use crate::site::Site;

/// What came simulated to a live site and must be refused.
#[derive(Debug)]
pub(super) struct Worlds {
    is_live: bool,
    open: BTreeSet<(SensorId, u64)>,
}

impl Worlds {
    pub(super) fn new(site: &Site) -> Self {
        Worlds { is_live: site.config.mode == Mode::Live, open: BTreeSet::new() }
    }
}

impl Check for Worlds {
    fn note(&mut self, moment: &Moment, fact: &Fact<'_>, findings: &mut Findings) {
        match fact {
            Fact::Read { events, .. } if self.is_live => {
                let simulated = events.iter().filter_map(|event| match event {
                    Event::Plot(plot) if plot.simulated => Some((plot.sensor, plot.sequence)),
                    _ => None,
                });
                self.open.extend(simulated);
            }
            Fact::Said(Output::Refused(refusal)) => {
                if let (Some(sensor), Some(sequence)) = (refusal.sensor, refusal.sequence) {
                    self.open.remove(&(sensor, sequence));
                }
            }
            Fact::Stepped { .. } => {
                for (sensor, sequence) in core::mem::take(&mut self.open) {
                    let what = format!("simulated plot {sequence} of sensor {} is used by a live site", sensor.0);
                    findings.note("worlds", moment.second, what);
                }
            }
            Fact::OtherSaid(output @ (Output::Track(_) | Output::Threat(_) | Output::Alarm(_))) => {
                findings.note("worlds", moment.second, format!("the live site beside an exercise says {output:?}"));
            }
            Fact::OtherJudged { obeyed: true } => {
                findings.note("worlds", moment.second, "a siren of the other world obeys".to_owned());
            }
            _ => {}
        }
    }
}
