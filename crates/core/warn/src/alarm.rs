//! What a zone is told, and until when.

use parapet_frame::Time;
use parapet_track::TrackId;
use serde::{Deserialize, Serialize};

use crate::ZoneId;

/// An alarm, named by what caused it and so the same in every engine that sees the same plots: the zone, and when the first
/// plot of the causing track was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AlarmId {
    /// The zone that is warned.
    pub zone: ZoneId,
    /// When the first plot of the causing track was measured.
    pub cause: Time,
    /// How often an alarm of the same cause had ended before in this zone: 0 for the first.
    pub again: u16,
}

impl AlarmId {
    /// The name as text, given the zone's key: `hospital-1605609000000`, and `...-2` when the same cause alarms again.
    #[must_use]
    pub fn label(&self, zone_key: &str) -> String {
        let cause_ms = self.cause.millis();
        match self.again {
            0 => format!("{zone_key}-{cause_ms}"),
            n => format!("{zone_key}-{cause_ms}-{}", n + 1),
        }
    }
}

/// How far an alarm has come in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// A round is on its way: take cover.
    TakeCover,
    /// The predicted impacts are over; stay in cover, more may come.
    Hold,
    /// It is over.
    AllClear,
    /// It was not so; the reason says why.
    Withdrawn,
}

impl Stage {
    /// Whether the alarm is over.
    #[must_use]
    pub fn is_ended(self) -> bool {
        matches!(self, Stage::AllClear | Stage::Withdrawn)
    }
}

/// Why an alarm stands as it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The probability of an impact in the zone reached the zone's threshold.
    ImpactPredicted,
    /// Every predicted impact is over.
    ImpactsOver,
    /// The hold ran out and nothing threatens the zone.
    HoldOver,
    /// Better measurements put the impact elsewhere.
    ImpactElsewhere,
    /// What was taken for a round is none.
    NotARound,
}

/// An alarm as it stands at an instant: an output of the engine, sent when it is raised and whenever it changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// Its name.
    pub id: AlarmId,
    /// When this was decided.
    pub at: Time,
    /// When it was raised.
    pub raised_at: Time,
    /// How far it has come.
    pub stage: Stage,
    /// Why.
    pub reason: Reason,
    /// Probability that at least one round falls in the zone (widened by the effect radius).
    pub probability: f64,
    /// The threshold that the probability was held against.
    pub threshold: f64,
    /// The earliest predicted impact among the threats below, while one is to come.
    pub impact_at: Option<Time>,
    /// The tracks that threaten the zone now, or did last.
    pub threats: Vec<TrackId>,
}
