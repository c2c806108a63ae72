//! Whether what zones are told is true, and which rule of warning serves people best.
//!
//! * [`calibration`] holds probabilities and times against what came down.
//! * [`rules`] compares the engine's decision with simpler rules on one set of runs over real warning polygons.
//! * [`raid`] floods two hundred zones with five hundred rounds.
//! * [`lead`] holds the time of warnings against the earliest possible.
//!
//! All play rounds of mixed classes to mixed radars in a world that is not as the engine believes: nobody tells it the wind, and each
//! round has a drag of its own.

pub mod calibration;
pub mod lead;
mod polygons;
pub mod raid;
pub mod rules;
mod scenes;

pub use polygons::{Polygon, read as read_polygons};
