//! Carries a belief about a falling thing to the ground.

use nalgebra::{Matrix2, SVector, Vector2};
use parapet_flight::{Body, Environment, Landing, to_ground_many};
use parapet_frame::{PlaneCovariance, SitePoint, Time};
use parapet_track::Estimate;

use crate::Impact;

/// Longest flight that is followed, seconds.
const HORIZON_S: f64 = 300.0;

/// Points of the cubature rule: two along each axis of the state. After them, the mean itself, and what two winds would make of it.
const POINTS: usize = 14;
const CENTRE: usize = POINTS;
const EAST_WIND: usize = POINTS + 1;
const NORTH_WIND: usize = POINTS + 2;

/// Where and when a thing of this belief, valid at `at`, comes down; `None` where that cannot be said.
pub(crate) fn impact(environment: &Environment, estimate: &Estimate, at: Time) -> Option<Impact> {
    let down = meeting(environment, estimate, |bodies, landings| {
        to_ground_many(environment, bodies, HORIZON_S, landings);
    })?;
    Some(Impact {
        at: at.plus_seconds(down.after_s),
        sigma_time_s: down.variance_s2.sqrt(),
        place: down.place(),
        covariance: PlaneCovariance::from_matrix(down.covariance),
        speed_mps: down.centre.velocity_mps.norm(),
    })
}

/// Where and when a belief meets the ground: mean and covariance.
pub(crate) struct Meeting {
    /// What becomes of the belief's mean.
    pub(crate) centre: Landing,
    /// Mean of the seconds from the belief on (negative when it met the ground before), and their variance.
    pub(crate) after_s: f64,
    pub(crate) variance_s2: f64,
    /// Mean of the place, east and north in metres, and its covariance.
    pub(crate) mean: Vector2<f64>,
    pub(crate) covariance: Matrix2<f64>,
}

impl Meeting {
    pub(crate) fn place(&self) -> SitePoint {
        SitePoint { east_m: self.mean.x, north_m: self.mean.y, up_m: self.centre.position_m.z }
    }
}

/// Where and when a belief meets the ground, by what flies bodies there; `None` where one of them does not.
///
/// The 14 points of the third-degree cubature rule (Arasaratnam and Haykin 2009) are each flown to the ground, so that the bend
/// of trajectories and the unevenness of drag enter the mean and the covariance. A wind that is off all the way is one more
/// error on each axis.
pub(crate) fn meeting(
    environment: &Environment,
    estimate: &Estimate,
    fly: impl FnOnce(&[Body], &mut [Option<Landing>]),
) -> Option<Meeting> {
    let root = estimate.covariance.cholesky()?.l();
    let scale = 7.0_f64.sqrt();
    let sigma_mps = environment.wind_sigma_mps;
    let bodies: [Body; POINTS + 3] = core::array::from_fn(|i| match i {
        CENTRE => estimate.body(),
        EAST_WIND => against(estimate.body(), sigma_mps, 0),
        NORTH_WIND => against(estimate.body(), sigma_mps, 1),
        i => body(&(estimate.mean + root.column(i / 2) * if i % 2 == 0 { scale } else { -scale })),
    });
    let flown = if sigma_mps > 0.0 { &bodies[..] } else { &bodies[..=CENTRE] };
    let mut landings = [None; POINTS + 3];
    fly(flown, &mut landings[..flown.len()]);
    let centre = landings[CENTRE]?;
    let mut points = [centre; POINTS];
    for (point, landing) in points.iter_mut().zip(&landings) {
        *point = (*landing)?;
    }
    let winds = [(EAST_WIND, Vector2::x()), (NORTH_WIND, Vector2::y())].map(|(point, along)| {
        let landing = landings[point]?;
        let off = (landing.position_m - centre.position_m).xy() + along * (sigma_mps * landing.after_s);
        Some((off, landing.after_s - centre.after_s))
    });
    let landings = points;
    let share = 1.0 / landings.len() as f64;
    let mean_of = |value: fn(&Landing) -> f64| landings.iter().map(value).sum::<f64>() * share;
    let mean = Vector2::new(mean_of(|l| l.position_m.x), mean_of(|l| l.position_m.y));
    let after_s = mean_of(|l| l.after_s);
    let covariance = landings.iter().fold(Matrix2::zeros(), |sum, landing| {
        let off = Vector2::new(landing.position_m.x, landing.position_m.y) - mean;
        sum + off * off.transpose() * share
    });
    let variance_s2 = landings.iter().map(|l| (l.after_s - after_s) * (l.after_s - after_s)).sum::<f64>() * share;
    let winds = winds.into_iter().flatten();
    let (covariance, variance_s2) =
        winds.fold((covariance, variance_s2), |(covariance, variance_s2), (off_m, off_s)| {
            (covariance + off_m * off_m.transpose(), variance_s2 + off_s * off_s)
        });
    Some(Meeting { centre, after_s, variance_s2, mean, covariance })
}

/// Several predicted impacts with probabilities that add up to 1, as one: the mean and covariance of the mixture.
pub(crate) fn merged(parts: &[(f64, Impact)]) -> Option<Impact> {
    let (_, first) = parts.first()?;
    let mean_of =
        |value: &dyn Fn(&Impact) -> f64| parts.iter().map(|(weight, impact)| weight * value(impact)).sum::<f64>();
    let mean = Vector2::new(mean_of(&|i| i.place.east_m), mean_of(&|i| i.place.north_m));
    let after_s = mean_of(&|i| i.at.seconds_since(first.at));
    let covariance = parts.iter().fold(Matrix2::zeros(), |sum, (weight, impact)| {
        let off = Vector2::new(impact.place.east_m, impact.place.north_m) - mean;
        sum + (impact.covariance.to_matrix() + off * off.transpose()) * *weight
    });
    let variance_s2 = mean_of(&|i| {
        let off_s = i.at.seconds_since(first.at) - after_s;
        i.sigma_time_s * i.sigma_time_s + off_s * off_s
    });
    Some(Impact {
        at: first.at.plus_seconds(after_s),
        sigma_time_s: variance_s2.sqrt(),
        place: SitePoint { east_m: mean.x, north_m: mean.y, up_m: mean_of(&|i| i.place.up_m) },
        covariance: PlaneCovariance::from_matrix(covariance),
        speed_mps: mean_of(&|i| i.speed_mps),
    })
}

/// A body as air sees it that moves along an axis: it flies there as if through still air, and is carried along with it.
fn against(mut body: Body, wind_mps: f64, axis: usize) -> Body {
    body.velocity_mps[axis] -= wind_mps;
    body
}

fn body(state: &SVector<f64, 7>) -> Body {
    Body {
        position_m: state.fixed_rows::<3>(0).into_owned(),
        velocity_mps: state.fixed_rows::<3>(3).into_owned(),
        ln_beta: state[6],
    }
}
