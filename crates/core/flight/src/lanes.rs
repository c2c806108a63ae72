//! Many bodies on their way to the ground, side by side.
//!
//! Each lane is one body, and the arithmetic of a lane never looks at its neighbours: it is sums, products, quotients, square
//! roots and choices in one fixed order, so a body lands on the same bits alone, in company, and with any width of the vectors
//! that the compiler makes of the lanes. That needs code without branches, without calls, and without `mul_add`.
//!
//! A trajectory is smooth but for the bends of the drag (by Mach number) and of the air (at the tropopause). Steps end there, and
//! within a step drag and air follow the one smooth piece on which the step began. Eight steps carry a mortar bomb to the
//! ground within centimetres, twenty a rocket through the speed of sound.

use parapet_frame::{EARTH_RADIUS_M, maths};

use crate::air::{Layer, TROPOPAUSE_M, TROPOSPHERE};
use crate::motion::{GRAVITY_MPS2, gravity_mps2};
use crate::weather::Anomaly;
use crate::{Body, Earth, Environment, MACH_KNOTS, Weather};

/// Longest step, seconds: a quarter longer would cost a mortar bomb five centimetres.
const STEP_MAX_S: f64 = 4.0;
/// Shortest step, seconds, so that every flight has an end.
const STEP_MIN_S: f64 = 0.005;
/// Largest change within a step: of drag by its loss of speed and by the thinning of the air, each by half.
const CHANGE_MAX: f64 = 0.054;
/// Up to this height, metres, what is slow has no bend of drag or air within a step.
const CALM_HEIGHT_M: f64 = 4_500.0;
/// Largest climb or fall within a step through air that was measured, metres: it bends there, if only a little.
const MEASURED_CLIMB_MAX_M: f64 = 250.0;
/// Longer than any step, seconds.
const NEVER_S: f64 = 1e9;
/// A piece of the drag ends this much before its knot, in Mach: so well does a step meet it.
const KNOT_TOLERANCE: f64 = 0.001;
/// A turn of the Mach number that is nearer than this is not waited for, seconds.
const TURN_MIN_S: f64 = 0.1;
/// The last step goes farther than foreseen by this share and this many seconds, so that it ends in the ground.
const INTO_GROUND: (f64, f64) = (0.005, 0.005);
/// More steps than this are not flown: few rounds need a hundred, and a rocket through measured air a few hundred.
const STEPS_MAX: u32 = 2_000;

/// What the air is, beside the standard atmosphere.
pub(crate) trait Medium: Copy {
    /// Whether it was measured, so that it bends where nobody can foresee it.
    const IS_MEASURED: bool;
    /// Slower than this, m/s, a body is below Mach 0.7 up to [`CALM_HEIGHT_M`], so that drag does not bend within a step.
    const CALM_SPEED_MPS: f64;

    fn at(&self, height_m: f64) -> Anomaly;
}

/// The standard atmosphere and one wind, east and north, m/s.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standard(pub(crate) [f64; 2]);

impl Medium for Standard {
    const IS_MEASURED: bool = false;
    const CALM_SPEED_MPS: f64 = 225.0;

    #[inline(always)]
    fn at(&self, _: f64) -> Anomaly {
        Anomaly { density: 1.0, inverse_sound: 1.0, wind_mps: self.0 }
    }
}

impl Medium for &Weather {
    const IS_MEASURED: bool = true;
    const CALM_SPEED_MPS: f64 = 185.0;

    #[inline(always)]
    fn at(&self, height_m: f64) -> Anomaly {
        Weather::at(self, height_m)
    }
}

/// What all lanes share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct World<M> {
    site_height_m: f64,
    pub(crate) level_m: f64,
    /// One over the Earth's radius, 1/m, or zero on the plane.
    curvature: f64,
    /// Twice the Earth's rotation, 1/s.
    turn: [f64; 3],
    medium: M,
    /// 1, or -1 where time runs backwards.
    direction: f64,
    pub(crate) horizon_s: f64,
    /// What is faster is no round any more, m/s.
    pub(crate) speed_max_mps: f64,
}

/// Which way bodies are followed, and how far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Course {
    /// 1 into the future, -1 into the past.
    pub(crate) direction: f64,
    /// Seconds, positive.
    pub(crate) horizon_s: f64,
    /// Who is faster is given up, m/s.
    pub(crate) speed_max_mps: f64,
}

impl<M: Medium> World<M> {
    /// A world whose ground is level at a height above mean sea level.
    pub(crate) fn of(environment: &Environment, medium: M, level_m: f64, course: &Course) -> Self {
        World {
            site_height_m: environment.site_height_m,
            level_m,
            curvature: match environment.earth {
                Earth::Flat => 0.0,
                Earth::Sphere => 1.0 / EARTH_RADIUS_M,
            },
            turn: environment.rotation_rad_s.map(|rate| 2.0 * rate),
            medium,
            direction: course.direction,
            horizon_s: course.horizon_s,
            speed_max_mps: course.speed_max_mps,
        }
    }

    #[inline(always)]
    fn height_m(&self, p: [f64; 3]) -> f64 {
        self.site_height_m + (p[2] + 0.5 * self.curvature * (p[0] * p[0] + p[1] * p[1]))
    }

    /// How fast the height grows, m/s.
    #[inline(always)]
    fn climb_mps(&self, p: [f64; 3], v: [f64; 3]) -> f64 {
        v[2] + self.curvature * (p[0] * v[0] + p[1] * v[1])
    }
}

/// Bodies in flight, each number of each body in the lane of that body.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(crate) struct Lanes<const L: usize> {
    position_m: [[f64; L]; 3],
    velocity_mps: [[f64; L]; 3],
    half_inverse_beta: [f64; L],
    after_s: [f64; L],
    /// 1 while it flies, 0 when it has landed or never will.
    flies: [f64; L],
}

/// One body, taken out of its lane.
#[derive(Clone, Copy, Debug)]
struct Lane {
    p: [f64; 3],
    v: [f64; 3],
    half_inverse_beta: f64,
    after_s: f64,
    flies: f64,
}

impl<const L: usize> Lanes<L> {
    /// Lanes without bodies.
    pub(crate) fn new() -> Self {
        Lanes {
            position_m: [[0.0; L]; 3],
            velocity_mps: [[0.0; L]; 3],
            half_inverse_beta: [0.0; L],
            after_s: [0.0; L],
            flies: [0.0; L],
        }
    }

    pub(crate) fn put(&mut self, lane: usize, body: &Body) {
        for axis in 0..3 {
            self.position_m[axis][lane] = body.position_m[axis];
            self.velocity_mps[axis][lane] = body.velocity_mps[axis];
        }
        self.half_inverse_beta[lane] = 0.5 * maths::exp(-body.ln_beta);
        self.after_s[lane] = 0.0;
        self.flies[lane] = 1.0;
    }

    /// Seconds, place and velocity of the body in a lane.
    pub(crate) fn get(&self, lane: usize) -> (f64, [f64; 3], [f64; 3]) {
        // A step of no length, while others fly on, may take the sign of a zero: no zero shall have one.
        let unsigned = |row: [f64; L]| row[lane] + 0.0;
        (self.after_s[lane], self.position_m.map(unsigned), self.velocity_mps.map(unsigned))
    }

    #[inline(always)]
    fn take(&self, i: usize) -> Lane {
        Lane {
            p: [self.position_m[0][i], self.position_m[1][i], self.position_m[2][i]],
            v: [self.velocity_mps[0][i], self.velocity_mps[1][i], self.velocity_mps[2][i]],
            half_inverse_beta: self.half_inverse_beta[i],
            after_s: self.after_s[i],
            flies: self.flies[i],
        }
    }

    #[inline(always)]
    fn set(&mut self, i: usize, lane: &Lane) {
        for axis in 0..3 {
            self.position_m[axis][i] = lane.p[axis];
            self.velocity_mps[axis][i] = lane.v[axis];
        }
        self.after_s[i] = lane.after_s;
        self.flies[i] = lane.flies;
    }

    #[inline(always)]
    fn step<const CALM: bool, M: Medium>(&mut self, world: &World<M>) {
        for i in 0..L {
            let lane = self.take(i).stepped::<CALM, M>(world);
            self.set(i, &lane);
        }
    }

    /// Flies every body to a little below the ground and back onto it.
    #[inline(always)]
    pub(crate) fn fly<M: Medium>(&mut self, world: &World<M>) {
        let mut steps = 0;
        while steps < STEPS_MAX && self.flies.iter().any(|flies| *flies > 0.0) {
            let busy = (0..L).fold(0.0, |sum, i| sum + if self.take(i).is_calm(world) { 0.0 } else { self.flies[i] });
            if busy > 0.0 {
                self.step::<false, M>(world);
            } else {
                self.step::<true, M>(world);
            }
            steps += 1;
        }
        for i in 0..L {
            let lane = self.take(i).settled(world);
            self.set(i, &lane);
        }
    }
}

/// The smooth pieces on which a step stays: the drag by Mach number as a line, and the air by height as two polynomials.
#[derive(Clone, Copy)]
struct Piece {
    shape: f64,
    shape_per_mach: f64,
    layer: Layer,
}

/// Drag at a moment.
struct Drag {
    relative: [f64; 3],
    speed: f64,
    inverse_sound: f64,
    /// Deceleration per m/s, by the drag's shape: 1/s.
    per_shape: f64,
    free_fall: [f64; 3],
}

impl Lane {
    #[inline(always)]
    fn drag(&self, world: &World<impl Medium>, layer: &Layer, p: [f64; 3], v: [f64; 3]) -> Drag {
        let height_m = world.height_m(p);
        let (density, inverse_sound) = layer.air(height_m);
        let air = world.medium.at(height_m);
        let (density, inverse_sound) = (density * air.density, inverse_sound * air.inverse_sound);
        let relative = [v[0] - air.wind_mps[0], v[1] - air.wind_mps[1], v[2]];
        let speed = (relative[0] * relative[0] + relative[1] * relative[1] + relative[2] * relative[2]).sqrt();
        let gravity = gravity_mps2(height_m);
        let sideways = gravity * world.curvature;
        let [east, north, up] = world.turn;
        let free_fall = [
            -(sideways * p[0]) - (north * v[2] - up * v[1]),
            -(sideways * p[1]) - (up * v[0] - east * v[2]),
            -gravity - (east * v[1] - north * v[0]),
        ];
        Drag { relative, speed, inverse_sound, per_shape: self.half_inverse_beta * density * speed, free_fall }
    }

    #[inline(always)]
    fn acceleration(&self, world: &World<impl Medium>, piece: &Piece, p: [f64; 3], v: [f64; 3]) -> [f64; 3] {
        let drag = self.drag(world, &piece.layer, p, v);
        drag.acceleration(piece)
    }

    /// Whether neither the drag nor the air can bend within a step that begins here.
    #[inline(always)]
    fn is_calm<M: Medium>(&self, world: &World<M>) -> bool {
        let height_m = world.height_m(self.p);
        let [east, north] = world.medium.at(height_m).wind_mps;
        let relative = [self.v[0] - east, self.v[1] - north, self.v[2]];
        (dot(relative, relative) < M::CALM_SPEED_MPS * M::CALM_SPEED_MPS) & (height_m < CALM_HEIGHT_M)
    }

    /// One step of the classical fourth-order method, or none for a body that no longer flies. Where everything is calm, the
    /// step is the same with less to look out for.
    #[inline(always)]
    fn stepped<const CALM: bool, M: Medium>(&self, world: &World<M>) -> Lane {
        let (p, v) = (self.p, self.v);
        let height_m = world.height_m(p);
        let climb_mps = world.climb_mps(p, v);
        // A body that stands at the tropopause belongs to the layer into which it moves.
        let ahead_m = height_m + copysign(1.0, world.direction * climb_mps);
        let layer = if CALM { TROPOSPHERE } else { Layer::choose(ahead_m < TROPOPAUSE_M) };
        let drag = self.drag(world, &layer, p, v);
        let (piece, longest_s) = if CALM {
            self.plan_calm(layer, &drag, height_m, climb_mps)
        } else {
            self.plan(world, layer, &drag, height_m, climb_mps)
        };
        let shape = piece.shape + piece.shape_per_mach * (drag.speed * drag.inverse_sound);
        let fall = drag.free_fall[2] - drag.per_shape * shape * drag.relative[2];
        let longest_s = if M::IS_MEASURED { within_a_layer(longest_s, climb_mps) } else { longest_s };
        let to_ground_s = to_level_s(height_m - world.level_m, world.direction * climb_mps, fall);
        let step_s = split(longest_s, to_ground_s);
        let step_s = if step_s < to_ground_s { step_s } else { to_ground_s * (1.0 + INTO_GROUND.0) + INTO_GROUND.1 };
        let step_s = if step_s > STEP_MIN_S { step_s } else { STEP_MIN_S };
        let step_s = if self.flies > 0.0 { step_s } else { 0.0 };
        let after_s = self.after_s + step_s;
        let step_s = world.direction * step_s;
        let half_s = 0.5 * step_s;

        let a1 = drag.acceleration(&piece);
        let v2 = moved(v, a1, half_s);
        let a2 = self.acceleration(world, &piece, moved(p, v, half_s), v2);
        let v3 = moved(v, a2, half_s);
        let a3 = self.acceleration(world, &piece, moved(p, v2, half_s), v3);
        let v4 = moved(v, a3, step_s);
        let a4 = self.acceleration(world, &piece, moved(p, v3, step_s), v4);
        let (p, v) = (blend(p, [v, v2, v3, v4], step_s), blend(v, [a1, a2, a3, a4], step_s));

        let above_m = world.height_m(p) - world.level_m;
        let is_down = (above_m <= 0.0) & (world.direction * world.climb_mps(p, v) < 0.0);
        let is_possible = dot(v, v) < world.speed_max_mps * world.speed_max_mps;
        let goes_on = !is_down & is_possible & (after_s < world.horizon_s);
        Lane { p, v, after_s, flies: if goes_on { self.flies } else { 0.0 }, ..*self }
    }

    /// The piece on which the step stays where nothing bends, and how long the step may be.
    #[inline(always)]
    fn plan_calm(&self, layer: Layer, drag: &Drag, height_m: f64, climb_mps: f64) -> (Piece, f64) {
        (Piece { shape: 1.0, shape_per_mach: 0.0, layer }, longest_s(drag.per_shape, height_m, climb_mps))
    }

    /// The piece on which the step stays, and how long the step may be: not past the end of that piece.
    #[inline(always)]
    fn plan(
        &self,
        world: &World<impl Medium>,
        layer: Layer,
        drag: &Drag,
        height_m: f64,
        climb_mps: f64,
    ) -> (Piece, f64) {
        let mach = drag.speed * drag.inverse_sound;
        let inverse_speed = 1.0 / if drag.speed > 1.0 { drag.speed } else { 1.0 };
        // Drag at the Mach number itself is the same on both pieces that meet there; the rate is good enough to tell them apart.
        let loss = drag.per_shape * Knots::about(mach, 0.0).shape_at(mach);
        let along = dot(drag.relative, drag.free_fall) * inverse_speed;
        let slows = if height_m < TROPOPAUSE_M { 1.13e-5 + 3.4e-10 * height_m } else { 0.0 };
        let change = drag.inverse_sound * (along - loss * drag.speed) + slows * mach * climb_mps;
        let rate = world.direction * change;
        let knots = Knots::about(mach, rate);

        // How the rate itself changes: drag with speed and air, and gravity along the path as the path bends.
        let by_drag = loss * drag.speed * drag.inverse_sound;
        let with_speed =
            change * (2.0 / (if mach > 0.1 { mach } else { 0.1 }) + knots.shape_per_mach / knots.shape_at(mach));
        let by_gravity = drag.inverse_sound * inverse_speed * (GRAVITY_MPS2 * GRAVITY_MPS2 - along * along);
        let bend = by_gravity - by_drag * (with_speed - 2.0 * thins_per_s(height_m, climb_mps));
        let to_turn_s = -rate / bend;
        // What is about to turn has turned.
        let rate = if to_turn_s > 0.0 && to_turn_s < TURN_MIN_S { -rate } else { rate };
        let knots = Knots::about(mach, rate);
        let to_knot = (if rate > 0.0 { knots.high } else { knots.low }) - mach;
        let square = rate * rate + 2.0 * bend * to_knot;
        let root = (if square > 0.0 { square } else { 0.0 }).sqrt();
        let to_knot_s = 2.0 * to_knot / (rate + copysign(root, rate));
        let until_s = if square > 0.0 { to_knot_s } else { to_turn_s };
        let is_calm = self.is_calm(world);
        let to_knot_s = if !is_calm & (until_s > 0.0) { until_s } else { NEVER_S };

        let fall = drag.free_fall[2] - loss * drag.relative[2];
        let to_tropopause_s =
            if is_calm { NEVER_S } else { to_tropopause_s(height_m, world.direction * climb_mps, fall) };
        let step_s = split(split(longest_s(loss, height_m, climb_mps), to_knot_s), to_tropopause_s);
        (Piece { shape: knots.shape, shape_per_mach: knots.shape_per_mach, layer }, step_s)
    }

    /// From a little below the ground back onto it; where time runs backwards, ahead onto it.
    #[inline(always)]
    fn settled(&self, world: &World<impl Medium>) -> Lane {
        let climb_mps = world.climb_mps(self.p, self.v);
        let above_m = world.height_m(self.p) - world.level_m;
        let layer = Layer::choose(world.height_m(self.p) < TROPOPAUSE_M);
        let drag = self.drag(world, &layer, self.p, self.v);
        let knots = Knots::about(drag.speed * drag.inverse_sound, 0.0);
        let a = drag.acceleration(&Piece { shape: knots.shape, shape_per_mach: knots.shape_per_mach, layer });
        let is_down = (above_m <= 0.0) & (world.direction * climb_mps < -1.0);
        let first_s = -above_m / climb_mps;
        let back_s = -above_m / (climb_mps + 0.5 * a[2] * first_s);
        let back_s = if is_down { back_s } else { 0.0 };
        let half_square = 0.5 * back_s * back_s;
        Lane {
            p: moved(moved(self.p, self.v, back_s), a, half_square),
            v: moved(self.v, a, back_s),
            after_s: self.after_s + world.direction * back_s,
            ..*self
        }
    }
}

impl Drag {
    #[inline(always)]
    fn acceleration(&self, piece: &Piece) -> [f64; 3] {
        let shape = piece.shape + piece.shape_per_mach * (self.speed * self.inverse_sound);
        let loss = self.per_shape * shape;
        [
            self.free_fall[0] - loss * self.relative[0],
            self.free_fall[1] - loss * self.relative[1],
            self.free_fall[2] - loss * self.relative[2],
        ]
    }
}

/// The piece of the drag about a Mach number: a line, and the knots at its ends.
#[derive(Clone, Copy)]
struct Knots {
    shape: f64,
    shape_per_mach: f64,
    low: f64,
    high: f64,
}

impl Knots {
    /// The piece into which a Mach number moves that changes at a rate.
    #[inline(always)]
    fn about(mach: f64, rate: f64) -> Knots {
        let ahead = mach + copysign(KNOT_TOLERANCE, rate);
        let mut found = Knots { shape: 1.0, shape_per_mach: 0.0, low: 0.0, high: MACH_KNOTS[1].0 };
        for k in 1..MACH_KNOTS.len() {
            let (knot, shape) = MACH_KNOTS[k];
            let (next, next_shape) = if k + 1 < MACH_KNOTS.len() { MACH_KNOTS[k + 1] } else { (1e9, shape) };
            let slope = (next_shape - shape) / (next - knot);
            let is_past = ahead >= knot;
            found.shape = if is_past { shape - slope * knot } else { found.shape };
            found.shape_per_mach = if is_past { slope } else { found.shape_per_mach };
            found.low = if is_past { knot } else { found.low };
            found.high = if is_past { next } else { found.high };
        }
        found
    }

    #[inline(always)]
    fn shape_at(&self, mach: f64) -> f64 {
        self.shape + self.shape_per_mach * mach
    }
}

/// How long a step may be that the method follows well: as long as drag and air change by a small part.
#[inline(always)]
fn longest_s(loss_per_s: f64, height_m: f64, climb_mps: f64) -> f64 {
    let half = 0.5 * loss_per_s;
    let steady_s = CHANGE_MAX / (half + abs(half + thins_per_s(height_m, climb_mps)));
    if steady_s < STEP_MAX_S { steady_s } else { STEP_MAX_S }
}

/// A step through little enough of air that was measured.
#[inline(always)]
fn within_a_layer(longest_s: f64, climb_mps: f64) -> f64 {
    let layer_s = MEASURED_CLIMB_MAX_M / abs(climb_mps);
    if layer_s < longest_s { layer_s } else { longest_s }
}

/// Half of the rate at which the air grows thinner around a body that climbs, 1/s; near enough to foresee by.
#[inline(always)]
fn thins_per_s(height_m: f64, climb_mps: f64) -> f64 {
    (0.48e-4 + 1.9e-9 * height_m) * climb_mps
}

/// Seconds until a body comes down to a level that it is above, under a constant acceleration; very many where it does not.
#[inline(always)]
fn to_level_s(above_m: f64, climb_mps: f64, acceleration_mps2: f64) -> f64 {
    let square = climb_mps * climb_mps - 2.0 * acceleration_mps2 * above_m;
    let root = (if square > 0.0 { square } else { 0.0 }).sqrt();
    let climbs = climb_mps > 0.0;
    let numerator = if climbs { climb_mps + root } else { 2.0 * above_m };
    let denominator = if climbs { -acceleration_mps2 } else { root - climb_mps };
    let seconds = numerator / denominator;
    // What rises ever faster (as a fall undone does) is not foreseen to come down.
    let seconds = if climbs & (acceleration_mps2 >= 0.0) { NEVER_S } else { seconds };
    if seconds > 0.0 { seconds } else { 0.0 }
}

/// Seconds until a body passes the tropopause; very many where it does not soon.
#[inline(always)]
fn to_tropopause_s(height_m: f64, climb_mps: f64, acceleration_mps2: f64) -> f64 {
    let up_m = TROPOPAUSE_M - height_m;
    let square = climb_mps * climb_mps + 2.0 * acceleration_mps2 * up_m;
    let root = (if square > 0.0 { square } else { 0.0 }).sqrt();
    let rises = 2.0 * up_m / (climb_mps + root);
    let falls = to_level_s(-up_m, climb_mps, acceleration_mps2);
    let is_below = up_m > 1.0;
    let rises = if climb_mps > 0.0 && square > 0.0 { rises } else { NEVER_S };
    let falls = if up_m < -1.0 { falls } else { NEVER_S };
    if is_below { rises } else { falls }
}

/// A step that ends at a moment, or half-way there, or well before it.
#[inline(always)]
fn split(longest_s: f64, until_s: f64) -> f64 {
    let part_s = if until_s <= longest_s { until_s } else { 0.5 * until_s };
    if part_s < longest_s { part_s } else { longest_s }
}

#[inline(always)]
fn abs(x: f64) -> f64 {
    if x < 0.0 { -x } else { x }
}

#[inline(always)]
fn copysign(size: f64, sign: f64) -> f64 {
    if sign < 0.0 { -size } else { size }
}

#[inline(always)]
fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[inline(always)]
fn moved(from: [f64; 3], rate: [f64; 3], by: f64) -> [f64; 3] {
    [from[0] + rate[0] * by, from[1] + rate[1] * by, from[2] + rate[2] * by]
}

#[inline(always)]
fn blend(from: [f64; 3], [r1, r2, r3, r4]: [[f64; 3]; 4], step_s: f64) -> [f64; 3] {
    let sixth_s = step_s * (1.0 / 6.0);
    let one = |i: usize| from[i] + (r1[i] + (r2[i] + r3[i]) * 2.0 + r4[i]) * sixth_s;
    [one(0), one(1), one(2)]
}
