//! Which plots moved which track: remembered for as long as an alarm may ask.

use std::collections::{BTreeMap, VecDeque};

use parapet_engine::Output;
use parapet_frame::Time;
use parapet_track::{Plot, PlotRef, TrackId};

/// Plots remembered: a second at the load to hold.
const PLOTS_MAX: usize = 20_000;

/// When the plots were heard that completed the case against each track.
#[derive(Clone, Debug, Default)]
pub(crate) struct Evidence {
    heard: BTreeMap<PlotRef, Time>,
    order: VecDeque<PlotRef>,
    tracks: BTreeMap<TrackId, Time>,
}

impl Evidence {
    /// A plot was heard.
    pub(crate) fn plot(&mut self, plot: &Plot) {
        if self.order.len() == PLOTS_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.heard.remove(&oldest);
        }
        let name = PlotRef { sensor: plot.sensor, sequence: plot.sequence };
        self.heard.insert(name, plot.heard_at.0);
        self.order.push_back(name);
    }

    /// The engine said this. Each track that was moved is told with when the last plot was heard that moved it.
    pub(crate) fn outputs(&mut self, outputs: &[Output], mut moved: impl FnMut(Time)) {
        for output in outputs {
            match output {
                Output::Track(report) => {
                    let latest = report.evidence.iter().filter_map(|plot| self.heard.get(plot)).max();
                    if let Some(latest) = latest {
                        moved(*latest);
                        self.tracks.insert(report.id, *latest);
                    }
                }
                Output::TrackEnded { track, .. } => drop(self.tracks.remove(track)),
                _ => {}
            }
        }
    }

    /// When the last plot was heard that moved one of these tracks.
    pub(crate) fn completed_at(&self, tracks: &[TrackId]) -> Option<Time> {
        tracks.iter().filter_map(|track| self.tracks.get(track)).max().copied()
    }
}
