//! An authenticator in software: it makes keys and shows them as a browser passes them on.

use ciborium::Value as Cbor;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::super::passkey::text;

pub(super) const ORIGIN: &str = "http://localhost:8080";

/// One key, and what its authenticator says with it.
pub(super) struct Authenticator {
    pair: EcdsaKeyPair,
    id: Vec<u8>,
    pub(super) counter: u32,
    /// User present and verified.
    pub(super) flags: u8,
    pub(super) origin: &'static str,
    pub(super) host: &'static str,
}

impl Authenticator {
    pub(super) fn new(id: &str) -> Self {
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.as_ref(), &random).unwrap();
        let id = id.as_bytes().to_vec();
        Authenticator { pair, id, counter: 1, flags: 0x05, origin: ORIGIN, host: "localhost" }
    }

    pub(super) fn name(&self) -> String {
        text(&self.id)
    }

    fn client_data(&self, kind: &str, asked: &Value) -> String {
        let challenge = &asked["publicKey"]["challenge"];
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false }).to_string()
    }

    fn head(&self, flags: u8) -> Vec<u8> {
        [Sha256::digest(self.host).as_slice(), &[flags], &self.counter.to_be_bytes()].concat()
    }

    /// What a browser sends when a key was made.
    pub(super) fn make(&self, asked: &Value) -> Value {
        let (x, y) = self.pair.public_key().as_ref()[1..].split_at(32);
        let entry = |label: i64, value: Cbor| (Cbor::from(label), value);
        let key = Cbor::Map(vec![
            entry(1, Cbor::from(2)),
            entry(3, Cbor::from(-7)),
            entry(-1, Cbor::from(1)),
            entry(-2, Cbor::Bytes(x.to_vec())),
            entry(-3, Cbor::Bytes(y.to_vec())),
        ]);
        let length = u16::try_from(self.id.len()).unwrap().to_be_bytes();
        let head = self.head(self.flags | 0x40);
        let data = [head.as_slice(), &[0; 16], &length, &self.id, &written(&key)].concat();
        let object = Cbor::Map(vec![
            (Cbor::from("fmt"), Cbor::from("none")),
            (Cbor::from("attStmt"), Cbor::Map(Vec::new())),
            (Cbor::from("authData"), Cbor::Bytes(data)),
        ]);
        let client = self.client_data("webauthn.create", asked);
        json!({
            "id": self.name(), "rawId": self.name(), "type": "public-key", "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": text(client.as_bytes()), "attestationObject": text(&written(&object)),
                "transports": ["internal"],
            },
            "clientExtensionResults": {},
        })
    }

    /// What a browser sends when the key was shown.
    pub(super) fn show(&mut self, asked: &Value) -> Value {
        self.counter += 1;
        let (data, client) = (self.head(self.flags), self.client_data("webauthn.get", asked));
        let message = [data.as_slice(), &Sha256::digest(&client)].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &message).unwrap();
        json!({
            "id": self.name(), "rawId": self.name(), "type": "public-key",
            "response": {
                "clientDataJSON": text(client.as_bytes()), "authenticatorData": text(&data),
                "signature": text(signature.as_ref()), "userHandle": null,
            },
            "clientExtensionResults": {},
        })
    }
}

fn written(value: &Cbor) -> Vec<u8> {
    let mut octets = Vec::new();
    ciborium::into_writer(value, &mut octets).unwrap();
    octets
}
