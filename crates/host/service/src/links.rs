//! The lines on which sensors speak: UDP sockets, one thread each, which stamp and queue and do nothing else.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::thread::JoinHandle;
use std::time::Duration;

use parapet_frame::HeardAt;
use parapet_site::{Cast, Link};
use socket2::{Domain, Protocol, Socket, Type};

use crate::Clock;
use crate::error::{ServiceError, bind_remedy};
use crate::watchman::Watchman;

/// Bytes that the operating system may keep for us: half a second of a 64 Mbit/s stream. It may grant less.
const RECEIVE_BUFFER_BYTES: usize = 4 * 1024 * 1024;
/// The longest UDP datagram.
const DATAGRAM_BYTES_MAX: usize = 65_535;
/// How often a silent link looks whether the service stops.
const STOP_CHECK: Duration = Duration::from_millis(100);

/// What a link heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// When it was received.
    pub heard_at: HeardAt,
    /// The link's place in the configuration.
    pub link: u16,
    /// Who sent it; on plain UDP a claim that anybody can forge.
    pub sender: Option<IpAddr>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What the links share.
#[derive(Clone, Debug)]
pub(crate) struct Receivers {
    pub(crate) clock: Arc<Clock>,
    pub(crate) queue: SyncSender<Datagram>,
    pub(crate) dropped: Arc<AtomicU64>,
    pub(crate) stop: Arc<AtomicBool>,
}

/// Opens a link.
///
/// # Errors
/// When the port is in use, the address or the interface is not this machine's, or the group cannot be joined.
pub(crate) fn open(link: &Link) -> Result<UdpSocket, ServiceError> {
    let failed = |error: io::Error| ServiceError::Link {
        url: link.url.clone(),
        what: error.to_string(),
        remedy: match link.cast {
            Cast::Multicast { interface: Some(_), .. } if error.kind() != io::ErrorKind::AddrInUse => {
                "check that this machine has the interface address (see `ip address`) and that it allows multicast"
            }
            Cast::Multicast { interface: None, .. } if error.kind() != io::ErrorKind::AddrInUse => {
                "check that the machine has a route for multicast, or name the interface with `?interface=ADDRESS`"
            }
            _ => bind_remedy(&error),
        },
    };
    match link.cast {
        Cast::Unicast { local } => unicast(SocketAddr::new(local, link.port)),
        Cast::Multicast { group, interface } => multicast(group, interface, link.port),
    }
    .map_err(failed)
}

fn unicast(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = socket(Domain::for_address(address))?;
    socket.bind(&address.into())?;
    Ok(socket.into())
}

fn multicast(group: Ipv4Addr, interface: Option<Ipv4Addr>, port: u16) -> io::Result<UdpSocket> {
    let socket = socket(Domain::IPV4)?;
    // Several programs may listen to one group, each gets every datagram.
    socket.set_reuse_address(true)?;
    // Bound to the group itself, so that nothing else sent to this port is taken for it.
    socket.bind(&SocketAddr::from((group, port)).into())?;
    socket.join_multicast_v4(&group, &interface.unwrap_or(Ipv4Addr::UNSPECIFIED))?;
    Ok(socket.into())
}

fn socket(domain: Domain) -> io::Result<Socket> {
    let socket = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
    // A smaller buffer than asked for is a pity, not a fault; what it loses is counted by the lookout.
    let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER_BYTES);
    socket.set_read_timeout(Some(STOP_CHECK))?;
    Ok(socket)
}

/// Starts the thread of a link.
///
/// # Errors
/// When the operating system gives no thread.
pub(crate) fn receive(
    socket: UdpSocket,
    link: u16,
    receivers: Receivers,
    watchman: &Watchman,
) -> Result<JoinHandle<()>, ServiceError> {
    let run = move || {
        let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
        while !receivers.stop.load(Ordering::Relaxed) {
            match socket.recv_from(&mut buffer) {
                Ok((length, sender)) => {
                    let heard_at = HeardAt(receivers.clock.now());
                    let sender = Some(sender.ip().to_canonical());
                    receivers.queue(Datagram { heard_at, link, sender, bytes: buffer[..length].to_vec() });
                }
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
                // A socket that fails for long must not turn into a busy loop; its silence is noticed by the engine.
                Err(_) => std::thread::sleep(STOP_CHECK),
            }
        }
    };
    watchman.spawn(format!("link-{link}"), run)
}

impl Receivers {
    pub(crate) fn queue(&self, datagram: Datagram) {
        if let Err(TrySendError::Full(_)) = self.queue.try_send(datagram) {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::*;

    fn link(url: &str) -> Link {
        url.parse().unwrap()
    }

    fn free_port() -> u16 {
        UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
    }

    fn receivers(room: usize) -> (Receivers, std::sync::mpsc::Receiver<Datagram>) {
        let (queue, heard) = sync_channel(room);
        let (clock, dropped, stop) = Default::default();
        (Receivers { clock, queue, dropped, stop }, heard)
    }

    #[test]
    fn a_port_in_use_is_said() {
        let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
        let url = format!("udp://127.0.0.1:{}", taken.local_addr().unwrap().port());
        let message = open(&link(&url)).unwrap_err().to_string();
        assert!(message.contains(&url) && message.contains("in use") && message.contains("another port"), "{message}");
    }

    #[test]
    fn a_wrong_interface_is_said() {
        let message = open(&link("udp://239.255.48.1:8600?interface=192.0.2.77")).unwrap_err().to_string();
        assert!(message.contains("interface=192.0.2.77") && message.contains("ip address"), "{message}");
        let message = open(&link("udp://192.0.2.77:8600")).unwrap_err().to_string();
        assert!(message.contains("no such address"), "{message}");
    }

    #[test]
    fn two_programs_share_a_group() {
        let port = free_port();
        let url = format!("udp://239.255.48.7:{port}?interface=127.0.0.1");
        let sockets = [open(&link(&url)).unwrap(), open(&link(&url)).unwrap()];
        let sender = Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap();
        sender.set_multicast_if_v4(&Ipv4Addr::LOCALHOST).unwrap();
        sender.send_to(b"plot", &SocketAddr::from((Ipv4Addr::new(239, 255, 48, 7), port)).into()).unwrap();
        for socket in sockets {
            socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            let mut buffer = [0; 16];
            assert_eq!(socket.recv(&mut buffer).unwrap(), 4);
        }
    }

    #[test]
    fn what_does_not_fit_is_dropped_and_counted() {
        let port = free_port();
        let socket = open(&link(&format!("udp://127.0.0.1:{port}"))).unwrap();
        let (receivers, heard) = receivers(2);
        let (stop, dropped) = (receivers.stop.clone(), receivers.dropped.clone());
        let thread = receive(socket, 7, receivers, &Watchman::new().0).unwrap();
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        for n in 0..5 {
            sender.send_to(&[n], ("127.0.0.1", port)).unwrap();
        }
        while dropped.load(Ordering::Relaxed) < 3 {
            std::thread::sleep(Duration::from_millis(1));
        }
        stop.store(true, Ordering::Relaxed);
        thread.join().unwrap();
        let first = heard.recv().unwrap();
        assert_eq!((first.link, first.bytes, first.sender), (7, vec![0], Some(IpAddr::V4(Ipv4Addr::LOCALHOST))));
        assert_eq!(heard.iter().count(), 1);
    }
}
