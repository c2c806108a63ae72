//! How things fly.
//!
//! A round is a point mass under gravity and quadratic drag: its state is a place, a velocity and the logarithm of its
//! ballistic coefficient ([`Body`]). The world it flies through is an [`Environment`]: an Earth, an atmosphere, a wind and
//! a ground. [`advance`] carries a body through time, [`carry`] together with small deviations from it, [`to_ground`] and
//! [`to_ground_many`] to where it comes down, [`to_origin`] back to where it left the ground.
//!
//! ```
//! use nalgebra::Vector3;
//! use parapet_flight::{Body, Environment, to_ground};
//! let mortar = Body {
//!     position_m: Vector3::new(0.0, 0.0, 1.0),
//!     velocity_mps: Vector3::new(0.0, 150.0, 150.0),
//!     ln_beta: 5_000f64.ln(),
//! };
//! let landing = to_ground(&Environment::flat(), &mortar, 120.0).expect("what goes up comes down");
//! assert!((25.0..31.0).contains(&landing.after_s), "{landing:?}");
//! ```

mod air;
mod carry;
mod environment;
mod ground;
mod lanes;
mod motion;
mod relief;
mod terrain;
mod weather;

pub use air::{Air, MACH_KNOTS, air_at, drag_shape};
pub use carry::{Carried, advance, carry};
pub use environment::{Earth, Environment, UNKNOWN_WIND_SIGMA_MPS};
pub use ground::{Landing, Origin, to_ground, to_ground_many, to_origin, to_origin_many};
pub use motion::{Body, Linearised, acceleration, linearise};
pub use terrain::{Grid, Terrain, TerrainError};
pub use weather::{Level, Weather, WeatherError};
