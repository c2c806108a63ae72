//! Category 015: target reports of independent non-cooperative surveillance, mono-static and multi-static.

mod report;
#[rustfmt::skip] // one line per field
mod table;

pub use report::{Geometry, MessageType, SurveillanceReport};
pub use table::CAT015;
