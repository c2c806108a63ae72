//! WGS-84 into the site frame as plain numbers and with the pinned mathematics: for what arrives in latitude and longitude
//! while the engine runs, so that a recording replays to the same bytes on any machine.

use nalgebra::{Matrix3, Vector3};
use serde::{Deserialize, Serialize};

use crate::{Geodetic, SiteFrame, SitePoint, maths};

/// Semi-major axis of WGS-84, metres (NGA.STND.0036, table 3.1).
const SEMI_MAJOR_M: f64 = 6_378_137.0;
/// Flattening of WGS-84 (the same table).
const FLATTENING: f64 = 1.0 / 298.257_223_563;
/// Square of the first eccentricity.
const ECCENTRICITY2: f64 = FLATTENING * (2.0 - FLATTENING);

/// How site ENU lies on the Earth: made once when a site is read, stored with a recording.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EarthAxes {
    /// The site's origin from the Earth's centre (ECEF), metres.
    pub origin_ecef_m: [f64; 3],
    /// Rotation that carries ECEF into site ENU, row by row.
    pub site_from_ecef: [[f64; 3]; 3],
}

impl EarthAxes {
    /// Those of a site.
    #[must_use]
    pub fn of(frame: &SiteFrame) -> Self {
        Self::about(frame.origin())
    }

    fn about(origin: Geodetic) -> Self {
        let [east, north, up] = axes(origin.lat_deg, origin.lon_deg);
        EarthAxes { origin_ecef_m: ecef_m(origin).into(), site_from_ecef: [east.into(), north.into(), up.into()] }
    }

    fn rotation(&self) -> Matrix3<f64> {
        Matrix3::from_fn(|row, column| self.site_from_ecef[row][column])
    }

    /// A place in site ENU; `None` where it is no place on or near the Earth.
    #[must_use]
    pub fn site_from_geodetic(&self, place: Geodetic) -> Option<SitePoint> {
        let is_place = (-90.0..=90.0).contains(&place.lat_deg)
            && (-180.0..=180.0).contains(&place.lon_deg)
            && (-1_000.0..=100_000.0).contains(&place.height_m);
        let off = || ecef_m(place) - Vector3::from(self.origin_ecef_m);
        is_place.then(|| SitePoint::from_vector(self.rotation() * off()))
    }

    /// The rotation that carries vectors of the east-north-up at a latitude and longitude into site ENU: "north" and "up" there are
    /// not quite those of the site.
    #[must_use]
    pub fn site_from_local(&self, lat_deg: f64, lon_deg: f64) -> Matrix3<f64> {
        self.rotation() * Matrix3::from_columns(&axes(lat_deg, lon_deg))
    }
}

/// East, north and up at a place, in ECEF.
fn axes(lat_deg: f64, lon_deg: f64) -> [Vector3<f64>; 3] {
    let ((sin_lat, cos_lat), (sin_lon, cos_lon)) =
        (maths::sin_cos(lat_deg.to_radians()), maths::sin_cos(lon_deg.to_radians()));
    [
        Vector3::new(-sin_lon, cos_lon, 0.0),
        Vector3::new(-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat),
        Vector3::new(cos_lat * cos_lon, cos_lat * sin_lon, sin_lat),
    ]
}

fn ecef_m(place: Geodetic) -> Vector3<f64> {
    let ((sin_lat, cos_lat), (sin_lon, cos_lon)) =
        (maths::sin_cos(place.lat_deg.to_radians()), maths::sin_cos(place.lon_deg.to_radians()));
    let prime_vertical_m = SEMI_MAJOR_M / (1.0 - ECCENTRICITY2 * sin_lat * sin_lat).sqrt();
    let across_m = (prime_vertical_m + place.height_m) * cos_lat;
    let along_m = (prime_vertical_m * (1.0 - ECCENTRICITY2) + place.height_m) * sin_lat;
    Vector3::new(across_m * cos_lon, across_m * sin_lon, along_m)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the other conversion of this crate, which is held against PROJ.
    #[test]
    fn agrees_with_the_site_frame() {
        for (lat_deg, lon_deg) in [(41.300_702, 2.102_058), (-33.9, 151.2), (0.0, 179.999), (69.0, -179.9)] {
            let frame = SiteFrame::at(Geodetic { lat_deg, lon_deg, height_m: 27.0 }).unwrap();
            let axes = EarthAxes::of(&frame);
            for (north_deg, east_deg, height_m) in [(0.0, 0.0, 27.0), (0.4, -0.3, 11_000.0), (-1.5, 2.0, 0.0)] {
                let lon_deg = (lon_deg + east_deg + 180.0_f64).rem_euclid(360.0) - 180.0;
                let place = Geodetic { lat_deg: lat_deg + north_deg, lon_deg, height_m };
                let ours = axes.site_from_geodetic(place).unwrap().to_vector();
                let theirs = frame.site_from_geodetic(place).unwrap().to_vector();
                assert!((ours - theirs).norm() < 1e-5, "{ours:?} {theirs:?}");
            }
        }
    }

    #[test]
    fn refuses_what_is_no_place() {
        let axes = EarthAxes::about(Geodetic { lat_deg: 48.0, lon_deg: 11.0, height_m: 500.0 });
        for (lat_deg, lon_deg, height_m) in
            [(4330.0, 0.0, 0.0), (0.0, 181.0, 0.0), (0.0, 0.0, 1e6), (f64::NAN, 0.0, 0.0)]
        {
            assert_eq!(axes.site_from_geodetic(Geodetic { lat_deg, lon_deg, height_m }), None);
        }
    }

    #[test]
    fn north_far_away_is_not_ours() {
        let axes = EarthAxes::about(Geodetic { lat_deg: 48.0, lon_deg: 11.0, height_m: 0.0 });
        let turned = axes.site_from_local(48.0, 12.0);
        // The meridians converge by the sine of the latitude: 0.743 degrees here.
        assert!((maths::atan2(-turned[(0, 1)], turned[(1, 1)]).to_degrees() - 0.743).abs() < 0.01, "{turned}");
    }
}
