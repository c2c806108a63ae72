//! Sensors that tell of contacts: `kind = "ads-b"`, `"uas"` or `"system"` in a `[[sensor]]`. They say where something is instead of
//! having measured it; what the kinds give is in `docs/sensors.md`.

use core::ops::Range;
use std::net::{IpAddr, SocketAddr};

use parapet_frame::{SensorPose, SiteFrame};
use parapet_track::{
    DELAY_SIGMA_DEFAULT_S, PLACE_SIGMA_DEFAULT_M, PRESSURE_SIGMA_DEFAULT_M, Scan, SensorId, SensorModel, Trust,
};

use crate::problem::Notes;
use crate::sensor::{self, Heading, RANGE, SILENCE};
use crate::table::{Table, Within, within};

const PERIOD: Within = within(0.1, 60.0, " s");
const GEOID: Within = within(-120.0, 120.0, " m");
const SIGMA_PLACE: Within = within(1.0, 10_000.0, " m");
const SIGMA_PRESSURE: Within = within(1.0, 1_000.0, " m");
const SIGMA_DELAY: Within = within(0.0, 10.0, " s");

/// What an antenna hears of aircraft at cruising height, metres.
const RANGE_DEFAULT_M: f64 = 450_000.0;
/// An empty sky is no fault, so silence is one only when it lasts, seconds.
const SILENT_AFTER_DEFAULT_S: f64 = 60.0;
/// Half a zone of the coding of positions, metres: from no farther away a single squitter tells where an aircraft is.
const NEAR_M: f64 = 180.0 * 1_852.0;

/// What a sensor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It measures.
    Radar,
    /// It hears aircraft say where they are.
    AdsB,
    /// It hears unmanned aircraft say where they are.
    Uas,
    /// Another system, which tells of its tracks.
    System,
}

/// The words of `kind`.
pub(crate) const KINDS: [(&str, Kind); 4] =
    [("radar", Kind::Radar), ("ads-b", Kind::AdsB), ("uas", Kind::Uas), ("system", Kind::System)];

/// A sensor that tells of contacts, beyond the core's model of it.
#[derive(Clone, Debug, PartialEq)]
pub struct ContactSensor {
    /// The sensor.
    pub sensor: SensorId,
    /// Height of the geoid above the ellipsoid at the site, metres, where it is told.
    pub geoid_m: Option<f64>,
    /// Standard deviation of a place of which none is told, metres.
    pub place_sigma_m: f64,
    /// Standard deviation of a height by air pressure, metres.
    pub pressure_sigma_m: f64,
    /// Standard deviation of the delay of what is told, seconds.
    pub delay_sigma_s: f64,
    /// Latitude and longitude of its antenna, degrees, where it hears nobody from beyond 180 nautical miles.
    pub near_deg: Option<[f64; 2]>,
    /// The connection on which it gives Mode S squitters; `None` where it speaks ASTERIX.
    pub feed: Option<Feed>,
}

/// A connection on which a receiver gives what it hears. Plain TCP: nothing on it is authenticated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// As it stands in the configuration.
    pub url: String,
    /// Who connects to whom.
    pub role: FeedRole,
    /// The receiver's address, or ours to listen at.
    pub address: SocketAddr,
    /// How it writes: `"beast"` or `"avr"`.
    pub format: &'static str,
    /// The only addresses that may connect to us; empty when any may.
    pub senders: Vec<IpAddr>,
}

/// Who connects to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedRole {
    /// `tcp://`: we connect to the receiver.
    Client,
    /// `tcp-listen://`: the receiver connects to us.
    Server,
}

const FORMATS: [(&str, &str); 2] = [("beast", "beast"), ("avr", "avr")];

/// What a `[[sensor]]` of such a kind says.
pub(crate) struct Told {
    pub(crate) model: SensorModel,
    pub(crate) contact: ContactSensor,
}

/// Reads such a sensor, except for who it is in ASTERIX; `None` where something is wrong with it.
pub(crate) fn read(
    table: &mut Table<'_>,
    frame: &SiteFrame,
    kind: Kind,
    heading: &Heading,
    notes: &mut Notes,
) -> Option<Told> {
    let placed = pose(table, frame, kind, notes);
    let range_m = table.interval("range_m", RANGE, notes).unwrap_or([0.0, RANGE_DEFAULT_M]);
    let period_s = table.number("report_period_s", PERIOD, notes).unwrap_or(1.0);
    let silent_after_s = table.number("silent_after_s", SILENCE, notes).unwrap_or(SILENT_AFTER_DEFAULT_S);
    let geoid_m = table.number("geoid_m", GEOID, notes);
    let [place_sigma_m, pressure_sigma_m, delay_sigma_s] = accuracy(table, notes);
    let feed = table.has("feed").then(|| feed(table, heading, notes));
    let (pose, near_deg) = placed?;
    let model = SensorModel {
        name: heading.name.clone()?,
        pose,
        range_min_m: range_m[0],
        range_max_m: range_m[1],
        elevation_min_rad: -10.0_f64.to_radians(),
        elevation_max_rad: core::f64::consts::FRAC_PI_2,
        // It gives no plots; what follows is never asked for.
        scan: Scan::Rotating,
        scan_period_s: period_s,
        sigma_range_m: place_sigma_m,
        sigma_azimuth_rad: 0.01,
        sigma_range_rate_mps: 10.0,
        detection_probability: 0.5,
        clutter_per_scan: 0.0,
        silent_after_s,
        blanked: Vec::new(),
        trust: Trust::default(),
    };
    let near_deg = near_deg.filter(|_| range_m[1] <= NEAR_M);
    let feed = match feed {
        Some(feed) => Some(feed?),
        None => None,
    };
    let sensor = SensorId(0);
    let contact = ContactSensor { sensor, geoid_m, place_sigma_m, pressure_sigma_m, delay_sigma_s, near_deg, feed };
    Some(Told { model, contact })
}

/// Another system stands nowhere in particular: the site's origin will do.
fn pose(
    table: &mut Table<'_>,
    frame: &SiteFrame,
    kind: Kind,
    notes: &mut Notes,
) -> Option<(SensorPose, Option<[f64; 2]>)> {
    if kind == Kind::System && !table.has("position") {
        return Some((frame.sensor_pose(frame.origin()).ok()?, None));
    }
    let pose = sensor::pose(table, frame, notes)?;
    let place = frame.geodetic_from_site(parapet_frame::SitePoint::from_vector(pose.origin()));
    Some((pose, Some([place.lat_deg, place.lon_deg])))
}

fn accuracy(table: &mut Table<'_>, notes: &mut Notes) -> [f64; 3] {
    let mut read = [PLACE_SIGMA_DEFAULT_M, PRESSURE_SIGMA_DEFAULT_M, DELAY_SIGMA_DEFAULT_S];
    if let Some(mut accuracy) = table.table("accuracy", notes) {
        let keys = [("position_m", SIGMA_PLACE), ("barometric_height_m", SIGMA_PRESSURE), ("delay_s", SIGMA_DELAY)];
        for (value, (key, range)) in read.iter_mut().zip(keys) {
            *value = accuracy.number(key, range, notes).unwrap_or(*value);
        }
        accuracy.close(notes);
    }
    read
}

fn feed(table: &mut Table<'_>, heading: &Heading, notes: &mut Notes) -> Option<Feed> {
    let url = table.text("feed", notes);
    let format = table.word("format", &FORMATS, notes).unwrap_or("beast");
    let senders = sensor::senders(table, notes);
    let span = table.span_of("feed");
    let (role, address) = address(table, url?, span, notes)?;
    if role == FeedRole::Server && senders.is_empty() {
        let name = heading.name.as_deref().unwrap_or_default();
        notes.warn(format!(
            "sensor {name:?}: any machine that reaches its feed can speak for it; list the receiver's address in `senders`"
        ));
    }
    Some(Feed { url: url?.to_owned(), role, address, format, senders })
}

fn address(table: &Table<'_>, url: &str, span: Range<usize>, notes: &mut Notes) -> Option<(FeedRole, SocketAddr)> {
    let key = format!("{} feed", table.path());
    let split = [("tcp://", FeedRole::Client), ("tcp-listen://", FeedRole::Server)]
        .into_iter()
        .find_map(|(scheme, role)| Some((role, url.strip_prefix(scheme)?)));
    let Some((role, place)) = split else {
        let what = format!("{url:?} begins with neither `tcp://` nor `tcp-listen://`");
        let remedy =
            "write `tcp://192.0.2.9:30005` to connect to a receiver, `tcp-listen://0.0.0.0:30104` to let it connect";
        notes.problems.push(table.page().problem(span, key, what, remedy));
        return None;
    };
    let found = place.parse().ok().filter(|address: &SocketAddr| address.port() != 0);
    if found.is_none() {
        let what = format!("{place:?} is not a numeric address with a port from 1 to 65535");
        notes.problems.push(table.page().problem(span, key, what, "write for example `tcp://192.0.2.9:30005`"));
    }
    Some((role, found?))
}
