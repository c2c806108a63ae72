//! The bounds of the tracker's tables.

/// How much the tracker holds and how far it looks. A full table degrades by rule: the least important makes room, and a shown round never does while
/// anything else is there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackLimits {
    /// Tracks kept at once, tentative ones included.
    pub tracks_max: usize,
    /// Explanations of one track's past that are kept apart; at least one.
    pub explanations_max: usize,
    /// Plots remembered for tracks that are fitted anew; the oldest are given up first, and tracks that rest on them are left to
    /// the filter.
    pub remembered_plots_max: usize,
    /// Squared Mahalanobis distance beyond which a plot is not held to be a track's.
    pub gate: f64,
}

impl TrackLimits {
    /// What suits [`gate`](Self::gate): it leaves out one in 2,000 of the true plots with four degrees of freedom.
    pub const GATE: f64 = 20.0;
}
