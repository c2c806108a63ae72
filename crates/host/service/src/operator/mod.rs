//! The people on duty: what they may order, and what takes two of them. Who they are is a matter of `access`.
//!
//! Everything that they order enters the engine as a recorded event. Live or exercise cannot be ordered.

mod requests;
mod routes;
mod words;

pub(crate) use requests::{Requests, Unseconded};
pub(crate) use routes::{Duty, routes};

use parapet_warn::{AlarmId, OperatorCommand, OperatorRefusal};
use tokio::sync::oneshot;

/// An order on its way to the engine, and where the answer goes.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) command: OperatorCommand,
    pub(crate) answer: oneshot::Sender<Answer>,
}

/// What the engine said to an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) refused: Option<OperatorRefusal>,
    /// Alarms that it changed.
    pub(crate) alarms: Vec<AlarmId>,
}

/// Orders that wait for the engine.
pub(crate) const QUEUE_MAX: usize = 64;
