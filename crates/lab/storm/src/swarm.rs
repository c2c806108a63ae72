//! Many seeds: what they met, what they found, and how soon they catch a planted bug.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use parapet_study::runs;

use crate::audit::LISTED;
use crate::canary::Canary;
use crate::fact::{Finding, Tally};
use crate::fault::{Family, Kind};
use crate::story::{Options, Outcome, Plan};

/// One story in so many is played to a second engine too.
const TWICE_EVERY: u64 = 5;
/// Stories that are played between two looks at whether a canary is caught.
const BATCH: u64 = 16;

/// Whether a seed's story is played twice.
#[must_use]
pub fn played_twice(seed: u64) -> bool {
    seed.is_multiple_of(TWICE_EVERY)
}

/// What came of many stories.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Stories played.
    pub stories: u64,
    /// Seconds of their own time.
    pub seconds: f64,
    /// Stories played to a second engine.
    pub twice: u64,
    /// Alarms raised.
    pub alarms: u64,
    /// Stories with more than one family of faults at work, by how many.
    pub families: BTreeMap<usize, u64>,
    /// Seeds that broke a promise, with the first finding.
    pub failed: Vec<(u64, Finding)>,
    /// In how many stories each kind did something.
    pub kinds: BTreeMap<Kind, u64>,
    /// In how many stories each pair of kinds did something.
    pub pairs: BTreeMap<(Kind, Kind), u64>,
    /// How often each listed thing was met.
    pub met: Tally,
}

impl Summary {
    fn take(&mut self, seed: u64, outcome: &Outcome) {
        self.stories += 1;
        self.seconds += outcome.seconds;
        self.twice += u64::from(played_twice(seed));
        self.alarms += outcome.alarms;
        if let Some(finding) = outcome.findings.first() {
            self.failed.push((seed, finding.clone()));
        }
        let kinds: Vec<Kind> = outcome.kinds.iter().copied().collect();
        let mut families: Vec<Family> = kinds.iter().map(|kind| kind.family()).collect();
        families.sort_unstable();
        families.dedup();
        *self.families.entry(families.len()).or_default() += 1;
        for (place, kind) in kinds.iter().enumerate() {
            *self.kinds.entry(*kind).or_default() += 1;
            for other in &kinds[place + 1..] {
                *self.pairs.entry((*kind, *other)).or_default() += 1;
            }
        }
        for (name, count) in &outcome.met {
            *self.met.entry(name.clone()).or_default() += count;
        }
    }

    /// Pairs of kinds that never met in one story.
    #[must_use]
    pub fn pairs_missing(&self) -> Vec<(Kind, Kind)> {
        let mut missing = Vec::new();
        for (place, kind) in Kind::ALL.iter().enumerate() {
            let others = Kind::ALL[place + 1..].iter();
            missing.extend(
                others.filter(|other| !self.pairs.contains_key(&(*kind, **other))).map(|other| (*kind, *other)),
            );
        }
        missing
    }

    /// What should have been met and never was, by name.
    #[must_use]
    pub fn never_met(&self) -> Vec<String> {
        let kinds = Kind::ALL.iter().filter(|kind| !self.kinds.contains_key(kind));
        let listed = LISTED.iter().filter(|name| !self.met.contains_key(**name));
        kinds.map(|kind| format!("fault {}", kind.word())).chain(listed.map(|name| (*name).to_owned())).collect()
    }
}

/// Plays seeds; the same seeds give the same summary, on any number of workers. `only` keeps the faults of these families.
///
/// # Errors
/// When a story cannot be played.
pub fn play(
    seeds: RangeInclusive<u64>,
    workers: usize,
    only: &[Family],
    canary: Option<Canary>,
) -> Result<Summary, String> {
    let first = *seeds.start();
    let count = usize::try_from(seeds.end().saturating_sub(first) + 1).unwrap_or(usize::MAX);
    let outcomes = runs::all("storm", count, workers, |number| story(first + number as u64, only, canary))?;
    let mut summary = Summary::default();
    for (number, outcome) in outcomes.iter().enumerate() {
        summary.take(first + number as u64, outcome);
    }
    Ok(summary)
}

fn story(seed: u64, only: &[Family], canary: Option<Canary>) -> Result<Outcome, String> {
    let mut plan = Plan::draw(seed)?;
    if !only.is_empty() {
        plan.faults.retain(|fault| only.contains(&fault.kind.family()));
    }
    plan.play(Options { canary, tell: false, twice: played_twice(seed) })
}

/// What became of a planted bug.
#[derive(Clone, Debug, PartialEq)]
pub struct Caught {
    /// Which.
    pub canary: Canary,
    /// The first seed whose story its checker failed; `None` where none of those that were tried did.
    pub seed: Option<u64>,
    /// What that checker said.
    pub what: String,
    /// Stories tried up to then.
    pub tried: u64,
    /// Checkers that found something in that story.
    pub checks: Vec<&'static str>,
}

/// Plays seeds from 1 on until the checker that should catch a planted bug does.
///
/// # Errors
/// When a story cannot be played.
pub fn catch(canary: Canary, seeds_max: u64, workers: usize) -> Result<Caught, String> {
    let mut tried = 0;
    while tried < seeds_max {
        let count = BATCH.min(seeds_max - tried);
        let from = tried + 1;
        let outcomes = runs::all(canary.word(), count as usize, workers, |n| {
            let seed = from + n as u64;
            // A bug that shows on replay only is looked for there.
            Plan::draw(seed)?.play(Options { canary: Some(canary), tell: false, twice: canary.caught_by() == "replay" })
        })?;
        for (number, outcome) in outcomes.iter().enumerate() {
            let found = outcome.findings.iter().find(|finding| finding.check == canary.caught_by());
            if let Some(finding) = found {
                let mut checks: Vec<&'static str> = outcome.findings.iter().map(|finding| finding.check).collect();
                checks.sort_unstable();
                checks.dedup();
                let seed = from + number as u64;
                return Ok(Caught { canary, seed: Some(seed), what: finding.what.clone(), tried: seed, checks });
            }
        }
        tried += count;
    }
    Ok(Caught { canary, seed: None, what: String::new(), tried, checks: Vec::new() })
}
