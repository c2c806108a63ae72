//! What is wrong with a configuration: where, which key, and what to do about it.

use core::fmt;
use core::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};

/// One thing that is wrong with a configuration.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The file, as its name was given.
    pub file: String,
    /// Line in that file, the first is 1.
    pub line: usize,
    /// Column in that line, in characters, the first is 1.
    pub column: usize,
    /// The key, with the tables around it: `sensor "radar-north" scan_period_s`.
    pub key: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
    span: Range<usize>,
    source: Arc<NamedSource<String>>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: ", self.file, self.line, self.column)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        write!(f, "{}; {}", self.what, self.remedy)
    }
}

impl std::error::Error for Problem {}

impl Diagnostic for Problem {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.remedy))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&*self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = LabeledSpan::new(Some(self.what.clone()), self.span.start, self.span.len());
        Some(Box::new(core::iter::once(label)))
    }
}

/// A configuration that cannot be used, with everything that was found wrong with it, file by file from top to bottom.
#[derive(Clone, Debug)]
pub struct SiteError {
    /// What is wrong; never empty.
    pub problems: Vec<Problem>,
}

impl fmt::Display for SiteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.len() {
            1 => write!(f, "the configuration has 1 error")?,
            count => write!(f, "the configuration has {count} errors")?,
        }
        self.problems.iter().try_for_each(|problem| write!(f, "\n{problem}"))
    }
}

impl std::error::Error for SiteError {}

impl Diagnostic for SiteError {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.problems.iter().map(|problem| problem as &dyn Diagnostic)))
    }
}

/// A file being read: it turns places in its text into problems.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    name: String,
    source: Arc<NamedSource<String>>,
}

impl Page {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        Page { name: name.to_owned(), source: Arc::new(NamedSource::new(name, text.to_owned())) }
    }

    /// A problem at a place given in bytes; a place outside the text is moved to its end.
    pub(crate) fn problem(
        &self,
        span: Range<usize>,
        key: impl Into<String>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Problem {
        let text = self.source.inner();
        let start = boundary(text, span.start);
        let end = boundary(text, span.end.max(start));
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        Problem {
            file: self.name.clone(),
            line: text[..start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            key: key.into(),
            what: what.into(),
            remedy: remedy.into(),
            span: start..end,
            source: Arc::clone(&self.source),
        }
    }
}

/// The nearest character boundary at or before a byte, inside the text.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// What has been found so far.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// What makes the configuration unusable.
    pub(crate) problems: Vec<Problem>,
    /// What the operator should know all the same.
    pub(crate) warnings: Vec<String>,
}

impl Notes {
    pub(crate) fn warn(&mut self, warning: impl Into<String>) {
        self.warnings.push(warning.into());
    }

    /// The error, when anything was found; the main file first, each file from top to bottom.
    pub(crate) fn into_error(mut self, main: &str) -> Option<SiteError> {
        self.problems.sort_by(|a, b| {
            let place = |p: &Problem| (p.file != main, p.file.clone(), p.span.start);
            place(a).cmp(&place(b))
        });
        (!self.problems.is_empty()).then_some(SiteError { problems: self.problems })
    }
}
