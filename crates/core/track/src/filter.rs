//! One Gaussian belief about a moving thing: place, velocity, and the logarithm of its ballistic coefficient.

use nalgebra::{Matrix3, SMatrix, SVector, Vector3};
use parapet_flight::{Body, Environment, advance, linearise};
use parapet_frame::maths;

use crate::measurement::Measurement;
use crate::motion::{Covariance, Motion, State};
use crate::priors;

/// Squared Mahalanobis distance beyond which a plot is not held to be a track's: one in 100,000 of the true ones with four
/// degrees of freedom.
pub(crate) const GATE: f64 = 30.0;

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

    /// Largest standard deviation of the place along an axis, metres, a number of seconds from now.
    pub(crate) fn place_sigma_m(&self, motion: Motion, seconds: f64) -> f64 {
        let noise = motion.noise(&self.velocity(), seconds.abs());
        let variance = |i: usize| {
            self.covariance[(i, i)]
                + 2.0 * seconds * self.covariance[(i, i + 3)]
                + seconds * seconds * self.covariance[(i + 3, i + 3)]
                + noise[(i, i)]
        };
        (0..3).map(variance).fold(0.0, f64::max).sqrt()
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

    /// The belief a number of seconds later (or, where negative, earlier) under a kind of motion.
    pub(crate) fn predicted(&self, environment: &Environment, motion: Motion, seconds: f64) -> Self {
        let (mean, transition) = self.carried(environment, motion, seconds);
        let noise = motion.noise(&self.velocity(), seconds.abs());
        let covariance = symmetric(transition * self.covariance * transition.transpose() + noise);
        Estimate { mean, covariance }
    }

    /// How well a plot fits: the same as [`updated`](Self::updated) would find, without working out what follows. This is asked of
    /// every pair of a track and a plot near it; what follows is worked out for the few that belong together.
    pub(crate) fn fit(&self, motion: Motion, measurement: &Measurement, moment: Moment<'_>) -> Fit {
        let Moment::Present { lag_s } = moment else { return self.updated(motion, measurement, moment).fit };
        let innovation = self.innovation(measurement, lag_s);
        if self.is_out_of_range(measurement, &innovation, lag_s) {
            return Fit::NONE;
        }
        let (cross, spread) = self.place_spread(measurement, lag_s);
        let Some((inverse, fit)) = gaussian_fit(&spread, &innovation) else { return Fit::NONE };
        if fit.distance2 >= GATE {
            return fit;
        }
        let Some((rate, variance)) = measurement.range_rate else { return fit };
        let weighted = inverse * innovation;
        let after = self.mean + cross * weighted;
        let (predicted, by_place, by_velocity) = range_rate(&after, &measurement.sensor_m);
        let block = |row: usize, column: usize| self.covariance.fixed_view::<3, 3>(row, column);
        let with_place =
            cross.fixed_view::<3, 3>(0, 0).tr_mul(&by_place) + cross.fixed_view::<3, 3>(3, 0).tr_mul(&by_velocity);
        let own = by_place.dot(&(block(0, 0) * by_place))
            + 2.0 * by_place.dot(&(block(0, 3) * by_velocity))
            + by_velocity.dot(&(block(3, 3) * by_velocity));
        let spread = own - with_place.dot(&(inverse * with_place)) + variance;
        fit.and(scalar_fit(rate - predicted, spread))
    }

    /// Whether a plot lies outside the gate by its range alone, which a radar measures best: the distance along one direction is
    /// never more than the whole, and is far cheaper to work out.
    fn is_out_of_range(&self, measurement: &Measurement, innovation: &Vector3<f64>, lag_s: f64) -> bool {
        let sight = &measurement.sight;
        let place = self.covariance.fixed_view::<3, 3>(0, 0) + measurement.covariance;
        // The few hundredths of a second within a look widen the belief by no more than this.
        let velocity_m =
            lag_s.abs() * (self.covariance[(3, 3)] + self.covariance[(4, 4)] + self.covariance[(5, 5)]).sqrt();
        let sigma_m = sight.dot(&(place * sight)).sqrt() + velocity_m;
        let off_m = sight.dot(innovation);
        off_m * off_m >= GATE * sigma_m * sigma_m
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
        let noise = motion.noise(&self.velocity(), seconds.abs());
        let h = transition.fixed_view::<3, 7>(0, 0).into_owned();
        let cross = self.covariance * h.transpose();
        let spread = h * cross + measurement.covariance + noise.fixed_view::<3, 3>(0, 0);
        let update = self.with_place(&cross, &spread, measurement.position_m - past.fixed_rows::<3>(0));
        let Some((rate, variance)) = measurement.range_rate else { return update };
        let past = past + transition * (update.estimate.mean - self.mean);
        let (predicted, by_place, by_velocity) = range_rate(&past, &measurement.sensor_m);
        let row = h.tr_mul(&by_place) + transition.fixed_view::<3, 7>(3, 0).tr_mul(&by_velocity);
        let added = by_velocity.dot(&(noise.fixed_view::<3, 3>(3, 3) * by_velocity));
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

    /// The mean carried through time and the matrix that carries small deviations from it.
    pub(crate) fn carried(&self, environment: &Environment, motion: Motion, seconds: f64) -> (State, Covariance) {
        let mut transition = Covariance::identity();
        transition.fixed_view_mut::<3, 3>(0, 3).copy_from(&(Matrix3::identity() * seconds));
        let mut mean = self.mean;
        match motion {
            Motion::Level | Motion::Boosting => {
                mean.fixed_rows_mut::<3>(0).copy_from(&(self.mean.fixed_rows::<3>(0) + self.velocity() * seconds));
            }
            Motion::Ballistic | Motion::Coasting => {
                let end = advance(environment, &self.body(), seconds);
                let middle = Body {
                    position_m: (self.body().position_m + end.position_m) * 0.5,
                    velocity_mps: (self.velocity() + end.velocity_mps) * 0.5,
                    ln_beta: self.mean[6],
                };
                mean.fixed_rows_mut::<3>(0).copy_from(&end.position_m);
                mean.fixed_rows_mut::<3>(3).copy_from(&end.velocity_mps);
                let slope = linearise(environment, &middle);
                let half_square = 0.5 * seconds * seconds;
                let mut place_velocity = transition.fixed_view_mut::<3, 3>(0, 3);
                place_velocity += slope.per_velocity * half_square;
                let mut velocity_velocity = transition.fixed_view_mut::<3, 3>(3, 3);
                velocity_velocity +=
                    slope.per_velocity * seconds + slope.per_velocity * slope.per_velocity * half_square;
                transition.fixed_view_mut::<3, 1>(0, 6).copy_from(&(slope.per_ln_beta * half_square));
                transition
                    .fixed_view_mut::<3, 1>(3, 6)
                    .copy_from(&(slope.per_ln_beta * seconds + slope.per_velocity * slope.per_ln_beta * half_square));
                transition.fixed_view_mut::<3, 1>(3, 2).copy_from(&(slope.per_height * seconds));
            }
        }
        (mean, transition)
    }

    fn with_place(&self, cross: &SMatrix<f64, 7, 3>, spread: &Matrix3<f64>, innovation: Vector3<f64>) -> Update {
        let Some((inverse, fit)) = gaussian_fit(spread, &innovation) else {
            return Update { estimate: *self, fit: Fit::NONE };
        };
        let gain = cross * inverse;
        let estimate = Estimate {
            mean: self.mean + gain * innovation,
            covariance: symmetric(self.covariance - gain * cross.transpose()),
        };
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
        Update {
            estimate: Estimate {
                mean: self.mean + gain * innovation,
                covariance: symmetric(self.covariance - gain * cross.transpose()),
            },
            fit: scalar_fit(innovation, spread),
        }
    }
}

impl Fit {
    /// Of a plot that cannot be held against a belief at all.
    const NONE: Fit = Fit { log_likelihood: f64::NEG_INFINITY, distance2: f64::INFINITY };

    fn and(self, next: Fit) -> Fit {
        Fit { log_likelihood: self.log_likelihood + next.log_likelihood, distance2: self.distance2 + next.distance2 }
    }
}

impl Update {
    fn then(self, next: Update) -> Update {
        Update { estimate: next.estimate, fit: self.fit.and(next.fit) }
    }
}

/// The inverse of a covariance, and how well an innovation of that covariance fits (not at all outside the gate); `None` where
/// it is no covariance.
fn gaussian_fit(spread: &Matrix3<f64>, innovation: &Vector3<f64>) -> Option<(Matrix3<f64>, Fit)> {
    let determinant = spread.determinant();
    let inverse = spread.try_inverse().filter(|_| determinant > 0.0)?;
    let distance2 = innovation.dot(&(inverse * innovation));
    let log_likelihood = if distance2 < GATE {
        -0.5 * (distance2 + maths::ln(determinant)) - 3.0 * HALF_LN_TAU
    } else {
        f64::NEG_INFINITY
    };
    Some((inverse, Fit { log_likelihood, distance2 }))
}

fn scalar_fit(innovation: f64, spread: f64) -> Fit {
    let distance2 = innovation * innovation / spread;
    Fit { log_likelihood: -0.5 * (distance2 + maths::ln(spread)) - HALF_LN_TAU, distance2 }
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

/// The symmetric part; rounding must not drift a covariance away from symmetry.
fn symmetric(m: Covariance) -> Covariance {
    (m + m.transpose()) * 0.5
}
