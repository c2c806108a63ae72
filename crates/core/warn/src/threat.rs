//! A round and where it will fall.

use parapet_flight::Environment;
use parapet_frame::{PlaneCovariance, SitePoint, Time};
use parapet_track::{Track, TrackId};
use serde::{Deserialize, Serialize};

use crate::Policy;
use crate::predict::impact;

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

/// A track that may be a round, with its predicted impact.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Threat {
    /// The track.
    pub track: TrackId,
    /// When this prediction was made, in the time of the measurements it rests on.
    pub at: Time,
    /// When the track's first plot was measured.
    pub first_plot_at: Time,
    /// Probability that the track exists and is a round.
    pub probability: f64,
    /// Whether the owner's policy believes it enough to warn of it.
    pub believed: bool,
    /// The predicted impact.
    pub impact: Impact,
}

impl Threat {
    /// What a track threatens, or `None` where it is more probably no falling round, or its fall cannot be predicted.
    #[must_use]
    pub fn of(track: &Track, environment: &Environment, policy: &Policy) -> Option<Self> {
        /// Odds of falling below which no impact is worth computing.
        const FALLING_MIN: f64 = 0.5;
        let odds = track.odds();
        if odds.falling() < FALLING_MIN || !track.is_shown() {
            return None;
        }
        let impact = impact(environment, &track.falling()?, track.at())?;
        let believed = odds.round() >= policy.ballistic_probability
            && track.existence() >= policy.existence_probability
            && track.plots() >= policy.plots_min;
        Some(Threat {
            track: track.id(),
            at: track.at(),
            first_plot_at: track.first_plot_at(),
            probability: track.existence() * odds.round(),
            believed,
            impact,
        })
    }
}
