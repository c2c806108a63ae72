//! What registration is worth: two radars that are badly surveyed and badly timed against the same two that are not.

mod contacts;
mod scenes;
mod table;

use std::collections::BTreeMap;

use nalgebra::Vector3;
use parapet_engine::{Config, Trouble};
use parapet_flight::UNKNOWN_WIND_SIGMA_MPS;
use parapet_frame::maths::wrap_pi;
use parapet_track::{Bias, BiasKind, SensorId};
use parapet_world::{Message, MessageKind, Scene, Stream, listen};

use crate::play::{self, Player};
use crate::robustness::{Held, prediction};
use crate::runs;

pub use scenes::Fault;
pub use table::markdown;

/// What was heard this long after a check's time still counts for it: delay, gathering, and a late clock, seconds.
const HEARD_BY_S: f64 = 0.06;
/// What a site says of radars that were set up in a hurry: standard deviations.
const HURRIED: Bias = Bias { range_m: 20.0, azimuth_rad: 0.007, elevation_rad: 0.002, time_s: 0.2 };
/// The clock that is far off, seconds, and what its site says of it.
const CLOCK_S: f64 = 0.7;
const CLOCK_SIGMA_S: f64 = 0.5;
/// The drift, m/s, and when it begins, seconds.
const DRIFT_MPS: f64 = 1.0;
const DRIFT_FROM_S: f64 = 100.0;

/// What the engine is told, and what is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Arm {
    /// Nothing is wrong with the radars.
    Unbiased,
    /// Nothing is wrong with them, and the site says that something may be.
    UnbiasedDoubted,
    /// The radars are wrong, and nobody knows.
    Untold,
    /// The radars are wrong, and the site says that they may be.
    Registered,
    /// The same, and the aircraft say where they are (ADS-B).
    WithAircraft,
}

impl Arm {
    /// All of them, in the order of the table.
    pub const ALL: [Arm; 5] = [Arm::Unbiased, Arm::UnbiasedDoubted, Arm::Untold, Arm::Registered, Arm::WithAircraft];

    /// As tables call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Arm::Unbiased => "unbiased",
            Arm::UnbiasedDoubted => "unbiased, `bias_sigma` given",
            Arm::Untold => "biased, nothing said",
            Arm::Registered => "biased, registered by what both see",
            Arm::WithAircraft => "the same, and by aircraft that tell their places",
        }
    }

    fn is_biased(self) -> bool {
        matches!(self, Arm::Untold | Arm::Registered | Arm::WithAircraft)
    }

    fn is_doubted(self) -> bool {
        matches!(self, Arm::UnbiasedDoubted | Arm::Registered | Arm::WithAircraft)
    }
}

/// One round of one run, in one arm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Round {
    /// When it was launched, seconds.
    pub launched_s: f64,
    /// What was predicted 10 s after its first plot, and 10 s before its impact.
    pub checks: [Option<Held>; 2],
}

/// How far the estimates were off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Off {
    /// When, seconds.
    pub time_s: f64,
    /// Error in azimuth, root mean square over both radars, radians.
    pub azimuth_rad: f64,
    /// Error of the difference of the clocks, seconds.
    pub apart_s: f64,
    /// Error of the clocks, root mean square over both radars, seconds.
    pub clock_s: f64,
}

/// What one run says.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The rounds of each arm, in the same order.
    pub arms: BTreeMap<Arm, Vec<Round>>,
    /// How far the estimates of the errors were off, arm by arm.
    pub converging: BTreeMap<Arm, Vec<Off>>,
    /// After how many seconds a clock that is 700 ms off was said; and the error of the estimate in the end, seconds.
    pub clock: (Option<f64>, f64),
    /// After how many seconds a drift of 1 m/s was said.
    pub drift: Option<f64>,
    /// Drifts that were said where there was none, and for how long one was looked for, seconds.
    pub false_drifts: (usize, f64),
}

/// Plays so many runs.
///
/// # Errors
/// When a scene cannot be made, which is a fault of this program.
pub fn play(seeds: usize, workers: usize) -> Result<Vec<Outcome>, String> {
    runs::all("runs", seeds, workers, |number| one(number as u64 + 1))
}

fn one(seed: u64) -> Result<Outcome, String> {
    let mut arms = BTreeMap::new();
    let (mut converging, mut false_drifts) = (BTreeMap::new(), 0);
    let mut played_s = 0.0;
    for arm in Arm::ALL {
        let faults = if arm.is_biased() { scenes::hurried(seed) } else { [Fault::default(); 2] };
        let scene = scenes::build(seed, &faults, true)?;
        let sigma = arm.is_doubted().then_some(HURRIED);
        let mut player = player(&scene, &listen(&scene), sigma, arm == Arm::WithAircraft);
        let rounds = rounds(&scene, &mut player);
        let picture = player.until(scene.duration_s);
        if matches!(arm, Arm::Registered | Arm::WithAircraft) {
            converging.insert(arm, convergence(picture, &faults));
        }
        false_drifts += picture.troubles.iter().filter(|t| t.trouble == Trouble::Drifting && t.stands).count();
        played_s += scene.duration_s;
        arms.insert(arm, rounds);
    }
    Ok(Outcome { arms, converging, clock: clock(seed)?, drift: drift(seed)?, false_drifts: (false_drifts, played_s) })
}

fn player(scene: &Scene, messages: &[Message], sigma: Option<Bias>, aircraft_tell: bool) -> Player {
    let mut config: Config = play::configuration(scene, Vec::new());
    // As at a site without a weather report.
    config.environment.wind_sigma_mps = UNKNOWN_WIND_SIGMA_MPS;
    config.sensors.iter_mut().for_each(|sensor| sensor.trust.bias_sigma = sigma.unwrap_or_default());
    let mut events = play::events(scene, messages);
    if aircraft_tell {
        events.extend(contacts::told(scene, &mut config.sensors));
        // Stable: what is heard at one time stays in order.
        events.sort_by_key(|(at, _)| *at);
    }
    Player::of_events(config, events)
}

/// Holds every prediction at its times against the truth.
fn rounds(scene: &Scene, player: &mut Player) -> Vec<Round> {
    let objects: Vec<_> = scene.objects.iter().filter(|object| object.round.is_some()).collect();
    let mut times: Vec<(f64, usize, usize)> = Vec::new();
    let mut rounds: Vec<Round> = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        let launched_s = object.path.moments().first().map_or(0.0, |moment| moment.time_s);
        let impact_s = object.round.map_or(0.0, |round| round.impact.time_s);
        // In sight some two seconds after launch: the lowest elevation of both radars is half a degree.
        times.extend([(launched_s + 12.0, number, 0), (impact_s - 10.0, number, 1)]);
        rounds.push(Round { launched_s, checks: [None; 2] });
    }
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (time_s, number, check) in times {
        let picture = player.until(time_s + HEARD_BY_S);
        let held = objects[number].round.and_then(|round| prediction(picture, &objects[number].path, &round.impact));
        rounds[number].checks[check] = held;
    }
    rounds
}

/// How the estimates came nearer to the truth.
fn convergence(picture: &play::Picture, faults: &[Fault; 2]) -> Vec<Off> {
    let mut latest: [Option<Bias>; 2] = [None; 2];
    let mut found = Vec::new();
    for report in picture.registrations.iter().filter(|report| report.sensor.0 < 2) {
        latest[usize::from(report.sensor.0)] = Some(report.bias);
        if let [Some(a), Some(b)] = latest {
            let off = |bias: Bias, fault: &Fault| bias.azimuth_rad - fault.azimuth_deg.to_radians();
            let azimuth2 = off(a, &faults[0]) * off(a, &faults[0]) + off(b, &faults[1]) * off(b, &faults[1]);
            let late = [a.time_s - faults[0].stamp_s, b.time_s - faults[1].stamp_s];
            found.push(Off {
                time_s: play::seconds(report.at),
                azimuth_rad: (0.5 * azimuth2).sqrt(),
                apart_s: (late[0] - late[1]).abs(),
                clock_s: (0.5 * (late[0] * late[0] + late[1] * late[1])).sqrt(),
            });
        }
    }
    found
}

/// One radar's clock is far off.
fn clock(seed: u64) -> Result<(Option<f64>, f64), String> {
    let faults = [Fault::default(), Fault { stamp_s: CLOCK_S, ..Fault::default() }];
    let scene = scenes::build(seed, &faults, false)?;
    let messages = listen(&scene);
    let mut config = play::configuration(&scene, Vec::new());
    config.sensors[1].trust.bias_sigma = Bias { time_s: CLOCK_SIGMA_S, ..HURRIED };
    let mut player = Player::new(config, &scene, &messages);
    let picture = player.until(120.0);
    let of_it = || picture.registrations.iter().filter(|report| report.sensor == SensorId(1));
    let said = of_it().find(|report| report.stands_out.contains(&BiasKind::Time));
    let last = of_it().next_back().map_or(f64::NAN, |report| report.bias.time_s - CLOCK_S);
    Ok((said.map(|report| play::seconds(report.at)), last))
}

/// The places of one radar run away.
fn drift(seed: u64) -> Result<Option<f64>, String> {
    let scene = scenes::build(seed, &[Fault::default(); 2], false)?;
    let mut messages = listen(&scene);
    let towards_rad = Stream::new(seed, "drift", "towards", 0).uniform(0.0, core::f64::consts::TAU);
    astray(&scene, &mut messages, Vector3::new(towards_rad.sin(), towards_rad.cos(), 0.0) * DRIFT_MPS);
    let mut player = player(&scene, &messages, Some(HURRIED), false);
    let picture = player.until(scene.duration_s);
    let said = picture.troubles.iter().find(|report| report.trouble == Trouble::Drifting && report.stands);
    Ok(said.map(|report| play::seconds(report.at) - DRIFT_FROM_S))
}

/// Moves everything that the first radar sees.
fn astray(scene: &Scene, messages: &mut [Message], drift_mps: Vector3<f64>) {
    let pose = scene.radars[0].pose;
    for message in messages.iter_mut().filter(|message| message.radar == 0) {
        let MessageKind::Plots(plots) = &mut message.kind else { continue };
        for plot in plots {
            let shift_m = drift_mps * (plot.measured_s - DRIFT_FROM_S).max(0.0);
            let moved = pose.polar_from_site(pose.site_from_polar(plot.polar) + shift_m);
            plot.polar.range_m = moved.range_m;
            plot.polar.azimuth_rad = wrap_pi(moved.azimuth_rad);
            plot.polar.elevation_rad = moved.elevation_rad;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_finds_what_it_was_given() {
        let outcome = one(1).unwrap();
        let rounds = &outcome.arms[&Arm::Registered];
        assert_eq!(rounds.len(), scenes::ROUNDS);
        let late = rounds.iter().filter(|round| round.launched_s > 120.0).filter_map(|round| round.checks[1]);
        assert!(late.clone().count() >= 4 && late.into_iter().all(|held| held.error_m < 200.0), "{rounds:?}");
        assert!(outcome.clock.0.is_some_and(|said_s| said_s < 60.0), "{:?}", outcome.clock);
    }
}
