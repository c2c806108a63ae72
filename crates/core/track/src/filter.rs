//! One Gaussian belief about a moving thing: place, velocity, and the logarithm of its ballistic coefficient.

use nalgebra::{Matrix3, SMatrix, SVector, Vector3};
use parapet_flight::{Body, Environment, advance, linearise};
use parapet_frame::maths;

use crate::measurement::Measurement;
use crate::motion::Motion;
use crate::priors;

/// Squared Mahalanobis distance beyond which a plot is not held to be a track's: one in 100,000 of the true ones with four
/// degrees of freedom.
pub(crate) const GATE: f64 = 30.0;

/// Place (0..3, m), velocity (3..6, m/s) and logarithm of the ballistic coefficient (6).
pub(crate) type State = SVector<f64, 7>;
/// Covariance of [`State`].
pub(crate) type Covariance = SMatrix<f64, 7, 7>;

/// A Gaussian belief.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Mean: place in site ENU (m), velocity (m/s), logarithm of the ballistic coefficient (kg/m^2).
    pub mean: SVector<f64, 7>,
    /// Covariance of the same, symmetric.
    pub covariance: SMatrix<f64, 7, 7>,
}

/// A belief after a plot, and how well the plot fitted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Update {
    pub(crate) estimate: Estimate,
    /// Logarithm of the plot's predicted density, in the unit of [`Measurement::clutter_density`].
    pub(crate) log_likelihood: f64,
    /// Squared Mahalanobis distance of the plot from its prediction.
    pub(crate) distance2: f64,
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
            None => Update { estimate: first, log_likelihood: 0.0, distance2: 0.0 },
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

    /// The belief after a plot measured when the belief is valid, `lag_s` seconds after it or before it (a few hundredths:
    /// the plots of one look are not quite simultaneous).
    pub(crate) fn updated(&self, measurement: &Measurement, lag_s: f64) -> Update {
        let mut h = SMatrix::<f64, 3, 7>::zeros();
        h.fixed_view_mut::<3, 3>(0, 0).fill_with_identity();
        h.fixed_view_mut::<3, 3>(0, 3).copy_from(&(Matrix3::identity() * lag_s));
        let place = self.mean.fixed_rows::<3>(0) + self.velocity() * lag_s;
        let innovation = measurement.position_m - place;
        self.with_place(&h, innovation, &measurement.covariance).then_rate(measurement)
    }

    /// The belief after a plot measured `seconds` (negative) before it is valid: the plot is used where it belongs in time.
    ///
    /// The present state is written as the carried past one, so that the past place is `H F(-t) x`. Exact for motion without
    /// noise; the noise of the interval is added to the plot's own, which never makes the belief too sure
    /// (Bar-Shalom 2002, algorithm B1, without the correlation term).
    pub(crate) fn updated_late(
        &self,
        environment: &Environment,
        motion: Motion,
        measurement: &Measurement,
        seconds: f64,
    ) -> Update {
        let (past, transition) = self.carried(environment, motion, seconds);
        let noise = motion.noise(&self.velocity(), seconds.abs());
        let h = transition.fixed_view::<3, 7>(0, 0).into_owned();
        let innovation = measurement.position_m - past.fixed_rows::<3>(0);
        let widened = measurement.covariance + noise.fixed_view::<3, 3>(0, 0);
        let update = self.with_place(&h, innovation, &widened);
        let Some((rate, variance)) = measurement.range_rate else { return update };
        let off = update.estimate.mean - self.mean;
        let past = past + transition * off;
        let (predicted, by_place, by_velocity) = range_rate(&past, &measurement.sensor_m);
        let row = h.tr_mul(&by_place) + transition.fixed_view::<3, 7>(3, 0).tr_mul(&by_velocity);
        let added = by_velocity.dot(&(noise.fixed_view::<3, 3>(3, 3) * by_velocity));
        update.then(update.estimate.with_scalar(&row, rate - predicted, variance + added))
    }

    fn velocity(&self) -> Vector3<f64> {
        self.mean.fixed_rows::<3>(3).into_owned()
    }

    /// The mean carried through time and the matrix that carries small deviations from it.
    fn carried(&self, environment: &Environment, motion: Motion, seconds: f64) -> (State, Covariance) {
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

    fn with_place(&self, h: &SMatrix<f64, 3, 7>, innovation: Vector3<f64>, noise: &Matrix3<f64>) -> Update {
        let cross = self.covariance * h.transpose();
        let spread = h * cross + noise;
        let refused = |distance2| Update { estimate: *self, log_likelihood: f64::NEG_INFINITY, distance2 };
        let Some(cholesky) = spread.cholesky() else { return refused(f64::INFINITY) };
        let distance2 = innovation.dot(&cholesky.solve(&innovation));
        if distance2 >= GATE {
            return refused(distance2);
        }
        let gain = cholesky.solve(&cross.transpose()).transpose();
        let log_root_determinant: f64 = (0..3).map(|i| maths::ln(cholesky.l_dirty()[(i, i)])).sum();
        let estimate = Estimate {
            mean: self.mean + gain * innovation,
            covariance: symmetric(self.covariance - gain * cross.transpose()),
        };
        let log_likelihood = -0.5 * distance2 - log_root_determinant - 3.0 * HALF_LN_TAU;
        Update { estimate, log_likelihood, distance2 }
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
        let distance2 = innovation * innovation / spread;
        Update {
            estimate: Estimate {
                mean: self.mean + gain * innovation,
                covariance: symmetric(self.covariance - gain * cross.transpose()),
            },
            log_likelihood: -0.5 * (distance2 + maths::ln(spread)) - HALF_LN_TAU,
            distance2,
        }
    }
}

impl Update {
    fn then(self, next: Update) -> Update {
        Update {
            estimate: next.estimate,
            log_likelihood: self.log_likelihood + next.log_likelihood,
            distance2: self.distance2 + next.distance2,
        }
    }

    fn then_rate(self, measurement: &Measurement) -> Update {
        match measurement.range_rate {
            Some(_) if self.distance2 >= GATE => self,
            Some(rate) => self.then(self.estimate.with_range_rate(rate, &measurement.sensor_m)),
            None => self,
        }
    }
}

/// The range rate of a state seen from a place, m/s, and its derivatives by place (1/s) and by velocity.
fn range_rate(state: &State, sensor_m: &Vector3<f64>) -> (f64, Vector3<f64>, Vector3<f64>) {
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
