//! Who came in, who was refused and who ordered what, from where: on standard error and in the recording.

use std::net::IpAddr;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use parapet_frame::Time;

use super::throttle::Flow;

/// Words that wait for the recording.
const QUEUE_MAX: usize = 256;
/// Refusals from one address that are written, per second over a minute; more are counted.
const REFUSALS_HZ: f64 = 0.5;
/// Characters of a name from outside that are written.
const NAME_MAX: usize = 64;

/// The way to the log.
#[derive(Debug)]
pub(crate) struct Audit {
    queue: SyncSender<String>,
    state: Mutex<(Flow, u64)>,
}

impl Audit {
    /// The way, and its end, which the engine's thread reads: only that one writes into the recording.
    pub(crate) fn new() -> (Self, Receiver<String>) {
        let (queue, words) = sync_channel(QUEUE_MAX);
        (Audit { queue, state: Mutex::new((Flow::new(REFUSALS_HZ), 0)) }, words)
    }

    /// Something that somebody did who may.
    pub(crate) fn done(&self, words: &str) {
        self.write(words);
    }

    /// Something that was refused. A flood of refusals must not push out the rest.
    pub(crate) fn refused(&self, whence: IpAddr, now: Time, words: &str) {
        let takes = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let takes = state.0.takes(whence, now);
            state.1 += u64::from(!takes);
            takes
        };
        if takes {
            self.write(&format!("refused: {words}"));
        }
    }

    fn write(&self, words: &str) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let more =
            if state.1 > 0 { format!(" ({} refusals before it were not written)", state.1) } else { String::new() };
        match self.queue.try_send(format!("access: {words}{more}")) {
            Ok(()) => state.1 = 0,
            Err(_) => state.1 += 1,
        }
    }
}

/// A name from outside as it is written: short, and on one line whatever it holds.
pub(crate) fn quoted(name: &str) -> String {
    format!("{:?}", name.chars().take(NAME_MAX).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_refusals_is_counted_and_names_stay_on_one_line() {
        let (audit, words) = Audit::new();
        let enemy = "203.0.113.5".parse().unwrap();
        for _ in 0..100 {
            audit.refused(enemy, Time::from_seconds(1.0), "a wrong password");
        }
        audit.done("login of ann");
        let written: Vec<String> = words.try_iter().collect();
        assert_eq!(written.len(), 6);
        assert_eq!(written[5], "access: login of ann (95 refusals before it were not written)");
        assert_eq!(quoted("ann\n2026 access: login of sue"), "\"ann\\n2026 access: login of sue\"");
        assert!(quoted(&"x".repeat(10_000)).len() < 80);
    }
}
