//! Whether attacks keep hours, days or months. Attacks come in bouts, so that the days of one bout are no independent witnesses: each
//! bout is turned against the clock as a whole, at random, and what was seen is held against what that gives.

use serde::Serialize;

use super::interval::{Draws, chi2_above};

/// Turns of every bout.
const TURNS: usize = 4_999;

/// What was asked of the calendar, and what it answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Season {
    /// `hours of the day`, `days of the week` or `months`.
    pub of: String,
    /// The chi-square of incidents against an even spread over what was observed.
    pub chi2: f64,
    /// How often chance gives as much, were every row of the table independent of the others: misleading, and shown for that.
    pub p_if_rows_independent: f64,
    /// The same, were every incident independent.
    pub p_if_incidents_independent: f64,
    /// The same when every bout of incidents is turned as a whole: what is to be believed.
    pub p_by_bouts: f64,
}

/// Counts over the phases of a cycle.
fn counts(phases: &[usize], cycle: usize) -> Vec<f64> {
    let mut counts = vec![0.0; cycle];
    for phase in phases {
        counts[phase % cycle] += 1.0;
    }
    counts
}

fn chi2(counts: &[f64], exposure: &[f64]) -> f64 {
    let (total, observed): (f64, f64) = (counts.iter().sum(), exposure.iter().sum());
    let part = |(count, exposed): (&f64, &f64)| {
        let expected = total * exposed / observed.max(f64::MIN_POSITIVE);
        if expected > 0.0 { (count - expected) * (count - expected) / expected } else { 0.0 }
    };
    counts.iter().zip(exposure).map(part).sum()
}

/// Tests incidents, each with its phase, against an even spread; `bouts` are the numbers of the bouts that they belong to, ascending.
pub(crate) fn season(of: &str, incidents: &[usize], rows: &[usize], bouts: &[usize], exposure: &[f64]) -> Season {
    let cycle = exposure.len();
    let seen = chi2(&counts(incidents, cycle), exposure);
    let mut draws = Draws::new(0x7061_7261_7065_7402 ^ cycle as u64);
    let mut turned = vec![0_usize; incidents.len()];
    let mut as_much = 0;
    for _ in 0..TURNS {
        let (mut bout, mut turn) = (usize::MAX, 0);
        for ((slot, phase), of) in turned.iter_mut().zip(incidents).zip(bouts) {
            if *of != bout {
                (bout, turn) = (*of, draws.below(cycle));
            }
            *slot = phase + turn;
        }
        // The same counts in another order differ in their last bits.
        as_much += usize::from(chi2(&counts(&turned, cycle), exposure) >= seen * (1.0 - 1e-9));
    }
    let degrees = exposure.iter().filter(|exposed| **exposed > 0.0).count().saturating_sub(1).max(1);
    Season {
        of: of.to_owned(),
        chi2: seen,
        p_if_rows_independent: chi2_above(chi2(&counts(rows, cycle), exposure), degrees),
        p_if_incidents_independent: chi2_above(seen, degrees),
        p_by_bouts: (1 + as_much) as f64 / (1 + TURNS) as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVEN: [f64; 24] = [1.0; 24];

    #[test]
    fn one_bout_is_no_habit_and_many_are() {
        // Forty incidents of one night at the same hour.
        let same = vec![3; 40];
        let one_bout = season("hours of the day", &same, &same, &[0; 40], &EVEN);
        assert!(one_bout.p_if_incidents_independent < 1e-6 && one_bout.p_by_bouts == 1.0, "{one_bout:?}");
        // The same hour in forty bouts.
        let bouts: Vec<usize> = (0..40).collect();
        assert!(season("hours of the day", &same, &same, &bouts, &EVEN).p_by_bouts < 0.001);
        // Every hour alike.
        let even: Vec<usize> = (0..240).map(|n| n % 24).collect();
        let bouts: Vec<usize> = (0..240).collect();
        assert_eq!(season("hours of the day", &even, &even, &bouts, &EVEN).p_by_bouts, 1.0);
    }
}
