//! Which instant a time of day means.

use parapet_frame::{HeardAt, MeasuredAt, NANOS_PER_SECOND, Time};

use super::Refused;
use crate::TimeOfDay;
use crate::cat001::TruncatedTime;

/// Nanoseconds in a day.
const DAY_NS: i128 = 86_400 * NANOS_PER_SECOND as i128;
/// Nanoseconds after which a truncated time falls back to zero.
const TURN_NS: i128 = TruncatedTime::PERIOD_NS as i128;
/// How far the clock of a source may be from the hearing before what it says is put down as a recording played again,
/// or a clock that is set wrong. No line and no queue of ours delays anything by a minute.
const OFF_CLOCK_S: f64 = 60.0;

/// The instant that a time of day means: on the day that puts it nearest to when it was heard, so that midnight may
/// pass in between in either direction.
pub(super) fn absolute(heard_at: HeardAt, time: Option<TimeOfDay>, item: &'static str) -> Result<MeasuredAt, Refused> {
    let time = time.ok_or(Refused::NoTime(item))?;
    // One second more than a day: a day that ends with a leap second keeps counting.
    if time.ticks() > TimeOfDay::DAY_TICKS + 128 {
        return Err(Refused::ImpossibleTime(item, time));
    }
    Ok(nearest(heard_at, time.ns()))
}

/// As [`absolute`], of a time that wraps every 512 s. Midnight is no whole number of turns after the midnight before,
/// so each day begins its turns anew.
pub(super) fn of_truncated(
    heard_at: HeardAt,
    time: Option<TruncatedTime>,
    item: &'static str,
) -> Result<MeasuredAt, Refused> {
    let of_turn = i128::from(time.ok_or(Refused::NoTime(item))?.ns());
    let heard = i128::from(heard_at.0.nanos());
    let today = heard.div_euclid(DAY_NS);
    let on = |day: i128| {
        let turns = (DAY_NS - 1 - of_turn) / TURN_NS;
        let turn = (heard - day * DAY_NS - of_turn + TURN_NS / 2).div_euclid(TURN_NS).clamp(0, turns);
        day * DAY_NS + turn * TURN_NS + of_turn
    };
    let nearest = [today - 1, today, today + 1].map(on).into_iter().min_by_key(|instant| (instant - heard).abs());
    Ok(instant(nearest.unwrap_or(heard)))
}

/// The instant nearest to the hearing that is this long after some midnight.
fn nearest(heard_at: HeardAt, of_day_ns: i64) -> MeasuredAt {
    let (heard, of_day) = (i128::from(heard_at.0.nanos()), i128::from(of_day_ns));
    let day = (heard - of_day + DAY_NS / 2).div_euclid(DAY_NS);
    instant(day * DAY_NS + of_day)
}

fn instant(nanos: i128) -> MeasuredAt {
    MeasuredAt(Time::from_nanos(nanos.clamp(i64::MIN.into(), i64::MAX.into()) as i64))
}

/// How many seconds before (positive) or after it was heard something was measured, where that is too far apart for a
/// clock and a line that work.
pub(super) fn off_clock_s(heard_at: HeardAt, measured_at: MeasuredAt) -> Option<f64> {
    let age_s = heard_at.0.seconds_since(measured_at.0);
    (age_s.abs() > OFF_CLOCK_S).then_some(age_s)
}
