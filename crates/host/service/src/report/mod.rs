//! The incident report of a recording: read here, judged and written by `parapet-report`, off the path of alarms.

mod read;
mod routes;

pub use read::{ReportError, fingerprint, report_of};
pub(crate) use routes::{Reporter, routes};
