//! Real warning polygons, to compare rules on.

use std::io::Read as _;
use std::path::Path;

use serde::Deserialize;

/// Metres in a degree of latitude, near enough for polygons that are moved about anyway.
const DEGREE_M: f64 = 111_000.0;
/// No file of polygons is longer, bytes.
const FILE_MAX: u64 = 64 * 1024 * 1024;

/// One warning polygon in a plane, metres; of its rings only the outer one.
#[derive(Clone, Debug, PartialEq)]
pub struct Polygon {
    /// Corners, not closed by repeating the first.
    pub ring: Vec<[f64; 2]>,
    /// Seconds that people there are said to have.
    pub to_shelter_s: f64,
}

impl Polygon {
    /// Its area, square metres.
    #[must_use]
    pub fn area_m2(&self) -> f64 {
        area_m2(&self.ring)
    }

    /// Whether a place lies inside (even-odd rule).
    #[must_use]
    pub fn contains(&self, place: [f64; 2]) -> bool {
        contains(&self.ring, place)
    }
}

pub(super) fn area_m2(ring: &[[f64; 2]]) -> f64 {
    let sides = ring.iter().zip(ring.iter().cycle().skip(1));
    0.5 * sides.map(|(a, b)| a[0] * b[1] - a[1] * b[0]).sum::<f64>().abs()
}

pub(super) fn contains(ring: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    let sides = ring.iter().zip(ring.iter().cycle().skip(1));
    let crosses = |(a, b): &(&[f64; 2], &[f64; 2])| {
        (a[1] > y) != (b[1] > y) && x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
    };
    sides.filter(crosses).count() % 2 == 1
}

/// Distance of a place from a ring, metres; 0 inside.
pub(super) fn distance_m(ring: &[[f64; 2]], place: [f64; 2]) -> f64 {
    if contains(ring, place) {
        return 0.0;
    }
    let sides = ring.iter().zip(ring.iter().cycle().skip(1));
    let to_side = |(a, b): (&[f64; 2], &[f64; 2])| {
        let (edge, off) = ([b[0] - a[0], b[1] - a[1]], [place[0] - a[0], place[1] - a[1]]);
        let length2 = (edge[0] * edge[0] + edge[1] * edge[1]).max(1e-9);
        let along = ((off[0] * edge[0] + off[1] * edge[1]) / length2).clamp(0.0, 1.0);
        (off[0] - along * edge[0]).hypot(off[1] - along * edge[1])
    };
    sides.map(to_side).fold(f64::INFINITY, f64::min)
}

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    properties: Properties,
    geometry: Geometry,
}

#[derive(Deserialize)]
struct Properties {
    #[serde(default)]
    time_to_shelter_s: f64,
}

#[derive(Deserialize)]
struct Geometry {
    coordinates: Vec<Vec<Vec<f64>>>,
}

/// Reads GeoJSON polygons compressed by gzip.
///
/// # Errors
/// When it cannot be read, or is no such file: which, what and what to do.
pub fn read(path: &Path) -> Result<Vec<Polygon>, String> {
    let error =
        |what: String| format!("{}: {what}; a GeoJSON file of Polygons, compressed by gzip, is needed", path.display());
    let file = std::fs::File::open(path).map_err(|e| error(e.to_string()))?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).take(FILE_MAX).read_to_string(&mut text).map_err(|e| error(e.to_string()))?;
    let collection: Collection = serde_json::from_str(&text).map_err(|e| error(e.to_string()))?;
    let first = collection.features.first().and_then(|feature| feature.geometry.coordinates.first()?.first());
    let [lon_deg, lat_deg] = first.and_then(|corner| Some([*corner.first()?, *corner.get(1)?])).unwrap_or_default();
    // One scale for all, so that neighbours stay neighbours.
    let scale = [DEGREE_M * lat_deg.to_radians().cos(), DEGREE_M];
    let place =
        |corner: &Vec<f64>| Some([scale[0] * (corner.first()? - lon_deg), scale[1] * (corner.get(1)? - lat_deg)]);
    let polygons: Vec<Polygon> = collection.features.iter().filter_map(|feature| polygon(feature, &place)).collect();
    if polygons.is_empty() { Err(error("no polygon is in it".to_owned())) } else { Ok(polygons) }
}

fn polygon(feature: &Feature, place: &dyn Fn(&Vec<f64>) -> Option<[f64; 2]>) -> Option<Polygon> {
    let outer = feature.geometry.coordinates.first()?;
    let mut ring: Vec<[f64; 2]> = outer.iter().map(place).collect::<Option<_>>()?;
    if ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    (ring.len() >= 3 && area_m2(&ring) > 0.0)
        .then_some(Polygon { ring, to_shelter_s: feature.properties.time_to_shelter_s })
}
