//! Category 001: plots and tracks of one radar, in the format before category 048.
//!
//! [`CAT001`] and [`CAT001_TRACK`] are the tables of the two UAPs; which of them a record follows, its second item
//! says.

mod report;
#[rustfmt::skip] // one line per field
mod table;

pub use report::{PlotReport, TruncatedTime};
pub use table::{CAT001, CAT001_TRACK};
