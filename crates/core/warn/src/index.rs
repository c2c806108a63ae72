//! Which zones are near a place, without asking each.

use crate::hazard::Outline;

/// Cells along each axis of the box around all zones: a site's zones are far smaller than a sixty-fourth of it, or few.
const CELLS: usize = 64;

/// A grid over the box around all zones; each cell knows the zones whose own boxes touch it.
#[derive(Clone, Default)]
pub(crate) struct Index {
    low: [f64; 2],
    cell_m: [f64; 2],
    cells: Vec<Vec<u16>>,
}

impl core::fmt::Debug for Index {
    /// It follows from the outlines, and is no part of any state.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Index")
    }
}

impl Index {
    pub(crate) fn of(outlines: &[Outline]) -> Self {
        if outlines.is_empty() {
            return Index::default();
        }
        let extreme = |corner: fn(&Outline) -> [f64; 2], axis: usize, pick: fn(f64, f64) -> f64, from: f64| {
            outlines.iter().map(|outline| corner(outline)[axis]).fold(from, pick)
        };
        let low = [0, 1].map(|axis| extreme(|o| o.low, axis, f64::min, f64::INFINITY));
        let high = [0, 1].map(|axis| extreme(|o| o.high, axis, f64::max, f64::NEG_INFINITY));
        // A box of no width still has cells.
        let cell_m = [0, 1].map(|axis: usize| ((high[axis] - low[axis]) / CELLS as f64).max(1.0));
        let mut index = Index { low, cell_m, cells: vec![Vec::new(); CELLS * CELLS] };
        for (zone, outline) in outlines.iter().enumerate() {
            let ([from_x, from_y], [to_x, to_y]) = (index.cell(outline.low), index.cell(outline.high));
            for y in from_y..=to_y {
                for x in from_x..=to_x {
                    index.cells[y * CELLS + x].push(zone as u16);
                }
            }
        }
        index
    }

    /// Adds the zones whose boxes may touch this box; each may come several times.
    pub(crate) fn near(&self, (low, high): ([f64; 2], [f64; 2]), found: &mut Vec<u16>) {
        let beyond = |axis: usize| {
            let end = self.low[axis] + self.cell_m[axis] * CELLS as f64;
            // What is no number is nowhere.
            !(high[axis] >= self.low[axis] && low[axis] <= end)
        };
        if self.cells.is_empty() || beyond(0) || beyond(1) {
            return;
        }
        let ([from_x, from_y], [to_x, to_y]) = (self.cell(low), self.cell(high));
        for y in from_y..=to_y {
            for x in from_x..=to_x {
                found.extend_from_slice(&self.cells[y * CELLS + x]);
            }
        }
    }

    /// The cell of a place, or the nearest one.
    fn cell(&self, place: [f64; 2]) -> [usize; 2] {
        [0, 1].map(|axis: usize| {
            let cell = (place[axis] - self.low[axis]) / self.cell_m[axis];
            // Casting saturates: what lies outside is taken for the edge.
            (cell as usize).min(CELLS - 1)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Zone;

    fn square([east_m, north_m]: [f64; 2], half_m: f64) -> Outline {
        let corner = |e: f64, n: f64| [east_m + e * half_m, north_m + n * half_m];
        Outline::of(&Zone {
            key: String::new(),
            name: String::new(),
            kind: String::new(),
            people: 0,
            rings: vec![vec![corner(-1.0, -1.0), corner(1.0, -1.0), corner(1.0, 1.0), corner(-1.0, 1.0)]],
            alarm_probability: 0.1,
            shelter_s: None,
        })
    }

    /// Whatever overlaps a box is found, wherever the box lies.
    #[test]
    fn nothing_near_is_overlooked() {
        let outlines: Vec<Outline> = (0..300)
            .map(|i| {
                let (x, y) = (f64::from(i * 37 % 101) * 310.0, f64::from(i * 53 % 97) * 290.0 - 9_000.0);
                square([x, y], 20.0 + f64::from(i % 7) * 150.0)
            })
            .collect();
        let index = Index::of(&outlines);
        for step in 0..400 {
            let centre = [f64::from(step * 29 % 113) * 300.0 - 1_000.0, f64::from(step * 41 % 109) * 280.0 - 10_000.0];
            let reach_m = f64::from(step % 11) * 130.0;
            let (low, high) = (centre.map(|c| c - reach_m), centre.map(|c| c + reach_m));
            let mut found = Vec::new();
            index.near((low, high), &mut found);
            for (zone, outline) in outlines.iter().enumerate() {
                let touches = (0..2).all(|axis| high[axis] >= outline.low[axis] && low[axis] <= outline.high[axis]);
                assert!(!touches || found.contains(&(zone as u16)), "zone {zone} at step {step}");
            }
        }
    }

    #[test]
    fn no_zones_and_no_numbers_find_nothing() {
        let mut found = Vec::new();
        Index::of(&[]).near(([0.0; 2], [1.0; 2]), &mut found);
        Index::of(&[square([0.0; 2], 10.0)]).near(([f64::NAN; 2], [f64::NAN; 2]), &mut found);
        assert!(found.is_empty());
    }
}
