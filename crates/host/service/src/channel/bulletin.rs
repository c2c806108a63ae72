//! What a channel is given to tell: an alarm as it stands, with everything that any channel may want to say of it.

use std::collections::BTreeMap;

use parapet_engine::Output;
use parapet_frame::Time;
use parapet_warn::{Alarm, AlarmId};

use crate::alarm_record::AlarmRecord;
use crate::alarms::ThreatBook;
use crate::atlas::Atlas;

/// One state of one alarm, on its way to people.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bulletin {
    /// The alarm.
    pub(crate) alarm: Alarm,
    /// The same in words, with the latest predictions.
    pub(crate) record: AlarmRecord,
    /// 1 for the first message of an alarm, counted up with each.
    pub(crate) revision: u32,
    /// When it was put into the channels' queues, on the service's clock.
    pub(crate) queued_at: Time,
}

impl Bulletin {
    /// Whether it says that the alarm is over.
    pub(crate) fn is_end(&self) -> bool {
        self.alarm.stage.is_ended()
    }
}

/// Makes bulletins of what the engine says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Editor {
    book: ThreatBook,
    /// How often each alarm that stands was told.
    revisions: BTreeMap<AlarmId, u32>,
}

impl Editor {
    /// Alarms that another run has told so often: their messages are counted on from there.
    pub(crate) fn going_on(told: impl IntoIterator<Item = (AlarmId, u32)>) -> Self {
        // The last words before a crash may not be known.
        const UNKNOWN: u32 = 100;
        let revisions = told.into_iter().map(|(id, times)| (id, times.saturating_add(UNKNOWN))).collect();
        Editor { revisions, ..Editor::default() }
    }

    /// Takes an output of the engine; an alarm becomes a bulletin.
    pub(crate) fn output(&mut self, atlas: &Atlas, output: &Output, now: Time) -> Option<Bulletin> {
        let record = self.book.output(atlas, output)?;
        let Output::Alarm(alarm) = output else { return None };
        let revision = self.revisions.remove(&alarm.id).unwrap_or(0).saturating_add(1);
        if !alarm.stage.is_ended() {
            self.revisions.insert(alarm.id, revision);
        }
        Some(Bulletin { alarm: alarm.clone(), record, revision, queued_at: now })
    }
}
