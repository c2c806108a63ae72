//! The deterministic fault simulator: a whole site in one thread, one seed, one story.
//!
//! A seed draws a site and what goes wrong there ([`Plan`]); a story plays it: radars whose real bytes come late, twice, broken or
//! not at all, clocks that step, a disk that fails, a host that dies, a broker that loses, sirens that forget, people who err, and
//! somebody who wants the site to be wrong. At first anything goes; then the weather clears, and within stated bounds all must be
//! well. Checkers that share nothing with the engine hold what came out against what is true ([`CHECKS`]).
//!
//! ```
//! use parapet_storm::{Options, Plan};
//!
//! let plan = Plan::draw(7)?;
//! let outcome = plan.play(Options::default())?;
//! assert!(outcome.findings.is_empty(), "{:?}", outcome.findings);
//! assert_eq!(outcome.digest, plan.play(Options::default())?.digest, "the same seed gives the same story");
//! # Ok::<(), String>(())
//! ```
//!
//! Weaknesses, first: the live program's threads, queues, recorder and dispatcher are models here, by their contracts; what is real
//! is the world's bytes, the intake, the engine, commands, receipts, and what a siren believes. There are no acoustic nodes and no
//! aircraft yet.

#![forbid(unsafe_code)]

mod air;
mod audit;
mod canary;
mod check;
mod clock;
mod desk;
mod fact;
mod fault;
mod host;
mod post;
mod shrink;
mod site;
mod small;
mod story;
mod swarm;
mod tale;

pub use audit::{LISTED, NOT_MADE};
pub use canary::Canary;
pub use check::CHECKS;
pub use fact::{Finding, Tally};
pub use fault::{Family, Fault, Kind};
pub use shrink::smallest;
pub use site::{CLEARS_S, Site};
pub use small::{SmallWorld, placements, small_world};
pub use story::{Options, Outcome, Plan};
pub use swarm::{Caught, Summary, catch, play, played_twice};
