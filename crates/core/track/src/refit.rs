//! A falling track fitted anew to all its plots at once.
//!
//! The filter linearises drag about what it believed at the time, and early on it believed little: that leaves a small error
//! which it takes for knowledge. So at a few moments of a track's life its plots are fitted together, by Gauss-Newton steps about
//! the whole arc (a maximum a posteriori batch estimate; Tarantola 2005, section 3.2), and the filter goes on from there.

use nalgebra::{SMatrix, SVector};
use parapet_flight::Environment;
use parapet_frame::Time;

use crate::bank::Bank;
use crate::filter::{Estimate, inverse, range_rate};
use crate::measurement::Measurement;
use crate::motion::{Covariance, Motion, State};
use crate::priors::{LN_BETA_MEAN, LN_BETA_SIGMA};
use crate::sightings::{SightingNo, Sightings};

/// Numbers of plots at which a track is fitted anew: each time there is about a third more to know.
const OCCASIONS: [usize; 11] = [3, 4, 5, 6, 8, 10, 14, 19, 26, 35, 47];
/// Plots that are remembered for it.
const PLOTS_MAX: usize = OCCASIONS[OCCASIONS.len() - 1];
/// Gauss-Newton steps at the most; the second changes the impact by less than its uncertainty.
const STEPS: usize = 2;
/// The same for the record of a track that has ended: there is time, and what it begins from may have come down long ago.
const STEPS_AFTERWARDS: usize = 5;
/// A step that moves the state by less than this, squared and in standard deviations, is the last (the Newton decrement; Boyd and
/// Vandenberghe 2004, section 9.5.1).
const MOVED_LITTLE: f64 = 0.01;
/// Standard deviations by which the squared residuals may exceed their expectation; beyond, the plots are not those of one thing
/// that fell freely all the time.
const MISFIT_SIGMAS: f64 = 4.0;

/// How many measured values a sensor's word on its own errors is worth.
const STATED_WORTH: f64 = 20.0;

/// One in so many plots may be doubtful; with more, what is kept says too little of what is known.
const DOUBTFUL_ONE_IN: usize = 5;
/// Numbers that are fitted: place, velocity and the logarithm of the ballistic coefficient.
const STATES: u32 = 7;
/// Plots that a fit needs.
const PLOTS_MIN: usize = 5;
/// Squared residuals that must vanish for each plot that is left out: what four values have, and twice the logarithm of the odds
/// against a motor that burns when a thing is first seen (nine to one).
const LEFT_OUT_MIN: f64 = 8.4;
/// Odds of falling from which on plots may be left out.
const FALLS_MIN: f64 = 0.9;
/// Longest time for which the motor of a rocket of these classes burns, seconds.
const BURN_MAX_S: f64 = 3.0;

/// The plots that one explanation of a track's past rests on, in the order in which they were measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct History {
    plots: [SightingNo; PLOTS_MAX],
    length: u8,
    /// Plots that another explanation, taken up into this one, does not rest on.
    doubtful: u8,
    /// There was no room for all: from now on the filter knows more, and what is remembered is for the record only.
    full: bool,
    /// First plots that were left out, since a motor burned.
    left_out: u8,
    /// Every how-manieth plot is remembered, and how many have passed since the last that was.
    stride: u16,
    passed: u16,
}

/// The arc of a track that has ended, by all plots that are remembered.
pub(crate) struct WholeArc {
    /// The state at the first of its plots and when that was.
    pub(crate) start: (Time, Estimate),
    /// The same at the last.
    pub(crate) end: (Time, Estimate),
    /// Number of plots that it was fitted to.
    pub(crate) plots: u32,
    /// First plots that it was not fitted to, since a motor burned.
    pub(crate) left_out: u32,
    /// Sum of squared residuals in their own standard deviations, for each degree of freedom.
    pub(crate) misfit: f64,
    /// Whether that is within what chance allows.
    pub(crate) agrees: bool,
}

/// A belief after a fit to many plots.
pub(crate) struct Refit {
    pub(crate) estimate: Estimate,
    /// It fell freely ever since its first plot; otherwise only after the first few.
    pub(crate) all_along: bool,
}

impl History {
    pub(crate) fn of(first: SightingNo) -> Self {
        let mut plots = [0; PLOTS_MAX];
        plots[0] = first;
        History { plots, length: 1, doubtful: 0, full: false, left_out: 0, stride: 1, passed: 0 }
    }

    /// The same with one plot more.
    pub(crate) fn with(mut self, number: SightingNo, sightings: &Sightings) -> Self {
        if usize::from(self.length) == PLOTS_MAX {
            self.thin();
        }
        self.passed += 1;
        if self.passed < self.stride {
            return self;
        }
        self.passed = 0;
        let length = usize::from(self.length);
        let at = |number| sightings.get(number).map(|plot| plot.at);
        let place = self.plots[..length].partition_point(|kept| at(*kept) <= at(number));
        self.plots.copy_within(place..length, place + 1);
        self.plots[place] = number;
        self.length += 1;
        self
    }

    /// Forgets every second plot, and from now on remembers half as many.
    fn thin(&mut self) {
        self.full = true;
        let kept = PLOTS_MAX.div_ceil(2);
        (0..kept).for_each(|i| self.plots[i] = self.plots[2 * i]);
        self.length = kept as u8;
        self.stride = self.stride.saturating_mul(2);
    }

    /// Notes that another explanation that was taken up into this one rests on another plot.
    pub(crate) fn doubt(&mut self) {
        self.doubtful = self.doubtful.saturating_add(1);
    }

    /// In the order in which they were measured.
    pub(crate) fn plots(&self) -> &[SightingNo] {
        &self.plots[..usize::from(self.length)]
    }

    /// The belief after all plots together, valid at the latest of them, if this is a moment for it and they agree.
    ///
    /// Where they do not, the first ones may have been seen while a rocket motor burned, and are left out one by one.
    pub(crate) fn refit(
        &mut self,
        sightings: &Sightings,
        environment: &Environment,
        filtered: &Bank,
        valid_at: Time,
    ) -> Option<Refit> {
        let length = usize::from(self.length);
        let in_doubt = usize::from(self.doubtful) * DOUBTFUL_ONE_IN > length;
        if self.full || in_doubt || !OCCASIONS.contains(&length) {
            return None;
        }
        let mut plots = [None; PLOTS_MAX];
        for (slot, number) in plots.iter_mut().zip(self.plots()) {
            *slot = Some(sightings.get(*number)?);
        }
        let plots = || plots[..length].iter().flatten().copied();
        let last = plots().last()?;
        if last.at != valid_at {
            return None;
        }
        let (left_out, fit) = free_fall(environment, filtered, valid_at, STEPS, plots)?;
        self.plots.copy_within(left_out..length, 0);
        self.length -= left_out as u8;
        self.left_out = self.left_out.saturating_add(left_out as u8);
        Some(Refit { estimate: fit.end, all_along: left_out == 0 })
    }

    /// The arc by all plots that are remembered, for a track that has ended; the bank is valid at an instant. `None` where too few
    /// plots are left to say anything.
    pub(crate) fn whole_arc(
        &self,
        sightings: &Sightings,
        environment: &Environment,
        filtered: &Bank,
        valid_at: Time,
    ) -> Option<WholeArc> {
        let plots = || self.plots().iter().filter_map(|number| sightings.get(*number));
        let length = plots().count();
        if length < PLOTS_MIN {
            return None;
        }
        let (left_out, arc) = match free_fall(environment, filtered, valid_at, STEPS_AFTERWARDS, plots) {
            Some(found) => found,
            None => (0, fit(environment, &filtered.falling()?, valid_at, STEPS_AFTERWARDS, plots)?),
        };
        Some(WholeArc {
            start: (plots().nth(left_out)?.at, arc.start),
            end: (plots().next_back()?.at, arc.end),
            plots: (length - left_out) as u32,
            left_out: u32::from(self.left_out) + left_out as u32,
            misfit: arc.misfit / f64::from(arc.values.saturating_sub(STATES).max(1)),
            agrees: arc.is_likely(MISFIT_SIGMAS),
        })
    }
}

/// The arc that fits the plots of a free fall, and how many of the first it leaves out as seen while a motor burned; `None` where
/// they do not agree.
fn free_fall<'a, I: Iterator<Item = &'a Measurement>>(
    environment: &Environment,
    filtered: &Bank,
    valid_at: Time,
    steps: usize,
    plots: impl Fn() -> I,
) -> Option<(usize, Arc)> {
    let falling = filtered.falling()?;
    let first = plots().next()?;
    // What hardly falls at all would seem to fall in any part of its way that is short enough.
    let burned = filtered.odds().falling() >= FALLS_MIN;
    let mut best: Option<(f64, usize, Arc)> = None;
    for left_out in 0..=plots().count().saturating_sub(PLOTS_MIN) {
        let start = plots().nth(left_out)?;
        if left_out > 0 && (!burned || start.at.seconds_since(first.at) > BURN_MAX_S) {
            break;
        }
        let Some(fit) = fit(environment, &falling, valid_at, steps, || plots().skip(left_out)) else { break };
        // What is left out must have been in the way by far more than chance allows.
        let score = fit.misfit + left_out as f64 * LEFT_OUT_MIN;
        let enough = fit.is_likely(0.0);
        if fit.is_likely(MISFIT_SIGMAS) && best.as_ref().is_none_or(|(least, ..)| score < *least) {
            best = Some((score, left_out, fit));
        }
        if enough {
            break;
        }
    }
    best.map(|(_, left_out, fit)| (left_out, fit))
}

/// The arc that fits some plots best, begun from a belief at an instant.
fn fit<'a, I: Iterator<Item = &'a Measurement>>(
    environment: &Environment,
    falling: &Estimate,
    valid_at: Time,
    steps: usize,
    plots: impl Fn() -> I,
) -> Option<Arc> {
    let first = plots().next()?;
    let back = falling.carried(environment, Motion::Ballistic, first.at.seconds_since(valid_at)).0;
    let mut step = arc(environment, &back, plots())?;
    for _ in 1..steps {
        if step.moved < MOVED_LITTLE {
            break;
        }
        step = arc(environment, &step.start.mean, plots())?;
    }
    Some(step)
}

/// One Gauss-Newton step about the arc that starts with this state at the first of the plots.
///
/// Besides the state, the error of the wind is sought: in a wind `w` a body moves as it would with `v - w` in still air, and is carried
/// along, so that a step's change by the wind is that of being carried less its change by the velocity.
fn arc<'a>(environment: &Environment, start: &State, plots: impl Iterator<Item = &'a Measurement>) -> Option<Arc> {
    let (mut information, mut pull) = prior(start, environment.wind_sigma_mps);
    let mut here = Estimate { mean: *start, covariance: Covariance::zeros() };
    let mut from_start = SMatrix::<f64, 7, UNKNOWNS>::identity();
    let mut misfit = 0.0;
    let mut values = 0;
    let mut at = None;
    for plot in plots {
        let seconds = plot.at.seconds_since(at.unwrap_or(plot.at));
        let (mean, step) = here.carried(environment, Motion::Ballistic, seconds);
        let step = step.matrix();
        (here.mean, from_start, at) = (mean, step * from_start, Some(plot.at));
        for (wind, axis) in [(7, 0), (8, 1)] {
            let mut by_wind = from_start.fixed_columns_mut::<1>(wind);
            by_wind -= step.fixed_columns::<1>(3 + axis);
            by_wind[axis] += seconds;
            by_wind[axis + 3] += 1.0;
        }
        let (inverse, _) = inverse(&plot.covariance)?;
        let place = from_start.fixed_view::<3, UNKNOWNS>(0, 0).into_owned();
        let off = plot.position_m - here.mean.fixed_rows::<3>(0);
        information += place.tr_mul(&(inverse * place));
        pull += place.tr_mul(&(inverse * off));
        misfit += off.dot(&(inverse * off));
        values += 3;
        if let Some((rate, variance)) = plot.range_rate {
            let (predicted, by_place, by_velocity) = range_rate(&here.mean, &plot.sensor_m);
            let row = place.tr_mul(&by_place) + from_start.fixed_view::<3, UNKNOWNS>(3, 0).tr_mul(&by_velocity);
            let off = rate - predicted;
            information += row * row.transpose() / variance;
            pull += row * (off / variance);
            misfit += off * off / variance;
            values += 1;
        }
    }
    let covariance = information.cholesky()?.inverse();
    let moved = covariance * pull;
    let gained = pull.dot(&moved);
    let misfit = misfit - gained;
    let covariance = covariance * scale(misfit, values);
    let carried = from_start * covariance * from_start.transpose();
    let end = Estimate { mean: here.mean + from_start * moved, covariance: (carried + carried.transpose()) * 0.5 };
    let start = Estimate {
        mean: start + moved.fixed_rows::<7>(0),
        covariance: covariance.fixed_view::<7, 7>(0, 0).into_owned(),
    };
    Some(Arc { start, end, misfit, moved: gained, values })
}

/// By what the covariance must be multiplied for the misfit: plots that agree worse than they should are measured worse than the sensor
/// says, all of them or some (Birge 1932, "The calculation of errors by the method of least squares"; the estimate is Bayes's for a scale
/// of the variance of which as much is known beforehand as so many values would tell). That they agree better than they should is chance.
fn scale(misfit: f64, values: u32) -> f64 {
    let freedom = f64::from(values.saturating_sub(STATES));
    ((STATED_WORTH + misfit) / (STATED_WORTH + freedom)).max(1.0)
}

/// What one step finds.
struct Arc {
    /// The improved state at the first plot, with its covariance.
    start: Estimate,
    /// The same at the last plot.
    end: Estimate,
    /// Sum of squared residuals after the step, each in its own standard deviations, as far as they change evenly with the state.
    misfit: f64,
    /// How far the step moved the state: squared, in standard deviations.
    moved: f64,
    /// Number of measured values.
    values: u32,
}

impl Arc {
    /// Whether the misfit is within so many standard deviations of what it must be: a chi-squared variable of n degrees of freedom
    /// has mean n and variance 2 n.
    fn is_likely(&self, sigmas: f64) -> bool {
        let values = f64::from(self.values);
        self.misfit <= values + sigmas * (2.0 * values).sqrt()
    }
}

/// What is sought: the state at the first plot, and the error of the wind.
const UNKNOWNS: usize = 9;
/// A wind that is known is known this well, m/s: the arithmetic wants more than nothing.
const WIND_SIGMA_MIN_MPS: f64 = 1e-3;

/// Information of the priors and their pull towards their means, about a state at the first plot.
fn prior(start: &State, wind_sigma_mps: f64) -> (SMatrix<f64, UNKNOWNS, UNKNOWNS>, SVector<f64, UNKNOWNS>) {
    let mut information = SMatrix::<f64, UNKNOWNS, UNKNOWNS>::zeros();
    let mut pull = SVector::<f64, UNKNOWNS>::zeros();
    let velocity = Motion::Ballistic.velocity_prior().diagonal();
    for axis in 0..3 {
        information[(3 + axis, 3 + axis)] = 1.0 / velocity[axis];
        pull[3 + axis] = -start[3 + axis] / velocity[axis];
    }
    information[(6, 6)] = 1.0 / (LN_BETA_SIGMA * LN_BETA_SIGMA);
    pull[6] = (LN_BETA_MEAN - start[6]) / (LN_BETA_SIGMA * LN_BETA_SIGMA);
    let wind_sigma_mps = wind_sigma_mps.max(WIND_SIGMA_MIN_MPS);
    (7..UNKNOWNS).for_each(|wind| information[(wind, wind)] = 1.0 / (wind_sigma_mps * wind_sigma_mps));
    (information, pull)
}

#[cfg(test)]
mod tests {
    use nalgebra::Vector3;
    use parapet_flight::{Body, advance};
    use parapet_frame::{HeardAt, MeasuredAt, SensorPose, SitePoint, Time};

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
            blanked: Vec::new(),
            trust: crate::Trust::default(),
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
            accuracy: None,
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
        let mut wrong = Bank::from_first(&plots[9]);
        let truth = flown(9);
        let mut belief = wrong.falling().unwrap();
        belief.mean.fixed_rows_mut::<3>(0).copy_from(&(truth.position_m + Vector3::new(60.0, -40.0, 50.0)));
        belief.mean.fixed_rows_mut::<3>(3).copy_from(&(truth.velocity_mps + Vector3::new(-15.0, 20.0, 10.0)));
        wrong.fell_all_along(belief);

        let better = remembered(&plots).refit(&environment, &wrong).expect("ten plots of one fall");
        assert!(better.all_along);
        let better = better.estimate;
        let off_mps = (better.body().velocity_mps - truth.velocity_mps).norm();
        assert!(off_mps < 10.0, "{off_mps} m/s");
        let off = (better.mean - state(&truth)).fixed_rows::<6>(0).into_owned();
        let information = better.covariance.fixed_view::<6, 6>(0, 0).into_owned().try_inverse().unwrap();
        let nees = off.dot(&(information * off)) / 6.0;
        assert!(nees < 2.5, "an error of {nees} times what is claimed");
    }

    /// A rocket of which the first two plots were seen while its motor burned: they are left out, and it is known to have burned.
    #[test]
    fn plots_of_a_burning_motor_are_left_out() {
        let environment = Environment::flat();
        let truth = |i: usize| advance(&environment, &rocket(), i as f64);
        let plots: Vec<Measurement> = (0..10)
            .map(|i| {
                let (mut velocity, flown) = (truth(i).velocity_mps, truth(i));
                if i < 2 {
                    velocity *= 0.8;
                }
                plot(&flown.position_m, &velocity, i as f64, i)
            })
            .collect();
        let mut filtered = Bank::surely_falling(&plots[9]);
        let mut belief = filtered.falling().unwrap();
        belief.mean = state(&truth(9));
        filtered.fell_all_along(belief);
        let mut remembered = remembered(&plots);
        let refit = remembered.refit(&environment, &filtered).expect("eight plots of one fall");
        assert!(!refit.all_along);
        assert_eq!(remembered.history.plots(), [2, 3, 4, 5, 6, 7, 8, 9]);
    }

    #[test]
    fn what_does_not_fall_is_left_alone() {
        let environment = Environment::flat();
        let velocity = Vector3::new(-60.0, -200.0, 0.0);
        let place = |i: usize| Vector3::new(4_000.0, 8_000.0, 900.0) + velocity * i as f64;
        let plots: Vec<Measurement> = (0..19).map(|i| plot(&place(i), &velocity, i as f64, i)).collect();
        assert!(remembered(&plots).refit(&environment, &Bank::from_first(&plots[18])).is_none());
    }

    #[test]
    fn doubt_and_want_of_room_end_it() {
        let one = plot(&rocket().position_m, &rocket().velocity_mps, 0.0, 0);
        let mut doubtful = remembered(&[one; 5]);
        assert_eq!(doubtful.history.plots().len(), 5);
        doubtful.history.doubt();
        doubtful.history.doubt();
        assert!(doubtful.refit(&Environment::flat(), &Bank::from_first(&one)).is_none());
        let mut full = remembered(&[one; PLOTS_MAX + 1]);
        assert!(full.history.full && full.refit(&Environment::flat(), &Bank::surely_falling(&one)).is_none());
    }

    /// What is remembered for the record spans the whole way, evenly, however long that is.
    #[test]
    fn a_long_way_is_remembered_thinly() {
        let plots: Vec<Measurement> =
            (0..200).map(|i| plot(&rocket().position_m, &rocket().velocity_mps, i as f64, i)).collect();
        let history = remembered(&plots).history;
        let kept: Vec<SightingNo> = history.plots().to_vec();
        let even: Vec<SightingNo> = (0..25).map(|i| 8 * i).collect();
        assert_eq!(kept, even);
    }

    /// The last while of a tracker that saw nothing but the plots of one thing.
    struct Remembered {
        sightings: Sightings,
        history: History,
        last_at: Time,
    }

    impl Remembered {
        fn refit(&mut self, environment: &Environment, filtered: &Bank) -> Option<Refit> {
            self.history.refit(&self.sightings, environment, filtered, self.last_at)
        }
    }

    fn remembered(plots: &[Measurement]) -> Remembered {
        let mut sightings = Sightings::with_room(100);
        plots.iter().for_each(|plot| sightings.keep(plot));
        let numbers = 1..plots.len() as SightingNo;
        let history = numbers.fold(History::of(0), |history, number| history.with(number, &sightings));
        Remembered { sightings, history, last_at: plots[plots.len() - 1].at }
    }

    fn state(body: &Body) -> State {
        let mut state = State::zeros();
        state.fixed_rows_mut::<3>(0).copy_from(&body.position_m);
        state.fixed_rows_mut::<3>(3).copy_from(&body.velocity_mps);
        state[6] = body.ln_beta;
        state
    }
}
