//! `[mqtt]`, the broker by which sirens and displays are told, and `[[siren]]`, the sirens.

use std::net::SocketAddr;

use parapet_engine::Mode;
use parapet_warn::Zone;

use crate::file::{self, ClientTrust, Hidden};
use crate::problem::{Notes, Page};
use crate::site::Load;
use crate::table::{Table, Within, within};

/// Most sirens of a site.
const SIRENS_MAX: usize = 16_384;
/// How long a command stands without renewal, seconds; the format allows 120.
const STANDS: Within = within(5.0, 120.0, " s");
const STANDS_DEFAULT_S: f64 = 30.0;
/// How often the program says that it is alive, seconds.
const HEARTBEAT: Within = within(0.5, 60.0, " s");
const HEARTBEAT_DEFAULT_S: f64 = 2.0;

/// The broker.
#[derive(Clone, Debug, PartialEq)]
pub struct Mqtt {
    /// Name or numeric address; with TLS the name in its certificate.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How it proves who it is, and how we do.
    pub trust: ClientTrust,
    /// Name and password, where it wants them.
    pub login: Option<(String, Hidden)>,
    /// The site as topics and messages name it.
    pub site: String,
    /// The secret key that siren commands are signed with, as text, of the site's world.
    pub key: Hidden,
    /// How long a command stands without renewal, seconds.
    pub stands_s: f64,
    /// How often the program says that it is alive, seconds.
    pub heartbeat_s: f64,
    /// Where Home Assistant is told which entities there are; `None` for not at all.
    pub discovery: Option<String>,
    /// Address from which the second path to sirens is taken.
    pub udp: SocketAddr,
    /// The sirens.
    pub sirens: Vec<Siren>,
}

/// A siren.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Siren {
    /// Its name, unique.
    pub id: String,
    /// The public key of its receipts, as text, of the site's world.
    pub key: String,
    /// The keys of the zones that it is heard in; empty for all.
    pub zones: Vec<String>,
    /// Where it takes commands when the broker does not answer.
    pub udp: Option<SocketAddr>,
}

/// Reads `[mqtt]` and every `[[siren]]`.
pub(crate) fn read(
    page: &Page,
    mqtt: Option<Table<'_>>,
    mut sirens: Vec<Table<'_>>,
    setting: &Setting<'_>,
    load: &mut Load<'_>,
    notes: &mut Notes,
) -> Option<Mqtt> {
    let Some(mut table) = mqtt else {
        if let Some(table) = sirens.first() {
            let what = "there are sirens, and no broker to tell them by";
            notes.problems.push(page.problem(
                table.span(),
                "siren",
                what,
                "add a table `[mqtt]`, or remove `[[siren]]`",
            ));
        }
        return None;
    };
    if let Some(table) = sirens.get(SIRENS_MAX) {
        let what = format!("{} sirens", sirens.len());
        notes.problems.push(page.problem(table.span(), "siren", what, format!("at most {SIRENS_MAX} sirens a site")));
        sirens.truncate(SIRENS_MAX);
    }
    let mut known: Vec<Siren> = Vec::new();
    for table in sirens {
        if let Some(siren) = siren(table, setting, &known, notes) {
            known.push(siren);
        }
    }
    known.sort_by(|a, b| a.id.cmp(&b.id));
    let mqtt = broker(&mut table, known, setting, load, notes);
    table.close(notes);
    mqtt
}

/// What the tables are held against.
pub(crate) struct Setting<'a> {
    pub(crate) site_name: &'a str,
    pub(crate) mode: Mode,
    pub(crate) zones: &'a [Zone],
}

impl Setting<'_> {
    fn world(&self) -> &'static str {
        match self.mode {
            Mode::Live => "live",
            Mode::Exercise => "exercise",
        }
    }

    /// What is wrong with a key, and what to do.
    fn key_fault(&self, text: &str, kind: &str) -> Option<(String, String)> {
        let world = self.world();
        let other = if world == "live" { "exercise" } else { "live" };
        let digits = |rest: &str| rest.len() == 64 && rest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if text.strip_prefix(&format!("parapet-siren-{world}-{kind}-1:")).is_some_and(digits) {
            return None;
        }
        let remedy = format!("`parapet-siren keys --world {world}` makes a pair of keys");
        if text.starts_with(&format!("parapet-siren-{other}-")) {
            let what = format!("this is a key for {other}, and the site is {world}: the two are never exchanged");
            return Some((what, remedy));
        }
        Some((format!("this is no {kind} key of a siren"), remedy))
    }
}

fn broker(
    table: &mut Table<'_>,
    sirens: Vec<Siren>,
    setting: &Setting<'_>,
    load: &mut Load<'_>,
    notes: &mut Notes,
) -> Option<Mqtt> {
    table.require("address", "\"broker.example:8883\"", notes);
    table.require("key_file", "\"keys/sirens.secret\"", notes);
    let address = table.text("address", notes).and_then(|text| {
        let address = host_and_port(text);
        if address.is_none() {
            let what = format!("{text:?} is no name or address with a port");
            notes.problems.push(table.problem("address", what, "write for example \"127.0.0.1:1883\""));
        }
        address
    });
    let trust = file::client_trust(table, load, notes);
    let login = login(table, load, notes);
    let key = file::text(table, "key_file", "name the file of the secret key, relative to this one", load, notes);
    let key = key.filter(|key| {
        let fault = setting.key_fault(key, "secret");
        if let Some((what, remedy)) = &fault {
            notes.problems.push(table.problem("key_file", what.clone(), remedy.clone()));
        }
        fault.is_none()
    });
    let site = table.identifier("site", notes).unwrap_or_else(|| slug(setting.site_name));
    let stands_s = table.number("stands_s", STANDS, notes).unwrap_or(STANDS_DEFAULT_S);
    let heartbeat_s = table.number("heartbeat_s", HEARTBEAT, notes).unwrap_or(HEARTBEAT_DEFAULT_S);
    let discovery = table.text("discovery", notes).map(|prefix| prefix.trim_matches('/').to_owned());
    let udp = udp(table, notes).unwrap_or_else(|| SocketAddr::from(([0, 0, 0, 0], 0)));
    let (host, port) = address?;
    if trust == Some(ClientTrust::Plain) && !is_loopback(&host) {
        notes.warn(format!("mqtt {host}:{port}: plain TCP; anybody on the way reads and delays what sirens are told"));
    }
    let discovery = discovery.filter(|prefix| !prefix.is_empty());
    let key = Hidden(key?);
    Some(Mqtt { host, port, trust: trust?, login, site, key, stands_s, heartbeat_s, discovery, udp, sirens })
}

fn login(table: &mut Table<'_>, load: &mut Load<'_>, notes: &mut Notes) -> Option<(String, Hidden)> {
    let user = table.text("user", notes);
    if user.is_some() || table.has("password_file") {
        table.require("user", "\"parapet\"", notes);
        table.require("password_file", "\"keys/mqtt.password\"", notes);
    }
    let password = file::text(table, "password_file", "name the file that holds the password only", load, notes)?;
    Some((user?.to_owned(), Hidden(password)))
}

fn siren(mut table: Table<'_>, setting: &Setting<'_>, known: &[Siren], notes: &mut Notes) -> Option<Siren> {
    table.require("id", "\"gate\"", notes);
    table.require("key", "\"parapet-siren-exercise-public-1:...\"", notes);
    let id = table.identifier("id", notes);
    if let Some(id) = &id {
        table.rename(format!("siren {id:?}"));
        if known.iter().any(|other| other.id == *id) {
            notes.problems.push(table.problem("id", format!("{id:?} is taken"), "every siren has its own name"));
        }
    }
    let key = table.text("key", notes).filter(|key| {
        let fault = setting.key_fault(key, "public");
        if let Some((what, remedy)) = &fault {
            notes.problems.push(table.problem("key", what.clone(), remedy.clone()));
        }
        fault.is_none()
    });
    let mut zones = Vec::new();
    for (zone, span) in table.texts("zones", notes) {
        if setting.zones.iter().any(|known| known.key == zone) {
            zones.push(zone.to_owned());
        } else {
            let keys: Vec<&str> = setting.zones.iter().map(|zone| zone.key.as_str()).collect();
            let what = format!("the site has no zone {zone:?}");
            let remedy = crate::table::did_you_mean(zone, &keys);
            let key = format!("{} zones", table.path());
            notes.problems.push(table.page().problem(span, key, what, remedy));
        }
    }
    let udp = udp(&mut table, notes);
    table.close(notes);
    Some(Siren { id: id?, key: key?.to_owned(), zones, udp })
}

fn udp(table: &mut Table<'_>, notes: &mut Notes) -> Option<SocketAddr> {
    let text = table.text("udp", notes)?;
    let address = text.parse().ok();
    if address.is_none() {
        let what = format!("{text:?} is not an address with a port");
        notes.problems.push(table.problem(
            "udp",
            what,
            "write for example \"192.0.2.7:7701\"; names are not looked up",
        ));
    }
    address
}

/// `host:port`, `[::1]:port`.
pub(crate) fn host_and_port(text: &str) -> Option<(String, u16)> {
    let (host, port) = text.rsplit_once(':')?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let fine = |c: char| c.is_ascii_alphanumeric() || "-._:".contains(c);
    let named = !host.is_empty() && host.len() <= 253 && host.chars().all(fine);
    port.parse().ok().filter(|port| named && *port != 0).map(|port| (host.to_owned(), port))
}

pub(crate) fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The site's name as one word for topics.
fn slug(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    if words.is_empty() { "site".to_owned() } else { words.join("-") }
}
