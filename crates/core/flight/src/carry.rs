//! A body, and small deviations from it, carried through time.

use nalgebra::{Matrix3, SMatrix, Vector3};

use crate::motion::{Flight, Instant};
use crate::{Body, Environment, MACH_KNOTS};

/// Longest step of the integrator, seconds.
const STEP_MAX_S: f64 = 1.0;
/// Shortest step that drag may call for, seconds: what brakes harder flies nowhere, and must not cost more.
const STEP_MIN_S: f64 = 1.0 / 32.0;
/// Largest share of the velocity that drag may take within a step: the error is its fifth power.
const LOSS_MAX: f64 = 0.1;
/// Largest change of the Mach number within a step where the drag bends most, and where that is: a bend is foreseen at the rate of
/// the step's beginning.
const MACH_CHANGE_MAX: f64 = 0.04;
const TRANSONIC: (f64, f64) = (0.76, 1.3);
/// A step ends where the drag bends, unless that is nearer than this, seconds.
const BEND_MIN_S: f64 = 0.02;

/// A body carried through time, with what becomes of small deviations from it.
///
/// Deviations of the place along the ground stay as they are: the air and gravity change by height alone (over 100 s of a steep
/// supersonic fall they would change the velocity by less than a thousandth of a m/s per metre).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Carried {
    /// The body at the end.
    pub body: Body,
    /// Change of the place at the end by the velocity at the start, seconds.
    pub place_by_velocity: Matrix3<f64>,
    /// Change of the velocity at the end by the velocity at the start.
    pub velocity_by_velocity: Matrix3<f64>,
    /// Change of the place at the end by the height at the start, over and above the height itself.
    pub place_by_height: Vector3<f64>,
    /// Change of the velocity at the end by the height at the start, 1/s.
    pub velocity_by_height: Vector3<f64>,
    /// Change of the place at the end by the logarithm of the ballistic coefficient, metres.
    pub place_by_ln_beta: Vector3<f64>,
    /// Change of the velocity at the end by the logarithm of the ballistic coefficient, m/s.
    pub velocity_by_ln_beta: Vector3<f64>,
}

impl Carried {
    /// The same as one matrix over place (0..3), velocity (3..6) and logarithm of the ballistic coefficient (6).
    #[must_use]
    pub fn transition(&self) -> SMatrix<f64, 7, 7> {
        let mut matrix = SMatrix::<f64, 7, 7>::identity();
        matrix.fixed_view_mut::<3, 3>(0, 3).copy_from(&self.place_by_velocity);
        matrix.fixed_view_mut::<3, 3>(3, 3).copy_from(&self.velocity_by_velocity);
        for axis in 0..3 {
            matrix[(axis, 2)] += self.place_by_height[axis];
            matrix[(axis + 3, 2)] = self.velocity_by_height[axis];
            matrix[(axis, 6)] = self.place_by_ln_beta[axis];
            matrix[(axis + 3, 6)] = self.velocity_by_ln_beta[axis];
        }
        matrix
    }
}

/// The body after a finite number of seconds, which may be negative, and what becomes of small deviations from it.
///
/// The deviations go through the same steps as the body and are the exact derivatives of what the steps do. A second of flight
/// is one step, or two where the drag bends.
#[must_use]
pub fn carry(environment: &Environment, body: &Body, seconds: f64) -> Carried {
    let at_rest = Deviation { place: Vector3::zeros(), velocity: Vector3::zeros(), ln_beta: 0.0 };
    let faster = |axis: usize| Deviation { velocity: Vector3::ith(axis, 1.0), ..at_rest };
    let heavier = Deviation { ln_beta: 1.0, ..at_rest };
    let higher = Deviation { place: Vector3::z(), ..at_rest };
    let start = [faster(0), faster(1), faster(2), higher, heavier];
    let (body, [by_east, by_north, by_up, by_height, by_ln_beta]) = fly(environment, body, seconds, start);
    Carried {
        body,
        place_by_velocity: Matrix3::from_columns(&[by_east.place, by_north.place, by_up.place]),
        velocity_by_velocity: Matrix3::from_columns(&[by_east.velocity, by_north.velocity, by_up.velocity]),
        place_by_height: by_height.place - Vector3::z(),
        velocity_by_height: by_height.velocity,
        place_by_ln_beta: by_ln_beta.place,
        velocity_by_ln_beta: by_ln_beta.velocity,
    }
}

/// The body after a finite number of seconds, which may be negative: the body of [`carry`] without its deviations.
#[must_use]
pub fn advance(environment: &Environment, body: &Body, seconds: f64) -> Body {
    fly(environment, body, seconds, []).0
}

/// A small deviation from a body: a column of the transition matrix on its way.
#[derive(Clone, Copy, Debug)]
struct Deviation {
    place: Vector3<f64>,
    velocity: Vector3<f64>,
    ln_beta: f64,
}

impl Deviation {
    #[inline(always)]
    fn acceleration(&self, at: &Instant) -> Vector3<f64> {
        let slope = &at.linearised;
        slope.per_velocity * self.velocity + slope.per_height * self.place.z + slope.per_ln_beta * self.ln_beta
    }
}

fn fly<const N: usize>(
    environment: &Environment,
    body: &Body,
    seconds: f64,
    mut deviations: [Deviation; N],
) -> (Body, [Deviation; N]) {
    let flight = Flight::of(environment, body);
    let (mut at, mut left_s) = (*body, seconds);
    while left_s.abs() > 0.0 {
        let start = flight.instant(&at.position_m, &at.velocity_mps);
        let step_s = step_s(&start, left_s);
        at = step(&flight, &at, &start, step_s, &mut deviations);
        left_s -= step_s;
    }
    (at, deviations)
}

/// How far a step may go that begins here: all that is left, or an even part of it, or to the next bend of the drag.
#[inline(always)]
fn step_s(start: &Instant, left_s: f64) -> f64 {
    let mut longest_s = (LOSS_MAX / start.loss_per_s).clamp(STEP_MIN_S, STEP_MAX_S);
    if start.mach > TRANSONIC.0 && start.mach < TRANSONIC.1 {
        longest_s = longest_s.min((MACH_CHANGE_MAX / start.mach_rate.abs()).max(STEP_MIN_S));
    }
    let even_s = if left_s.abs() <= longest_s { left_s } else { left_s / (left_s.abs() / longest_s).ceil() };
    let mach_rate = start.mach_rate * left_s.signum();
    let to_bend_s = to_bend_s(start.mach, mach_rate);
    if to_bend_s < even_s.abs() { to_bend_s.copysign(left_s) } else { even_s }
}

/// Seconds to the next knot of the drag at a rate of the Mach number; endless where none comes.
#[inline(always)]
fn to_bend_s(mach: f64, mach_rate: f64) -> f64 {
    let mut nearest_s = f64::INFINITY;
    for (knot, _) in &MACH_KNOTS[1..] {
        let after_s = (knot - mach) / mach_rate;
        if after_s > BEND_MIN_S && after_s < nearest_s {
            nearest_s = after_s;
        }
    }
    nearest_s
}

/// One step of the classical fourth-order method, for the body and its deviations at once.
#[inline(always)]
fn step<const N: usize>(
    flight: &Flight<'_>,
    body: &Body,
    s1: &Instant,
    step_s: f64,
    deviations: &mut [Deviation; N],
) -> Body {
    let half_s = 0.5 * step_s;
    let (p, v) = (&body.position_m, &body.velocity_mps);
    let v2 = v + s1.acceleration() * half_s;
    let s2 = flight.instant(&(p + v * half_s), &v2);
    let v3 = v + s2.acceleration() * half_s;
    let s3 = flight.instant(&(p + v2 * half_s), &v3);
    let v4 = v + s3.acceleration() * step_s;
    let s4 = flight.instant(&(p + v3 * step_s), &v4);
    for deviation in deviations {
        let (d, w) = (&deviation.place, &deviation.velocity);
        let along = |place, velocity| Deviation { place, velocity, ln_beta: deviation.ln_beta };
        let a1 = deviation.acceleration(s1);
        let w2 = w + a1 * half_s;
        let a2 = along(d + w * half_s, w2).acceleration(&s2);
        let w3 = w + a2 * half_s;
        let a3 = along(d + w2 * half_s, w3).acceleration(&s3);
        let w4 = w + a3 * step_s;
        let a4 = along(d + w3 * step_s, w4).acceleration(&s4);
        *deviation = along(blend(d, [w, &w2, &w3, &w4], step_s), blend(w, [&a1, &a2, &a3, &a4], step_s));
    }
    Body {
        position_m: blend(p, [v, &v2, &v3, &v4], step_s),
        velocity_mps: blend(
            v,
            [&s1.acceleration(), &s2.acceleration(), &s3.acceleration(), &s4.acceleration()],
            step_s,
        ),
        ln_beta: body.ln_beta,
    }
}

#[inline(always)]
fn blend(from: &Vector3<f64>, [r1, r2, r3, r4]: [&Vector3<f64>; 4], step_s: f64) -> Vector3<f64> {
    from + (r1 + (r2 + r3) * 2.0 + r4) * (step_s / 6.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::air::TROPOPAUSE_M;
    use crate::{acceleration, air_at};
    use parapet_frame::maths;

    fn moment(speed_mps: f64, climb_deg: f64, height_m: f64, beta: f64) -> Body {
        let (s, c) = maths::sin_cos(climb_deg.to_radians());
        Body {
            position_m: Vector3::new(4_000.0, -7_000.0, height_m),
            velocity_mps: Vector3::new(0.6 * c, 0.8 * c, s) * speed_mps,
            ln_beta: maths::ln(beta),
        }
    }

    /// Moments of mortars, artillery and rockets, many of them at a knot of the drag or about to pass one.
    fn moments() -> Vec<Body> {
        let mut moments = Vec::new();
        for i in 0..60 {
            for climb_deg in [-70.0, -30.0, 0.0, 50.0] {
                for height_m in [2_500.0, 6_000.0, 12_500.0] {
                    for beta in [2_500.0, 7_000.0, 20_000.0] {
                        moments.push(moment(60.0 + 15.0 * f64::from(i), climb_deg, height_m, beta));
                    }
                }
            }
        }
        moments
    }

    /// Steps of a millisecond, of the textbook.
    fn fine(environment: &Environment, body: &Body, seconds: f64) -> Body {
        let steps = (seconds.abs() * 1_000.0).ceil();
        let h = seconds / steps;
        let rate = |p: Vector3<f64>, v: Vector3<f64>| {
            acceleration(environment, &Body { position_m: p, velocity_mps: v, ln_beta: body.ln_beta })
        };
        let mut at = *body;
        for _ in 0..steps as u32 {
            let (p, v) = (at.position_m, at.velocity_mps);
            let a1 = rate(p, v);
            let a2 = rate(p + v * (0.5 * h), v + a1 * (0.5 * h));
            let a3 = rate(p + v * (0.5 * h) + a1 * (0.25 * h * h), v + a2 * (0.5 * h));
            let a4 = rate(p + v * h + a2 * (0.5 * h * h), v + a3 * h);
            at.position_m = p + v * h + (a1 + a2 + a3) * (h * h / 6.0);
            at.velocity_mps = v + (a1 + (a2 + a3) * 2.0 + a4) * (h / 6.0);
        }
        at
    }

    fn world() -> Environment {
        Environment { wind_mps: [5.0, -8.0], ..Environment::sphere(33.0, 34.0, 34.0) }
    }

    /// Whether neither the drag nor the air bends between two moments, nor the drag close to them.
    fn is_smooth(one: &Body, other: &Body) -> bool {
        let mach = |body: &Body| {
            let relative = body.velocity_mps - Vector3::new(5.0, -8.0, 0.0);
            relative.norm() / air_at(world().height_m(&body.position_m)).sound_mps
        };
        let (low, high) = (mach(one).min(mach(other)) - 0.01, mach(one).max(mach(other)) + 0.01);
        let heights_m = [one, other].map(|body| world().height_m(&body.position_m));
        MACH_KNOTS[1..].iter().all(|(knot, _)| *knot < low || *knot > high)
            && (heights_m[0] < TROPOPAUSE_M) == (heights_m[1] < TROPOPAUSE_M)
    }

    #[test]
    fn a_second_agrees_with_a_thousand_steps() {
        let (mut subsonic, mut any) = ((0.0_f64, 0.0_f64), (0.0_f64, 0.0_f64));
        for body in moments() {
            for seconds in [1.0, 0.4, -1.0] {
                let exact = fine(&world(), &body, seconds);
                let carried = advance(&world(), &body, seconds);
                let place_m = (carried.position_m - exact.position_m).norm();
                let velocity_mps = (carried.velocity_mps - exact.velocity_mps).norm();
                any = (any.0.max(place_m), any.1.max(velocity_mps));
                if body.velocity_mps.norm().max(exact.velocity_mps.norm()) < 220.0 {
                    subsonic = (subsonic.0.max(place_m), subsonic.1.max(velocity_mps));
                }
            }
        }
        assert!(subsonic.0 < 5e-4 && subsonic.1 < 5e-5, "metres and m/s below the speed of sound: {subsonic:?}");
        assert!(any.0 < 0.03 && any.1 < 0.1, "metres and m/s at any speed: {any:?}");
    }

    /// The change of place and velocity by one number of the state, from two flights in steps of a millisecond.
    fn by_difference(body: &Body, column: usize, seconds: f64) -> (Vector3<f64>, Vector3<f64>) {
        let by = [0.5, 0.5, 0.5, 0.05, 0.05, 0.05, 1e-2][column];
        let moved = |by: f64| {
            let mut body = *body;
            match column {
                0..3 => body.position_m[column] += by,
                3..6 => body.velocity_mps[column - 3] += by,
                _ => body.ln_beta += by,
            }
            fine(&world(), &body, seconds)
        };
        let (more, less) = (moved(by), moved(-by));
        ((more.position_m - less.position_m) / (2.0 * by), (more.velocity_mps - less.velocity_mps) / (2.0 * by))
    }

    #[test]
    fn the_transition_agrees_with_differences() {
        let (mut worst_smooth, mut worst) = ([0.0_f64; 7], [0.0_f64; 7]);
        for body in moments().iter().step_by(13) {
            for seconds in [1.0, -1.0, 3.0] {
                let carried = carry(&world(), body, seconds);
                assert_eq!(carried.body, advance(&world(), body, seconds));
                let found = carried.transition();
                let worst = if is_smooth(body, &carried.body) { &mut worst_smooth } else { &mut worst };
                for (column, worst) in worst.iter_mut().enumerate() {
                    let (place, velocity) = by_difference(body, column, seconds);
                    let off = |row: usize, by: &Vector3<f64>, least: f64| {
                        (found.fixed_view::<3, 1>(row, column) - by).norm() / by.norm().max(least)
                    };
                    // What a deviation along the ground does to the velocity is left out: it is next to nothing. What one of
                    // the height does is little, and the differences of the fine flights are rounded.
                    let least = [1.0, 1.0, 1e-2, 0.0, 0.0, 0.0, 0.0][column];
                    *worst = worst.max(off(0, &place, least)).max(off(3, &velocity, least));
                }
            }
        }
        assert!(worst_smooth[..6].iter().all(|off| *off < 1e-4), "where the drag does not bend: {worst_smooth:?}");
        assert!(worst_smooth[6] < 6e-4, "where the drag does not bend: {worst_smooth:?}");
        assert!(worst.iter().all(|off| *off < 0.03), "where it does: {worst:?}");
    }

    #[test]
    fn what_cannot_fly_costs_no_more() {
        let world = Environment::flat();
        for body in [moment(1e5, 10.0, 100.0, 1e-3), moment(f64::NAN, 10.0, 100.0, 1e3), moment(300.0, 0.0, 0.0, 0.0)] {
            // It ends; where, nobody cares.
            let _ = advance(&world, &body, 10.0);
            let _ = advance(&world, &body, -10.0);
        }
        assert_eq!(advance(&world, &moment(200.0, 0.0, 500.0, 5_000.0), 0.0), moment(200.0, 0.0, 500.0, 5_000.0));
    }

    #[test]
    fn time_runs_backwards_to_the_start() {
        let environment = Environment::sphere(33.0, 34.0, 34.0);
        let body = moment(450.0, 40.0, 0.0, 9_000.0);
        let back = advance(&environment, &advance(&environment, &body, 20.0), -20.0);
        assert!((back.position_m - body.position_m).norm() < 0.05, "{back:?}");
    }
}
