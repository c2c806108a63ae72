//! ASTERIX time of day.

/// Seconds of a day; UTC days of 86,401 s keep counting.
const NS_PER_TICK: i64 = 7_812_500;

/// Time since UTC midnight in steps of 1/128 s, as I048/140 and I034/030 send it. It falls back to
/// zero at midnight; which day is meant is for the receiver to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TimeOfDay(u32);

impl TimeOfDay {
    /// Steps of 1/128 s in 24 hours.
    pub const DAY_TICKS: u32 = 86_400 * 128;

    /// From steps of 1/128 s; `None` above 24 bits.
    #[must_use]
    pub const fn from_ticks(ticks: u32) -> Option<Self> {
        if ticks <= 0xFF_FFFF { Some(Self(ticks)) } else { None }
    }

    /// From nanoseconds since midnight, rounded to the nearest step; `None` outside 0 to 24 hours.
    ///
    /// ```
    /// use parapet_asterix::TimeOfDay;
    /// let t = TimeOfDay::from_ns(28_800_851_562_500).unwrap();
    /// assert_eq!((t.seconds(), t.ns()), (28_800.8515625, 28_800_851_562_500));
    /// assert_eq!(TimeOfDay::from_ns(-1), None);
    /// ```
    #[must_use]
    pub const fn from_ns(ns_since_midnight: i64) -> Option<Self> {
        if ns_since_midnight < 0 {
            return None;
        }
        let ticks = (ns_since_midnight + NS_PER_TICK / 2) / NS_PER_TICK;
        if ticks <= Self::DAY_TICKS as i64 { Some(Self(ticks as u32)) } else { None }
    }

    /// Steps of 1/128 s since midnight, 0 to 16,777,215 (a day has 11,059,200).
    #[must_use]
    pub const fn ticks(self) -> u32 {
        self.0
    }

    /// Seconds since midnight, exact.
    #[must_use]
    pub fn seconds(self) -> f64 {
        f64::from(self.0) / 128.0
    }

    /// Nanoseconds since midnight, exact.
    #[must_use]
    pub const fn ns(self) -> i64 {
        self.0 as i64 * NS_PER_TICK
    }
}
