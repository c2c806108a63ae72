//! A run read in pieces, as if it were one file: for those who show recordings that do not fit into memory, or still grow.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use parapet_recording::{Totals, counted_octets, segment_body, segment_number, totals};

use super::disk::segments;

/// Whether it is the folder of a run, by its name and by what is in it.
#[must_use]
pub fn is_run(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "mcap")
        && path.is_dir()
        && segments(path).is_ok_and(|segments| !segments.is_empty())
}

/// How large a recording is, octets, and when it was written to last; `None` for what is none. Links are followed only where `links`.
pub(crate) fn extent(path: &Path, links: bool) -> Option<(u64, SystemTime)> {
    let metadata = if links { path.metadata() } else { path.symlink_metadata() }.ok()?;
    if metadata.is_file() {
        return Some((metadata.len(), metadata.modified().unwrap_or(UNIX_EPOCH)));
    }
    let segments = Some(path).filter(|path| metadata.is_dir() && is_run(path)).and_then(|path| segments(path).ok())?;
    let extents = segments.iter().filter_map(|segment| extent(segment, false));
    extents.reduce(|(octets, last), (more, at)| (octets + more, last.max(at)))
}

/// What the indexes at the ends of a recording's segments say of the whole; `None` where the last one has none.
pub(crate) fn totals_of(path: &Path) -> Option<Totals> {
    if !path.is_dir() {
        return totals(&mut BufReader::new(File::open(path).ok()?));
    }
    let mut whole: Option<Totals> = None;
    let segments = segments(path).ok()?;
    for segment in &segments {
        let found = totals(&mut BufReader::new(File::open(segment).ok()?));
        let alarms = whole.map_or(0, |whole| whole.alarm_messages);
        match found {
            Some(found) => whole = Some(Totals { alarm_messages: alarms + found.alarm_messages, ..found }),
            // One that was given up while the disk failed has none.
            None if Some(segment) == segments.last() => return None,
            None => {}
        }
    }
    whole
}

/// A file, or all segments of a run one after the other: the beginning of the first, and of each what counts. It has no index at its end.
#[derive(Debug)]
pub struct RunReader {
    pieces: Vec<Piece>,
    /// The piece that is being read, its file, and the place in the whole.
    open: Option<(usize, BufReader<File>)>,
    place: u64,
}

#[derive(Debug)]
struct Piece {
    path: PathBuf,
    /// Where it begins in the whole, and in its file.
    begins: u64,
    from: u64,
    octets: u64,
}

impl RunReader {
    /// Opens a recording. Of one that grows, what is there now is read.
    ///
    /// # Errors
    /// When it cannot be read, or the folder holds no segment.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut pieces = Vec::new();
        if !path.is_dir() {
            let octets = File::open(path)?.metadata()?.len();
            pieces.push(Piece { path: path.to_owned(), begins: 0, from: 0, octets });
            return Ok(RunReader { pieces, open: None, place: 0 });
        }
        let segments = segments(path)?;
        if segments.is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "no recording lies in this folder"));
        }
        // From the last to the first: each says how much of which one before it counts.
        let mut until: Option<(u32, u64)> = None;
        for path in segments.iter().rev() {
            let number = path.file_name().and_then(|name| segment_number(&name.to_string_lossy()));
            let mut file = BufReader::new(File::open(path)?);
            if until.is_some_and(|(segment, _)| number != Some(segment)) {
                continue;
            }
            let Ok(body) = segment_body(&mut file) else { continue };
            let end = counted_octets(&mut file, until.map(|(_, octets)| octets))?;
            let from = if body.after.is_none() || pieces.len() + 1 == segments.len() { 0 } else { body.begins };
            pieces.push(Piece { path: path.clone(), begins: 0, from, octets: end.saturating_sub(from) });
            until = body.after;
            if until.is_none() {
                break;
            }
        }
        pieces.reverse();
        if let Some(first) = pieces.first_mut() {
            (first.octets, first.from) = (first.octets + first.from, 0);
        }
        let mut begins = 0;
        for piece in &mut pieces {
            piece.begins = begins;
            begins += piece.octets;
        }
        Ok(RunReader { pieces, open: None, place: 0 })
    }

    /// Octets in the whole.
    #[must_use]
    pub fn octets(&self) -> u64 {
        self.pieces.last().map_or(0, |piece| piece.begins + piece.octets)
    }
}

impl Read for RunReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let number = self.pieces.partition_point(|piece| piece.begins + piece.octets <= self.place);
        let Some(piece) = self.pieces.get(number) else { return Ok(0) };
        let mut file = match self.open.take().filter(|(open, _)| *open == number) {
            Some((_, file)) => file,
            None => {
                let mut file = BufReader::new(File::open(&piece.path)?);
                file.seek(SeekFrom::Start(piece.from + self.place - piece.begins))?;
                file
            }
        };
        let left = piece.begins + piece.octets - self.place;
        let wanted = into.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = file.read(&mut into[..wanted])?;
        self.place += read as u64;
        self.open = Some((number, file));
        Ok(read)
    }
}

impl Seek for RunReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(by) => self.place.checked_add_signed(by),
            SeekFrom::End(by) => self.octets().checked_add_signed(by),
        };
        let place = place.ok_or(io::ErrorKind::InvalidInput)?;
        if place != self.place {
            (self.place, self.open) = (place, None);
        }
        Ok(place)
    }
}
