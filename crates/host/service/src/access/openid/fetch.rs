//! One request to the provider, and the whole of a short answer.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1::handshake;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use parapet_site::Url;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Longest answer, bytes: a provider with a hundred keys.
const ANSWER_MAX: usize = 256 * 1024;

/// What is asked.
#[derive(Debug)]
pub(super) struct Asked {
    url: Url,
    /// A form to post.
    form: Option<String>,
    authorization: Option<String>,
}

impl Asked {
    pub(super) fn get(url: Url) -> Self {
        Asked { url, form: None, authorization: None }
    }

    pub(super) fn post(url: Url, form: String) -> Self {
        Asked { url, form: Some(form), authorization: None }
    }

    pub(super) fn basic(self, pair: &str) -> Self {
        Asked { authorization: Some(format!("Basic {}", STANDARD.encode(pair))), ..self }
    }
}

/// The status and the body of the answer. The caller bounds the time.
pub(super) async fn fetch(asked: Asked, tls: Option<Arc<ClientConfig>>) -> Result<(u16, Bytes), String> {
    let (host, port) = (asked.url.host.clone(), asked.url.port);
    let stream = TcpStream::connect((host.as_str(), port)).await.map_err(|error| error.to_string())?;
    if !asked.url.tls {
        return converse(stream, asked).await;
    }
    let tls = tls.ok_or("https needs `authorities`")?;
    let name = ServerName::try_from(host).map_err(|error| error.to_string())?;
    let stream = TlsConnector::from(tls).connect(name, stream).await.map_err(|error| error.to_string())?;
    converse(stream, asked).await
}

async fn converse<S>(stream: S, asked: Asked) -> Result<(u16, Bytes), String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
    let Asked { url, form, authorization } = asked;
    let method = if form.is_some() { Method::POST } else { Method::GET };
    let mut request = Request::builder()
        .method(method)
        .uri(url.path.as_str())
        .header(HOST, format!("{}:{}", url.host, url.port))
        .header(USER_AGENT, concat!("parapet/", env!("CARGO_PKG_VERSION")))
        .header(ACCEPT, "application/json");
    if let Some(form) = &form {
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").header(CONTENT_LENGTH, form.len());
    }
    if let Some(authorization) = authorization {
        request = request.header(AUTHORIZATION, authorization);
    }
    let body = Full::new(Bytes::from(form.unwrap_or_default()));
    let request = request.body(body).map_err(|error| error.to_string())?;
    let exchange = async {
        let answer = sender.send_request(request).await.map_err(|error| error.to_string())?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), ANSWER_MAX).collect().await.map_err(|error| error.to_string())?;
        Ok((status, body.to_bytes()))
    };
    let mut exchange = std::pin::pin!(exchange);
    tokio::select! {
        biased;
        done = &mut exchange => done,
        // A server that closes at once has answered all the same.
        _ = connection => exchange.await,
    }
}
