use super::*;

fn atlas(keys: &[&str]) -> Atlas {
    let zone = |key: &&str| parapet_warn::Zone {
        key: (*key).to_owned(),
        name: (*key).to_owned(),
        kind: "test".to_owned(),
        people: 1,
        rings: vec![vec![[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]]],
        alarm_probability: 0.1,
        shelter_s: None,
    };
    let config = parapet_engine::Config {
        mode: parapet_engine::Mode::Exercise,
        environment: parapet_flight::Environment::sphere(33.3, 34.0, 34.0),
        sensors: vec![],
        zones: keys.iter().map(zone).collect(),
        policy: parapet_warn::Policy::default(),
        limits: parapet_engine::Limits::default(),
    };
    Atlas::at(parapet_frame::Geodetic { lat_deg: 33.3, lon_deg: 44.39, height_m: 34.0 }, config).unwrap()
}

#[test]
fn an_alarms_name_tells_its_zone() {
    let atlas = atlas(&["camp", "camp-2", "gate"]);
    assert_eq!(zone_of(&atlas, "camp-1605609000000"), Some(ZoneId(0)));
    assert_eq!(zone_of(&atlas, "camp-1605609000000-2"), Some(ZoneId(0)));
    assert_eq!(zone_of(&atlas, "camp-2-1605609000000"), Some(ZoneId(1)));
    assert_eq!(zone_of(&atlas, "gate"), None);
    assert_eq!(zone_of(&atlas, "gate-"), None);
    assert_eq!(zone_of(&atlas, "elsewhere-1"), None);
}

#[test]
fn the_oldest_is_forgotten() {
    let mut lately = Lately::new(2);
    assert_eq!([lately.add(1), lately.add(2), lately.add(3), lately.add(4)], [None, None, Some(1), Some(2)]);
}
