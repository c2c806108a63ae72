//! The world that a round flies through.

use nalgebra::Vector3;
use parapet_frame::{EARTH_RADIUS_M, curvature_drop_m, maths};
use serde::{Deserialize, Serialize};

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

/// Earth, ground and wind around a site. Heights are above mean sea level.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// The shape of the Earth.
    pub earth: Earth,
    /// The Earth's rotation in site ENU, rad/s; zero where it does not turn.
    pub rotation_rad_s: [f64; 3],
    /// Height of the site origin, metres.
    pub site_height_m: f64,
    /// Height of the ground, the same everywhere, metres.
    pub ground_height_m: f64,
    /// Where the air moves to, east and north, m/s, the same at all heights.
    pub wind_mps: [f64; 2],
}

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
        self.height_m(position_m) - self.ground_height_m
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
