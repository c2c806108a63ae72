//! The only place that reads a clock.
//!
//! Events are stamped in UTC, because sensors are. Wall clocks are set now and then, and one that is set back must not make
//! time run backwards: then time goes on by the monotonic clock until the wall clock has caught up, and people are told.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use parapet_frame::Time;

/// A wall clock that runs ahead of the monotonic one by more than this was set, not merely disciplined.
const FORWARD_STEP_S: f64 = 1.0;
/// A wall clock behind by less than this is being disciplined; time waits for it, and nobody needs to know.
const BACK_STEP_S: f64 = 0.05;
/// Steps that wait to be told.
const STEPS_MAX: usize = 16;

/// UTC that never goes back. Shared by every thread that stamps.
#[derive(Debug)]
pub struct Clock {
    origin: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    guard: Guard,
    steps: Vec<ClockStep>,
}

/// The wall clock was set while the service ran.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClockStep {
    /// The service's time when it was found.
    pub at: Time,
    /// By how many seconds the wall clock moved against the monotonic one; negative when it was set back.
    pub by_s: f64,
}

impl core::fmt::Display for ClockStep {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        if self.by_s < 0.0 {
            write!(
                f,
                "the wall clock was set back by {:.3} s; time goes on by the monotonic clock until it has caught up",
                -self.by_s
            )
        } else {
            write!(f, "the wall clock was set forward by {:.3} s; time follows it", self.by_s)
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Clock::new()
    }
}

impl Clock {
    /// A clock that starts at the wall clock's time.
    #[must_use]
    pub fn new() -> Self {
        Clock { origin: Instant::now(), state: Mutex::default() }
    }

    /// The time; never earlier than any time returned before.
    pub fn now(&self) -> Time {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (now, step) = state.guard.read(wall(), self.origin.elapsed());
        if let Some(step) = step
            && state.steps.len() < STEPS_MAX
        {
            state.steps.push(step);
        }
        now
    }

    /// The steps found since the last call.
    pub fn take_steps(&self) -> Vec<ClockStep> {
        core::mem::take(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner).steps)
    }
}

fn wall() -> Time {
    let nanos = |duration: Duration| i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX);
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(after) => Time::from_nanos(nanos(after)),
        Err(before) => Time::from_nanos(nanos(before.duration()).saturating_neg()),
    }
}

/// Keeps time from going back.
#[derive(Clone, Copy, Debug, Default)]
struct Guard {
    /// The latest time given, and the monotonic clock then.
    last: Option<(Time, Duration)>,
    /// Whether time goes by the monotonic clock.
    adrift: bool,
}

impl Guard {
    fn read(&mut self, wall: Time, monotonic: Duration) -> (Time, Option<ClockStep>) {
        let Some((last, then)) = self.last else {
            self.last = Some((wall, monotonic));
            return (wall, None);
        };
        let passed = i64::try_from(monotonic.saturating_sub(then).as_nanos()).unwrap_or(i64::MAX);
        let expected = last.plus_nanos(passed);
        let by_s = wall.seconds_since(expected);
        let behind = wall < last || (self.adrift && wall < expected);
        let now = if behind { expected } else { wall };
        let told = if behind { !self.adrift && by_s < -BACK_STEP_S } else { !self.adrift && by_s > FORWARD_STEP_S };
        self.adrift = behind;
        self.last = Some((now, monotonic));
        (now, told.then_some(ClockStep { at: now, by_s }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(guard: &mut Guard, wall_s: f64, monotonic_s: f64) -> (f64, Option<f64>) {
        let (now, step) = guard.read(Time::from_seconds(wall_s), Duration::from_secs_f64(monotonic_s));
        (now.seconds_since(Time::from_nanos(0)), step.map(|step| step.by_s))
    }

    #[test]
    fn a_clock_set_back_does_not_turn_time_back() {
        let mut guard = Guard::default();
        assert_eq!(read(&mut guard, 1_000.0, 5.0), (1_000.0, None));
        assert_eq!(read(&mut guard, 1_001.0, 6.0), (1_001.0, None));
        let (now, step) = read(&mut guard, 902.0, 7.0);
        assert_eq!((now, step), (1_002.0, Some(-100.0)));
        assert_eq!(read(&mut guard, 903.0, 8.0), (1_003.0, None), "told once");
        assert_eq!(read(&mut guard, 1_003.5, 8.25), (1_003.5, None), "and follows again when the clock has caught up");
    }

    #[test]
    fn a_clock_set_forward_is_followed_and_told() {
        let mut guard = Guard::default();
        read(&mut guard, 1_000.0, 5.0);
        assert_eq!(read(&mut guard, 1_061.0, 6.0), (1_061.0, Some(60.0)));
        assert_eq!(read(&mut guard, 1_062.0, 7.0), (1_062.0, None));
    }

    #[test]
    fn the_real_clock_runs_forward() {
        let clock = Clock::new();
        let readings: Vec<Time> = (0..1_000).map(|_| clock.now()).collect();
        assert!(readings.is_sorted());
        assert!(readings[0] > Time::from_seconds(1_600_000_000.0));
    }
}
