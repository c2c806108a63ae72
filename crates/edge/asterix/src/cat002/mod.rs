//! Category 002: service messages of one radar, in the format before category 034.

#[rustfmt::skip] // one line per field
mod table;

pub use table::CAT002;
