//! Why an alarm was raised, and why a zone had none: found by running a recording again and looking on.
//!
//! One run finds everything about an alarm but what would have come of it without each sensor, which takes one more run for each. A run
//! ends as soon as nothing more can be learned from it. Both `parapet why` and the page ask here.

mod card;
mod case;
mod trace;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use parapet_engine::Output;
use parapet_frame::Time;
use parapet_recording::{Entry, Header, RecordingError};
use parapet_track::{SensorId, TrackId};
use parapet_warn::{Alarm, AlarmId, Stage, ZoneId};
use serde_json::Value;

use crate::atlas::{Atlas, rfc3339};
use crate::rerun::{self, Again, Ending, Go};

pub use card::{Card, NearCard, WorstCard, ZoneCard};
pub use case::{Case, DatagramNote, Support};
pub use trace::{Alternative, Moment, Trace, Without};

use case::Cases;

/// Messages of an alarm, and of alarms, that are listed; the rest is not looked at.
const ALARMS_MAX: usize = 10_000;
/// Deliveries that are kept for one alarm.
const DELIVERIES_MAX: usize = 5_000;
/// The record of a round follows the end of its track, which follows its last plot; longer than this nobody waits for it, seconds.
const RECORD_WITHIN_S: f64 = 60.0;
/// An alarm of the run without a sensor answers to the one that is explained if people are told within this of each other, seconds.
pub(crate) const SAME_WITHIN_S: f64 = 60.0;

/// A recording that can be run from its beginning as often as one likes.
pub trait Source {
    /// What it says first.
    fn header(&self) -> &Header;

    /// Everything after that, from the beginning.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn entries(&self) -> Result<Box<dyn Iterator<Item = Result<Entry, RecordingError>> + '_>, WhyError>;

    /// Whether whoever asks still waits; asked again and again.
    fn keep_on(&self) -> bool {
        true
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum WhyError {
    /// No such alarm.
    #[error("the recording has no alarm {id:?}; {known}")]
    UnknownAlarm {
        /// As it was asked for.
        id: String,
        /// Those that it has, in words.
        known: String,
    },
    /// No such zone.
    #[error("the recording's site has no zone {key:?}; it has {known}")]
    UnknownZone {
        /// As it was asked for.
        key: String,
        /// Those that it has.
        known: String,
    },
    /// The header or the file cannot be used.
    #[error("{0}")]
    Unusable(String),
    /// Whoever asked waits no longer.
    #[error("looking through the recording took too long; it was run up to {}", rfc3339(*until))]
    TooLong {
        /// How far it was run.
        until: Time,
    },
}

/// The alarms of a recording, by name, with their messages.
pub type Alarms = BTreeMap<String, Vec<Alarm>>;

/// Every alarm of a recording.
///
/// # Errors
/// When it cannot be run.
pub fn alarms(source: &dyn Source) -> Result<(Alarms, Ending), WhyError> {
    let again = again(source)?;
    let mut alarms = Alarms::new();
    let ending = look(source, &again, &[], |_, turn| {
        for output in turn.outputs {
            if let Output::Alarm(alarm) = output
                && alarms.len() < ALARMS_MAX
            {
                alarms.entry(again.atlas.alarm_id(alarm.id)).or_default().push(alarm.clone());
            }
        }
        Go::On
    })?;
    Ok((alarms, ending))
}

/// An alarm with all that led to it.
#[derive(Debug)]
pub struct Explained {
    /// Its name.
    pub id: String,
    /// Names and places.
    pub atlas: Atlas,
    /// Every word about it.
    pub messages: Vec<Alarm>,
    /// The word that told people to take cover, or else the first.
    pub decision: Alarm,
    /// The tracks that the decision names, as they stood then.
    pub cases: BTreeMap<TrackId, Case>,
    /// How the danger of its zone went.
    pub trace: Trace,
    /// Who had it when, in the order in which that became known.
    pub deliveries: Vec<Value>,
    /// How the recording ended, if that was before everything was known.
    pub ending: Ending,
}

impl Explained {
    /// The sensors whose plots moved its tracks.
    #[must_use]
    pub fn seen_by(&self) -> Vec<SensorId> {
        let plots = self.cases.values().flat_map(|case| &case.plots);
        plots.map(|support| support.plot.sensor).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// Explains an alarm.
///
/// # Errors
/// When the recording has no such alarm or cannot be run.
pub fn alarm(source: &dyn Source, id: &str) -> Result<Explained, WhyError> {
    let again = again(source)?;
    let zone = zone_of(&again.atlas, id);
    let mut known = BTreeSet::new();
    let mut watch = Watch::new(again.atlas.clone(), again.site.links.clone(), zone, id);
    let ending = look(source, &again, &[], |chain, turn| {
        for output in turn.outputs {
            if let Output::Alarm(alarm) = output
                && known.len() < ALARMS_MAX
            {
                known.insert(alarm.id);
            }
        }
        watch.turn(chain, turn)
    })?;
    let Watch { messages, decision, cases, trace, deliveries, .. } = watch;
    let Some((decision, _)) = decision else {
        return Err(unknown(id, known.into_iter().map(|alarm| again.atlas.alarm_id(alarm))));
    };
    let (id, cases) = (id.to_owned(), cases.into_wanted());
    Ok(Explained { id, atlas: again.atlas, messages, decision, cases, trace, deliveries, ending })
}

fn unknown(id: &str, known: impl Iterator<Item = String>) -> WhyError {
    /// Names that fit into a sentence.
    const NAMED_MAX: usize = 50;
    let named: Vec<String> = known.take(NAMED_MAX).collect();
    let known = if named.is_empty() { "it has none".to_owned() } else { format!("it has {}", named.join(", ")) };
    WhyError::UnknownAlarm { id: id.to_owned(), known }
}

/// The zone that an alarm's name begins with; `None` where there is none.
fn zone_of(atlas: &Atlas, id: &str) -> Option<ZoneId> {
    let is_rest = |rest: &str| rest.split('-').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    let begins = |key: &str| id.strip_prefix(key).and_then(|rest| rest.strip_prefix('-')).is_some_and(is_rest);
    let zones = atlas.config().zones.iter().enumerate().filter(|(_, zone)| begins(&zone.key));
    // Of `camp` and `camp-2` the longer one is meant: `camp-2-1605609000000` is the name of no second alarm of the cause 2.
    zones.max_by_key(|(_, zone)| zone.key.len()).and_then(|(number, _)| u16::try_from(number).ok()).map(ZoneId)
}

/// What is kept while a run is watched for one alarm.
struct Watch<'a> {
    atlas: Atlas,
    id: &'a str,
    name: Option<AlarmId>,
    messages: Vec<Alarm>,
    /// With the time at which it was said.
    decision: Option<(Alarm, Time)>,
    cases: Cases,
    trace: Trace,
    zone: Option<ZoneId>,
    deliveries: Vec<Value>,
}

impl<'a> Watch<'a> {
    fn new(atlas: Atlas, links: Vec<String>, zone: Option<ZoneId>, id: &'a str) -> Self {
        let (name, messages, decision, trace, deliveries) = Default::default();
        Watch { atlas, id, name, messages, decision, cases: Cases::new(links), trace, zone, deliveries }
    }

    fn turn(&mut self, chain: &crate::Chain, turn: rerun::Turn<'_>) -> Go {
        if let Some(input) = turn.input {
            self.cases.datagram(input, chain.last_events());
        }
        if let Some(delivery) = turn.delivery.filter(|delivery| delivery["alarm"] == self.id)
            && self.deliveries.len() < DELIVERIES_MAX
        {
            self.deliveries.push(delivery.clone());
        }
        for output in turn.outputs {
            self.cases.output(output);
            if let Output::Alarm(alarm) = output {
                self.said(alarm, turn.at);
            }
        }
        if let Some(zone) = self.zone {
            let outline = self.atlas.zone(zone);
            self.trace.turn(chain, turn.outputs, zone, outline);
            if self.decision.is_none() {
                self.trace.forget_before(turn.at);
            }
        }
        self.enough(turn.at)
    }

    fn said(&mut self, alarm: &Alarm, at: Time) {
        match self.name {
            Some(name) if name == alarm.id => {}
            None if self.atlas.alarm_id(alarm.id) == self.id => self.name = Some(alarm.id),
            _ => return,
        }
        if self.messages.len() < ALARMS_MAX {
            self.messages.push(alarm.clone());
        }
        let covered = |decision: &Alarm| decision.stage == Stage::TakeCover;
        let better = match &self.decision {
            None => true,
            Some((before, _)) => !covered(before) && covered(alarm),
        };
        if better {
            self.cases.decide(&alarm.threats);
            self.decision = Some((alarm.clone(), at));
        }
    }

    /// Whether nothing more can be learned: the alarm has ended, and so have its tracks.
    fn enough(&self, at: Time) -> Go {
        let Some((decision, _)) = &self.decision else { return Go::On };
        let Some(last) = self.messages.last().filter(|last| last.stage.is_ended()) else { return Go::On };
        let waited_s = at.seconds_since(last.at.max(decision.at));
        // What channels say of the end comes a little later, and so does the record of a round.
        let settled = waited_s > 3.0 && self.cases.are_over();
        if settled || waited_s > RECORD_WITHIN_S { Go::Enough } else { Go::On }
    }
}

/// What would have come of a decision without each of these sensors: the recording is run once for each without it.
///
/// # Errors
/// When it cannot be run.
pub fn without_each(source: &dyn Source, decision: &Alarm, sensors: &[SensorId]) -> Result<Vec<Without>, WhyError> {
    let again = again(source)?;
    let mut answers = Vec::new();
    let from = decision.at.plus_seconds(-SAME_WITHIN_S);
    for sensor in sensors {
        let mut told = None;
        look(source, &again, &[*sensor], |_, turn| {
            let covers = |alarm: &&Alarm| alarm.stage == Stage::TakeCover && alarm.id.zone == decision.id.zone;
            let alarms = turn.outputs.iter().filter_map(|output| match output {
                Output::Alarm(alarm) => Some(alarm),
                _ => None,
            });
            told = told.or_else(|| alarms.filter(covers).map(|alarm| alarm.at).find(|at| *at >= from));
            let late = turn.at.seconds_since(decision.at) > SAME_WITHIN_S;
            if told.is_some() || late { Go::Enough } else { Go::On }
        })?;
        let later_s = told.map(|at| at.seconds_since(decision.at)).filter(|later_s| *later_s < SAME_WITHIN_S);
        answers.push(Without { sensor: again.atlas.sensor_name(*sensor), later_s });
    }
    Ok(answers)
}

/// Explains why a zone was warned, or was not. The answer says how far the recording was run if whoever asks would wait no longer.
///
/// # Errors
/// When the site has no such zone, or the recording cannot be run.
pub fn zone(source: &dyn Source, key: &str) -> Result<(ZoneCard, Ending), WhyError> {
    let again = again(source)?;
    let zones = &again.atlas.config().zones;
    let Some(number) = zones.iter().position(|zone| zone.key == key) else {
        let known: Vec<&str> = zones.iter().map(|zone| zone.key.as_str()).collect();
        return Err(WhyError::UnknownZone { key: key.to_owned(), known: known.join(", ") });
    };
    let zone = ZoneId(number as u16);
    let mut trace = Trace::default();
    let mut alarms = Vec::new();
    let ending = look(source, &again, &[], |chain, turn| {
        for output in turn.outputs {
            if let Output::Alarm(alarm) = output
                && alarm.id.zone == zone
                && alarms.len() < ALARMS_MAX
                && !alarms.contains(&alarm.id)
            {
                alarms.push(alarm.id);
            }
        }
        trace.turn(chain, turn.outputs, zone, zones.get(number));
        Go::On
    })?;
    let alarms = alarms.into_iter().map(|id| again.atlas.alarm_id(id)).collect();
    Ok((ZoneCard::new(number, alarms, &trace, &again.atlas), ending))
}

fn again(source: &dyn Source) -> Result<Again, WhyError> {
    Again::of(source.header()).map_err(WhyError::Unusable)
}

/// Runs a recording from its beginning; these sensors are not listened to.
fn look(
    source: &dyn Source,
    again: &Again,
    without: &[SensorId],
    mut visit: impl FnMut(&crate::Chain, rerun::Turn<'_>) -> Go,
) -> Result<Ending, WhyError> {
    /// Turns between two questions whether anybody still waits.
    const PATIENCE: u32 = 256;
    let mut chain = again.chain();
    without.iter().for_each(|sensor| chain.deafen(*sensor));
    let mut turns = 0u32;
    rerun::run(source.header().started_at, source.entries()?, &mut chain, |chain, turn| {
        turns = turns.wrapping_add(1);
        if turns.is_multiple_of(PATIENCE) && !source.keep_on() {
            return Err(WhyError::TooLong { until: turn.at });
        }
        Ok(visit(chain, turn))
    })
}

/// The names of an alarm's stages as they were told, without repetition: `take_cover`, `hold`, `all_clear`.
#[must_use]
pub fn told(messages: &[Alarm]) -> Vec<String> {
    let mut stages: Vec<String> = messages.iter().map(|alarm| crate::atlas::word(alarm.stage)).collect();
    stages.dedup();
    stages
}

/// Things in the order of their coming, the oldest of which are forgotten.
#[derive(Debug)]
pub(crate) struct Lately<T> {
    kept: VecDeque<T>,
    max: usize,
}

impl<T> Lately<T> {
    pub(crate) fn new(max: usize) -> Self {
        Lately { kept: VecDeque::new(), max }
    }

    /// Takes one in; the one that had to go for it.
    pub(crate) fn add(&mut self, one: T) -> Option<T> {
        self.kept.push_back(one);
        if self.kept.len() > self.max { self.kept.pop_front() } else { None }
    }
}

#[cfg(test)]
mod tests;
