//! `[http]` and `[access]`: how the page is served, and who may see it.

use std::net::IpAddr;

use crate::file::{self, Hidden};
use crate::operator::Operator;
use crate::problem::Notes;
use crate::sapient::Pem;
use crate::siren::is_loopback;
use crate::site::Load;
use crate::table::{Table, Within, within};
use crate::webhook::Url;

/// Most reverse proxies in front of the page.
const PROXIES_MAX: usize = 16;
/// Connections at once from one address. Many phones may share one.
const CONNECTIONS: Within = within(1.0, 800.0, "");
const CONNECTIONS_DEFAULT: u32 = 128;
/// Requests per second from one address, over a minute.
const REQUESTS: Within = within(1.0, 10_000.0, " requests/s");
const REQUESTS_DEFAULT: f64 = 100.0;
/// A session nobody uses ends after this long, minutes.
const IDLE: Within = within(1.0, 1_440.0, " min");
const IDLE_DEFAULT_MIN: f64 = 60.0;
/// A session ends after this long however much it is used, hours: a watch.
const SESSION: Within = within(0.1, 168.0, " h");
const SESSION_DEFAULT_H: f64 = 8.0;
/// Where passkeys are kept unless the owner says otherwise.
const FOLDER_DEFAULT: &str = "out/access";
/// Longest text that names somebody or something elsewhere, octets.
const FOREIGN_MAX: usize = 255;

/// How the page is served.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpSettings {
    /// Certificate chain and private key; without them the page has no encryption of its own.
    pub tls: Option<(Pem, Pem)>,
    /// Where browsers see the page, without a path; `None` when that is as they ask.
    pub origin: Option<Url>,
    /// Reverse proxies whose word is taken on who asks, and by which scheme.
    pub proxies: Vec<IpAddr>,
    /// Connections at once from one address.
    pub connections_per_address: u32,
    /// Requests per second from one address, over a minute.
    pub requests_per_s: f64,
}

/// Who may see what.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessSettings {
    /// Whether reading needs a viewer: the site has a table `[access]`.
    pub closed: bool,
    /// Whether the public view is open all the same.
    pub public: bool,
    /// A session nobody uses ends after this long, seconds.
    pub idle_s: f64,
    /// A session ends after this long however much it is used, seconds.
    pub session_s: f64,
    /// Folder of passkeys, as written.
    pub folder: String,
    /// Who else may say who somebody is.
    pub openid: Option<OpenIdSettings>,
}

/// An OpenID Connect provider.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenIdSettings {
    /// What the button says.
    pub name: String,
    /// Its name as it writes it itself, where it is asked for its configuration.
    pub issuer: String,
    /// The same, taken apart.
    pub url: Url,
    /// As whom we ask.
    pub client: String,
    /// How we prove that; `None` for a public client.
    pub secret: Option<Hidden>,
    /// Whom we believe when we ask it; `None` where there is no TLS.
    pub authorities: Option<Pem>,
    /// The claim by which people are known.
    pub claim: String,
}

/// Reads `[http]`.
pub(crate) fn http(table: Option<Table<'_>>, load: &mut Load<'_>, notes: &mut Notes) -> HttpSettings {
    let mut http = HttpSettings {
        tls: None,
        origin: None,
        proxies: Vec::new(),
        connections_per_address: CONNECTIONS_DEFAULT,
        requests_per_s: REQUESTS_DEFAULT,
    };
    let Some(mut table) = table else { return http };
    if table.has("certificate") || table.has("key") {
        table.require("certificate", "\"pki/page.pem\"", notes);
        table.require("key", "\"pki/page-key.pem\"", notes);
        let certificate = file::pem(&mut table, "certificate", load, notes);
        let key = file::pem(&mut table, "key", load, notes);
        http.tls = certificate.zip(key);
    }
    http.origin = origin(&mut table, notes);
    http.proxies = proxies(&mut table, notes);
    if let Some(most) = table.whole("connections_per_address", CONNECTIONS, notes) {
        http.connections_per_address = most;
    }
    if let Some(rate) = table.number("requests_per_s", REQUESTS, notes) {
        http.requests_per_s = rate;
    }
    table.close(notes);
    http
}

fn origin(table: &mut Table<'_>, notes: &mut Notes) -> Option<Url> {
    let text = table.text("origin", notes)?;
    let remedy = "write what browsers show, for example \"https://parapet.example\"";
    match Url::parse(text).filter(|url| url.path == "/" && !text.ends_with('/')) {
        Some(url) if url.tls || is_loopback(&url.host) => Some(url),
        Some(_) => {
            let what = format!("{text:?} has no encryption: browsers give it neither safe cookies nor passkeys");
            notes.problems.push(table.problem("origin", what, remedy));
            None
        }
        None => {
            notes.problems.push(table.problem("origin", format!("{text:?} is no scheme, host and port alone"), remedy));
            None
        }
    }
}

fn proxies(table: &mut Table<'_>, notes: &mut Notes) -> Vec<IpAddr> {
    let mut proxies = Vec::new();
    for (text, _) in table.texts("proxies", notes) {
        match text.parse::<IpAddr>() {
            Ok(address) if proxies.len() < PROXIES_MAX => proxies.push(address.to_canonical()),
            Ok(_) => {
                let what = format!("more than {PROXIES_MAX} proxies");
                notes.problems.push(table.problem("proxies", what, "name those only that speak to this program"));
                break;
            }
            Err(_) => {
                let what = format!("{text:?} is no address");
                notes.problems.push(table.problem("proxies", what, "write for example [\"192.0.2.7\"]"));
            }
        }
    }
    proxies
}

/// Reads `[access]`.
pub(crate) fn read(table: Option<Table<'_>>, load: &mut Load<'_>, notes: &mut Notes) -> AccessSettings {
    let mut access = AccessSettings {
        closed: table.is_some(),
        public: false,
        idle_s: IDLE_DEFAULT_MIN * 60.0,
        session_s: SESSION_DEFAULT_H * 3_600.0,
        folder: FOLDER_DEFAULT.to_owned(),
        openid: None,
    };
    let Some(mut table) = table else { return access };
    access.public = table.flag("public", notes).unwrap_or(false);
    if let Some(idle_min) = table.number("idle_min", IDLE, notes) {
        access.idle_s = idle_min * 60.0;
    }
    if let Some(session_h) = table.number("session_h", SESSION, notes) {
        access.session_s = session_h * 3_600.0;
    }
    if let Some(folder) = table.text("folder", notes) {
        if folder.trim().is_empty() || folder.contains('\0') {
            let what = format!("{folder:?} is no folder");
            notes.problems.push(table.problem("folder", what, "write for example \"out/access\""));
        }
        folder.clone_into(&mut access.folder);
    }
    access.openid = table.table("openid", notes).and_then(|table| openid(table, load, notes));
    table.close(notes);
    access
}

fn openid(mut table: Table<'_>, load: &mut Load<'_>, notes: &mut Notes) -> Option<OpenIdSettings> {
    table.require("issuer", "\"https://login.example\"", notes);
    table.require("client", "\"parapet\"", notes);
    let name = table.label("name", notes).unwrap_or_else(|| "OpenID Connect".to_owned());
    let issuer = table.text("issuer", notes);
    let url = issuer.and_then(Url::parse).filter(|url| url.tls || is_loopback(&url.host));
    if let (Some(issuer), None) = (issuer, &url) {
        let what = format!("{issuer:?} is no address with https");
        notes.problems.push(table.problem("issuer", what, "write the issuer as its own configuration names it"));
    }
    let client = foreign(&mut table, "client", notes);
    let remedy = "name a file that holds the client's secret only";
    let secret = file::text(&mut table, "secret_file", remedy, load, notes).map(Hidden);
    if url.as_ref().is_some_and(|url| url.tls) {
        table.require("authorities", "\"pki/authorities.pem\"", notes);
    }
    let authorities = file::pem(&mut table, "authorities", load, notes);
    let claim = foreign(&mut table, "claim", notes).unwrap_or_else(|| "sub".to_owned());
    table.close(notes);
    Some(OpenIdSettings { name, issuer: issuer?.to_owned(), url: url?, client: client?, secret, authorities, claim })
}

/// A name that somebody else gave: any graphic text.
pub(crate) fn foreign(table: &mut Table<'_>, key: &'static str, notes: &mut Notes) -> Option<String> {
    let text = table.text(key, notes)?;
    if (1..=FOREIGN_MAX).contains(&text.len()) && !text.chars().any(char::is_control) {
        return Some(text.to_owned());
    }
    let remedy = format!("write 1 to {FOREIGN_MAX} characters");
    notes.problems.push(table.problem(key, format!("{text:?} is no name"), remedy));
    None
}

/// What fits together only when the whole site is known.
pub(crate) fn judge(http: &HttpSettings, access: &AccessSettings, operators: &[Operator], notes: &mut Notes) {
    if access.closed && operators.is_empty() {
        notes.warn("access: the site is closed and knows nobody, so that nobody can look; add a table [[operator]]");
    }
    for operator in operators.iter().filter(|operator| operator.openid.is_some()) {
        if access.openid.is_none() {
            let name = &operator.name;
            notes.warn(format!("operator {name:?}: `openid` means nothing without a table [access.openid]"));
        }
    }
    if access.openid.is_some() && http.origin.is_none() {
        notes.warn("access openid: without `[http] origin` only a browser on this machine (http://localhost) is sent back here");
    }
}
