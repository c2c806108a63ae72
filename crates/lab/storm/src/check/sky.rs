//! What tracks rest on: P10, independent groups; P4, what must not be shed.

use std::collections::{BTreeMap, BTreeSet};

use parapet_engine::{Event, Output, RefusalReason};
use parapet_track::{SensorId, TrackId};

use super::Check;
use super::warned::groups;
use crate::air::Tag;
use crate::fact::{Fact, Findings, Moment};
use crate::site::Site;

/// A track of which nothing was heard for so long is not supported by what comes now, seconds.
const SUPPORTED_S: f64 = 2.5;
/// So many plots make it sure that a track is of a round.
const OF_ROUND_MIN: usize = 4;

/// What each plot is of, and what each track has been moved by.
#[derive(Debug)]
pub(super) struct Sky {
    groups: Vec<usize>,
    groups_min: usize,
    plots: BTreeMap<(SensorId, u64), (Tag, bool)>,
    tracks: BTreeMap<TrackId, Rests>,
}

#[derive(Debug, Default)]
struct Rests {
    groups: BTreeSet<usize>,
    rounds: BTreeMap<usize, usize>,
    believed: bool,
    moved_s: f64,
}

impl Sky {
    pub(super) fn new(site: &Site) -> Self {
        let groups_min = site.config.policy.corroboration as usize;
        Sky { groups: groups(site), groups_min, plots: BTreeMap::new(), tracks: BTreeMap::new() }
    }
}

impl Check for Sky {
    fn note(&mut self, moment: &Moment, fact: &Fact<'_>, findings: &mut Findings) {
        match fact {
            Fact::Read { events, tags, whole, off_s, .. } => {
                let plots = events.iter().filter_map(|event| if let Event::Plot(plot) = event { Some(plot) } else { None });
                for (number, plot) in plots.enumerate() {
                    let tag = tags.get(number).copied().unwrap_or(Tag::Nothing);
                    let age_s = plot.heard_at.0.seconds_since(plot.measured_at.0);
                    let is_good = *whole && off_s.abs() < 0.02 && age_s.abs() < 1.0;
                    self.plots.insert((plot.sensor, plot.sequence), (tag, is_good));
                }
            }
            Fact::Said(Output::Track(report)) => {
                let rests = self.tracks.entry(report.id).or_default();
                for plot in &report.evidence {
                    rests.moved_s = moment.second;
                    rests.groups.insert(self.groups[usize::from(plot.sensor.0)]);
                    if let Some((Tag::Round(round), true)) = self.plots.get(&(plot.sensor, plot.sequence)) {
                        *rests.rounds.entry(*round).or_default() += 1;
                    }
                }
                rests.believed = false;
            }
            Fact::Said(Output::Threat(threat)) => {
                let rests = self.tracks.entry(threat.track).or_default();
                rests.believed = threat.believed;
                if threat.believed && rests.groups.len() < self.groups_min {
                    let what = format!("track {} is believed on the word of {:?}", threat.track.0, rests.groups);
                    findings.note("groups", moment.second, what);
                }
            }
            Fact::Said(Output::TrackEnded { track, .. }) => _ = self.tracks.remove(track),
            Fact::Said(Output::Refused(refusal)) => {
                let of_load = matches!(refusal.reason, RefusalReason::OverRate | RefusalReason::TableFull);
                let key = refusal.sensor.zip(refusal.sequence).filter(|_| of_load);
                if let Some((Tag::Round(round), true)) = key.and_then(|key| self.plots.get(&key)) {
                    let threatens = |rests: &&Rests| {
                        let is_of = rests.rounds.get(round).is_some_and(|count| *count >= OF_ROUND_MIN);
                        is_of && rests.believed && moment.second - rests.moved_s < SUPPORTED_S
                    };
                    if self.tracks.values().any(|rests| threatens(&rests)) {
                        let what = format!("a plot of round {round}, which is believed, is refused: {:?}", refusal.reason);
                        findings.note("shed", moment.second, what);
                    }
                }
            }
            Fact::Back { .. } => self.tracks.clear(),
            _ => {}
        }
    }
}
