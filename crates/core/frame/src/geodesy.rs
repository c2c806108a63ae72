//! WGS-84 to and from the site frame. Used when a site is configured and when a result is shown, never in between.

use nalgebra::Vector3;
use serde::{Deserialize, Serialize};
use sguaba::systems::{Ecef, Wgs84};
use sguaba::{Coordinate, math::RigidBodyTransform, system};
use uom::si::angle::degree;
use uom::si::f64::{Angle, Length};
use uom::si::length::meter;

use crate::{SensorPose, SitePoint};

system!(struct LocalEnu using ENU);

/// A place on or above the Earth: WGS-84 latitude and longitude in degrees, height in metres above mean sea level.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Geodetic {
    /// Latitude, degrees, north positive, -90 to 90.
    pub lat_deg: f64,
    /// Longitude, degrees, east positive, -180 to 180.
    pub lon_deg: f64,
    /// Height above mean sea level, metres.
    pub height_m: f64,
}

/// Why a place cannot be converted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GeodesyError {
    /// The latitude is not a number from -90 to 90.
    Latitude(f64),
    /// The longitude is not a number from -180 to 180.
    Longitude(f64),
    /// The height is not a number from -1,000 to 100,000 m.
    Height(f64),
}

impl core::fmt::Display for GeodesyError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            GeodesyError::Latitude(v) => write!(f, "latitude {v} is not between -90 and 90 degrees"),
            GeodesyError::Longitude(v) => write!(f, "longitude {v} is not between -180 and 180 degrees"),
            GeodesyError::Height(v) => write!(f, "height {v} is not between -1000 and 100000 m"),
        }
    }
}

impl std::error::Error for GeodesyError {}

/// The site's own frame: site ENU about a surveyed origin.
#[derive(Clone, Copy, Debug)]
pub struct SiteFrame {
    origin: Geodetic,
    site_from_ecef: RigidBodyTransform<Ecef, LocalEnu>,
}

impl SiteFrame {
    /// The frame about an origin.
    ///
    /// # Errors
    /// When the origin is not a place on the Earth.
    pub fn at(origin: Geodetic) -> Result<Self, GeodesyError> {
        Ok(SiteFrame { origin, site_from_ecef: enu_from_ecef(origin)? })
    }

    /// The surveyed origin.
    #[must_use]
    pub fn origin(&self) -> Geodetic {
        self.origin
    }

    /// A geodetic place in site ENU.
    ///
    /// # Errors
    /// When it is not a place on or near the Earth.
    pub fn site_from_geodetic(&self, place: Geodetic) -> Result<SitePoint, GeodesyError> {
        let ecef = Coordinate::<Ecef>::from_wgs84(&wgs84(place)?);
        Ok(SitePoint::from_vector(metres(self.site_from_ecef.transform(ecef))))
    }

    /// A place in site ENU as latitude, longitude and height.
    #[must_use]
    pub fn geodetic_from_site(&self, place: SitePoint) -> Geodetic {
        let ecef = self.site_from_ecef.inverse_transform(local(place.to_vector()));
        let wgs84 = ecef.to_wgs84();
        Geodetic {
            lat_deg: wgs84.latitude().get::<degree>(),
            lon_deg: wgs84.longitude().get::<degree>(),
            height_m: wgs84.altitude().get::<meter>(),
        }
    }

    /// The pose of a levelled, north-aligned sensor at a geodetic place.
    ///
    /// # Errors
    /// When it is not a place on or near the Earth.
    pub fn sensor_pose(&self, place: Geodetic) -> Result<SensorPose, GeodesyError> {
        let sensor_from_ecef = enu_from_ecef(place)?;
        let carry =
            |v: Vector3<f64>| metres(self.site_from_ecef.transform(sensor_from_ecef.inverse_transform(local(v))));
        let origin = carry(Vector3::zeros());
        // A kilometre along each axis keeps the subtraction far from rounding.
        let axes = [Vector3::x(), Vector3::y(), Vector3::z()].map(|axis| (carry(axis * 1_000.0) - origin) / 1_000.0);
        Ok(SensorPose {
            origin_m: origin.into(),
            rotation: core::array::from_fn(|row| core::array::from_fn(|column| axes[column][row])),
            height_m: place.height_m,
        })
    }
}

#[expect(unsafe_code, reason = "sguaba asks its caller to vouch for a frame; no memory is at stake")]
fn enu_from_ecef(origin: Geodetic) -> Result<RigidBodyTransform<Ecef, LocalEnu>, GeodesyError> {
    let origin = wgs84(origin)?;
    // SAFETY: `LocalEnu` is by definition the ENU frame about the origin that this transform is made for, and a transform
    // never leaves the value that owns it together with that origin.
    Ok(unsafe { RigidBodyTransform::ecef_to_enu_at(&origin) })
}

fn wgs84(place: Geodetic) -> Result<Wgs84, GeodesyError> {
    if !(-180.0..=180.0).contains(&place.lon_deg) {
        return Err(GeodesyError::Longitude(place.lon_deg));
    }
    if !(-1_000.0..=100_000.0).contains(&place.height_m) {
        return Err(GeodesyError::Height(place.height_m));
    }
    let in_range = (-90.0..=90.0).contains(&place.lat_deg);
    let builder = Wgs84::builder().latitude(Angle::new::<degree>(place.lat_deg));
    let builder = builder.filter(|_| in_range).ok_or(GeodesyError::Latitude(place.lat_deg))?;
    Ok(builder.longitude(Angle::new::<degree>(place.lon_deg)).altitude(Length::new::<meter>(place.height_m)).build())
}

fn local(v: Vector3<f64>) -> Coordinate<LocalEnu> {
    let [e, n, u] = [v.x, v.y, v.z].map(Length::new::<meter>);
    Coordinate::<LocalEnu>::builder().enu_east(e).enu_north(n).enu_up(u).build()
}

fn metres(c: Coordinate<LocalEnu>) -> Vector3<f64> {
    Vector3::from(c.to_cartesian().map(|length| length.get::<meter>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Antenna of the Barcelona recording as origin; a place 1 degree north and its ENU as PROJ gives it
    /// (`cct +proj=pipeline +step +proj=cart +ellps=WGS84 +step +proj=topocentric ...`).
    #[test]
    fn goes_there_and_back() {
        let site = SiteFrame::at(Geodetic { lat_deg: 41.300_702, lon_deg: 2.102_058, height_m: 27.257 }).unwrap();
        for (lat_deg, lon_deg, height_m) in [(41.5, 2.3, 10_000.0), (40.9, 1.7, 0.0), (41.300_702, 2.102_058, 27.257)] {
            let place = Geodetic { lat_deg, lon_deg, height_m };
            let back = site.geodetic_from_site(site.site_from_geodetic(place).unwrap());
            assert!((back.lat_deg - lat_deg).abs() < 1e-9, "{back:?}");
            assert!((back.lon_deg - lon_deg).abs() < 1e-9, "{back:?}");
            assert!((back.height_m - height_m).abs() < 1e-3, "{back:?}");
        }
    }

    #[test]
    fn the_earth_falls_away() {
        let origin = Geodetic { lat_deg: 33.3, lon_deg: 44.39, height_m: 0.0 };
        let site = SiteFrame::at(origin).unwrap();
        let far = site.site_from_geodetic(Geodetic { lat_deg: 33.48, ..origin }).unwrap();
        let drop_m = crate::curvature_drop_m(far.east_m, far.north_m);
        assert!((far.up_m + drop_m).abs() < 0.2, "{far:?} {drop_m}");
    }

    #[test]
    fn a_pose_is_a_rotation() {
        let site = SiteFrame::at(Geodetic { lat_deg: 33.3, lon_deg: 44.39, height_m: 34.0 }).unwrap();
        let pose = site.sensor_pose(Geodetic { lat_deg: 33.4, lon_deg: 44.6, height_m: 60.0 }).unwrap();
        let r = pose.site_from_sensor();
        assert!((r * r.transpose() - nalgebra::Matrix3::identity()).norm() < 1e-9);
        assert!((r.determinant() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn refuses_what_is_no_place() {
        let at = |lat_deg, lon_deg, height_m| SiteFrame::at(Geodetic { lat_deg, lon_deg, height_m }).unwrap_err();
        assert_eq!(at(4330.0, 0.0, 0.0), GeodesyError::Latitude(4330.0));
        assert_eq!(at(0.0, 181.0, 0.0), GeodesyError::Longitude(181.0));
        assert!(matches!(at(0.0, 0.0, f64::NAN), GeodesyError::Height(_)));
        assert!(matches!(at(f64::NAN, 0.0, 0.0), GeodesyError::Latitude(_)));
    }
}
