//! What the engine says.

use std::collections::BTreeMap;

use parapet_frame::Time;
use parapet_track::{EarReport, RegistrationReport, SensorId, SoundSource, Suspicion, TrackEnd, TrackId, TrackReport};
use parapet_warn::{Alarm, FallReport, OperatorReport, OriginReport, RoundRecord, Threat};
use serde::{Deserialize, Serialize};

use crate::{Complaints, TroubleReport};

/// One thing that the engine says.
#[expect(
    clippy::large_enum_variant,
    reason = "tracks are the bulk of what is said; a box for each would cost more than the room"
)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Output {
    /// A track began or moved.
    Track(TrackReport),
    /// A track is no longer kept.
    TrackEnded {
        /// Which one.
        track: TrackId,
        /// When that was decided.
        at: Time,
        /// Why.
        why: TrackEnd,
    },
    /// A track is believed to be a round; where it will fall.
    Threat(Threat),
    /// Where a believed threat came from: for the incident record only.
    Origin(OriginReport),
    /// The whole way of a round that was a believed threat, after its track has ended: for the incident record only.
    Record(Box<RoundRecord>),
    /// An alarm was raised or changed.
    Alarm(Alarm),
    /// A sensor fell silent or came back, or says something else of itself than before.
    Sensor(SensorReport),
    /// Something was not used.
    Refused(Refusal),
    /// What became of an order of people on duty.
    Operator(OperatorReport),
    /// What a sensor has wrong was estimated, or stands out.
    Registration(RegistrationReport),
    /// A trouble with a sensor began or is over.
    Trouble(TroubleReport),
    /// A launch or an impact was heard by several nodes and located, or is known better.
    Sound(SoundSource),
    /// Whether a predicted impact was heard: for the incident record only.
    Fall(FallReport),
    /// An acoustic node began to listen or fell silent.
    Ear(EarReport),
    /// Somebody who says where he is says what is not so.
    Suspicion(Suspicion),
}

/// Where the engine puts what it says; the caller empties it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outbox {
    /// In the order of saying.
    pub outputs: Vec<Output>,
}

/// Whether a sensor speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SensorHealth {
    /// Not once yet.
    NeverHeard,
    /// As often as it should.
    Speaking,
    /// Longer silent than it may be.
    Silent,
}

/// A change in a sensor's health.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SensorReport {
    /// Which one.
    pub sensor: SensorId,
    /// When that was found.
    pub at: Time,
    /// Its health from now on.
    pub health: SensorHealth,
    /// What it says is wrong with itself.
    #[serde(skip_serializing_if = "Complaints::is_none", default)]
    pub complaints: Complaints,
}

/// Why something was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// The bytes could not be read.
    Undecodable,
    /// The configuration names no such sensor.
    UnknownSensor,
    /// The same plot came before, on this or a redundant line.
    Duplicate,
    /// The numbers are impossible: not finite, outside what the sensor covers.
    Impossible,
    /// Measured too long before it was heard.
    TooOld,
    /// Measured after it was heard.
    FromTheFuture,
    /// It says that it is simulated, and this is a live site.
    Simulated,
    /// A table was full and this mattered less than what is in it.
    TableFull,
    /// Its source sends more than it may.
    OverRate,
    /// It contradicts what the same contact said before.
    Contradiction,
}

/// Something was not used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// When.
    pub at: Time,
    /// From whom, where that is known.
    pub sensor: Option<SensorId>,
    /// The plot's sequence number, where it was one.
    pub sequence: Option<u64>,
    /// Why.
    pub reason: RefusalReason,
    /// The same for people, where there is more to say.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub detail: String,
}

/// Every plot is accounted for: heard = used + waiting + refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Plots and reports of contacts that came, and unreadable pieces.
    pub heard: u64,
    /// Plots that moved or began a track, and reports of contacts that were taken.
    pub used: u64,
    /// Plots gathered for the next look.
    pub waiting: u64,
    /// What was not used, by reason.
    pub refused: BTreeMap<RefusalReason, u64>,
}
