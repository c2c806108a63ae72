//! Places in the site frame, and the pose of a sensor in it.

use nalgebra::{Matrix3, Vector3};
use serde::{Deserialize, Serialize};

use crate::maths;

/// A place in site ENU, metres.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SitePoint {
    /// East of the site origin.
    pub east_m: f64,
    /// North of the site origin.
    pub north_m: f64,
    /// Above the horizontal plane of the site origin.
    pub up_m: f64,
}

impl SitePoint {
    /// From a vector of east, north and up.
    #[must_use]
    pub fn from_vector(v: Vector3<f64>) -> Self {
        SitePoint { east_m: v.x, north_m: v.y, up_m: v.z }
    }

    /// As a vector of east, north and up.
    #[must_use]
    pub fn to_vector(self) -> Vector3<f64> {
        Vector3::new(self.east_m, self.north_m, self.up_m)
    }
}

/// Polar coordinates about a sensor, in the sensor's own horizontal plane.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Polar {
    /// Slant range, metres.
    pub range_m: f64,
    /// Clockwise from the sensor's true north, radians in (-pi, pi].
    pub azimuth_rad: f64,
    /// Above the sensor's horizontal plane, radians.
    pub elevation_rad: f64,
}

/// The surveyed place and attitude of a sensor: plain numbers, so that a recording replays without any geodesy.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SensorPose {
    /// The sensor in site ENU, metres: east, north, up.
    pub origin_m: [f64; 3],
    /// Rotation that carries the sensor's ENU into site ENU, row by row.
    pub rotation: [[f64; 3]; 3],
    /// The sensor's height above mean sea level, metres.
    pub height_m: f64,
}

impl SensorPose {
    /// A sensor whose axes are parallel to the site's, at a place in site ENU.
    #[must_use]
    pub fn parallel(origin: SitePoint, height_m: f64) -> Self {
        SensorPose {
            origin_m: [origin.east_m, origin.north_m, origin.up_m],
            rotation: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            height_m,
        }
    }

    /// The sensor's place in site ENU.
    #[must_use]
    pub fn origin(&self) -> Vector3<f64> {
        Vector3::from(self.origin_m)
    }

    /// The rotation that carries vectors of the sensor's ENU into site ENU.
    #[must_use]
    pub fn site_from_sensor(&self) -> Matrix3<f64> {
        Matrix3::from_fn(|row, column| self.rotation[row][column])
    }

    /// The place in site ENU of polar coordinates about this sensor.
    #[must_use]
    pub fn site_from_polar(&self, polar: Polar) -> Vector3<f64> {
        let (sin_az, cos_az) = maths::sin_cos(polar.azimuth_rad);
        let (sin_el, cos_el) = maths::sin_cos(polar.elevation_rad);
        let in_sensor = Vector3::new(sin_az * cos_el, cos_az * cos_el, sin_el) * polar.range_m;
        self.origin() + self.site_from_sensor() * in_sensor
    }

    /// The polar coordinates about this sensor of a place in site ENU.
    #[must_use]
    pub fn polar_from_site(&self, in_site: Vector3<f64>) -> Polar {
        let d = self.site_from_sensor().transpose() * (in_site - self.origin());
        let range_m = d.norm();
        Polar {
            range_m,
            azimuth_rad: maths::atan2(d.x, d.y),
            elevation_rad: if range_m > 0.0 { maths::asin(d.z / range_m) } else { 0.0 },
        }
    }

    /// Elevation under which a target of a known height appears at a slant range, radians, on a spherical Earth without
    /// refraction; `None` where no such target can exist.
    ///
    /// From the triangle of Earth's centre, sensor and target:
    /// `(R + h)^2 = (R + s)^2 + r^2 + 2 (R + s) r sin(el)`.
    #[must_use]
    pub fn elevation_of_height(&self, range_m: f64, height_m: f64) -> Option<f64> {
        let s = crate::EARTH_RADIUS_M + self.height_m;
        let rise = height_m - self.height_m;
        // (R + h)^2 - (R + s)^2 written as a product, which does not cancel.
        let sin_el = (rise * (2.0 * s + rise) - range_m * range_m) / (2.0 * s * range_m);
        (sin_el.abs() <= 1.0).then(|| maths::asin(sin_el))
    }

    /// Height above mean sea level of polar coordinates about this sensor, metres; the inverse of
    /// [`elevation_of_height`](Self::elevation_of_height).
    #[must_use]
    pub fn height_of_polar(&self, polar: Polar) -> f64 {
        let s = crate::EARTH_RADIUS_M + self.height_m;
        let r = polar.range_m;
        let q = r * r + 2.0 * s * r * maths::sin(polar.elevation_rad);
        // sqrt(s^2 + q) - s, written so that it does not cancel.
        self.height_m + q / ((s * s + q).max(0.0).sqrt() + s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polar_and_back() {
        let pose = SensorPose::parallel(SitePoint { east_m: 100.0, north_m: -50.0, up_m: 10.0 }, 44.0);
        let place = Vector3::new(3_000.0, -4_000.0, 900.0);
        let back = pose.site_from_polar(pose.polar_from_site(place));
        assert!((back - place).norm() < 1e-9);
    }

    #[test]
    fn height_and_elevation_are_inverse() {
        let pose = SensorPose::parallel(SitePoint::default(), 27.257);
        for (range_m, height_m) in [(5_000.0, 900.0), (90_000.0, 11_000.0), (400.0, 20.0)] {
            let elevation_rad = pose.elevation_of_height(range_m, height_m).unwrap();
            let back = pose.height_of_polar(Polar { range_m, azimuth_rad: 0.0, elevation_rad });
            assert!((back - height_m).abs() < 1e-6, "{back} {height_m}");
        }
        assert!(pose.elevation_of_height(1_000.0, 5_000.0).is_none());
    }
}
