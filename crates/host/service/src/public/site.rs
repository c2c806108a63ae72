//! What is public of a site: its zones and shelters. `GET /api/public/site`.

use parapet_engine::Mode;
use parapet_site::{Shelter, Site};
use parapet_warn::Zone;
use serde_json::{Value, json};

use crate::atlas::Atlas;
use crate::speech::Speech;

/// Digits of a degree that are told: a tenth of a metre.
const DIGITS: f64 = 1e6;

/// The answer. Who is where, how many, and with what they are watched over, stays here.
pub(crate) fn json(site: &Site, version: &str, atlas: &Atlas, speech: &Speech) -> Value {
    let zones: Vec<Value> = site.config.zones.iter().map(|zone| zone_json(zone, atlas, speech)).collect();
    json!({
        "name": site.name,
        "mode": mode(site.mode()),
        "version": version,
        "zones": { "type": "FeatureCollection", "features": zones },
        "shelters": site.shelters.iter().map(shelter_json).collect::<Vec<_>>(),
    })
}

/// The word for a world.
pub(crate) fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Live => "live",
        Mode::Exercise => "exercise",
    }
}

fn zone_json(zone: &Zone, atlas: &Atlas, speech: &Speech) -> Value {
    let corner = |corner: &[f64; 2]| atlas.lon_lat(*corner).map(rounded);
    let ring = |ring: &Vec<[f64; 2]>| ring.iter().chain(ring.first()).map(corner).collect::<Vec<_>>();
    let rings: Vec<Vec<[f64; 2]>> = zone.rings.iter().map(ring).collect();
    let names = speech.names(zone).into_iter().map(|(language, name)| (language.code().to_owned(), Value::from(name)));
    json!({
        "type": "Feature",
        "geometry": { "type": "Polygon", "coordinates": rings },
        "properties": {
            "id": zone.key,
            "name": zone.name,
            "names": Value::Object(names.collect()),
            "shelter_s": zone.shelter_s,
        },
    })
}

fn shelter_json(shelter: &Shelter) -> Value {
    let (lat_deg, lon_deg) = (rounded(shelter.place.lat_deg), rounded(shelter.place.lon_deg));
    json!({ "id": shelter.key, "name": shelter.name, "lat_deg": lat_deg, "lon_deg": lon_deg })
}

fn rounded(deg: f64) -> f64 {
    (deg * DIGITS).round() / DIGITS
}
