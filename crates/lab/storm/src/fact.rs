//! What happens in a story, as checkers and people are told it.

use std::collections::BTreeMap;

use parapet_engine::{Counts, Event, Output};
use parapet_frame::Time;
use parapet_siren::{Sounding, Verdict};
use parapet_warn::{Alarm, AlarmId, OperatorCommand};

use crate::air::Tag;

/// Where a message for a siren comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Path {
    /// By the broker.
    Broker,
    /// By the second path, straight from the host.
    Straight,
    /// From somebody else.
    Attacker,
}

/// A command as the host made it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Made {
    pub(crate) bytes: Vec<u8>,
    pub(crate) alarm: String,
    pub(crate) revision: u32,
    pub(crate) sequence: u64,
    pub(crate) expires_ms: i64,
    pub(crate) is_end: bool,
}

/// One thing that happened, with what is true of it.
#[derive(Debug)]
pub(crate) enum Fact<'a> {
    /// The host read a datagram into these events; the tags are of its plots, where it came as it was sent.
    Read { sensor: usize, events: &'a [Event], tags: &'a [Tag], whole: bool, off_s: f64, impostor: bool },
    /// The host skipped a datagram, because it has fallen behind; whether it was of a round.
    Skipped { of_round: bool },
    /// The engine said this.
    Said(&'a Output),
    /// A step of the engine is over; when it next wants to be woken.
    Stepped { counts: &'a Counts, wake: Time, tracks: usize },
    /// The engine of the other world, which hears the same lines, said this.
    OtherSaid(&'a Output),
    /// People ordered this.
    Ordered(&'a OperatorCommand),
    /// The host told this state of an alarm to these sirens.
    Told { alarm: &'a Alarm, revision: u32, sirens: &'a [usize] },
    /// The host made a command.
    Made(&'a Made),
    /// A siren judged a message.
    Judged { siren: usize, bytes: &'a [u8], path: Path, retained: bool, verdict: Option<Verdict>, its_ms: i64 },
    /// A siren of the other world judged the same message.
    OtherJudged { obeyed: bool },
    /// What a siren sounds has changed.
    Sounds { siren: usize, sounding: Option<&'a Sounding> },
    /// The host holds that a siren has this state of an alarm.
    Acknowledged { siren: usize, id: AlarmId, revision: u32 },
    /// People are shown that this siren does not answer for this state of an alarm.
    Named { siren: usize, id: AlarmId, revision: u32 },
    /// People are shown that the disk does not take the recording, or does again.
    DiskShown { failed: bool },
    /// The disk does not take the recording, or does again.
    DiskFails { failed: bool },
    /// People are shown that plots are shed.
    SheddingShown,
    /// The host is gone.
    Gone,
    /// It is back: the recording gives these words and counts, and it says these alarms again.
    Back { standing: &'a [Alarm], said: &'a [Output], counts: &'a Counts, kept_until: Time, same: bool },
    /// Nothing goes wrong any more.
    Clears,
}

/// A promise was broken.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Which checker says so.
    pub check: &'static str,
    /// When, seconds of the story.
    pub at_s: f64,
    /// What was seen, for people.
    pub what: String,
}

/// Findings are collected up to this many; one is enough to fail.
const FINDINGS_MAX: usize = 40;

/// Where findings go.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) found: Vec<Finding>,
}

impl Findings {
    pub(crate) fn note(&mut self, check: &'static str, at_s: f64, what: String) {
        if self.found.len() < FINDINGS_MAX {
            self.found.push(Finding { check, at_s, what });
        }
    }
}

/// When something happened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// Seconds of the story, truly.
    pub(crate) second: f64,
    /// By the host's clock.
    pub(crate) host: Time,
}

/// How often each thing was met, by its name.
pub type Tally = BTreeMap<String, u64>;
