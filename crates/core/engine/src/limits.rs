//! Every bound, in one place.

use parapet_track::TrackLimits;
use serde::{Deserialize, Serialize};

/// How much the engine holds and how long it waits. Beyond a bound something is refused, counted and said.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Tracks kept at once, tentative ones included.
    pub tracks_max: u32,
    /// Explanations of one track's past that are kept apart while the plots decide between them.
    #[serde(default = "explanations_max")]
    pub explanations_max: u32,
    /// Plots remembered for tracks that are fitted anew to all their plots.
    #[serde(default = "remembered_plots_max")]
    pub remembered_plots_max: u32,
    /// Squared Mahalanobis distance beyond which a plot is not held to be a track's.
    #[serde(default = "gate")]
    pub gate: f64,
    /// Plots of one sensor waiting to be processed.
    pub pending_plots_max: u32,
    /// Contacts kept at once: aircraft that say where they are, and tracks of other systems.
    #[serde(default = "contacts_max")]
    pub contacts_max: u32,
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
            explanations_max: explanations_max(),
            remembered_plots_max: remembered_plots_max(),
            gate: gate(),
            pending_plots_max: 20_000,
            contacts_max: contacts_max(),
            gather_ms: 5,
            plot_age_max_s: 10.0,
            plot_ahead_max_s: 0.5,
        }
    }
}

impl Limits {
    /// Those of the tracker.
    pub(crate) fn tracker(&self) -> TrackLimits {
        TrackLimits {
            tracks_max: self.tracks_max as usize,
            explanations_max: self.explanations_max as usize,
            remembered_plots_max: self.remembered_plots_max as usize,
            gate: self.gate,
        }
    }
}

/// A recording that does not say how many was made with these.
fn explanations_max() -> u32 {
    16
}

fn contacts_max() -> u32 {
    4_096
}

fn remembered_plots_max() -> u32 {
    100_000
}

fn gate() -> f64 {
    TrackLimits::GATE
}
