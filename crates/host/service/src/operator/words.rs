//! Orders as they come in by HTTP: names instead of numbers.

use std::collections::BTreeMap;

use parapet_site::OperatorRole;
use parapet_warn::{AlarmId, Command, Posture, ZoneId};
use serde::{Deserialize, Serialize};

use crate::atlas::Atlas;

/// An order in words; see `docs/http.md`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Words {
    Cancel {
        alarm: String,
    },
    StopAll {},
    Hold {},
    Release {},
    Acknowledge {
        alarm: String,
    },
    Raise {
        zones: Vec<String>,
    },
    Protect {
        zone: String,
    },
    Unprotect {
        zone: String,
    },
    Posture {
        posture: Posture,
    },
    Comment {
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        alarm: Option<String>,
    },
}

impl Words {
    /// The least role that may order it.
    pub(crate) fn least(&self) -> OperatorRole {
        match self {
            Words::Protect { .. } | Words::Posture { .. } => OperatorRole::Supervisor,
            _ => OperatorRole::Operator,
        }
    }

    /// As the engine reads it; `alarms` knows the alarms that were told lately by their names.
    ///
    /// # Errors
    /// What is not known, for people.
    pub(crate) fn command(self, atlas: &Atlas, alarms: &BTreeMap<String, AlarmId>) -> Result<Command, String> {
        let alarm = |name: String| alarms.get(&name).copied().ok_or(format!("there is no alarm {name:?}"));
        let zone = |key: String| {
            let found = atlas.config().zones.iter().position(|zone| zone.key == key);
            found.and_then(|place| u16::try_from(place).ok()).map(ZoneId).ok_or(format!("there is no zone {key:?}"))
        };
        Ok(match self {
            Words::Cancel { alarm: name } => Command::Cancel { alarm: alarm(name)? },
            Words::StopAll {} => Command::StopAll,
            Words::Hold {} => Command::Hold,
            Words::Release {} => Command::Release,
            Words::Acknowledge { alarm: name } => Command::Acknowledge { alarm: alarm(name)? },
            Words::Raise { zones } => {
                let zones: Result<Vec<ZoneId>, String> = zones.into_iter().map(zone).collect();
                Command::Raise { zones: zones? }
            }
            Words::Protect { zone: key } => Command::Protect { zone: zone(key)? },
            Words::Unprotect { zone: key } => Command::Unprotect { zone: zone(key)? },
            Words::Posture { posture } => Command::SetPosture { posture },
            Words::Comment { text, alarm: name } => Command::Comment { text, alarm: name.map(alarm).transpose()? },
        })
    }
}
