//! Scores and yard-sticks: how well did the engine do?
//!
//! * [`yardstick`] runs the engine on the detection files of an open tracking bench and writes what it reports.

#![forbid(unsafe_code)]

mod lines;
pub mod yardstick;

pub use lines::LineError;
