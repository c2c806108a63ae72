//! Boundaries of districts, from GeoJSON: what an origin area is named by.

use geojson::{Feature, GeoJson, GeometryValue, Position};
use parapet_frame::{Geodetic, PlaneCovariance, SiteFrame};

use crate::area::{self, Outline};

/// Keys under which a feature's name is looked for, in this order; after them any that ends in `_EN` or holds `name`.
const NAME_KEYS: [&str; 5] = ["name", "name_en", "NAME", "shapeName", "NAME_EN"];
/// Farther from the site than this nothing is named, metres.
const FAR_M: f64 = 500_000.0;

/// Why boundaries cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BoundariesError {
    /// No GeoJSON.
    #[error("it is no GeoJSON: {0}; a FeatureCollection of polygons with names is wanted")]
    NotGeoJson(String),
    /// Nothing in it can name an area.
    #[error(
        "none of its {features} features is a polygon with a name; the name is looked for under `name`, `name_en`, `NAME`, \
         `shapeName`, a key that ends in `_EN`, or one that holds `name`"
    )]
    NoDistricts {
        /// How many features there are.
        features: usize,
    },
}

/// One district.
#[derive(Clone, Debug, PartialEq)]
pub struct District {
    /// Its name.
    pub name: String,
    /// Its polygons, each an outline in site ENU, metres.
    pub polygons: Vec<Vec<Vec<[f64; 2]>>>,
}

/// The districts around a site.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Boundaries {
    /// Where they come from, in the words of whoever gave them.
    pub source: String,
    /// Those near the site.
    pub districts: Vec<District>,
}

impl Boundaries {
    /// Reads a GeoJSON text with polygons in longitude and latitude; those far from the site are left out.
    ///
    /// # Errors
    /// When it is no GeoJSON, or no feature is a polygon with a name.
    pub fn read(text: &str, source: &str, frame: &SiteFrame) -> Result<Boundaries, BoundariesError> {
        let json: GeoJson =
            text.parse().map_err(|error: geojson::Error| BoundariesError::NotGeoJson(error.to_string()))?;
        let features = match json {
            GeoJson::FeatureCollection(collection) => collection.features,
            GeoJson::Feature(feature) => vec![feature],
            GeoJson::Geometry(_) => Vec::new(),
        };
        let named = features.iter().filter_map(|feature| Some((name(feature)?, polygons(feature)))).collect::<Vec<_>>();
        if !named.iter().any(|(_, polygons)| !polygons.is_empty()) {
            return Err(BoundariesError::NoDistricts { features: features.len() });
        }
        let districts = named.into_iter().filter_map(|(name, polygons)| {
            let polygons: Vec<_> = polygons.iter().filter_map(|polygon| in_site(polygon, frame)).collect();
            (!polygons.is_empty()).then_some(District { name, polygons })
        });
        Ok(Boundaries { source: source.to_owned(), districts: districts.collect() })
    }

    /// Reads a GeoJSON text that belongs to no site: the middle of its first polygon is the reference.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_alone(text: &str, source: &str) -> Result<Boundaries, BoundariesError> {
        let json: GeoJson =
            text.parse().map_err(|error: geojson::Error| BoundariesError::NotGeoJson(error.to_string()))?;
        let features = match json {
            GeoJson::FeatureCollection(collection) => collection.features,
            _ => Vec::new(),
        };
        let corner = features.iter().flat_map(polygons).flatten().flatten().find_map(|position| {
            let [lon_deg, lat_deg] = [*position.as_slice().first()?, *position.as_slice().get(1)?];
            SiteFrame::at(Geodetic { lat_deg, lon_deg, height_m: 0.0 }).ok()
        });
        let frame = corner.ok_or(BoundariesError::NoDistricts { features: features.len() })?;
        Boundaries::read(text, source, &frame)
    }

    /// Which districts an uncertain place may lie in, the most probable first; those of less than 1 % are left out.
    #[must_use]
    pub fn shares(&self, mean: [f64; 2], covariance: PlaneCovariance) -> Vec<(String, f64)> {
        let share = |district: &District| -> f64 {
            let polygons = district.polygons.iter().filter(|polygon| area::may_reach(mean, covariance, polygon, 0.0));
            polygons.map(|polygon| area::share(mean, covariance, polygon, 0.0)).sum()
        };
        let all = self.districts.iter().map(|district| (district.name.clone(), share(district)));
        let mut shares: Vec<(String, f64)> = all.filter(|(_, share)| *share >= 0.01).collect();
        shares.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        shares
    }
}

fn name(feature: &Feature) -> Option<String> {
    let properties = feature.properties.as_ref()?;
    let text = |key: &str| properties.get(key).and_then(|value| value.as_str()).filter(|text| !text.trim().is_empty());
    let known = NAME_KEYS.iter().find_map(|key| text(key));
    // `ADM3_EN` stands beside the `ADM2_EN` that it is part of: the finer one names the feature.
    let mut english: Vec<&String> = properties.keys().filter(|key| key.ends_with("_EN")).collect();
    english.sort_unstable();
    let english = || english.iter().rev().find_map(|key| text(key));
    let any = || properties.keys().filter(|key| key.to_lowercase().contains("name")).find_map(|key| text(key));
    known.or_else(english).or_else(any).map(str::to_owned)
}

fn polygons(feature: &Feature) -> Vec<Vec<Vec<Position>>> {
    match feature.geometry.as_ref().map(|geometry| &geometry.value) {
        Some(GeometryValue::Polygon { coordinates }) => vec![coordinates.clone()],
        Some(GeometryValue::MultiPolygon { coordinates }) => coordinates.clone(),
        _ => Vec::new(),
    }
}

/// A polygon in site ENU; `None` where it has no three corners, or lies far off.
fn in_site(polygon: &[Vec<Position>], frame: &SiteFrame) -> Option<Vec<Vec<[f64; 2]>>> {
    let corner = |position: &Position| {
        let [lon_deg, lat_deg] = [*position.as_slice().first()?, *position.as_slice().get(1)?];
        let place = frame.site_from_geodetic(Geodetic { lat_deg, lon_deg, height_m: 0.0 }).ok()?;
        Some([place.east_m, place.north_m])
    };
    let ring = |ring: &Vec<Position>| {
        let mut corners: Vec<[f64; 2]> = ring.iter().filter_map(corner).collect();
        if corners.len() > 1 && corners.first() == corners.last() {
            corners.pop();
        }
        corners
    };
    let rings: Vec<Vec<[f64; 2]>> = polygon.iter().map(ring).filter(|ring| ring.len() >= 3).collect();
    let outline: &Outline = &rings;
    let near = outline.iter().flatten().any(|[x, y]| x.abs() < FAR_M && y.abs() < FAR_M);
    near.then_some(rings)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: Geodetic = Geodetic { lat_deg: 33.3, lon_deg: 44.4, height_m: 30.0 };

    fn collection(features: &str) -> String {
        format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#)
    }

    fn square(name_key: &str, name: &str, west_deg: f64) -> String {
        let east_deg = west_deg + 0.1;
        format!(
            r#"{{"type":"Feature","properties":{{"{name_key}":"{name}","code":"x"}},"geometry":{{"type":"Polygon",
            "coordinates":[[[{west_deg},33.2],[{east_deg},33.2],[{east_deg},33.4],[{west_deg},33.4],[{west_deg},33.2]]]}}}}"#
        )
    }

    #[test]
    fn a_place_near_a_border_is_shared_out() {
        let frame = SiteFrame::at(SITE).unwrap();
        let text = collection(&format!("{},{}", square("ADM3_EN", "East", 44.4), square("name", "West", 44.3)));
        let boundaries = Boundaries::read(&text, "a test", &frame).unwrap();
        let covariance = PlaneCovariance { east_east_m2: 1e4, east_north_m2: 0.0, north_north_m2: 1e4 };
        let shares = boundaries.shares([0.0, 0.0], covariance);
        assert_eq!(shares.len(), 2);
        assert!(shares.iter().all(|(_, share)| (share - 0.5).abs() < 0.03), "{shares:?}");
        assert_eq!(boundaries.shares([5_000.0, 0.0], covariance), [("East".to_owned(), 1.0)]);
    }

    #[test]
    fn what_names_nothing_is_refused() {
        let frame = SiteFrame::at(SITE).unwrap();
        assert!(matches!(Boundaries::read("no", "x", &frame), Err(BoundariesError::NotGeoJson(_))));
        let nameless = collection(&square("code2", "", 44.4));
        assert_eq!(Boundaries::read(&nameless, "x", &frame), Err(BoundariesError::NoDistricts { features: 1 }));
    }
}
