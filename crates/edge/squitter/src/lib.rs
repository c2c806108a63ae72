//! ADS-B as receivers pass it on: Beast and AVR streams, Mode S extended squitters, and what aircraft say in them.
//!
//! [`SquitterIntake`] takes the octets of a connection as they come, in any pieces, and gives events: a contact for each
//! position that an aircraft sends. Octets in, events out; the connection itself is the host's.
//!
//! ```
//! use parapet_squitter::{Format, Framer};
//! let mut framer = Framer::new(Format::Avr);
//! let mut frames = Vec::new();
//! framer.feed(b"*8D4840D6202CC371C32CE0576098;\n", &mut |frame| frames.push(frame.to_vec()));
//! assert_eq!(parapet_squitter::parity(&frames[0]), Some(0));
//! ```
//!
//! Written from ICAO Doc 9871 (2nd edition), appendices A to C, and ICAO Annex 10 volume IV, 3.1.2; held against pyModeS
//! (`tests/reference.rs`). Why no library: `docs/sensors.md`.

mod aircraft;
mod cpr;
mod frame;
mod fuzz;
mod intake;
mod message;

pub use cpr::{Airborne, Parity, of_pair, of_reference};
pub use frame::{Format, Framer};
pub use fuzz::fuzz_one;
pub use intake::{SquitterCounts, SquitterIntake, SquitterSource};
pub use message::{Message, Speed, Squitter, parity};
