//! The demonstration's site is a configuration that the demonstration can rest on.

use std::path::Path;

use parapet_engine::Mode;
use parapet_site::Site;

#[test]
fn the_green_zone_is_a_site() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../scenarios/green-zone-2020");
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).map_err(|e| e.to_string());
    let text = read("site.toml").unwrap();
    let site = Site::parse("site.toml", &text, &mut |file| read(file)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(site.mode(), Mode::Exercise, "a demonstration never warns in earnest");
    assert_eq!(site.warnings, [""; 0]);
    assert_eq!((site.config.sensors.len(), site.links.len(), site.config.zones.len()), (2, 3, 12));
    assert!(site.outlines.is_some());
    for zone in &site.config.zones {
        assert!(zone.name.ends_with("(approximate)"), "{} says that it is approximate", zone.name);
        let across_m = widest_m(&zone.rings[0]);
        assert!((150.0..=600.0).contains(&across_m), "{} is {across_m:.0} m across", zone.key);
        let near = zone.rings[0].iter().all(|[east_m, north_m]| east_m.hypot(*north_m) < 2_500.0);
        assert!(near, "{} lies at the compound", zone.key);
    }
    println!("{}", site.summary());
}

fn widest_m(ring: &[[f64; 2]]) -> f64 {
    let distance = |a: &[f64; 2], b: &[f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
    ring.iter().flat_map(|a| ring.iter().map(move |b| distance(a, b))).fold(0.0, f64::max)
}
