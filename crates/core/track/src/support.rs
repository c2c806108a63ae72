//! Whether a plot may be one that a round's track waits for: such a plot is let in, whatever the load.

use crate::measurement::Measurement;
use crate::sensor::Whereabouts;
use crate::{Plot, Tracker};

/// Odds of being a round from which on a track's plots matter more than others.
const ROUND_MIN: f64 = 0.5;
/// Standard deviations within which a plot may be a track's.
const SIGMAS: f64 = 5.0;
/// Standard gravity, m/s^2.
const GRAVITY_MPS2: f64 = 9.806_65;

impl Tracker {
    /// Whether a plot lies where a round that is shown may be by now. Asked of what would be refused otherwise, so it is generous.
    #[must_use]
    pub fn may_support_round(&self, plot: &Plot) -> bool {
        let Some(sensor) = self.sensors.get(usize::from(plot.sensor.0)).filter(|_| !self.rounds.is_empty()) else {
            return false;
        };
        let measurement = Measurement::of(&self.registration.corrected(plot), sensor);
        let error_m = measurement.covariance.trace().sqrt();
        self.rounds.iter().any(|round| {
            let Some(place) = self.tracks.find(*round) else { return false };
            let track = &self.tracks[place];
            let seconds = measurement.at.seconds_since(track.at);
            let Whereabouts { place_m, sigma_m, .. } = track.beliefs.place(seconds);
            let sag_m = 0.5 * GRAVITY_MPS2 * seconds * seconds;
            (measurement.position_m - place_m).norm() <= SIGMAS * (sigma_m + error_m) + sag_m
        })
    }

    /// Notes which of the tracks that the look touched such plots may be of, where any sensor's plots are bounded.
    pub(crate) fn note_rounds(&mut self) {
        if self.sensors.iter().all(|sensor| sensor.trust.plots_per_s_max.is_none()) {
            return;
        }
        let Tracker { rounds, tracks, .. } = self;
        rounds.retain(|round| tracks.find(*round).is_some());
        for track in tracks.touched() {
            let is_round = track.is_shown() && track.odds().round() >= ROUND_MIN;
            match (rounds.binary_search(&track.id), is_round) {
                (Ok(place), false) => drop(rounds.remove(place)),
                (Err(place), true) => rounds.insert(place, track.id),
                _ => {}
            }
        }
    }
}
