//! How a zone's danger went, second by second, and what else could have come of it.

use std::collections::BTreeMap;

use parapet_engine::Output;
use parapet_frame::Time;
use parapet_track::TrackId;
use parapet_warn::{Alarm, Hazard, SecondsLeft, Threat, Zone, ZoneId};
use serde::Serialize;

use super::SAME_WITHIN_S;
use crate::Chain;

/// Thresholds that are asked about, as parts of the zone's own.
const OTHER_THRESHOLDS: [f64; 4] = [0.25, 0.5, 2.0, 4.0];
/// Moments kept; of more, every second is forgotten and only every second one taken from then on.
const MOMENTS_MAX: usize = 20_000;
/// What happened longer before a decision belongs to another attack, seconds.
const BEFORE_S: f64 = 300.0;
/// Tracks whose nearest prediction is kept: the nearest.
const NEAREST_MAX: usize = 1_000;

/// What a zone was exposed to at an instant.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The instant.
    pub at: Time,
    /// Probability that at least one round on its way endangers it.
    pub probability: f64,
    /// The probability from which on it is warned.
    pub threshold: f64,
    /// Seconds left until the first round comes, if one does.
    pub left: Option<SecondsLeft>,
    /// The rounds that may endanger it, with their probabilities.
    pub threats: Vec<(TrackId, f64)>,
}

/// A run as one zone saw it.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// Every change of its danger, thinned where there are very many.
    pub moments: Vec<Moment>,
    /// When it was most in danger.
    pub worst: Option<Moment>,
    /// The prediction of each track that came nearest to it, with the distance of the impact from the outline, metres.
    pub nearest: BTreeMap<TrackId, (f64, Threat)>,
    /// Moments are taken one in so many.
    sparse: u32,
    passed: u32,
}

impl Trace {
    /// Takes in one step.
    pub(crate) fn turn(&mut self, chain: &Chain, outputs: &[Output], zone: ZoneId, outline: Option<&Zone>) {
        let mut at = None;
        for output in outputs {
            if let Output::Threat(threat) = output {
                at = Some(threat.at);
                self.approach(threat, outline);
            }
        }
        // Danger changes when threats do; what time alone does to it is told by alarms.
        if let (Some(at), Some(hazard)) = (at, chain.hazards().find(|hazard| hazard.zone == zone)) {
            self.note(at, hazard);
        }
    }

    /// Forgets what belongs to an earlier attack.
    pub(crate) fn forget_before(&mut self, now: Time) {
        let late = |moment: &Moment| now.seconds_since(moment.at) > 2.0 * BEFORE_S;
        if self.moments.first().is_some_and(late) {
            self.moments.retain(|moment| now.seconds_since(moment.at) <= BEFORE_S);
        }
    }

    fn note(&mut self, at: Time, hazard: Hazard) {
        let Hazard { probability, threshold, left, threats, .. } = hazard;
        let moment = Moment { at, probability, threshold, left, threats };
        if self.worst.as_ref().is_none_or(|worst| worst.probability <= probability) {
            self.worst = Some(moment.clone());
        }
        if self.moments.len() >= MOMENTS_MAX {
            let mut even = false;
            self.moments.retain(|_| {
                even = !even;
                even
            });
            self.sparse = 2 * self.sparse.max(1);
        }
        self.passed = self.passed.wrapping_add(1);
        if self.passed.is_multiple_of(self.sparse.max(1)) {
            self.moments.push(moment);
        }
    }

    fn approach(&mut self, threat: &Threat, zone: Option<&Zone>) {
        let place = [threat.impact.place.east_m, threat.impact.place.north_m];
        let away_m = zone.map_or(f64::INFINITY, |zone| away_m(zone, place));
        let nearest = self.nearest.entry(threat.track).or_insert((away_m, *threat));
        if away_m <= nearest.0 {
            *nearest = (away_m, *threat);
        }
        if self.nearest.len() > NEAREST_MAX {
            let farthest = self.nearest.iter().max_by(|a, b| a.1.0.total_cmp(&b.1.0)).map(|(track, _)| *track);
            farthest.map(|track| self.nearest.remove(&track));
        }
    }

    /// When other thresholds would have been reached, relative to the decision.
    #[must_use]
    pub fn alternatives(&self, decision: &Alarm) -> Vec<Alternative> {
        let from = decision.id.cause;
        OTHER_THRESHOLDS
            .into_iter()
            .map(|part| (part * decision.threshold).min(0.99))
            .map(|threshold| {
                let reached = self.moments.iter().find(|m| m.at >= from && m.probability >= threshold);
                let within = reached.filter(|m| m.at.seconds_since(decision.at) < SAME_WITHIN_S);
                Alternative { threshold, later_s: within.map(|m| m.at.seconds_since(decision.at)) }
            })
            .collect()
    }
}

/// What another threshold would have done.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Alternative {
    /// Its threshold.
    pub threshold: f64,
    /// Seconds after the decision at which it was reached, negative before; `None` where it never was within a minute.
    pub later_s: Option<f64>,
}

/// What would have come of it without one sensor.
#[derive(Clone, Debug, Serialize)]
pub struct Without {
    /// Which one.
    pub sensor: String,
    /// Seconds by which people would have been told later, negative for earlier; `None` where they would not have been told.
    pub later_s: Option<f64>,
}

/// Distance of a place from a zone's outline, metres; 0 inside.
fn away_m(zone: &Zone, [x, y]: [f64; 2]) -> f64 {
    let sides = || zone.rings.iter().flat_map(|ring| ring.iter().zip(ring.iter().cycle().skip(1)));
    let crosses =
        |a: &[f64; 2], b: &[f64; 2]| (a[1] > y) != (b[1] > y) && x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]);
    if sides().filter(|(a, b)| crosses(a, b)).count() % 2 == 1 {
        return 0.0;
    }
    let to_side = |(a, b): (&[f64; 2], &[f64; 2])| {
        let (edge, off) = ([b[0] - a[0], b[1] - a[1]], [x - a[0], y - a[1]]);
        let length2 = (edge[0] * edge[0] + edge[1] * edge[1]).max(1e-9);
        let along = ((off[0] * edge[0] + off[1] * edge[1]) / length2).clamp(0.0, 1.0);
        (off[0] - along * edge[0]).hypot(off[1] - along * edge[1])
    };
    sides().map(to_side).fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_in_or_so_far_away() {
        let ring = vec![[0.0, 0.0], [100.0, 0.0], [100.0, 100.0], [0.0, 100.0]];
        let zone = Zone {
            key: "z".into(),
            name: "z".into(),
            kind: "test".into(),
            people: 1,
            rings: vec![ring],
            alarm_probability: 0.1,
            shelter_s: None,
        };
        assert_eq!(away_m(&zone, [50.0, 50.0]), 0.0);
        assert!((away_m(&zone, [103.0, 104.0]) - 5.0).abs() < 1e-9);
    }

    #[test]
    fn very_many_moments_are_thinned_and_the_worst_is_kept() {
        let mut trace = Trace::default();
        let many = 5 * MOMENTS_MAX;
        for n in 0..many {
            let probability = if n == many / 3 { 0.9 } else { 0.1 };
            let hazard =
                Hazard { zone: ZoneId(0), probability, threshold: 0.2, stage: None, left: None, threats: vec![] };
            trace.note(Time::from_seconds(n as f64), hazard);
        }
        assert!(trace.moments.len() <= MOMENTS_MAX && trace.moments.len() > MOMENTS_MAX / 4);
        assert!(trace.moments.is_sorted_by_key(|moment| moment.at));
        assert_eq!(trace.worst.unwrap().at, Time::from_seconds((many / 3) as f64));
    }
}
