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

#![allow(dead_code, unused_imports, reason = "what channels are written with; the first of them ends this")]

mod bulletin;
mod desk;
mod dispatch;
mod ledger;
mod queue;

#[cfg(test)]
mod tests;

pub(crate) use bulletin::Bulletin;
pub use desk::ChannelStatus;
pub(crate) use desk::{Books, Desk};
pub(crate) use dispatch::{Channels, Plan, QUEUE_MAX, Receivers, Spec};
pub(crate) use queue::{Inbox, Item, Reminder, TrackNews, Way};
