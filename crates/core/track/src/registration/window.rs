//! What several sensors saw of one thing within a few seconds, and what that tells of their errors.
//!
//! The way of the thing is not known and is not asked for: place, velocity and acceleration are all but free, and besides them it may
//! change its acceleration like a random walk does (a Gaussian process). What all sightings together say of the
//! sensors' errors, whatever that way was, follows by decorrelating them (marginalisation; Rasmussen and Williams 2006,
//! section 2.7). Each sighting is used in one window only, so that windows are independent.

use nalgebra::{Matrix3, Vector3};
use parapet_frame::{Polar, Time};

use super::belief::{Belief, Rows};
use super::dense::Square;
use super::geometry::{by_bias, turned};
use crate::{SensorModel, TrackId};

/// Sightings of a window, at most.
pub(super) const SIGHTINGS_MAX: usize = 24;
/// Sightings that a source must have in a window to be compared: one says nothing of a velocity.
const OF_EACH_MIN: usize = 2;
/// Standard deviations of the place (m), the velocity (m/s) and the acceleration (m/s^2) about their rough means: wide enough to be
/// free, and not so wide that arithmetic suffers.
const FREE: [f64; 3] = [2_000.0, 200.0, 15.0];
/// Power spectral density of changes of acceleration's integral, m^2/s^3: turns of aircraft, and drag that a constant deceleration does
/// not follow.
const WANDER: f64 = 9.0;
/// Standard deviations by which the squared innovations may exceed their number (chi-squared: mean n, variance 2 n).
const MISFIT_SIGMAS: f64 = 4.0;

/// One sighting of the thing of a window.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sighted {
    pub(super) by: By,
    /// As stamped.
    pub(super) at: Time,
    /// Covariance of the place in site ENU, m^2, without what the source's plots have in common.
    pub(super) covariance: Matrix3<f64>,
    /// Velocity of the thing then, m/s, as its track has it.
    pub(super) velocity_mps: Vector3<f64>,
}

/// Who saw it, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum By {
    /// A sensor, as it said.
    Sensor { index: usize, polar: Polar, tells_elevation: bool },
    /// Something that is right: the thing's own word, checked elsewhere.
    Reference { place_m: Vector3<f64> },
}

/// The sightings of one thing.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Window {
    pub(super) track: TrackId,
    pub(super) sightings: Vec<Sighted>,
}

/// How the unknowns of a belief lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Layout {
    /// Four biases for each sensor.
    Biases,
    /// The same and, for each sensor, a drift of its places in site ENU, m/s, that began at an instant.
    Drifts { since: Time },
}

impl Layout {
    /// Unknowns for each sensor.
    pub(super) fn per(self) -> usize {
        match self {
            Layout::Biases => 4,
            Layout::Drifts { .. } => 7,
        }
    }
}

impl Window {
    /// Seconds between the first and the last sighting, as stamped.
    pub(super) fn span_s(&self) -> f64 {
        let times = || self.sightings.iter().map(|sighted| sighted.at);
        times().max().zip(times().min()).map_or(0.0, |(last, first)| last.seconds_since(first))
    }

    /// The sensors that saw it often enough, in their order.
    pub(super) fn sensors(&self) -> Vec<usize> {
        let index = |sighted: &Sighted| match sighted.by {
            By::Sensor { index, .. } => Some(index),
            By::Reference { .. } => None,
        };
        let mut sensors: Vec<usize> = self.sightings.iter().filter_map(index).collect();
        sensors.sort_unstable();
        let count = |sensor: usize| self.sightings.iter().filter(|s| index(s) == Some(sensor)).count();
        sensors.dedup();
        sensors.retain(|sensor| count(*sensor) >= OF_EACH_MIN);
        sensors
    }

    /// Whether it holds something to compare: two sensors, or one and a reference.
    pub(super) fn compares(&self) -> bool {
        let references = self.sightings.iter().filter(|s| matches!(s.by, By::Reference { .. })).count();
        self.sensors().len() + usize::from(references >= OF_EACH_MIN) >= 2
    }

    /// What it says of the unknowns of a belief, as independent observations about the belief's mean; `None` where arithmetic fails.
    pub(super) fn rows(&self, models: &[SensorModel], belief: &Belief, layout: Layout) -> Option<Rows> {
        let per = layout.per();
        let used = self.sensors();
        let line = self.velocity_line()?;
        let corrected: Vec<Corrected> =
            self.sightings.iter().filter_map(|s| s.corrected(models, belief, per, &used, &line)).collect();
        let count = corrected.len();
        let (first, last) = (corrected.iter().map(|c| c.at).min()?, corrected.iter().map(|c| c.at).max()?);
        let half_s = 0.5 * last.seconds_since(first);
        let share = 1.0 / count as f64;
        let centre = corrected.iter().map(|c| c.place_m * share).sum::<Vector3<f64>>();
        let velocity = corrected.iter().map(|c| c.velocity_mps * share).sum::<Vector3<f64>>();
        let mean_s = corrected.iter().map(|c| c.at.seconds_since(first) * share).sum::<f64>();
        let root = spread(&corrected, first, half_s).root()?;
        let columns: Vec<usize> = used.iter().flat_map(|sensor| sensor * per..(sensor + 1) * per).collect();
        let mut whole = vec![vec![0.0; 3 * count]; columns.len() + 1];
        for (k, seen) in corrected.iter().enumerate() {
            let off = seen.place_m - centre - velocity * (seen.at.seconds_since(first) - mean_s);
            for axis in 0..3 {
                whole[columns.len()][3 * k + axis] = off[axis];
            }
            let Some((index, by_bias)) = seen.sensor else { continue };
            let place = used.iter().position(|sensor| *sensor == index)? * per;
            for axis in 0..3 {
                (0..4).for_each(|unknown| whole[place + unknown][3 * k + axis] = by_bias[(axis, unknown)]);
                if let Layout::Drifts { since } = layout {
                    whole[place + 4 + axis][3 * k + axis] = seen.at.seconds_since(since);
                }
            }
            if let Layout::Drifts { since } = layout {
                // The belief's own drift is part of what it predicts.
                for axis in 0..3 {
                    let drift = belief.mean[index * per + 4 + axis];
                    whole[columns.len()][3 * k + axis] -= drift * seen.at.seconds_since(since);
                }
            }
        }
        whole.iter_mut().for_each(|column| root.solve_lower(column));
        let off = whole.pop()?;
        let cells = (0..3 * count).flat_map(|row| whole.iter().map(move |column| column[row])).collect();
        Some(Rows { columns, cells, off })
    }

    /// How the thing moves, as a velocity that changes evenly: what a late stamp does along it then is one of the ways that the thing
    /// may have gone, so that an error common to all clocks shows nowhere, as it must not. Each sighting's own velocity
    /// would not do: it rests on that sighting, and its errors would seem to tell something.
    fn velocity_line(&self) -> Option<Line> {
        let first = self.sightings.iter().map(|sighted| sighted.at).min()?;
        let share = 1.0 / self.sightings.len() as f64;
        let seconds = |sighted: &Sighted| sighted.at.seconds_since(first);
        let mean_s = self.sightings.iter().map(|sighted| seconds(sighted) * share).sum::<f64>();
        let mean_mps = self.sightings.iter().map(|sighted| sighted.velocity_mps * share).sum::<Vector3<f64>>();
        let (mut square_s2, mut product) = (0.0, Vector3::zeros());
        for sighted in &self.sightings {
            let off_s = seconds(sighted) - mean_s;
            square_s2 += off_s * off_s;
            product += (sighted.velocity_mps - mean_mps) * off_s;
        }
        let change_mps2 = if square_s2 > 0.0 { product / square_s2 } else { product };
        Some(Line { first, mean_s, mean_mps, change_mps2 })
    }

    /// Whether the squared innovations of some observations are what chance allows.
    pub(super) fn is_likely(rows: &Rows, innovations2: f64) -> bool {
        let number = rows.off.len() as f64;
        innovations2 <= number + MISFIT_SIGMAS * (2.0 * number).sqrt()
    }
}

/// A velocity that changes evenly.
struct Line {
    first: Time,
    mean_s: f64,
    mean_mps: Vector3<f64>,
    change_mps2: Vector3<f64>,
}

impl Line {
    fn at(&self, time: Time) -> Vector3<f64> {
        self.mean_mps + self.change_mps2 * (time.seconds_since(self.first) - self.mean_s)
    }
}

/// A sighting as it would be without what is believed of its source's errors.
struct Corrected {
    at: Time,
    place_m: Vector3<f64>,
    covariance: Matrix3<f64>,
    velocity_mps: Vector3<f64>,
    sensor: Option<(usize, super::geometry::ByBias)>,
}

impl Sighted {
    fn corrected(
        &self,
        models: &[SensorModel],
        belief: &Belief,
        per: usize,
        used: &[usize],
        line: &Line,
    ) -> Option<Corrected> {
        let covariance = self.covariance;
        match self.by {
            By::Reference { place_m } => {
                let velocity_mps = line.at(self.at);
                Some(Corrected { at: self.at, place_m, covariance, velocity_mps, sensor: None })
            }
            By::Sensor { index, polar, tells_elevation } => {
                if !used.contains(&index) {
                    return None;
                }
                let bias = &belief.mean[index * per..index * per + 4];
                let pose = &models[index].pose;
                let place_m = pose.site_from_polar(Polar {
                    range_m: polar.range_m - bias[0],
                    azimuth_rad: turned(polar.azimuth_rad, bias[1]),
                    elevation_rad: if tells_elevation { polar.elevation_rad - bias[2] } else { polar.elevation_rad },
                });
                let at = self.at.plus_seconds(-bias[3]);
                let velocity_mps = line.at(at);
                let by_bias = by_bias(pose, &place_m, &velocity_mps, tells_elevation);
                Some(Corrected { at, place_m, covariance, velocity_mps, sensor: Some((index, by_bias)) })
            }
        }
    }
}

/// The covariance of all places of a window, axis by axis within each: their own errors, and the unknown way.
fn spread(seen: &[Corrected], first: Time, half_s: f64) -> Square {
    let mut spread = Square::zeros(3 * seen.len());
    for (i, a) in seen.iter().enumerate() {
        for axis in 0..3 {
            (0..3).for_each(|other| spread.add(3 * i + axis, 3 * i + other, a.covariance[(axis, other)]));
        }
        for (j, b) in seen.iter().enumerate() {
            let (s, t) = (a.at.seconds_since(first), b.at.seconds_since(first));
            let way = together(s - half_s, t - half_s) + WANDER * wandered(s.min(t), s.max(t));
            (0..3).for_each(|axis| spread.add(3 * i + axis, 3 * j + axis, way));
        }
    }
    spread
}

/// Covariance of the places at two times of a way of free place, velocity and acceleration.
fn together(s: f64, t: f64) -> f64 {
    FREE[0] * FREE[0] + FREE[1] * FREE[1] * s * t + 0.25 * FREE[2] * FREE[2] * s * s * t * t
}

/// Covariance of the places at two times, the earlier first, of a way whose velocity walks at random from time 0 on: the integrated
/// Wiener process of unit density.
fn wandered(s: f64, t: f64) -> f64 {
    s * s * (3.0 * t - s) / 6.0
}
