//! A Gaussian belief about what all sensors of a site have wrong.

use super::dense::Square;

/// A Gaussian over a list of unknowns, the same number for each sensor.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Belief {
    pub(super) mean: Vec<f64>,
    pub(super) covariance: Square,
}

/// Independent scalar observations of unit variance, each a row over some of the unknowns, less what the mean predicts.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    /// The unknowns that the rows are over.
    pub(super) columns: Vec<usize>,
    /// Row by row, a coefficient for each of the columns.
    pub(super) cells: Vec<f64>,
    /// Observed less predicted.
    pub(super) off: Vec<f64>,
}

impl Belief {
    /// Independent unknowns of mean zero.
    pub(super) fn of_sigmas(sigmas: &[f64]) -> Self {
        let variances: Vec<f64> = sigmas.iter().map(|sigma| sigma * sigma).collect();
        Belief { mean: vec![0.0; sigmas.len()], covariance: Square::from_diagonal(&variances) }
    }

    pub(super) fn sigma(&self, unknown: usize) -> f64 {
        self.covariance.at(unknown, unknown).max(0.0).sqrt()
    }

    /// The belief after some observations, and the sum of their squared innovations, each in its own variance.
    pub(super) fn after(&self, rows: &Rows) -> (Belief, f64) {
        let mut belief = self.clone();
        let mut innovations2 = 0.0;
        let mut gain = vec![0.0; self.mean.len()];
        for (row, off) in rows.cells.chunks_exact(rows.columns.len()).zip(&rows.off) {
            let terms = || rows.columns.iter().zip(row);
            for (unknown, gain) in gain.iter_mut().enumerate() {
                *gain = terms().map(|(column, cell)| belief.covariance.at(unknown, *column) * cell).sum();
            }
            let spread = 1.0 + terms().map(|(column, cell)| gain[*column] * cell).sum::<f64>();
            // What earlier rows have moved the mean by is no longer off.
            let moved: f64 = terms().map(|(column, cell)| (belief.mean[*column] - self.mean[*column]) * cell).sum();
            let innovation = off - moved;
            innovations2 += innovation * innovation / spread;
            belief.mean.iter_mut().zip(&gain).for_each(|(mean, gain)| *mean += gain * innovation / spread);
            belief.covariance.less_dyad(&gain, 1.0 / spread);
        }
        (belief, innovations2)
    }

    /// Lets knowledge fade towards the priors, as a first-order Gauss-Markov process does in a number of its time constants
    /// (Gelb 1974, section 3.8); a prior of zero is certain for good.
    pub(super) fn fade(&mut self, constants: f64, sigmas: &[f64]) {
        let stays = 1.0 / (1.0 + constants.max(0.0));
        self.mean.iter_mut().for_each(|mean| *mean *= stays);
        self.covariance.scale(stays * stays);
        for (unknown, sigma) in sigmas.iter().enumerate() {
            self.covariance.add(unknown, unknown, (1.0 - stays * stays) * sigma * sigma);
        }
    }

    /// Forgets how well some unknowns are known, but not their values.
    pub(super) fn reopen(&mut self, unknowns: core::ops::Range<usize>, sigmas: &[f64]) {
        for unknown in unknowns {
            for other in 0..self.mean.len() {
                self.covariance.set(unknown, other, 0.0);
                self.covariance.set(other, unknown, 0.0);
            }
            self.covariance.set(unknown, unknown, sigmas[unknown] * sigmas[unknown]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two unknowns, of which only the difference is seen: the mean splits by the priors, the sum stays unknown.
    #[test]
    fn what_is_not_seen_stays_as_it_was() {
        let belief = Belief::of_sigmas(&[3.0, 4.0]);
        let rows = Rows { columns: vec![0, 1], cells: vec![10.0, -10.0], off: vec![50.0] };
        let (after, innovations2) = belief.after(&rows);
        assert!((innovations2 - 2_500.0 / 2_501.0).abs() < 1e-12);
        assert!((after.mean[0] - 5.0 * 9.0 / 25.0).abs() < 1e-2 && (after.mean[1] + 5.0 * 16.0 / 25.0).abs() < 1e-2);
        let of = |a: f64, b: f64| {
            let c = &after.covariance;
            a * a * c.at(0, 0) + 2.0 * a * b * c.at(0, 1) + b * b * c.at(1, 1)
        };
        assert!(of(1.0, -1.0) < 0.011);
        // The combination that is uncorrelated with the difference beforehand: 16 x + 9 y.
        assert!((of(16.0, 9.0) - (256.0 * 9.0 + 81.0 * 16.0)).abs() < 1e-6);
    }

    #[test]
    fn knowledge_fades_to_the_prior_and_certainty_does_not() {
        let sigmas = [2.0, 0.0];
        let mut belief = Belief::of_sigmas(&sigmas);
        belief = belief.after(&Rows { columns: vec![0], cells: vec![100.0], off: vec![150.0] }).0;
        assert!(belief.sigma(0) < 0.011 && (belief.mean[0] - 1.5).abs() < 1e-3);
        belief.fade(1e9, &sigmas);
        assert!((belief.sigma(0) - 2.0).abs() < 1e-6 && belief.mean[0].abs() < 1e-6);
        assert_eq!(belief.sigma(1), 0.0);
    }
}
