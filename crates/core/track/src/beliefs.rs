//! Several explanations of what one track has seen, kept apart until the plots decide between them.
//!
//! When two plots may both be a track's, merging what follows from each into one Gaussian makes neighbours run together and
//! makes the merged belief surer than it should be. So each explanation is kept with its probability, as a Gaussian mixture
//! (Reid 1979; within one Bernoulli component, Garcia-Fernandez et al. 2018); what has become alike is merged, what has become
//! improbable is dropped.

use nalgebra::{SVector, Vector3};
use parapet_flight::Environment;
use parapet_frame::maths;

use crate::MotionOdds;
use crate::bank::{Bank, Weighed, merge};
use crate::filter::{Estimate, Moment};
use crate::measurement::Measurement;
use crate::priors::{ALIKE, EXPLANATION_MIN, EXPLANATIONS_MAX};

/// Explanations with their probabilities, which add up to 1; the most probable first.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Beliefs {
    parts: Vec<(f64, Bank)>,
}

/// A plot that is the track's own with a probability.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim<'a> {
    pub(crate) probability: f64,
    pub(crate) held: &'a Held,
    pub(crate) measurement: &'a Measurement,
    pub(crate) moment: Moment<'a>,
}

/// Beliefs held against one plot.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    parts: Vec<Weighed>,
    /// Logarithm of the plot's predicted density over all explanations.
    pub(crate) log_likelihood: f64,
    /// Squared Mahalanobis distance by the explanation that it fits best.
    pub(crate) distance2: f64,
}

impl Beliefs {
    pub(crate) fn from_first(measurement: &Measurement) -> Self {
        Beliefs { parts: vec![(1.0, Bank::from_first(measurement))] }
    }

    /// The odds of the kinds of motion.
    pub(crate) fn odds(&self) -> MotionOdds {
        let none = MotionOdds { ballistic: 0.0, boosting: 0.0, coasting: 0.0, level: 0.0 };
        self.parts.iter().fold(none, |sum, (weight, bank)| {
            let odds = bank.odds();
            MotionOdds {
                ballistic: sum.ballistic + weight * odds.ballistic,
                boosting: sum.boosting + weight * odds.boosting,
                coasting: sum.coasting + weight * odds.coasting,
                level: sum.level + weight * odds.level,
            }
        })
    }

    /// All explanations and kinds of motion as one Gaussian.
    pub(crate) fn merged(&self) -> Estimate {
        let parts: Vec<(f64, Estimate)> = self.parts.iter().map(|(weight, bank)| (*weight, bank.merged())).collect();
        merge(parts.iter().map(|(weight, estimate)| (*weight, estimate)))
    }

    /// The beliefs of a track of which only one explanation is left, and that a fall.
    pub(crate) fn surely_falling(&mut self) -> Option<&mut Bank> {
        match self.parts.as_mut_slice() {
            [(_, only)] if only.surely_falls() => Some(only),
            _ => None,
        }
    }

    /// The most probable explanation as one Gaussian: what a person is shown, since the mean of several may lie where nothing is.
    pub(crate) fn leading(&self) -> Estimate {
        self.parts[0].1.merged()
    }

    /// The explanations given that the thing falls freely, each as one Gaussian with its probability.
    pub(crate) fn falling(&self) -> Vec<(f64, Estimate)> {
        let falls = |(weight, bank): &(f64, Bank)| Some((weight * bank.odds().falling(), bank.falling()?));
        let mut parts: Vec<(f64, Estimate)> = self.parts.iter().filter_map(falls).collect();
        let total: f64 = parts.iter().map(|(weight, _)| weight).sum();
        parts.iter_mut().for_each(|(weight, _)| *weight /= total);
        parts
    }

    /// Where the thing may be a number of seconds from now: a centre, and the half-width of a box that holds it.
    pub(crate) fn reach(&self, seconds: f64) -> (Vector3<f64>, f64) {
        let boxes: Vec<(Vector3<f64>, f64)> = self.parts.iter().map(|(_, bank)| bank.reach(seconds)).collect();
        let centre = boxes[0].0;
        let half_width_m = boxes.iter().map(|(c, half)| (c - centre).amax() + half).fold(0.0, f64::max);
        (centre, half_width_m)
    }

    /// The beliefs a number of seconds later.
    pub(crate) fn predicted(&self, environment: &Environment, seconds: f64) -> Self {
        Beliefs {
            parts: self.parts.iter().map(|(weight, bank)| (*weight, bank.predicted(environment, seconds))).collect(),
        }
    }

    /// Holds the beliefs against a plot.
    pub(crate) fn weigh(&self, measurement: &Measurement, moment: Moment<'_>) -> Held {
        let parts: Vec<Weighed> = self.parts.iter().map(|(_, bank)| bank.weigh(measurement, moment)).collect();
        let best = parts.iter().map(|w| w.log_likelihood).fold(f64::NEG_INFINITY, f64::max);
        let distance2 = parts.iter().map(|w| w.distance2).fold(f64::INFINITY, f64::min);
        if !best.is_finite() {
            return Held { parts, log_likelihood: best, distance2 };
        }
        let share = |((weight, _), w): (&(f64, Bank), &Weighed)| weight * maths::exp(w.log_likelihood - best);
        let sum: f64 = self.parts.iter().zip(&parts).map(share).sum();
        Held { parts, log_likelihood: best + maths::ln(sum), distance2 }
    }

    /// The beliefs after a look in which the thing was missed with one probability and gave each of some plots with others.
    pub(crate) fn combined(&self, missed: f64, plots: &[Claim<'_>]) -> Self {
        let mut parts = Vec::with_capacity(self.parts.len() * (plots.len() + 1));
        for (i, (weight, bank)) in self.parts.iter().enumerate() {
            if missed * weight >= EXPLANATION_MIN {
                parts.push((missed * weight, bank.clone()));
            }
            for claim in plots {
                let weighed = &claim.held.parts[i];
                let share = maths::exp(weighed.log_likelihood - claim.held.log_likelihood);
                let weight = claim.probability * weight * share;
                if weight >= EXPLANATION_MIN {
                    parts.push((weight, bank.updated(weighed, claim.measurement, claim.moment)));
                }
            }
        }
        if parts.is_empty() {
            return self.clone();
        }
        Beliefs { parts: settled(parts) }
    }
}

/// Explanations that are alike merged, the least probable of too many dropped, probabilities adding up to 1.
fn settled(mut parts: Vec<(f64, Bank)>) -> Vec<(f64, Bank)> {
    // A stable sort keeps the order of plots between equals.
    parts.sort_by(|a, b| b.0.total_cmp(&a.0));
    if parts.len() > 1 {
        parts = merge_alike(parts);
    }
    parts.truncate(EXPLANATIONS_MAX);
    let total: f64 = parts.iter().map(|(weight, _)| weight).sum();
    parts.iter_mut().for_each(|(weight, _)| *weight /= total);
    parts
}

/// Takes the most probable explanation, merges into it every other that it cannot be told from, and goes on with the rest.
fn merge_alike(parts: Vec<(f64, Bank)>) -> Vec<(f64, Bank)> {
    let mut rest: Vec<(f64, Bank, Estimate)> = parts
        .into_iter()
        .map(|(weight, bank)| {
            let merged = bank.merged();
            (weight, bank, merged)
        })
        .collect();
    let mut kept = Vec::new();
    while !rest.is_empty() && kept.len() < EXPLANATIONS_MAX {
        let (_, _, head) = &rest[0];
        let metric = head.covariance.fixed_view::<6, 6>(0, 0).into_owned().cholesky();
        let alike = |estimate: &Estimate| {
            let off: SVector<f64, 6> = (estimate.mean - head.mean).fixed_rows::<6>(0).into_owned();
            metric.as_ref().is_some_and(|metric| off.dot(&metric.solve(&off)) < ALIKE)
        };
        let flags: Vec<bool> = rest.iter().enumerate().map(|(i, (_, _, e))| i == 0 || alike(e)).collect();
        let (mut group, mut others) = (Vec::new(), Vec::new());
        for (flag, (weight, bank, estimate)) in flags.into_iter().zip(rest) {
            if flag { group.push((weight, bank)) } else { others.push((weight, bank, estimate)) }
        }
        kept.push(Bank::merged_from(group));
        rest = others;
    }
    kept
}
