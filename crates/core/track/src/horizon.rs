//! What the ground hides from a sensor: under which elevation it sees nothing, for each direction and distance.
//!
//! Radio waves bend downwards in the air, so that a radar sees a little beyond the geometric horizon. In a standard atmosphere the
//! refractivity falls so with height that rays are straight over an Earth of 4/3 of its radius (ITU-R P.453 gives the refractivity,
//! ITU-R P.834 the effective radius; Skolnik, Radar Handbook, chapter on propagation). Over that Earth a thing at a distance `d` and
//! `h` above the antenna appears under the angle with the tangent `h / d - d / (2 k R)`, and is hidden when some ground nearer than it
//! appears higher.

use core::fmt;

use nalgebra::Vector3;
use parapet_flight::{Earth, Environment};
use parapet_frame::{EARTH_RADIUS_M, maths};

use crate::SensorModel;
use crate::sensor::chance_above;

/// Effective radius of the Earth over its radius, in a standard atmosphere (ITU-R P.834).
const EFFECTIVE_RADIUS: f64 = 4.0 / 3.0;
/// Directions for which the horizon is held: one for each half degree.
const AZIMUTHS: usize = 720;
/// Distances for which it is held, up to the sensor's farthest range.
const DISTANCES: usize = 128;
/// Most places of the ground that are looked at in one direction.
const STEPS_MAX: f64 = 4_096.0;
/// Distance of the places looked at where the ground is level, as a part of that of two distances held.
const LEVEL_STEP: f64 = 0.25;
/// What an elevation model errs by, one standard deviation, metres: a good global one (the relative 90 % error of SRTM is
/// 6 to 10 m; Farr et al. 2007, table 1).
const GROUND_SIGMA_M: f64 = 5.0;
/// Where nothing hides anything: the tangent of looking 45 degrees down.
const OPEN: f32 = -1.0;
/// Nearer than this nothing is ever hidden, metres: what stands there belongs to the sensor's own place.
const NEAR_M: f64 = 50.0;

/// The horizon of a sensor by terrain and by the Earth's curvature, with standard refraction. A table of fixed size that is made
/// once; asking it allocates nothing and costs the same everywhere.
#[derive(Clone, PartialEq)]
pub struct Horizon {
    /// Height of the antenna above mean sea level, metres; on the ground where its place lies under the ground.
    antenna_m: f64,
    /// Tangents of the horizon: for each azimuth, clockwise from the sensor's north, one for each distance, from the nearest on.
    tangents: Vec<f32>,
    /// The highest of them.
    highest: f64,
    /// Between two distances held, metres.
    step_m: f64,
    /// What refraction raises a thing's tangent by, for each metre of its distance.
    raised_per_m: f64,
    /// What the Earth's curvature and refraction together lower it by, for the same height above sea level.
    lowered_per_m: f64,
}

impl Horizon {
    /// The horizon of a sensor over the ground of an environment, up to its farthest range.
    #[must_use]
    pub fn of(sensor: &SensorModel, environment: &Environment) -> Self {
        let step_m = sensor.range_max_m.max(DISTANCES as f64 * NEAR_M) / DISTANCES as f64;
        let curved_per_m = match environment.earth {
            Earth::Flat => 0.0,
            Earth::Sphere => 0.5 / EARTH_RADIUS_M,
        };
        let lowered_per_m = curved_per_m / EFFECTIVE_RADIUS;
        let origin = sensor.pose.origin();
        let antenna_m = sensor.pose.height_m.max(environment.ground_height_at_m(&origin));
        let mut horizon = Horizon {
            antenna_m,
            tangents: vec![OPEN; AZIMUTHS * (DISTANCES + 1)],
            highest: f64::from(OPEN),
            step_m,
            raised_per_m: curved_per_m - lowered_per_m,
            lowered_per_m,
        };
        let site_from_sensor = sensor.pose.site_from_sensor();
        for azimuth in 0..AZIMUTHS {
            let (sin, cos) = maths::sin_cos(core::f64::consts::TAU * azimuth as f64 / AZIMUTHS as f64);
            let ground_m = |distance_m: f64| {
                let level = Vector3::new(sin * distance_m, cos * distance_m, -curved_per_m * distance_m * distance_m);
                environment.ground_height_at_m(&(origin + site_from_sensor * level))
            };
            let spacing_m = environment.terrain.as_ref().map(|terrain| terrain.spacing_m());
            horizon.look_along(azimuth, spacing_m, ground_m);
        }
        horizon
    }

    /// Walks over the ground in one direction, and notes the highest that has been seen at each distance.
    fn look_along(&mut self, azimuth: usize, spacing_m: Option<f64>, ground_m: impl Fn(f64) -> f64) {
        let far_m = self.step_m * DISTANCES as f64;
        let pace_m = spacing_m.map_or(LEVEL_STEP * self.step_m, |spacing_m| spacing_m.max(far_m / STEPS_MAX));
        // The elevation model does not know the ground that carries the antenna any better than this.
        let mut distance_m = pace_m.max(NEAR_M);
        let mut highest = f64::from(OPEN);
        let row = &mut self.tangents[azimuth * (DISTANCES + 1)..(azimuth + 1) * (DISTANCES + 1)];
        for (number, tangent) in row.iter_mut().enumerate() {
            while distance_m <= self.step_m * number as f64 {
                let rise_m = ground_m(distance_m) - self.antenna_m;
                highest = highest.max(rise_m / distance_m - self.lowered_per_m * distance_m);
                distance_m += pace_m;
            }
            *tangent = highest as f32;
        }
        self.highest = self.highest.max(highest);
    }

    /// The tangent of the horizon in a direction, by what lies no farther than a distance.
    ///
    /// Between two directions it is linear; ground between the last distance held and the one asked for is left out, so that
    /// nothing is ever hidden by what stands behind it.
    fn tangent(&self, azimuth_rad: f64, distance_m: f64) -> f64 {
        let turns = azimuth_rad / core::f64::consts::TAU;
        let place = (turns - turns.floor()) * AZIMUTHS as f64;
        let left = (place as usize).min(AZIMUTHS - 1);
        let number = ((distance_m / self.step_m) as usize).min(DISTANCES);
        let at = |azimuth: usize| f64::from(self.tangents[azimuth * (DISTANCES + 1) + number]);
        let part = place - left as f64;
        at(left) * (1.0 - part) + at((left + 1) % AZIMUTHS) * part
    }

    /// Lowest height at which a thing in a direction (clockwise from the sensor's north, radians) and at a distance along the ground
    /// is in sight, metres above mean sea level.
    #[must_use]
    pub fn lowest_height_m(&self, azimuth_rad: f64, distance_m: f64) -> f64 {
        if distance_m < NEAR_M {
            return f64::NEG_INFINITY;
        }
        self.antenna_m + distance_m * (self.tangent(azimuth_rad, distance_m) + self.lowered_per_m * distance_m)
    }

    /// Height of the antenna above mean sea level, metres: on the ground where the surveyed place lies under the ground.
    #[must_use]
    pub fn antenna_m(&self) -> f64 {
        self.antenna_m
    }

    /// Whether a place, as east, north and up of the sensor, is in sight.
    pub(crate) fn shows(&self, off: &Vector3<f64>) -> bool {
        let (distance_m, tangent) = self.apparent(off);
        distance_m < NEAR_M || tangent > self.highest || tangent > self.tangent(maths::atan2(off.x, off.y), distance_m)
    }

    /// The chance that a place, as east, north and up of the sensor and with so well known a height, is in sight.
    pub(crate) fn chance_of_sight(&self, off: &Vector3<f64>, sigma_up_m: f64) -> f64 {
        /// Standard deviations that count as certain.
        const SIGMAS: f64 = 4.0;
        let (distance_m, tangent) = self.apparent(off);
        let sigma = (sigma_up_m * sigma_up_m + GROUND_SIGMA_M * GROUND_SIGMA_M).sqrt() / distance_m.max(NEAR_M);
        if distance_m < NEAR_M || tangent - SIGMAS * sigma > self.highest {
            return 1.0;
        }
        chance_above(tangent, self.tangent(maths::atan2(off.x, off.y), distance_m), sigma)
    }

    /// Distance along the ground, and the tangent of the elevation under which a place appears.
    fn apparent(&self, off: &Vector3<f64>) -> (f64, f64) {
        let distance_m = (off.x * off.x + off.y * off.y).sqrt();
        (distance_m, off.z / distance_m.max(1.0) + self.raised_per_m * distance_m)
    }
}

/// Without the table's hundred thousand numbers, which follow from the sensor and the environment.
impl fmt::Debug for Horizon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Horizon")
            .field("antenna_m", &self.antenna_m)
            .field("step_m", &self.step_m)
            .field("highest", &self.highest)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scan;
    use crate::sensor::Whereabouts;
    use parapet_flight::{Grid, Terrain};
    use parapet_frame::{SensorPose, SitePoint, curvature_drop_m};
    use std::sync::Arc;

    fn radar(height_m: f64) -> SensorModel {
        SensorModel {
            name: "radar".into(),
            pose: SensorPose::parallel(SitePoint { east_m: 0.0, north_m: 0.0, up_m: height_m }, height_m),
            range_min_m: 300.0,
            range_max_m: 60_000.0,
            elevation_min_rad: -0.1,
            elevation_max_rad: 1.4,
            scan: Scan::Staring,
            scan_period_s: 1.0,
            sigma_range_m: 10.0,
            sigma_azimuth_rad: 2e-3,
            sigma_range_rate_mps: 1.0,
            detection_probability: 0.9,
            clutter_per_scan: 5.0,
            silent_after_s: 3.0,
            trust: crate::Trust::default(),
            blanked: Vec::new(),
        }
    }

    /// A level land with a wall 5 km to the north, 200 m high and 200 m thick, from 3 km west to 3 km east.
    fn walled(earth: Environment) -> Environment {
        let (columns, spacing_m) = (401, 100.0);
        let heights_m = (0..columns * columns).map(|cell| {
            let (column, row) = (cell % columns, cell / columns);
            let is_wall = (170..=230).contains(&column) && (250..=252).contains(&row);
            if is_wall { 200.0 } else { 0.0 }
        });
        let corner_m = [-20_000.0, -20_000.0];
        let grid = Grid { corner_m, spacing_m, columns, heights_m: heights_m.collect() };
        Environment { terrain: Some(Arc::new(Terrain::new(grid).unwrap())), ..earth }
    }

    fn above_sea(distance_m: f64, height_m: f64) -> Vector3<f64> {
        Vector3::new(0.0, distance_m, height_m - curvature_drop_m(0.0, distance_m))
    }

    /// The distance of the radio horizon over a smooth Earth, `sqrt(2 k R h)` for each end: 4.12 (sqrt(h1) + sqrt(h2)) km.
    #[test]
    fn a_smooth_earth_hides_what_lies_beyond_the_radio_horizon() {
        let radar = radar(25.0);
        let coverage = crate::Coverage::over_ground(&radar, &Environment::sphere(50.0, 0.0, 0.0));
        for height_m in [10.0_f64, 50.0, 100.0] {
            let horizon_m = 4_121.0 * (25f64.sqrt() + height_m.sqrt());
            let in_radar = |distance_m| above_sea(distance_m, height_m);
            assert!(coverage.sees(&in_radar(0.97 * horizon_m)), "{height_m} m high before {horizon_m} m");
            assert!(!coverage.sees(&in_radar(1.03 * horizon_m)), "{height_m} m high behind {horizon_m} m");
        }
    }

    #[test]
    fn a_wall_hides_what_lies_behind_it_and_nothing_else() {
        let environment = walled(Environment::flat());
        let coverage = crate::Coverage::of(&radar(10.0), &environment);
        // From 10 m over 5 km to the wall's edge at 200 m: at 10 km the shadow reaches up to 390 m.
        let behind = |height_m| Vector3::new(0.0, 10_000.0, height_m);
        assert!(!coverage.sees(&behind(370.0)) && coverage.sees(&behind(410.0)));
        assert!(coverage.sees(&Vector3::new(0.0, 4_500.0, 5.0)), "before the wall");
        assert!(coverage.sees(&Vector3::new(10_000.0, 10_000.0, 40.0)), "beside the wall");
        assert!(coverage.sees(&Vector3::new(0.0, -10_000.0, 40.0)), "on the other side");
        let lowest_m = coverage.horizon().unwrap().lowest_height_m(0.0, 10_000.0);
        assert!((lowest_m - 390.0).abs() < 10.0, "{lowest_m}");
    }

    #[test]
    fn doubt_about_the_place_softens_the_edge() {
        let environment = walled(Environment::flat());
        let coverage = crate::Coverage::of(&radar(10.0), &environment);
        let chance = |height_m, sigma_up_m| {
            let place_m = Vector3::new(0.0, 10_000.0, height_m);
            coverage.chance_of_sight(&Whereabouts { place_m, sigma_m: sigma_up_m, sigma_up_m })
        };
        assert!(chance(100.0, 10.0) < 1e-6 && chance(2_000.0, 10.0) == 1.0);
        let edge = chance(390.0, 50.0);
        assert!((0.2..0.8).contains(&edge), "{edge}");
        assert!(chance(300.0, 200.0) > 10.0 * chance(300.0, 20.0));
    }

    #[test]
    fn without_terrain_or_blanked_sectors_everything_is_in_sight() {
        let coverage = crate::Coverage::of(&radar(10.0), &Environment::sphere(50.0, 0.0, 0.0));
        assert!(coverage.horizon().is_none());
        let place = above_sea(50_000.0, 10.0);
        let at = Whereabouts { place_m: place, sigma_m: 10.0, sigma_up_m: 10.0 };
        assert_eq!(coverage.chance_of_sight(&at), 1.0);
        assert!(coverage.sees(&above_sea(30_000.0, 900.0)));
    }

    #[test]
    fn an_antenna_under_the_ground_is_put_onto_it() {
        let environment = walled(Environment::flat());
        let mut radar = radar(10.0);
        radar.pose = SensorPose::parallel(SitePoint { east_m: 0.0, north_m: 5_100.0, up_m: 10.0 }, 10.0);
        let horizon = Horizon::of(&radar, &environment);
        assert_eq!(horizon.antenna_m(), 200.0);
    }
}
