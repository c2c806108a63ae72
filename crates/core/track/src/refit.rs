//! A falling track fitted anew to all its plots at once.
//!
//! The filter linearises drag about what it believed at the time, and early on it believed little: that leaves a small error
//! which it takes for knowledge. So at a few moments of a track's life its plots are fitted together, by Gauss-Newton steps about
//! the whole arc (a maximum a posteriori batch estimate; Tarantola 2005, section 3.2), and the filter goes on from there.

use nalgebra::SMatrix;
use parapet_flight::Environment;
use parapet_frame::Time;

use crate::bank::Bank;
use crate::filter::{Estimate, range_rate};
use crate::measurement::Measurement;
use crate::motion::{Covariance, Motion, State};
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

#[cfg(test)]
mod tests {
    use nalgebra::Vector3;
    use parapet_flight::{Body, advance};
    use parapet_frame::{HeardAt, MeasuredAt, SensorPose, SitePoint};

    use super::*;
    use crate::{Elevation, Plot, Scan, SensorId, SensorModel};

    fn radar() -> SensorModel {
        SensorModel {
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
        }
    }

    /// A plot of a place and velocity a number of seconds after the start, off by a repeating pattern of about one sigma.
    fn plot(place: &Vector3<f64>, velocity: &Vector3<f64>, seconds: f64, i: usize) -> Measurement {
        let off = |shift: usize| [0.9, -1.1, 0.3, -0.4, 1.2, -0.8][(i + shift) % 6];
        let radar = radar();
        let polar = radar.pose.polar_from_site(*place);
        let at = Time::from_seconds(1_000.0 + seconds);
        let said = Plot {
            sensor: SensorId(0),
            sequence: i as u64,
            measured_at: MeasuredAt(at),
            heard_at: HeardAt(at),
            range_m: polar.range_m + 15.0 * off(0),
            azimuth_rad: polar.azimuth_rad + 3e-3 * off(1),
            elevation: Some(Elevation { rad: polar.elevation_rad + 3e-3 * off(2), sigma_rad: 3e-3 }),
            range_rate_mps: Some(place.normalize().dot(velocity) + 2.0 * off(3)),
            identity: None,
            simulated: true,
        };
        Measurement::of(&said, &radar)
    }

    fn rocket() -> Body {
        Body {
            position_m: Vector3::new(4_000.0, 8_000.0, 400.0),
            velocity_mps: Vector3::new(-180.0, -380.0, 300.0),
            ln_beta: LN_BETA_MEAN + 0.3,
        }
    }

    /// A filter that believed too little drag at first is put right.
    #[test]
    fn a_wrong_belief_is_put_right() {
        let environment = Environment::flat();
        let flown = |i: usize| advance(&environment, &rocket(), i as f64);
        let plots: Vec<Measurement> =
            (0..10).map(|i| plot(&flown(i).position_m, &flown(i).velocity_mps, i as f64, i)).collect();
        let mut memory = Memory::of(&plots[0]);
        plots[1..].iter().for_each(|plot| memory.keep(plot));
        let mut wrong = Bank::from_first(&plots[9]);
        let truth = flown(9);
        let mut belief = wrong.falling().unwrap();
        belief.mean.fixed_rows_mut::<3>(0).copy_from(&(truth.position_m + Vector3::new(60.0, -40.0, 50.0)));
        belief.mean.fixed_rows_mut::<3>(3).copy_from(&(truth.velocity_mps + Vector3::new(-15.0, 20.0, 10.0)));
        wrong.fell_all_along(belief);

        let better = memory.refit(&environment, &wrong, plots[9].at).expect("ten plots of one fall");
        let off_mps = (better.body().velocity_mps - truth.velocity_mps).norm();
        assert!(off_mps < 10.0, "{off_mps} m/s");
        let off = (better.mean - state(&truth)).fixed_rows::<6>(0).into_owned();
        let information = better.covariance.fixed_view::<6, 6>(0, 0).into_owned().try_inverse().unwrap();
        let nees = off.dot(&(information * off)) / 6.0;
        assert!(nees < 2.5, "an error of {nees} times what is claimed");
    }

    #[test]
    fn what_does_not_fall_is_left_alone() {
        let environment = Environment::flat();
        let velocity = Vector3::new(-60.0, -200.0, 0.0);
        let place = |i: usize| Vector3::new(4_000.0, 8_000.0, 900.0) + velocity * i as f64;
        let plots: Vec<Measurement> = (0..10).map(|i| plot(&place(i), &velocity, i as f64, i)).collect();
        let mut memory = Memory::of(&plots[0]);
        plots[1..].iter().for_each(|plot| memory.keep(plot));
        assert!(memory.refit(&environment, &Bank::from_first(&plots[9]), plots[9].at).is_none());
    }

    #[test]
    fn doubt_and_want_of_room_end_it() {
        let one = plot(&rocket().position_m, &rocket().velocity_mps, 0.0, 0);
        let mut memory = Memory::of(&one);
        (0..4).for_each(|_| memory.keep(&one));
        assert_eq!(memory.plots.len(), OCCASIONS[0]);
        memory.doubt();
        memory.doubt();
        assert!(memory.refit(&Environment::flat(), &Bank::from_first(&one), one.at).is_none());
        (0..PLOTS_MAX).for_each(|_| memory.keep(&one));
        assert!(memory.full && memory.plots.is_empty());
    }

    fn state(body: &Body) -> State {
        let mut state = State::zeros();
        state.fixed_rows_mut::<3>(0).copy_from(&body.position_m);
        state.fixed_rows_mut::<3>(3).copy_from(&body.velocity_mps);
        state[6] = body.ln_beta;
        state
    }
}
