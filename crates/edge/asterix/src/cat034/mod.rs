//! Category 034: service messages of one radar (north marker, sector crossing, jamming, status).
//!
//! [`CAT034`] is the table; [`ServiceMessage`] is what an engine wants to know of a record.

mod message;
#[rustfmt::skip] // one line per field
mod table;
mod texts;

pub use message::{
    Collimation, CountedMessages, MessageType, PolarWindow, Position, ServiceMessage, SystemStatus, message_counts,
};
pub use table::CAT034;
