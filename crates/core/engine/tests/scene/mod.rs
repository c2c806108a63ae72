//! A small world for the engine's tests: one staring radar, a few zones, rounds that fly by the engine's own physics.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part")]

use nalgebra::Vector3;
use parapet_engine::{Config, Engine, Event, Limits, Mode, Outbox, Output};
use parapet_flight::{Body, Environment, advance, to_ground};
use parapet_frame::{HeardAt, MeasuredAt, SensorPose, SitePoint, Time, maths};
use parapet_track::{Elevation, Plot, Scan, SensorId, SensorModel};
use parapet_warn::{Alarm, Policy, Zone};

pub const PERIOD_S: f64 = 0.5;

/// Seconds of the scene as an instant.
pub fn at(seconds: f64) -> Time {
    Time::from_seconds(1_600_000_000.0).plus_seconds(seconds)
}

pub fn radar() -> SensorModel {
    SensorModel {
        name: "radar".into(),
        pose: SensorPose::parallel(SitePoint { east_m: 0.0, north_m: 0.0, up_m: 10.0 }, 10.0),
        range_min_m: 300.0,
        range_max_m: 20_000.0,
        elevation_min_rad: 0.01,
        elevation_max_rad: 1.4,
        scan: Scan::Staring,
        scan_period_s: PERIOD_S,
        sigma_range_m: 10.0,
        sigma_azimuth_rad: 2e-3,
        sigma_range_rate_mps: 1.0,
        detection_probability: 0.95,
        clutter_per_scan: 5.0,
        silent_after_s: 2.0,
        blanked: Vec::new(),
        trust: parapet_track::Trust::default(),
    }
}

pub fn square(key: &str, east_m: f64, north_m: f64, half_m: f64) -> Zone {
    let corner = |e: f64, n: f64| [east_m + e * half_m, north_m + n * half_m];
    Zone {
        key: key.into(),
        name: key.to_uppercase(),
        kind: "test".into(),
        people: 100,
        rings: vec![vec![corner(-1.0, -1.0), corner(1.0, -1.0), corner(1.0, 1.0), corner(-1.0, 1.0)]],
        alarm_probability: 0.1,
        shelter_s: None,
    }
}

pub fn config(zones: Vec<Zone>) -> Config {
    Config {
        mode: Mode::Exercise,
        environment: Environment::flat(),
        sensors: vec![radar()],
        zones,
        policy: Policy::default(),
        limits: Limits::default(),
    }
}

/// A round launched at a time of the scene.
#[derive(Clone, Copy)]
pub struct Round {
    pub launched_s: f64,
    pub body: Body,
}

impl Round {
    /// From (0, -5 km) towards the north, 45 degrees up, so that it comes down near the radar.
    pub fn northward(launched_s: f64, speed_mps: f64) -> Self {
        let half = std::f64::consts::FRAC_1_SQRT_2 * speed_mps;
        let body = Body {
            position_m: Vector3::new(0.0, -5_000.0, 1.0),
            velocity_mps: Vector3::new(0.0, half, half),
            ln_beta: maths::ln(6_000.0),
        };
        Round { launched_s, body }
    }

    pub fn impact(&self) -> (f64, [f64; 2]) {
        let landing = to_ground(&Environment::flat(), &self.body, 200.0).expect("rounds come down");
        (self.launched_s + landing.after_s, [landing.position_m.x, landing.position_m.y])
    }

    fn at(&self, seconds: f64) -> Option<Body> {
        let flown = seconds - self.launched_s;
        (flown >= 0.0 && seconds < self.impact().0).then(|| advance(&Environment::flat(), &self.body, flown))
    }
}

/// Plain repeatable noise, nearly normal: the sum of twelve uniform draws of a xorshift generator.
pub struct Noise(pub u64);

impl Noise {
    pub fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

/// What the radar says in a scan at a time of the scene: the rounds in the air, and some clutter.
pub fn scan(rounds: &[Round], seconds: f64, noise: &mut Noise, sequence: &mut u64) -> Vec<Plot> {
    let radar = radar();
    let mut plots = Vec::new();
    for body in rounds.iter().filter_map(|round| round.at(seconds)) {
        let polar = radar.pose.polar_from_site(body.position_m);
        let sight = (body.position_m - radar.pose.origin()) / polar.range_m;
        let covered = (radar.range_min_m..radar.range_max_m).contains(&polar.range_m)
            && polar.elevation_rad > radar.elevation_min_rad;
        if covered && noise.uniform() < radar.detection_probability {
            plots.push(plot(
                seconds,
                polar.range_m + radar.sigma_range_m * noise.normal(),
                polar.azimuth_rad + radar.sigma_azimuth_rad * noise.normal(),
                polar.elevation_rad + 2e-3 * noise.normal(),
                sight.dot(&body.velocity_mps) + radar.sigma_range_rate_mps * noise.normal(),
            ));
        }
    }
    for _ in 0..3 {
        let range_m = 300.0 + 19_000.0 * noise.uniform();
        let azimuth_rad = std::f64::consts::TAU * (noise.uniform() - 0.5);
        plots.push(plot(seconds, range_m, azimuth_rad, 0.5 * noise.uniform() + 0.01, 400.0 * (noise.uniform() - 0.5)));
    }
    for plot in &mut plots {
        plot.sequence = *sequence;
        *sequence += 1;
    }
    plots
}

pub fn plot(seconds: f64, range_m: f64, azimuth_rad: f64, elevation_rad: f64, rate_mps: f64) -> Plot {
    Plot {
        sensor: SensorId(0),
        sequence: 0,
        measured_at: MeasuredAt(at(seconds)),
        heard_at: HeardAt(at(seconds)),
        range_m,
        azimuth_rad,
        elevation: Some(Elevation { rad: elevation_rad, sigma_rad: 2e-3 }),
        range_rate_mps: Some(rate_mps),
        identity: None,
        simulated: true,
        accuracy: None,
    }
}

/// The whole scene as events with their times.
pub fn events(rounds: &[Round], until_s: f64, seed: u64) -> Vec<(Time, Event)> {
    let (mut noise, mut sequence, mut events) = (Noise(seed), 0, Vec::new());
    let scans = (until_s / PERIOD_S) as u32;
    for seconds in (0..scans).map(|i| f64::from(i) * PERIOD_S) {
        let alive = Event::Alive { sensor: SensorId(0), measured_at: MeasuredAt(at(seconds)) };
        events.push((at(seconds), alive));
        let plots = scan(rounds, seconds, &mut noise, &mut sequence);
        events.extend(plots.into_iter().map(|plot| (at(seconds), Event::Plot(plot))));
    }
    events
}

/// Everything that an engine says to these events, and to a tick at the end.
pub fn run(engine: &mut Engine, events: &[(Time, Event)], until_s: f64) -> Vec<Output> {
    let mut out = Outbox::default();
    for (time, event) in events {
        engine.step(*time, event.clone(), &mut out);
    }
    engine.step(at(until_s), Event::Tick, &mut out);
    out.outputs
}

pub fn alarms(outputs: &[Output]) -> Vec<Alarm> {
    outputs.iter().filter_map(|o| if let Output::Alarm(alarm) = o { Some(alarm.clone()) } else { None }).collect()
}
