//! Whom to pair with whom, so that the sum of weights is largest.

/// Pairs of rows and columns, each used once at the most, that have the largest sum of weights; pairs without weight are left out.
///
/// The shortest-augmenting-path form of the Hungarian method (Jonker and Volgenant 1987), rows in order: the time grows with rows
/// squared times columns.
pub(crate) fn assign(rows: usize, columns: usize, weight: &dyn Fn(usize, usize) -> f64) -> Vec<(usize, usize)> {
    if rows > columns {
        let turned = assign(columns, rows, &|row, column| weight(column, row));
        return turned.into_iter().map(|(row, column)| (column, row)).collect();
    }
    let mut solver = Solver {
        weight,
        columns,
        of_row: vec![0.0; rows],
        of_column: vec![0.0; columns],
        taken_by: vec![None; columns],
    };
    (0..rows).for_each(|row| solver.add(row));
    let pairs = solver.taken_by.iter().enumerate().filter_map(|(column, row)| Some(((*row)?, column)));
    pairs.filter(|(row, column)| weight(*row, *column) > 0.0).collect()
}

/// Potentials of rows and columns, and the pairs so far.
struct Solver<'w> {
    weight: &'w dyn Fn(usize, usize) -> f64,
    columns: usize,
    of_row: Vec<f64>,
    of_column: Vec<f64>,
    taken_by: Vec<Option<usize>>,
}

impl Solver<'_> {
    /// Pairs one more row, moving others along the cheapest chain of exchanges.
    fn add(&mut self, first: usize) {
        let mut shortest = vec![f64::INFINITY; self.columns];
        let mut before: Vec<Option<usize>> = vec![None; self.columns];
        let mut done = vec![false; self.columns];
        let (mut row, mut at, mut length) = (first, None, 0.0);
        let mut visited = Vec::new();
        let end = loop {
            for column in (0..self.columns).filter(|column| !done[*column]) {
                let through = length - (self.weight)(row, column) - self.of_row[row] - self.of_column[column];
                if through < shortest[column] {
                    (shortest[column], before[column]) = (through, at);
                }
            }
            let open = (0..self.columns).filter(|column| !done[*column]);
            // There are as many columns as rows at least, so one is open still.
            let Some(next) = open.min_by(|a, b| shortest[*a].total_cmp(&shortest[*b])) else { return };
            (done[next], length) = (true, shortest[next]);
            match self.taken_by[next] {
                None => break next,
                Some(other) => {
                    visited.push((other, next));
                    (row, at) = (other, Some(next));
                }
            }
        };
        self.of_row[first] += length;
        for (other, column) in visited {
            let change = length - shortest[column];
            self.of_row[other] += change;
            self.of_column[column] -= change;
        }
        self.exchange(first, end, &before);
    }

    fn exchange(&mut self, first: usize, end: usize, before: &[Option<usize>]) {
        let mut column = end;
        while let Some(previous) = before[column] {
            self.taken_by[column] = self.taken_by[previous];
            column = previous;
        }
        self.taken_by[column] = Some(first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parapet_world::Stream;

    /// The best sum by trying everything.
    fn best(
        rows: usize,
        columns: usize,
        weight: &dyn Fn(usize, usize) -> f64,
        used: &mut Vec<bool>,
        row: usize,
    ) -> f64 {
        if row == rows {
            return 0.0;
        }
        let mut most = best(rows, columns, weight, used, row + 1);
        for column in 0..columns {
            if !used[column] {
                used[column] = true;
                most = most.max(weight(row, column) + best(rows, columns, weight, used, row + 1));
                used[column] = false;
            }
        }
        most
    }

    #[test]
    fn nobody_finds_a_better_one() {
        for number in 0..200 {
            let mut draws = Stream::new(1, "assignment", "weights", number);
            let (rows, columns) = (draws.uniform(0.0, 6.0) as usize, draws.uniform(0.0, 6.0) as usize);
            let weights: Vec<f64> = (0..36).map(|_| draws.uniform(-0.5, 1.0).max(0.0)).collect();
            let weight = |row: usize, column: usize| weights[row * 6 + column];
            let pairs = assign(rows, columns, &weight);
            let sum: f64 = pairs.iter().map(|(row, column)| weight(*row, *column)).sum();
            let most = best(rows, columns, &weight, &mut vec![false; columns], 0);
            assert!((sum - most).abs() < 1e-12, "{number}: {sum} {most} {pairs:?}");
            let mut seen: Vec<usize> = pairs.iter().map(|(_, column)| *column).collect();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), pairs.len());
        }
    }
}
