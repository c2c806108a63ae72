//! From what a channel is given to what must be sent: the same for servers and meshes.

use std::collections::BTreeMap;
use std::sync::Arc;

use parapet_cot::{CotEvent, Due, Originator, Round, Standing, WarnedZone, Words};
use parapet_frame::{SitePoint, Time};
use parapet_track::{TrackId, TrackReport};
use parapet_warn::{Alarm, AlarmId, Threat};

use crate::atlas::Atlas;
use crate::channel::{Bulletin, Item, TrackNews};
use crate::speech::Speech;

/// Tracks of which the newest is remembered, because their two halves may come apart.
const TRACKS_MAX: usize = 2_000;

/// Holds what stands, and what of it has not reached the wire.
pub(super) struct Teller {
    atlas: Arc<Atlas>,
    speech: Speech,
    standing: Standing,
    tracks: BTreeMap<TrackId, (Option<TrackReport>, Option<Threat>)>,
    unsent: BTreeMap<AlarmId, Arc<Bulletin>>,
}

impl Teller {
    pub(super) fn new(atlas: Arc<Atlas>, speech: Speech, from: Originator, renew_s: f64) -> Self {
        let standing = Standing::new(from, renew_s);
        Teller { atlas, speech, standing, tracks: BTreeMap::new(), unsent: BTreeMap::new() }
    }

    pub(super) fn from(&self) -> &Originator {
        self.standing.originator()
    }

    /// Takes what the channel was given. The bulletin comes back when all that is to be sent for it is in what must go out now.
    pub(super) fn take(&mut self, item: Item, now: Time) -> (Due, Option<Arc<Bulletin>>) {
        match item {
            Item::Alarm(bulletin) => {
                let due = self.alarm(&bulletin.alarm, now);
                if due.is_empty() {
                    return (due, None);
                }
                self.unsent.insert(bulletin.alarm.id, bulletin.clone());
                (due, Some(bulletin))
            }
            // Nobody acknowledges events, so nobody is reminded.
            Item::Reminder(_) => (Due::default(), None),
            // Every alarm is taken back by a bulletin of its own, which comes too.
            Item::StopAll => (Due::default(), None),
            Item::Track(news) => (self.track(*news, now), None),
        }
    }

    fn alarm(&mut self, alarm: &Alarm, now: Time) -> Due {
        let Some(zone) = self.atlas.zone(alarm.id.zone) else { return Due::default() };
        let said = self.speech.words(alarm, zone);
        let callsign = said.first().map(|words| words.headline.clone()).unwrap_or_default();
        // All of the first language; of the others what it is and what to do: an event is one small write.
        let in_full = |words: &parapet_cap::words::Words| format!("{} {}", words.description, words.instruction);
        let in_short = |words: &parapet_cap::words::Words| format!("{} {}", words.headline, words.instruction);
        let remarks = said.first().map(in_full).into_iter().chain(said.iter().skip(1).map(in_short));
        let words = Words { callsign, remarks: remarks.collect::<Vec<_>>().join("\n") };
        let ground_m = self.atlas.config().environment.ground_height_m;
        let zone = WarnedZone { key: zone.key.clone(), outline: self.atlas.endangered(alarm), ground_m };
        self.standing.alarm(alarm, &zone, &words, now)
    }

    fn track(&mut self, news: TrackNews, now: Time) -> Due {
        let reported = news.report.as_ref().map(|report| report.id);
        let Some(id) = reported.or(news.threat.map(|threat| threat.track)).or(news.ended) else {
            return Due::default();
        };
        let known = self.tracks.remove(&id).unwrap_or_default();
        let (report, threat) = (news.report.or(known.0), news.threat.or(known.1));
        if news.ended.is_some() {
            return self.standing.round_over(id, now);
        }
        while self.tracks.len() >= TRACKS_MAX {
            self.tracks.pop_first();
        }
        let due = match (&report, &threat) {
            (Some(report), Some(threat)) if threat.believed => match self.round(report, threat) {
                Some(round) => self.standing.round(round, now),
                None => Due::default(),
            },
            (_, Some(_)) => self.standing.round_over(id, now),
            _ => Due::default(),
        };
        self.tracks.insert(id, (report, threat));
        due
    }

    fn round(&self, report: &TrackReport, threat: &Threat) -> Option<Round> {
        let [east_m, north_m, up_m] = report.position_m;
        let place = self.atlas.geodetic(SitePoint { east_m, north_m, up_m })?;
        let impact = self.atlas.geodetic(threat.impact.place)?;
        Some(Round { track: report.clone(), place, threat: *threat, impact })
    }

    pub(super) fn renew(&mut self, now: Time) -> Due {
        self.standing.renew(now)
    }

    /// What stands, for who was not here before.
    pub(super) fn live(&self, now: Time) -> Due {
        self.standing.live(now)
    }

    /// What stands and what ended lately, for a line that is new, and every bulletin that has not reached one.
    pub(super) fn all(&self, now: Time) -> (Due, Vec<Arc<Bulletin>>) {
        (self.standing.all(now), self.unsent.values().cloned().collect())
    }

    /// A bulletin is on the wire. Gives `true` unless a newer one of the same alarm waits or it was before.
    pub(super) fn is_told(&mut self, bulletin: &Bulletin) -> bool {
        let id = bulletin.alarm.id;
        let told = self.unsent.get(&id).is_some_and(|unsent| unsent.revision == bulletin.revision);
        if told {
            self.unsent.remove(&id);
        }
        told
    }

    /// Where the site stands. `None` for a site that is no place, which a configuration never is.
    pub(super) fn presence(&self, now: Time) -> Option<CotEvent> {
        self.from().presence(self.atlas.origin(), now).ok()
    }
}
