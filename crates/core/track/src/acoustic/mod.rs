//! What is heard: launches and impacts, told by microphones, become places and times.
//!
//! A node tells when a sound reached it, or from where, or both ([`SoundReport`]). The [`Listener`] finds out which arrivals are of
//! one sound and works out where and when it was made ([`SoundSource`]). A launch that was located is a hint to the tracker (see
//! [`Tracker::hear`](crate::Tracker::hear)), never a track. The mathematics, with its sources, is in `docs/acoustic.md`.

mod air;
mod arrival;
mod cue;
mod listener;
mod locate;
mod report;
mod search;

pub(crate) use cue::{Cue, Cues, launch_odds};
pub use listener::{EarHealth, EarReport, Hearing, Listener, Unheard};
pub use report::{Bearing, Ear, Sound, SoundKind, SoundReport, SoundSource};
