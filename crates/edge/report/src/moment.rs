//! Instants as a report writes them.

use core::fmt;

use parapet_frame::Time;
use serde::{Serialize, Serializer};

/// An instant that is written as RFC 3339 in UTC with milliseconds, `2026-11-22T16:13:49.123Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub Time);

impl Moment {
    fn shown(self, format: &str) -> String {
        match jiff::Timestamp::from_nanosecond(i128::from(self.0.nanos())) {
            Ok(timestamp) => timestamp.strftime(format).to_string(),
            Err(_) => self.0.nanos().to_string(),
        }
    }

    /// The date, `22 November 2026`.
    #[must_use]
    pub fn date(self) -> String {
        self.shown("%-d %B %Y")
    }

    /// The time of day to a tenth of a second, `16:13:49.1`.
    #[must_use]
    pub fn clock(self) -> String {
        let whole = self.shown("%H:%M:%S.%3f");
        whole.get(..10).unwrap_or(&whole).to_owned()
    }

    /// The time of day to the minute, `16:13`.
    #[must_use]
    pub fn minute(self) -> String {
        self.shown("%H:%M")
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown("%Y-%m-%dT%H:%M:%S.%3fZ"))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_has_a_date_a_clock_and_a_full_form() {
        let moment = Moment(Time::from_nanos(1_605_609_000_123_456_789));
        assert_eq!(moment.to_string(), "2020-11-17T10:30:00.123Z");
        assert_eq!(moment.date(), "17 November 2020");
        assert_eq!((moment.clock().as_str(), moment.minute().as_str()), ("10:30:00.1", "10:30"));
        assert_eq!(Moment(Time::NEVER).to_string(), "2262-04-11T23:47:16.854Z");
    }
}
