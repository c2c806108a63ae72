//! The life of one zone's alarm.
//!
//! ```text
//!            P >= threshold              impacts over           hold over, nothing on its way
//!   (quiet) ---------------> take cover -------------> hold -------------------------------> all clear
//!                               |   ^                   |
//!                               |   +-------------------+ P >= threshold (the next round of a salvo)
//!                               | P < threshold / 2 for withdraw_after_s, nothing struck
//!                               +--------------------------------------------------------> withdrawn
//! ```

use parapet_frame::Time;
use parapet_track::TrackId;

use crate::{Alarm, AlarmId, Policy, Reason, Stage, Threat, ZoneId};

/// An alarm goes on until the probability has fallen below this part of its threshold, so that it does not flicker.
const RELEASE: f64 = 0.5;
/// A round that threatens the zone with less than this part of the threshold is not named and does not hold the alarm.
const NEGLIGIBLE: f64 = 0.1;
/// Seconds, beside two standard deviations, after which a predicted impact counts as over.
const IMPACT_GRACE_S: f64 = 1.0;
/// A change of the predicted impact time that is worth telling, seconds.
const TOLD_SHIFT_S: f64 = 0.5;
/// A change of the probability that is worth telling.
const TOLD_PROBABILITY: f64 = 0.1;
/// Least time between two updates that change no stage, seconds.
const TOLD_EVERY_S: f64 = 1.0;

/// A round that endangers the zone, or did.
#[derive(Clone, Debug, PartialEq)]
struct Cause {
    track: TrackId,
    first_plot_at: Time,
    /// Probability that it falls in the zone, by the latest prediction.
    probability: f64,
    impact_at: Time,
    /// When the impact counts as over.
    over_at: Time,
    /// It turned out to be no round.
    disproved: bool,
}

/// An alarm that has not ended.
#[derive(Clone, Debug, PartialEq)]
struct Live {
    told: Alarm,
    low_since: Option<Time>,
    hold_until: Time,
}

/// What one zone is exposed to, and its alarm.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Life {
    zone: ZoneId,
    threshold: f64,
    causes: Vec<Cause>,
    live: Option<Live>,
    last_id: Option<AlarmId>,
}

impl Life {
    pub(crate) fn new(zone: ZoneId, threshold: f64) -> Self {
        Life { zone, threshold, causes: Vec::new(), live: None, last_id: None }
    }

    /// Whether time alone may change something here.
    pub(crate) fn is_active(&self) -> bool {
        self.live.is_some() || !self.causes.is_empty()
    }

    /// A new prediction for a track: it falls in the zone with this probability.
    pub(crate) fn predicted(&mut self, threat: &Threat, probability: f64) {
        let cause = Cause {
            track: threat.track,
            first_plot_at: threat.first_plot_at,
            probability,
            impact_at: threat.impact.at,
            over_at: threat.impact.at.plus_seconds(2.0 * threat.impact.sigma_time_s + IMPACT_GRACE_S),
            disproved: false,
        };
        match self.causes.binary_search_by_key(&threat.track, |c| c.track) {
            Ok(i) => self.causes[i] = cause,
            Err(i) if probability >= NEGLIGIBLE * self.threshold => self.causes.insert(i, cause),
            Err(_) => {}
        }
    }

    /// A track is, after all, no round.
    pub(crate) fn disproved(&mut self, track: TrackId) {
        if let Ok(i) = self.causes.binary_search_by_key(&track, |c| c.track) {
            self.causes[i].probability = 0.0;
            self.causes[i].disproved = true;
        }
    }

    /// Decides; returns what is to be told.
    pub(crate) fn decide(&mut self, now: Time, policy: &Policy) -> Option<Alarm> {
        let probability = self.probability(now);
        let told = match self.live.take() {
            None => self.raise(now, probability),
            Some(live) => self.go_on(live, now, probability, policy),
        };
        self.forget(now, policy);
        told
    }

    /// Probability that at least one round on its way falls in the zone.
    fn probability(&self, now: Time) -> f64 {
        1.0 - self.on_their_way(now).map(|c| 1.0 - c.probability).product::<f64>()
    }

    fn on_their_way(&self, now: Time) -> impl Iterator<Item = &Cause> {
        self.causes.iter().filter(move |c| c.over_at > now)
    }

    fn raise(&mut self, now: Time, probability: f64) -> Option<Alarm> {
        if probability < self.threshold {
            return None;
        }
        let first = self
            .on_their_way(now)
            .max_by(|a, b| a.probability.total_cmp(&b.probability).then(b.track.cmp(&a.track)))?;
        let cause = first.first_plot_at;
        let again = self.last_id.filter(|last| last.cause == cause).map_or(0, |last| last.again.saturating_add(1));
        let id = AlarmId { zone: self.zone, cause, again };
        let alarm = self.alarm(id, now, now, Stage::TakeCover, Reason::ImpactPredicted, probability);
        self.last_id = Some(id);
        self.live = Some(Live { told: alarm.clone(), low_since: None, hold_until: now });
        Some(alarm)
    }

    fn go_on(&mut self, mut live: Live, now: Time, probability: f64, policy: &Policy) -> Option<Alarm> {
        let (stage, reason) = self.next_stage(&mut live, now, probability, policy);
        let alarm = self.alarm(live.told.id, live.told.raised_at, now, stage, reason, probability);
        let tell = is_news(&live.told, &alarm);
        if tell {
            live.told = alarm.clone();
        }
        if !stage.is_ended() {
            self.live = Some(live);
        }
        tell.then_some(alarm)
    }

    fn next_stage(&self, live: &mut Live, now: Time, probability: f64, policy: &Policy) -> (Stage, Reason) {
        if probability >= self.threshold {
            live.low_since = None;
            return (Stage::TakeCover, Reason::ImpactPredicted);
        }
        if let Some(struck_at) = self.last_impact(now) {
            live.hold_until = live.hold_until.max(struck_at.plus_seconds(policy.hold_s));
            live.low_since = None;
            return self.held(live, now);
        }
        match live.told.stage {
            Stage::Hold => self.held(live, now),
            _ if probability >= RELEASE * self.threshold => {
                live.low_since = None;
                (live.told.stage, live.told.reason)
            }
            stage => {
                let since = *live.low_since.get_or_insert(now);
                if now.seconds_since(since) < policy.withdraw_after_s {
                    return (stage, live.told.reason);
                }
                let no_round = self.causes.iter().all(|c| c.disproved);
                (Stage::Withdrawn, if no_round { Reason::NotARound } else { Reason::ImpactElsewhere })
            }
        }
    }

    fn held(&self, live: &Live, now: Time) -> (Stage, Reason) {
        let still_threatened = self.on_their_way(now).any(|c| c.probability >= NEGLIGIBLE * self.threshold);
        if now < live.hold_until || still_threatened {
            (Stage::Hold, Reason::ImpactsOver)
        } else {
            (Stage::AllClear, Reason::HoldOver)
        }
    }

    /// When the last round that probably fell here did so.
    fn last_impact(&self, now: Time) -> Option<Time> {
        let struck = |c: &&Cause| c.over_at <= now && c.probability >= RELEASE * self.threshold;
        self.causes.iter().filter(struck).map(|c| c.impact_at).max()
    }

    fn alarm(&self, id: AlarmId, raised_at: Time, at: Time, stage: Stage, reason: Reason, probability: f64) -> Alarm {
        let named: Vec<&Cause> =
            self.on_their_way(at).filter(|c| c.probability >= NEGLIGIBLE * self.threshold).collect();
        Alarm {
            id,
            at,
            raised_at,
            stage,
            reason,
            probability,
            threshold: self.threshold,
            impact_at: named.iter().map(|c| c.impact_at).min(),
            threats: named.iter().map(|c| c.track).collect(),
            ..Alarm::plain(id, at, stage, reason)
        }
    }

    /// Drops what no longer matters: impacts long over, and, while all is quiet, whatever does not threaten.
    fn forget(&mut self, now: Time, policy: &Policy) {
        let quiet = self.live.is_none();
        self.causes.retain(|c| {
            let over_s = now.seconds_since(c.over_at);
            let threatens = c.probability >= NEGLIGIBLE * self.threshold;
            over_s < 0.0 && (threatens || !quiet) || (0.0..policy.hold_s).contains(&over_s) && !quiet
        });
    }
}

/// Whether an alarm differs enough from what was told last.
fn is_news(told: &Alarm, now: &Alarm) -> bool {
    if told.stage != now.stage {
        return true;
    }
    let shifted = match (told.impact_at, now.impact_at) {
        (Some(before), Some(after)) => after.seconds_since(before).abs() >= TOLD_SHIFT_S,
        (before, after) => before != after,
    };
    let changed =
        shifted || told.threats != now.threats || (told.probability - now.probability).abs() >= TOLD_PROBABILITY;
    changed && now.at.seconds_since(told.at) >= TOLD_EVERY_S
}

#[cfg(test)]
mod tests {
    use parapet_frame::{PlaneCovariance, SitePoint};

    use super::*;
    use crate::Impact;

    fn at(seconds: f64) -> Time {
        Time::from_seconds(1_000.0 + seconds)
    }

    fn threat(track: u64, impact_s: f64) -> Threat {
        Threat {
            track: TrackId(track),
            at: at(0.0),
            first_plot_at: at(track as f64 / 10.0),
            probability: 1.0,
            believed: true,
            impact: Impact {
                at: at(impact_s),
                sigma_time_s: 0.1,
                place: SitePoint::default(),
                covariance: PlaneCovariance::default(),
                speed_mps: 200.0,
            },
        }
    }

    /// Runs the clock from one second to another in steps of half a second and returns the stages that were told.
    fn run(life: &mut Life, from_s: f64, to_s: f64) -> Vec<(f64, Stage, Reason)> {
        let mut told = Vec::new();
        let mut t = from_s;
        while t < to_s {
            told.extend(life.decide(at(t), &Policy::default()).map(|a| (t, a.stage, a.reason)));
            t += 0.5;
        }
        told
    }

    fn stages(told: &[(f64, Stage, Reason)]) -> Vec<Stage> {
        told.iter().map(|(_, stage, _)| *stage).collect()
    }

    #[test]
    fn one_round_raises_holds_and_clears() {
        let mut life = Life::new(ZoneId(0), 0.1);
        assert!(life.decide(at(0.0), &Policy::default()).is_none());
        life.predicted(&threat(1, 20.0), 0.6);
        let told = run(&mut life, 1.0, 80.0);
        assert_eq!(stages(&told), [Stage::TakeCover, Stage::Hold, Stage::AllClear]);
        assert!((told[1].0 - 21.5).abs() < 0.6, "{told:?}");
        assert!((told[2].0 - 50.0).abs() < 0.6, "{told:?}");
        assert!(!life.is_active());
    }

    #[test]
    fn never_cleared_between_the_rounds_of_a_salvo() {
        let mut life = Life::new(ZoneId(0), 0.1);
        life.predicted(&threat(1, 20.0), 0.6);
        let mut told = run(&mut life, 1.0, 45.0);
        life.predicted(&threat(2, 70.0), 0.6);
        told.extend(run(&mut life, 45.0, 200.0));
        assert_eq!(stages(&told), [Stage::TakeCover, Stage::Hold, Stage::TakeCover, Stage::Hold, Stage::AllClear]);
        assert!(told[4].0 >= 100.0, "{told:?}");
    }

    #[test]
    fn a_better_prediction_withdraws() {
        let mut life = Life::new(ZoneId(0), 0.1);
        life.predicted(&threat(1, 40.0), 0.2);
        run(&mut life, 1.0, 5.0);
        life.predicted(&threat(1, 40.0), 0.01);
        let told = run(&mut life, 5.0, 80.0);
        assert_eq!(told.last().unwrap().1, Stage::Withdrawn);
        assert_eq!(told.last().unwrap().2, Reason::ImpactElsewhere);
        assert!((told.last().unwrap().0 - 11.0).abs() < 0.6, "{told:?}");
    }

    #[test]
    fn a_bird_is_withdrawn_as_no_round_and_a_second_alarm_has_its_own_id() {
        let mut life = Life::new(ZoneId(3), 0.1);
        life.predicted(&threat(1, 40.0), 0.2);
        let first = life.decide(at(1.0), &Policy::default()).unwrap();
        life.disproved(TrackId(1));
        let told = run(&mut life, 1.5, 20.0);
        assert_eq!(told.last().unwrap().2, Reason::NotARound);
        life.predicted(&threat(1, 40.0), 0.2);
        let second = life.decide(at(21.0), &Policy::default()).unwrap();
        assert_eq!((first.id.cause, second.id.cause), (at(0.1), at(0.1)));
        assert_eq!((first.id.again, second.id.again), (0, 1));
        assert_eq!(second.id.label("depot"), "depot-1000100-2");
    }

    #[test]
    fn a_track_lost_before_impact_keeps_its_alarm() {
        let mut life = Life::new(ZoneId(0), 0.1);
        life.predicted(&threat(1, 30.0), 0.6);
        // No prediction ever follows.
        let told = run(&mut life, 1.0, 100.0);
        assert_eq!(stages(&told), [Stage::TakeCover, Stage::Hold, Stage::AllClear]);
        assert!(told[1].0 > 30.0);
    }
}
