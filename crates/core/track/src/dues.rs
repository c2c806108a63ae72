//! When each sensor that turns should see each of its tracks again, so that no look asks them all.

use core::cmp::Reverse;
use std::collections::BinaryHeap;

use parapet_frame::Time;

use crate::table::Table;
use crate::{Scan, SensorId, SensorModel, TrackId};

/// The longest ago first.
type Waiting = BinaryHeap<Reverse<(Time, TrackId)>>;

/// For each sensor, when it looked at which track, the longest ago first. A track that it has looked at since stands there more than
/// once: what is older counts for nothing. A sensor that stares looks at all of them all the time, and has nothing here.
#[derive(Clone, Debug)]
pub(crate) struct Dues {
    of_sensor: Vec<Option<Waiting>>,
}

impl Dues {
    pub(crate) fn of(sensors: &[SensorModel]) -> Self {
        let turns = |sensor: &SensorModel| (sensor.scan == Scan::Rotating).then(Waiting::new);
        Dues { of_sensor: sensors.iter().map(turns).collect() }
    }

    /// A sensor looked at a track.
    pub(crate) fn note(&mut self, sensor: SensorId, at: Time, track: TrackId) {
        if let Some(waiting) = &mut self.of_sensor[usize::from(sensor.0)] {
            waiting.push(Reverse((at, track)));
        }
    }

    /// The places of those tracks that a sensor has not looked at for longer than so many seconds. They are given once: the next look at
    /// them has to be noted.
    pub(crate) fn take(&mut self, sensor: SensorId, now: Time, after_s: f64, tracks: &Table, due: &mut Vec<usize>) {
        let Some(waiting) = &mut self.of_sensor[usize::from(sensor.0)] else { return };
        while let Some(Reverse((at, id))) = waiting.peek().copied()
            && now.seconds_since(at) > after_s
        {
            waiting.pop();
            let place = tracks.find(id).filter(|place| tracks[*place].looked_at(sensor) == Some(at));
            due.extend(place.filter(|place| !due.contains(place)));
        }
    }
}
