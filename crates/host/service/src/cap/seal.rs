//! The arithmetic of signed CAP messages: ECDSA over P-256 with SHA-256.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use parapet_cap::seal::{digested, sealed, signed_info, unseal};
use parapet_site::CapSigner;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, UnparsedPublicKey,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// A key with its certificate.
pub(super) struct Seal {
    key: EcdsaKeyPair,
    random: SystemRandom,
    /// DER in base 64.
    certificate: String,
}

impl Seal {
    /// # Errors
    /// What is wrong with key and certificate, for people.
    pub(super) fn new(signer: &CapSigner) -> Result<Self, String> {
        let random = SystemRandom::new();
        let key = PrivatePkcs8KeyDer::from_pem_slice(signer.key.0.as_bytes());
        let key = key.map_err(|error| format!("the key is no PKCS #8 in PEM: {error}"))?;
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.secret_pkcs8_der(), &random);
        let key = key.map_err(|error| format!("the key is none of ECDSA over P-256: {error}"))?;
        let certificate = certificate(&signer.certificate.0)?;
        if public_key(&certificate)? != key.public_key().as_ref() {
            return Err("the key does not belong to the certificate".to_owned());
        }
        Ok(Seal { key, random, certificate: STANDARD.encode(&certificate) })
    }

    /// Signs a message.
    ///
    /// # Errors
    /// When the text is no message of ours, or the operating system gives no randomness.
    pub(super) fn put_on(&self, xml: &str) -> Result<String, String> {
        let text = digested(xml).map_err(|error| error.to_string())?;
        let digest = STANDARD.encode(digest(&SHA256, text.as_bytes()));
        let signature = self.key.sign(&self.random, signed_info(&digest).as_bytes());
        let signature = STANDARD.encode(signature.map_err(|_| "the operating system gives no randomness".to_owned())?);
        sealed(xml, &digest, &signature, &self.certificate).map_err(|error| error.to_string())
    }
}

/// Takes the signature off a message of ours, and gives the message when it was signed with the key of this certificate (PEM) and has
/// not been changed since. Whether the certificate is good is the caller's to know: the one inside the message is not looked at.
///
/// # Errors
/// What is wrong, for people.
pub fn verify_cap(xml: &str, certificate_pem: &str) -> Result<String, String> {
    let unsealed = unseal(xml).map_err(|error| error.to_string())?;
    let key = public_key(&certificate(certificate_pem)?)?;
    let signature = STANDARD.decode(&unsealed.signature).map_err(|error| format!("the signature: {error}"))?;
    let signed = signed_info(&unsealed.digest);
    let right = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key).verify(signed.as_bytes(), &signature);
    right.map_err(|_| "the signature is not of this certificate's key".to_owned())?;
    let text = digested(&unsealed.xml).map_err(|error| error.to_string())?;
    if STANDARD.encode(digest(&SHA256, text.as_bytes())) != unsealed.digest {
        return Err("the message was changed after it was signed".to_owned());
    }
    Ok(unsealed.xml)
}

fn certificate(pem: &str) -> Result<CertificateDer<'static>, String> {
    CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|error| format!("the certificate cannot be read: {error}"))
}

fn public_key(certificate: &CertificateDer<'_>) -> Result<Vec<u8>, String> {
    let (_, parsed) = X509Certificate::from_der(certificate).map_err(|error| format!("the certificate: {error}"))?;
    Ok(parsed.public_key().subject_public_key.data.to_vec())
}
