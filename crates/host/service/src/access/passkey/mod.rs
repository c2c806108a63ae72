//! Passkeys: the relying party's side of Web Authentication Level 3, as far as a program needs it that knows its people.
//!
//! A key takes the place of a password, so that the authenticator must have verified its user. No attestation is asked for and none is
//! believed: which make of authenticator somebody uses is theirs to choose. Section numbers are those of the W3C's text.

mod bytes;
mod ceremony;
mod challenge;
mod cose;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;

use parapet_site::Url;
use serde::{Deserialize, Serialize};

pub(crate) use bytes::{Octets, octets, text};
pub(crate) use ceremony::{Asserted, Created, created, known};
pub(crate) use challenge::{Challenges, Purpose, STANDS_S};
pub(crate) use cose::ALGORITHMS;

/// Passkeys of one person.
pub(crate) const OF_ONE_MAX: usize = 16;

/// A passkey that somebody registered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Passkey {
    pub(crate) id: Octets,
    /// Whose it is, by the name in the site file.
    pub(crate) name: String,
    /// What they call it.
    pub(crate) label: String,
    /// The public key as COSE writes it.
    pub(crate) key: Octets,
    /// The authenticator's own count of its signatures; 0 where it does not count.
    pub(crate) counter: u32,
    /// Whether it may be copied to other devices; this never changes.
    pub(crate) portable: bool,
    /// Milliseconds since 1970 UTC.
    pub(crate) made_ms: i64,
    pub(crate) used_ms: Option<i64>,
}

/// For whom a passkey is: the address at which browsers see the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Party {
    pub(crate) origin: String,
    /// The host of it, without the port.
    pub(crate) id: String,
}

impl Party {
    /// By the configured origin, or for a browser on this machine by the host that it asks; `None` where browsers have no passkeys,
    /// which is wherever a number stands for a name, or nothing is encrypted.
    pub(crate) fn of(origin: Option<&Url>, host: Option<&str>) -> Option<Self> {
        let party = match origin {
            Some(url) => {
                let (scheme, usual) = if url.tls { ("https", 443) } else { ("http", 80) };
                let port = if url.port == usual { String::new() } else { format!(":{}", url.port) };
                Party { origin: format!("{scheme}://{}{port}", url.host), id: url.host.clone() }
            }
            None => {
                let host = host.filter(|host| host.split(':').next() == Some("localhost"))?;
                Party { origin: format!("http://{host}"), id: "localhost".to_owned() }
            }
        };
        party.id.parse::<std::net::IpAddr>().is_err().then_some(party)
    }
}

/// What was wrong with what a browser sent, for people and the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault(pub(crate) &'static str);
