//! The `[output]` table: where alarms, the recording and the page go.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::access::{AccessSettings, HttpSettings};
use crate::problem::Notes;
use crate::table::{Table, within};

const ALARMS_DEFAULT: &str = "out/alarms";
const RECORDING_DEFAULT: &str = "out/recordings";
const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;
/// A segment is read into memory as a whole when a program starts anew: a fraction of a second.
const SEGMENT_DEFAULT_MIB: u64 = 64;
/// A day of a busy site, and little for any disk.
const KEPT_DEFAULT_GIB: u64 = 16;
/// Only this machine sees the page unless the owner says otherwise.
const HTTP_DEFAULT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// Where outputs go. Folders are as written; the program resolves them against the folder that it is started in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputSettings {
    /// Folder of alarms as JSON Lines and CAP files.
    pub alarms: String,
    /// Folder of recordings.
    pub recording: String,
    /// Address of the page and its interface.
    pub http: SocketAddr,
    /// Address at which only the page for people is served, for many phones; where there is none they use [`http`](Self::http).
    pub public: Option<SocketAddr>,
    /// How recordings are kept.
    pub kept: KeptSettings,
    /// CAP `sender`: names the originator of alerts, unique in the world.
    pub cap_sender: String,
}

/// How recordings are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSettings {
    /// The file of the key that signs them; one in the folder of recordings where none is named.
    pub key: Option<String>,
    /// Octets after which a segment is finished and another begun.
    pub segment_octets: u64,
    /// Octets that all recordings may have together; the oldest segments are dropped beyond, but none in which an alarm is open.
    pub octets_max: u64,
}

/// Reads `[output]`.
pub(crate) fn read(table: Option<Table<'_>>, site_name: &str, notes: &mut Notes) -> OutputSettings {
    let mut output = OutputSettings {
        alarms: ALARMS_DEFAULT.to_owned(),
        recording: RECORDING_DEFAULT.to_owned(),
        http: HTTP_DEFAULT,
        public: None,
        kept: KeptSettings { key: None, segment_octets: SEGMENT_DEFAULT_MIB * MIB, octets_max: KEPT_DEFAULT_GIB * GIB },
        cap_sender: sender_of(site_name),
    };
    let Some(mut table) = table else {
        return output;
    };
    if let Some(http) = http(&mut table, notes) {
        output.http = http;
    }
    output.public = address(&mut table, "public", "0.0.0.0:8081", notes);
    if output.public.is_some_and(|public| public.port() != 0 && public.port() == output.http.port()) {
        let what = format!("the port {} is that of `http`", output.http.port());
        notes.problems.push(table.problem("public", what, "write another port"));
    }
    for (key, place) in [("alarms", &mut output.alarms), ("recording", &mut output.recording)] {
        if let Some(folder) = folder(&mut table, key, notes) {
            *place = folder;
        }
    }
    output.kept.key = folder(&mut table, "recording_key", notes);
    if let Some(mib) = table.whole("recording_segment_mib", within(1.0, 4_096.0, " MiB"), notes) {
        output.kept.segment_octets = u64::from(mib) * MIB;
    }
    if let Some(gib) = table.number("recording_max_gib", within(0.25, 1e6, " GiB"), notes) {
        output.kept.octets_max = (gib * GIB as f64) as u64;
    }
    if let Some(sender) = cap_sender(&mut table, notes) {
        output.cap_sender = sender;
    }
    if output.alarms == output.recording {
        let what = "alarms and recording go to the same folder";
        notes.problems.push(table.problem("recording", what, "write two different folders"));
    }
    table.close(notes);
    output
}

fn http(table: &mut Table<'_>, notes: &mut Notes) -> Option<SocketAddr> {
    address(table, "http", "127.0.0.1:8080", notes)
}

fn address(table: &mut Table<'_>, key: &'static str, example: &str, notes: &mut Notes) -> Option<SocketAddr> {
    let text = table.text(key, notes)?;
    let address = text.parse().ok();
    if address.is_none() {
        let what = format!("{text:?} is not an address with a port");
        notes.problems.push(table.problem(key, what, format!("write for example {example:?}")));
    }
    address
}

/// What the owner should know of a page that is served to others than this machine, one sentence each.
pub(crate) fn reach(
    address: SocketAddr,
    http: &HttpSettings,
    access: &AccessSettings,
    has_people: bool,
) -> Vec<String> {
    let mut words = Vec::new();
    if address.ip().is_loopback() {
        return words;
    }
    if !access.closed {
        words.push(format!(
            "output http: everybody who reaches {address} sees the page; it asks nobody who they are (add a table [access])"
        ));
    }
    if has_people && http.tls.is_none() && http.proxies.is_empty() {
        words.push(format!(
            "output http: nobody can log in or order at {address} except from this machine, for nothing there is encrypted; \
             write `certificate` and `key` into [http], or name the proxy that encrypts in `proxies`"
        ));
    }
    words
}

fn folder(table: &mut Table<'_>, key: &'static str, notes: &mut Notes) -> Option<String> {
    let text = table.text(key, notes)?;
    if !text.trim().is_empty() && !text.contains('\0') {
        return Some(text.to_owned());
    }
    notes.problems.push(table.problem(key, format!("{text:?} is no folder"), "write for example \"out/alarms\""));
    None
}

/// CAP 1.2, 3.2.1: no spaces, commas or restricted characters (`<` and `&`).
fn cap_sender(table: &mut Table<'_>, notes: &mut Notes) -> Option<String> {
    let text = table.text("cap_sender", notes)?;
    let fine = |c: char| c.is_ascii_graphic() && !",<&".contains(c);
    if !text.is_empty() && text.len() <= 200 && text.chars().all(fine) {
        return Some(text.to_owned());
    }
    let what = format!("{text:?} cannot be a CAP sender");
    notes.problems.push(table.problem(
        "cap_sender",
        what,
        "write for example \"parapet@site.example\": no spaces, commas, `<` or `&`",
    ));
    None
}

/// A sender made of the site's name: letters and digits, the rest as hyphens.
fn sender_of(site_name: &str) -> String {
    let words: Vec<String> = site_name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    if words.is_empty() { "parapet".to_owned() } else { format!("parapet-{}", words.join("-")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_made_of_the_name() {
        assert_eq!(sender_of("Green Zone (demonstration)"), "parapet-green-zone-demonstration");
        assert_eq!(sender_of("<&, "), "parapet");
    }
}
