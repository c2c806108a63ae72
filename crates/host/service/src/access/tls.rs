//! TLS of the page.

use std::sync::Arc;

use parapet_site::HttpSettings;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::version::TLS13;

use crate::channel::tls::certificates;

/// The configuration of the server; `None` where the site file names no certificate. TLS 1.3 alone: every browser that can show the
/// page speaks it.
///
/// # Errors
/// What is wrong with the files, for people.
pub(super) fn server(http: &HttpSettings) -> Result<Option<Arc<ServerConfig>>, String> {
    let Some((certificate, key)) = &http.tls else { return Ok(None) };
    let chain = certificates(certificate, "certificate")?;
    let key = PrivateKeyDer::from_pem_slice(key.0.as_bytes());
    let key = key.map_err(|error| format!("key: the private key cannot be read: {error}"))?;
    let builder = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let builder = builder.with_protocol_versions(&[&TLS13]).map_err(|error| error.to_string())?.with_no_client_auth();
    let config = builder.with_single_cert(chain, key);
    let mut config = config.map_err(|error| format!("certificate and key do not fit: {error}"))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Some(Arc::new(config)))
}
