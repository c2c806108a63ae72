//! Category 016: how a system of independent non-cooperative surveillance is made up: transmitters, receivers, their
//! pairs.

#[rustfmt::skip] // one line per field
mod table;

pub use table::CAT016;
