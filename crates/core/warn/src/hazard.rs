//! How probably an impact endangers a zone.
//!
//! Where a round falls is a mixture of normal distributions, one for each explanation of its track's past; each is stood for by
//! points of equal weight ([`Scatter`]). A zone is endangered by the points that fall in it or within the effect radius of it:
//! the impact's distribution convolved with a disc, integrated over the zone's true shape.

use parapet_frame::{PlaneCovariance, SitePoint, maths};

use crate::Zone;

/// Rings of equal probability into which an impact distribution is cut.
const RINGS: usize = 12;
/// Points on each ring; a multiple of four keeps the set symmetric, so that its mean and covariance are exact.
const POINTS: usize = 16;
/// Points that stand for one normal distribution: a resolution of half a per cent, finer than any threshold.
const SCATTER: usize = RINGS * POINTS;

/// Radii within which people are in danger, with the probabilities of each (by what the round may be), which add up to 1.
pub(crate) type Effects = [(f64, f64); 4];

/// A zone's outline made ready for the question "how near is this impact?".
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outline {
    rings: Vec<Vec<[f64; 2]>>,
    pub(crate) low: [f64; 2],
    pub(crate) high: [f64; 2],
}

impl Outline {
    pub(crate) fn of(zone: &Zone) -> Self {
        let corners = || zone.rings.iter().flatten();
        let extreme = |axis: usize, pick: fn(f64, f64) -> f64, from: f64| corners().map(|c| c[axis]).fold(from, pick);
        Outline {
            rings: zone.rings.clone(),
            low: [extreme(0, f64::min, f64::INFINITY), extreme(1, f64::min, f64::INFINITY)],
            high: [extreme(0, f64::max, f64::NEG_INFINITY), extreme(1, f64::max, f64::NEG_INFINITY)],
        }
    }

    /// The outer ring.
    pub(crate) fn ring(&self) -> &[[f64; 2]] {
        self.rings.first().map_or(&[], Vec::as_slice)
    }

    /// Distance of a place from the outline, metres: 0 inside, and infinite where it is more than `far_m`.
    fn distance_m(&self, place: [f64; 2], far_m: f64) -> f64 {
        if !self.box_reaches(place, far_m) {
            return f64::INFINITY;
        }
        if self.contains(place) {
            return 0.0;
        }
        let far2_m2 = far_m * far_m;
        let least2_m2 = self.edges().map(|(a, b)| distance2_to_edge(place, a, b)).fold(f64::INFINITY, f64::min);
        if least2_m2 <= far2_m2 { least2_m2.sqrt() } else { f64::INFINITY }
    }

    /// Whether the box around the outline, widened by a distance, holds a place.
    fn box_reaches(&self, place: [f64; 2], distance_m: f64) -> bool {
        (0..2).all(|axis| place[axis] >= self.low[axis] - distance_m && place[axis] <= self.high[axis] + distance_m)
    }

    /// Even-odd rule over all rings, so that holes are outside.
    fn contains(&self, [x, y]: [f64; 2]) -> bool {
        let crosses = |(a, b): ([f64; 2], [f64; 2])| {
            (a[1] > y) != (b[1] > y) && x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
        };
        self.edges().filter(|edge| crosses(*edge)).count() % 2 == 1
    }

    fn edges(&self) -> impl Iterator<Item = ([f64; 2], [f64; 2])> {
        self.rings.iter().flat_map(|ring| (0..ring.len()).map(move |i| (ring[i], ring[(i + 1) % ring.len()])))
    }
}

/// Points of equal weight that stand for one normal distribution of impacts.
#[derive(Clone, Debug)]
pub(crate) struct Scatter {
    points: [[f64; 2]; SCATTER],
    low: [f64; 2],
    high: [f64; 2],
}

/// Points that stand for a standard normal distribution in the plane: the medians of equally probable rings.
#[derive(Clone)]
pub(crate) struct UnitPoints([[f64; 2]; SCATTER]);

impl core::fmt::Debug for UnitPoints {
    /// They are the same always, and no part of any state.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("UnitPoints")
    }
}

impl UnitPoints {
    pub(crate) fn new() -> Self {
        let mut points = [[0.0; 2]; SCATTER];
        for (number, point) in points.iter_mut().enumerate() {
            let (ring, i) = (number / POINTS, number % POINTS);
            let inner = (ring as f64 + 0.5) / RINGS as f64;
            let radius = (-2.0 * maths::ln(1.0 - inner)).sqrt();
            let (s, c) = maths::sin_cos(core::f64::consts::TAU * (i as f64 + 0.5 * (ring % 2) as f64) / POINTS as f64);
            *point = [radius * c, radius * s];
        }
        UnitPoints(points)
    }

    /// The same for any normal distribution.
    pub(crate) fn scatter(&self, place: SitePoint, covariance: PlaneCovariance) -> Scatter {
        let centre = [place.east_m, place.north_m];
        let [along, across] = root(covariance);
        let points = self.0.map(|[u, v]| [centre[0] + along[0] * u, centre[1] + along[1] * u + across[1] * v]);
        let extreme =
            |axis: usize, pick: fn(f64, f64) -> f64, from: f64| points.iter().map(|p| p[axis]).fold(from, pick);
        Scatter {
            low: [extreme(0, f64::min, f64::INFINITY), extreme(1, f64::min, f64::INFINITY)],
            high: [extreme(0, f64::max, f64::NEG_INFINITY), extreme(1, f64::max, f64::NEG_INFINITY)],
            points,
        }
    }
}

impl Scatter {
    /// The box around the points, widened by a distance: its low and its high corner.
    pub(crate) fn reach(&self, distance_m: f64) -> ([f64; 2], [f64; 2]) {
        (self.low.map(|c| c - distance_m), self.high.map(|c| c + distance_m))
    }

    /// Probability that the impact endangers somebody in the outline.
    pub(crate) fn probability(&self, outline: &Outline, effects: &Effects) -> f64 {
        let far_m =
            effects.iter().filter(|(weight, _)| *weight > 0.0).map(|(_, radius_m)| *radius_m).fold(0.0, f64::max);
        let (low, high) = self.reach(far_m);
        if (0..2).any(|axis| high[axis] < outline.low[axis] || low[axis] > outline.high[axis]) {
            return 0.0;
        }
        let mut endangering = 0.0;
        for point in &self.points {
            let distance_m = outline.distance_m(*point, far_m);
            endangering +=
                effects.iter().filter(|(_, radius_m)| distance_m <= *radius_m).map(|(weight, _)| *weight).sum::<f64>();
        }
        endangering / SCATTER as f64
    }
}

/// Columns of the lower triangular root of a covariance: `[[l11, l21], [0, l22]]`.
fn root(covariance: PlaneCovariance) -> [[f64; 2]; 2] {
    let l11 = covariance.east_east_m2.max(0.0).sqrt();
    let l21 = if l11 > 0.0 { covariance.east_north_m2 / l11 } else { 0.0 };
    let l22 = (covariance.north_north_m2 - l21 * l21).max(0.0).sqrt();
    [[l11, l21], [0.0, l22]]
}

fn distance2_to_edge(place: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let edge = [b[0] - a[0], b[1] - a[1]];
    let off = [place[0] - a[0], place[1] - a[1]];
    let length2 = edge[0] * edge[0] + edge[1] * edge[1];
    let along = if length2 > 0.0 { ((off[0] * edge[0] + off[1] * edge[1]) / length2).clamp(0.0, 1.0) } else { 0.0 };
    let gap = [off[0] - along * edge[0], off[1] - along * edge[1]];
    gap[0] * gap[0] + gap[1] * gap[1]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(half_m: f64) -> Zone {
        let h = half_m;
        Zone {
            key: "z".into(),
            name: "z".into(),
            kind: "test".into(),
            people: 1,
            rings: vec![vec![[-h, -h], [h, -h], [h, h], [-h, h]]],
            alarm_probability: 0.1,
            shelter_s: None,
        }
    }

    fn round(sigma_m: f64) -> PlaneCovariance {
        PlaneCovariance { east_east_m2: sigma_m * sigma_m, east_north_m2: 0.0, north_north_m2: sigma_m * sigma_m }
    }

    fn probability(half_m: f64, [east_m, north_m]: [f64; 2], sigma_m: f64, effects: &Effects) -> f64 {
        let place = SitePoint { east_m, north_m, up_m: 0.0 };
        UnitPoints::new().scatter(place, round(sigma_m)).probability(&Outline::of(&zone(half_m)), effects)
    }

    fn within(radius_m: f64) -> Effects {
        [(1.0, radius_m), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0)]
    }

    #[test]
    fn certain_impacts_are_in_or_out() {
        assert_eq!(probability(100.0, [0.0, 0.0], 1.0, &within(0.0)), 1.0);
        assert_eq!(probability(100.0, [150.0, 0.0], 1.0, &within(0.0)), 0.0);
        assert_eq!(probability(100.0, [150.0, 0.0], 1.0, &within(60.0)), 1.0);
        // Beyond a corner it is the distance to the corner that counts.
        assert_eq!(probability(100.0, [150.0, 150.0], 1.0, &within(60.0)), 0.0);
    }

    /// A square of two standard deviations either way holds erf(2/sqrt 2)^2 = 0.911.
    #[test]
    fn uncertain_impacts_agree_with_the_integral() {
        let p = probability(200.0, [0.0, 0.0], 100.0, &within(0.0));
        assert!((p - 0.911).abs() < 0.02, "{p}");
        let far = probability(200.0, [300.0, 0.0], 100.0, &within(0.0));
        assert!((far - 0.151).abs() < 0.02, "{far}");
    }

    /// Half as probably of a kind that reaches the zone: half the danger.
    #[test]
    fn the_effect_is_that_of_what_it_may_be() {
        let effects = [(0.5, 80.0), (0.5, 20.0), (0.0, 0.0), (0.0, 0.0)];
        assert_eq!(probability(100.0, [150.0, 0.0], 1.0, &effects), 0.5);
    }

    #[test]
    fn holes_are_outside() {
        let mut zone = zone(100.0);
        zone.rings.push(vec![[-20.0, -20.0], [20.0, -20.0], [20.0, 20.0], [-20.0, 20.0]]);
        let outline = Outline::of(&zone);
        assert_eq!(outline.distance_m([0.0, 0.0], 100.0), 20.0);
        assert_eq!(outline.distance_m([0.0, 0.0], 10.0), f64::INFINITY);
        assert_eq!(outline.distance_m([50.0, 0.0], 0.0), 0.0);
    }
}
