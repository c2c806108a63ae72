//! One round, some radars, and a wind of which little or nothing is told.

use parapet_engine::Config;
use parapet_flight::UNKNOWN_WIND_SIGMA_MPS;
use parapet_warn::Zone;
use parapet_world::{Antenna, Message, MessageKind, Moment, RoundClass, Scenario, Scene, Stream, Wind, listen};

use crate::play;
use crate::robustness::run::{TEMPLATE, place};

/// Launches that are tried until one reaches its target.
const TRIES: u64 = 50;
/// How far the report of a site that has one is from the wind, per horizontal component, m/s.
const REPORT_SIGMA_MPS: f64 = 2.0;

/// A scene with one round.
pub(super) struct Shot {
    pub(super) scene: Scene,
    pub(super) messages: Vec<Message>,
    /// Where and when the round comes down.
    pub(super) impact: Moment,
    /// When a radar saw it first, seconds of the scene; not a number where none did.
    pub(super) first_plot_s: f64,
    /// What the site is told of the wind, and how sure of it.
    told_wind_mps: [f64; 2],
    told_sigma_mps: f64,
}

impl Shot {
    /// Draws one. `after_s` is how long the radars go on after the impact.
    pub(super) fn draw(seed: u64, number: u64, after_s: f64) -> Result<Self, String> {
        let template = Scenario::parse("scene.toml", TEMPLATE).map_err(|e| e.to_string())?;
        let mut said = String::new();
        for attempt in 0..TRIES {
            let mut draws = Stream::new(seed, "shot", "launch", number * TRIES + attempt);
            let mut scenario = template.clone();
            let (class, elevations_deg) = match number % 3 {
                0 => (RoundClass::Mortar, (50.0, 75.0)),
                1 => (RoundClass::Artillery, (30.0, 55.0)),
                _ => (RoundClass::Rocket, (30.0, 50.0)),
            };
            place(&mut scenario, class, elevations_deg, &mut draws)?;
            equip(&mut scenario, &mut draws);
            let (told_wind_mps, told_sigma_mps) = blow(&mut scenario, &mut draws);
            let run_seed = seed.wrapping_mul(1_000_003).wrapping_add(number);
            let mut scene = match Scene::build(&scenario, run_seed) {
                Ok(scene) => scene,
                // Out of reach: another launch.
                Err(problem) => {
                    said = problem.to_string();
                    continue;
                }
            };
            let round = scene.objects.first().and_then(|object| object.round);
            let impact = round.map(|round| round.impact).ok_or("the scene has no round")?;
            scene.duration_s = impact.time_s + after_s;
            let messages = listen(&scene);
            let first_plot_s = first_plot_s(&messages);
            return Ok(Shot { scene, messages, impact, first_plot_s, told_wind_mps, told_sigma_mps });
        }
        Err(format!("no launch of round {number} reaches its target: {said}"))
    }

    /// The configuration of a site with these zones.
    pub(super) fn config(&self, zones: Vec<Zone>) -> Config {
        let mut config = play::configuration(&self.scene, zones);
        config.environment.wind_mps = self.told_wind_mps;
        config.environment.wind_sigma_mps = self.told_sigma_mps;
        config
    }
}

/// One or two radars of several kinds: arrays and turning antennas, scans of 0.5 to 2 s, with and without Doppler.
fn equip(scenario: &mut Scenario, draws: &mut Stream) {
    let mut second = scenario.radar[0].clone();
    vary(&mut scenario.radar[0], draws);
    if draws.chance(0.4) {
        vary(&mut second, draws);
        second.name = "second".to_owned();
        second.sic += 1;
        second.lat_deg += draws.uniform(-0.02, 0.02);
        second.lon_deg += draws.uniform(-0.02, 0.02);
        second.first_scan_s = draws.uniform(0.0, second.scan_period_s);
        scenario.radar.push(second);
    }
}

/// A wind, and what the site is told of it: half of all sites have a report.
fn blow(scenario: &mut Scenario, draws: &mut Stream) -> ([f64; 2], f64) {
    let wind = [draws.normal(UNKNOWN_WIND_SIGMA_MPS), draws.normal(UNKNOWN_WIND_SIGMA_MPS)];
    scenario.wind = Wind { east_mps: wind[0], north_mps: wind[1], gain_per_km: 0.0 };
    let error = [draws.normal(REPORT_SIGMA_MPS), draws.normal(REPORT_SIGMA_MPS)];
    if draws.chance(0.5) {
        ([wind[0] + error[0], wind[1] + error[1]], REPORT_SIGMA_MPS)
    } else {
        ([0.0; 2], UNKNOWN_WIND_SIGMA_MPS)
    }
}

fn vary(radar: &mut parapet_world::Radar, draws: &mut Stream) {
    let sigma_deg = draws.uniform(0.1, 0.3);
    radar.antenna = if draws.chance(0.5) { Antenna::Staring } else { Antenna::Rotating };
    radar.scan_period_s = draws.uniform(0.5, 2.0);
    (radar.sigma_azimuth_deg, radar.sigma_elevation_deg) = (sigma_deg, sigma_deg);
    radar.sigma_range_m = draws.uniform(8.0, 25.0);
    radar.sigma_range_rate_mps = draws.chance(0.7).then_some(2.0);
    radar.detection_probability = draws.uniform(0.8, 0.95);
}

fn first_plot_s(messages: &[Message]) -> f64 {
    let of_round = messages.iter().filter_map(|message| match &message.kind {
        MessageKind::Plots(plots) => {
            plots.iter().filter(|p| p.object == Some(0)).map(|p| p.measured_s).reduce(f64::min)
        }
        _ => None,
    });
    of_round.reduce(f64::min).unwrap_or(f64::NAN)
}
