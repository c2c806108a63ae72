//! The part of a zone that is endangered: who need not take cover is not told to.

use parapet_frame::{PlaneCovariance, SitePoint, maths};
use serde::{Deserialize, Serialize};

use crate::Impact;

/// Directions in which a region's extent is known.
const DIRECTIONS: usize = 24;
/// However small the danger of each place, the part reaches so many standard deviations: most of where the round may fall.
const SIGMAS_MIN: f64 = 1.5;
/// A part this much of its zone is the whole zone: the rest is not worth another outline.
const NEARLY_ALL: f64 = 0.9;

/// A convex region, by how far it reaches in each of evenly spaced directions (its support function): the smallest region that
/// holds two others reaches as far as the farther of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "Vec<f64>", from = "Vec<f64>")]
pub(crate) struct Region([f64; DIRECTIONS]);

/// The region of nothing reaches nowhere, which is no number that JSON knows: it is written as an empty list.
impl From<Region> for Vec<f64> {
    fn from(region: Region) -> Self {
        if region.0.iter().all(|reach_m| reach_m.is_finite()) { region.0.to_vec() } else { Vec::new() }
    }
}

impl From<Vec<f64>> for Region {
    fn from(reaches_m: Vec<f64>) -> Self {
        reaches_m.try_into().map_or(Region::EMPTY, Region)
    }
}

impl Region {
    /// Nothing.
    pub(crate) const EMPTY: Region = Region([f64::NEG_INFINITY; DIRECTIONS]);

    /// The places that are endangered at least so probably by a round that may come down at these impacts.
    ///
    /// A place is endangered when the impact lies within the effect radius of it. That probability is the impact's density convolved
    /// with a disc; a disc of radius `R` spreads by `R / 2` along each axis, so that it is nearly a normal density of so much more
    /// variance, times the area of the disc.
    pub(crate) fn of(impacts: &[(f64, Impact)], effect_radius_m: f64, least: f64) -> Self {
        let mut region = Region::EMPTY;
        for (_, impact) in impacts {
            region.hold_impact(impact.place, impact.covariance, effect_radius_m, least);
        }
        region
    }

    fn hold_impact(&mut self, centre: SitePoint, covariance: PlaneCovariance, effect_radius_m: f64, least: f64) {
        let spread_m2 = 0.25 * effect_radius_m * effect_radius_m;
        let c = covariance;
        let (east_m2, north_m2) = (c.east_east_m2 + spread_m2, c.north_north_m2 + spread_m2);
        let determinant_m4 = (east_m2 * north_m2 - c.east_north_m2 * c.east_north_m2).max(1e-6);
        let greatest = effect_radius_m * effect_radius_m / (2.0 * determinant_m4.sqrt());
        let sigmas = (2.0 * maths::ln((greatest / least).max(1.0))).sqrt().max(SIGMAS_MIN);
        for (number, reach_m) in self.0.iter_mut().enumerate() {
            let [x, y] = direction(number);
            let variance_m2 = x * x * east_m2 + 2.0 * x * y * c.east_north_m2 + y * y * north_m2;
            let far_m = x * centre.east_m + y * centre.north_m + sigmas * variance_m2.max(0.0).sqrt();
            *reach_m = reach_m.max(far_m);
        }
    }

    /// Grows to hold another region too.
    pub(crate) fn hold(&mut self, other: &Region) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine = mine.max(*theirs);
        }
    }

    /// The part of a ring that lies in this region, as one ring; empty where that is the whole of it, or nearly so, or where the
    /// two do not meet.
    pub(crate) fn part_of(&self, ring: &[[f64; 2]]) -> Vec<[f64; 2]> {
        if !self.0.iter().all(|reach_m| reach_m.is_finite()) {
            return Vec::new();
        }
        let mut part = ring.to_vec();
        for (number, reach_m) in self.0.iter().enumerate() {
            part = cut(&part, direction(number), *reach_m);
        }
        let whole = part.len() < 3 || area_m2(&part) >= NEARLY_ALL * area_m2(ring);
        if whole { Vec::new() } else { part }
    }
}

fn direction(number: usize) -> [f64; 2] {
    let (s, c) = maths::sin_cos(core::f64::consts::TAU * number as f64 / DIRECTIONS as f64);
    [c, s]
}

/// What of a ring lies no farther than this in a direction (Sutherland and Hodgman, CACM 17(1), 1974: one side of the clip).
fn cut(ring: &[[f64; 2]], [x, y]: [f64; 2], reach_m: f64) -> Vec<[f64; 2]> {
    let over_m = |p: &[f64; 2]| x * p[0] + y * p[1] - reach_m;
    let mut left = Vec::with_capacity(ring.len() + 2);
    for (from, to) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        let (a, b) = (over_m(from), over_m(to));
        if a <= 0.0 {
            left.push(*from);
        }
        if (a <= 0.0) != (b <= 0.0) {
            let t = a / (a - b);
            left.push([from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])]);
        }
    }
    left
}

/// The area that a ring encloses, square metres.
pub(crate) fn area_m2(ring: &[[f64; 2]]) -> f64 {
    let sides = ring.iter().zip(ring.iter().cycle().skip(1));
    let twice: f64 = sides.map(|(a, b)| a[0] * b[1] - a[1] * b[0]).sum();
    0.5 * twice.abs()
}

#[cfg(test)]
mod tests {
    use parapet_frame::Time;

    use super::*;

    fn impact(east_m: f64, sigma_m: f64) -> (f64, Impact) {
        let variance_m2 = sigma_m * sigma_m;
        let impact = Impact {
            at: Time::default(),
            sigma_time_s: 0.1,
            place: SitePoint { east_m, north_m: 0.0, up_m: 0.0 },
            covariance: PlaneCovariance { east_east_m2: variance_m2, east_north_m2: 0.0, north_north_m2: variance_m2 },
            speed_mps: 200.0,
        };
        (1.0, impact)
    }

    fn square(half_m: f64) -> Vec<[f64; 2]> {
        vec![[-half_m, -half_m], [half_m, -half_m], [half_m, half_m], [-half_m, half_m]]
    }

    /// A city of four square kilometres for one street: what is told is a disc of 3.03 sigma and the effect radius.
    #[test]
    fn a_city_is_not_alarmed_for_one_street() {
        let part = Region::of(&[impact(0.0, 30.0)], 100.0, 0.01).part_of(&square(1_000.0));
        let radius_m = (area_m2(&part) / core::f64::consts::PI).sqrt();
        // Three standard deviations and the effect radius.
        assert!((175.0..205.0).contains(&radius_m), "{radius_m}");
        let edge = Region::of(&[impact(1_000.0, 30.0)], 100.0, 0.01).part_of(&square(1_000.0));
        assert!((2.0 * area_m2(&edge) / area_m2(&part) - 1.0).abs() < 0.02, "half of it lies outside the zone");
    }

    /// At the edge of the part a place is endangered as much as was asked for: the integral, by a grid of impacts.
    #[test]
    fn the_edge_is_where_the_danger_is_as_asked_for() {
        let (sigma_m, radius_m, least) = (150.0, 100.0, 0.02);
        let part = Region::of(&[impact(0.0, sigma_m)], radius_m, least).part_of(&square(5_000.0));
        let edge_m = part.iter().map(|c| c[0]).fold(0.0, f64::max);
        let (mut inside, step_m) = (0.0, 2.0);
        for i in -50..=50 {
            for j in -50..=50 {
                let off = [f64::from(i) * step_m, f64::from(j) * step_m];
                if off[0] * off[0] + off[1] * off[1] <= radius_m * radius_m {
                    let r2 = (edge_m + off[0]) * (edge_m + off[0]) + off[1] * off[1];
                    inside += maths::exp(-0.5 * r2 / (sigma_m * sigma_m)) * step_m * step_m;
                }
            }
        }
        let danger = inside / (core::f64::consts::TAU * sigma_m * sigma_m);
        assert!((danger / least - 1.0).abs() < 0.15, "{danger}");
    }

    #[test]
    fn a_small_zone_is_alarmed_as_a_whole() {
        assert!(Region::of(&[impact(0.0, 30.0)], 100.0, 0.01).part_of(&square(80.0)).is_empty());
        assert!(Region::EMPTY.part_of(&square(80.0)).is_empty());
        assert!(Region::of(&[impact(9_000.0, 30.0)], 100.0, 0.01).part_of(&square(80.0)).is_empty());
    }

    #[test]
    fn a_region_holds_what_it_held() {
        let (one, two) =
            (Region::of(&[impact(-400.0, 20.0)], 50.0, 0.01), Region::of(&[impact(400.0, 40.0)], 50.0, 0.01));
        let mut both = one.clone();
        both.hold(&two);
        let ring = square(2_000.0);
        assert!(area_m2(&both.part_of(&ring)) > area_m2(&one.part_of(&ring)) + area_m2(&two.part_of(&ring)));
        both.hold(&one);
        let mut other = two.clone();
        other.hold(&one);
        assert_eq!(both, other, "in whatever order");
    }
}
