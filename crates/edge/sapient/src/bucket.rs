//! A token bucket: how much may come in a while.

use parapet_frame::Time;

/// Tokens that fill up with time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bucket {
    per_second: f64,
    most: f64,
    tokens: f64,
    since: Time,
}

impl Bucket {
    /// A full bucket.
    pub(crate) fn new(at: Time, per_second: f64, most: f64) -> Self {
        Bucket { per_second, most, tokens: most, since: at }
    }

    /// Takes a token where there is one.
    pub(crate) fn take(&mut self, at: Time) -> bool {
        let passed_s = at.seconds_since(self.since).max(0.0);
        self.tokens = (self.tokens + passed_s * self.per_second).min(self.most);
        self.since = self.since.max(at);
        let is_there = self.tokens >= 1.0;
        self.tokens -= f64::from(u8::from(is_there));
        is_there
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_and_then_the_rate() {
        let start = Time::from_seconds(1e9);
        let mut bucket = Bucket::new(start, 10.0, 5.0);
        assert_eq!((0..8).filter(|_| bucket.take(start)).count(), 5);
        let later = start.plus_seconds(0.31);
        assert_eq!((0..8).filter(|_| bucket.take(later)).count(), 3);
        assert!(!bucket.take(start), "a clock that goes back fills nothing");
    }
}
