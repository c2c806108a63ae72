//! Reading a TOML table key by key: every wrong type, missing key, impossible value and unknown key is noted, and reading goes on.

use core::ops::Range;
use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::nearest::nearest;
use crate::problem::{Notes, Page, Problem};

/// Longest text for people, in characters.
const LABEL_MAX: usize = 100;
/// Longest identifier, in characters.
const IDENTIFIER_MAX: usize = 64;

/// The numbers that a key may have, both ends included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Within {
    pub(crate) min: f64,
    pub(crate) max: f64,
    /// Unit as text with a leading space, or nothing.
    pub(crate) unit: &'static str,
}

/// Short for [`Within`].
pub(crate) const fn within(min: f64, max: f64, unit: &'static str) -> Within {
    Within { min, max, unit }
}

/// One table of the main file.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    page: &'a Page,
    path: String,
    span: Range<usize>,
    entries: &'a DeTable<'a>,
    asked: Vec<&'static str>,
}

impl<'a> Table<'a> {
    pub(crate) fn new(page: &'a Page, path: impl Into<String>, table: (&'a DeTable<'a>, Range<usize>)) -> Self {
        Table { page, path: path.into(), span: table.1, entries: table.0, asked: Vec::new() }
    }

    /// From now on the table is called by a better name in messages.
    pub(crate) fn rename(&mut self, path: impl Into<String>) {
        self.path = path.into();
    }

    pub(crate) fn page(&self) -> &'a Page {
        self.page
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Where the table stands.
    pub(crate) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Where the value of a key stands; the table itself when it has no such key.
    pub(crate) fn span_of(&self, key: &str) -> Range<usize> {
        self.entries.get(key).map_or_else(|| self.span(), Spanned::span)
    }

    /// A problem with the value of a key of this table.
    pub(crate) fn problem(&self, key: &str, what: impl Into<String>, remedy: impl Into<String>) -> Problem {
        self.page.problem(self.span_of(key), self.name_of(key), what, remedy)
    }

    fn name_of(&self, key: &str) -> String {
        [self.path.as_str(), key].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// Notes a problem unless the key is there.
    pub(crate) fn require(&mut self, key: &'static str, example: &str, notes: &mut Notes) {
        self.note_asked(key);
        if !self.has(key) {
            notes.problems.push(self.problem(
                key,
                format!("`{key}` is missing"),
                format!("add it, for example `{key} = {example}`"),
            ));
        }
    }

    fn note_asked(&mut self, key: &'static str) {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
    }

    fn get(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.note_asked(key);
        self.entries.get(key)
    }

    fn wrong_type(&self, key: &str, wanted: &str, found: &DeValue<'_>, notes: &mut Notes) {
        let what = format!("expected {wanted}, found {}", article(found.type_str()));
        notes.problems.push(self.problem(key, what, format!("write {wanted}")));
    }

    /// A number inside its range; `None` when the key is absent or its value was noted as a problem.
    pub(crate) fn number(&mut self, key: &'static str, range: Within, notes: &mut Notes) -> Option<f64> {
        let found = self.get(key)?;
        let Some(value) = number(found.get_ref()) else {
            self.wrong_type(key, "a number", found.get_ref(), notes);
            return None;
        };
        self.check(key, value, range, notes)
    }

    fn check(&self, key: &str, value: f64, range: Within, notes: &mut Notes) -> Option<f64> {
        let Within { min, max, unit } = range;
        if (min..=max).contains(&value) {
            return Some(value);
        }
        let what = format!("{value} is out of range");
        notes.problems.push(self.problem(key, what, format!("write a number from {min} to {max}{unit}")));
        None
    }

    /// A whole number inside its range.
    pub(crate) fn whole(&mut self, key: &'static str, range: Within, notes: &mut Notes) -> Option<u32> {
        let value = self.number(key, range, notes)?;
        if value.fract() == 0.0 {
            return Some(value as u32);
        }
        let what = format!("{value} is not a whole number");
        notes.problems.push(self.problem(key, what, "write it without a fraction"));
        None
    }

    /// A probability strictly between 0 and 1.
    pub(crate) fn probability(&mut self, key: &'static str, notes: &mut Notes) -> Option<f64> {
        let value = self.number(key, within(f64::MIN, f64::MAX, ""), notes)?;
        let Some((what, remedy)) = probability_fault(value) else {
            return Some(value);
        };
        notes.problems.push(self.problem(key, what, remedy));
        None
    }

    /// Two numbers, the lower first, both inside the range.
    pub(crate) fn interval(&mut self, key: &'static str, range: Within, notes: &mut Notes) -> Option<[f64; 2]> {
        let found = self.get(key)?;
        let wanted = "two numbers, `[lowest, highest]`";
        let numbers: Option<Vec<f64>> = match found.get_ref() {
            DeValue::Array(array) => array.iter().map(|value| number(value.get_ref())).collect(),
            _ => None,
        };
        let Some(&[low, high]) = numbers.as_deref() else {
            self.wrong_type(key, wanted, found.get_ref(), notes);
            return None;
        };
        let low = self.check(key, low, range, notes)?;
        let high = self.check(key, high, range, notes)?;
        if low < high {
            return Some([low, high]);
        }
        let what = format!("{low} is not below {high}");
        notes.problems.push(self.problem(key, what, "write the lowest value first, `[lowest, highest]`"));
        None
    }

    /// A list of pairs of numbers, `[[from, to], ...]`, each number inside the range and none equal to its partner.
    pub(crate) fn pairs(&mut self, key: &'static str, range: Within, notes: &mut Notes) -> Vec<[f64; 2]> {
        let Some(found) = self.get(key) else {
            return Vec::new();
        };
        let pair = |value: &DeValue<'_>| match value {
            DeValue::Array(two) if two.len() == 2 => Some([number(two[0].get_ref())?, number(two[1].get_ref())?]),
            _ => None,
        };
        let pairs: Option<Vec<[f64; 2]>> = match found.get_ref() {
            DeValue::Array(array) => array.iter().map(|value| pair(value.get_ref())).collect(),
            _ => None,
        };
        let Some(pairs) = pairs else {
            self.wrong_type(key, "a list of pairs, `[[from, to], ...]`", found.get_ref(), notes);
            return Vec::new();
        };
        let is_sound = |pair: &[f64; 2], notes: &mut Notes| {
            if pair.iter().any(|value| self.check(key, *value, range, notes).is_none()) {
                return false;
            }
            if pair[0] == pair[1] {
                let what = format!("{} to {} is nothing", pair[0], pair[1]);
                notes.problems.push(self.problem(key, what, "write two different numbers"));
            }
            pair[0] != pair[1]
        };
        pairs.into_iter().filter(|pair| is_sound(pair, notes)).collect()
    }

    /// Any text.
    pub(crate) fn text(&mut self, key: &'static str, notes: &mut Notes) -> Option<&'a str> {
        let found = self.get(key)?;
        let text = found.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(key, "a text in quotes", found.get_ref(), notes);
        }
        text
    }

    /// `true` or `false`.
    pub(crate) fn flag(&mut self, key: &'static str, notes: &mut Notes) -> Option<bool> {
        let found = self.get(key)?;
        let flag = found.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(key, "true or false", found.get_ref(), notes);
        }
        flag
    }

    /// A text for people: one line, not blank, at most 100 characters.
    pub(crate) fn label(&mut self, key: &'static str, notes: &mut Notes) -> Option<String> {
        let text = self.text(key, notes)?;
        self.accept(key, text, label_fault(text), notes)
    }

    /// A name for machines: 1 to 64 letters, digits, `-`, `_`, `.`.
    pub(crate) fn identifier(&mut self, key: &'static str, notes: &mut Notes) -> Option<String> {
        let text = self.text(key, notes)?;
        self.accept(key, text, identifier_fault(text), notes)
    }

    fn accept(&self, key: &str, text: &str, fault: Option<(String, String)>, notes: &mut Notes) -> Option<String> {
        let Some((what, remedy)) = fault else {
            return Some(text.to_owned());
        };
        notes.problems.push(self.problem(key, what, remedy));
        None
    }

    /// One of the known words.
    pub(crate) fn word<T: Copy>(
        &mut self,
        key: &'static str,
        words: &[(&'static str, T)],
        notes: &mut Notes,
    ) -> Option<T> {
        let text = self.text(key, notes)?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*value);
        }
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let what = format!("{text:?} is not known");
        notes.problems.push(self.problem(key, what, did_you_mean(text, &known)));
        None
    }

    /// A list of texts, each with its place.
    pub(crate) fn texts(&mut self, key: &'static str, notes: &mut Notes) -> Vec<(&'a str, Range<usize>)> {
        let Some(found) = self.get(key) else {
            return Vec::new();
        };
        let texts: Option<Vec<_>> = match found.get_ref() {
            DeValue::Array(array) => array.iter().map(|v| Some((v.get_ref().as_str()?, v.span()))).collect(),
            _ => None,
        };
        if texts.is_none() {
            self.wrong_type(key, "a list of texts, `[\"...\", \"...\"]`", found.get_ref(), notes);
        }
        texts.unwrap_or_default()
    }

    /// The table under a key.
    pub(crate) fn table(&mut self, key: &'static str, notes: &mut Notes) -> Option<Table<'a>> {
        let found = self.get(key)?;
        let DeValue::Table(entries) = found.get_ref() else {
            self.wrong_type(key, "a table", found.get_ref(), notes);
            return None;
        };
        Some(Table::new(self.page, self.name_of(key), (entries, found.span())))
    }

    /// Every key with its label, whatever the keys are: for tables whose keys are names.
    pub(crate) fn labels(&self, notes: &mut Notes) -> BTreeMap<String, String> {
        let mut labels = BTreeMap::new();
        for (key, value) in self.entries.iter() {
            let name: &str = key.get_ref();
            let Some(text) = value.get_ref().as_str() else {
                self.wrong_type(name, "a text in quotes", value.get_ref(), notes);
                continue;
            };
            if let Some(label) = self.accept(name, text, label_fault(text), notes) {
                labels.insert(name.to_owned(), label);
            }
        }
        labels
    }

    /// Where one of the tables of [`Table::tables`] stands.
    pub(crate) fn span_of_nth(&self, key: &str, number: usize) -> Option<Range<usize>> {
        match self.entries.get(key)?.get_ref() {
            DeValue::Array(array) => array.get(number).map(Spanned::span),
            _ => None,
        }
    }

    /// The tables of an array of tables, `[[key]]`, or of a list of inline tables.
    pub(crate) fn tables(&mut self, key: &'static str, notes: &mut Notes) -> Vec<Table<'a>> {
        let Some(found) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(array) = found.get_ref() else {
            self.wrong_type(key, &format!("a list of tables, each headed `[[{key}]]`"), found.get_ref(), notes);
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (number, value) in array.iter().enumerate() {
            let path = format!("{} {}", self.name_of(key), number + 1);
            match value.get_ref() {
                DeValue::Table(entries) => tables.push(Table::new(self.page, path, (entries, value.span()))),
                other => {
                    let what = format!("expected a table, found {}", article(other.type_str()));
                    notes.problems.push(self.page.problem(value.span(), path, what, "write a table"));
                }
            }
        }
        tables
    }

    /// Notes every key that nobody asked for.
    pub(crate) fn close(self, notes: &mut Notes) {
        for (key, _) in self.entries.iter() {
            let name: &str = key.get_ref();
            if !self.asked.contains(&name) {
                let what = format!("unknown key `{}`", name.escape_debug());
                let remedy = did_you_mean(name, &self.asked);
                notes.problems.push(self.page.problem(key.span(), self.path.clone(), what, remedy));
            }
        }
    }
}

fn article(noun: &str) -> String {
    let an = noun.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {noun}", if an { "an" } else { "a" })
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Integer(i) => i64::from_str_radix(i.as_str(), i.radix()).ok().map(|value| value as f64),
        DeValue::Float(f) => f.as_str().parse().ok(),
        _ => None,
    }
}

/// "did you mean" the nearest known word, or the one that it begins, or all of them.
pub(crate) fn did_you_mean(word: &str, known: &[&str]) -> String {
    let begun = || known.iter().copied().find(|k| word.len() >= 3 && k.starts_with(word));
    match nearest(word, known.iter().copied()).or_else(begun) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known here: {}", known.join(", ")),
    }
}

type Fault = (String, String);

/// What is wrong with a probability that has to lie strictly between 0 and 1.
pub(crate) fn probability_fault(value: f64) -> Option<Fault> {
    let what = || format!("{value} is not a probability strictly between 0 and 1");
    let remedy = || "0 would alarm always and 1 never; write for example 0.1".to_owned();
    (!(value > 0.0 && value < 1.0)).then(|| (what(), remedy()))
}

/// What is wrong with a text for people.
pub(crate) fn label_fault(text: &str) -> Option<Fault> {
    let remedy = format!("write one line of 1 to {LABEL_MAX} characters");
    let fault = |what: &str| Some((what.to_owned(), remedy.clone()));
    if text.trim().is_empty() {
        return fault("the text is empty");
    }
    if text.chars().any(char::is_control) {
        return fault("the text has control characters");
    }
    if text.chars().count() > LABEL_MAX {
        return fault("the text is too long");
    }
    None
}

/// What is wrong with a name for machines.
pub(crate) fn identifier_fault(text: &str) -> Option<Fault> {
    let fine = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if (1..=IDENTIFIER_MAX).contains(&text.len()) && text.chars().all(fine) {
        return None;
    }
    let shown: String = text.chars().take(IDENTIFIER_MAX).collect();
    let remedy = format!("use 1 to {IDENTIFIER_MAX} letters, digits, `-`, `_` or `.`, without spaces");
    Some((format!("{shown:?} is not an identifier"), remedy))
}
