//! Plots become moving things.

mod plot;
mod report;
mod sensor;

pub use plot::{Elevation, Identity, Plot, SensorId};
pub use report::{Class, MotionOdds, TrackEnd, TrackId, TrackReport};
pub use sensor::SensorModel;
