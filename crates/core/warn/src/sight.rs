//! Which sensors cannot see at present.

use std::collections::BTreeMap;

use parapet_frame::Time;
use parapet_track::SensorId;

/// The sensors that have fallen silent, and since when.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sight {
    silent: BTreeMap<SensorId, Time>,
}

impl Sight {
    pub(crate) fn lost(&mut self, sensor: SensorId, at: Time) {
        self.silent.entry(sensor).or_insert(at);
    }

    pub(crate) fn regained(&mut self, sensor: SensorId) {
        self.silent.remove(&sensor);
    }

    /// Since when none of these sensors has seen anything; `None` where one still does, or none is named.
    pub(crate) fn lost_since(&self, eyes: &[SensorId]) -> Option<Time> {
        let since: Option<Vec<Time>> = eyes.iter().map(|sensor| self.silent.get(sensor).copied()).collect();
        since?.into_iter().max()
    }
}
