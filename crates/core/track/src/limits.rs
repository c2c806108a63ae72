//! The bounds of the tracker's tables.

/// How much the tracker holds. A full table degrades by rule: the least important makes room, and a shown round never does while
/// anything else is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrackLimits {
    /// Tracks kept at once, tentative ones included.
    pub tracks_max: usize,
    /// Explanations of one track's past that are kept apart; at least one.
    pub explanations_max: usize,
    /// Plots remembered for tracks that are fitted anew; the oldest are given up first, and tracks that rest on them are left to
    /// the filter.
    pub remembered_plots_max: usize,
}
