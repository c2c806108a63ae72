//! Many independent runs on all cores. What comes of a run depends on its number only, never on who did it or when.

use std::io::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A word on how far things are comes no more often.
const WORD_EVERY: Duration = Duration::from_secs(5);

/// Does runs 0 to `count`, as many at a time as there are workers, with a word on standard error now and then; results in the order
/// of their numbers. The first failure, by number, is returned in their place.
///
/// # Errors
/// That of a run.
pub fn all<T: Send, E: Send>(
    what: &str,
    count: usize,
    workers: usize,
    run: impl Fn(usize) -> Result<T, E> + Sync,
) -> Result<Vec<T>, E> {
    let begun = Instant::now();
    let next = AtomicUsize::new(0);
    let done = Mutex::new((Vec::with_capacity(count), begun));
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return;
            }
            let result = run(number);
            // A poisoned lock means that another worker broke down, and its panic ends everything anyway.
            let Ok(mut done) = done.lock() else { return };
            done.0.push((number, result));
            let so_far = done.0.len();
            if done.1.elapsed() >= WORD_EVERY || so_far == count {
                done.1 = Instant::now();
                let taken = begun.elapsed().as_secs_f64();
                let left = taken / so_far as f64 * (count - so_far) as f64;
                let word = format!("{what}: {so_far} of {count}, {taken:.0} s taken, about {left:.0} s left");
                // A terminal that is gone is no reason to stop.
                let _ = writeln!(std::io::stderr().lock(), "{word}");
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..workers.clamp(1, count.max(1)) {
            scope.spawn(work);
        }
    });
    let mut results = done.into_inner().map_or_else(|broken| broken.into_inner().0, |done| done.0);
    results.sort_by_key(|(number, _)| *number);
    results.into_iter().map(|(_, result)| result).collect()
}

/// As many workers as there are cores.
#[must_use]
pub fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_order_whoever_made_them() {
        let square = |n: usize| Ok::<_, String>(n * n);
        assert_eq!(all("test", 50, 1, square), all("test", 50, 4, square));
        let odd = |n: usize| if n % 2 == 1 { Err(n) } else { Ok(n) };
        assert_eq!(all("test", 10, 3, odd), Err(1));
    }
}
