//! ID tokens (Core 1.0, 2 and 3.1.3.7): JSON Web Tokens signed by a key of the provider's. Pure.

use parapet_frame::Time;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;

use super::octets;

/// Longest token, octets.
const TOKEN_MAX: usize = 64 * 1024;
/// How far the provider's clock may be off, seconds.
const CLOCK_OFF_S: f64 = 60.0;
/// How old a token may be that was made for this login, seconds.
const AGE_MAX_S: f64 = 600.0;

/// The provider's keys (RFC 7517).
#[derive(Debug, Deserialize)]
pub(super) struct Keys {
    keys: Vec<Key>,
}

#[derive(Debug, Deserialize)]
struct Key {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

/// What a token must say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: Time,
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    azp: Option<String>,
    exp: f64,
    iat: f64,
    nonce: Option<String>,
    email_verified: Option<Value>,
    #[serde(flatten)]
    others: serde_json::Map<String, Value>,
}

/// The value of a claim in a token that is the provider's, for us, for this login, and not over.
///
/// # Errors
/// What is wrong with it, for the log.
pub(super) fn claim(token: &str, keys: &Keys, expected: &Expected<'_>, name: &str) -> Result<String, String> {
    if token.len() > TOKEN_MAX {
        return Err(format!("the token has {} octets", token.len()));
    }
    let (message, signature) = token.rsplit_once('.').ok_or("this is no token")?;
    let (head, body) = message.split_once('.').ok_or("this is no token")?;
    let parts = |text: &str| octets(text).ok_or("the token is no base64url");
    let head: Head = serde_json::from_slice(&parts(head)?).map_err(|error| format!("the token's head: {error}"))?;
    if head.crit.is_some() {
        return Err("the token asks for what we do not understand".to_owned());
    }
    let signature = parts(signature)?;
    let mut fit = keys.keys.iter().filter(|key| key.fits(&head));
    if !fit.any(|key| key.signed(&head.alg, message.as_bytes(), &signature)) {
        return Err(format!("no key of the provider has signed it (algorithm {:?})", head.alg));
    }
    let claims: Claims = serde_json::from_slice(&parts(body)?).map_err(|error| format!("the token: {error}"))?;
    claims.judge(expected)?;
    // An address that the provider has not verified is whatever somebody wrote.
    if name == "email" && claims.email_verified != Some(Value::Bool(true)) {
        return Err("the provider has not verified the email".to_owned());
    }
    let value = claims.others.get(name).and_then(Value::as_str);
    value.map(str::to_owned).ok_or_else(|| format!("the token has no text {name:?}"))
}

impl Claims {
    fn judge(&self, expected: &Expected<'_>) -> Result<(), String> {
        let now_s = expected.now.seconds_since(Time::from_nanos(0));
        let (ours, alone) = match &self.aud {
            Audience::One(one) => (one == expected.client, true),
            Audience::Many(many) => (many.iter().any(|one| one == expected.client), many.len() == 1),
        };
        let azp = self.azp.as_deref();
        let faults = [
            (self.iss != expected.issuer, "another issuer has made it"),
            (!ours, "it is for another client"),
            (!alone && azp != Some(expected.client), "it is for several clients and not handed to us"),
            (azp.is_some_and(|azp| azp != expected.client), "it was handed to another client"),
            (self.exp + CLOCK_OFF_S <= now_s, "it is over"),
            (self.iat - CLOCK_OFF_S > now_s, "it was made in the future"),
            (now_s - self.iat > AGE_MAX_S, "it is old"),
            (self.nonce.as_deref() != Some(expected.nonce), "it was made for another login"),
        ];
        faults.iter().find(|(is, _)| *is).map_or(Ok(()), |(_, what)| Err((*what).to_owned()))
    }
}

impl Key {
    fn fits(&self, head: &Head) -> bool {
        let same = |a: &Option<String>, b: &str| a.as_deref().is_none_or(|a| a == b);
        same(&self.purpose, "sig")
            && same(&self.alg, &head.alg)
            && (head.kid.is_none() || self.kid.is_none() || head.kid == self.kid)
    }

    /// Whether this key has signed a message by an algorithm. The algorithm goes with the kind of key, never with the token alone.
    fn signed(&self, alg: &str, message: &[u8], signature: &[u8]) -> bool {
        let part = |text: &Option<String>| text.as_deref().and_then(octets).unwrap_or_default();
        match (alg, self.kty.as_str(), self.crv.as_deref()) {
            ("ES256", "EC", Some("P-256")) => {
                let point = [vec![4], part(&self.x), part(&self.y)].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).is_ok()
            }
            ("EdDSA", "OKP", Some("Ed25519")) => {
                UnparsedPublicKey::new(&ED25519, part(&self.x)).verify(message, signature).is_ok()
            }
            ("RS256", "RSA", _) => {
                let key = RsaPublicKeyComponents { n: part(&self.n), e: part(&self.e) };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
            }
            _ => false,
        }
    }
}
