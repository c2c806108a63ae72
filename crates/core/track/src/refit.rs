//! A falling track fitted anew to all its plots at once.
//!
//! The filter linearises drag about what it believed at the time, and early on it believed little: that leaves a small error
//! which it takes for knowledge. So at a few moments of a track's life its plots are fitted together, by Gauss-Newton steps about
//! the whole arc (a maximum a posteriori batch estimate; Tarantola 2005, section 3.2), and the filter goes on from there.

use nalgebra::SMatrix;
use parapet_flight::Environment;
use parapet_frame::Time;

use crate::bank::Bank;
use crate::filter::{Covariance, Estimate, State, range_rate};
use crate::measurement::Measurement;
use crate::motion::Motion;
use crate::priors::{LN_BETA_MEAN, LN_BETA_SIGMA};

/// Numbers of plots at which a track is fitted anew: each time there is about a third more to know.
const OCCASIONS: [usize; 8] = [5, 7, 10, 14, 19, 26, 35, 47];
/// Plots that are remembered for it.
const PLOTS_MAX: usize = OCCASIONS[OCCASIONS.len() - 1];
/// Gauss-Newton steps; the second changes the impact by less than its uncertainty.
const STEPS: usize = 2;
/// Standard deviations by which the squared residuals may exceed their expectation; beyond, the plots are not those of one thing
/// that fell freely all the time.
const MISFIT_SIGMAS: f64 = 4.0;

/// One in so many plots may have been doubtful; with more, what is kept says too little of what is known.
const DOUBTFUL_ONE_IN: usize = 5;

/// The plots of one track that are surely its own, in the order in which they were measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Memory {
    plots: Vec<Measurement>,
    /// Plots that may or may not have been its own, and are not kept.
    doubtful: usize,
    /// There was no room for all: from now on the filter knows more.
    full: bool,
}

impl Memory {
    pub(crate) fn of(first: &Measurement) -> Self {
        Memory { plots: vec![*first], ..Memory::default() }
    }

    /// Keeps a plot that is the track's own.
    pub(crate) fn keep(&mut self, measurement: &Measurement) {
        if self.full || self.plots.len() == PLOTS_MAX {
            *self = Memory { full: true, ..Memory::default() };
            return;
        }
        let place = self.plots.partition_point(|kept| kept.at <= measurement.at);
        self.plots.insert(place, *measurement);
    }

    /// Notes a plot that may or may not be the track's own.
    pub(crate) fn doubt(&mut self) {
        self.doubtful += 1;
    }

    /// The belief after all plots together, valid at the latest of them, if this is a moment for it and they agree.
    pub(crate) fn refit(&self, environment: &Environment, filtered: &Bank, valid_at: Time) -> Option<Estimate> {
        if self.doubtful * DOUBTFUL_ONE_IN > self.plots.len() || !OCCASIONS.contains(&self.plots.len()) {
            return None;
        }
        let (first, last) = (self.plots.first()?, self.plots.last()?);
        if last.at != valid_at {
            return None;
        }
        let back = filtered.falling()?.carried(environment, Motion::Ballistic, first.at.seconds_since(valid_at)).0;
        let mut fit = self.arc(environment, &back)?;
        for _ in 1..STEPS {
            fit = self.arc(environment, &fit.start)?;
        }
        let rows = self.plots.iter().map(|m| if m.range_rate.is_some() { 4 } else { 3 }).sum::<usize>();
        // A chi-squared variable of n degrees of freedom: mean n, variance 2 n.
        let limit = rows as f64 + MISFIT_SIGMAS * (2.0 * rows as f64).sqrt();
        (fit.misfit <= limit).then_some(fit.end)
    }

    /// One Gauss-Newton step about the arc that starts with this state.
    fn arc(&self, environment: &Environment, start: &State) -> Option<Arc> {
        let (mut information, mut pull) = prior(start);
        let mut here = Estimate { mean: *start, covariance: Covariance::zeros() };
        let mut from_start = Covariance::identity();
        let mut misfit = 0.0;
        let mut at = self.plots.first()?.at;
        for plot in &self.plots {
            let (mean, step) = here.carried(environment, Motion::Ballistic, plot.at.seconds_since(at));
            (here.mean, from_start, at) = (mean, step * from_start, plot.at);
            let inverse = plot.covariance.try_inverse()?;
            let place: SMatrix<f64, 3, 7> = from_start.fixed_view::<3, 7>(0, 0).into_owned();
            let off = plot.position_m - here.mean.fixed_rows::<3>(0);
            information += place.tr_mul(&(inverse * place));
            pull += place.tr_mul(&(inverse * off));
            misfit += off.dot(&(inverse * off));
            if let Some((rate, variance)) = plot.range_rate {
                let (predicted, by_place, by_velocity) = range_rate(&here.mean, &plot.sensor_m);
                let row = place.tr_mul(&by_place) + from_start.fixed_view::<3, 7>(3, 0).tr_mul(&by_velocity);
                let off = rate - predicted;
                information += row * row.transpose() / variance;
                pull += row * (off / variance);
                misfit += off * off / variance;
            }
        }
        let covariance = information.cholesky()?.inverse();
        let moved = covariance * pull;
        let carried = from_start * covariance * from_start.transpose();
        let end = Estimate { mean: here.mean + from_start * moved, covariance: (carried + carried.transpose()) * 0.5 };
        Some(Arc { start: start + moved, end, misfit })
    }
}

/// What one step finds.
struct Arc {
    /// The improved state at the first plot.
    start: State,
    /// The same at the last plot, with its covariance.
    end: Estimate,
    /// Sum of squared residuals before the step, each in its own standard deviations.
    misfit: f64,
}

/// Information of the priors and their pull towards their means, about a state at the first plot.
fn prior(start: &State) -> (Covariance, State) {
    let mut information = Covariance::zeros();
    let velocity = Motion::Ballistic.velocity_prior().diagonal();
    for axis in 0..3 {
        information[(3 + axis, 3 + axis)] = 1.0 / velocity[axis];
    }
    information[(6, 6)] = 1.0 / (LN_BETA_SIGMA * LN_BETA_SIGMA);
    let mut means = State::zeros();
    means[6] = LN_BETA_MEAN;
    (information, information * (means - start))
}
