//! Whether rounds of a salvo come apart: one track for each, for nearly all of the time that it can be seen.
//!
//! Tracks and rounds are matched scan by scan with the rule of the tracking bench's scorer (that of HOTA, Luiten et al. 2021): pairs
//! within 200 m, chosen so that similarity times alignment over the whole run is largest. So neighbours that fly a hundred metres
//! apart are not called swapped when they are not, and are when they are.

use std::collections::BTreeMap;

use nalgebra::Vector3;
use parapet_frame::SensorPose;
use parapet_track::TrackId;
use parapet_world::{Scenario, Scene, listen};

use crate::assignment::assign;
use crate::play::{self, Player};
use crate::{runs, statistics};

/// A track that is farther from a round is not of it, metres; five single-plot errors at 10 km.
const MATCH_MAX_M: f64 = 200.0;
/// A round whose own track covers less of its time in sight is not complete.
const COMPLETE_MIN: f64 = 0.8;
/// What part of the rounds should be separate and complete.
const SEPARATE_MIN: f64 = 0.98;
/// What was heard this long after a scan still counts for it, seconds.
const HEARD_BY_S: f64 = 0.06;

/// How one salvo went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Rounds that were in sight of a radar for five scans or more.
    pub rounds: usize,
    /// Those with a track of their own, shared with no other, for 80 % of their scans or more.
    pub separate: usize,
    /// Those without: how many have too short a track, and how many share one.
    pub incomplete: usize,
    /// See `incomplete`.
    pub shared: usize,
    /// How often the track of a round changed, all rounds together.
    pub switches: usize,
}

/// What is in the air in one scan, and what is tracked.
struct Scan {
    rounds: Vec<(usize, Vector3<f64>)>,
    tracks: Vec<(TrackId, Vector3<f64>)>,
}

/// Plays a scenario with a seed and holds its tracks against its rounds.
///
/// # Errors
/// When the scenario cannot be made concrete: what, where and what to do.
pub fn play(scenario: &Scenario, seed: u64) -> Result<Outcome, String> {
    let scene = Scene::build(scenario, seed).map_err(|problem| problem.to_string())?;
    let config = play::configuration(&scene, Vec::new());
    let mut player = Player::new(config, &scene, &listen(&scene));
    let period_s = scene.radars.iter().map(|radar| radar.spec.scan_period_s).fold(f64::INFINITY, f64::min);
    let end_s =
        scene.objects.iter().filter_map(|object| object.round).map(|round| round.impact.time_s).fold(0.0, f64::max);
    let scans = (0..(end_s / period_s).ceil() as u32).map(|number| {
        let time_s = f64::from(number) * period_s;
        let picture = player.until(time_s + HEARD_BY_S);
        let place = |report: &parapet_track::TrackReport| {
            let lead_s = time_s - play::seconds(report.at);
            Vector3::from(report.position_m) + Vector3::from(report.velocity_mps) * lead_s
        };
        Scan {
            rounds: in_sight(&scene, time_s),
            tracks: picture.tracks.iter().map(|(id, (report, _))| (*id, place(report))).collect(),
        }
    });
    Ok(judge(&scans.collect::<Vec<Scan>>()))
}

/// Plays a scenario with as many seeds as asked for, from 1 on.
///
/// # Errors
/// As [`play()`].
pub fn play_all(scenario: &Scenario, seeds: usize, workers: usize) -> Result<Vec<Outcome>, String> {
    runs::all("salvos", seeds, workers, |number| play(scenario, number as u64 + 1))
}

/// The rounds that some radar could see at a time, with their places.
fn in_sight(scene: &Scene, time_s: f64) -> Vec<(usize, Vector3<f64>)> {
    let rounds = scene.objects.iter().enumerate().filter(|(_, object)| object.round.is_some());
    let places = rounds.filter_map(|(i, object)| Some((i, object.path.at(time_s)?.position_m)));
    places.filter(|(_, place)| scene.radars.iter().any(|radar| covers(&radar.pose, &radar.spec, *place))).collect()
}

fn covers(pose: &SensorPose, spec: &parapet_world::Radar, place_m: Vector3<f64>) -> bool {
    let polar = pose.polar_from_site(place_m);
    (spec.range_min_m..=spec.range_max_m).contains(&polar.range_m)
        && (spec.elevation_min_deg..=spec.elevation_max_deg).contains(&polar.elevation_rad.to_degrees())
}

type Pair = (usize, TrackId);

/// Pairs within reach, with their similarity: 1 at the same place, 0 at the farthest.
fn similar(scan: &Scan) -> Vec<(Pair, f64)> {
    let mut pairs = Vec::new();
    for (round, at_m) in &scan.rounds {
        let near =
            scan.tracks.iter().map(|(track, place_m)| ((*round, *track), 1.0 - (place_m - at_m).norm() / MATCH_MAX_M));
        pairs.extend(near.filter(|(_, similarity)| *similarity > 0.0));
    }
    pairs
}

/// How well each round and track go together over the whole run: their shared similarity over their joint length.
fn alignment(scans: &[Scan]) -> BTreeMap<Pair, f64> {
    let (mut together, mut of_round, mut of_track) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for scan in scans {
        scan.rounds.iter().for_each(|(round, _)| *of_round.entry(*round).or_insert(0.0) += 1.0);
        scan.tracks.iter().for_each(|(track, _)| *of_track.entry(*track).or_insert(0.0) += 1.0);
        let pairs = similar(scan);
        for ((round, track), similarity) in &pairs {
            let sum =
                |of: &dyn Fn(&Pair) -> bool| pairs.iter().filter(|(pair, _)| of(pair)).map(|(_, s)| s).sum::<f64>();
            let joint = sum(&|pair| pair.0 == *round) + sum(&|pair| pair.1 == *track) - similarity;
            *together.entry((*round, *track)).or_insert(0.0) += similarity / joint.max(1e-12);
        }
    }
    let whole = |(round, track): &Pair| of_round.get(round).unwrap_or(&0.0) + of_track.get(track).unwrap_or(&0.0);
    together.into_iter().map(|(pair, shared)| (pair, shared / (whole(&pair) - shared))).collect()
}

/// Which track is which round's in a scan.
fn matched(scan: &Scan, alignment: &BTreeMap<Pair, f64>) -> BTreeMap<usize, TrackId> {
    let pairs: BTreeMap<Pair, f64> = similar(scan).into_iter().collect();
    let weight = |row: usize, column: usize| {
        let pair = (scan.rounds[row].0, scan.tracks[column].0);
        // The small part decides where alignment does not.
        pairs.get(&pair).map_or(0.0, |similarity| similarity * alignment.get(&pair).unwrap_or(&0.0) + 1e-9)
    };
    let chosen = assign(scan.rounds.len(), scan.tracks.len(), &weight);
    chosen.into_iter().map(|(row, column)| (scan.rounds[row].0, scan.tracks[column].0)).collect()
}

fn judge(scans: &[Scan]) -> Outcome {
    /// Rounds in sight for fewer scans say nothing of a tracker.
    const SCANS_MIN: usize = 5;
    let alignment = alignment(scans);
    let mut histories: BTreeMap<usize, Vec<Option<TrackId>>> = BTreeMap::new();
    for scan in scans {
        let matched = matched(scan, &alignment);
        for (round, _) in &scan.rounds {
            histories.entry(*round).or_default().push(matched.get(round).copied());
        }
    }
    histories.retain(|_, history| history.len() >= SCANS_MIN);
    let own: BTreeMap<usize, (TrackId, usize)> =
        histories.iter().filter_map(|(r, h)| Some((*r, longest(h)?))).collect();
    let mut outcome = Outcome { rounds: histories.len(), ..Outcome::default() };
    for (round, history) in &histories {
        let tracks: Vec<TrackId> = history.iter().flatten().copied().collect();
        outcome.switches += tracks.windows(2).filter(|pair| pair[0] != pair[1]).count();
        match own.get(round) {
            Some((track, _)) if own.iter().any(|(other, (theirs, _))| other != round && theirs == track) => {
                outcome.shared += 1
            }
            Some((_, scans)) if *scans as f64 >= COMPLETE_MIN * history.len() as f64 => outcome.separate += 1,
            _ => outcome.incomplete += 1,
        }
    }
    outcome
}

/// The track that was a round's in most scans, and in how many.
fn longest(history: &[Option<TrackId>]) -> Option<(TrackId, usize)> {
    let mut counts: BTreeMap<TrackId, usize> = BTreeMap::new();
    history.iter().flatten().for_each(|track| *counts.entry(*track).or_insert(0) += 1);
    counts.into_iter().max_by_key(|(track, count)| (*count, std::cmp::Reverse(*track)))
}

/// The same scene with radars that look half as often.
#[must_use]
pub fn seen_half_as_often(scenario: &Scenario) -> Scenario {
    let mut slower = scenario.clone();
    slower.name = format!("{}, scans twice as long", scenario.name);
    slower.radar.iter_mut().for_each(|radar| radar.scan_period_s *= 2.0);
    slower
}

/// A table with a line for each scene: its name, and how its seeds went.
#[must_use]
pub fn markdown(scenes: &[(String, Vec<Outcome>)]) -> String {
    let mut text = String::from(
        "| scene | seeds | rounds in sight | separate and complete % (95 % interval) | worst seed % | too short | shared | switches a round | at least 98 % |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    for (name, outcomes) in scenes {
        text += &line(name, outcomes);
    }
    text
}

fn line(name: &str, outcomes: &[Outcome]) -> String {
    let sum = |of: fn(&Outcome) -> usize| outcomes.iter().map(of).sum::<usize>();
    let (rounds, separate) = (sum(|o| o.rounds), sum(|o| o.separate));
    let (low, high) = statistics::wilson(separate, rounds);
    let share = separate as f64 / rounds.max(1) as f64;
    let worst = outcomes.iter().map(|o| o.separate as f64 / o.rounds.max(1) as f64).fold(1.0, f64::min);
    format!(
        "| {name} | 1-{} | {rounds} | {:.1} ({:.1}-{:.1}) | {:.0} | {} | {} | {:.3} | {} |\n",
        outcomes.len(),
        100.0 * share,
        100.0 * low,
        100.0 * high,
        100.0 * worst,
        sum(|o| o.incomplete),
        sum(|o| o.shared),
        sum(|o| o.switches) as f64 / rounds.max(1) as f64,
        if share >= SEPARATE_MIN { "reached" } else { "**missed**" },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two rounds a hundred metres apart, for twenty scans, tracked as `tracks` says for each scan.
    fn scans(tracks: impl Fn(u32) -> Vec<(u64, f64)>) -> Vec<Scan> {
        let place = |scan: u32, off_m: f64| Vector3::new(400.0 * f64::from(scan) + off_m, 0.0, 1_000.0);
        let scan = |n: u32| Scan {
            rounds: vec![(0, place(n, 0.0)), (1, place(n, 100.0))],
            tracks: tracks(n).into_iter().map(|(id, off_m)| (TrackId(id), place(n, off_m))).collect(),
        };
        (0..20).map(scan).collect()
    }

    #[test]
    fn a_track_each_is_separate() {
        let outcome = judge(&scans(|_| vec![(7, 5.0), (8, 95.0)]));
        assert_eq!(outcome, Outcome { rounds: 2, separate: 2, ..Outcome::default() });
    }

    #[test]
    fn one_track_between_two_is_shared_or_missing() {
        let outcome = judge(&scans(|_| vec![(7, 50.0)]));
        assert_eq!((outcome.rounds, outcome.incomplete + outcome.shared), (2, 1), "{outcome:?}");
    }

    #[test]
    fn a_swap_in_the_middle_is_neither_complete_nor_unseen() {
        let outcome = judge(&scans(|n| if n < 10 { vec![(7, 2.0), (8, 98.0)] } else { vec![(8, 2.0), (7, 98.0)] }));
        assert_eq!(outcome.separate, 0, "{outcome:?}");
    }

    #[test]
    fn a_track_that_begins_late_is_not_complete() {
        let outcome = judge(&scans(|n| if n < 6 { vec![(7, 0.0)] } else { vec![(7, 0.0), (8, 100.0)] }));
        assert_eq!((outcome.separate, outcome.incomplete), (1, 1), "{outcome:?}");
    }
}
