//! One body, carried through time and to the ground.

use nalgebra::{Matrix3, Vector3};
use parapet_frame::{EARTH_RADIUS_M, maths};
use serde::{Deserialize, Serialize};

use crate::{Environment, air_at, drag_shape};

/// Standard gravity, m/s^2.
const GRAVITY_MPS2: f64 = 9.806_65;
/// Longest step of the integrator while a body is followed, seconds.
const STEP_MAX_S: f64 = 0.25;
/// Step of the integrator on the way to the ground, seconds.
const STEP_TO_GROUND_S: f64 = 0.5;

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
    Flight::of(environment, body).acceleration(&body.position_m, &body.velocity_mps)
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
    let flight = Flight::of(environment, body);
    let drag = flight.drag(environment.height_m(&body.position_m), &body.velocity_mps);
    let force = drag.relative * -drag.per_velocity;
    // d(shape * speed)/d(speed) = shape + mach * slope; the direction adds the outer product.
    let along = if drag.speed > 1e-6 { drag.per_speed_slope / drag.speed } else { 0.0 };
    Linearised {
        acceleration: flight.acceleration(&body.position_m, &body.velocity_mps),
        per_height: force * DENSITY_SLOPE_PER_M,
        per_velocity: -(Matrix3::identity() * drag.per_velocity + drag.relative * drag.relative.transpose() * along),
        per_ln_beta: -force,
    }
}

/// One body's flight: what stays the same while it flies.
#[derive(Clone, Copy)]
struct Flight<'a> {
    environment: &'a Environment,
    inverse_beta: f64,
}

/// Drag at a moment of a flight.
struct Drag {
    /// Velocity relative to the air, m/s, and its size.
    relative: Vector3<f64>,
    speed: f64,
    /// Deceleration per m/s of relative velocity, 1/s.
    per_velocity: f64,
    /// How that deceleration grows with speed, 1/s.
    per_speed_slope: f64,
}

impl<'a> Flight<'a> {
    fn of(environment: &'a Environment, body: &Body) -> Self {
        Flight { environment, inverse_beta: maths::exp(-body.ln_beta) }
    }

    fn acceleration(&self, position_m: &Vector3<f64>, velocity_mps: &Vector3<f64>) -> Vector3<f64> {
        let height_m = self.environment.height_m(position_m);
        let drag = self.drag(height_m, velocity_mps);
        let shrink = EARTH_RADIUS_M / (EARTH_RADIUS_M + height_m);
        let gravity = self.environment.vertical(position_m) * (GRAVITY_MPS2 * shrink * shrink);
        let coriolis = Vector3::from(self.environment.rotation_rad_s).cross(velocity_mps) * 2.0;
        drag.relative * -drag.per_velocity - gravity - coriolis
    }

    fn drag(&self, height_m: f64, velocity_mps: &Vector3<f64>) -> Drag {
        let wind = self.environment.wind_mps;
        let relative = velocity_mps - Vector3::new(wind[0], wind[1], 0.0);
        let air = air_at(height_m);
        let speed = relative.norm();
        let mach = speed / air.sound_mps;
        let (shape, slope) = drag_shape(mach);
        let half_density = 0.5 * air.density_kg_m3 * self.inverse_beta;
        Drag {
            relative,
            speed,
            per_velocity: half_density * shape * speed,
            per_speed_slope: half_density * (shape + mach * slope),
        }
    }

    fn rk4(&self, body: &Body, step_s: f64) -> Body {
        let half_s = 0.5 * step_s;
        let (p, v) = (&body.position_m, &body.velocity_mps);
        let a1 = self.acceleration(p, v);
        let v2 = v + a1 * half_s;
        let a2 = self.acceleration(&(p + v * half_s), &v2);
        let v3 = v + a2 * half_s;
        let a3 = self.acceleration(&(p + v2 * half_s), &v3);
        let v4 = v + a3 * step_s;
        let a4 = self.acceleration(&(p + v3 * step_s), &v4);
        Body {
            position_m: p + (v + (v2 + v3) * 2.0 + v4) * (step_s / 6.0),
            velocity_mps: v + (a1 + (a2 + a3) * 2.0 + a4) * (step_s / 6.0),
            ln_beta: body.ln_beta,
        }
    }
}

/// The body after a number of seconds, which may be negative, by fourth-order Runge-Kutta in steps of at most 0.25 s.
#[must_use]
pub fn advance(environment: &Environment, body: &Body, seconds: f64) -> Body {
    let steps = (seconds.abs() / STEP_MAX_S).ceil().max(1.0);
    let step_s = seconds / steps;
    let flight = Flight::of(environment, body);
    (0..steps as u32).fold(*body, |at, _| flight.rk4(&at, step_s))
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
    let flight = Flight::of(environment, body);
    while after_s < horizon_s {
        let next = flight.rk4(&at, STEP_TO_GROUND_S);
        if above(&next) <= 0.0 && next.velocity_mps.z < 0.0 {
            // The secant of the step comes within half a metre of the ground, the slide along the velocity does the rest.
            let (high, low) = (above(&at), above(&next));
            let part_s = STEP_TO_GROUND_S * (high / (high - low)).clamp(0.0, 1.0);
            return Some(settle(environment, &flight.rk4(&at, part_s), after_s + part_s));
        }
        at = next;
        after_s += STEP_TO_GROUND_S;
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

    /// Steps of half a second against steps a hundred times finer, subsonic and through the speed of sound.
    #[test]
    fn coarse_steps_land_where_fine_ones_do() {
        let environment = Environment::flat();
        for (speed_mps, elevation_deg) in [(250.0, 60.0), (320.0, 45.0), (560.0, 35.0), (690.0, 50.0)] {
            let body = shot(speed_mps, elevation_deg, 6_700.0);
            let flight = Flight::of(&environment, &body);
            let mut fine = body;
            while fine.position_m.z > 0.0 || fine.velocity_mps.z > 0.0 {
                fine = flight.rk4(&fine, 0.005);
            }
            let fine = settle(&environment, &fine, 0.0);
            let coarse = to_ground(&environment, &body, 200.0).unwrap();
            let off_m = (coarse.position_m - fine.position_m).norm();
            assert!(off_m < 0.5, "{speed_mps} m/s: {off_m} m");
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
