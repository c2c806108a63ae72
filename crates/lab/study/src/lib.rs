//! Scores and yard-sticks: how well did the engine do?
//!
//! * [`yardstick`] runs the engine on the detection files of an open tracking bench and writes what it reports.
//! * [`score`] holds the live program's alarms against what truly happened.
//! * [`play`] plays a simulated scene to the engine, and [`runs`] plays many on all cores.
//! * [`robustness`] disturbs what the engine believes of the world, one thing at a time.
//! * [`hours`] plays recorded air traffic, of which nobody may be warned.
//! * [`registration`] compares radars that are badly surveyed and timed with ones that are not.
//! * [`steady`] is a picture of so many objects, for measuring cost.
//! * [`warning`] asks whether probabilities are what they say, and compares rules of warning.
//! * [`tables`] rewrites the tables of a study's document.

#![forbid(unsafe_code)]

mod assignment;
pub mod hours;
mod lines;
pub mod play;
pub mod registration;
pub mod robustness;
pub mod runs;
pub mod salvo;
pub mod score;
pub mod statistics;
pub mod steady;
pub mod tables;
pub mod warning;
pub mod yardstick;

pub use lines::LineError;
