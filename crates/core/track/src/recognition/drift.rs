//! Whether the place that a contact tells moves away from what our sensors see.
//!
//! A generalised likelihood ratio test over the last two minutes. What a sensor measures differs from what the contact tells by errors
//! of range and azimuth that stay, by a difference of clocks, which shows along the motion, and, if somebody draws the contact away, by
//! a drift that grows with time. All five are estimated together by least squares; the errors that stay are each sensor's own,
//! the drift is the same for all. When it began is not known, so several beginnings are tried and the likeliest is taken. It is said
//! where no chance and no error that stays explains it.

use nalgebra::{Matrix2, Matrix3, Matrix3x2, Vector2, Vector3};
use parapet_frame::{Time, maths};
use smallvec::SmallVec;
use std::collections::VecDeque;

use super::Suspected;
use crate::{Plot, ReferencePosition, SensorId, SensorModel};

/// What is looked back upon, seconds, and in how many plots of a sensor at most.
const WINDOW_S: f64 = 120.0;
const PLOTS_MAX: usize = 256;
/// Plots nearer to each other are left out, seconds, so that those of a fast radar fill the window too.
const APART_S: f64 = 0.45;
/// Standard deviations beforehand of errors that stay: range in metres, azimuth in radians (0.3 degrees), clocks in seconds.
const RANGE_SIGMA_M: f64 = 100.0;
const AZIMUTH_SIGMA_RAD: f64 = 5.2e-3;
const CLOCK_SIGMA_S: f64 = 0.3;
/// What a contact's own noise is at least, metres.
const CONTACT_SIGMA_MIN_M: f64 = 5.0;
/// Chi-square of two degrees of freedom that chance exceeds once in a million looks: 2 ln 10^6.
const SURE: f64 = 27.6;
/// What is estimated together: three errors that stay and the two of a drift.
const PARAMETERS: f64 = 5.0;
/// Drifts slower than this are left alone, m/s: what a radar's own refraction and a contact's steps may come to.
const SPEED_MIN_MPS: f64 = 0.5;
/// How long ago a drift may have begun, seconds.
const BEGAN_S: [f64; 4] = [60.0, 45.0, 30.0, 20.0];
/// How often it is asked for, seconds.
const ASKED_S: f64 = 1.0;
/// Plots and seconds before anything is said, and answers in a row that must be the same.
const PLOTS_MIN: usize = 10;
const SPAN_MIN_S: f64 = 10.0;
const IN_A_ROW: u8 = 5;

/// How a plot differs from what a contact tells, and how that would change with each kind of error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Residual {
    /// Measured less told: along the range and across it, metres.
    off_m: [f64; 2],
    /// Variances of the same, square metres.
    variance_m2: [f64; 2],
    /// Directions along the range and across it, east and north.
    directions: [Vector2<f64>; 2],
    /// How fast what is told moves along these, m/s.
    speed_mps: [f64; 2],
    range_m: f64,
}

impl Residual {
    pub(crate) fn of(plot: &Plot, reference: &ReferencePosition, sensor: &SensorModel) -> Self {
        let told_m = reference.place.to_vector();
        let told = sensor.pose.polar_from_site(told_m);
        let (sin_az, cos_az) = maths::sin_cos(told.azimuth_rad);
        let cos_el = maths::cos(told.elevation_rad);
        let turn = sensor.pose.site_from_sensor();
        let along = (turn * Vector3::new(sin_az, cos_az, 0.0)).xy();
        let across = (turn * Vector3::new(cos_az, -sin_az, 0.0)).xy();
        let velocity = reference.velocity_mps.map_or_else(Vector2::zeros, |v| Vector2::new(v[0], v[1]));
        let across_m = told.range_m * cos_el;
        let spread = Matrix3::from_fn(|row, column| reference.covariance[row][column]);
        let floor = CONTACT_SIGMA_MIN_M * CONTACT_SIGMA_MIN_M;
        let own = |direction: &Vector2<f64>| {
            let direction = Vector3::new(direction.x, direction.y, 0.0);
            direction.dot(&(spread * direction)).max(floor)
        };
        // Less the delay, which is estimated, and most of what is told of the error, which stays over a minute.
        let (sigma_range_m, sigma_across_m) = (sensor.sigma_range_m, sensor.sigma_azimuth_rad * across_m);
        let delay = |speed_mps: f64| 0.09 * speed_mps * speed_mps;
        let speed_mps = [along.dot(&velocity), across.dot(&velocity)];
        let told_variance = |direction: &Vector2<f64>, speed_mps: f64| (own(direction) - delay(speed_mps)).max(floor);
        Residual {
            off_m: [plot.range_m - told.range_m, maths::wrap_pi(plot.azimuth_rad - told.azimuth_rad) * across_m],
            variance_m2: [
                sigma_range_m * sigma_range_m + told_variance(&along, speed_mps[0]),
                sigma_across_m * sigma_across_m + told_variance(&across, speed_mps[1]),
            ],
            // A plot's range grows by the cosine of the elevation of what lies in the plane.
            directions: [along * cos_el, across],
            speed_mps,
            range_m: told.range_m,
        }
    }
}

/// The plots of one sensor over the window.
#[derive(Clone, Debug, PartialEq)]
struct Window {
    sensor: SensorId,
    plots: VecDeque<(Time, Residual)>,
}

/// What all sensors say of a contact's drift.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Drift {
    windows: SmallVec<[Window; 2]>,
    asked_at: Option<Time>,
    in_a_row: u8,
}

impl Drift {
    /// Takes a plot; says so where the contact surely drifts.
    pub(crate) fn hear(&mut self, sensor: SensorId, at: Time, residual: &Residual) -> Option<Suspected> {
        let number = self.windows.iter().position(|window| window.sensor == sensor).unwrap_or_else(|| {
            self.windows.push(Window { sensor, plots: VecDeque::new() });
            self.windows.len() - 1
        });
        self.windows[number].push(at, residual);
        if self.asked_at.is_some_and(|asked| at.seconds_since(asked) < ASKED_S) {
            return None;
        }
        self.asked_at = Some(at);
        let found = BEGAN_S.iter().filter_map(|ago_s| self.found(at, *ago_s)).max_by(|a, b| a.0.total_cmp(&b.0));
        let found = found.map(|(_, drift)| drift);
        self.in_a_row = if found.is_some() { self.in_a_row.saturating_add(1) } else { 0 };
        found.filter(|_| self.in_a_row >= IN_A_ROW)
    }

    /// The drift since so many seconds ago, with how sure it is, where it is sure enough.
    fn found(&self, at: Time, ago_s: f64) -> Option<(f64, Suspected)> {
        let told = self.windows.iter().filter_map(|window| window.tells(at, at.plus_seconds(-ago_s)));
        let all = told.reduce(Told::and)?;
        let covariance = all.information.try_inverse()?;
        let drift = covariance * all.right;
        let gained = drift.dot(&all.right);
        // What is left unexplained tells how noisy the contact really is: many tell better errors than they have.
        let noise = ((all.misfit - gained) / (all.numbers - PARAMETERS).max(1.0)).max(1.0);
        let sure = gained / noise;
        let sigma_mps = (noise * covariance[(0, 0)].max(covariance[(1, 1)]).max(0.0)).sqrt();
        // Plots that drift east against what is told: what is told drifts west.
        let why = Suspected::Drift { east_mps: -drift.x, north_mps: -drift.y, sigma_mps };
        (sure >= SURE && drift.norm() >= SPEED_MIN_MPS).then_some((sure, why))
    }
}

/// What windows say of a drift once the errors that stay are taken out.
struct Told {
    information: Matrix2<f64>,
    right: Vector2<f64>,
    /// Sum of squares, by their variances, that the errors that stay do not explain.
    misfit: f64,
    /// How many numbers were measured.
    numbers: f64,
}

impl Told {
    fn and(self, other: Told) -> Told {
        Told {
            information: self.information + other.information,
            right: self.right + other.right,
            misfit: self.misfit + other.misfit,
            numbers: self.numbers + other.numbers,
        }
    }
}

impl Window {
    fn push(&mut self, at: Time, residual: &Residual) {
        if self.plots.back().is_some_and(|(last, _)| at.seconds_since(*last) < APART_S) {
            return;
        }
        self.plots.push_back((at, *residual));
        while self.plots.len() > PLOTS_MAX
            || self.plots.front().is_some_and(|(first, _)| at.seconds_since(*first) > WINDOW_S)
        {
            self.plots.pop_front();
        }
    }

    /// The information about the drift, and its right-hand side, after the errors that stay are eliminated (Schur complement).
    fn tells(&self, at: Time, began: Time) -> Option<Told> {
        let first = self.plots.front()?.0;
        if self.plots.len() < PLOTS_MIN || at.seconds_since(first) < SPAN_MIN_S {
            return None;
        }
        let prior = |sigma: f64| 1.0 / (sigma * sigma);
        let stays = Vector3::new(prior(RANGE_SIGMA_M), prior(AZIMUTH_SIGMA_RAD), prior(CLOCK_SIGMA_S));
        let mut staying = Matrix3::from_diagonal(&stays);
        let (mut staying_right, mut cross) = (Vector3::zeros(), Matrix3x2::zeros());
        let (mut drifting, mut drifting_right) = (Matrix2::zeros(), Vector2::zeros());
        let mut squares = 0.0;
        for (when, residual) in &self.plots {
            let seconds = when.seconds_since(began.max(first)).max(0.0);
            for axis in 0..2 {
                let weight = 1.0 / residual.variance_m2[axis];
                let bias = if axis == 0 { [1.0, 0.0] } else { [0.0, residual.range_m] };
                let row = Vector3::new(bias[0], bias[1], residual.speed_mps[axis]);
                let grows = residual.directions[axis] * seconds;
                staying += row * row.transpose() * weight;
                cross += row * grows.transpose() * weight;
                drifting += grows * grows.transpose() * weight;
                staying_right += row * (residual.off_m[axis] * weight);
                drifting_right += grows * (residual.off_m[axis] * weight);
                squares += residual.off_m[axis] * residual.off_m[axis] * weight;
            }
        }
        let inverse = staying.try_inverse()?;
        let carried = cross.transpose() * inverse;
        Some(Told {
            information: drifting - carried * cross,
            right: drifting_right - carried * staying_right,
            misfit: squares - staying_right.dot(&(inverse * staying_right)),
            numbers: 2.0 * self.plots.len() as f64,
        })
    }
}
