//! What was let in lately, to know it again on a redundant line.

use parapet_frame::Time;
use parapet_track::Plot;

/// What makes two plots of one sensor the same: time and place, bit for bit.
type Seen = (Time, u64, u64);

/// Entries that are put in one by one before all are put in order together: so many are moved in a tenth of a microsecond.
const RECENT_MAX: usize = 256;

/// The plots of a while, in order; once it has grown to the size of that while, it asks for no more memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct SeenPlots {
    /// Nearly all.
    settled: Vec<Seen>,
    /// The latest, likewise in order.
    recent: Vec<Seen>,
    /// Memory for the next putting together.
    spare: Vec<Seen>,
}

impl SeenPlots {
    /// Whether the same plot is there.
    pub(crate) fn holds(&self, plot: &Plot) -> bool {
        let seen = seen(plot);
        self.recent.binary_search(&seen).is_ok() || self.settled.binary_search(&seen).is_ok()
    }

    /// Takes one that is not there yet; those measured before `oldest` need not be remembered.
    pub(crate) fn remember(&mut self, plot: &Plot, oldest: Time) {
        let seen = seen(plot);
        let place = self.recent.partition_point(|other| *other < seen);
        self.recent.insert(place, seen);
        if self.recent.len() >= RECENT_MAX {
            self.settle(oldest);
        }
    }

    fn settle(&mut self, oldest: Time) {
        let young = |list: &[Seen]| list.partition_point(|(at, ..)| *at < oldest);
        let mut left = self.settled[young(&self.settled)..].iter().peekable();
        let mut right = self.recent[young(&self.recent)..].iter().peekable();
        self.spare.clear();
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            let next = if a < b { left.next() } else { right.next() };
            self.spare.extend(next);
        }
        self.spare.extend(left);
        self.spare.extend(right);
        core::mem::swap(&mut self.settled, &mut self.spare);
        self.recent.clear();
    }
}

fn seen(plot: &Plot) -> Seen {
    (plot.measured_at.0, plot.range_m.to_bits(), plot.azimuth_rad.to_bits())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use parapet_frame::{HeardAt, MeasuredAt};
    use parapet_track::SensorId;

    use super::*;

    fn plot(second: i64, range_m: f64) -> Plot {
        let at = Time::from_seconds(second as f64);
        Plot {
            sensor: SensorId(0),
            sequence: 0,
            measured_at: MeasuredAt(at),
            heard_at: HeardAt(at),
            range_m,
            azimuth_rad: 0.5,
            elevation: None,
            range_rate_mps: None,
            identity: None,
            simulated: false,
            accuracy: None,
        }
    }

    /// The same as a plain set, through many puttings together and in no order of time.
    #[test]
    fn it_is_a_set() {
        let (mut seen, mut set) = (SeenPlots::default(), BTreeSet::new());
        for i in 0..5_000_i64 {
            let (second, range_m) = (i * 7_919 % 40, i * 104_729 % 50);
            let one = plot(second, range_m as f64);
            assert_eq!(seen.holds(&one), set.contains(&(second, range_m)), "{second} s, {range_m} m");
            if set.insert((second, range_m)) {
                seen.remember(&one, Time::from_seconds(0.0));
            }
        }
    }

    #[test]
    fn the_old_are_forgotten_and_memory_stays() {
        let mut seen = SeenPlots::default();
        for second in 0..20_000 {
            seen.remember(&plot(second, 1_000.0), Time::from_seconds((second - 100) as f64));
        }
        assert!(seen.holds(&plot(19_950, 1_000.0)));
        assert!(!seen.holds(&plot(10_000, 1_000.0)));
        assert!(seen.settled.capacity() < 4 * RECENT_MAX, "{}", seen.settled.capacity());
    }
}
