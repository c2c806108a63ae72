//! What is put on record of a round that was believed, once its track has ended.

use parapet_flight::Environment;
use parapet_frame::Time;
use parapet_track::TrackRecord;
use serde::{Deserialize, Serialize};

use crate::predict::impact;
use crate::{Impact, Origin, origin};

/// The whole way of a round: for the incident record only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoundRecord {
    /// When its track ended.
    pub at: Time,
    /// Its arc, by all its plots together.
    pub arc: TrackRecord,
    /// Where and when it came down by that; `None` where the plots do not agree, or nothing sensible follows from them.
    pub impact: Option<Impact>,
    /// Where it came from, likewise.
    pub origin: Option<Origin>,
}

impl RoundRecord {
    pub(crate) fn of(arc: TrackRecord, at: Time, environment: &Environment) -> Self {
        let agrees = arc.agrees;
        RoundRecord {
            at,
            impact: agrees.then(|| came_down(&arc, environment)).flatten(),
            origin: agrees.then(|| origin::of_arc(&arc, environment)).flatten(),
            arc,
        }
    }
}

/// The impact by the latest state of the arc that is surely above the ground.
fn came_down(arc: &TrackRecord, environment: &Environment) -> Option<Impact> {
    /// Seconds before the last plot: a round falls some hundred metres in each, and is known to some tens.
    const LAGS_S: [f64; 4] = [0.0, 1.0, 2.0, 4.0];
    LAGS_S.iter().find_map(|lag_s| {
        let state = arc.at(environment, arc.end.at.plus_seconds(-lag_s))?;
        impact(environment, &state.estimate(), state.at)
    })
}
