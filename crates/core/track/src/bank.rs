//! Several beliefs about one thing, one for each kind of motion, with their odds: an interacting multiple model
//! (Blom and Bar-Shalom 1988).

use nalgebra::Vector3;
use parapet_flight::Environment;
use parapet_frame::maths;

use crate::MotionOdds;
use crate::filter::{Estimate, Fit, Moment};
use crate::measurement::Measurement;
use crate::motion::{Covariance, Motion, State};
use crate::priors::{COOPERATIVE_ROUND, MOTION_ODDS, MOTION_ODDS_MIN, MOTION_RATES_PER_S};

/// Number of kinds of motion.
const KINDS: usize = Motion::ALL.len();

/// One belief for each kind of motion; those with odds of zero are not maintained.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bank {
    estimates: [Estimate; KINDS],
    odds: [f64; KINDS],
}

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

    /// Where the thing may be a number of seconds from now: a centre, and the half-width of a box that holds it.
    pub(crate) fn reach(&self, seconds: f64) -> (Vector3<f64>, f64) {
        /// Standard deviations that count as certain.
        const SIGMAS: f64 = 5.0;
        let place = |e: &Estimate| e.mean.fixed_rows::<3>(0) + e.mean.fixed_rows::<3>(3) * seconds;
        let alive = || (0..KINDS).filter(|&k| self.odds[k] > 0.0);
        let centre = alive().fold(Vector3::zeros(), |sum, k| sum + place(&self.estimates[k]) * self.odds[k]);
        let half_width_m = alive()
            .map(|k| {
                let sigma_m = self.estimates[k].place_sigma_m(Motion::ALL[k], seconds);
                (place(&self.estimates[k]) - centre).norm() + SIGMAS * sigma_m
            })
            .fold(0.0, f64::max);
        (centre, half_width_m)
    }

    /// The odds of the kinds of motion.
    pub(crate) fn odds(&self) -> MotionOdds {
        let [ballistic, boosting, coasting, level] = self.odds;
        MotionOdds { ballistic, boosting, coasting, level }
    }

    /// Whether it falls freely, as good as certainly.
    pub(crate) fn surely_falls(&self) -> bool {
        /// Odds that count as certain.
        const SURE: f64 = 0.98;
        self.odds().falling() >= SURE
    }

    /// Takes a belief under which it fell freely ever since it was first seen.
    pub(crate) fn fell_all_along(&mut self, estimate: Estimate) {
        let [ballistic, boosting, coasting, level] = self.odds;
        self.estimates[0] = estimate;
        self.odds = [ballistic + coasting, boosting, 0.0, level];
    }

    /// The belief over all kinds of motion, as one Gaussian.
    pub(crate) fn merged(&self) -> Estimate {
        merge(self.odds.iter().copied().zip(self.estimates.iter()))
    }

    /// The belief given that the thing falls freely, as one Gaussian; `None` when it certainly does not.
    pub(crate) fn falling(&self) -> Option<Estimate> {
        let falling = [0, 2];
        let total: f64 = falling.iter().map(|&k| self.odds[k]).sum();
        (total > 0.0).then(|| merge(falling.iter().map(|&k| (self.odds[k] / total, &self.estimates[k]))))
    }

    /// The beliefs a number of seconds later.
    pub(crate) fn predicted(&self, environment: &Environment, seconds: f64) -> Self {
        let mixed = self.mixed(seconds);
        let estimates = core::array::from_fn(|k| {
            if mixed.odds[k] > 0.0 {
                mixed.estimates[k].predicted(environment, Motion::ALL[k], seconds)
            } else {
                mixed.estimates[k]
            }
        });
        Bank { estimates, odds: mixed.odds }
    }

    /// Holds the bank against a plot.
    pub(crate) fn weigh(&self, measurement: &Measurement, moment: Moment<'_>) -> Weighed {
        let fits: [Option<Fit>; KINDS] = core::array::from_fn(|k| {
            (self.odds[k] > 0.0).then(|| self.estimates[k].fit(Motion::ALL[k], measurement, moment))
        });
        let best = fits.iter().flatten().map(|f| f.log_likelihood).fold(f64::NEG_INFINITY, f64::max);
        let share = |k: usize| fits[k].map_or(0.0, |f| self.odds[k] * maths::exp(f.log_likelihood - best));
        let shares: [f64; KINDS] = core::array::from_fn(share);
        let distance2 = fits.iter().flatten().map(|f| f.distance2).fold(f64::INFINITY, f64::min);
        if !best.is_finite() {
            return Weighed { odds: self.odds, log_likelihood: f64::NEG_INFINITY, distance2 };
        }
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

    /// Several weighted banks as one, kind of motion by kind of motion; with their summed weight.
    pub(crate) fn merged_from(mut banks: Vec<(f64, Bank)>) -> (f64, Bank) {
        let total: f64 = banks.iter().map(|(weight, _)| weight).sum();
        if banks.len() == 1 {
            let (_, bank) = banks.swap_remove(0);
            return (total, bank);
        }
        let mut merged = banks[0].1.clone();
        for k in 0..KINDS {
            let odds: f64 = banks.iter().map(|(weight, bank)| weight * bank.odds[k]).sum();
            if odds > 0.0 {
                merged.estimates[k] = merge(banks.iter().map(|(w, b)| (w * b.odds[k] / odds, &b.estimates[k])));
            }
            merged.odds[k] = odds / total;
        }
        merged.odds = settled(merged.odds);
        (total, merged)
    }

    /// The interaction step: each belief takes up what may have changed into its kind of motion meanwhile.
    fn mixed(&self, seconds: f64) -> Self {
        let chance = |from: usize, to: usize| {
            if from == to {
                1.0 - MOTION_RATES_PER_S[from].iter().map(|rate| 1.0 - maths::exp(-rate * seconds)).sum::<f64>()
            } else {
                1.0 - maths::exp(-MOTION_RATES_PER_S[from][to] * seconds)
            }
        };
        let mut odds = [0.0; KINDS];
        let mut estimates = self.estimates;
        for to in 0..KINDS {
            let flow: [f64; KINDS] = core::array::from_fn(|from| {
                if self.odds[from] > 0.0 { self.odds[from] * chance(from, to).max(0.0) } else { 0.0 }
            });
            odds[to] = flow.iter().sum();
            let comes_from_elsewhere = odds[to] - flow[to];
            if odds[to] > 0.0 && comes_from_elsewhere > 1e-9 * odds[to] {
                estimates[to] = merge((0..KINDS).map(|from| (flow[from] / odds[to], &self.estimates[from])));
            }
        }
        Bank { estimates, odds: settled(odds) }
    }
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
