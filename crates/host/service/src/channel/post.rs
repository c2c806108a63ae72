//! One HTTP request to somebody else's server. Whatever the server does, it is over in time.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::client::conn::http1::handshake;
use hyper::header::{CONTENT_LENGTH, HOST, USER_AGENT};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use parapet_site::Url;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) url: Url,
    /// Names in lower case and values; `host`, `content-length` and `user-agent` are added.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

/// Posts, and gives the status of the answer; a connection of its own for each letter, so that none waits for another.
///
/// # Errors
/// What went wrong, for people; also when there was no answer in time.
pub(crate) async fn post(letter: Letter, tls: Option<Arc<ClientConfig>>, patience: Duration) -> Result<u16, String> {
    match tokio::time::timeout(patience, exchange(letter, tls)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(format!("no answer within {} s", patience.as_secs_f64())),
    }
}

async fn exchange(letter: Letter, tls: Option<Arc<ClientConfig>>) -> Result<u16, String> {
    let (host, port) = (letter.url.host.clone(), letter.url.port);
    let stream = TcpStream::connect((host.as_str(), port)).await.map_err(|error| error.to_string())?;
    let _ = stream.set_nodelay(true);
    if !letter.url.tls {
        return converse(stream, letter).await;
    }
    let tls = tls.ok_or("https needs `authorities`")?;
    let name = ServerName::try_from(host).map_err(|error| error.to_string())?;
    let stream = TlsConnector::from(tls).connect(name, stream).await.map_err(|error| error.to_string())?;
    converse(stream, letter).await
}

async fn converse<S>(stream: S, letter: Letter) -> Result<u16, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
    let Letter { url, headers, body } = letter;
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(url.path.as_str())
        .header(HOST, format!("{}:{}", url.host, url.port))
        .header(USER_AGENT, concat!("parapet/", env!("CARGO_PKG_VERSION")))
        .header(CONTENT_LENGTH, body.len());
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(Bytes::from(body))).map_err(|error| error.to_string())?;
    // The status is all that is wanted: the connection goes with the rest of the answer unread.
    let mut answer = std::pin::pin!(sender.send_request(request));
    let answer = tokio::select! {
        biased;
        answer = &mut answer => answer,
        // A server that closes at once has answered all the same.
        _ = connection => answer.await,
    };
    answer.map(|answer| answer.status().as_u16()).map_err(|error| error.to_string())
}
