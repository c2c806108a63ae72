//! Sensors whose places run away.
//!
//! Somebody who leads a sensor's places astray slowly, or a fault that grows, would be learnt as a bias that changes. So beside the
//! belief about biases there are trials: each begins with what is known of the biases, gives every sensor a drift besides, and
//! is judged for a minute by what it finds. Trials overlap, so that whenever a drift begins, one is young enough to see it.

use nalgebra::{Matrix3, Vector3};
use parapet_frame::Time;

use super::belief::Belief;
use super::geometry::symmetric;
use super::window::{Layout, Window};
use crate::{DriftReport, SensorId, SensorModel};

/// Sensors beyond which nobody's drift is sought: the work grows with the square.
const SENSORS_MAX: usize = 16;
/// Seconds between the beginnings of two trials, and for which each lasts.
const EVERY_S: f64 = 15.0;
const LASTS_S: f64 = 75.0;
/// Seconds that a trial must have seen before it is believed.
const JUDGED_AFTER_S: f64 = 15.0;
/// Standard deviation of a drift beforehand, m/s on each axis.
const DRIFT_SIGMA_MPS: f64 = 3.0;
/// A slower drift is not worth telling, m/s.
const DRIFT_MIN_MPS: f64 = 0.3;
/// Squared distance from no drift, in its own covariance, from which on one is told: by chance one time in ten million (chi-squared,
/// three degrees of freedom).
const TOLD_FROM: f64 = 35.0;
/// The same against each of several others, which agree among themselves.
const AGAINST_EACH_FROM: f64 = 0.5 * TOLD_FROM;
/// Times in a row that it must be found.
const TIMES: u8 = 2;

/// One trial.
#[derive(Clone, Debug)]
struct Trial {
    since: Time,
    belief: Belief,
    found: u8,
}

/// All trials that run.
#[derive(Clone, Debug, Default)]
pub(super) struct Drifts {
    trials: Vec<Trial>,
}

impl Drifts {
    /// Takes a window into all trials; returns a drift that has been found.
    pub(super) fn take(
        &mut self,
        at: Time,
        window: &Window,
        models: &[SensorModel],
        biases: &Belief,
    ) -> Option<DriftReport> {
        if models.len() > SENSORS_MAX {
            return None;
        }
        self.trials.retain(|trial| at.seconds_since(trial.since) < LASTS_S);
        if self.trials.last().is_none_or(|trial| at.seconds_since(trial.since) >= EVERY_S) {
            self.trials.push(Trial { since: at, belief: widened(biases, models.len()), found: 0 });
        }
        let mut told = None;
        for trial in &mut self.trials {
            let layout = Layout::Drifts { since: trial.since };
            let Some(rows) = window.rows(models, &trial.belief, layout) else { continue };
            let (after, innovations2) = trial.belief.after(&rows);
            if !Window::is_likely(&rows, innovations2) {
                continue;
            }
            trial.belief = after;
            if at.seconds_since(trial.since) < JUDGED_AFTER_S {
                continue;
            }
            match trial.belief.drifting(at, &window.sensors()) {
                Some(report) => {
                    trial.found += 1;
                    told = told.or((trial.found >= TIMES).then_some(report));
                }
                None => trial.found = 0,
            }
        }
        if told.is_some() {
            self.trials.clear();
        }
        told
    }
}

/// The biases with a drift of every sensor besides.
fn widened(biases: &Belief, sensors: usize) -> Belief {
    let mut wide = Belief::of_sigmas(&vec![DRIFT_SIGMA_MPS; 7 * sensors]);
    let place = |unknown: usize| unknown / 4 * 7 + unknown % 4;
    for row in 0..4 * sensors {
        wide.mean[place(row)] = biases.mean[row];
        wide.covariance.set(place(row), place(row), 0.0);
        for column in 0..4 * sensors {
            wide.covariance.set(place(row), place(column), biases.covariance.at(row, column));
        }
    }
    wide
}

impl Belief {
    /// The one of these sensors that surely drifts against all others, or the first pair that surely drifts apart.
    fn drifting(&self, at: Time, sensors: &[usize]) -> Option<DriftReport> {
        let block = |a: usize, b: usize| {
            Matrix3::from_fn(|row, column| self.covariance.at(7 * a + 4 + row, 7 * b + 4 + column))
        };
        let drift = |sensor: usize| Vector3::from_fn(|axis, _| self.mean[7 * sensor + 4 + axis]);
        let found = |sensor: usize, against: Option<usize>, velocity: Vector3<f64>, spread: Matrix3<f64>| {
            let spread = symmetric(spread);
            let distance2 = velocity.dot(&spread.cholesky()?.solve(&velocity));
            let is_told = distance2 >= TOLD_FROM && velocity.norm() >= DRIFT_MIN_MPS;
            is_told.then(|| DriftReport {
                sensor: SensorId(sensor as u16),
                against: against.map(|other| SensorId(other as u16)),
                at,
                velocity_mps: velocity.into(),
                sigma_mps: spread.diagonal().max().max(0.0).sqrt(),
            })
        };
        let apart = |a: usize, b: usize| {
            let cross = block(a, b);
            (drift(a) - drift(b), block(a, a) + block(b, b) - cross - cross.transpose())
        };
        let distance2 = |a: usize, b: usize| {
            let (velocity, spread) = apart(a, b);
            symmetric(spread).cholesky().map_or(0.0, |root| velocity.dot(&root.solve(&velocity)))
        };
        let others = |of: usize| sensors.iter().copied().filter(move |other| *other != of);
        let against_all = |a: usize| others(a).count() >= 2 && others(a).all(|b| distance2(a, b) >= AGAINST_EACH_FROM);
        let pair = |a: usize, b: usize| {
            let (velocity, spread) = apart(a, b);
            found(a, Some(b), velocity, spread)
        };
        let alone = |a: usize| {
            found(a, None, drift(a), block(a, a)).or_else(|| {
                let report = others(a).filter(|_| against_all(a)).find_map(|b| pair(a, b))?;
                Some(DriftReport { against: None, ..report })
            })
        };
        let pairs = || sensors.iter().enumerate().find_map(|(i, a)| sensors[i + 1..].iter().find_map(|b| pair(*a, *b)));
        sensors.iter().find_map(|a| alone(*a)).or_else(pairs)
    }
}
