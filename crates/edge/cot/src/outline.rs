//! The shape of a zone in few corners: an event must go out in one small write.

/// Most corners that are sent; an event with these has less than 2,000 octets.
pub const CORNERS_MAX: usize = 24;

/// The corners to draw, as latitude and longitude in degrees: the outline itself where it has few, else its convex hull, else the
/// box around it. Never smaller than the zone. Empty where there is no shape.
#[must_use]
pub fn drawn(outline: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let sound = |corner: &[f64; 2]| corner[0].abs() <= 90.0 && corner[1].abs() <= 180.0;
    if outline.len() < 3 || !outline.iter().all(sound) {
        return Vec::new();
    }
    if outline.len() <= CORNERS_MAX {
        return outline.to_vec();
    }
    let hull = hull(outline);
    if (3..=CORNERS_MAX).contains(&hull.len()) { hull } else { boxed(outline) }
}

/// The middle of the box around the corners, and the distance of the farthest corner from it, metres, on a sphere of the Earth's mean
/// radius: enough for a mark and a circle on a map.
#[must_use]
pub fn circle(outline: &[[f64; 2]]) -> Option<([f64; 2], f64)> {
    /// Metres of a degree of latitude on a sphere of 6,371,009 m (IUGG mean radius).
    const DEGREE_M: f64 = 111_195.0;
    let [[south, west], _, [north, east], _] = *boxed(outline).first_chunk()?;
    let middle = [0.5 * (south + north), 0.5 * (west + east)];
    let across_m = DEGREE_M * middle[0].to_radians().cos();
    let distance_m = |corner: &[f64; 2]| ((corner[0] - middle[0]) * DEGREE_M).hypot((corner[1] - middle[1]) * across_m);
    let radius_m = outline.iter().map(distance_m).fold(0.0, f64::max);
    middle.iter().all(|degrees| degrees.is_finite()).then_some((middle, radius_m))
}

fn boxed(outline: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let Some(first) = outline.first() else { return Vec::new() };
    let grow = |[low, high]: [[f64; 2]; 2], corner: &[f64; 2]| {
        [[low[0].min(corner[0]), low[1].min(corner[1])], [high[0].max(corner[0]), high[1].max(corner[1])]]
    };
    let [[south, west], [north, east]] = outline.iter().fold([*first, *first], grow);
    vec![[south, west], [south, east], [north, east], [north, west]]
}

/// Andrew's monotone chain (1979), counter-clockwise.
fn hull(outline: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut corners = outline.to_vec();
    corners.sort_by(|a, b| a[1].total_cmp(&b[1]).then(a[0].total_cmp(&b[0])));
    corners.dedup();
    let half = |corners: &mut dyn Iterator<Item = [f64; 2]>| {
        let mut chain: Vec<[f64; 2]> = Vec::new();
        for corner in corners {
            while let [.., a, b] = chain[..]
                && turn(a, b, corner) <= 0.0
            {
                chain.pop();
            }
            chain.push(corner);
        }
        chain.pop();
        chain
    };
    let mut hull = half(&mut corners.iter().copied());
    hull.extend(half(&mut corners.iter().rev().copied()));
    hull
}

/// Above zero where the way from `a` over `b` to `c` turns left.
fn turn(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> f64 {
    (b[1] - a[1]) * (c[0] - a[0]) - (b[0] - a[0]) * (c[1] - a[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(corners: u32) -> Vec<[f64; 2]> {
        let corner = |n: u32| {
            let angle = f64::from(n) / f64::from(corners) * core::f64::consts::TAU;
            [33.0 + 0.01 * angle.sin(), 44.0 + 0.01 * angle.cos()]
        };
        (0..corners).map(corner).collect()
    }

    #[test]
    fn few_corners_stay_and_many_become_fewer_around_the_same() {
        assert_eq!(drawn(&ring(24)), ring(24));
        assert_eq!(drawn(&ring(200)).len(), 4, "a hull of 200 corners is still too much");
        let mut dented = ring(20);
        dented.extend([[33.0, 44.0], [33.001, 44.0], [33.0, 44.001], [33.001, 44.001], [33.0005, 44.0]]);
        let hull = drawn(&dented);
        assert_eq!(hull.len(), 20, "what lies inside is left out");
        for corner in &dented {
            let outside = |pair: [[f64; 2]; 2]| turn(pair[0], pair[1], *corner) < -1e-12;
            let sides = hull.iter().zip(hull.iter().cycle().skip(1)).map(|(a, b)| [*a, *b]);
            assert!(!sides.into_iter().any(outside), "{corner:?} lies outside");
        }
    }

    #[test]
    fn no_shape_is_no_shape() {
        for outline in [vec![], vec![[33.0, 44.0]], vec![[f64::NAN, 44.0]; 5], vec![[95.0, 44.0]; 5]] {
            assert!(drawn(&outline).is_empty(), "{outline:?}");
        }
        assert!(circle(&[]).is_none() && circle(&[[f64::NAN, 44.0]]).is_none());
    }

    #[test]
    fn the_circle_holds_every_corner() {
        let (middle, radius_m) = circle(&ring(16)).expect("a shape");
        assert!((middle[0] - 33.0).abs() < 1e-9 && (middle[1] - 44.0).abs() < 1e-9);
        assert!((1_110.0..1_113.0).contains(&radius_m), "0.01 degrees of latitude: {radius_m} m");
    }
}
