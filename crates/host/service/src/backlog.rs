//! What is dropped when the engine cannot keep up: the old, so that what is new is still worth warning of.

/// A datagram that has waited for longer than this shows that the engine has fallen behind, seconds.
const LAG_MAX_S: f64 = 1.0;
/// Then everything is skipped that has waited for longer than this, seconds.
const LAG_FRESH_S: f64 = 0.1;

/// Decides which of the waiting datagrams are taken.
///
/// A queue that only refuses what no longer fits would, under lasting load, hand out nothing but old datagrams.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Backlog {
    skipping: bool,
    skipped: u64,
}

impl Backlog {
    /// Whether a datagram is taken that has waited for this long; one that is not is counted.
    pub(crate) fn takes(&mut self, lag_s: f64) -> bool {
        self.skipping = lag_s > if self.skipping { LAG_FRESH_S } else { LAG_MAX_S };
        self.skipped += u64::from(self.skipping);
        !self.skipping
    }

    /// How many were not taken.
    pub(crate) fn skipped(&self) -> u64 {
        self.skipped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_is_skipped_until_the_fresh_comes() {
        let mut backlog = Backlog::default();
        let taken = [0.01, 0.9, 1.1, 0.9, 0.2, 0.05, 0.9].map(|lag_s| backlog.takes(lag_s));
        assert_eq!(taken, [true, true, false, false, false, true, true]);
        assert_eq!(backlog.skipped(), 3);
    }
}
