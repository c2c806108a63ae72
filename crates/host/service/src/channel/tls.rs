//! TLS to those whom we connect to.

use std::sync::Arc;

use parapet_site::{ClientTrust, Pem};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

/// The configuration of a client; `None` where nobody proves who they are.
///
/// # Errors
/// What is wrong with the files, for people.
pub(crate) fn client(trust: &ClientTrust) -> Result<Option<Arc<ClientConfig>>, String> {
    let ClientTrust::Tls { authorities, identity } = trust else { return Ok(None) };
    let identity = identity.as_ref().map(|(certificate, key)| (certificate, key));
    configured(authorities, identity).map(Some)
}

/// The configuration of a client that believes these authorities, and shows this certificate where it has one.
///
/// # Errors
/// What is wrong with the files, for people.
pub(crate) fn configured(authorities: &Pem, identity: Option<(&Pem, &Pem)>) -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(authorities, "authorities")? {
        roots.add(certificate).map_err(|error| format!("an authority cannot be used: {error}"))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| error.to_string())?.with_root_certificates(roots);
    let config = match identity {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let chain = certificates(certificate, "certificate")?;
            let key = PrivateKeyDer::from_pem_slice(key.0.as_bytes());
            let key = key.map_err(|error| format!("the private key cannot be read: {error}"))?;
            builder.with_client_auth_cert(chain, key).map_err(|error| format!("certificate and key: {error}"))?
        }
    };
    Ok(Arc::new(config))
}

pub(crate) fn certificates(pem: &Pem, what: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.0.as_bytes()).collect();
    let read = read.map_err(|error| format!("{what}: {error}"))?;
    if read.is_empty() { Err(format!("{what}: the file holds no certificate")) } else { Ok(read) }
}
