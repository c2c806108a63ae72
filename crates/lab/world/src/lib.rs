//! The simulated world: what is true, and what radars say of it.
//!
//! A [`Scenario`] (a TOML file) and a seed make a [`Scene`]: every object with its way, every radar with its pose. Radars
//! look at it ([`listen`]) and their messages become ASTERIX datagrams ([`datagrams`]). The same scenario and seed give the
//! same bytes.
//!
//! ```
//! use parapet_world::{Scenario, Scene, listen};
//! let scenario = Scenario::parse("doc.toml", r#"
//!     name = "doc"
//!     seed = 1
//!     duration_s = 20.0
//!     site = { lat_deg = 33.3, lon_deg = 44.4, height_m = 34.0, ground_height_m = 34.0 }
//!     [[radar]]
//!     name = "r1"
//!     sac = 25
//!     sic = 1
//!     lat_deg = 33.3
//!     lon_deg = 44.4
//!     height_m = 40.0
//!     scan_period_s = 1.0
//!     range_min_m = 400.0
//!     range_max_m = 20000.0
//!     elevation_min_deg = 1.0
//!     elevation_max_deg = 80.0
//!     detection_probability = 0.9
//!     sigma_range_m = 15.0
//!     sigma_azimuth_deg = 0.17
//!     sigma_elevation_deg = 0.17
//!     [[launch]]
//!     id = "m1"
//!     class = "mortar"
//!     at_s = 2.0
//!     lat_deg = 33.33
//!     lon_deg = 44.4
//!     target = { lat_deg = 33.305, lon_deg = 44.4 }
//! "#).unwrap();
//! let scene = Scene::build(&scenario, scenario.seed).unwrap();
//! assert!(!listen(&scene).is_empty());
//! ```
//!
//! Weaknesses, first: the ground is level but for the Earth's curvature, radars see through everything above their lowest
//! elevation, two targets in one beam stay two plots, and rounds are point masses of three generic classes in public round
//! numbers.

#![forbid(unsafe_code)]

mod acoustic;
mod aim;
mod flyer;
mod message;
mod path;
mod radar;
mod round;
mod scenario;
mod scene;
mod stream;
mod truth;
mod wire;

pub use acoustic::{SoundLine, sounds};
pub use message::{Answer, Message, MessageKind, PlotLine, Sighting};
pub use path::{Moment, Path};
pub use radar::listen;
pub use round::TrueWorld;
pub use scenario::{
    Aircraft, AircraftKind, Antenna, Arc, ClutterPatch, Corner, Destination, Flock, FlockKind, Ground, Launch,
    Microphone, Problem, Radar, RoundClass, Scenario, SiteOrigin, Transponder, Wind,
};
pub use scene::{Object, ObjectClass, PlacedRadar, RoundFacts, Scene};
pub use stream::Stream;
pub use truth::{GroundTruth, ObjectTruth, RunTruth, StateTruth, Truth, TruthLine};
pub use wire::{DATAGRAM_MAX, datagrams};
