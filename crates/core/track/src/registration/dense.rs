//! A little arithmetic with matrices whose size is known only when the site is read.
//!
//! Written out, and not left to a library: the fast ones choose their instructions by the processor, and then the last bit of a
//! sum differs between machines.

/// A square matrix, stored whole, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Square {
    side: usize,
    cells: Vec<f64>,
}

impl Square {
    pub(super) fn zeros(side: usize) -> Self {
        Square { side, cells: vec![0.0; side * side] }
    }

    pub(super) fn from_diagonal(values: &[f64]) -> Self {
        let mut square = Square::zeros(values.len());
        values.iter().enumerate().for_each(|(i, value)| square.set(i, i, *value));
        square
    }

    pub(super) fn at(&self, row: usize, column: usize) -> f64 {
        self.cells[row * self.side + column]
    }

    pub(super) fn set(&mut self, row: usize, column: usize, value: f64) {
        self.cells[row * self.side + column] = value;
    }

    pub(super) fn add(&mut self, row: usize, column: usize, value: f64) {
        self.cells[row * self.side + column] += value;
    }

    pub(super) fn scale(&mut self, by: f64) {
        self.cells.iter_mut().for_each(|cell| *cell *= by);
    }

    /// Takes the dyad of a vector, times a factor, away.
    pub(super) fn less_dyad(&mut self, vector: &[f64], factor: f64) {
        for (row, of_row) in self.cells.chunks_exact_mut(self.side).zip(vector) {
            let scale = of_row * factor;
            if scale != 0.0 {
                row.iter_mut().zip(vector).for_each(|(cell, other)| *cell -= scale * other);
            }
        }
    }

    /// The lower triangular root of a covariance; `None` where it is none.
    pub(super) fn root(mut self) -> Option<Self> {
        let side = self.side;
        for column in 0..side {
            let sum: f64 = (0..column).map(|k| self.at(column, k) * self.at(column, k)).sum();
            let left = self.at(column, column) - sum;
            if left.is_nan() || left <= 0.0 {
                return None;
            }
            let diagonal = left.sqrt();
            self.set(column, column, diagonal);
            for row in column + 1..side {
                let sum: f64 = (0..column).map(|k| self.at(row, k) * self.at(column, k)).sum();
                self.set(row, column, (self.at(row, column) - sum) / diagonal);
                self.set(column, row, 0.0);
            }
        }
        Some(self)
    }

    /// Solves `L y = x` in place, for the lower triangular `L` of [`root`](Self::root).
    pub(super) fn solve_lower(&self, x: &mut [f64]) {
        for row in 0..self.side {
            let sum: f64 = (0..row).map(|k| self.at(row, k) * x[k]).sum();
            x[row] = (x[row] - sum) / self.at(row, row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_times_itself_is_the_matrix() {
        let cells = [[4.0, 2.0, 0.4], [2.0, 5.0, 1.0], [0.4, 1.0, 3.0]];
        let mut square = Square::zeros(3);
        (0..9).for_each(|i| square.set(i / 3, i % 3, cells[i / 3][i % 3]));
        let root = square.root().unwrap();
        for (row, cells) in cells.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                let product: f64 = (0..3).map(|k| root.at(row, k) * root.at(column, k)).sum();
                assert!((product - cell).abs() < 1e-12);
            }
        }
        let mut x = [2.0, 6.0, 1.0];
        root.solve_lower(&mut x);
        let back: f64 = (0..3).map(|k| root.at(1, k) * x[k]).sum();
        assert!((back - 6.0).abs() < 1e-12);
        assert!(Square::from_diagonal(&[1.0, -1.0]).root().is_none());
    }
}
