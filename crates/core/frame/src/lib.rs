//! Where and when.
//!
//! Everything in the core speaks of places in one frame, **site ENU**: a Cartesian frame whose origin is the surveyed
//! site origin and whose axes point east, north and up *there*. The Earth falls away below its horizontal plane; see
//! [`curvature_drop_m`]. Sensors have a frame of their own ([`SensorPose`]), and WGS-84 exists at the edges only
//! ([`SiteFrame`] when a site is read or shown, [`EarthAxes`] for what is told while the engine runs).
//!
//! ```
//! use parapet_frame::{Geodetic, SiteFrame};
//! let site = SiteFrame::at(Geodetic { lat_deg: 33.3, lon_deg: 44.39, height_m: 34.0 })?;
//! let north = site.site_from_geodetic(Geodetic { lat_deg: 33.31, lon_deg: 44.39, height_m: 34.0 })?;
//! assert!((north.north_m - 1_109.0).abs() < 1.0);
//! # Ok::<(), parapet_frame::GeodesyError>(())
//! ```
//!
//! Weaknesses, first: heights are above mean sea level everywhere and the separation between geoid and ellipsoid is taken as
//! constant over a site, where it cancels; sites larger than some 100 km should not rely on that.

mod covariance;
mod earth;
mod geodesy;
pub mod maths;
mod pose;
mod time;

pub use covariance::{Ellipse, PlaneCovariance};
pub use earth::EarthAxes;
pub use geodesy::{GeodesyError, Geodetic, SiteFrame};
pub use pose::{Polar, SensorPose, SitePoint};
pub use time::{HeardAt, MeasuredAt, NANOS_PER_SECOND, Time};

/// Mean radius of the Earth in metres (IUGG R1), used for curvature and for gravity falling with height.
pub const EARTH_RADIUS_M: f64 = 6_371_000.0;

/// How far sea level lies below the horizontal plane of the site origin at a horizontal distance, in metres.
///
/// `d^2 / 2R`, the first term of the sphere's equation: exact to 1 mm at 20 km and to 0.3 m at 100 km.
#[must_use]
pub fn curvature_drop_m(east_m: f64, north_m: f64) -> f64 {
    (east_m * east_m + north_m * north_m) / (2.0 * EARTH_RADIUS_M)
}
