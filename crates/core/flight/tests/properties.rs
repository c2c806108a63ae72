//! What holds of every flight, whatever its numbers.

use nalgebra::{Rotation3, Vector3};
use parapet_flight::{Body, Environment, Landing, advance, to_ground, to_ground_many, to_origin};
use parapet_frame::maths;
use proptest::prelude::*;

const HORIZON_S: f64 = 400.0;
/// Standard gravity, m/s^2, and the mean radius of the Earth, metres.
const GRAVITY_MPS2: f64 = 9.806_65;
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Rounds on their way: mortar bombs to rockets, near the ground or high up, rising or falling.
fn round() -> impl Strategy<Value = Body> {
    let place = (-20e3..20e3, -20e3..20e3, 1.0..12e3);
    (place, 30.0..1_000.0, -70.0_f64..85.0, 0.0..core::f64::consts::TAU, 2_500.0..40_000.0_f64).prop_map(
        |((east_m, north_m, up_m), speed_mps, climb_deg, bearing_rad, beta)| {
            let (sin, cos) = maths::sin_cos(climb_deg.to_radians());
            let (east, north) = maths::sin_cos(bearing_rad);
            Body {
                position_m: Vector3::new(east_m, north_m, up_m),
                velocity_mps: Vector3::new(east * cos, north * cos, sin) * speed_mps,
                ln_beta: maths::ln(beta),
            }
        },
    )
}

fn landing(environment: &Environment, body: &Body) -> Landing {
    to_ground(environment, body, HORIZON_S).expect("what goes up comes down")
}

/// Energy per mass on the plane, J/kg: gravity falls with the square of the distance there too.
fn energy(body: &Body) -> f64 {
    let height_m = body.position_m.z;
    let potential = GRAVITY_MPS2 * height_m * EARTH_RADIUS_M / (EARTH_RADIUS_M + height_m);
    0.5 * body.velocity_mps.norm_squared() + potential
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn drag_takes_energy_and_nothing_gives_any(body in round(), seconds in 0.05..5.0) {
        let end = advance(&Environment::flat(), &body, seconds);
        // The integrator may be wrong by a millionth.
        prop_assert!(energy(&end) < energy(&body) * (1.0 + 1e-6), "{body:?} {end:?}");
        let down = landing(&Environment::flat(), &body);
        let down = Body { position_m: down.position_m, velocity_mps: down.velocity_mps, ..body };
        prop_assert!(energy(&down) < energy(&body) * (1.0 + 1e-6), "{body:?} {down:?}");
    }

    #[test]
    fn time_runs_back_to_where_it_came_from(body in round(), seconds in 0.05..3.0) {
        let world = Environment::sphere(33.0, 34.0, 34.0);
        let back = advance(&world, &advance(&world, &body, seconds), -seconds);
        prop_assert!((back.position_m - body.position_m).norm() < 0.1, "{body:?} {back:?}");
        prop_assert!((back.velocity_mps - body.velocity_mps).norm() < 0.1, "{body:?} {back:?}");
    }

    #[test]
    fn two_parts_are_the_whole(body in round(), first_s in 0.1..3.0, second_s in 0.1..3.0) {
        let world = Environment::sphere(33.0, 34.0, 34.0);
        let parts = advance(&world, &advance(&world, &body, first_s), second_s);
        let whole = advance(&world, &body, first_s + second_s);
        // Under the ground the air would be thicker than any round meets.
        prop_assume!(whole.position_m.z > -100.0);
        prop_assert!((parts.position_m - whole.position_m).norm() < 0.1, "{parts:?} {whole:?}");
    }

    #[test]
    fn directions_are_all_alike_on_the_plane(body in round(), turn_rad in 0.0..6.0) {
        let world = Environment::flat();
        let turn = Rotation3::from_axis_angle(&Vector3::z_axis(), turn_rad);
        let turned = Body { position_m: turn * body.position_m, velocity_mps: turn * body.velocity_mps, ..body };
        let (one, other) = (landing(&world, &body), landing(&world, &turned));
        prop_assert!((turn * one.position_m - other.position_m).norm() < 1e-3, "{one:?} {other:?}");
        prop_assert!((one.after_s - other.after_s).abs() < 1e-6, "{one:?} {other:?}");
    }

    #[test]
    fn a_mirror_shows_the_same_flight(body in round(), east_mps in -20.0..20.0, north_mps in -20.0..20.0) {
        let mirror = |v: Vector3<f64>| Vector3::new(-v.x, v.y, v.z);
        let world = Environment { wind_mps: [east_mps, north_mps], ..Environment::flat() };
        let mirrored_world = Environment { wind_mps: [-east_mps, north_mps], ..Environment::flat() };
        let mirrored =
            Body { position_m: mirror(body.position_m), velocity_mps: mirror(body.velocity_mps), ..body };
        let (one, other) = (landing(&world, &body), landing(&mirrored_world, &mirrored));
        prop_assert_eq!(mirror(one.position_m), other.position_m);
        prop_assert_eq!(one.after_s, other.after_s);
    }

    #[test]
    fn company_changes_not_a_bit(bodies in prop::collection::vec(round(), 1..40), wind_mps in -20.0..20.0) {
        let world = Environment { wind_mps: [wind_mps, 3.0], ..Environment::sphere(50.0, 100.0, 90.0) };
        let mut landings = vec![None; bodies.len()];
        to_ground_many(&world, &bodies, HORIZON_S, &mut landings);
        for (body, many) in bodies.iter().zip(landings) {
            prop_assert_eq!(to_ground(&world, body, HORIZON_S), many);
        }
    }

    #[test]
    fn what_is_heavier_for_its_size_flies_farther(body in round(), heavier in 0.02..1.0) {
        let world = Environment::flat();
        let heavy = Body { ln_beta: body.ln_beta + heavier, ..body };
        let range_m = |body: &Body| (landing(&world, body).position_m - body.position_m).xy().norm();
        // Nothing to compare in what falls all but straight down.
        prop_assume!(body.velocity_mps.xy().norm() > 5.0);
        prop_assert!(range_m(&heavy) > range_m(&body), "{body:?}");
    }

    #[test]
    fn a_landing_is_on_the_ground_at_the_time_it_says(body in round()) {
        let world = Environment { wind_mps: [5.0, -3.0], ..Environment::sphere(33.0, 34.0, 20.0) };
        let down = landing(&world, &body);
        prop_assert!(world.height_above_ground_m(&down.position_m).abs() < 0.01);
        prop_assert!(down.after_s > 0.0 && down.velocity_mps.z < 0.0);
        let mut at = body;
        let steps = (down.after_s / 0.5).ceil().max(100.0);
        for _ in 0..steps as u32 {
            at = advance(&world, &at, down.after_s / steps);
        }
        // Steps of half a second follow the bends of drag less closely.
        prop_assert!((at.position_m - down.position_m).norm() < 0.5, "{at:?} {down:?}");
    }

    #[test]
    fn an_origin_is_a_possible_launch_or_none(body in round(), ln_beta in -2.0..11.0) {
        let world = Environment::sphere(33.0, 34.0, 34.0);
        if let Some(origin) = to_origin(&world, &Body { ln_beta, ..body }, 300.0, 2_000.0) {
            prop_assert!(origin.velocity_mps.norm() < 2_000.0, "{origin:?}");
            prop_assert!((0.0..=300.0).contains(&origin.before_s), "{origin:?}");
            prop_assert!(world.height_above_ground_m(&origin.position_m).abs() < 0.1, "{origin:?}");
        }
    }
}
