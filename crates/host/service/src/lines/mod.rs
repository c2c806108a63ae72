//! The doors at which JSON Lines are taken: UDP, TCP, HTTP and MQTT, joined to the engine's queue. See `docs/door.md`.
//!
//! What a line means is decided by the engine's thread, from the same bytes as in a replay. Where a sender can be answered it is told at
//! once what is wrong with a line; that is a courtesy, and changes nothing.

mod cutter;
mod mqtt;
mod post;
mod tcp;

use std::net::{IpAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use parapet_frame::HeardAt;
use parapet_lines::LinesIntake;
use parapet_site::{LinesDoor, LinesTransport, Site};
use serde::Serialize;
use tokio::task::JoinSet;

use crate::Clock;
use crate::error::{ServiceError, bind_remedy};
use crate::links::{self, Datagram};
use crate::sources::line_sources;
use crate::watchman::Watchman;

pub(crate) use post::answer;

/// How often the thread of the doors looks whether the service stops.
const STOP_CHECK: Duration = Duration::from_millis(100);

/// What the doors share.
#[derive(Debug)]
pub(crate) struct Gate {
    clock: Arc<Clock>,
    /// Taken away when the service stops, so that the engine sees the end.
    queue: Mutex<Option<SyncSender<Datagram>>>,
    dropped: Arc<AtomicU64>,
    intake: Option<LinesIntake>,
    doors: Vec<Tally>,
}

/// A door as it is now, for people and programs.
#[derive(Debug)]
struct Tally {
    door: LinesDoor,
    link: u16,
    connections: AtomicU64,
    turned_away: AtomicU64,
    deliveries: AtomicU64,
    refused: AtomicU64,
}

/// A door in `/api/lines`.
#[derive(Debug, Serialize)]
pub(crate) struct DoorView {
    url: String,
    kind: &'static str,
    trust: &'static str,
    /// Now; a broker counts as one.
    connections: u64,
    /// Connections and requests that were not let in.
    turned_away: u64,
    /// Batches of lines that went to the engine; of UDP they are among all datagrams.
    deliveries: Option<u64>,
    /// Lines that their senders were told are wrong.
    refused: u64,
}

impl Gate {
    /// Hands lines to the engine. False where there was no room, which is counted.
    fn take(&self, door: usize, sender: Option<IpAddr>, bytes: Vec<u8>) -> bool {
        let datagram = Datagram { heard_at: HeardAt(self.clock.now()), link: self.doors[door].link, sender, bytes };
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        // Without a queue the program stops, and what still comes is not heard.
        match queue.as_ref().map(|queue| queue.try_send(datagram)) {
            Some(Err(TrySendError::Full(_))) => {
                self.dropped.fetch_add(1, Ordering::Relaxed);
                false
            }
            _ => {
                self.doors[door].deliveries.fetch_add(1, Ordering::Relaxed);
                true
            }
        }
    }

    /// What is wrong with each of some lines: its number from 1, and the words.
    fn faults(&self, door: usize, sender: Option<IpAddr>, bytes: &[u8]) -> Vec<(u64, String)> {
        let Some(intake) = &self.intake else { return Vec::new() };
        let lines = (1..).zip(bytes.split(|byte| *byte == b'\n'));
        let faults = lines.filter(|(_, line)| !line.trim_ascii().is_empty()).filter_map(|(number, line)| {
            let fault = intake.check(sender, line.trim_ascii()).err()?;
            Some((number, fault.to_string()))
        });
        let faults: Vec<_> = faults.collect();
        self.doors[door].refused.fetch_add(faults.len() as u64, Ordering::Relaxed);
        faults
    }

    /// The doors as they are now.
    pub(crate) fn view(&self) -> Vec<DoorView> {
        let of = |tally: &Tally| DoorView {
            url: tally.door.url.clone(),
            kind: tally.door.kind(),
            trust: tally.door.trust(),
            connections: tally.connections.load(Ordering::Relaxed),
            turned_away: tally.turned_away.load(Ordering::Relaxed),
            deliveries: (!is_udp(tally)).then(|| tally.deliveries.load(Ordering::Relaxed)),
            refused: tally.refused.load(Ordering::Relaxed),
        };
        self.doors.iter().map(of).collect()
    }

    fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

fn is_udp(tally: &Tally) -> bool {
    matches!(tally.door.transport, LinesTransport::Udp(_))
}

/// The doors, opened and not yet served.
pub(crate) struct Lines {
    pub(crate) gate: Arc<Gate>,
    /// UDP doors, with their links: they are served like any link.
    pub(crate) udp: Vec<(UdpSocket, u16)>,
    tcp: Vec<(std::net::TcpListener, usize)>,
}

/// Opens the doors of a site.
///
/// # Errors
/// When an address cannot be used.
pub(crate) fn open(
    site: &Site,
    clock: &Arc<Clock>,
    queue: &SyncSender<Datagram>,
    dropped: &Arc<AtomicU64>,
) -> Result<Lines, ServiceError> {
    let first = site.links.len() + site.doors.len();
    let tally = |(link, door): (usize, &LinesDoor)| Tally {
        door: door.clone(),
        link: link as u16,
        connections: AtomicU64::new(0),
        turned_away: AtomicU64::new(0),
        deliveries: AtomicU64::new(0),
        refused: AtomicU64::new(0),
    };
    let doors: Vec<Tally> = (first..).zip(&site.lines).map(tally).collect();
    let (mut udp, mut tcp) = (Vec::new(), Vec::new());
    for (number, tally) in doors.iter().enumerate() {
        match &tally.door.transport {
            LinesTransport::Udp(link) => udp.push((links::open(link)?, tally.link)),
            LinesTransport::Tcp { address, .. } => {
                let bound = std::net::TcpListener::bind(address).and_then(|l| l.set_nonblocking(true).map(|()| l));
                let listener = bound.map_err(|error| ServiceError::Link {
                    url: tally.door.url.clone(),
                    what: error.to_string(),
                    remedy: bind_remedy(&error),
                })?;
                tcp.push((listener, number));
            }
            LinesTransport::Http { .. } | LinesTransport::Mqtt { .. } => {}
        }
    }
    let gate = Gate {
        clock: clock.clone(),
        queue: Mutex::new((!doors.is_empty()).then(|| queue.clone())),
        dropped: dropped.clone(),
        intake: line_sources(site).map(LinesIntake::new),
        doors,
    };
    Ok(Lines { gate: Arc::new(gate), udp, tcp })
}

impl Lines {
    /// Starts the thread that serves TCP and MQTT, and that takes the queue away at the end; none where there is no door.
    ///
    /// # Errors
    /// When the operating system gives no thread or no event queue.
    pub(crate) fn start(
        self,
        stop: &Arc<AtomicBool>,
        site_name: &str,
        watchman: &Watchman,
    ) -> Result<Option<JoinHandle<()>>, ServiceError> {
        if self.gate.doors.is_empty() {
            return Ok(None);
        }
        let system = |error| ServiceError::System { what: "an event queue", error };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(system)?;
        let (stop, gate, name) = (stop.clone(), self.gate.clone(), site_name.to_owned());
        let run = move || {
            runtime.block_on(serve(self, &name, stop));
            gate.close();
            runtime.shutdown_timeout(Duration::ZERO);
        };
        watchman.spawn("lines".to_owned(), run).map(Some)
    }
}

async fn serve(lines: Lines, site_name: &str, stop: Arc<AtomicBool>) {
    let mut tasks = JoinSet::new();
    for (listener, door) in lines.tcp {
        tasks.spawn(tcp::serve(listener, door, lines.gate.clone()));
    }
    for (door, tally) in lines.gate.doors.iter().enumerate() {
        if let LinesTransport::Mqtt { .. } = &tally.door.transport {
            tasks.spawn(mqtt::serve(door, lines.gate.clone(), site_name.to_owned()));
        }
    }
    while !stop.load(Ordering::Relaxed) {
        tokio::time::sleep(STOP_CHECK).await;
    }
    tasks.abort_all();
}
