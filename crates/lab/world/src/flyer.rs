//! What flies without falling: aircraft along a route, and birds and drones that wander.

use nalgebra::{Vector2, Vector3};
use parapet_flight::Environment;
use parapet_frame::maths::{atan2, sin_cos, wrap_pi};

use crate::path::{Moment, Path};
use crate::stream::Stream;

/// Step of the simulated motion, seconds.
const STEP_S: f64 = 0.05;
/// Every so many steps a moment is kept.
const KEEP_EVERY: u32 = 4;
/// Standard gravity, m/s^2.
const GRAVITY_MPS2: f64 = 9.806_65;

/// A corner of a route: east and north in site ENU and height above mean sea level, metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Waypoint {
    /// East and north of the site origin, metres.
    pub plane_m: Vector2<f64>,
    /// Above mean sea level, metres.
    pub height_m: f64,
}

/// A route flown at a constant speed, with banked turns.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Route {
    /// Two corners or more; the flight begins at the first and goes straight on after the last.
    pub waypoints: Vec<Waypoint>,
    /// Speed over the ground, m/s.
    pub speed_mps: f64,
    /// Bank angle in turns, radians.
    pub bank_rad: f64,
    /// Steepest climb or descent, m/s.
    pub climb_max_mps: f64,
}

/// Flies a route from the start of the scenario until a time.
#[must_use]
pub(crate) fn follow(environment: &Environment, route: &Route, until_s: f64) -> Path {
    let Some((first, rest)) = route.waypoints.split_first() else { return Path::default() };
    let mut recorder = Recorder::new(environment, until_s);
    let mut plane_m = first.plane_m;
    let mut height_m = first.height_m;
    let mut ahead = rest.iter().peekable();
    let towards = |to: &Waypoint, from: Vector2<f64>| atan2(to.plane_m.x - from.x, to.plane_m.y - from.y);
    let mut heading_rad = rest.first().map_or(0.0, |next| towards(next, plane_m));
    let turn_rad_s = GRAVITY_MPS2 * tangent(route.bank_rad) / route.speed_mps;
    let turn_radius_m = route.speed_mps / turn_rad_s;
    while recorder.wants_more() {
        let mut climb_mps = 0.0;
        while ahead.next_if(|w| (w.plane_m - plane_m).norm() < turn_radius_m).is_some() {}
        if let Some(next) = ahead.peek() {
            let left_s = (next.plane_m - plane_m).norm() / route.speed_mps;
            climb_mps = ((next.height_m - height_m) / left_s.max(1.0)).clamp(-route.climb_max_mps, route.climb_max_mps);
            let off_rad = wrap_pi(towards(next, plane_m) - heading_rad);
            heading_rad += off_rad.clamp(-turn_rad_s * STEP_S, turn_rad_s * STEP_S);
        }
        recorder.record(plane_m, height_m, velocity(heading_rad, route.speed_mps, climb_mps));
        let (sin, cos) = sin_cos(heading_rad);
        plane_m += Vector2::new(sin, cos) * (route.speed_mps * STEP_S);
        height_m += climb_mps * STEP_S;
    }
    recorder.finish()
}

fn tangent(x: f64) -> f64 {
    let (sin, cos) = sin_cos(x);
    sin / cos
}

/// How something wanders: Ornstein-Uhlenbeck processes of turn, climb and speed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Wander {
    /// Where it begins, east and north in site ENU, metres.
    pub plane_m: Vector2<f64>,
    /// Height above mean sea level that it returns to, metres.
    pub height_m: f64,
    /// It stays above this height above mean sea level, metres.
    pub height_min_m: f64,
    /// Course at the beginning, clockwise from north, radians.
    pub heading_rad: f64,
    /// Mean speed, m/s.
    pub speed_mps: f64,
    /// Restlessness of the turn rate, rad/s per square root of a second.
    pub turn_noise: f64,
    /// Restlessness of climb and speed, m/s per square root of a second.
    pub speed_noise: f64,
}

/// Wanders from the start of the scenario until a time.
#[must_use]
pub(crate) fn wander(environment: &Environment, how: &Wander, until_s: f64, stream: &mut Stream) -> Path {
    let mut recorder = Recorder::new(environment, until_s);
    let (mut plane_m, mut height_m, mut heading_rad) = (how.plane_m, how.height_m, how.heading_rad);
    let (mut turn_rad_s, mut climb_mps, mut gain_mps) = (0.0, 0.0, 0.0);
    let root = STEP_S.sqrt();
    while recorder.wants_more() {
        // Time constants of 3, 4 and 5 s; a spring of 0.02 /s^2 brings it back to its height.
        turn_rad_s += -turn_rad_s * STEP_S / 3.0 + stream.normal(how.turn_noise * root);
        climb_mps +=
            (-climb_mps / 4.0 + 0.02 * (how.height_m - height_m)) * STEP_S + stream.normal(how.speed_noise * root);
        gain_mps += -gain_mps * STEP_S / 5.0 + stream.normal(how.speed_noise * root);
        if height_m <= how.height_min_m {
            climb_mps = climb_mps.max(0.5);
        }
        let speed_mps = (how.speed_mps + gain_mps).max(0.3 * how.speed_mps);
        recorder.record(plane_m, height_m, velocity(heading_rad, speed_mps, climb_mps));
        let (sin, cos) = sin_cos(heading_rad);
        plane_m += Vector2::new(sin, cos) * (speed_mps * STEP_S);
        height_m += climb_mps * STEP_S;
        heading_rad += turn_rad_s * STEP_S;
    }
    recorder.finish()
}

fn velocity(heading_rad: f64, speed_mps: f64, climb_mps: f64) -> Vector3<f64> {
    let (sin, cos) = sin_cos(heading_rad);
    Vector3::new(sin * speed_mps, cos * speed_mps, climb_mps)
}

/// Keeps every so many steps, and turns heights into places of site ENU.
struct Recorder<'e> {
    environment: &'e Environment,
    until_s: f64,
    step: u32,
    moments: Vec<Moment>,
}

impl<'e> Recorder<'e> {
    fn new(environment: &'e Environment, until_s: f64) -> Self {
        Recorder { environment, until_s, step: 0, moments: Vec::new() }
    }

    fn wants_more(&self) -> bool {
        self.moments.last().is_none_or(|m| m.time_s < self.until_s)
    }

    fn record(&mut self, plane_m: Vector2<f64>, height_m: f64, velocity_mps: Vector3<f64>) {
        if self.step.is_multiple_of(KEEP_EVERY) {
            let time_s = f64::from(self.step) * STEP_S;
            let position_m = at_height(self.environment, plane_m, height_m);
            self.moments.push(Moment { time_s, position_m, velocity_mps });
        }
        self.step += 1;
    }

    fn finish(self) -> Path {
        Path::new(self.moments)
    }
}

/// The place in site ENU that lies this high above mean sea level.
#[must_use]
pub(crate) fn at_height(environment: &Environment, plane_m: Vector2<f64>, height_m: f64) -> Vector3<f64> {
    let in_plane = Vector3::new(plane_m.x, plane_m.y, 0.0);
    in_plane + Vector3::z() * (height_m - environment.height_m(&in_plane))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn earth() -> Environment {
        Environment::sphere(33.3, 34.0, 34.0)
    }

    #[test]
    fn a_route_is_flown_at_its_speed_and_height() {
        let corner = |e: f64, n: f64, height_m: f64| Waypoint { plane_m: Vector2::new(e, n), height_m };
        let route = Route {
            waypoints: vec![corner(-20_000.0, 0.0, 3_000.0), corner(0.0, 0.0, 3_000.0), corner(0.0, 20_000.0, 3_000.0)],
            speed_mps: 200.0,
            bank_rad: 0.4,
            climb_max_mps: 10.0,
        };
        let path = follow(&earth(), &route, 180.0);
        for time_s in [0.0, 50.0, 110.0, 180.0] {
            let m = path.at(time_s).unwrap();
            assert!((m.velocity_mps.norm() - 200.0).abs() < 3.0, "{m:?}");
            assert!((earth().height_m(&m.position_m) - 3_000.0).abs() < 2.0, "{m:?}");
        }
        let end = path.at(180.0).unwrap();
        assert!(end.position_m.x.abs() < 300.0 && end.position_m.y > 12_000.0, "{end:?}");
    }

    #[test]
    fn a_bird_stays_a_bird() {
        let how = Wander {
            plane_m: Vector2::new(500.0, 900.0),
            height_m: 150.0,
            height_min_m: 50.0,
            heading_rad: 1.0,
            speed_mps: 12.0,
            turn_noise: 0.07,
            speed_noise: 0.8,
        };
        let path = wander(&earth(), &how, 120.0, &mut Stream::new(3, "bird", "way", 0));
        for m in path.moments() {
            let height_m = earth().height_m(&m.position_m);
            assert!((40.0..400.0).contains(&height_m), "{height_m}");
            assert!(m.velocity_mps.norm() < 30.0);
        }
    }
}
