//! What each sensor of a site sees at a height above the ground, as areas: for the page, for `parapet coverage`.

mod outline;
mod served;

use nalgebra::Vector3;
use parapet_engine::Config;
use parapet_frame::curvature_drop_m;
use parapet_track::Coverage;
use serde_json::{Value, json};

pub use outline::Ring;

pub(crate) use served::{Coverages, HEIGHTS_M, Shown};

use crate::atlas::Atlas;
use outline::{Cells, area_m2};

/// Directions and distances in which each sensor is asked.
const DIRECTIONS: usize = 360;
const DISTANCES: usize = 100;

/// What one sensor sees at one height above the ground.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenArea {
    /// The sensor's place in the configuration.
    pub sensor: usize,
    /// Polygons in site ENU, each its outer ring and its holes, metres.
    pub polygons: Vec<Vec<Ring>>,
    /// What they cover, square metres.
    pub area_m2: f64,
}

/// The coverages of all sensors of a site over its ground: terrain where there is one, a level one otherwise.
#[derive(Clone, Debug)]
pub struct Lookers {
    config: Config,
    coverages: Vec<Coverage>,
}

impl Lookers {
    /// The sensors of a site.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let coverages =
            config.sensors.iter().map(|sensor| Coverage::over_ground(sensor, &config.environment)).collect();
        Lookers { config: config.clone(), coverages }
    }

    /// Whether a sensor sees a place on the map at a height above the ground; false for a sensor that does not exist.
    #[must_use]
    pub fn sees(&self, sensor: usize, [east_m, north_m]: [f64; 2], height_m: f64) -> bool {
        self.coverages.get(sensor).is_some_and(|coverage| coverage.sees(&self.above(east_m, north_m, height_m)))
    }

    /// How many sensors see a place on the map at a height above the ground.
    #[must_use]
    pub fn count(&self, east_north_m: [f64; 2], height_m: f64) -> usize {
        (0..self.coverages.len()).filter(|sensor| self.sees(*sensor, east_north_m, height_m)).count()
    }

    /// The area that a sensor sees at a height above the ground; `None` for a sensor that does not exist.
    #[must_use]
    pub fn area(&self, sensor: usize, height_m: f64) -> Option<SeenArea> {
        let model = self.config.sensors.get(sensor)?;
        let (origin, site_from_sensor) = (model.pose.origin(), model.pose.site_from_sensor());
        let step_m = model.range_max_m / DISTANCES as f64;
        let place = |direction: f64, distance: f64| {
            let (sin, cos) = (direction * std::f64::consts::TAU / DIRECTIONS as f64).sin_cos();
            let level = Vector3::new(sin, cos, 0.0) * (distance * step_m);
            let place = origin + site_from_sensor * level;
            [place.x, place.y]
        };
        let cells = Cells::new(DIRECTIONS, DISTANCES, |direction, distance| {
            self.sees(sensor, place(direction as f64 + 0.5, distance as f64 + 0.5), height_m)
        });
        let polygons = cells.polygons(|direction, distance| place(direction as f64, distance as f64));
        let area_m2 = polygons.iter().flatten().map(|ring| area_m2(ring)).sum();
        Some(SeenArea { sensor, polygons, area_m2 })
    }

    /// A place in site ENU, at a height above the ground under it.
    fn above(&self, east_m: f64, north_m: f64, height_m: f64) -> Vector3<f64> {
        let environment = &self.config.environment;
        let ground_m = environment.ground_height_at_m(&Vector3::new(east_m, north_m, 0.0));
        let up_m = ground_m + height_m - environment.site_height_m - curvature_drop_m(east_m, north_m);
        Vector3::new(east_m, north_m, up_m)
    }
}

/// What all sensors see at a height above the ground, as GeoJSON: one feature for each sensor, in the order of the configuration.
#[must_use]
pub fn coverage_geojson(atlas: &Atlas, lookers: &Lookers, height_m: f64) -> Value {
    let config = atlas.config();
    let areas = (0..config.sensors.len()).filter_map(|sensor| lookers.area(sensor, height_m));
    let features: Vec<Value> = areas.map(|area| feature(atlas, &area, height_m)).collect();
    let terrain = config.environment.terrain.is_some();
    json!({ "type": "FeatureCollection", "height_m": height_m, "terrain": terrain, "features": features })
}

fn feature(atlas: &Atlas, area: &SeenArea, height_m: f64) -> Value {
    // About a metre: no coverage is known better.
    let rounded = |degrees: f64| (degrees * 1e5).round() / 1e5;
    let ring = |ring: &Ring| -> Vec<[f64; 2]> {
        ring.iter().chain(ring.first()).map(|corner| atlas.lon_lat(*corner).map(rounded)).collect()
    };
    let polygons: Vec<Vec<Vec<[f64; 2]>>> =
        area.polygons.iter().map(|polygon| polygon.iter().map(ring).collect()).collect();
    let sensor = &atlas.config().sensors[area.sensor].name;
    json!({
        "type": "Feature",
        "geometry": { "type": "MultiPolygon", "coordinates": polygons },
        "properties": { "sensor": sensor, "height_m": height_m, "area_km2": (area.area_m2 / 1e4).round() / 100.0 },
    })
}
