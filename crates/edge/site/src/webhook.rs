//! `[[webhook]]`: programs elsewhere that are told by HTTP.

use crate::file::{self, Hidden};
use crate::problem::{Notes, Page};
use crate::sapient::Pem;
use crate::siren::is_loopback;
use crate::site::Load;
use crate::table::{Table, Within, within};

/// Most webhooks of a site.
const WEBHOOKS_MAX: usize = 32;
/// A secret that can be guessed signs nothing, octets.
const SECRET_MIN: usize = 16;
const HEARTBEAT: Within = within(0.0, 3_600.0, " s");
const HEARTBEAT_DEFAULT_S: f64 = 0.0;

/// An endpoint that is told by HTTP.
#[derive(Clone, Debug, PartialEq)]
pub struct Webhook {
    /// Its name, unique.
    pub id: String,
    /// Where it is told.
    pub url: Url,
    /// Where it is told when it does not acknowledge there.
    pub second: Option<Url>,
    /// What the signatures are made with.
    pub secret: Hidden,
    /// Whom we believe when the address is `https`.
    pub authorities: Option<Pem>,
    /// How often it is told that the program is alive, seconds; 0 for never.
    pub heartbeat_s: f64,
}

/// An address of the web, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// Whether it is `https`.
    pub tls: bool,
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Path with query, beginning with `/`.
    pub path: String,
}

impl Url {
    /// Reads `http://host[:port][/path]` or `https://...`; `None` for anything else, user names in it included.
    #[must_use]
    pub fn parse(text: &str) -> Option<Url> {
        let (scheme, rest) = text.split_once("://")?;
        let tls = match scheme {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        let written = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let address =
            if written { authority.to_owned() } else { format!("{authority}:{}", if tls { 443 } else { 80 }) };
        let (host, port) = crate::siren::host_and_port(&address)?;
        let graphic = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
        (graphic && path.len() <= 2_000).then(|| Url { tls, host, port, path: path.to_owned() })
    }
}

impl core::fmt::Display for Url {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Url { tls, host, port, path } = self;
        let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        write!(f, "{}://{host}:{port}{path}", if *tls { "https" } else { "http" })
    }
}

/// Reads every `[[webhook]]`.
pub(crate) fn read(page: &Page, mut tables: Vec<Table<'_>>, load: &mut Load<'_>, notes: &mut Notes) -> Vec<Webhook> {
    if let Some(table) = tables.get(WEBHOOKS_MAX) {
        let what = format!("{} webhooks", tables.len());
        notes.problems.push(page.problem(table.span(), "webhook", what, format!("at most {WEBHOOKS_MAX} are told")));
        tables.truncate(WEBHOOKS_MAX);
    }
    let mut webhooks: Vec<Webhook> = Vec::new();
    for table in tables {
        if let Some(webhook) = webhook(table, &webhooks, load, notes) {
            webhooks.push(webhook);
        }
    }
    webhooks
}

fn webhook(mut table: Table<'_>, others: &[Webhook], load: &mut Load<'_>, notes: &mut Notes) -> Option<Webhook> {
    table.require("id", "\"duty-room\"", notes);
    table.require("url", "\"https://duty.example/parapet\"", notes);
    table.require("secret_file", "\"keys/duty-room.secret\"", notes);
    let id = table.identifier("id", notes);
    if let Some(id) = &id {
        table.rename(format!("webhook {id:?}"));
        if others.iter().any(|other| other.id == *id) {
            notes.problems.push(table.problem("id", format!("{id:?} is taken"), "every webhook has its own name"));
        }
    }
    let [url, second] = ["url", "second_url"].map(|key| url(&mut table, key, notes));
    let secret = file::text(&mut table, "secret_file", "name a file that holds the secret only", load, notes);
    let secret = secret.filter(|secret| {
        let long = secret.len() >= SECRET_MIN;
        if !long {
            let what = format!("the secret has {} octets", secret.len());
            let remedy = format!("at least {SECRET_MIN}; `openssl rand -hex 32` makes one");
            notes.problems.push(table.problem("secret_file", what, remedy));
        }
        long
    });
    if [url.as_ref(), second.as_ref()].into_iter().flatten().any(|url| url.tls) {
        table.require("authorities", "\"pki/authorities.pem\"", notes);
    }
    let authorities = file::pem(&mut table, "authorities", load, notes);
    let heartbeat_s = table.number("heartbeat_s", HEARTBEAT, notes).unwrap_or(HEARTBEAT_DEFAULT_S);
    table.close(notes);
    let (id, url) = (id?, url?);
    for plain in [Some(&url), second.as_ref()].into_iter().flatten().filter(|url| !url.tls && !is_loopback(&url.host)) {
        notes.warn(format!(
            "webhook {id}: {plain} is not encrypted; the signature holds, and everybody on the way reads it"
        ));
    }
    Some(Webhook { id, url, second, secret: Hidden(secret?), authorities, heartbeat_s })
}

fn url(table: &mut Table<'_>, key: &'static str, notes: &mut Notes) -> Option<Url> {
    let text = table.text(key, notes)?;
    let url = Url::parse(text);
    if url.is_none() {
        let what = format!("{text:?} is no address of the web");
        notes.problems.push(table.problem(
            key,
            what,
            "write for example \"https://duty.example/parapet\", without a user name",
        ));
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let shown = |text: &str| Url::parse(text).map(|url| url.to_string());
        assert_eq!(shown("https://a.example").as_deref(), Some("https://a.example:443/"));
        assert_eq!(shown("http://127.0.0.1:9000/hook?a=b").as_deref(), Some("http://127.0.0.1:9000/hook?a=b"));
        assert_eq!(shown("http://[::1]:9000/").as_deref(), Some("http://[::1]:9000/"));
        for wrong in
            ["a.example", "ftp://a", "http://u:p@a/", "http:///x", "http://a:0/", "http://a/b c", "http://a/#b"]
        {
            assert_eq!(shown(wrong), None, "{wrong}");
        }
    }
}
