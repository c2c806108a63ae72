//! An alarm as people and programs outside read it: one line of `alarms.jsonl`, one entry of `/api/alarms`.

use parapet_engine::Mode;
use parapet_frame::Time;
use parapet_track::TrackId;
use parapet_warn::{Advice, Alarm, SecondsLeft, Threat};
use serde::Serialize;

use crate::atlas::{Atlas, ThreatView, rfc3339, word};

/// One message of an alarm. An alarm has several in its life, all with the same `id`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AlarmRecord {
    /// The alarm's name, [`AlarmId::label`](parapet_warn::AlarmId::label).
    pub id: String,
    /// `live` or `exercise`.
    pub mode: Mode,
    /// `prepare`, `take_cover`, `hold`, `all_clear` or `withdrawn`.
    pub stage: String,
    /// Why.
    pub reason: String,
    /// The zone's key.
    pub zone: String,
    /// The zone's name for people.
    pub zone_name: String,
    /// How many people are there.
    pub people: u32,
    /// When this was decided, RFC 3339 UTC.
    pub at: String,
    /// When the alarm was raised, RFC 3339 UTC.
    pub raised_at: String,
    /// The earliest predicted impact, RFC 3339 UTC, while one is to come.
    pub impact_at: Option<String>,
    /// Seconds from the decision to that impact.
    pub seconds_left: Option<f64>,
    /// Probability of an impact in the zone.
    pub probability: f64,
    /// The threshold that it was held against.
    pub threshold: f64,
    /// The threats, with their latest predictions.
    pub threats: Vec<ThreatView>,
    /// Seconds from the decision until the first impact: 5 %, 50 % and 95 % of probability.
    pub left: Option<SecondsLeft>,
    /// What people should do.
    pub advice: Advice,
    /// The endangered part of the zone as latitude and longitude in degrees, one ring, not closed; empty for the whole zone.
    pub part: Vec<[f64; 2]>,
    /// Who of the people on duty caused this word, where people did.
    pub by: Option<String>,
    /// Who acknowledged the alarm first.
    pub acknowledged_by: Option<String>,
}

impl AlarmRecord {
    /// Puts an alarm into words; `threat` gives the latest prediction for a track.
    #[must_use]
    pub fn new<'a>(atlas: &Atlas, alarm: &Alarm, threat: impl Fn(TrackId) -> Option<&'a Threat>) -> Self {
        let zone = atlas.zone(alarm.id.zone);
        let threats = alarm.threats.iter().filter_map(|track| threat(*track));
        AlarmRecord {
            id: atlas.alarm_id(alarm.id),
            mode: atlas.config().mode,
            stage: word(alarm.stage),
            reason: word(alarm.reason),
            zone: zone.map(|zone| zone.key.clone()).unwrap_or_default(),
            zone_name: zone.map(|zone| zone.name.clone()).unwrap_or_default(),
            people: zone.map_or(0, |zone| zone.people),
            at: rfc3339(alarm.at),
            raised_at: rfc3339(alarm.raised_at),
            impact_at: alarm.impact_at.map(rfc3339),
            seconds_left: alarm.impact_at.map(|at: Time| at.seconds_since(alarm.at)),
            probability: alarm.probability,
            threshold: alarm.threshold,
            threats: threats.filter_map(|threat| atlas.threat(threat)).collect(),
            left: alarm.left,
            advice: alarm.advice,
            part: alarm.part.iter().map(|corner| atlas.lon_lat(*corner)).map(|[lon, lat]| [lat, lon]).collect(),
            by: alarm.by.clone(),
            acknowledged_by: alarm.acknowledged_by.clone(),
        }
    }
}
