//! Category 015: target reports of independent non-cooperative surveillance, mono-static and multi-static.

#[rustfmt::skip] // one line per field
mod table;

pub use table::CAT015;
