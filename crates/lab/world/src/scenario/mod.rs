//! A scene as a person writes it: a TOML file.
//!
//! Places are WGS-84, heights metres above mean sea level, times seconds since the start of the scenario, angles degrees;
//! every key says its unit. Unknown keys are refused.

mod check;
mod problem;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use problem::Problem;
pub(crate) use problem::{Key, Source};

/// A scene: a site, its radars, and what flies there.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Short name, as the folder's.
    pub name: String,
    /// What it is, for people.
    #[serde(default)]
    pub title: String,
    /// What is assumed and what is not known.
    #[serde(default)]
    pub notes: String,
    /// Seed of every draw.
    pub seed: u64,
    /// How long it plays.
    pub duration_s: f64,
    /// The live program's configuration of the same site, relative to this file; its zones are scored.
    #[serde(default)]
    pub site_file: Option<PathBuf>,
    /// Where the site frame stands.
    pub site: SiteOrigin,
    /// Where the air truly moves to.
    #[serde(default)]
    pub wind: Wind,
    /// The radars.
    pub radar: Vec<Radar>,
    /// Microphones that hear launches and impacts.
    #[serde(default)]
    pub microphone: Vec<Microphone>,
    /// How far the speed of sound of the day may be from that of the standard atmosphere: standard deviation.
    #[serde(default = "sound_sigma_mps")]
    pub sound_sigma_mps: f64,
    /// Rounds.
    #[serde(default)]
    pub launch: Vec<Launch>,
    /// Aircraft along routes.
    #[serde(default)]
    pub aircraft: Vec<Aircraft>,
    /// Things that wander.
    #[serde(default)]
    pub flock: Vec<Flock>,
    /// Places that give false plots in every scan.
    #[serde(default)]
    pub clutter_patch: Vec<ClutterPatch>,
    #[serde(skip)]
    pub(crate) source: Source,
}

/// The surveyed origin and the ground, flat but for the Earth's curvature.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteOrigin {
    /// Latitude.
    pub lat_deg: f64,
    /// Longitude.
    pub lon_deg: f64,
    /// Height of the origin.
    pub height_m: f64,
    /// Height of the ground everywhere.
    pub ground_height_m: f64,
}

/// The wind as it truly is; what the tracker is told may differ.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wind {
    /// Where it blows to, at sea level.
    pub east_mps: f64,
    /// Where it blows to, at sea level.
    pub north_mps: f64,
    /// By what share it grows per kilometre of height.
    #[serde(default)]
    pub gain_per_km: f64,
}

/// How a radar looks around.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Antenna {
    /// A turning beam: a target is measured when the beam passes it, and plots are sent sector by sector.
    #[default]
    Rotating,
    /// An array that sees everything at one time.
    Staring,
}

/// A radar of the scene.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Radar {
    /// Name, unique; as in the live program's configuration.
    pub name: String,
    /// ASTERIX system area code.
    pub sac: u8,
    /// ASTERIX system identification code.
    pub sic: u8,
    /// Latitude.
    pub lat_deg: f64,
    /// Longitude.
    pub lon_deg: f64,
    /// Height of the antenna.
    pub height_m: f64,
    /// How it looks around.
    #[serde(default)]
    pub antenna: Antenna,
    /// Seconds per turn, or between two looks.
    pub scan_period_s: f64,
    /// When it first points north (or looks).
    #[serde(default)]
    pub first_scan_s: f64,
    /// Closest slant range.
    pub range_min_m: f64,
    /// Farthest slant range.
    pub range_max_m: f64,
    /// Lowest elevation.
    pub elevation_min_deg: f64,
    /// Highest elevation.
    pub elevation_max_deg: f64,
    /// Probability of a plot of a target inside the limits, per scan.
    pub detection_probability: f64,
    /// Standard deviation of slant range.
    pub sigma_range_m: f64,
    /// Standard deviation of azimuth.
    pub sigma_azimuth_deg: f64,
    /// Standard deviation of elevation.
    pub sigma_elevation_deg: f64,
    /// Standard deviation of range rate; absent where there is no Doppler.
    pub sigma_range_rate_mps: Option<f64>,
    /// Mean number of false plots per scan.
    #[serde(default)]
    pub clutter_per_scan: f64,
    /// False plots lie below this elevation.
    #[serde(default = "clutter_elevation_max_deg")]
    pub clutter_elevation_max_deg: f64,
    /// Added to every slant range.
    #[serde(default)]
    pub bias_range_m: f64,
    /// Added to every azimuth.
    #[serde(default)]
    pub bias_azimuth_deg: f64,
    /// Added to every elevation.
    #[serde(default)]
    pub bias_elevation_deg: f64,
    /// Added to every time stamp.
    #[serde(default)]
    pub stamp_error_s: f64,
    /// From the end of the sector (or the look) until the message is sent.
    #[serde(default = "delay_s")]
    pub delay_s: f64,
    /// Longest extra delay; each message draws its own, uniform from 0.
    #[serde(default)]
    pub delay_jitter_s: f64,
    /// Where its messages go: every line carries the same datagrams.
    #[serde(default)]
    pub send_to: Vec<Destination>,
}

fn clutter_elevation_max_deg() -> f64 {
    30.0
}

fn delay_s() -> f64 {
    0.02
}

/// A temperature that differs by 5 kelvin or so.
fn sound_sigma_mps() -> f64 {
    3.0
}

/// A microphone that hears launches and impacts, and tells of them by JSON Lines.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Microphone {
    /// Name, unique; as in the live program's configuration.
    pub name: String,
    /// Latitude.
    pub lat_deg: f64,
    /// Longitude.
    pub lon_deg: f64,
    /// Height; absent where it stands on the ground.
    pub height_m: Option<f64>,
    /// How far it hears.
    #[serde(default = "earshot_m")]
    pub earshot_m: f64,
    /// Probability that it hears what is near enough.
    #[serde(default = "hearing")]
    pub detection_probability: f64,
    /// Standard deviation of its times of arrival.
    #[serde(default = "sigma_time_s")]
    pub sigma_time_s: f64,
    /// Standard deviation of its bearings; absent where it tells none.
    pub sigma_azimuth_deg: Option<f64>,
    /// Standard deviation of its survey, to the east and to the north.
    #[serde(default = "sigma_position_m")]
    pub sigma_position_m: f64,
    /// By how much its clock is ahead.
    #[serde(default)]
    pub clock_error_s: f64,
    /// Mean number of false sounds.
    #[serde(default)]
    pub false_per_minute: f64,
    /// From the arrival of a sound to the sending of the line.
    #[serde(default = "thinking_s")]
    pub delay_s: f64,
    /// Where it sends.
    #[serde(default)]
    pub send_to: Vec<Destination>,
}

fn earshot_m() -> f64 {
    4_000.0
}

fn hearing() -> f64 {
    0.9
}

fn sigma_time_s() -> f64 {
    0.01
}

fn sigma_position_m() -> f64 {
    2.0
}

fn thinking_s() -> f64 {
    0.1
}

/// One line of a radar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Destination {
    /// Address and port; a multicast group is recognised by its address.
    pub udp: SocketAddr,
    /// Address of the interface that multicast leaves by.
    #[serde(default)]
    pub interface: Option<Ipv4Addr>,
}

/// Generic classes of rounds, in public round numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundClass {
    /// Beta 5,000 kg/m^2, 100 to 320 m/s, steep.
    Mortar,
    /// Beta 12,000 kg/m^2, 250 to 700 m/s.
    Artillery,
    /// Beta 9,000 kg/m^2, a motor that burns 1.5 s, 150 to 690 m/s at burnout.
    Rocket,
}

/// Which of two elevations to use when the speed is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arc {
    /// The flatter one.
    #[default]
    Low,
    /// The steeper one.
    High,
}

/// A place on the ground.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// Latitude.
    pub lat_deg: f64,
    /// Longitude.
    pub lon_deg: f64,
}

/// One round, or several of a kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Launch {
    /// Name, unique; members of a group get `-1`, `-2`, ... behind it.
    pub id: String,
    /// What it is.
    pub class: RoundClass,
    /// When the first leaves.
    pub at_s: f64,
    /// Launch place.
    pub lat_deg: f64,
    /// Launch place.
    pub lon_deg: f64,
    /// Standard deviation of the launch place, per axis.
    #[serde(default)]
    pub scatter_m: f64,
    /// Where it is to come down. Without it speed, elevation and azimuth are all needed.
    #[serde(default)]
    pub target: Option<Ground>,
    /// Standard deviation of the impact about the target, per axis.
    #[serde(default)]
    pub dispersion_m: f64,
    /// Muzzle speed, or speed at burnout.
    #[serde(default)]
    pub speed_mps: Option<f64>,
    /// Launch elevation.
    #[serde(default)]
    pub elevation_deg: Option<f64>,
    /// Launch azimuth, clockwise from north.
    #[serde(default)]
    pub azimuth_deg: Option<f64>,
    /// Which solution, where a target and a speed are given.
    #[serde(default)]
    pub arc: Arc,
    /// Ballistic coefficient in place of the class's own.
    #[serde(default)]
    pub beta_kg_m2: Option<f64>,
    /// Standard deviation of the logarithm of the ballistic coefficient among the members.
    #[serde(default)]
    pub beta_spread: f64,
    /// How long the motor burns, in place of the class's own.
    #[serde(default)]
    pub burn_s: Option<f64>,
    /// How much more than its mean the motor pushes at first, and less at last, as a share of the mean.
    #[serde(default)]
    pub thrust_slope: f64,
    /// How much of the generic transonic drag rise it has.
    #[serde(default = "one")]
    pub drag_shape_scale: f64,
    /// How many.
    #[serde(default = "single")]
    pub count: u32,
    /// Seconds between them.
    #[serde(default = "one")]
    pub interval_s: f64,
}

fn one() -> f64 {
    1.0
}

fn single() -> u32 {
    1
}

/// What kind of aircraft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AircraftKind {
    /// Banks 25 degrees, climbs to 15 m/s.
    Airliner,
    /// Banks 20 degrees, climbs to 8 m/s.
    Helicopter,
    /// Banks 30 degrees, climbs to 5 m/s.
    Drone,
}

/// A corner of a route.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corner {
    /// Latitude.
    pub lat_deg: f64,
    /// Longitude.
    pub lon_deg: f64,
    /// Height above mean sea level.
    pub height_m: f64,
}

/// An aircraft along a route; it is at the first corner when the scenario starts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aircraft {
    /// Name, unique.
    pub id: String,
    /// What it is.
    pub kind: AircraftKind,
    /// Speed over the ground.
    pub speed_mps: f64,
    /// Two corners or more.
    pub route: Vec<Corner>,
    /// What it answers, where it has a transponder.
    #[serde(default)]
    pub transponder: Option<Transponder>,
}

/// What a cooperative aircraft answers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transponder {
    /// ICAO 24-bit address, hexadecimal: `0x4CA123`.
    pub address: u32,
    /// Mode 3/A code, four octal digits.
    pub mode_3a: String,
    /// Aircraft identification, up to eight characters A-Z, 0-9 and blank.
    pub callsign: String,
}

/// What kind of wanderer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlockKind {
    /// A bird: restless.
    Bird,
    /// A drone: steadier.
    Drone,
}

/// Things that wander, each on its own or all together.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flock {
    /// Name, unique; members get `-1`, `-2`, ... behind it.
    pub id: String,
    /// What they are.
    pub kind: FlockKind,
    /// How many.
    pub count: u32,
    /// Middle of where they begin.
    pub lat_deg: f64,
    /// Middle of where they begin.
    pub lon_deg: f64,
    /// Standard deviation of where they begin, per axis.
    pub spread_m: f64,
    /// Mean height above mean sea level.
    pub height_m: f64,
    /// Mean speed.
    pub speed_mps: f64,
    /// They keep together.
    #[serde(default)]
    pub together: bool,
}

/// A place that gives false plots.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClutterPatch {
    /// Name, unique.
    pub id: String,
    /// Its middle.
    pub lat_deg: f64,
    /// Its middle.
    pub lon_deg: f64,
    /// Height of its middle above mean sea level.
    pub height_m: f64,
    /// Standard deviation per axis.
    pub spread_m: f64,
    /// Mean number of false plots per scan and radar.
    pub plots_per_scan: f64,
}

impl Scenario {
    /// Reads a scenario file.
    ///
    /// # Errors
    /// When it cannot be read, is not TOML, has an unknown key, lacks one, or a value makes no sense: with line, column and
    /// what to do.
    pub fn read(path: &Path) -> Result<Self, Problem> {
        let text = std::fs::read_to_string(path).map_err(|e| Problem::unreadable(path, &e))?;
        Self::parse(&path.display().to_string(), &text)
    }

    /// Reads a scenario's text; `name` is what errors call it.
    ///
    /// # Errors
    /// As [`Scenario::read`].
    pub fn parse(name: &str, text: &str) -> Result<Self, Problem> {
        let source = Source::new(name, text);
        let mut scenario: Scenario = toml::from_str(text).map_err(|e| Problem::from_toml(&source, &e))?;
        scenario.source = source;
        check::check(&scenario)?;
        Ok(scenario)
    }

    /// The files that the scenario names are relative to its own folder.
    #[must_use]
    pub fn beside(&self, file: &Path) -> PathBuf {
        Path::new(self.source.name()).parent().map_or_else(|| file.to_owned(), |folder| folder.join(file))
    }

    /// A problem with the value at a key.
    pub(crate) fn problem(&self, key: &[Key<'_>], what: impl Into<String>, remedy: impl Into<String>) -> Problem {
        Problem::at_key(&self.source, key, what.into(), remedy.into())
    }
}
