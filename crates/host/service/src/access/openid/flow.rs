//! Logins that are under way at the provider. A value; time arrives as an argument.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::IpAddr;

use parapet_frame::Time;

use super::super::sessions::secret;
use super::super::throttle::network;
use super::digest;

/// How long somebody may take at the provider, seconds.
const STANDS_S: f64 = 600.0;
/// Logins under way at once, and from one address: whoever begins many pushes out their own.
const UNDER_MAX: usize = 1_024;
const OF_ONE_MAX: usize = 32;

/// One of them.
#[derive(Clone, Debug)]
pub(super) struct Under {
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    whence: IpAddr,
    begun: Time,
}

impl Under {
    /// What the provider is told of the verifier (RFC 7636, 4.2).
    pub(super) fn challenge(&self) -> String {
        digest(&self.verifier)
    }
}

/// All of them, by the hash of the secret in the browser's cookie.
#[derive(Debug, Default)]
pub(super) struct Flows {
    under: BTreeMap<String, Under>,
}

impl Flows {
    /// Begins one; `None` when the system gives no randomness.
    pub(super) fn begin(&mut self, whence: IpAddr, now: Time) -> Option<(String, Under)> {
        let whence = network(whence);
        self.under.retain(|_, under| now.seconds_since(under.begun) < STANDS_S);
        let of_one = self.under.values().filter(|under| under.whence == whence).count() >= OF_ONE_MAX;
        if of_one || self.under.len() >= UNDER_MAX {
            let those = self.under.iter().filter(|(_, under)| !of_one || under.whence == whence);
            let oldest = those.min_by_key(|(_, under)| under.begun).map(|(name, _)| name.clone());
            oldest.map(|name| self.under.remove(&name));
        }
        let browser = secret()?;
        let under = Under { state: secret()?, nonce: secret()?, verifier: secret()?, whence, begun: now };
        self.under.insert(digest(&browser), under.clone());
        Some((browser, under))
    }

    /// Takes one; it is over whatever comes of it.
    pub(super) fn take(&mut self, browser: &str, now: Time) -> Option<Under> {
        self.under.remove(&digest(browser)).filter(|under| now.seconds_since(under.begun) < STANDS_S)
    }
}

/// A text as forms and queries write it.
pub(super) fn form_text(text: &str) -> String {
    text.bytes().fold(String::new(), |mut written, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            written.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(written, "%{byte:02X}");
        }
        written
    })
}

/// Names and values as forms and queries write them.
pub(super) fn form(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", form_text(value))).collect();
    pairs.join("&")
}
