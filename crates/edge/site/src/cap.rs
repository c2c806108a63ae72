//! `[cap]`: languages, names, signature and endpoints of CAP messages. The folder stands in `[output]`.

use std::collections::BTreeMap;

use crate::file::{self, Hidden, pem};
use crate::problem::Notes;
use crate::sapient::Pem;
use crate::siren::is_loopback;
use crate::site::Load;
use crate::table::Table;
use crate::webhook::Url;

/// Languages in which there are texts; `parapet-cap` has the same list.
pub(crate) const LANGUAGES: [&str; 2] = ["en-US", "ar"];
/// Most endpoints of a site.
const ENDPOINTS_MAX: usize = 8;
/// Longest secret of an endpoint, characters.
const TOKEN_MAX: usize = 4_096;

/// How alarms are told by CAP, beside the folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CapSettings {
    /// Codes of the languages of each message, in order; never empty but by [`Default`].
    pub languages: Vec<String>,
    /// What zones are called otherwise: by language, by the zone's key.
    pub names: BTreeMap<String, BTreeMap<String, String>>,
    /// Who signs, where messages are signed.
    pub signer: Option<CapSigner>,
    /// Where messages are sent.
    pub endpoints: Vec<CapEndpoint>,
    /// What links in the Atom feed begin with; the address of the page where it is `None`.
    pub feed_base: Option<String>,
}

/// A key and its certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapSigner {
    /// The certificate.
    pub certificate: Pem,
    /// Its private key: PKCS #8, ECDSA over P-256.
    pub key: Pem,
}

/// An HTTP endpoint that takes messages by POST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapEndpoint {
    /// Identifier for status and metrics, unique.
    pub name: String,
    /// Where.
    pub url: Url,
    /// What is sent as `Authorization: Bearer`, where the endpoint wants it.
    pub token: Option<Hidden>,
    /// The authorities that an `https` endpoint's certificate comes from.
    pub authorities: Option<Pem>,
}

/// Reads `[cap]`.
pub(crate) fn read(table: Option<Table<'_>>, load: &mut Load<'_>, notes: &mut Notes) -> CapSettings {
    let english = || vec![LANGUAGES[0].to_owned()];
    let Some(mut table) = table else {
        return CapSettings { languages: english(), ..CapSettings::default() };
    };
    let languages = languages(&mut table, notes);
    let names = names(&mut table, notes);
    let signer = table.table("sign", notes).and_then(|table| signer(table, load, notes));
    let feed_base = feed_base(&mut table, notes);
    let tables = table.tables("endpoint", notes);
    if tables.len() > ENDPOINTS_MAX {
        let what = format!("{} endpoints", tables.len());
        notes.problems.push(table.problem("endpoint", what, format!("at most {ENDPOINTS_MAX} are told")));
    }
    let mut endpoints: Vec<CapEndpoint> = Vec::new();
    for (number, mut table) in tables.into_iter().take(ENDPOINTS_MAX).enumerate() {
        let name = table.identifier("name", notes).unwrap_or_else(|| format!("cap-{}", number + 1));
        if endpoints.iter().any(|endpoint| endpoint.name == name) {
            let what = format!("{name:?} is another endpoint already");
            notes.problems.push(table.problem("name", what, "give each endpoint a name of its own"));
        }
        endpoints.extend(endpoint(table, name, load, notes));
    }
    table.close(notes);
    let languages = if languages.is_empty() { english() } else { languages };
    CapSettings { languages, names, signer, endpoints, feed_base }
}

fn languages(table: &mut Table<'_>, notes: &mut Notes) -> Vec<String> {
    let mut languages: Vec<String> = Vec::new();
    for (text, span) in table.texts("languages", notes) {
        let fault = if !LANGUAGES.contains(&text) {
            Some(format!("there are no texts in {text:?}"))
        } else if languages.iter().any(|language| language == text) {
            Some(format!("{text:?} stands there twice"))
        } else {
            None
        };
        match fault {
            None => languages.push(text.to_owned()),
            Some(what) => {
                let (key, remedy) = ("cap languages", format!("known here: {}, each once", LANGUAGES.join(", ")));
                notes.problems.push(table.page().problem(span, key, what, remedy));
            }
        }
    }
    languages
}

/// `names.ar = { hospital = "..." }`. Zones that do not exist do no harm: a zone file changes oftener than this.
fn names(table: &mut Table<'_>, notes: &mut Notes) -> BTreeMap<String, BTreeMap<String, String>> {
    let Some(mut names) = table.table("names", notes) else { return BTreeMap::new() };
    let mut found = BTreeMap::new();
    for language in LANGUAGES {
        if let Some(table) = names.table(language, notes) {
            found.insert(language.to_owned(), table.labels(notes));
        }
    }
    names.close(notes);
    found
}

fn signer(mut table: Table<'_>, load: &mut Load<'_>, notes: &mut Notes) -> Option<CapSigner> {
    table.require("certificate", "\"pki/cap.pem\"", notes);
    table.require("key", "\"pki/cap-key.pem\"", notes);
    let [certificate, key] = ["certificate", "key"].map(|key| pem(&mut table, key, load, notes));
    table.close(notes);
    Some(CapSigner { certificate: certificate?, key: key? })
}

fn feed_base(table: &mut Table<'_>, notes: &mut Notes) -> Option<String> {
    let text = table.text("feed_base", notes)?;
    if Url::parse(text).is_some() && text.ends_with('/') && !text.contains('"') {
        return Some(text.to_owned());
    }
    let remedy = "write for example \"https://warn.example/cap/\", ending in a slash";
    notes.problems.push(table.problem("feed_base", format!("{text:?} cannot begin a link"), remedy));
    None
}

fn endpoint(mut table: Table<'_>, name: String, load: &mut Load<'_>, notes: &mut Notes) -> Option<CapEndpoint> {
    table.require("url", "\"https://alerts.example/cap\"", notes);
    let text = table.text("url", notes);
    let url = text.and_then(Url::parse);
    if let (Some(text), None) = (text, &url) {
        let what = format!("{text:?} is no address that takes messages");
        notes.problems.push(table.problem("url", what, "write `https://host/path` or `http://127.0.0.1:8090/path`"));
    }
    let remedy = "name a file with one line of letters, digits and marks, relative to this one";
    let token = file::text(&mut table, "token_file", remedy, load, notes).filter(|token| {
        let fits = token.len() <= TOKEN_MAX && token.chars().all(|c| c.is_ascii_graphic());
        if !fits {
            notes.problems.push(table.problem("token_file", "the file holds no token", remedy));
        }
        fits
    });
    if url.as_ref().is_some_and(|url| url.tls) {
        // Nobody outside the site decides whom it believes: there is no built-in list.
        table.require("authorities", "\"pki/alerts-ca.pem\"", notes);
    }
    let authorities = pem(&mut table, "authorities", load, notes);
    if url.as_ref().is_some_and(|url| !url.tls && !is_loopback(&url.host)) {
        notes
            .warn(format!("cap endpoint {name}: plain HTTP; anybody on the way can read and alter what is not signed"));
    }
    table.close(notes);
    Some(CapEndpoint { name, url: url?, token: token.map(Hidden), authorities })
}
