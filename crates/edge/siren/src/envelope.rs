//! A signed text: one line of JSON, one line with the name of the key and the signature.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::hex;
use crate::key::{Public, Purpose, Secret};

/// Longer messages are refused unread, octets.
pub const MESSAGE_MAX: usize = 2_048;

/// Why a message is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Broken {
    /// It is no message of ours.
    Malformed,
    /// It is signed with a key that we do not know.
    Forged,
    /// It names our key, and the signature does not fit what it says.
    Altered,
}

/// Writes and signs.
pub(crate) fn seal<T: Serialize>(purpose: Purpose, value: &T, secret: &Secret) -> Vec<u8> {
    // Plain structures of numbers and text always serialise.
    let text = serde_json::to_string(value).unwrap_or_default();
    let signature = hex::text(&secret.sign(purpose, &text));
    format!("{text}\ned25519 {} {signature}\n", secret.public().name()).into_bytes()
}

/// Verifies, then reads.
pub(crate) fn open<T: DeserializeOwned>(purpose: Purpose, bytes: &[u8], key: &Public) -> Result<T, Broken> {
    let text = unsealed(purpose, bytes, key)?;
    serde_json::from_str(text).map_err(|_| Broken::Malformed)
}

fn unsealed<'a>(purpose: Purpose, bytes: &'a [u8], key: &Public) -> Result<&'a str, Broken> {
    if bytes.len() > MESSAGE_MAX {
        return Err(Broken::Malformed);
    }
    let whole = core::str::from_utf8(bytes).map_err(|_| Broken::Malformed)?;
    let (text, rest) = whole.split_once('\n').ok_or(Broken::Malformed)?;
    let seal = rest.strip_suffix('\n').unwrap_or(rest).strip_prefix("ed25519 ").ok_or(Broken::Malformed)?;
    let (name, signature) = seal.split_once(' ').ok_or(Broken::Malformed)?;
    let signature: [u8; 64] = hex::read(signature).ok_or(Broken::Malformed)?;
    if name != key.name() {
        return Err(Broken::Forged);
    }
    if key.holds(purpose, text, &signature) { Ok(text) } else { Err(Broken::Altered) }
}
