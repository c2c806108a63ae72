//! The afterthought: what all plots of a round together say of its whole way, once it has come down or is lost.
//!
//! A filter knows at each instant what the plots up to then tell. When a track ends, all its plots are fitted together once more
//! (`refit`), and what follows for any instant of the arc is smoothed: it rests on the later plots as well as on the earlier.

use parapet_flight::Environment;
use parapet_frame::Time;
use serde::{Deserialize, Serialize};

use crate::filter::Estimate;
use crate::motion::{Covariance, Motion, State};
use crate::sightings::Sightings;
use crate::{Class, ClassOdds, Track, TrackEnd, TrackId};

/// Odds of falling from which on a track is recorded as that of a round.
const FALLS_MIN: f64 = 0.5;
/// Halvings of a rise and fall in which its highest point is sought: 300 s become less than a millisecond.
const HALVINGS: usize = 20;

/// A track that ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// Which one.
    pub track: TrackId,
    /// Why.
    pub why: TrackEnd,
    /// Its whole arc, if it fell.
    pub record: Option<TrackRecord>,
}

/// Where a round was on its arc at an instant, and how fast, as all its plots together tell.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArcState {
    /// The instant.
    pub at: Time,
    /// Place in site ENU, metres.
    pub position_m: [f64; 3],
    /// Velocity in site ENU, m/s.
    pub velocity_mps: [f64; 3],
    /// Natural logarithm of the ballistic coefficient in kg/m^2.
    pub ln_beta: f64,
    /// Covariance of all seven, in this order, upper triangle row by row, SI units.
    pub covariance: [f64; 28],
}

/// The whole arc of a round whose track has ended: for the incident record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrackRecord {
    /// The track.
    pub track: TrackId,
    /// Probabilities of what it was, by the whole arc where that agrees with a free fall.
    pub classes: ClassOdds,
    /// What it most probably was, by these.
    pub class: Class,
    /// When its first plot was measured.
    pub first_plot_at: Time,
    /// When its last plot was measured.
    pub last_plot_at: Time,
    /// Number of plots that the track used.
    pub plots: u32,
    /// Number of plots that the arc is fitted to: of a long track every second, every fourth, and so on.
    pub arc_plots: u32,
    /// First plots that the arc leaves out, since they were seen while a motor burned.
    pub left_out: u32,
    /// At the first plot of the arc.
    pub start: ArcState,
    /// At the highest point, if that lies within the arc.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub apex: Option<ArcState>,
    /// At the last plot of the arc.
    pub end: ArcState,
    /// Sum of the squared residuals, each in its own standard deviations, for each degree of freedom: about 1 for a free fall.
    pub misfit: f64,
    /// Whether the misfit is one that chance allows; otherwise the plots are not those of one thing that fell freely all the time,
    /// and the covariances claim too much.
    pub agrees: bool,
}

impl ArcState {
    fn of(at: Time, estimate: &Estimate) -> Self {
        let mut covariance = [0.0; 28];
        covariance.iter_mut().zip(upper()).for_each(|(slot, cell)| *slot = estimate.covariance[cell]);
        ArcState {
            at,
            position_m: estimate.mean.fixed_rows::<3>(0).into_owned().into(),
            velocity_mps: estimate.mean.fixed_rows::<3>(3).into_owned().into(),
            ln_beta: estimate.mean[6],
            covariance,
        }
    }

    /// As a Gaussian belief, valid at the instant.
    #[must_use]
    pub fn estimate(&self) -> Estimate {
        let numbers = self.position_m.into_iter().chain(self.velocity_mps).chain([self.ln_beta]);
        let mut covariance = Covariance::zeros();
        for ((row, column), value) in upper().zip(self.covariance) {
            covariance[(row, column)] = value;
            covariance[(column, row)] = value;
        }
        Estimate { mean: State::from_iterator(numbers), covariance }
    }

    /// The same arc some seconds later. Nothing is added for what may happen on the way: the arc was fitted without.
    fn later(&self, environment: &Environment, seconds: f64) -> Self {
        let (mean, step) = self.estimate().carried(environment, Motion::Ballistic, seconds);
        let covariance = step.carry(&self.estimate().covariance);
        ArcState::of(self.at.plus_seconds(seconds), &Estimate { mean, covariance })
    }

    fn climbs(&self) -> bool {
        self.velocity_mps[2] > 0.0
    }
}

impl TrackRecord {
    /// Of a track that ends; `None` where it did not fall, where too few of its plots are remembered, or where no round can have
    /// flown like that.
    pub(crate) fn of(track: &Track, sightings: &Sightings, environment: &Environment) -> Option<Self> {
        if track.odds().falling() < FALLS_MIN {
            return None;
        }
        let arc = track.beliefs.whole_arc(environment, sightings, track.at)?;
        let (start, end) = (arc.start.1, arc.end.1);
        if !start.is_physical() || !end.is_physical() || !arc.misfit.is_finite() {
            return None;
        }
        let classes = if arc.agrees {
            let height_m = environment.height_above_ground_m(&start.body().position_m);
            ClassOdds::of(&track.odds(), &start, height_m, track.identity.is_some())
        } else {
            track.classes(environment)
        };
        let mut record = TrackRecord {
            track: track.id,
            classes,
            class: classes.named(),
            first_plot_at: track.first_plot_at,
            last_plot_at: track.last_plot_at,
            plots: track.plots,
            arc_plots: arc.plots,
            left_out: arc.left_out,
            start: ArcState::of(arc.start.0, &start),
            apex: None,
            end: ArcState::of(arc.end.0, &end),
            misfit: arc.misfit,
            agrees: arc.agrees,
        };
        record.apex = record.highest(environment);
        Some(record)
    }

    /// The smoothed state at an instant of the arc, so many seconds before its end for instance; `None` outside of it.
    #[must_use]
    pub fn at(&self, environment: &Environment, at: Time) -> Option<ArcState> {
        let within = self.start.at <= at && at <= self.end.at;
        within.then(|| self.start.later(environment, at.seconds_since(self.start.at)))
    }

    fn highest(&self, environment: &Environment) -> Option<ArcState> {
        if !self.start.climbs() || self.end.climbs() {
            return None;
        }
        let (mut up_s, mut down_s) = (0.0, self.end.at.seconds_since(self.start.at));
        for _ in 0..HALVINGS {
            let middle_s = 0.5 * (up_s + down_s);
            let climbs = self.start.later(environment, middle_s).climbs();
            *(if climbs { &mut up_s } else { &mut down_s }) = middle_s;
        }
        Some(self.start.later(environment, up_s))
    }
}

/// The cells of the upper triangle, row by row.
fn upper() -> impl Iterator<Item = (usize, usize)> {
    (0..7).flat_map(|row| (row..7).map(move |column| (row, column)))
}
