//! The one `step` that chains plots, tracks, threats and alarms.
//!
//! The engine is a value. It reads no clock, opens no file and never fails: events go in, outputs come out, and the same
//! events give the same outputs, byte for byte, on any machine.
//!
//! ```
//! use parapet_engine::{Config, Engine, Event, Limits, Mode, Outbox};
//! use parapet_flight::Environment;
//! use parapet_frame::Time;
//! use parapet_warn::Policy;
//!
//! let mut engine = Engine::new(Config {
//!     mode: Mode::Exercise,
//!     environment: Environment::flat(),
//!     sensors: vec![],
//!     zones: vec![],
//!     policy: Policy::default(),
//!     limits: Limits::default(),
//! });
//! let mut out = Outbox::default();
//! engine.step(Time::from_seconds(1.0), Event::Tick, &mut out);
//! assert!(out.outputs.is_empty());
//! assert_eq!(engine.next_wake(), Time::NEVER);
//! ```

mod admission;
mod config;
mod contacts;
mod digest;
mod engine;
mod event;
mod health;
mod limits;
mod output;
mod own_state;
mod possible;
mod seen;
mod sounds;
mod state;

pub use config::{Config, Mode};
pub use digest::Digest;
pub use engine::Engine;
pub use event::{Event, Undecodable};
pub use health::{Trouble, TroubleReport};
pub use limits::Limits;
pub use output::{Counts, Outbox, Output, Refusal, RefusalReason, SensorHealth, SensorReport};
pub use own_state::{Complaints, OwnState};
pub use state::EngineState;
