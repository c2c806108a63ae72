//! Which files of a folder belong together, in which order, and how much of each counts.

use std::collections::BTreeMap;

use crate::audit::{Audit, audit, chain_start, damaged};
use crate::chain::{After, ChainStart, RunId};
use crate::examine::{Finding, Kind};
use crate::journal::{segment_name, segment_number};
use crate::segments::Segment;
use crate::{RecordingError, Segments};

/// A segment that counts, and how much of it does.
#[derive(Debug)]
pub(crate) struct Link<'a> {
    pub(crate) segment: Segment<'a>,
    pub(crate) start: ChainStart,
    pub(crate) audit: Audit,
    /// The segment that should come before this one, and why it does not.
    pub(crate) lacks: Option<(u32, RecordingError)>,
}

/// The segments of a recording in order, and what was found of those that do not count.
#[derive(Debug, Default)]
pub(crate) struct Path<'a> {
    pub(crate) links: Vec<Link<'a>>,
    pub(crate) findings: Vec<Finding>,
    /// Files that tell nothing, by the number in their names, and why.
    mute: BTreeMap<u32, (Segment<'a>, RecordingError)>,
}

type Found<'a> = BTreeMap<u32, (Segment<'a>, ChainStart)>;

/// Finds the way through the files of a recording. `None` where the only file is not sealed at all.
///
/// # Errors
/// When nothing can be read.
pub(crate) fn path<'a>(segments: &Segments<'a>) -> Result<Option<Path<'a>>, RecordingError> {
    let mut path = Path::default();
    let mut found = Found::new();
    for segment in &segments.0 {
        let named = segment_number(segment.name);
        let start = match chain_start(segment.bytes) {
            Ok(None) if segment.name.is_empty() => return Ok(None),
            Err(error) if segment.name.is_empty() => return Err(error),
            Ok(None) => Err(damaged(0, "it is not sealed, and so no segment of this recording")),
            Ok(Some(start)) if named.is_some_and(|number| number != start.segment) => {
                Err(damaged(0, format!("it says that it is segment {}", start.segment)))
            }
            Ok(Some(start)) => Ok(start),
            Err(error) => Err(error),
        };
        match start {
            Ok(start) => drop(found.insert(start.segment, (*segment, start))),
            Err(error) => drop(path.mute.insert(named.unwrap_or_default(), (*segment, error))),
        }
    }
    path.put_foreigners_aside(&mut found);
    path.follow(&mut found);
    if path.links.is_empty() {
        let first = path.mute.into_values().next();
        return Err(first.map_or(RecordingError::NoSegment, |(segment, error)| error.of_segment(segment.name)));
    }
    path.links.reverse();
    path.say_mute();
    Ok(Some(path))
}

/// The run that most files are of, with its key.
fn most(found: &Found<'_>) -> Option<(RunId, crate::Public)> {
    let runs = found.values().map(|(_, start)| (start.run, start.key));
    let count =
        |run: &(RunId, crate::Public)| found.values().filter(|(_, start)| (start.run, start.key) == *run).count();
    runs.max_by_key(count)
}

impl<'a> Path<'a> {
    /// Leaves what is of another run, or signed by somebody else, to the mute.
    fn put_foreigners_aside(&mut self, found: &mut Found<'a>) {
        let Some(run) = most(found) else { return };
        let strangers: Vec<u32> =
            found.iter().filter(|(_, (_, start))| (start.run, start.key) != run).map(|(number, _)| *number).collect();
        for number in strangers {
            if let Some((segment, start)) = found.remove(&number) {
                let what = format!("it is of the run {}, signed by {}; the others are not", start.run, start.key);
                self.mute.insert(number, (segment, damaged(0, what)));
            }
        }
    }

    /// Goes from the last segment back to the first, by what each says of the one before.
    fn follow(&mut self, found: &mut Found<'a>) {
        let mut until: Option<After> = None;
        while let Some((number, (segment, start))) = self.next(found, until) {
            // Where the one that it went on from is not here, the next one down is read to its end.
            until = until.filter(|after| after.segment == number);
            let mut audit = audit(segment.bytes, &start, until);
            if until.is_none() && audit.groups == 0 {
                // The last thing that was begun, and nothing of it came to be; or its beginning is damaged.
                let error = audit.problem.unwrap_or(RecordingError::NotClosed { offset: 0 });
                self.mute.insert(number, (segment, error));
                continue;
            }
            if let Some(after) =
                until.filter(|after| after.octets < segment.bytes.len() as u64 && audit.problem.is_none())
            {
                let what = format!(
                    "{} bytes do not count: the disk failed, and they were written again in the next segment",
                    segment.bytes.len() as u64 - after.octets
                );
                self.find(Kind::Superseded, &segment, Some(after.octets as usize), what);
            }
            until = start.after;
            if until.is_some_and(|after| after.segment >= number) {
                audit = Audit { trusted: 0, problem: Some(damaged(0, "it says that it goes on from itself")), ..audit };
            }
            self.links.push(Link { segment, start, audit, lacks: None });
            if until.is_none() {
                break;
            }
        }
        for (segment, _) in core::mem::take(found).into_values() {
            self.find(Kind::Superseded, &segment, Some(0), "none of it counts: a later segment begins anew");
        }
    }

    /// The segment that another one goes on from, or the last of all.
    fn next(&mut self, found: &mut Found<'a>, until: Option<After>) -> Option<(u32, (Segment<'a>, ChainStart))> {
        let Some(after) = until else { return found.pop_last() };
        // What lies between was begun while the disk failed.
        while let Some(between) = found.last_entry().filter(|entry| *entry.key() > after.segment) {
            let (segment, _) = between.remove();
            let what = "none of it counts: the disk failed, and it was written again in a later segment";
            self.find(Kind::Superseded, &segment, Some(0), what);
        }
        if found.contains_key(&after.segment) {
            return found.pop_last();
        }
        let here = self.mute.remove(&after.segment);
        let is_dropped = here.is_none() && found.is_empty() && self.mute.range(..after.segment).next().is_none();
        let Some(link) = self.links.last_mut().filter(|_| !is_dropped) else {
            let what =
                format!("the segments up to {} are not here: dropped to make room, or taken away", after.segment);
            if let Some(first) = self.links.last().map(|link| link.segment) {
                self.find(Kind::Dropped, &first, None, what);
            }
            return None;
        };
        let name = segment_name(after.segment);
        let error = match here {
            Some((_, error)) => error.of_segment(&name),
            None => RecordingError::SegmentMissing { segment: name.clone() },
        };
        let (offset, kind) = (error.offset(), Kind::of(&error));
        self.findings.push(Finding { segment: name, offset, kind, what: error.unnamed().to_string() });
        link.lacks = Some((after.segment, error));
        found.pop_last()
    }

    /// What is to be said of the files that told nothing and that nobody has asked for.
    fn say_mute(&mut self) {
        let last = self.links.last().map_or(0, |link| link.start.segment);
        for (number, (segment, error)) in core::mem::take(&mut self.mute) {
            let before_a_gap =
                self.links.iter().any(|link| link.lacks.as_ref().is_some_and(|(lacks, _)| *lacks > number));
            let kind = if number > last || before_a_gap { Kind::of(&error) } else { Kind::Superseded };
            self.find(kind, &segment, error.offset(), error.to_string());
        }
    }

    fn find(&mut self, kind: Kind, segment: &Segment<'_>, offset: Option<usize>, what: impl Into<String>) {
        self.findings.push(Finding { segment: segment.name.to_owned(), offset, kind, what: what.into() });
    }
}
