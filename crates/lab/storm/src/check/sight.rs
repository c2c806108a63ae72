//! P11: blindness is told within two seconds.

use std::collections::BTreeMap;

use parapet_engine::{Event, Output, SensorHealth, Trouble};
use parapet_frame::Time;
use parapet_track::SensorId;

use super::Check;
use crate::fact::{Fact, Findings, Moment};
use crate::site::{CLEARS_S, Site};

/// What is promised, and what a step may add, seconds.
const TOLD_S: f64 = 2.0;
const SLACK_S: f64 = 0.1;

/// Who speaks, and what people know of it.
#[derive(Debug)]
pub(super) struct Sight {
    heard: Vec<Option<Time>>,
    speaks: Vec<bool>,
    disk_failed_s: Option<f64>,
    disk_shown: bool,
    shed_s: Option<f64>,
    troubles: BTreeMap<(SensorId, Trouble), f64>,
}

impl Sight {
    pub(super) fn new(site: &Site) -> Self {
        let count = site.config.sensors.len();
        let (heard, speaks) = (vec![None; count], vec![false; count]);
        Sight { heard, speaks, disk_failed_s: None, disk_shown: false, shed_s: None, troubles: BTreeMap::new() }
    }

    fn said(&mut self, second: f64, output: &Output) {
        match output {
            Output::Sensor(report) => {
                self.speaks[usize::from(report.sensor.0)] = report.health == SensorHealth::Speaking;
            }
            Output::Trouble(report) => {
                let key = (report.sensor, report.trouble);
                // A sector in which tracks were missed is told so until something is seen there again, which may be never.
                let is_of_tracks = report.trouble == Trouble::SectorBlanked && report.detail.contains("tracks");
                if report.stands && !is_of_tracks {
                    self.troubles.insert(key, second);
                } else {
                    self.troubles.remove(&key);
                }
            }
            _ => {}
        }
    }

    fn late(&mut self, moment: &Moment, findings: &mut Findings) {
        for sensor in 0..self.heard.len() {
            let Some(heard) = self.heard[sensor].filter(|_| self.speaks[sensor]) else { continue };
            let silent_s = moment.host.seconds_since(heard);
            if silent_s > TOLD_S + SLACK_S {
                findings.note("sight", moment.second, format!("sensor {sensor} is silent for {silent_s:.2} s, untold"));
                self.speaks[sensor] = false;
            }
        }
        let over = |since: Option<f64>| since.is_some_and(|since| moment.second - since > TOLD_S);
        if over(self.disk_failed_s.filter(|_| !self.disk_shown)) {
            findings.note("sight", moment.second, "the disk fails, and nobody is told".to_owned());
            self.disk_shown = true;
        }
        if over(self.shed_s) {
            findings.note("sight", moment.second, "plots are shed, and nobody is told".to_owned());
            self.shed_s = Some(f64::INFINITY);
        }
    }
}

impl Check for Sight {
    fn note(&mut self, moment: &Moment, fact: &Fact<'_>, findings: &mut Findings) {
        match fact {
            Fact::Read { events, .. } => {
                for event in *events {
                    let sensor = match event {
                        Event::Plot(plot) => plot.sensor,
                        Event::Alive { sensor, .. } | Event::Swept { sensor, .. } => *sensor,
                        Event::Health(state) if state.released != Some(false) => state.sensor,
                        _ => continue,
                    };
                    self.heard[usize::from(sensor.0)] = Some(moment.host);
                }
            }
            Fact::Said(output) => self.said(moment.second, output),
            Fact::Back { said, .. } => {
                self.speaks.iter_mut().for_each(|speaks| *speaks = false);
                self.troubles.clear();
                said.iter().for_each(|output| self.said(moment.second, output));
            }
            Fact::DiskFails { failed } => {
                self.disk_failed_s = failed.then_some(moment.second);
                self.disk_shown &= *failed;
            }
            Fact::DiskShown { failed } => self.disk_shown = *failed,
            Fact::Skipped { .. } => _ = self.shed_s.get_or_insert(moment.second),
            Fact::SheddingShown => self.shed_s = Some(f64::INFINITY),
            // A host that is gone tells nothing of its disk; it begins anew.
            Fact::Gone => self.disk_failed_s = None,
            Fact::Stepped { .. } => self.late(moment, findings),
            _ => {}
        }
    }

    /// Long after the weather has cleared everybody speaks, and nobody is said to have a trouble of before.
    fn end(&mut self, moment: &Moment, findings: &mut Findings) {
        for sensor in 0..self.heard.len() {
            if self.heard[sensor].is_some() && !self.speaks[sensor] {
                findings.note("sight", moment.second, format!("sensor {sensor} speaks, and is told to be silent"));
            }
        }
        for ((sensor, trouble), since_s) in &self.troubles {
            if *since_s < CLEARS_S + 1.0 {
                let what = format!("sensor {} is told to have trouble ({trouble:?}) since {since_s:.1} s", sensor.0);
                findings.note("sight", moment.second, what);
            }
        }
    }
}
