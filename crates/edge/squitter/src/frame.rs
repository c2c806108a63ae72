//! A stream of octets into Mode S messages.

use core::str::FromStr;

use serde::{Deserialize, Serialize};

/// How a receiver writes what it hears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Binary, of the Mode-S Beast: readsb and dump1090 give it on port 30005.
    #[default]
    Beast,
    /// Text, `*8D...;` or with a time `@...8D...;`: on port 30002.
    Avr,
}

impl FromStr for Format {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "beast" => Ok(Format::Beast),
            "avr" => Ok(Format::Avr),
            _ => Err(()),
        }
    }
}

/// What begins a Beast message; within one it is written twice.
const ESCAPE: u8 = 0x1A;
/// Octets of time and signal level before the message itself.
const HEAD: usize = 7;
/// Octets of a long Mode S message.
const LONG: usize = 14;
/// Digits of an AVR line: twelve of time and twenty-eight of message.
const DIGITS_MAX: usize = 40;

/// Cuts a stream into messages, however it is divided. Holds no more than one message; what is none is passed over and counted.
#[derive(Clone, Debug)]
pub struct Framer {
    format: Format,
    held: [u8; DIGITS_MAX],
    length: usize,
    state: State,
    broken: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before the first octet of a message.
    Outside,
    /// After an escape.
    Escaped,
    /// In a message of so many octets in all; of an AVR line, with or without a time.
    Inside(usize),
    /// In a message, after an escape.
    InsideEscaped(usize),
}

impl Framer {
    /// Before anything was heard.
    #[must_use]
    pub fn new(format: Format) -> Self {
        Framer { format, held: [0; DIGITS_MAX], length: 0, state: State::Outside, broken: 0 }
    }

    /// Pieces that were no message.
    #[must_use]
    pub fn broken(&self) -> u64 {
        self.broken
    }

    /// Takes the next octets and gives each whole Mode S message, 7 or 14 octets, to `sink`.
    pub fn feed(&mut self, octets: &[u8], sink: &mut dyn FnMut(&[u8])) {
        for octet in octets {
            match self.format {
                Format::Beast => self.beast(*octet, sink),
                Format::Avr => self.avr(*octet, sink),
            }
        }
    }

    fn beast(&mut self, octet: u8, sink: &mut dyn FnMut(&[u8])) {
        self.state = match (self.state, octet) {
            (State::Outside, ESCAPE) => State::Escaped,
            (State::Outside, _) => State::Outside,
            (State::Inside(whole), ESCAPE) => State::InsideEscaped(whole),
            (State::Inside(whole), _) => self.keep(octet, whole, sink),
            // An escape within a message is written twice; anything else after one begins another message.
            (State::InsideEscaped(whole), ESCAPE) => self.keep(octet, whole, sink),
            (State::InsideEscaped(_), _) => {
                self.broken += 1;
                self.begin(octet)
            }
            (State::Escaped, _) => self.begin(octet),
        };
    }

    /// The octet after an escape says what kind of message follows.
    fn begin(&mut self, kind: u8) -> State {
        self.length = 0;
        match kind {
            b'1' => State::Inside(HEAD + 2),
            b'2' => State::Inside(HEAD + 7),
            b'3' => State::Inside(HEAD + LONG),
            // A status message of some receivers, or the middle of something: wait for the next escape.
            _ => State::Outside,
        }
    }

    fn keep(&mut self, octet: u8, whole: usize, sink: &mut dyn FnMut(&[u8])) -> State {
        self.held[self.length] = octet;
        self.length += 1;
        if self.length < whole {
            return State::Inside(whole);
        }
        // Two octets are a reply in Mode A or C, which says nothing of who and where.
        if whole > HEAD + 2 {
            sink(&self.held[HEAD..whole]);
        }
        State::Outside
    }

    fn avr(&mut self, octet: u8, sink: &mut dyn FnMut(&[u8])) {
        self.state = match (self.state, octet) {
            (_, b'*') => self.line(0),
            (_, b'@') => self.line(12),
            (State::Inside(time), b';') => {
                self.digits(time, sink);
                State::Outside
            }
            (State::Inside(time), digit) if digit.is_ascii_hexdigit() && self.length < DIGITS_MAX => {
                self.held[self.length] = digit;
                self.length += 1;
                State::Inside(time)
            }
            (State::Inside(_), _) => {
                self.broken += 1;
                State::Outside
            }
            _ => State::Outside,
        };
    }

    fn line(&mut self, time: usize) -> State {
        self.length = 0;
        State::Inside(time)
    }

    fn digits(&mut self, time: usize, sink: &mut dyn FnMut(&[u8])) {
        let digits = self.held.get(time..self.length).unwrap_or_default();
        let value = |digit: u8| char::from(digit).to_digit(16).unwrap_or(0) as u8;
        let mut message = [0; LONG];
        for (octet, pair) in message.iter_mut().zip(digits.chunks_exact(2)) {
            *octet = value(pair[0]) << 4 | value(pair[1]);
        }
        match digits.len() {
            28 => sink(&message),
            14 => sink(&message[..7]),
            // A reply in Mode A or C.
            4 => {}
            _ => self.broken += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(framer: &mut Framer, octets: &[u8]) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        framer.feed(octets, &mut |frame| found.push(frame.to_vec()));
        found
    }

    const MESSAGE: [u8; 14] = [0x8D, 0x1A, 0x40, 0xD6, 0x20, 0x2C, 0xC3, 0x71, 0xC3, 0x2C, 0xE0, 0x57, 0x60, 0x1A];

    fn beast(message: &[u8]) -> Vec<u8> {
        let kind = if message.len() == 14 { b'3' } else { b'2' };
        let body = [&[0, 0, 0x1A, 1, 2, 3, 0x40], message].concat();
        let escaped = body.iter().flat_map(|octet| if *octet == 0x1A { vec![0x1A, 0x1A] } else { vec![*octet] });
        [0x1A, kind].into_iter().chain(escaped).collect()
    }

    #[test]
    fn messages_are_found_however_the_stream_is_divided() {
        let stream = [beast(&MESSAGE), beast(&MESSAGE[..7]), beast(&MESSAGE)].concat();
        let whole = frames(&mut Framer::new(Format::Beast), &stream);
        assert_eq!(whole, [MESSAGE.to_vec(), MESSAGE[..7].to_vec(), MESSAGE.to_vec()]);
        let mut framer = Framer::new(Format::Beast);
        let pieces: Vec<_> = stream.iter().flat_map(|octet| frames(&mut framer, &[*octet])).collect();
        assert_eq!(pieces, whole);
        assert_eq!(framer.broken(), 0);
    }

    #[test]
    fn a_stream_that_breaks_off_is_taken_up_again() {
        let mut framer = Framer::new(Format::Beast);
        let broken = [&beast(&MESSAGE)[..9], &beast(&MESSAGE)[..]].concat();
        assert_eq!(frames(&mut framer, &broken), [MESSAGE.to_vec()]);
        assert_eq!(framer.broken(), 1);
        assert_eq!(frames(&mut framer, &[0x55; 100]), Vec::<Vec<u8>>::new());
    }

    #[test]
    fn lines_are_read_with_and_without_their_time() {
        let mut framer = Framer::new(Format::Avr);
        let text =
            b"*8D1A40D6202CC371C32CE057601A;\r\n@0123456789AB8d1a40d6202cc371c32ce057601a;\n*7777;\n*5D1A40D6202CC3;";
        assert_eq!(
            frames(&mut framer, text),
            [MESSAGE.to_vec(), MESSAGE.to_vec(), vec![0x5D, 0x1A, 0x40, 0xD6, 0x20, 0x2C, 0xC3]]
        );
        assert_eq!(
            frames(&mut framer, b"*8D1A40;\n*zz;\n*8D1A40D6202CC371C32CE057601A8D1A40D6202CC371C32CE057601A;"),
            Vec::<Vec<u8>>::new()
        );
        assert_eq!(framer.broken(), 3);
    }
}
