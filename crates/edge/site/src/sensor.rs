//! The `[[sensor]]` tables: what a sensor is, where it stands, how well it measures, and on which lines it speaks.

use core::ops::Range;
use std::net::IpAddr;

use parapet_frame::{Geodetic, SensorPose, SiteFrame};
use parapet_track::{Scan, SensorId, SensorModel};

use crate::contact::{self, ContactSensor, KINDS, Kind};
use crate::lines::{self, LinesSensor};
use crate::link::{Cast, Link};
use crate::place;
use crate::problem::Notes;
use crate::sapient::{self, SapientSensor};
use crate::sector;
use crate::table::{Table, Within, within};
use crate::trust;

/// Most sensors of a site. The load to hold is 64; this leaves room and keeps identifiers small.
pub(crate) const SENSORS_MAX: usize = 256;
/// Most lines of one sensor.
const LINKS_MAX: usize = 8;

/// From a fast fire-control radar to a slow long-range one.
const SCAN_PERIOD: Within = within(0.02, 60.0, " s");
pub(crate) const RANGE: Within = within(0.0, 500_000.0, " m");
const ELEVATION: Within = within(-10.0, 90.0, " degrees");
const SIGMA_RANGE: Within = within(0.01, 5_000.0, " m");
const SIGMA_ANGLE: Within = within(0.001, 20.0, " degrees");
const SIGMA_RANGE_RATE: Within = within(0.01, 100.0, " m/s");
const SIGMA_HEIGHT: Within = within(1.0, 1_000.0, " m");
const CLUTTER: Within = within(0.0, 100_000.0, " plots");
pub(crate) const SILENCE: Within = within(0.1, 600.0, " s");
const OCTET: Within = within(0.0, 255.0, "");

/// The editions of ASTERIX categories that the decoder has tables for, as it writes them; a test of the service holds
/// this list against those tables.
pub const ASTERIX_EDITIONS: &[&str] = &[
    "001 1.4", "001 1.3", "001 1.2", "001 1.1", "002 1.2", "002 1.1", "002 1.0", "015 1.2", "015 1.1", "015 1.0",
    "016 1.0", "021 2.7", "021 2.6", "021 2.5", "021 2.4", "021 2.3", "021 2.2", "021 2.1", "021 0.26", "021 0.25",
    "021 0.24", "021 0.23", "034 1.29", "048 1.32", "062 1.21", "062 1.20", "062 1.19", "062 1.18", "062 1.17",
    "062 1.16", "065 1.6", "065 1.5", "065 1.4", "065 1.3", "129 1.2",
];

/// CAT048 is the category of turning radars, so that is the default.
const SCANS: [(&str, Scan); 2] = [("rotating", Scan::Rotating), ("staring", Scan::Staring)];
/// Used where a radar that sends Doppler does not say how good it is: a coarse pulse-Doppler figure.
const SIGMA_RANGE_RATE_DEFAULT_MPS: f64 = 5.0;
/// A transponder tells height by air pressure: one standard deviation of sea-level pressure (about 8 hPa at 8.3 m each)
/// and of the altimeter (about 25 m) give some 70 m; 100 m leaves room for warm air at low heights.
const SIGMA_BAROMETRIC_DEFAULT_M: f64 = 100.0;
/// A radar that finds nine targets of ten in a scan.
const DETECTION_DEFAULT: f64 = 0.9;
/// Mean false plots in a scan where nobody has measured it.
const CLUTTER_DEFAULT: f64 = 10.0;
/// One lost scan is ordinary, two in a row are not ...
const SILENT_AFTER_SCANS: f64 = 2.5;
/// ... but blindness is to be known within this long where the scan allows it, seconds: then one lost scan, and a little late for the
/// next, must do. A sensor that tells its sectors is held to it by the engine, whatever its scan.
const BLIND_AT_MOST_S: f64 = 2.0;
const SILENT_AFTER_SCANS_MIN: f64 = 1.8;

/// Who speaks for a sensor, and what of its words the core's model does not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct SensorSource {
    /// The sensor.
    pub sensor: SensorId,
    /// ASTERIX system area code.
    pub sac: u8,
    /// ASTERIX system identification code.
    pub sic: u8,
    /// The ASTERIX editions that it sends where these are not the latest, each one of [`ASTERIX_EDITIONS`].
    pub editions: Vec<String>,
    /// The lines that it speaks on, as places in [`Site::links`](crate::Site::links).
    pub links: Vec<u16>,
    /// The only addresses that may send for it; empty when any may.
    pub senders: Vec<IpAddr>,
    /// Standard deviation of a measured elevation, radians; `None` for a sensor that measures none.
    pub sigma_elevation_rad: Option<f64>,
    /// Standard deviation of a height that a target tells by transponder, metres.
    pub sigma_barometric_height_m: f64,
}

/// What all `[[sensor]]` tables say together.
#[derive(Debug, Default)]
pub(crate) struct Sensors {
    pub(crate) models: Vec<SensorModel>,
    pub(crate) sources: Vec<SensorSource>,
    pub(crate) links: Vec<Link>,
    pub(crate) nodes: Vec<SapientSensor>,
    pub(crate) lines: Vec<LinesSensor>,
    pub(crate) contacts: Vec<ContactSensor>,
}

/// What a sensor is called.
#[derive(Debug)]
pub(crate) struct Heading {
    pub(crate) name: Option<String>,
}

/// Reads every `[[sensor]]`; a sensor with problems is left out.
pub(crate) fn read(tables: Vec<Table<'_>>, frame: &SiteFrame, notes: &mut Notes) -> Sensors {
    let mut sensors = Sensors::default();
    let mut taken = Taken::default();
    for mut table in tables {
        let name = name(&mut table, &mut taken, notes);
        if table.has("sapient") {
            node(&mut sensors, table, frame, name, notes);
            continue;
        }
        if table.has("lines") {
            plain(&mut sensors, table, frame, name, notes);
            continue;
        }
        let kind = table.word("kind", &KINDS, notes).unwrap_or(Kind::Radar);
        if kind != Kind::Radar {
            teller(&mut sensors, table, frame, (kind, &Heading { name }), &mut taken, notes);
            continue;
        }
        let address = address(&mut table, &mut taken, notes);
        let accuracy = accuracy(&mut table, notes);
        let links = links(&mut table, &mut sensors.links, notes);
        let senders = senders(&mut table, notes);
        let model = model(&mut table, frame, name, accuracy.as_ref(), notes);
        table.close(notes);
        let (Some(model), Some(Address { sac, sic, editions }), Some(accuracy)) = (model, address, accuracy) else {
            continue;
        };
        let sensor = SensorId(sensors.models.len() as u16);
        warn_of_strangers(&model.name, &senders, notes);
        sensors.sources.push(SensorSource {
            sensor,
            sac,
            sic,
            editions,
            links,
            senders,
            sigma_elevation_rad: accuracy.elevation_rad,
            sigma_barometric_height_m: accuracy.barometric_height_m,
        });
        sensors.models.push(model);
    }
    sensors
}

/// Reads a sensor that speaks SAPIENT.
fn node(sensors: &mut Sensors, mut table: Table<'_>, frame: &SiteFrame, name: Option<String>, notes: &mut Notes) {
    let accuracy = accuracy(&mut table, notes);
    let node = sapient::node(&mut table, &sensors.nodes, notes);
    let model = model(&mut table, frame, name, accuracy.as_ref(), notes);
    table.close(notes);
    if let (Some(model), Some(node), Some(accuracy)) = (model, node, accuracy) {
        let sensor = SensorId(sensors.models.len() as u16);
        sensors.nodes.push(node.sensor(sensor, &model, frame, accuracy.elevation_rad));
        sensors.models.push(model);
    }
}

/// Reads a sensor that speaks JSON Lines.
fn plain(sensors: &mut Sensors, mut table: Table<'_>, frame: &SiteFrame, name: Option<String>, notes: &mut Notes) {
    let accuracy = accuracy(&mut table, notes);
    let senders = lines::senders(&mut table, notes);
    let model = model(&mut table, frame, name, accuracy.as_ref(), notes);
    table.close(notes);
    if let (Some(model), Some(senders), Some(accuracy)) = (model, senders, accuracy) {
        let sensor = SensorId(sensors.models.len() as u16);
        warn_of_strangers(&model.name, &senders, notes);
        let (name, pose, sigma_elevation_rad) = (model.name.clone(), model.pose, accuracy.elevation_rad);
        sensors.lines.push(LinesSensor { sensor, name, pose, sigma_elevation_rad, senders });
        sensors.models.push(model);
    }
}

/// Reads a sensor that tells of contacts.
fn teller(
    sensors: &mut Sensors,
    mut table: Table<'_>,
    frame: &SiteFrame,
    (kind, heading): (Kind, &Heading),
    taken: &mut Taken,
    notes: &mut Notes,
) {
    let sensor = SensorId(sensors.models.len() as u16);
    let told = contact::read(&mut table, frame, kind, heading, notes);
    let speaks_asterix = !table.has("feed");
    if !speaks_asterix && kind != Kind::AdsB {
        notes.problems.push(table.problem(
            "feed",
            "a feed of squitters tells of aircraft only",
            "write `kind = \"ads-b\"`, or `asterix` and `links` in its place",
        ));
    }
    let source = speaks_asterix.then(|| {
        let address = address(&mut table, taken, notes);
        let links = links(&mut table, &mut sensors.links, notes);
        (address, links, senders(&mut table, notes))
    });
    table.close(notes);
    let Some(told) = told else { return };
    if let Some((address, links, senders)) = source {
        let Some(Address { sac, sic, editions }) = address else { return };
        warn_of_strangers(&told.model.name, &senders, notes);
        sensors.sources.push(SensorSource {
            sensor,
            sac,
            sic,
            editions,
            links,
            senders,
            sigma_elevation_rad: None,
            sigma_barometric_height_m: told.contact.pressure_sigma_m,
        });
    }
    sensors.contacts.push(ContactSensor { sensor, ..told.contact });
    sensors.models.push(told.model);
}

/// Names and addresses that earlier sensors have.
#[derive(Debug, Default)]
struct Taken {
    names: Vec<String>,
    addresses: Vec<((u8, u8), String)>,
}

fn name(table: &mut Table<'_>, taken: &mut Taken, notes: &mut Notes) -> Option<String> {
    table.require("id", "\"radar-north\"", notes);
    let name = table.identifier("id", notes)?;
    if taken.names.contains(&name) {
        let what = format!("another sensor is called {name:?} already");
        notes.problems.push(table.problem("id", what, "give every sensor an id of its own"));
    }
    table.rename(format!("sensor {name:?}"));
    taken.names.push(name.clone());
    Some(name)
}

/// Who a sensor calls itself in ASTERIX, and what it speaks.
#[derive(Debug)]
struct Address {
    sac: u8,
    sic: u8,
    editions: Vec<String>,
}

fn address(table: &mut Table<'_>, taken: &mut Taken, notes: &mut Notes) -> Option<Address> {
    table.require("asterix", "{ sac = 25, sic = 201 }", notes);
    let mut asterix = table.table("asterix", notes)?;
    asterix.require("sac", "25", notes);
    asterix.require("sic", "201", notes);
    let sac = asterix.whole("sac", OCTET, notes);
    let sic = asterix.whole("sic", OCTET, notes);
    let editions = editions(&mut asterix, notes);
    asterix.close(notes);
    let address = (sac? as u8, sic? as u8);
    if let Some((_, owner)) = taken.addresses.iter().find(|(other, _)| *other == address) {
        let what = format!("SAC {} SIC {} belongs to {owner} already", address.0, address.1);
        notes.problems.push(table.problem("asterix", what, "every sensor needs its own pair of SAC and SIC"));
    }
    taken.addresses.push((address, table.path().to_owned()));
    let (sac, sic) = address;
    Some(Address { sac, sic, editions })
}

/// `editions = ["021 0.26"]`: which editions of which categories the sensor sends.
fn editions(asterix: &mut Table<'_>, notes: &mut Notes) -> Vec<String> {
    let mut editions = Vec::new();
    for (text, span) in asterix.texts("editions", notes) {
        if ASTERIX_EDITIONS.contains(&text) {
            editions.push(text.to_owned());
            continue;
        }
        let category = text.split(' ').next().unwrap_or_default();
        let known = ASTERIX_EDITIONS.iter().filter(|known| known.starts_with(category) && !category.is_empty());
        let known: Vec<String> = known.map(|known| format!("{known:?}")).collect();
        let remedy = match known.is_empty() {
            true => "write a category of three digits and an edition, for example \"021 0.26\"".to_owned(),
            false => format!("write one of {}, or leave it out for the latest", known.join(", ")),
        };
        let key = format!("{} editions", asterix.path());
        notes.problems.push(asterix.page().problem(span, key, format!("{text:?} is no edition known here"), remedy));
    }
    editions
}

/// How well a sensor measures, as standard deviations.
#[derive(Debug)]
struct Accuracy {
    range_m: f64,
    azimuth_rad: f64,
    elevation_rad: Option<f64>,
    range_rate_mps: f64,
    barometric_height_m: f64,
}

fn accuracy(table: &mut Table<'_>, notes: &mut Notes) -> Option<Accuracy> {
    table.require("accuracy", "{ range_m = 15.0, azimuth_deg = 0.17, elevation_deg = 0.17 }", notes);
    let mut accuracy = table.table("accuracy", notes)?;
    accuracy.require("range_m", "15.0", notes);
    accuracy.require("azimuth_deg", "0.17", notes);
    let range_m = accuracy.number("range_m", SIGMA_RANGE, notes);
    let azimuth_deg = accuracy.number("azimuth_deg", SIGMA_ANGLE, notes);
    let elevation_deg = accuracy.number("elevation_deg", SIGMA_ANGLE, notes);
    let range_rate_mps = accuracy.number("range_rate_mps", SIGMA_RANGE_RATE, notes);
    let barometric_height_m = accuracy.number("barometric_height_m", SIGMA_HEIGHT, notes);
    accuracy.close(notes);
    Some(Accuracy {
        range_m: range_m?,
        azimuth_rad: azimuth_deg?.to_radians(),
        elevation_rad: elevation_deg.map(f64::to_radians),
        range_rate_mps: range_rate_mps.unwrap_or(SIGMA_RANGE_RATE_DEFAULT_MPS),
        barometric_height_m: barometric_height_m.unwrap_or(SIGMA_BAROMETRIC_DEFAULT_M),
    })
}

/// The sensor's lines; a line that an earlier sensor uses too is read once for both.
fn links(table: &mut Table<'_>, known: &mut Vec<Link>, notes: &mut Notes) -> Vec<u16> {
    table.require("links", "[\"udp://127.0.0.1:8600\"]", notes);
    let urls = table.texts("links", notes);
    if table.has("links") && !(1..=LINKS_MAX).contains(&urls.len()) {
        let what = format!("{} links", urls.len());
        notes.problems.push(table.problem("links", what, format!("write 1 to {LINKS_MAX} links")));
    }
    let mut links = Vec::new();
    for (url, span) in urls {
        let Some(link) = link(table, url, span.clone(), notes) else {
            continue;
        };
        let number = place_of(link, known);
        if links.contains(&number) {
            let problem =
                table.page().problem(span, table.path(), format!("{url:?} is listed twice"), "list every line once");
            notes.problems.push(problem);
        }
        links.push(number);
    }
    links
}

fn link(table: &Table<'_>, url: &str, span: Range<usize>, notes: &mut Notes) -> Option<Link> {
    match url.parse::<Link>() {
        Ok(link) => {
            if matches!(link.cast, Cast::Multicast { interface: None, .. }) {
                notes.warn(format!(
                    "{}: {url} names no interface; the operating system chooses one, which is wrong on many machines with two \
                     networks: append `?interface=` and this machine's address on the radar network",
                    table.path()
                ));
            }
            Some(link)
        }
        Err(error) => {
            let key = format!("{} links", table.path());
            notes.problems.push(table.page().problem(span, key, error.to_string(), error.remedy()));
            None
        }
    }
}

fn place_of(link: Link, known: &mut Vec<Link>) -> u16 {
    let same = |other: &Link| other.cast == link.cast && other.port == link.port;
    let number = known.iter().position(same).unwrap_or_else(|| {
        known.push(link);
        known.len() - 1
    });
    number as u16
}

pub(crate) fn senders(table: &mut Table<'_>, notes: &mut Notes) -> Vec<IpAddr> {
    let mut senders = Vec::new();
    for (text, span) in table.texts("senders", notes) {
        match text.parse() {
            Ok(address) => senders.push(address),
            Err(_) => {
                let what = format!("{text:?} is not a numeric IP address");
                let key = format!("{} senders", table.path());
                notes.problems.push(table.page().problem(
                    span,
                    key,
                    what,
                    "write the radar's address, for example \"192.0.2.20\"",
                ));
            }
        }
    }
    senders
}

fn warn_of_strangers(name: &str, senders: &[IpAddr], notes: &mut Notes) {
    if senders.is_empty() {
        notes.warn(format!(
            "sensor {name:?}: any machine that reaches its links can speak for it; list the radar's address in `senders`"
        ));
    }
}

fn model(
    table: &mut Table<'_>,
    frame: &SiteFrame,
    name: Option<String>,
    accuracy: Option<&Accuracy>,
    notes: &mut Notes,
) -> Option<SensorModel> {
    let pose = pose(table, frame, notes);
    for (key, example) in [("range_m", "[400.0, 25000.0]"), ("elevation_deg", "[0.5, 80.0]"), ("scan_period_s", "1.0")]
    {
        table.require(key, example, notes);
    }
    let range_m = table.interval("range_m", RANGE, notes);
    let elevation_deg = table.interval("elevation_deg", ELEVATION, notes);
    let scan = table.word("scan", &SCANS, notes).unwrap_or(Scan::Rotating);
    let scan_period_s = table.number("scan_period_s", SCAN_PERIOD, notes);
    let detection_probability = table.probability("detection_probability", notes).unwrap_or(DETECTION_DEFAULT);
    let clutter_per_scan = table.number("clutter_per_scan", CLUTTER, notes).unwrap_or(CLUTTER_DEFAULT);
    let silent_after_s = silent_after_s(table, scan_period_s, notes);
    let blanked = sector::blanked(table, notes);
    let trust = trust::read(table, notes);
    let ([range_min_m, range_max_m], [lowest_deg, highest_deg], accuracy) = (range_m?, elevation_deg?, accuracy?);
    Some(SensorModel {
        name: name?,
        pose: pose?,
        range_min_m,
        range_max_m,
        elevation_min_rad: lowest_deg.to_radians(),
        elevation_max_rad: highest_deg.to_radians(),
        scan,
        scan_period_s: scan_period_s?,
        sigma_range_m: accuracy.range_m,
        sigma_azimuth_rad: accuracy.azimuth_rad,
        sigma_range_rate_mps: accuracy.range_rate_mps,
        detection_probability,
        clutter_per_scan,
        silent_after_s: silent_after_s?,
        blanked,
        trust,
    })
}

fn silent_after_s(table: &mut Table<'_>, scan_period_s: Option<f64>, notes: &mut Notes) -> Option<f64> {
    let written = table.number("silent_after_s", SILENCE, notes);
    let scan_period_s = scan_period_s?;
    let default_s =
        (SILENT_AFTER_SCANS * scan_period_s).min(BLIND_AT_MOST_S.max(SILENT_AFTER_SCANS_MIN * scan_period_s));
    let silent_after_s = written.unwrap_or(default_s);
    if silent_after_s <= scan_period_s {
        let what = format!("{silent_after_s} s is not longer than the scan period of {scan_period_s} s");
        let remedy = format!(
            "a healthy sensor would be called silent; write for example {}",
            SILENT_AFTER_SCANS * scan_period_s
        );
        notes.problems.push(table.problem("silent_after_s", what, remedy));
    }
    Some(silent_after_s)
}

pub(crate) fn pose(table: &mut Table<'_>, frame: &SiteFrame, notes: &mut Notes) -> Option<SensorPose> {
    table.require("position", "{ lat_deg = 33.315, lon_deg = 44.380, height_m = 46.0 }", notes);
    let position = table.table("position", notes).and_then(|position| place::read(position, None, notes))?;
    if let Err(misplaced) = place::in_site(frame, position) {
        let remedy = if misplaced.looks_swapped() {
            "latitude and longitude look swapped"
        } else {
            "correct the position, or make the sensor part of another site"
        };
        notes.problems.push(table.problem("position", misplaced.what(), remedy));
    }
    surveyed(table, frame, position, notes)
}

fn surveyed(table: &Table<'_>, frame: &SiteFrame, position: Geodetic, notes: &mut Notes) -> Option<SensorPose> {
    let pose = frame.sensor_pose(position);
    if let Err(error) = pose {
        notes.problems.push(table.problem("position", error.to_string(), "write the surveyed place of the antenna"));
    }
    pose.ok()
}
