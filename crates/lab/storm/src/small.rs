//! The small world: one sensor, two rounds, one zone, one siren, and every placement of a few faults.

use parapet_study::runs;

use crate::fact::Finding;
use crate::fault::{Fault, Kind};
use crate::site::CLEARS_S;
use crate::story::{Options, Plan};

/// Kinds that are placed, with a strength, and how long they last, seconds.
const PLACED: [(Kind, f64, f64); 12] = [
    (Kind::Silent, 0.5, 6.0),
    (Kind::Frozen, 0.5, 6.0),
    (Kind::SensorStep, 0.8, 6.0),
    (Kind::HostStep, -1.5, 6.0),
    (Kind::Delay, 1.2, 6.0),
    (Kind::Duplicate, 1.0, 6.0),
    (Kind::Loss, 0.5, 6.0),
    (Kind::Kill, 0.7, 1.0),
    (Kind::BrokerDown, 0.5, 6.0),
    (Kind::SirenDead, 0.5, 6.0),
    (Kind::Cancel, 0.5, 1.0),
    (Kind::Hold, 0.5, 1.0),
];
/// The places in time, seconds of the story: from the first round's launch to the all clear.
const PLACES_S: [f64; 8] = [4.0, 10.0, 16.0, 22.0, 28.0, 34.0, 40.0, 46.0];
/// The seed of its site: the rounds and the noise are the same in every story.
const SEED: u64 = 1;

/// What came of all its stories.
#[derive(Clone, Debug, PartialEq)]
pub struct SmallWorld {
    /// Stories played.
    pub stories: usize,
    /// Alarms raised in all of them.
    pub alarms: u64,
    /// Those that broke a promise: their faults, and the first finding.
    pub failed: Vec<(Vec<Fault>, Finding)>,
}

/// Every placement of no fault, of one, and of two.
#[must_use]
pub fn placements() -> Vec<Vec<Fault>> {
    let singles: Vec<Fault> = PLACES_S
        .into_iter()
        .flat_map(|at_s| {
            let fault = move |(kind, strength, for_s): (Kind, f64, f64)| Fault {
                kind,
                at_s,
                for_s: for_s.min(CLEARS_S - at_s),
                on: 0,
                strength,
            };
            PLACED.into_iter().map(fault)
        })
        .collect();
    let mut all = vec![Vec::new()];
    for (number, first) in singles.iter().enumerate() {
        all.push(vec![*first]);
        all.extend(singles[number + 1..].iter().map(|second| vec![*first, *second]));
    }
    all
}

/// Plays them all, or each `every`-th.
///
/// # Errors
/// When a story cannot be played.
pub fn small_world(every: usize, workers: usize) -> Result<SmallWorld, String> {
    let chosen: Vec<Vec<Fault>> = placements().into_iter().step_by(every.max(1)).collect();
    let outcomes = runs::all("small world", chosen.len(), workers, |number| {
        let plan = Plan { seed: SEED, small: true, faults: chosen[number].clone() };
        plan.play(Options::default())
    })?;
    let alarms = outcomes.iter().map(|outcome| outcome.alarms).sum();
    let failed = chosen
        .iter()
        .zip(&outcomes)
        .filter_map(|(faults, outcome)| outcome.findings.first().map(|finding| (faults.clone(), finding.clone())));
    Ok(SmallWorld { stories: chosen.len(), alarms, failed: failed.collect() })
}
