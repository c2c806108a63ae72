//! Mistakes in a scenario are named with their place and remedy.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use parapet_world::{Scenario, Scene};

const GOOD: &str = r#"name = "test"
seed = 1
duration_s = 30.0
site = { lat_deg = 33.3, lon_deg = 44.4, height_m = 34.0, ground_height_m = 34.0 }

[[radar]]
name = "r1"
sac = 25
sic = 1
lat_deg = 33.3
lon_deg = 44.4
height_m = 44.0
scan_period_s = 1.0
range_min_m = 400.0
range_max_m = 25000.0
elevation_min_deg = 0.5
elevation_max_deg = 80.0
detection_probability = 0.9
sigma_range_m = 15.0
sigma_azimuth_deg = 0.17
sigma_elevation_deg = 0.17

[[launch]]
id = "m1"
class = "mortar"
at_s = 2.0
lat_deg = 33.33
lon_deg = 44.4
target = { lat_deg = 33.305, lon_deg = 44.4 }
"#;

fn mistake(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    let text = GOOD.replacen(from, to, 1);
    let built = Scenario::parse("s.toml", &text).and_then(|s| Scene::build(&s, 1));
    built.unwrap_err().to_string()
}

#[test]
fn the_good_one_is_good() {
    let scenario = Scenario::parse("s.toml", GOOD).unwrap();
    Scene::build(&scenario, 1).unwrap();
}

#[test]
fn mistakes_are_named() {
    let cases = [
        ("scan_period_s = 1.0", "scan_period = 1.0", "s.toml:13:1", "unknown field `scan_period`"),
        ("scan_period_s = 1.0", "scan_period_s = -1.0", "s.toml:13:17: radar[0].scan_period_s", "from 0.05 to 60"),
        ("scan_period_s = 1.0", "scan_period_s = nan", "s.toml:13:17: radar[0].scan_period_s", "NaN is out of range"),
        ("seed = 1", "", "s.toml:1:1", "missing field `seed`"),
        ("seed = 1", "seed = \"x\"", "s.toml:2:8", "invalid type"),
        ("seed = 1", "seed = ", "s.toml:2:", ""),
        ("\"mortar\"", "\"catapult\"", "s.toml:25:9", "unknown variant `catapult`"),
        ("lat_deg = 33.33", "lat_deg = 133.33", "s.toml:27:11: launch[0].lat_deg", "from -85 to 85"),
        ("lat_deg = 33.33", "lat_deg = 34.9", "s.toml:29:10: launch[0].target", "Mortar reaches"),
        ("at_s = 2.0", "at_s = 99.0", "s.toml:26:8: launch[0].at_s", "from 0 to 30"),
        ("range_max_m = 25000.0", "range_max_m = 300.0", "s.toml:15:15: radar[0].range_max_m", "from 400"),
        (
            "target = { lat_deg = 33.305, lon_deg = 44.4 }",
            "speed_mps = 200.0",
            "s.toml:24:6: launch[0].id",
            "add target",
        ),
        ("target =", "speed_mps = 200.0\nelevation_deg = 60.0\ntarget =", "launch[0].target", "leave out"),
        ("id = \"m1\"", "id = \"\"", "s.toml:24:6: launch[0].id", "name of its own"),
    ];
    for (from, to, place, what) in cases {
        let message = mistake(from, to);
        assert!(message.contains(place) && message.contains(what), "{to}: {message}");
    }
}

#[test]
fn a_missing_file_is_named() {
    let error = Scenario::read(std::path::Path::new("/nowhere/s.toml")).unwrap_err().to_string();
    assert!(error.contains("/nowhere/s.toml") && error.contains("check the path"), "{error}");
}

proptest::proptest! {
    #[test]
    fn nothing_panics(from in 0usize..GOOD.len(), len in 0usize..40, put in "[a-z0-9=.\\[\\]{}\" -]{0,12}") {
        let mut text = GOOD.to_owned();
        let to = (from + len).min(text.len());
        if text.is_char_boundary(from) && text.is_char_boundary(to) {
            text.replace_range(from..to, &put);
            let _ = Scenario::parse("s.toml", &text);
        }
    }
}
