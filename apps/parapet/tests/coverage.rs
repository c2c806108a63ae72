//! A site with an elevation model: checked, shown, played live and replayed. `files/ridge.tif` is level land with a ridge 4.4 km to the
//! north of the radar, 300 m high, written by GDAL.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use serde_json::Value;
use support::{Ground, bombard, wait_for};

const RIDGE: &[u8] = include_bytes!("files/ridge.tif");

/// The test range with a ridge in its north.
fn ridge() -> Ground {
    let ground = Ground::new();
    let site = std::fs::read_to_string(ground.path("site.toml")).unwrap();
    ground.write("site.toml", format!("{site}\n[terrain]\nfile = \"ridge.tif\"\nreach_m = 15000.0\n").as_bytes());
    ground.write("ridge.tif", RIDGE);
    ground
}

#[test]
fn check_says_what_it_read() {
    let run = ridge().run(&["check", "site.toml"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    for part in [
        "Terrain  ridge.tif: 100 x 100 heights, lat 33.4980 lon 44.1920 to lat 33.1020 lon 44.5880",
        "34 to 334 m",
        "gaps     0.00 % filled from around them, 0.00 % unknown",
        "antenna  radar: 34.0 m, 0.0 m above the ground",
    ] {
        assert!(run.out.contains(part), "{part:?} is missing in\n{}", run.out);
    }
}

#[test]
fn a_bad_elevation_model_is_refused_with_place_and_remedy() {
    let ground = ridge();
    ground.write("ridge.tif", b"GIF89a");
    let run = ground.run(&["check", "site.toml"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    let text = std::fs::read_to_string(ground.path("site.toml")).unwrap();
    let line = 1 + text.lines().position(|line| line.starts_with("file = \"ridge.tif\"")).unwrap();
    let place = format!("site.toml:{line}:8: terrain file: the file \"ridge.tif\": it is no TIFF file");
    assert!(run.err.contains(&place), "{}", run.err);
    assert!(run.err.contains("gdal_translate"), "{}", run.err);
    std::fs::remove_file(ground.path("ridge.tif")).unwrap();
    let run = ground.run(&["serve", "--config", "site.toml"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.err.contains("it cannot be read: No such file"), "{}", run.err);
}

#[test]
fn coverage_tells_and_draws_what_the_ridge_hides() {
    let ground = ridge();
    let run = ground.run(&["coverage", "site.toml", "--height", "200", "--svg", "c.svg", "--geojson", "c.geojson"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let clinic = run.out.lines().find(|line| line.starts_with("clinic")).unwrap();
    // Behind the ridge, and nowhere else: what lies north of the clinic.
    let bearings = clinic.split("  ").last().unwrap();
    assert!(bearings.contains(" to ") && !bearings.contains("1"), "about north alone: {clinic}");
    let svg = std::fs::read_to_string(ground.path("c.svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>") && svg.contains("nobody sees this"));
    let seen: Value = serde_json::from_str(&std::fs::read_to_string(ground.path("c.geojson")).unwrap()).unwrap();
    assert_eq!(seen["features"][0]["properties"]["sensor"], "radar");
    let behind = inside(&seen["features"][0]["geometry"]["coordinates"], [44.39, 33.38]);
    let before = inside(&seen["features"][0]["geometry"]["coordinates"], [44.39, 33.32]);
    assert!(before && !behind, "8.9 km to the north is hidden, 2.2 km is not");
    let level = Ground::new().run(&["coverage", "site.toml", "--height", "200"]);
    let clinic = level.out.lines().find(|line| line.starts_with("clinic")).unwrap();
    assert!(clinic.contains("none"), "without terrain nothing is hidden: {clinic}");
}

/// Whether a place lies in a MultiPolygon, by the even-odd rule over all its rings.
fn inside(polygons: &Value, [lon, lat]: [f64; 2]) -> bool {
    let rings = polygons.as_array().unwrap().iter().flat_map(|polygon| polygon.as_array().unwrap());
    let crossings = |ring: &Value| {
        let corners: Vec<[f64; 2]> = serde_json::from_value(ring.clone()).unwrap();
        let is_crossed = |pair: &&[[f64; 2]]| {
            let [a, b] = [pair[0], pair[1]];
            (a[1] > lat) != (b[1] > lat) && lon < (b[0] - a[0]) * (lat - a[1]) / (b[1] - a[1]) + a[0]
        };
        corners.windows(2).filter(is_crossed).count()
    };
    rings.map(crossings).sum::<usize>() % 2 == 1
}

#[test]
fn a_bomb_over_terrain_is_warned_of_and_the_recording_replays() {
    let ground = ridge();
    let server = ground.serve();
    let seen = wait_for("the coverage", || {
        let (status, _, body) = server.get("/api/coverage?height_m=500");
        (status == 200).then(|| serde_json::from_str::<Value>(&body).unwrap())
    });
    assert_eq!((seen["terrain"].as_bool(), seen["height_m"].as_f64()), (Some(true), Some(500.0)));
    assert!(seen["features"][0]["properties"]["area_km2"].as_f64().unwrap() > 500.0, "{seen}");
    let (status, _, words) = server.get("/api/coverage?height_m=501");
    assert_eq!(status, 404);
    assert!(words.contains("height_m=100, 500 and 2000"), "{words}");
    bombard(ground.port);
    wait_for("the alarm", || (server.json("/api/alarms")[0]["zone"] == "clinic").then_some(()));
    let (code, said) = server.stop();
    assert_eq!(code, Some(0), "{said}");
    // The recording needs no elevation model.
    std::fs::remove_file(ground.path("ridge.tif")).unwrap();
    let recording = ground.recording();
    let run = ground.run(&["replay", recording.to_str().unwrap(), "--verify"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.out.contains("identical, byte for byte"), "{run:?}");
}
