//! The journal on a disk that loses, tears, reorders and refuses: what was synced is read back exactly, what is damaged is cut and
//! said, and nothing is invented.
//!
//! Every test run takes a sample of each. With `PARAPET_EVERY=1` everything is tried, on a large scene: minutes in a release build. A
//! larger number tries every so many.
//!
//! ```text
//! PARAPET_EVERY=1 cargo test --release -p parapet-recording --test journal -- --nocapture
//! ```

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stdout, reason = "the whole runs say how much they did")]

mod crash;
mod disk;
mod flip;
mod refuse;
mod scene;

/// Of a large scene, how many calls, bits or octets lie between two that are tried; `None` for the sample of every test run.
fn every() -> Option<usize> {
    std::env::var("PARAPET_EVERY").ok()?.parse().ok().filter(|every| *every > 0)
}
