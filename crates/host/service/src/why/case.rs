//! What was known of each threatening track at a decision, back to its plots and datagrams.

use std::collections::{BTreeMap, BTreeSet};

use parapet_engine::{Event, Output};
use parapet_recording::Input;
use parapet_track::{Plot, PlotRef, TrackId, TrackReport};
use parapet_warn::{OriginReport, RoundRecord, Threat};

use super::Lately;

/// Plots remembered until a track says that it used them.
const PLOTS_MAX: usize = 100_000;
/// Plots listed of one track: the latest.
const PLOTS_OF_TRACK_MAX: usize = 512;

/// What was known of one threatening track when the alarm was raised.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// The track.
    pub report: Option<TrackReport>,
    /// Where it would fall.
    pub threat: Option<Threat>,
    /// Where it came from.
    pub origin: Option<OriginReport>,
    /// What all its plots together said after it had ended.
    pub record: Option<RoundRecord>,
    /// The plots that moved it.
    pub plots: Vec<Support>,
    over: bool,
}

/// A plot that moved a track, and the datagram that brought it.
#[derive(Clone, Debug)]
pub struct Support {
    /// The plot.
    pub plot: Plot,
    /// Its datagram.
    pub datagram: DatagramNote,
}

/// Which datagram it was.
#[derive(Clone, Debug)]
pub struct DatagramNote {
    /// Counted from 1 in the recording.
    pub number: u64,
    /// Link, sender and length, for people.
    pub line: String,
}

/// The cases of all tracks, until a decision names those that are wanted.
#[derive(Debug)]
pub(crate) struct Cases {
    links: Vec<String>,
    heard: BTreeMap<PlotRef, Support>,
    order: Lately<PlotRef>,
    datagrams: u64,
    open: BTreeMap<TrackId, Case>,
    wanted: Option<BTreeMap<TrackId, Case>>,
}

impl Cases {
    pub(crate) fn new(links: Vec<String>) -> Self {
        let (heard, datagrams, open, wanted) = Default::default();
        Cases { links, heard, order: Lately::new(PLOTS_MAX), datagrams, open, wanted }
    }

    pub(crate) fn datagram(&mut self, input: &Input, events: &[Event]) {
        self.datagrams += 1;
        let plots = events.iter().filter_map(|event| match event {
            Event::Plot(plot) => Some(plot),
            _ => None,
        });
        for plot in plots {
            let link = self.links.get(usize::from(input.link)).map_or("?", String::as_str);
            let sender = input.sender.map_or_else(|| "?".to_owned(), |sender| sender.to_string());
            let line = format!("{link} from {sender}, {} bytes", input.bytes.len());
            let name = PlotRef { sensor: plot.sensor, sequence: plot.sequence };
            let datagram = DatagramNote { number: self.datagrams, line };
            self.heard.insert(name, Support { plot: *plot, datagram });
            if let Some(oldest) = self.order.add(name) {
                self.heard.remove(&oldest);
            }
        }
    }

    pub(crate) fn output(&mut self, output: &Output) {
        match output {
            Output::Track(report) => {
                let case = self.open.entry(report.id).or_default();
                case.plots.extend(report.evidence.iter().filter_map(|plot| self.heard.remove(plot)));
                let spare = case.plots.len().saturating_sub(PLOTS_OF_TRACK_MAX);
                case.plots.drain(..spare);
                case.report = Some(report.clone());
            }
            Output::Threat(threat) => self.open.entry(threat.track).or_default().threat = Some(*threat),
            Output::Origin(report) => self.open.entry(report.track).or_default().origin = Some(*report),
            Output::TrackEnded { track, .. } => {
                self.open.remove(track);
                if let Some(case) = self.wanted.as_mut().and_then(|wanted| wanted.get_mut(track)) {
                    case.over = true;
                }
            }
            Output::Record(record) => {
                if let Some(case) = self.wanted.as_mut().and_then(|wanted| wanted.get_mut(&record.arc.track)) {
                    case.record = Some(record.as_ref().clone());
                }
            }
            _ => {}
        }
    }

    /// Keeps these tracks as they stand now.
    pub(crate) fn decide(&mut self, tracks: &[TrackId]) {
        let wanted: BTreeSet<TrackId> = tracks.iter().copied().collect();
        let of = |track: TrackId| (track, self.open.get(&track).cloned().unwrap_or_default());
        self.wanted = Some(wanted.into_iter().map(of).collect());
    }

    /// Whether every track that is wanted has ended and, if it was a round, is on record.
    pub(crate) fn are_over(&self) -> bool {
        let over = |case: &Case| case.over || case.record.is_some();
        self.wanted.iter().flat_map(BTreeMap::values).all(over)
    }

    pub(crate) fn into_wanted(self) -> BTreeMap<TrackId, Case> {
        self.wanted.unwrap_or_default()
    }
}
