//! One body, carried to the ground.

use nalgebra::Vector3;

use crate::motion::Flight;
use crate::{Body, Environment};

/// Step of the integrator on the way to the ground, seconds.
const STEP_TO_GROUND_S: f64 = 0.5;

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

impl Flight<'_> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advance;
    use crate::motion::GRAVITY_MPS2;
    use parapet_frame::maths;

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
