//! Alarms held against the truth: who was warned, how long before, and who was warned for nothing.
//!
//! A zone is *hit* when the impact lies in it, *endangered* when it lies in it widened by the site's effect radius. It was
//! *warned* of a round when one of its alarms had been raised before the impact and had not ended by then, whichever round
//! of a salvo raised it.

mod ground;
mod read;
mod table;
mod tracks;

use std::collections::{BTreeMap, BTreeSet};

use parapet_frame::{Geodetic, SiteFrame, Time};
use parapet_world::{GroundTruth, ObjectClass, ObjectTruth};
use serde::Serialize;

pub use read::{AlarmLine, ImpactLine, ThreatLine, Truth, read_alarms};
pub use tracks::TrackLog;

/// A track belongs to the round whose impact its last prediction is nearest to, within these.
const MATCH_PLACE_MAX_M: f64 = 1_500.0;
/// See [`MATCH_PLACE_MAX_M`].
const MATCH_TIME_MAX_S: f64 = 6.0;
/// A second of difference counts as much as this many metres: rounds of a salvo fall close together, one after another.
const MATCH_M_PER_S: f64 = 200.0;

/// How a run went.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Name of the scenario.
    pub scenario: String,
    /// The seed.
    pub seed: u64,
    /// The rounds, in the order of the truth file.
    pub rounds: Vec<RoundReport>,
    /// Alarms that no round of the run explains.
    pub false_alarms: Vec<NeedlessAlarm>,
    /// All of it in a few numbers.
    pub totals: Totals,
}

/// How one round went. Times are seconds since the start of the scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RoundReport {
    /// Its name.
    pub object: String,
    /// What it was.
    pub class: ObjectClass,
    /// When it was launched.
    pub launched_s: Option<f64>,
    /// When a radar first measured it.
    pub first_plot_s: Option<f64>,
    /// When its people were first warned: by the first alarm of a zone that it endangered, else by the first alarm that names
    /// its track.
    pub alarm_s: Option<f64>,
    /// From then to the impact; from the launch, where the alarm of an earlier round stood already.
    pub warning_s: Option<f64>,
    /// Where and when it came down.
    pub impact: Option<GroundTruth>,
    /// The prediction that stood when it was alarmed (the first one, where an alarm stood before or none was raised).
    pub prediction_at_alarm: Option<Prediction>,
    /// The last prediction before it came down.
    pub last_prediction: Option<Prediction>,
    /// Numbers of the live program's tracks of it.
    pub tracks: Vec<u64>,
    /// Zones that it fell into.
    pub zones_hit: Vec<String>,
    /// Zones hit or endangered that were warned.
    pub alarmed_rightly: Vec<String>,
    /// Zones warned of it that no round hit or endangered.
    pub alarmed_needlessly: Vec<String>,
    /// Zones hit that were not warned.
    pub missed: Vec<String>,
    /// Zones endangered but not hit that were not warned.
    pub missed_nearby: Vec<String>,
}

/// A predicted impact held against the true one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Prediction {
    /// When it was published, seconds since the start of the scenario.
    pub at_s: f64,
    /// Latitude.
    pub lat_deg: f64,
    /// Longitude.
    pub lon_deg: f64,
    /// Distance from the true impact.
    pub error_m: f64,
    /// Predicted less true time of impact.
    pub time_error_s: f64,
}

/// An alarm that was not needed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NeedlessAlarm {
    /// Its name.
    pub id: String,
    /// The zone.
    pub zone: String,
    /// When it was raised, seconds since the start of the scenario.
    pub raised_s: f64,
}

/// A run in a few numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Totals {
    /// Rounds that came down within the run.
    pub rounds: usize,
    /// Pairs of round and zone hit.
    pub hits: usize,
    /// Those of them that were not warned.
    pub hits_missed: usize,
    /// Zones alarmed rightly, counted per round.
    pub alarmed_rightly: usize,
    /// Alarms that were not needed, each once.
    pub needless: usize,
    /// Those of them that no round explains.
    pub false_alarms: usize,
    /// The shortest warning of a zone that was hit, seconds.
    pub warning_min_s: Option<f64>,
}

/// Why a run cannot be scored.
#[derive(Debug, thiserror::Error)]
pub enum ScoreError {
    /// The truth file names an origin that is no place.
    #[error("the truth file's origin is no place: {0}; simulate anew")]
    Origin(#[from] parapet_frame::GeodesyError),
    /// The truth file names no zones.
    #[error(
        "the truth file has no zones, so nobody can have been warned; name `site_file` in the scenario and simulate anew"
    )]
    NoZones,
}

/// Holds alarms against the truth. Tracks and predictions come from the log where it knows them, and from the alarms' own
/// words where it does not; an empty log will do.
///
/// # Errors
/// When the truth file lacks what is needed.
pub fn score(truth: &Truth, alarms: &[AlarmLine], log: &TrackLog) -> Result<Report, ScoreError> {
    if truth.run.zones.is_empty() {
        return Err(ScoreError::NoZones);
    }
    let frame = SiteFrame::at(truth.run.origin)?;
    Ok(Scorer { truth, frame, lives: lives(alarms), log }.report())
}

/// One alarm over its whole life.
struct Life {
    id: String,
    zone: String,
    raised: Time,
    /// When it ended; [`Time::NEVER`] while it has not.
    ended: Time,
    /// Predictions of each track, with the times of their messages.
    predictions: BTreeMap<u64, Vec<(Time, ImpactLine)>>,
}

impl Life {
    fn holds_at(&self, instant: Time) -> bool {
        self.raised <= instant && instant < self.ended
    }
}

fn lives(alarms: &[AlarmLine]) -> Vec<Life> {
    let mut by_id: BTreeMap<&str, Life> = BTreeMap::new();
    // To be told to be ready is no warning: an alarm begins, for this purpose, when people are told to take cover.
    let mut covered: BTreeMap<&str, Time> = BTreeMap::new();
    for line in alarms.iter().filter(|line| line.stage != "prepare") {
        covered.entry(&line.id).or_insert(if alarms.iter().any(|l| l.id == line.id && l.stage == "prepare") {
            line.at
        } else {
            line.raised_at
        });
    }
    for line in alarms.iter().filter(|line| covered.contains_key(line.id.as_str())) {
        let life = by_id.entry(&line.id).or_insert_with(|| Life {
            id: line.id.clone(),
            zone: line.zone.clone(),
            raised: covered.get(line.id.as_str()).copied().unwrap_or(line.raised_at),
            ended: Time::NEVER,
            predictions: BTreeMap::new(),
        });
        if line.is_end() {
            life.ended = life.ended.min(line.at);
        }
        for threat in &line.threats {
            life.predictions.entry(threat.track).or_default().push((line.at, threat.impact));
        }
    }
    let mut lives: Vec<Life> = by_id.into_values().collect();
    lives.sort_by(|a, b| (a.raised, &a.id).cmp(&(b.raised, &b.id)));
    lives
}

struct Scorer<'t> {
    truth: &'t Truth,
    frame: SiteFrame,
    lives: Vec<Life>,
    log: &'t TrackLog,
}

impl Scorer<'_> {
    fn report(&self) -> Report {
        let tracks = self.match_tracks();
        let rounds: Vec<RoundReport> = (0..self.truth.rounds.len()).map(|i| self.round(i, &tracks)).collect();
        let false_alarms: Vec<NeedlessAlarm> = self.unexplained(&tracks);
        let totals = self.totals(&rounds, false_alarms.len());
        Report { scenario: self.truth.run.scenario.clone(), seed: self.truth.run.seed, rounds, false_alarms, totals }
    }

    fn seconds(&self, instant: Time) -> f64 {
        instant.seconds_since(self.truth.run.start)
    }

    fn instant(&self, time_s: f64) -> Time {
        self.truth.run.start.plus_seconds(time_s)
    }

    /// A predicted impact held against a true one.
    fn compare(&self, at: Time, predicted: &ImpactLine, truth: &GroundTruth) -> Prediction {
        let place = Geodetic {
            lat_deg: predicted.lat_deg,
            lon_deg: predicted.lon_deg,
            height_m: self.truth.run.origin.height_m,
        };
        let error_m = self
            .frame
            .site_from_geodetic(place)
            .map_or(f64::INFINITY, |p| (p.east_m - truth.east_m).hypot(p.north_m - truth.north_m));
        let predicted_at = Time::from_nanos(predicted.at_ms.saturating_mul(1_000_000));
        Prediction {
            at_s: self.seconds(at),
            lat_deg: predicted.lat_deg,
            lon_deg: predicted.lon_deg,
            error_m,
            time_error_s: self.seconds(predicted_at) - truth.time_s,
        }
    }

    /// Every track of a round, with that round.
    fn match_tracks(&self) -> BTreeMap<u64, usize> {
        let names: Vec<&str> = self.truth.rounds.iter().map(|r| r.object.as_str()).collect();
        let mut tracks = self.named_tracks();
        tracks.extend(self.log.match_tracks(self.truth.run.start, &names, &self.truth.states));
        tracks
    }

    /// Every track that an alarm names, with the round that its last prediction there fits.
    fn named_tracks(&self) -> BTreeMap<u64, usize> {
        let mut last: BTreeMap<u64, (Time, ImpactLine)> = BTreeMap::new();
        for (track, made) in self.lives.iter().flat_map(|life| &life.predictions) {
            for (at, impact) in made {
                let entry = last.entry(*track).or_insert((*at, *impact));
                if *at >= entry.0 {
                    *entry = (*at, *impact);
                }
            }
        }
        last.into_iter().filter_map(|(track, (at, impact))| Some((track, self.nearest_round(at, &impact)?))).collect()
    }

    fn nearest_round(&self, at: Time, impact: &ImpactLine) -> Option<usize> {
        let apart = |round: &ObjectTruth| {
            let p = self.compare(at, impact, round.impact.as_ref()?);
            let near = p.error_m <= MATCH_PLACE_MAX_M && p.time_error_s.abs() <= MATCH_TIME_MAX_S;
            near.then(|| p.error_m.hypot(p.time_error_s * MATCH_M_PER_S))
        };
        let candidates = self.truth.rounds.iter().enumerate().filter_map(|(i, round)| Some((apart(round)?, i)));
        candidates.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, i)| i)
    }

    /// Keys of the zones within a distance of a round's impact, while that is within the run.
    fn zones_within(&self, round: &ObjectTruth, distance_m: f64) -> Vec<String> {
        let Some(impact) = self.landed(round) else { return Vec::new() };
        let place = [impact.east_m, impact.north_m];
        let near = self.truth.run.zones.iter().filter(|z| ground::distance_m(z, place) <= distance_m);
        near.map(|z| z.key.clone()).collect()
    }

    /// The impact, if the run lasted until it.
    fn landed<'r>(&self, round: &'r ObjectTruth) -> Option<&'r GroundTruth> {
        round.impact.as_ref().filter(|i| i.time_s <= self.truth.run.duration_s)
    }

    /// Whether some round endangered an alarm's zone while it held.
    fn was_needed(&self, life: &Life) -> bool {
        self.truth.rounds.iter().any(|round| {
            let zones = self.zones_within(round, self.truth.run.effect_radius_m);
            zones.contains(&life.zone) && self.landed(round).is_some_and(|i| life.holds_at(self.instant(i.time_s)))
        })
    }

    fn round(&self, index: usize, tracks: &BTreeMap<u64, usize>) -> RoundReport {
        let round = &self.truth.rounds[index];
        let own: Vec<u64> = tracks.iter().filter(|(_, r)| **r == index).map(|(track, _)| *track).collect();
        let zones_hit = self.zones_within(round, 0.0);
        let endangered = self.zones_within(round, self.truth.run.effect_radius_m);
        let impact_at = self.landed(round).map(|i| self.instant(i.time_s));
        let holding = |zone: &String| {
            impact_at.and_then(|at| self.lives.iter().find(|life| life.zone == *zone && life.holds_at(at)))
        };
        let (warned, unwarned): (Vec<String>, Vec<String>) = endangered.into_iter().partition(|z| holding(z).is_some());
        let (missed, missed_nearby) = unwarned.into_iter().partition(|z| zones_hit.contains(z));
        let names_it = |life: &&Life| own.iter().any(|track| life.predictions.contains_key(track));
        // Those of zones hit come before those of zones endangered, and these before any other.
        let for_hit = zones_hit.iter().filter_map(holding).map(|life| life.raised).min();
        let for_near = warned.iter().filter_map(holding).map(|life| life.raised).min();
        let raised = for_hit.or(for_near).or_else(|| self.lives.iter().filter(names_it).map(|life| life.raised).min());
        let needless = self.lives.iter().filter(names_it).filter(|life| !self.was_needed(life));
        let needless: BTreeSet<String> = needless.map(|life| life.zone.clone()).collect();
        let (prediction_at_alarm, last_prediction) = self.predictions(round, &own, raised);
        let launch_at = round.launch.map_or(self.truth.run.start, |l| self.instant(l.time_s));
        RoundReport {
            object: round.object.clone(),
            class: round.class,
            launched_s: round.launch.map(|l| l.time_s),
            first_plot_s: round.first_plot_s,
            alarm_s: raised.map(|at| self.seconds(at)),
            warning_s: raised.zip(impact_at).map(|(raised, impact)| impact.seconds_since(raised.max(launch_at))),
            impact: round.impact,
            prediction_at_alarm,
            last_prediction,
            tracks: own,
            zones_hit,
            alarmed_rightly: warned,
            alarmed_needlessly: needless.into_iter().collect(),
            missed,
            missed_nearby,
        }
    }

    /// The prediction of a round's tracks when it was alarmed, and the last before it came down.
    fn predictions(
        &self,
        round: &ObjectTruth,
        own: &[u64],
        raised: Option<Time>,
    ) -> (Option<Prediction>, Option<Prediction>) {
        let Some(truth) = round.impact.as_ref() else { return (None, None) };
        let mut made: Vec<(Time, ImpactLine)> = self.log.predictions_of(own).collect();
        if made.is_empty() {
            let named = self.lives.iter().flat_map(|life| &life.predictions).filter(|(track, _)| own.contains(track));
            made = named.flat_map(|(_, made)| made.iter().copied()).collect();
        }
        made.retain(|(at, _)| *at <= self.instant(truth.time_s));
        made.sort_by_key(|(at, _)| *at);
        let by_then = raised.map_or(0, |raised| made.partition_point(|(at, _)| *at <= raised));
        let held = |p: Option<&(Time, ImpactLine)>| p.map(|(at, impact)| self.compare(*at, impact, truth));
        (held(made.get(by_then.saturating_sub(1))), held(made.last()))
    }

    /// Alarms that were not needed and name no track of a round.
    fn unexplained(&self, tracks: &BTreeMap<u64, usize>) -> Vec<NeedlessAlarm> {
        let explained = |life: &Life| life.predictions.keys().any(|track| tracks.contains_key(track));
        let left = self.lives.iter().filter(|life| !self.was_needed(life) && !explained(life));
        left.map(|life| NeedlessAlarm {
            id: life.id.clone(),
            zone: life.zone.clone(),
            raised_s: self.seconds(life.raised),
        })
        .collect()
    }

    fn totals(&self, rounds: &[RoundReport], false_alarms: usize) -> Totals {
        let hit = rounds.iter().filter(|r| r.zones_hit.iter().any(|z| r.alarmed_rightly.contains(z)));
        Totals {
            rounds: self.truth.rounds.iter().filter(|r| self.landed(r).is_some()).count(),
            hits: rounds.iter().map(|r| r.zones_hit.len()).sum(),
            hits_missed: rounds.iter().map(|r| r.missed.len()).sum(),
            alarmed_rightly: rounds.iter().map(|r| r.alarmed_rightly.len()).sum(),
            needless: self.lives.iter().filter(|life| !self.was_needed(life)).count(),
            false_alarms,
            warning_min_s: hit.filter_map(|r| r.warning_s).min_by(f64::total_cmp),
        }
    }
}
