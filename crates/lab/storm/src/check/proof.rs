//! P9: nothing is believed or obeyed without proof of origin and freshness.

use std::collections::{BTreeMap, BTreeSet};

use parapet_engine::Event;
use parapet_siren::Verdict;

use super::Check;
use crate::fact::{Fact, Findings, Made, Moment};

/// What the site has made, and what each siren has obeyed.
#[derive(Debug, Default)]
pub(super) struct Proof {
    made: BTreeMap<Vec<u8>, Made>,
    /// The latest command that each siren obeyed, of each alarm and of all.
    latest: BTreeMap<(usize, String), u64>,
    /// What sirens have obeyed: siren, name of the alarm, revision.
    obeyed: BTreeSet<(usize, String, u32)>,
}

impl Check for Proof {
    fn note(&mut self, moment: &Moment, fact: &Fact<'_>, findings: &mut Findings) {
        match fact {
            Fact::Made(made) => _ = self.made.insert(made.bytes.clone(), (*made).clone()),
            Fact::Judged { siren, bytes, retained, verdict: Some(verdict), its_ms, .. } => {
                if let Some(what) = self.wrong(*siren, bytes, *retained, *verdict, *its_ms) {
                    findings.note("proof", moment.second, format!("siren {siren} obeys {what}"));
                }
            }
            Fact::Acknowledged { siren, id, revision } => {
                // The label of an alarm ends with the instant of its cause; the zone is told by its key before it.
                let cause = id.cause.millis().to_string();
                let has = self.obeyed.iter().any(|(who, alarm, of)| {
                    who == siren && of == revision && (alarm.ends_with(&cause) || alarm.contains(&format!("{cause}-")))
                });
                if !has {
                    let what = format!("siren {siren} is held to have {id:?} revision {revision}, and has not");
                    findings.note("proof", moment.second, what);
                }
            }
            Fact::Read { events, impostor: true, sensor, .. }
                if events.iter().any(|event| !matches!(event, Event::Undecodable(_))) =>
            {
                findings.note("proof", moment.second, format!("somebody is believed to be sensor {sensor}"));
            }
            _ => {}
        }
    }
}

impl Proof {
    fn wrong(&mut self, siren: usize, bytes: &[u8], retained: bool, verdict: Verdict, its_ms: i64) -> Option<String> {
        let Some(made) = self.made.get(bytes) else { return Some("what the site never made".to_owned()) };
        if retained {
            return Some("what the broker had kept".to_owned());
        }
        if made.expires_ms <= its_ms {
            return Some(format!("a command {} ms after its time", its_ms - made.expires_ms));
        }
        self.obeyed.insert((siren, made.alarm.clone(), made.revision));
        let latest = self.latest.entry((siren, made.alarm.clone())).or_default();
        let old = made.sequence < *latest || (made.sequence == *latest && verdict == Verdict::Obeyed);
        *latest = made.sequence.max(*latest);
        old.then(|| "a command again, or an older one".to_owned())
    }
}
