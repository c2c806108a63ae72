//! A round and where it will fall.

use parapet_frame::{PlaneCovariance, SitePoint, Time};
use parapet_track::TrackId;
use serde::{Deserialize, Serialize};

/// Where and when a round will come down.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Impact {
    /// When.
    pub at: Time,
    /// Standard deviation of the time, seconds.
    pub sigma_time_s: f64,
    /// Where, on the ground.
    pub place: SitePoint,
    /// How surely.
    pub covariance: PlaneCovariance,
    /// Speed on arrival, m/s.
    pub speed_mps: f64,
}

/// A track that is believed to be a round, with its predicted impact.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Threat {
    /// The track.
    pub track: TrackId,
    /// When this prediction was made, in the time of the measurements it rests on.
    pub at: Time,
    /// Probability that the track exists and is a round.
    pub probability: f64,
    /// The predicted impact.
    pub impact: Impact,
}
