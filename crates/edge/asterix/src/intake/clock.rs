//! Which instant a time of day means.

use parapet_frame::{HeardAt, MeasuredAt, NANOS_PER_SECOND, Time};

use super::Refused;
use crate::TimeOfDay;
use crate::cat001::TruncatedTime;

/// Nanoseconds in a day.
const DAY_NS: i128 = 86_400 * NANOS_PER_SECOND as i128;
/// How far the clock of a source may be from the hearing before what it says is put down as a recording played again, or a
/// clock that is set wrong. No line and no queue of ours delays anything by a minute.
const OFF_CLOCK_S: f64 = 60.0;

/// The instant that a time of day means: on the day that puts it nearest to when it was heard, so that midnight may pass in
/// between in either direction.
pub(super) fn absolute(heard_at: HeardAt, time: Option<TimeOfDay>, item: &'static str) -> Result<MeasuredAt, Refused> {
    let time = time.ok_or(Refused::NoTime(item))?;
    // One second more than a day: a day that ends with a leap second keeps counting.
    if time.ticks() > TimeOfDay::DAY_TICKS + 128 {
        return Err(Refused::ImpossibleTime(item, time));
    }
    Ok(nearest(heard_at, time.ns(), DAY_NS))
}

/// As [`absolute`], of a time that wraps every 512 s.
pub(super) fn of_truncated(
    heard_at: HeardAt,
    time: Option<TruncatedTime>,
    item: &'static str,
) -> Result<MeasuredAt, Refused> {
    let time = time.ok_or(Refused::NoTime(item))?;
    Ok(nearest(heard_at, time.ns(), TruncatedTime::PERIOD_NS.into()))
}

/// The instant nearest to the hearing that is `of_period` after a multiple of the period.
fn nearest(heard_at: HeardAt, of_period_ns: i64, period_ns: i128) -> MeasuredAt {
    let (heard, of_period) = (i128::from(heard_at.0.nanos()), i128::from(of_period_ns));
    let turn = (heard - of_period + period_ns / 2).div_euclid(period_ns);
    let nanos = (turn * period_ns + of_period).clamp(i128::from(i64::MIN), i128::from(i64::MAX));
    MeasuredAt(Time::from_nanos(nanos as i64))
}

/// How many seconds before (positive) or after it was heard something was measured, where that is too far apart for a clock
/// and a line that work.
pub(super) fn off_clock_s(heard_at: HeardAt, measured_at: MeasuredAt) -> Option<f64> {
    let age_s = heard_at.0.seconds_since(measured_at.0);
    (age_s.abs() > OFF_CLOCK_S).then_some(age_s)
}
