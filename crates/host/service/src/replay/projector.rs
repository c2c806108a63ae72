//! What people saw: the picture of the live program, made by its own code from what the recording holds.

use std::sync::Arc;

use parapet_engine::{Event, Output};
use parapet_frame::Time;
use parapet_recording::{Encoded, Entry, Input};

use crate::atlas::Atlas;
use crate::flight_path::FlightPaths;
use crate::hearing::Ears;
use crate::picture_view::{self, Views};
use crate::rerun::Again;
use crate::sensor_view;
use crate::shared::{SensorTally, Status};
use crate::tables::Tables;

/// The state of the picture at an instant of a recording.
#[derive(Clone, Debug)]
pub(crate) struct Projector {
    atlas: Arc<Atlas>,
    ears: Ears,
    tables: Tables,
    paths: FlightPaths,
    status: Status,
    /// Up to when it has come.
    pub(crate) at: Time,
    /// Outputs that another version of the engine said, in words that this one does not know.
    pub(crate) not_understood: u64,
}

/// What an entry holds, for whoever else wants to know.
pub(crate) enum Seen {
    /// The engine said this.
    Said(Box<Output>),
    /// Anything else, or nothing.
    Other,
}

impl Projector {
    pub(crate) fn new(again: &Again, atlas: Arc<Atlas>, at: Time) -> Self {
        let sensors = vec![SensorTally::default(); atlas.config().sensors.len()];
        let status = Status { sensors, ..Status::default() };
        let ears = Ears::new(again.sources.clone());
        Projector {
            atlas,
            ears,
            tables: Tables::default(),
            paths: FlightPaths::default(),
            status,
            at,
            not_understood: 0,
        }
    }

    /// Takes in the next entry of the recording.
    pub(crate) fn take(&mut self, entry: &Entry) -> Seen {
        match entry {
            Entry::Input(input) => {
                self.at = self.at.max(input.at);
                self.hear(input);
                Seen::Other
            }
            Entry::Output(at, encoded) => {
                self.at = self.at.max(*at);
                self.said(encoded)
            }
            Entry::Command(at, _) | Entry::Delivery(at, _) | Entry::Resumed(at, _) | Entry::State(at, _) => {
                self.at = self.at.max(*at);
                Seen::Other
            }
            Entry::Note(note) => {
                self.at = self.at.max(note.at);
                Seen::Other
            }
            Entry::Gap(gap) => {
                self.at = self.at.max(gap.at);
                Seen::Other
            }
            Entry::Closed(closed) => {
                self.at = self.at.max(closed.at);
                Seen::Other
            }
        }
    }

    fn hear(&mut self, input: &Input) {
        let mut events = Vec::new();
        let Input { at, heard_at, link, sender, bytes } = input;
        self.ears.hear(self.atlas.config(), *heard_at, *link, *sender, bytes, &mut events);
        for event in &events {
            if matches!(event, Event::Plot(_) | Event::Contact(_) | Event::Undecodable(_) | Event::Sound(_)) {
                self.status.counts.heard += 1;
            }
            sensor_view::hear(&mut self.status.sensors, event, *at);
        }
    }

    fn said(&mut self, encoded: &Encoded) -> Seen {
        let Some(output) = encoded.decode() else {
            self.not_understood += 1;
            return Seen::Other;
        };
        if let Output::Refused(refusal) = &output {
            *self.status.counts.refused.entry(refusal.reason).or_insert(0) += 1;
        }
        self.tables.output(&output);
        sensor_view::note(&mut self.status.sensors, &output);
        Seen::Said(Box::new(output))
    }

    /// The picture as the page would have shown it at this instant.
    pub(crate) fn picture(&mut self, now: Time) -> serde_json::Value {
        self.tables.age(now);
        let refused: u64 = self.status.counts.refused.values().sum();
        // What is gathered for the next look for some milliseconds counts as used.
        self.status.counts.used = self.status.counts.heard.saturating_sub(refused);
        self.paths.update(&self.atlas, &self.tables);
        let views = Views {
            now,
            atlas: &self.atlas,
            tables: &self.tables,
            paths: &self.paths,
            status: &self.status,
            recording: "ok".to_owned(),
            alarm_output: "ok".to_owned(),
        };
        serde_json::from_str(&picture_view::json(&views)).unwrap_or_default()
    }

    /// Lets time pass where no picture is wanted.
    pub(crate) fn age(&mut self, now: Time) {
        self.tables.age(now);
    }

    /// How much memory it takes, in entries of its tables.
    pub(crate) fn weight(&self) -> usize {
        /// Ears, tallies and the like.
        const BARE: usize = 50;
        BARE + self.tables.tracks.len() + self.tables.threats.len() + self.tables.alarms.len()
    }
}
