//! What a door needs of the program around it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parapet_frame::Time;

use crate::Arrival;

/// The clock, the way to the engine, the way to people, and the end.
#[derive(Clone)]
pub struct Outside {
    clock: Arc<dyn Fn() -> Time + Send + Sync>,
    engine: Arc<dyn Fn(Arrival) -> Result<(), Arrival> + Send + Sync>,
    people: Arc<dyn Fn(&str) + Send + Sync>,
    stop: Arc<AtomicBool>,
}

impl core::fmt::Debug for Outside {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Outside")
    }
}

impl Outside {
    /// `engine` gives a message back when it has no room for it now.
    pub fn new(
        clock: impl Fn() -> Time + Send + Sync + 'static,
        engine: impl Fn(Arrival) -> Result<(), Arrival> + Send + Sync + 'static,
        people: impl Fn(&str) + Send + Sync + 'static,
        stop: Arc<AtomicBool>,
    ) -> Self {
        Outside { clock: Arc::new(clock), engine: Arc::new(engine), people: Arc::new(people), stop }
    }

    pub(crate) fn now(&self) -> Time {
        (self.clock)()
    }

    pub(crate) fn hand_over(&self, arrival: Arrival) -> Result<(), Arrival> {
        (self.engine)(arrival)
    }

    pub(crate) fn tell(&self, words: &str) {
        (self.people)(words);
    }

    pub(crate) fn stops(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
