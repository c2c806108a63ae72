//! Places on the Earth as SAPIENT tells them, seen from a sensor.
//!
//! A node may report latitudes and longitudes, so that geodesy is on the way from bytes to plots here. It is done with the
//! pinned functions, because a recording must replay to the same bits on any machine; a test holds it against the site frame.

use parapet_frame::maths;
use serde::{Deserialize, Serialize};

/// WGS 84: equatorial radius, metres, and flattening (NGA.STND.0036, table 3.1).
const A_M: f64 = 6_378_137.0;
const F: f64 = 1.0 / 298.257_223_563;
/// First eccentricity squared.
const E2: f64 = F * (2.0 - F);
/// UTM: scale on the central meridian, false easting and, in the south, false northing, metres.
const UTM_SCALE: f64 = 0.9996;
const UTM_EAST_M: f64 = 500_000.0;
const UTM_NORTH_M: f64 = 10_000_000.0;

/// A place: latitude and longitude in radians, height above the ellipsoid or the geoid in metres, as its owner says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EarthPlace {
    /// Latitude, radians, north positive.
    pub lat_rad: f64,
    /// Longitude, radians, east positive.
    pub lon_rad: f64,
    /// Height, metres.
    pub height_m: f64,
}

impl EarthPlace {
    fn ecef_m(&self) -> [f64; 3] {
        let (sin_lat, cos_lat) = maths::sin_cos(self.lat_rad);
        let (sin_lon, cos_lon) = maths::sin_cos(self.lon_rad);
        let across_m = A_M / (1.0 - E2 * sin_lat * sin_lat).sqrt();
        let from_axis_m = (across_m + self.height_m) * cos_lat;
        [from_axis_m * cos_lon, from_axis_m * sin_lon, (across_m * (1.0 - E2) + self.height_m) * sin_lat]
    }

    /// Another place in the east, north and up of this one, metres.
    #[must_use]
    pub fn enu_of(&self, other: &EarthPlace) -> [f64; 3] {
        let (here, there) = (self.ecef_m(), other.ecef_m());
        let [dx, dy, dz] = core::array::from_fn(|axis| there[axis] - here[axis]);
        let (sin_lat, cos_lat) = maths::sin_cos(self.lat_rad);
        let (sin_lon, cos_lon) = maths::sin_cos(self.lon_rad);
        let outward = cos_lon * dx + sin_lon * dy;
        [cos_lon * dy - sin_lon * dx, cos_lat * dz - sin_lat * outward, cos_lat * outward + sin_lat * dz]
    }
}

/// A UTM zone: its number, and whether it lies south of the equator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UtmZone {
    number: u8,
    is_south: bool,
}

impl UtmZone {
    /// From a number and the letter of a band, as the standard's examples write it (`30U`): bands C to M lie south.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let letter = text.trim().chars().last()?.to_ascii_uppercase();
        let number = text.trim().strip_suffix(|c: char| c.is_ascii_alphabetic())?.parse().ok()?;
        let known = (1..=60).contains(&number) && ('C'..='X').contains(&letter) && letter != 'I' && letter != 'O';
        known.then_some(UtmZone { number, is_south: letter < 'N' })
    }

    /// Latitude and longitude, radians, of an easting and a northing in metres; `None` where those cannot be in a zone.
    ///
    /// Krueger's series in the third flattening to its fourth power, good to a tenth of a millimetre (Karney 2011, "Transverse
    /// Mercator with an accuracy of a few nanometers", equations 15, 36 and, for the latitude, A.1).
    pub(crate) fn lat_lon_rad(self, east_m: f64, north_m: f64) -> Option<[f64; 2]> {
        const N: f64 = F / (2.0 - F);
        const N2: f64 = N * N;
        const N3: f64 = N2 * N;
        const N4: f64 = N3 * N;
        const RECTIFYING_M: f64 = A_M / (1.0 + N) * (1.0 + N2 / 4.0 + N4 / 64.0);
        const BETA: [f64; 4] = [
            N / 2.0 - 2.0 / 3.0 * N2 + 37.0 / 96.0 * N3 - N4 / 360.0,
            N2 / 48.0 + N3 / 15.0 - 437.0 / 1440.0 * N4,
            17.0 / 480.0 * N3 - 37.0 / 840.0 * N4,
            4397.0 / 161_280.0 * N4,
        ];
        const DELTA: [f64; 4] = [
            2.0 * N - 2.0 / 3.0 * N2 - 2.0 * N3 + 116.0 / 45.0 * N4,
            7.0 / 3.0 * N2 - 8.0 / 5.0 * N3 - 227.0 / 45.0 * N4,
            56.0 / 15.0 * N3 - 136.0 / 35.0 * N4,
            4279.0 / 630.0 * N4,
        ];
        if !(100_000.0..=900_000.0).contains(&east_m) || !(0.0..=UTM_NORTH_M).contains(&north_m) {
            return None;
        }
        let north_m = if self.is_south { north_m - UTM_NORTH_M } else { north_m };
        let (xi, eta) = (north_m / (UTM_SCALE * RECTIFYING_M), (east_m - UTM_EAST_M) / (UTM_SCALE * RECTIFYING_M));
        let (mut xi_sphere, mut eta_sphere) = (xi, eta);
        for (order, beta) in (1..).map(f64::from).zip(BETA) {
            let (sin, cos) = maths::sin_cos(2.0 * order * xi);
            xi_sphere -= beta * sin * cosh(2.0 * order * eta);
            eta_sphere -= beta * cos * sinh(2.0 * order * eta);
        }
        let (sin_xi, cos_xi) = maths::sin_cos(xi_sphere);
        let conformal = maths::asin(sin_xi / cosh(eta_sphere));
        let lat_rad = (1..)
            .map(f64::from)
            .zip(DELTA)
            .fold(conformal, |lat, (order, delta)| lat + delta * maths::sin(2.0 * order * conformal));
        let meridian_rad = (6.0 * f64::from(self.number) - 183.0).to_radians();
        Some([lat_rad, maths::wrap_pi(meridian_rad + maths::atan2(sinh(eta_sphere), cos_xi))])
    }
}

fn sinh(x: f64) -> f64 {
    (maths::exp(x) - maths::exp(-x)) / 2.0
}

fn cosh(x: f64) -> f64 {
    (maths::exp(x) + maths::exp(-x)) / 2.0
}

#[cfg(test)]
mod tests {
    use parapet_frame::{Geodetic, SiteFrame};

    use super::*;

    fn place(lat_deg: f64, lon_deg: f64, height_m: f64) -> EarthPlace {
        EarthPlace { lat_rad: lat_deg.to_radians(), lon_rad: lon_deg.to_radians(), height_m }
    }

    #[test]
    fn agrees_with_the_site_frame() {
        let origin = Geodetic { lat_deg: 33.3, lon_deg: 44.39, height_m: 34.0 };
        let frame = SiteFrame::at(origin).unwrap();
        for (lat_deg, lon_deg, height_m) in [(33.31, 44.48, 420.0), (33.0, 44.0, 5_000.0), (33.3, 44.39, 34.0)] {
            let site = frame.site_from_geodetic(Geodetic { lat_deg, lon_deg, height_m }).unwrap();
            let enu = place(33.3, 44.39, 34.0).enu_of(&place(lat_deg, lon_deg, height_m));
            for (ours, theirs) in enu.iter().zip([site.east_m, site.north_m, site.up_m]) {
                assert!((ours - theirs).abs() < 1e-6, "{enu:?} {site:?}");
            }
        }
    }

    /// Expected values: PROJ 9 by way of pyproj, `Transformer.from_crs("EPSG:32638", "EPSG:4326", always_xy=True)`.
    #[test]
    fn utm_agrees_with_proj() {
        for (zone, east_m, north_m, lon_deg, lat_deg) in UTM {
            let [lat_rad, lon_rad] = UtmZone::read(zone).unwrap().lat_lon_rad(east_m, north_m).unwrap();
            let off = (lat_rad.to_degrees() - lat_deg).abs().max((lon_rad.to_degrees() - lon_deg).abs());
            assert!(off < 1e-9, "{zone}: {} {}", lat_rad.to_degrees(), lon_rad.to_degrees());
        }
    }

    const UTM: [(&str, f64, f64, f64, f64); 3] = [
        ("38S", 441_000.0, 3_690_000.0, 44.365_922_700_287_57, 33.347_577_818_297_914),
        ("30N", 318_720.0, 176_487.0, -4.629_524_806_594_952, 1.596_079_362_484_111_6),
        ("56H", 334_000.0, 6_252_000.0, 151.205_514_686_936_37, -33.859_261_704_504_03),
    ];

    #[test]
    fn zones_are_read_and_nonsense_is_not() {
        assert_eq!(UtmZone::read("30U"), Some(UtmZone { number: 30, is_south: false }));
        assert_eq!(UtmZone::read(" 56h "), Some(UtmZone { number: 56, is_south: true }));
        for wrong in ["", "U", "30", "61U", "0U", "30I", "30Z", "-1U"] {
            assert_eq!(UtmZone::read(wrong), None, "{wrong}");
        }
        assert_eq!(UtmZone::read("30U").unwrap().lat_lon_rad(51.17, -1.8), None);
    }
}
