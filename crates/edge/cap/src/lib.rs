//! Common Alerting Protocol 1.2 messages (OASIS standard CAP-v1.2, 1 July 2010).
//!
//! Pure: an alarm goes in, XML comes out. [`CapStream`] follows the life of each alarm, from `Alert` over `Update` to its
//! end, and keeps what later messages must refer to; [`alert_xml`] writes one message. Which stage becomes which message is
//! the table in [`CapAlert`]. Whether people are warned or practise is a property of the [`Originator`], chosen once; the
//! words of an exercise are other words ([`words`]), never the live words with a prefix.
//!
//! ```
//! use parapet_cap::words::Language;
//! use parapet_cap::{CapStream, Originator, Warned};
//! use parapet_engine::Mode;
//! use parapet_frame::Time;
//! use parapet_warn::{Alarm, AlarmId, Reason, Stage, ZoneId};
//!
//! let now = Time::from_seconds(1_605_609_000.0);
//! let id = AlarmId { zone: ZoneId(0), cause: now.plus_seconds(-5.0), again: 0 };
//! let alarm = Alarm {
//!     probability: 0.3,
//!     threshold: 0.1,
//!     impact_at: Some(now.plus_seconds(20.0)),
//!     ..Alarm::plain(id, now, Stage::TakeCover, Reason::ImpactPredicted)
//! };
//! let outline = vec![[33.31, 44.38], [33.31, 44.39], [33.32, 44.39]];
//! let zone = Warned { key: "hospital".into(), name: "Hospital".into(), names: Default::default(), outline };
//! let mut stream = CapStream::new(Originator {
//!     sender: "parapet@site.example".into(),
//!     site_name: "Compound A".into(),
//!     mode: Mode::Exercise,
//!     languages: vec![Language::English, Language::Arabic],
//! });
//! let message = stream.message(&alarm, &zone, now).expect("a new alarm is news");
//! assert!(message.xml.contains("<status>Exercise</status>"));
//! assert!(message.xml.contains("<expires>2020-11-17T10:32:20-00:00</expires>"));
//! ```
//!
//! [`atom`] is the feed of what stands, [`seal`] the signature, [`read`](fn@read) the way back.
//!
//! Weaknesses, first: two languages only, and the Arabic has not been read by a native speaker; holes of a zone are written as part of
//! it, because CAP areas have none; profiles (IPAWS, Canada) ask for more than the standard and are not followed.

mod alert;
pub mod atom;
mod read;
pub mod seal;
mod stream;
pub mod words;
mod xml;

pub use alert::{CapAlert, MessageKind, Originator, Reference, Warned, alert_xml, time_of_day};
pub use read::{CapError, CapHead, CapInfo, LENGTH_MAX, read};
pub use stream::{CapMessage, CapStream};
