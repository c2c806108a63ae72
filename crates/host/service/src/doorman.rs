//! Lets only so many connections in at once, so that pages cannot use up the files that alarms are written to; few of them from one
//! address, and none that dawdles.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Sleep, sleep, timeout};
use tokio_rustls::TlsAcceptor;

/// A request's head that takes longer is given up, and a connection that asks nothing for so long is closed.
const HEAD_TIME: Duration = Duration::from_secs(15);
/// A TLS handshake that takes longer is given up.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// A peer that takes nothing for so long is given up: its place is somebody else's.
const STALL_TIME: Duration = Duration::from_secs(60);
/// Longest head of a request, bytes, and most headers in it.
const HEAD_BYTES_MAX: usize = 32 * 1024;
const HEADERS_MAX: usize = 64;
/// Time for the system to have files again after it had none.
const BREATH: Duration = Duration::from_millis(100);

/// Who asks: the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// How the door is kept.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    /// Connections at once; further ones wait at the door.
    pub(crate) connections: usize,
    /// What the page is encrypted with.
    pub(crate) tls: Option<Arc<ServerConfig>>,
    /// Connections at once from one address.
    pub(crate) connections_per_address: usize,
    /// Addresses that speak for many.
    pub(crate) proxies: Vec<IpAddr>,
}

impl Rules {
    /// Many connections from anywhere, in the clear: phones share addresses, and an analyst's own computer needs no care.
    pub(crate) fn many(connections: usize) -> Self {
        Rules { connections, tls: None, connections_per_address: connections, proxies: Vec::new() }
    }
}

/// Serves until `ended` says so; returns when the last connection has ended.
pub(crate) async fn serve(listener: TcpListener, app: Router, rules: Rules, ended: watch::Receiver<bool>) {
    let acceptor = rules.tls.clone().map(TlsAcceptor::from);
    let places = Arc::new(Semaphore::new(rules.connections));
    let guests = Arc::new(Guests::default());
    let mut over = ended.clone();
    loop {
        let accepted = tokio::select! {
            biased;
            // An error means that whoever tells is gone, which is an end too.
            _ = over.wait_for(|ended| *ended) => break,
            accepted = next(&listener, &places) => accepted,
        };
        let Some((stream, peer, place)) = accepted else { continue };
        let Some(seat) = guests.seat(peer.ip().to_canonical(), &rules) else { continue };
        let (acceptor, app, ended) = (acceptor.clone(), app.clone(), ended.clone());
        tokio::spawn(async move {
            let _held = (place, seat);
            let stream = Unstalled { stream, stall: None };
            match acceptor {
                None => converse(stream, peer, app, ended).await,
                Some(acceptor) => {
                    if let Ok(Ok(stream)) = timeout(HANDSHAKE_TIME, acceptor.accept(stream)).await {
                        converse(stream, peer, app, ended).await;
                    }
                }
            }
        });
    }
    // Whoever is still inside holds a place.
    let _ = places.acquire_many(u32::try_from(rules.connections).unwrap_or(u32::MAX)).await;
}

/// The next connection, and its place; `None` when the system could give none.
async fn next(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    // The semaphore is never closed, so there is always a place in the end.
    let place = places.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            let _ = stream.set_nodelay(true);
            Some((stream, peer, place))
        }
        Err(error) => {
            // A connection that was gone at once is no reason to wait; no file left is.
            if !matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset) {
                sleep(BREATH).await;
            }
            None
        }
    }
}

async fn converse<S>(stream: S, peer: SocketAddr, app: Router, mut ended: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let app = TowerToHyperService::new(app);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(Peer(peer)));
        let answer = app.call(request);
        async move { Ok::<Response, Infallible>(answer.await.unwrap_or_else(|never| match never {})) }
    });
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME);
    server.max_buf_size(HEAD_BYTES_MAX).max_headers(HEADERS_MAX);
    let mut connection = pin!(server.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // What a peer does wrong ends its connection and concerns nobody else.
        _ = connection.as_mut() => return,
        _ = ended.wait_for(|ended| *ended) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

/// How many connections each address has.
#[derive(Debug, Default)]
struct Guests(Mutex<BTreeMap<IpAddr, usize>>);

impl Guests {
    /// A seat for one more connection from an address; `None` where it has enough.
    fn seat(self: &Arc<Self>, address: IpAddr, rules: &Rules) -> Option<Seat> {
        // This machine's own programs and the proxies speak for many.
        let most = if address.is_loopback() || rules.proxies.contains(&address) {
            rules.connections
        } else {
            rules.connections_per_address
        };
        let mut guests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = guests.entry(address).or_insert(0);
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Seat { guests: self.clone(), address })
    }
}

/// One connection of an address; given back when it goes.
struct Seat {
    guests: Arc<Guests>,
    address: IpAddr,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut guests = self.guests.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = guests.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                guests.remove(&self.address);
            }
        }
    }
}

/// A connection that fails when its peer takes nothing for too long.
struct Unstalled {
    stream: TcpStream,
    /// Runs while a write waits.
    stall: Option<Pin<Box<Sleep>>>,
}

impl Unstalled {
    fn judge<T>(&mut self, cx: &mut Context<'_>, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.stall = None;
            return polled;
        }
        let stall = self.stall.get_or_insert_with(|| Box::pin(sleep(STALL_TIME)));
        stall.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Unstalled {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Unstalled {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.judge(cx, polled)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(cx);
        self.judge(cx, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_has_so_many_connections_and_gets_them_back() {
        let proxies = vec!["192.0.2.7".parse().unwrap()];
        let rules = Rules { connections: 9, tls: None, connections_per_address: 2, proxies };
        let guests = Arc::new(Guests::default());
        let seat = |address: &str| guests.seat(address.parse().unwrap(), &rules);
        let (first, second) = (seat("192.0.2.1"), seat("192.0.2.1"));
        assert!(first.is_some() && second.is_some() && seat("192.0.2.1").is_none());
        let others: Vec<_> =
            ["192.0.2.2", "127.0.0.1", "127.0.0.1", "127.0.0.1", "192.0.2.7", "192.0.2.7", "192.0.2.7"]
                .map(|address| seat(address).is_some())
                .to_vec();
        assert!(others.iter().all(|seated| *seated));
        drop(first);
        assert!(seat("192.0.2.1").is_some());
        drop(second);
        assert!(guests.0.lock().unwrap().is_empty(), "nothing is remembered of who is gone");
    }
}
