//! What sensors have wrong, estimated while they work.
//!
//! Range, azimuth, elevation and time of each sensor are off by errors that all its plots share. They show where two
//! sensors see one thing, or one sees what tells its own place. The mathematics, with its sources, is in
//! [docs/registration.md](../../../../../docs/registration.md).
//!
//! Where a site says how wrong its sensors may be, plots are corrected by the estimate, and what remains uncertain is carried
//! through to predictions as an error that is common to all plots (`consider`). Where it does not, nothing is corrected, and
//! only what stands out is said.

mod belief;
mod consider;
mod dense;
mod drift;
mod geometry;
mod hear;
mod report;
mod window;

use nalgebra::{Matrix3, Vector3};
use parapet_frame::{Polar, Time};

use self::belief::Belief;
use self::drift::Drifts;
use self::geometry::{block, by_bias, symmetric, turned};
pub use self::report::{BiasKind, DriftReport, Registered, RegistrationReport};
use self::window::{By, Layout, SIGHTINGS_MAX, Sighted, Window};
use crate::measurement::Measurement;
use crate::{Bias, Plot, SensorId, SensorModel, TrackId};

/// How wrong a sensor may be at a site that has not said so, for finding what stands out: a rough survey, a compass, an unset clock.
const WATCHED: Bias = Bias { range_m: 100.0, azimuth_rad: 0.01, elevation_rad: 0.01, time_s: 0.7 };
/// Seconds in which knowledge of a bias fades: mounts settle, antennas are turned, oscillators wander, all within some hours to days.
const FADES_S: f64 = 86_400.0;
/// Seconds that a window is filled for, and scans of the slowest sensor in it.
const WINDOW_S: f64 = 5.0;
const WINDOW_SCANS: f64 = 2.5;
/// Things that are compared at the same time; the one that was not seen for longest gives way.
const WINDOWS_MAX: usize = 128;
/// Windows that are taken in a second, and the number of sensors from which on there are fewer, by its square: what bounds the work.
const PER_S_MAX: f64 = 20.0;
const FEWER_FROM_SENSORS: f64 = 8.0;
/// Windows in a row that nothing explains, after which a sensor's errors are held to have changed.
const REOPENED_AFTER: u8 = 4;
/// A part of a standard deviation that an uncertainty must have shrunk to to be told again, and seconds between two words on a sensor.
const TOLD_AGAIN: f64 = 0.6;
const TOLD_EVERY_S: f64 = 2.0;
/// ... and after which any movement by half a standard deviation is told.
const TOLD_ANYWAY_S: f64 = 30.0;
/// Standard deviations from zero that stand out, and the least that matters: 10 m, 1 mrad (0.06 degrees), 50 ms.
const STANDS_OUT_SIGMAS: f64 = 4.0;
const MATTERS: [f64; 4] = [10.0, 1e-3, 1e-3, 0.05];
/// Spread of a remaining error that changes nothing that is tracked, square metres.
const NEGLIGIBLE_M2: f64 = 1.0;

/// What is believed of all sensors' errors, and what is being gathered to know better.
#[derive(Clone, Debug)]
pub(crate) struct Registration {
    sensors: Vec<SensorModel>,
    /// Standard deviations beforehand, four for each sensor.
    sigmas: Vec<f64>,
    /// Plots are corrected.
    is_used: bool,
    belief: Belief,
    /// When knowledge last faded.
    faded_at: Option<Time>,
    windows: Vec<Window>,
    /// Windows that may be taken now, and when they were last counted.
    credit: (f64, Option<Time>),
    notes: Vec<Note>,
    drifts: Drifts,
    said: Vec<Registered>,
}

/// What is remembered of one sensor beside the belief.
#[derive(Clone, Debug, Default)]
struct Note {
    windows: u64,
    unexplained: u8,
    told: Option<RegistrationReport>,
}

impl Registration {
    pub(crate) fn new(sensors: &[SensorModel]) -> Self {
        let is_used = sensors.iter().any(|sensor| !sensor.trust.bias_sigma.is_zero());
        let beforehand = |sensor: &SensorModel| if is_used { sensor.trust.bias_sigma } else { WATCHED };
        let sigmas: Vec<f64> = sensors.iter().flat_map(|sensor| beforehand(sensor).values()).collect();
        Registration {
            sensors: sensors.to_vec(),
            is_used,
            belief: Belief::of_sigmas(&sigmas),
            sigmas,
            faded_at: None,
            windows: Vec::new(),
            credit: (0.0, None),
            notes: vec![Note::default(); sensors.len()],
            drifts: Drifts::default(),
            said: Vec::new(),
        }
    }

    /// Whether plots are corrected.
    pub(crate) fn is_used(&self) -> bool {
        self.is_used
    }

    /// What there is to say since it was last asked.
    pub(crate) fn said(&mut self) -> impl Iterator<Item = Registered> + '_ {
        self.said.drain(..)
    }

    /// What is believed of a sensor's errors, and how surely.
    pub(crate) fn bias(&self, sensor: SensorId) -> (Bias, Bias) {
        let first = 4 * usize::from(sensor.0);
        let values = |value: &dyn Fn(usize) -> f64| Bias::of_values(core::array::from_fn(|i| value(first + i)));
        (values(&|unknown| self.belief.mean[unknown]), values(&|unknown| self.belief.sigma(unknown)))
    }

    /// When something was truly measured.
    pub(crate) fn corrected_time(&self, sensor: SensorId, at: Time) -> Time {
        if self.is_used { at.plus_seconds(-self.bias(sensor).0.time_s) } else { at }
    }

    /// A plot without what is believed of its sensor's errors.
    pub(crate) fn corrected(&self, plot: &Plot) -> Plot {
        let mut plot = *plot;
        let (bias, _) = self.bias(plot.sensor);
        if !self.is_used || bias.is_zero() {
            return plot;
        }
        plot.measured_at.0 = plot.measured_at.0.plus_seconds(-bias.time_s);
        plot.range_m = (plot.range_m - bias.range_m).max(1.0);
        plot.azimuth_rad = turned(plot.azimuth_rad, bias.azimuth_rad);
        if plot.identity.is_none()
            && let Some(elevation) = &mut plot.elevation
        {
            elevation.rad -= bias.elevation_rad;
        }
        plot
    }

    /// How far apart the remaining errors of two sensors may put one thing: a covariance of place, m^2; `None` where that changes
    /// nothing.
    pub(crate) fn apart(
        &self,
        sensor: SensorId,
        other: SensorId,
        place_m: &Vector3<f64>,
        velocity_mps: &Vector3<f64>,
    ) -> Option<Matrix3<f64>> {
        let [a, b] = [sensor, other].map(|id| usize::from(id.0));
        let [by_a, by_b] = [a, b].map(|i| by_bias(&self.sensors[i].pose, place_m, velocity_mps, true));
        let blocks = |row, column| block(&self.belief.covariance, 4, row, column);
        let cross = by_a * blocks(a, b) * by_b.transpose();
        let own = by_a * blocks(a, a) * by_a.transpose() + by_b * blocks(b, b) * by_b.transpose();
        let apart = symmetric(own - cross - cross.transpose());
        (apart.trace() > NEGLIGIBLE_M2).then_some(apart)
    }

    /// No less than the root of the trace of what [`Registration::apart`] gives for a sensor and any other, where a plot lies no farther
    /// than this from it, metres.
    pub(crate) fn apart_max_m(&self, sensor: SensorId, range_m: f64) -> f64 {
        /// Faster than anything that is tracked, m/s.
        const SPEED_MAX_MPS: f64 = 1_500.0;
        /// A track that a plot may be of is no farther off than that again.
        const FARTHER: f64 = 2.0;
        if !self.is_used {
            return 0.0;
        }
        let own = usize::from(sensor.0);
        let wrong_m = |other: usize| {
            let between_m = (self.sensors[other].pose.origin() - self.sensors[own].pose.origin()).norm();
            let [range_sigma, azimuth, elevation, time] = core::array::from_fn(|i| self.belief.sigma(4 * other + i));
            range_sigma + FARTHER * (range_m + between_m) * (azimuth + elevation) + SPEED_MAX_MPS * time
        };
        wrong_m(own) + (0..self.sensors.len()).map(wrong_m).fold(0.0, f64::max)
    }

    /// A plot, as its sensor told it, surely is of a track that moves like this.
    pub(crate) fn note_plot(
        &mut self,
        track: TrackId,
        plot: &Plot,
        velocity_mps: Vector3<f64>,
        measurement: &Measurement,
    ) {
        let tells_elevation = plot.elevation.is_some() && plot.identity.is_none();
        let elevation_rad = plot.elevation.map_or(crate::priors::BLIND_ELEVATION_RAD, |e| e.rad);
        let polar = Polar { range_m: plot.range_m, azimuth_rad: plot.azimuth_rad, elevation_rad };
        let by = By::Sensor { index: usize::from(plot.sensor.0), polar, tells_elevation };
        let sighted = Sighted { by, at: plot.measured_at.0, covariance: measurement.covariance, velocity_mps };
        self.note(track, sighted);
    }

    /// A track's thing told its own place, and is believed.
    pub(crate) fn note_reference(
        &mut self,
        track: TrackId,
        at: Time,
        place_m: Vector3<f64>,
        covariance: Matrix3<f64>,
        velocity_mps: Vector3<f64>,
    ) {
        self.note(track, Sighted { by: By::Reference { place_m }, at, covariance, velocity_mps });
    }

    fn note(&mut self, track: TrackId, sighted: Sighted) {
        let at = sighted.at;
        let place = self.windows.iter().position(|window| window.track == track).unwrap_or_else(|| {
            if self.windows.len() >= WINDOWS_MAX {
                self.windows.remove(0);
            }
            self.windows.push(Window { track, sightings: Vec::new() });
            self.windows.len() - 1
        });
        self.windows[place].sightings.push(sighted);
        let window = &self.windows[place];
        let scan = |sensor: &usize| self.sensors[*sensor].scan_period_s;
        let slowest_s = window.sensors().iter().map(scan).fold(0.0, f64::max);
        let is_full =
            window.sightings.len() >= SIGHTINGS_MAX || window.span_s() >= WINDOW_S.max(WINDOW_SCANS * slowest_s);
        if is_full {
            let window = self.windows.remove(place);
            if window.compares() && self.has_time(at) {
                self.take(at, &window);
            }
        }
    }

    /// Whether there is time for the work that a window makes.
    fn has_time(&mut self, at: Time) -> bool {
        let sensors = self.sensors.len() as f64 / FEWER_FROM_SENSORS;
        let per_s = PER_S_MAX / (sensors * sensors).max(1.0);
        let (credit, counted) = &mut self.credit;
        let since_s = counted.map_or(f64::INFINITY, |counted| at.seconds_since(counted).max(0.0));
        *counted = (*counted).max(Some(at));
        *credit = (*credit + since_s * per_s).min(per_s.max(1.0));
        let has_time = *credit >= 1.0;
        *credit -= f64::from(u8::from(has_time));
        has_time
    }

    fn take(&mut self, at: Time, window: &Window) {
        let since_s = self.faded_at.map_or(0.0, |faded| at.seconds_since(faded));
        if since_s > 0.0 {
            self.belief.fade(since_s / FADES_S, &self.sigmas);
        }
        self.faded_at = self.faded_at.max(Some(at));
        let Some(rows) = window.rows(&self.sensors, &self.belief, Layout::Biases) else { return };
        self.said.extend(self.drifts.take(at, window, &self.sensors, &self.belief).map(Registered::Drift));
        let (after, innovations2) = self.belief.after(&rows);
        let is_likely = Window::is_likely(&rows, innovations2);
        if is_likely {
            self.belief = after;
        }
        for sensor in window.sensors() {
            let note = &mut self.notes[sensor];
            note.windows += u64::from(is_likely);
            note.unexplained = if is_likely { 0 } else { note.unexplained.saturating_add(1) };
            if note.unexplained >= REOPENED_AFTER {
                note.unexplained = 0;
                self.belief.reopen(4 * sensor..4 * sensor + 4, &self.sigmas);
            }
            self.say(sensor, at);
        }
    }

    /// A sensor's clock has been set, by so many seconds forward: its error in time is another now.
    pub(crate) fn clock_stepped(&mut self, sensor: SensorId, seconds: f64, sigma_s: f64) {
        let unknown = 4 * usize::from(sensor.0) + 3;
        if self.sigmas[unknown] > 0.0 {
            self.belief.mean[unknown] += seconds;
            self.belief.covariance.add(unknown, unknown, sigma_s * sigma_s);
        }
        // What was stamped before and after the step cannot be compared.
        self.windows.clear();
    }

    fn say(&mut self, index: usize, at: Time) {
        let sensor = SensorId(index as u16);
        let (bias, sigma) = self.bias(sensor);
        let stands_out = self.stands_out(index);
        let note = &mut self.notes[index];
        let is_new = match &note.told {
            None => self.is_used || !stands_out.is_empty(),
            Some(told) => {
                let each = || (0..4).map(|i| (bias.values()[i] - told.bias.values()[i], i));
                let moved = each().any(|(by, i)| by.abs() > 3.0 * told.sigma.values()[i].max(0.1 * MATTERS[i]));
                let surer = (0..4).any(|i| sigma.values()[i] < TOLD_AGAIN * told.sigma.values()[i]);
                let old = at.seconds_since(told.at);
                let a_little = each().any(|(by, i)| by.abs() > 0.5 * told.sigma.values()[i]);
                (old >= TOLD_EVERY_S && (moved || surer || told.stands_out != stands_out))
                    || (old >= TOLD_ANYWAY_S && a_little)
            }
        };
        if is_new {
            let (windows, is_used) = (note.windows, self.is_used);
            let report = RegistrationReport { sensor, at, bias, sigma, windows, is_used, stands_out };
            note.told = Some(report.clone());
            self.said.push(Registered::Bias(report));
        }
    }

    /// The errors of a sensor that surely are there: against zero, or against every other sensor that was compared.
    fn stands_out(&self, index: usize) -> Vec<BiasKind> {
        let compared = |other: &usize| *other != index && self.notes[*other].windows > 0;
        let others: Vec<usize> = (0..self.sensors.len()).filter(compared).collect();
        let is_far = |kind: usize| {
            let own = 4 * index + kind;
            let surely = |off: f64, variance: f64| {
                off.abs() > MATTERS[kind] && off * off > STANDS_OUT_SIGMAS * STANDS_OUT_SIGMAS * variance
            };
            let (mean, cov) = (&self.belief.mean, &self.belief.covariance);
            let from_other = |other: &usize| {
                let other = 4 * other + kind;
                let variance = cov.at(own, own) + cov.at(other, other) - 2.0 * cov.at(own, other);
                surely(mean[own] - mean[other], variance)
            };
            let differs = !others.is_empty() && others.iter().all(from_other);
            self.sigmas[own] > 0.0 && (surely(mean[own], cov.at(own, own)) || differs)
        };
        let kinds = [BiasKind::Range, BiasKind::Azimuth, BiasKind::Elevation, BiasKind::Time];
        kinds.into_iter().enumerate().filter(|(kind, _)| is_far(*kind)).map(|(_, kind)| kind).collect()
    }
}

#[cfg(test)]
mod tests;
