//! Outlines in the site's plane: whether they enclose a place, how large it is, and the outline of a circle.

use core::f64::consts::TAU;

use parapet_frame::maths;

/// A corner in site ENU: east and north, metres.
pub(crate) type Corner = [f64; 2];

/// Corners of the polygon that stands for a circle.
pub(crate) const CIRCLE_CORNERS: usize = 32;
/// Two corners nearer than this are the same place, metres.
const SAME_PLACE_M: f64 = 0.01;

/// What is wrong with an outline; rings and corners count from 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    /// A ring has fewer than three corners.
    TooFewCorners { ring: usize, corners: usize },
    /// Two corners that follow each other are the same place.
    RepeatedCorner { ring: usize, corner: usize },
    /// Two sides cross or touch here, site ENU in metres.
    Crossing { at: Corner },
    /// A hole does not lie inside the outer ring.
    HoleOutside { ring: usize },
    /// The outline encloses nothing.
    NoArea,
}

/// The first thing that is wrong with an outline: the outer ring, then holes; no ring repeats its first corner at its end.
pub(crate) fn fault(rings: &[Vec<Corner>]) -> Option<Fault> {
    let rough = rings.iter().enumerate().find_map(|(number, ring)| ring_fault(number, ring));
    let crossing = || crossings(rings).map(|at| Fault::Crossing { at });
    let flat = || (area_m2(rings) <= 0.0).then_some(Fault::NoArea);
    rough.or_else(crossing).or_else(|| outside(rings)).or_else(flat)
}

fn ring_fault(number: usize, ring: &[Corner]) -> Option<Fault> {
    if ring.len() < 3 {
        return Some(Fault::TooFewCorners { ring: number, corners: ring.len() });
    }
    let repeats = |&i: &usize| length(minus(ring[(i + 1) % ring.len()], ring[i])) < SAME_PLACE_M;
    let corner = (0..ring.len()).find(repeats)?;
    Some(Fault::RepeatedCorner { ring: number, corner: (corner + 1) % ring.len() })
}

/// Where two sides of any of the rings cross or touch, other than at a corner that they share as neighbours.
fn crossings(rings: &[Vec<Corner>]) -> Option<Corner> {
    let sides: Vec<(usize, usize, Corner, Corner)> = rings
        .iter()
        .enumerate()
        .flat_map(|(r, ring)| (0..ring.len()).map(move |i| (r, i, ring[i], ring[(i + 1) % ring.len()])))
        .collect();
    for (k, &(r, i, a, b)) in sides.iter().enumerate() {
        for &(other_ring, j, c, d) in &sides[k + 1..] {
            let count = rings[r].len();
            let found = match r == other_ring {
                true if j == i + 1 => turns_back(a, b, d),
                true if i == 0 && j == count - 1 => turns_back(c, a, b),
                _ => meeting(a, b, c, d),
            };
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

/// Whether the way from `a` over `b` to `c` turns back onto itself; then `b`.
fn turns_back(a: Corner, b: Corner, c: Corner) -> Option<Corner> {
    let (u, v) = (minus(b, a), minus(c, b));
    let along = u[0] * v[0] + u[1] * v[1];
    (along < 0.0 && cross(u, v).abs() <= 1e-9 * length(u) * length(v)).then_some(b)
}

/// Where two sides meet.
fn meeting(a: Corner, b: Corner, c: Corner, d: Corner) -> Option<Corner> {
    let (u, v, w) = (minus(b, a), minus(d, c), minus(c, a));
    let turn = cross(u, v);
    if turn.abs() <= 1e-12 * length(u) * length(v) {
        return overlap(a, u, c, d);
    }
    let (t, s) = (cross(w, v) / turn, cross(w, u) / turn);
    let inside = |x: f64| (0.0..=1.0).contains(&x);
    (inside(t) && inside(s)).then(|| [a[0] + t * u[0], a[1] + t * u[1]])
}

/// Where two parallel sides lie on each other: the side from `a` along `u`, and the side from `c` to `d`.
fn overlap(a: Corner, u: Corner, c: Corner, d: Corner) -> Option<Corner> {
    let long = length(u);
    let aside_m = cross(u, minus(c, a)).abs() / long;
    let along = |p: Corner| (u[0] * (p[0] - a[0]) + u[1] * (p[1] - a[1])) / (long * long);
    let (from, to) = (along(c).min(along(d)), along(c).max(along(d)));
    let start = from.max(0.0);
    (aside_m < SAME_PLACE_M && start <= to.min(1.0)).then(|| [a[0] + start * u[0], a[1] + start * u[1]])
}

fn outside(rings: &[Vec<Corner>]) -> Option<Fault> {
    let (outer, holes) = rings.split_first()?;
    let number = holes.iter().position(|hole| !contains(outer, hole[0]))?;
    Some(Fault::HoleOutside { ring: number + 1 })
}

/// Whether a place lies inside a ring (even-odd rule).
fn contains(ring: &[Corner], p: Corner) -> bool {
    let crossed = |i: usize| {
        let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
        (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0] + (p[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
    };
    (0..ring.len()).filter(|&i| crossed(i)).count() % 2 == 1
}

/// The area enclosed, holes taken off, square metres.
pub(crate) fn area_m2(rings: &[Vec<Corner>]) -> f64 {
    let mut areas = rings.iter().map(|ring| ring_area_m2(ring));
    let outer = areas.next().unwrap_or(0.0);
    outer - areas.sum::<f64>()
}

fn ring_area_m2(ring: &[Corner]) -> f64 {
    let Some(&first) = ring.first() else {
        return 0.0;
    };
    let sides = ring.iter().zip(ring.iter().cycle().skip(1));
    let twice: f64 = sides.map(|(&a, &b)| cross(minus(a, first), minus(b, first))).sum();
    0.5 * twice.abs()
}

/// The outline of a circle: a polygon that encloses it, so that nobody inside the circle is left out.
pub(crate) fn circle(centre: Corner, radius_m: f64) -> Vec<Corner> {
    let step = TAU / CIRCLE_CORNERS as f64;
    let reach_m = radius_m / maths::cos(0.5 * step);
    (0..CIRCLE_CORNERS)
        .map(|i| {
            let (sin, cos) = maths::sin_cos(step * i as f64);
            [centre[0] + reach_m * cos, centre[1] + reach_m * sin]
        })
        .collect()
}

fn minus(a: Corner, b: Corner) -> Corner {
    [a[0] - b[0], a[1] - b[1]]
}

fn cross(u: Corner, v: Corner) -> f64 {
    u[0] * v[1] - u[1] * v[0]
}

pub(crate) fn length(u: Corner) -> f64 {
    (u[0] * u[0] + u[1] * u[1]).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(size: f64) -> Vec<Corner> {
        vec![[0.0, 0.0], [size, 0.0], [size, size], [0.0, size]]
    }

    fn shifted(ring: &[Corner], by: f64) -> Vec<Corner> {
        ring.iter().map(|c| [c[0] + by, c[1] + by]).collect()
    }

    #[test]
    fn whole_outlines_pass() {
        assert_eq!(fault(&[square(100.0)]), None);
        assert_eq!(fault(&[square(100.0), shifted(&square(20.0), 40.0)]), None);
        assert!((area_m2(&[square(100.0), shifted(&square(20.0), 40.0)]) - 9_600.0).abs() < 1e-9);
        let mut clockwise = square(50.0);
        clockwise.reverse();
        assert_eq!(fault(&[clockwise]), None);
    }

    #[test]
    fn broken_outlines_are_named() {
        assert_eq!(fault(&[square(1.0)[..2].to_vec()]), Some(Fault::TooFewCorners { ring: 0, corners: 2 }));
        let bow_tie = vec![[0.0, 0.0], [10.0, 10.0], [10.0, 0.0], [0.0, 10.0]];
        assert_eq!(fault(&[bow_tie]), Some(Fault::Crossing { at: [5.0, 5.0] }));
        let spike = vec![[0.0, 0.0], [10.0, 0.0], [20.0, 0.0], [10.0, 0.0], [5.0, 8.0]];
        assert!(matches!(fault(&[spike]), Some(Fault::Crossing { .. })));
        let line = vec![[0.0, 0.0], [10.0, 0.0], [20.0, 0.0]];
        assert!(matches!(fault(&[line]), Some(Fault::Crossing { .. })));
        let repeated = vec![[0.0, 0.0], [10.0, 0.0], [10.0, 0.0], [5.0, 8.0]];
        assert_eq!(fault(&[repeated]), Some(Fault::RepeatedCorner { ring: 0, corner: 2 }));
        let hole = shifted(&square(20.0), 500.0);
        assert_eq!(fault(&[square(100.0), hole]), Some(Fault::HoleOutside { ring: 1 }));
        assert!(matches!(fault(&[square(100.0), shifted(&square(20.0), 90.0)]), Some(Fault::Crossing { .. })));
    }

    #[test]
    fn a_circle_is_enclosed() {
        let ring = circle([10.0, -5.0], 100.0);
        assert_eq!(fault(std::slice::from_ref(&ring)), None);
        let nearest = (0..ring.len()).map(|i| {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            length(minus([0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1])], [10.0, -5.0]))
        });
        assert!(nearest.fold(f64::MAX, f64::min) > 99.999_999);
        let area = area_m2(&[ring]);
        assert!((31_415.9..31_620.0).contains(&area), "{area}");
    }
}
