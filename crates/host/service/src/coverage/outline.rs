//! The outline of what a sensor sees: from cells about it to polygons.

/// A ring of corners, east and north in metres, not closed by repeating the first.
pub type Ring = Vec<[f64; 2]>;

/// Cells about a sensor: so many directions, clockwise from north, each with so many distances, and whether each is seen.
pub(crate) struct Cells {
    directions: usize,
    distances: usize,
    seen: Vec<bool>,
}

/// The ways from corner to corner, in the order of turning left: clockwise about the sensor, outwards, back, inwards.
const WAYS: usize = 4;

impl Cells {
    pub(crate) fn new(directions: usize, distances: usize, sees: impl Fn(usize, usize) -> bool) -> Self {
        let cells = (0..directions).flat_map(|direction| (0..distances).map(move |distance| (direction, distance)));
        Cells { directions, distances, seen: cells.map(|(direction, distance)| sees(direction, distance)).collect() }
    }

    fn is_seen(&self, direction: usize, distance: Option<usize>) -> bool {
        let distance = distance.filter(|distance| *distance < self.distances);
        distance.is_some_and(|distance| self.seen[(direction % self.directions) * self.distances + distance])
    }

    /// The polygons of what is seen, each its outer ring and its holes. `place` gives the corner of a direction and a distance, both
    /// counted from 0; the outer rings run counter-clockwise, the holes clockwise.
    pub(crate) fn polygons(&self, place: impl Fn(usize, usize) -> [f64; 2]) -> Vec<Vec<Ring>> {
        let mut edges = self.edges();
        let mut outer: Vec<(f64, Vec<Ring>)> = Vec::new();
        let mut holes = Vec::new();
        for start in 0..edges.len() {
            if !edges[start] {
                continue;
            }
            let ring = self.follow(&mut edges, start, &place);
            let area_m2 = area_m2(&ring);
            // Where the nearest cells are seen all round, the edge at the sensor itself is a ring of nothing.
            if ring.len() < 3 || area_m2.abs() < 1.0 {
                continue;
            }
            if area_m2 > 0.0 { outer.push((area_m2, vec![ring])) } else { holes.push(ring) }
        }
        outer.sort_by(|a, b| a.0.total_cmp(&b.0));
        for hole in holes {
            let middle = [0, 1].map(|axis| 0.5 * (hole[0][axis] + hole[1][axis]));
            // The smallest that holds it: sorted by area.
            if let Some((_, polygon)) = outer.iter_mut().find(|(_, polygon)| holds(&polygon[0], middle)) {
                polygon.push(hole);
            }
        }
        outer.into_iter().map(|(_, polygon)| polygon).collect()
    }

    /// For each corner and way whether an edge leads there, with what is seen on its left.
    fn edges(&self) -> Vec<bool> {
        let mut edges = vec![false; self.directions * (self.distances + 1) * WAYS];
        let mut add = |direction: usize, distance: usize, way: usize| {
            edges[self.corner(direction, distance) * WAYS + way] = true;
        };
        for direction in 0..self.directions {
            for distance in 0..self.distances {
                if !self.is_seen(direction, Some(distance)) {
                    continue;
                }
                if !self.is_seen(direction, distance.checked_sub(1)) {
                    add(direction, distance, 0);
                }
                if !self.is_seen(direction + 1, Some(distance)) {
                    add(direction + 1, distance, 1);
                }
                if !self.is_seen(direction, Some(distance + 1)) {
                    add(direction + 1, distance + 1, 2);
                }
                if !self.is_seen(direction + self.directions - 1, Some(distance)) {
                    add(direction, distance + 1, 3);
                }
            }
        }
        edges
    }

    fn corner(&self, direction: usize, distance: usize) -> usize {
        (direction % self.directions) * (self.distances + 1) + distance
    }

    /// Follows edges from one of them until it comes back, and takes them away.
    fn follow(&self, edges: &mut [bool], start: usize, place: &impl Fn(usize, usize) -> [f64; 2]) -> Ring {
        let mut ring = Ring::new();
        let (mut edge, mut way_before) = (start, WAYS);
        while edges[edge] {
            edges[edge] = false;
            let (corner, way) = (edge / WAYS, edge % WAYS);
            let (direction, distance) = (corner / (self.distances + 1), corner % (self.distances + 1));
            // On the way outwards or inwards nothing bends.
            if way != way_before || way % 2 == 0 {
                ring.push(place(direction, distance));
            }
            let next = match way {
                0 => self.corner(direction + 1, distance),
                1 => self.corner(direction, distance + 1),
                2 => self.corner(direction + self.directions - 1, distance),
                _ => self.corner(direction, distance.saturating_sub(1)),
            };
            // Where two cells touch at a corner only, turning left keeps them apart.
            let turns = [(way + 1) % WAYS, way, (way + 3) % WAYS];
            let onward = turns.into_iter().map(|way| next * WAYS + way).find(|edge| edges[*edge]);
            way_before = way;
            edge = onward.unwrap_or(start);
        }
        ring
    }
}

/// The area of a ring, positive where it runs counter-clockwise.
pub(crate) fn area_m2(ring: &[[f64; 2]]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    0.5 * ring.iter().zip(next).map(|(a, b)| a[0] * b[1] - a[1] * b[0]).sum::<f64>()
}

/// Whether a place lies inside a ring.
pub(crate) fn holds(ring: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    let next = ring.iter().cycle().skip(1);
    let crossed = ring
        .iter()
        .zip(next)
        .filter(|(a, b)| (a[1] > y) != (b[1] > y) && x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0]);
    crossed.count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIRECTIONS: usize = 36;
    const DISTANCES: usize = 10;

    fn place(direction: usize, distance: usize) -> [f64; 2] {
        let bearing = std::f64::consts::TAU * direction as f64 / DIRECTIONS as f64;
        [bearing.sin() * distance as f64 * 100.0, bearing.cos() * distance as f64 * 100.0]
    }

    fn polygons(sees: impl Fn(usize, usize) -> bool) -> Vec<Vec<Ring>> {
        Cells::new(DIRECTIONS, DISTANCES, sees).polygons(place)
    }

    /// What the polygons say of the middle of each cell is what the cells say.
    fn check(sees: impl Fn(usize, usize) -> bool + Copy) {
        let polygons = polygons(sees);
        for direction in 0..DIRECTIONS {
            for distance in 0..DISTANCES {
                let corners = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(a, b)| place(direction + a, distance + b));
                let middle = [0, 1].map(|axis| corners.iter().map(|corner| corner[axis]).sum::<f64>() / 4.0);
                let inside = |polygon: &Vec<Ring>| polygon.iter().filter(|ring| holds(ring, middle)).count() % 2 == 1;
                let count = polygons.iter().filter(|polygon| inside(polygon)).count();
                assert_eq!(count, usize::from(sees(direction, distance)), "direction {direction}, distance {distance}");
            }
        }
    }

    #[test]
    fn a_ring_has_one_hole() {
        let sees = |_, distance| (2..8).contains(&distance);
        check(sees);
        let polygons = polygons(sees);
        assert_eq!(polygons.iter().map(Vec::len).collect::<Vec<_>>(), [2]);
        assert!(area_m2(&polygons[0][0]) > 0.0 && area_m2(&polygons[0][1]) < 0.0);
    }

    #[test]
    fn shadows_islands_and_corners_come_out_as_they_are() {
        check(|direction, distance| !(5..9).contains(&direction) || distance < 4);
        check(|direction, distance| !((34..36).contains(&direction) || direction < 2) || !(3..7).contains(&distance));
        check(|direction, distance| (direction + distance) % 2 == 0 && distance > 0);
        check(|direction, distance| distance == 9 || (distance == 5 && direction != 3));
        check(|_, _| true);
        assert!(polygons(|_, _| false).is_empty());
    }
}
