//! P6 and P7 at the sirens: ends reach them, and they end by themselves.

use std::collections::{BTreeMap, BTreeSet};

use parapet_warn::AlarmId;

use super::{Check, alarm};
use crate::fact::{Fact, Findings, Made, Moment};
use crate::fault::Kind;
use crate::post::is_cover;
use crate::site::{SirenPost, Site};
use crate::story::Plan;

/// Within so long each siren has the end of an alarm, or people know which has not, seconds.
const REACHED_S: f64 = 5.0;

/// Ends on their way.
#[derive(Debug, Default)]
pub(super) struct Reach {
    open: BTreeMap<(AlarmId, usize), (u32, f64)>,
}

impl Check for Reach {
    fn note(&mut self, moment: &Moment, fact: &Fact<'_>, findings: &mut Findings) {
        self.open.retain(|(id, siren), (revision, told_s)| {
            let late = moment.second - *told_s > REACHED_S;
            if late {
                let what = format!("siren {siren} has not the end of {id:?} (revision {revision}), and nobody is told");
                findings.note("reach", moment.second, what);
            }
            !late
        });
        match fact {
            Fact::Told { alarm, revision, sirens } => {
                for siren in *sirens {
                    self.open.remove(&(alarm.id, *siren));
                    if alarm.stage.is_ended() {
                        self.open.insert((alarm.id, *siren), (*revision, moment.second));
                    }
                }
            }
            Fact::Acknowledged { siren, id, revision } | Fact::Named { siren, id, revision } => {
                let key = (*id, *siren);
                if self.open.get(&key).is_some_and(|(of, _)| of == revision) {
                    self.open.remove(&key);
                }
            }
            Fact::Gone => self.open.clear(),
            _ => {}
        }
    }
}

/// What each siren sounds, and what it was told.
#[derive(Debug)]
pub(super) struct Sirens {
    posts: Vec<SirenPost>,
    /// Sirens whose clocks are right throughout.
    right: Vec<bool>,
    start_ms: i64,
    made: BTreeMap<Vec<u8>, Made>,
    /// Until when each siren was told to sound, milliseconds since 1970.
    until_ms: Vec<i64>,
    covers: Vec<bool>,
    standing: BTreeSet<AlarmId>,
}

impl Sirens {
    pub(super) fn new(site: &Site, plan: &Plan) -> Self {
        let count = site.sirens.len();
        let skewed = |siren| plan.faults.iter().any(|fault| fault.kind == Kind::SirenSkew && fault.on == siren);
        Sirens {
            posts: site.sirens.clone(),
            right: (0..count).map(|siren| !skewed(siren)).collect(),
            start_ms: site.start.millis(),
            made: BTreeMap::new(),
            until_ms: vec![i64::MIN; count],
            covers: vec![false; count],
            standing: BTreeSet::new(),
        }
    }
}

impl Check for Sirens {
    fn note(&mut self, moment: &Moment, fact: &Fact<'_>, findings: &mut Findings) {
        let now_ms = self.start_ms + (moment.second * 1e3) as i64;
        for siren in 0..self.covers.len() {
            // Sirens are looked at twice a second.
            if self.covers[siren] && self.right[siren] && now_ms > self.until_ms[siren].saturating_add(700) {
                let what = format!("siren {siren} sounds beyond the time of all that it was told");
                findings.note("sirens", moment.second, what);
                self.covers[siren] = false;
            }
        }
        if let Some(alarm) = alarm(fact) {
            if alarm.stage.is_ended() {
                self.standing.remove(&alarm.id);
            } else {
                self.standing.insert(alarm.id);
            }
        }
        match fact {
            Fact::Made(made) => _ = self.made.insert(made.bytes.clone(), (*made).clone()),
            Fact::Judged { siren, bytes, verdict: Some(_), .. } => {
                if let Some(made) = self.made.get(*bytes).filter(|made| !made.is_end) {
                    self.until_ms[*siren] = self.until_ms[*siren].max(made.expires_ms);
                }
            }
            Fact::Sounds { siren, sounding } => {
                self.covers[*siren] = sounding.is_some_and(|sounding| is_cover(sounding.stage));
            }
            Fact::Back { standing, .. } => self.standing = standing.iter().map(|alarm| alarm.id).collect(),
            _ => {}
        }
    }

    fn end(&mut self, moment: &Moment, findings: &mut Findings) {
        for (siren, post) in self.posts.iter().enumerate() {
            let stands = self.standing.iter().any(|id| post.hears(usize::from(id.zone.0)));
            if self.covers[siren] && !stands {
                findings.note("sirens", moment.second, format!("siren {siren} sounds at the end, and nothing stands"));
            }
        }
    }
}
