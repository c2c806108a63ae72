//! What happened, as a statement.
//!
//! A recording is handed in message by message ([`Gathering`]) and comes out as a [`Report`]: rounds with class, origin and impact,
//! how every zone fared, alarms word by word, sensors, channels, comments. The report is a value; [`html`] makes the page of it, and
//! its own serialisation is the JSON. [`pattern`] does the same for many incidents and for tables of alerts.
//!
//! ```
//! # use parapet_engine::{Config, Limits, Mode};
//! # let policy = parapet_warn::Policy::default();
//! # let config = Config { mode: Mode::Exercise, environment: parapet_flight::Environment::flat(), sensors: vec![],
//! #     zones: vec![], policy, limits: Limits::default() };
//! use parapet_frame::{Geodetic, Time};
//! use parapet_report::{About, Boundaries, Gathering, Scenery, html};
//! let about = About {
//!     made_by: "parapet 0.1.0".into(), file: "night.mcap".into(), sha256: "00".into(), bytes: 0,
//!     written_by: "parapet 0.1.0".into(), started_at: Time::from_seconds(1.6e9), site: "Compound <A>".into(),
//!     origin: Geodetic { lat_deg: 33.3, lon_deg: 44.4, height_m: 30.0 }, config: config.clone(),
//! };
//! let report = Gathering::new(about)?.report(&Boundaries::default());
//! let page = html(&report, &Scenery::new(&config, Boundaries::default()));
//! assert!(page.contains("Compound &lt;A&gt;") && page.contains("no round was tracked"));
//! # Ok::<(), parapet_frame::GeodesyError>(())
//! ```
//!
//! Weaknesses, first: a round that was tracked twice is counted twice; a zone is called endangered by where the impact lies and by the
//! owner's effect radius, not by what anybody saw on the ground; residuals are of plots before any correction of their sensor.

#![forbid(unsafe_code)]

mod area;
mod boundaries;
mod gather;
mod judge;
mod markup;
mod moment;
mod page;
pub mod pattern;
mod plan;
mod report;
mod strip;
mod words;

pub use boundaries::{Boundaries, BoundariesError, District};
pub use gather::{About, Gathering};
pub use moment::Moment;
pub use page::{STYLE, Scenery, html};
pub use report::*;
