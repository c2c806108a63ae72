//! True flight of a round, finer than the engine's own prediction and with the motor burning.

use nalgebra::Vector3;
use parapet_flight::{Body, Environment, acceleration, air_at, drag_shape};
use parapet_frame::maths;

use crate::path::{Moment, Path};

/// Step of the integrator, seconds.
pub(crate) const STEP_S: f64 = 0.01;
/// Every so many steps a moment is kept.
const KEEP_EVERY: u32 = 5;
/// No round of this project's classes flies longer.
const FLIGHT_MAX_S: f64 = 300.0;
/// Speed at which a rocket leaves its rail, m/s (round number).
const RAIL_SPEED_MPS: f64 = 30.0;
/// Standard gravity, m/s^2.
const GRAVITY_MPS2: f64 = 9.806_65;

/// The air and the ground as they truly are.
#[derive(Clone, Debug, PartialEq)]
pub struct TrueWorld {
    /// Earth, ground, and the wind at the ground.
    pub environment: Environment,
    /// The wind grows by this share per metre of height above mean sea level.
    pub wind_gain_per_m: f64,
}

/// How a round leaves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Shot {
    /// When, seconds since the start of the scenario.
    pub time_s: f64,
    /// From where, site ENU, metres.
    pub position_m: Vector3<f64>,
    /// Muzzle speed, or the speed at burnout where a motor burns, m/s.
    pub speed_mps: f64,
    /// Above the horizontal, radians.
    pub elevation_rad: f64,
    /// Clockwise from north, radians.
    pub azimuth_rad: f64,
    /// Subsonic ballistic coefficient, kg/m^2.
    pub beta_kg_m2: f64,
    /// How long a motor burns, seconds; 0 for a round without one.
    pub burn_s: f64,
    /// How much more than its mean the motor pushes at first, and less at last, as a share of the mean; 0 is a steady motor.
    pub thrust_slope: f64,
    /// How much of the generic transonic drag rise this round has; 1 is all of it.
    pub drag_shape_scale: f64,
}

/// A flight from launch to impact.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Flight {
    /// The whole way; its last moment is the impact.
    pub path: Path,
    /// When the motor went out (the launch time where there is none), seconds.
    pub burnout_s: f64,
    /// The moment of impact, on the ground within a millimetre.
    pub impact: Moment,
}

/// Flies a shot to the ground; `None` when it does not come down within 300 s.
#[must_use]
pub(crate) fn fly(world: &TrueWorld, shot: &Shot) -> Option<Flight> {
    fly_in_steps(world, shot, STEP_S)
}

/// As [`fly`], in steps of another length.
#[must_use]
pub(crate) fn fly_in_steps(world: &TrueWorld, shot: &Shot, coast_s: f64) -> Option<Flight> {
    let burnout_s = shot.time_s + shot.burn_s;
    let mut at = start(shot);
    let mut moments = vec![at];
    for step in 1.. {
        let burning = at.time_s < burnout_s;
        let left_s = if burning { burnout_s - at.time_s } else { coast_s };
        // A sliver of a step at burnout would only cost accuracy.
        let step_s = if left_s < 1.5 * coast_s { left_s } else { coast_s };
        let thrust_mps2 = if burning { thrust(shot, at.time_s + 0.5 * step_s) } else { 0.0 };
        let mut next = rk4(world, shot, &at, step_s, thrust_mps2);
        if burning && left_s == step_s {
            next.time_s = burnout_s;
        }
        if above(world, &next) <= 0.0 {
            let impact = touch_down(world, shot, &at, step_s, thrust_mps2);
            moments.push(impact);
            return Some(Flight { path: Path::new(moments), burnout_s, impact });
        }
        if step % KEEP_EVERY == 0 || burning {
            moments.push(next);
        }
        if next.time_s - shot.time_s > FLIGHT_MAX_S || !next.position_m.iter().all(|c| c.is_finite()) {
            return None;
        }
        at = next;
    }
    None
}

fn start(shot: &Shot) -> Moment {
    let (sin_az, cos_az) = maths::sin_cos(shot.azimuth_rad);
    let (sin_el, cos_el) = maths::sin_cos(shot.elevation_rad);
    let speed_mps = if shot.burn_s > 0.0 { RAIL_SPEED_MPS } else { shot.speed_mps };
    Moment {
        time_s: shot.time_s,
        position_m: shot.position_m,
        velocity_mps: Vector3::new(sin_az * cos_el, cos_az * cos_el, sin_el) * speed_mps,
    }
}

/// Thrust over mass in the middle of a step; its mean reaches the burnout speed, save for the drag of the boost.
fn thrust(shot: &Shot, time_s: f64) -> f64 {
    let mean_mps2 = (shot.speed_mps - RAIL_SPEED_MPS) / shot.burn_s + GRAVITY_MPS2 * maths::sin(shot.elevation_rad);
    let done = (time_s - shot.time_s) / shot.burn_s;
    mean_mps2 * (1.0 + shot.thrust_slope * (1.0 - 2.0 * done))
}

fn above(world: &TrueWorld, moment: &Moment) -> f64 {
    world.environment.height_above_ground_m(&moment.position_m)
}

/// Halves the step until the ground is met.
fn touch_down(world: &TrueWorld, shot: &Shot, from: &Moment, step_s: f64, thrust_mps2: f64) -> Moment {
    let (mut low_s, mut high_s) = (0.0, step_s);
    for _ in 0..24 {
        let middle_s = 0.5 * (low_s + high_s);
        if above(world, &rk4(world, shot, from, middle_s, thrust_mps2)) > 0.0 {
            low_s = middle_s;
        } else {
            high_s = middle_s;
        }
    }
    rk4(world, shot, from, high_s, thrust_mps2)
}

fn slope(world: &TrueWorld, shot: &Shot, at: &Moment, thrust_mps2: f64) -> (Vector3<f64>, Vector3<f64>) {
    let mut environment = world.environment.clone();
    let height_m = environment.height_m(&at.position_m);
    let gain = 1.0 + world.wind_gain_per_m * height_m.max(0.0);
    environment.wind_mps = environment.wind_mps.map(|w| w * gain);
    let body = Body {
        position_m: at.position_m,
        velocity_mps: at.velocity_mps,
        ln_beta: maths::ln(shot.beta_kg_m2 / shape_ratio(&environment, shot, at, height_m)),
    };
    let speed_mps = at.velocity_mps.norm().max(1e-6);
    (at.velocity_mps, acceleration(&environment, &body) + at.velocity_mps * (thrust_mps2 / speed_mps))
}

/// This round's drag over the generic round's at the same Mach number.
fn shape_ratio(environment: &Environment, shot: &Shot, at: &Moment, height_m: f64) -> f64 {
    let [east, north] = environment.wind_mps;
    let speed_mps = (at.velocity_mps - Vector3::new(east, north, 0.0)).norm();
    let (generic, _) = drag_shape(speed_mps / air_at(height_m).sound_mps);
    (1.0 + (generic - 1.0) * shot.drag_shape_scale) / generic
}

fn rk4(world: &TrueWorld, shot: &Shot, at: &Moment, step_s: f64, thrust_mps2: f64) -> Moment {
    let along = |(v, a): (Vector3<f64>, Vector3<f64>), s: f64| Moment {
        time_s: at.time_s + s,
        position_m: at.position_m + v * s,
        velocity_mps: at.velocity_mps + a * s,
    };
    let k1 = slope(world, shot, at, thrust_mps2);
    let k2 = slope(world, shot, &along(k1, 0.5 * step_s), thrust_mps2);
    let k3 = slope(world, shot, &along(k2, 0.5 * step_s), thrust_mps2);
    let k4 = slope(world, shot, &along(k3, step_s), thrust_mps2);
    let mean = |a: Vector3<f64>, b: Vector3<f64>, c: Vector3<f64>, d: Vector3<f64>| (a + (b + c) * 2.0 + d) / 6.0;
    along((mean(k1.0, k2.0, k3.0, k4.0), mean(k1.1, k2.1, k3.1, k4.1)), step_s)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn calm() -> TrueWorld {
        TrueWorld { environment: Environment::flat(), wind_gain_per_m: 0.0 }
    }

    pub(crate) fn mortar() -> Shot {
        Shot {
            time_s: 2.0,
            position_m: Vector3::zeros(),
            speed_mps: 250.0,
            elevation_rad: 60f64.to_radians(),
            azimuth_rad: 0.3,
            beta_kg_m2: 5_000.0,
            burn_s: 0.0,
            thrust_slope: 0.0,
            drag_shape_scale: 1.0,
        }
    }

    #[test]
    fn in_a_vacuum_it_is_the_parabola() {
        let shot = Shot { beta_kg_m2: 1e15, speed_mps: 100.0, ..mortar() };
        let flight = fly(&calm(), &shot).unwrap();
        let range_m = flight.impact.position_m.xy().norm();
        // Gravity falls by 2 h / R = 1.2e-4 at the apex of 382 m; the mean effect on the range is two thirds of half of it.
        let parabola_m = 100.0 * 100.0 * maths::sin(2.0 * shot.elevation_rad) / GRAVITY_MPS2;
        assert!((range_m / parabola_m - 1.0).abs() < 1.5e-4, "{range_m} {parabola_m}");
        assert!((flight.impact.velocity_mps.norm() - 100.0).abs() < 1e-6);
    }

    #[test]
    fn it_agrees_with_the_engines_integrator_and_lands_on_the_ground() {
        let world = TrueWorld { environment: Environment::sphere(33.0, 34.0, 34.0), wind_gain_per_m: 0.0 };
        let flight = fly(&world, &mortar()).unwrap();
        assert!(above(&world, &flight.impact).abs() < 1e-3);
        let m = start(&mortar());
        let body = Body {
            position_m: m.position_m + Vector3::z() * 1e-6,
            velocity_mps: m.velocity_mps,
            ln_beta: maths::ln(5_000.0),
        };
        let landing = parapet_flight::to_ground(&world.environment, &body, 200.0).unwrap();
        let apart_m = (landing.position_m - flight.impact.position_m).norm();
        assert!(apart_m < 0.5, "{apart_m}");
    }

    #[test]
    fn a_motor_reaches_its_speed_and_then_goes_out() {
        let shot = Shot { burn_s: 1.5, speed_mps: 480.0, beta_kg_m2: 9_000.0, elevation_rad: 0.7, ..mortar() };
        let flight = fly(&calm(), &shot).unwrap();
        let at_burnout = flight.path.at(flight.burnout_s).unwrap().velocity_mps.norm();
        assert!((at_burnout - 480.0).abs() < 12.0, "{at_burnout}");
        let later = flight.path.at(flight.burnout_s + 1.0).unwrap().velocity_mps.norm();
        assert!(later < at_burnout);
    }

    #[test]
    fn a_motor_that_wanes_reaches_the_same_speed_and_is_ahead_on_the_way() {
        let steady = Shot { burn_s: 3.0, speed_mps: 480.0, beta_kg_m2: 9_000.0, elevation_rad: 0.7, ..mortar() };
        let waning = Shot { thrust_slope: 0.6, ..steady };
        let speed = |shot: &Shot, after_s: f64| {
            fly(&calm(), shot).unwrap().path.at(shot.time_s + after_s).unwrap().velocity_mps.norm()
        };
        assert!((speed(&steady, 3.0) - speed(&waning, 3.0)).abs() < 10.0);
        assert!(speed(&waning, 1.5) > speed(&steady, 1.5) + 40.0);
    }

    #[test]
    fn less_transonic_drag_flies_farther_and_wind_carries() {
        let range = |shot: &Shot, world: &TrueWorld| fly(world, shot).unwrap().impact.position_m;
        let fast = Shot { speed_mps: 400.0, ..mortar() };
        let sleek = Shot { drag_shape_scale: 0.5, ..fast };
        assert!(range(&sleek, &calm()).xy().norm() > range(&fast, &calm()).xy().norm() + 50.0);
        let mut windy = calm();
        windy.environment.wind_mps = [10.0, 0.0];
        assert!(range(&fast, &windy).x > range(&fast, &calm()).x + 20.0);
    }

    #[test]
    fn what_never_comes_down_is_said() {
        assert!(fly(&calm(), &Shot { speed_mps: 9_000.0, beta_kg_m2: 1e12, ..mortar() }).is_none());
        assert!(fly(&calm(), &Shot { speed_mps: f64::NAN, ..mortar() }).is_none());
    }
}
