//! How a zone's danger went, second by second, and what else could have come of it.

use std::collections::BTreeMap;

use parapet_engine::Output;
use parapet_frame::Time;
use parapet_recording::Recording;
use parapet_track::{SensorId, TrackId};
use parapet_warn::{Alarm, Hazard, SecondsLeft, Stage, Threat, Zone, ZoneId};
use serde::Serialize;

use crate::exit::Failure;
use crate::rerun::{self, Again};

/// Thresholds that are asked about, as parts of the zone's own.
const OTHER_THRESHOLDS: [f64; 4] = [0.25, 0.5, 2.0, 4.0];
/// An alarm of the run without a sensor answers to the one that is explained if people are told within this of each other, seconds.
const SAME_WITHIN_S: f64 = 60.0;

/// What a zone was exposed to at an instant.
#[derive(Clone, Debug)]
pub(super) struct Moment {
    pub(super) at: Time,
    pub(super) probability: f64,
    pub(super) threshold: f64,
    pub(super) left: Option<SecondsLeft>,
    pub(super) threats: Vec<(TrackId, f64)>,
}

/// A whole run as one zone saw it.
#[derive(Default)]
pub(super) struct Trace {
    /// Every change of its danger.
    pub(super) moments: Vec<Moment>,
    /// Every word about its alarms.
    pub(super) alarms: Vec<Alarm>,
    /// The prediction of each track that came nearest to it, with the distance of the impact from the outline, metres.
    pub(super) nearest: BTreeMap<TrackId, (f64, Threat)>,
}

/// Runs a recording and watches one zone; these sensors are not listened to.
pub(super) fn watch(
    recording: &Recording<'_>,
    again: Again,
    zone: ZoneId,
    without: &[SensorId],
) -> Result<Trace, Failure> {
    let Again { atlas, mut chain, .. } = again;
    without.iter().for_each(|sensor| chain.deafen(*sensor));
    let outline = atlas.zone(zone).cloned();
    let mut trace = Trace::default();
    rerun::run(recording, &mut chain, |chain, step| {
        let mut at = None;
        for output in step.outputs {
            match output {
                Output::Alarm(alarm) if alarm.id.zone == zone => trace.alarms.push(alarm.clone()),
                Output::Threat(threat) => {
                    at = Some(threat.at);
                    trace.approach(threat, outline.as_ref());
                }
                _ => {}
            }
        }
        // Danger changes when threats do; what time alone does to it is told by alarms.
        if let (Some(at), Some(hazard)) = (at, chain.hazards().find(|hazard| hazard.zone == zone)) {
            trace.note(at, hazard);
        }
        Ok(())
    })?;
    Ok(trace)
}

impl Trace {
    fn note(&mut self, at: Time, hazard: Hazard) {
        let Hazard { probability, threshold, left, threats, .. } = hazard;
        self.moments.push(Moment { at, probability, threshold, left, threats });
    }

    fn approach(&mut self, threat: &Threat, zone: Option<&Zone>) {
        let place = [threat.impact.place.east_m, threat.impact.place.north_m];
        let away_m = zone.map_or(f64::INFINITY, |zone| away_m(zone, place));
        let nearest = self.nearest.entry(threat.track).or_insert((away_m, *threat));
        if away_m <= nearest.0 {
            *nearest = (away_m, *threat);
        }
    }

    /// When it was most in danger.
    pub(super) fn worst(&self) -> Option<&Moment> {
        self.moments.iter().max_by(|a, b| a.probability.total_cmp(&b.probability))
    }

    /// When people were told to take cover first, from some instant on.
    fn covered_at(&self, from: Time) -> Option<Time> {
        let mut told = self.alarms.iter().filter(|alarm| alarm.stage == Stage::TakeCover && alarm.at >= from);
        told.next().map(|alarm| alarm.at)
    }

    /// When other thresholds would have been reached, relative to the decision.
    pub(super) fn alternatives(&self, decision: &Alarm) -> Vec<Alternative> {
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
pub(super) struct Alternative {
    pub(super) threshold: f64,
    /// Seconds after the decision at which it was reached, negative before; `None` where it never was within a minute.
    pub(super) later_s: Option<f64>,
}

/// What would have come of it without one sensor.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Without {
    pub(super) sensor: String,
    /// Seconds by which people would have been told later, negative for earlier; `None` where they would not have been told.
    pub(super) later_s: Option<f64>,
}

/// Runs the recording once for each sensor without it.
pub(super) fn without_each(
    recording: &Recording<'_>,
    again: &dyn Fn() -> Result<Again, Failure>,
    decision: &Alarm,
    sensors: &[SensorId],
) -> Result<Vec<Without>, Failure> {
    let mut answers = Vec::new();
    for sensor in sensors {
        let run = again()?;
        let name = run.atlas.sensor_name(*sensor);
        let trace = watch(recording, run, decision.id.zone, &[*sensor])?;
        let told = trace.covered_at(decision.at.plus_seconds(-SAME_WITHIN_S));
        let later_s = told.map(|at| at.seconds_since(decision.at)).filter(|later_s| *later_s < SAME_WITHIN_S);
        answers.push(Without { sensor: name, later_s });
    }
    Ok(answers)
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
}
