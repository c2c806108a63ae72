//! The fusion node's sockets: one task that listens, one for each connection, and one that owns the machine.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parapet_frame::{HeardAt, Time};
use parapet_sapient::schema::sapient_message::Content;
use parapet_sapient::{Action, ConnectionId, FusionNode, NodeEvent, Trust};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::{interval, timeout};
use tokio_rustls::TlsAcceptor;

use crate::Arrival;
use crate::identity::nodes_of;
use crate::line::{End, SENDING_MAX, listen, speak};
use crate::outside::Outside;
use crate::status::{Board, NODES_SHOWN_MAX, NodeStatus};

/// A handshake is done by then.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(5);
/// Messages that wait for the machine, from all connections together; who sends more waits.
const WAITING_MAX: usize = 256;
/// How often the machine is told that time passes, and the status is shown.
const TICK: Duration = Duration::from_millis(200);
/// How long a message waits for room in the engine's queue before it is dropped and counted. All connections wait with it.
const ROOM_WITHIN: Duration = Duration::from_millis(100);
/// ... and how often is looked.
const ROOM_LOOKS: u32 = 20;
/// How long a peer may take to read our last words before the connection is dropped.
const PARTING: Duration = Duration::from_millis(500);
/// A pause after the operating system refused a connection, which it does when it has no descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What the tasks of connections tell the machine's task.
enum Heard {
    Opened { connection: ConnectionId, peer: SocketAddr, trust: Trust, line: Line },
    Message { connection: ConnectionId, at: Time, bytes: Vec<u8> },
    Ended { connection: ConnectionId, end: End },
}

/// What the machine's task holds of a connection. Dropping it closes the connection once everything is sent.
struct Line {
    frames: mpsc::Sender<Vec<u8>>,
    is_registered: Arc<AtomicBool>,
    peer: Option<SocketAddr>,
}

/// What a fusion door is made of.
pub(crate) struct FusionDoor {
    pub(crate) machine: FusionNode,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) link: u16,
    pub(crate) connections_max: usize,
    pub(crate) outside: Outside,
    pub(crate) board: Arc<Board>,
}

impl FusionDoor {
    /// Runs until the program stops.
    pub(crate) async fn run(self, listener: TcpListener) {
        let (heard, hearing) = mpsc::channel(WAITING_MAX);
        let FusionDoor { machine, tls, link, connections_max, outside, board } = self;
        let porter = Porter { tls, outside: outside.clone(), board: board.clone(), heard };
        let accepting = tokio::spawn(porter.accept(listener, connections_max));
        let host = Host { machine, link, outside, board, lines: BTreeMap::new(), actions: Vec::new() };
        host.run(hearing).await;
        accepting.abort();
    }
}

/// Lets connections in.
#[derive(Clone)]
struct Porter {
    tls: Option<TlsAcceptor>,
    outside: Outside,
    board: Arc<Board>,
    heard: mpsc::Sender<Heard>,
}

impl Porter {
    async fn accept(self, listener: TcpListener, connections_max: usize) {
        let room = Arc::new(Semaphore::new(connections_max));
        for connection in 1.. {
            let (stream, peer) = loop {
                match listener.accept().await {
                    Ok(accepted) => break accepted,
                    Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
                }
            };
            match room.clone().try_acquire_owned() {
                Ok(place) => drop(tokio::spawn(self.clone().welcome(connection, stream, peer, place))),
                Err(_) => {
                    let news = format!("{peer} was turned away: {connections_max} connections are open already");
                    self.board.refuse_connection("too_many", news);
                }
            }
        }
    }

    async fn welcome(
        self,
        connection: ConnectionId,
        stream: TcpStream,
        peer: SocketAddr,
        _place: OwnedSemaphorePermit,
    ) {
        // Acknowledgements are small and awaited; without this they would wait for company.
        let _ = stream.set_nodelay(true);
        let Some(tls) = &self.tls else {
            return self.converse(connection, stream, peer, Trust::Unauthenticated).await;
        };
        match timeout(HANDSHAKE_WITHIN, tls.accept(stream)).await {
            Ok(Ok(stream)) => {
                let certificates = stream.get_ref().1.peer_certificates().unwrap_or_default();
                let nodes = certificates.first().map(nodes_of).unwrap_or_default();
                self.converse(connection, stream, peer, Trust::Certified(nodes)).await;
            }
            Ok(Err(error)) => self.board.refuse_connection("handshake", format!("{peer}: no TLS: {error}")),
            Err(_) => {
                self.board.refuse_connection("handshake_slow", format!("{peer}: the TLS handshake took too long"))
            }
        }
    }

    async fn converse(
        self,
        connection: ConnectionId,
        stream: impl AsyncRead + AsyncWrite + Send + 'static,
        peer: SocketAddr,
        trust: Trust,
    ) {
        let (reading, writing) = tokio::io::split(stream);
        let (frames, waiting) = mpsc::channel(SENDING_MAX);
        let is_registered = Arc::new(AtomicBool::new(false));
        let line = Line { frames, is_registered: is_registered.clone(), peer: Some(peer) };
        if self.heard.send(Heard::Opened { connection, peer, trust, line }).await.is_err() {
            return;
        }
        let outside = &self.outside;
        let wrap = |bytes| Heard::Message { connection, at: outside.now(), bytes };
        let listening = listen(reading, &self.heard, &is_registered, wrap);
        tokio::pin!(listening);
        let end = tokio::select! {
            end = &mut listening => end,
            // Either all was sent and the machine wants it closed, or nobody reads.
            was_sent = speak(writing, waiting) => {
                if was_sent {
                    // A socket that is dropped with bytes unread takes what was sent last with it.
                    let _ = timeout(PARTING, &mut listening).await;
                }
                End::Closed
            }
        };
        let _ = self.heard.send(Heard::Ended { connection, end }).await;
    }
}

/// Owns the machine.
struct Host {
    machine: FusionNode,
    link: u16,
    outside: Outside,
    board: Arc<Board>,
    lines: BTreeMap<ConnectionId, Line>,
    actions: Vec<Action>,
}

impl Host {
    async fn run(mut self, mut hearing: mpsc::Receiver<Heard>) {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        self.show();
        while !self.outside.stops() {
            tokio::select! {
                heard = hearing.recv() => match heard {
                    Some(heard) => self.take(heard).await,
                    None => return,
                },
                _ = tick.tick() => {
                    self.machine.tick(self.outside.now(), &mut self.actions);
                    self.act();
                    self.show();
                }
            }
        }
        self.show();
    }

    async fn take(&mut self, heard: Heard) {
        match heard {
            Heard::Opened { connection, peer, trust, line } => {
                match self.machine.opened(self.outside.now(), connection, trust) {
                    Ok(()) => drop(self.lines.insert(connection, line)),
                    Err(why) => self.board.refuse_connection("too_many", format!("{peer} was turned away: {why}")),
                }
            }
            Heard::Message { connection, at, bytes } => self.message(connection, at, bytes).await,
            Heard::Ended { connection, end } => {
                if let Some(key) = end.key() {
                    let peer = self.lines.get(&connection).and_then(|line| line.peer);
                    let peer = peer.map_or_else(String::new, |peer| peer.to_string());
                    self.board.refuse_connection(key, format!("{peer}: {}", end.words()));
                }
                self.lines.remove(&connection);
                self.machine.closed(self.outside.now(), connection, end.words(), &mut self.actions);
            }
        }
        self.act();
    }

    async fn message(&mut self, connection: ConnectionId, at: Time, bytes: Vec<u8>) {
        match self.machine.message(at, connection, &bytes, &mut self.actions) {
            Ok(message) => {
                let is_for_the_engine = matches!(
                    message.content,
                    Some(Content::DetectionReport(_) | Content::StatusReport(_) | Content::Alert(_))
                );
                let line = self.lines.get(&connection);
                if let Some(line) = line.filter(|_| matches!(message.content, Some(Content::Registration(_)))) {
                    line.is_registered.store(true, Ordering::Relaxed);
                }
                let sender = line.and_then(|line| line.peer).map(|peer| peer.ip().to_canonical());
                if is_for_the_engine {
                    self.deliver(Arrival { heard_at: HeardAt(at), link: self.link, sender, bytes }).await;
                }
            }
            Err(refusal) => self.board.change(|status| status.news = refusal.to_string()),
        }
    }

    /// Hands a message to the engine. Where there is no room everything waits for a moment, so that the peers' own sending stops;
    /// then it is dropped and counted.
    async fn deliver(&mut self, arrival: Arrival) {
        let mut arrival = arrival;
        for _ in 0..ROOM_LOOKS {
            match self.outside.hand_over(arrival) {
                Ok(()) => return,
                Err(back) => arrival = back,
            }
            tokio::time::sleep(ROOM_WITHIN / ROOM_LOOKS).await;
        }
        self.board.change(|status| status.dropped += 1);
    }

    fn act(&mut self) {
        for action in std::mem::take(&mut self.actions) {
            match action {
                Action::Send { to, frame } => {
                    let Some(line) = self.lines.get(&to) else { continue };
                    if line.frames.try_send(frame).is_err() {
                        // It has not read the last sixty-four answers; it will not read this one.
                        self.lines.remove(&to);
                        self.board
                            .refuse_connection("reads_nothing", "a peer does not read what it is sent".to_owned());
                    }
                }
                Action::Close { connection, why } => {
                    self.lines.remove(&connection);
                    self.board.change(|status| status.news = why);
                }
                Action::Told(event) => {
                    let words = words(&event);
                    self.outside.tell(&words);
                    self.board.change(|status| status.news = words);
                }
            }
        }
    }

    fn show(&self) {
        let nodes: Vec<NodeStatus> = self.machine.nodes().take(NODES_SHOWN_MAX).map(node_status).collect();
        let registered = self.machine.nodes().filter(|(_, node)| node.connection.is_some()).count() as u64;
        let tally = self.machine.tally();
        let (messages, taken, connections) = (tally.messages, tally.taken, self.lines.len() as u64);
        let refused: Vec<(String, u64)> =
            tally.refused.iter().map(|(reason, count)| (reason.key().to_owned(), *count)).collect();
        self.board.change(|status| {
            (status.messages, status.taken, status.connections) = (messages, taken, connections);
            (status.nodes, status.registered) = (nodes, registered);
            status.refused.extend(refused);
        });
    }
}

fn node_status((id, node): (parapet_sapient::NodeId, &parapet_sapient::Node)) -> NodeStatus {
    let state = match (node.connection, node.is_silent) {
        (None, _) => "gone",
        (Some(_), true) => "silent",
        (Some(_), false) => "speaking",
    };
    NodeStatus { node: id.to_string(), name: node.name.clone(), state, heard_unix_ms: node.heard_at.millis() }
}

fn words(event: &NodeEvent) -> String {
    match event {
        NodeEvent::Registered { node, name } => format!("SAPIENT node {node} ({name}) has registered"),
        NodeEvent::Silent(node) => format!("SAPIENT node {node} is silent"),
        NodeEvent::Speaking(node) => format!("SAPIENT node {node} speaks again"),
        NodeEvent::Left { node, why } => format!("SAPIENT node {node} has left: {why}"),
        NodeEvent::Complained { node, words } => format!("SAPIENT node {node} sent an error: {words}"),
        NodeEvent::DidNotAnswer { node, task } => format!("SAPIENT node {node} did not answer the task {task}"),
    }
}
