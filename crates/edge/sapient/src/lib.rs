//! SAPIENT as BSI Flex 335 v2.0 has it: messages, their rules, and both roles as machines without sockets.
//!
//! Pure: bytes go in, bytes come out, and the clock is an argument. In the order in which bytes pass through:
//!
//! * [`FrameReader`] cuts a stream into messages, and [`framed`] does the reverse;
//! * [`check`] holds a message against the standard's rules in place, and [`read`] gives it as the [`schema`]'s structure;
//! * [`FusionNode`] is the side that nodes connect to, [`EdgeNode`] the side that connects;
//! * [`SapientIntake`] turns detections into the engine's events, [`SapientDetection`] holds what no plot can;
//! * [`NodeSurvey`] is what a node says of its own place and coverage;
//! * [`alert`] and [`detection`] say alarms and threats to a fusion node further up.
//!
//! Structures and rules are made from the published schema when the crate is built; see `build.rs`. What the schema does not
//! mark stands in `src/additions.rs`, every bound in [`Limits`].
//!
//! ```
//! use parapet_sapient::{Limits, Translator, check};
//!
//! let json = r#"{
//!     "timestamp": "2026-11-22T13:16:10Z",
//!     "nodeId": "ac3d032e-40a8-4616-9485-28203450b1f4",
//!     "alert": { "alertId": "7", "location": { "x": 44.39, "y": 133.3, "coordinateSystem": "LOCATION_COORDINATE_SYSTEM_LAT_LNG_DEG_M" } }
//! }"#;
//! let bytes = Translator::new().bytes(json)?;
//! let faults: Vec<String> = check(&bytes, &Limits::DEFAULT).iter().map(ToString::to_string).collect();
//! assert_eq!(faults, [
//!     "alert.alert_id: not a ULID of 26 characters in upper case",
//!     "alert.location.datum: mandatory, but missing",
//!     "alert.location.y: 133.3 is not between -90.000009 and 90.000009",
//! ]);
//! # Ok::<(), String>(())
//! ```
//!
//! Weaknesses, first: edition 2.0 only; nothing is passed on between nodes; a fusion node's own tasks are for whoever calls
//! [`FusionNode::task`], and nobody does yet; a node's velocity is taken for m/s without looking at its registration.

mod bucket;
mod check;
mod detection;
mod earth;
mod edge;
mod frame;
mod fusion;
mod fuzz;
mod id;
mod intake;
mod json;
mod limits;
mod message;
mod node;
mod profile;
mod refusal;
mod report;
mod rules;
mod survey;
mod wire;

pub use check::{EDITION, Fault, Finding, check};
pub use detection::{Measured, North, Odds, SapientDetection, SeenAt, Sound, Unusable};
pub use earth::EarthPlace;
pub use edge::{EdgeAction, EdgeEvent, EdgeNode, EdgePolicy, EdgeState, EdgeTally};
pub use frame::{FrameReader, TooLong, framed};
pub use fusion::{Action, ConnectionId, FusionNode, FusionPolicy, NodeEvent, Tally, Trust};
pub use fuzz::fuzz_one;
pub use id::{IdError, NodeId, Ulid, UlidMint};
pub use intake::{Intaken, SapientCounts, SapientIntake, SapientSource};
pub use json::{DESCRIPTORS, MESSAGE_NAME, Translator};
pub use limits::Limits;
pub use message::{read, schema, time_of, timestamp, write};
pub use node::Node;
pub use profile::Profile;
pub use refusal::{Reason, Refusal};
pub use report::{AlertZone, alert, detection};
pub use survey::NodeSurvey;
pub use wire::WireError;
