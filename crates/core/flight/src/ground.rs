//! Bodies, carried to the ground.

use multiversion::multiversion;
use nalgebra::Vector3;

use crate::lanes::{Course, Lanes, Medium, Standard, World};
use crate::{Body, Environment, relief};

/// Bodies that fly side by side: two of the widest vectors of today.
const LANES: usize = 16;

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

/// Where and how a body left the ground.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Origin {
    /// Seconds before the start.
    pub before_s: f64,
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
    let mut landing = [None];
    to_ground_many(environment, core::slice::from_ref(body), horizon_s, &mut landing);
    landing[0]
}

/// Where each of many bodies comes down: [`to_ground`] of each, to the last bit, in a fraction of the time.
///
/// # Panics
/// When there are not as many places for landings as bodies.
pub fn to_ground_many(environment: &Environment, bodies: &[Body], horizon_s: f64, landings: &mut [Option<Landing>]) {
    assert_eq!(bodies.len(), landings.len(), "a landing for each body");
    let course = Course { direction: 1.0, horizon_s, speed_max_mps: f64::INFINITY };
    for (bodies, landings) in bodies.chunks(LANES).zip(landings.chunks_mut(LANES)) {
        follow(environment, &course, bodies, landings);
    }
}

/// Where the body left the ground, had it coasted ever since; `None` where that is more than `horizon_s` seconds ago, or where it
/// would have had to be faster than `speed_max_mps`: drag that is undone grows without bound.
///
/// A rocket did not coast while its motor burnt, and was on the ground earlier and elsewhere. A body already below the ground and
/// rising is carried ahead along its velocity to the surface (`before_s` is negative).
#[must_use]
pub fn to_origin(environment: &Environment, body: &Body, horizon_s: f64, speed_max_mps: f64) -> Option<Origin> {
    let mut origin = [None];
    to_origin_many(environment, core::slice::from_ref(body), horizon_s, speed_max_mps, &mut origin);
    origin[0]
}

/// Where each of many bodies left the ground: [`to_origin`] of each, to the last bit, in a fraction of the time.
///
/// # Panics
/// When there are not as many places for origins as bodies.
pub fn to_origin_many(
    environment: &Environment,
    bodies: &[Body],
    horizon_s: f64,
    speed_max_mps: f64,
    origins: &mut [Option<Origin>],
) {
    assert_eq!(bodies.len(), origins.len(), "an origin for each body");
    let course = Course { direction: -1.0, horizon_s, speed_max_mps };
    for (bodies, origins) in bodies.chunks(LANES).zip(origins.chunks_mut(LANES)) {
        let mut ends = [None; LANES];
        follow(environment, &course, bodies, &mut ends[..bodies.len()]);
        for (origin, end) in origins.iter_mut().zip(ends) {
            *origin = end.map(|Landing { after_s, position_m, velocity_mps }| Origin {
                before_s: after_s,
                position_m,
                velocity_mps,
            });
        }
    }
}

/// Where each of at most 16 bodies meets the ground on a course; seconds are counted along it.
fn follow(environment: &Environment, course: &Course, bodies: &[Body], ends: &mut [Option<Landing>]) {
    match &environment.terrain {
        None => to_level(environment, course, bodies, environment.ground_height_m, ends),
        Some(terrain) => relief::to_terrain(environment, terrain, course, bodies, ends),
    }
    for (body, end) in bodies.iter().zip(ends) {
        let above_m = environment.height_above_ground_m(&body.position_m);
        if above_m <= 0.0 && course.direction * body.velocity_mps.z <= 0.0 {
            *end = slid(body, above_m, course);
        }
    }
}

/// Where each of at most 16 bodies meets a height above mean sea level.
pub(crate) fn to_level(
    environment: &Environment,
    course: &Course,
    bodies: &[Body],
    level_m: f64,
    ends: &mut [Option<Landing>],
) {
    match environment.weather.as_deref() {
        None => {
            tile(environment, &World::of(environment, Standard(environment.wind_mps), level_m, course), bodies, ends)
        }
        Some(weather) => tile(environment, &World::of(environment, weather, level_m, course), bodies, ends),
    }
}

fn tile<M: Medium>(environment: &Environment, world: &World<M>, bodies: &[Body], landings: &mut [Option<Landing>]) {
    match bodies.len() {
        0 => (),
        1 => lanes(environment, world, bodies, landings, Lanes::<1>::fly),
        2..=8 => lanes(environment, world, bodies, landings, fly_8),
        _ => lanes(environment, world, bodies, landings, fly_16),
    }
}

#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2"), dispatcher = "direct")]
fn fly_8<M: Medium>(lanes: &mut Lanes<8>, world: &World<M>) {
    lanes.fly(world);
}

#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2"), dispatcher = "direct")]
fn fly_16<M: Medium>(lanes: &mut Lanes<16>, world: &World<M>) {
    lanes.fly(world);
}

fn lanes<const L: usize, M: Medium>(
    environment: &Environment,
    world: &World<M>,
    bodies: &[Body],
    landings: &mut [Option<Landing>],
    fly: impl Fn(&mut Lanes<L>, &World<M>),
) {
    let mut lanes = Lanes::<L>::new();
    for (lane, body) in bodies.iter().enumerate() {
        lanes.put(lane, body);
    }
    fly(&mut lanes, world);
    for (lane, landing) in landings.iter_mut().enumerate() {
        let (after_s, position_m, velocity_mps) = lanes.get(lane);
        let (position_m, velocity_mps) = (Vector3::from(position_m), Vector3::from(velocity_mps));
        let is_down = (environment.height_m(&position_m) - world.level_m).abs() < 0.1;
        let is_possible = velocity_mps.norm() < world.speed_max_mps;
        *landing = (is_down && is_possible && after_s <= world.horizon_s).then_some(Landing {
            after_s,
            position_m,
            velocity_mps,
        });
    }
}

/// A body below the ground that goes deeper on its course, back along its velocity onto it.
fn slid(body: &Body, above_m: f64, course: &Course) -> Option<Landing> {
    let climb_mps = body.velocity_mps.z;
    let shift_s = if climb_mps.abs() > 1.0 { -above_m / climb_mps } else { 0.0 };
    (body.velocity_mps.norm() < course.speed_max_mps).then(|| Landing {
        after_s: course.direction * shift_s,
        position_m: body.position_m + body.velocity_mps * shift_s,
        velocity_mps: body.velocity_mps,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motion::GRAVITY_MPS2;
    use crate::{Earth, Grid, Level, Terrain, Weather, acceleration};
    use parapet_frame::maths;
    use std::sync::Arc;

    fn fine(environment: &Environment, body: &Body, h: f64) -> Landing {
        let rate = |p: Vector3<f64>, v: Vector3<f64>| {
            acceleration(environment, &Body { position_m: p, velocity_mps: v, ln_beta: body.ln_beta })
        };
        let (mut p, mut v, mut t) = (body.position_m, body.velocity_mps, 0.0);
        loop {
            let a1 = rate(p, v);
            let a2 = rate(p + v * (0.5 * h), v + a1 * (0.5 * h));
            let a3 = rate(p + v * (0.5 * h) + a1 * (0.25 * h * h), v + a2 * (0.5 * h));
            let a4 = rate(p + v * h + a2 * (0.5 * h * h), v + a3 * h);
            p += v * h + (a1 + a2 + a3) * (h * h / 6.0);
            v += (a1 + (a2 + a3) * 2.0 + a4) * (h / 6.0);
            t += h;
            let above_m = environment.height_above_ground_m(&p);
            if above_m <= 0.0 && v.z < 0.0 {
                let climb =
                    v.z + if environment.earth == Earth::Sphere { (p.x * v.x + p.y * v.y) / 6_371_008.8 } else { 0.0 };
                let a = rate(p, v);
                let first = -above_m / climb;
                let back = -above_m / (climb + 0.5 * a.z * first);
                return Landing {
                    after_s: t + back,
                    position_m: p + v * back + a * (0.5 * back * back),
                    velocity_mps: v + a * back,
                };
            }
        }
    }

    /// A draw of launches, and the kinds of which there are some.
    fn launches(count: usize) -> Vec<Body> {
        let mut seed = 1_u64;
        let mut draw = |low: f64, high: f64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            low + (high - low) * (seed >> 11) as f64 / (1_u64 << 53) as f64
        };
        let kinds = [
            ((80.0, 250.0), (2_500.0, 15_000.0), (40.0, 80.0)),
            ((250.0, 450.0), (2_500.0, 15_000.0), (30.0, 75.0)),
            ((450.0, 1_000.0), (5_000.0, 30_000.0), (20.0, 70.0)),
            ((800.0, 1_200.0), (10_000.0, 40_000.0), (40.0, 60.0)),
        ];
        let mut launch = |i: usize| {
            let (speeds, betas, elevations) = kinds[i % kinds.len()];
            let (sin, cos) = maths::sin_cos(draw(elevations.0, elevations.1).to_radians());
            let (east, north) = maths::sin_cos(draw(0.0, core::f64::consts::TAU));
            Body {
                position_m: Vector3::new(draw(-5_000.0, 5_000.0), draw(-5_000.0, 5_000.0), 80.0),
                velocity_mps: Vector3::new(east * cos, north * cos, sin) * draw(speeds.0, speeds.1),
                ln_beta: maths::ln(draw(betas.0, betas.1)),
            }
        };
        (0..count).map(&mut launch).collect()
    }

    fn windy_sphere() -> Environment {
        Environment { wind_mps: [6.0, -9.0], ..Environment::sphere(33.0, 34.0, 60.0) }
    }

    #[test]
    fn lands_where_fine_steps_do() {
        for environment in [Environment::flat(), windy_sphere()] {
            for body in launches(120) {
                let exact = fine(&environment, &body, 0.005);
                let found = to_ground(&environment, &body, 300.0).unwrap();
                assert!((found.position_m - exact.position_m).norm() < 0.05, "{body:?} {found:?} {exact:?}");
                assert!((found.after_s - exact.after_s).abs() < 1e-3, "{body:?} {found:?} {exact:?}");
                assert!((found.velocity_mps - exact.velocity_mps).norm() < 0.01, "{body:?} {found:?} {exact:?}");
                assert!(environment.height_above_ground_m(&found.position_m).abs() < 1e-3, "{found:?}");
            }
        }
    }

    /// A hot day, cold above an inversion, with a wind that turns and grows.
    fn measured() -> Environment {
        let level = |height_m: f64, temperature_k: f64, pressure_pa: f64, wind_mps: [f64; 2]| Level {
            height_m,
            temperature_k,
            pressure_pa,
            wind_mps,
        };
        let levels = vec![
            level(60.0, 309.0, 99_800.0, [1.0, -2.0]),
            level(700.0, 312.0, 93_000.0, [4.0, -6.0]),
            level(1_500.0, 303.0, 85_000.0, [8.0, -4.0]),
            level(3_100.0, 287.0, 70_500.0, [12.0, 3.0]),
            level(5_850.0, 266.0, 50_000.0, [18.0, 9.0]),
            level(9_600.0, 240.0, 30_000.0, [31.0, 12.0]),
            level(12_300.0, 221.0, 20_000.0, [38.0, 10.0]),
        ];
        Environment { weather: Some(Arc::new(Weather::new(levels).unwrap())), ..windy_sphere() }
    }

    #[test]
    fn lands_where_fine_steps_do_in_measured_air() {
        let environment = measured();
        let mut worst_m = [0.0_f64; 2];
        for (i, body) in launches(80).iter().enumerate() {
            let exact = fine(&environment, body, 0.005);
            let found = to_ground(&environment, body, 300.0).unwrap();
            let worst = &mut worst_m[usize::from(i % 4 >= 2)];
            *worst = worst.max((found.position_m - exact.position_m).norm());
            let still = to_ground(&windy_sphere(), body, 300.0).unwrap();
            assert!((still.position_m - exact.position_m).norm() > 0.5, "the weather matters");
        }
        assert!(worst_m[0] < 0.25 && worst_m[1] < 0.5, "metres, to 450 m/s and beyond: {worst_m:?}");
    }

    #[test]
    fn a_hot_afternoon_matters() {
        let level = |height_m: f64, temperature_c: f64, pressure_hpa: f64, wind_mps: f64| Level {
            height_m,
            temperature_k: temperature_c + 273.15,
            pressure_pa: pressure_hpa * 100.0,
            wind_mps: [0.64 * wind_mps, -0.77 * wind_mps],
        };
        let levels =
            vec![level(34.0, 41.0, 1_000.0, 2.5), level(1_500.0, 29.0, 848.0, 7.0), level(5_800.0, -5.0, 505.0, 18.0)];
        let standard = Environment::sphere(33.3, 34.0, 34.0);
        let hot = Environment { weather: Some(Arc::new(Weather::new(levels).unwrap())), ..standard.clone() };
        let shift_m = |speed_mps: f64, elevation_deg: f64, beta: f64| {
            let (sin, cos) = maths::sin_cos(elevation_deg.to_radians());
            let body = Body {
                position_m: Vector3::new(0.0, 0.0, 1.0),
                velocity_mps: Vector3::new(cos, 0.0, sin) * speed_mps,
                ln_beta: maths::ln(beta),
            };
            let place = |environment| to_ground(environment, &body, 300.0).unwrap().position_m;
            (place(&hot) - place(&standard)).norm()
        };
        assert!((80.0..100.0).contains(&shift_m(200.0, 60.0, 5_000.0)), "a mortar bomb to 2.6 km");
        assert!((900.0..1_000.0).contains(&shift_m(600.0, 45.0, 9_000.0)), "a rocket to 13 km");
    }

    #[test]
    fn lands_on_the_ground_that_is_there() {
        // A valley to the north and hills beyond it.
        let heights_m = (0..200 * 200).map(|i| {
            let (column, row) = (f64::from(i % 200), f64::from(i / 200));
            (60.0 + 40.0 * maths::sin(column * 0.2) + 3.0 * (row - 100.0).abs()) as f32
        });
        let grid = Grid { corner_m: [-10_000.0; 2], spacing_m: 100.0, columns: 200, heights_m: heights_m.collect() };
        let terrain = Arc::new(Terrain::new(grid).unwrap());
        let environment = Environment { terrain: Some(terrain), ..windy_sphere() };
        let bodies: Vec<Body> = launches(60)
            .into_iter()
            .map(|body| {
                let ground_m = environment.ground_height_at_m(&body.position_m);
                let up_m = ground_m - environment.height_m(&body.position_m) + 2.0;
                Body { position_m: body.position_m + Vector3::z() * up_m, ..body }
            })
            .collect();
        let mut landings = vec![None; bodies.len()];
        to_ground_many(&environment, &bodies, 300.0, &mut landings);
        let mut off_grid = 0;
        for (body, found) in bodies.iter().zip(&landings) {
            let found = found.unwrap();
            assert_eq!(to_ground(&environment, body, 300.0), Some(found));
            assert!(environment.height_above_ground_m(&found.position_m).abs() < 0.05, "{found:?}");
            let exact = fine(&environment, body, 0.005);
            // Where the ground steps down at the edge of the grid, a grazing fall may meet either side.
            if environment.terrain.as_ref().unwrap().height_m(exact.position_m.x, exact.position_m.y).is_none() {
                off_grid += 1;
                continue;
            }
            assert!((found.position_m - exact.position_m).norm() < 0.2, "{body:?} {found:?} {exact:?}");
        }
        assert!(off_grid < 55, "{off_grid}");
    }

    #[test]
    fn company_changes_not_a_bit() {
        for environment in [windy_sphere(), measured()] {
            company(&environment);
        }
    }

    fn company(environment: &Environment) {
        let bodies = launches(75);
        let alone: Vec<_> = bodies.iter().map(|body| to_ground(environment, body, 120.0)).collect();
        assert!(alone.iter().any(Option::is_none) && alone.iter().any(Option::is_some));
        // Every number of neighbours, and so every place in every width.
        for width in 1..=40 {
            for (bodies, alone) in bodies.chunks(width).zip(alone.chunks(width)) {
                let mut landings = vec![None; bodies.len()];
                to_ground_many(environment, bodies, 120.0, &mut landings);
                assert_eq!(landings, alone);
            }
        }
    }

    /// What the compiler makes for any processor against what it makes for the one at hand.
    #[test]
    fn the_processor_changes_not_a_bit() {
        let (still, measured) = (windy_sphere(), measured());
        let weather = measured.weather.as_deref().unwrap();
        processor(&World::of(&still, Standard(still.wind_mps), still.ground_height_m, &AHEAD));
        processor(&World::of(&measured, weather, measured.ground_height_m, &AHEAD));
        processor(&World::of(
            &still,
            Standard(still.wind_mps),
            still.ground_height_m,
            &Course { direction: -1.0, ..AHEAD },
        ));
    }

    const AHEAD: Course = Course { direction: 1.0, horizon_s: 300.0, speed_max_mps: 3_000.0 };

    fn processor<M: Medium>(world: &World<M>) {
        for bodies in launches(160).chunks(16) {
            let mut plain = Lanes::<16>::new();
            bodies.iter().enumerate().for_each(|(lane, body)| plain.put(lane, body));
            let (mut chosen, mut eight) = (plain.clone(), Lanes::<8>::new());
            bodies[..8].iter().enumerate().for_each(|(lane, body)| eight.put(lane, body));
            plain.fly(world);
            fly_16(&mut chosen, world);
            fly_8(&mut eight, world);
            for lane in 0..16 {
                assert_eq!(plain.get(lane), chosen.get(lane));
            }
            for lane in 0..8 {
                assert_eq!(plain.get(lane), eight.get(lane));
            }
        }
    }

    #[test]
    fn without_air_the_parabola_holds() {
        let body = Body {
            position_m: Vector3::zeros(),
            velocity_mps: Vector3::new(0.0, 141.421_356, 141.421_356),
            ln_beta: maths::ln(1e12),
        };
        let landing = to_ground(&Environment::flat(), &body, 100.0).unwrap();
        // Gravity falls with the height: by 0.03 % at the apex.
        assert!((landing.position_m.y - 200.0 * 200.0 / GRAVITY_MPS2).abs() < 1.5, "{landing:?}");
    }

    #[test]
    fn what_is_in_the_ground_is_carried_back_along_its_way() {
        let down = Body {
            position_m: Vector3::new(10.0, 20.0, -30.0),
            velocity_mps: Vector3::new(0.0, 50.0, -100.0),
            ln_beta: 8.5,
        };
        let landing = to_ground(&Environment::flat(), &down, 100.0).unwrap();
        assert_eq!((landing.after_s, landing.position_m), (-0.3, Vector3::new(10.0, 5.0, 0.0)));
        let resting = Body { velocity_mps: Vector3::zeros(), ..down };
        assert_eq!(to_ground(&Environment::flat(), &resting, 100.0).unwrap().position_m, resting.position_m);
    }

    #[test]
    fn what_does_not_come_down_in_time_or_at_all_has_no_landing() {
        let environment = windy_sphere();
        for body in launches(20) {
            let after_s = to_ground(&environment, &body, 300.0).unwrap().after_s;
            assert!(to_ground(&environment, &body, after_s - 0.01).is_none());
            assert!(to_ground(&environment, &body, after_s + 0.01).is_some());
        }
        let lost = [
            Body { velocity_mps: Vector3::new(0.0, 0.0, 9_000.0), ln_beta: 20.0, ..launches(1)[0] },
            Body { velocity_mps: Vector3::repeat(f64::NAN), ..launches(1)[0] },
            Body { position_m: Vector3::repeat(f64::INFINITY), ..launches(1)[0] },
            Body { velocity_mps: Vector3::repeat(1e200), ..launches(1)[0] },
            Body { ln_beta: f64::NAN, ..launches(1)[0] },
            Body { ln_beta: -800.0, ..launches(1)[0] },
        ];
        for body in lost {
            assert_eq!(to_ground(&environment, &body, 300.0), None, "{body:?}");
        }
    }

    #[test]
    fn what_flew_from_a_place_is_traced_back_to_it() {
        for environment in [windy_sphere(), measured()] {
            for (i, launch) in launches(80).iter().enumerate() {
                let up_m = environment.height_above_ground_m(&launch.position_m);
                let launch = Body { position_m: launch.position_m - Vector3::z() * up_m, ..*launch };
                let whole_s = to_ground(&environment, &launch, 300.0).unwrap().after_s;
                let (mut seen, after_s) = (launch, whole_s * if i % 8 < 4 { 0.5 } else { 0.9 });
                for _ in 0..200 {
                    seen = crate::advance(&environment, &seen, after_s / 200.0);
                }
                let origin = to_origin(&environment, &seen, 300.0, 2_000.0).unwrap();
                // Undoing drag makes every error grow.
                let tolerance_m = if i % 4 < 2 { 1.0 } else { 10.0 };
                assert!((origin.position_m - launch.position_m).norm() < tolerance_m, "{launch:?} {origin:?}");
                assert!((origin.before_s - after_s).abs() < 0.02, "{launch:?} {origin:?}");
                assert!(environment.height_above_ground_m(&origin.position_m).abs() < 1e-3);
                assert_eq!(to_origin(&environment, &seen, after_s - 0.1, 2_000.0), None);
                assert_eq!(to_origin(&environment, &seen, 300.0, launch.velocity_mps.norm() * 0.99), None);
            }
        }
    }

    #[test]
    fn what_could_not_be_has_no_origin() {
        let environment = windy_sphere();
        // A feather at the speed of sound, high up: undoing its drag knows no end.
        let feather = Body {
            position_m: Vector3::new(0.0, 0.0, 9_000.0),
            velocity_mps: Vector3::new(200.0, 0.0, 250.0),
            ln_beta: maths::ln(20.0),
        };
        assert_eq!(to_origin(&environment, &feather, 300.0, 2_000.0), None);
        for body in [Body { ln_beta: -700.0, ..feather }, Body { velocity_mps: Vector3::repeat(f64::NAN), ..feather }] {
            assert_eq!(to_origin(&environment, &body, 300.0, 2_000.0), None);
        }
    }
}
