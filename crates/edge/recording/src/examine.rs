//! Everything that can be said of a recording without believing it.

use core::fmt;

use parapet_frame::Time;

use crate::path::path;
use crate::{Entry, Public, Recording, RecordingError, Segments};

/// What kind of thing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Octets are not as they were written.
    Damaged,
    /// A file that others refer to is not there.
    Missing,
    /// A file does not belong to the others.
    Foreign,
    /// Another key than the one that was asked for has signed.
    OtherKey,
    /// It ends early: the program was killed, or the file was cut.
    Cut,
    /// Messages were not recorded, and the recording says so.
    Gap,
    /// What was written while the disk failed and was written again.
    Superseded,
    /// The oldest segments were dropped to make room.
    Dropped,
    /// It has no seals: only checksums protect it.
    NotSealed,
}

impl Kind {
    /// Of an error.
    pub(crate) fn of(error: &RecordingError) -> Self {
        match error {
            RecordingError::SegmentMissing { .. } => Kind::Missing,
            error if error.is_cut() => Kind::Cut,
            _ => Kind::Damaged,
        }
    }

    /// Whether the recording lies, or somebody has tried to make it.
    #[must_use]
    pub fn is_damage(self) -> bool {
        matches!(self, Kind::Damaged | Kind::Missing | Kind::Foreign | Kind::OtherKey)
    }

    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Kind::Damaged => "damaged",
            Kind::Missing => "missing",
            Kind::Foreign => "foreign",
            Kind::OtherKey => "other key",
            Kind::Cut => "cut",
            Kind::Gap => "gap",
            Kind::Superseded => "superseded",
            Kind::Dropped => "dropped",
            Kind::NotSealed => "not sealed",
        }
    }
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file; empty for the only one.
    pub segment: String,
    /// The byte of the file, where there is one.
    pub offset: Option<usize>,
    /// What kind.
    pub kind: Kind,
    /// What, for people.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind.word())?;
        if !self.segment.is_empty() {
            write!(f, " {}", self.segment)?;
        }
        // Errors say their byte themselves.
        match self.offset.filter(|_| !self.what.starts_with("at byte")) {
            Some(offset) => write!(f, ": at byte {offset}: {}", self.what),
            None => write!(f, ": {}", self.what),
        }
    }
}

/// What a recording is, and everything that is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Examination {
    /// In the order of the files.
    pub findings: Vec<Finding>,
    /// Segments that count.
    pub segments: usize,
    /// Groups whose seals hold.
    pub groups: u64,
    /// Messages that are believed, over all segments.
    pub messages: u64,
    /// The first and the last of them.
    pub span: Option<(Time, Time)>,
    /// Whether it was closed in order.
    pub closed: bool,
    /// Who has signed it.
    pub key: Option<Public>,
}

impl Examination {
    /// Whether everything in it can be believed.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        !self.findings.iter().any(|finding| finding.kind.is_damage())
    }
}

/// Looks at every octet of a recording; with a key, whether it was signed by that.
///
/// # Errors
/// When it is no recording at all.
pub fn examine<'a>(segments: impl Into<Segments<'a>>, key: Option<&Public>) -> Result<Examination, RecordingError> {
    let segments = segments.into();
    let mut seen = Examination::default();
    let mut index_cut = None;
    if let Some(path) = path(&segments)? {
        seen.segments = path.links.len();
        seen.groups = path.links.iter().map(|link| link.audit.groups).sum();
        seen.key = path.links.first().map(|link| link.start.key);
        let last = path.links.len().saturating_sub(1);
        index_cut = path.links.last().and_then(|link| Some((link.segment.name, link.audit.problem.clone()?)));
        for (number, link) in path.links.iter().enumerate() {
            let problem = link.audit.problem.as_ref();
            // Whether the last one is only not closed is known when its messages have been read.
            if let Some(error) = problem.filter(|error| number < last || !error.is_cut()) {
                seen.find(link.segment.name, error);
            }
        }
        seen.findings.extend(path.findings);
    } else {
        seen.segments = 1;
        let what = "only checksums protect it: whoever alters it can alter them too".to_owned();
        seen.findings.push(Finding { segment: String::new(), offset: None, kind: Kind::NotSealed, what });
    }
    seen.read(Recording::open(segments)?);
    if let Some((name, error)) = index_cut.filter(|(_, error)| seen.closed && error.is_cut()) {
        let what = "the index at the end is cut; no message is missing".to_owned();
        seen.findings.push(Finding { segment: name.to_owned(), offset: error.offset(), kind: Kind::Cut, what });
    }
    if let (Some(key), found) = (key, seen.key)
        && found != Some(*key)
    {
        let found = found.map_or("nobody".to_owned(), |found| found.to_string());
        let what = format!("it is signed by {found}, not by {key}");
        seen.findings.push(Finding { segment: String::new(), offset: None, kind: Kind::OtherKey, what });
    }
    seen.findings.sort_by(|a, b| a.segment.cmp(&b.segment).then(a.offset.cmp(&b.offset)));
    seen.findings.dedup();
    Ok(seen)
}

impl Examination {
    fn find(&mut self, segment: &str, error: &RecordingError) {
        let (offset, kind) = (error.offset(), Kind::of(error));
        self.findings.push(Finding { segment: segment.to_owned(), offset, kind, what: error.to_string() });
    }

    /// Reads every part by itself, also what comes after damage.
    fn read(&mut self, recording: Recording<'_>) {
        let last = recording.parts().len().saturating_sub(1);
        for (number, name, entries) in recording.each_part() {
            for entry in entries {
                match entry {
                    Ok(entry) => self.take(name, &entry),
                    Err(error) if number == last || !error.is_cut() && error.unnamed().offset().is_some() => {
                        self.find(name, error.unnamed())
                    }
                    Err(_) => {}
                }
            }
        }
    }

    fn take(&mut self, segment: &str, entry: &Entry) {
        let at = entry.at();
        self.messages += 1;
        self.span = Some(self.span.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
        self.closed = matches!(entry, Entry::Closed(_));
        if let Entry::Gap(gap) = entry {
            let what = format!("{} messages before {} ns were not recorded", gap.lost, gap.at.nanos());
            self.findings.push(Finding { segment: segment.to_owned(), offset: None, kind: Kind::Gap, what });
        }
    }
}
