//! Where a round came from: for the incident record only.
//!
//! An origin is worked out so that people can say afterwards what happened. It is no output for aiming: it comes a few times in a
//! round's flight at most, is not shown on the page, is in no alarm, and nothing here or elsewhere acts on it.

use nalgebra::{Matrix2, Vector2};
use parapet_flight::{Environment, Landing, to_origin_many};
use parapet_frame::{PlaneCovariance, SitePoint, Time};
use parapet_track::{ClassOdds, Estimate, Track, TrackId, TrackRecord};
use serde::{Deserialize, Serialize};

use crate::predict::meeting;

/// Where and when a round left the ground, as far as its fall tells. For the incident record only.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// When.
    pub at: Time,
    /// Standard deviation of the time, seconds.
    pub sigma_time_s: f64,
    /// Where, on the ground.
    pub place: SitePoint,
    /// How surely.
    pub covariance: PlaneCovariance,
}

impl Origin {
    /// Whether it was launched before it was seen, as far as the time is known.
    fn was_before(&self, first_plot_at: Time) -> bool {
        first_plot_at.seconds_since(self.at) > -3.0 * self.sigma_time_s
    }
}

/// The origin of a threat as it is known at an instant. For the incident record only.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OriginReport {
    /// The track.
    pub track: TrackId,
    /// When this was worked out, in the time of the measurements it rests on.
    pub at: Time,
    /// Number of plots that it rests on.
    pub plots: u32,
    /// The origin.
    pub origin: Origin,
}

/// Longest flight that is followed back, seconds.
const HORIZON_S: f64 = 300.0;
/// Faster than any round of these classes, m/s.
const LAUNCH_MAX_MPS: f64 = 2_000.0;
/// Standard gravity, m/s^2.
const GRAVITY_MPS2: f64 = 9.806_65;
/// Longest time for which the motor of a rocket of these classes burns, seconds.
const BURN_MAX_S: f64 = 3.0;
/// Least sine of the angle at which a rocket is taken to have left the ground.
const CLIMB_MIN: f64 = 0.02;

/// The origin of a track's leading explanation, given that it falls; `None` where nothing sensible can be said.
#[must_use]
pub(crate) fn of_track(track: &Track, environment: &Environment) -> Option<Origin> {
    let (_, estimate) = track.falling().max_by(|a, b| a.0.total_cmp(&b.0))?;
    let origin = origin(environment, &estimate, track.at(), motor(&track.classes(environment)))?;
    origin.was_before(track.first_plot_at()).then_some(origin)
}

/// The origin of a round whose whole arc is known; `None` where nothing sensible can be said.
pub(crate) fn of_arc(arc: &TrackRecord, environment: &Environment) -> Option<Origin> {
    let origin = origin(environment, &arc.start.estimate(), arc.start.at, motor(&arc.classes))?;
    origin.was_before(arc.first_plot_at).then_some(origin)
}

/// The probability that it had a motor.
fn motor(classes: &ClassOdds) -> f64 {
    (1.0 - classes.mortar - classes.artillery).clamp(0.0, 1.0)
}

/// The origin of a thing of this belief, valid at `at`, which had a motor with some probability. `None` where a fall like this
/// began nowhere, or where it is less sure than the way from there is long.
pub(crate) fn origin(environment: &Environment, estimate: &Estimate, at: Time, motor: f64) -> Option<Origin> {
    if !estimate.is_physical() {
        return None;
    }
    let left = meeting(environment, estimate, |bodies, ends| {
        let mut origins = [None; 17];
        let origins = &mut origins[..bodies.len()];
        to_origin_many(environment, bodies, HORIZON_S, LAUNCH_MAX_MPS, origins);
        for (end, origin) in ends.iter_mut().zip(origins) {
            *end = origin.map(|o| Landing {
                after_s: -o.before_s,
                position_m: o.position_m,
                velocity_mps: o.velocity_mps,
            });
        }
    })?;
    let burn = Burn::before(&left.centre);
    let covariance = left.covariance + burn.along_m2 * motor;
    let way_m = (estimate.body().position_m.xy() - left.mean).norm();
    let mean_s = motor * burn.earlier_s;
    let variance_s2 = left.variance_s2 + motor * (burn.variance_s2 + burn.earlier_s * burn.earlier_s) - mean_s * mean_s;
    let is_sure = covariance.trace() < way_m * way_m && variance_s2.is_finite();
    is_sure.then(|| Origin {
        at: at.plus_seconds(left.after_s - mean_s),
        sigma_time_s: variance_s2.max(0.0).sqrt(),
        place: left.place(),
        covariance: PlaneCovariance::from_matrix(covariance),
    })
}

/// What a motor of unknown burn changes of an origin that was found as if the thing had coasted ever since.
///
/// A motor that pushes evenly for `t` seconds brings a rocket from rest to a speed `v` within `v t / 2` metres, which it would
/// coast in `t / 2`: it was launched half of the burn earlier. Its way lies along the velocity at burnout if it pushes in one
/// direction all the time (then push and gravity add up to one direction); if it turns with the way, it turns most while it is
/// slow, and begins `g cos(a) t^2 / 4` beside that line (the turn `g cos(a) / v` per second, integrated twice). The coasting way
/// falls `g (t/2)^2 / 2 = g t^2 / 8` below the line. So the one begins as far above the coasting way as the other below, and on
/// the ground, at the angle `a`, the origin is off by `g t^2 / (8 tan a)` along the way at the most, ahead or behind; how hard it
/// pushes falls out. With `t` anything from nothing to the longest burn `T`, the mean of `t^4` is `T^4 / 5`, and `t / 2` has the
/// mean `T / 4` and the variance `T^2 / 48`.
struct Burn {
    earlier_s: f64,
    variance_s2: f64,
    along_m2: Matrix2<f64>,
}

impl Burn {
    fn before(left: &Landing) -> Self {
        let speed_mps = left.velocity_mps.norm().max(1.0);
        let level_mps = left.velocity_mps.xy();
        let climb = (left.velocity_mps.z / speed_mps).max(CLIMB_MIN);
        let along = level_mps.try_normalize(1.0).unwrap_or_else(Vector2::zeros);
        let slope = level_mps.norm() / (speed_mps * climb);
        let off_m = GRAVITY_MPS2 * BURN_MAX_S * BURN_MAX_S / (8.0 * 5.0_f64.sqrt()) * slope;
        Burn {
            earlier_s: BURN_MAX_S / 4.0,
            variance_s2: BURN_MAX_S * BURN_MAX_S / 48.0,
            along_m2: along * along.transpose() * (off_m * off_m),
        }
    }
}
