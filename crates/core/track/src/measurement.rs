//! A plot, carried from the sensor's polar frame into site ENU.

use nalgebra::{Matrix3, Vector3};
use parapet_frame::{Polar, Time, maths};

use crate::priors::{
    BLIND_ELEVATION_RAD, BLIND_ELEVATION_SIGMA_RAD, CLUTTER_ELEVATION_MAX_RAD, CLUTTER_RATE_MAX_MPS,
    CLUTTER_RATE_SIGMA_MPS, COOPERATIVE_CLUTTER,
};
use crate::sensor::Whereabouts;
use crate::{Plot, SensorId, SensorModel};

/// Where a plot lies in site ENU and how well that is known.
///
/// The conversion is exact in the mean to the second order that matters here: the cross-range sagitta `sigma_az^2 r / 2` is
/// centimetres for the radars that this is made for (Lerro and Bar-Shalom 1993 give when it is not).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Measurement {
    /// When it was measured.
    pub(crate) at: Time,
    /// Place, metres.
    pub(crate) position_m: Vector3<f64>,
    /// Its covariance, square metres.
    pub(crate) covariance: Matrix3<f64>,
    /// Unit vector from the sensor towards it.
    pub(crate) sight: Vector3<f64>,
    /// Its distance from the sensor, metres.
    pub(crate) range_m: f64,
    /// Where the sensor stands, metres.
    pub(crate) sensor_m: Vector3<f64>,
    /// Range rate in m/s with its variance, where measured.
    pub(crate) range_rate: Option<(f64, f64)>,
    /// Expected number of false plots here per scan and unit of measurement space (cubic metre, or cubic metre and m/s where
    /// the range rate is measured).
    pub(crate) clutter_density: f64,
    /// Volume over which `births` are spread: multiply a number per coverage by this to get a density in the same unit.
    pub(crate) per_coverage: f64,
    /// The target answers a transponder interrogation.
    pub(crate) answers: bool,
    /// Who measured it.
    pub(crate) sensor: SensorId,
    /// Its elevation is an angle that the sensor measured.
    pub(crate) tells_elevation: bool,
}

impl Measurement {
    pub(crate) fn of(plot: &Plot, sensor: &SensorModel) -> Self {
        let (elevation_rad, sigma_elevation_rad) =
            plot.elevation.map_or((BLIND_ELEVATION_RAD, BLIND_ELEVATION_SIGMA_RAD), |e| (e.rad, e.sigma_rad));
        let polar = Polar { range_m: plot.range_m, azimuth_rad: plot.azimuth_rad, elevation_rad };
        let position_m = sensor.pose.site_from_polar(polar);
        let (per_coverage, any_clutter_density) = densities(plot, sensor, elevation_rad);
        let answers = plot.identity.is_some();
        let told = plot.accuracy.unwrap_or_default();
        let sigma_rate_mps = told.range_rate_mps.unwrap_or(sensor.sigma_range_rate_mps);
        let sigmas = Sigmas {
            range_m: told.range_m.unwrap_or(sensor.sigma_range_m),
            azimuth_rad: told.azimuth_rad.unwrap_or(sensor.sigma_azimuth_rad),
            elevation_rad: sigma_elevation_rad,
        };
        let clutter_density = if answers { any_clutter_density * COOPERATIVE_CLUTTER } else { any_clutter_density };
        Measurement {
            at: plot.measured_at.0,
            position_m,
            covariance: covariance(sensor, polar, &sigmas),
            sight: (position_m - sensor.pose.origin()) / plot.range_m,
            range_m: plot.range_m,
            sensor_m: sensor.pose.origin(),
            range_rate: plot.range_rate_mps.map(|rate| (rate, sigma_rate_mps * sigma_rate_mps)),
            clutter_density,
            per_coverage,
            answers,
            sensor: plot.sensor,
            tells_elevation: plot.elevation.is_some() && !answers,
        }
    }

    /// Where its thing is, by the plot alone.
    pub(crate) fn place(&self) -> Whereabouts {
        let variances = self.covariance.diagonal();
        Whereabouts { place_m: self.position_m, sigma_m: variances.sum().sqrt(), sigma_up_m: variances.z.sqrt() }
    }

    /// The same, where so much more is not known of the place.
    pub(crate) fn wider(&self, by: &Matrix3<f64>) -> Self {
        Measurement { covariance: self.covariance + by, ..*self }
    }
}

impl Measurement {
    /// A launch that was heard, as if it had been seen: a place at a time, and nothing else of it is asked.
    pub(crate) fn of_launch(at: Time, position_m: Vector3<f64>, covariance: Matrix3<f64>) -> Self {
        Measurement {
            at,
            position_m,
            covariance,
            sight: Vector3::z(),
            range_m: 0.0,
            sensor_m: position_m,
            range_rate: None,
            clutter_density: 0.0,
            per_coverage: 0.0,
            answers: false,
            // Nobody asks: it is never kept among the sightings.
            sensor: SensorId(u16::MAX),
            tells_elevation: false,
        }
    }
}

/// Standard deviations of one plot.
struct Sigmas {
    range_m: f64,
    azimuth_rad: f64,
    elevation_rad: f64,
}

/// Covariance of the converted place: range, azimuth and elevation errors along their own directions.
fn covariance(sensor: &SensorModel, polar: Polar, sigmas: &Sigmas) -> Matrix3<f64> {
    let (sin_az, cos_az) = maths::sin_cos(polar.azimuth_rad);
    let (sin_el, cos_el) = maths::sin_cos(polar.elevation_rad);
    let along = Vector3::new(sin_az * cos_el, cos_az * cos_el, sin_el);
    let across = Vector3::new(cos_az, -sin_az, 0.0);
    let above = Vector3::new(-sin_az * sin_el, -cos_az * sin_el, cos_el);
    let spread = |direction: Vector3<f64>, sigma_m: f64| direction * direction.transpose() * (sigma_m * sigma_m);
    let in_sensor = spread(along, sigmas.range_m)
        + spread(across, polar.range_m * cos_el * sigmas.azimuth_rad)
        + spread(above, polar.range_m * sigmas.elevation_rad);
    let site_from_sensor = sensor.pose.site_from_sensor();
    site_from_sensor * in_sensor * site_from_sensor.transpose()
}

/// The volume that false plots are spread over, in range, azimuth and elevation.
fn polar_volume(sensor: &SensorModel) -> f64 {
    let top_rad = sensor.elevation_max_rad.min(CLUTTER_ELEVATION_MAX_RAD);
    (sensor.range_max_m - sensor.range_min_m) * core::f64::consts::TAU * (top_rad - sensor.elevation_min_rad).max(1e-3)
}

/// Density of false plots per unit of measurement space, times the square of the range, that no plot of the sensor that answers no
/// interrogation falls below.
pub(crate) fn least_density(sensor: &SensorModel) -> f64 {
    let uniform = 1.0 / (2.0 * CLUTTER_RATE_MAX_MPS);
    0.5 * sensor.clutter_per_scan * uniform / polar_volume(sensor)
}

/// The reciprocal of the coverage's measurement volume at a plot, and the density of false plots there.
///
/// False plots are spread evenly over range, azimuth and low elevations; the Jacobian `r^2 cos(el)` makes that a density
/// over space. Their Doppler is half ground clutter around zero and half anything.
fn densities(plot: &Plot, sensor: &SensorModel, elevation_rad: f64) -> (f64, f64) {
    let jacobian = plot.range_m * plot.range_m * maths::sin_cos(elevation_rad).1.max(1e-3);
    let per_volume = 1.0 / (polar_volume(sensor) * jacobian);
    let uniform = 1.0 / (2.0 * CLUTTER_RATE_MAX_MPS);
    match plot.range_rate_mps {
        None => (per_volume, per_volume * sensor.clutter_per_scan),
        Some(rate) => {
            let sigma = CLUTTER_RATE_SIGMA_MPS.max(sensor.sigma_range_rate_mps);
            let scaled = rate / sigma;
            let ground = maths::exp(-0.5 * scaled * scaled) / (sigma * core::f64::consts::TAU.sqrt());
            (per_volume * uniform, per_volume * sensor.clutter_per_scan * 0.5 * (ground + uniform))
        }
    }
}
