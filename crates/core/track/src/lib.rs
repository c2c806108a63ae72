//! Plots become moving things.
//!
//! A [`Plot`] is what a sensor said. The [`Tracker`] holds a table of tracks; each is a Bernoulli component (it exists with a
//! probability) whose motion is an interacting multiple model. A look of a sensor is associated as a whole by belief
//! propagation, plots that nobody claims begin tentative tracks, and plots that come late are used where they belong in time.
//!
//! The method is a Poisson multi-Bernoulli filter with moment matching after each look (Garcia-Fernandez et al. 2018,
//! Williams 2015) over measurement-driven births.

mod acoustic;
mod associate;
mod bank;
mod beliefs;
mod class;
mod contact;
mod contest;
mod dues;
mod filter;
mod horizon;
mod index;
mod limits;
mod measurement;
mod motion;
mod plot;
mod priors;
mod recognition;
mod record;
mod refit;
mod registration;
mod report;
mod sensor;
mod sightings;
mod support;
mod table;
mod track;
mod tracker;
mod trust;

pub use acoustic::{
    Bearing, Ear, EarHealth, EarReport, Hearing, Listener, Sound, SoundKind, SoundReport, SoundSource, Unheard,
};
pub use class::ClassOdds;
pub use contact::{
    Above, CommonTarget, ContactName, ContactReport, ContactSource, DELAY_SIGMA_DEFAULT_S, Doubts, Height,
    PLACE_SIGMA_DEFAULT_M, PRESSURE_SIGMA_DEFAULT_M, ReferencePosition, ReferenceSource, Teller, Told, Velocity,
    accuracy_of_nacp, accuracy_of_nucp,
};
pub use filter::Estimate;
pub use horizon::Horizon;
pub use limits::TrackLimits;
pub use plot::{Accuracy, Elevation, Identity, Plot, SensorId};
pub use recognition::{ContactFault, Findings, Recogniser, Recognition, Suspected, Suspicion};
pub use record::{ArcState, Ended, TrackRecord};
pub use registration::{BiasKind, DriftReport, Registered, RegistrationReport};
pub use report::{Class, Evidence, MotionOdds, PlotRef, SMOOTHING_LAG_S, Smoothed, TrackEnd, TrackId, TrackReport};
pub use sensor::{Coverage, Scan, Sector, SensorModel};
pub use track::Track;
pub use tracker::{Look, Tracker};
pub use trust::{Bias, Trust};
