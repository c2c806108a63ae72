//! The ways out: each channel has its own bounded queue, its own thread and its own event loop, so that none delays another.
//!
//! ```text
//!                              +--> queue --> channel "brigade" (its own thread) --> the wire
//!  engine --> dispatch (Editor)+--> queue --> channel "sirens"                       |
//!                 ^            +--> queue --> ...                                    |
//!                 +---- ledger: sent, acknowledged, who has to be told again <-------+
//! ```
//!
//! A new kind of channel is a function that takes an [`Inbox`] and a [`Desk`]: it takes [`Item`]s until there are no more, says
//! what became of each at its desk, and lives through whatever its peer does. [`Plan::add`] makes it a thread.

mod bulletin;
mod desk;
mod discovery;
mod dispatch;
mod ledger;
mod mqtt;
mod orders;
mod plan;
pub(crate) mod post;
mod queue;
mod rig;
pub(crate) mod tls;
mod webhook;

#[cfg(test)]
mod tests;

// What a channel that lives elsewhere is written with.
#[allow(unused_imports, reason = "every channel uses a part of it")]
pub(crate) use bulletin::Bulletin;
pub use desk::ChannelStatus;
#[allow(unused_imports, reason = "every channel uses a part of it")]
pub(crate) use desk::{Books, Desk};
#[allow(unused_imports, reason = "every channel uses a part of it")]
#[cfg(test)]
pub(crate) use dispatch::Channels;
pub(crate) use dispatch::{Plan, QUEUE_MAX, Receivers, Spec};
pub use ledger::Delivery;
pub(crate) use plan::plan;
#[allow(unused_imports, reason = "every channel uses a part of it")]
pub(crate) use queue::{Inbox, Item, Reminder, TrackNews, Way};
pub use rig::ChannelRig;
