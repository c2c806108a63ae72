//! One body, carried through time and to the ground.

use nalgebra::{Matrix3, Vector3};
use parapet_frame::{EARTH_RADIUS_M, maths};
use serde::{Deserialize, Serialize};

use crate::{Environment, air_at, drag_shape};

/// Standard gravity, m/s^2.
const GRAVITY_MPS2: f64 = 9.806_65;
/// Longest step of the integrator, seconds: 0.1 m over a whole mortar flight against DOP853.
const STEP_MAX_S: f64 = 0.25;

/// A coasting round: a point mass with drag.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Body {
    /// Place in site ENU, metres.
    pub position_m: Vector3<f64>,
    /// Velocity in site ENU, m/s.
    pub velocity_mps: Vector3<f64>,
    /// Natural logarithm of the subsonic ballistic coefficient `m / (Cd A)` in kg/m^2.
    pub ln_beta: f64,
}

/// Where and how a body came down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Landing {
    /// Seconds from the start.
    pub after_s: f64,
    /// Place in site ENU, metres, on the ground.
    pub position_m: Vector3<f64>,
    /// Velocity in site ENU at that moment, m/s.
    pub velocity_mps: Vector3<f64>,
}

/// Acceleration of a coasting body in site ENU, m/s^2.
///
/// Drag `-rho |v_r| v_r phi(M) / (2 beta)` with `v_r` the velocity relative to the air, gravity `g0 (R / (R + h))^2`
/// towards the Earth's centre, and the Coriolis term `-2 w x v` of the turning frame (its centrifugal part is in standard
/// gravity).
#[must_use]
pub fn acceleration(environment: &Environment, body: &Body) -> Vector3<f64> {
    let height_m = environment.height_m(&body.position_m);
    drag(environment, body, height_m).0 + acceleration_without_drag(environment, body, height_m)
}

/// Acceleration of a coasting body and how it changes with the body's state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Linearised {
    /// Acceleration in site ENU, m/s^2.
    pub acceleration: Vector3<f64>,
    /// Its change per metre of height, 1/s^2: the air grows thinner (scale height of the troposphere).
    pub per_height: Vector3<f64>,
    /// Its change per m/s of velocity, 1/s.
    pub per_velocity: Matrix3<f64>,
    /// Its change per unit of the logarithm of the ballistic coefficient, m/s^2.
    pub per_ln_beta: Vector3<f64>,
}

/// The acceleration of a coasting body with its derivatives, for carrying a covariance.
#[must_use]
pub fn linearise(environment: &Environment, body: &Body) -> Linearised {
    /// Relative change of density per metre in the lower troposphere, from ISO 2533 between 0 and 4 km.
    const DENSITY_SLOPE_PER_M: f64 = -1.0e-4;
    let height_m = environment.height_m(&body.position_m);
    let (drag, per_velocity) = drag(environment, body, height_m);
    Linearised {
        acceleration: drag + acceleration_without_drag(environment, body, height_m),
        per_height: drag * DENSITY_SLOPE_PER_M,
        per_velocity,
        per_ln_beta: -drag,
    }
}

/// Deceleration by drag, m/s^2, and its derivative by velocity, 1/s.
fn drag(environment: &Environment, body: &Body, height_m: f64) -> (Vector3<f64>, Matrix3<f64>) {
    let air = air_at(height_m);
    let relative = body.velocity_mps - Vector3::new(environment.wind_mps[0], environment.wind_mps[1], 0.0);
    let speed = relative.norm();
    let mach = speed / air.sound_mps;
    let (shape, slope) = drag_shape(mach);
    let per_speed = 0.5 * air.density_kg_m3 * maths::exp(-body.ln_beta);
    // d(shape * speed)/d(speed) = shape + mach * slope; the direction adds the outer product.
    let along = if speed > 1e-6 { per_speed * (shape + mach * slope) / speed } else { 0.0 };
    let per_velocity = -(Matrix3::identity() * (per_speed * shape * speed) + relative * relative.transpose() * along);
    (-relative * (per_speed * shape * speed), per_velocity)
}

fn acceleration_without_drag(environment: &Environment, body: &Body, height_m: f64) -> Vector3<f64> {
    let shrink = EARTH_RADIUS_M / (EARTH_RADIUS_M + height_m);
    let gravity = environment.vertical(&body.position_m) * (GRAVITY_MPS2 * shrink * shrink);
    let coriolis = Vector3::from(environment.rotation_rad_s).cross(&body.velocity_mps) * 2.0;
    -gravity - coriolis
}

/// The body after a number of seconds, which may be negative, by fourth-order Runge-Kutta in steps of at most 0.25 s.
#[must_use]
pub fn advance(environment: &Environment, body: &Body, seconds: f64) -> Body {
    let steps = (seconds.abs() / STEP_MAX_S).ceil().max(1.0);
    let step_s = seconds / steps;
    let mut at = *body;
    for _ in 0..steps as u32 {
        at = rk4(environment, &at, step_s);
    }
    at
}

/// Where the body comes down, or `None` when it does not within `horizon_s` seconds.
///
/// A body already below the ground and falling is carried back along its velocity to the surface (`after_s` is negative).
#[must_use]
pub fn to_ground(environment: &Environment, body: &Body, horizon_s: f64) -> Option<Landing> {
    let above = |b: &Body| environment.height_above_ground_m(&b.position_m);
    let mut at = *body;
    let mut after_s = 0.0;
    if above(&at) <= 0.0 && at.velocity_mps.z <= 0.0 {
        return Some(settle(environment, &at, 0.0));
    }
    while after_s < horizon_s {
        let next = rk4(environment, &at, STEP_MAX_S);
        if above(&next) <= 0.0 && next.velocity_mps.z < 0.0 {
            // The crossing by the secant of the step; the rest is under a centimetre per second of fall.
            let (high, low) = (above(&at), above(&next));
            let part_s = STEP_MAX_S * (high / (high - low)).clamp(0.0, 1.0);
            return Some(settle(environment, &rk4(environment, &at, part_s), after_s + part_s));
        }
        at = next;
        after_s += STEP_MAX_S;
    }
    None
}

/// Slides a falling body that is within a few metres of the ground along its velocity onto it.
fn settle(environment: &Environment, body: &Body, after_s: f64) -> Landing {
    let fall_mps = -body.velocity_mps.z;
    let remaining_s = if fall_mps > 1.0 { environment.height_above_ground_m(&body.position_m) / fall_mps } else { 0.0 };
    Landing {
        after_s: after_s + remaining_s,
        position_m: body.position_m + body.velocity_mps * remaining_s,
        velocity_mps: body.velocity_mps,
    }
}

fn rk4(environment: &Environment, body: &Body, step_s: f64) -> Body {
    let half_s = 0.5 * step_s;
    let slope = |b: &Body| (b.velocity_mps, acceleration(environment, b));
    let along = |(v, a): (Vector3<f64>, Vector3<f64>), s: f64| Body {
        position_m: body.position_m + v * s,
        velocity_mps: body.velocity_mps + a * s,
        ln_beta: body.ln_beta,
    };
    let k1 = slope(body);
    let k2 = slope(&along(k1, half_s));
    let k3 = slope(&along(k2, half_s));
    let k4 = slope(&along(k3, step_s));
    let mean = |a: Vector3<f64>, b: Vector3<f64>, c: Vector3<f64>, d: Vector3<f64>| (a + (b + c) * 2.0 + d) / 6.0;
    along((mean(k1.0, k2.0, k3.0, k4.0), mean(k1.1, k2.1, k3.1, k4.1)), step_s)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shot(speed_mps: f64, elevation_deg: f64, beta: f64) -> Body {
        let (s, c) = maths::sin_cos(elevation_deg.to_radians());
        Body {
            position_m: Vector3::new(0.0, 0.0, 1.0),
            velocity_mps: Vector3::new(0.0, speed_mps * c, speed_mps * s),
            ln_beta: maths::ln(beta),
        }
    }

    #[test]
    fn without_air_the_parabola_holds() {
        let body = shot(200.0, 45.0, 1e12);
        let landing = to_ground(&Environment::flat(), &body, 100.0).unwrap();
        assert!((landing.position_m.y - 200.0 * 200.0 / GRAVITY_MPS2).abs() < 3.0, "{landing:?}");
    }

    #[test]
    fn time_runs_backwards_to_the_start() {
        let environment = Environment::sphere(33.0, 34.0, 34.0);
        let body = shot(450.0, 40.0, 9_000.0);
        let back = advance(&environment, &advance(&environment, &body, 20.0), -20.0);
        assert!((back.position_m - body.position_m).norm() < 0.05, "{back:?}");
    }

    #[test]
    fn derivatives_agree_with_differences() {
        let environment = Environment::sphere(33.0, 34.0, 34.0);
        let mut body = shot(420.0, 40.0, 7_000.0);
        body.position_m.z = 1_500.0;
        let at = linearise(&environment, &body);
        assert_eq!(at.acceleration, acceleration(&environment, &body));
        for axis in 0..3 {
            let mut faster = body;
            faster.velocity_mps[axis] += 1e-3;
            let slope = (acceleration(&environment, &faster) - at.acceleration) / 1e-3;
            // The derivative leaves out the Coriolis term, 1.5e-4 per second at most.
            assert!((slope - at.per_velocity.column(axis)).norm() < 2e-4, "{axis}");
        }
        let heavier = Body { ln_beta: body.ln_beta + 1e-4, ..body };
        let slope = (acceleration(&environment, &heavier) - at.acceleration) / 1e-4;
        assert!((slope - at.per_ln_beta).norm() < 1e-2 * slope.norm());
    }

    #[test]
    fn drag_takes_energy() {
        let environment = Environment::flat();
        let energy = |b: &Body| 0.5 * b.velocity_mps.norm_squared() + GRAVITY_MPS2 * b.position_m.z;
        let mut body = shot(500.0, 45.0, 5_000.0);
        for _ in 0..40 {
            let next = advance(&environment, &body, 0.5);
            assert!(energy(&next) < energy(&body));
            body = next;
        }
    }

    #[test]
    fn lands_on_the_ground_and_says_when_it_does_not() {
        let environment = Environment::sphere(33.0, 34.0, 40.0);
        let landing = to_ground(&environment, &shot(300.0, 60.0, 5_000.0), 120.0).unwrap();
        assert!(environment.height_above_ground_m(&landing.position_m).abs() < 0.05);
        assert!(to_ground(&environment, &shot(300.0, 60.0, 5_000.0), 10.0).is_none());
    }
}
