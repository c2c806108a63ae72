//! What the live program published of its tracks, and whose they were.

use std::collections::BTreeMap;
use std::path::Path;

use parapet_frame::Time;
use parapet_world::StateTruth;
use serde::Deserialize;

use super::read::{ImpactLine, instant};
use crate::LineError;
use crate::lines::for_each_line;

/// A report belongs to the round that it is within this distance of, and a track to the round of most of its reports.
const NEAR_M: f64 = 200.0;

/// Tracks and predictions as the operator's tools write them (`tracks.jsonl`, `threats.jsonl`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrackLog {
    /// Track, time, and place in site ENU in metres.
    reports: Vec<(u64, Time, [f64; 3])>,
    /// Track, time, and predicted impact.
    predictions: Vec<(u64, Time, ImpactLine)>,
}

/// One line; other kinds than these two are passed over.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Line {
    Track {
        track: u64,
        #[serde(deserialize_with = "instant")]
        at: Time,
        position_m: [f64; 3],
    },
    Threat {
        track: u64,
        #[serde(deserialize_with = "instant")]
        at: Time,
        impact: Option<ImpactLine>,
    },
    #[serde(other)]
    Other,
}

impl TrackLog {
    /// Adds what a file says of the time from `start` to `end`.
    ///
    /// # Errors
    /// When it cannot be read, or a line is not of such a file.
    pub fn read(&mut self, path: &Path, start: Time, end: Time) -> Result<(), LineError> {
        for_each_line(path, |_, text| {
            let line = serde_json::from_str(text).map_err(|e| format!("{e}; is this a file of tracks or threats?"))?;
            match line {
                Line::Track { track, at, position_m } if (start..=end).contains(&at) => {
                    self.reports.push((track, at, position_m));
                }
                Line::Threat { track, at, impact: Some(impact) } if (start..=end).contains(&at) => {
                    self.predictions.push((track, at, impact));
                }
                Line::Track { .. } | Line::Threat { .. } | Line::Other => {}
            }
            Ok(())
        })
    }

    /// The predictions of these tracks.
    pub(super) fn predictions_of(&self, tracks: &[u64]) -> impl Iterator<Item = (Time, ImpactLine)> {
        self.predictions.iter().filter(|(track, ..)| tracks.contains(track)).map(|(_, at, impact)| (*at, *impact))
    }

    /// Every track that was near a round, with the place of that round among `names`.
    pub(super) fn match_tracks(&self, start: Time, names: &[&str], states: &[StateTruth]) -> BTreeMap<u64, usize> {
        let of_name = |name: &&str| states.iter().filter(|s| s.object == **name).collect::<Vec<_>>();
        let ways: Vec<Vec<&StateTruth>> = names.iter().map(of_name).collect();
        let mut votes: BTreeMap<u64, BTreeMap<usize, u32>> = BTreeMap::new();
        for (track, at, place) in &self.reports {
            let time_s = at.seconds_since(start);
            let apart = ways.iter().enumerate().filter_map(|(i, way)| Some((distance_m(way, time_s, place)?, i)));
            if let Some((nearest_m, round)) = apart.min_by(|a, b| a.0.total_cmp(&b.0))
                && nearest_m <= NEAR_M
            {
                *votes.entry(*track).or_default().entry(round).or_default() += 1;
            }
        }
        let elected = |votes: &BTreeMap<usize, u32>| votes.iter().max_by_key(|(_, n)| **n).map(|(round, _)| *round);
        votes.iter().filter_map(|(track, votes)| Some((*track, elected(votes)?))).collect()
    }
}

/// From a place to a way at a time, along straight lines between its states; `None` before and after it.
fn distance_m(way: &[&StateTruth], time_s: f64, place: &[f64; 3]) -> Option<f64> {
    let after = way.partition_point(|s| s.time_s <= time_s);
    let (a, b) = (way.get(after.checked_sub(1)?)?, way.get(after)?);
    let u = (time_s - a.time_s) / (b.time_s - a.time_s);
    let off = |i: usize| a.position_m[i] + (b.position_m[i] - a.position_m[i]) * u - place[i];
    Some(off(0).hypot(off(1)).hypot(off(2)))
}
