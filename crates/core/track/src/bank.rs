//! Several beliefs about one thing, one for each kind of motion, with their odds: an interacting multiple model
//! (Blom and Bar-Shalom 1988).

use nalgebra::Vector3;
use parapet_flight::Environment;
use parapet_frame::maths;

use crate::MotionOdds;
use crate::filter::{Estimate, Fit, Moment};
use crate::index::{Bound, Gate};
use crate::measurement::Measurement;
use crate::motion::{Covariance, Motion, State};
use crate::priors::{COOPERATIVE_ROUND, MOTION_ODDS, MOTION_ODDS_MIN, MOTION_RATES_PER_S};
use crate::sensor::Whereabouts;

/// Number of kinds of motion.
const KINDS: usize = Motion::ALL.len();

/// One belief for each kind of motion; those with odds of zero are not maintained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bank {
    estimates: [Estimate; KINDS],
    odds: [f64; KINDS],
}

/// Where a plot must lie to be weighed, for each kind of motion that is maintained.
pub(crate) type Gates = [Option<Gate>; KINDS];

/// A bank held against one plot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weighed {
    /// The odds of the kinds of motion if the plot is the thing's own.
    odds: [f64; KINDS],
    /// Logarithm of the plot's predicted density over all kinds of motion.
    pub(crate) log_likelihood: f64,
    /// Squared Mahalanobis distance by the kind of motion that it fits best.
    pub(crate) distance2: f64,
}

impl Bank {
    /// The beliefs after a single plot.
    pub(crate) fn from_first(measurement: &Measurement) -> Self {
        let firsts = Motion::ALL.map(|motion| Estimate::from_first(measurement, motion));
        let prior = |k: usize| {
            let round = Motion::ALL[k] != Motion::Level;
            if measurement.answers && round { MOTION_ODDS[k] * COOPERATIVE_ROUND } else { MOTION_ODDS[k] }
        };
        let odds = core::array::from_fn(|k| prior(k) * maths::exp(firsts[k].fit.log_likelihood));
        Bank { estimates: firsts.map(|first| first.estimate), odds: settled(odds) }
    }

    /// The odds of the kinds of motion.
    pub(crate) fn odds(&self) -> MotionOdds {
        let [ballistic, boosting, coasting, level] = self.odds;
        MotionOdds { ballistic, boosting, coasting, level }
    }

    #[cfg(test)]
    pub(crate) fn surely_falling(measurement: &Measurement) -> Self {
        Bank { odds: [1.0, 0.0, 0.0, 0.0], ..Bank::from_first(measurement) }
    }

    /// Whether it falls freely as probably as not.
    pub(crate) fn may_fall(&self) -> bool {
        self.odds().falling() >= 0.5
    }

    /// Takes a belief under which it fell freely ever since it was first seen.
    pub(crate) fn fell_all_along(&mut self, estimate: Estimate) {
        let [ballistic, boosting, coasting, level] = self.odds;
        self.estimates[0] = estimate;
        self.odds = [ballistic + coasting, boosting, 0.0, level];
    }

    /// Takes a belief under which it fell freely after a motor had burned.
    pub(crate) fn fell_after_boost(&mut self, estimate: Estimate) {
        let [ballistic, boosting, coasting, level] = self.odds;
        self.estimates[2] = estimate;
        self.odds = [0.0, boosting, ballistic + coasting, level];
    }

    /// Where it is a number of seconds from now, by the most probable kind of motion.
    pub(crate) fn place(&self, seconds: f64) -> Whereabouts {
        let leading = self.leading();
        self.estimates[leading].place(Motion::ALL[leading], seconds)
    }

    /// The most probable kind of motion.
    fn leading(&self) -> usize {
        (1..KINDS).fold(0, |best, k| if self.odds[k] > self.odds[best] { k } else { best })
    }

    /// The belief over all kinds of motion, as one Gaussian.
    pub(crate) fn merged(&self) -> Estimate {
        merge(self.odds.iter().copied().zip(self.estimates.iter()))
    }

    /// The mean of [`merged`](Self::merged).
    pub(crate) fn merged_mean(&self) -> State {
        let parts = self.estimates.iter().zip(self.odds);
        parts.filter(|(_, odds)| *odds > 0.0).fold(State::zeros(), |sum, (e, odds)| sum + e.mean * odds)
    }

    /// The belief given that the thing falls freely, as one Gaussian; `None` when it certainly does not.
    pub(crate) fn falling(&self) -> Option<Estimate> {
        let falling = [0, 2];
        let total: f64 = falling.iter().map(|&k| self.odds[k]).sum();
        (total > 0.0).then(|| merge(falling.iter().map(|&k| (self.odds[k] / total, &self.estimates[k]))))
    }

    /// Carries the beliefs a number of seconds on.
    pub(crate) fn predict(&mut self, environment: &Environment, seconds: f64) {
        self.mix(seconds);
        for (k, motion) in Motion::ALL.into_iter().enumerate() {
            if self.odds[k] > 0.0 {
                self.estimates[k].predict(environment, motion, seconds);
            }
        }
    }

    /// Where a plot must lie to be weighed, kind of motion by kind of motion; `worth` tells by what factor a density may fall, somewhere
    /// in a gate, and still matter.
    pub(crate) fn gates(
        &self,
        seconds: f64,
        from_m: &Vector3<f64>,
        bound: &Bound,
        worth: impl Fn(f64, &Gate) -> f64,
    ) -> Gates {
        core::array::from_fn(|k| {
            let gate = (self.odds[k] > 0.0).then(|| self.estimates[k].gate(Motion::ALL[k], seconds, from_m))?;
            let fall = worth(self.odds[k] * gate.peak, &gate);
            // A Gaussian falls by this factor at so many standard deviations.
            let sigmas = if fall < bound.fall { (2.0 * maths::ln(fall.max(1.0))).sqrt() } else { bound.sigmas };
            (sigmas > 0.0).then(|| gate.scaled(sigmas))
        })
    }

    /// The place and velocity by the most probable kind of motion.
    pub(crate) fn course(&self) -> (Vector3<f64>, Vector3<f64>) {
        let mean = &self.estimates[self.leading()].mean;
        (mean.fixed_rows::<3>(0).into_owned(), mean.fixed_rows::<3>(3).into_owned())
    }

    /// Half the width of a cube that moves on a course and holds every gate of so many standard deviations; see
    /// [`Cube`](crate::index::Cube).
    pub(crate) fn half_width(&self, centre: &Vector3<f64>, velocity: &Vector3<f64>, sigmas: f64) -> [f64; 3] {
        let kept = (0..KINDS).filter(|&k| self.odds[k] > 0.0);
        kept.fold([0.0; 3], |widest, k| {
            let (place, speed, noise) = self.estimates[k].spreads(Motion::ALL[k]);
            let mean = &self.estimates[k].mean;
            let own = [
                (mean.fixed_rows::<3>(0) - centre).amax() + sigmas * place,
                (mean.fixed_rows::<3>(3) - velocity).amax() + sigmas * speed,
                sigmas * noise,
            ];
            core::array::from_fn(|i| f64::max(widest[i], own[i]))
        })
    }

    /// Holds the bank against a plot.
    pub(crate) fn weigh(&self, gates: &Gates, bound: &Bound, measurement: &Measurement, moment: Moment<'_>) -> Weighed {
        let fit = |k: usize, gate: f64| self.estimates[k].fit(Motion::ALL[k], measurement, moment, gate);
        let mut fits: [Fit; KINDS] = core::array::from_fn(|k| {
            let is_near = gates[k].is_some_and(|gate| gate.holds(measurement));
            if is_near { fit(k, bound.distance2) } else { Fit::NONE }
        });
        let distance2 = fits.iter().map(|f| f.distance2).fold(f64::INFINITY, f64::min);
        if distance2 >= bound.distance2 {
            return Weighed { odds: self.odds, log_likelihood: f64::NEG_INFINITY, distance2: f64::INFINITY };
        }
        // Where one kind of motion explains the plot, the others must not be given up for being just outside their gates.
        for k in (0..KINDS).filter(|&k| self.odds[k] > 0.0) {
            if fits[k].distance2 == f64::INFINITY {
                fits[k] = fit(k, f64::INFINITY);
            }
        }
        let best = fits.iter().map(|f| f.log_likelihood).fold(f64::NEG_INFINITY, f64::max);
        let share = |k: usize| self.odds[k] * maths::exp(fits[k].log_likelihood - best);
        let shares: [f64; KINDS] = core::array::from_fn(share);
        let log_likelihood = best + maths::ln(shares.iter().sum());
        Weighed { odds: settled(shares), log_likelihood, distance2 }
    }

    /// The beliefs after a plot that was held against them.
    pub(crate) fn updated(&self, weighed: &Weighed, measurement: &Measurement, moment: Moment<'_>) -> Self {
        let estimates = core::array::from_fn(|k| {
            if weighed.odds[k] > 0.0 {
                self.estimates[k].updated(Motion::ALL[k], measurement, moment).estimate
            } else {
                self.estimates[k]
            }
        });
        Bank { estimates, odds: weighed.odds }
    }

    /// The beliefs if it was launched where and when a launch was heard, and the logarithm of the density that its way back has there;
    /// `None` where it surely is no round. `moment` is that of the launch.
    pub(crate) fn launched(&self, launch: &Measurement, moment: Moment<'_>) -> Option<(Self, f64)> {
        let is_round = |k: usize| self.odds[k] > 0.0 && Motion::ALL[k] != Motion::Level;
        let mut estimates = self.estimates;
        let mut logs = [f64::NEG_INFINITY; KINDS];
        for k in (0..KINDS).filter(|&k| is_round(k)) {
            let update = self.estimates[k].updated(Motion::ALL[k], launch, moment);
            (estimates[k], logs[k]) = (update.estimate, update.fit.log_likelihood);
        }
        let best = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if !best.is_finite() {
            return None;
        }
        let shares: [f64; KINDS] = core::array::from_fn(|k| self.odds[k] * maths::exp(logs[k] - best));
        let log_density = best + maths::ln(shares.iter().sum());
        Some((Bank { estimates, odds: settled(shares) }, log_density))
    }

    /// Takes up another bank, kind of motion by kind of motion, by the weights of the two.
    pub(crate) fn absorb(&mut self, weight: f64, other: &Bank, other_weight: f64) {
        let share = other_weight / (weight + other_weight);
        for k in 0..KINDS {
            let (mine, others) = ((1.0 - share) * self.odds[k], share * other.odds[k]);
            let odds = mine + others;
            if others > 0.0 {
                let parts = [(mine / odds, &self.estimates[k]), (others / odds, &other.estimates[k])];
                self.estimates[k] = merge(parts.into_iter());
            }
            self.odds[k] = odds;
        }
        self.odds = settled(self.odds);
    }

    /// The interaction step: each belief takes up what may have changed into its kind of motion meanwhile.
    fn mix(&mut self, seconds: f64) {
        let changes = changes(seconds);
        let before = self.odds;
        let mut after = [0.0; KINDS];
        let mut mixed = [None; KINDS];
        for to in 0..KINDS {
            let flow: [f64; KINDS] = core::array::from_fn(|from| before[from] * changes[from][to]);
            after[to] = flow.iter().sum();
            let comes_from_elsewhere = after[to] - flow[to];
            if after[to] > MOTION_ODDS_MIN && comes_from_elsewhere > 1e-9 * after[to] {
                mixed[to] = Some(merge((0..KINDS).map(|from| (flow[from] / after[to], &self.estimates[from]))));
            }
        }
        for (estimate, mixed) in self.estimates.iter_mut().zip(&mixed) {
            if let Some(mixed) = mixed {
                *estimate = *mixed;
            }
        }
        self.odds = settled(after);
    }
}

/// Probability of each change of motion within a number of seconds: row from, column to. Instead of an exponential its
/// reciprocal's series, which agrees to a hundredth as long as a change is less probable than not.
fn changes(seconds: f64) -> [[f64; KINDS]; KINDS] {
    let mut changes = [[0.0; KINDS]; KINDS];
    for (row, rates) in changes.iter_mut().zip(MOTION_RATES_PER_S) {
        for (chance, rate) in row.iter_mut().zip(rates) {
            let expected = rate * seconds;
            *chance = 1.0 - 1.0 / (1.0 + expected + 0.5 * expected * expected);
        }
    }
    for (kind, row) in changes.iter_mut().enumerate() {
        row[kind] = (1.0 - row.iter().sum::<f64>()).max(0.0);
    }
    changes
}

/// Odds that add up to 1, without the hopeless ones.
fn settled(odds: [f64; KINDS]) -> [f64; KINDS] {
    let total: f64 = odds.iter().sum();
    if total.is_nan() || total <= 0.0 {
        return MOTION_ODDS;
    }
    let kept = odds.map(|o| if o / total < MOTION_ODDS_MIN { 0.0 } else { o });
    let total: f64 = kept.iter().sum();
    kept.map(|o| o / total)
}

/// The Gaussian with the mean and covariance of a mixture; weights add up to 1.
pub(crate) fn merge<'a>(parts: impl Iterator<Item = (f64, &'a Estimate)> + Clone) -> Estimate {
    let used = parts.filter(|(weight, _)| *weight > 0.0);
    let mut only = used.clone();
    if let (Some((_, estimate)), None) = (only.next(), only.next()) {
        return *estimate;
    }
    let mean = used.clone().fold(State::zeros(), |sum, (weight, e)| sum + e.mean * weight);
    let covariance = used.fold(Covariance::zeros(), |sum, (weight, e)| {
        let off = e.mean - mean;
        sum + (e.covariance + off * off.transpose()) * weight
    });
    Estimate { mean, covariance }
}
