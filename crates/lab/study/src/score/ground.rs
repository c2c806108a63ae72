//! Zones and impacts in the site's plane.

use parapet_warn::Zone;

/// How far a place (east and north in site ENU, metres) is from a zone: 0 inside.
pub(super) fn distance_m(zone: &Zone, place: [f64; 2]) -> f64 {
    if inside(zone, place) {
        return 0.0;
    }
    let sides = zone.rings.iter().flat_map(|ring| sides(ring));
    sides.map(|(a, b)| from_side(place, a, b)).fold(f64::INFINITY, f64::min)
}

/// By the even-odd rule over all rings, so that holes are outside.
pub(super) fn inside(zone: &Zone, [x, y]: [f64; 2]) -> bool {
    let sides = zone.rings.iter().flat_map(|ring| sides(ring));
    let crossed = |(a, b): &([f64; 2], [f64; 2])| {
        (a[1] > y) != (b[1] > y) && x < a[0] + (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1])
    };
    sides.filter(crossed).count() % 2 == 1
}

fn sides(ring: &[[f64; 2]]) -> impl Iterator<Item = ([f64; 2], [f64; 2])> {
    ring.iter().copied().zip(ring.iter().copied().cycle().skip(1))
}

fn from_side(p: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length2 = dx * dx + dy * dy;
    let along = if length2 > 0.0 { ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length2 } else { 0.0 };
    let u = along.clamp(0.0, 1.0);
    (p[0] - a[0] - u * dx).hypot(p[1] - a[1] - u * dy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inside_outside_and_in_the_hole() {
        let square = |r: f64| vec![[-r, -r], [r, -r], [r, r], [-r, r]];
        let zone = Zone {
            key: "z".to_owned(),
            name: "Z".to_owned(),
            kind: "housing".to_owned(),
            people: 1,
            rings: vec![square(100.0), square(20.0)],
            alarm_probability: 0.1,
            shelter_s: None,
        };
        assert!(inside(&zone, [50.0, 0.0]) && !inside(&zone, [0.0, 0.0]) && !inside(&zone, [150.0, 0.0]));
        assert!((distance_m(&zone, [0.0, 0.0]) - 20.0).abs() < 1e-9);
        assert!((distance_m(&zone, [103.0, 104.0]) - 5.0).abs() < 1e-9);
        assert!(distance_m(&zone, [50.0, 0.0]) == 0.0);
    }
}
