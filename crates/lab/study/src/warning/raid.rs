//! Five hundred rounds within ten seconds at two hundred zones: is every zone warned that is hit?
//!
//! Built like the steady picture: rounds fly by the engine's own physics over a flat world, and one staring radar with fine angles sees
//! them, so that what is tried is the warning and not the resolution of a radar.

use core::f64::consts::TAU;

use nalgebra::Vector3;
use parapet_engine::{Config, Engine, Event, Limits, Mode, Outbox, Output};
use parapet_flight::{Body, Environment, advance, to_ground};
use parapet_frame::{HeardAt, MeasuredAt, SensorPose, SitePoint, maths};
use parapet_track::{Elevation, Plot, Scan, SensorId, SensorModel};
use parapet_warn::{Policy, Stage, Zone};
use parapet_world::Stream;

use crate::play::at;

const SCAN_S: f64 = 1.0;
/// Half the side of a zone, and the distance between middles, metres.
const HALF_M: f64 = 150.0;
const APART_M: f64 = 500.0;
/// Launches happen within this, seconds.
const WITHIN_S: f64 = 10.0;

/// What came of a raid.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Rounds fired.
    pub rounds: usize,
    /// Zones that at least one fell into.
    pub hit: usize,
    /// Zones hit that stood in cover when they were hit first.
    pub warned: usize,
    /// How long before that they had been told, seconds, in the order of the zones.
    pub leads_s: Vec<f64>,
    /// Alarms that had not ended two minutes and a hold after the last impact.
    pub stuck: usize,
}

struct Flight {
    launched_s: f64,
    body: Body,
    impact_s: f64,
    impact_m: [f64; 2],
}

/// Plays one raid.
#[must_use]
pub fn play(rounds: usize, zones: usize, seed: u64) -> Outcome {
    let zones = squares(zones);
    let flights: Vec<Flight> = (0..rounds).filter_map(|n| flight(&zones, seed, n as u64)).collect();
    let end_s = flights.iter().map(|flight| flight.impact_s).fold(0.0, f64::max) + 180.0;
    let mut engine = Engine::new(config(zones.clone(), rounds));
    let mut draws = Stream::new(seed, "raid", "plots", 0);
    let (mut out, mut sequence, mut told) = (Outbox::default(), 0, Vec::new());
    for scan in 0..(end_s / SCAN_S) as u32 {
        let second = f64::from(scan) * SCAN_S;
        for event in look(&flights, second, &mut sequence, &mut draws) {
            engine.step(at(second), event, &mut out);
        }
        engine.step(at(second + 0.05), Event::Tick, &mut out);
        told.extend(out.outputs.drain(..).filter_map(|output| match output {
            Output::Alarm(alarm) => Some(alarm),
            _ => None,
        }));
    }
    let mut outcome = Outcome { rounds: flights.len(), ..Outcome::default() };
    for (number, zone) in zones.iter().enumerate() {
        let of_zone = || told.iter().filter(|alarm| usize::from(alarm.id.zone.0) == number);
        outcome.stuck += usize::from(of_zone().next_back().is_some_and(|alarm| !alarm.stage.is_ended()));
        let inside = |flight: &&Flight| super::polygons::contains(&zone.rings[0], flight.impact_m);
        let Some(first_s) = flights.iter().filter(inside).map(|flight| flight.impact_s).reduce(f64::min) else {
            continue;
        };
        outcome.hit += 1;
        let before: Vec<_> = of_zone().filter(|alarm| alarm.at < at(first_s)).collect();
        if before.last().is_some_and(|alarm| alarm.stage.is_in_cover()) {
            outcome.warned += 1;
            let cover = before.iter().find(|alarm| alarm.stage == Stage::TakeCover);
            outcome.leads_s.extend(cover.map(|alarm| at(first_s).seconds_since(alarm.at)));
        }
    }
    outcome
}

fn squares(count: usize) -> Vec<Zone> {
    let side = (count as f64).sqrt().ceil() as usize;
    let zone = |number: usize| {
        let middle = [number % side, number / side].map(|n| (n as f64 - 0.5 * side as f64) * APART_M);
        let corner = |e: f64, n: f64| [middle[0] + e * HALF_M, middle[1] + n * HALF_M];
        Zone {
            key: format!("zone-{number}"),
            name: format!("Zone {number}"),
            kind: "housing".to_owned(),
            people: 100,
            rings: vec![vec![corner(-1.0, -1.0), corner(1.0, -1.0), corner(1.0, 1.0), corner(-1.0, 1.0)]],
            alarm_probability: 0.1,
            shelter_s: None,
        }
    };
    (0..count).map(zone).collect()
}

/// A round aimed at a zone from somewhere around the site, found by flying it once and moving its launch by the miss.
fn flight(zones: &[Zone], seed: u64, number: u64) -> Option<Flight> {
    let mut draws = Stream::new(seed, "raid", "launch", number);
    let ring = &zones[(draws.uniform(0.0, zones.len() as f64) as usize).min(zones.len() - 1)].rings[0];
    let aim =
        [0.5 * (ring[0][0] + ring[2][0]) + draws.normal(60.0), 0.5 * (ring[0][1] + ring[2][1]) + draws.normal(60.0)];
    let (speed_mps, elevation_rad) = (draws.uniform(200.0, 280.0), draws.uniform(45f64, 65.0).to_radians());
    let azimuth_rad = draws.uniform(0.0, TAU);
    let (up, along) = (speed_mps * elevation_rad.sin(), speed_mps * elevation_rad.cos());
    let mut body = Body {
        position_m: Vector3::new(0.0, 0.0, 1.0),
        velocity_mps: Vector3::new(along * azimuth_rad.sin(), along * azimuth_rad.cos(), up),
        ln_beta: maths::ln(5_000.0) + draws.normal(0.2),
    };
    let landing = to_ground(&Environment::flat(), &body, 200.0)?;
    body.position_m.x = aim[0] - landing.position_m.x;
    body.position_m.y = aim[1] - landing.position_m.y;
    let launched_s = draws.uniform(5.0, 5.0 + WITHIN_S);
    Some(Flight { launched_s, body, impact_s: launched_s + landing.after_s, impact_m: aim })
}

fn config(zones: Vec<Zone>, rounds: usize) -> Config {
    let sensor = SensorModel {
        name: "radar".to_owned(),
        pose: SensorPose::parallel(SitePoint { east_m: 0.0, north_m: 0.0, up_m: 10.0 }, 10.0),
        range_min_m: 50.0,
        range_max_m: 40_000.0,
        elevation_min_rad: 0.005,
        elevation_max_rad: 1.55,
        scan: Scan::Staring,
        scan_period_s: SCAN_S,
        sigma_range_m: 5.0,
        sigma_azimuth_rad: 1e-3,
        sigma_range_rate_mps: 1.0,
        detection_probability: 0.95,
        clutter_per_scan: 10.0,
        silent_after_s: 5.0 * SCAN_S,
        blanked: Vec::new(),
        trust: parapet_track::Trust::default(),
    };
    let limits = Limits { tracks_max: 10 * rounds.max(100) as u32, ..Limits::default() };
    let (mode, environment) = (Mode::Exercise, Environment::flat());
    Config { mode, environment, sensors: vec![sensor], zones, policy: Policy::default(), limits }
}

fn look(flights: &[Flight], second: f64, sequence: &mut u64, draws: &mut Stream) -> Vec<Event> {
    let (sensor, measured_at, heard_at) = (SensorId(0), MeasuredAt(at(second)), HeardAt(at(second)));
    let pose = SensorPose::parallel(SitePoint { east_m: 0.0, north_m: 0.0, up_m: 10.0 }, 10.0);
    let mut events = vec![Event::Alive { sensor, measured_at }];
    for flight in flights.iter().filter(|f| second > f.launched_s && second < f.impact_s) {
        let body = advance(&Environment::flat(), &flight.body, second - flight.launched_s);
        let polar = pose.polar_from_site(body.position_m);
        if polar.elevation_rad < 0.005 || !draws.chance(0.95) {
            continue;
        }
        let sight = (body.position_m - pose.origin()) / polar.range_m;
        events.push(Event::Plot(Plot {
            sensor,
            sequence: *sequence,
            measured_at,
            heard_at,
            range_m: polar.range_m + draws.normal(5.0),
            azimuth_rad: polar.azimuth_rad + draws.normal(1e-3),
            elevation: Some(Elevation { rad: polar.elevation_rad + draws.normal(1e-3), sigma_rad: 1e-3 }),
            range_rate_mps: Some(sight.dot(&body.velocity_mps) + draws.normal(1.0)),
            identity: None,
            accuracy: None,
            simulated: true,
        }));
        *sequence += 1;
    }
    events
}
