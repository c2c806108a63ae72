//! How the life of an alarm goes on in another program after this one has ended.

use parapet_frame::Time;

use super::{Life, RELEASE};
use crate::{Alarm, Policy, Stage, ZoneId};

impl Life {
    /// The zone that it is about.
    pub(crate) fn zone(&self) -> ZoneId {
        self.zone
    }

    /// Whether a program that starts later would do otherwise if it knew nothing of it.
    pub(crate) fn is_worth_keeping(&self) -> bool {
        self.is_active() || self.unprotected || !self.ended.is_empty()
    }

    /// The alarm that stands, and how often it was told.
    pub(crate) fn told(&self) -> Option<(&Alarm, u32)> {
        self.live.as_ref().map(|live| (&live.told, live.times))
    }

    /// Without its alarm and all that it was about.
    pub(crate) fn without_alarm(mut self) -> Life {
        if let Some(live) = self.live.take() {
            self.note_end(live.told.id);
        }
        Life { danger: Default::default(), order: None, ..self }
    }

    /// Takes the place of a life that knows nothing yet; gives the alarm to be told anew, under its old name.
    ///
    /// Nobody has watched since the other program ended. What was predicted to come down meanwhile counts as come down, and the
    /// hold runs from now on, so that a restart shortens no hold; doubts and releases are waited for anew. An alarm whose tracks
    /// are gone ends by the rules of tracks that were lost: when their predicted impacts are over. A zone that people wanted not to be
    /// warned is warned again: the order that took that back may have been lost with the program.
    pub(crate) fn resume(&mut self, kept: Life, now: Time, policy: &Policy) -> Option<Alarm> {
        let (threshold, shelter_s) = (self.threshold, self.shelter_s);
        *self = Life { threshold, shelter_s, wait_until: None, unprotected: false, ..kept };
        let mut live = self.live.take()?;
        live.low_since = None;
        if live.told.stage.is_in_cover() && self.danger.last_impact(now, RELEASE * threshold).is_some() {
            live.hold_until = live.hold_until.max(now.plus_seconds(policy.hold_s));
        }
        let left = self.danger.seconds_left(now);
        live.told.advice = self.advice(&live, now, live.told.stage, left);
        (live.told.at, live.told.left) = (now, left);
        live.told.impact_at = live.told.impact_at.filter(|at| *at > now || live.told.stage == Stage::Prepare);
        live.times = live.times.saturating_add(1);
        let told = live.told.clone();
        self.live = Some(live);
        Some(told)
    }
}
