//! What sirens are told.

use parapet_warn::Stage;
use serde::{Deserialize, Serialize};

use crate::envelope::{Broken, MESSAGE_MAX, open, seal};
use crate::key::{Public, Purpose, Secret, World};

/// No command stands for longer, milliseconds: a siren that hears nothing more stops by itself.
pub const STANDS_MAX_MS: i64 = 120_000;
/// In a command of the stage [`SirenStage::AllClear`] or [`SirenStage::Withdrawn`]: all alarms of the site.
pub const EVERY_ALARM: &str = "*";
/// The only version there is.
pub(crate) const VERSION: u8 = 1;

/// What a siren sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SirenStage {
    /// Something may come: be ready to take cover.
    Prepare,
    /// A round is on its way.
    TakeCover,
    /// Stay in cover.
    Hold,
    /// It is over.
    AllClear,
    /// It was not so.
    Withdrawn,
}

impl SirenStage {
    /// All of them, for tables.
    pub const ALL: [SirenStage; 5] =
        [SirenStage::Prepare, SirenStage::TakeCover, SirenStage::Hold, SirenStage::AllClear, SirenStage::Withdrawn];

    /// `take_cover` and so on, as in messages.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            SirenStage::Prepare => "prepare",
            SirenStage::TakeCover => "take_cover",
            SirenStage::Hold => "hold",
            SirenStage::AllClear => "all_clear",
            SirenStage::Withdrawn => "withdrawn",
        }
    }

    /// Whether the alarm is over.
    #[must_use]
    pub fn is_end(self) -> bool {
        matches!(self, SirenStage::AllClear | SirenStage::Withdrawn)
    }
}

impl From<Stage> for SirenStage {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Prepare => SirenStage::Prepare,
            Stage::TakeCover => SirenStage::TakeCover,
            Stage::Hold => SirenStage::Hold,
            Stage::AllClear => SirenStage::AllClear,
            Stage::Withdrawn => SirenStage::Withdrawn,
        }
    }
}

/// A command to every siren of a zone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// The version of this format: 1.
    pub v: u8,
    /// Live or exercise.
    pub world: World,
    /// The site.
    pub site: String,
    /// Counts up with every command of a site, over restarts too: the microseconds since 1970 at which it was made, or one
    /// more than the last.
    pub sequence: u64,
    /// 32 hexadecimal digits that were never used before.
    pub nonce: String,
    /// When it was made, milliseconds since 1970.
    pub issued_ms: i64,
    /// From then on it means nothing, milliseconds since 1970; at most [`STANDS_MAX_MS`] after it was made.
    pub expires_ms: i64,
    /// The alarm's name, or [`EVERY_ALARM`].
    pub alarm: String,
    /// Which message of the alarm, from 1; receipts repeat it.
    pub revision: u32,
    /// The zone's key; empty with [`EVERY_ALARM`].
    pub zone: String,
    /// What to sound.
    pub stage: SirenStage,
    /// Seconds to the earliest predicted impact when it was made, while one is to come.
    pub seconds_left: Option<f64>,
}

impl Command {
    /// As octets, signed. The key decides the world.
    #[must_use]
    pub fn seal(&self, secret: &Secret) -> Vec<u8> {
        seal(Purpose::Command, &Command { world: secret.world(), ..self.clone() }, secret)
    }

    pub(crate) fn open(bytes: &[u8], key: &Public) -> Result<Self, Broken> {
        open(Purpose::Command, bytes, key)
    }
}

/// What a siren did with a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It sounds, or has stopped.
    Obeyed,
    /// It had obeyed this very command before.
    Repeated,
}

/// A siren's answer to a command that it believed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The version of this format: 1.
    pub v: u8,
    /// Live or exercise.
    pub world: World,
    /// The site, as in the command.
    pub site: String,
    /// Which siren.
    pub siren: String,
    /// The alarm, as in the command.
    pub alarm: String,
    /// As in the command.
    pub revision: u32,
    /// As in the command.
    pub sequence: u64,
    /// As in the command.
    pub nonce: String,
    /// What it did.
    pub verdict: Verdict,
    /// What it sounds now; nothing when it is silent.
    pub sounding: Option<SirenStage>,
    /// When it decided, by its own clock, milliseconds since 1970.
    pub at_ms: i64,
}

impl Receipt {
    /// As octets, signed with the siren's own key.
    #[must_use]
    pub fn seal(&self, secret: &Secret) -> Vec<u8> {
        seal(Purpose::Receipt, &Receipt { world: secret.world(), ..self.clone() }, secret)
    }

    /// Who says that it is from them, before anything is believed; to find the key.
    #[must_use]
    pub fn claimed_by(bytes: &[u8]) -> Option<String> {
        #[derive(Deserialize)]
        struct Claim {
            siren: String,
        }
        let line = bytes.get(..bytes.len().min(MESSAGE_MAX))?.split(|byte| *byte == b'\n').next()?;
        serde_json::from_slice::<Claim>(line).ok().map(|claim| claim.siren)
    }

    /// Verifies with the key of the siren and reads. What it says must still be held against what was sent.
    ///
    /// # Errors
    /// When it is not from this siren, was altered, or is no receipt; the word says which.
    pub fn open(bytes: &[u8], key: &Public) -> Result<Self, &'static str> {
        let receipt: Receipt = open(Purpose::Receipt, bytes, key).map_err(|broken| match broken {
            Broken::Malformed => "malformed",
            Broken::Forged => "forged",
            Broken::Altered => "altered",
        })?;
        if receipt.v != VERSION || receipt.world != key.world() { Err("malformed") } else { Ok(receipt) }
    }
}

/// The program is alive. Not a command: it changes no sound, only whether "no contact" is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heartbeat {
    /// The version of this format: 1.
    pub v: u8,
    /// Live or exercise.
    pub world: World,
    /// The site.
    pub site: String,
    /// From the same count as those of commands.
    pub sequence: u64,
    /// When it was made, milliseconds since 1970.
    pub issued_ms: i64,
    /// Until when the next one comes at the latest, milliseconds since 1970.
    pub expires_ms: i64,
}

impl Heartbeat {
    /// As octets, signed.
    #[must_use]
    pub fn seal(&self, secret: &Secret) -> Vec<u8> {
        seal(Purpose::Heartbeat, &Heartbeat { world: secret.world(), ..self.clone() }, secret)
    }

    pub(crate) fn open(bytes: &[u8], key: &Public) -> Result<Self, Broken> {
        open(Purpose::Heartbeat, bytes, key)
    }
}
