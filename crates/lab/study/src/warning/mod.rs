//! Whether what zones are told is true, and which rule of warning serves people best.
//!
//! * [`calibration`] holds probabilities and times against what came down.
//! * [`rules`] compares the engine's decision with simpler rules on one set of runs over real warning polygons.
//! * [`raid`] floods two hundred zones with five hundred rounds.
//! * [`cost`] measures what many zones cost.
//! * [`lead`] holds the time of warnings against the earliest possible.
//!
//! The first two play rounds of mixed classes to mixed radars in a world that is not as the engine believes: every round has a drag of
//! its own, and of the wind the site has a report that is wrong by some metres per second, or none.

pub mod calibration;
pub mod cost;
pub mod lead;
mod polygons;
pub mod raid;
pub mod rules;
mod scenes;

pub use polygons::{Polygon, read as read_polygons};
