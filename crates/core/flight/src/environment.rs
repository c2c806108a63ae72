//! The world that a round flies through.

use std::sync::Arc;

use nalgebra::Vector3;
use parapet_frame::{EARTH_RADIUS_M, curvature_drop_m, maths};
use serde::{Deserialize, Serialize};

use crate::air::Layer;
use crate::weather::Anomaly;
use crate::{Terrain, Weather};

/// Sidereal rotation of the Earth, rad/s (IERS conventions).
const EARTH_ROTATION_RAD_S: f64 = 7.292_115e-5;

/// The shape of the Earth under the site frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Earth {
    /// An endless plane that does not turn. Gravity still falls with height. For test benches that are defined so.
    Flat,
    /// A sphere of the mean radius, turning.
    Sphere,
}

/// Earth, ground and air around a site. Heights are above mean sea level. What is large in it is shared: a clone is cheap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// The shape of the Earth.
    pub earth: Earth,
    /// The Earth's rotation in site ENU, rad/s; zero where it does not turn.
    pub rotation_rad_s: [f64; 3],
    /// Height of the site origin, metres.
    pub site_height_m: f64,
    /// Height of the ground where there is no terrain, metres.
    pub ground_height_m: f64,
    /// Where the air moves to, east and north, m/s, the same at all heights; measured weather has its own wind instead.
    pub wind_mps: [f64; 2],
    /// How far the wind may be from what is said of it: standard deviation of each horizontal component, m/s. Nothing here flies
    /// by it; it is for whoever estimates.
    #[serde(default)]
    pub wind_sigma_mps: f64,
    /// The air as it was measured; without it, the standard atmosphere (ISO 2533) and the wind above.
    #[serde(default, with = "shared", skip_serializing_if = "Option::is_none")]
    pub weather: Option<Arc<Weather>>,
    /// The ground where it is not level.
    #[serde(default, with = "shared", skip_serializing_if = "Option::is_none")]
    pub terrain: Option<Arc<Terrain>>,
}

/// A shared value as that value.
mod shared {
    use super::Arc;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<T: Serialize, S: Serializer>(value: &Option<Arc<T>>, to: S) -> Result<S::Ok, S::Error> {
        value.as_deref().serialize(to)
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Arc<T>>, D::Error> {
        Ok(Option::deserialize(from)?.map(Arc::new))
    }
}

/// Air at a height as the equations of motion want it, with its change by height.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AirSlope {
    pub(crate) density_kg_m3: f64,
    /// One over the speed of sound, s/m.
    pub(crate) inverse_sound: f64,
    /// East and north, m/s.
    pub(crate) wind_mps: [f64; 2],
    /// Relative change of the density per metre of height.
    pub(crate) density_per_m: f64,
    /// Change of the inverse speed of sound per metre of height, s/m^2.
    pub(crate) inverse_sound_per_m: f64,
    /// Change of the wind per metre of height, 1/s.
    pub(crate) wind_per_m: [f64; 2],
}

/// Standard deviation of each horizontal component of a wind of which nothing is known, m/s.
///
/// A round number for what radiosondes find over the year between the ground and 5 km in middle latitudes.
pub const UNKNOWN_WIND_SIGMA_MPS: f64 = 10.0;

impl Environment {
    /// A flat, still, windless world whose ground is at the site origin's height, which is sea level.
    #[must_use]
    pub fn flat() -> Self {
        Environment {
            earth: Earth::Flat,
            rotation_rad_s: [0.0; 3],
            site_height_m: 0.0,
            ground_height_m: 0.0,
            wind_mps: [0.0; 2],
            wind_sigma_mps: 0.0,
            weather: None,
            terrain: None,
        }
    }

    /// The turning sphere about a site at a latitude, without wind.
    #[must_use]
    pub fn sphere(site_lat_deg: f64, site_height_m: f64, ground_height_m: f64) -> Self {
        let (sin_lat, cos_lat) = maths::sin_cos(site_lat_deg.to_radians());
        Environment {
            earth: Earth::Sphere,
            rotation_rad_s: [0.0, EARTH_ROTATION_RAD_S * cos_lat, EARTH_ROTATION_RAD_S * sin_lat],
            site_height_m,
            ground_height_m,
            wind_mps: [0.0; 2],
            wind_sigma_mps: 0.0,
            weather: None,
            terrain: None,
        }
    }

    /// Height of a place in site ENU above mean sea level, metres.
    #[must_use]
    pub fn height_m(&self, position_m: &Vector3<f64>) -> f64 {
        let drop_m = match self.earth {
            Earth::Flat => 0.0,
            Earth::Sphere => curvature_drop_m(position_m.x, position_m.y),
        };
        self.site_height_m + position_m.z + drop_m
    }

    /// Height of a place in site ENU above the ground, metres.
    #[must_use]
    pub fn height_above_ground_m(&self, position_m: &Vector3<f64>) -> f64 {
        self.height_m(position_m) - self.ground_height_at_m(position_m)
    }

    /// Height of the ground under a place in site ENU above mean sea level, metres.
    #[must_use]
    pub fn ground_height_at_m(&self, position_m: &Vector3<f64>) -> f64 {
        let terrain_m = self.terrain.as_ref().and_then(|terrain| terrain.height_m(position_m.x, position_m.y));
        terrain_m.unwrap_or(self.ground_height_m)
    }

    /// Where the air moves to at a height above mean sea level, east and north, m/s.
    #[must_use]
    pub fn wind_at_mps(&self, height_m: f64) -> [f64; 2] {
        self.weather.as_ref().map_or(self.wind_mps, |weather| weather.at(height_m).wind_mps)
    }

    /// Speed of sound in still air at a height above mean sea level, m/s.
    #[must_use]
    pub fn sound_mps(&self, height_m: f64) -> f64 {
        1.0 / self.air(height_m).1
    }

    /// Density (kg/m^3), one over the speed of sound (s/m) and wind at a height.
    pub(crate) fn air(&self, height_m: f64) -> (f64, f64, [f64; 2]) {
        let (density, inverse_sound) = Layer::at(height_m).air(height_m);
        let Some(weather) = &self.weather else { return (density, inverse_sound, self.wind_mps) };
        let air = weather.at(height_m);
        (density * air.density, inverse_sound * air.inverse_sound, air.wind_mps)
    }

    pub(crate) fn air_slope(&self, height_m: f64) -> AirSlope {
        let standard = Layer::at(height_m).slope(height_m);
        let still = Anomaly { density: 0.0, inverse_sound: 0.0, wind_mps: [0.0; 2] };
        let (air, per_m) = match &self.weather {
            Some(weather) => (weather.at(height_m), weather.per_m(height_m)),
            None => (Anomaly { density: 1.0, inverse_sound: 1.0, wind_mps: self.wind_mps }, still),
        };
        AirSlope {
            density_kg_m3: standard.density_kg_m3 * air.density,
            inverse_sound: standard.inverse_sound * air.inverse_sound,
            wind_mps: air.wind_mps,
            density_per_m: standard.density_per_m + per_m.density / air.density,
            inverse_sound_per_m: standard.inverse_sound_per_m * air.inverse_sound
                + standard.inverse_sound * per_m.inverse_sound,
            wind_per_m: per_m.wind_mps,
        }
    }

    /// The direction away from the Earth's centre at a place in site ENU, to first order in distance over radius.
    #[must_use]
    pub fn vertical(&self, position_m: &Vector3<f64>) -> Vector3<f64> {
        match self.earth {
            Earth::Flat => Vector3::z(),
            Earth::Sphere => Vector3::new(position_m.x / EARTH_RADIUS_M, position_m.y / EARTH_RADIUS_M, 1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Grid, Level};

    #[test]
    fn an_environment_is_read_as_it_was_written() {
        let level = Level { height_m: 10.0, temperature_k: 290.0, pressure_pa: 101_000.0, wind_mps: [3.0, -4.0] };
        let grid = Grid { corner_m: [0.0; 2], spacing_m: 30.0, columns: 2, heights_m: vec![1.5, 2.0, 3.0, 4.25] };
        let environment = Environment {
            wind_sigma_mps: 1.5,
            weather: Some(Arc::new(Weather::new(vec![level]).unwrap())),
            terrain: Some(Arc::new(Terrain::new(grid).unwrap())),
            ..Environment::sphere(50.0, 12.0, 10.0)
        };
        let text = serde_json::to_string(&environment).unwrap();
        assert_eq!(serde_json::from_str::<Environment>(&text).unwrap(), environment);
        let broken = text.replace("290.0", "29.0");
        assert!(serde_json::from_str::<Environment>(&broken).is_err(), "what no air can be is refused here too");
    }

    /// Headers of recordings that were written before there was weather.
    #[test]
    fn an_environment_without_weather_is_still_read() {
        let text = r#"{"earth":"flat","rotation_rad_s":[0.0,0.0,0.0],"site_height_m":1.0,"ground_height_m":2.0,
            "wind_mps":[3.0,4.0]}"#;
        let environment: Environment = serde_json::from_str(text).unwrap();
        assert_eq!((environment.wind_at_mps(500.0), environment.wind_sigma_mps), ([3.0, 4.0], 0.0));
    }
}
