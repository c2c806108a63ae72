//! The journal on a disk that loses, tears, reorders and refuses: what was synced is read back exactly, what is damaged is cut and
//! said, and nothing is invented.
//!
//! The whole runs take minutes and are started by hand, in a release build; every test run takes a sample of each:
//!
//! ```text
//! cargo test --release -p parapet-recording --test journal -- --ignored --nocapture
//! ```

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stdout, reason = "the whole runs say how much they did")]

mod crash;
mod disk;
mod flip;
mod refuse;
mod scene;
