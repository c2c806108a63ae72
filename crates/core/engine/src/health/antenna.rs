//! Where the antenna is, as its own sector and north messages say.

use core::f64::consts::TAU;

use parapet_frame::Time;

use super::Verdict;

/// Messages of different directions from which on it is known how far apart they come.
const KNOWN_AFTER: u32 = 8;
/// Seconds without such a message that stand for a stopped antenna, times of their usual interval, at least and at most.
const MISSING_TIMES: f64 = 4.0;
const STOPPED_S: (f64, f64) = (1.0, 2.0);
/// The same in scans, where only north is told.
const STOPPED_SCANS: f64 = 1.5;
/// Other messages meanwhile: a sensor that was silent and comes back has not stopped turning.
const OTHERS_MIN: u32 = 3;
/// Crossings that are missing in a row and stand for a blanked sector at once; fewer may be lost datagrams, unless it is the same again.
const MISSING_AT_ONCE: f64 = 1.9;

/// Turns are alike that differ by less than this part, and so many smaller ones in a row are no accident.
const ALIKE: f64 = 0.9;
const SMALLER_AFTER: u32 = 4;

/// Follows the antenna.
#[derive(Clone, Debug, Default)]
pub(super) struct Antenna {
    last: Option<(f64, Time)>,
    /// The smallest turn between two messages, radians, and how often there was one.
    step_rad: f64,
    steps: u32,
    /// A smaller turn than that, and how often in a row there was one: a broken direction makes one now and then, and no more.
    smaller: Option<(f64, u32)>,
    /// Where a crossing was missing last, and the beginning of the gap that was told and is not over.
    lost_rad: Option<f64>,
    told_rad: Option<f64>,
    stopped: bool,
    /// Messages in a row that pointed the same way.
    same: u32,
    /// Other messages since the last of the antenna.
    others: u32,
    moved_at: Option<Time>,
}

/// What a message of the antenna says.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) stopped: Option<Verdict>,
    pub(super) missing: Option<Verdict>,
}

impl Antenna {
    /// Whether sectors are told, and not north alone.
    pub(super) fn tells_sectors(&self) -> bool {
        self.steps >= KNOWN_AFTER && self.step_rad < 0.5 * TAU
    }

    pub(super) fn hear(&mut self, antenna_rad: f64, now: Time) -> Found {
        let mut found = Found::default();
        self.others = 0;
        let Some((last_rad, _)) = self.last.replace((antenna_rad, now)) else {
            self.moved_at = Some(now);
            return found;
        };
        let turn_rad = (antenna_rad - last_rad).rem_euclid(TAU);
        let same_way = !(1e-6..=TAU - 1e-6).contains(&turn_rad);
        if same_way && self.tells_sectors() {
            // North and the first sector may both be told.
            self.same += 1;
            let moved_s = self.moved_at.map_or(0.0, |at| now.seconds_since(at));
            if self.same >= 3 && moved_s >= STOPPED_S.0 && !self.stopped {
                self.stopped = true;
                found.stopped = Some(Verdict::begins(format!("still at {:.0} degrees", antenna_rad.to_degrees())));
            }
            return found;
        }
        let turn_rad = if same_way { TAU } else { turn_rad };
        (self.same, self.moved_at) = (0, Some(now));
        if core::mem::take(&mut self.stopped) {
            found.stopped = Some(Verdict::over());
        }
        if self.tells_sectors() {
            found.missing = self.gap(last_rad, antenna_rad, turn_rad);
        }
        // Where sectors are told, north between two of them makes no smaller step of it.
        if turn_rad > 1e-3 {
            self.learn(turn_rad);
            self.steps = self.steps.saturating_add(1);
        }
        found
    }

    /// Learns how far apart the messages come: the smallest turn that comes again and again.
    fn learn(&mut self, turn_rad: f64) {
        if self.steps == 0 {
            self.step_rad = turn_rad;
        }
        if turn_rad > ALIKE * self.step_rad {
            self.smaller = None;
            return;
        }
        let alike = |before: f64| turn_rad > ALIKE * before && before > ALIKE * turn_rad;
        let (smallest_rad, count) = match self.smaller {
            Some((before, count)) if alike(before) => (before.min(turn_rad), count + 1),
            _ => (turn_rad, 1),
        };
        self.smaller = Some((smallest_rad, count));
        if count >= SMALLER_AFTER {
            (self.step_rad, self.smaller) = (smallest_rad, None);
        }
    }

    /// Whether crossings are missing between two messages.
    fn gap(&mut self, from_rad: f64, to_rad: f64, turn_rad: f64) -> Option<Verdict> {
        let missing = (turn_rad / self.step_rad) - 1.0;
        let passes = |place: f64| (place - from_rad).rem_euclid(TAU) < turn_rad - 1e-6;
        if missing < 0.5 {
            // A gap is over when the antenna has told of itself in it.
            if self.lost_rad.is_some_and(|place| passes(place + 1e-6)) {
                self.lost_rad = None;
            }
            return self.told_rad.take_if(|place| passes(*place + 1e-6)).map(|_| Verdict::over());
        }
        let again = self.lost_rad.is_some_and(|place| (place - from_rad).abs() < 1e-6);
        self.lost_rad = Some(from_rad);
        if missing < MISSING_AT_ONCE && !again {
            return None;
        }
        self.told_rad = Some(from_rad);
        let (from, to) = (from_rad.to_degrees().rem_euclid(360.0), to_rad.to_degrees().rem_euclid(360.0));
        Some(Verdict::begins(format!("no sector message between {from:.0} and {to:.0} degrees")))
    }

    /// Whether it has been silent for too long, though the sensor speaks.
    pub(super) fn has_stopped(&mut self, now: Time, scan_period_s: f64) -> Option<Verdict> {
        let (_, at) = self.last?;
        self.others = self.others.saturating_add(1);
        let since_s = now.seconds_since(at);
        let limit_s = if self.tells_sectors() {
            let usual_s = scan_period_s * self.step_rad / TAU;
            (MISSING_TIMES * usual_s).clamp(STOPPED_S.0, STOPPED_S.1)
        } else if self.steps >= 2 {
            STOPPED_SCANS * scan_period_s
        } else {
            return None;
        };
        if self.stopped || since_s < limit_s || self.others < OTHERS_MIN {
            return None;
        }
        self.stopped = true;
        Some(Verdict::begins(format!("nothing told of the antenna for {since_s:.1} s")))
    }
}
