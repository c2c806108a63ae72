//! The host's clock, as the live program reads it: UTC that never goes back.

use parapet_frame::Time;

use crate::fault::{Fault, Kind};

/// The same contract as the live program's clock: the wall clock, and where that is set back, what the monotonic clock has
/// counted until the wall clock has caught up.
#[derive(Clone, Debug)]
pub(crate) struct HostClock {
    faults: Vec<Fault>,
    start: Time,
    leaps_at_s: Option<f64>,
    last: Option<(Time, Time)>,
    adrift: bool,
}

impl HostClock {
    pub(crate) fn new(start: Time, faults: &[Fault], leaps_at_s: Option<f64>) -> Self {
        let of_host = |fault: &&Fault| matches!(fault.kind, Kind::HostStep | Kind::HostDrift);
        HostClock {
            faults: faults.iter().filter(of_host).copied().collect(),
            start,
            leaps_at_s,
            last: None,
            adrift: false,
        }
    }

    /// The process begins anew: nothing is known of the time before but what the recording says.
    pub(crate) fn restart(&mut self, recorded: Time, real: Time) {
        self.last = Some((recorded, real));
        self.adrift = true;
    }

    /// By how much the wall clock is wrong, seconds.
    fn off_s(&self, second: f64) -> f64 {
        let of = |fault: &Fault| match fault.kind {
            Kind::HostStep if fault.holds(second) => fault.strength,
            Kind::HostDrift => fault.strength * (second - fault.at_s).clamp(0.0, fault.for_s),
            _ => 0.0,
        };
        let leap = if self.leaps_at_s.is_some_and(|at| second >= at) { -1.0 } else { 0.0 };
        leap + self.faults.iter().map(of).sum::<f64>()
    }

    /// What the host takes for the time when it really is `real`.
    pub(crate) fn read(&mut self, real: Time) -> Time {
        let wall = real.plus_seconds(self.off_s(real.seconds_since(self.start)));
        let now = match self.last {
            None => wall,
            Some((last, then)) => {
                let expected = last.plus_nanos(real.nanos().saturating_sub(then.nanos()).max(0));
                let behind = wall < last || (self.adrift && wall < expected);
                self.adrift = behind;
                if behind { expected } else { wall }
            }
        };
        self.last = Some((now, real));
        now
    }
}
