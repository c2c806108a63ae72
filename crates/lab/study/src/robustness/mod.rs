//! What becomes of predictions and alarms when the world is not as the engine believes.
//!
//! Each row of the matrix is one way of being wrong; each run is one round, whose draws depend on the seed and its number only, so
//! that the rows differ in the disturbance alone. Truth and radar are the simulated world's, with physics of its own.

mod rows;
pub(crate) mod run;
mod table;

use crate::runs;

pub use rows::Row;
pub(crate) use run::prediction;
pub use run::{Check, Held, Outcome};
pub use table::{markdown, rounds_csv, summary_csv};

/// When predictions are looked at: seconds after the round's first plot, and before its impact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum When {
    /// After the first plot.
    After(f64),
    /// Before the impact.
    Before(f64),
}

/// The columns of the matrix.
pub const TIMES: [When; 5] =
    [When::After(3.0), When::After(5.0), When::After(10.0), When::After(20.0), When::Before(10.0)];

/// Plays so many rounds of each row.
///
/// # Errors
/// When a scene cannot be made, which is a fault of this program.
pub fn play(rows: &[Row], rounds: usize, seed: u64, workers: usize) -> Result<Vec<(Row, Vec<Outcome>)>, String> {
    let one = |number: usize| run::play(rows[number / rounds], seed, (number % rounds) as u64);
    let mut outcomes = runs::all("rounds", rows.len() * rounds, workers, one)?.into_iter();
    Ok(rows.iter().map(|row| (*row, outcomes.by_ref().take(rounds).collect())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_workers_changes_nothing() {
        let rows = [Row::Nominal, Row::HeavyTails];
        let (alone, together) = (play(&rows, 2, 1, 1).unwrap(), play(&rows, 2, 1, 3).unwrap());
        assert_eq!(alone, together);
        assert_eq!(alone.len(), 2);
        let rounds = &alone[0].1;
        assert!(rounds.iter().all(|round| round.is_alarmed), "nominal rounds are alarmed: {rounds:?}");
        let late = rounds.iter().filter_map(|round| round.checks[4].as_ref()?.prediction);
        assert!(late.clone().count() > 0 && late.into_iter().all(|p| p.error_m < 200.0), "{rounds:?}");
    }
}
