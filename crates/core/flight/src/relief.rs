//! The last part of the way to ground that is not level, and the first part of the way from it.
//!
//! Where a body is higher than any ground it flies as it does to level ground at that height. Lower than that, it feels its way.

use crate::ground::to_level;
use crate::lanes::Course;
use crate::{Body, Environment, Landing, Terrain, advance};

/// Longest time between two looks at the ground, seconds, and the shortest.
const LOOK_S: (f64, f64) = (0.25, 0.01);
/// Way between two looks, in spacings of the grid.
const WAY: f64 = 0.5;
/// Halvings of the last look: a quarter of a second becomes a hundredth of a millisecond.
const HALVINGS: usize = 15;

/// Where each of at most 16 bodies comes down.
pub(crate) fn to_terrain(
    environment: &Environment,
    terrain: &Terrain,
    course: &Course,
    bodies: &[Body],
    landings: &mut [Option<Landing>],
) {
    let ceiling_m = terrain.highest_m().max(environment.ground_height_m);
    let mut high: [Option<(f64, Body)>; 16] = [None; 16];
    // Those that begin low, until they are high or down.
    for ((body, high), landing) in bodies.iter().zip(&mut high).zip(landings.iter_mut()) {
        match feel(environment, terrain, course, body, ceiling_m) {
            Felt::High(after_s, body) => *high = Some((after_s, body)),
            Felt::Down(down) => *landing = Some(down),
            Felt::Nowhere => *landing = None,
        }
    }
    let mut fallen = [None; 16];
    let starts: [Body; 16] = high.map(|high| high.map_or(Body::AT_REST, |(_, body)| body));
    to_level(environment, course, &starts[..bodies.len()], ceiling_m, &mut fallen[..bodies.len()]);
    for (((start, high), fallen), landing) in starts.iter().zip(high).zip(fallen).zip(landings) {
        let Some((before_s, _)) = high else { continue };
        *landing = fallen.and_then(|low| {
            let body = Body { position_m: low.position_m, velocity_mps: low.velocity_mps, ln_beta: start.ln_beta };
            let since_s = before_s + low.after_s;
            let left = Course { horizon_s: course.horizon_s - since_s, ..*course };
            match feel(environment, terrain, &left, &body, f64::INFINITY) {
                Felt::Down(down) => Some(Landing { after_s: since_s + down.after_s, ..down }),
                Felt::High(..) | Felt::Nowhere => None,
            }
        });
    }
}

/// How a body fares near the ground.
enum Felt {
    /// It is higher than the ceiling, after seconds.
    High(f64, Body),
    Down(Landing),
    Nowhere,
}

/// Follows a body on its course look by look until it is higher than a ceiling, or down.
fn feel(environment: &Environment, terrain: &Terrain, course: &Course, body: &Body, ceiling_m: f64) -> Felt {
    let (mut at, mut after_s) = (*body, 0.0);
    while after_s <= course.horizon_s && at.velocity_mps.norm() < course.speed_max_mps {
        if environment.height_m(&at.position_m) > ceiling_m {
            return Felt::High(after_s, at);
        }
        let across_mps = at.velocity_mps.xy().norm().max(1.0);
        let look_s = (WAY * terrain.spacing_m() / across_mps).clamp(LOOK_S.1, LOOK_S.0);
        let next = advance(environment, &at, course.direction * look_s);
        let was_above = environment.height_above_ground_m(&at.position_m) > 0.0;
        let is_below = environment.height_above_ground_m(&next.position_m) <= 0.0;
        if is_below && (was_above || course.direction * next.velocity_mps.z < 0.0) {
            let (part_s, down) = touch(environment, &at, course.direction * look_s);
            let after_s = after_s + course.direction * part_s;
            let landing = Landing { after_s, position_m: down.position_m, velocity_mps: down.velocity_mps };
            return if after_s <= course.horizon_s { Felt::Down(landing) } else { Felt::Nowhere };
        }
        (at, after_s) = (next, after_s + look_s);
    }
    Felt::Nowhere
}

/// When, within a look, a body touches the ground, and the body then.
fn touch(environment: &Environment, from: &Body, look_s: f64) -> (f64, Body) {
    let (mut low_s, mut high_s) = (0.0, look_s);
    for _ in 0..HALVINGS {
        let middle_s = 0.5 * (low_s + high_s);
        let middle = advance(environment, from, middle_s);
        let is_above = environment.height_above_ground_m(&middle.position_m) > 0.0;
        (low_s, high_s) = if is_above { (middle_s, high_s) } else { (low_s, middle_s) };
    }
    (high_s, advance(environment, from, high_s))
}
