//! How many rounds this attack has had so far, for the page.

use std::collections::BTreeMap;

use parapet_frame::Time;
use parapet_track::TrackId;
use parapet_warn::Threat;
use serde::Serialize;

/// After this long without a round in the air the next one begins another count, seconds: an attack's rounds follow each other faster,
/// and ended alarms leave the page after the same time.
const OVER_AFTER_S: f64 = 60.0;
/// Rounds of one attack that are told apart; later ones are in the air and not in the total.
const ROUNDS_MAX: usize = 10_000;

/// The rounds of one attack, by their tracks. A round whose track breaks in two counts twice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Salvo {
    rounds: BTreeMap<TrackId, Round>,
}

#[derive(Clone, Copy, Debug)]
struct Round {
    seen: Time,
    impact: Time,
}

/// The count as the page is told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct SalvoView {
    /// When the first plot of its first round was measured, milliseconds since 1970 UTC.
    began_ms: i64,
    /// Rounds so far.
    rounds: usize,
    /// Those that have yet to fall.
    in_air: usize,
    /// When the last of them is predicted to fall, milliseconds since 1970 UTC.
    last_impact_ms: i64,
}

impl Salvo {
    /// A prediction came. What is no longer believed to be a round never was one.
    pub(crate) fn threat(&mut self, threat: &Threat) {
        let round = Round { seen: threat.first_plot_at, impact: threat.impact.at };
        if !threat.believed {
            self.rounds.remove(&threat.track);
        } else if self.rounds.len() < ROUNDS_MAX || self.rounds.contains_key(&threat.track) {
            self.rounds.insert(threat.track, round);
        }
    }

    /// Forgets an attack that is over.
    pub(crate) fn age(&mut self, now: Time) {
        if self.last().is_some_and(|last| now.seconds_since(last) > OVER_AFTER_S) {
            self.rounds.clear();
        }
    }

    /// `None` while there is no attack.
    pub(crate) fn view(&self, now: Time) -> Option<SalvoView> {
        let began = self.rounds.values().map(|round| round.seen).min()?;
        Some(SalvoView {
            began_ms: began.millis(),
            rounds: self.rounds.len(),
            in_air: self.rounds.values().filter(|round| round.impact > now).count(),
            last_impact_ms: self.last()?.millis(),
        })
    }

    fn last(&self) -> Option<Time> {
        self.rounds.values().map(|round| round.impact).max()
    }
}
