//! The scenes: the same radars, aircraft and rounds in every arm; only what the radars have wrong differs.

use core::f64::consts::TAU;

use parapet_frame::{Geodetic, SiteFrame, SitePoint};
use parapet_world::{Ground, Launch, RoundClass, Scenario, Scene, Stream};

const TEMPLATE: &str = include_str!("scene.toml");
/// Rounds of a run.
pub(super) const ROUNDS: usize = 9;
/// When the first is launched and how much later each next, seconds.
const FIRST_S: f64 = 15.0;
const EVERY_S: f64 = 28.0;
/// Launches that are tried until one reaches its target.
const TRIES: u64 = 50;

/// What a radar has wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Fault {
    /// Added to every azimuth, degrees.
    pub azimuth_deg: f64,
    /// Added to every stamp, seconds.
    pub stamp_s: f64,
}

/// Two radars of 0.3 degrees and 200 ms: which way, in turn.
pub(super) fn hurried(seed: u64) -> [Fault; 2] {
    let sign = |bit: u64| if (seed >> bit) & 1 == 0 { 1.0 } else { -1.0 };
    let fault = |bit: u64| Fault { azimuth_deg: 0.3 * sign(bit), stamp_s: 0.2 * sign(bit + 1) };
    [fault(0), fault(2)]
}

/// The scene of a run.
pub(super) fn build(seed: u64, faults: &[Fault; 2], has_rounds: bool) -> Result<Scene, String> {
    let mut scenario = Scenario::parse("scene.toml", TEMPLATE).map_err(|e| e.to_string())?;
    for (radar, fault) in scenario.radar.iter_mut().zip(faults) {
        radar.bias_azimuth_deg = fault.azimuth_deg;
        radar.stamp_error_s = fault.stamp_s;
    }
    let template = scenario.launch.first().cloned().ok_or("the template has no launch")?;
    scenario.launch.clear();
    let rounds = if has_rounds { ROUNDS } else { 0 };
    for number in 0..rounds {
        let launch = (0..TRIES).find_map(|attempt| {
            let mut draws = Stream::new(seed, "registration", "launch", number as u64 * TRIES + attempt);
            let launch = launch(&scenario, &template, number, &mut draws)?;
            let mut alone = scenario.clone();
            alone.launch = vec![launch.clone()];
            Scene::build(&alone, seed).ok().map(|_| launch)
        });
        scenario.launch.push(launch.ok_or("no launch reaches its target")?);
    }
    Scene::build(&scenario, seed).map_err(|e| e.to_string())
}

/// A round from somewhere around to somewhere near the middle.
fn launch(scenario: &Scenario, template: &Launch, number: usize, draws: &mut Stream) -> Option<Launch> {
    let (class, distance_m, elevation_deg) = match number % 3 {
        0 => (RoundClass::Mortar, draws.uniform(2_500.0, 6_000.0), draws.uniform(50.0, 75.0)),
        1 => (RoundClass::Artillery, draws.uniform(8_000.0, 12_000.0), draws.uniform(30.0, 55.0)),
        _ => (RoundClass::Rocket, draws.uniform(6_000.0, 11_000.0), draws.uniform(30.0, 50.0)),
    };
    let (azimuth_rad, off_rad) = (draws.uniform(0.0, TAU), draws.uniform(0.0, TAU));
    let off_m = draws.uniform(0.0, 2_000.0);
    let target_m = [off_m * off_rad.sin(), off_m * off_rad.cos()];
    let launch_m = [target_m[0] - distance_m * azimuth_rad.sin(), target_m[1] - distance_m * azimuth_rad.cos()];
    let site = scenario.site;
    let origin = Geodetic { lat_deg: site.lat_deg, lon_deg: site.lon_deg, height_m: site.height_m };
    let frame = SiteFrame::at(origin).ok()?;
    let ground = |[east_m, north_m]: [f64; 2]| {
        let place = frame.geodetic_from_site(SitePoint { east_m, north_m, up_m: 0.0 });
        Ground { lat_deg: place.lat_deg, lon_deg: place.lon_deg }
    };
    let (from, to) = (ground(launch_m), ground(target_m));
    Some(Launch {
        id: format!("round-{number}"),
        class,
        at_s: FIRST_S + EVERY_S * number as f64,
        lat_deg: from.lat_deg,
        lon_deg: from.lon_deg,
        target: Some(to),
        elevation_deg: Some(elevation_deg),
        ..template.clone()
    })
}
