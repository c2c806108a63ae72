//! What remains of the sensors' errors, carried through to a falling track.
//!
//! An error that all plots of a sensor share is not averaged down by more of them. How it moves what is believed of a track
//! follows from the same weighing of plots that made the belief: with an error `b` common to the plots `z_k = H_k x + G_k b`, the
//! least-squares state is off by `S b`, where `S = (sum H' R^-1 H)^-1 sum H' R^-1 G`; so `S Cov(b) S'` is added to its
//! covariance (consider covariance: Bierman 1977, section VIII; Schmidt 1966).

use nalgebra::{SMatrix, SVector};
use parapet_flight::Environment;
use parapet_frame::Time;
use smallvec::SmallVec;

use super::Registration;
use super::geometry::{block, by_bias};
use crate::filter::{Estimate, inverse, range_rate};
use crate::measurement::Measurement;
use crate::motion::{Covariance, Motion};
use crate::priors::{LN_BETA_SIGMA, ROUND_SPEED_SIGMA_MPS};

/// Seconds over which the motion is differentiated.
const STEP_S: f64 = 0.05;

/// The pull of each kind of error of one sensor on a state.
type Pull = SMatrix<f64, 7, 4>;

impl Registration {
    /// What the errors of sensors that remain uncertain add to the covariance of a state that rests on these plots (in the order of
    /// their times); `None` where that is nothing.
    pub(crate) fn common<'a>(
        &self,
        environment: &Environment,
        falling: &Estimate,
        valid_at: Time,
        plots: impl Iterator<Item = &'a Measurement> + Clone,
    ) -> Option<Covariance> {
        if !self.is_used {
            return None;
        }
        let first = plots.clone().next()?;
        let seconds = first.at.seconds_since(valid_at);
        let mut here = Estimate { mean: falling.carried(environment, Motion::Ballistic, seconds).0, ..*falling };
        let mut from_start = Covariance::identity();
        let mut information = beforehand();
        let mut pulls: SmallVec<[(usize, Pull); 4]> = SmallVec::new();
        let mut at = first.at;
        for plot in plots {
            let (mean, step) = here.carried(environment, Motion::Ballistic, plot.at.seconds_since(at));
            (here.mean, from_start, at) = (mean, step.matrix() * from_start, plot.at);
            let ahead = here.carried(environment, Motion::Ballistic, STEP_S).0;
            let motion: SVector<f64, 7> = (ahead - here.mean) / STEP_S;
            let index = usize::from(plot.sensor.0);
            let place_m = here.mean.fixed_rows::<3>(0).into_owned();
            let velocity_mps = here.mean.fixed_rows::<3>(3).into_owned();
            let by_bias = by_bias(&self.sensors[index].pose, &place_m, &velocity_mps, plot.tells_elevation);
            let (weight, _) = inverse(&plot.covariance)?;
            let place = from_start.fixed_view::<3, 7>(0, 0).into_owned();
            information += place.tr_mul(&(weight * place));
            let mut pull: Pull = place.tr_mul(&(weight * by_bias));
            if let Some((_, variance)) = plot.range_rate {
                let (_, by_place, by_velocity) = range_rate(&here.mean, &plot.sensor_m);
                let row = place.tr_mul(&by_place) + from_start.fixed_view::<3, 7>(3, 0).tr_mul(&by_velocity);
                let late = -(by_place.dot(&motion.fixed_rows::<3>(0)) + by_velocity.dot(&motion.fixed_rows::<3>(3)));
                information += row * row.transpose() / variance;
                let mut by_time = pull.column_mut(3);
                by_time += row * (late / variance);
            }
            match pulls.iter_mut().find(|(sensor, _)| *sensor == index) {
                Some((_, sum)) => *sum += pull,
                None => pulls.push((index, pull)),
            }
        }
        let (step, root) =
            (here.carried(environment, Motion::Ballistic, valid_at.seconds_since(at)).1, information.cholesky()?);
        let to_now = step.matrix() * from_start;
        pulls.iter_mut().for_each(|(_, pull)| *pull = to_now * root.solve(pull));
        let mut common = Covariance::zeros();
        for (a, by_a) in &pulls {
            for (b, by_b) in &pulls {
                common += by_a * block(&self.belief.covariance, 4, *a, *b) * by_b.transpose();
            }
        }
        common = (common + common.transpose()) * 0.5;
        (common.iter().all(|cell| cell.is_finite()) && common.trace() > 0.0).then_some(common)
    }
}

/// Information about a round's state before its first plot.
fn beforehand() -> Covariance {
    let mut information = Covariance::zeros();
    (3..6).for_each(|axis| information[(axis, axis)] = 1.0 / (ROUND_SPEED_SIGMA_MPS * ROUND_SPEED_SIGMA_MPS));
    information[(6, 6)] = 1.0 / (LN_BETA_SIGMA * LN_BETA_SIGMA);
    information
}
