//! One track: a thing that exists with a probability and moves in one of several ways.

use parapet_flight::Environment;
use parapet_frame::{Time, maths};
use smallvec::{SmallVec, smallvec};

use crate::acoustic::Cue;
use crate::beliefs::Beliefs;
use crate::filter::{Estimate, Moment};
use crate::motion::{Covariance, Motion};
use crate::priors;
use crate::recognition::Pairing;
use crate::{
    ClassOdds, Evidence, Identity, MotionOdds, Plot, PlotRef, Recognition, SMOOTHING_LAG_S, SensorId, Smoothed,
    TrackId, TrackReport,
};

/// A track in the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    pub(crate) id: TrackId,
    pub(crate) at: Time,
    pub(crate) beliefs: Beliefs,
    pub(crate) existence: f64,
    pub(crate) plots: u32,
    pub(crate) first_plot_at: Time,
    pub(crate) last_plot_at: Time,
    pub(crate) last_heard_at: Time,
    pub(crate) identity: Option<Identity>,
    /// When each sensor that has seen it looked at it last.
    pub(crate) looks: SmallVec<[(SensorId, Time); 4]>,
    pub(crate) evidence: Evidence,
    /// Since its last plot a sensor looked for it where it cannot see.
    pub(crate) is_hidden: bool,
    /// The sensors that gave it plots, each once.
    pub(crate) seen_by: SmallVec<[SensorId; 4]>,
    /// Groups of sensors that did: see [`Trust::group`](crate::Trust::group).
    pub(crate) groups: u16,
    /// What its sensors' remaining errors add to what is believed of it if it falls.
    pub(crate) common: Option<Box<Covariance>>,
    /// The launches that it was held against.
    pub(crate) cues: SmallVec<[u32; 4]>,
    /// It was moved or missed in the present look and is to be told of.
    pub(crate) touched: bool,
    /// It has been told of, so its end will be told too.
    pub(crate) told: bool,
    /// It counts among those that are shown.
    pub(crate) counted: bool,
    /// It answered when it was first seen, so that its beliefs hold already how seldom a round does.
    answered: bool,
    /// The contact that may be the same thing.
    pub(crate) pairing: Option<Box<Pairing>>,
    /// The contact that it is held to be.
    pub(crate) recognition: Option<Recognition>,
}

impl Track {
    pub(crate) fn begun(id: TrackId, plot: &Plot, beliefs: Beliefs, existence: f64) -> Self {
        let at = plot.measured_at.0;
        Track {
            id,
            at,
            beliefs,
            existence,
            plots: 1,
            first_plot_at: at,
            last_plot_at: at,
            last_heard_at: plot.heard_at.0,
            identity: plot.identity,
            looks: smallvec![(plot.sensor, at)],
            evidence: smallvec![plot_ref(plot)],
            is_hidden: false,
            seen_by: smallvec![plot.sensor],
            groups: 1,
            common: None,
            cues: SmallVec::new(),
            touched: false,
            told: false,
            counted: false,
            answered: plot.identity.is_some(),
            pairing: None,
            recognition: None,
        }
    }

    /// Its number.
    #[must_use]
    pub fn id(&self) -> TrackId {
        self.id
    }

    /// Probability that there is an object at all.
    #[must_use]
    pub fn existence(&self) -> f64 {
        self.existence
    }

    /// The odds of its kinds of motion.
    #[must_use]
    pub fn odds(&self) -> MotionOdds {
        let odds = self.beliefs.odds();
        let counts = self.recognition.is_some_and(|contact| contact.believed) && !self.answered;
        if counts { odds.with_rounds_rarer(priors::COOPERATIVE_ROUND) } else { odds }
    }

    /// The contact that it is held to be: an aircraft that says where it is, or another system's track.
    #[must_use]
    pub fn recognition(&self) -> Option<&Recognition> {
        self.recognition.as_ref()
    }

    /// The instant that its beliefs are valid for.
    #[must_use]
    pub fn at(&self) -> Time {
        self.at
    }

    /// Number of plots used.
    #[must_use]
    pub fn plots(&self) -> u32 {
        self.plots
    }

    /// How many independent reports it rests on: its plots, and its launch where that surely was heard.
    #[must_use]
    pub fn reports(&self) -> u32 {
        /// Nine times as surely this thing's launch as not.
        const SURE: f64 = 0.9;
        self.plots + u32::from(self.beliefs.heard() >= SURE)
    }

    /// Takes in a launch that was heard, once. It says nothing of what certainly is no round.
    pub(crate) fn hear(&mut self, environment: &Environment, cue: &Cue, explanations_max: usize) {
        let now_m = self.beliefs.place(0.0).place_m;
        let seconds = cue.at.seconds_since(self.at);
        if self.cues.contains(&cue.id) || seconds >= 0.0 || !cue.may_be_of(self.first_plot_at, &now_m) {
            return;
        }
        self.cues.push(cue.id);
        let moment = Moment::Past { environment, seconds };
        let gain = self.beliefs.hear(&cue.measurement(&now_m), moment, explanations_max);
        let existing = self.existence * gain;
        self.existence = existing / (existing + 1.0 - self.existence);
    }

    /// When its first plot was measured.
    #[must_use]
    pub fn first_plot_at(&self) -> Time {
        self.first_plot_at
    }

    /// The sensors that have seen it, in the order in which they first did.
    pub fn seen_by(&self) -> impl Iterator<Item = SensorId> {
        self.seen_by.iter().copied()
    }

    /// What is believed of it if it falls freely: one Gaussian for each explanation of its past, with probabilities that add
    /// up to 1. Empty where it certainly does not fall.
    ///
    /// What its sensors may all the time have had wrong is in the covariance.
    pub fn falling(&self) -> impl Iterator<Item = (f64, Estimate)> {
        self.beliefs.falling().map(|(weight, mut estimate)| {
            self.common.iter().for_each(|common| estimate.covariance += **common);
            (weight, estimate)
        })
    }

    /// Number of independent groups of sensors that gave it plots.
    #[must_use]
    pub fn groups(&self) -> u16 {
        self.groups
    }

    /// Whether a person would be shown it: it surely exists and rests on more than two reports. What has been shown once is shown until it
    /// probably is gone, so that a few misses do not make it flicker.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        /// Existence from which on a track is shown ...
        const SURE: f64 = 0.98;
        /// ... and below which it is no longer.
        const DOUBTFUL: f64 = 0.1;
        self.reports() >= 3 && self.existence >= if self.told { DOUBTFUL } else { SURE }
    }

    /// The track as it stands, or as it will stand at a later instant.
    #[must_use]
    pub fn report(&self, environment: &Environment, at: Time) -> TrackReport {
        let seconds = at.seconds_since(self.at);
        let mut leading = self.beliefs.leading(environment, seconds.max(0.0));
        self.common.iter().for_each(|common| leading.covariance += **common);
        let classes = self.classes_by(environment, &leading);
        let mut covariance = [0.0; 21];
        let upper = (0..6).flat_map(|row| (row..6).map(move |column| (row, column)));
        for (slot, cell) in covariance.iter_mut().zip(upper) {
            *slot = leading.covariance[cell];
        }
        TrackReport {
            id: self.id,
            at: if seconds > 0.0 { at } else { self.at },
            position_m: leading.mean.fixed_rows::<3>(0).into_owned().into(),
            velocity_mps: leading.mean.fixed_rows::<3>(3).into_owned().into(),
            covariance,
            ln_beta: [leading.mean[6], leading.covariance[(6, 6)].max(0.0).sqrt()],
            existence: self.existence,
            odds: self.odds(),
            class: classes.named(),
            classes,
            plots: self.plots,
            first_plot_at: self.first_plot_at,
            last_plot_at: self.last_plot_at,
            identity: self.identity,
            smoothed: self.smoothed(environment),
            contact: self.recognition,
            evidence: self.evidence.clone(),
        }
    }

    /// Where it was a little earlier, by all plots up to the instant that its beliefs are valid for (fixed-lag smoothing; Gelb 1974,
    /// chapter 5). Hardly anything disturbs a fall, so that the belief carried back is the smoothed one.
    fn smoothed(&self, environment: &Environment) -> Option<Smoothed> {
        let lag_s = self.at.seconds_since(self.first_plot_at).clamp(0.0, SMOOTHING_LAG_S);
        let belief = self.beliefs.leading_fall().filter(|_| self.odds().falling() >= 0.5)?;
        let (then, transition) = belief.carried(environment, Motion::Ballistic, -lag_s);
        let covariance = transition.carry(&belief.covariance);
        Some(Smoothed {
            at: self.at.plus_seconds(-lag_s),
            position_m: then.fixed_rows::<3>(0).into_owned().into(),
            sigma_m: (0..3).map(|axis| covariance[(axis, axis)].max(0.0)).sum::<f64>().sqrt(),
        })
    }

    /// Probabilities of what it is.
    #[must_use]
    pub fn classes(&self, environment: &Environment) -> ClassOdds {
        self.classes_by(environment, &self.beliefs.leading(environment, 0.0))
    }

    fn classes_by(&self, environment: &Environment, leading: &Estimate) -> ClassOdds {
        let height_m = environment.height_above_ground_m(&leading.body().position_m);
        let answers = self.identity.is_some() || self.recognition.is_some_and(|contact| contact.believed);
        ClassOdds::of(&self.odds(), leading, height_m, answers)
    }

    /// How much likelier the plot is this track's than another's, from what both say of themselves.
    pub(crate) fn likeness(&self, plot: &Plot) -> f64 {
        match (&self.identity, &plot.identity) {
            (Some(known), Some(told)) => known.likeness(told),
            _ => 1.0,
        }
    }

    /// Carries it on to an instant.
    pub(crate) fn carry(&mut self, environment: &Environment, to: Time) {
        self.beliefs.predict(environment, to.seconds_since(self.at));
        self.at = to;
    }

    /// When a sensor looked at it last, if it ever saw it.
    pub(crate) fn looked_at(&self, sensor: SensorId) -> Option<Time> {
        self.looks.iter().find(|(s, _)| *s == sensor).map(|(_, at)| *at)
    }

    pub(crate) fn note_look(&mut self, sensor: SensorId, at: Time) {
        match self.looks.iter_mut().find(|(s, _)| *s == sensor) {
            Some((_, last)) => *last = at.max(*last),
            None => self.looks.push((sensor, at)),
        }
    }

    /// A sensor looked where it should be, with this chance of seeing it, and saw nothing; the look before was so long ago. `sight` is
    /// the chance that nothing is known to hide it.
    pub(crate) fn missed(&mut self, detection: f64, sight: f64, seconds: f64) {
        self.is_hidden |= sight < 0.5;
        // Misses are independent of one another only in the open. What was hidden at the last look is mostly hidden still, even
        // where the belief, which spreads all the time, reaches into the open again.
        let emerged = if self.is_hidden { 1.0 - maths::exp(-seconds / priors::EMERGING_S) } else { 1.0 };
        let detection = detection * emerged;
        // Out of sight nothing tells whether it goes on; where it is known to be hidden, that it is not seen says nothing against it.
        let unseen_s = (1.0 - detection) * sight * seconds;
        let hidden_s = (1.0 - detection) * (1.0 - sight) * seconds;
        let goes_on = maths::exp(-unseen_s / priors::UNSEEN_LIFE_S - hidden_s / priors::HIDDEN_LIFE_S);
        self.existence = after_miss(self.existence, detection) * goes_on;
        self.evidence.clear();
    }

    /// How long it may go without a plot, seconds.
    pub(crate) fn unseen_life_s(&self) -> f64 {
        if self.is_hidden { priors::HIDDEN_LIFE_S } else { priors::UNSEEN_LIFE_S }
    }

    pub(crate) fn note_plot(&mut self, plot: &Plot) {
        self.plots += 1;
        self.is_hidden = false;
        self.last_plot_at = self.last_plot_at.max(plot.measured_at.0);
        self.last_heard_at = self.last_heard_at.max(plot.heard_at.0);
        self.evidence.push(plot_ref(plot));
        if !self.seen_by.contains(&plot.sensor) {
            self.seen_by.push(plot.sensor);
        }
        if let Some(told) = plot.identity {
            let known = self.identity.unwrap_or_default();
            self.identity = Some(Identity {
                address: told.address.or(known.address),
                mode_3a: told.mode_3a.or(known.mode_3a),
                callsign: told.callsign.or(known.callsign),
            });
        }
    }
}

fn plot_ref(plot: &Plot) -> PlotRef {
    PlotRef { sensor: plot.sensor, sequence: plot.sequence }
}

/// Existence after a look that should have shown it with a probability and did not.
pub(crate) fn after_miss(existence: f64, detection: f64) -> f64 {
    existence * (1.0 - detection) / (1.0 - existence * detection)
}
