//! Category 021: what aircraft say of themselves by ADS-B, as ground stations pass it on.
//!
//! [`CAT021`] is the table of the latest edition. The category exists in two generations that share nothing but its
//! number: which edition a source sends has to be known, and is checked ([`crate::doubts`]).

#[rustfmt::skip] // one line per field
mod editions;
#[rustfmt::skip] // one line per field
mod expansion;
#[rustfmt::skip] // one line per field
mod first;
mod report;
#[rustfmt::skip] // one line per field
mod table;

pub use first::{CAT021_0_23, CAT021_0_26};
pub use report::{AdsbReport, GroundVector};
pub use table::{CAT021, CAT021_2_1, CAT021_2_2, CAT021_2_5, CAT021_2_6};
