//! Category 062: system tracks, as a surveillance data processing system makes them of many sensors.

#[rustfmt::skip] // one line per field
mod aircraft;
#[rustfmt::skip] // one line per field
mod expansion;
#[rustfmt::skip] // one line per field
mod plan;
mod report;
#[rustfmt::skip] // one line per field
mod table;

pub use report::{Accuracy, Status, TrackReport};
pub use table::{CAT062, CAT062_1_17, CAT062_1_19, CAT062_1_20};
