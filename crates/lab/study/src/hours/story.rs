//! What was believed of a track and what really flew there, second by second: to tell why it was taken for a round.

use std::collections::BTreeMap;

use nalgebra::Vector3;
use parapet_engine::Output;
use parapet_frame::SiteFrame;
use parapet_track::{TrackId, TrackReport};

use super::{Flights, radar};

/// Seconds that are told before a track was believed a round for the first time, and after.
const BEFORE_S: f64 = 12.0;
const AFTER_S: f64 = 20.0;
/// Nothing flown lies nearer than this: the track is of false plots, metres.
const NEAR_M: f64 = 3_000.0;
/// Between two velocities of which an acceleration is made, seconds.
const STEP_S: f64 = 1.0;

/// Every update of every track, and when each was believed.
#[derive(Debug, Default)]
pub(super) struct Stories {
    told: BTreeMap<TrackId, Vec<TrackReport>>,
    believed: BTreeMap<TrackId, Vec<f64>>,
}

impl Stories {
    /// Takes what the engine said at a second of the recording.
    pub(super) fn note(&mut self, seconds: f64, output: &Output) {
        match output {
            Output::Track(track) => self.told.entry(track.id).or_default().push(track.clone()),
            Output::Threat(threat) if threat.believed => self.believed.entry(threat.track).or_default().push(seconds),
            _ => {}
        }
    }

    /// The stories of all that were believed rounds, as text.
    pub(super) fn text(&self, flights: &Flights, frame: &SiteFrame) -> String {
        self.believed.iter().map(|(track, seconds)| self.story(*track, seconds, flights, frame)).collect()
    }

    fn story(&self, track: TrackId, believed: &[f64], flights: &Flights, frame: &SiteFrame) -> String {
        let (first_s, last_s) = (believed.first().copied().unwrap_or(0.0), believed.last().copied().unwrap_or(0.0));
        let mut text =
            format!("track {}: believed {} times from {first_s:.1} s to {last_s:.1} s\n", track.0, believed.len());
        for report in self.told.get(&track).into_iter().flatten() {
            let seconds = flights.seconds(report.at);
            if (first_s - BEFORE_S..first_s + AFTER_S).contains(&seconds) {
                text += &line(report, seconds, flights, frame);
            }
        }
        text
    }
}

fn line(report: &TrackReport, seconds: f64, flights: &Flights, frame: &SiteFrame) -> String {
    let [place, velocity] = [report.position_m, report.velocity_mps].map(Vector3::from);
    let odds = report.odds;
    let held = format!(
        "{seconds:9.2} plots {:4} exists {:.2} falls {:.3} boosts {:.3} coasts {:.3} level {:.3} at {:7.0} {:7.0} {:6.0} m, level \
         {:4.0} m/s, up {:6.1} m/s, ln beta {:.2}",
        report.plots,
        report.existence,
        odds.ballistic,
        odds.boosting,
        odds.coasting,
        odds.level,
        place.x,
        place.y,
        place.z,
        velocity.xy().norm(),
        velocity.z,
        report.ln_beta[0]
    );
    let near = flights.aloft(seconds).filter_map(|way| {
        let (flown, flown_velocity) = radar::motion(flights, frame, way, seconds)?;
        Some((way, flown, flown_velocity))
    });
    let nearest = near.min_by(|a, b| (a.1 - place).norm().total_cmp(&(b.1 - place).norm()));
    let Some((way, flown, flown_velocity)) = nearest.filter(|(_, flown, _)| (flown - place).norm() < NEAR_M) else {
        return format!("{held} | nothing flies there\n");
    };
    let [before, after] = [-0.5, 0.5].map(|part| radar::motion(flights, frame, way, seconds + part * STEP_S));
    let acceleration = match (before, after) {
        (Some((_, before)), Some((_, after))) => (after - before) / STEP_S,
        _ => Vector3::zeros(),
    };
    format!(
        "{held} | {:06x} {:5.0} m off, at {:6.0} m, level {:4.0} m/s, up {:6.1} m/s, accelerates {:5.1} level {:5.1} up m/s2\n",
        flights.address(way),
        (flown - place).norm(),
        flown.z,
        flown_velocity.xy().norm(),
        flown_velocity.z,
        acceleration.xy().norm(),
        acceleration.z
    )
}
