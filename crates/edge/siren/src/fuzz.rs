//! What the fuzz target does with any octets.

use crate::command::{Receipt, SirenStage};
use crate::guard::{Guard, Post};
use crate::key::{Secret, World};

/// Nothing that was not sealed with the program's key makes a siren sound, and nothing makes it fall over.
///
/// # Panics
/// When a siren obeys octets that nobody sealed.
pub fn fuzz_one(bytes: &[u8]) {
    let program = Secret::new(World::Live, &[9; 32]);
    let post = Post { siren: "s".to_owned(), site: "site".to_owned(), zones: vec![], key: program.public() };
    let mut guard = Guard::new(post, 0);
    let now_ms = 1_605_609_000_000;
    assert!(guard.command(bytes, false, now_ms).is_err(), "a siren obeyed what nobody sealed");
    assert!(guard.heartbeat(bytes, false, now_ms).is_err(), "a siren believed what nobody sealed");
    assert!(guard.sounding(now_ms).map(|sounding| sounding.stage) != Some(SirenStage::TakeCover));
    let _ = Receipt::open(bytes, &program.public());
}
