//! `[[lines]]`, the doors at which JSON Lines are taken, and `lines = { ... }` of a sensor that speaks them.

use std::net::{IpAddr, SocketAddr};

use parapet_frame::SensorPose;
use parapet_track::SensorId;

use crate::link::Link;
use crate::problem::{Notes, Page};
use crate::table::{Table, Within, within};

/// Most doors of a site.
const DOORS_MAX: usize = 16;
const CONNECTIONS: Within = within(1.0, 16_384.0, "");
const CONNECTIONS_DEFAULT: f64 = 256.0;
/// A peer that says nothing for this long is hung up on: half-open connections must not use up the places.
const IDLE: Within = within(1.0, 3_600.0, " s");
const IDLE_DEFAULT_S: f64 = 60.0;
/// A token shorter than this is guessed, characters.
const TOKEN_MIN: usize = 16;
const SECRET_MAX: usize = 512;
const URL_EXAMPLES: &str = "write \"udp://127.0.0.1:8700\", \"tcp://127.0.0.1:8701\", \"http\" (on the page's address), or \
     \"mqtt://127.0.0.1:1883/parapet/lines/#\"";

/// A door at which JSON Lines are taken.
#[derive(Clone, Debug, PartialEq)]
pub struct LinesDoor {
    /// As it stands in the configuration.
    pub url: String,
    /// How lines come in.
    pub transport: LinesTransport,
}

/// How lines come in.
#[derive(Clone, Debug, PartialEq)]
pub enum LinesTransport {
    /// In datagrams. Anybody who reaches it can speak.
    Udp(Link),
    /// On connections to us. Anybody who reaches it can speak.
    Tcp {
        /// Where we listen.
        address: SocketAddr,
        /// Connections at once.
        connections_max: u32,
        /// Seconds of silence after which a connection is closed.
        idle_s: f64,
    },
    /// By POST to `/api/lines` on the page's address.
    Http {
        /// What a sender must show as `Authorization: Bearer`.
        token: Option<Secret>,
    },
    /// From a broker.
    Mqtt {
        /// The broker's host, by name or number.
        host: String,
        /// Its port.
        port: u16,
        /// What is subscribed to; wildcards are the broker's.
        topic: String,
        /// As whom: name and password.
        login: Option<(String, Secret)>,
    },
}

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl core::fmt::Debug for Secret {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Secret(not shown)")
    }
}

impl LinesDoor {
    /// What a sender must show to be heard, for people.
    #[must_use]
    pub fn trust(&self) -> &'static str {
        match &self.transport {
            LinesTransport::Http { token: Some(_) } => "token",
            LinesTransport::Mqtt { login: Some(_), .. } => "the broker's",
            _ => "unauthenticated",
        }
    }

    /// What it is, for people.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match &self.transport {
            LinesTransport::Udp(_) => "JSON Lines, UDP",
            LinesTransport::Tcp { .. } => "JSON Lines, TCP",
            LinesTransport::Http { .. } => "JSON Lines, HTTP POST",
            LinesTransport::Mqtt { .. } => "JSON Lines, MQTT",
        }
    }
}

/// Who speaks for a sensor by lines.
#[derive(Clone, Debug, PartialEq)]
pub struct LinesSensor {
    /// The sensor.
    pub sensor: SensorId,
    /// What it calls itself: its `id`.
    pub name: String,
    /// Where it stands.
    pub pose: SensorPose,
    /// Standard deviation of an elevation that comes without one, radians; `None` when such are not used.
    pub sigma_elevation_rad: Option<f64>,
    /// The only addresses that may send for it; empty when any may.
    pub senders: Vec<IpAddr>,
}

/// Reads `lines = { senders = [...] }` of a sensor.
pub(crate) fn senders(table: &mut Table<'_>, notes: &mut Notes) -> Option<Vec<IpAddr>> {
    for key in ["asterix", "links", "senders", "sapient"] {
        if table.has(key) {
            let what = format!("a sensor that speaks JSON Lines has no `{key}`");
            notes.problems.push(table.problem(key, what, "remove it, or remove `lines`"));
        }
    }
    // Asked for, so that they are not called unknown too.
    let _ = (table.table("asterix", notes), table.texts("links", notes), table.texts("senders", notes));
    let mut lines = table.table("lines", notes)?;
    let mut senders = Vec::new();
    for (text, span) in lines.texts("senders", notes) {
        match text.parse() {
            Ok(address) => senders.push(address),
            Err(_) => {
                let (key, what) =
                    (format!("{} senders", lines.path()), format!("{text:?} is not a numeric IP address"));
                let remedy = "write the sensor's address, for example \"192.0.2.20\"";
                notes.problems.push(lines.page().problem(span, key, what, remedy));
            }
        }
    }
    lines.close(notes);
    Some(senders)
}

/// Reads every `[[lines]]`; `needed` says who speaks lines, where somebody does.
pub(crate) fn doors(
    page: &Page,
    mut tables: Vec<Table<'_>>,
    needed: Option<&str>,
    notes: &mut Notes,
) -> Vec<LinesDoor> {
    if let Some(table) = tables.get(DOORS_MAX) {
        let what = format!("{} doors", tables.len());
        notes.problems.push(page.problem(table.span(), "lines", what, format!("at most {DOORS_MAX} are opened")));
        tables.truncate(DOORS_MAX);
    }
    if let Some(who) = needed.filter(|_| tables.is_empty()) {
        let what = format!("{who} speaks JSON Lines, and there is no door for it");
        notes.problems.push(page.problem(0..0, "lines", what, "add a table `[[lines]]` with a `url`"));
    }
    let mut doors: Vec<LinesDoor> = Vec::new();
    for table in tables {
        let span = table.span();
        let Some(door) = door(table, notes) else { continue };
        if doors.iter().any(|other| other.transport == door.transport) {
            let what = format!("{} is opened already", door.url);
            notes.problems.push(page.problem(span, "lines", what, "list every door once"));
        }
        doors.push(door);
    }
    doors
}

fn door(mut table: Table<'_>, notes: &mut Notes) -> Option<LinesDoor> {
    table.require("url", "\"udp://127.0.0.1:8700\"", notes);
    let url = table.text("url", notes).map(str::to_owned);
    let connections = table.whole("connections_max", CONNECTIONS, notes);
    let idle_s = table.number("idle_s", IDLE, notes);
    let token = secret(&mut table, "token", TOKEN_MIN, notes);
    let user = table.text("user", notes).map(str::to_owned);
    let password = secret(&mut table, "password", 1, notes);
    let url = match url {
        Some(url) => url,
        None => {
            table.close(notes);
            return None;
        }
    };
    let scheme = url.split("://").next().unwrap_or_default().to_owned();
    for (key, only) in
        [("connections_max", "tcp"), ("idle_s", "tcp"), ("token", "http"), ("user", "mqtt"), ("password", "mqtt")]
    {
        if table.has(key) && scheme != only {
            let what = format!("`{key}` makes sense for {only} only");
            notes.problems.push(table.problem(key, what, "remove it"));
        }
    }
    let wrong = |what: String, remedy: String, notes: &mut Notes| {
        notes.problems.push(table.problem("url", what, remedy));
    };
    let transport = match scheme.as_str() {
        "udp" => match url.parse::<Link>() {
            Ok(link) => Some(LinesTransport::Udp(link)),
            Err(error) => {
                wrong(error.to_string(), error.remedy(), notes);
                None
            }
        },
        "tcp" => match url["tcp://".len()..].parse::<SocketAddr>() {
            Ok(address) => Some(LinesTransport::Tcp {
                address,
                connections_max: connections.unwrap_or(CONNECTIONS_DEFAULT as u32),
                idle_s: idle_s.unwrap_or(IDLE_DEFAULT_S),
            }),
            Err(_) => {
                let what = format!("{url:?} does not name a numeric address with a port");
                wrong(what, "write for example \"tcp://127.0.0.1:8701\"; names are not looked up".to_owned(), notes);
                None
            }
        },
        "http" if url == "http" => Some(LinesTransport::Http { token }),
        "mqtt" => match broker(&url["mqtt://".len()..]) {
            Some((host, port, topic)) => {
                if user.is_some() != password.is_some() {
                    let remedy = "write both `user` and `password`, or neither".to_owned();
                    wrong("half of a login".to_owned(), remedy, notes);
                }
                Some(LinesTransport::Mqtt { host, port, topic, login: user.zip(password) })
            }
            None => {
                wrong(format!("{url:?} names no broker and topic"), URL_EXAMPLES.to_owned(), notes);
                None
            }
        },
        _ => {
            wrong(format!("{url:?} is no door"), URL_EXAMPLES.to_owned(), notes);
            None
        }
    };
    table.close(notes);
    let door = LinesDoor { url, transport: transport? };
    warn_of_strangers(&door, notes);
    Some(door)
}

fn warn_of_strangers(door: &LinesDoor, notes: &mut Notes) {
    let reach = match &door.transport {
        LinesTransport::Tcp { address, .. } if !address.ip().is_loopback() => "reaches it",
        LinesTransport::Http { token: None } => "reaches the page's address",
        LinesTransport::Mqtt { login: None, .. } => "reaches the broker",
        _ => return,
    };
    notes.warn(format!("lines {}: anybody who {reach} can speak for any sensor or node with `lines`", door.url));
}

fn secret(table: &mut Table<'_>, key: &'static str, least: usize, notes: &mut Notes) -> Option<Secret> {
    let text = table.text(key, notes)?;
    if (least..=SECRET_MAX).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic()) {
        return Some(Secret(text.to_owned()));
    }
    let remedy = format!("write {least} to {SECRET_MAX} characters without spaces; `openssl rand -hex 24` makes some");
    notes.problems.push(table.problem(key, "too short, too long, or with spaces", remedy));
    None
}

/// `host:port/topic`.
fn broker(rest: &str) -> Option<(String, u16, String)> {
    let (place, topic) = rest.split_once('/')?;
    let (host, port) = place.rsplit_once(':')?;
    let port = port.parse().ok().filter(|port| *port != 0)?;
    let is_host = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-[]:".contains(c));
    let is_topic = (1..=1_024).contains(&topic.len()) && !topic.contains('\0');
    (is_host && is_topic).then(|| (host.to_owned(), port, topic.to_owned()))
}
