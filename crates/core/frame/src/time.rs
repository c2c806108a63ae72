//! Time as data: a count that arrives with an event, never a clock that is read.

use serde::{Deserialize, Serialize};

/// Nanoseconds in one second.
pub const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// An instant: nanoseconds since 1970-01-01T00:00:00 UTC, leap seconds not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(i64);

impl Time {
    /// The latest instant that can be written; "never" for a wake-up.
    pub const NEVER: Time = Time(i64::MAX);

    /// From nanoseconds since the Unix epoch.
    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        Time(nanos)
    }

    /// From seconds since the Unix epoch, rounded to the nearest nanosecond; not-a-number becomes the epoch and values
    /// out of range become the nearest instant that can be written.
    #[must_use]
    pub fn from_seconds(seconds: f64) -> Self {
        Time((seconds * NANOS_PER_SECOND as f64).round() as i64)
    }

    /// Nanoseconds since the Unix epoch.
    #[must_use]
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// Whole milliseconds since the Unix epoch, rounded down.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Seconds from `earlier` to `self`; negative when `self` is the earlier one.
    #[must_use]
    pub fn seconds_since(self, earlier: Time) -> f64 {
        self.0.saturating_sub(earlier.0) as f64 / NANOS_PER_SECOND as f64
    }

    /// This instant moved by a number of seconds, which may be negative; saturates.
    #[must_use]
    pub fn plus_seconds(self, seconds: f64) -> Time {
        self.plus_nanos((seconds * NANOS_PER_SECOND as f64).round() as i64)
    }

    /// This instant moved by a number of nanoseconds, which may be negative; saturates.
    #[must_use]
    pub const fn plus_nanos(self, nanos: i64) -> Time {
        Time(self.0.saturating_add(nanos))
    }
}

/// When a sensor says that it measured. A claim, not yet believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MeasuredAt(pub Time);

/// When our machine received it. Our own stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HeardAt(pub Time);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_nanos_agree() {
        let t = Time::from_nanos(1_700_000_000_123_456_789);
        assert_eq!(t.plus_seconds(1.5).nanos() - t.nanos(), 1_500_000_000);
        assert_eq!(t.plus_seconds(-0.25).seconds_since(t), -0.25);
        assert_eq!(t.millis(), 1_700_000_000_123);
    }

    #[test]
    fn extremes_saturate() {
        assert_eq!(Time::NEVER.plus_seconds(1.0), Time::NEVER);
        assert_eq!(Time::from_seconds(f64::NAN).nanos(), 0);
        assert_eq!(Time::from_seconds(1e300), Time::NEVER);
    }
}
