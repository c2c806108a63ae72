//! Commands for sirens and their receipts: signed, fresh, and of one world.
//!
//! Pure: octets and the time go in, values come out. The program seals a [`Command`] with its [`Secret`]; a siren holds it
//! against everything that may be wrong with it ([`Guard`]), sounds what stands ([`pattern`]), and answers with a [`Receipt`]
//! that is signed with a key of its own. The format with test vectors is `docs/siren.md`.
//!
//! ```
//! use parapet_siren::{Command, Contact, Guard, Post, Refusal, Secret, SirenStage, World};
//!
//! let program = Secret::new(World::Exercise, &[7; 32]);
//! let post = Post { siren: "gate".into(), site: "range-b".into(), zones: vec![], key: program.public() };
//! let mut siren = Guard::new(post, 0);
//! let now_ms = 1_605_609_000_000;
//! let command = Command {
//!     v: 1,
//!     world: World::Exercise,
//!     site: "range-b".into(),
//!     sequence: 1_605_609_000_000_000,
//!     nonce: "000102030405060708090a0b0c0d0e0f".into(),
//!     issued_ms: now_ms,
//!     expires_ms: now_ms + 60_000,
//!     alarm: "depot-1605608995000".into(),
//!     revision: 1,
//!     zone: "depot".into(),
//!     stage: SirenStage::TakeCover,
//!     seconds_left: Some(21.5),
//! };
//! let bytes = command.seal(&program);
//! assert!(siren.command(&bytes, false, now_ms).is_ok());
//! assert_eq!(siren.sounding(now_ms).map(|sounding| sounding.stage), Some(SirenStage::TakeCover));
//! assert_eq!(siren.sounding(now_ms + 60_000), None, "it stops by itself");
//! assert_eq!(siren.command(&bytes, true, now_ms), Err(Refusal::Retained));
//! assert_eq!(siren.contact(now_ms), Contact::NoContact, "a command is no heartbeat");
//! ```
//!
//! Weaknesses, first: a siren's clock must be right to a few seconds, for freshness is a matter of clocks; whoever takes the
//! program's secret key can sound the sirens until the key is changed in each of them.

mod command;
mod envelope;
mod fuzz;
mod guard;
mod hex;
mod key;
mod pattern;
mod phrase;
mod topics;

pub use command::{Command, EVERY_ALARM, Heartbeat, Receipt, STANDS_MAX_MS, SirenStage, Verdict};
pub use envelope::MESSAGE_MAX;
pub use fuzz::fuzz_one;
pub use guard::{Contact, Guard, Post, Refusal, Sounding};
pub use key::{KeyError, Public, Secret, World};
pub use pattern::{RATE_HZ, Tone, pattern, samples, wav};
pub use phrase::{EXERCISE_MARKS, LIVE_MARKS, flattened, phrase};
pub use topics::{Topics, level};
