//! One element: raw bits and what they mean.

use core::fmt;

use crate::bits::sign_extend;
use crate::spec::{Field, Kind};

/// The raw bits of an element with its table entry.
#[derive(Debug, Clone, Copy)]
pub struct Element {
    /// The table entry.
    pub field: &'static Field,
    /// The bits as sent, not sign-extended.
    pub raw: u64,
}

/// The most characters that a text element holds.
const TEXT_MAX: usize = 8;

/// A short text read from an element: octal digits or six-bit characters, blanks kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ShortText {
    chars: [u8; TEXT_MAX],
    len: u8,
}

impl ShortText {
    /// The text, with trailing blanks.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.chars[..usize::from(self.len)]).unwrap_or_default()
    }

    /// From codes of some bits each, the first in the highest bits; codes of no character drop out.
    fn from_codes(raw: u64, bits: u16, per_char: u16, char_of: fn(u8) -> Option<u8>) -> Self {
        let mut text = Self::default();
        for i in (0..bits / per_char).rev() {
            let code = (raw >> (per_char * i)) as u8 & (0xFF >> (8 - per_char));
            if let Some(character) = char_of(code)
                && let Some(free) = text.chars.get_mut(usize::from(text.len))
            {
                *free = character;
                text.len += 1;
            }
        }
        text
    }
}

impl fmt::Display for ShortText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Element {
    /// The physical value in the element's unit; `None` unless the element is a quantity.
    #[must_use]
    pub fn quantity(&self) -> Option<f64> {
        match self.field.kind {
            Kind::Quantity { signed, lsb, .. } => Some(scaled(self.raw, self.field.bits, signed, lsb)),
            _ => None,
        }
    }

    /// The unit of a quantity.
    #[must_use]
    pub fn unit(&self) -> Option<&'static str> {
        match self.field.kind {
            Kind::Quantity { unit, .. } => Some(unit),
            _ => None,
        }
    }

    /// The text of an enumerated value; `None` for other kinds and for values without a text.
    #[must_use]
    pub fn text(&self) -> Option<&'static str> {
        match self.field.kind {
            Kind::Flag(clear, set) => Some(if self.raw == 0 { clear } else { set }),
            Kind::Choice(texts) => texts.iter().find(|(v, _)| *v == self.raw).map(|(_, t)| *t),
            _ => None,
        }
    }

    /// Octal digits, six-bit or eight-bit characters; `None` for other kinds. The code 0 of a character is none and
    /// drops out; another code that the alphabet lacks (or that cannot be printed) shows as `?`.
    #[must_use]
    pub fn string(&self) -> Option<ShortText> {
        let bits = self.field.bits;
        match self.field.kind {
            Kind::Octal => Some(ShortText::from_codes(self.raw, bits, 3, |digit| Some(b'0' + digit))),
            Kind::Icao => Some(ShortText::from_codes(self.raw, bits, 6, icao_char)),
            Kind::Ascii => Some(ShortText::from_codes(self.raw, bits, 8, ascii_char)),
            _ => None,
        }
    }
}

/// Raw bits times the weight of the last bit.
#[inline]
pub(crate) fn scaled(raw: u64, bits: u16, signed: bool, lsb: f64) -> f64 {
    if signed { sign_extend(raw, usize::from(bits)) as f64 * lsb } else { raw as f64 * lsb }
}

/// ICAO Annex 10, volume IV, table 3-9: letters from 1, blank at 32, digits from 48.
fn icao_char(code: u8) -> Option<u8> {
    match code {
        0 => None,
        1..=26 => Some(b'A' + code - 1),
        32 => Some(b' '),
        48..=57 => Some(code),
        _ => Some(b'?'),
    }
}

/// ASCII from blank to tilde.
fn ascii_char(code: u8) -> Option<u8> {
    match code {
        0 => None,
        b' '..=b'~' => Some(code),
        _ => Some(b'?'),
    }
}

/// The six-bit code of a character, `None` outside the alphabet. Lower case is not in it.
pub(crate) fn icao_code(character: u8) -> Option<u8> {
    match character {
        b'A'..=b'Z' => Some(character - b'A' + 1),
        b' ' | b'0'..=b'9' => Some(character),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::words::{ascii, choice, flag, icao, octal, signed};

    #[test]
    fn texts_read_from_bits() {
        static CODE: Field = octal("C", "", 12);
        static CALL: Field = icao("I", "", 48);
        static TYPE: Field = ascii("T", "", 32);
        let text = |field, raw| Element { field, raw }.string().unwrap().to_string();
        assert_eq!(text(&CODE, 0o7500), "7500");
        assert_eq!(text(&CODE, 0o0042), "0042");
        assert_eq!(text(&CALL, 18_426_329_569_312), "DLH65A  ");
        assert_eq!(text(&CALL, 0), "");
        assert_eq!(text(&TYPE, 0x4133_3233), "A323");
        assert_eq!(text(&TYPE, 0x4107_00FF), "A??");
        assert_eq!(text(&CALL, 0x3F << 42 | 1), "?A");
    }

    #[test]
    fn every_six_bit_character_has_its_code_back() {
        for code in 0..64 {
            let character = icao_char(code).filter(|c| *c != b'?');
            assert!(character.is_none_or(|c| icao_code(c) == Some(code)), "{code}");
        }
        assert_eq!(icao_code(b'a'), None);
    }

    #[test]
    fn quantities_and_enumerations() {
        static SAM: Field = signed("SAM", "", 8, 1.0, "dBm");
        static V: Field = flag("V", "", "valid", "not valid");
        static TYP: Field = choice("T", "", 3, &[(0, "none"), (5, "five")]);
        assert_eq!(Element { field: &SAM, raw: 193 }.quantity(), Some(-63.0));
        assert_eq!(Element { field: &SAM, raw: 193 }.unit(), Some("dBm"));
        assert_eq!(Element { field: &V, raw: 1 }.text(), Some("not valid"));
        assert_eq!(Element { field: &TYP, raw: 5 }.text(), Some("five"));
        assert_eq!(Element { field: &TYP, raw: 4 }.text(), None);
        assert_eq!(Element { field: &V, raw: 1 }.quantity(), None);
    }
}
