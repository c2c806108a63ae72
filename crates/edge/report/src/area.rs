//! Probabilities over the ground: how much of an uncertain place lies in an outline.

use core::f64::consts::TAU;

use parapet_frame::{PlaneCovariance, maths};

/// Samples of a normally distributed place: rings of equal probability, each turned by the golden angle against the one within.
const RINGS: usize = 24;
const SPOKES: usize = 24;
/// The golden angle, radians.
const TURN_RAD: f64 = 2.399_963_229_728_653;

/// Rings of corners in site ENU, east and north, metres; the first outside, further ones holes, none closed by a repeated corner.
pub(crate) type Outline = [Vec<[f64; 2]>];

/// Places that stand for an uncertain one, each with the same probability.
pub(crate) fn samples(mean: [f64; 2], covariance: PlaneCovariance) -> impl Iterator<Item = [f64; 2]> {
    let PlaneCovariance { east_east_m2, east_north_m2, north_north_m2 } = covariance;
    // Cholesky: a covariance that is flat in one direction gives a line.
    let a = east_east_m2.max(0.0).sqrt();
    let b = if a > 0.0 { east_north_m2 / a } else { 0.0 };
    let c = (north_north_m2 - b * b).max(0.0).sqrt();
    (0..RINGS * SPOKES).map(move |index| {
        let (ring, spoke) = ((index / SPOKES) as f64, (index % SPOKES) as f64);
        let radius = (-2.0 * maths::ln(1.0 - (ring + 0.5) / RINGS as f64)).sqrt();
        let (sin, cos) = maths::sin_cos(TAU * spoke / SPOKES as f64 + ring * TURN_RAD);
        let (x, y) = (radius * cos, radius * sin);
        [mean[0] + a * x, mean[1] + b * x + c * y]
    })
}

/// Probability that an uncertain place lies within a distance of an outline.
pub(crate) fn share(mean: [f64; 2], covariance: PlaneCovariance, outline: &Outline, within_m: f64) -> f64 {
    let near = samples(mean, covariance).filter(|place| away_m(outline, *place) <= within_m).count();
    near as f64 / (RINGS * SPOKES) as f64
}

/// Whether an outline can be reached at all: nothing of the normal distribution lies beyond its four standard deviations here.
pub(crate) fn may_reach(mean: [f64; 2], covariance: PlaneCovariance, outline: &Outline, within_m: f64) -> bool {
    let far_m = within_m + 4.0 * (covariance.east_east_m2 + covariance.north_north_m2).max(0.0).sqrt();
    let corners = || outline.iter().flatten();
    let [low, high] = [0, 1].map(|axis| {
        let least = corners().map(|corner| corner[axis]).fold(f64::INFINITY, f64::min);
        let most = corners().map(|corner| corner[axis]).fold(f64::NEG_INFINITY, f64::max);
        least - far_m <= mean[axis] && mean[axis] <= most + far_m
    });
    low && high
}

/// Distance of a place from an outline, metres; 0 inside.
pub(crate) fn away_m(outline: &Outline, [x, y]: [f64; 2]) -> f64 {
    if holds(outline, [x, y]) {
        return 0.0;
    }
    let to_side = |(a, b): (&[f64; 2], &[f64; 2])| {
        let (edge, off) = ([b[0] - a[0], b[1] - a[1]], [x - a[0], y - a[1]]);
        let length2 = (edge[0] * edge[0] + edge[1] * edge[1]).max(1e-9);
        let along = ((off[0] * edge[0] + off[1] * edge[1]) / length2).clamp(0.0, 1.0);
        let (east_m, north_m) = (off[0] - along * edge[0], off[1] - along * edge[1]);
        (east_m * east_m + north_m * north_m).sqrt()
    };
    sides(outline).map(to_side).fold(f64::INFINITY, f64::min)
}

/// Whether a place lies inside an outline, and in none of its holes.
pub(crate) fn holds(outline: &Outline, [x, y]: [f64; 2]) -> bool {
    let crosses = |(a, b): &(&[f64; 2], &[f64; 2])| {
        (a[1] > y) != (b[1] > y) && x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
    };
    sides(outline).filter(crosses).count() % 2 == 1
}

fn sides(outline: &Outline) -> impl Iterator<Item = (&[f64; 2], &[f64; 2])> {
    outline.iter().flat_map(|ring| ring.iter().zip(ring.iter().cycle().skip(1)))
}

/// Where several uncertain places lie together: the mean, and the covariance of one of them drawn at random.
pub(crate) fn together(places: &[([f64; 2], PlaneCovariance)]) -> ([f64; 2], PlaneCovariance) {
    let count = (places.len().max(1)) as f64;
    let mean = [0, 1].map(|axis| places.iter().map(|(place, _)| place[axis]).sum::<f64>() / count);
    let mut sum = PlaneCovariance::default();
    for (place, covariance) in places {
        let off = [place[0] - mean[0], place[1] - mean[1]];
        sum.east_east_m2 += (covariance.east_east_m2 + off[0] * off[0]) / count;
        sum.east_north_m2 += (covariance.east_north_m2 + off[0] * off[1]) / count;
        sum.north_north_m2 += (covariance.north_north_m2 + off[1] * off[1]) / count;
    }
    (mean, sum)
}

/// Squared distance of two uncertain places in their common standard deviations.
pub(crate) fn apart2(a: ([f64; 2], PlaneCovariance), b: ([f64; 2], PlaneCovariance), spread_m: f64) -> f64 {
    let [x, y] = [a.0[0] - b.0[0], a.0[1] - b.0[1]];
    let spread_m2 = spread_m * spread_m;
    let xx = a.1.east_east_m2 + b.1.east_east_m2 + spread_m2;
    let yy = a.1.north_north_m2 + b.1.north_north_m2 + spread_m2;
    let xy = a.1.east_north_m2 + b.1.east_north_m2;
    let determinant = (xx * yy - xy * xy).max(f64::MIN_POSITIVE);
    (x * x * yy - 2.0 * x * y * xy + y * y * xx) / determinant
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUND: PlaneCovariance = PlaneCovariance { east_east_m2: 1e4, east_north_m2: 0.0, north_north_m2: 1e4 };

    fn square(half_m: f64) -> Vec<Vec<[f64; 2]>> {
        vec![vec![[-half_m, -half_m], [half_m, -half_m], [half_m, half_m], [-half_m, half_m]]]
    }

    #[test]
    fn the_share_of_a_square_is_that_of_the_normal_distribution() {
        // One standard deviation to each side: erf(1/sqrt 2) squared.
        let expected = 0.682_689_5_f64.powi(2);
        assert!((share([0.0, 0.0], ROUND, &square(100.0), 0.0) - expected).abs() < 0.01);
        assert!(share([0.0, 0.0], ROUND, &square(100.0), 50.0) > expected);
        assert_eq!(share([900.0, 0.0], ROUND, &square(100.0), 0.0), 0.0);
        assert!(!may_reach([900.0, 0.0], ROUND, &square(100.0), 0.0));
        assert!(may_reach([300.0, 0.0], ROUND, &square(100.0), 0.0));
    }

    #[test]
    fn a_hole_is_outside() {
        let mut outline = square(100.0);
        outline.extend(square(10.0));
        assert!(holds(&outline, [50.0, 0.0]) && !holds(&outline, [0.0, 0.0]));
        assert_eq!(away_m(&outline, [0.0, 0.0]), 10.0);
        assert_eq!(away_m(&outline, [103.0, 104.0]), 5.0);
    }

    #[test]
    fn places_together_are_as_wide_as_they_lie_apart() {
        let point = PlaneCovariance::default();
        let (mean, covariance) = together(&[([0.0, 0.0], point), ([200.0, 0.0], point)]);
        assert_eq!((mean, covariance.east_east_m2, covariance.north_north_m2), ([100.0, 0.0], 1e4, 0.0));
        assert!((apart2(([0.0, 0.0], ROUND), ([300.0, 0.0], ROUND), 0.0) - 4.5).abs() < 1e-9);
    }
}
