//! Whether bytes are a message by all of the standard's rules, judged in place.
//!
//! The bytes are walked by the table of rules and nothing is built from them, so that a bomb costs what reading it once costs.
//! Only what passes is decoded; see [`read`](crate::read).

use core::fmt;

use crate::id::{NodeId, Ulid};
use crate::limits::Limits;
use crate::rules::{FieldRule, Form, Kind, MESSAGES, MessageRule, Together};
use crate::wire::{Fields, Wire, WireError};

/// The one edition of the standard that is spoken here, as its own examples write it. Apex takes underscores for blanks and
/// edition 1.0 too; the authors' conformance messages do not.
pub const EDITION: &str = "BSI Flex 335 v2.0";
/// Field numbers of Location and of RangeBearing and RangeBearingCone that are judged together.
const X: u32 = 1;
const Y: u32 = 2;
const LOCATION_SYSTEM: u32 = 7;
const ELEVATION: u32 = 1;
const AZIMUTH: u32 = 2;
const RANGE_BEARING_SYSTEM: u32 = 7;
const CONE_SYSTEM: u32 = 11;
/// Field numbers of Task and of Timestamp.
const TASK_START: u32 = 4;
const TASK_END: u32 = 5;
const SECONDS: u32 = 1;
const NANOS: u32 = 2;
/// The highest number of a field that is judged together with others.
const TOGETHER_MAX: usize = 12;

/// One thing that is wrong with a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Where, as names of fields with dots between them; repeated ones with their place, from 0. Empty for the whole.
    pub path: String,
    /// What.
    pub fault: Fault,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "the message" } else { &self.path };
        write!(f, "{path}: {}", self.fault)
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Fault {
    /// A field that must be there is not.
    #[error("mandatory, but missing")]
    Missing,
    /// A repeated field that must be there at least once is not.
    #[error("mandatory, but there is none")]
    NoneOfThem,
    /// A text that must be there is empty.
    #[error("mandatory, but empty")]
    Empty,
    /// None of the fields of a choice is there.
    #[error("one of {0} is mandatory, but none is there")]
    NoChoice(&'static str),
    /// More than one field of a choice is there.
    #[error("more than one of {0}")]
    TwoChoices(&'static str),
    /// A field that may be there once is there twice.
    #[error("given more than once")]
    Twice,
    /// A word that must be told is left unspecified.
    #[error("mandatory, but unspecified")]
    Unspecified,
    /// A number that stands for no word.
    #[error("{0} is no value of this enumeration")]
    UnknownWord(i64),
    /// A field that the standard does not have.
    #[error("the standard has no field with the number {0} here")]
    UnknownField(u32),
    /// Not a UUID.
    #[error("not a UUID of version 4 in lower case with dashes")]
    NotUuid,
    /// Not a ULID.
    #[error("not a ULID of 26 characters in upper case")]
    NotUlid,
    /// An edition of the standard that is not spoken here.
    #[error("not the edition that is spoken here, which is {EDITION:?}")]
    Edition,
    /// A number that is not finite.
    #[error("not a finite number")]
    NotFinite,
    /// A number outside its range.
    #[error("{value} is not between {low} and {high}")]
    OutOfRange {
        /// The number.
        value: f64,
        /// The lowest that is possible.
        low: f64,
        /// The highest that is possible.
        high: f64,
    },
    /// The task ends before it begins.
    #[error("before task_start_time")]
    EndsBeforeStart,
    /// Not a text.
    #[error("not UTF-8")]
    NotText,
    /// A value of another kind than the schema's.
    #[error("a value of the wrong kind")]
    WrongKind,
    /// Not protobuf.
    #[error("not protobuf: {0}")]
    Wire(#[from] WireError),
    /// Nested deeper than anything real.
    #[error("nested too deeply")]
    TooDeep,
    /// More values than anything real.
    #[error("too many values in one message")]
    TooMany,
    /// Longer than the longest message.
    #[error("{0} bytes are too long for a message")]
    TooLong(usize),
}

/// What is wrong with a message: nothing, or the first few things, in the order in which they stand.
#[must_use]
pub fn check(bytes: &[u8], limits: &Limits) -> Vec<Finding> {
    let mut checker = Checker { limits, values: 0, path: Vec::new(), findings: Vec::new(), spent: false };
    if bytes.len() > limits.frame_bytes_max as usize {
        checker.note(Fault::TooLong(bytes.len()));
    } else {
        checker.message(&MESSAGES[0], bytes);
    }
    checker.findings
}

/// One step of the way to a field.
#[derive(Clone, Copy, Debug)]
struct Step {
    name: &'static str,
    place: Option<usize>,
}

struct Checker<'l> {
    limits: &'l Limits,
    values: u32,
    path: Vec<Step>,
    findings: Vec<Finding>,
    /// A bound was hit or the bytes make no sense: what follows would be noise.
    spent: bool,
}

/// What has been seen of one message.
#[derive(Default)]
struct Seen {
    /// Fields, by their place in the rule.
    fields: u64,
    /// Choices, by their place.
    choices: u64,
    /// Numbers that are judged together, by field number.
    numbers: [Option<f64>; TOGETHER_MAX],
}

impl Seen {
    fn number(&self, field: u32) -> Option<f64> {
        self.numbers.get(field as usize).copied().flatten()
    }
}

impl Checker<'_> {
    /// Judges one message; the instant that it means where it is one.
    fn message(&mut self, rule: &'static MessageRule, bytes: &[u8]) -> Option<f64> {
        let mut seen = Seen::default();
        // Places in repeated fields; a message has few of them that are met at all.
        let mut counts: Vec<(u32, usize)> = Vec::new();
        let mut fields = Fields::of(bytes);
        while !self.spent {
            match fields.next() {
                Ok(Some((number, value))) => self.value(rule, number, value, &mut seen, &mut counts),
                Ok(None) => break,
                Err(error) => self.give_up(error.into()),
            }
        }
        if !self.spent {
            self.absent(rule, &seen);
            self.together(rule, &seen);
        }
        (rule.together == Together::Time)
            .then(|| seen.number(SECONDS).unwrap_or(0.0) + 1e-9 * seen.number(NANOS).unwrap_or(0.0))
    }

    fn value(
        &mut self,
        rule: &'static MessageRule,
        number: u32,
        value: Wire<'_>,
        seen: &mut Seen,
        counts: &mut Vec<(u32, usize)>,
    ) {
        self.values += 1;
        if self.values > self.limits.values_max {
            return self.give_up(Fault::TooMany);
        }
        let Ok(at) = rule.fields.binary_search_by_key(&number, |field| field.number) else {
            return self.note(Fault::UnknownField(number));
        };
        let field = &rule.fields[at];
        let place = field.repeated.then(|| count(counts, number));
        self.path.push(Step { name: field.name, place });
        let known = seen.fields >> at & 1 == 1;
        seen.fields |= 1 << at;
        if known && !field.repeated {
            self.note(Fault::Twice);
        } else if let Some(choice) = field.choice {
            let made = seen.choices >> choice & 1 == 1;
            seen.choices |= 1 << choice;
            if made {
                self.note(Fault::TwoChoices(rule.choices[choice].name));
            }
        }
        let told = self.content(field, value);
        if let Some(slot) = seen.numbers.get_mut(number as usize) {
            *slot = told;
        }
        self.path.pop();
    }

    /// Judges what a field holds; the number that it is, where it is one.
    fn content(&mut self, field: &'static FieldRule, value: Wire<'_>) -> Option<f64> {
        match (&field.kind, value) {
            (Kind::Double, Wire::Fixed64(bytes)) => self.number(field, f64::from_le_bytes(bytes)),
            (Kind::Float, Wire::Fixed32(bytes)) => self.number(field, f64::from(f32::from_le_bytes(bytes))),
            (Kind::Whole, Wire::Varint(bits)) => self.number(field, bits as i64 as f64),
            (Kind::Bool, Wire::Varint(_)) | (Kind::Bytes, Wire::Block(_)) => None,
            (Kind::Word(known), Wire::Varint(bits)) => self.word(field, known, bits),
            (Kind::Word(known), Wire::Block(packed)) if field.repeated => {
                self.packed_words(field, known, packed);
                None
            }
            (Kind::Text, Wire::Block(bytes)) => {
                self.text(field, bytes);
                None
            }
            (Kind::Message(inner), Wire::Block(bytes)) => {
                if self.path.len() > usize::from(self.limits.depth_max) {
                    self.give_up(Fault::TooDeep);
                    return None;
                }
                self.message(&MESSAGES[*inner], bytes)
            }
            _ => {
                self.note(Fault::WrongKind);
                None
            }
        }
    }

    fn number(&mut self, field: &FieldRule, value: f64) -> Option<f64> {
        if !value.is_finite() {
            self.note(Fault::NotFinite);
            return None;
        }
        if let Form::Within(low, high) = field.form {
            self.within(value, low, high);
        }
        Some(value)
    }

    fn within(&mut self, value: f64, low: f64, high: f64) {
        if !(low..=high).contains(&value) {
            self.note(Fault::OutOfRange { value, low, high });
        }
    }

    /// Protobuf sends an enumeration as 32 bits with sign, stretched to 64.
    fn word(&mut self, field: &FieldRule, known: &[i32], bits: u64) -> Option<f64> {
        let value = bits as i64;
        let word = i32::try_from(value).ok().filter(|word| known.binary_search(word).is_ok());
        match word {
            None => self.note(Fault::UnknownWord(value)),
            Some(0) if field.mandatory || field.chosen => self.note(Fault::Unspecified),
            Some(_) => {}
        }
        word.map(f64::from)
    }

    fn packed_words(&mut self, field: &FieldRule, known: &[i32], packed: &[u8]) {
        if packed.is_empty() && field.mandatory {
            self.note(Fault::NoneOfThem);
        }
        let mut numbers = Fields::of(packed);
        while !self.spent {
            self.values += 1;
            match numbers.next_packed() {
                _ if self.values > self.limits.values_max => self.give_up(Fault::TooMany),
                Ok(Some(bits)) => drop(self.word(field, known, bits)),
                Ok(None) => return,
                Err(error) => self.give_up(error.into()),
            }
        }
    }

    fn text(&mut self, field: &FieldRule, bytes: &[u8]) {
        let Ok(text) = core::str::from_utf8(bytes) else {
            return self.note(Fault::NotText);
        };
        if (field.mandatory || field.chosen) && text.trim().is_empty() {
            return self.note(Fault::Empty);
        }
        let fault = match field.form {
            Form::Uuid if text.parse::<NodeId>().is_err() => Fault::NotUuid,
            Form::Ulid if text.parse::<Ulid>().is_err() => Fault::NotUlid,
            Form::Edition if text != EDITION => Fault::Edition,
            _ => return,
        };
        self.note(fault);
    }

    /// What must be there and is not.
    fn absent(&mut self, rule: &'static MessageRule, seen: &Seen) {
        for (at, choice) in rule.choices.iter().enumerate() {
            if choice.mandatory && seen.choices >> at & 1 == 0 {
                self.note(Fault::NoChoice(choice.name));
            }
        }
        for (at, field) in rule.fields.iter().enumerate() {
            if field.mandatory && seen.fields >> at & 1 == 0 {
                let fault = if field.repeated { Fault::NoneOfThem } else { Fault::Missing };
                self.note_at(field.name, fault);
            }
        }
    }

    fn together(&mut self, rule: &'static MessageRule, seen: &Seen) {
        match rule.together {
            Together::Nothing | Together::Time => {}
            Together::Location => {
                if let Some(half_turn) = degrees_or_radians(seen.number(LOCATION_SYSTEM), [1.0], [2.0]) {
                    self.angle("x", seen.number(X), half_turn);
                    self.angle("y", seen.number(Y), half_turn / 2.0);
                }
            }
            Together::RangeBearing => self.bearing(seen, RANGE_BEARING_SYSTEM),
            Together::RangeBearingCone => self.bearing(seen, CONE_SYSTEM),
            Together::TaskTimes => {
                let times = seen.number(TASK_START).zip(seen.number(TASK_END));
                if times.is_some_and(|(start, end)| end < start) {
                    self.note_at("task_end_time", Fault::EndsBeforeStart);
                }
            }
        }
    }

    fn bearing(&mut self, seen: &Seen, system: u32) {
        if let Some(half_turn) = degrees_or_radians(seen.number(system), [1.0, 3.0], [2.0, 4.0]) {
            // Both habits are met: 0 to 360 and -180 to 180.
            self.angle("azimuth", seen.number(AZIMUTH), 2.0 * half_turn);
            self.angle("elevation", seen.number(ELEVATION), half_turn / 2.0);
        }
    }

    fn angle(&mut self, name: &'static str, value: Option<f64>, most: f64) {
        if let Some(value) = value {
            self.path.push(Step { name, place: None });
            // What a radian of 32 bits may be beyond its true value.
            self.within(value, -most * (1.0 + 1e-7), most * (1.0 + 1e-7));
            self.path.pop();
        }
    }

    fn note_at(&mut self, name: &'static str, fault: Fault) {
        self.path.push(Step { name, place: None });
        self.note(fault);
        self.path.pop();
    }

    fn note(&mut self, fault: Fault) {
        if self.findings.len() < usize::from(self.limits.findings_max) {
            self.findings.push(Finding { path: words(&self.path), fault });
        } else {
            self.spent = true;
        }
    }

    fn give_up(&mut self, fault: Fault) {
        self.note(fault);
        self.spent = true;
    }
}

/// Half a turn in the unit of a coordinate system: the first systems count in degrees, the second in radians.
fn degrees_or_radians<const N: usize>(system: Option<f64>, degrees: [f64; N], radians: [f64; N]) -> Option<f64> {
    let system = system?;
    if degrees.contains(&system) {
        return Some(180.0);
    }
    radians.contains(&system).then_some(core::f64::consts::PI)
}

/// How often this repeated field has been met before.
fn count(counts: &mut Vec<(u32, usize)>, number: u32) -> usize {
    match counts.iter_mut().find(|(counted, _)| *counted == number) {
        Some((_, count)) => {
            *count += 1;
            *count
        }
        None => {
            counts.push((number, 0));
            0
        }
    }
}

fn words(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(step.name);
        if let Some(place) = step.place {
            text.push_str(&format!(".{place}"));
        }
    }
    text
}
