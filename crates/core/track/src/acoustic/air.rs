//! How sound travels.

use nalgebra::{Vector2, Vector3};
use parapet_flight::Environment;

/// Standard deviation of the temperature of the standard atmosphere against that of the day, kelvin: a round number for the spread of
/// a year in middle latitudes.
const TEMPERATURE_SIGMA_K: f64 = 10.0;
/// The same where the air was measured: a sounding of some hours ago.
const MEASURED_TEMPERATURE_SIGMA_K: f64 = 2.0;
/// The speed of sound grows by half of a relative change of the temperature: 340.3 m/s / (2 * 288.15 K), m/s per kelvin.
const SOUND_PER_KELVIN: f64 = 0.590_5;
/// Gusts and shear that no sounding tells: least standard deviation of each component of the wind, m/s.
const GUST_SIGMA_MPS: f64 = 1.0;
/// Height above the ground whose air carries the sound, metres: paths of kilometres arch through the lowest hundred.
const PATH_HEIGHT_M: f64 = 50.0;

/// The air around some nodes, taken as the same everywhere between source and nodes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Air {
    /// Speed of sound in still air, m/s.
    pub(crate) sound_mps: f64,
    /// Its standard deviation, m/s.
    pub(crate) sigma_sound_mps: f64,
    /// Where the air moves to, east and north, m/s.
    pub(crate) wind_mps: Vector2<f64>,
    /// Standard deviation of each of its components, m/s.
    pub(crate) sigma_wind_mps: f64,
}

impl Air {
    /// The air near a place.
    pub(crate) fn near(environment: &Environment, place_m: &Vector3<f64>) -> Self {
        let height_m = environment.ground_height_at_m(place_m) + PATH_HEIGHT_M;
        let sigma_k = if environment.weather.is_some() { MEASURED_TEMPERATURE_SIGMA_K } else { TEMPERATURE_SIGMA_K };
        Air {
            sound_mps: environment.sound_mps(height_m),
            sigma_sound_mps: SOUND_PER_KELVIN * sigma_k,
            wind_mps: Vector2::from(environment.wind_at_mps(height_m)),
            sigma_wind_mps: environment.wind_sigma_mps.max(GUST_SIGMA_MPS),
        }
    }

    /// The slowest that sound may plausibly be, downwind of nothing, m/s.
    pub(crate) fn slowest_mps(&self) -> f64 {
        (self.sound_mps - self.wind_mps.norm() - 3.0 * (self.sigma_sound_mps + self.sigma_wind_mps)).max(200.0)
    }

    /// Seconds that sound takes along a way, in air that is faster by `sound` and blows by `wind` more.
    ///
    /// The front is a sphere that grows and drifts: `|way - wind t| = sound t`.
    pub(crate) fn travel_s(&self, way_m: &Vector3<f64>, sound: f64, wind: Vector2<f64>) -> f64 {
        let sound_mps = (self.sound_mps + sound).max(100.0);
        let wind_mps = self.wind_mps + wind;
        let along = way_m.xy().dot(&wind_mps);
        // No wind of this Earth outruns sound; what a wild step of the solver asks for must still have an answer.
        let rest = (sound_mps * sound_mps - wind_mps.norm_squared()).max(1_000.0);
        ((along * along + rest * way_m.norm_squared()).sqrt() - along) / rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_is_faster_with_the_wind_and_in_warm_air() {
        let environment = Environment { wind_mps: [10.0, 0.0], ..Environment::flat() };
        let air = Air::near(&environment, &Vector3::zeros());
        assert!((air.sound_mps - 340.1).abs() < 0.1, "{air:?}");
        let east = air.travel_s(&Vector3::new(1_000.0, 0.0, 0.0), 0.0, Vector2::zeros());
        let west = air.travel_s(&Vector3::new(-1_000.0, 0.0, 0.0), 0.0, Vector2::zeros());
        assert!((1_000.0 / east - (air.sound_mps + 10.0)).abs() < 1e-9);
        assert!((1_000.0 / west - (air.sound_mps - 10.0)).abs() < 1e-9);
        let north = air.travel_s(&Vector3::new(0.0, 1_000.0, 0.0), 0.0, Vector2::zeros());
        let across = (air.sound_mps * air.sound_mps - 100.0).sqrt();
        assert!((1_000.0 / north - across).abs() < 1e-9, "the front must gain on the drift");
    }
}
