//! The messages of every alarm, in order.

use std::collections::BTreeMap;

use parapet_frame::Time;
use parapet_warn::{Alarm, AlarmId, Stage};

use crate::alert::{CapAlert, MessageKind, Originator, Reference, STANDS_S, Warned, alert_words, alert_xml, times};
use crate::words::Words;
use crate::xml::token;

/// Most earlier messages that one message refers to; the first and the latest are always among them.
const REFERENCES_MAX: usize = 200;
/// A shift of the predicted impact that people should hear of, seconds.
const SHIFT_S: f64 = 3.0;
/// An alarm is renewed when this much of its time is left, seconds.
const RENEW_S: f64 = 0.5 * STANDS_S;

/// A message that is ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapMessage {
    /// Its identifier, also a file name: letters, digits, `-`, `_` and `.` only.
    pub identifier: String,
    /// What it does to the earlier ones.
    pub kind: MessageKind,
    /// The document.
    pub xml: String,
    /// When it was sent.
    pub sent: Time,
    /// When it ends by itself.
    pub expires: Time,
    /// What it says, in the first language.
    pub words: Words,
}

/// What has been said of each alarm that has not ended.
#[derive(Clone, Debug)]
pub struct CapStream {
    originator: Originator,
    alarms: BTreeMap<AlarmId, Said>,
}

/// What has been said of one alarm.
#[derive(Clone, Debug)]
struct Said {
    messages: Vec<Reference>,
    count: u64,
    latest: Alarm,
    /// By another run of the program: the next message says that it still holds.
    long_ago: bool,
}

impl CapStream {
    /// Nothing has been said yet.
    #[must_use]
    pub fn new(originator: Originator) -> Self {
        CapStream { originator, alarms: BTreeMap::new() }
    }

    /// Who speaks.
    #[must_use]
    pub fn originator(&self) -> &Originator {
        &self.originator
    }

    /// Alarms that have been told and have not ended.
    #[must_use]
    pub fn open(&self) -> usize {
        self.alarms.len()
    }

    /// What the identifiers of all messages of an alarm begin with.
    #[must_use]
    pub fn identifiers_of(alarm: AlarmId, zone_key: &str) -> String {
        file_name(&format!("{}.", alarm.label(zone_key)))
    }

    /// Goes on with an alarm of which another run of the program has sent these messages, in their order. The next one refers to
    /// them, and is sent whatever it says.
    pub fn go_on(&mut self, alarm: &Alarm, messages: Vec<Reference>) {
        let number = |message: &Reference| message.identifier.rsplit('.').next().and_then(|n| n.parse().ok());
        let count = messages.iter().filter_map(number).max().unwrap_or(messages.len() as u64);
        if !messages.is_empty() {
            self.alarms.insert(alarm.id, Said { messages, count, latest: alarm.clone(), long_ago: true });
        }
    }

    /// The message that an alarm gives rise to now; `None` when nothing changed that people should hear of: the stage, the side
    /// of one half on which the probability lies, the endangered part of the zone, what to do, or the time of impact by more than 3 s; and when the latest message still
    /// stands for a minute or more.
    ///
    /// The identifier is made of the alarm's own name, the time of the alarm's decision and the number of the message, so the
    /// same alarms give the same identifiers.
    pub fn message(&mut self, alarm: &Alarm, zone: &Warned, now: Time) -> Option<CapMessage> {
        let earlier = self.alarms.get(&alarm.id);
        if earlier.is_some_and(|said| !said.is_news(alarm, now)) {
            return None;
        }
        let count = earlier.map_or(0, |said| said.count);
        let references = earlier.map_or_else(Vec::new, |said| said.messages.clone());
        let label = alarm.id.label(&zone.key);
        let name = file_name(&format!("{label}.{}.{}", alarm.at.millis(), count + 1));
        let alert = CapAlert {
            originator: self.originator.clone(),
            identifier: name.clone(),
            kind: kind(alarm.stage, references.is_empty()),
            references,
            sent: now,
            alarm: alarm.clone(),
            zone: zone.clone(),
        };
        let xml = alert_xml(&alert);
        let (kind, expires) = (alert.kind, times(&alert).1);
        let first = self.originator.languages().first().copied().unwrap_or_default();
        let words = alert_words(&alert, first);
        self.remember(alarm, alert, count + 1);
        Some(CapMessage { identifier: name, kind, xml, sent: now, expires, words })
    }

    fn remember(&mut self, alarm: &Alarm, alert: CapAlert, count: u64) {
        if alarm.stage.is_ended() {
            self.alarms.remove(&alarm.id);
            return;
        }
        let mut messages = alert.references;
        messages.push(Reference { identifier: alert.identifier, sent: alert.sent });
        if messages.len() > REFERENCES_MAX {
            messages.remove(1);
        }
        self.alarms.insert(alarm.id, Said { messages, count, latest: alarm.clone(), long_ago: false });
    }
}

impl Said {
    fn is_news(&self, alarm: &Alarm, now: Time) -> bool {
        let probable = |alarm: &Alarm| alarm.probability > 0.5;
        let shifted = match (self.latest.impact_at, alarm.impact_at) {
            (Some(then), Some(now)) => now.seconds_since(then).abs() > SHIFT_S,
            (then, now) => then != now,
        };
        let advice = |alarm: &Alarm| core::mem::discriminant(&alarm.advice);
        self.long_ago
            || self.latest.stage != alarm.stage
            // Who is in danger now and was not told, and who is told to walk and has no time left.
            || has_grown(&self.latest.part, &alarm.part)
            || advice(&self.latest) != advice(alarm)
            || probable(&self.latest) != probable(alarm)
            || shifted
            || self.messages.last().is_none_or(|message| now.seconds_since(message.sent) > RENEW_S)
    }
}

/// Whether more people are in danger than were told; an empty part is the whole zone.
fn has_grown(told: &[[f64; 2]], now: &[[f64; 2]]) -> bool {
    /// Growth that is worth a message, as a part of the area.
    const GROWTH: f64 = 0.1;
    !told.is_empty() && (now.is_empty() || area_m2(now) > (1.0 + GROWTH) * area_m2(told))
}

/// The area of a ring that is not closed, by Gauss's formula.
fn area_m2(ring: &[[f64; 2]]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum::<f64>().abs() / 2.0
}

/// What a stage does to the earlier messages. Without any (they were told before this program started) the end of an alarm is
/// a message of its own: an `Update` or `Cancel` must say what it refers to (CAP 3.2.1).
fn kind(stage: Stage, first: bool) -> MessageKind {
    match stage {
        _ if first => MessageKind::Alert,
        Stage::Withdrawn => MessageKind::Cancel,
        Stage::Prepare | Stage::TakeCover | Stage::Hold | Stage::AllClear => MessageKind::Update,
    }
}

/// A token that is also a file name on every system.
fn file_name(text: &str) -> String {
    token(text).replace(['@', ':', '/'], "-")
}
