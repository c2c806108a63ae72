//! What a service says when it has stopped.

use core::fmt;
use std::path::PathBuf;

use parapet_engine::Counts;

use crate::atlas::word;
use crate::latency::LatencyReport;
use crate::shared::Shared;

/// What happened from start to stop.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// How long it ran, seconds.
    pub seconds: f64,
    /// What the engine counted.
    pub counts: Counts,
    /// Datagrams taken.
    pub datagrams: u64,
    /// Datagrams dropped because the engine was too busy.
    pub datagrams_dropped: u64,
    /// Datagrams dropped by the operating system because its receive buffer was full.
    pub datagrams_overrun: u64,
    /// Alarms raised.
    pub alarms_raised: u64,
    /// From plot to alarm.
    pub latency: LatencyReport,
    /// The folder of the recording.
    pub recording: PathBuf,
    /// "ok", or what went wrong with it.
    pub recording_state: String,
    /// Messages missing in it because the disk was too slow.
    pub recording_lost: u64,
    /// "ok", or what went wrong with the alarm file and the CAP folder.
    pub alarm_output: String,
}

impl Summary {
    pub(crate) fn new(shared: &Shared, seconds: f64, recording: PathBuf) -> Self {
        let status = shared.status();
        Summary {
            seconds,
            counts: status.counts,
            datagrams: status.datagrams,
            datagrams_dropped: status.datagrams_dropped,
            datagrams_overrun: status.datagrams_overrun,
            alarms_raised: status.alarms_raised,
            latency: shared.latencies().report(),
            recording,
            recording_state: shared.recording(),
            recording_lost: status.recording_lost,
            alarm_output: shared.alarm_output(),
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "ran       {:.1} s", self.seconds)?;
        writeln!(f, "datagrams {} taken, {} dropped", self.datagrams, self.datagrams_dropped + self.datagrams_overrun)?;
        writeln!(f, "plots     {}", CountsLine(&self.counts))?;
        writeln!(f, "alarms    {} raised; writing them: {}", self.alarms_raised, self.alarm_output)?;
        writeln!(f, "latency   plot to alarm: {}", self.latency)?;
        let lost = if self.recording_lost == 0 {
            String::new()
        } else {
            format!(", {} messages missing", self.recording_lost)
        };
        write!(f, "recording {} ({}{lost})", self.recording.display(), self.recording_state)
    }
}

/// The engine's counts in one line: `heard 10 = used 7 + waiting 0 + refused 3 (duplicate 2, too_old 1)`.
pub struct CountsLine<'a>(pub &'a Counts);

impl fmt::Display for CountsLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { heard, used, waiting, refused } = self.0;
        let total: u64 = refused.values().sum();
        write!(f, "heard {heard} = used {used} + waiting {waiting} + refused {total}")?;
        let reasons: Vec<String> = refused.iter().map(|(reason, count)| format!("{} {count}", word(reason))).collect();
        if reasons.is_empty() { Ok(()) } else { write!(f, " ({})", reasons.join(", ")) }
    }
}
