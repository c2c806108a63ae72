//! Every threat against every zone.

use std::collections::BTreeMap;

use parapet_flight::Environment;
use parapet_frame::Time;
use parapet_track::{Ended, Track, TrackId};

use crate::hazard::{Outline, probability};
use crate::life::Life;
use crate::origin;
use crate::threat::assess;
use crate::{Alarm, Impact, OperatorCommand, OperatorRefusal, OriginReport, Policy, RoundRecord, Threat, Zone, ZoneId};

/// What the site's zones are exposed to, and their alarms.
#[derive(Clone, Debug)]
pub struct Warner {
    policy: Policy,
    outlines: Vec<Outline>,
    lives: Vec<Life>,
    /// The impacts of the track at hand, kept so that no memory is taken anew.
    impacts: Vec<(f64, Impact)>,
    /// At how many plots the origin of a track is worked out next.
    tracings: BTreeMap<TrackId, u32>,
}

impl Warner {
    /// All quiet.
    #[must_use]
    pub fn new(policy: Policy, zones: &[Zone]) -> Self {
        let life = |(i, zone): (usize, &Zone)| Life::new(ZoneId(i as u16), zone.alarm_probability);
        Warner {
            policy,
            outlines: zones.iter().map(Outline::of).collect(),
            lives: zones.iter().enumerate().map(life).collect(),
            impacts: Vec::new(),
            tracings: BTreeMap::new(),
        }
    }

    /// Takes in how a track stands now; returns the threat that it poses, if it does.
    pub fn assess(&mut self, track: &Track, environment: &Environment) -> Option<Threat> {
        let threat = assess(track, environment, &self.policy, &mut self.impacts);
        match &threat {
            Some(threat) => self.expose(threat),
            None => self.disprove(track.id()),
        }
        threat
    }

    /// Does what people on duty order.
    ///
    /// # Errors
    /// Why it is not done.
    pub fn obey(&mut self, _now: Time, order: &OperatorCommand) -> Result<(), OperatorRefusal> {
        order.refusal().map_or(Ok(()), Err)
    }

    /// Decides for every zone; returns what is to be told, in the order of the zones.
    pub fn decide(&mut self, now: Time) -> Vec<Alarm> {
        let policy = self.policy;
        self.lives.iter_mut().filter(|life| life.is_active()).filter_map(|life| life.decide(now, &policy)).collect()
    }

    /// Where a believed threat came from, for the incident record: when it is first believed, and each time its plots have doubled
    /// since, from eight on.
    pub fn trace(&mut self, threat: &Threat, track: &Track, environment: &Environment) -> Option<OriginReport> {
        /// Plots at which an origin is worth working out anew.
        const AGAIN_FROM: u32 = 8;
        let plots = track.plots();
        let due = self.tracings.get(&threat.track).is_none_or(|next| plots >= *next);
        if !threat.believed || !due {
            return None;
        }
        self.tracings.insert(threat.track, plots.saturating_add(1).next_power_of_two().max(AGAIN_FROM));
        let origin = origin::of_track(track, environment)?;
        Some(OriginReport { track: threat.track, at: threat.at, plots, origin })
    }

    /// Takes leave of a track that ended; what is to be put on record of it if it ever was a believed threat.
    pub fn close(&mut self, ended: Ended, at: Time, environment: &Environment) -> Option<RoundRecord> {
        let was_believed = self.tracings.remove(&ended.track).is_some();
        let arc = ended.record.filter(|_| was_believed)?;
        Some(RoundRecord::of(arc, at, environment))
    }

    /// Whether time alone may change something.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.lives.iter().any(Life::is_active)
    }

    fn expose(&mut self, threat: &Threat) {
        let reach_m = self.policy.effect_radius_m;
        for (outline, life) in self.outlines.iter().zip(&mut self.lives) {
            let falls_here = || -> f64 {
                self.impacts
                    .iter()
                    .map(|(w, impact)| w * probability(outline, impact.place, impact.covariance, reach_m))
                    .sum()
            };
            life.predicted(threat, if threat.believed { threat.probability * falls_here() } else { 0.0 });
        }
    }

    fn disprove(&mut self, track: TrackId) {
        for life in &mut self.lives {
            life.disproved(track);
        }
    }
}
