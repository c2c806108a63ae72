//! How probably an impact endangers a zone.

use parapet_frame::{PlaneCovariance, SitePoint, maths};

use crate::Zone;

/// Rings of equal probability into which an impact distribution is cut, and points on each ring.
const RINGS: usize = 12;
/// Points on each ring; a multiple of four keeps the set symmetric, so that its mean and covariance are exact.
const POINTS: usize = 16;

/// A zone's outline made ready for the question "how near is this impact?".
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outline {
    rings: Vec<Vec<[f64; 2]>>,
    low: [f64; 2],
    high: [f64; 2],
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

    /// Whether a place lies inside the outline or within a distance of it.
    pub(crate) fn reaches(&self, place: [f64; 2], distance_m: f64) -> bool {
        if !self.box_reaches(place, distance_m) {
            return false;
        }
        self.contains(place) || self.edges().any(|(a, b)| distance_to_edge(place, a, b) <= distance_m)
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

/// Probability that a normally distributed impact falls in the outline or within a distance of it.
///
/// The plane is cut into rings of equal probability, and each ring into equal parts: 192 points of equal weight, enough for a
/// resolution of half a per cent, which is finer than any threshold.
pub(crate) fn probability(outline: &Outline, place: SitePoint, covariance: PlaneCovariance, distance_m: f64) -> f64 {
    let centre = [place.east_m, place.north_m];
    let widest = covariance.ellipse(0.999).semi_major_m;
    if !outline.box_reaches(centre, distance_m + widest) {
        return 0.0;
    }
    let [along, across] = root(covariance);
    let inside = unit_points()
        .filter(|[u, v]| {
            let point = [centre[0] + along[0] * u, centre[1] + along[1] * u + across[1] * v];
            outline.reaches(point, distance_m)
        })
        .count();
    inside as f64 / (RINGS * POINTS) as f64
}

/// Columns of the lower triangular root of a covariance: `[[l11, l21], [0, l22]]`.
fn root(covariance: PlaneCovariance) -> [[f64; 2]; 2] {
    let l11 = covariance.east_east_m2.max(0.0).sqrt();
    let l21 = if l11 > 0.0 { covariance.east_north_m2 / l11 } else { 0.0 };
    let l22 = (covariance.north_north_m2 - l21 * l21).max(0.0).sqrt();
    [[l11, l21], [0.0, l22]]
}

/// Points of equal weight that stand for a standard normal distribution in the plane: the medians of equally probable rings.
fn unit_points() -> impl Iterator<Item = [f64; 2]> {
    (0..RINGS).flat_map(|ring| {
        let inner = (ring as f64 + 0.5) / RINGS as f64;
        let radius = (-2.0 * maths::ln(1.0 - inner)).sqrt();
        (0..POINTS).map(move |i| {
            let (s, c) = maths::sin_cos(core::f64::consts::TAU * (i as f64 + 0.5 * (ring % 2) as f64) / POINTS as f64);
            [radius * c, radius * s]
        })
    })
}

fn distance_to_edge(place: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let edge = [b[0] - a[0], b[1] - a[1]];
    let off = [place[0] - a[0], place[1] - a[1]];
    let length2 = edge[0] * edge[0] + edge[1] * edge[1];
    let along = if length2 > 0.0 { ((off[0] * edge[0] + off[1] * edge[1]) / length2).clamp(0.0, 1.0) } else { 0.0 };
    let gap = [off[0] - along * edge[0], off[1] - along * edge[1]];
    (gap[0] * gap[0] + gap[1] * gap[1]).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(half_m: f64) -> Outline {
        let h = half_m;
        Outline::of(&Zone {
            key: "z".into(),
            name: "z".into(),
            kind: "test".into(),
            people: 1,
            rings: vec![vec![[-h, -h], [h, -h], [h, h], [-h, h]]],
            alarm_probability: 0.1,
            shelter_s: None,
        })
    }

    fn round(sigma_m: f64) -> PlaneCovariance {
        PlaneCovariance { east_east_m2: sigma_m * sigma_m, east_north_m2: 0.0, north_north_m2: sigma_m * sigma_m }
    }

    #[test]
    fn certain_impacts_are_in_or_out() {
        let at = |east_m, north_m| SitePoint { east_m, north_m, up_m: 0.0 };
        assert_eq!(probability(&square(100.0), at(0.0, 0.0), round(1.0), 0.0), 1.0);
        assert_eq!(probability(&square(100.0), at(150.0, 0.0), round(1.0), 0.0), 0.0);
        assert_eq!(probability(&square(100.0), at(150.0, 0.0), round(1.0), 60.0), 1.0);
        // Beyond a corner it is the distance to the corner that counts.
        assert_eq!(probability(&square(100.0), at(150.0, 150.0), round(1.0), 60.0), 0.0);
    }

    /// A square of two standard deviations either way holds erf(2/sqrt 2)^2 = 0.911.
    #[test]
    fn uncertain_impacts_agree_with_the_integral() {
        let p = probability(&square(200.0), SitePoint::default(), round(100.0), 0.0);
        assert!((p - 0.911).abs() < 0.02, "{p}");
        let far = probability(&square(200.0), SitePoint { east_m: 300.0, ..SitePoint::default() }, round(100.0), 0.0);
        assert!((far - 0.151).abs() < 0.02, "{far}");
    }

    #[test]
    fn holes_are_outside() {
        let mut zone = square(100.0);
        zone.rings.push(vec![[-20.0, -20.0], [20.0, -20.0], [20.0, 20.0], [-20.0, 20.0]]);
        assert!(!zone.reaches([0.0, 0.0], 0.0));
        assert!(zone.reaches([50.0, 0.0], 0.0));
    }
}
