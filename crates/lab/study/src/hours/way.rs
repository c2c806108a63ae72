//! The way that an aircraft flew, by what it said: the smoothest motion that agrees with it.
//!
//! The recorded places are stamped with the second and held where none was heard, so that from one to the next an airliner seems to
//! stand still or to fly at twice the speed of sound; heights jump and come back, and velocities are held too. Nothing flies so, and
//! a radar would not see it. So the way is a Rauch-Tung-Striebel smoother's (Rauch, Tung, Striebel 1965) over places, heights and
//! velocities together, in which what lies far off counts little, the less the farther (iteratively reweighted; Holland, Welsch 1977).
//! Where it is still off by much, or accelerates as no aircraft does, nobody knows how it flew, and it is left out.

use parapet_frame::Geodetic;

use super::flights::Report;

/// Metres in a degree of latitude.
pub(super) const DEGREE_M: f64 = 111_195.0;
/// A shorter stretch does not tell how it is flown, seconds and lines.
const STRETCH_MIN_S: f64 = 20.0;
const LINES_MIN: usize = 4;
/// A place is held, and its second rounded, by so much, seconds of flight; and where nothing moves it is off by so much, metres.
const PLACE_SIGMA_S: f64 = 0.4;
const PLACE_SIGMA_M: f64 = 10.0;
/// Heights are told in steps of 25 ft and held: metres.
const HEIGHT_SIGMA_M: f64 = 8.0;
/// A velocity is held for a second or two while an aircraft turns by three degrees a second, and so it errs one way for long: m/s; a
/// climb is told in steps of 64 ft/min, m/s.
const SPEED_SIGMA_MPS: f64 = 10.0;
const CLIMB_SIGMA_MPS: f64 = 1.0;
/// Where no speed is told, that of a take-off, m/s.
const SPEED_UNTOLD_MPS: f64 = 70.0;
/// Turns of an aircraft (half of standard gravity or so for a second) and changes of its climb, m/s^2 per square root of hertz.
const TURN_NOISE: f64 = 4.0;
const CLIMB_NOISE: f64 = 2.0;
/// Standard deviations from which on what lies off counts less, and how often it is weighed anew.
const FAR_SIGMAS: f64 = 2.0;
const WEIGHINGS: usize = 6;
/// Farther than this off what was told nobody knows where it flew: seconds of flight and metres, and metres of height.
const OFF_MAX_S: f64 = 4.0;
const OFF_MAX_M: f64 = 200.0;
const HEIGHT_OFF_MAX_M: f64 = 100.0;
/// Nor with a velocity that is so far off what was told of it: a quarter of the speed and m/s, and 2,000 ft a minute of climb, m/s.
const SPEED_OFF_PART: f64 = 0.25;
const SPEED_OFF_MPS: f64 = 8.0;
const CLIMB_OFF_MAX_MPS: f64 = 10.0;
/// No aircraft of an airline or a flying club is carried by more than this many times its weight, up or down (CS-25.337 has 2.5 and
/// -1, CS-23.337 3.8 and -1.52, CS-22.337 5.3 and -2.65 for the strength of what is built; what flies with passengers stays far within).
const LOAD_MIN: f64 = 0.0;
const LOAD_MAX: f64 = 3.0;
/// Standard gravity, m/s^2.
const GRAVITY_MPS2: f64 = 9.806_65;

/// A stretch of an aircraft's way.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) address: u32,
    pub(super) first_s: f64,
    pub(super) last_s: f64,
    /// Where it begins, degrees: what the places are counted from.
    origin_deg: [f64; 2],
    points: Vec<Point>,
}

/// Seconds, and along each axis (east, north, up) the place in metres and the velocity in m/s.
#[derive(Clone, Copy, Debug)]
struct Point {
    seconds: f64,
    axes: [[f64; 2]; 3],
}

/// What was told along an axis: place and velocity, each with its standard deviation; infinite where it was not told.
#[derive(Clone, Copy, Debug)]
struct Told {
    values: [f64; 2],
    sigmas: [f64; 2],
}

/// The ways of which a stretch of reports tells, and for how many seconds of it there is none.
pub(super) fn ways(told: &[&Report]) -> (Vec<Way>, f64) {
    let (Some(first), Some(last)) = (told.first(), told.last()) else { return (Vec::new(), 0.0) };
    let whole_s = last.time_s - first.time_s;
    if told.len() < LINES_MIN || whole_s < STRETCH_MIN_S {
        return (Vec::new(), whole_s);
    }
    let origin_deg = [first.lon_deg, first.lat_deg];
    let seconds: Vec<f64> = told.iter().map(|report| report.time_s).collect();
    let axes: [Vec<Told>; 3] = core::array::from_fn(|axis| told.iter().map(|r| along(r, origin_deg, axis)).collect());
    let smooth: [Vec<[f64; 2]>; 3] =
        core::array::from_fn(|axis| smoothed(&seconds, &axes[axis], if axis == 2 { CLIMB_NOISE } else { TURN_NOISE }));
    let points: Vec<Point> = (0..told.len())
        .map(|i| Point { seconds: seconds[i], axes: core::array::from_fn(|axis| smooth[axis][i]) })
        .collect();
    let is_known = |i: usize| {
        let off = |axis: usize| (points[i].axes[axis][0] - axes[axis][i].values[0]).abs();
        let speed_mps = points[i].axes[0][1].hypot(points[i].axes[1][1]);
        let told = |axis: usize| axes[axis][i].sigmas[1].is_finite();
        let rate_off =
            |axis: usize| if told(axis) { (points[i].axes[axis][1] - axes[axis][i].values[1]).abs() } else { 0.0 };
        off(0).hypot(off(1)) <= OFF_MAX_S * speed_mps + OFF_MAX_M
            && off(2) <= HEIGHT_OFF_MAX_M
            && rate_off(0).hypot(rate_off(1)) <= SPEED_OFF_PART * speed_mps + SPEED_OFF_MPS
            && rate_off(2) <= CLIMB_OFF_MAX_MPS
    };
    let mut ways: Vec<Way> = Vec::new();
    let mut open: Vec<Point> = Vec::new();
    for (i, point) in points.iter().enumerate() {
        let goes_on = is_known(i) && open.last().is_none_or(|before| is_flown(before, point));
        if !goes_on {
            ways.extend(Way::of(first.address, origin_deg, core::mem::take(&mut open)));
        }
        if is_known(i) {
            open.push(*point);
        }
    }
    ways.extend(Way::of(first.address, origin_deg, open));
    let known_s: f64 = ways.iter().map(|way| way.last_s - way.first_s).sum();
    (ways, whole_s - known_s)
}

/// Metres in a degree of longitude.
fn per_lon_m(lat_deg: f64) -> f64 {
    DEGREE_M * lat_deg.to_radians().cos()
}

fn along(report: &Report, origin_deg: [f64; 2], axis: usize) -> Told {
    let velocity = report.velocity_mps;
    let speed_mps = velocity.map_or(SPEED_UNTOLD_MPS, |v| v[0].hypot(v[1]));
    let place = match axis {
        0 => (report.lon_deg - origin_deg[0]) * per_lon_m(origin_deg[1]),
        1 => (report.lat_deg - origin_deg[1]) * DEGREE_M,
        _ => report.height_m.unwrap_or_default(),
    };
    // Degrees of longitude are of one length along a way; its metres are those where it begins.
    let stretch = if axis == 0 { per_lon_m(origin_deg[1]) / per_lon_m(report.lat_deg) } else { 1.0 };
    let told = velocity.map_or(0.0, |v| v[axis] * stretch);
    let (place_sigma, told_sigma) = if axis == 2 {
        (HEIGHT_SIGMA_M, CLIMB_SIGMA_MPS)
    } else {
        (PLACE_SIGMA_M + PLACE_SIGMA_S * speed_mps, SPEED_SIGMA_MPS)
    };
    Told { values: [place, told], sigmas: [place_sigma, if velocity.is_some() { told_sigma } else { f64::INFINITY }] }
}

/// Place and velocity at each second, by all that was told before and after.
fn smoothed(seconds: &[f64], told: &[Told], noise: f64) -> Vec<[f64; 2]> {
    let mut weights = vec![[1.0; 2]; told.len()];
    let mut states = Vec::new();
    for _ in 0..WEIGHINGS {
        states = pass(seconds, told, &weights, noise);
        for ((weight, told), state) in weights.iter_mut().zip(told).zip(&states) {
            *weight = core::array::from_fn(|k| {
                let off: f64 = (told.values[k] - state[k]) / told.sigmas[k];
                (FAR_SIGMAS * FAR_SIGMAS / (off * off)).min(1.0)
            });
        }
    }
    states
}

/// A belief about a place and a velocity: mean, and covariance as place-place, place-velocity, velocity-velocity.
#[derive(Clone, Copy)]
struct Belief {
    mean: [f64; 2],
    cov: [f64; 3],
}

impl Belief {
    fn predicted(&self, seconds: f64, noise: f64) -> Self {
        let ([p, v], [pp, pv, vv]) = (self.mean, self.cov);
        let density = noise * noise;
        Belief {
            mean: [p + v * seconds, v],
            cov: [
                pp + 2.0 * seconds * pv + seconds * seconds * vv + density * seconds.powi(3) / 3.0,
                pv + seconds * vv + density * seconds * seconds / 2.0,
                vv + density * seconds,
            ],
        }
    }

    fn updated(&self, told: &Told, weights: &[f64; 2]) -> Self {
        let mut now = *self;
        for k in 0..2 {
            let variance = told.sigmas[k] * told.sigmas[k] / weights[k];
            if !variance.is_finite() {
                continue;
            }
            let [pp, pv, vv] = now.cov;
            let column = if k == 0 { [pp, pv] } else { [pv, vv] };
            let total = column[k] + variance;
            let off = told.values[k] - now.mean[k];
            let gain = column.map(|c| c / total);
            now.mean = [now.mean[0] + gain[0] * off, now.mean[1] + gain[1] * off];
            now.cov = [pp - gain[0] * column[0], pv - gain[0] * column[1], vv - gain[1] * column[1]];
        }
        now
    }
}

fn pass(seconds: &[f64], told: &[Told], weights: &[[f64; 2]], noise: f64) -> Vec<[f64; 2]> {
    /// Before anything is told: half the world off, and faster than anything.
    const UNKNOWN: [f64; 3] = [1e10, 0.0, 1e6];
    let mut filtered: Vec<Belief> = Vec::with_capacity(told.len());
    for (i, told) in told.iter().enumerate() {
        let predicted = match i.checked_sub(1) {
            Some(before) => filtered[before].predicted(seconds[i] - seconds[before], noise),
            None => Belief { mean: told.values, cov: UNKNOWN },
        };
        filtered.push(predicted.updated(told, &weights[i]));
    }
    let mut states: Vec<[f64; 2]> = filtered.iter().map(|belief| belief.mean).collect();
    for i in (0..told.len().saturating_sub(1)).rev() {
        let step_s = seconds[i + 1] - seconds[i];
        let (now, next) = (filtered[i], filtered[i].predicted(step_s, noise));
        let [pp, pv, vv] = now.cov;
        let [a, b, d] = next.cov;
        let determinant = a * d - b * b;
        let off = [states[i + 1][0] - next.mean[0], states[i + 1][1] - next.mean[1]];
        let pulled = [(d * off[0] - b * off[1]) / determinant, (a * off[1] - b * off[0]) / determinant];
        // Covariance of this moment with the next, row by row.
        let cross = [[pp + pv * step_s, pv], [pv + vv * step_s, vv]];
        states[i] = core::array::from_fn(|k| now.mean[k] + cross[k][0] * pulled[0] + cross[k][1] * pulled[1]);
    }
    states
}

/// Whether an aircraft flies from one point to the next: by what it must be carried.
fn is_flown(from: &Point, to: &Point) -> bool {
    [0.0, 1.0].into_iter().all(|part| {
        let [east, north, up] = core::array::from_fn(|axis| between(from, to, axis, part)[2]);
        let up = up + GRAVITY_MPS2;
        up >= LOAD_MIN * GRAVITY_MPS2 && (east * east + north * north + up * up).sqrt() <= LOAD_MAX * GRAVITY_MPS2
    })
}

/// Place, velocity and acceleration between two points: the cubic that has the places and velocities of both, as the smoother has it.
fn between(from: &Point, to: &Point, axis: usize, part: f64) -> [f64; 3] {
    let span_s = to.seconds - from.seconds;
    let ([p, v], [q, w]) = (from.axes[axis], to.axes[axis]);
    let (v, w) = (v * span_s, w * span_s);
    let (second, third) = (3.0 * (q - p) - 2.0 * v - w, 2.0 * (p - q) + v + w);
    [
        p + part * (v + part * (second + part * third)),
        (v + part * (2.0 * second + part * 3.0 * third)) / span_s,
        (2.0 * second + 6.0 * third * part) / (span_s * span_s),
    ]
}

impl Way {
    /// `None` where it is too short to be seen.
    fn of(address: u32, origin_deg: [f64; 2], points: Vec<Point>) -> Option<Self> {
        let (first_s, last_s) = (points.first()?.seconds, points.last()?.seconds);
        (last_s - first_s >= STRETCH_MIN_S).then_some(Way { address, first_s, last_s, origin_deg, points })
    }

    /// Where it is at a second; `None` before and after it.
    pub(super) fn place(&self, seconds: f64) -> Option<Geodetic> {
        let after = self.points.partition_point(|point| point.seconds <= seconds);
        let (from, to) = (self.points.get(after.checked_sub(1)?)?, self.points.get(after)?);
        let part = (seconds - from.seconds) / (to.seconds - from.seconds);
        let [east_m, north_m, up_m] = core::array::from_fn(|axis| between(from, to, axis, part)[0]);
        let [lon_deg, lat_deg] = self.origin_deg;
        Some(Geodetic {
            lat_deg: lat_deg + north_m / DEGREE_M,
            lon_deg: lon_deg + east_m / per_lon_m(lat_deg),
            height_m: up_m.max(-400.0),
        })
    }
}
