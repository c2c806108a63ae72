//! ASTERIX, the EUROCONTROL format in which sensors say what they saw, and systems what they made of it.
//!
//! | category | what | editions |
//! |---|---|---|
//! | 001, 002 | plots, tracks and service messages of old radars | 1.4; 1.2 |
//! | 015, 016 | independent non-cooperative surveillance, and how it is made up | 1.2; 1.0 |
//! | 021 | what aircraft say of themselves by ADS-B | 2.7, 2.6, 2.5 (2.4, 2.3), 2.2, 2.1; 0.26 (0.25, 0.24), 0.23 |
//! | 034, 048 | service messages and target reports of radars | 1.29; 1.32 |
//! | 062, 065 | tracks and states of surveillance data processing systems | 1.21, 1.20, 1.19 (1.18), 1.17 (1.16); 1.6 |
//! | 129 | what unmanned aircraft say of themselves | 1.2 |
//!
//! with the reserved expansion fields that are published (021, 048, 062); others, and special purpose fields, as
//! octets.
//!
//! Bytes in, values out, and back. No sockets, no files, no clock, no `unsafe`.
//!
//! What it is not: a block does not say its edition, so that somebody has to ([`Editions`]); what the octets of a wrong
//! one decode to is caught by [`doubts`] as far as values can tell. Random field sequencing (001, 002) is refused.
//! Scaling factors of category 001 are those of its specification's default. Other categories are reported and skipped.
//!
//! Item names, titles and texts are those of the specifications, as the open project asterix-specs (BSD-3-Clause) has
//! written them down in text; those of category 129, which it does not have, follow published descriptions of its
//! edition 1.2, and neither a recording nor another decoder was there to hold them against.
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
//! * [`records`], [`records_by`] and [`Blocks`]: a datagram's records, and an error for every octet that is not in one.
//! * [`Record`]: its items found by walking their lengths; [`ItemView`] and [`Node`] read the values
//!   where they lie. A record serialises (serde) to JSON with units.
//! * [`Edition`] and [`Editions`]: which table reads what; [`doubts`]: whether it makes sense.
//! * Typed views in SI units: [`cat048::TargetReport`] and [`cat034::ServiceMessage`], both ways;
//!   [`cat001::PlotReport`], [`cat002::service_message`], [`cat015::SurveillanceReport`], [`cat021::AdsbReport`],
//!   [`cat062::TrackReport`], [`cat065::ServiceStatus`], [`cat129::UasReport`].
//! * [`RecordBuilder`], [`BlockBuilder`]: records to send, by item name.
//! * [`spec`]: what the tables are made of; [`CATEGORIES`] and [`TABLES`] are all of them; [`markdown`] prints
//!   a table as documentation; [`grammar`] draws valid records from it.
//! * [`examine`], [`examine_category`], [`examine_intake`]: what holds for every datagram, checked; the fuzz targets.
//! * [`Intake`]: datagrams into the engine's events and the values beside them ([`Heard`]), each record into exactly
//!   one.
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
    CooperativeReport, Heard, Intake, IntakeCounts, IntakeSource, SystemTrack, TrackState, UasIdentity, examine_intake,
};
pub use node::{Member, Members, Node, Repetitions};
pub use record::{ItemView, Record};
pub use source::Source;
pub use time_of_day::TimeOfDay;
pub use value::Value;
