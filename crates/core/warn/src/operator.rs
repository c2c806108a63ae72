//! What people on duty may do to alarms.

use parapet_frame::Time;
use serde::{Deserialize, Serialize};

use crate::{AlarmId, Posture, ZoneId};

/// What somebody on duty orders, and who stands by it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OperatorCommand {
    /// Who orders it: a name that the site knows. Never empty.
    pub who: String,
    /// A second person who orders it too; some commands are refused without one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub seconded_by: Option<String>,
    /// What.
    pub command: Command,
}

/// What can be ordered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Take one alarm back. What caused it causes no other; a new round does.
    Cancel {
        /// Which one.
        alarm: AlarmId,
    },
    /// Take every alarm back that has not ended, likewise.
    StopAll,
    /// Keep everybody in cover who is: no alarm ends by itself until `Release`, or until the policy's `operator_hold_max_s` is over.
    Hold,
    /// End a `Hold`.
    Release,
    /// Somebody on duty has seen the alarm and deals with it. Changes nothing for the people in the zone.
    Acknowledge {
        /// Which one.
        alarm: AlarmId,
    },
    /// Warn these zones on people's word. Two people.
    Raise {
        /// Which ones.
        zones: Vec<ZoneId>,
    },
    /// Warn this zone of rounds again after an `Unprotect`.
    Protect {
        /// Which one.
        zone: ZoneId,
    },
    /// Warn this zone of no round any more, until `Protect` or the next start of the program. Two people.
    Unprotect {
        /// Which one.
        zone: ZoneId,
    },
    /// From now on weigh false alarms against missed rounds like this.
    SetPosture {
        /// Like this.
        posture: Posture,
    },
    /// Put something on record, for the incident report. Changes nothing.
    Comment {
        /// What: at most [`COMMENT_MAX`] octets.
        text: String,
        /// The alarm that it is about, where it is about one; it may have ended.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        alarm: Option<AlarmId>,
    },
}

/// Longest comment, octets: a page of a report.
pub const COMMENT_MAX: usize = 4_096;

impl OperatorCommand {
    /// Who stands by it, in one line.
    pub(crate) fn by(&self) -> String {
        match self.seconded_by.as_deref().map(str::trim) {
            Some(second) if !second.is_empty() => format!("{}, {second}", self.who.trim()),
            _ => self.who.trim().to_owned(),
        }
    }

    /// Why nobody need look at what it orders, if so.
    pub(crate) fn refusal(&self) -> Option<OperatorRefusal> {
        let second = self.seconded_by.as_deref().map(str::trim).filter(|second| *second != self.who.trim());
        if self.who.trim().is_empty() {
            return Some(OperatorRefusal::Nameless);
        }
        if let Command::Comment { text, .. } = &self.command
            && (text.trim().is_empty() || text.len() > COMMENT_MAX)
        {
            return Some(OperatorRefusal::NoComment);
        }
        let alone = second.is_none_or(str::is_empty);
        (self.command.needs_two() && alone).then_some(OperatorRefusal::NeedsTwo)
    }
}

impl Command {
    /// Whether two people must stand by it: what cannot be taken back for those who acted on it, or who were not told.
    #[must_use]
    pub fn needs_two(&self) -> bool {
        matches!(self, Command::Raise { .. } | Command::Unprotect { .. })
    }
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OperatorReport {
    /// When.
    pub at: Time,
    /// The command.
    pub command: OperatorCommand,
    /// Why it was not obeyed; `None` when it was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub refused: Option<OperatorRefusal>,
}

/// Why a command was not obeyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperatorRefusal {
    /// Nobody stands by it: `who` is empty.
    Nameless,
    /// A second person must stand by it, another than the first.
    NeedsTwo,
    /// No such alarm stands: it never did, or it has ended.
    NoSuchAlarm,
    /// The site has no such zone, or none is named.
    NoSuchZone,
    /// It is so already.
    AlreadySo,
    /// A comment that says nothing, or more than a comment may.
    NoComment,
}
