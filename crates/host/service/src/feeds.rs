//! Connections on which receivers give squitters: one thread each, which stamps and queues and does nothing else.
//!
//! A receiver that goes away is connected to again, and one that connects again takes the place of its old connection, so that
//! a half-open one never keeps it out.

use std::io::{self, Read as _};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

use parapet_frame::HeardAt;
use parapet_site::{FeedRole, Site};

use crate::error::{ServiceError, bind_remedy};
use crate::links::{Datagram, Receivers};
use crate::tell;
use crate::watchman::Watchman;

/// Most octets that are taken at once: a few tens of messages.
const PIECE_BYTES_MAX: usize = 4_096;
/// How often a silent connection looks whether the service stops, or another connects.
const STOP_CHECK: Duration = Duration::from_millis(100);
/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(3);
/// Rounds of [`STOP_CHECK`] between two attempts: two seconds.
const PATIENCE_CHECKS: u32 = 20;

/// A feed that may be started.
pub(crate) struct Opened {
    link: u16,
    url: String,
    senders: Vec<IpAddr>,
    line: Line,
}

enum Line {
    /// We connect.
    To(SocketAddr),
    /// They connect.
    From(TcpListener),
}

/// Opens the feeds of a site.
///
/// # Errors
/// When an address cannot be listened at. A receiver that is not there yet is no error.
pub(crate) fn open(site: &Site) -> Result<Vec<Opened>, ServiceError> {
    let open = |(link, _, feed): (u16, _, &parapet_site::Feed)| {
        let line = match feed.role {
            FeedRole::Client => Ok(Line::To(feed.address)),
            FeedRole::Server => listen(feed.address).map(Line::From),
        };
        let failed = |error: io::Error| ServiceError::Link {
            url: feed.url.clone(),
            what: error.to_string(),
            remedy: bind_remedy(&error),
        };
        let (url, senders) = (feed.url.clone(), feed.senders.clone());
        line.map(|line| Opened { link, url, senders, line }).map_err(failed)
    };
    site.feeds().map(open).collect()
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Starts the threads.
///
/// # Errors
/// When the operating system gives no thread.
pub(crate) fn start(
    feeds: Vec<Opened>,
    receivers: &Receivers,
    watchman: &Watchman,
) -> Result<Vec<JoinHandle<()>>, ServiceError> {
    let start = |feed: Opened| {
        let receivers = receivers.clone();
        watchman.spawn(format!("feed-{}", feed.link), move || feed.run(&receivers))
    };
    feeds.into_iter().map(start).collect()
}

impl Opened {
    fn run(self, receivers: &Receivers) {
        let mut connection: Option<TcpStream> = None;
        let (mut piece, mut waited) = (vec![0; PIECE_BYTES_MAX], PATIENCE_CHECKS);
        while !receivers.stop.load(Ordering::Relaxed) {
            if let Some(newcomer) = self.newcomer(connection.is_some(), &mut waited) {
                connection = Some(newcomer);
            }
            let Some(stream) = connection.as_mut() else {
                std::thread::sleep(STOP_CHECK);
                continue;
            };
            match stream.read(&mut piece) {
                Ok(length) if length > 0 => {
                    let heard_at = HeardAt(receivers.clock.now());
                    let sender = stream.peer_addr().ok().map(|peer| peer.ip().to_canonical());
                    receivers.queue(Datagram { heard_at, link: self.link, sender, bytes: piece[..length].to_vec() });
                }
                Err(error) if is_patience(&error) => {}
                ended => {
                    let why = ended.err().map_or_else(|| "it ended".to_owned(), |error| error.to_string());
                    tell(&format!("{}: the connection is lost: {why}", self.url));
                    (connection, waited) = (None, 0);
                }
            }
        }
    }

    /// Another connection, where there is one.
    fn newcomer(&self, is_connected: bool, waited: &mut u32) -> Option<TcpStream> {
        let stream = match &self.line {
            Line::To(_) if is_connected => return None,
            Line::To(address) => {
                *waited += 1;
                if *waited <= PATIENCE_CHECKS {
                    return None;
                }
                *waited = 0;
                TcpStream::connect_timeout(address, CONNECT).ok()?
            }
            Line::From(listener) => {
                let (stream, peer) = listener.accept().ok()?;
                let ip = peer.ip().to_canonical();
                if !self.senders.is_empty() && !self.senders.iter().any(|pin| pin.to_canonical() == ip) {
                    tell(&format!("{}: {ip} may not speak here; list it in `senders` if it may", self.url));
                    return None;
                }
                stream
            }
        };
        // Without them the thread would wait for ever on a receiver that says nothing.
        stream.set_nonblocking(false).ok()?;
        stream.set_read_timeout(Some(STOP_CHECK)).ok()?;
        tell(&format!("{}: connected", self.url));
        Some(stream)
    }
}

fn is_patience(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::sync::mpsc::sync_channel;

    use super::*;

    fn opened(line: Line, senders: &[&str]) -> Opened {
        let senders = senders.iter().map(|sender| sender.parse().unwrap()).collect();
        Opened { link: 4, url: "tcp://test".to_owned(), senders, line }
    }

    /// Runs a feed; what it queued arrives at the receiver until the returned function is called.
    fn running(feed: Opened) -> (std::sync::mpsc::Receiver<Datagram>, impl FnOnce()) {
        let (queue, heard) = sync_channel(16);
        let (clock, dropped, stop): (_, _, std::sync::Arc<std::sync::atomic::AtomicBool>) = Default::default();
        let receivers = Receivers { clock, queue, dropped, stop: stop.clone() };
        let thread = std::thread::spawn(move || feed.run(&receivers));
        let end = move || {
            stop.store(true, Ordering::Relaxed);
            thread.join().unwrap();
        };
        (heard, end)
    }

    const WAIT: Duration = Duration::from_secs(20);

    #[test]
    fn a_receiver_that_goes_away_is_connected_to_again() {
        let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
        let (heard, end) = running(opened(Line::To(receiver.local_addr().unwrap()), &[]));
        for word in [b"one", b"two"] {
            let (mut stream, _) = receiver.accept().unwrap();
            stream.write_all(word).unwrap();
            let datagram = heard.recv_timeout(WAIT).unwrap();
            assert_eq!((datagram.link, datagram.bytes.as_slice()), (4, word.as_slice()));
            assert_eq!(datagram.sender, Some("127.0.0.1".parse().unwrap()));
        }
        end();
    }

    #[test]
    fn a_receiver_that_connects_anew_takes_the_place_of_its_old_connection() {
        let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let (heard, end) = running(opened(Line::From(listener), &["127.0.0.1"]));
        let mut old = TcpStream::connect(address).unwrap();
        old.write_all(b"one").unwrap();
        assert_eq!(heard.recv_timeout(WAIT).unwrap().bytes, b"one");
        // The old one is never closed: a half-open connection must not keep its owner out.
        let mut new = TcpStream::connect(address).unwrap();
        new.write_all(b"two").unwrap();
        assert_eq!(heard.recv_timeout(WAIT).unwrap().bytes, b"two");
        end();
    }

    #[test]
    fn strangers_are_not_heard() {
        let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let (heard, end) = running(opened(Line::From(listener), &["192.0.2.7"]));
        let mut stranger = TcpStream::connect(address).unwrap();
        // It is hung up on: reading ends, by a close or by a reset.
        stranger.set_read_timeout(Some(WAIT)).unwrap();
        let ended = stranger.read(&mut [0; 8]);
        assert!(matches!(ended, Ok(0)) || ended.is_err_and(|error| !is_patience(&error)));
        assert!(heard.try_recv().is_err());
        end();
    }
}
