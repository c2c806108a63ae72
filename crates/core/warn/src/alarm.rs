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
    /// A round may come here and there is time to know better: be ready. Nobody takes cover yet.
    Prepare,
    /// A round is on its way: take cover.
    TakeCover,
    /// The predicted impacts are over; stay in cover, more may come.
    Hold,
    /// It is over.
    AllClear,
    /// It was not so, or was taken back; the reason says why.
    Withdrawn,
}

impl Stage {
    /// Every stage, in the order of an alarm's life.
    pub const ALL: [Stage; 5] = [Stage::Prepare, Stage::TakeCover, Stage::Hold, Stage::AllClear, Stage::Withdrawn];

    /// Whether the alarm is over.
    #[must_use]
    pub fn is_ended(self) -> bool {
        matches!(self, Stage::AllClear | Stage::Withdrawn)
    }

    /// Whether people are told to be in cover.
    #[must_use]
    pub fn is_in_cover(self) -> bool {
        matches!(self, Stage::TakeCover | Stage::Hold)
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
    /// A round may fall here, but waiting for a better prediction is still worth more than the seconds it costs.
    RoundPossible,
    /// Rounds of the same attack still fall near the zone.
    AttackGoesOn,
    /// A sensor that saw the threat has fallen silent: nobody would see the next round.
    SightLost,
    /// Sight was not regained for as long as the owner's policy waits; nothing has been seen since.
    SightNotRegained,
    /// People on duty raised it.
    OperatorRaised,
    /// People on duty keep everybody in cover.
    OperatorHeld,
    /// People on duty took it back.
    OperatorCancelled,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Reason; 12] = [
        Reason::ImpactPredicted,
        Reason::ImpactsOver,
        Reason::HoldOver,
        Reason::ImpactElsewhere,
        Reason::NotARound,
        Reason::RoundPossible,
        Reason::AttackGoesOn,
        Reason::SightLost,
        Reason::SightNotRegained,
        Reason::OperatorRaised,
        Reason::OperatorHeld,
        Reason::OperatorCancelled,
    ];
}

/// What people in the zone should do: the most that their seconds allow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// Find out where cover is; nobody takes it yet.
    BeReady,
    /// Down now, where you are: there is no time to go anywhere, or nowhere to go.
    #[default]
    DownNow,
    /// Walk to the shelter: there is time, and who runs falls.
    WalkToShelter {
        /// Seconds that the way takes, by the site's own word.
        walk_s: f64,
    },
    /// Stay in cover.
    StayInCover,
    /// Leave cover.
    LeaveCover,
}

/// Seconds left until the first impact in the zone, should one come, counted from the decision; 0 for what may have come already.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SecondsLeft {
    /// It comes earlier than this with a probability of 5 %.
    pub earliest_s: f64,
    /// As probably earlier as later.
    pub median_s: f64,
    /// It comes later than this with a probability of 5 %.
    pub latest_s: f64,
}

/// What one zone is exposed to at an instant, alarmed or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hazard {
    /// Which zone.
    pub zone: ZoneId,
    /// Probability that at least one round on its way endangers it.
    pub probability: f64,
    /// The probability from which on it is warned, in the present posture.
    pub threshold: f64,
    /// How far its alarm has come, where one stands.
    pub stage: Option<Stage>,
    /// Seconds left until the first round comes, if one does.
    pub left: Option<SecondsLeft>,
    /// The rounds on their way that may endanger it, with their probabilities.
    pub threats: Vec<(TrackId, f64)>,
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
    /// Seconds left until the first of these impacts, while one is to come.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub left: Option<SecondsLeft>,
    /// What people should do.
    #[serde(default)]
    pub advice: Advice,
    /// The part of the zone that is endangered, as one ring in site ENU, metres, not closed by repeating its first corner; empty
    /// where that is the whole zone. It only grows while an alarm lives: who was told once is told until the end.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub part: Vec<[f64; 2]>,
    /// Who of the people on duty caused this word, `ann` or `ann, bob`, where people did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub by: Option<String>,
    /// Who acknowledged the alarm first, where somebody has.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acknowledged_by: Option<String>,
}

impl Alarm {
    /// An alarm of which nothing more is known than this: raised when it was decided, with no threat named.
    ///
    /// ```
    /// use parapet_frame::Time;
    /// use parapet_warn::{Alarm, AlarmId, Reason, Stage, ZoneId};
    ///
    /// let at = Time::from_seconds(1.0);
    /// let id = AlarmId { zone: ZoneId(0), cause: at, again: 0 };
    /// let alarm = Alarm { probability: 0.3, ..Alarm::plain(id, at, Stage::TakeCover, Reason::ImpactPredicted) };
    /// assert_eq!((alarm.raised_at, alarm.impact_at), (at, None));
    /// ```
    #[must_use]
    pub fn plain(id: AlarmId, at: Time, stage: Stage, reason: Reason) -> Self {
        Alarm {
            id,
            at,
            raised_at: at,
            stage,
            reason,
            probability: 0.0,
            threshold: 0.0,
            impact_at: None,
            threats: Vec::new(),
            left: None,
            advice: match stage {
                Stage::Prepare => Advice::BeReady,
                Stage::TakeCover => Advice::DownNow,
                Stage::Hold => Advice::StayInCover,
                Stage::AllClear | Stage::Withdrawn => Advice::LeaveCover,
            },
            part: Vec::new(),
            by: None,
            acknowledged_by: None,
        }
    }
}
