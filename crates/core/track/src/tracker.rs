//! The table of tracks, and what one look of a sensor does to it.

use nalgebra::Vector3;
use parapet_flight::Environment;
use parapet_frame::{Time, maths};

use crate::associate::{Pair, marginals};
use crate::beliefs::{Beliefs, Claim, Held};
use crate::filter::{GATE, Moment};
use crate::index::Index;
use crate::measurement::Measurement;
use crate::priors;
use crate::track::{after_miss, chance_of_detection};
use crate::{Plot, Scan, SensorId, SensorModel, Track, TrackEnd, TrackId, TrackReport};

/// A marginal below which a plot is not named as a track's evidence.
const EVIDENCE_MIN: f64 = 0.1;
/// A track that has been looked at this part of a scan ago is not expected to be seen again yet.
const SAME_SCAN: f64 = 0.5;

/// Plots that one sensor measured at (nearly) one time.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// Which sensor.
    pub sensor: SensorId,
    /// When it looked: the latest time of its plots.
    pub at: Time,
    /// The plots, in order of time, sensor and sequence.
    pub plots: &'a [Plot],
}

/// All tracks, in the order of their numbers.
#[derive(Clone, Debug)]
pub struct Tracker {
    environment: Environment,
    sensors: Vec<SensorModel>,
    tracks_max: usize,
    tracks: Vec<Track>,
    next_id: u64,
}

/// A track that has plots in its gate.
struct Candidate {
    track: usize,
    beliefs: Beliefs,
    at: Time,
    detection: f64,
    held: Vec<(usize, Held)>,
}

impl Tracker {
    /// An empty table.
    #[must_use]
    pub fn new(environment: Environment, sensors: Vec<SensorModel>, tracks_max: usize) -> Self {
        Tracker { environment, sensors, tracks_max, tracks: Vec::new(), next_id: 1 }
    }

    /// All tracks, tentative ones included, in the order of their numbers.
    #[must_use]
    pub fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    /// Takes one look; returns those tracks that ended of which was told before. Look time and plot times may lie before those of earlier looks.
    pub fn look(&mut self, look: &Look<'_>) -> Vec<(TrackId, TrackEnd)> {
        for track in &mut self.tracks {
            track.touched = false;
        }
        let sensor = &self.sensors[usize::from(look.sensor.0)];
        let measurements: Vec<Measurement> = look.plots.iter().map(|plot| Measurement::of(plot, sensor)).collect();
        let candidates = self.candidates(look, sensor, &measurements);
        let unclaimed = self.associate(look, &measurements, candidates);
        self.count_misses(look);
        self.begin(look, &measurements, &unclaimed);
        let ended = self.prune();
        for track in self.tracks.iter_mut().filter(|track| track.touched && track.is_shown()) {
            track.told = true;
        }
        ended
    }

    /// Ends what has come down or has not been supported for too long; `now` is in the time of hearing.
    pub fn expire(&mut self, now: Time) -> Vec<(TrackId, TrackEnd)> {
        let environment = self.environment.clone();
        let mut ended = Vec::new();
        self.tracks.retain(|track| {
            let why = if has_landed(track, &environment, now) {
                Some(TrackEnd::Landed)
            } else if now.seconds_since(track.last_heard_at) > priors::UNSEEN_LIFE_S {
                Some(TrackEnd::Lost)
            } else {
                None
            };
            ended.extend(why.filter(|_| track.told).map(|why| (track.id, why)));
            why.is_none()
        });
        ended
    }

    /// What the last look moved or missed and a person would be shown, as of that look.
    pub fn moved(&self, at: Time) -> impl Iterator<Item = (&Track, TrackReport)> {
        let shown = self.tracks.iter().filter(|track| track.touched && track.is_shown());
        shown.map(move |track| (track, track.report(&self.environment, at)))
    }

    /// Tracks with plots in their gates, each weighed against those plots.
    fn candidates(&self, look: &Look<'_>, sensor: &SensorModel, measurements: &[Measurement]) -> Vec<Candidate> {
        if measurements.is_empty() {
            return Vec::new();
        }
        let index = Index::new(measurements.iter().map(|m| m.position_m));
        let blur_m = measurements.iter().map(|m| m.covariance.diagonal().max()).fold(0.0, f64::max).sqrt() * 5.0;
        let mut near = Vec::new();
        let mut candidates = Vec::new();
        for (track_index, track) in self.tracks.iter().enumerate() {
            let seconds = look.at.seconds_since(track.at);
            // Gravity bends the straight line of `reach` by this much.
            let sag_m = 0.5 * 9.81 * seconds * seconds;
            let (centre, half_width_m) = track.beliefs.reach(seconds);
            let reach_m = half_width_m + blur_m + sag_m;
            near.clear();
            index.near(&centre, reach_m, |i| near.push(i));
            near.retain(|&i| {
                within(&measurements[i].position_m, &centre, reach_m) && track.likeness(&look.plots[i]) > 0.0
            });
            if near.is_empty() {
                continue;
            }
            let (beliefs, at) = if seconds > 0.0 {
                (track.beliefs.predicted(&self.environment, seconds), look.at)
            } else {
                (track.beliefs.clone(), track.at)
            };
            let weigh = |&i: &usize| {
                let held = beliefs.weigh(&measurements[i], moment(&self.environment, &measurements[i], look.at, at));
                (held.distance2 < GATE).then_some((i, held))
            };
            let held: Vec<_> = near.iter().filter_map(weigh).collect();
            if !held.is_empty() {
                let detection = self.detection(track, look, sensor, &beliefs);
                candidates.push(Candidate { track: track_index, beliefs, at, detection, held });
            }
        }
        candidates
    }

    /// The chance that this look shows the track.
    fn detection(&self, track: &Track, look: &Look<'_>, sensor: &SensorModel, beliefs: &Beliefs) -> f64 {
        let chance = chance_of_detection(sensor, &beliefs.merged()).clamp(0.01, 0.999);
        let seen_in_this_scan = track
            .looked_at(look.sensor)
            .is_some_and(|last| look.at.seconds_since(last).abs() < SAME_SCAN * sensor.scan_period_s);
        if seen_in_this_scan { 0.1 * chance } else { chance }
    }

    /// Shares the plots out among the candidates; returns for each plot the probability that no track gave it.
    fn associate(&mut self, look: &Look<'_>, measurements: &[Measurement], candidates: Vec<Candidate>) -> Vec<f64> {
        let mut pairs = Vec::new();
        for (row, candidate) in candidates.iter().enumerate() {
            let track = &self.tracks[candidate.track];
            let seen = track.existence * candidate.detection;
            for (plot, held) in &candidate.held {
                let other = other_density(&measurements[*plot]);
                let likeness = track.likeness(&look.plots[*plot]);
                let odds = seen / (1.0 - seen) * likeness * maths::exp(held.log_likelihood) / other;
                pairs.push(Pair { track: row, plot: *plot, odds: odds.min(1e12) });
            }
        }
        let shares = marginals(candidates.len(), measurements.len(), &pairs);
        let mut first_pair = 0;
        for (row, candidate) in candidates.into_iter().enumerate() {
            let own = &shares.pairs[first_pair..first_pair + candidate.held.len()];
            first_pair += candidate.held.len();
            self.update(look, measurements, candidate, own, shares.missed[row]);
        }
        shares.unclaimed
    }

    /// Moves one track by the plots that are probably its own.
    fn update(
        &mut self,
        look: &Look<'_>,
        measurements: &[Measurement],
        candidate: Candidate,
        shares: &[f64],
        missed: f64,
    ) {
        let environment = self.environment.clone();
        let track = &mut self.tracks[candidate.track];
        let unseen = missed * after_miss(track.existence, candidate.detection);
        let existence = (1.0 - missed + unseen).min(priors::EXISTENCE_MAX);
        let mut claims = Vec::with_capacity(shares.len());
        for (share, (plot, held)) in shares.iter().zip(&candidate.held) {
            let measurement = &measurements[*plot];
            let moment = moment(&environment, measurement, look.at, candidate.at);
            claims.push(Claim { probability: share / existence, held, measurement, moment });
        }
        track.beliefs = candidate.beliefs.combined(unseen / existence, &claims);
        track.at = candidate.at;
        track.existence = existence;
        track.touched = true;
        track.evidence.clear();
        for (share, (plot, _)) in shares.iter().zip(&candidate.held) {
            if *share >= EVIDENCE_MIN {
                track.note_plot(&look.plots[*plot]);
            }
        }
        track.note_look(look.sensor, look.at);
        let claims = shares.iter().zip(&candidate.held);
        track.remember(&environment, claims.map(|(share, (plot, _))| (*share, &measurements[*plot])));
    }

    /// Lowers the existence of what the sensor should have shown and did not.
    fn count_misses(&mut self, look: &Look<'_>) {
        let sensor = &self.sensors[usize::from(look.sensor.0)];
        for track in self.tracks.iter_mut().filter(|track| !track.touched) {
            let due = match sensor.scan {
                Scan::Staring => true,
                // The beam comes round once per period, give or take: only then is silence a miss.
                Scan::Rotating => track
                    .looked_at(look.sensor)
                    .is_some_and(|last| look.at.seconds_since(last) > 1.3 * sensor.scan_period_s),
            };
            let seconds = look.at.seconds_since(track.at);
            if !due || seconds < 0.0 {
                continue;
            }
            let looked = track.looked_at(look.sensor).unwrap_or(look.at);
            let predicted = track.beliefs.predicted(&self.environment, seconds);
            track.missed(chance_of_detection(sensor, &predicted.merged()), sensor.scan_period_s);
            match sensor.scan {
                Scan::Staring => {
                    track.beliefs = predicted;
                    track.at = look.at;
                    track.note_look(look.sensor, look.at);
                }
                Scan::Rotating => track.note_look(look.sensor, looked.plus_seconds(sensor.scan_period_s)),
            }
        }
    }

    /// Begins a tentative track from every plot that probably is nobody's.
    fn begin(&mut self, look: &Look<'_>, measurements: &[Measurement], unclaimed: &[f64]) {
        let sensor = &self.sensors[usize::from(look.sensor.0)];
        for ((plot, measurement), unclaimed) in look.plots.iter().zip(measurements).zip(unclaimed) {
            let birth = priors::BIRTHS_PER_SCAN * measurement.per_coverage * sensor.detection_probability;
            let existence = unclaimed * birth / (birth + measurement.clutter_density);
            if existence > priors::EXISTENCE_MIN {
                let id = TrackId(self.next_id);
                self.next_id += 1;
                self.tracks.push(Track::begun(id, plot, measurement, existence));
            }
        }
    }

    /// Drops what hardly exists, and the least believed where the table is too full.
    fn prune(&mut self) -> Vec<(TrackId, TrackEnd)> {
        let mut ended = Vec::new();
        self.tracks.retain(|track| {
            let keep = track.existence >= priors::EXISTENCE_MIN;
            if !keep && track.told {
                ended.push((track.id, TrackEnd::Lost));
            }
            keep
        });
        let excess = self.tracks.len().saturating_sub(self.tracks_max);
        if excess > 0 {
            let mut order: Vec<(f64, TrackId)> = self.tracks.iter().map(|t| (importance(t), t.id)).collect();
            order.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
            let mut displaced: Vec<TrackId> = order[..excess].iter().map(|(_, id)| *id).collect();
            displaced.sort_unstable();
            self.tracks.retain(|track| {
                let keep = displaced.binary_search(&track.id).is_err();
                if !keep && track.told {
                    ended.push((track.id, TrackEnd::Displaced));
                }
                keep
            });
        }
        ended
    }
}

/// When a plot of a look was measured, relative to beliefs that are valid at an instant.
fn moment<'a>(environment: &'a Environment, measurement: &Measurement, look_at: Time, valid_at: Time) -> Moment<'a> {
    let seconds = measurement.at.seconds_since(valid_at);
    if look_at < valid_at { Moment::Past { environment, seconds } } else { Moment::Present { lag_s: seconds } }
}

/// Expected density at a plot of everything that is not a known track: false plots and new objects.
fn other_density(measurement: &Measurement) -> f64 {
    measurement.clutter_density + priors::BIRTHS_PER_SCAN * measurement.per_coverage
}

/// What a full table keeps: rounds before anything else, then what surely exists.
fn importance(track: &Track) -> f64 {
    let odds = track.odds();
    track.existence * (1.0 + 10.0 * odds.round())
}

fn within(place: &Vector3<f64>, centre: &Vector3<f64>, half_width_m: f64) -> bool {
    (place - centre).amax() <= half_width_m
}

/// Whether a falling thing must by now be under the ground.
fn has_landed(track: &Track, environment: &Environment, now: Time) -> bool {
    /// Metres under the ground that are put down to error.
    const DEPTH_M: f64 = 20.0;
    if track.odds().falling() < 0.5 {
        return false;
    }
    let seconds = now.seconds_since(track.at).max(0.0);
    track.falling().iter().all(|(_, estimate)| {
        let body = estimate.body();
        let height_m = environment.height_above_ground_m(&body.position_m) + body.velocity_mps.z * seconds;
        body.velocity_mps.z < 0.0 && height_m < -DEPTH_M - 2.0 * estimate.covariance[(2, 2)].max(0.0).sqrt()
    })
}
