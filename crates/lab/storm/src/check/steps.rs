//! Time, wakes, and what can be.

use parapet_engine::Output;
use parapet_frame::Time;

use super::Check;
use crate::fact::{Fact, Findings, Moment};
use crate::site::Site;

/// So much later than asked for the engine may be woken, seconds.
const LATE_S: f64 = 0.06;

/// Follows the engine's time and its wishes.
#[derive(Debug)]
pub(super) struct Steps {
    said_at: Time,
    /// When the engine must have been woken, seconds of the story, and by the host's clock: one that is set goes by neither alone.
    owed: Option<(f64, Time)>,
    tracks_max: usize,
}

impl Steps {
    pub(super) fn new(site: &Site) -> Self {
        let tracks_max = site.config.limits.tracks_max as usize;
        Steps { said_at: Time::from_nanos(i64::MIN), owed: None, tracks_max }
    }
}

impl Check for Steps {
    fn note(&mut self, moment: &Moment, fact: &Fact<'_>, findings: &mut Findings) {
        match fact {
            Fact::Said(output) => {
                if let Some(what) = impossible(output) {
                    findings.note("possible", moment.second, what);
                }
                let Some(at) = said_at(output) else { return };
                if at < self.said_at || at > moment.host {
                    let what = format!("told for {:?}, after {:?}, at {:?}", at, self.said_at, moment.host);
                    findings.note("time", moment.second, what);
                }
                self.said_at = at;
            }
            Fact::Stepped { wake, tracks, .. } => {
                if let Some((owed_s, owed_at)) = self.owed
                    && moment.second > owed_s + LATE_S
                    && moment.host > owed_at.plus_seconds(LATE_S)
                {
                    findings.note("wakes", moment.second, format!("the engine wanted to be woken at {owed_s:.3} s"));
                }
                if *wake <= moment.host {
                    findings.note("wakes", moment.second, "something is due that the step should have done".to_owned());
                }
                let is_never = *wake == Time::NEVER;
                self.owed = (!is_never).then(|| (moment.second + wake.seconds_since(moment.host), *wake));
                if *tracks > self.tracks_max {
                    findings.note("possible", moment.second, format!("{tracks} tracks, at most {}", self.tracks_max));
                }
            }
            Fact::Gone | Fact::Back { .. } => (self.owed, self.said_at) = (None, Time::from_nanos(i64::MIN)),
            _ => {}
        }
    }
}

/// When the engine decided what it says, where that is the time of its step.
fn said_at(output: &Output) -> Option<Time> {
    match output {
        Output::Alarm(alarm) => Some(alarm.at),
        Output::Sensor(report) => Some(report.at),
        Output::Refused(refusal) => Some(refusal.at),
        Output::Operator(report) => Some(report.at),
        Output::Trouble(report) => Some(report.at),
        _ => None,
    }
}

fn impossible(output: &Output) -> Option<String> {
    /// Nothing is told that moves faster, m/s, or falls farther away, metres: twice what the engine promises.
    const SPEED_MAX_MPS: f64 = 6_000.0;
    const FAR_M: f64 = 200_000.0;
    match output {
        Output::Track(report) => {
            let numbers = report.position_m.iter().chain(&report.velocity_mps).chain(&report.covariance);
            let fast = report.velocity_mps.iter().any(|v| v.abs() > SPEED_MAX_MPS);
            (fast || numbers.into_iter().any(|n| !n.is_finite())).then(|| format!("track {:?}", report.id))
        }
        Output::Threat(threat) => {
            let place = threat.impact.place;
            let far = !(place.east_m.abs() < FAR_M && place.north_m.abs() < FAR_M);
            let odd = !(0.0..=1.0 + 1e-9).contains(&threat.probability) || !threat.impact.sigma_time_s.is_finite();
            (far || odd).then(|| format!("{threat:?}"))
        }
        Output::Alarm(alarm) => {
            let odd = !(0.0..=1.0 + 1e-9).contains(&alarm.probability);
            odd.then(|| format!("an alarm with the probability {}", alarm.probability))
        }
        _ => None,
    }
}
