//! TLS: who we are, who may speak, and which nodes a peer's certificate names.

use std::sync::Arc;

use parapet_sapient::NodeId;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

/// Certificates in one file, a chain of intermediate ones included.
const CERTIFICATES_MAX: usize = 16;
/// Names of one certificate that are looked at.
const NAMES_MAX: usize = 64;

/// Our own certificate and key, and the authorities that peers' certificates come from, all as PEM text.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// Certificate, with intermediate ones after it.
    pub certificate: String,
    /// Its private key.
    pub key: String,
    /// Certificates of the authorities.
    pub authorities: String,
}

impl core::fmt::Debug for Identity {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Identity(a private key is never shown)")
    }
}

/// Why an identity cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct IdentityError(String);

impl IdentityError {
    fn new(what: &str, error: impl core::fmt::Display) -> Self {
        IdentityError(format!("{what}: {error}"))
    }
}

impl Identity {
    /// For the side that listens: a peer without a certificate of the authorities is turned away in the handshake.
    ///
    /// # Errors
    /// When a text is no PEM, or the key does not belong to the certificate.
    pub fn server(&self) -> Result<Arc<ServerConfig>, IdentityError> {
        let provider = Arc::new(default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(self.roots()?), provider.clone()).build();
        let verifier = verifier.map_err(|error| IdentityError::new("authorities", error))?;
        let versions = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = versions.map_err(|error| IdentityError::new("TLS", error))?;
        let config = builder.with_client_cert_verifier(verifier).with_single_cert(self.chain()?, self.private_key()?);
        Ok(Arc::new(config.map_err(|error| IdentityError::new("certificate and key", error))?))
    }

    /// For the side that connects.
    ///
    /// # Errors
    /// As [`server`](Self::server).
    pub fn client(&self) -> Result<Arc<ClientConfig>, IdentityError> {
        let versions = ClientConfig::builder_with_provider(Arc::new(default_provider()));
        let builder =
            versions.with_safe_default_protocol_versions().map_err(|error| IdentityError::new("TLS", error))?;
        let builder = builder.with_root_certificates(self.roots()?);
        let config = builder.with_client_auth_cert(self.chain()?, self.private_key()?);
        Ok(Arc::new(config.map_err(|error| IdentityError::new("certificate and key", error))?))
    }

    fn roots(&self) -> Result<RootCertStore, IdentityError> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(&self.authorities, "authorities")? {
            roots.add(certificate).map_err(|error| IdentityError::new("authorities", error))?;
        }
        Ok(roots)
    }

    fn chain(&self) -> Result<Vec<CertificateDer<'static>>, IdentityError> {
        certificates(&self.certificate, "certificate")
    }

    fn private_key(&self) -> Result<PrivateKeyDer<'static>, IdentityError> {
        PrivateKeyDer::from_pem_slice(self.key.as_bytes()).map_err(|error| IdentityError::new("key", error))
    }
}

fn certificates(pem: &str, what: &str) -> Result<Vec<CertificateDer<'static>>, IdentityError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).take(CERTIFICATES_MAX).collect();
    let found = found.map_err(|error| IdentityError::new(what, error))?;
    if found.is_empty() { Err(IdentityError::new(what, "no certificate in it")) } else { Ok(found) }
}

/// The nodes that a certificate names: its common name, and its alternative names as DNS name or as `urn:uuid:`.
///
/// The certificate has been verified by then; what cannot be read names nobody.
#[must_use]
pub(crate) fn nodes_of(certificate: &CertificateDer<'_>) -> Vec<NodeId> {
    let Ok((_, certificate)) = X509Certificate::from_der(certificate) else {
        return Vec::new();
    };
    let common = certificate.subject().iter_common_name().filter_map(|name| name.as_str().ok());
    let alternative = certificate.subject_alternative_name().ok().flatten();
    let alternative = alternative.into_iter().flat_map(|extension| &extension.value.general_names);
    let alternative = alternative.filter_map(|name| match name {
        GeneralName::DNSName(name) => Some(*name),
        GeneralName::URI(name) => name.strip_prefix("urn:uuid:"),
        _ => None,
    });
    let mut nodes: Vec<NodeId> =
        common.chain(alternative).take(NAMES_MAX).filter_map(|name| name.parse().ok()).collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}
