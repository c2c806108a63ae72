//! Category 048: target reports of one radar.
//!
//! [`CAT048`] is the table; [`TargetReport`] is what an engine wants to know of a record, in SI units.

#[rustfmt::skip] // one line per field
mod expansion;
mod read;
mod report;
#[rustfmt::skip] // one line per field
mod table;
mod texts;
pub(crate) mod write;

pub use read::{Warnings, bds_registers, warnings};
pub use report::{
    CalculatedDoppler, Cartesian, Code, Detection, FlightLevel, FlightStatus, PlotCharacteristics, Polar, RawDoppler,
    TargetReport, TrackQuality, TrackSensor, TrackStatus, TrackVelocity, VerticalMotion,
};
pub use table::CAT048;
