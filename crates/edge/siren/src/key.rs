//! Keys, each of one world: a key of an exercise cannot sign what a live siren believes, nor the reverse.

use core::fmt;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::hex;

/// Live or exercise: a siren is built for one of them, and nothing that it hears changes that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum World {
    /// Real people, real danger.
    Live,
    /// Practice.
    Exercise,
}

impl World {
    /// Both, for tables.
    pub const ALL: [World; 2] = [World::Live, World::Exercise];

    /// `live` or `exercise`, as in topics, keys and messages.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            World::Live => "live",
            World::Exercise => "exercise",
        }
    }
}

impl From<parapet_engine::Mode> for World {
    fn from(mode: parapet_engine::Mode) -> Self {
        match mode {
            parapet_engine::Mode::Live => World::Live,
            parapet_engine::Mode::Exercise => World::Exercise,
        }
    }
}

/// What a signature is for. It is part of what is signed, so that none can be taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Command,
    Receipt,
    Heartbeat,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Purpose::Command => "command",
            Purpose::Receipt => "receipt",
            Purpose::Heartbeat => "heartbeat",
        }
    }
}

/// The octets that are signed: what for and in which world, a zero octet, the text.
fn signed(purpose: Purpose, world: World, text: &str) -> Vec<u8> {
    let context = format!("parapet-siren/1 {} {}", purpose.word(), world.word());
    [context.as_bytes(), &[0], text.as_bytes()].concat()
}

/// Signs. Its text is `parapet-siren-live-secret-1:` and 64 hexadecimal digits (`exercise` for that world).
#[derive(Clone)]
pub struct Secret {
    world: World,
    key: SigningKey,
}

/// Verifies. Its text is `parapet-siren-live-public-1:` and 64 hexadecimal digits (`exercise` for that world).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Public {
    world: World,
    key: VerifyingKey,
}

/// Why a text is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is of the other world.
    #[error("it is a key for {found}, and this needs one for {wanted}: the two are never exchanged")]
    OtherWorld {
        /// The world that it is for.
        found: &'static str,
        /// The world that was asked for.
        wanted: &'static str,
    },
    /// It is none.
    #[error("it is no key; a {kind} key reads `{example}:` and 64 hexadecimal digits; `parapet-siren keys` makes one")]
    None {
        /// `secret` or `public`.
        kind: &'static str,
        /// What it begins with.
        example: String,
    },
}

fn prefix(world: World, kind: &str) -> String {
    format!("parapet-siren-{}-{kind}-1", world.word())
}

fn read(text: &str, world: World, kind: &'static str) -> Result<[u8; 32], KeyError> {
    let none = || KeyError::None { kind, example: prefix(world, kind) };
    let (before, digits) = text.trim().split_once(':').ok_or_else(none)?;
    let found = World::ALL.into_iter().find(|found| before == prefix(*found, kind)).ok_or_else(none)?;
    if found != world {
        return Err(KeyError::OtherWorld { found: found.word(), wanted: world.word() });
    }
    hex::read(digits).ok_or_else(none)
}

impl Secret {
    /// A key from 32 octets that nobody can guess.
    #[must_use]
    pub fn new(world: World, seed: &[u8; 32]) -> Self {
        Secret { world, key: SigningKey::from_bytes(seed) }
    }

    /// Reads a key of this world.
    ///
    /// # Errors
    /// When the text is no secret key, or one of the other world.
    pub fn read(text: &str, world: World) -> Result<Self, KeyError> {
        Ok(Secret::new(world, &read(text, world, "secret")?))
    }

    /// The key as text, for its file. Whoever has it can sound the sirens.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}:{}", prefix(self.world, "secret"), hex::text(self.key.as_bytes()))
    }

    /// The key that verifies what this one signs.
    #[must_use]
    pub fn public(&self) -> Public {
        Public { world: self.world, key: self.key.verifying_key() }
    }

    /// The world that it is for.
    #[must_use]
    pub fn world(&self) -> World {
        self.world
    }

    pub(crate) fn sign(&self, purpose: Purpose, text: &str) -> [u8; 64] {
        self.key.sign(&signed(purpose, self.world, text)).to_bytes()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({}, not shown)", self.world.word())
    }
}

impl Public {
    /// Reads a key of this world.
    ///
    /// # Errors
    /// When the text is no public key, or one of the other world.
    pub fn read(text: &str, world: World) -> Result<Self, KeyError> {
        let octets = read(text, world, "public")?;
        let none = |_| KeyError::None { kind: "public", example: prefix(world, "public") };
        Ok(Public { world, key: VerifyingKey::from_bytes(&octets).map_err(none)? })
    }

    /// The key as text; no secret.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}:{}", prefix(self.world, "public"), hex::text(self.key.as_bytes()))
    }

    /// A short name of the key: its first eight octets in hexadecimal digits.
    #[must_use]
    pub fn name(&self) -> String {
        hex::text(&self.key.as_bytes()[..8])
    }

    /// The world that it is for.
    #[must_use]
    pub fn world(&self) -> World {
        self.world
    }

    pub(crate) fn holds(&self, purpose: Purpose, text: &str, signature: &[u8; 64]) -> bool {
        let signature = Signature::from_bytes(signature);
        self.key.verify_strict(&signed(purpose, self.world, text), &signature).is_ok()
    }
}

impl fmt::Debug for Public {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Public({} {})", self.world.word(), self.name())
    }
}
