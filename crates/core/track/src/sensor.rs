//! What is known of a sensor before it says anything.

use nalgebra::Vector3;
use parapet_flight::Environment;
use parapet_frame::{SensorPose, maths};
use serde::{Deserialize, Serialize};

use crate::Trust;
use crate::horizon::Horizon;
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
    /// Sectors in which it sees nothing, because it does not transmit there or something stands close in front of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blanked: Vec<Sector>,
    /// How far it is trusted.
    #[serde(default, skip_serializing_if = "Trust::is_plain")]
    pub trust: Trust,
}

/// A sector of directions about a sensor's own vertical.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sector {
    /// Where it begins, clockwise from the sensor's true north, radians.
    pub from_rad: f64,
    /// How far it reaches from there, clockwise, radians, above 0 and up to a whole turn.
    pub width_rad: f64,
}

impl Sector {
    /// How far inside the sector a direction lies, radians: negative outside it, and all there is for a whole turn.
    fn depth_rad(&self, azimuth_rad: f64) -> f64 {
        if self.width_rad >= core::f64::consts::TAU {
            return core::f64::consts::PI;
        }
        let half_rad = 0.5 * self.width_rad;
        half_rad - maths::wrap_pi(azimuth_rad - self.from_rad - half_rad).abs()
    }
}

/// Where a thing is believed to be, and how well that is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whereabouts {
    /// In site ENU, metres.
    pub(crate) place_m: Vector3<f64>,
    /// Root of the sum of its variances, metres.
    pub(crate) sigma_m: f64,
    /// Standard deviation of its height, metres.
    pub(crate) sigma_up_m: f64,
}

/// What a sensor covers, in the form in which it is asked for: ranges, elevations, blanked sectors, and what the ground hides.
#[derive(Clone, Debug)]
pub struct Coverage {
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
    blanked: Vec<Sector>,
    horizon: Option<Horizon>,
}

impl Coverage {
    /// What a sensor covers as tracking takes it: the ground hides what lies behind it where there is terrain. Without terrain
    /// nothing is known of the ground in front of a sensor, and its lowest elevation alone says what it cannot see.
    #[must_use]
    pub fn of(sensor: &SensorModel, environment: &Environment) -> Self {
        let horizon = environment.terrain.as_ref().map(|_| Horizon::of(sensor, environment));
        Coverage { horizon, ..Coverage::without_ground(sensor) }
    }

    /// The same with a ground everywhere: where there is no terrain, a level one, behind which things go down by the curvature
    /// of the Earth. For showing what a sensor can see.
    #[must_use]
    pub fn over_ground(sensor: &SensorModel, environment: &Environment) -> Self {
        Coverage { horizon: Some(Horizon::of(sensor, environment)), ..Coverage::without_ground(sensor) }
    }

    fn without_ground(sensor: &SensorModel) -> Self {
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
            blanked: sensor.blanked.clone(),
            horizon: None,
        }
    }

    /// What the ground hides, where that is known.
    #[must_use]
    pub fn horizon(&self) -> Option<&Horizon> {
        self.horizon.as_ref()
    }

    /// Whether a place in site ENU lies in the coverage and nothing hides it.
    #[must_use]
    pub fn sees(&self, place: &Vector3<f64>) -> bool {
        let polar = self.pose.polar_from_site(*place);
        (self.ranges_m.0..=self.ranges_m.1).contains(&polar.range_m)
            && (self.elevations_rad.0..=self.elevations_rad.1).contains(&polar.elevation_rad)
            && self.blanked.iter().all(|sector| sector.depth_rad(polar.azimuth_rad) < 0.0)
            && self.horizon.as_ref().is_none_or(|horizon| horizon.shows(&self.in_sensor(place)))
    }

    /// Density of false plots, that no plot at this range or nearer falls below unless it answers an interrogation.
    pub(crate) fn clutter_density_min(&self, range_m: f64) -> f64 {
        self.clutter_at_one_metre / (range_m * range_m).max(1.0)
    }

    /// The chance that the sensor, looking, sees a thing: its detection probability times the part of the belief that lies inside its
    /// coverage and in sight.
    pub(crate) fn chance_of_detection(&self, at: &Whereabouts) -> f64 {
        self.chance_in_limits(&at.place_m, at.sigma_m) * self.chance_of_sight(at)
    }

    /// The chance that neither the ground nor a blanked sector hides a thing: 1 where nothing of either is known.
    pub(crate) fn chance_of_sight(&self, at: &Whereabouts) -> f64 {
        if self.horizon.is_none() && self.blanked.is_empty() {
            return 1.0;
        }
        let off = self.in_sensor(&at.place_m);
        let over_ground = self.horizon.as_ref().map_or(1.0, |horizon| horizon.chance_of_sight(&off, at.sigma_up_m));
        if self.blanked.is_empty() || over_ground == 0.0 {
            return over_ground;
        }
        let distance_m = (off.x * off.x + off.y * off.y).sqrt().max(1.0);
        let sigma_rad = at.sigma_m.max(1.0) / distance_m;
        let azimuth_rad = maths::atan2(off.x, off.y);
        let outside = |sector: &Sector| chance_above(0.0, sector.depth_rad(azimuth_rad), sigma_rad);
        over_ground * self.blanked.iter().map(outside).product::<f64>()
    }

    /// A place in site ENU as east, north and up of the sensor, metres.
    fn in_sensor(&self, place: &Vector3<f64>) -> Vector3<f64> {
        self.pose.site_from_sensor().transpose() * (place - self.sensor_m)
    }

    fn chance_in_limits(&self, place: &Vector3<f64>, sigma_m: f64) -> f64 {
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
        self.detection_probability
            * chance_above(range_m, self.ranges_m.0, sigma_m)
            * chance_above(self.ranges_m.1, range_m, sigma_m)
            * chance_above(elevation_rad, self.elevations_rad.0, sigma_rad)
            * chance_above(self.elevations_rad.1, elevation_rad, sigma_rad)
    }
}

/// The chance that a normally distributed value lies above a limit.
pub(crate) fn chance_above(value: f64, limit: f64, sigma: f64) -> f64 {
    0.5 * (1.0 + maths::erf((value - limit) / (sigma * core::f64::consts::SQRT_2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sector_may_lie_across_north() {
        let across = Sector { from_rad: 350f64.to_radians(), width_rad: 20f64.to_radians() };
        for (azimuth_deg, is_inside) in
            [(0.0, true), (-9.0, true), (351.0, true), (9.0, true), (11.0, false), (180.0, false)]
        {
            assert_eq!(across.depth_rad(f64::to_radians(azimuth_deg)) > 0.0, is_inside, "{azimuth_deg}");
        }
        let all = Sector { from_rad: 1.0, width_rad: core::f64::consts::TAU };
        assert!(all.depth_rad(1.0) > 1.0 && all.depth_rad(-2.0) > 1.0);
    }
}
