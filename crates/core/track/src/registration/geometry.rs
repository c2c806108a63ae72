//! What an error that all plots of a sensor share does to one of them.

use nalgebra::{Matrix3, SMatrix, Vector3};
use parapet_frame::{SensorPose, maths};

/// How the place of a plot in site ENU changes by the sensor's errors in range, azimuth, elevation and time.
pub(crate) type ByBias = SMatrix<f64, 3, 4>;

/// The change of a plot's place, metres, by each error of its sensor. A stamp that is late by a second shows a thing where it was
/// a second before.
pub(crate) fn by_bias(
    pose: &SensorPose,
    place_m: &Vector3<f64>,
    velocity_mps: &Vector3<f64>,
    tells_elevation: bool,
) -> ByBias {
    let site_from_sensor = pose.site_from_sensor();
    let off = site_from_sensor.transpose() * (place_m - pose.origin());
    let range_m = off.norm().max(1.0);
    let flat_m = off.xy().norm().max(1.0);
    let across = Vector3::new(off.y, -off.x, 0.0);
    let above = Vector3::new(-off.x * off.z / flat_m, -off.y * off.z / flat_m, flat_m);
    let elevation = if tells_elevation { site_from_sensor * above } else { Vector3::zeros() };
    ByBias::from_columns(&[site_from_sensor * off / range_m, site_from_sensor * across, elevation, -velocity_mps])
}

/// The block of a covariance that belongs to two sensors, with so many unknowns for each.
pub(super) fn block(covariance: &super::dense::Square, per: usize, row: usize, column: usize) -> SMatrix<f64, 4, 4> {
    SMatrix::from_fn(|i, j| covariance.at(row * per + i, column * per + j))
}

/// A covariance without what rounding has left of asymmetry.
pub(super) fn symmetric(m: Matrix3<f64>) -> Matrix3<f64> {
    (m + m.transpose()) * 0.5
}

/// An azimuth corrected, still in (-pi, pi].
pub(super) fn turned(azimuth_rad: f64, by_rad: f64) -> f64 {
    maths::wrap_pi(azimuth_rad - by_rad)
}

#[cfg(test)]
mod tests {
    use parapet_frame::{Polar, SitePoint};

    use super::*;

    #[test]
    fn derivatives_are_those_of_the_polar_frame() {
        let pose = SensorPose::parallel(SitePoint { east_m: 500.0, north_m: -200.0, up_m: 20.0 }, 20.0);
        let polar = Polar { range_m: 8_000.0, azimuth_rad: 2.5, elevation_rad: 0.4 };
        let velocity = Vector3::new(-120.0, 40.0, -90.0);
        let place = pose.site_from_polar(polar);
        let found = by_bias(&pose, &place, &velocity, true);
        let moved = |range_m: f64, azimuth_rad: f64, elevation_rad: f64| {
            pose.site_from_polar(Polar {
                range_m: polar.range_m + range_m,
                azimuth_rad: polar.azimuth_rad + azimuth_rad,
                elevation_rad: polar.elevation_rad + elevation_rad,
            }) - place
        };
        let small = 1e-5;
        for (column, moved) in
            [moved(small, 0.0, 0.0), moved(0.0, small, 0.0), moved(0.0, 0.0, small)].iter().enumerate()
        {
            assert!((found.column(column) - moved / small).norm() < 0.1, "{column}");
        }
        assert_eq!(found.column(3), -velocity);
    }
}
