//! SAPIENT over TCP and TLS: the sockets of both roles.
//!
//! A crate of its own, so that the live service gains TLS and its deadlines in one arrow, and what they are tested with stays
//! with them. [`Doors::open`] begins a thread with every configured door; messages that were taken come out as [`Arrival`]s, what
//! was refused is counted in each door's [`DoorStatus`], and [`Doors::speaker`] carries alerts up.
//!
//! | what a peer may do | what happens |
//! |---|---|
//! | connect and say nothing | closed after 10 s (no registration), or 5 s (no TLS handshake) |
//! | send a message byte by byte | closed 5 s after its first byte |
//! | vanish without a word | silent after 2.5 of its own heartbeats, closed after 5 |
//! | read nothing | closed after 64 unread answers |
//! | send faster than the engine takes | its own sending stops; after 0.1 s messages are dropped and counted |
//! | hold the certificate of another node | its registration is refused with both names, and it is closed |
//! | speak without TLS where TLS is configured | no handshake; closed and counted |

#![forbid(unsafe_code)]

mod doors;
mod edge_door;
mod fusion_door;
mod identity;
mod line;
mod outside;
mod status;

pub use doors::{Door, DoorError, Doors, EdgeSettings, FusionSettings, Role, Speaker, Watch};
pub use edge_door::Say;
pub use identity::{Identity, IdentityError};
pub use outside::Outside;
pub use status::{DoorStatus, NodeStatus};

use std::net::IpAddr;

use parapet_frame::HeardAt;

/// A message that was taken and is for the engine, without its frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// When it was whole.
    pub heard_at: HeardAt,
    /// The door's place among the site's links.
    pub link: u16,
    /// Where it came from.
    pub sender: Option<IpAddr>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}
