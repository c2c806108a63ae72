//! One Gaussian belief about a moving thing: place, velocity, and the logarithm of its ballistic coefficient.

use core::ops::AddAssign;

use nalgebra::{Matrix3, SMatrix, SVector, Vector3};
use parapet_flight::{Body, Carried, Environment, carry};
use parapet_frame::maths;

use crate::index::Gate;
use crate::measurement::Measurement;
use crate::motion::{Covariance, Motion, Noise, State};
use crate::priors;
use crate::sensor::Whereabouts;

/// Least variance of a range rate, (m/s)^2, and least determinant of the covariance of a place, m^6, that a plot is weighed with: no
/// radar of this kind measures better.
const RATE_VARIANCE_MIN: f64 = 0.1;
const PLACE_DETERMINANT_MIN: f64 = 1.0;
/// The square of 2 pi: four dimensions.
const TAU_SQUARED: f64 = core::f64::consts::TAU * core::f64::consts::TAU;

/// A Gaussian belief.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Mean: place in site ENU (m), velocity (m/s), logarithm of the ballistic coefficient (kg/m^2).
    pub mean: SVector<f64, 7>,
    /// Covariance of the same, symmetric.
    pub covariance: SMatrix<f64, 7, 7>,
}

/// How well a plot fits a belief.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fit {
    /// Logarithm of the plot's predicted density, in the unit of [`Measurement::clutter_density`].
    pub(crate) log_likelihood: f64,
    /// Squared Mahalanobis distance of the plot from its prediction.
    pub(crate) distance2: f64,
}

/// A belief after a plot, and how well the plot fitted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Update {
    pub(crate) estimate: Estimate,
    pub(crate) fit: Fit,
}

/// When a plot was measured, relative to the beliefs that it is held against.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Moment<'a> {
    /// When they are valid, give or take a few hundredths of a second: the plots of one look are not quite simultaneous.
    Present {
        /// Seconds after they are valid.
        lag_s: f64,
    },
    /// Before they are valid.
    Past {
        /// The world that the thing moved through meanwhile.
        environment: &'a Environment,
        /// Seconds, negative.
        seconds: f64,
    },
}

impl Estimate {
    /// The belief after a single plot, for a kind of motion; the likelihood is that of the range rate alone.
    pub(crate) fn from_first(measurement: &Measurement, motion: Motion) -> Update {
        let mut mean = State::zeros();
        mean.fixed_rows_mut::<3>(0).copy_from(&measurement.position_m);
        mean[6] = priors::LN_BETA_MEAN;
        let mut covariance = Covariance::zeros();
        covariance.fixed_view_mut::<3, 3>(0, 0).copy_from(&measurement.covariance);
        covariance.fixed_view_mut::<3, 3>(3, 3).copy_from(&motion.velocity_prior());
        covariance[(6, 6)] = priors::LN_BETA_SIGMA * priors::LN_BETA_SIGMA;
        let first = Estimate { mean, covariance };
        match measurement.range_rate {
            Some(rate) => first.with_range_rate(rate, &measurement.sensor_m),
            None => Update { estimate: first, fit: Fit { log_likelihood: 0.0, distance2: 0.0 } },
        }
    }

    /// The place and its covariance a number of seconds from now, straight on.
    fn straight_on(&self, motion: Motion, seconds: f64) -> (Vector3<f64>, Matrix3<f64>) {
        let block = |row: usize, column: usize| self.covariance.fixed_view::<3, 3>(row, column);
        let place = self.mean.fixed_rows::<3>(0) + self.velocity() * seconds;
        let cross = block(0, 3) * seconds;
        let spread = block(0, 0) + cross + cross.transpose() + block(3, 3) * (seconds * seconds);
        (place, spread + motion.noise(&self.velocity(), seconds.abs()).place())
    }

    /// Where it is a number of seconds from now.
    pub(crate) fn place(&self, motion: Motion, seconds: f64) -> Whereabouts {
        let (place_m, spread) = self.straight_on(motion, seconds);
        let (sigma_m, sigma_up_m) = (spread.trace().max(0.0).sqrt(), spread.m33.max(0.0).sqrt());
        Whereabouts { place_m, sigma_m, sigma_up_m }
    }

    /// Standard deviations along the worst axis: of the place in m, of the velocity in m/s, and of what noise adds to the place in the
    /// first second, m.
    pub(crate) fn spreads(&self, motion: Motion) -> (f64, f64, f64) {
        let worst = |from: usize| (from..from + 3).map(|i| self.covariance[(i, i)]).fold(0.0, f64::max);
        let noise = motion.noise(&self.velocity(), 1.0).place().diagonal().max();
        (worst(0).sqrt(), worst(3).sqrt(), noise.sqrt())
    }

    /// Where the thing may be a number of seconds from now, seen from a place; within one standard deviation.
    pub(crate) fn gate(&self, motion: Motion, seconds: f64, from_m: &Vector3<f64>) -> Gate {
        let (centre, spread) = self.straight_on(motion, seconds);
        let half_m = spread.diagonal().map(|variance| variance.max(0.0).sqrt());
        let off = centre - from_m;
        let range_m = off.norm().max(1.0);
        let sight = off / range_m;
        let along_m = sight.dot(&(spread * sight)).max(0.0).sqrt();
        // Whatever the place tells of the velocity, the noise on the way leaves a quarter of what it adds.
        let noise = motion.noise(&self.velocity(), seconds.abs()).velocity();
        let rate_variance = (0.25 * sight.dot(&(noise * sight))).max(RATE_VARIANCE_MIN);
        let volume = (spread.determinant().max(PLACE_DETERMINANT_MIN) * rate_variance).sqrt();
        Gate { centre, sight, range_m, half_m, along_m, peak: 1.0 / (TAU_SQUARED * volume) }
    }

    /// As a body that falls freely.
    #[must_use]
    pub fn body(&self) -> Body {
        Body {
            position_m: self.mean.fixed_rows::<3>(0).into_owned(),
            velocity_mps: self.mean.fixed_rows::<3>(3).into_owned(),
            ln_beta: self.mean[6],
        }
    }

    /// Carries the belief a number of seconds on (or, where negative, back) under a kind of motion.
    pub(crate) fn predict(&mut self, environment: &Environment, motion: Motion, seconds: f64) {
        let (mean, transition) = self.carried(environment, motion, seconds);
        let noise = self.noise_on_the_way(environment, motion, &transition, seconds);
        self.mean = mean;
        self.covariance = transition.carry(&self.covariance);
        noise.add_to(&mut self.covariance);
    }

    /// How well a plot fits: the same as [`updated`](Self::updated) would find, without working out what follows. This is asked of
    /// every pair of a track and a plot near it; what follows is worked out for the few that belong together. Beyond a gate, a squared
    /// Mahalanobis distance of the place, it does not fit at all.
    pub(crate) fn fit(&self, motion: Motion, measurement: &Measurement, moment: Moment<'_>, gate: f64) -> Fit {
        let Moment::Present { lag_s } = moment else { return self.updated(motion, measurement, moment).fit };
        let block = |row: usize, column: usize| self.covariance.fixed_view::<3, 3>(row, column);
        let (mut place, mut cross) = (block(0, 0).into_owned(), block(3, 0).into_owned());
        if lag_s != 0.0 {
            place += (cross + cross.transpose()) * lag_s + block(3, 3) * (lag_s * lag_s);
            cross += block(3, 3) * lag_s;
        }
        let Some((inverse, determinant)) = inverse(&(place + measurement.covariance)) else { return Fit::NONE };
        let innovation = self.innovation(measurement, lag_s);
        let weighted = inverse * innovation;
        let distance2 = innovation.dot(&weighted);
        if distance2 >= gate {
            return Fit::NONE;
        }
        let Some((rate, variance)) = measurement.range_rate else {
            return Fit::new(distance2, determinant, 3);
        };
        // What the place alone would make of the state, and the range rate of that.
        let mut after = self.mean;
        after.fixed_rows_mut::<3>(0).add_assign(self.velocity() * lag_s + place * weighted);
        after.fixed_rows_mut::<3>(3).add_assign(cross * weighted);
        let (predicted, by_place, by_velocity) = range_rate(&after, &measurement.sensor_m);
        let with_place = place * by_place + cross.tr_mul(&by_velocity);
        let own = by_place.dot(&(place * by_place))
            + 2.0 * by_velocity.dot(&(cross * by_place))
            + by_velocity.dot(&(block(3, 3) * by_velocity));
        let spread = own - with_place.dot(&(inverse * with_place)) + variance;
        let off_mps = rate - predicted;
        Fit::new(distance2 + off_mps * off_mps / spread, determinant * spread, 4)
    }

    /// The belief after a plot, which is used where it belongs in time.
    ///
    /// For a plot of the past, the present state is written as the carried past one, so that the past place is `H F(-t) x`. Exact
    /// for motion without noise; the noise of the interval is added to the plot's own, which never makes the belief too sure
    /// (Bar-Shalom 2002, algorithm B1, without the correlation term).
    pub(crate) fn updated(&self, motion: Motion, measurement: &Measurement, moment: Moment<'_>) -> Update {
        match moment {
            Moment::Present { lag_s } => {
                let (cross, spread) = self.place_spread(measurement, lag_s);
                let update = self.with_place(&cross, &spread, self.innovation(measurement, lag_s));
                match measurement.range_rate {
                    Some(rate) => update.then(update.estimate.with_range_rate(rate, &measurement.sensor_m)),
                    None => update,
                }
            }
            Moment::Past { environment, seconds } => self.updated_late(environment, motion, measurement, seconds),
        }
    }

    fn updated_late(
        &self,
        environment: &Environment,
        motion: Motion,
        measurement: &Measurement,
        seconds: f64,
    ) -> Update {
        let (past, transition) = self.carried(environment, motion, seconds);
        let noise = self.noise_on_the_way(environment, motion, &transition, seconds);
        let transition = transition.matrix();
        let h = transition.fixed_view::<3, 7>(0, 0).into_owned();
        let cross = self.covariance * h.transpose();
        let spread = h * cross + measurement.covariance + noise.place();
        let update = self.with_place(&cross, &spread, measurement.position_m - past.fixed_rows::<3>(0));
        let Some((rate, variance)) = measurement.range_rate else { return update };
        let past = past + transition * (update.estimate.mean - self.mean);
        let (predicted, by_place, by_velocity) = range_rate(&past, &measurement.sensor_m);
        let row = h.tr_mul(&by_place) + transition.fixed_view::<3, 7>(3, 0).tr_mul(&by_velocity);
        let added = by_velocity.dot(&(noise.velocity() * by_velocity));
        update.then(update.estimate.with_scalar(&row, rate - predicted, variance + added))
    }

    /// How far a plot lies from the place where the thing is believed to be a little later, metres.
    fn innovation(&self, measurement: &Measurement, lag_s: f64) -> Vector3<f64> {
        measurement.position_m - (self.mean.fixed_rows::<3>(0) + self.velocity() * lag_s)
    }

    /// The covariance of the place a little later with the whole state, and that of the innovation.
    fn place_spread(&self, measurement: &Measurement, lag_s: f64) -> (SMatrix<f64, 7, 3>, Matrix3<f64>) {
        let cross = self.covariance.fixed_columns::<3>(0) + self.covariance.fixed_columns::<3>(3) * lag_s;
        let spread = cross.fixed_view::<3, 3>(0, 0) + cross.fixed_view::<3, 3>(3, 0) * lag_s + measurement.covariance;
        (cross, spread)
    }

    fn velocity(&self) -> Vector3<f64> {
        self.mean.fixed_rows::<3>(3).into_owned()
    }

    /// Noise that enters on the way along a transition.
    fn noise_on_the_way(&self, environment: &Environment, motion: Motion, by: &Transition, seconds: f64) -> Noise {
        let noise = motion.noise(&self.velocity(), seconds.abs());
        match by {
            Transition::Falling(carried) if environment.wind_sigma_mps > 0.0 && seconds != 0.0 => {
                let deceleration = (carried.velocity_by_velocity - Matrix3::identity()) / seconds;
                noise.with_wind(environment.wind_sigma_mps, &deceleration)
            }
            Transition::Falling(_) | Transition::Straight(_) => noise,
        }
    }

    /// The mean carried through time, and what becomes of small deviations from it.
    pub(crate) fn carried(&self, environment: &Environment, motion: Motion, seconds: f64) -> (State, Transition) {
        let mut mean = self.mean;
        match motion {
            Motion::Level | Motion::Boosting => {
                let mut place = mean.fixed_rows_mut::<3>(0);
                place += self.velocity() * seconds;
                (mean, Transition::Straight(seconds))
            }
            Motion::Ballistic | Motion::Coasting => {
                let carried = carry(environment, &self.body(), seconds);
                mean.fixed_rows_mut::<3>(0).copy_from(&carried.body.position_m);
                mean.fixed_rows_mut::<3>(3).copy_from(&carried.body.velocity_mps);
                (mean, Transition::Falling(carried))
            }
        }
    }

    fn with_place(&self, cross: &SMatrix<f64, 7, 3>, spread: &Matrix3<f64>, innovation: Vector3<f64>) -> Update {
        let Some((inverse, fit)) = gaussian_fit(spread, &innovation) else {
            return Update { estimate: *self, fit: Fit::NONE };
        };
        let gain = cross * inverse;
        let mut estimate = Estimate { mean: self.mean + gain * innovation, covariance: self.covariance };
        for column in 0..7 {
            for row in 0..=column {
                let less = (0..3).map(|k| gain[(row, k)] * cross[(column, k)]).sum::<f64>();
                estimate.covariance[(row, column)] -= less;
                estimate.covariance[(column, row)] = estimate.covariance[(row, column)];
            }
        }
        Update { estimate, fit }
    }

    fn with_range_rate(&self, (rate_mps, variance): (f64, f64), sensor_m: &Vector3<f64>) -> Update {
        let (predicted, by_place, by_velocity) = range_rate(&self.mean, sensor_m);
        let mut row = State::zeros();
        row.fixed_rows_mut::<3>(0).copy_from(&by_place);
        row.fixed_rows_mut::<3>(3).copy_from(&by_velocity);
        self.with_scalar(&row, rate_mps - predicted, variance)
    }

    fn with_scalar(&self, row: &State, innovation: f64, noise: f64) -> Update {
        let cross = self.covariance * row;
        let spread = row.dot(&cross) + noise;
        let gain = cross / spread;
        let mut estimate = Estimate { mean: self.mean + gain * innovation, covariance: self.covariance };
        for column in 0..7 {
            for row in 0..=column {
                estimate.covariance[(row, column)] -= gain[row] * cross[column];
                estimate.covariance[(column, row)] = estimate.covariance[(row, column)];
            }
        }
        Update { estimate, fit: scalar_fit(innovation, spread) }
    }
}

/// What becomes of small deviations from a mean that is carried through time.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::large_enum_variant)] // It lives on the stack for the length of one call.
pub(crate) enum Transition {
    /// Straight on for a number of seconds.
    Straight(f64),
    /// Along a fall.
    Falling(Carried),
}

impl Transition {
    /// The matrix.
    pub(crate) fn matrix(&self) -> Covariance {
        match self {
            Transition::Straight(seconds) => {
                let mut matrix = Covariance::identity();
                (0..3).for_each(|axis| matrix[(axis, axis + 3)] = *seconds);
                matrix
            }
            Transition::Falling(carried) => carried.transition(),
        }
    }

    /// A covariance carried along: `F P F'`, with what is known to be zero or one in `F` left out.
    pub(crate) fn carry(&self, p: &Covariance) -> Covariance {
        match self {
            Transition::Straight(seconds) => straight(p, *seconds),
            Transition::Falling(carried) => falling(p, carried),
        }
    }
}

fn straight(p: &Covariance, seconds: f64) -> Covariance {
    let mut out = *p;
    for column in 0..3 {
        for row in 0..3 {
            let cross = p[(row, column + 3)] + seconds * p[(row + 3, column + 3)];
            out[(row, column + 3)] = cross;
            out[(column + 3, row)] = cross;
        }
        let with_ln_beta = p[(column, 6)] + seconds * p[(column + 3, 6)];
        out[(column, 6)] = with_ln_beta;
        out[(6, column)] = with_ln_beta;
    }
    for column in 0..3 {
        for row in 0..=column {
            let place = p[(row, column)] + seconds * (p[(row + 3, column)] + out[(row, column + 3)]);
            out[(row, column)] = place;
            out[(column, row)] = place;
        }
    }
    out
}

fn falling(p: &Covariance, by: &Carried) -> Covariance {
    // Half way: the deviations at the end against those at the start.
    let mut half = SMatrix::<f64, 6, 7>::zeros();
    for column in 0..7 {
        let (height, ln_beta) = (p[(2, column)], p[(6, column)]);
        let velocity = Vector3::new(p[(3, column)], p[(4, column)], p[(5, column)]);
        let place = by.place_by_velocity * velocity + by.place_by_height * height + by.place_by_ln_beta * ln_beta;
        let speed =
            by.velocity_by_velocity * velocity + by.velocity_by_height * height + by.velocity_by_ln_beta * ln_beta;
        for axis in 0..3 {
            half[(axis, column)] = p[(axis, column)] + place[axis];
            half[(axis + 3, column)] = speed[axis];
        }
    }
    let mut out = *p;
    for row in 0..6 {
        let velocity = Vector3::new(half[(row, 3)], half[(row, 4)], half[(row, 5)]);
        let (height, ln_beta) = (half[(row, 2)], half[(row, 6)]);
        let place = by.place_by_velocity * velocity + by.place_by_height * height + by.place_by_ln_beta * ln_beta;
        let speed =
            by.velocity_by_velocity * velocity + by.velocity_by_height * height + by.velocity_by_ln_beta * ln_beta;
        for axis in 0..3 {
            out[(row, axis)] = half[(row, axis)] + place[axis];
            out[(row, axis + 3)] = speed[axis];
        }
        out[(row, 6)] = ln_beta;
    }
    for column in 0..7 {
        for row in 0..column {
            out[(column, row)] = out[(row, column)];
        }
    }
    out
}

impl Fit {
    /// Of a plot that cannot be held against a belief at all.
    pub(crate) const NONE: Fit = Fit { log_likelihood: f64::NEG_INFINITY, distance2: f64::INFINITY };

    /// Of a Gaussian, by the squared distance from its mean, the determinant of its covariance, and its dimension.
    fn new(distance2: f64, determinant: f64, dimension: u8) -> Fit {
        let log_likelihood = -0.5 * (distance2 + maths::ln(determinant)) - f64::from(dimension) * HALF_LN_TAU;
        Fit { log_likelihood, distance2 }
    }

    fn and(self, next: Fit) -> Fit {
        Fit { log_likelihood: self.log_likelihood + next.log_likelihood, distance2: self.distance2 + next.distance2 }
    }
}

impl Update {
    fn then(self, next: Update) -> Update {
        Update { estimate: next.estimate, fit: self.fit.and(next.fit) }
    }
}

/// The inverse of a covariance, and how well an innovation of that covariance fits; `None` where
/// it is no covariance.
fn gaussian_fit(spread: &Matrix3<f64>, innovation: &Vector3<f64>) -> Option<(Matrix3<f64>, Fit)> {
    let (inverse, determinant) = inverse(spread)?;
    let distance2 = innovation.dot(&(inverse * innovation));
    Some((inverse, Fit::new(distance2, determinant, 3)))
}

/// The inverse of a symmetric matrix and its determinant, by cofactors; `None` where that is not positive.
pub(crate) fn inverse(m: &Matrix3<f64>) -> Option<(Matrix3<f64>, f64)> {
    let (a, b, c, d, e, f) = (m[(0, 0)], m[(0, 1)], m[(0, 2)], m[(1, 1)], m[(1, 2)], m[(2, 2)]);
    let (aa, bb, cc) = (d * f - e * e, c * e - b * f, b * e - c * d);
    let determinant = a * aa + b * bb + c * cc;
    let (dd, ee, ff) = (a * f - c * c, b * c - a * e, a * d - b * b);
    (determinant > 0.0).then(|| (Matrix3::new(aa, bb, cc, bb, dd, ee, cc, ee, ff) / determinant, determinant))
}

fn scalar_fit(innovation: f64, spread: f64) -> Fit {
    Fit::new(innovation * innovation / spread, spread, 1)
}

/// The range rate of a state seen from a place, m/s, and its derivatives by place (1/s) and by velocity.
pub(crate) fn range_rate(state: &State, sensor_m: &Vector3<f64>) -> (f64, Vector3<f64>, Vector3<f64>) {
    let off = state.fixed_rows::<3>(0) - sensor_m;
    let velocity = state.fixed_rows::<3>(3).into_owned();
    let range_m = off.norm().max(1.0);
    let sight = off / range_m;
    let rate = sight.dot(&velocity);
    (rate, (velocity - sight * rate) / range_m, sight)
}

/// Half of the logarithm of 2 pi.
const HALF_LN_TAU: f64 = 0.918_938_533_204_672_7;
