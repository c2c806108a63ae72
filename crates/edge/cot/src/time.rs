//! Instants as the schema writes them.

use jiff::Timestamp;
use parapet_frame::Time;

use crate::error::CotError;

/// `2026-11-22T13:25:12.998Z`. Nanoseconds of 64 bits span the years 1677 to 2262, all of which jiff can tell.
pub(crate) fn text(time: Time) -> String {
    let timestamp = Timestamp::from_nanosecond(i128::from(time.nanos())).unwrap_or(Timestamp::UNIX_EPOCH);
    timestamp.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// Any ISO 8601 date and time with its zone.
pub(crate) fn read(name: &'static str, text: &str) -> Result<Time, CotError> {
    let timestamp: Timestamp = text.trim().parse().map_err(|_| CotError::bad(name, text))?;
    let nanos = i64::try_from(timestamp.as_nanosecond()).map_err(|_| CotError::bad(name, text))?;
    Ok(Time::from_nanos(nanos))
}

/// Milliseconds since 1970, as protobuf has them; 0 is none.
pub(crate) fn from_millis(name: &'static str, millis: u64) -> Result<Time, CotError> {
    if millis == 0 {
        return Err(CotError::Missing(name));
    }
    let nanos = i64::try_from(millis).ok().and_then(|millis| millis.checked_mul(1_000_000));
    nanos.map(Time::from_nanos).ok_or_else(|| CotError::bad(name, &millis.to_string()))
}

/// Milliseconds since 1970; what lies before is 1, as protobuf has no sign here and 0 is none.
pub(crate) fn millis(time: Time) -> u64 {
    u64::try_from(time.millis()).unwrap_or(0).max(1)
}
