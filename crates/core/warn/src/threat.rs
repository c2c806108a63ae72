//! A round and where it will fall.

use parapet_flight::{Body, Environment};
use parapet_frame::{PlaneCovariance, SitePoint, Time};
use parapet_track::{Estimate, Track, TrackId};
use serde::{Deserialize, Serialize};

use crate::Policy;
use crate::predict::{impact, merged};

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

/// What a track threatens, or `None` where it is more probably no falling round, or its fall cannot be predicted.
///
/// Every place where the round may fall, by the explanations of its track's past, is written to `impacts` in place of what is there,
/// with probabilities that add up to 1.
pub(crate) fn assess(
    track: &Track,
    environment: &Environment,
    policy: &Policy,
    impacts: &mut Vec<(f64, Impact)>,
) -> Option<Threat> {
    /// Odds of falling below which no impact is worth computing.
    const FALLING_MIN: f64 = 0.5;
    let odds = track.odds();
    if odds.falling() < FALLING_MIN || !track.is_shown() {
        return None;
    }
    let falling = || track.falling().filter(|(_, estimate)| estimate.is_physical());
    let believed = odds.round() >= policy.ballistic_probability
        && track.existence() >= policy.existence_probability
        && track.reports() >= policy.plots_min
        && u32::from(track.groups()) >= policy.corroboration
        && falling().any(|(_, estimate)| could_have_been_fired(&estimate.body(), environment));
    if believed {
        fly(environment, falling(), track.at(), impacts);
    } else {
        // Nobody is warned of it; one prediction is enough to show.
        fly(environment, falling().take(1).map(|(_, estimate)| (1.0, estimate)), track.at(), impacts);
    }
    Some(Threat {
        track: track.id(),
        at: track.at(),
        first_plot_at: track.first_plot_at(),
        probability: track.existence() * odds.round(),
        believed,
        impact: merged(impacts)?,
    })
}

/// The impacts of all explanations that come down, unless those are the lesser part.
fn fly(
    environment: &Environment,
    falling: impl Iterator<Item = (f64, Estimate)>,
    at: Time,
    impacts: &mut Vec<(f64, Impact)>,
) {
    /// Explanations less probable than this do not move an impact enough to be flown.
    const WORTH_FLYING: f64 = 0.01;
    impacts.clear();
    let flown = falling.filter(|(weight, _)| *weight >= WORTH_FLYING);
    impacts.extend(flown.filter_map(|(weight, estimate)| Some((weight, impact(environment, &estimate, at)?))));
    let total: f64 = impacts.iter().map(|(weight, _)| weight).sum();
    if total < 0.5 {
        impacts.clear();
    }
    impacts.iter_mut().for_each(|(weight, _)| *weight /= total);
}

/// Whether something that falls like this can have left a barrel or a rail: its energy, which drag only lessens, must have
/// carried it off at the lowest muzzle velocity in use or more, and at no more than the highest.
fn could_have_been_fired(body: &Body, environment: &Environment) -> bool {
    /// Lowest charge of a 60 mm mortar, rounded down, m/s.
    const LAUNCH_MIN_MPS: f64 = 65.0;
    /// Faster than any round of these classes, m/s.
    const LAUNCH_MAX_MPS: f64 = 2_000.0;
    /// Standard gravity, m/s^2.
    const GRAVITY_MPS2: f64 = 9.806_65;
    let height_m = environment.height_above_ground_m(&body.position_m).max(0.0);
    let launch2 = body.velocity_mps.norm_squared() + 2.0 * GRAVITY_MPS2 * height_m;
    (LAUNCH_MIN_MPS * LAUNCH_MIN_MPS..LAUNCH_MAX_MPS * LAUNCH_MAX_MPS).contains(&launch2)
}
