//! Category 065: the state of a surveillance data processing system and of its services.

mod report;
#[rustfmt::skip] // one line per field
mod table;

pub use report::{Operation, ServiceStatus, SystemState};
pub use table::CAT065;
