//! How fast rounds are carried through time, on one core.
//!
//! `cargo bench -p parapet-flight` prints one line per kind of work.
#![allow(clippy::print_stdout, clippy::disallowed_types, clippy::disallowed_methods)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use nalgebra::Vector3;
use parapet_flight::{Body, Environment, advance, carry};
use parapet_frame::maths;

/// How long each line is measured.
const SPAN: Duration = Duration::from_secs(1);

fn main() {
    let world = Environment::sphere(33.3, 34.0, 34.0);
    for (name, speed_mps) in [("mortar bomb at 180 m/s", 180.0), ("rocket at 330 m/s", 330.0)] {
        let body = Body {
            position_m: Vector3::new(3_000.0, 2_000.0, 900.0),
            velocity_mps: Vector3::new(-0.6, -0.4, -0.69) * speed_mps,
            ln_beta: maths::ln(6_000.0),
        };
        measure(&format!("a second of a {name}, advance"), || advance(&world, black_box(&body), 1.0));
        measure(&format!("a second of a {name}, carry with the transition"), || carry(&world, black_box(&body), 1.0));
    }
}

fn measure<T>(what: &str, mut work: impl FnMut() -> T) -> f64 {
    let (start, mut done) = (Instant::now(), 0_u64);
    while start.elapsed() < SPAN {
        for _ in 0..1_000 {
            black_box(work());
        }
        done += 1_000;
    }
    let each_ns = start.elapsed().as_secs_f64() * 1e9 / done as f64;
    println!("{what}: {each_ns:.0} ns");
    each_ns
}
