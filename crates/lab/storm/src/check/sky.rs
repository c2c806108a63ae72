//! What tracks rest on: P10, independent groups; P4, what must not be shed.

use std::collections::{BTreeMap, BTreeSet};

use parapet_engine::{Event, Output, RefusalReason};
use parapet_frame::{Polar, SensorPose, Time};
use parapet_track::{Plot, SensorId, TrackId, TrackReport};

use super::Check;
use super::warned::groups;
use crate::air::Tag;
use crate::fact::{Fact, Findings, Moment};
use crate::site::Site;

/// A track of which nothing was heard for so long is not supported by what comes now, seconds.
const SUPPORTED_S: f64 = 2.5;
/// Before a track is shown nothing is told of what it rests on. A plot counts for it that lies so near to its way, metres, at most so
/// long before its latest report, seconds.
const NEAR_M: f64 = 500.0;
const BEFORE_S: f64 = 8.0;
/// A clock that was set makes a plot seem so much older than its track's first, at most, seconds.
const STEP_S: f64 = 6.0;
/// Standard gravity, m/s^2.
const GRAVITY_MPS2: f64 = 9.806_65;
/// So many plots make it sure that a track is of a round.
const OF_ROUND_MIN: usize = 4;

/// What each plot is of, and what each track has been moved by.
#[derive(Debug)]
pub(super) struct Sky {
    groups: Vec<usize>,
    groups_min: usize,
    poses: Vec<SensorPose>,
    plots: BTreeMap<(SensorId, u64), (Tag, bool)>,
    /// Where plots were of late: when by their stamps, when they were heard, by which group.
    places: Vec<(Time, Time, usize, [f64; 3])>,
    tracks: BTreeMap<TrackId, Rests>,
}

#[derive(Debug, Default)]
struct Rests {
    groups: BTreeSet<usize>,
    rounds: BTreeMap<usize, usize>,
    believed: bool,
    moved_s: f64,
}

/// Where a track is, as it was told last.
#[derive(Clone, Copy, Debug)]
struct Way {
    at: Time,
    first_plot_at: Time,
    position_m: [f64; 3],
    velocity_mps: [f64; 3],
}

impl Way {
    fn of(report: &TrackReport) -> Self {
        let TrackReport { at, first_plot_at, position_m, velocity_mps, .. } = *report;
        Way { at, first_plot_at, position_m, velocity_mps }
    }

    /// Whether a place lies on its way, flown back without air.
    fn passes(&self, at: Time, place_m: [f64; 3]) -> bool {
        let before_s = self.at.seconds_since(at);
        let since_s = at.seconds_since(self.first_plot_at);
        if !(-0.5..BEFORE_S).contains(&before_s) || since_s < -STEP_S {
            return false;
        }
        let fall_m = [0.0, 0.0, 0.5 * GRAVITY_MPS2 * before_s * before_s];
        let off =
            |axis: usize| self.position_m[axis] - self.velocity_mps[axis] * before_s - fall_m[axis] - place_m[axis];
        (0..3).map(|axis| off(axis) * off(axis)).sum::<f64>().sqrt() < NEAR_M
    }
}

impl Sky {
    pub(super) fn new(site: &Site) -> Self {
        let groups_min = site.config.policy.corroboration as usize;
        let poses = site.config.sensors.iter().map(|sensor| sensor.pose).collect();
        let (plots, places, tracks) = Default::default();
        Sky { groups: groups(site), groups_min, poses, plots, places, tracks }
    }

    fn remember(&mut self, plot: &Plot) {
        let sensor = usize::from(plot.sensor.0);
        let Some(elevation) = plot.elevation.filter(|_| self.groups_min > 1) else { return };
        let polar = Polar { range_m: plot.range_m, azimuth_rad: plot.azimuth_rad, elevation_rad: elevation.rad };
        let place = self.poses[sensor].site_from_polar(polar);
        let old = plot.heard_at.0.plus_seconds(-2.0 * BEFORE_S);
        if self.places.first().is_some_and(|(_, heard, ..)| *heard < old) {
            self.places.retain(|(_, heard, ..)| *heard >= old);
        }
        let (stamped, heard) = (plot.measured_at.0, plot.heard_at.0);
        self.places.push((stamped, heard, self.groups[sensor], [place.x, place.y, place.z]));
    }

    fn moved(&mut self, second: f64, report: &TrackReport) {
        let rests = self.tracks.entry(report.id).or_default();
        rests.believed = false;
        for plot in &report.evidence {
            rests.moved_s = second;
            rests.groups.insert(self.groups[usize::from(plot.sensor.0)]);
            if let Some((Tag::Round(round), true)) = self.plots.get(&(plot.sensor, plot.sequence)) {
                *rests.rounds.entry(*round).or_default() += 1;
            }
        }
        if rests.groups.len() < self.groups_min {
            let way = Way::of(report);
            // A stamp may be wrong, and the hearing late: either may tell when it was.
            let near = |(stamped, heard, _, place_m): &&(Time, Time, usize, [f64; 3])| {
                way.passes(*stamped, *place_m) || way.passes(*heard, *place_m)
            };
            rests.groups.extend(self.places.iter().filter(near).map(|(_, _, group, _)| *group));
        }
    }
}

impl Check for Sky {
    fn note(&mut self, moment: &Moment, fact: &Fact<'_>, findings: &mut Findings) {
        match fact {
            Fact::Read { events, tags, whole, off_s, .. } => {
                let plots =
                    events.iter().filter_map(|event| if let Event::Plot(plot) = event { Some(plot) } else { None });
                for (number, plot) in plots.enumerate() {
                    let tag = tags.get(number).copied().unwrap_or(Tag::Nothing);
                    let age_s = plot.heard_at.0.seconds_since(plot.measured_at.0);
                    let is_good = *whole && off_s.abs() < 0.02 && age_s.abs() < 1.0;
                    self.plots.insert((plot.sensor, plot.sequence), (tag, is_good));
                    self.remember(plot);
                }
            }
            Fact::Said(Output::Track(report)) => self.moved(moment.second, report),
            Fact::Said(Output::Threat(threat)) => {
                let rests = self.tracks.entry(threat.track).or_default();
                rests.believed = threat.believed;
                // Where one group is enough there is nothing to hold.
                if self.groups_min > 1 && threat.believed && rests.groups.len() < self.groups_min {
                    let what = format!("track {} is believed on the word of {:?} alone", threat.track.0, rests.groups);
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
                        let what =
                            format!("a plot of round {round}, which is believed, is refused: {:?}", refusal.reason);
                        findings.note("shed", moment.second, what);
                    }
                }
            }
            Fact::Back { said, .. } => {
                self.tracks.clear();
                for output in *said {
                    if let Output::Track(report) = output {
                        self.moved(moment.second, report);
                    }
                }
            }
            _ => {}
        }
    }
}
