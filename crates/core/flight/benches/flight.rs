//! How fast rounds are carried through time and to the ground, on one core, and how well.
//!
//! `cargo bench -p parapet-flight` prints one line per kind of work and of launch.
#![allow(clippy::print_stdout, clippy::disallowed_types, clippy::disallowed_methods)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use nalgebra::Vector3;
use parapet_flight::{Body, Environment, acceleration, advance, carry, to_ground, to_ground_many};
use parapet_frame::maths;

/// How long each line is measured.
const SPAN: Duration = Duration::from_millis(500);

/// A kind of launches: name, speeds in m/s, ballistic coefficients in kg/m^2, elevations in degrees.
type Draw = (&'static str, (f64, f64), (f64, f64), (f64, f64));

const DRAWS: [Draw; 5] = [
    ("mortar, narrow", (180.0, 220.0), (4_500.0, 5_500.0), (55.0, 65.0)),
    ("subsonic", (80.0, 250.0), (2_500.0, 15_000.0), (40.0, 80.0)),
    ("transonic", (250.0, 450.0), (2_500.0, 15_000.0), (30.0, 75.0)),
    ("supersonic", (450.0, 1_000.0), (5_000.0, 30_000.0), (20.0, 70.0)),
    ("rockets", (800.0, 1_200.0), (10_000.0, 40_000.0), (40.0, 60.0)),
];
/// Launches of each kind.
const COUNT: usize = 256;

fn main() {
    let world = Environment { wind_mps: [6.0, -9.0], ..Environment::sphere(33.3, 34.0, 34.0) };
    for (name, speed_mps) in [("mortar bomb at 180 m/s", 180.0), ("rocket at 330 m/s", 330.0)] {
        let body = Body {
            position_m: Vector3::new(3_000.0, 2_000.0, 900.0),
            velocity_mps: Vector3::new(-0.6, -0.4, -0.69) * speed_mps,
            ln_beta: maths::ln(6_000.0),
        };
        let alone = fastest_ns(1_000, || advance(&world, black_box(&body), 1.0));
        let with = fastest_ns(1_000, || carry(&world, black_box(&body), 1.0));
        println!("a second of a {name}: {alone:.0} ns, with the transition matrix {with:.0} ns");
    }
    println!(
        "to the ground, ns each (and how many times faster than RK4 of 0.01 s); farthest from where RK4 of 0.002 s lands"
    );
    for draw in DRAWS {
        to_the_ground(&world, draw);
    }
}

fn to_the_ground(world: &Environment, (name, speeds, betas, elevations): Draw) {
    let bodies = launches(speeds, betas, elevations, COUNT);
    let truth: Vec<Vector3<f64>> = bodies.iter().map(|body| plain(world, body, 0.002)).collect();
    let mut landings = vec![None; bodies.len()];
    let count = bodies.len() as f64;
    let textbook = fastest_ns(1, || plain(world, black_box(&bodies[0]), 0.01));
    let halves = fastest_ns(1, || bodies.iter().map(|body| plain(world, black_box(body), 0.5).x).sum::<f64>()) / count;
    let single =
        fastest_ns(1, || bodies.iter().filter(|body| to_ground(world, black_box(body), 300.0).is_some()).count())
            / count;
    let many = fastest_ns(1, || to_ground_many(world, black_box(&bodies), 300.0, &mut landings)) / count;
    let worst = |places: Vec<Vector3<f64>>| {
        places.iter().zip(&truth).map(|(place, truth)| (place - truth).norm()).fold(0.0, f64::max)
    };
    let coarse_m = worst(bodies.iter().map(|body| plain(world, body, 0.5)).collect());
    let many_m = worst(landings.iter().flatten().map(|landing| landing.position_m).collect());
    println!(
        "{name}: RK4 0.01 s {textbook:.0} | RK4 0.5 s {halves:.0} ({:.0}) off {coarse_m:.3} m | alone {single:.0} ({:.0}) | \
         many {many:.0} ({:.0}) off {many_m:.3} m",
        textbook / halves,
        textbook / single,
        textbook / many,
    );
}

/// The textbook: fourth-order steps of one length, and the last one cut where it meets the ground.
fn plain(world: &Environment, body: &Body, step_s: f64) -> Vector3<f64> {
    let step = |at: &Body, h: f64| {
        let (p, v) = (at.position_m, at.velocity_mps);
        let rate = |position_m, velocity_mps| acceleration(world, &Body { position_m, velocity_mps, ..*at });
        let a1 = rate(p, v);
        let a2 = rate(p + v * (0.5 * h), v + a1 * (0.5 * h));
        let a3 = rate(p + v * (0.5 * h) + a1 * (0.25 * h * h), v + a2 * (0.5 * h));
        let a4 = rate(p + v * h + a2 * (0.5 * h * h), v + a3 * h);
        let position_m = p + v * h + (a1 + a2 + a3) * (h * h / 6.0);
        Body { position_m, velocity_mps: v + (a1 + (a2 + a3) * 2.0 + a4) * (h / 6.0), ..*at }
    };
    let mut at = *body;
    loop {
        let next = step(&at, step_s);
        let (high, low) = (world.height_above_ground_m(&at.position_m), world.height_above_ground_m(&next.position_m));
        if low <= 0.0 && next.velocity_mps.z < 0.0 {
            let cut = step(&at, step_s * high / (high - low));
            let left_s = world.height_above_ground_m(&cut.position_m) / -cut.velocity_mps.z;
            return cut.position_m + cut.velocity_mps * left_s;
        }
        at = next;
    }
}

/// A draw of launches, uniform in speed, elevation, bearing and ballistic coefficient; the same on every run.
fn launches(speeds_mps: (f64, f64), betas: (f64, f64), elevations_deg: (f64, f64), count: usize) -> Vec<Body> {
    let mut seed = 1_u64;
    let mut draw = |(low, high): (f64, f64)| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        low + (high - low) * (seed >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut launch = || {
        let (sin, cos) = maths::sin_cos(draw(elevations_deg).to_radians());
        let (east, north) = maths::sin_cos(draw((0.0, std::f64::consts::TAU)));
        Body {
            position_m: Vector3::new(500.0, -300.0, 30.0),
            velocity_mps: Vector3::new(east * cos, north * cos, sin) * draw(speeds_mps),
            ln_beta: maths::ln(draw(betas)),
        }
    };
    (0..count).map(|_| launch()).collect()
}

/// Nanoseconds of the fastest of many batches: others may share the machine.
fn fastest_ns<T>(batch: u32, mut work: impl FnMut() -> T) -> f64 {
    let (start, mut each_ns) = (Instant::now(), f64::INFINITY);
    while start.elapsed() < SPAN {
        let since = Instant::now();
        for _ in 0..batch {
            black_box(work());
        }
        each_ns = each_ns.min(since.elapsed().as_secs_f64() * 1e9 / f64::from(batch));
    }
    each_ns
}
