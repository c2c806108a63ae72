//! What cannot be is not told: the last look before anything of a track leaves the engine.
//!
//! Wrong associations and broken sensors can lead any filter astray. A public tracker once reported a muzzle velocity of
//! 2.7e13 m/s; this engine says nothing instead, and goes on following.

use nalgebra::Vector3;
use parapet_frame::{PlaneCovariance, SitePoint};
use parapet_track::TrackReport;
use parapet_warn::{OriginReport, RoundRecord, Threat};

/// Nothing that this engine tracks moves faster, m/s: what admission lets in as range rate.
const SPEED_MAX_MPS: f64 = 3_000.0;
/// No round of the classes that this engine warns of comes down, or comes from, farther from the site, metres.
const IMPACT_MAX_M: f64 = 100_000.0;

/// Whether a track's state is one that something can have.
pub(crate) fn could_move_so(report: &TrackReport) -> bool {
    let smoothed = report.smoothed.iter().flat_map(|smoothed| &smoothed.position_m);
    let numbers = report.position_m.iter().chain(&report.velocity_mps).chain(&report.covariance).chain(smoothed);
    numbers.into_iter().all(|number| number.is_finite()) && Vector3::from(report.velocity_mps).norm() <= SPEED_MAX_MPS
}

/// Whether a predicted impact is one that a round can have.
pub(crate) fn could_land_so(threat: &Threat) -> bool {
    let (impact, place_m) = (&threat.impact, threat.impact.place.to_vector());
    let c = impact.covariance;
    let numbers = [c.east_east_m2, c.east_north_m2, c.north_north_m2, impact.sigma_time_s, impact.speed_mps];
    // A place that is no number is not near enough either.
    numbers.iter().all(|n| n.is_finite()) && impact.speed_mps <= SPEED_MAX_MPS && place_m.norm() <= IMPACT_MAX_M
}

/// Whether an origin is one that a round can have.
pub(crate) fn could_begin_so(report: &OriginReport) -> bool {
    let c = report.origin.covariance;
    let numbers = [c.east_east_m2, c.east_north_m2, c.north_north_m2, report.origin.sigma_time_s];
    numbers.iter().all(|n| n.is_finite()) && report.origin.place.to_vector().norm() <= IMPACT_MAX_M
}

/// Whether an arc, with where it ends and begins, is one that a round can have.
pub(crate) fn could_fly_so(record: &RoundRecord) -> bool {
    let states = [Some(&record.arc.start), record.arc.apex.as_ref(), Some(&record.arc.end)];
    let near = |c: PlaneCovariance, place: SitePoint, sigma_time_s: f64| {
        let numbers = [c.east_east_m2, c.east_north_m2, c.north_north_m2, sigma_time_s];
        numbers.iter().all(|n| n.is_finite()) && place.to_vector().norm() <= IMPACT_MAX_M
    };
    states.into_iter().flatten().all(|state| {
        let numbers =
            state.position_m.iter().chain(&state.velocity_mps).chain(&state.covariance).chain([&state.ln_beta]);
        numbers.into_iter().all(|n| n.is_finite()) && Vector3::from(state.velocity_mps).norm() <= SPEED_MAX_MPS
    }) && record.impact.is_none_or(|i| i.speed_mps <= SPEED_MAX_MPS && near(i.covariance, i.place, i.sigma_time_s))
        && record.origin.is_none_or(|o| near(o.covariance, o.place, o.sigma_time_s))
}
