//! The air as it was measured: temperature, pressure and wind by height.

use parapet_frame::maths;
use serde::{Deserialize, Serialize};

use crate::air::air_at;

/// Gas constant of dry air, J/(kg K), and standard gravity, m/s^2: the weight of a layer of air by its temperature.
const GAS_CONSTANT: f64 = 287.053;
const GRAVITY_MPS2: f64 = 9.806_65;
/// Most levels of a report.
const LEVELS_MAX: usize = 64;
/// What a level can be: height in metres, temperature in kelvin, pressure in pascal, wind in m/s.
const HEIGHT_M: (f64, f64) = (-500.0, 34_000.0);
const TEMPERATURE_K: (f64, f64) = (180.0, 335.0);
const PRESSURE_PA: (f64, f64) = (500.0, 110_000.0);
const WIND_MAX_MPS: f64 = 150.0;
/// Levels are at least this far apart, metres.
const APART_MIN_M: f64 = 10.0;
/// How far the pressures of two levels may be from what the air between them weighs: a share of it, and a logarithm.
const WEIGHT_TOLERANCE: (f64, f64) = (0.1, 0.02);
/// Above the highest level the air returns to the standard atmosphere within this many metres.
const FADE_M: f64 = 8_000.0;

/// Distance of the heights at which the air is kept, metres.
const SPACING_M: f64 = 250.0;
/// The lowest of those heights, and how many there are: up to 35 km.
const LOWEST_M: f64 = -1_000.0;
const NODES: usize = 145;

/// What was measured at one height.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// Above mean sea level, metres, -500 to 34,000.
    pub height_m: f64,
    /// Kelvin, 180 to 335.
    pub temperature_k: f64,
    /// Pascal, 500 to 110,000.
    pub pressure_pa: f64,
    /// Where the air moves to, east and north, m/s, at most 150.
    pub wind_mps: [f64; 2],
}

/// Why levels make no weather; the number is that of the level in the order given, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeatherError {
    /// No level, or more than 64.
    Count(usize),
    /// A height that is no number from -500 to 34,000 m.
    Height(usize),
    /// A temperature that is no number from 180 to 335 K.
    Temperature(usize),
    /// A pressure that is no number from 500 to 110,000 Pa.
    Pressure(usize),
    /// A wind that is no number, or stronger than 150 m/s.
    Wind(usize),
    /// A level less than 10 m above the one before.
    Order(usize),
    /// A pressure that differs from that of the level before by anything else than the weight of the air between them.
    Weight(usize),
}

impl core::fmt::Display for WeatherError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            WeatherError::Count(count) => write!(f, "{count} levels; from 1 to {LEVELS_MAX} are needed"),
            WeatherError::Height(_) => write!(f, "the height is not from -500 to 34,000 m"),
            WeatherError::Temperature(_) => write!(f, "the temperature is not from 180 to 335 K"),
            WeatherError::Pressure(_) => write!(f, "the pressure is not from 500 to 110,000 Pa"),
            WeatherError::Wind(_) => write!(f, "the wind is stronger than 150 m/s"),
            WeatherError::Order(_) => write!(f, "the level is not at least 10 m above the one before"),
            WeatherError::Weight(_) => {
                write!(f, "the pressure does not fall from the level before by what the air between them weighs")
            }
        }
    }
}

impl core::error::Error for WeatherError {}

/// The air as it was measured. Beyond the highest level it returns to the standard atmosphere within 8 km, and the wind stays;
/// below the lowest it differs from the standard as it does there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Level>", into = "Vec<Level>")]
pub struct Weather {
    levels: Vec<Level>,
    nodes: Box<[Node; NODES]>,
}

/// The air from one kept height to the next, relative to the standard atmosphere: values, and their change within the cell.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Node {
    at: [f64; 4],
    step: [f64; 4],
}

/// The air at a height, relative to the standard atmosphere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Anomaly {
    /// Density over that of the standard atmosphere.
    pub(crate) density: f64,
    /// One over the speed of sound, over that of the standard atmosphere.
    pub(crate) inverse_sound: f64,
    /// East and north, m/s.
    pub(crate) wind_mps: [f64; 2],
}

impl Weather {
    /// The weather of a report, from the lowest level to the highest.
    ///
    /// # Errors
    /// The first fault found.
    pub fn new(levels: Vec<Level>) -> Result<Weather, WeatherError> {
        if levels.is_empty() || levels.len() > LEVELS_MAX {
            return Err(WeatherError::Count(levels.len()));
        }
        for (number, level) in levels.iter().enumerate() {
            check(number, level)?;
            if let Some(below) = number.checked_sub(1).and_then(|below| levels.get(below)) {
                check_pair(number, below, level)?;
            }
        }
        let value = |node: usize| anomaly(&levels, LOWEST_M + SPACING_M * node as f64);
        let mut nodes = Box::new([Node { at: [1.0, 1.0, 0.0, 0.0], step: [0.0; 4] }; NODES]);
        for (number, node) in nodes.iter_mut().enumerate() {
            let (at, next) = (value(number), value((number + 1).min(NODES - 1)));
            *node = Node { at, step: [0, 1, 2, 3].map(|i| next[i] - at[i]) };
        }
        Ok(Weather { levels, nodes })
    }

    /// What was measured.
    #[must_use]
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// The air at a height above mean sea level; linear from one kept height to the next.
    #[inline(always)]
    pub(crate) fn at(&self, height_m: f64) -> Anomaly {
        let (node, part) = self.node(height_m);
        let one = |i: usize| node.at[i] + node.step[i] * part;
        Anomaly { density: one(0), inverse_sound: one(1), wind_mps: [one(2), one(3)] }
    }

    /// The change of the same per metre of height.
    pub(crate) fn per_m(&self, height_m: f64) -> Anomaly {
        let (node, _) = self.node(height_m);
        let one = |i: usize| node.step[i] * (1.0 / SPACING_M);
        Anomaly { density: one(0), inverse_sound: one(1), wind_mps: [one(2), one(3)] }
    }

    #[inline(always)]
    fn node(&self, height_m: f64) -> (&Node, f64) {
        let x = (height_m - LOWEST_M) * (1.0 / SPACING_M);
        let last = (NODES - 1) as f64;
        let x = if x > 0.0 { x } else { 0.0 };
        let x = if x < last { x } else { last };
        let number = (x as usize).min(NODES - 1);
        (&self.nodes[number], x - number as f64)
    }
}

impl TryFrom<Vec<Level>> for Weather {
    type Error = WeatherError;

    fn try_from(levels: Vec<Level>) -> Result<Self, WeatherError> {
        Weather::new(levels)
    }
}

impl From<Weather> for Vec<Level> {
    fn from(weather: Weather) -> Self {
        weather.levels
    }
}

fn check(number: usize, level: &Level) -> Result<(), WeatherError> {
    let is_within = |value: f64, (min, max): (f64, f64)| value >= min && value <= max;
    if !is_within(level.height_m, HEIGHT_M) {
        return Err(WeatherError::Height(number));
    }
    if !is_within(level.temperature_k, TEMPERATURE_K) {
        return Err(WeatherError::Temperature(number));
    }
    if !is_within(level.pressure_pa, PRESSURE_PA) {
        return Err(WeatherError::Pressure(number));
    }
    let [east, north] = level.wind_mps;
    if !is_within(east * east + north * north, (0.0, WIND_MAX_MPS * WIND_MAX_MPS)) {
        return Err(WeatherError::Wind(number));
    }
    Ok(())
}

fn check_pair(number: usize, below: &Level, level: &Level) -> Result<(), WeatherError> {
    if level.height_m < below.height_m + APART_MIN_M {
        return Err(WeatherError::Order(number));
    }
    let mean_k = 0.5 * (below.temperature_k + level.temperature_k);
    let weight = GRAVITY_MPS2 * (level.height_m - below.height_m) / (GAS_CONSTANT * mean_k);
    let found = maths::ln(below.pressure_pa / level.pressure_pa);
    let (share, least) = WEIGHT_TOLERANCE;
    if (found - weight).abs() > share * weight + least {
        return Err(WeatherError::Weight(number));
    }
    Ok(())
}

/// Density and inverse speed of sound over those of the standard atmosphere, and wind: temperature, wind and the logarithm of the
/// pressure are linear between levels.
fn anomaly(levels: &[Level], height_m: f64) -> [f64; 4] {
    let above = levels.partition_point(|level| level.height_m <= height_m);
    let beyond = |level: &Level, fade: f64| {
        let [density, inverse_sound, east, north] = relative(level, level.height_m);
        [1.0 + (density - 1.0) * fade, 1.0 + (inverse_sound - 1.0) * fade, east, north]
    };
    match (above.checked_sub(1).and_then(|below| levels.get(below)), levels.get(above)) {
        (Some(low), Some(high)) => {
            let part = (height_m - low.height_m) / (high.height_m - low.height_m);
            let mix = |low: f64, high: f64| low + (high - low) * part;
            let level = Level {
                height_m,
                temperature_k: mix(low.temperature_k, high.temperature_k),
                pressure_pa: maths::exp(mix(maths::ln(low.pressure_pa), maths::ln(high.pressure_pa))),
                wind_mps: [0, 1].map(|axis| mix(low.wind_mps[axis], high.wind_mps[axis])),
            };
            relative(&level, height_m)
        }
        (Some(top), None) => beyond(top, (1.0 - (height_m - top.height_m) / FADE_M).max(0.0)),
        (None, Some(bottom)) => beyond(bottom, 1.0),
        (None, None) => [1.0, 1.0, 0.0, 0.0],
    }
}

fn relative(level: &Level, height_m: f64) -> [f64; 4] {
    let standard = air_at(height_m);
    let density = level.pressure_pa / (GAS_CONSTANT * level.temperature_k);
    let sound_mps = (1.4 * GAS_CONSTANT * level.temperature_k).sqrt();
    let [east, north] = level.wind_mps;
    [density / standard.density_kg_m3, standard.sound_mps / sound_mps, east, north]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The standard atmosphere (ISO 2533) as a report of every two kilometres up to the tropopause.
    fn standard() -> Vec<Level> {
        let temperature_k = |h: f64| 288.15 - 0.0065 * h;
        (0..=5)
            .map(|i| {
                let height_m = 2_000.0 * f64::from(i);
                let pressure_pa = 101_325.0 * maths::pow(temperature_k(height_m) / 288.15, 5.255_88);
                let wind_mps = [f64::from(i), -2.0 * f64::from(i)];
                Level { height_m, temperature_k: temperature_k(height_m), pressure_pa, wind_mps }
            })
            .collect()
    }

    #[test]
    fn a_report_of_the_standard_atmosphere_is_the_standard_atmosphere() {
        let weather = Weather::new(standard()).unwrap();
        for i in -4..140 {
            let height_m = 250.0 * f64::from(i);
            let air = weather.at(height_m);
            // The pressure between levels is a straight line in its logarithm: 0.2 % off in the middle of two kilometres.
            assert!((air.density - 1.0).abs() < 3e-3, "{height_m} {air:?}");
            assert!((air.inverse_sound - 1.0).abs() < 1e-6, "{height_m} {air:?}");
        }
        assert_eq!(weather.at(3_000.0).wind_mps, [1.5, -3.0]);
        assert_eq!(weather.at(-500.0).wind_mps, [0.0, 0.0]);
        assert_eq!(weather.at(60_000.0).wind_mps, [5.0, -10.0]);
    }

    #[test]
    fn hot_air_is_thin_and_sound_is_fast_in_it() {
        let hot = Level { height_m: 34.0, temperature_k: 318.15, pressure_pa: 100_000.0, wind_mps: [3.0, 0.0] };
        let weather = Weather::new(vec![hot]).unwrap();
        let at = weather.at(0.0);
        assert!((at.density * 1.225 - 100_000.0 / (287.053 * 318.15)).abs() < 0.01, "{at:?}");
        assert!(at.inverse_sound < 0.96);
        assert_eq!(weather.at(20_000.0).density, 1.0);
        let slope = weather.per_m(1_100.0);
        let by_difference = (weather.at(1_150.0).density - weather.at(1_050.0).density) / 100.0;
        assert!((slope.density - by_difference).abs() < 1e-12);
    }

    #[test]
    fn what_no_air_can_be_is_refused() {
        let refused = |change: &dyn Fn(&mut Vec<Level>)| {
            let mut levels = standard();
            change(&mut levels);
            Weather::new(levels).expect_err("a fault")
        };
        assert_eq!(refused(&|levels| levels.clear()), WeatherError::Count(0));
        assert_eq!(refused(&|levels| *levels = vec![levels[0]; 65]), WeatherError::Count(65));
        assert_eq!(refused(&|levels| levels[2].height_m = f64::NAN), WeatherError::Height(2));
        assert_eq!(refused(&|levels| levels[1].temperature_k = 12.0), WeatherError::Temperature(1));
        assert_eq!(refused(&|levels| levels[0].pressure_pa = 1_013.25), WeatherError::Weight(1));
        assert_eq!(refused(&|levels| levels[0].pressure_pa = 0.0), WeatherError::Pressure(0));
        assert_eq!(refused(&|levels| levels[5].wind_mps = [200.0, 0.0]), WeatherError::Wind(5));
        assert_eq!(refused(&|levels| levels.swap(3, 4)), WeatherError::Order(4));
        assert_eq!(refused(&|levels| levels[1] = levels[0]), WeatherError::Order(1));
    }
}
