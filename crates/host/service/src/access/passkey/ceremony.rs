//! The two ceremonies: what a browser sends when a key was made, and when it was shown.

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::cose::{Key, item, named};
use super::{Fault, Octets, Party, Passkey};

/// Longest credential identifier, octets (4, "Credential ID": at most 1,023).
const ID_MAX: usize = 1_023;
/// Bits of the authenticator data (6.1).
const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const PORTABLE: u8 = 0x08;
const COPIED: u8 = 0x10;
const HAS_KEY: u8 = 0x40;
const HAS_EXTENSIONS: u8 = 0x80;

/// A key that was made, as `PublicKeyCredential.toJSON()` writes it; what else it says is not needed.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Created {
    pub(crate) id: Octets,
    pub(crate) response: CreatedResponse,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreatedResponse {
    #[serde(rename = "clientDataJSON")]
    pub(crate) client_data: Octets,
    pub(crate) attestation_object: Octets,
}

/// A key that was shown.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Asserted {
    pub(crate) id: Octets,
    pub(crate) response: AssertedResponse,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AssertedResponse {
    #[serde(rename = "clientDataJSON")]
    pub(crate) client_data: Octets,
    pub(crate) authenticator_data: Octets,
    pub(crate) signature: Octets,
}

/// What the browser itself says of a ceremony (5.8.1).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: Octets,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    #[serde(default)]
    top_origin: Option<String>,
}

/// The challenge that a browser says to answer. Nothing is proven by it yet.
pub(crate) fn challenge(client_data: &Octets) -> Result<Vec<u8>, Fault> {
    let data: ClientData =
        serde_json::from_slice(&client_data.0).map_err(|_| Fault("the client data cannot be read"))?;
    Ok(data.challenge.0)
}

impl Created {
    pub(crate) fn challenge(&self) -> Result<Vec<u8>, Fault> {
        challenge(&self.response.client_data)
    }
}

impl Asserted {
    pub(crate) fn challenge(&self) -> Result<Vec<u8>, Fault> {
        challenge(&self.response.client_data)
    }
}

fn judge_client(octets: &Octets, kind: &str, asked: &[u8], party: &Party) -> Result<(), Fault> {
    let data: ClientData = serde_json::from_slice(&octets.0).map_err(|_| Fault("the client data cannot be read"))?;
    if data.kind != kind {
        return Err(Fault("the client data is of another ceremony"));
    }
    if data.challenge.0 != asked {
        return Err(Fault("another challenge was answered"));
    }
    if data.origin != party.origin {
        return Err(Fault("it was made for another page"));
    }
    if data.cross_origin || data.top_origin.is_some() {
        return Err(Fault("it was made inside another page"));
    }
    Ok(())
}

/// The head of the authenticator data (6.1).
#[derive(Clone, Copy, Debug)]
struct Head {
    flags: u8,
    counter: u32,
}

/// Reads and judges the head; gives what follows it.
fn head<'a>(data: &'a [u8], party: &Party) -> Result<(Head, &'a [u8]), Fault> {
    let short = Fault("the authenticator data is too short");
    let (hash, rest) = data.split_first_chunk::<32>().ok_or(short.clone())?;
    let (flags, rest) = rest.split_first().ok_or(short.clone())?;
    let (counter, rest) = rest.split_first_chunk::<4>().ok_or(short)?;
    let wanted: [u8; 32] = Sha256::digest(party.id.as_bytes()).into();
    if *hash != wanted {
        return Err(Fault("the key is for another host"));
    }
    if flags & USER_PRESENT == 0 {
        return Err(Fault("nobody was present"));
    }
    if flags & USER_VERIFIED == 0 {
        return Err(Fault("the authenticator has not verified its user; set a PIN or a fingerprint on it"));
    }
    if flags & PORTABLE == 0 && flags & COPIED != 0 {
        return Err(Fault("a key that cannot be copied has been copied"));
    }
    Ok((Head { flags: *flags, counter: u32::from_be_bytes(*counter) }, rest))
}

/// Extensions were not asked for; what there are is passed over, and nothing may follow.
fn judge_rest(head: Head, mut rest: &[u8]) -> Result<(), Fault> {
    if head.flags & HAS_EXTENSIONS != 0 {
        item(&mut rest)?;
    }
    if rest.is_empty() { Ok(()) } else { Err(Fault("something follows the authenticator data")) }
}

/// A new key of somebody (7.1). The challenge was ours, and was made for them.
pub(crate) fn created(
    made: &Created,
    asked: &[u8],
    party: &Party,
    name: &str,
    label: &str,
    now_ms: i64,
) -> Result<Passkey, Fault> {
    judge_client(&made.response.client_data, "webauthn.create", asked, party)?;
    let mut rest = made.response.attestation_object.0.as_slice();
    let object = item(&mut rest)?;
    let data = named(&object, "authData").and_then(ciborium::Value::as_bytes);
    let data = data.filter(|_| rest.is_empty()).ok_or(Fault("the attestation object cannot be read"))?;
    let (head, rest) = head(data, party)?;
    if head.flags & HAS_KEY == 0 {
        return Err(Fault("it holds no key"));
    }
    let Attested { id, key, rest } = attested(rest)?;
    judge_rest(head, rest)?;
    if id != made.id.0 {
        return Err(Fault("the key has two names"));
    }
    Key::read(key)?;
    Ok(Passkey {
        id: Octets(id.to_vec()),
        name: name.to_owned(),
        label: label.to_owned(),
        key: Octets(key.to_vec()),
        counter: head.counter,
        portable: head.flags & PORTABLE != 0,
        made_ms: now_ms,
        used_ms: None,
    })
}

/// The attested credential data (6.5.1), and what follows it.
struct Attested<'a> {
    id: &'a [u8],
    key: &'a [u8],
    rest: &'a [u8],
}

fn attested(rest: &[u8]) -> Result<Attested<'_>, Fault> {
    const AAGUID: usize = 16;
    let short = || Fault("the attested key is too short");
    let rest = rest.get(AAGUID..).ok_or_else(short)?;
    let (length, rest) = rest.split_first_chunk::<2>().ok_or_else(short)?;
    let length = usize::from(u16::from_be_bytes(*length));
    if !(1..=ID_MAX).contains(&length) {
        return Err(Fault("the key's name has a wrong length"));
    }
    let (id, rest) = rest.split_at_checked(length).ok_or_else(short)?;
    let mut after = rest;
    item(&mut after)?;
    let (key, rest) = rest.split_at(rest.len() - after.len());
    Ok(Attested { id, key, rest })
}

/// A key that we know was shown (7.2): the new count of its signatures.
pub(crate) fn known(shown: &Asserted, asked: &[u8], party: &Party, passkey: &Passkey) -> Result<u32, Fault> {
    judge_client(&shown.response.client_data, "webauthn.get", asked, party)?;
    let data = &shown.response.authenticator_data.0;
    let (head, rest) = head(data, party)?;
    judge_rest(head, rest)?;
    if (head.flags & PORTABLE != 0) != passkey.portable {
        return Err(Fault("the key is not of the kind that was registered"));
    }
    let message = [data.as_slice(), &Sha256::digest(&shown.response.client_data.0)].concat();
    if !Key::read(&passkey.key.0)?.signed(&message, &shown.response.signature.0) {
        return Err(Fault("the signature is wrong"));
    }
    // 7.2, step 22: one that does not grow says that there are two of the key.
    let counts = head.counter != 0 || passkey.counter != 0;
    if counts && head.counter <= passkey.counter {
        return Err(Fault("the key has counted backwards: there may be a copy of it; remove it and register anew"));
    }
    Ok(head.counter)
}
