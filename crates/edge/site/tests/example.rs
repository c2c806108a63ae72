//! The documented example is a configuration, and says what it seems to say.

use std::path::{Path, PathBuf};

use parapet_engine::{Limits, Mode};
use parapet_site::{Cast, FeedRole, Site};
use parapet_track::SensorId;
use parapet_warn::ZoneId;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("example")
}

fn example() -> Site {
    let text = std::fs::read_to_string(folder().join("site.toml")).expect("the example is there");
    let mut load = |file: &str| std::fs::read_to_string(folder().join(file)).map_err(|e| e.to_string());
    Site::parse("site.toml", &text, &mut load).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_example_becomes_values() {
    let site = example();
    assert_eq!(site.mode(), Mode::Exercise);
    assert_eq!(site.warnings, [""; 0]);
    assert_eq!(site.config.limits, Limits::default());
    let environment = &site.config.environment;
    assert_eq!(environment.wind_sigma_mps, 2.0);
    assert_eq!(environment.weather.as_ref().map(|weather| weather.levels().len()), Some(3));
    // From the north-west, so towards the south-east, and stronger higher up.
    let [[low_east, low_north], [high_east, _]] = [34.0, 5_800.0].map(|height_m| environment.wind_at_mps(height_m));
    assert!(low_east > 1.8 && low_north < -1.5 && high_east > 17.0, "{low_east} {low_north} {high_east}");
    let names: Vec<&str> = site.config.sensors.iter().map(|sensor| sensor.name.as_str()).collect();
    assert_eq!(names, ["radar-north", "radar-south", "radar-east", "camera-roof", "adsb-mast", "atc"]);
    let keys: Vec<&str> = site.config.zones.iter().map(|zone| zone.key.as_str()).collect();
    assert_eq!(keys, ["hospital", "market", "gatehouse", "camp"]);
    let thresholds: Vec<f64> = site.config.zones.iter().map(|zone| zone.alarm_probability).collect();
    assert_eq!(thresholds, [0.05, 0.1, 0.05, 0.1]);
    assert_eq!(site.config.zones[2].shelter_s, Some(25.0));
    assert_eq!(site.config.policy.effect_radius_of.artillery_m, Some(100.0));
    assert_eq!(site.config.zones[1].rings[0].len(), 32);
    assert_eq!(site.output.http.to_string(), "127.0.0.1:8080");
    assert_eq!(site.output.public.map(|address| address.to_string()).as_deref(), Some("127.0.0.1:8081"));
    assert_eq!((site.shelters[0].name.as_str(), site.shelters[0].place.lat_deg), ("School cellar", 33.3068));
    assert_eq!(
        (site.cap.languages.as_slice(), site.cap.endpoints.len()),
        (&["en-US".to_owned(), "ar".to_owned()][..], 1)
    );
    assert_eq!(site.cap.names["ar"]["hospital"], "المستشفى");
    assert_eq!((site.tak[0].target.url().as_str(), site.tak[0].protobuf), ("tcp://127.0.0.1:8087", false));
}

#[test]
fn redundant_lines_belong_to_one_sensor() {
    let site = example();
    assert_eq!(site.links.len(), 4);
    assert!(matches!(site.links[1].cast, Cast::Multicast { interface: Some(_), .. }));
    assert_eq!(site.sources[0].links, [0, 1]);
    assert_eq!((site.sources[1].sensor, site.sources[1].links.as_slice()), (SensorId(1), &[2][..]));
    assert_eq!((site.sources[1].sac, site.sources[1].sic), (25, 202));
    assert_eq!(site.config.sensors[1].silent_after_s, 2.0);
}

#[test]
fn some_sensors_tell_of_contacts() {
    let site = example();
    let [adsb, atc] = &site.contacts[..] else { panic!("{:?}", site.contacts) };
    assert_eq!((adsb.sensor, adsb.geoid_m, adsb.delay_sigma_s), (SensorId(4), Some(-3.0), 0.3));
    let [lat_deg, lon_deg] = adsb.near_deg.expect("it hears nobody from beyond 180 nautical miles");
    assert!((lat_deg - 33.31).abs() < 1e-6 && (lon_deg - 44.386).abs() < 1e-6);
    assert_eq!((atc.sensor, atc.feed.is_some(), atc.near_deg), (SensorId(5), false, None));
    assert_eq!(site.sources.last().map(|source| (source.sensor, source.sic)), Some((SensorId(5), 10)));
    let feeds: Vec<_> = site.feeds().collect();
    let [(link, contact, feed)] = &feeds[..] else { panic!("{feeds:?}") };
    // Four lines of ASTERIX, two doors of SAPIENT and four of JSON Lines come before it.
    assert_eq!((*link, contact.sensor, feed.address.port(), feed.format), (10, SensorId(4), 30_005, "beast"));
    assert_eq!(feed.role, FeedRole::Client);
    let summary = site.summary();
    assert!(summary.contains("squitters, beast") && summary.contains("tcp, we connect"), "{summary}");
}

#[test]
fn places_are_where_they_were_written() {
    let site = example();
    let camp = site.zone_outline(ZoneId(3));
    assert!((camp[0][0][0] - 33.3081).abs() < 1e-7 && (camp[0][0][1] - 44.3782).abs() < 1e-7, "{camp:?}");
    assert!(site.zone_outline(ZoneId(99)).is_empty());
    // 0.01 degrees of latitude are 1,109 m here.
    let north = site.config.sensors[0].pose.origin_m;
    assert!((north[1] - 1_109.0).abs() < 1.0 && (north[2] - 11.9).abs() < 0.1, "{north:?}");
    let hospital = &site.config.zones[0].rings[0];
    assert_eq!(hospital.len(), 4);
    assert!(hospital.iter().all(|[_, north_m]| (500.0..900.0).contains(north_m)), "{hospital:?}");
}

#[test]
fn the_summary_shows_what_matters() {
    let summary = example().summary();
    for part in [
        "exercise: every message says so",
        "radar-north",
        "25/201",
        "unauthenticated",
        "multicast on 127.0.0.1",
        "Hospital (example)",
        "800",
        "tracks_max",
        "http://127.0.0.1:8080",
        "parapet@compound-a.example",
    ] {
        assert!(summary.contains(part), "{part} is missing in\n{summary}");
    }
}

#[test]
fn doors_for_lines_and_acoustic_nodes_are_read() {
    let site = example();
    let trusts: Vec<&str> = site.lines.iter().map(|door| door.trust()).collect();
    assert_eq!(trusts, ["unauthenticated", "unauthenticated", "token", "the broker's"]);
    assert_eq!((site.line_sensors[0].sensor, site.line_sensors[0].name.as_str()), (SensorId(3), "camera-roof"));
    let nodes: Vec<(&str, f64, f64)> =
        site.ears.iter().map(|ear| (ear.name.as_str(), ear.sigma_time_s, ear.pose.height_m)).collect();
    assert_eq!(nodes, [("m1", 0.02, 34.0), ("m2", 0.01, 35.0), ("m7", 0.005, 36.0)]);
    let shown = format!("{site:?}{}", site.summary());
    assert!(!shown.contains("change-me"), "secrets are not shown");
    assert!(shown.contains("JSON Lines, HTTP POST") && shown.contains("Acoustic nodes: 3"), "{shown}");
}
