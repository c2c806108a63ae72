//! Scores and yard-sticks: how well did the engine do?
//!
//! * [`yardstick`] runs the engine on the detection files of an open tracking bench and writes what it reports.
//! * [`score`] holds the live program's alarms against what truly happened.

#![forbid(unsafe_code)]

mod lines;
pub mod score;
pub mod yardstick;

pub use lines::LineError;
