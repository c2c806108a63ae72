//! Several explanations of what one track has seen, kept apart until the plots decide between them.
//!
//! When two plots may both be a track's, merging what follows from each into one Gaussian makes neighbours run together and
//! makes the merged belief surer than it should be. So each explanation is kept with its probability and the plots that it rests
//! on, as a Gaussian mixture (Reid 1979; within one Bernoulli component, Garcia-Fernandez et al. 2018); what has become alike is
//! merged, what has become improbable is dropped.

use nalgebra::{SVector, Vector3};
use parapet_flight::Environment;
use parapet_frame::{Time, maths};

use crate::MotionOdds;
use crate::acoustic::launch_odds;
use crate::bank::{Bank, Gates, Weighed};
use crate::filter::{Estimate, Moment};
use crate::index::{Bound, Cube, Gate, Reach};
use crate::measurement::Measurement;
use crate::priors::{ALIKE, EXPLANATION_MIN, MASS_MIN};
use crate::refit::{History, WholeArc};
use crate::sensor::Whereabouts;
use crate::sightings::{SightingNo, Sightings};

/// One explanation of what a track has seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Explanation {
    weight: f64,
    bank: Bank,
    history: History,
    /// It comes from a launch that was heard.
    heard: bool,
}

/// Explanations with their probabilities, which add up to 1; the most probable first.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Beliefs {
    parts: Vec<Explanation>,
}

/// A plot that some beliefs were held against, and the probability with which they gave it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim<'a> {
    pub(crate) mass: f64,
    pub(crate) beliefs: &'a Beliefs,
    pub(crate) fit: PlotFit,
    pub(crate) weighed: &'a [Weighed],
    pub(crate) number: SightingNo,
    pub(crate) measurement: &'a Measurement,
    pub(crate) moment: Moment<'a>,
}

/// How well a plot fits beliefs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlotFit {
    /// Logarithm of the plot's predicted density over all explanations.
    pub(crate) log_likelihood: f64,
    /// Squared Mahalanobis distance by the explanation that it fits best.
    pub(crate) distance2: f64,
}

impl Beliefs {
    /// After a single plot.
    pub(crate) fn from_first(measurement: &Measurement, number: SightingNo, rooms: &mut Rooms) -> Self {
        let (bank, history) = (Bank::from_first(measurement), History::of(number));
        Beliefs { parts: rooms.filled(&[Explanation { weight: 1.0, bank, history, heard: false }]) }
    }

    /// Gives the memory back; nothing is believed any more.
    pub(crate) fn give_back(&mut self, rooms: &mut Rooms) {
        rooms.take_back(core::mem::take(&mut self.parts));
    }

    /// The odds of the kinds of motion.
    pub(crate) fn odds(&self) -> MotionOdds {
        let none = MotionOdds { ballistic: 0.0, boosting: 0.0, coasting: 0.0, level: 0.0 };
        self.parts.iter().fold(none, |sum, Explanation { weight, bank, .. }| {
            let odds = bank.odds();
            MotionOdds {
                ballistic: sum.ballistic + weight * odds.ballistic,
                boosting: sum.boosting + weight * odds.boosting,
                coasting: sum.coasting + weight * odds.coasting,
                level: sum.level + weight * odds.level,
            }
        })
    }

    /// Number of explanations.
    pub(crate) fn len(&self) -> usize {
        self.parts.len()
    }

    /// The same in other memory.
    pub(crate) fn copied(&self, rooms: &mut Rooms) -> Self {
        Beliefs { parts: rooms.filled(&self.parts) }
    }

    /// The most probable explanation as one Gaussian, as it will be some seconds from now: what a person is shown, since the mean of
    /// several may lie where nothing is.
    pub(crate) fn leading(&self, environment: &Environment, seconds: f64) -> Estimate {
        if seconds > 0.0 {
            let mut bank = self.parts[0].bank;
            bank.predict(environment, seconds);
            return bank.merged();
        }
        self.parts[0].bank.merged()
    }

    /// The most probable explanation given that the thing falls freely; `None` where it certainly does not.
    pub(crate) fn leading_fall(&self) -> Option<Estimate> {
        self.parts[0].bank.falling()
    }

    /// The explanations given that the thing falls freely, each as one Gaussian with its probability.
    pub(crate) fn falling(&self) -> impl Iterator<Item = (f64, Estimate)> {
        let total = self.odds().falling();
        self.parts
            .iter()
            .filter_map(move |part| Some((part.weight * part.bank.odds().falling() / total, part.bank.falling()?)))
    }

    /// Where it is some seconds from now, by the most probable explanation.
    pub(crate) fn place(&self, seconds: f64) -> Whereabouts {
        self.parts[0].bank.place(seconds)
    }

    /// Carries the beliefs a number of seconds on.
    pub(crate) fn predict(&mut self, environment: &Environment, seconds: f64) {
        self.parts.iter_mut().for_each(|part| part.bank.predict(environment, seconds));
    }

    /// A cube that holds all gates of so many standard deviations.
    pub(crate) fn cube(&self, sigmas: f64) -> Cube {
        let (centre, velocity) = self.parts[0].bank.course();
        let half = self.parts.iter().fold([0.0; 3], |widest, part| {
            let own = part.bank.half_width(&centre, &velocity, sigmas);
            core::array::from_fn(|i| f64::max(widest[i], own[i]))
        });
        Cube { centre, velocity, half }
    }

    /// Where a plot must lie some seconds from now to be weighed, explanation by explanation, given by what factor a density may fall
    /// and still matter, and widened by what makes plots lie off their things. Returned is what holds all of it; `None` where nothing
    /// matters.
    pub(crate) fn gates(
        &self,
        seconds: f64,
        from_m: &Vector3<f64>,
        bound: &Bound,
        worth: impl Fn(f64, &Gate) -> f64,
        widen: impl Fn(Gate) -> Gate,
        gates: &mut Vec<Gates>,
    ) -> Option<Reach> {
        gates.clear();
        gates.extend(self.parts.iter().map(|part| {
            let worth = |density: f64, gate: &Gate| worth(part.weight * density, gate);
            part.bank.gates(seconds, from_m, bound, worth).map(|gate| gate.map(&widen))
        }));
        gates.iter().flatten().flatten().map(Gate::reach).reduce(Reach::union)
    }

    /// Holds the beliefs against a plot; what each explanation says of it is added to `weighed`.
    pub(crate) fn weigh(
        &self,
        gates: &[Gates],
        bound: &Bound,
        measurement: &Measurement,
        moment: Moment<'_>,
        weighed: &mut Vec<Weighed>,
    ) -> PlotFit {
        let from = weighed.len();
        let parts = self.parts.iter().zip(gates);
        weighed.extend(parts.map(|(part, gates)| part.bank.weigh(gates, bound, measurement, moment)));
        let own = &weighed[from..];
        let best = own.iter().map(|w| w.log_likelihood).fold(f64::NEG_INFINITY, f64::max);
        let distance2 = own.iter().map(|w| w.distance2).fold(f64::INFINITY, f64::min);
        if own.len() == 1 || !best.is_finite() {
            return PlotFit { log_likelihood: best, distance2 };
        }
        let share = |(part, w): (&Explanation, &Weighed)| part.weight * maths::exp(w.log_likelihood - best);
        let sum: f64 = self.parts.iter().zip(own).map(share).sum();
        PlotFit { log_likelihood: best + maths::ln(sum), distance2 }
    }

    /// The beliefs after a look: the thing was missed with one probability and gave plots with others, as claimed from these beliefs
    /// or from those of neighbours. With the probability of all that is kept; `None` where that is nothing.
    pub(crate) fn after<'a>(
        &self,
        missed: f64,
        claims: impl Iterator<Item = Claim<'a>> + Clone,
        sightings: &Sightings,
        explanations_max: usize,
        rooms: &mut Rooms,
    ) -> Option<(Self, f64)> {
        let mut parts = rooms.desk();
        let total = missed + claims.clone().map(|claim| claim.mass).sum::<f64>();
        let likely = |part: &Explanation, mass: f64| {
            let mass = mass * part.weight;
            mass >= EXPLANATION_MIN * total && mass >= MASS_MIN
        };
        for part in self.parts.iter().filter(|part| likely(part, missed)) {
            parts.push(Explanation { weight: missed / total * part.weight, ..*part });
        }
        for claim in claims {
            for (part, weighed) in claim.beliefs.parts.iter().zip(claim.weighed) {
                let share = if claim.weighed.len() == 1 {
                    1.0
                } else {
                    maths::exp(weighed.log_likelihood - claim.fit.log_likelihood)
                };
                if likely(part, claim.mass * share) {
                    parts.push(Explanation {
                        weight: claim.mass * share / total * part.weight,
                        bank: part.bank.updated(weighed, claim.measurement, claim.moment),
                        history: part.history.with(claim.number, sightings),
                        heard: part.heard,
                    });
                }
            }
        }
        let kept = total * parts.iter().map(|part| part.weight).sum::<f64>();
        settle(&mut parts, explanations_max.max(1));
        let after = (!parts.is_empty()).then(|| (Beliefs { parts: rooms.filled(&parts) }, kept));
        rooms.clear_desk(parts);
        after
    }

    /// Takes in that a launch was heard: to each explanation comes another, by which it is this thing's own. Returned is how much
    /// likelier that makes it that there is a thing at all.
    pub(crate) fn hear(&mut self, launch: &Measurement, moment: Moment<'_>, explanations_max: usize) -> f64 {
        let own = self.parts.iter().filter(|part| !part.heard).filter_map(|part| {
            let (bank, log_density) = part.bank.launched(launch, moment)?;
            Some(Explanation { weight: part.weight * launch_odds(log_density), bank, heard: true, ..*part })
        });
        let own: Vec<Explanation> = own.collect();
        let gain = 1.0 + own.iter().map(|part| part.weight).sum::<f64>();
        self.parts.extend(own.into_iter().filter(|part| part.weight >= EXPLANATION_MIN * gain));
        settle(&mut self.parts, explanations_max.max(1));
        gain
    }

    /// Probability that it comes from a launch that was heard.
    pub(crate) fn heard(&self) -> f64 {
        self.parts.iter().filter(|part| part.heard).map(|part| part.weight).sum()
    }

    /// The whole arc by the explanation under which it most probably fell; the beliefs are valid at an instant.
    pub(crate) fn whole_arc(&self, environment: &Environment, sightings: &Sightings, at: Time) -> Option<WholeArc> {
        let falls = |part: &Explanation| part.weight * part.bank.odds().falling();
        let part = self.parts.iter().max_by(|a, b| falls(a).total_cmp(&falls(b)))?;
        part.history.whole_arc(sightings, environment, &part.bank, at)
    }

    /// The plots that the most probable explanation rests on, in the order in which they were measured.
    pub(crate) fn leading_plots(&self) -> &[SightingNo] {
        self.parts[0].history.plots()
    }

    /// Fits explanations anew to all their plots, where it is the moment for it.
    pub(crate) fn refit(&mut self, environment: &Environment, sightings: &Sightings, at: Time) {
        /// An explanation less probable than this is not worth it.
        const WORTH_FITTING: f64 = 0.05;
        let worth = |part: &&mut Explanation| part.weight >= WORTH_FITTING && part.bank.may_fall();
        for part in self.parts.iter_mut().filter(worth) {
            if let Some(refit) = part.history.refit(sightings, environment, &part.bank, at) {
                if refit.all_along {
                    part.bank.fell_all_along(refit.estimate);
                } else {
                    part.bank.fell_after_boost(refit.estimate);
                }
            }
        }
    }
}

/// Memory for beliefs, so that hardly any is taken while the tracker runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rooms {
    /// By what they hold: those for up to 1, 2, 4, 8, ... explanations. A new one is taken only when more of a size are in use than
    /// ever before.
    free: Vec<Vec<Vec<Explanation>>>,
    /// Where explanations are put together before it is known how many remain.
    desk: Vec<Explanation>,
}

impl Rooms {
    /// The smallest that holds so many explanations, filled with these.
    fn filled(&mut self, parts: &[Explanation]) -> Vec<Explanation> {
        let room = parts.len().next_power_of_two();
        let free = self.free.get_mut(room.ilog2() as usize).and_then(Vec::pop);
        let mut filled = free.unwrap_or_else(|| Vec::with_capacity(room));
        filled.extend_from_slice(parts);
        filled
    }

    fn take_back(&mut self, mut room: Vec<Explanation>) {
        room.clear();
        let Some(size) = room.capacity().checked_ilog2() else { return };
        let size = size as usize;
        if self.free.len() <= size {
            self.free.resize_with(size + 1, Vec::new);
        }
        self.free[size].push(room);
    }

    fn desk(&mut self) -> Vec<Explanation> {
        core::mem::take(&mut self.desk)
    }

    fn clear_desk(&mut self, mut desk: Vec<Explanation>) {
        desk.clear();
        self.desk = desk;
    }
}

/// Merges explanations that are alike, drops the least probable of too many, and makes probabilities add up to 1.
fn settle(parts: &mut Vec<Explanation>, explanations_max: usize) {
    if parts.len() > 1 {
        parts.sort_unstable_by(|a, b| b.weight.total_cmp(&a.weight));
        merge_alike(parts, explanations_max);
        parts.sort_unstable_by(|a, b| b.weight.total_cmp(&a.weight));
        parts.truncate(explanations_max);
    }
    let total: f64 = parts.iter().map(|part| part.weight).sum();
    parts.iter_mut().for_each(|part| part.weight /= total);
}

/// Takes the most probable explanation, merges into it every other that it cannot be told from, and goes on with the rest.
fn merge_alike(parts: &mut Vec<Explanation>, explanations_max: usize) {
    /// Part of an explanation that another, taken up into it, must have to put its history into doubt.
    const DOUBT_MIN: f64 = 0.05;
    let mut head = 0;
    while head < parts.len() && head < explanations_max {
        let estimate = parts[head].bank.merged();
        let place_and_velocity = estimate.covariance.fixed_view::<6, 6>(0, 0).into_owned();
        if let Some(metric) = place_and_velocity.cholesky() {
            let alike = |other: &Explanation| {
                let off: SVector<f64, 6> = (other.bank.merged_mean() - estimate.mean).fixed_rows::<6>(0).into_owned();
                off.dot(&metric.solve(&off)) < ALIKE
            };
            let (leading, rest) = parts.split_at_mut(head + 1);
            let leading = &mut leading[head];
            for other in rest {
                if alike(other) {
                    if other.weight > DOUBT_MIN * leading.weight {
                        leading.history.doubt();
                    }
                    leading.bank.absorb(leading.weight, &other.bank, other.weight);
                    leading.weight += core::mem::take(&mut other.weight);
                }
            }
            parts.retain(|part| part.weight > 0.0);
        }
        head += 1;
    }
}
