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
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Marginals {
    /// For each pair, in the order given: the probability that it is so.
    pub(crate) pairs: Vec<f64>,
    /// For each track: the probability that it gave none of the plots.
    pub(crate) missed: Vec<f64>,
    /// For each plot: the probability that no track gave it.
    pub(crate) unclaimed: Vec<f64>,
    messages: Messages,
}

/// What passes between tracks and plots.
#[derive(Clone, Debug, Default, PartialEq)]
struct Messages {
    to_plot: Vec<f64>,
    to_track: Vec<f64>,
    plot_sum: Vec<f64>,
    track_sum: Vec<f64>,
    /// Pairs whose track or plot is also of another pair: only these have anything to settle.
    entangled: Vec<usize>,
}

/// Rounds of message passing at the most; it converges geometrically.
const ROUNDS_MAX: usize = 40;
/// Largest change of a message at which it has converged.
const CONVERGED: f64 = 1e-6;

impl Marginals {
    /// Works out the marginals of the association in place of what it held, given the gated pairs in any order.
    pub(crate) fn work_out(&mut self, tracks: usize, plots: usize, pairs: &[Pair]) {
        let Messages { to_plot, to_track, plot_sum, track_sum, entangled } = &mut self.messages;
        refill(plot_sum, plots, 0.0);
        refill(track_sum, tracks, 0.0);
        for pair in pairs {
            plot_sum[pair.plot] += 1.0;
            track_sum[pair.track] += 1.0;
        }
        entangled.clear();
        entangled
            .extend((0..pairs.len()).filter(|&i| plot_sum[pairs[i].plot] > 1.0 || track_sum[pairs[i].track] > 1.0));
        to_plot.clear();
        to_plot.extend(pairs.iter().map(|pair| pair.odds));
        refill(to_track, pairs.len(), 1.0);
        for _ in 0..ROUNDS_MAX {
            plot_sum.fill(0.0);
            entangled.iter().for_each(|&i| plot_sum[pairs[i].plot] += to_plot[i]);
            let mut change = 0.0_f64;
            for &i in entangled.iter() {
                let message = 1.0 / (1.0 + (plot_sum[pairs[i].plot] - to_plot[i]).max(0.0));
                change = change.max((message - to_track[i]).abs());
                to_track[i] = message;
            }
            track_sum.fill(0.0);
            entangled.iter().for_each(|&i| track_sum[pairs[i].track] += pairs[i].odds * to_track[i]);
            for &i in entangled.iter() {
                let others = (track_sum[pairs[i].track] - pairs[i].odds * to_track[i]).max(0.0);
                to_plot[i] = pairs[i].odds / (1.0 + others);
            }
            if change < CONVERGED {
                break;
            }
        }
        plot_sum.fill(0.0);
        track_sum.fill(0.0);
        for (i, pair) in pairs.iter().enumerate() {
            plot_sum[pair.plot] += to_plot[i];
            track_sum[pair.track] += pair.odds * to_track[i];
        }
        self.pairs.clear();
        let share = |(i, pair): (usize, &Pair)| pair.odds * to_track[i] / (1.0 + track_sum[pair.track]);
        self.pairs.extend(pairs.iter().enumerate().map(share));
        self.missed.clear();
        self.missed.extend(track_sum.iter().map(|sum| 1.0 / (1.0 + sum)));
        self.unclaimed.clear();
        self.unclaimed.extend(plot_sum.iter().map(|sum| 1.0 / (1.0 + sum)));
    }
}

fn refill(values: &mut Vec<f64>, length: usize, value: f64) {
    values.clear();
    values.resize(length, value);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(tracks: usize, plots: usize, pairs: &[Pair]) -> Marginals {
        let mut marginals = Marginals::default();
        marginals.work_out(tracks, plots, pairs);
        marginals
    }

    #[test]
    fn a_lone_pair_is_bayes() {
        let m = of(1, 1, &[Pair { track: 0, plot: 0, odds: 3.0 }]);
        assert!((m.pairs[0] - 0.75).abs() < 1e-9 && (m.missed[0] - 0.25).abs() < 1e-9);
        assert!((m.unclaimed[0] - 0.25).abs() < 1e-9);
    }

    /// Two tracks contend for one plot: exact enumeration gives 1 : a : b.
    #[test]
    fn contention_agrees_with_enumeration() {
        let (a, b) = (8.0, 2.0);
        let m = of(2, 1, &[Pair { track: 0, plot: 0, odds: a }, Pair { track: 1, plot: 0, odds: b }]);
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
        let m = of(2, 2, &pairs);
        assert!(m.pairs[0] > 0.99 && m.pairs[3] > 0.99, "{m:?}");
    }
}
