//! Uncertainty of a place on the ground.

use nalgebra::Matrix2;
use serde::{Deserialize, Serialize};

use crate::maths;

/// Covariance of a place in the site's horizontal plane, square metres.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlaneCovariance {
    /// Variance towards east.
    pub east_east_m2: f64,
    /// Covariance of east and north.
    pub east_north_m2: f64,
    /// Variance towards north.
    pub north_north_m2: f64,
}

/// An ellipse on the ground.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ellipse {
    /// Half of the longer axis.
    pub semi_major_m: f64,
    /// Half of the shorter axis.
    pub semi_minor_m: f64,
    /// Direction of the longer axis, clockwise from north, radians in (-pi/2, pi/2].
    pub bearing_rad: f64,
}

impl PlaneCovariance {
    /// From a symmetric matrix over east and north.
    #[must_use]
    pub fn from_matrix(m: Matrix2<f64>) -> Self {
        PlaneCovariance {
            east_east_m2: m[(0, 0)],
            east_north_m2: 0.5 * (m[(0, 1)] + m[(1, 0)]),
            north_north_m2: m[(1, 1)],
        }
    }

    /// As a symmetric matrix over east and north.
    #[must_use]
    pub fn to_matrix(self) -> Matrix2<f64> {
        Matrix2::new(self.east_east_m2, self.east_north_m2, self.east_north_m2, self.north_north_m2)
    }

    /// The ellipse that holds a normally distributed place with this probability (0 to below 1).
    ///
    /// In two dimensions the squared Mahalanobis distance is exponential: the radius is `sqrt(-2 ln(1 - p))`.
    #[must_use]
    pub fn ellipse(self, probability: f64) -> Ellipse {
        let mean = 0.5 * (self.east_east_m2 + self.north_north_m2);
        let half_difference = 0.5 * (self.east_east_m2 - self.north_north_m2);
        let spread = (half_difference * half_difference + self.east_north_m2 * self.east_north_m2).sqrt();
        let radius = (-2.0 * maths::ln(1.0 - probability)).sqrt();
        // The major axis lies at half of this angle from east, anticlockwise.
        let from_east_rad = 0.5 * maths::atan2(self.east_north_m2, half_difference);
        let mut bearing_rad = core::f64::consts::FRAC_PI_2 - from_east_rad;
        if bearing_rad > core::f64::consts::FRAC_PI_2 {
            bearing_rad -= core::f64::consts::PI;
        }
        Ellipse {
            semi_major_m: radius * (mean + spread).max(0.0).sqrt(),
            semi_minor_m: radius * (mean - spread).max(0.0).sqrt(),
            bearing_rad,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_and_bearing() {
        let along_north = PlaneCovariance { east_east_m2: 4.0, east_north_m2: 0.0, north_north_m2: 100.0 };
        let e = along_north.ellipse(0.95);
        assert!((e.semi_major_m - 24.477).abs() < 1e-2 && (e.semi_minor_m - 4.895).abs() < 1e-2);
        assert!(e.bearing_rad.abs() < 1e-12);
        let diagonal = PlaneCovariance { east_east_m2: 10.0, east_north_m2: 9.0, north_north_m2: 10.0 };
        assert!((diagonal.ellipse(0.5).bearing_rad - core::f64::consts::FRAC_PI_4).abs() < 1e-12);
    }
}
