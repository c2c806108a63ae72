//! What a sensor may say. These types are the format: the reader, the JSON Schema and the documentation follow from them.

use schemars::JsonSchema;
use serde::Deserialize;

/// One line: one JSON object, told apart by its `type`.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(untagged, title = "A line of Parapet's plain door")]
pub enum Line {
    /// A detection in range and azimuth about the sensor.
    Plot(Box<PlotLine>),
    /// A detection at a latitude and longitude.
    Place(Box<PlaceLine>),
    /// A detection in metres east, north and up of the site's origin.
    Site(Box<SiteLine>),
    /// A direction without a range.
    Bearing(Box<BearingLine>),
    /// A launch or an impact that was heard.
    Sound(Box<SoundLine>),
    /// A sign of life.
    Alive(Box<AliveLine>),
    /// Where something that cooperates says that it is.
    Position(Box<PositionLine>),
}

/// The JSON Schema of a line, as published in `docs/lines.schema.json`.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Line).to_value()
}

macro_rules! tag {
    ($name:ident, $variant:ident, $word:literal) => {
        /// The word in `type`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
        pub enum $name {
            /// The only one.
            #[serde(rename = $word)]
            $variant,
        }
    };
}

tag!(PlotTag, Plot, "plot");
tag!(PlaceTag, Place, "place");
tag!(SiteTag, Site, "site");
tag!(BearingTag, Bearing, "bearing");
tag!(SoundTag, Sound, "sound");
tag!(AliveTag, Alive, "alive");
tag!(PositionTag, Position, "position");

/// A detection in range and azimuth about the sensor.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlotLine {
    /// `plot`.
    #[serde(rename = "type")]
    pub tag: PlotTag,
    /// The sensor's `id` in the site file.
    #[schemars(length(min = 1, max = 64))]
    pub sensor: String,
    /// When it was measured, UTC, RFC 3339. Without any time it is when the line arrives.
    pub time: Option<String>,
    /// The same as seconds since 1970-01-01T00:00:00Z; one of the two at most.
    #[schemars(range(min = 0.0, max = 9_000_000_000.0))]
    pub time_unix_s: Option<f64>,
    /// Slant range, metres.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub range_m: f64,
    /// Clockwise from true north at the sensor, degrees.
    #[schemars(range(min = -360.0, max = 360.0))]
    pub azimuth_deg: f64,
    /// Above the sensor's horizontal plane, degrees; left out where it is not measured.
    #[schemars(range(min = -90.0, max = 90.0))]
    pub elevation_deg: Option<f64>,
    /// Doppler, m/s, positive when receding; left out where it is not measured.
    #[schemars(range(min = -3_000.0, max = 3_000.0))]
    pub range_rate_mps: Option<f64>,
    /// Standard deviation of the range, metres; by default the site file's.
    #[schemars(range(min = 0.001, max = 50_000.0))]
    pub sigma_range_m: Option<f64>,
    /// Standard deviation of the azimuth, degrees; by default the site file's.
    #[schemars(range(min = 0.0001, max = 45.0))]
    pub sigma_azimuth_deg: Option<f64>,
    /// Standard deviation of the elevation, degrees; by default the site file's.
    #[schemars(range(min = 0.0001, max = 45.0))]
    pub sigma_elevation_deg: Option<f64>,
    /// Standard deviation of the range rate, m/s; by default the site file's.
    #[schemars(range(min = 0.001, max = 1_000.0))]
    pub sigma_range_rate_mps: Option<f64>,
    /// What the target says of itself.
    pub target: Option<Target>,
    /// It is simulated; a live site refuses it.
    #[serde(default)]
    pub simulated: bool,
}

/// A detection at a latitude and longitude.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceLine {
    /// `place`.
    #[serde(rename = "type")]
    pub tag: PlaceTag,
    /// The sensor's `id` in the site file.
    #[schemars(length(min = 1, max = 64))]
    pub sensor: String,
    /// When it was measured, UTC, RFC 3339. Without any time it is when the line arrives.
    pub time: Option<String>,
    /// The same as seconds since 1970-01-01T00:00:00Z; one of the two at most.
    #[schemars(range(min = 0.0, max = 9_000_000_000.0))]
    pub time_unix_s: Option<f64>,
    /// WGS 84 latitude, degrees, north positive.
    #[schemars(range(min = -90.0, max = 90.0))]
    pub lat_deg: f64,
    /// WGS 84 longitude, degrees, east positive.
    #[schemars(range(min = -180.0, max = 180.0))]
    pub lon_deg: f64,
    /// Above mean sea level, metres; left out where it is not known.
    #[schemars(range(min = -1_000.0, max = 100_000.0))]
    pub height_m: Option<f64>,
    /// Standard deviation to the east and to the north, metres.
    #[schemars(range(min = 0.001, max = 50_000.0))]
    pub sigma_horizontal_m: Option<f64>,
    /// Standard deviation of the height, metres.
    #[schemars(range(min = 0.001, max = 50_000.0))]
    pub sigma_vertical_m: Option<f64>,
    /// What the target says of itself.
    pub target: Option<Target>,
    /// It is simulated; a live site refuses it.
    #[serde(default)]
    pub simulated: bool,
}

/// A detection in metres east, north and up of the site's origin.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteLine {
    /// `site`.
    #[serde(rename = "type")]
    pub tag: SiteTag,
    /// The sensor's `id` in the site file.
    #[schemars(length(min = 1, max = 64))]
    pub sensor: String,
    /// When it was measured, UTC, RFC 3339. Without any time it is when the line arrives.
    pub time: Option<String>,
    /// The same as seconds since 1970-01-01T00:00:00Z; one of the two at most.
    #[schemars(range(min = 0.0, max = 9_000_000_000.0))]
    pub time_unix_s: Option<f64>,
    /// East of the site's origin, metres.
    #[schemars(range(min = -1_000_000.0, max = 1_000_000.0))]
    pub east_m: f64,
    /// North of the site's origin, metres.
    #[schemars(range(min = -1_000_000.0, max = 1_000_000.0))]
    pub north_m: f64,
    /// Above the horizontal plane of the site's origin, metres; left out where it is not known.
    #[schemars(range(min = -100_000.0, max = 100_000.0))]
    pub up_m: Option<f64>,
    /// Standard deviation to the east and to the north, metres.
    #[schemars(range(min = 0.001, max = 50_000.0))]
    pub sigma_horizontal_m: Option<f64>,
    /// Standard deviation of the height, metres.
    #[schemars(range(min = 0.001, max = 50_000.0))]
    pub sigma_vertical_m: Option<f64>,
    /// What the target says of itself.
    pub target: Option<Target>,
    /// It is simulated; a live site refuses it.
    #[serde(default)]
    pub simulated: bool,
}

/// A direction without a range.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BearingLine {
    /// `bearing`.
    #[serde(rename = "type")]
    pub tag: BearingTag,
    /// The sensor's `id` in the site file.
    #[schemars(length(min = 1, max = 64))]
    pub sensor: String,
    /// When it was measured, UTC, RFC 3339. Without any time it is when the line arrives.
    pub time: Option<String>,
    /// The same as seconds since 1970-01-01T00:00:00Z; one of the two at most.
    #[schemars(range(min = 0.0, max = 9_000_000_000.0))]
    pub time_unix_s: Option<f64>,
    /// Clockwise from true north at the sensor, degrees.
    #[schemars(range(min = -360.0, max = 360.0))]
    pub azimuth_deg: f64,
    /// Above the sensor's horizontal plane, degrees.
    #[schemars(range(min = -90.0, max = 90.0))]
    pub elevation_deg: Option<f64>,
    /// Standard deviation of the azimuth, degrees.
    #[schemars(range(min = 0.0001, max = 45.0))]
    pub sigma_azimuth_deg: Option<f64>,
    /// Standard deviation of the elevation, degrees.
    #[schemars(range(min = 0.0001, max = 45.0))]
    pub sigma_elevation_deg: Option<f64>,
    /// It is simulated; a live site refuses it.
    #[serde(default)]
    pub simulated: bool,
}

/// What was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Heard {
    /// A round was fired.
    Launch,
    /// A round came down.
    Impact,
}

/// A launch or an impact that was heard: its time of arrival, its bearing, or both.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SoundLine {
    /// `sound`.
    #[serde(rename = "type")]
    pub tag: SoundTag,
    /// The acoustic node's `id` in the site file, or the `id` of a sensor that also hears.
    #[schemars(length(min = 1, max = 64))]
    pub node: String,
    /// What it was.
    pub heard: Heard,
    /// When the sound reached the node, UTC, RFC 3339.
    pub time: Option<String>,
    /// The same as seconds since 1970-01-01T00:00:00Z. One of the two is needed unless there is a bearing.
    #[schemars(range(min = 0.0, max = 9_000_000_000.0))]
    pub time_unix_s: Option<f64>,
    /// Standard deviation of that time, the node's clock included, seconds; by default the site file's.
    #[schemars(range(min = 0.000_001, max = 10.0))]
    pub sigma_time_s: Option<f64>,
    /// Where it came from, clockwise from true north at the node, degrees; left out where the node cannot tell.
    #[schemars(range(min = -360.0, max = 360.0))]
    pub azimuth_deg: Option<f64>,
    /// Standard deviation of the azimuth, degrees; 5 by default.
    #[schemars(range(min = 0.0001, max = 180.0))]
    pub sigma_azimuth_deg: Option<f64>,
    /// It is simulated; a live site refuses it.
    #[serde(default)]
    pub simulated: bool,
}

/// How a sensor is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It works.
    #[default]
    Ok,
    /// It works worse than it should.
    Degraded,
    /// It does not work; this is no sign of life.
    Fault,
}

/// A sign of life. A sensor that says nothing for longer than the site file allows is called silent.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AliveLine {
    /// `alive`.
    #[serde(rename = "type")]
    pub tag: AliveTag,
    /// The sensor's or the acoustic node's `id` in the site file.
    #[schemars(length(min = 1, max = 64))]
    pub sensor: String,
    /// Its own time, UTC, RFC 3339. For a sensor with `scan = "staring"`: when its look was complete.
    pub time: Option<String>,
    /// The same as seconds since 1970-01-01T00:00:00Z; one of the two at most.
    #[schemars(range(min = 0.0, max = 9_000_000_000.0))]
    pub time_unix_s: Option<f64>,
    /// How it is; `ok` by default.
    #[serde(default)]
    pub state: State,
    /// It is simulated; a live site refuses it.
    #[serde(default)]
    pub simulated: bool,
}

/// Where something that cooperates says that it is: an aircraft or a drone of one's own.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PositionLine {
    /// `position`.
    #[serde(rename = "type")]
    pub tag: PositionTag,
    /// The `id` in the site file of the sensor (the receiver) that passes it on.
    #[schemars(length(min = 1, max = 64))]
    pub sensor: String,
    /// When it was there, UTC, RFC 3339. Without any time it is when the line arrives.
    pub time: Option<String>,
    /// The same as seconds since 1970-01-01T00:00:00Z; one of the two at most.
    #[schemars(range(min = 0.0, max = 9_000_000_000.0))]
    pub time_unix_s: Option<f64>,
    /// Who it is.
    pub target: Target,
    /// WGS 84 latitude, degrees, north positive.
    #[schemars(range(min = -90.0, max = 90.0))]
    pub lat_deg: f64,
    /// WGS 84 longitude, degrees, east positive.
    #[schemars(range(min = -180.0, max = 180.0))]
    pub lon_deg: f64,
    /// Above mean sea level, metres.
    #[schemars(range(min = -1_000.0, max = 100_000.0))]
    pub height_m: f64,
    /// Standard deviation to the east and to the north, metres.
    #[schemars(range(min = 0.001, max = 50_000.0))]
    pub sigma_horizontal_m: Option<f64>,
    /// Speed over the ground, m/s.
    #[schemars(range(min = 0.0, max = 3_000.0))]
    pub ground_speed_mps: Option<f64>,
    /// Where it moves to, clockwise from true north, degrees.
    #[schemars(range(min = -360.0, max = 360.0))]
    pub course_deg: Option<f64>,
    /// It is simulated; a live site refuses it.
    #[serde(default)]
    pub simulated: bool,
}

/// What a target says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// ICAO 24-bit address, six hexadecimal digits.
    #[schemars(regex(pattern = "^[0-9A-Fa-f]{6}$"))]
    pub address: Option<String>,
    /// Mode 3/A code, four octal digits.
    #[schemars(regex(pattern = "^[0-7]{4}$"))]
    pub mode_3a: Option<String>,
    /// Flight or call sign, 1 to 8 capital letters, digits and spaces.
    #[schemars(regex(pattern = "^[A-Z0-9 ]{1,8}$"))]
    pub callsign: Option<String>,
}
