//! The plots of the last while, kept once for all tracks that may have to look at them again.

use std::collections::VecDeque;

use crate::measurement::Measurement;

/// The how-manieth plot of the tracker, counted from 0 and round after 2^32.
pub(crate) type SightingNo = u32;

/// The latest plots, the oldest given up first when there is no more room.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sightings {
    kept: VecDeque<Measurement>,
    /// Number of the oldest that is kept.
    oldest: SightingNo,
    room: usize,
}

impl Sightings {
    /// Room for so many plots, taken at once.
    pub(crate) fn with_room(room: usize) -> Self {
        Sightings { kept: VecDeque::with_capacity(room), oldest: 0, room }
    }

    /// The number that the next plot will get.
    pub(crate) fn next(&self) -> SightingNo {
        self.oldest.wrapping_add(self.kept.len() as u32)
    }

    /// Keeps a plot.
    pub(crate) fn keep(&mut self, measurement: &Measurement) {
        if self.kept.len() == self.room {
            self.kept.pop_front();
            self.oldest = self.oldest.wrapping_add(1);
        }
        self.kept.push_back(*measurement);
    }

    /// A plot by its number, unless it was given up.
    pub(crate) fn get(&self, number: SightingNo) -> Option<&Measurement> {
        self.kept.get(number.wrapping_sub(self.oldest) as usize)
    }
}

#[cfg(test)]
mod tests {
    use nalgebra::Vector3;
    use parapet_frame::{HeardAt, MeasuredAt, SensorPose, SitePoint, Time};

    use super::*;
    use crate::{Plot, Scan, SensorId, SensorModel};

    fn measured_at(second: f64) -> Measurement {
        let radar = SensorModel {
            name: "radar".into(),
            pose: SensorPose::parallel(SitePoint::default(), 0.0),
            range_min_m: 100.0,
            range_max_m: 20_000.0,
            elevation_min_rad: 0.0,
            elevation_max_rad: 1.4,
            scan: Scan::Staring,
            scan_period_s: 1.0,
            sigma_range_m: 15.0,
            sigma_azimuth_rad: 3e-3,
            sigma_range_rate_mps: 2.0,
            detection_probability: 0.9,
            clutter_per_scan: 5.0,
            silent_after_s: 3.0,
            blanked: Vec::new(),
            trust: crate::Trust::default(),
        };
        let polar = radar.pose.polar_from_site(Vector3::new(3_000.0, 4_000.0, 500.0));
        let at = Time::from_seconds(second);
        let plot = Plot {
            sensor: SensorId(0),
            sequence: second as u64,
            measured_at: MeasuredAt(at),
            heard_at: HeardAt(at),
            range_m: polar.range_m,
            azimuth_rad: polar.azimuth_rad,
            elevation: None,
            range_rate_mps: None,
            identity: None,
            simulated: false,
            accuracy: None,
        };
        Measurement::of(&plot, &radar)
    }

    #[test]
    fn the_oldest_make_room() {
        let mut sightings = Sightings::with_room(2);
        for second in 0..3 {
            assert_eq!(sightings.next(), second);
            sightings.keep(&measured_at(f64::from(second)));
        }
        assert!(sightings.get(0).is_none() && sightings.get(3).is_none());
        assert_eq!(sightings.get(2), Some(&measured_at(2.0)));
    }
}
