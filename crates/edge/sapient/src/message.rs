//! The standard's messages, as structures made from the published schema when the crate is built.

/// The structures, by the schema's own names.
#[allow(missing_docs, unreachable_pub, rustdoc::all, clippy::all, clippy::pedantic, reason = "made by prost-build")]
pub mod schema {
    include!(concat!(env!("OUT_DIR"), "/sapient_msg.bsi_flex_335_v2_0.rs"));
}

use parapet_frame::Time;
use prost::Message as _;
use prost_types::Timestamp;

use crate::check::{Fault, Finding, check};
use crate::limits::Limits;
use crate::wire::WireError;
use schema::SapientMessage;

/// Nanoseconds of a second.
const SECOND_NS: i128 = 1_000_000_000;

/// Reads a message that keeps all of the standard's rules.
///
/// # Errors
/// What is wrong with it, at least one thing.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<SapientMessage, Vec<Finding>> {
    let findings = check(bytes, limits);
    if !findings.is_empty() {
        return Err(findings);
    }
    // The checker has walked the same bytes by the same schema, so this cannot fail; if it did, it would be refused too.
    SapientMessage::decode(bytes)
        .map_err(|_| vec![Finding { path: String::new(), fault: Fault::Wire(WireError::WireType) }])
}

/// A message as bytes, without its frame.
#[must_use]
pub fn write(message: &SapientMessage) -> Vec<u8> {
    message.encode_to_vec()
}

/// The instant of a timestamp; the nearest that can be written where it lies outside the years 1677 to 2262.
#[must_use]
pub fn time_of(timestamp: &Timestamp) -> Time {
    let nanos = i128::from(timestamp.seconds) * SECOND_NS + i128::from(timestamp.nanos);
    Time::from_nanos(nanos.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64)
}

/// An instant as a timestamp.
#[must_use]
pub fn timestamp(at: Time) -> Timestamp {
    let nanos = i128::from(at.nanos());
    Timestamp { seconds: nanos.div_euclid(SECOND_NS) as i64, nanos: nanos.rem_euclid(SECOND_NS) as i32 }
}
