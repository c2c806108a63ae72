//! The live service: sockets, clock, disk and the page.
//!
//! Threads along the flow of data, joined by bounded queues:
//!
//! ```text
//! link-0 .. link-n --> engine --+--> dispatch --> one thread for each channel
//!   stamp, queue       Chain    +--> alarms    alarms.jsonl, CAP files
//!                               +--> picture --> http    page, /api/live, /metrics
//!                               +--> recorder  MCAP in segments, sealed and synced in groups
//! ```
//!
//! The engine's thread never waits for a consumer. What a slow consumer misses is counted and shown; alarms are held for
//! it. Only [`Clock`] reads a clock.
//!
//! [`Chain`] is the same for the live service, for replay and for recorded files; [`rerun`] runs the one of a recording, and [`why`] looks on
//! to explain what was decided.

#![forbid(unsafe_code)]

mod access;
mod alarm_record;
mod alarms;
mod atlas;
mod backlog;
mod basemap;
mod cap;
mod chain;
mod channel;
mod clock;
mod coverage;
mod doorman;
mod engine_loop;
mod error;
mod evidence;
mod fanout;
mod feeds;
mod flight_path;
mod ground;
mod hearing;
mod http;
mod latency;
mod lines;
mod links;
mod lookout;
mod metrics;
mod operator;
mod page;
mod picture;
mod picture_view;
mod public;
mod recorder;
mod replay;
mod report;
pub mod rerun;
mod salvo;
mod sapient;
mod sapient_sounds;
mod sensor_view;
mod service;
mod setup;
mod shared;
mod signal;
mod site_view;
mod sources;
mod speech;
mod summary;
mod tables;
mod tak;
mod viewers;
mod watchman;
pub mod why;

pub use access::{openapi, password_hash, program_key};
pub use alarm_record::AlarmRecord;
pub use alarms::{ALARMS_FILE, ThreatBook};
pub use atlas::{Atlas, ELLIPSE_PROBABILITY, EllipseView, ImpactView, OriginView, ThreatView, rfc3339};
pub use cap::verify_cap;
pub use chain::Chain;
pub use channel::{ChannelRig, ChannelStatus, Delivery};
pub use clock::{Clock, ClockStep};
pub use coverage::{Lookers, Ring, SeenArea, coverage_geojson};
pub use error::ServiceError;
pub use ground::{GroundReport, lay_ground};
pub use latency::{Latencies, LatencyReport};
pub use links::Datagram;
pub use recorder::{RecordingStatus, RunReader, is_run, read_recording};
pub use replay::Viewer;
pub use report::{ReportError, fingerprint, report_of};
pub use sensor_view::BiasView;
pub use service::{Options, Service};
pub use setup::drill_text;
pub use signal::{StopSignal, Why};
pub use site_view::SiteNote;
pub use sources::{Sources, intake_sources, sources};
pub use summary::{CountsLine, Summary};

/// Tells the person at the terminal. A terminal that is gone is no reason to stop.
fn tell(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "parapet: {text}");
}
