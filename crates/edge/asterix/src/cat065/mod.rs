//! Category 065: the state of a surveillance data processing system and of its services.

#[rustfmt::skip] // one line per field
mod table;

pub use table::CAT065;
