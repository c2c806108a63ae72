//! Category 129: what unmanned aircraft say of themselves.

#[rustfmt::skip] // one line per field
mod table;

pub use table::CAT129;
