//! Finds the plots near a place without looking at all of them.

use nalgebra::Vector3;

/// Edge of a cell, metres.
const CELL_M: f64 = 1_000.0;

/// Farthest that is looked around a place, metres; a belief wider than this associates with nothing anyway.
const REACH_MAX_M: f64 = 20_000.0;

/// Plots of one look, sorted into square cells of the horizontal plane.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    entries: Vec<((i64, i64), usize)>,
}

impl Index {
    pub(crate) fn new(places: impl Iterator<Item = Vector3<f64>>) -> Self {
        let mut entries: Vec<_> = places.enumerate().map(|(i, place)| (cell(&place), i)).collect();
        entries.sort_unstable();
        Index { entries }
    }

    /// Every plot in a cell that touches the square of this half-width about a place, in order of cells, then of plots.
    pub(crate) fn near(&self, place: &Vector3<f64>, half_width_m: f64, mut visit: impl FnMut(usize)) {
        let half_width_m = half_width_m.min(REACH_MAX_M);
        let reach = Vector3::new(half_width_m, half_width_m, 0.0);
        let (low, high) = (cell(&(place - reach)), cell(&(place + reach)));
        for column in low.0..=high.0 {
            let from = self.entries.partition_point(|(c, _)| *c < (column, low.1));
            for (c, i) in &self.entries[from..] {
                if *c > (column, high.1) {
                    break;
                }
                visit(*i);
            }
        }
    }
}

fn cell(place: &Vector3<f64>) -> (i64, i64) {
    ((place.x / CELL_M).floor() as i64, (place.y / CELL_M).floor() as i64)
}
