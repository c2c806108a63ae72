//! Who goes on with a plot that several tracks claim.
//!
//! Which of two things that flew close together gave an early plot may never be known, and need not be: it must only not be
//! carried on by both. So what several tracks say of one plot is put together in one of them, and where two have claims on each
//! other's plots, each goes on with one plot and with both their pasts. Of the multi-Bernoulli densities that have the same
//! expected number of things everywhere, this is one that lies nearer to the true one, since its parts are narrower
//! (Williams 2015, "Marginal multi-Bernoulli filters", section IV: the measurement-oriented form, used here only where it matters).

use crate::associate::Pair;

/// Probability from which on a claim counts.
const CLAIM_MIN: f64 = 0.005;

/// Nobody.
const NONE: usize = usize::MAX;

/// For each plot of a look, the track that goes on with what all tracks say of it, where several do.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contest {
    owner_of_plot: Vec<usize>,
    plot_of_owner: Vec<usize>,
    claims: Vec<usize>,
    /// Pairs by their plot: those of owned plots only.
    order: Vec<usize>,
}

impl Contest {
    /// Settles who owns which plot, given the probability of each pair: the most probable claims first, one plot each.
    pub(crate) fn settle(&mut self, tracks: usize, plots: usize, pairs: &[Pair], shares: &[f64]) {
        refill(&mut self.claims, plots, 0);
        refill(&mut self.owner_of_plot, plots, NONE);
        refill(&mut self.plot_of_owner, tracks, NONE);
        let counts = |i: &usize| shares[*i] >= CLAIM_MIN;
        (0..pairs.len()).filter(counts).for_each(|i| self.claims[pairs[i].plot] += 1);
        self.order.clear();
        self.order.extend((0..pairs.len()).filter(|i| counts(i) && self.claims[pairs[*i].plot] > 1));
        self.order.sort_unstable_by(|&a, &b| shares[b].total_cmp(&shares[a]).then(a.cmp(&b)));
        for &i in &self.order {
            let Pair { track, plot, .. } = pairs[i];
            if self.owner_of_plot[plot] == NONE && self.plot_of_owner[track] == NONE {
                self.owner_of_plot[plot] = track;
                self.plot_of_owner[track] = plot;
            }
        }
        self.order.clear();
        self.order.extend((0..pairs.len()).filter(|&i| self.owner_of_plot[pairs[i].plot] != NONE));
        self.order.sort_unstable_by_key(|&i| (pairs[i].plot, i));
    }

    /// Whether a pair's claim stays with its own track.
    pub(crate) fn stays(&self, pair: &Pair) -> bool {
        self.owner_of_plot[pair.plot] == NONE
    }

    /// The pairs of the plot that a track owns, its own among them; none where it owns none.
    pub(crate) fn owned(&self, pairs: &[Pair], track: usize) -> &[usize] {
        let plot = self.plot_of_owner[track];
        if plot == NONE {
            return &[];
        }
        let from = self.order.partition_point(|&i| pairs[i].plot < plot);
        let to = self.order.partition_point(|&i| pairs[i].plot <= plot);
        &self.order[from..to]
    }
}

fn refill(values: &mut Vec<usize>, length: usize, value: usize) {
    values.clear();
    values.resize(length, value);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(of: &[(usize, usize)]) -> Vec<Pair> {
        of.iter().map(|&(track, plot)| Pair { track, plot, odds: 1.0 }).collect()
    }

    #[test]
    fn what_is_undisputed_stays() {
        let pairs = pairs(&[(0, 0), (0, 1), (1, 2)]);
        let mut contest = Contest::default();
        contest.settle(2, 3, &pairs, &[0.6, 0.3, 0.9]);
        assert!(pairs.iter().all(|pair| contest.stays(pair)));
        assert!(contest.owned(&pairs, 0).is_empty());
    }

    #[test]
    fn two_that_claim_each_others_plots_get_one_each() {
        let pairs = pairs(&[(0, 0), (0, 1), (1, 0), (1, 1)]);
        let mut contest = Contest::default();
        contest.settle(2, 2, &pairs, &[0.5, 0.5, 0.5, 0.5]);
        assert_eq!(contest.owned(&pairs, 0), [0, 2]);
        assert_eq!(contest.owned(&pairs, 1), [1, 3]);
    }

    #[test]
    fn a_negligible_claim_takes_nothing_away() {
        let pairs = pairs(&[(0, 0), (1, 0)]);
        let mut contest = Contest::default();
        contest.settle(2, 1, &pairs, &[0.99, 0.001]);
        assert!(contest.stays(&pairs[0]) && contest.owned(&pairs, 1).is_empty());
    }
}
