//! Category 002: service messages of one radar, in the format before category 034.

mod report;
#[rustfmt::skip] // one line per field
mod table;

pub use report::service_message;
pub use table::CAT002;
