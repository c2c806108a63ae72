//! The recording: what came in, what went out, in MCAP.
//!
//! A recording holds everything that is needed to run the same engine again: the configuration as the numbers that were
//! used, every datagram as it was received, and every output that followed. It is an ordinary MCAP file, so that other
//! people's viewers open it:
//!
//! | topic | encoding | one message is |
//! |---|---|---|
//! | `/parapet/header` | json | the [`Header`]; first, and alone in its chunk |
//! | `/input/<link>` | asterix, protobuf | one datagram or message, raw; `log_time` is the engine's step, `publish_time` is when it was heard |
//! | `/output/<kind>` | json | one output of the engine; `log_time` is the engine's step |
//! | `/control/note` | json | something that people should know of: a clock that stepped, datagrams that were dropped |
//! | `/control/gap` | json | messages that could not be written because the disk was too slow or failed |
//! | `/control/resumed` | json | what was taken up from another run; see [`Resumed`] |
//! | `/state/engine` | json | what of the engine outlives the program |
//! | `/control/closed` | json | the end: the time of the last step and the digest of the engine |
//!
//! Every message carries a running number, every chunk a checksum. A file that was cut gives everything up to the last whole
//! chunk, and then says where it was cut; what is damaged is never given.
//!
//! A [`Recorder`] writes one such file. A [`Journal`] writes for ever, in segments over a [`Disk`], and seals what it writes: each
//! group ends with a signed hash over everything before it, from segment to segment. [`Recording::open`] takes the bytes of one file
//! or a [`Volume`] of segments, and of what is sealed gives only what a seal vouches for; [`examine`] finds everything that is wrong,
//! [`mend`] saves what can be believed. The form is described in `docs/recording.md`.
//!
//! ```
//! use parapet_recording::{Header, Recorder, Recording};
//! # use parapet_engine::{Config, Limits, Mode};
//! # let policy = parapet_warn::Policy::default();
//! # let config = Config { mode: Mode::Exercise, environment: parapet_flight::Environment::flat(), sensors: vec![],
//! #     zones: vec![], policy, limits: Limits::default() };
//! use parapet_frame::{HeardAt, Time};
//! let at = Time::from_seconds(1_700_000_000.0);
//! let header = Header::new("parapet", "0.1.0", at, config, serde_json::json!([]), serde_json::json!({}));
//! let mut recorder = Recorder::start(std::io::Cursor::new(Vec::new()), &header)?;
//! recorder.input(at, HeardAt(at), 0, None, &[48, 0, 3])?;
//! recorder.closed(at, "digest")?;
//! let bytes = recorder.finish()?.into_inner();
//!
//! let recording = Recording::open(&bytes)?;
//! assert_eq!(recording.header(), &header);
//! assert_eq!(recording.entries().count(), 2);
//! # Ok::<(), parapet_recording::RecordingError>(())
//! ```
//!
//! [`Recording`] reads a file that is in memory as a whole, [`Stream`] one that is not, or that is being written still.
//!
//! Weaknesses, first: a writer keeps an index of its chunks, some 300 bytes for
//! each flush.

mod audit;
mod chain;
mod channels;
mod disk;
mod entry;
mod error;
mod examine;
mod fuzz;
mod header;
mod journal;
mod key;
mod mend;
mod path;
mod pieces;
mod reader;
mod segments;
mod writer;

pub use chain::RunId;
pub use channels::{Encoded, encode_output};
pub use disk::Disk;
pub use entry::{Closed, Entry, Gap, Input, Note, Resumed};
pub use error::RecordingError;
pub use examine::{Examination, Finding, Kind, examine};
pub use fuzz::fuzz_one;
pub use header::{FORMAT, Header};
pub use journal::{Journal, Origin, Place, Setting, Spool, segment_name, segment_number};
pub use key::{KeyError, Public, Secret};
pub use mend::{Mended, mend};
pub use pieces::{SegmentBody, counted_octets, segment_body};
pub use reader::{Bookmark, Entries, Recording, Stream, Totals, totals};
pub use segments::{Segments, Volume};
pub use writer::Recorder;
