//! The life of one zone's alarm.
//!
//! ```text
//!             possible              impending
//!   (quiet) ----------> prepare ---------------> take cover <-------------+
//!      |                   |          ^              |   |                | impending: the next
//!      +-------------------|----------+      struck  |   | gone           | round of a salvo
//!        impending         | gone                    v   |                |
//!                          +-----> withdrawn       hold -|----------------+
//!                                      ^             |   |
//!                                      +-------------|---+
//!                                                    | gone     all clear
//!                                                    +--------> (and withdrawn, when people take it back)
//! ```
//!
//! What drives it is one [`Situation`], the most pressing of all that hold at an instant. What follows from which is one table,
//! [`next`], of which a reviewed copy stands in `tests/life.txt`.

use parapet_frame::Time;
use parapet_track::{SensorId, TrackId};
use serde::{Deserialize, Serialize};

use crate::danger::{Danger, Exposure};
use crate::decision::{Wait, cover};
use crate::hazard::Outline;
use crate::part::{Region, area_m2};
use crate::sight::Sight;
use crate::{Advice, Alarm, AlarmId, Hazard, Policy, Posture, Reason, Stage, ZoneId};

mod resume;

/// An alarm goes on until the probability has fallen below this part of its threshold, so that it does not flicker.
pub(crate) const RELEASE: f64 = 0.5;
/// A round that threatens the zone with less than this part of the threshold is not named and does not hold the alarm.
pub(crate) const NEGLIGIBLE: f64 = 0.1;
/// A change of the predicted impact time that is worth telling, seconds.
const TOLD_SHIFT_S: f64 = 0.5;
/// A change of the probability that is worth telling.
const TOLD_PROBABILITY: f64 = 0.1;
/// Growth of the endangered part that is worth telling, as a part of it.
const TOLD_GROWTH: f64 = 0.1;
/// Least time between two updates that change no stage, seconds.
const TOLD_EVERY_S: f64 = 1.0;
/// Ended alarms whose causes are remembered, so that no name is given twice: more than can end while a round flies.
const ENDED_MAX: usize = 64;

/// What presses a zone most at an instant. The first that holds counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Situation {
    /// People on duty took the alarm back.
    Cancelled,
    /// The probability has reached the threshold.
    Impending,
    /// It has, nobody has been told to take cover yet, and waiting is worth more than the seconds it costs.
    Possible,
    /// People on duty warn of it.
    Ordered,
    /// A round probably came down less than the hold ago.
    Struck,
    /// The probability is not yet below the release.
    Lingering,
    /// Rounds of the same attack fall nearby, or fell less than the hold ago.
    AttackNear,
    /// No sensor that saw the threat speaks any more.
    Blind,
    /// People on duty keep everybody in cover.
    Held,
    /// The probability is below the release, not yet for long enough.
    Doubtful,
    /// It is so for long enough, but something still threatens a little.
    Faint,
    /// Nothing threatens, and none of what did was a round.
    Disproved,
    /// Nothing has been seen since the sensors fell silent, for as long as is waited for them.
    SightGivenUp,
    /// Nothing threatens.
    Gone,
}

impl Situation {
    #[cfg(test)]
    const ALL: [Situation; 14] = [
        Situation::Cancelled,
        Situation::Impending,
        Situation::Possible,
        Situation::Ordered,
        Situation::Struck,
        Situation::Lingering,
        Situation::AttackNear,
        Situation::Blind,
        Situation::Held,
        Situation::Doubtful,
        Situation::Faint,
        Situation::Disproved,
        Situation::SightGivenUp,
        Situation::Gone,
    ];
}

/// What follows: the stage and its reason, or nothing new. A stage of `None` is quiet.
pub(crate) fn next(stage: Option<Stage>, situation: Situation) -> Option<(Stage, Reason)> {
    use Situation as S;
    let cover = |reason| Some((Stage::TakeCover, reason));
    let withdrawn = |reason| Some((Stage::Withdrawn, reason));
    match (stage, situation) {
        (None | Some(Stage::AllClear | Stage::Withdrawn), S::Impending) => cover(Reason::ImpactPredicted),
        (None | Some(Stage::AllClear | Stage::Withdrawn), S::Ordered) => cover(Reason::OperatorRaised),
        (None | Some(Stage::AllClear | Stage::Withdrawn), S::Possible) => Some((Stage::Prepare, Reason::RoundPossible)),
        (None | Some(Stage::AllClear | Stage::Withdrawn), _) => None,

        (Some(_), S::Cancelled) => withdrawn(Reason::OperatorCancelled),
        (Some(_), S::Impending) => cover(Reason::ImpactPredicted),
        (Some(Stage::Prepare), S::Possible) => None,
        // Whoever is in cover stays there: to be told less would only confuse.
        (Some(_), S::Possible) => cover(Reason::ImpactPredicted),
        (Some(_), S::Ordered) => cover(Reason::OperatorRaised),
        (Some(_), S::Struck) => Some((Stage::Hold, Reason::ImpactsOver)),

        (Some(Stage::Hold), S::AttackNear) => Some((Stage::Hold, Reason::AttackGoesOn)),
        (Some(Stage::Hold), S::Blind) => Some((Stage::Hold, Reason::SightLost)),
        (Some(Stage::Hold), S::Held) => Some((Stage::Hold, Reason::OperatorHeld)),
        (Some(Stage::Hold), S::Faint) => None,
        (Some(_), S::Lingering | S::AttackNear | S::Blind | S::Held | S::Doubtful) => None,

        (Some(Stage::Hold), S::SightGivenUp) => Some((Stage::AllClear, Reason::SightNotRegained)),
        (Some(Stage::Hold), S::Disproved | S::Gone) => Some((Stage::AllClear, Reason::HoldOver)),
        (Some(_), S::SightGivenUp) => withdrawn(Reason::SightNotRegained),
        (Some(_), S::Disproved) => withdrawn(Reason::NotARound),
        (Some(_), S::Faint | S::Gone) => withdrawn(Reason::ImpactElsewhere),
    }
}

/// What is so for all zones when they are decided on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting<'a> {
    pub(crate) now: Time,
    pub(crate) policy: &'a Policy,
    pub(crate) posture: Posture,
    pub(crate) sight: &'a Sight,
    /// Until when people on duty keep everybody in cover.
    pub(crate) held_until: Option<Time>,
    /// Who of them, for the record.
    pub(crate) held_by: Option<&'a str>,
}

/// An alarm that has not ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Live {
    told: Alarm,
    /// How often it was told.
    times: u32,
    low_since: Option<Time>,
    hold_until: Time,
    /// Until when rounds nearby keep it.
    attack_until: Time,
    /// The sensors that have seen its threats.
    eyes: Vec<SensorId>,
    /// Where people are or were in danger.
    region: Region,
    /// When people were told to take cover.
    cover_at: Option<Time>,
    cancelled_by: Option<String>,
}

/// A warning on people's word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    at: Time,
    until: Time,
    by: String,
}

/// What one zone is exposed to, and its alarm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Life {
    zone: ZoneId,
    /// In the normal posture.
    threshold: f64,
    shelter_s: Option<f64>,
    danger: Danger,
    live: Option<Live>,
    order: Option<Order>,
    /// People on duty want no warning of rounds here.
    unprotected: bool,
    /// Until when at most people are left untold while a better prediction is waited for.
    wait_until: Option<Time>,
    /// The causes of ended alarms, with how many there were of each.
    ended: Vec<(Time, u16)>,
}

impl Life {
    pub(crate) fn new(zone: ZoneId, threshold: f64, shelter_s: Option<f64>) -> Self {
        Life {
            zone,
            threshold,
            shelter_s,
            danger: Danger::default(),
            live: None,
            order: None,
            unprotected: false,
            wait_until: None,
            ended: Vec::new(),
        }
    }

    /// What the zone is exposed to.
    pub(crate) fn hazard(&self, now: Time, policy: &Policy, posture: Posture) -> Hazard {
        Hazard {
            zone: self.zone,
            probability: self.danger.probability(now),
            threshold: policy.threshold(self.threshold, posture),
            stage: self.live.as_ref().map(|live| live.told.stage),
            left: self.danger.seconds_left(now),
            threats: self.danger.on_their_way(now).map(|cause| (cause.track, cause.probability)).collect(),
        }
    }

    /// Whether time alone may change something here.
    pub(crate) fn is_active(&self) -> bool {
        self.live.is_some() || self.order.is_some() || !self.danger.causes.is_empty()
    }

    /// The alarm that stands, as it was told last.
    pub(crate) fn standing(&self) -> Option<&Alarm> {
        self.live.as_ref().map(|live| &live.told)
    }

    /// The danger from which on a place here belongs to the part that is told.
    pub(crate) fn place_threshold(&self, policy: &Policy, posture: Posture) -> f64 {
        policy.place_part * policy.threshold(self.threshold, posture)
    }

    /// A new prediction for a track.
    pub(crate) fn predicted(&mut self, exposure: &Exposure<'_>) {
        // The lowest threshold of any posture counts, so that a change of posture finds what it needs.
        let from = NEGLIGIBLE * Policy::default().threshold(self.threshold, Posture::Heightened);
        self.danger.take(exposure, from);
    }

    /// A track does not endanger this zone any more; it is no round at all where that is disproved.
    pub(crate) fn released(&mut self, track: TrackId, disproved: bool) {
        self.danger.release(track, disproved);
    }

    /// A round of an attack falls nearby: nobody here is safe until then.
    pub(crate) fn attacked_near(&mut self, until: Time) {
        if let Some(live) = &mut self.live {
            live.attack_until = live.attack_until.max(until);
        }
    }

    /// People on duty take the alarm back: whether there was one.
    pub(crate) fn cancel(&mut self, by: &str) -> bool {
        self.order = None;
        // All that an alarm ever was about; where there is none, what threatens.
        self.danger.cancel(if self.live.is_some() { 0.0 } else { NEGLIGIBLE * self.threshold });
        self.live.as_mut().map(|live| live.cancelled_by = Some(by.to_owned())).is_some()
    }

    /// People on duty warn of rounds here.
    pub(crate) fn order(&mut self, at: Time, until: Time, by: &str) {
        self.order = Some(Order { at, until, by: by.to_owned() });
    }

    /// Somebody on duty deals with the alarm; what is to be told, unless somebody did already.
    pub(crate) fn acknowledge(&mut self, now: Time, by: &str) -> Option<Alarm> {
        let live = self.live.as_mut().filter(|live| live.told.acknowledged_by.is_none())?;
        live.told.acknowledged_by = Some(by.to_owned());
        live.told.at = now;
        live.times = live.times.saturating_add(1);
        Some(live.told.clone())
    }

    /// Warns of rounds here, or no more; whether that is a change.
    pub(crate) fn set_protected(&mut self, protected: bool) -> bool {
        let changes = self.unprotected == protected;
        self.unprotected = !protected;
        changes
    }

    /// Decides; returns what is to be told.
    pub(crate) fn decide(&mut self, setting: &Setting<'_>, outline: &Outline) -> Option<Alarm> {
        let (now, policy) = (setting.now, setting.policy);
        let threshold = policy.threshold(self.threshold, setting.posture);
        let mut live = self.live.take();
        let situation = self.situation(live.as_mut(), setting, threshold);
        let stage = live.as_ref().map(|live| live.told.stage);
        let told = match (next(stage, situation), live) {
            (None, None) => None,
            (Some((stage, reason)), None) => self.raise(setting, threshold, stage, reason, outline),
            (step, Some(live)) => {
                let (stage, reason) = step.unwrap_or((live.told.stage, live.told.reason));
                self.go_on(live, setting, threshold, stage, reason, outline)
            }
        };
        if self.order.as_ref().is_some_and(|order| order.until <= now) {
            self.order = None;
        }
        self.danger.forget(now, policy.hold_s, self.live.is_none(), NEGLIGIBLE * threshold);
        told
    }

    /// What presses most.
    fn situation(&mut self, live: Option<&mut Live>, setting: &Setting<'_>, threshold: f64) -> Situation {
        let (now, policy) = (setting.now, setting.policy);
        let probability = if self.unprotected { 0.0 } else { self.danger.probability(now) };
        let in_cover = live.as_ref().is_some_and(|live| live.told.stage.is_in_cover());
        if live.as_ref().is_some_and(|live| live.cancelled_by.is_some()) {
            return Situation::Cancelled;
        }
        if probability >= threshold {
            let waits = !in_cover && self.waits(setting, threshold, probability);
            if let Some(live) = live {
                live.low_since = None;
            }
            return if waits { Situation::Possible } else { Situation::Impending };
        }
        self.wait_until = None;
        if self.order.as_ref().is_some_and(|order| order.until > now) {
            return Situation::Ordered;
        }
        let Some(live) = live else { return Situation::Gone };
        if let Some(struck_at) = self.danger.last_impact(now, RELEASE * threshold) {
            live.hold_until = live.hold_until.max(struck_at.plus_seconds(policy.hold_s));
        }
        if now < live.hold_until {
            live.low_since = None;
            return Situation::Struck;
        }
        if probability >= RELEASE * threshold {
            live.low_since = None;
            return Situation::Lingering;
        }
        let low_since = *live.low_since.get_or_insert(now);
        let blind_since = setting.sight.lost_since(&live.eyes);
        let blind_s = blind_since.map(|since| now.seconds_since(since));
        if now < live.attack_until {
            Situation::AttackNear
        } else if blind_s.is_some_and(|blind_s| blind_s < policy.sight_lost_max_s) {
            Situation::Blind
        } else if in_cover && setting.held_until.is_some_and(|until| now < until) {
            Situation::Held
        } else if now.seconds_since(low_since) < policy.withdraw_after_s {
            Situation::Doubtful
        } else if self.danger.named(now, NEGLIGIBLE * threshold).next().is_some() {
            Situation::Faint
        } else if blind_s.is_some() {
            Situation::SightGivenUp
        } else if !self.danger.causes.is_empty() && self.danger.causes.iter().all(|c| c.disproved) {
            Situation::Disproved
        } else {
            Situation::Gone
        }
    }

    /// Whether to leave people untold until the next scan: it is worth its seconds, and it is not the last of what the owner grants.
    fn waits(&mut self, setting: &Setting<'_>, threshold: f64, probability: f64) -> bool {
        let (now, part) = (setting.now, setting.policy.wait_part_max);
        if part <= 0.0 {
            return false;
        }
        let Some(left) = self.danger.seconds_left(now) else { return false };
        let until = *self.wait_until.get_or_insert_with(|| now.plus_seconds(part * left.earliest_s));
        let Some(cause) = self.danger.on_their_way(now).max_by(|a, b| a.probability.total_cmp(&b.probability)) else {
            return false;
        };
        let (scan_s, kept) = (cause.scan_s, cause.kept);
        let wait = Wait { probability, threshold, left_s: left.median_s, scan_s, kept, shelter_s: self.shelter_s };
        now.plus_seconds(scan_s) <= until && wait.is_worth_it()
    }

    fn raise(
        &mut self,
        setting: &Setting<'_>,
        threshold: f64,
        stage: Stage,
        reason: Reason,
        outline: &Outline,
    ) -> Option<Alarm> {
        let now = setting.now;
        let cause = match (&self.order, reason) {
            (Some(order), Reason::OperatorRaised) => order.at,
            _ => {
                let probable = |a: &&crate::danger::Cause, b: &&crate::danger::Cause| {
                    a.probability.total_cmp(&b.probability).then(b.track.cmp(&a.track))
                };
                self.danger.on_their_way(now).max_by(probable)?.first_plot_at
            }
        };
        let again = self.ended.iter().find(|(ended, _)| *ended == cause).map_or(0, |(_, count)| *count);
        let id = AlarmId { zone: self.zone, cause, again };
        let live = Live {
            // Nothing has been told yet; whatever follows is news.
            told: Alarm::plain(id, now, stage, reason),
            times: 0,
            low_since: None,
            hold_until: now,
            attack_until: now,
            eyes: Vec::new(),
            region: Region::EMPTY,
            cover_at: None,
            cancelled_by: None,
        };
        self.tell(live, setting, threshold, stage, reason, outline)
    }

    fn go_on(
        &mut self,
        live: Live,
        setting: &Setting<'_>,
        threshold: f64,
        stage: Stage,
        reason: Reason,
        outline: &Outline,
    ) -> Option<Alarm> {
        let told = &live.told;
        if told.stage == stage && told.reason == reason && !self.is_news(&live, setting.now, threshold, outline) {
            let mut live = live;
            self.remember_causes(&mut live, setting.now, threshold);
            self.live = Some(live);
            return None;
        }
        self.tell(live, setting, threshold, stage, reason, outline)
    }

    /// What an alarm keeps of its causes beyond their end: who saw them, and where they were expected.
    fn remember_causes(&self, live: &mut Live, now: Time, threshold: f64) {
        for cause in self.danger.named(now, NEGLIGIBLE * threshold) {
            for sensor in &cause.seen_by {
                if let Err(place) = live.eyes.binary_search(sensor) {
                    live.eyes.insert(place, *sensor);
                }
            }
            if cause.probability >= RELEASE * threshold {
                live.region.hold(&cause.region);
            }
        }
    }

    fn tell(
        &mut self,
        mut live: Live,
        setting: &Setting<'_>,
        threshold: f64,
        stage: Stage,
        reason: Reason,
        outline: &Outline,
    ) -> Option<Alarm> {
        let now = setting.now;
        self.remember_causes(&mut live, now, threshold);
        if stage == Stage::TakeCover {
            live.cover_at.get_or_insert(now);
        }
        let by = match reason {
            Reason::OperatorRaised => self.order.as_ref().map(|order| order.by.clone()),
            Reason::OperatorCancelled => live.cancelled_by.clone(),
            Reason::OperatorHeld => setting.held_by.map(str::to_owned),
            _ => None,
        };
        if let (Some(order), Reason::OperatorRaised) = (&self.order, reason) {
            live.hold_until = live.hold_until.max(order.until.plus_seconds(setting.policy.hold_s));
        }
        let is_ended = stage.is_ended();
        let left = if is_ended { None } else { self.danger.seconds_left(now) };
        let named = || self.danger.named(now, NEGLIGIBLE * threshold);
        let alarm = Alarm {
            raised_at: live.told.raised_at,
            probability: self.danger.probability(now),
            threshold,
            impact_at: named().map(|c| c.impact_at).min(),
            threats: named().map(|c| c.track).collect(),
            left,
            advice: self.advice(&live, now, stage, left),
            part: if reason == Reason::OperatorRaised { Vec::new() } else { live.region.part_of(outline.ring()) },
            by,
            acknowledged_by: live.told.acknowledged_by.clone(),
            ..Alarm::plain(live.told.id, now, stage, reason)
        };
        live.told = alarm.clone();
        live.times = live.times.saturating_add(1);
        if is_ended {
            self.note_end(live.told.id);
        } else {
            self.live = Some(live);
        }
        Some(alarm)
    }

    fn note_end(&mut self, id: AlarmId) {
        self.wait_until = None;
        match self.ended.iter_mut().find(|(cause, _)| *cause == id.cause) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => {
                if self.ended.len() >= ENDED_MAX {
                    self.ended.remove(0);
                }
                self.ended.push((id.cause, 1));
            }
        }
    }

    /// What people should do: whoever has been told to take cover for as long as the way takes is there, or lies down.
    fn advice(&self, live: &Live, now: Time, stage: Stage, left: Option<crate::SecondsLeft>) -> Advice {
        match stage {
            Stage::Prepare => Advice::BeReady,
            Stage::Hold => Advice::StayInCover,
            Stage::AllClear | Stage::Withdrawn => Advice::LeaveCover,
            Stage::TakeCover if live.told.stage == Stage::Hold => Advice::StayInCover,
            Stage::TakeCover => match live.told.advice {
                Advice::StayInCover => Advice::StayInCover,
                // Who lies down does not get up again to walk.
                Advice::DownNow if live.cover_at.is_some_and(|since| since < now) => Advice::DownNow,
                _ => {
                    let gone_s = live.cover_at.map_or(0.0, |since| now.seconds_since(since));
                    match self.shelter_s {
                        Some(way_s) if gone_s >= way_s && gone_s > 0.0 => Advice::StayInCover,
                        way_s => cover(left, way_s.map(|way_s| way_s - gone_s)),
                    }
                }
            },
        }
    }

    /// Whether the alarm, in the same stage, has changed enough since it was told last.
    fn is_news(&self, live: &Live, now: Time, threshold: f64, outline: &Outline) -> bool {
        let told = &live.told;
        if now.seconds_since(told.at) < TOLD_EVERY_S {
            return false;
        }
        let named = || self.danger.named(now, NEGLIGIBLE * threshold);
        let shifted = match (told.impact_at, named().map(|c| c.impact_at).min()) {
            (Some(before), Some(after)) => after.seconds_since(before).abs() >= TOLD_SHIFT_S,
            (before, after) => before != after,
        };
        let probability = self.danger.probability(now);
        shifted
            || !named().map(|c| c.track).eq(told.threats.iter().copied())
            || (told.probability - probability).abs() >= TOLD_PROBABILITY
            || self.is_advised_otherwise(live, now)
            || self.has_grown(live, now, threshold, outline)
    }

    /// Only where there is a shelter does advice change with time.
    fn is_advised_otherwise(&self, live: &Live, now: Time) -> bool {
        let told = &live.told;
        self.shelter_s.is_some()
            && !is_same(self.advice(live, now, told.stage, self.danger.seconds_left(now)), told.advice)
    }

    fn has_grown(&self, live: &Live, now: Time, threshold: f64, outline: &Outline) -> bool {
        if live.told.part.is_empty() {
            return false;
        }
        let mut region = live.region.clone();
        self.danger
            .named(now, NEGLIGIBLE * threshold)
            .filter(|cause| cause.probability >= RELEASE * threshold)
            .for_each(|cause| region.hold(&cause.region));
        let part = region.part_of(outline.ring());
        part.is_empty() || area_m2(&part) > (1.0 + TOLD_GROWTH) * area_m2(&live.told.part)
    }
}

/// Whether two pieces of advice are the same but for the seconds that have gone by.
fn is_same(a: Advice, b: Advice) -> bool {
    core::mem::discriminant(&a) == core::mem::discriminant(&b)
}

#[cfg(test)]
mod tests {
    use parapet_frame::{PlaneCovariance, SitePoint};

    use super::*;
    use crate::danger::Arrival;
    use crate::{Impact, SecondsLeft, Threat, Zone};

    /// The whole table as text: one line for each stage and situation.
    fn matrix() -> String {
        let name = |stage: Option<Stage>| stage.map_or_else(|| "Quiet".to_owned(), |stage| format!("{stage:?}"));
        let mut text = String::new();
        for stage in [None, Some(Stage::Prepare), Some(Stage::TakeCover), Some(Stage::Hold)] {
            for situation in Situation::ALL {
                let follows = next(stage, situation)
                    .map_or_else(|| "stays".to_owned(), |(stage, reason)| format!("{stage:?} ({reason:?})"));
                text += &format!("{:<10} {:<13} -> {follows}\n", name(stage), format!("{situation:?}"));
            }
            text.push('\n');
        }
        text
    }

    /// What follows from what is not changed by accident: read the difference, and put it into `tests/life.txt` if it is meant.
    #[test]
    fn the_whole_table_is_the_reviewed_one() {
        let reviewed = include_str!("../tests/life.txt");
        assert_eq!(matrix().trim_end(), reviewed.trim_end(), "now:\n{}", matrix());
    }

    fn at(seconds: f64) -> Time {
        Time::from_seconds(1_000.0 + seconds)
    }

    fn outline() -> Outline {
        Outline::of(&Zone {
            key: "z".into(),
            name: "z".into(),
            kind: "test".into(),
            people: 1,
            rings: vec![vec![[-50.0, -50.0], [50.0, -50.0], [50.0, 50.0], [-50.0, 50.0]]],
            alarm_probability: 0.1,
            shelter_s: None,
        })
    }

    fn predict(life: &mut Life, track: u64, impact_s: f64, probability: f64) {
        let impact = Impact {
            at: at(impact_s),
            sigma_time_s: 0.1,
            place: SitePoint::default(),
            covariance: PlaneCovariance::default(),
            speed_mps: 200.0,
        };
        let first_plot_at = at(track as f64 / 10.0);
        let track = TrackId(track);
        let threat = Threat { track, at: at(0.0), first_plot_at, probability: 1.0, believed: true, impact };
        let arrivals = [Arrival { probability, at: at(impact_s), sigma_s: 0.1 }];
        let (seen_by, region) = (&[SensorId(0)], &Region::EMPTY);
        let exposure = Exposure { threat: &threat, arrivals: &arrivals, seen_by, region, scan_s: Some(0.5), kept: 1.0 };
        life.predicted(&exposure);
    }

    fn decide(life: &mut Life, seconds: f64, sight: &Sight) -> Option<Alarm> {
        let setting = Setting {
            now: at(seconds),
            policy: &Policy::default(),
            posture: Posture::Normal,
            sight,
            held_until: None,
            held_by: None,
        };
        life.decide(&setting, &outline())
    }

    /// Runs the clock from one second to another in steps of half a second and returns the alarms that were told.
    fn run(life: &mut Life, from_s: f64, to_s: f64) -> Vec<(f64, Alarm)> {
        let steps = ((to_s - from_s) / 0.5) as u32;
        let times = (0..steps).map(|n| from_s + 0.5 * f64::from(n));
        times.filter_map(|t| decide(life, t, &Sight::default()).map(|alarm| (t, alarm))).collect()
    }

    fn stages(told: &[(f64, Alarm)]) -> Vec<Stage> {
        told.iter().map(|(_, alarm)| alarm.stage).collect()
    }

    fn life(shelter_s: Option<f64>) -> Life {
        Life::new(ZoneId(0), 0.1, shelter_s)
    }

    #[test]
    fn one_round_raises_holds_and_clears() {
        let mut life = life(None);
        assert!(decide(&mut life, 0.0, &Sight::default()).is_none());
        predict(&mut life, 1, 20.0, 0.6);
        let told = run(&mut life, 1.0, 80.0);
        assert_eq!(stages(&told), [Stage::TakeCover, Stage::Hold, Stage::AllClear]);
        assert!((told[1].0 - 21.5).abs() < 0.6, "{told:?}");
        // The hold of 30 s, and then nothing for 6 s.
        assert!((told[2].0 - 56.0).abs() < 0.6, "{told:?}");
        assert!(!life.is_active());
    }

    #[test]
    fn never_cleared_between_the_rounds_of_a_salvo() {
        let mut life = life(None);
        predict(&mut life, 1, 20.0, 0.6);
        let mut told = run(&mut life, 1.0, 45.0);
        predict(&mut life, 2, 70.0, 0.6);
        told.extend(run(&mut life, 45.0, 200.0));
        assert_eq!(stages(&told), [Stage::TakeCover, Stage::Hold, Stage::TakeCover, Stage::Hold, Stage::AllClear]);
        assert!(told[4].0 >= 100.0, "{told:?}");
        assert_eq!(told[2].1.advice, Advice::StayInCover, "they are in cover already");
    }

    #[test]
    fn a_better_prediction_withdraws() {
        let mut life = life(None);
        predict(&mut life, 1, 40.0, 0.2);
        run(&mut life, 1.0, 5.0);
        predict(&mut life, 1, 40.0, 0.005);
        let told = run(&mut life, 5.0, 80.0);
        let (last_s, last) = told.last().unwrap();
        assert_eq!((last.stage, last.reason), (Stage::Withdrawn, Reason::ImpactElsewhere));
        assert!((last_s - 11.0).abs() < 0.6, "{told:?}");
    }

    #[test]
    fn a_bird_is_withdrawn_as_no_round_and_a_second_alarm_has_its_own_name() {
        let mut life = life(None);
        predict(&mut life, 1, 40.0, 0.2);
        let first = decide(&mut life, 1.0, &Sight::default()).unwrap();
        life.released(TrackId(1), true);
        let told = run(&mut life, 1.5, 20.0);
        assert_eq!(told.last().unwrap().1.reason, Reason::NotARound);
        predict(&mut life, 1, 40.0, 0.2);
        let second = decide(&mut life, 21.0, &Sight::default()).unwrap();
        assert_eq!((first.id.cause, second.id.cause), (at(0.1), at(0.1)));
        assert_eq!((first.id.again, second.id.again), (0, 1));
        assert_eq!(second.id.label("depot"), "depot-1000100-2");
    }

    #[test]
    fn a_track_lost_before_impact_keeps_its_alarm() {
        let mut life = life(None);
        predict(&mut life, 1, 30.0, 0.6);
        // No prediction ever follows.
        let told = run(&mut life, 1.0, 100.0);
        assert_eq!(stages(&told), [Stage::TakeCover, Stage::Hold, Stage::AllClear]);
        assert!(told[1].0 > 30.0);
    }

    /// No siren after the impact: what has come down by all predictions warns nobody any more.
    #[test]
    fn nobody_is_warned_of_what_has_come_down() {
        let mut life = life(None);
        predict(&mut life, 1, 20.0, 0.9);
        assert_eq!(decide(&mut life, 22.0, &Sight::default()), None);
        assert!(run(&mut life, 22.0, 60.0).is_empty());
    }

    /// The radar dies in the middle of the attack: the alarm stands, and says why; it ends when the radar is back.
    #[test]
    fn no_all_clear_while_nobody_would_see_the_next_round() {
        let mut life = life(None);
        predict(&mut life, 1, 20.0, 0.6);
        let mut told = run(&mut life, 1.0, 15.0);
        let mut sight = Sight::default();
        sight.lost(SensorId(0), at(15.0));
        told.extend((15..200).filter_map(|t| Some((f64::from(t), decide(&mut life, f64::from(t), &sight)?))));
        assert_eq!(stages(&told), [Stage::TakeCover, Stage::Hold, Stage::Hold]);
        assert_eq!(told[2].1.reason, Reason::SightLost);
        let cleared = run(&mut life, 200.0, 220.0);
        assert_eq!((cleared[0].1.stage, cleared[0].1.reason), (Stage::AllClear, Reason::HoldOver));
        assert!(cleared[0].0 <= 207.0);
    }

    /// ... and if it never comes back, the alarm does not stand for ever.
    #[test]
    fn a_dead_radar_holds_nobody_for_ever() {
        let mut life = life(None);
        predict(&mut life, 1, 20.0, 0.6);
        run(&mut life, 1.0, 15.0);
        let mut sight = Sight::default();
        sight.lost(SensorId(0), at(15.0));
        let told: Vec<Alarm> = (15..400).filter_map(|t| decide(&mut life, f64::from(t), &sight)).collect();
        let last = told.last().unwrap();
        assert_eq!((last.stage, last.reason), (Stage::AllClear, Reason::SightNotRegained));
        assert!(last.at.seconds_since(at(15.0)) >= Policy::default().sight_lost_max_s);
    }

    /// With fifty seconds and a way of twenty people walk; whoever is told so late that the earliest round could catch them on the
    /// way goes down where they are.
    #[test]
    fn nobody_is_sent_running() {
        let mut far = life(Some(20.0));
        predict(&mut far, 1, 50.0, 0.6);
        let told = run(&mut far, 1.0, 60.0);
        assert_eq!(told[0].1.advice, Advice::WalkToShelter { walk_s: 20.0 });
        let arrived = told.iter().find(|(_, alarm)| alarm.advice == Advice::StayInCover).unwrap();
        assert!((21.0..23.0).contains(&arrived.0), "after the way they are there: {told:?}");
        assert!(told.iter().all(|(_, alarm)| alarm.advice != Advice::DownNow));
        let mut near = life(Some(20.0));
        predict(&mut near, 1, 20.0, 0.6);
        assert_eq!(run(&mut near, 1.0, 3.0)[0].1.advice, Advice::DownNow);
        // What is now later than was thought gets nobody up again.
        predict(&mut near, 1, 60.0, 0.6);
        assert!(run(&mut near, 3.0, 10.0).iter().all(|(_, alarm)| alarm.advice == Advice::DownNow));
    }

    /// What people cancelled stays cancelled, whatever its track is predicted to do; a new round alarms.
    #[test]
    fn what_people_cancelled_alarms_no_more_and_a_new_round_does() {
        let mut life = life(None);
        predict(&mut life, 1, 40.0, 0.6);
        decide(&mut life, 1.0, &Sight::default()).unwrap();
        assert!(life.cancel("ann"));
        let told = decide(&mut life, 2.0, &Sight::default()).unwrap();
        assert_eq!(
            (told.stage, told.reason, told.by.as_deref()),
            (Stage::Withdrawn, Reason::OperatorCancelled, Some("ann"))
        );
        predict(&mut life, 1, 60.0, 0.9);
        assert!(run(&mut life, 3.0, 20.0).is_empty());
        predict(&mut life, 2, 50.0, 0.3);
        assert_eq!(run(&mut life, 20.0, 22.0)[0].1.stage, Stage::TakeCover);
    }

    /// Doubtful, early and getting better with each scan: people are told to be ready, and to take cover a tenth of the way later.
    #[test]
    fn the_wait_for_a_better_prediction_is_bounded() {
        let mut life = life(None);
        predict(&mut life, 1, 41.0, 0.12);
        life.danger.causes[0].kept = 0.3;
        let told = run(&mut life, 1.0, 45.0);
        assert_eq!(stages(&told)[..2], [Stage::Prepare, Stage::TakeCover]);
        assert_eq!((told[0].0, told[0].1.reason), (1.0, Reason::RoundPossible));
        assert!((3.0..=5.0).contains(&told[1].0), "{told:?}");
        let SecondsLeft { earliest_s, latest_s, .. } = told[1].1.left.unwrap();
        assert!((35.0..38.1).contains(&earliest_s) && latest_s > earliest_s);
    }

    #[test]
    fn an_alarm_of_people_stands_and_ends() {
        let mut life = life(None);
        life.order(at(1.0), at(121.0), "ann, bob");
        let told = run(&mut life, 1.0, 300.0);
        assert_eq!(stages(&told), [Stage::TakeCover, Stage::Hold, Stage::AllClear]);
        assert_eq!((told[0].1.by.as_deref(), told[0].1.id.cause), (Some("ann, bob"), at(1.0)));
        assert!((told[1].0 - 121.0).abs() < 0.6 && told[2].0 >= 151.0, "{told:?}");
    }
}
