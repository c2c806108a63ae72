//! Which plot belongs to which track, all at once: marginal probabilities by belief propagation.
//!
//! Williams and Lau, "Approximate evaluation of marginal association probabilities with belief propagation", IEEE Trans.
//! Aerospace and Electronic Systems 50(4), 2014. Cost is linear in the number of gated pairs.

/// A gated pair of a track and a plot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pair {
    /// Index of the track in the look.
    pub(crate) track: usize,
    /// Index of the plot in the look.
    pub(crate) plot: usize,
    /// Likelihood of "this track gave this plot" over "the track was missed and the plot is something else".
    pub(crate) odds: f64,
}

/// Marginal probabilities of one look.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Marginals {
    /// For each pair, in the order given: the probability that it is so.
    pub(crate) pairs: Vec<f64>,
    /// For each track: the probability that it gave none of the plots.
    pub(crate) missed: Vec<f64>,
    /// For each plot: the probability that no track gave it.
    pub(crate) unclaimed: Vec<f64>,
}

/// Rounds of message passing at the most; it converges geometrically.
const ROUNDS_MAX: usize = 60;
/// Largest change of a message at which it has converged.
const CONVERGED: f64 = 1e-7;

/// The marginals of the association, given the gated pairs in any order.
pub(crate) fn marginals(tracks: usize, plots: usize, pairs: &[Pair]) -> Marginals {
    let mut to_plot: Vec<f64> = pairs.iter().map(|p| p.odds).collect();
    let mut to_track = vec![1.0; pairs.len()];
    let mut plot_sum = vec![0.0; plots];
    let mut track_sum = vec![0.0; tracks];
    for _ in 0..ROUNDS_MAX {
        sum_into(&mut plot_sum, pairs, |i| to_plot[i], |p| p.plot);
        let mut change = 0.0_f64;
        for (i, pair) in pairs.iter().enumerate() {
            let message = 1.0 / (1.0 + (plot_sum[pair.plot] - to_plot[i]).max(0.0));
            change = change.max((message - to_track[i]).abs());
            to_track[i] = message;
        }
        sum_into(&mut track_sum, pairs, |i| pairs[i].odds * to_track[i], |p| p.track);
        for (i, pair) in pairs.iter().enumerate() {
            let others = (track_sum[pair.track] - pair.odds * to_track[i]).max(0.0);
            to_plot[i] = pair.odds / (1.0 + others);
        }
        if change < CONVERGED {
            break;
        }
    }
    sum_into(&mut plot_sum, pairs, |i| to_plot[i], |p| p.plot);
    Marginals {
        pairs: pairs.iter().enumerate().map(|(i, p)| p.odds * to_track[i] / (1.0 + track_sum[p.track])).collect(),
        missed: track_sum.iter().map(|sum| 1.0 / (1.0 + sum)).collect(),
        unclaimed: plot_sum.iter().map(|sum| 1.0 / (1.0 + sum)).collect(),
    }
}

fn sum_into(sums: &mut [f64], pairs: &[Pair], value: impl Fn(usize) -> f64, key: impl Fn(&Pair) -> usize) {
    sums.fill(0.0);
    for (i, pair) in pairs.iter().enumerate() {
        sums[key(pair)] += value(i);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_pair_is_bayes() {
        let m = marginals(1, 1, &[Pair { track: 0, plot: 0, odds: 3.0 }]);
        assert!((m.pairs[0] - 0.75).abs() < 1e-9 && (m.missed[0] - 0.25).abs() < 1e-9);
        assert!((m.unclaimed[0] - 0.25).abs() < 1e-9);
    }

    /// Two tracks contend for one plot: exact enumeration gives 1 : a : b.
    #[test]
    fn contention_agrees_with_enumeration() {
        let (a, b) = (8.0, 2.0);
        let m = marginals(2, 1, &[Pair { track: 0, plot: 0, odds: a }, Pair { track: 1, plot: 0, odds: b }]);
        let total = 1.0 + a + b;
        assert!((m.pairs[0] - a / total).abs() < 1e-6, "{m:?}");
        assert!((m.pairs[1] - b / total).abs() < 1e-6);
    }

    #[test]
    fn crossed_pairs_come_apart() {
        let pairs = [(0, 0, 1e4), (0, 1, 10.0), (1, 0, 10.0), (1, 1, 1e4)].map(|(track, plot, odds)| Pair {
            track,
            plot,
            odds,
        });
        let m = marginals(2, 2, &pairs);
        assert!(m.pairs[0] > 0.99 && m.pairs[3] > 0.99, "{m:?}");
    }
}
