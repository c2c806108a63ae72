//! The scenes in `scenarios/` are what they say.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::{Path, PathBuf};

use parapet_site::{Cast, Site};
use parapet_track::Scan;
use parapet_world::{Antenna, Scenario, Scene};

/// The scenes that are played at the Green Zone's site; each is a folder with a `scenario.toml`.
const SCENES: [&str; 4] = ["green-zone-2020", "single-mortar", "quiet-traffic", "salvo-with-gap"];

/// The scene with a site of its own.
const SALVO: &str = "salvo-of-thirty";

fn folder(scene: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios").join(scene)
}

fn scenario(scene: &str) -> Scenario {
    Scenario::read(&folder(scene).join("scenario.toml")).unwrap()
}

fn site(scene: &str) -> Site {
    let folder = folder(scene);
    let text = std::fs::read_to_string(folder.join("site.toml")).unwrap();
    let mut load = |name: &str| std::fs::read_to_string(folder.join(name)).map_err(|e| e.to_string());
    Site::parse("site.toml", &text, &mut load).unwrap()
}

#[test]
fn every_radar_is_as_the_site_file_has_it() {
    let sites = SCENES.map(|name| (name, "green-zone-2020")).into_iter().chain([(SALVO, SALVO)]);
    for (name, site_of) in sites {
        let site = site(site_of);
        let scenario = scenario(name);
        let scene = Scene::build(&scenario, scenario.seed).unwrap();
        assert_eq!(scene.radars.len(), site.config.sensors.len(), "{name}");
        for ((radar, model), source) in scene.radars.iter().zip(&site.config.sensors).zip(&site.sources) {
            let spec = &radar.spec;
            assert_eq!(spec.name, model.name);
            assert_eq!(radar.pose, model.pose, "{name} {}", spec.name);
            assert_eq!((spec.sac, spec.sic), (source.sac, source.sic));
            let scan = if spec.antenna == Antenna::Staring { Scan::Staring } else { Scan::Rotating };
            assert_eq!(scan, model.scan, "{name}");
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
    let site = site("green-zone-2020");
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
        let corners = site("green-zone-2020").config.zones.into_iter().flat_map(|zone| zone.rings.concat());
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

#[test]
fn thirty_rockets_leave_one_place_within_ten_seconds_and_fall_on_the_housing() {
    let scenario = scenario(SALVO);
    let scene = Scene::build(&scenario, scenario.seed).unwrap();
    let begins: Vec<_> = scene.objects.iter().filter(|o| o.round.is_some()).map(|o| o.path.moments()[0]).collect();
    assert_eq!(begins.len(), 30);
    assert!(begins[29].time_s - begins[0].time_s <= 10.0);
    assert!(begins.iter().all(|b| (b.position_m - begins[0].position_m).norm() < 300.0));
    let zones = site(SALVO).config.zones;
    let [east_m, north_m] = zones[0].rings[0].iter().fold([0.0, 0.0], |sum, c| [sum[0] + c[0], sum[1] + c[1]]);
    let corners = zones[0].rings[0].len() as f64;
    let middle_m = [east_m / corners, north_m / corners];
    let off_m = |o: &parapet_world::Object| {
        let impact_m = o.round.unwrap().impact.position_m;
        (impact_m.x - middle_m[0]).hypot(impact_m.y - middle_m[1])
    };
    assert!(scene.objects.iter().filter(|o| off_m(o) < 350.0).count() > 20);
}
