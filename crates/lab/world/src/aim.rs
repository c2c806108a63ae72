//! Finding the shot that comes down on a given place.

use nalgebra::{Matrix2, Vector2};
use parapet_frame::maths;

use crate::round::{STEP_S, Shot, TrueWorld, fly_in_steps};

/// A solution is this close, metres.
const CLOSE_M: f64 = 0.02;
/// Values tried when looking for the distance.
const TRIES: u32 = 24;
/// Step of the integrator while the shot is not nearly right, seconds: good to decimetres.
const COARSE_S: f64 = 0.1;

/// Which quantity is free besides the azimuth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Free {
    /// The speed, in m/s, from the first to the second.
    Speed(f64, f64),
    /// The elevation, in radians, from the first to the second; the first solution met is taken.
    Elevation(f64, f64),
}

/// Why a target cannot be hit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct OutOfReach {
    /// How far away the target is, metres.
    pub distance_m: f64,
    /// The shortest and the longest distance that the free quantity reaches, metres.
    pub reach_m: (f64, f64),
}

/// The shot like `like` that comes down at `target` (east and north in site ENU, metres).
///
/// # Errors
/// When no value of the free quantity reaches it.
pub(crate) fn aim(world: &TrueWorld, like: &Shot, free: Free, target: Vector2<f64>) -> Result<Shot, OutOfReach> {
    let away = target - like.position_m.xy();
    let mut shot = *like;
    shot.azimuth_rad = maths::atan2(away.x, away.y);
    let out = |reach_m| OutOfReach { distance_m: away.norm(), reach_m };
    let near = with(&shot, free, bracket(world, &shot, free, away.norm()).map_err(out)?);
    let nearer = refine(world, &near, free, target, COARSE_S);
    let solved = nearer.and_then(|shot| refine(world, &shot, free, target, STEP_S));
    solved.ok_or_else(|| out((f64::NAN, f64::NAN)))
}

/// Where a shot comes down, east and north in site ENU, metres.
fn impact(world: &TrueWorld, shot: &Shot, step_s: f64) -> Option<Vector2<f64>> {
    Some(fly_in_steps(world, shot, step_s)?.impact.position_m.xy())
}

fn with(shot: &Shot, free: Free, value: f64) -> Shot {
    match free {
        Free::Speed(..) => Shot { speed_mps: value, ..*shot },
        Free::Elevation(..) => Shot { elevation_rad: value, ..*shot },
    }
}

fn value(shot: &Shot, free: Free) -> f64 {
    match free {
        Free::Speed(..) => shot.speed_mps,
        Free::Elevation(..) => shot.elevation_rad,
    }
}

/// A value of the free quantity whose distance is near the wanted one, or the shortest and longest distance reached.
fn bracket(world: &TrueWorld, shot: &Shot, free: Free, distance_m: f64) -> Result<f64, (f64, f64)> {
    let (Free::Speed(first, last) | Free::Elevation(first, last)) = free;
    let range = |v: f64| Some((impact(world, &with(shot, free, v), COARSE_S)? - shot.position_m.xy()).norm());
    let mut reach_m = (f64::INFINITY, f64::NEG_INFINITY);
    let mut before: Option<(f64, f64)> = None;
    for i in 0..=TRIES {
        let v = first + (last - first) * f64::from(i) / f64::from(TRIES);
        let Some(r) = range(v) else { continue };
        reach_m = (reach_m.0.min(r), reach_m.1.max(r));
        if let Some((v0, r0)) = before
            && (r0 - distance_m) * (r - distance_m) <= 0.0
        {
            let part = if r == r0 { 0.5 } else { (distance_m - r0) / (r - r0) };
            return Ok(v0 + (v - v0) * part);
        }
        before = Some((v, r));
    }
    Err(reach_m)
}

/// Newton's method in the free quantity and the azimuth, with slopes from coarse flights.
fn refine(world: &TrueWorld, from: &Shot, free: Free, target: Vector2<f64>, step_s: f64) -> Option<Shot> {
    let mut shot = *from;
    for _ in 0..12 {
        let miss = impact(world, &shot, step_s)? - target;
        if miss.norm() < CLOSE_M {
            return Some(shot);
        }
        let (dv, da) = (1e-3 * value(&shot, free), 1e-3);
        let here = impact(world, &shot, COARSE_S)?;
        let by_value = (impact(world, &with(&shot, free, value(&shot, free) + dv), COARSE_S)? - here) / dv;
        let turned = Shot { azimuth_rad: shot.azimuth_rad + da, ..shot };
        let by_azimuth = (impact(world, &turned, COARSE_S)? - here) / da;
        let step = Matrix2::from_columns(&[by_value, by_azimuth]).try_inverse()? * miss;
        shot = with(&shot, free, value(&shot, free) - step.x);
        shot.azimuth_rad -= step.y;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::round::fly;
    use crate::round::tests::{calm, mortar};

    fn hits(free: Free, like: &Shot, target: Vector2<f64>) -> Shot {
        let mut world = calm();
        world.environment.wind_mps = [4.0, -3.0];
        let shot = aim(&world, like, free, target).unwrap();
        let apart = fly(&world, &shot).unwrap().impact.position_m.xy() - target;
        assert!(apart.norm() < 0.05, "{apart:?}");
        shot
    }

    #[test]
    fn every_free_quantity_hits() {
        let target = Vector2::new(-2_500.0, 2_900.0);
        hits(Free::Speed(100.0, 320.0), &mortar(), target);
        let high = hits(Free::Elevation(1.48, 0.8), &mortar(), target);
        let low = hits(Free::Elevation(0.2, 0.8), &mortar(), target);
        assert!(high.elevation_rad > low.elevation_rad);
        let rocket = Shot { burn_s: 1.5, beta_kg_m2: 9_000.0, elevation_rad: 0.7, ..mortar() };
        hits(Free::Speed(200.0, 690.0), &rocket, Vector2::new(-8_000.0, -1_000.0));
    }

    #[test]
    fn out_of_reach_says_how_far() {
        let error = aim(&calm(), &mortar(), Free::Speed(100.0, 320.0), Vector2::new(40_000.0, 0.0)).unwrap_err();
        assert!(error.distance_m == 40_000.0 && error.reach_m.1 > 3_000.0 && error.reach_m.1 < 12_000.0);
    }
}
