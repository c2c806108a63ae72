//! What does not change while the service runs: the site as the page and the recording know it.

use parapet_engine::Mode;
use parapet_frame::Geodetic;
use parapet_warn::Zone;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::atlas::Atlas;
use crate::basemap::Basemap;

/// What a recording keeps of a site beside the engine's configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SiteNote {
    /// Name for people.
    pub name: String,
    /// The origin of site ENU.
    pub origin: Geodetic,
    /// The links, in the order in which datagrams count them.
    pub links: Vec<String>,
}

/// The answer to `GET /api/site`.
pub(crate) fn json(name: &str, version: &str, atlas: &Atlas, basemap: Option<&Basemap>) -> Value {
    let config = atlas.config();
    let sensors: Vec<Value> = (0..config.sensors.len()).filter_map(|sensor| sensor_json(atlas, sensor)).collect();
    let zones: Vec<Value> = config.zones.iter().map(|zone| zone_json(atlas, zone)).collect();
    json!({
        "name": name,
        "mode": match config.mode { Mode::Live => "live", Mode::Exercise => "exercise" },
        "version": version,
        "origin": atlas.origin(),
        "sensors": sensors,
        "zones": { "type": "FeatureCollection", "features": zones },
        "basemap": basemap.map(|basemap| basemap.about),
    })
}

fn sensor_json(atlas: &Atlas, sensor: usize) -> Option<Value> {
    let model = atlas.config().sensors.get(sensor)?;
    let place = atlas.sensor_place(sensor)?;
    Some(json!({
        "id": model.name,
        "name": model.name,
        "kind": "radar",
        "lat_deg": place.lat_deg,
        "lon_deg": place.lon_deg,
        "height_m": place.height_m,
        "range_min_m": model.range_min_m,
        "range_max_m": model.range_max_m,
    }))
}

fn zone_json(atlas: &Atlas, zone: &Zone) -> Value {
    let rings: Vec<Vec<[f64; 2]>> = zone.rings.iter().map(|ring| closed_ring(atlas, ring)).collect();
    json!({
        "type": "Feature",
        "geometry": { "type": "Polygon", "coordinates": rings },
        "properties": { "id": zone.key, "name": zone.name, "kind": zone.kind, "people": zone.people },
    })
}

/// GeoJSON repeats the first corner at the end.
fn closed_ring(atlas: &Atlas, ring: &[[f64; 2]]) -> Vec<[f64; 2]> {
    ring.iter().chain(ring.first()).map(|corner| atlas.lon_lat(*corner)).collect()
}
