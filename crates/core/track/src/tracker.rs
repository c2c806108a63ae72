//! The table of tracks, and what one look of a sensor does to it.

use nalgebra::Matrix3;
use parapet_flight::Environment;
use parapet_frame::{Time, maths};

use crate::acoustic::Cues;
use crate::associate::{Marginals, Pair};
use crate::bank::{Gates, Weighed};
use crate::beliefs::{Beliefs, Claim, PlotFit, Rooms};
use crate::contest::Contest;
use crate::dues::Dues;
use crate::filter::Moment;
use crate::index::{Bound, Gate, Index};
use crate::measurement::Measurement;
use crate::priors;
use crate::registration::Registration;
use crate::sensor::Coverage;
use crate::sightings::{SightingNo, Sightings};
use crate::table::{Sieve, Table};
use crate::track::after_miss;
use crate::{
    Ended, Plot, Scan, SensorId, SensorModel, SoundSource, Track, TrackEnd, TrackId, TrackLimits, TrackRecord,
    TrackReport,
};

/// A marginal below which a plot is not named as a track's evidence.
const EVIDENCE_MIN: f64 = 0.1;
/// A track that has been looked at this part of a scan ago is not expected to be seen again yet.
const SAME_SCAN: f64 = 0.5;
/// Up to so many plots it is quicker to ask where each lies than to work out gates.
const FEW_PLOTS: usize = 32;
/// Odds below which a pair of a track and a plot is not worth weighing: nothing would be kept of it.
const PAIR_MIN: f64 = 0.5 * priors::MASS_MIN;

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
    pub(crate) environment: Environment,
    pub(crate) sensors: Vec<SensorModel>,
    coverages: Vec<Coverage>,
    limits: TrackLimits,
    bound: Bound,
    pub(crate) tracks: Table,
    dues: Dues,
    next_id: u64,
    pub(crate) sightings: Sightings,
    cues: Cues,
    pub(crate) registration: Registration,
    /// Shown tracks that probably are rounds, in the order of their numbers.
    pub(crate) rounds: Vec<TrackId>,
    desk: Desk,
}

/// What is only needed while a look is taken, kept so that no memory is taken anew.
#[derive(Clone, Debug, Default)]
struct Desk {
    measurements: Vec<Measurement>,
    /// The places of tracks that plots may be of.
    near: Vec<usize>,
    index: Index,
    candidates: Vec<Candidate>,
    pairs: Vec<Pair>,
    fits: Vec<GatedFit>,
    /// For each pair its plot with what the sensors' errors may be, where plots are corrected for those.
    wide: Vec<Measurement>,
    corrected: Vec<Plot>,
    gates: Vec<Gates>,
    weighed: Vec<Weighed>,
    marginals: Marginals,
    contest: Contest,
    updated: Vec<Updated>,
    /// The places of tracks that may have been missed.
    due: Vec<usize>,
    rooms: Rooms,
}

/// A track that has plots in its gate.
#[derive(Clone, Debug)]
struct Candidate {
    track: usize,
    detection: f64,
    /// Its pairs lie from here up to those of the next.
    first_pair: usize,
}

/// How a pair of a track and a plot fits, and where what each explanation says of it is written down.
#[derive(Clone, Copy, Debug)]
struct GatedFit {
    fit: PlotFit,
    first_weighed: usize,
}

/// What a look makes of a candidate.
#[derive(Clone, Debug)]
struct Updated {
    beliefs: Beliefs,
    existence: f64,
}

impl Tracker {
    /// An empty table.
    #[must_use]
    pub fn new(environment: Environment, sensors: Vec<SensorModel>, limits: TrackLimits) -> Self {
        Tracker {
            dues: Dues::of(&sensors),
            coverages: sensors.iter().map(|sensor| Coverage::of(sensor, &environment)).collect(),
            environment,
            registration: Registration::new(&sensors),
            rounds: Vec::new(),
            sensors,
            limits,
            bound: Bound::of(limits.gate),
            tracks: Table::default(),
            next_id: 1,
            sightings: Sightings::with_room(limits.remembered_plots_max),
            cues: Cues::default(),
            desk: Desk::default(),
        }
    }

    /// The number that the next track will have.
    #[must_use]
    pub fn next_number(&self) -> u64 {
        self.next_id
    }

    /// From now on gives no number below this one: numbers of another program that ended are not given twice.
    pub fn number_from(&mut self, number: u64) {
        self.next_id = self.next_id.max(number);
    }

    /// All tracks, tentative ones included, in the order of their numbers.
    #[must_use]
    pub fn tracks(&self) -> &[Box<Track>] {
        &self.tracks
    }

    /// How many tracks a person would be shown.
    #[must_use]
    pub fn shown(&self) -> usize {
        self.tracks.shown()
    }

    /// The world, the sensors and the tracks, for whoever holds something else against them.
    pub(crate) fn parts(&mut self) -> (&Environment, &[SensorModel], &mut Table) {
        (&self.environment, &self.sensors, &mut self.tracks)
    }

    /// Takes one look; returns those tracks that ended of which was told before. Look time and plot times may lie before those of earlier looks.
    ///
    /// Plots are taken as their sensor told them, and corrected here by what is known of its errors.
    pub fn look(&mut self, look: &Look<'_>) -> Vec<Ended> {
        if !self.registration.is_used() {
            return self.take(look, look.plots);
        }
        let mut plots = core::mem::take(&mut self.desk.corrected);
        plots.clear();
        plots.extend(look.plots.iter().map(|plot| self.registration.corrected(plot)));
        let at = self.registration.corrected_time(look.sensor, look.at);
        let ended = self.take(&Look { sensor: look.sensor, at, plots: &plots }, look.plots);
        self.desk.corrected = plots;
        ended
    }

    /// Takes a look of corrected plots; `told` are the same as their sensor told them.
    fn take(&mut self, look: &Look<'_>, told: &[Plot]) -> Vec<Ended> {
        self.tracks.begin_look();
        let mut desk = core::mem::take(&mut self.desk);
        let sensor = &self.sensors[usize::from(look.sensor.0)];
        let first_number = self.sightings.next();
        desk.measurements.clear();
        desk.measurements.extend(look.plots.iter().map(|plot| Measurement::of(plot, sensor)));
        desk.measurements.iter().for_each(|measurement| self.sightings.keep(measurement));
        self.pair_up(look, &mut desk);
        self.share_out(look, first_number, &mut desk);
        self.count_misses(look, &mut desk.due);
        self.begin(look, first_number, &mut desk);
        self.register(told, &desk.measurements);
        let ended = self.prune(&mut desk);
        self.desk = desk;
        self.tracks.end_look();
        self.note_rounds();
        ended
    }

    /// Takes a launch that was heard as a hint: what may have come from there is believed sooner, what is first seen later may come from
    /// there. It never begins a track.
    pub fn hear(&mut self, source: &SoundSource) {
        let Some(cue) = self.cues.note(source) else { return };
        self.tracks.change_all(|track| track.hear(&self.environment, &cue, self.limits.explanations_max));
    }

    /// Ends what has come down or has not been supported for too long; `now` is in the time of hearing.
    pub fn expire(&mut self, now: Time) -> Vec<Ended> {
        self.cues.forget(now);
        let mut rooms = core::mem::take(&mut self.desk.rooms);
        let mut ended = Vec::new();
        self.drop_tracks(&mut rooms, &mut ended, |track, environment| {
            if has_landed(track, environment, now) {
                Some(TrackEnd::Landed)
            } else {
                (now.seconds_since(track.last_heard_at) > track.unseen_life_s()).then_some(TrackEnd::Lost)
            }
        });
        self.desk.rooms = rooms;
        ended
    }

    /// What the last look moved or missed and a person would be shown, as of that look.
    pub fn moved(&self, at: Time) -> impl Iterator<Item = (&Track, TrackReport)> {
        let shown = self.tracks.touched().filter(|track| track.is_shown());
        shown.map(move |track| (track, track.report(&self.environment, at)))
    }

    /// Finds the plots in the gate of each track and weighs them. Tracks that have any are carried to the look.
    fn pair_up(&mut self, look: &Look<'_>, desk: &mut Desk) {
        let Desk { measurements, near, index, candidates, pairs, fits, gates, weighed, wide, .. } = desk;
        wide.clear();
        candidates.clear();
        pairs.clear();
        fits.clear();
        weighed.clear();
        index.fill(measurements);
        let bound = &self.bound;
        let Some(blur) = Blur::of(measurements, look.at, bound) else { return };
        let coverage = &self.coverages[usize::from(look.sensor.0)];
        let (environment, registration) = (&self.environment, &self.registration);
        let answers = measurements.iter().any(|measurement| measurement.answers);
        let pair_min = if answers { PAIR_MIN * priors::COOPERATIVE_CLUTTER } else { PAIR_MIN };
        near.clear();
        if measurements.len() <= FEW_PLOTS {
            let farthest_m = measurements.iter().map(|measurement| measurement.range_m).fold(0.0, f64::max);
            let widest = blur.apart_by(registration.apart_max_m(look.sensor, farthest_m));
            let sieve = Sieve::of(look.at, measurements, bound.sigmas);
            self.tracks.sift(&sieve, |seconds| widest.wider_m(seconds), near);
        } else {
            near.extend(0..self.tracks.len());
        }
        for track_index in near.iter().copied() {
            let track = &self.tracks[track_index];
            let seconds = look.at.seconds_since(track.at);
            let existence = track.existence;
            let worth = |density: f64, gate: &Gate| {
                let odds = existence / (1.0 - existence) * density;
                odds / (pair_min * coverage.clutter_density_min(gate.range_m + bound.sigmas * gate.along_m))
            };
            let apart = registration.apart_of(track, environment, look.sensor, seconds);
            let blur = blur.and(apart.as_ref());
            let widen = |gate| blur.widen(gate, seconds);
            let Some(mut reach) = track.beliefs.gates(seconds, &coverage.sensor_m, bound, worth, widen, gates) else {
                continue;
            };
            let belongs = |plot: &usize| track.identity.is_none() || track.likeness(&look.plots[*plot]) > 0.0;
            if !index.within(&reach).any(|plot| belongs(&plot)) {
                continue;
            }
            if seconds > 0.0 {
                self.tracks.change(track_index).carry(environment, look.at);
                let track = &self.tracks[track_index];
                let widen = |gate| blur.widen(gate, 0.0);
                let Some(carried) = track.beliefs.gates(0.0, &coverage.sensor_m, bound, worth, widen, gates) else {
                    continue;
                };
                reach = carried;
            }
            let track = &self.tracks[track_index];
            let first_pair = pairs.len();
            for plot in index.within(&reach) {
                let likeness = track.likeness(&look.plots[plot]);
                if likeness <= 0.0 {
                    continue;
                }
                let first_weighed = weighed.len();
                let widened = apart.as_ref().map(|apart| measurements[plot].wider(apart));
                let measurement = widened.as_ref().unwrap_or(&measurements[plot]);
                let fit = track.beliefs.weigh(
                    gates,
                    bound,
                    measurement,
                    moment(environment, measurement, look.at, track.at),
                    weighed,
                );
                if fit.distance2 >= bound.distance2 {
                    weighed.truncate(first_weighed);
                    continue;
                }
                // Until the chance of detection is known, the likelihood ratio of the pair alone.
                let odds = likeness * maths::exp(fit.log_likelihood) / other_density(measurement);
                if odds * existence < PAIR_MIN * (1.0 - existence) {
                    weighed.truncate(first_weighed);
                    continue;
                }
                pairs.push(Pair { track: candidates.len(), plot, odds });
                fits.push(GatedFit { fit, first_weighed });
                if registration.is_used() {
                    wide.push(*measurement);
                }
            }
            if pairs.len() > first_pair {
                let detection = detection(track, look, coverage);
                let seen = existence * detection;
                pairs[first_pair..].iter_mut().for_each(|pair| pair.odds = (pair.odds * seen / (1.0 - seen)).min(1e12));
                candidates.push(Candidate { track: track_index, detection, first_pair });
            }
        }
    }

    /// Shares the plots out among the tracks that claim them, and moves those.
    fn share_out(&mut self, look: &Look<'_>, first_number: SightingNo, desk: &mut Desk) {
        let Desk { measurements, candidates, pairs, marginals, contest, updated, .. } = desk;
        marginals.work_out(candidates.len(), measurements.len(), pairs);
        // A late look leaves later tracks where they are: beliefs of different instants must not come together in one.
        let at_one_instant = candidates.iter().all(|candidate| self.tracks[candidate.track].at == look.at);
        let contested = if at_one_instant { pairs.as_slice() } else { &[] };
        contest.settle(candidates.len(), measurements.len(), contested, &marginals.pairs);
        updated.clear();
        let mut rooms = core::mem::take(&mut desk.rooms);
        for row in 0..desk.candidates.len() {
            let after = self.after(look, first_number, desk, row, &mut rooms);
            desk.updated.push(after);
        }
        desk.rooms = rooms;
        let Desk { candidates, pairs, marginals, contest, updated, rooms, .. } = desk;
        for (row, (candidate, after)) in candidates.iter().zip(updated.drain(..)).enumerate() {
            let track = self.tracks.touch(candidate.track);
            core::mem::replace(&mut track.beliefs, after.beliefs).give_back(rooms);
            track.existence = after.existence;
            track.evidence.clear();
            let (own, owned) = (own_pairs(candidates, pairs, row), contest.owned(pairs, row));
            for i in own.filter(|i| contest.stays(&pairs[*i]) && marginals.pairs[*i] >= EVIDENCE_MIN) {
                track.note_plot(&look.plots[pairs[i].plot]);
            }
            if owned.iter().map(|i| marginals.pairs[*i]).sum::<f64>() >= EVIDENCE_MIN {
                track.note_plot(&look.plots[pairs[owned[0]].plot]);
            }
            track.note_look(look.sensor, look.at);
            self.dues.note(look.sensor, look.at, track.id);
            track.beliefs.refit(&self.environment, &self.sightings, track.at);
        }
    }

    /// One candidate after the look: by the plots that it shares with nobody, and by what all say of the one that it owns.
    fn after(&self, look: &Look<'_>, first_number: SightingNo, desk: &Desk, row: usize, rooms: &mut Rooms) -> Updated {
        let Desk { measurements, candidates, pairs, fits, weighed, marginals, contest, wide, .. } = desk;
        let candidate = &candidates[row];
        let track = &self.tracks[candidate.track];
        let claim = |i: usize| {
            let Pair { track: of, plot, .. } = pairs[i];
            let from = &self.tracks[candidates[of].track];
            let GatedFit { fit, first_weighed } = fits[i];
            let measurement = wide.get(i).unwrap_or(&measurements[plot]);
            Claim {
                mass: marginals.pairs[i],
                beliefs: &from.beliefs,
                fit,
                weighed: &weighed[first_weighed..first_weighed + from.beliefs.len()],
                number: first_number.wrapping_add(plot as SightingNo),
                measurement,
                moment: moment(&self.environment, measurement, look.at, from.at),
            }
        };
        let own = own_pairs(candidates, pairs, row).filter(|i| contest.stays(&pairs[*i]));
        let claims = own.chain(contest.owned(pairs, row).iter().copied()).map(claim);
        let seen: f64 = claims.clone().map(|claim| claim.mass).sum();
        let unseen = marginals.missed[row] * after_miss(track.existence, candidate.detection);
        let unseen = unseen.min((1.0 - seen).max(0.0));
        let period_s = self.coverages[usize::from(look.sensor.0)].scan_period_s;
        let existence_max = 1.0 - (priors::VANISHING_PER_S * period_s).min(0.01);
        match track.beliefs.after(unseen, claims, &self.sightings, self.limits.explanations_max, rooms) {
            Some((beliefs, kept)) => Updated { beliefs, existence: kept.min(existence_max) },
            None => Updated { beliefs: track.beliefs.copied(rooms), existence: 0.0 },
        }
    }

    /// Lowers the existence of what the sensor should have shown and did not.
    fn count_misses(&mut self, look: &Look<'_>, due: &mut Vec<usize>) {
        let sensor = &self.sensors[usize::from(look.sensor.0)];
        let coverage = &self.coverages[usize::from(look.sensor.0)];
        due.clear();
        match sensor.scan {
            Scan::Staring => due.extend((0..self.tracks.len()).filter(|place| !self.tracks[*place].touched)),
            // The beam comes round once per period, give or take: only then is silence a miss.
            Scan::Rotating => self.dues.take(look.sensor, look.at, 1.3 * sensor.scan_period_s, &self.tracks, due),
        }
        for place in due.iter().copied() {
            let track = &self.tracks[place];
            let seconds = look.at.seconds_since(track.at);
            let looked = track.looked_at(look.sensor).unwrap_or(look.at);
            if seconds < 0.0 {
                self.dues.note(look.sensor, looked, track.id);
                continue;
            }
            let whereabouts = track.beliefs.place(seconds);
            let detection = coverage.chance_of_detection(&whereabouts);
            let track = self.tracks.touch(place);
            track.missed(detection, coverage.chance_of_sight(&whereabouts), sensor.scan_period_s);
            match sensor.scan {
                Scan::Staring => {
                    if track.is_shown() {
                        track.carry(&self.environment, look.at);
                    }
                    track.note_look(look.sensor, look.at);
                }
                Scan::Rotating => {
                    let next = looked.plus_seconds(sensor.scan_period_s);
                    track.note_look(look.sensor, next);
                    self.dues.note(look.sensor, next, track.id);
                }
            }
        }
    }

    /// Begins a tentative track from every plot that probably is nobody's.
    fn begin(&mut self, look: &Look<'_>, first_number: SightingNo, desk: &mut Desk) {
        let sensor = &self.sensors[usize::from(look.sensor.0)];
        let coverage = &self.coverages[usize::from(look.sensor.0)];
        let plots = look.plots.iter().zip(&desk.measurements).zip(&desk.marginals.unclaimed);
        for (i, ((plot, measurement), unclaimed)) in plots.enumerate() {
            let sight = coverage.chance_of_sight(&measurement.place()).max(priors::HIDDEN_BIRTH);
            let birth = priors::BIRTHS_PER_SCAN * measurement.per_coverage * sensor.detection_probability * sight;
            let existence = unclaimed * birth / (birth + measurement.clutter_density);
            let mut cues = self.cues.near(measurement.at, measurement.position_m).peekable();
            if existence <= priors::EXISTENCE_MIN && cues.peek().is_none() {
                continue;
            }
            let number = first_number.wrapping_add(i as SightingNo);
            let beliefs = Beliefs::from_first(measurement, number, &mut desk.rooms);
            let mut track = Track::begun(TrackId(self.next_id), plot, beliefs, existence);
            cues.for_each(|cue| track.hear(&self.environment, cue, self.limits.explanations_max));
            if track.existence > priors::EXISTENCE_MIN {
                self.dues.note(look.sensor, plot.measured_at.0, track.id);
                self.tracks.push(track);
                self.next_id += 1;
            } else {
                track.beliefs.give_back(&mut desk.rooms);
            }
        }
    }

    /// Drops what hardly exists, and the least believed where the table is too full.
    fn prune(&mut self, desk: &mut Desk) -> Vec<Ended> {
        let rooms = &mut desk.rooms;
        let mut ended = Vec::new();
        // Only what a look touches becomes less probable.
        let (sightings, environment) = (&self.sightings, &self.environment);
        self.tracks.drop_touched_where(is_gone, |track| {
            close(track, TrackEnd::Lost, sightings, environment, &mut ended);
            track.beliefs.give_back(rooms);
        });
        let excess = self.tracks.len().saturating_sub(self.limits.tracks_max);
        if excess > 0 {
            let mut order: Vec<(f64, TrackId)> = self.tracks.iter().map(|t| (importance(t), t.id)).collect();
            order.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
            let mut displaced: Vec<TrackId> = order[..excess].iter().map(|(_, id)| *id).collect();
            displaced.sort_unstable();
            self.drop_tracks(rooms, &mut ended, |track, _| {
                displaced.binary_search(&track.id).is_ok().then_some(TrackEnd::Displaced)
            });
        }
        ended
    }

    /// Drops the tracks for which there is a reason; notes those that were told of, with what there is to record.
    fn drop_tracks(
        &mut self,
        rooms: &mut Rooms,
        ended: &mut Vec<Ended>,
        reason: impl Fn(&Track, &Environment) -> Option<TrackEnd>,
    ) {
        let (sightings, environment) = (&self.sightings, &self.environment);
        self.tracks.drop_where(
            |track| reason(track, environment).is_some(),
            |track| {
                if let Some(why) = reason(track, environment) {
                    close(track, why, sightings, environment, ended);
                }
                track.beliefs.give_back(rooms);
            },
        );
    }
}

/// Notes the end of a track that was told of, with what there is to record.
fn close(track: &Track, why: TrackEnd, sightings: &Sightings, environment: &Environment, ended: &mut Vec<Ended>) {
    if track.told {
        ended.push(Ended { track: track.id, why, record: TrackRecord::of(track, sightings, environment) });
    }
}

/// Whether a track hardly exists.
fn is_gone(track: &Track) -> bool {
    track.existence < priors::EXISTENCE_MIN
}

/// The pairs of one candidate.
fn own_pairs(candidates: &[Candidate], pairs: &[Pair], row: usize) -> core::ops::Range<usize> {
    candidates[row].first_pair..candidates.get(row + 1).map_or(pairs.len(), |next| next.first_pair)
}

/// The chance that this look shows a track.
fn detection(track: &Track, look: &Look<'_>, coverage: &Coverage) -> f64 {
    let place = track.beliefs.place(look.at.seconds_since(track.at));
    let chance = coverage.chance_of_detection(&place).clamp(0.01, 0.999);
    let seen_in_this_scan = track
        .looked_at(look.sensor)
        .is_some_and(|last| look.at.seconds_since(last).abs() < SAME_SCAN * coverage.scan_period_s);
    if seen_in_this_scan { 0.1 * chance } else { chance }
}

/// What makes the plots of a look lie off their things.
#[derive(Clone, Copy)]
struct Blur {
    place_m: f64,
    range_m: f64,
    /// The plots of one look are not quite simultaneous.
    lag_s: f64,
    /// Standard deviations that are looked at.
    sigmas: f64,
}

impl Blur {
    /// Of the plots of a look; `None` where it has none.
    fn of(measurements: &[Measurement], at: Time, bound: &Bound) -> Option<Self> {
        let sigmas = bound.sigmas;
        let first = measurements.first()?;
        let widest = |value: fn(&Measurement) -> f64| measurements.iter().map(value).fold(0.0, f64::max).sqrt();
        Some(Blur {
            place_m: sigmas * widest(|m| m.covariance.diagonal().max()),
            range_m: sigmas * widest(|m| m.sight.dot(&(m.covariance * m.sight))),
            lag_s: at.seconds_since(first.at),
            sigmas,
        })
    }

    /// The same where a sensor's errors may put them so much farther off.
    fn and(self, apart: Option<&Matrix3<f64>>) -> Self {
        self.apart_by(apart.map_or(0.0, |apart| apart.trace().max(0.0).sqrt()))
    }

    /// The same where a sensor's errors may put them so much farther off, by one standard deviation.
    fn apart_by(self, sigma_m: f64) -> Self {
        let more_m = self.sigmas * sigma_m;
        Blur { place_m: self.place_m + more_m, range_m: self.range_m + more_m, ..self }
    }

    fn widen(&self, gate: Gate, seconds: f64) -> Gate {
        gate.widened(self.wider_m(seconds), self.range_m + self.bent_m(seconds))
    }

    /// By how much the sides of a gate become wider.
    fn wider_m(&self, seconds: f64) -> f64 {
        self.place_m + self.bent_m(seconds)
    }

    /// What the way differs from a straight line by, and what the plots of a look differ by in time.
    fn bent_m(&self, seconds: f64) -> f64 {
        /// Faster than anything that is tracked, m/s.
        const SPEED_MAX_MPS: f64 = 1_500.0;
        let sag_m = 0.5 * 9.81 * seconds * seconds;
        sag_m + self.lag_s * SPEED_MAX_MPS
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

/// What a full table keeps: rounds that are shown before anything else, then what may be a round, then what surely exists.
fn importance(track: &Track) -> f64 {
    /// More than anything else can come to.
    const SHOWN_ROUND: f64 = 100.0;
    let round = track.odds().round();
    let shown_round = if round >= 0.5 && track.is_shown() { SHOWN_ROUND } else { 0.0 };
    shown_round + track.existence * (1.0 + 10.0 * round)
}

/// Whether a falling thing must by now be under the ground.
fn has_landed(track: &Track, environment: &Environment, now: Time) -> bool {
    /// Metres under the ground that are put down to error.
    const DEPTH_M: f64 = 20.0;
    if track.odds().falling() < 0.5 {
        return false;
    }
    let seconds = now.seconds_since(track.at).max(0.0);
    track.falling().all(|(_, estimate)| {
        let body = estimate.body();
        let height_m = environment.height_above_ground_m(&body.position_m) + body.velocity_mps.z * seconds;
        body.velocity_mps.z < 0.0 && height_m < -DEPTH_M - 2.0 * estimate.covariance[(2, 2)].max(0.0).sqrt()
    })
}
