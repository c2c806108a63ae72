//! Keys that sign recordings, each of one world: what an exercise's key has signed is no live recording.

use core::fmt;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use parapet_engine::Mode;

/// Signs. Its text is `parapet-recording-live-secret-1:` and 64 hexadecimal digits (`exercise` for that world).
#[derive(Clone)]
pub struct Secret {
    mode: Mode,
    key: SigningKey,
}

/// Verifies. Its text is `parapet-recording-live-public-1:` and 64 hexadecimal digits (`exercise` for that world).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Public {
    mode: Mode,
    key: VerifyingKey,
}

/// Why a text is no key for recordings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no {kind} key for recordings; one reads `{example}:` and 64 hexadecimal digits")]
pub struct KeyError {
    /// `secret` or `public`.
    kind: &'static str,
    /// What it begins with.
    example: String,
}

impl Secret {
    /// The key of 32 random octets.
    #[must_use]
    pub fn of(mode: Mode, octets: [u8; 32]) -> Self {
        Secret { mode, key: SigningKey::from_bytes(&octets) }
    }

    /// Reads the text of a key of this world.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(mode: Mode, text: &str) -> Result<Self, KeyError> {
        let octets = digits(text, mode, "secret")?;
        Ok(Secret::of(mode, octets))
    }

    /// Its text, which is as secret as the key.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}:{}", prefix(self.mode, "secret"), hex(&self.key.to_bytes()))
    }

    /// What verifies its signatures.
    #[must_use]
    pub fn public(&self) -> Public {
        Public { mode: self.mode, key: self.key.verifying_key() }
    }

    pub(crate) fn sign(&self, text: &str) -> [u8; 64] {
        self.key.sign(text.as_bytes()).to_bytes()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret(of {})", self.public())
    }
}

impl Public {
    /// Reads the text of a key, of either world.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mode = if text.starts_with(&prefix(Mode::Exercise, "public")) { Mode::Exercise } else { Mode::Live };
        let octets = digits(text, mode, "public")?;
        let key = VerifyingKey::from_bytes(&octets).map_err(|_| no_key(mode, "public"))?;
        Ok(Public { mode, key })
    }

    /// Whose recordings it verifies.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Whether the signature is of this text by this key, in its one canonical form.
    pub(crate) fn holds(&self, text: &str, signature: &[u8; 64]) -> bool {
        self.key.verify_strict(text.as_bytes(), &Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Display for Public {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", prefix(self.mode, "public"), hex(self.key.as_bytes()))
    }
}

impl fmt::Debug for Public {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// `live` or `exercise`.
pub(crate) fn word(mode: Mode) -> &'static str {
    match mode {
        Mode::Live => "live",
        Mode::Exercise => "exercise",
    }
}

fn prefix(mode: Mode, kind: &str) -> String {
    format!("parapet-recording-{}-{kind}-1", word(mode))
}

fn no_key(mode: Mode, kind: &'static str) -> KeyError {
    KeyError { kind, example: prefix(mode, kind) }
}

fn digits(text: &str, mode: Mode, kind: &'static str) -> Result<[u8; 32], KeyError> {
    let found = text.trim().strip_prefix(&prefix(mode, kind)).and_then(|rest| rest.strip_prefix(':'));
    found.and_then(unhex).ok_or_else(|| no_key(mode, kind))
}

/// Octets as lower-case hexadecimal digits.
pub(crate) fn hex(octets: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    octets.iter().flat_map(|octet| [DIGITS[usize::from(octet >> 4)], DIGITS[usize::from(octet & 15)]]).collect()
}

/// The octets of exactly so many lower-case hexadecimal digits.
pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |octet: u8| match octet {
        b'0'..=b'9' => Some(octet - b'0'),
        b'a'..=b'f' => Some(octet - b'a' + 10),
        _ => None,
    };
    let octets: Option<Vec<u8>> = text
        .as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(16 * digit(*high)? + digit(*low)?),
            _ => None,
        })
        .collect();
    octets?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_of_one_world() {
        let secret = Secret::of(Mode::Exercise, [7; 32]);
        assert!(Secret::parse(Mode::Live, &secret.text()).is_err());
        let again = Secret::parse(Mode::Exercise, &secret.text()).unwrap();
        let public = Public::parse(&again.public().to_string()).unwrap();
        assert!(public.holds("a", &secret.sign("a")) && !public.holds("b", &secret.sign("a")));
        assert!(!format!("{secret:?}").contains(&secret.text()[40..]));
    }

    #[test]
    fn only_lower_case_digits_are_read() {
        assert_eq!(unhex::<2>("0aff"), Some([10, 255]));
        assert!(["0AFF", "0af", "0aff00", "zz00", "ä0"].iter().all(|text| unhex::<2>(text).is_none()));
    }
}
