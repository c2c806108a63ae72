//! Cursor on Target: alarms, warned zones, rounds and impacts as events of the TAK family, as XML and as TAK protobuf.
//!
//! Pure: our nouns go in, events and octets come out, and back. [`Standing`] holds what stands on others' maps and says what must be
//! sent; [`Wire`] turns an event into octets; [`Cutter`] and [`read_datagram`] read what comes back, which may be anything. Which noun
//! becomes which type is the table in [`report`].
//!
//! ```
//! use parapet_cot::{CotEvent, Originator, Wire, read_datagram};
//! use parapet_engine::Mode;
//! use parapet_frame::{Geodetic, Time};
//!
//! let from = Originator { sender: "site-a".into(), site_name: "Compound A".into(), mode: Mode::Exercise };
//! let place = Geodetic { lat_deg: 33.305, lon_deg: 44.385, height_m: 34.0 };
//! let event = from.presence(place, Time::from_seconds(1_605_609_000.0)).expect("a place");
//! assert!(event.uid.starts_with("EXERCISE.PARAPET."));
//! assert_eq!(read_datagram(&Wire::Xml.datagram(&event)), Ok(event.clone()));
//! assert_eq!(read_datagram(&Wire::Protobuf.datagram(&event)).unwrap().callsign(), event.callsign());
//!
//! let error = CotEvent::from_xml(br#"<!DOCTYPE x SYSTEM "file:///etc/passwd"><event/>"#).unwrap_err();
//! assert_eq!(error.to_string(), "a document type is refused: events need none");
//! ```
//!
//! Weaknesses, first: CoT has no receipts, so that "sent" means that the operating system took it; it has no signature, so that who
//! reaches a mesh or a server without client certificates can forge any event, also a cancel; holes of a zone are drawn as part of it;
//! an outline of more than 24 corners is drawn larger than it is.

mod element;
mod error;
mod event;
mod frame;
mod fuzz;
mod originator;
pub mod outline;
mod protobuf;
pub mod report;
mod standing;
mod time;
mod xml;

pub use element::Element;
pub use error::CotError;
pub use event::{CotEvent, Point, UNKNOWN_M};
pub use frame::{Cutter, Wire, read_datagram};
pub use fuzz::fuzz_one;
pub use originator::{Originator, grants_protobuf, is_presence, offers_protobuf};
pub use report::{Round, WarnedZone, Words};
pub use standing::{Due, RENEW_S, Standing};
pub use xml::LENGTH_MAX;
