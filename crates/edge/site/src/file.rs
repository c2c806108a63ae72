//! Files that a key names: keys, certificates, passwords. What is secret in them is never shown.

use crate::problem::Notes;
use crate::sapient::Pem;
use crate::site::Load;
use crate::table::Table;

/// Longest file of this kind, bytes.
const FILE_MAX: usize = 256 * 1024;

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(pub String);

impl core::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Hidden(not shown)")
    }
}

/// The text of the file under a key, without the blanks around it; `None` when the key is absent or the file was noted as a
/// problem.
pub(crate) fn text(
    table: &mut Table<'_>,
    key: &'static str,
    remedy: &str,
    load: &mut Load<'_>,
    notes: &mut Notes,
) -> Option<String> {
    let file = table.text(key, notes)?;
    let fault = match load(file) {
        Ok(text) if text.len() > FILE_MAX => format!("the file {file:?} has {} bytes", text.len()),
        Ok(text) if text.trim().is_empty() => format!("the file {file:?} is empty"),
        Ok(text) => return Some(text.trim().to_owned()),
        Err(why) => format!("the file {file:?} cannot be read: {why}"),
    };
    notes.problems.push(table.problem(key, fault, remedy));
    None
}

/// A PEM file under a key.
pub(crate) fn pem(table: &mut Table<'_>, key: &'static str, load: &mut Load<'_>, notes: &mut Notes) -> Option<Pem> {
    let text = text(table, key, "name a PEM file, relative to this one", load, notes)?;
    if text.contains("-----BEGIN ") {
        return Some(Pem(text));
    }
    notes.problems.push(table.problem(key, "the file is no PEM", "name a PEM file, relative to this one"));
    None
}

/// How a peer that we connect to proves who it is, and how we do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientTrust {
    /// It by a certificate of these authorities; we by our own certificate and key, where we have one.
    Tls {
        /// Whom we believe.
        authorities: Pem,
        /// Our certificate and its private key.
        identity: Option<(Pem, Pem)>,
    },
    /// Nobody does.
    Plain,
}

/// Reads `trust`, `authorities`, `certificate` and `key_file`; TLS unless the owner writes otherwise.
pub(crate) fn client_trust(table: &mut Table<'_>, load: &mut Load<'_>, notes: &mut Notes) -> Option<ClientTrust> {
    const FILES: [&str; 3] = ["authorities", "certificate", "certificate_key"];
    if table.word("trust", &[("tls", false), ("plain", true)], notes).unwrap_or(false) {
        for key in FILES {
            if table.text(key, notes).is_some() {
                let what = format!("`{key}` makes no sense where nobody proves who they are");
                notes.problems.push(table.problem(key, what, "remove it, or write `trust = \"tls\"`"));
            }
        }
        return Some(ClientTrust::Plain);
    }
    table.require("authorities", "\"pki/authorities.pem\"", notes);
    let authorities = pem(table, "authorities", load, notes);
    let both = table.has("certificate") || table.has("certificate_key");
    let mut identity = None;
    if both {
        table.require("certificate", "\"pki/parapet.pem\"", notes);
        table.require("certificate_key", "\"pki/parapet-key.pem\"", notes);
        let certificate = pem(table, "certificate", load, notes);
        let key = pem(table, "certificate_key", load, notes);
        identity = Some((certificate?, key?));
    }
    Some(ClientTrust::Tls { authorities: authorities?, identity })
}
