//! Every bound, in one place.

use serde::{Deserialize, Serialize};

/// How much the engine holds and how long it waits. Beyond a bound something is refused, counted and said.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Tracks kept at once, tentative ones included.
    pub tracks_max: u32,
    /// Plots of one sensor waiting to be processed.
    pub pending_plots_max: u32,
    /// Milliseconds for which the plots of one look are gathered before they are associated together.
    pub gather_ms: u32,
    /// A plot measured longer before it was heard is too old to use, seconds.
    pub plot_age_max_s: f64,
    /// A plot measured later than it was heard, by more than this, is from a wrong clock, seconds.
    pub plot_ahead_max_s: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            tracks_max: 20_000,
            pending_plots_max: 20_000,
            gather_ms: 5,
            plot_age_max_s: 10.0,
            plot_ahead_max_s: 0.5,
        }
    }
}
