//! What a door shows of itself: who is connected, how sure that is, and what was refused.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

/// Nodes that are shown; all of them are counted.
pub(crate) const NODES_SHOWN_MAX: usize = 256;

/// One door as it stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DoorStatus {
    /// "fusion" or "edge".
    pub role: &'static str,
    /// Where it listens or connects to.
    pub address: String,
    /// "tls", or "unauthenticated": anybody who reaches it can say anything.
    pub trust: &'static str,
    /// Connections that are open now.
    pub connections: u64,
    /// Nodes that are registered now; for an edge node 1 while it is.
    pub registered: u64,
    /// The registered nodes, and those that left.
    pub nodes: Vec<NodeStatus>,
    /// Whole messages: taken and refused add up to this.
    pub messages: u64,
    /// Messages that were taken.
    pub taken: u64,
    /// What was refused, by reason: messages, and connections where `connection_` stands in front.
    pub refused: BTreeMap<String, u64>,
    /// Messages that were taken and then found no room in the engine's queue.
    pub dropped: u64,
    /// The latest thing that people should know of.
    pub news: String,
}

/// One node.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NodeStatus {
    /// Its UUID.
    pub node: String,
    /// What it calls itself.
    pub name: String,
    /// "speaking", "silent" or "gone".
    pub state: &'static str,
    /// When it was last heard, milliseconds since 1970 UTC.
    pub heard_unix_ms: i64,
}

/// Where a door puts its status for other threads.
#[derive(Debug, Default)]
pub(crate) struct Board {
    status: Mutex<DoorStatus>,
}

impl Board {
    pub(crate) fn get(&self) -> DoorStatus {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes it. The lock is held for the change only.
    pub(crate) fn change(&self, change: impl FnOnce(&mut DoorStatus)) {
        change(&mut self.status.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Counts a connection that was refused.
    pub(crate) fn refuse_connection(&self, why: &str, news: String) {
        self.change(|status| {
            *status.refused.entry(format!("connection_{why}")).or_default() += 1;
            status.news = news;
        });
    }
}
