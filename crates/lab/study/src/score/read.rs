//! Truth files and alarm files.

use std::path::Path;

use jiff::Timestamp;
use parapet_frame::Time;
use parapet_world::{ObjectTruth, RunTruth, StateTruth, TruthLine};
use serde::Deserialize;

use crate::LineError;
use crate::lines::for_each_line;

/// What scoring needs of a truth file.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    /// The run.
    pub run: RunTruth,
    /// The rounds, in the order of the file.
    pub rounds: Vec<ObjectTruth>,
    /// Where the rounds were, object by object in the order of time.
    pub states: Vec<StateTruth>,
}

impl Truth {
    /// Reads a truth file.
    ///
    /// # Errors
    /// When it cannot be read, or a line is not of a truth file.
    pub fn read(path: &Path) -> Result<Self, LineError> {
        let mut run = None;
        let mut rounds: Vec<ObjectTruth> = Vec::new();
        let mut states: Vec<StateTruth> = Vec::new();
        for_each_line(path, |_, text| {
            match serde_json::from_str(text).map_err(|e| format!("{e}; is this a truth file?"))? {
                TruthLine::Run(line) => run = Some(line),
                TruthLine::Object(line) if line.is_round => rounds.push(line),
                TruthLine::State(line) if rounds.iter().any(|r| r.object == line.object) => states.push(line),
                TruthLine::Object(_) | TruthLine::State(_) => {}
            }
            Ok(())
        })?;
        let nothing = || LineError::Line {
            path: path.to_owned(),
            line: 1,
            what: "there is no line of type \"run\"; is this a truth file?".to_owned(),
        };
        Ok(Truth { run: run.ok_or_else(nothing)?, rounds, states })
    }
}

/// One message of an alarm, as the live program writes it; fields that scoring does not need are passed over.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct AlarmLine {
    /// The alarm's name; all its messages share it.
    pub id: String,
    /// `take_cover`, `hold`, `all_clear` or `withdrawn`.
    pub stage: String,
    /// The zone's key.
    pub zone: String,
    /// When this was decided.
    #[serde(deserialize_with = "instant")]
    pub at: Time,
    /// When the alarm was raised.
    #[serde(deserialize_with = "instant")]
    pub raised_at: Time,
    /// The threats, with their predictions at that time.
    #[serde(default)]
    pub threats: Vec<ThreatLine>,
}

/// A threat in an alarm's message.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct ThreatLine {
    /// The track's number.
    pub track: u64,
    /// Its predicted impact.
    pub impact: ImpactLine,
}

/// A predicted impact.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct ImpactLine {
    /// Latitude, degrees.
    pub lat_deg: f64,
    /// Longitude, degrees.
    pub lon_deg: f64,
    /// When, milliseconds since 1970.
    pub at_ms: i64,
}

impl AlarmLine {
    /// Whether the alarm is over with this message.
    #[must_use]
    pub fn is_end(&self) -> bool {
        matches!(self.stage.as_str(), "all_clear" | "withdrawn")
    }
}

pub(super) fn instant<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
    let text = String::deserialize(deserializer)?;
    let timestamp: Timestamp = text.parse().map_err(serde::de::Error::custom)?;
    let nanos = i64::try_from(timestamp.as_nanosecond()).map_err(serde::de::Error::custom)?;
    Ok(Time::from_nanos(nanos))
}

/// Reads the messages of an alarm file that were decided from `start` to `end`.
///
/// # Errors
/// When it cannot be read, or a line is not of an alarm file.
pub fn read_alarms(path: &Path, start: Time, end: Time) -> Result<Vec<AlarmLine>, LineError> {
    let mut lines: Vec<AlarmLine> = Vec::new();
    for_each_line(path, |_, text| {
        let line: AlarmLine = serde_json::from_str(text).map_err(|e| format!("{e}; is this an alarm file?"))?;
        if (start..=end).contains(&line.at) {
            lines.push(line);
        }
        Ok(())
    })?;
    Ok(lines)
}
