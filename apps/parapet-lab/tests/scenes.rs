//! The scenes in `scenarios/` are what they say.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::{Path, PathBuf};

use parapet_site::{Cast, Site};
use parapet_world::{Antenna, Scenario, Scene};

/// The scenes of this laboratory; each is a folder with a `scenario.toml`.
const SCENES: [&str; 4] = ["green-zone-2020", "single-mortar", "quiet-traffic", "salvo-with-gap"];

fn folder(scene: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios").join(scene)
}

fn scenario(scene: &str) -> Scenario {
    Scenario::read(&folder(scene).join("scenario.toml")).unwrap()
}

fn site() -> Site {
    let folder = folder("green-zone-2020");
    let text = std::fs::read_to_string(folder.join("site.toml")).unwrap();
    let mut load = |name: &str| std::fs::read_to_string(folder.join(name)).map_err(|e| e.to_string());
    Site::parse("site.toml", &text, &mut load).unwrap()
}

#[test]
fn every_radar_is_as_the_site_file_has_it() {
    let site = site();
    for name in SCENES {
        let scenario = scenario(name);
        let scene = Scene::build(&scenario, scenario.seed).unwrap();
        assert_eq!(scene.radars.len(), site.config.sensors.len(), "{name}");
        for ((radar, model), source) in scene.radars.iter().zip(&site.config.sensors).zip(&site.sources) {
            let spec = &radar.spec;
            assert_eq!(spec.name, model.name);
            assert_eq!(radar.pose, model.pose, "{name} {}", spec.name);
            assert_eq!((spec.sac, spec.sic), (source.sac, source.sic));
            assert_eq!(spec.antenna, Antenna::Rotating);
            assert_eq!(spec.scan_period_s, model.scan_period_s);
            assert_eq!((spec.range_min_m, spec.range_max_m), (model.range_min_m, model.range_max_m));
            assert!((spec.elevation_max_deg.to_radians() - model.elevation_max_rad).abs() < 1e-12);
            assert_eq!(
                (spec.sigma_range_m, spec.detection_probability),
                (model.sigma_range_m, model.detection_probability)
            );
        }
    }
}

#[test]
fn every_line_leads_to_a_link_of_the_site() {
    let scenario = scenario("green-zone-2020");
    let site = site();
    for to in scenario.radar.iter().flat_map(|radar| &radar.send_to) {
        let leads_there = |cast: &Cast| match cast {
            Cast::Multicast { .. } => to.udp.ip().is_multicast(),
            Cast::Unicast { .. } => !to.udp.ip().is_multicast(),
        };
        let found = site.links.iter().any(|link| link.port == to.udp.port() && leads_there(&link.cast));
        assert!(found, "{to:?}");
    }
}

#[test]
fn four_rockets_within_ten_seconds_and_one_falls_where_nobody_is() {
    let scenario = scenario("green-zone-2020");
    let scene = Scene::build(&scenario, scenario.seed).unwrap();
    let rounds: Vec<_> = scene.objects.iter().filter(|o| o.round.is_some()).collect();
    let launches: Vec<f64> = rounds.iter().map(|o| o.path.moments()[0].time_s).collect();
    assert_eq!(launches.len(), 4);
    assert!(launches[3] - launches[0] <= 10.0);
    let far = |object: &&&parapet_world::Object| {
        let impact = object.round.unwrap().impact.position_m;
        let corners = site().config.zones.into_iter().flat_map(|zone| zone.rings.concat());
        corners.map(|[e, n]| (e - impact.x).hypot(n - impact.y)).fold(f64::INFINITY, f64::min) > 700.0
    };
    assert_eq!(rounds.iter().filter(far).count(), 1);
    assert!(rounds.iter().all(|o| o.round.unwrap().impact.time_s < scenario.duration_s - 20.0));
}

#[test]
fn nothing_falls_in_quiet_traffic_and_the_second_volley_follows_the_first() {
    let rounds = |name: &str| {
        let scenario = scenario(name);
        let scene = Scene::build(&scenario, scenario.seed).unwrap();
        scene.objects.iter().filter_map(|o| o.round).map(|r| r.impact.time_s).collect::<Vec<f64>>()
    };
    assert!(rounds("quiet-traffic").is_empty());
    let impacts = rounds("salvo-with-gap");
    let gap_s = impacts[2] - impacts[1];
    assert!((15.0..25.0).contains(&gap_s), "{impacts:?}");
}
