//! `[[sapient]]`, the doors at which SAPIENT is spoken, and `sapient = { ... }` of a sensor that speaks it.

use std::net::SocketAddr;

use parapet_frame::{Geodetic, SiteFrame, SitePoint};
use parapet_track::{SensorId, SensorModel};

use crate::problem::{Notes, Page};
use crate::site::Load;
use crate::table::{Table, Within, within};

/// Most doors of a site.
const DOORS_MAX: usize = 8;
/// Most nodes that are listed at one door.
const NODES_MAX: usize = 16_384;
/// Longest certificate file, bytes.
const PEM_MAX: usize = 256 * 1024;
/// How far a message's own time may lie from when it is heard: what Apex has by default.
const WINDOW_DEFAULT_S: [f64; 2] = [-0.9, 0.1];
const CONNECTIONS_DEFAULT: f64 = 256.0;
const HEARTBEAT_DEFAULT_S: f64 = 5.0;
/// A little more than the 80 ms that Apex asks for.
const EDGE_GAP_DEFAULT_S: f64 = 0.085;

const WINDOW: Within = within(-600.0, 60.0, " s");
const GAP: Within = within(0.0, 10.0, " s");
const CONNECTIONS: Within = within(1.0, 16_384.0, "");
const HEARTBEAT: Within = within(0.1, 600.0, " s");
const NORTH: Within = within(-360.0, 360.0, " degrees");
/// The geoid lies between 107 m below and 86 m above the ellipsoid (EGM2008).
const GEOID: Within = within(-120.0, 120.0, " m");

/// A door at which SAPIENT is spoken.
#[derive(Clone, Debug, PartialEq)]
pub struct SapientDoor {
    /// Who we are there: a UUID of version 4.
    pub id: String,
    /// Where we listen, or whom we connect to.
    pub address: SocketAddr,
    /// Which side of the conversation.
    pub role: SapientRole,
    /// How peers prove who they are.
    pub trust: SapientTrust,
}

/// Which side of the conversation.
#[derive(Clone, Debug, PartialEq)]
pub enum SapientRole {
    /// Nodes connect to us.
    Fusion {
        /// How far a message's own time may lie from when it is heard, seconds: before (negative) and after.
        window_s: [f64; 2],
        /// Least time between two detections of one node, seconds; 0 for none.
        detection_gap_s: f64,
        /// Connections at once.
        connections_max: u32,
        /// The nodes that may register: those of the sensors, and those listed.
        nodes: Vec<String>,
    },
    /// We connect to a fusion node further up, and tell it of alarms.
    Edge {
        /// The name in its certificate.
        server_name: String,
        /// Seconds between our status reports.
        heartbeat_s: f64,
        /// Least time between two detections that we send, seconds.
        detection_gap_s: f64,
    },
}

/// How peers prove who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SapientTrust {
    /// By certificates of our authorities, in both directions.
    Tls {
        /// Our certificate.
        certificate: Pem,
        /// Its private key.
        key: Pem,
        /// The authorities.
        authorities: Pem,
    },
    /// Not at all.
    Plain,
}

/// The text of a PEM file. It may be a private key, so it is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Pem(pub String);

impl core::fmt::Debug for Pem {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Pem(not shown)")
    }
}

/// Who speaks for a sensor by SAPIENT.
#[derive(Clone, Debug, PartialEq)]
pub struct SapientSensor {
    /// The sensor.
    pub sensor: SensorId,
    /// Its node: a UUID of version 4.
    pub node: String,
    /// Where it stands.
    pub place: Geodetic,
    /// How far its own north lies clockwise of true north, radians; `None` where it may speak of true north only.
    pub north_rad: Option<f64>,
    /// Height of the geoid above the ellipsoid here, metres.
    pub geoid_m: f64,
    /// Standard deviation of an elevation that it sends without an error, radians; `None` when such are not used.
    pub sigma_elevation_rad: Option<f64>,
}

/// What a sensor's `sapient` table says.
#[derive(Debug)]
pub(crate) struct Node {
    id: String,
    north_rad: Option<f64>,
    geoid_m: f64,
}

/// Reads `sapient = { ... }` of a sensor.
pub(crate) fn node(table: &mut Table<'_>, others: &[SapientSensor], notes: &mut Notes) -> Option<Node> {
    for key in ["asterix", "links", "senders"] {
        if table.has(key) {
            let what = format!("a sensor that speaks SAPIENT has no `{key}`");
            notes.problems.push(table.problem(key, what, "remove it, or remove `sapient`"));
        }
    }
    // Asked for, so that they are not called unknown too.
    let _ = (table.table("asterix", notes), table.texts("links", notes), table.texts("senders", notes));
    let mut sapient = table.table("sapient", notes)?;
    sapient.require("node", UUID_EXAMPLE, notes);
    let id = uuid(&mut sapient, "node", notes);
    let north_deg = sapient.number("north_deg", NORTH, notes);
    let geoid_m = sapient.number("geoid_m", GEOID, notes).unwrap_or(0.0);
    if let Some(id) = id.as_ref().filter(|id| others.iter().any(|other| other.node == **id)) {
        let what = format!("node {id} is another sensor already");
        notes.problems.push(sapient.problem("node", what, "every node is one sensor"));
    }
    sapient.close(notes);
    Some(Node { id: id?, north_rad: north_deg.map(f64::to_radians), geoid_m })
}

impl Node {
    /// The node of a sensor whose model is known.
    pub(crate) fn sensor(
        self,
        sensor: SensorId,
        model: &SensorModel,
        frame: &SiteFrame,
        sigma_elevation_rad: Option<f64>,
    ) -> SapientSensor {
        let place = frame.geodetic_from_site(SitePoint::from_vector(model.pose.origin()));
        let Node { id, north_rad, geoid_m } = self;
        SapientSensor { sensor, node: id, place, north_rad, geoid_m, sigma_elevation_rad }
    }
}

/// Reads every `[[sapient]]`.
pub(crate) fn doors(
    page: &Page,
    mut tables: Vec<Table<'_>>,
    sensors: &[SapientSensor],
    load: &mut Load<'_>,
    notes: &mut Notes,
) -> Vec<SapientDoor> {
    if let Some(table) = tables.get(DOORS_MAX) {
        let what = format!("{} doors", tables.len());
        notes.problems.push(page.problem(table.span(), "sapient", what, format!("at most {DOORS_MAX} are opened")));
        tables.truncate(DOORS_MAX);
    }
    let doors: Vec<SapientDoor> = tables.into_iter().filter_map(|table| door(table, sensors, load, notes)).collect();
    let is_heard = doors.iter().any(|door| matches!(door.role, SapientRole::Fusion { .. }));
    if let Some(sensor) = sensors.first().filter(|_| !is_heard) {
        let what = format!("the sensor with node {} speaks SAPIENT, and there is no door for it", sensor.node);
        notes.problems.push(page.problem(0..0, "sapient", what, "add a table `[[sapient]]` with `role = \"fusion\"`"));
    }
    doors
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Fusion,
    Edge,
}

fn door(
    mut table: Table<'_>,
    sensors: &[SapientSensor],
    load: &mut Load<'_>,
    notes: &mut Notes,
) -> Option<SapientDoor> {
    for (key, example) in [("role", "\"fusion\""), ("id", UUID_EXAMPLE), ("address", "\"127.0.0.1:5020\"")] {
        table.require(key, example, notes);
    }
    let side = table.word("role", &[("fusion", Side::Fusion), ("edge", Side::Edge)], notes);
    let id = uuid(&mut table, "id", notes);
    let address = address(&mut table, notes);
    let trust = trust(&mut table, load, notes);
    let role = side.map(|side| match side {
        Side::Fusion => fusion(&mut table, sensors, notes),
        Side::Edge => edge(&mut table, trust.as_ref(), notes),
    });
    table.close(notes);
    let (address, trust) = (address?, trust?);
    if trust == SapientTrust::Plain && !address.ip().is_loopback() {
        notes.warn(format!("sapient {address}: plain TCP; anybody who reaches it can speak for any node"));
    }
    Some(SapientDoor { id: id?, address, role: role?, trust })
}

fn fusion(table: &mut Table<'_>, sensors: &[SapientSensor], notes: &mut Notes) -> SapientRole {
    let window_s = table.interval("time_window_s", WINDOW, notes).unwrap_or(WINDOW_DEFAULT_S);
    let detection_gap_s = table.number("detection_gap_s", GAP, notes).unwrap_or(0.0);
    let connections = table.whole("connections_max", CONNECTIONS, notes);
    let mut nodes: Vec<String> = sensors.iter().map(|sensor| sensor.node.clone()).collect();
    let listed = table.texts("nodes", notes);
    if listed.len() > NODES_MAX {
        let what = format!("{} nodes", listed.len());
        notes.problems.push(table.problem("nodes", what, format!("at most {NODES_MAX} are known at one door")));
    }
    for (text, span) in listed {
        if is_uuid(text) {
            nodes.push(text.to_owned());
        } else {
            let key = format!("{} nodes", table.path());
            notes.problems.push(table.page().problem(span, key, format!("{text:?} is no node"), UUID_REMEDY));
        }
    }
    SapientRole::Fusion {
        window_s,
        detection_gap_s,
        connections_max: connections.unwrap_or(CONNECTIONS_DEFAULT as u32),
        nodes,
    }
}

fn edge(table: &mut Table<'_>, trust: Option<&SapientTrust>, notes: &mut Notes) -> SapientRole {
    if matches!(trust, Some(SapientTrust::Tls { .. })) {
        table.require("server_name", "\"fusion.example\"", notes);
    }
    SapientRole::Edge {
        server_name: table.text("server_name", notes).unwrap_or_default().to_owned(),
        heartbeat_s: table.number("heartbeat_s", HEARTBEAT, notes).unwrap_or(HEARTBEAT_DEFAULT_S),
        detection_gap_s: table.number("detection_gap_s", GAP, notes).unwrap_or(EDGE_GAP_DEFAULT_S),
    }
}

fn address(table: &mut Table<'_>, notes: &mut Notes) -> Option<SocketAddr> {
    let text = table.text("address", notes)?;
    let address = text.parse().ok();
    if address.is_none() {
        let what = format!("{text:?} is not an address with a port");
        notes.problems.push(table.problem(
            "address",
            what,
            "write for example \"127.0.0.1:5020\"; names are not looked up",
        ));
    }
    address
}

/// TLS unless the owner writes otherwise.
fn trust(table: &mut Table<'_>, load: &mut Load<'_>, notes: &mut Notes) -> Option<SapientTrust> {
    let files = ["certificate", "key", "authorities"];
    if table.word("trust", &[("tls", false), ("plain", true)], notes).unwrap_or(false) {
        for key in files {
            if table.has(key) {
                let what = format!("`{key}` makes no sense where nobody proves who they are");
                notes.problems.push(table.problem(key, what, "remove it, or write `trust = \"tls\"`"));
            }
            let _ = table.text(key, notes);
        }
        return Some(SapientTrust::Plain);
    }
    let [certificate, key, authorities] = files.map(|key| pem(table, key, load, notes));
    Some(SapientTrust::Tls { certificate: certificate?, key: key?, authorities: authorities? })
}

fn pem(table: &mut Table<'_>, key: &'static str, load: &mut Load<'_>, notes: &mut Notes) -> Option<Pem> {
    table.require(key, &format!("\"pki/{key}.pem\""), notes);
    let file = table.text(key, notes)?;
    let fault = match load(file) {
        Ok(text) if text.len() > PEM_MAX => format!("the file {file:?} has {} bytes", text.len()),
        Ok(text) if text.contains("-----BEGIN ") => return Some(Pem(text)),
        Ok(_) => format!("the file {file:?} is no PEM"),
        Err(why) => format!("the file {file:?} cannot be read: {why}"),
    };
    notes.problems.push(table.problem(key, fault, "name a PEM file, relative to this one"));
    None
}

const UUID_EXAMPLE: &str = "\"5913c0f4-9f89-4c01-ab90-939099797c4f\"";
const UUID_REMEDY: &str = "write a UUID of version 4 in lower case with dashes; `uuidgen --random` or `cat /proc/sys/kernel/random/uuid` make one";

fn uuid(table: &mut Table<'_>, key: &'static str, notes: &mut Notes) -> Option<String> {
    let text = table.text(key, notes)?;
    if is_uuid(text) {
        return Some(text.to_owned());
    }
    notes.problems.push(table.problem(key, format!("{text:?} is no node"), UUID_REMEDY));
    None
}

/// The one spelling that SAPIENT takes: 8-4-4-4-12 digits, version 4, in lower case.
fn is_uuid(text: &str) -> bool {
    let bytes = text.as_bytes();
    let fits = |(place, byte): (usize, &u8)| match place {
        8 | 13 | 18 | 23 => *byte == b'-',
        14 => *byte == b'4',
        19 => matches!(byte, b'8' | b'9' | b'a' | b'b'),
        _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
    };
    bytes.len() == 36 && bytes.iter().enumerate().all(fits)
}
