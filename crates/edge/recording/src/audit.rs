//! How much of a segment is to be believed: everything up to the last seal that holds, and not an octet more.

use mcap::records::{Metadata, Record, op};

use crate::RecordingError;
use crate::chain::{After, CHAIN, ChainStart, Hash, SEAL, Seal};

/// What a look at the records of a segment has found.
#[derive(Debug)]
pub(crate) struct Audit {
    /// Where what is believed ends.
    pub(crate) trusted: usize,
    /// Seals that hold.
    pub(crate) groups: u64,
    /// The hash over all that is believed, for whoever refers to it.
    pub(crate) end: Hash,
    /// Why the rest is not believed.
    pub(crate) problem: Option<RecordingError>,
}

/// A record cut out of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut<'a> {
    pub(crate) code: u8,
    pub(crate) body: &'a [u8],
    pub(crate) offset: usize,
    pub(crate) end: usize,
}

/// Cuts out the record at an offset.
pub(crate) fn cut(file: &[u8], offset: usize) -> Result<Cut<'_>, RecordingError> {
    let rest = file.get(offset..).unwrap_or_default();
    if rest.is_empty() {
        return Err(RecordingError::NotClosed { offset });
    }
    let Some((head, rest)) = rest.split_first_chunk::<9>() else {
        return Err(RecordingError::Cut { offset, missing: 9 - rest.len() as u64 });
    };
    let [code, length @ ..] = *head;
    let length = u64::from_le_bytes(length);
    let Some(body) = usize::try_from(length).ok().and_then(|length| rest.get(..length)) else {
        return Err(RecordingError::Cut { offset, missing: length - rest.len() as u64 });
    };
    Ok(Cut { code, body, offset, end: offset + 9 + body.len() })
}

/// What a segment says of itself, before anything of it is believed; `None` for a recording that is not sealed.
pub(crate) fn chain_start(file: &[u8]) -> Result<Option<ChainStart>, RecordingError> {
    if !file.starts_with(mcap::MAGIC) {
        return Err(RecordingError::NotMcap);
    }
    let mut offset = mcap::MAGIC.len();
    loop {
        let record = cut(file, offset)?;
        match record.code {
            op::HEADER => offset = record.end,
            op::METADATA => {
                let Some(found) = metadata(&record).filter(|found| found.name == CHAIN) else { return Ok(None) };
                let start = ChainStart::parse(&found);
                return start
                    .map(Some)
                    .ok_or_else(|| damaged(offset, "what the segment says of its chain cannot be read"));
            }
            _ => return Ok(None),
        }
    }
}

/// Holds a segment against its seals; as far as `until` where another segment goes on there.
pub(crate) fn audit(file: &[u8], start: &ChainStart, until: Option<After>) -> Audit {
    let mut walk = Walk { file, seals: vec![], link: Hash::default(), from: 0 };
    let mut problem = walk.run(until).err();
    // Each seal covers those before it: the last that holds vouches for all. Where another segment goes on, its seals vouch.
    if problem.is_some() || until.is_none() {
        while let Some((seal, _, _)) = walk.seals.last().filter(|(seal, _, _)| !seal.holds(start)) {
            problem = Some(damaged(seal.offset as usize, "the signature of this group does not hold"));
            walk.seals.pop();
        }
    }
    let (trusted, end) = walk.seals.last().map_or((0, Hash::default()), |(_, end, link)| (*end, *link));
    let groups = walk.seals.len() as u64;
    Audit { trusted, groups, end, problem }
}

struct Walk<'a> {
    file: &'a [u8],
    /// Each with where it ends, and the hash over everything up to there.
    seals: Vec<(Seal, usize, Hash)>,
    /// What the latest seal says, and where it begins: from there on the next one covers.
    link: Hash,
    from: usize,
}

impl Walk<'_> {
    fn run(&mut self, until: Option<After>) -> Result<(), RecordingError> {
        let Some(until) = until else { return self.walk_on() };
        let limit = usize::try_from(until.octets).unwrap_or(usize::MAX);
        let Some(file) = self.file.get(..limit) else {
            let found = self.walk_on().err().filter(|error| !error.is_cut());
            let offset = self.file.len();
            return Err(found.unwrap_or(RecordingError::Cut { offset, missing: (limit - offset) as u64 }));
        };
        self.file = file;
        match self.walk_on() {
            // It was given up after a failure of the disk, and ends with a seal.
            Err(RecordingError::NotClosed { offset }) if offset == limit && self.is_sealed_up_to(limit) => {}
            other => other?,
        }
        if self.link.after(&[&file[self.from..]]) == until.hash {
            return Ok(());
        }
        let what = "it does not end as the segment after it says";
        Err(damaged(self.from, what))
    }

    fn is_sealed_up_to(&self, offset: usize) -> bool {
        self.seals.last().is_some_and(|(_, end, _)| *end == offset)
    }

    fn walk_on(&mut self) -> Result<(), RecordingError> {
        let mut offset = mcap::MAGIC.len();
        loop {
            let record = cut(self.file, offset)?;
            offset = record.end;
            match record.code {
                op::DATA_END => {
                    if !self.is_sealed_up_to(record.offset) {
                        return Err(damaged(record.offset, "the data end in a group that is not sealed"));
                    }
                    return tail(self.file, &record);
                }
                op::METADATA => self.metadata(&record)?,
                op::CHUNK | op::MESSAGE_INDEX | op::HEADER => {}
                code => {
                    let what = format!("a record of kind {code:#04x} does not belong here");
                    return Err(damaged(record.offset, what));
                }
            }
        }
    }

    fn metadata(&mut self, record: &Cut<'_>) -> Result<(), RecordingError> {
        let at = record.offset;
        let found = metadata(record).ok_or_else(|| damaged(at, "a metadata record that cannot be read"))?;
        if found.name != SEAL {
            return Ok(());
        }
        let octets = &self.file[at..record.end];
        let seal = Seal::parse(&found, octets).ok_or_else(|| damaged(at, "a seal that cannot be read"))?;
        let hash = self.link.after(&[&self.file[self.from..at]]);
        let expected = self.seals.len() as u64;
        if (seal.group, seal.offset) != (expected, at as u64) {
            let what = format!("the seal of group {} at byte {} stands here", seal.group, seal.offset);
            return Err(damaged(at, what));
        }
        if seal.hash != hash {
            let what = format!("group {expected}, from byte {}, is not as it was sealed", self.from);
            return Err(damaged(at, what));
        }
        (self.link, self.from) = (hash, at);
        self.seals.push((seal, record.end, hash.after(&[octets])));
        Ok(())
    }
}

/// What follows the data: an index that nothing here uses, held against its own checksums.
fn tail(file: &[u8], data_end: &Cut<'_>) -> Result<(), RecordingError> {
    /// Kind, length, and the octets of a footer.
    const FOOTER_OCTETS: usize = 9 + 8 + 8 + 4;
    let wrong = |offset, what: &str| Err(damaged(offset, format!("{what}; the data before it are sealed and intact")));
    let crc = crc32fast::hash(&file[..data_end.offset]).to_le_bytes();
    if data_end.body != crc {
        return wrong(data_end.offset, "the end of the data has another checksum than the data");
    }
    let end = file.len();
    let cut_short = end < data_end.end + FOOTER_OCTETS + mcap::MAGIC.len();
    if cut_short {
        return Err(RecordingError::Cut { offset: data_end.end, missing: 1 });
    }
    let footer = end - mcap::MAGIC.len() - FOOTER_OCTETS;
    let (summary, crc) =
        file[data_end.end..end - mcap::MAGIC.len()].split_at(end - mcap::MAGIC.len() - 4 - data_end.end);
    let framed = file[footer] == op::FOOTER && file[footer + 1..footer + 9] == 20u64.to_le_bytes();
    if !file.ends_with(mcap::MAGIC) || !framed {
        return Err(RecordingError::Cut { offset: data_end.end, missing: 1 });
    }
    if crc32fast::hash(summary).to_le_bytes() != crc {
        return wrong(data_end.end, "the index has another checksum than it says");
    }
    Ok(())
}

pub(crate) fn metadata(record: &Cut<'_>) -> Option<Metadata> {
    match mcap::parse_record(record.code, record.body) {
        Ok(Record::Metadata(found)) => Some(found),
        _ => None,
    }
}

pub(crate) fn damaged(offset: usize, detail: impl Into<String>) -> RecordingError {
    RecordingError::Damaged { offset, detail: detail.into() }
}
