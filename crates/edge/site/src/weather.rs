//! The `[weather]` table: the air as it was measured.

use parapet_flight::{Level, UNKNOWN_WIND_SIGMA_MPS, Weather, WeatherError};
use parapet_frame::maths;

use crate::header::WIND_MAX_MPS;
use crate::problem::Notes;
use crate::table::{Table, Within, within};

const HEIGHT: Within = within(-500.0, 34_000.0, " m above mean sea level");
const TEMPERATURE: Within = within(-93.0, 60.0, " degrees Celsius");
const PRESSURE: Within = within(5.0, 1_100.0, " hPa");
const WIND_FROM: Within = within(0.0, 360.0, " degrees, clockwise from north");
const WIND: Within = within(0.0, 150.0, " m/s");
/// Nobody is less sure of a wind than this.
const WIND_SIGMA: Within = within(0.0, WIND_MAX_MPS, " m/s");
/// 0 degrees Celsius in kelvin, and a hectopascal in pascal.
const ZERO_CELSIUS_K: f64 = 273.15;
const HECTOPASCAL_PA: f64 = 100.0;

/// What `[weather]` says.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) weather: Option<Weather>,
    /// Whether levels were written, right or wrong.
    pub(crate) has_levels: bool,
    pub(crate) wind_sigma_mps: Option<f64>,
}

impl Report {
    /// How far the wind may be from what the site says of it, m/s: as written, or as usual for what is written.
    pub(crate) fn wind_sigma_mps(&self, wind_mps: [f64; 2]) -> f64 {
        /// Standard deviation of a reported wind, of which nobody said how good it is: a few hours and some tens of kilometres away.
        const REPORTED_MPS: f64 = 3.0;
        let is_reported = self.has_levels || wind_mps != [0.0, 0.0];
        self.wind_sigma_mps.unwrap_or(if is_reported { REPORTED_MPS } else { UNKNOWN_WIND_SIGMA_MPS })
    }
}

/// Reads `[weather]`; without it, the air is the standard atmosphere.
pub(crate) fn read(table: Option<Table<'_>>, notes: &mut Notes) -> Report {
    let Some(mut table) = table else {
        return Report::default();
    };
    let wind_sigma_mps = table.number("wind_sigma_mps", WIND_SIGMA, notes);
    let levels = table.tables("level", notes);
    let read: Vec<Option<Level>> = levels.into_iter().map(|table| level(table, notes)).collect();
    let has_levels = table.has("level");
    let weather = if has_levels { weather(&table, read, notes) } else { None };
    table.close(notes);
    Report { weather, has_levels, wind_sigma_mps }
}

fn level(mut table: Table<'_>, notes: &mut Notes) -> Option<Level> {
    table.require("height_m", "34.0", notes);
    table.require("temperature_c", "21.5", notes);
    table.require("pressure_hpa", "1009.0", notes);
    let height_m = table.number("height_m", HEIGHT, notes);
    let temperature_c = table.number("temperature_c", TEMPERATURE, notes);
    let pressure_hpa = table.number("pressure_hpa", PRESSURE, notes);
    let from_deg = table.number("wind_from_deg", WIND_FROM, notes);
    let wind_mps = table.number("wind_mps", WIND, notes).unwrap_or(0.0);
    if table.has("wind_mps") && wind_mps > 0.0 && !table.has("wind_from_deg") {
        table.require("wind_from_deg", "310.0", notes);
    }
    table.close(notes);
    // A wind is named by where it comes from, and moves the other way.
    let (sin, cos) = maths::sin_cos(from_deg.unwrap_or(0.0).to_radians());
    Some(Level {
        height_m: height_m?,
        temperature_k: temperature_c? + ZERO_CELSIUS_K,
        pressure_pa: pressure_hpa? * HECTOPASCAL_PA,
        wind_mps: [-sin * wind_mps, -cos * wind_mps],
    })
}

/// The levels as weather. Each level that was read is held against the one read before it, so that all faults are said at once.
fn weather(table: &Table<'_>, levels: Vec<Option<Level>>, notes: &mut Notes) -> Option<Weather> {
    let mut note = |number: Option<usize>, error: WeatherError| {
        let span = number.and_then(|number| table.span_of_nth("level", number));
        let key = number.map_or_else(|| "weather level".to_owned(), |number| format!("weather level {}", number + 1));
        let span = span.unwrap_or_else(|| table.span_of("level"));
        notes.problems.push(table.page().problem(span, key, error.to_string(), remedy(error)));
    };
    let read: Vec<(usize, Level)> =
        levels.iter().enumerate().filter_map(|(number, level)| level.map(|level| (number, level))).collect();
    let mut is_good = read.len() == levels.len();
    for pair in read.windows(2) {
        if let Err(error) = Weather::new(pair.iter().map(|(_, level)| *level).collect()) {
            note(Some(pair[1].0), error);
            is_good = false;
        }
    }
    if !is_good {
        return None;
    }
    Weather::new(read.into_iter().map(|(_, level)| level).collect()).map_err(|error| note(None, error)).ok()
}

fn remedy(error: WeatherError) -> &'static str {
    match error {
        WeatherError::Count(_) => "write 1 to 64 tables headed `[[weather.level]]`",
        WeatherError::Order(_) => "write the levels from the lowest to the highest, each once",
        WeatherError::Weight(_) => {
            "write the pressure at the level itself, not reduced to sea level, and check height and temperature"
        }
        WeatherError::Height(_) | WeatherError::Temperature(_) | WeatherError::Pressure(_) | WeatherError::Wind(_) => {
            "copy the level from the report once more"
        }
    }
}
