//! What of the warning outlives the program that warned.

use serde::{Deserialize, Serialize};

use crate::life::Life;
use crate::warner::Held;
use crate::{Alarm, Posture};

/// The lives of the alarms and what people on duty have ordered: with it another program goes on warning under the same names.
///
/// Whole, or of some zones only; what is of some zones is [`taken`](Self::take) into an earlier whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WarnerState {
    pub(crate) whole: bool,
    pub(crate) posture: Posture,
    pub(crate) held: Option<Held>,
    pub(crate) lives: Vec<Life>,
}

impl WarnerState {
    /// Whether every zone is in it of which there is anything to know.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// Without its alarms, which are too old to stand: the posture that people on duty ordered, and which names are taken.
    #[must_use]
    pub fn without_alarms(self) -> Self {
        let lives = self.lives.into_iter().map(Life::without_alarm).collect();
        WarnerState { held: None, lives, ..self }
    }

    /// Brings it up to a later state.
    pub fn take(&mut self, later: WarnerState) {
        if later.whole {
            *self = later;
            return;
        }
        (self.posture, self.held) = (later.posture, later.held);
        for life in later.lives {
            match self.lives.binary_search_by_key(&life.zone(), Life::zone) {
                Ok(place) => self.lives[place] = life,
                Err(place) => self.lives.insert(place, life),
            }
        }
    }

    /// The alarms that stand, as they were told last, and how often each was told.
    pub fn standing(&self) -> impl Iterator<Item = (&Alarm, u32)> {
        self.lives.iter().filter_map(Life::told)
    }
}
