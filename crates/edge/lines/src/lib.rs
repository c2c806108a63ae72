//! The plain door: one JSON object on a line, for any sensor that speaks neither ASTERIX nor SAPIENT.
//!
//! A [`Line`] is what a sensor may say; `docs/door.md` documents every key, and `docs/lines.schema.json` is the JSON Schema of it,
//! made from the types here. [`parse`] reads one line strictly: an unknown key, a wrong unit or an impossible number is refused with
//! its place and what to do. [`LinesIntake`] turns lines into the engine's events.
//!
//! ```
//! use parapet_lines::{Line, parse};
//!
//! let line = parse(br#"{"type":"plot","sensor":"r1","range_m":5200.0,"azimuth_deg":91.5,"elevation_deg":12.0}"#)?;
//! assert!(matches!(line, Line::Plot(_)));
//! let refused = parse(br#"{"type":"plot","sensor":"r1","range_m":5200.0,"azimuth_deg":912.0}"#).unwrap_err();
//! assert_eq!(refused.to_string(), "key azimuth_deg: 912 is not from -360 to 360; write degrees clockwise from true north");
//! # Ok::<(), parapet_lines::LineError>(())
//! ```

mod check;
mod fuzz;
mod intake;
mod line;
mod parse;
mod position;
mod source;

pub use fuzz::examine;
pub use intake::{LinesCounts, LinesIntake, Taken};
pub use line::{
    AliveLine, BearingLine, Heard, Line, PlaceLine, PlotLine, PositionLine, SiteLine, SoundLine, State, Target, schema,
};
pub use parse::{LINE_BYTES_MAX, LineError, parse};
pub use source::{LineSensor, LineSources, SoundNode};
