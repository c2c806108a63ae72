//! What moves a coasting round: drag, gravity and the turning of the Earth.

use nalgebra::{Matrix3, Vector3};
use parapet_frame::{EARTH_RADIUS_M, maths};
use serde::{Deserialize, Serialize};

use crate::{Environment, drag_shape};

/// Standard gravity, m/s^2.
pub(crate) const GRAVITY_MPS2: f64 = 9.806_65;

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

impl Body {
    /// A body that does nothing, for places that hold none.
    pub(crate) const AT_REST: Body =
        Body { position_m: Vector3::new(0.0, 0.0, 0.0), velocity_mps: Vector3::new(0.0, 0.0, 0.0), ln_beta: 0.0 };
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
    /// Its change per metre of height, 1/s^2: the air grows thinner, and gravity weaker. What it changes per metre of way along
    /// the ground is less than a hundredth of that and left out.
    pub per_height: Vector3<f64>,
    /// Its change per m/s of velocity, 1/s.
    pub per_velocity: Matrix3<f64>,
    /// Its change per unit of the logarithm of the ballistic coefficient, m/s^2.
    pub per_ln_beta: Vector3<f64>,
}

/// The acceleration of a coasting body with its derivatives, for carrying a covariance.
#[must_use]
pub fn linearise(environment: &Environment, body: &Body) -> Linearised {
    Flight::of(environment, body).instant(&body.position_m, &body.velocity_mps).linearised
}

/// What a step of the integrator must know of a moment of a flight.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instant {
    pub(crate) linearised: Linearised,
    /// Share of the relative velocity that drag takes, 1/s.
    pub(crate) loss_per_s: f64,
    pub(crate) mach: f64,
    /// Change of the Mach number, 1/s.
    pub(crate) mach_rate: f64,
}

impl Instant {
    #[inline(always)]
    pub(crate) fn acceleration(&self) -> Vector3<f64> {
        self.linearised.acceleration
    }
}

/// One body's flight: what stays the same while it flies.
#[derive(Clone, Copy)]
pub(crate) struct Flight<'a> {
    environment: &'a Environment,
    /// Half of one over the ballistic coefficient, m^2/kg.
    half_inverse_beta: f64,
}

impl<'a> Flight<'a> {
    pub(crate) fn of(environment: &'a Environment, body: &Body) -> Self {
        Flight { environment, half_inverse_beta: 0.5 * maths::exp(-body.ln_beta) }
    }

    pub(crate) fn acceleration(&self, position_m: &Vector3<f64>, velocity_mps: &Vector3<f64>) -> Vector3<f64> {
        let height_m = self.environment.height_m(position_m);
        let (density, inverse_sound, wind_mps) = self.environment.air(height_m);
        let relative = relative(velocity_mps, wind_mps);
        let speed = relative.norm();
        let per_velocity = self.half_inverse_beta * density * drag_shape(speed * inverse_sound).0 * speed;
        relative * -per_velocity + self.free_fall(position_m, velocity_mps, height_m)
    }

    #[inline(always)]
    pub(crate) fn instant(&self, position_m: &Vector3<f64>, velocity_mps: &Vector3<f64>) -> Instant {
        let height_m = self.environment.height_m(position_m);
        let air = self.environment.air_slope(height_m);
        let relative = relative(velocity_mps, air.wind_mps);
        let speed = relative.norm();
        let mach = speed * air.inverse_sound;
        let (shape, slope) = drag_shape(mach);
        let half_density = self.half_inverse_beta * air.density_kg_m3;
        let per_velocity = half_density * shape * speed;
        let force = relative * -per_velocity;
        // d(shape * speed)/d(speed) = shape + mach * slope; the direction adds the outer product.
        let along = if speed > 1e-6 { half_density * (shape + mach * slope) / speed } else { 0.0 };
        let by_sound = half_density * slope * speed * speed * air.inverse_sound_per_m;
        let [w_east, w_north, w_up] = self.environment.rotation_rad_s.map(|rate| 2.0 * rate);
        let coriolis = Matrix3::new(0.0, w_up, -w_north, -w_up, 0.0, w_east, w_north, -w_east, 0.0);
        let weaker = Vector3::new(0.0, 0.0, -gravity_per_m(height_m));
        let acceleration = force + self.free_fall(position_m, velocity_mps, height_m);
        let faster = if speed > 1e-6 { relative.dot(&acceleration) / speed } else { 0.0 };
        let by_relative = Matrix3::from_diagonal_element(-per_velocity) - relative * (relative.transpose() * along);
        let [east, north] = air.wind_per_m;
        let by_wind = by_relative * Vector3::new(east, north, 0.0);
        let linearised = Linearised {
            acceleration,
            per_height: force * air.density_per_m - relative * by_sound + weaker - by_wind,
            per_velocity: coriolis + by_relative,
            per_ln_beta: -force,
        };
        // The wind's own change is left out: it is a hundredth of gravity's part.
        let mach_rate = faster * air.inverse_sound + speed * air.inverse_sound_per_m * velocity_mps.z;
        Instant { linearised, loss_per_s: per_velocity, mach, mach_rate }
    }

    /// Acceleration without drag.
    fn free_fall(&self, position_m: &Vector3<f64>, velocity_mps: &Vector3<f64>, height_m: f64) -> Vector3<f64> {
        let gravity = self.environment.vertical(position_m) * gravity_mps2(height_m);
        let coriolis = Vector3::from(self.environment.rotation_rad_s).cross(velocity_mps) * 2.0;
        -gravity - coriolis
    }
}

/// Velocity relative to the air.
fn relative(velocity_mps: &Vector3<f64>, [east, north]: [f64; 2]) -> Vector3<f64> {
    velocity_mps - Vector3::new(east, north, 0.0)
}

/// Gravity at a height above mean sea level: `g0 (R / (R + h))^2`, by its series, to six digits at 50 km.
#[inline(always)]
pub(crate) fn gravity_mps2(height_m: f64) -> f64 {
    let part = height_m * (1.0 / EARTH_RADIUS_M);
    GRAVITY_MPS2 * (1.0 - part * (2.0 - 3.0 * part))
}

/// How much gravity grows per metre of height (it falls), 1/s^2.
fn gravity_per_m(height_m: f64) -> f64 {
    -2.0 * GRAVITY_MPS2 / EARTH_RADIUS_M * (1.0 - 3.0 * height_m * (1.0 / EARTH_RADIUS_M))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_agree_with_differences() {
        let environment = Environment::sphere(33.0, 34.0, 34.0);
        // Subsonic, between knots of the drag, and in the stratosphere.
        for (speed_mps, height_m) in [(200.0, 500.0), (290.0, 1_500.0), (420.0, 1_500.0), (900.0, 14_000.0)] {
            let body = Body {
                position_m: Vector3::new(2_000.0, -3_000.0, height_m),
                velocity_mps: Vector3::new(0.3, 0.7, 0.648) * speed_mps,
                ln_beta: maths::ln(7_000.0),
            };
            let at = linearise(&environment, &body);
            assert_eq!(at.acceleration, acceleration(&environment, &body));
            let slope = |change: &dyn Fn(&mut Body, f64), by: f64| {
                let (mut more, mut less) = (body, body);
                change(&mut more, by);
                change(&mut less, -by);
                (acceleration(&environment, &more) - acceleration(&environment, &less)) / (2.0 * by)
            };
            for axis in 0..3 {
                let by_velocity = slope(&|b, by| b.velocity_mps[axis] += by, 1e-2);
                assert!((by_velocity - at.per_velocity.column(axis)).norm() < 1e-8, "{speed_mps} {axis}");
            }
            let by_height = slope(&|b, by| b.position_m.z += by, 1.0);
            assert!((by_height - at.per_height).norm() < 1e-6 * at.per_height.norm() + 3e-9, "{speed_mps}");
            let by_ln_beta = slope(&|b, by| b.ln_beta += by, 1e-4);
            assert!((by_ln_beta - at.per_ln_beta).norm() < 1e-6 * by_ln_beta.norm(), "{speed_mps}");
        }
    }

    #[test]
    fn gravity_falls_with_the_square_of_the_distance() {
        for height_m in [0.0, 5_000.0, 20_000.0, 50_000.0] {
            let shrink = EARTH_RADIUS_M / (EARTH_RADIUS_M + height_m);
            assert!((gravity_mps2(height_m) / (GRAVITY_MPS2 * shrink * shrink) - 1.0).abs() < 3e-6, "{height_m}");
        }
    }
}
