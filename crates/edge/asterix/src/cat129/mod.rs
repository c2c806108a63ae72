//! Category 129: what unmanned aircraft say of themselves.

mod report;
#[rustfmt::skip] // one line per field
mod table;

pub use report::UasReport;
pub use table::CAT129;
