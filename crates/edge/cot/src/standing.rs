//! What stands on the maps of others because of us, and what must be said so that it is right.

use std::collections::{BTreeMap, VecDeque};

use parapet_frame::Time;
use parapet_track::TrackId;
use parapet_warn::{Alarm, AlarmId, Stage};

use crate::event::CotEvent;
use crate::originator::Originator;
use crate::report::{Round, WarnedZone, Words, alarm_events, round_ends, round_events};

/// What nobody changes is said again after this time where every event arrives, seconds: as long as who comes later may wait where the
/// server keeps no alarms and tells us of nobody.
pub const RENEW_S: f64 = 5.0;
/// What changes without changing its stage is said at most this often, seconds.
const CHANGE_S: f64 = 1.0;
/// How long the end of an alarm is said to who connects anew, seconds: clients keep an emergency that was not cancelled.
const END_TOLD_S: f64 = 600.0;
/// Most rounds that are shown at once; alarms are not bounded by this.
const ROUNDS_MAX: usize = 500;
/// Most ends that are remembered; the oldest go first.
const ENDS_MAX: usize = 2_000;

/// What must go out, the alarms apart: nothing may be sent before them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Due {
    /// Alarms, warned zones, and their ends, in this order.
    pub alarms: Vec<CotEvent>,
    /// Rounds and impacts, and their ends. Of two with one `uid` only the later is worth sending.
    pub picture: Vec<CotEvent>,
}

impl Due {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.alarms.is_empty() && self.picture.is_empty()
    }
}

/// Everything of ours that stands.
#[derive(Clone, Debug)]
pub struct Standing {
    from: Originator,
    renew_s: f64,
    alarms: BTreeMap<AlarmId, Told>,
    rounds: BTreeMap<TrackId, Shown>,
    /// Ended alarms, in the order of ending.
    ends: VecDeque<End>,
}

#[derive(Clone, Debug)]
struct Told {
    alarm: Alarm,
    zone: WarnedZone,
    words: Words,
    sent: Time,
    changed: bool,
}

#[derive(Clone, Debug)]
struct Shown {
    round: Round,
    sent: Time,
    changed: bool,
}

#[derive(Clone, Debug)]
struct End {
    told: Told,
    at: Time,
}

impl Standing {
    /// Nothing stands yet. What nobody changes is said again every `renew_s` seconds, which is how long who comes later waits where
    /// nobody sees them come.
    #[must_use]
    pub fn new(from: Originator, renew_s: f64) -> Self {
        Standing { from, renew_s, alarms: BTreeMap::new(), rounds: BTreeMap::new(), ends: VecDeque::new() }
    }

    /// Who speaks.
    #[must_use]
    pub fn originator(&self) -> &Originator {
        &self.from
    }

    /// Alarms that stand.
    #[must_use]
    pub fn alarms(&self) -> usize {
        self.alarms.len()
    }

    /// Takes an alarm as it is now. A new one, another stage and an end are said at once; what else changes, with the next
    /// [`renew`](Self::renew).
    pub fn alarm(&mut self, alarm: &Alarm, zone: &WarnedZone, words: &Words, now: Time) -> Due {
        let earlier = self.alarms.get(&alarm.id);
        let stage: Option<Stage> = earlier.map(|told| told.alarm.stage);
        let told = Told { alarm: alarm.clone(), zone: zone.clone(), words: words.clone(), sent: now, changed: false };
        if alarm.stage.is_ended() {
            let events = self.events(&told, now);
            self.alarms.remove(&alarm.id);
            self.remember_end(told, now);
            return Due { alarms: events, picture: Vec::new() };
        }
        if stage == Some(alarm.stage) {
            if let Some(earlier) = self.alarms.get_mut(&alarm.id) {
                *earlier = Told { sent: earlier.sent, changed: earlier.changed || earlier.words != *words, ..told };
            }
            return Due::default();
        }
        let events = self.events(&told, now);
        self.alarms.insert(alarm.id, told);
        Due { alarms: events, picture: Vec::new() }
    }

    /// Takes a round as it is now. A new one is said at once.
    pub fn round(&mut self, round: Round, now: Time) -> Due {
        let id = round.track.id;
        if let Some(shown) = self.rounds.get_mut(&id) {
            *shown = Shown { round, sent: shown.sent, changed: true };
            return Due::default();
        }
        if self.rounds.len() >= ROUNDS_MAX {
            return Due::default();
        }
        let picture = round_events(&self.from, &round, now);
        self.rounds.insert(id, Shown { round, sent: now, changed: false });
        Due { alarms: Vec::new(), picture }
    }

    /// A round that is no longer one, or has come down, or was lost.
    pub fn round_over(&mut self, track: TrackId, now: Time) -> Due {
        let ended = self.rounds.remove(&track);
        let picture = ended.map_or_else(Vec::new, |shown| round_ends(&self.from, &shown.round, now));
        Due { alarms: Vec::new(), picture }
    }

    /// What must be said again or has changed since it was said. Meant to be called a few times a second.
    pub fn renew(&mut self, now: Time) -> Due {
        let renew_s = self.renew_s;
        let due = |sent: Time, changed: bool| {
            let age_s = now.seconds_since(sent);
            age_s >= renew_s || (changed && age_s >= CHANGE_S)
        };
        let mut said = Due::default();
        for told in self.alarms.values_mut().filter(|told| due(told.sent, told.changed)) {
            (told.sent, told.changed) = (now, false);
            said.alarms.extend(alarm_events(&self.from, &told.alarm, &told.zone, &told.words, now));
        }
        for shown in self.rounds.values_mut().filter(|shown| due(shown.sent, shown.changed)) {
            (shown.sent, shown.changed) = (now, false);
            said.picture.extend(round_events(&self.from, &shown.round, now));
        }
        self.forget(now);
        said
    }

    /// All that stands, for somebody who has come: alarms first, then the ends of the last ten minutes, then rounds.
    #[must_use]
    pub fn all(&self, now: Time) -> Due {
        let standing = self.alarms.values();
        let ended = self.ends.iter().map(|end| &end.told).filter(|told| !self.alarms.contains_key(&told.alarm.id));
        let rounds = self.rounds.values();
        Due {
            alarms: standing.chain(ended).flat_map(|told| self.events(told, now)).collect(),
            picture: rounds.flat_map(|shown| round_events(&self.from, &shown.round, now)).collect(),
        }
    }

    /// All that stands and nothing that is over, for somebody who was not here before.
    #[must_use]
    pub fn live(&self, now: Time) -> Due {
        let rounds = self.rounds.values();
        Due {
            alarms: self.alarms.values().flat_map(|told| self.events(told, now)).collect(),
            picture: rounds.flat_map(|shown| round_events(&self.from, &shown.round, now)).collect(),
        }
    }

    fn events(&self, told: &Told, now: Time) -> Vec<CotEvent> {
        alarm_events(&self.from, &told.alarm, &told.zone, &told.words, now)
    }

    fn remember_end(&mut self, told: Told, at: Time) {
        if self.ends.len() == ENDS_MAX {
            self.ends.pop_front();
        }
        self.ends.push_back(End { told, at });
    }

    fn forget(&mut self, now: Time) {
        while self.ends.front().is_some_and(|end| now.seconds_since(end.at) > END_TOLD_S) {
            self.ends.pop_front();
        }
        // A round that nobody has spoken of for so long is gone, whether or not anybody said so.
        let spoken_of = |shown: &Shown| now.seconds_since(shown.round.threat.at) < END_TOLD_S;
        self.rounds.retain(|_, shown| spoken_of(shown));
    }
}
