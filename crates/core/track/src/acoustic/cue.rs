//! A launch that was heard, as a hint where a round comes from.

use nalgebra::{Matrix3, Vector3};
use parapet_frame::{Time, maths};

use super::report::{SoundKind, SoundSource};
use crate::measurement::Measurement;

/// Launches that are kept.
const CUES_MAX: usize = 64;
/// A round is first seen within this time of its launch, seconds.
const FLOWN_MAX_S: f64 = 60.0;
/// ... and flies no faster than this, m/s.
const SPEED_MAX_MPS: f64 = 1_500.0;
/// What a round's height over the ground at its launch may differ from 0 by, metres: barrels, rails, roofs, the error of the map.
const HEIGHT_SIGMA_M: f64 = 30.0;
/// Part of the way from the launch by which the straightened way back may err: drag and thrust.
const WAY_SIGMA: f64 = 0.1;
/// Speed that an error of the launch time is worth, m/s.
const TIME_SPEED_MPS: f64 = 300.0;
/// Launches that are of other rounds lie anywhere: within 10 km, and, because a round that was launched at another time is not on the
/// ground at this one, anywhere up to 1 km above it. Density, 1/m^3.
const OTHER_LAUNCHES: f64 = 1.0 / (core::f64::consts::PI * 10_000.0 * 10_000.0 * 1_000.0);
/// Chance that a round in sight was heard when it was launched.
const HEARD: f64 = 0.5;

/// Launches of late.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cues {
    live: Vec<Cue>,
}

/// A launch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cue {
    pub(crate) id: u32,
    pub(crate) at: Time,
    place_m: Vector3<f64>,
    covariance: Matrix3<f64>,
}

impl Cues {
    /// Takes up a launch, or what is better known of one; returns it where it is new.
    pub(crate) fn note(&mut self, source: &SoundSource) -> Option<Cue> {
        if source.kind != SoundKind::Launch {
            return None;
        }
        let cue = Cue::of(source);
        if let Some(known) = self.live.iter_mut().find(|known| known.id == cue.id) {
            *known = cue;
            return None;
        }
        if self.live.len() >= CUES_MAX {
            self.live.remove(0);
        }
        self.live.push(cue);
        Some(cue)
    }

    /// Forgets what nothing can come of any more.
    pub(crate) fn forget(&mut self, now: Time) {
        self.live.retain(|cue| cue.at.plus_seconds(FLOWN_MAX_S) >= now);
    }

    /// The launches that something first seen then and there may come from.
    pub(crate) fn near(&self, at: Time, place_m: Vector3<f64>) -> impl Iterator<Item = &Cue> {
        self.live.iter().filter(move |cue| cue.may_be_of(at, &place_m))
    }
}

impl Cue {
    fn of(source: &SoundSource) -> Self {
        let plane = source.covariance.to_matrix();
        let moved_m = TIME_SPEED_MPS * source.sigma_time_s;
        let mut covariance = Matrix3::identity() * (moved_m * moved_m);
        let mut corner = covariance.fixed_view_mut::<2, 2>(0, 0);
        corner += plane;
        covariance[(2, 2)] += HEIGHT_SIGMA_M * HEIGHT_SIGMA_M;
        Cue { id: source.id, at: source.at, place_m: source.place.to_vector(), covariance }
    }

    /// Whether something that was first seen then and there may have been launched here.
    pub(crate) fn may_be_of(&self, first_seen_at: Time, place_m: &Vector3<f64>) -> bool {
        /// Seconds: something seen before that can have flown nowhere.
        const FLOWN_MIN_S: f64 = 0.05;
        let flown_s = first_seen_at.seconds_since(self.at);
        let reach_m = SPEED_MAX_MPS * flown_s + 3.0 * self.covariance.trace().sqrt();
        (FLOWN_MIN_S..FLOWN_MAX_S).contains(&flown_s) && (place_m - self.place_m).norm() < reach_m
    }

    /// The launch as if it had been seen, for something that is there now.
    pub(crate) fn measurement(&self, now_m: &Vector3<f64>) -> Measurement {
        let way = WAY_SIGMA * (now_m - self.place_m).norm();
        Measurement::of_launch(self.at, self.place_m, self.covariance + Matrix3::identity() * (way * way))
    }
}

/// How much likelier a launch makes it that a round is where it was launched from, given the logarithm of the density that the round's
/// way back has there, 1/m^3. That a round was not heard says nothing, since nobody knows who was near enough.
pub(crate) fn launch_odds(log_density: f64) -> f64 {
    HEARD * maths::exp(log_density - maths::ln(OTHER_LAUNCHES))
}
