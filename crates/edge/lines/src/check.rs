//! What the shape of a line does not say: that numbers are possible. The limits are those of the published schema, read from it by a test.

use crate::line::{AliveLine, BearingLine, Line, PlaceLine, PlotLine, PositionLine, SiteLine, SoundLine, Target};
use crate::parse::LineError;

/// Looks a line over.
pub(crate) fn check(line: &Line) -> Result<(), LineError> {
    match line {
        Line::Plot(line) => plot(line),
        Line::Place(line) => place(line),
        Line::Site(line) => site(line),
        Line::Bearing(line) => bearing(line),
        Line::Sound(line) => sound(line),
        Line::Alive(line) => alive(line),
        Line::Position(line) => position(line),
    }
}

const AZIMUTH: &str = "write degrees clockwise from true north";
const METRES: &str = "write metres";
const DEGREES: &str = "write degrees";
const SIGMA: &str = "write one standard deviation, or leave the key out";
const SPEED: &str = "write metres per second";

fn plot(line: &PlotLine) -> Result<(), LineError> {
    name("sensor", &line.sensor)?;
    moment(line.time.as_deref(), line.time_unix_s)?;
    within("range_m", line.range_m, 0.0, 1_000_000.0, METRES)?;
    within("azimuth_deg", line.azimuth_deg, -360.0, 360.0, AZIMUTH)?;
    maybe("elevation_deg", line.elevation_deg, -90.0, 90.0, DEGREES)?;
    maybe("range_rate_mps", line.range_rate_mps, -3_000.0, 3_000.0, SPEED)?;
    maybe("sigma_range_m", line.sigma_range_m, 0.001, 50_000.0, SIGMA)?;
    maybe("sigma_azimuth_deg", line.sigma_azimuth_deg, 0.0001, 45.0, SIGMA)?;
    maybe("sigma_elevation_deg", line.sigma_elevation_deg, 0.0001, 45.0, SIGMA)?;
    maybe("sigma_range_rate_mps", line.sigma_range_rate_mps, 0.001, 1_000.0, SIGMA)?;
    line.target.as_ref().map_or(Ok(()), target)
}

fn place(line: &PlaceLine) -> Result<(), LineError> {
    name("sensor", &line.sensor)?;
    moment(line.time.as_deref(), line.time_unix_s)?;
    geodetic(line.lat_deg, line.lon_deg, line.height_m)?;
    maybe("sigma_horizontal_m", line.sigma_horizontal_m, 0.001, 50_000.0, SIGMA)?;
    maybe("sigma_vertical_m", line.sigma_vertical_m, 0.001, 50_000.0, SIGMA)?;
    line.target.as_ref().map_or(Ok(()), target)
}

fn site(line: &SiteLine) -> Result<(), LineError> {
    name("sensor", &line.sensor)?;
    moment(line.time.as_deref(), line.time_unix_s)?;
    within("east_m", line.east_m, -1_000_000.0, 1_000_000.0, METRES)?;
    within("north_m", line.north_m, -1_000_000.0, 1_000_000.0, METRES)?;
    maybe("up_m", line.up_m, -100_000.0, 100_000.0, METRES)?;
    maybe("sigma_horizontal_m", line.sigma_horizontal_m, 0.001, 50_000.0, SIGMA)?;
    maybe("sigma_vertical_m", line.sigma_vertical_m, 0.001, 50_000.0, SIGMA)?;
    line.target.as_ref().map_or(Ok(()), target)
}

fn bearing(line: &BearingLine) -> Result<(), LineError> {
    name("sensor", &line.sensor)?;
    moment(line.time.as_deref(), line.time_unix_s)?;
    within("azimuth_deg", line.azimuth_deg, -360.0, 360.0, AZIMUTH)?;
    maybe("elevation_deg", line.elevation_deg, -90.0, 90.0, DEGREES)?;
    maybe("sigma_azimuth_deg", line.sigma_azimuth_deg, 0.0001, 45.0, SIGMA)?;
    maybe("sigma_elevation_deg", line.sigma_elevation_deg, 0.0001, 45.0, SIGMA)
}

fn sound(line: &SoundLine) -> Result<(), LineError> {
    name("node", &line.node)?;
    moment(line.time.as_deref(), line.time_unix_s)?;
    maybe("sigma_time_s", line.sigma_time_s, 0.000_001, 10.0, SIGMA)?;
    maybe("azimuth_deg", line.azimuth_deg, -360.0, 360.0, AZIMUTH)?;
    maybe("sigma_azimuth_deg", line.sigma_azimuth_deg, 0.0001, 180.0, SIGMA)?;
    let is_timed = line.time.is_some() || line.time_unix_s.is_some();
    if !is_timed && line.azimuth_deg.is_none() {
        let remedy = "add `time_unix_s` (when the sound reached the node), `azimuth_deg`, or both";
        return Err(LineError::of("time_unix_s", "neither a time of arrival nor a bearing", remedy));
    }
    if line.sigma_azimuth_deg.is_some() && line.azimuth_deg.is_none() {
        return Err(LineError::of(
            "sigma_azimuth_deg",
            "the error of no azimuth",
            "add `azimuth_deg`, or leave it out",
        ));
    }
    Ok(())
}

fn alive(line: &AliveLine) -> Result<(), LineError> {
    name("sensor", &line.sensor)?;
    moment(line.time.as_deref(), line.time_unix_s)
}

fn position(line: &PositionLine) -> Result<(), LineError> {
    name("sensor", &line.sensor)?;
    moment(line.time.as_deref(), line.time_unix_s)?;
    geodetic(line.lat_deg, line.lon_deg, Some(line.height_m))?;
    maybe("sigma_horizontal_m", line.sigma_horizontal_m, 0.001, 50_000.0, SIGMA)?;
    maybe("ground_speed_mps", line.ground_speed_mps, 0.0, 3_000.0, SPEED)?;
    maybe("course_deg", line.course_deg, -360.0, 360.0, AZIMUTH)?;
    if line.target == Target::default() {
        let remedy = "add `address`, `mode_3a` or `callsign`";
        return Err(LineError::of("target", "it does not say who it is", remedy));
    }
    target(&line.target)
}

fn geodetic(lat_deg: f64, lon_deg: f64, height_m: Option<f64>) -> Result<(), LineError> {
    within("lat_deg", lat_deg, -90.0, 90.0, "write degrees, north positive")?;
    within("lon_deg", lon_deg, -180.0, 180.0, "write degrees, east positive")?;
    maybe("height_m", height_m, -1_000.0, 100_000.0, "write metres above mean sea level")
}

fn target(target: &Target) -> Result<(), LineError> {
    let fits = |text: &Option<String>, lengths: core::ops::RangeInclusive<usize>, fine: fn(char) -> bool| {
        text.as_ref().is_none_or(|text| lengths.contains(&text.len()) && text.chars().all(fine))
    };
    let wrong = |key: &str, remedy: &str| Err(LineError::of(&format!("target.{key}"), "not what it may be", remedy));
    if !fits(&target.address, 6..=6, |c| c.is_ascii_hexdigit()) {
        return wrong("address", "write six hexadecimal digits, for example \"34658A\"");
    }
    if !fits(&target.mode_3a, 4..=4, |c| ('0'..='7').contains(&c)) {
        return wrong("mode_3a", "write four octal digits, for example \"7071\"");
    }
    if !fits(&target.callsign, 1..=8, |c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == ' ') {
        return wrong("callsign", "write 1 to 8 capital letters, digits and spaces");
    }
    Ok(())
}

fn name(key: &str, text: &str) -> Result<(), LineError> {
    if (1..=64).contains(&text.chars().count()) {
        return Ok(());
    }
    Err(LineError::of(key, "a name has 1 to 64 characters", "write the `id` that stands in the site file"))
}

fn moment(time: Option<&str>, time_unix_s: Option<f64>) -> Result<(), LineError> {
    if time.is_some() && time_unix_s.is_some() {
        return Err(LineError::of("time", "both `time` and `time_unix_s`", "write one of the two"));
    }
    if let Some(text) = time
        && text.parse::<jiff::Timestamp>().is_err()
    {
        let what = format!("{text:?} is not RFC 3339");
        return Err(LineError::of("time", &what, "write for example \"2026-05-04T12:00:00.250Z\""));
    }
    maybe("time_unix_s", time_unix_s, 0.0, 9_000_000_000.0, "write seconds since 1970-01-01T00:00:00Z")
}

fn within(key: &str, value: f64, min: f64, max: f64, remedy: &str) -> Result<(), LineError> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(LineError::of(key, &format!("{value} is not from {min} to {max}"), remedy))
}

fn maybe(key: &str, value: Option<f64>, min: f64, max: f64, remedy: &str) -> Result<(), LineError> {
    value.map_or(Ok(()), |value| within(key, value, min, max, remedy))
}
