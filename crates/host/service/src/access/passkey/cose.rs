//! Public keys as COSE writes them (RFC 9052 and 9053; RFC 8230 for RSA), and signatures by them.

use ciborium::Value;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};

use super::Fault;

/// The algorithms that are asked for, the best first: ES256, EdDSA with Ed25519, RS256 (IANA, COSE Algorithms).
pub(crate) const ALGORITHMS: [i64; 3] = [-7, -8, -257];

/// Labels of COSE keys and their values: RFC 9052, 7.1; RFC 9053, 7.1 and 7.2.
const KTY: i64 = 1;
const ALG: i64 = 3;
const CRV: i64 = -1;
const X: i64 = -2;
const Y: i64 = -3;
/// RFC 8230, 4.
const RSA_N: i64 = -1;
const RSA_E: i64 = -2;

/// A public key that can check signatures.
#[derive(Debug)]
pub(crate) enum Key {
    Es256([u8; 65]),
    Ed25519([u8; 32]),
    Rs256 { n: Vec<u8>, e: Vec<u8> },
}

impl Key {
    /// Reads one, and nothing after it.
    pub(crate) fn read(octets: &[u8]) -> Result<Self, Fault> {
        let mut rest = octets;
        let key = item(&mut rest)?;
        if !rest.is_empty() {
            return Err(Fault("something follows the public key"));
        }
        Self::of(&key)
    }

    pub(crate) fn of(value: &Value) -> Result<Self, Fault> {
        let number = |label| entry(value, label).and_then(Value::as_integer).map(i128::from);
        let octets = |label| entry(value, label).and_then(Value::as_bytes).map(Vec::as_slice);
        let whole = |label| <[u8; 32]>::try_from(octets(label).unwrap_or_default()).map_err(|_| Fault(LENGTH));
        match (number(KTY), number(ALG), number(CRV)) {
            (Some(2), Some(-7), Some(1)) => {
                // Uncompressed, as SEC 1, 2.3.3 writes it; whether it lies on the curve is asked when it is used.
                let mut point = [4; 65];
                point[1..33].copy_from_slice(&whole(X)?);
                point[33..].copy_from_slice(&whole(Y)?);
                Ok(Key::Es256(point))
            }
            (Some(1), Some(-8), Some(6)) => Ok(Key::Ed25519(whole(X)?)),
            (Some(3), Some(-257), _) => {
                let part = |label| octets(label).map(<[u8]>::to_vec).ok_or(Fault(LENGTH));
                Ok(Key::Rs256 { n: part(RSA_N)?, e: part(RSA_E)? })
            }
            _ => Err(Fault("the public key is of no kind that was asked for")),
        }
    }

    /// Whether a signature over a message is this key's.
    pub(crate) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Key::Es256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature),
            Key::Ed25519(point) => UnparsedPublicKey::new(&ED25519, point).verify(message, signature),
            Key::Rs256 { n, e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
        }
        .is_ok()
    }
}

const LENGTH: &str = "a part of the public key is missing or of a wrong length";

/// One item of CBOR off the front of octets.
pub(crate) fn item(rest: &mut &[u8]) -> Result<Value, Fault> {
    /// How deep things lie within one another; what browsers send lies three deep.
    const DEPTH_MAX: usize = 8;
    ciborium::de::from_reader_with_recursion_limit(rest, DEPTH_MAX).map_err(|_| Fault("this is no CBOR"))
}

fn entry(map: &Value, label: i64) -> Option<&Value> {
    let pairs = map.as_map()?;
    pairs.iter().find(|(key, _)| key.as_integer().map(i128::from) == Some(i128::from(label))).map(|(_, value)| value)
}

/// The value under a text in a map.
pub(crate) fn named<'a>(map: &'a Value, name: &str) -> Option<&'a Value> {
    map.as_map()?.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, value)| value)
}
