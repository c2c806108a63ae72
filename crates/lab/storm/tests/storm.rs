//! Five hundred stories in every test run, and what holds them to account.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use parapet_storm::{Canary, Family, Kind, Options, Plan, catch, play, small_world, smallest};

/// Both cores of a small machine.
const WORKERS: usize = 2;

#[test]
fn five_hundred_stories_keep_every_promise() {
    let summary = play(1..=500, WORKERS, &[], None).unwrap();
    assert!(summary.failed.is_empty(), "run parapet-lab storm --seed N --explain: {:#?}", summary.failed);
    assert_eq!((summary.stories, summary.twice), (500, 100));
    // A storm that harms nothing proves nothing: rounds came down on zones, and most could be warned of.
    let met = |name: &str| summary.met.get(name).copied().unwrap_or(0);
    assert!(met("hit trackable and warned") > 500, "{:#?}", summary.met);
    assert_eq!(met("hit trackable and not warned"), 0);
    let never: Vec<&Kind> = Kind::ALL.iter().filter(|kind| !summary.kinds.contains_key(kind)).collect();
    assert!(never.is_empty(), "no story met {never:?}");
}

#[test]
fn a_seed_is_one_story_however_it_is_played() {
    let plan = Plan::draw(35).unwrap();
    let once = plan.play(Options::default()).unwrap();
    assert_eq!(once, plan.play(Options::default()).unwrap());
    assert_eq!(play(31..=42, 1, &[], None).unwrap(), play(31..=42, 3, &[], None).unwrap());
    assert_ne!(once.digest, Plan::draw(36).unwrap().play(Options::default()).unwrap().digest);
}

/// Each within 250 stories here; the study says how many each takes.
#[test]
fn planted_bugs_are_caught_by_the_checker_that_should() {
    for canary in Canary::ALL {
        let caught = catch(*canary, 250, WORKERS).unwrap();
        assert!(caught.seed.is_some(), "{} is not caught by {}", canary.word(), canary.caught_by());
    }
}

/// With all that is wrong gone, only the bug itself is left.
#[test]
fn a_failing_story_is_shrunk_to_what_it_needs() {
    let options = Options { canary: Some(Canary::SilenceIsNotTold), ..Options::default() };
    let seed = catch(Canary::SilenceIsNotTold, 100, WORKERS).unwrap().seed.unwrap();
    let plan = Plan::draw(seed).unwrap();
    let (small, stories) = smallest(&plan, "sight", options).unwrap();
    assert!(small.faults.len() <= 2 && small.faults.len() < plan.faults.len(), "{:?}", small.faults);
    assert!(stories > 0 && small.play(options).unwrap().findings.iter().any(|finding| finding.check == "sight"));
}

#[test]
fn families_can_be_played_alone() {
    let summary = play(1..=40, WORKERS, &[Family::Network], None).unwrap();
    assert!(summary.kinds.keys().all(|kind| kind.family() == Family::Network) && !summary.kinds.is_empty());
}

/// One story in fifty of those that the study plays all.
#[test]
fn the_small_world_keeps_every_promise() {
    let world = small_world(50, WORKERS).unwrap();
    assert!(world.stories > 90 && world.alarms > 100, "{world:?}");
    assert!(world.failed.is_empty(), "{:#?}", world.failed);
}
