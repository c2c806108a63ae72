//! All doors of a site, on one thread.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;

use parapet_sapient::schema::{Location, Registration};
use parapet_sapient::{EdgeNode, EdgePolicy, FusionNode, FusionPolicy, Limits, NodeId};
use rustls::pki_types::ServerName;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::edge_door::{EdgeDoor, SAYING_MAX, Say};
use crate::fusion_door::FusionDoor;
use crate::identity::{Identity, IdentityError};
use crate::outside::Outside;
use crate::status::{Board, DoorStatus};

/// One door as configured.
#[derive(Clone, Debug)]
pub struct Door {
    /// Who we are there.
    pub id: NodeId,
    /// Where to listen, or whom to connect to.
    pub address: SocketAddr,
    /// Our certificate; `None` for a line on which nobody proves who they are.
    pub identity: Option<Identity>,
    /// Its place among the site's links.
    pub link: u16,
    /// Which side of the conversation.
    pub role: Role,
}

/// Which side of the conversation.
#[derive(Clone, Debug)]
pub enum Role {
    /// Nodes connect to us.
    Fusion(FusionSettings),
    /// We connect to a fusion node further up.
    Edge(Box<EdgeSettings>),
}

/// How a fusion node behaves.
#[derive(Clone, Debug)]
pub struct FusionSettings {
    /// What the owner has decided.
    pub policy: FusionPolicy,
    /// Connections at once.
    pub connections_max: usize,
}

/// How an edge node behaves.
#[derive(Clone, Debug)]
pub struct EdgeSettings {
    /// What it says of itself.
    pub registration: Registration,
    /// Where it is.
    pub location: Option<Location>,
    /// How it behaves.
    pub policy: EdgePolicy,
    /// The name in the fusion node's certificate.
    pub server_name: String,
}

/// Why a door cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// Its address cannot be listened at.
    #[error("{address}: {error}")]
    Address {
        /// The address.
        address: SocketAddr,
        /// The operating system's words.
        error: std::io::Error,
    },
    /// Its certificates cannot be used.
    #[error("{address}: {error}")]
    Identity {
        /// The address.
        address: SocketAddr,
        /// What is wrong with them.
        error: IdentityError,
    },
    /// The name of the fusion node's certificate is no name.
    #[error("{address}: {name:?} is no name that a certificate could have")]
    Name {
        /// The address.
        address: SocketAddr,
        /// The name.
        name: String,
    },
    /// The operating system gives no thread.
    #[error("no thread: {0}")]
    Thread(std::io::Error),
}

/// Every door of a site, open.
#[derive(Debug)]
pub struct Doors {
    thread: JoinHandle<()>,
    boards: Vec<Arc<Board>>,
    addresses: Vec<SocketAddr>,
    speaker: Speaker,
}

/// Carries alerts and detections to every edge door; never waits.
#[derive(Clone, Debug, Default)]
pub struct Speaker {
    doors: Vec<(mpsc::Sender<Say>, Arc<Board>)>,
}

impl Speaker {
    /// Whether anybody listens further up.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        !self.doors.is_empty()
    }

    /// Says something; what finds no room is counted as dropped.
    pub fn say(&self, say: &Say) {
        for (door, board) in &self.doors {
            if door.try_send(say.clone()).is_err() {
                board.change(|status| status.dropped += 1);
            }
        }
    }
}

impl Doors {
    /// Opens every door. `seed` makes the names of our own messages; take it from the clock.
    ///
    /// # Errors
    /// When an address or a certificate cannot be used; nothing is left open then.
    pub fn open(doors: Vec<Door>, seed: u64, outside: &Outside) -> Result<Self, DoorError> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(DoorError::Thread)?;
        let mut hall =
            Hall { runtime, outside: outside.clone(), boards: Vec::new(), addresses: Vec::new(), ways_up: Vec::new() };
        let mut tasks = Vec::new();
        for (door, nth) in doors.into_iter().zip(0..) {
            tasks.push(hall.open(door, seed.wrapping_add(nth))?);
        }
        let Hall { runtime, boards, addresses, ways_up, .. } = hall;
        let run = move || {
            runtime.block_on(async {
                for task in tasks {
                    let _ = task.await;
                }
            });
        };
        let thread = std::thread::Builder::new().name("sapient".to_owned()).spawn(run).map_err(DoorError::Thread)?;
        Ok(Doors { thread, boards, addresses, speaker: Speaker { doors: ways_up } })
    }

    /// Where the doors listen or connect to, in the order of the configuration.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// What the doors show of themselves; keep it, and ask it as often as you like.
    #[must_use]
    pub fn watch(&self) -> Watch {
        Watch { boards: self.boards.clone() }
    }

    /// The way up.
    #[must_use]
    pub fn speaker(&self) -> Speaker {
        self.speaker.clone()
    }

    /// The thread; it ends soon after the program is told to stop.
    #[must_use]
    pub fn into_thread(self) -> JoinHandle<()> {
        self.thread
    }
}

/// Doors while they are being opened.
struct Hall {
    runtime: Runtime,
    outside: Outside,
    boards: Vec<Arc<Board>>,
    addresses: Vec<SocketAddr>,
    ways_up: Vec<(mpsc::Sender<Say>, Arc<Board>)>,
}

impl Hall {
    fn open(&mut self, door: Door, seed: u64) -> Result<tokio::task::JoinHandle<()>, DoorError> {
        let Door { id, address, identity, link, role } = door;
        let board = Arc::new(Board::default());
        self.boards.push(board.clone());
        let trust = if identity.is_some() { "tls" } else { "unauthenticated" };
        board.change(|status| status.trust = trust);
        match role {
            Role::Fusion(FusionSettings { policy, connections_max }) => {
                let machine = FusionNode::new(id, policy, Limits::DEFAULT, seed);
                self.fusion(machine, address, identity, (link, connections_max), board)
            }
            Role::Edge(settings) => {
                let EdgeSettings { registration, location, policy, server_name } = *settings;
                let mut machine = EdgeNode::new(id, registration, policy, Limits::DEFAULT, seed);
                machine.location = location;
                self.edge(machine, address, identity, server_name, board)
            }
        }
    }

    fn fusion(
        &mut self,
        machine: FusionNode,
        address: SocketAddr,
        identity: Option<Identity>,
        (link, connections_max): (u16, usize),
        board: Arc<Board>,
    ) -> Result<tokio::task::JoinHandle<()>, DoorError> {
        let tls = identity.map(|identity| identity.server()).transpose();
        let tls = tls.map_err(|error| DoorError::Identity { address, error })?.map(TlsAcceptor::from);
        let listener = self.runtime.block_on(TcpListener::bind(address));
        let listener = listener.map_err(|error| DoorError::Address { address, error })?;
        let address = listener.local_addr().unwrap_or(address);
        self.addresses.push(address);
        board.change(|status| (status.role, status.address) = ("fusion", address.to_string()));
        let door = FusionDoor { machine, tls, link, connections_max, outside: self.outside.clone(), board };
        Ok(self.runtime.spawn(door.run(listener)))
    }

    fn edge(
        &mut self,
        machine: EdgeNode,
        address: SocketAddr,
        identity: Option<Identity>,
        name: String,
        board: Arc<Board>,
    ) -> Result<tokio::task::JoinHandle<()>, DoorError> {
        let tls = identity.map(|identity| identity.client()).transpose();
        let tls = tls.map_err(|error| DoorError::Identity { address, error })?.map(TlsConnector::from);
        let server = |tls| {
            let server =
                ServerName::try_from(name.clone()).map_err(|_| DoorError::Name { address, name: name.clone() });
            Ok((tls, server?))
        };
        let tls = tls.map(server).transpose()?;
        self.addresses.push(address);
        board.change(|status| (status.role, status.address) = ("edge", address.to_string()));
        let (speaking, saying) = mpsc::channel(SAYING_MAX);
        self.ways_up.push((speaking, board.clone()));
        let door = EdgeDoor { machine, address, tls, outside: self.outside.clone(), board, saying };
        Ok(self.runtime.spawn(door.run()))
    }
}

/// Looks at doors from another thread.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    boards: Vec<Arc<Board>>,
}

impl Watch {
    /// Every door as it stands, in the order of the configuration.
    #[must_use]
    pub fn doors(&self) -> Vec<DoorStatus> {
        self.boards.iter().map(|board| board.get()).collect()
    }
}
