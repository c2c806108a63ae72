//! What is known of a sensor before it says anything.

use nalgebra::Vector3;
use parapet_frame::{SensorPose, maths};
use serde::{Deserialize, Serialize};

use crate::measurement::least_density;

/// How a radar looks around.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scan {
    /// An antenna turns: each target is seen when the beam passes it.
    Rotating,
    /// Everything is looked at together, once per period; a look without a plot is a miss.
    Staring,
}

/// The model of a radar: where it stands, what it covers, how well it measures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SensorModel {
    /// Name in the configuration.
    pub name: String,
    /// Where it stands.
    pub pose: SensorPose,
    /// Closest slant range, metres.
    pub range_min_m: f64,
    /// Farthest slant range, metres.
    pub range_max_m: f64,
    /// Lowest elevation, radians.
    pub elevation_min_rad: f64,
    /// Highest elevation, radians.
    pub elevation_max_rad: f64,
    /// How it looks around.
    pub scan: Scan,
    /// Seconds between two looks at the same place.
    pub scan_period_s: f64,
    /// Standard deviation of slant range, metres.
    pub sigma_range_m: f64,
    /// Standard deviation of azimuth, radians.
    pub sigma_azimuth_rad: f64,
    /// Standard deviation of range rate, m/s.
    pub sigma_range_rate_mps: f64,
    /// Probability that a target inside the coverage gives a plot in a scan.
    pub detection_probability: f64,
    /// Mean number of false plots in a scan.
    pub clutter_per_scan: f64,
    /// Seconds of silence after which the sensor counts as silent.
    pub silent_after_s: f64,
}

/// What a sensor covers, in the form in which it is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Coverage {
    /// Where the sensor stands, metres.
    pub(crate) sensor_m: Vector3<f64>,
    /// Seconds between two looks at the same place.
    pub(crate) scan_period_s: f64,
    pose: SensorPose,
    /// Its vertical in site ENU.
    up: Vector3<f64>,
    ranges_m: (f64, f64),
    elevations_rad: (f64, f64),
    /// The sines of these elevations.
    heights: (f64, f64),
    detection_probability: f64,
    /// See [`least_density`].
    clutter_at_one_metre: f64,
}

impl Coverage {
    pub(crate) fn of(sensor: &SensorModel) -> Self {
        let sine = |angle_rad: f64| maths::sin_cos(angle_rad).0;
        Coverage {
            sensor_m: sensor.pose.origin(),
            scan_period_s: sensor.scan_period_s,
            pose: sensor.pose,
            up: sensor.pose.site_from_sensor() * Vector3::z(),
            ranges_m: (sensor.range_min_m, sensor.range_max_m),
            elevations_rad: (sensor.elevation_min_rad, sensor.elevation_max_rad),
            heights: (sine(sensor.elevation_min_rad), sine(sensor.elevation_max_rad)),
            detection_probability: sensor.detection_probability,
            clutter_at_one_metre: least_density(sensor),
        }
    }

    /// Density of false plots, that no plot at this range or nearer falls below unless it answers an interrogation.
    pub(crate) fn clutter_density_min(&self, range_m: f64) -> f64 {
        self.clutter_at_one_metre / (range_m * range_m).max(1.0)
    }

    /// The chance that the sensor, looking, sees a thing of which the place is known this well (root of the sum of its variances): its
    /// detection probability times the part of the belief that lies inside its coverage.
    pub(crate) fn chance_of_detection(&self, place: &Vector3<f64>, sigma_m: f64) -> f64 {
        /// Standard deviations that count as certain.
        const SIGMAS: f64 = 4.0;
        let sigma_m = sigma_m.max(1.0);
        let off = place - self.sensor_m;
        let range_m = off.norm().max(1.0);
        let sigma_rad = sigma_m / range_m;
        let height = off.dot(&self.up) / range_m;
        let (far_m, far_rad) = (SIGMAS * sigma_m, SIGMAS * sigma_rad);
        // The sine changes by no more than the angle.
        let is_well_inside = (self.ranges_m.0 + far_m..self.ranges_m.1 - far_m).contains(&range_m)
            && (self.heights.0 + far_rad..self.heights.1 - far_rad).contains(&height);
        if is_well_inside {
            return self.detection_probability;
        }
        let elevation_rad = self.pose.polar_from_site(*place).elevation_rad;
        let above = |value: f64, limit: f64, sigma: f64| {
            0.5 * (1.0 + maths::erf((value - limit) / (sigma * core::f64::consts::SQRT_2)))
        };
        self.detection_probability
            * above(range_m, self.ranges_m.0, sigma_m)
            * above(self.ranges_m.1, range_m, sigma_m)
            * above(elevation_rad, self.elevations_rad.0, sigma_rad)
            * above(self.elevations_rad.1, elevation_rad, sigma_rad)
    }
}
