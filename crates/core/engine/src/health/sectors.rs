//! Sectors from which nothing comes any more, though things are there.

use core::f64::consts::TAU;

use parapet_frame::maths;
use parapet_track::{Plot, SensorModel, TrackId};

use super::Verdict;

/// Sectors of a turn.
const SECTORS: usize = 16;
/// Logarithm of the odds that a healthy sensor shows nothing where it should: one in ten thousand.
const LN_ODDS: f64 = -9.2;
/// What one track may say to it: it may have ended.
const LN_ODDS_OF_ONE: f64 = -6.0;
/// Tracks that are told apart in a sector.
const TRACKS_MAX: usize = 8;

/// A track that a sensor should have shown and did not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Missed {
    pub(crate) track: TrackId,
    /// Where it is, seen from the sensor, radians clockwise from north.
    pub(crate) azimuth_rad: f64,
}

/// What was missed in each sector since its last plot.
#[derive(Clone, Debug, Default)]
pub(super) struct Sectors {
    sectors: [Sector; SECTORS],
}

#[derive(Clone, Debug, Default)]
struct Sector {
    tracks: Vec<(TrackId, f64)>,
    is_blanked: bool,
}

impl Sectors {
    pub(super) fn hear(&mut self, plots: &[Plot], missed: &[Missed], model: &SensorModel) -> Option<Verdict> {
        let place = |azimuth_rad: f64| ((azimuth_rad.rem_euclid(TAU) / TAU * SECTORS as f64) as usize).min(SECTORS - 1);
        let was_blanked = self.is_any_blanked();
        for plot in plots {
            self.sectors[place(plot.azimuth_rad)] = Sector::default();
        }
        let mut begun = None;
        for missed in missed {
            let number = place(missed.azimuth_rad);
            let sector = &mut self.sectors[number];
            sector.miss(missed.track, maths::ln((1.0 - model.detection_probability).max(1e-3)));
            if sector.odds() <= LN_ODDS && !sector.is_blanked {
                sector.is_blanked = true;
                let (from, width) = (360 / SECTORS * number, 360 / SECTORS);
                begun = Some(format!(
                    "{} tracks between {from} and {} degrees are missed",
                    sector.tracks.len(),
                    from + width
                ));
            }
        }
        match begun {
            Some(detail) => Some(Verdict::begins(detail)),
            None => (was_blanked && !self.is_any_blanked()).then(Verdict::over),
        }
    }

    fn is_any_blanked(&self) -> bool {
        self.sectors.iter().any(|sector| sector.is_blanked)
    }
}

impl Sector {
    fn miss(&mut self, track: TrackId, ln_odds: f64) {
        if let Some((_, odds)) = self.tracks.iter_mut().find(|(known, _)| *known == track) {
            *odds = (*odds + ln_odds).max(LN_ODDS_OF_ONE);
        } else if self.tracks.len() < TRACKS_MAX {
            self.tracks.push((track, ln_odds.max(LN_ODDS_OF_ONE)));
        }
    }

    fn odds(&self) -> f64 {
        self.tracks.iter().map(|(_, odds)| odds).sum()
    }
}
