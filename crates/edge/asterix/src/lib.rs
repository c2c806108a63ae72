//! ASTERIX, the EUROCONTROL format in which radars send plots: category 048 (edition 1.32, with the
//! reserved expansion field of Appendix A edition 1.13) and category 034 (edition 1.29).
//!
//! Bytes in, values out, and back. No sockets, no files, no clock, no `unsafe`.
//!
//! What it is not: it does not check that the items of a record make sense together (a position
//! without a source, a height on a track cancellation), it does not know editions before those named
//! (older records of the same category decode as far as the layouts agree), and other categories are
//! reported and skipped until they have a table.
//!
//! ```
//! use parapet_asterix::{records, cat048::TargetReport};
//!
//! // One data block of category 048: a header of three octets, then one record.
//! let datagram = [
//!     48, 0, 16, 0xF0, 25, 201, 0x35, 0x6D, 0x4D, 0xA0, 0xC5, 0xAF, 0xF1, 0xE0, 48, 0,
//! ];
//! // The length field says 16, so the last two octets are garbage inside the block.
//! let mut seen = records(&datagram);
//!
//! let record = seen.next().unwrap().unwrap();
//! let report = TargetReport::from_record(&record).unwrap();
//! assert_eq!(report.time_of_day.unwrap().seconds(), 27354.6015625);
//! assert_eq!(report.polar.unwrap().range_m, 197.68359375 * 1852.0);
//! // Any item can be read by its name, in the unit of the specification.
//! assert_eq!(record.item("040").unwrap().value("RHO"), Some(197.68359375));
//!
//! // What cannot be decoded is an error with its place, never silence.
//! let refusal = seen.next().unwrap().unwrap_err();
//! assert_eq!(
//!     refusal.to_string(),
//!     "CAT048 record 1 item I048/040 at octet 16: truncated: \
//!      4 octets needed, 0 left in the block (octets 14 to 15 refused)"
//! );
//! ```
//!
//! # Where things are
//!
//! * [`records`] and [`Blocks`]: a datagram's records, and an error for every octet that is not in one.
//! * [`Record`]: its items found by walking their lengths; [`ItemView`] and [`Node`] read the values
//!   where they lie. A record serialises (serde) to JSON with units.
//! * [`cat048::TargetReport`], [`cat034::ServiceMessage`]: typed, in SI units, both ways.
//! * [`RecordBuilder`], [`BlockBuilder`]: records to send, by item name.
//! * [`spec`]: what the tables are made of; [`CAT048`] and [`CAT034`] are tables; [`markdown`] prints
//!   a table as documentation.
//! * [`examine`]: what holds for every datagram, checked; the fuzz target.
//! * [`Intake`]: datagrams into the engine's events, each record into exactly one.
//! * [`bds`]: Mode S registers as aircraft report them.
#![forbid(unsafe_code)]

pub mod bds;
mod bits;
mod block;
mod builder;
pub mod cat001;
pub mod cat002;
pub mod cat015;
pub mod cat016;
pub mod cat021;
pub mod cat034;
pub mod cat048;
pub mod cat062;
pub mod cat065;
pub mod cat129;
mod document;
mod doubt;
mod editions;
mod element;
mod encode;
mod error;
mod examine;
pub mod grammar;
pub mod intake;
mod json;
mod layout;
mod node;
mod record;
mod source;
pub mod spec;
mod time_of_day;
pub mod units;
mod value;
mod walk;

pub use block::{AllRecords, Block, Blocks, HEADER_LEN, Records, records, records_by};
pub use builder::{BlockBuilder, RecordBuilder, block};
pub use cat001::CAT001;
pub use cat002::CAT002;
pub use cat015::CAT015;
pub use cat016::CAT016;
pub use cat021::CAT021;
pub use cat034::CAT034;
pub use cat048::CAT048;
pub use cat062::CAT062;
pub use cat065::CAT065;
pub use cat129::CAT129;
pub use document::markdown;
pub use doubt::{Doubt, doubts};
pub use editions::{CATEGORIES, Edition, EditionError, Editions, TABLES};
pub use element::{Element, ShortText};
pub use encode::encode_item;
pub use error::{DecodeError, EncodeError, Fault};
pub use examine::{Account, examine, examine_by, examine_category};
pub use intake::{
    Above, CooperativeReport, Heard, Height, Intake, IntakeCounts, IntakeSource, SensorHealth, SystemTrack, TrackState,
    UasIdentity, Velocity,
};
pub use node::{Member, Members, Node, Repetitions};
pub use record::{ItemView, Record};
pub use source::Source;
pub use time_of_day::TimeOfDay;
pub use value::Value;
