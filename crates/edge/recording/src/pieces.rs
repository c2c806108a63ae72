//! Where the parts of a segment lie, for those who read it in pieces. Nothing is verified here.

use std::io::{self, Read, Seek, SeekFrom};

use mcap::records::op;

use crate::audit::chain_start;
use crate::{RecordingError, reader};

/// Octets of a footer with its head, and of the magic at a file's end.
const FOOTER_OCTETS: u64 = 9 + 8 + 8 + 4;
/// Octets of the record that ends the data.
const DATA_END_OCTETS: u64 = 9 + 4;
/// What stands before the header's chunk is shorter, octets.
const BEGINNING_MAX: u64 = 64 * 1024;

/// Where a segment's messages begin, and what it goes on from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentBody {
    /// The octet after the chunk with the header.
    pub begins: u64,
    /// The segment before it, and how many octets of that count; `None` for the first of a run.
    pub after: Option<(u32, u64)>,
}

/// Finds where the messages of a segment begin.
///
/// # Errors
/// When it is none, or ends before that.
pub fn segment_body<R: Read + Seek>(file: &mut R) -> Result<SegmentBody, RecordingError> {
    let mut beginning = Vec::new();
    file.seek(SeekFrom::Start(0)).map_err(RecordingError::read)?;
    file.take(BEGINNING_MAX).read_to_end(&mut beginning).map_err(RecordingError::read)?;
    let start = chain_start(&beginning)?;
    let after = start.and_then(|start| start.after).map(|after| (after.segment, after.octets));
    let mut offset = mcap::MAGIC.len() as u64;
    loop {
        file.seek(SeekFrom::Start(offset)).map_err(RecordingError::read)?;
        let mut head = [0; 9];
        if reader::fill(file, &mut head)? < head.len() {
            return Err(RecordingError::Cut { offset: offset as usize, missing: 1 });
        }
        let [code, length @ ..] = head;
        offset = offset.saturating_add(9).saturating_add(u64::from_le_bytes(length));
        if code == op::CHUNK {
            return Ok(SegmentBody { begins: offset, after });
        }
    }
}

/// How many octets of a segment hold messages: as many as count, less the index where it was finished.
///
/// # Errors
/// When it cannot be read.
pub fn counted_octets<R: Read + Seek>(file: &mut R, counted: Option<u64>) -> io::Result<u64> {
    let length = file.seek(SeekFrom::End(0))?;
    let end = counted.unwrap_or(length).min(length);
    let tail = FOOTER_OCTETS + mcap::MAGIC.len() as u64;
    if end < tail {
        return Ok(end);
    }
    file.seek(SeekFrom::Start(end - tail))?;
    let mut octets = vec![0; tail as usize];
    file.read_exact(&mut octets)?;
    let summary = octets.get(9..17).and_then(|part| part.try_into().ok()).map_or(0, u64::from_le_bytes);
    let is_finished = octets[0] == op::FOOTER && octets.ends_with(mcap::MAGIC) && summary > DATA_END_OCTETS;
    Ok(if is_finished { end.min(summary - DATA_END_OCTETS) } else { end })
}
