//! What tracks tell of the errors of the sensors that saw them, and what those errors mean for tracks.

use nalgebra::{Matrix3, Vector3};
use parapet_flight::Environment;
use parapet_frame::{SitePoint, Time};

use super::{Registered, Registration};
use crate::measurement::Measurement;
use crate::{Bias, Plot, PlotRef, SensorId, Track, Tracker};

/// Plots from which on a track knows how it moves, and existence from which on it is one.
const PLOTS_MIN: u32 = 4;
const EXISTENCE_MIN: f64 = 0.9;
/// A thing's own word on its place is off by much the same for a while (its antenna, its delay, its altimeter): so many in a row tell no
/// more than one.
const REFERENCES_IN_COMMON: f64 = 6.0;
/// Odds of falling from which on a track's impact is worth predicting.
const FALLS_MIN: f64 = 0.5;

impl Tracker {
    /// What is believed of a sensor's errors, and how surely.
    #[must_use]
    pub fn bias(&self, sensor: SensorId) -> (Bias, Bias) {
        self.registration.bias(sensor)
    }

    /// When something was truly measured that a sensor stamped so, as far as its clock is known.
    #[must_use]
    pub fn true_time(&self, sensor: SensorId, stamped: Time) -> Time {
        self.registration.corrected_time(sensor, stamped)
    }

    /// Plots without what is believed of their sensor's errors; `None` where nothing is corrected.
    #[must_use]
    pub fn corrected(&self, plots: &[Plot]) -> Option<Vec<Plot>> {
        let correct = |plot| self.registration.corrected(plot);
        self.registration.is_used().then(|| plots.iter().map(correct).collect())
    }

    /// What there is to say of the sensors' errors since it was last asked.
    pub fn registered(&mut self) -> impl Iterator<Item = Registered> + '_ {
        self.registration.said()
    }

    /// A sensor's clock has been set forward by so many seconds, known this well.
    pub fn clock_stepped(&mut self, sensor: SensorId, seconds: f64, sigma_s: f64) {
        self.registration.clock_stepped(sensor, seconds, sigma_s);
    }

    /// The thing of a plot of the last look, as its sensor told it, was here at an instant, as it says itself and is believed.
    /// `covariance` is that of the place in site ENU, row by row, square metres.
    pub fn refer(&mut self, plot: &Plot, at: Time, place: SitePoint, covariance: [[f64; 3]; 3]) {
        let is_evidence = |track: &&Track| {
            let is_it = |told: &PlotRef| told.sensor == plot.sensor && told.sequence == plot.sequence;
            track.evidence.len() == 1 && track.evidence.iter().any(is_it)
        };
        let Some(track) = self.tracks.touched().find(is_evidence) else { return };
        if !is_known(track) {
            return;
        }
        let velocity_mps = velocity(track, &self.environment);
        if !is_common(track) {
            let measurement = Measurement::of(plot, &self.sensors[usize::from(plot.sensor.0)]);
            self.registration.note_plot(track.id, plot, velocity_mps, &measurement);
        }
        let covariance = Matrix3::from_fn(|row, column| covariance[row][column] * REFERENCES_IN_COMMON);
        self.registration.note_reference(track.id, at, place.to_vector(), covariance, velocity_mps);
    }

    /// Notes what a look tells of its sensor's errors, and how those bear on the tracks that it moved. `told` are the plots as the
    /// sensor told them.
    pub(crate) fn register(&mut self, told: &[Plot], measurements: &[Measurement]) {
        if self.sensors.len() < 2 && !self.registration.is_used() {
            return;
        }
        let Tracker { tracks, registration, environment, sightings, sensors, .. } = self;
        let mut order: Vec<(u64, usize)> = Vec::new();
        tracks.change_touched(|track| {
            track.groups = groups(track, |sensor| sensors[usize::from(sensor.0)].trust.group.as_deref());
            if let ([evidence], true) = (track.evidence.as_slice(), is_common(track)) {
                if order.is_empty() {
                    order.extend(told.iter().enumerate().map(|(place, plot)| (plot.sequence, place)));
                    order.sort_unstable();
                }
                if let Ok(found) = order.binary_search_by_key(&evidence.sequence, |(sequence, _)| *sequence) {
                    let place = order[found].1;
                    let velocity_mps = velocity(track, environment);
                    registration.note_plot(track.id, &told[place], velocity_mps, &measurements[place]);
                }
            }
        });
        if !registration.is_used() {
            return;
        }
        tracks.change_touched(|track| {
            track.common = None;
            if track.is_shown() && track.odds().falling() >= FALLS_MIN {
                let plots = track.beliefs.leading_plots().iter().filter_map(|number| sightings.get(*number));
                let falling = track.beliefs.falling().next().map(|(_, estimate)| estimate);
                let common = falling.and_then(|falling| registration.common(environment, &falling, track.at, plots));
                track.common = common.map(Box::new);
            }
        });
    }
}

impl Registration {
    /// How far apart the remaining errors may put a track and the plots of a sensor, where others than this one have moved it.
    pub(crate) fn apart_of(
        &self,
        track: &Track,
        environment: &Environment,
        sensor: SensorId,
        seconds: f64,
    ) -> Option<Matrix3<f64>> {
        if !self.is_used() {
            return None;
        }
        let other = *track.seen_by.iter().find(|seen| **seen != sensor)?;
        let place = track.beliefs.place(seconds);
        self.apart(sensor, other, &place.place_m, &velocity(track, environment))
    }
}

/// Whether several sensors saw it, and its motion is known.
fn is_common(track: &Track) -> bool {
    track.seen_by.len() >= 2 && is_known(track)
}

/// Whether its motion is known.
fn is_known(track: &Track) -> bool {
    track.plots >= PLOTS_MIN && track.existence >= EXISTENCE_MIN
}

fn velocity(track: &Track, environment: &Environment) -> Vector3<f64> {
    track.beliefs.leading(environment, 0.0).mean.fixed_rows::<3>(3).into_owned()
}

/// Number of independent groups among the sensors that saw a track.
fn groups<'a>(track: &Track, group: impl Fn(SensorId) -> Option<&'a str>) -> u16 {
    let first_of_its_group = |(place, sensor): (usize, &SensorId)| {
        group(*sensor).is_none() || !track.seen_by[..place].iter().any(|earlier| group(*earlier) == group(*sensor))
    };
    track.seen_by.iter().enumerate().filter(|seen| first_of_its_group(*seen)).count() as u16
}
