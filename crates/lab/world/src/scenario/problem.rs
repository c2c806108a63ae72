//! What is wrong with a scenario, where, and what to do.

use std::path::Path;
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The text of a scenario, kept for errors.
#[derive(Clone, Debug, Default)]
pub(crate) struct Source(Arc<(String, String)>);

impl Source {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        Source(Arc::new((name.to_owned(), text.to_owned())))
    }

    pub(crate) fn name(&self) -> &str {
        &self.0.0
    }

    fn text(&self) -> &str {
        &self.0.1
    }
}

/// A step of the way to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key<'a> {
    /// A key of a table.
    Name(&'a str),
    /// The how-manieth of a list, from 0.
    Nth(usize),
}

/// A problem with a scenario file. Its text begins with `file:line:column: key:`; as a [`Diagnostic`] it shows the place.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{place}: {what}; {remedy}")]
pub struct Problem {
    place: String,
    what: String,
    #[help]
    remedy: String,
    #[source_code]
    source_code: Arc<NamedSource<String>>,
    #[label("here")]
    span: Option<SourceSpan>,
}

impl Problem {
    pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        Problem {
            place: path.display().to_string(),
            what: error.to_string(),
            remedy: "check the path and the permissions".to_owned(),
            source_code: Arc::new(NamedSource::new(path.display().to_string(), String::new())),
            span: None,
        }
    }

    pub(crate) fn from_toml(source: &Source, error: &toml::de::Error) -> Self {
        let what = error.message().trim().replace('\n', ", ");
        let remedy = if what.contains("unknown field") || what.contains("unknown variant") {
            "use one of the expected names"
        } else if what.contains("missing field") {
            "add it to this table"
        } else {
            "correct it here"
        };
        Self::new(source, error.span(), "", what, remedy.to_owned())
    }

    pub(crate) fn at_key(source: &Source, key: &[Key<'_>], what: String, remedy: String) -> Self {
        Self::new(source, locate(source.text(), key), &spell(key), what, remedy)
    }

    fn new(source: &Source, span: Option<core::ops::Range<usize>>, key: &str, what: String, remedy: String) -> Self {
        let at = span.as_ref().map_or_else(String::new, |s| line_and_column(source.text(), s.start));
        let key = if key.is_empty() { String::new() } else { format!(": {key}") };
        Problem {
            place: format!("{}{at}{key}", source.name()),
            what,
            remedy,
            source_code: Arc::new(NamedSource::new(source.name(), source.text().to_owned())),
            span: span.map(SourceSpan::from),
        }
    }
}

fn spell(key: &[Key<'_>]) -> String {
    let mut spelt = String::new();
    for step in key {
        match step {
            Key::Name(name) if spelt.is_empty() => spelt.push_str(name),
            Key::Name(name) => spelt.push_str(&format!(".{name}")),
            Key::Nth(n) => spelt.push_str(&format!("[{n}]")),
        }
    }
    spelt
}

/// `:line:column`, both from 1, columns counted in characters.
fn line_and_column(text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    format!(":{line}:{column}")
}

/// Where the value at a key stands, or the innermost table that should have it.
fn locate(text: &str, key: &[Key<'_>]) -> Option<core::ops::Range<usize>> {
    let root = DeTable::parse(text).ok()?;
    let (Key::Name(first), rest) = key.split_first()? else { return None };
    let mut value: &Spanned<DeValue<'_>> = root.get_ref().get(*first)?;
    for step in rest {
        let inner = match (step, value.get_ref()) {
            (Key::Name(name), DeValue::Table(table)) => table.get(*name),
            (Key::Nth(n), DeValue::Array(array)) => array.get(*n),
            _ => None,
        };
        let Some(inner) = inner else { break };
        value = inner;
    }
    Some(value.span())
}
