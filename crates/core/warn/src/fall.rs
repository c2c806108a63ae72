//! Whether what was predicted to come down was heard to: for the incident record.
//!
//! An impact that nodes locate near where and when one was predicted confirms the prediction. Where enough nodes listened and none was
//! located, the prediction is contradicted: the round was a dud, came down elsewhere, or never was. Neither changes an alarm.

use std::collections::{BTreeMap, BTreeSet};

use nalgebra::{Matrix2, Vector2, Vector3};
use parapet_frame::Time;
use parapet_track::{SoundKind, SoundSource, TrackId};
use serde::{Deserialize, Serialize};

use crate::{Impact, Threat};

/// An impact is surely heard by a node within this distance, metres; farther off it depends on the wind.
pub const EARSHOT_M: f64 = 2_500.0;
/// Nodes within earshot without which silence says nothing: as many as it takes to locate a sound by its times.
const EARS_MIN: u32 = 4;
/// Slow enough for any air, m/s.
const SOUND_MIN_MPS: f64 = 300.0;
/// Reports take this long to come in, seconds.
const REPORTING_S: f64 = 3.0;
/// Squared standard deviations within which a heard impact is the predicted one.
const GATE: f64 = 16.0;
/// What a prediction may be off by beyond its covariance: the ground, the map, the crater's edge; metres and seconds.
const SLACK_M: f64 = 50.0;
const SLACK_S: f64 = 1.0;
/// Predictions that wait for their sound, and located impacts that are remembered.
const OPEN_MAX: usize = 4_096;

/// What was heard of a predicted impact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// An impact was heard there and then.
    Confirmed,
    /// Enough nodes listened, and no impact was heard there and then.
    NotHeard,
}

/// Whether a predicted impact was heard: for the incident record only.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FallReport {
    /// The track that was believed to come down.
    pub track: TrackId,
    /// When this was found.
    pub at: Time,
    /// What was heard.
    pub verdict: Verdict,
    /// The last prediction.
    pub predicted: Impact,
    /// The located sound that confirms it.
    pub source: Option<u32>,
    /// How far from the prediction it was, metres.
    pub off_m: Option<f64>,
    /// Nodes that listened within [`EARSHOT_M`] of the prediction.
    pub listening: u32,
}

/// Impacts that are predicted, and those that were heard.
#[derive(Clone, Debug, Default)]
pub struct Falls {
    open: BTreeMap<TrackId, Impact>,
    heard: BTreeMap<u32, SoundSource>,
    used: BTreeSet<u32>,
}

impl Falls {
    /// Takes up what is predicted of a track as of an instant. What nobody believes any more is expected no longer, unless it is about to
    /// come down: close to the ground a track may end before its prediction.
    pub fn expect(&mut self, track: TrackId, at: Time, threat: Option<&Threat>) {
        /// About to come down, seconds.
        const ABOUT_TO_FALL_S: f64 = 2.0;
        match threat.filter(|threat| threat.believed) {
            Some(threat) if self.open.len() < OPEN_MAX || self.open.contains_key(&track) => {
                self.open.insert(track, threat.impact);
            }
            Some(_) => {}
            None => {
                let is_far_off = |impact: &Impact| impact.at.seconds_since(at) > ABOUT_TO_FALL_S;
                if self.open.get(&track).is_some_and(is_far_off) {
                    self.open.remove(&track);
                }
            }
        }
    }

    /// Takes up an impact that was heard; what follows is said by [`decide`](Self::decide).
    pub fn hear(&mut self, source: &SoundSource) {
        if source.kind == SoundKind::Impact && !self.used.contains(&source.id) {
            if self.heard.len() >= OPEN_MAX {
                self.heard.pop_first();
            }
            self.heard.insert(source.id, source.clone());
        }
    }

    /// Whether something waits.
    #[must_use]
    pub fn is_active(&self) -> bool {
        !self.open.is_empty() || !self.heard.is_empty()
    }

    /// Decides on every prediction whose time has come; `listening` tells how many nodes listen within a distance of a place.
    pub fn decide(&mut self, now: Time, listening: impl Fn(&Vector3<f64>, f64) -> u32) -> Vec<FallReport> {
        let mut told = Vec::new();
        let fallen: Vec<(TrackId, Impact)> =
            self.open.iter().filter(|(_, impact)| impact.at <= now).map(|(track, impact)| (*track, *impact)).collect();
        for (track, predicted) in fallen {
            let nearest = self.nearest(&predicted);
            let report = |verdict, source, off_m, listening| FallReport {
                track,
                at: now,
                verdict,
                predicted,
                source,
                off_m,
                listening,
            };
            let ears = || listening(&predicted.place.to_vector(), EARSHOT_M);
            if let Some((source, off_m)) = nearest {
                self.heard.remove(&source);
                self.used.insert(source);
                told.push(report(Verdict::Confirmed, Some(source), Some(off_m), ears()));
            } else if now >= silence_ends(&predicted) {
                let ears = ears();
                told.extend((ears >= EARS_MIN).then(|| report(Verdict::NotHeard, None, None, ears)));
            } else {
                continue;
            }
            self.open.remove(&track);
        }
        self.forget(now);
        told
    }

    /// The heard impact that fits a prediction best, and how far off it was, metres.
    fn nearest(&self, predicted: &Impact) -> Option<(u32, f64)> {
        let fits = self.heard.values().filter_map(|source| {
            let off_s = source.at.seconds_since(predicted.at);
            let spread_s = predicted.sigma_time_s + source.sigma_time_s;
            if off_s.abs() > 3.0 * spread_s + SLACK_S {
                return None;
            }
            let off = (source.place.to_vector() - predicted.place.to_vector()).xy();
            let slack = Matrix2::from_diagonal(&Vector2::repeat(SLACK_M * SLACK_M));
            let spread = source.covariance.to_matrix() + predicted.covariance.to_matrix() + slack;
            let distance2 = off.dot(&spread.cholesky()?.solve(&off));
            (distance2 < GATE).then_some((distance2, source.id, off.norm()))
        });
        fits.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, id, off_m)| (id, off_m))
    }

    /// Forgets sounds of which nothing can come any more. A prediction that may still be confirmed is younger.
    fn forget(&mut self, now: Time) {
        /// Seconds for which a heard impact may wait for the track that it belongs to.
        const KEPT_S: f64 = 30.0;
        self.heard.retain(|_, source| source.at.plus_seconds(KEPT_S) >= now);
        while self.used.len() > OPEN_MAX {
            self.used.pop_first();
        }
    }
}

/// From when on silence says something.
fn silence_ends(predicted: &Impact) -> Time {
    predicted.at.plus_seconds(3.0 * predicted.sigma_time_s + SLACK_S + EARSHOT_M / SOUND_MIN_MPS + REPORTING_S)
}

#[cfg(test)]
mod tests {
    use parapet_frame::{PlaneCovariance, SitePoint};

    use super::*;

    fn covariance(sigma_m: f64) -> PlaneCovariance {
        let variance = sigma_m * sigma_m;
        PlaneCovariance { east_east_m2: variance, east_north_m2: 0.0, north_north_m2: variance }
    }

    fn threat(believed: bool) -> Threat {
        let impact = Impact {
            at: Time::from_seconds(100.0),
            sigma_time_s: 0.2,
            place: SitePoint::default(),
            covariance: covariance(60.0),
            speed_mps: 200.0,
        };
        let (at, track) = (Time::from_seconds(90.0), TrackId(7));
        Threat { track, at, first_plot_at: at, probability: 0.99, believed, impact }
    }

    fn sound(id: u32, east_m: f64, seconds: f64) -> SoundSource {
        SoundSource {
            id,
            kind: SoundKind::Impact,
            at: Time::from_seconds(seconds),
            sigma_time_s: 0.05,
            place: SitePoint { east_m, ..SitePoint::default() },
            covariance: covariance(20.0),
            chi2: 2.0,
            spare: 2,
            ears: Default::default(),
        }
    }

    fn falls() -> Falls {
        let mut falls = Falls::default();
        falls.expect(TrackId(7), Time::from_seconds(90.0), Some(&threat(true)));
        falls
    }

    #[test]
    fn an_impact_that_is_heard_confirms_once() {
        let mut falls = falls();
        falls.hear(&sound(3, 90.0, 100.4));
        let told = falls.decide(Time::from_seconds(102.0), |_, _| 6);
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].verdict, told[0].source, told[0].off_m), (Verdict::Confirmed, Some(3), Some(90.0)));
        falls.hear(&sound(3, 80.0, 100.4));
        assert!(falls.decide(Time::from_seconds(140.0), |_, _| 6).is_empty(), "and is not said again");
    }

    #[test]
    fn silence_contradicts_where_enough_listened() {
        for (listening, said) in [(6, 1), (3, 0)] {
            let mut falls = falls();
            // Another impact, two kilometres away, is not this one.
            falls.hear(&sound(4, 2_000.0, 100.2));
            assert!(falls.decide(Time::from_seconds(105.0), |_, _| listening).is_empty(), "it may still be heard");
            let told = falls.decide(Time::from_seconds(120.0), |_, _| listening);
            assert_eq!(told.len(), said);
            assert!(told.iter().all(|report| report.verdict == Verdict::NotHeard));
        }
    }

    #[test]
    fn what_is_no_longer_believed_is_not_expected() {
        let mut falls = falls();
        falls.expect(TrackId(7), Time::from_seconds(91.0), Some(&threat(false)));
        assert!(!falls.is_active());
    }
}
