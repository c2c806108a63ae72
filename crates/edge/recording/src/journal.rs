//! Writing for ever: segments of bounded size, in groups that are synced and sealed as a whole.

use std::cell::RefCell;
use std::io::{self, Seek, SeekFrom, Write};
use std::rc::Rc;

use crate::chain::{After, ChainStart, Hash, RunId, Seal};
use crate::disk::Disk;
use crate::{Header, Recorder, RecordingError, Secret};

/// The name of a segment's file.
#[must_use]
pub fn segment_name(number: u32) -> String {
    format!("{number:05}.mcap")
}

/// The number of a segment by its file's name; `None` for files that are none.
#[must_use]
pub fn segment_number(name: &str) -> Option<u32> {
    let number = name.strip_suffix(".mcap")?;
    let number: u32 =
        (number.len() >= 5 && number.bytes().all(|c| c.is_ascii_digit())).then(|| number.parse().ok())??;
    (segment_name(number) == name).then_some(number)
}

/// How far a journal has come, on the disk and synced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The number of the segment.
    pub segment: u32,
    /// Octets of it that are synced and sealed.
    pub octets: u64,
}

/// A link of a journal that somebody else may refer to: what came before, up to a place.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Origin {
    /// The run.
    pub run: RunId,
    /// The number of its segment.
    pub segment: u32,
    /// Octets of it that count.
    pub octets: u64,
    /// SHA-256 over them and all that came before, in hexadecimal digits.
    pub hash: String,
}

/// What a journal is made with.
#[derive(Clone, Debug)]
pub struct Setting {
    /// What every segment says first.
    pub header: Header,
    /// The run's name, by chance.
    pub run: RunId,
    /// Signs each group.
    pub secret: Secret,
    /// Octets after which a segment is finished and another begun.
    pub segment_octets_max: u64,
    /// Links that carry protobuf messages: number, name of the message, descriptors.
    pub protobuf: Vec<(u16, String, Vec<u8>)>,
}

/// Writes a recording in segments.
///
/// What was written since the last [`commit`](Self::commit) is not on the disk. After an error the open segment is given up and
/// what it held since then is to be written again: the next one says how much of it counts, so that nothing counts twice.
pub struct Journal<D: Disk> {
    disk: D,
    setting: Setting,
    /// Where the next segment goes on.
    after: Option<After>,
    last_number: u32,
    /// The number of the first message that is not safe.
    next_message: u32,
    open: Option<Open<D::File>>,
    place: Place,
}

struct Open<F> {
    file: F,
    start: ChainStart,
    recorder: Recorder<Spool>,
    spool: Spool,
    /// Octets that are on the disk.
    octets: u64,
    groups: u64,
    /// The hash that the last seal holds, and that seal itself, which the next one will cover.
    link: Hash,
    last_seal: Vec<u8>,
}

impl<D: Disk> Journal<D> {
    /// A journal of which nothing is written yet, in a folder of its own.
    #[must_use]
    pub fn new(disk: D, setting: Setting) -> Self {
        Journal { disk, setting, after: None, last_number: 0, next_message: 1, open: None, place: Place::default() }
    }

    /// What takes entries; begins a segment where none is open, which is on the disk when this returns.
    ///
    /// # Errors
    /// When the segment cannot be begun.
    pub fn recorder(&mut self) -> Result<&mut Recorder<Spool>, RecordingError> {
        if self.open.is_none() {
            self.open = Some(self.begin()?);
        }
        match &mut self.open {
            Some(open) => Ok(&mut open.recorder),
            None => Err(RecordingError::Write("no segment is open".to_owned())),
        }
    }

    /// Seals what was written since the last time and puts it on the disk; it would survive a power cut when this returns.
    /// Finishes a segment that has become long.
    ///
    /// # Errors
    /// When that is not so. What was written since the last time must then be written again.
    pub fn commit(&mut self) -> Result<Place, RecordingError> {
        let Some(mut open) = self.open.take() else { return Ok(self.place) };
        open.recorder.flush()?;
        let group = open.spool.take();
        if !group.is_empty() {
            self.seal(&mut open, &group)?;
        }
        if open.octets < self.setting.segment_octets_max {
            self.open = Some(open);
            return Ok(self.place);
        }
        // The group is safe whether its segment gets its index or not; a disk that has failed says so at the next group.
        let _ = self.finish_segment(open);
        Ok(self.place)
    }

    /// Finishes the open segment with its index.
    ///
    /// # Errors
    /// When it cannot be written; what was committed is safe.
    pub fn finish(&mut self) -> Result<(), RecordingError> {
        self.commit()?;
        self.open.take().map_or(Ok(()), |open| self.finish_segment(open))
    }

    /// Gives the open segment up, as after an error.
    pub fn abandon(&mut self) {
        self.open = None;
    }

    /// How far it has come.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// The run's name.
    #[must_use]
    pub fn run(&self) -> RunId {
        self.setting.run
    }

    /// The disk below.
    pub fn disk(&self) -> &D {
        &self.disk
    }

    fn begin(&mut self) -> Result<Open<D::File>, RecordingError> {
        let number = self.last_number.saturating_add(1);
        let name = segment_name(number);
        let file = match self.disk.create(&name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                self.last_number = number;
                return Err(RecordingError::write(format_args!("{name}: {error}")));
            }
            created => created.map_err(|error| RecordingError::write(format_args!("{name}: {error}")))?,
        };
        self.last_number = number;
        let before = (self.after, self.place);
        let begun = self.begin_in(file, number);
        if begun.is_err() {
            (self.after, self.place) = before;
            // Nothing of it counts; if it cannot be removed either, readers know by the next segment.
            let _ = self.disk.remove(&name);
        }
        begun
    }

    fn begin_in(&mut self, file: D::File, number: u32) -> Result<Open<D::File>, RecordingError> {
        let Setting { header, run, secret, protobuf, .. } = &self.setting;
        let start = ChainStart { run: *run, segment: number, key: secret.public(), after: self.after };
        let spool = Spool::default();
        let mut recorder = Recorder::start_segment(spool.clone(), header, &start, self.next_message)?;
        for (link, message, descriptors) in protobuf {
            recorder.protobuf_link(*link, message, descriptors)?;
        }
        // A seal tells where it stands, so nothing may wait to be written before it.
        recorder.flush()?;
        let (link, last_seal) = (Hash::default(), Vec::new());
        let mut open = Open { file, start, recorder, spool, octets: 0, groups: 0, link, last_seal };
        let head = open.spool.take();
        self.seal(&mut open, &head)?;
        self.disk.sync_names().map_err(RecordingError::write)?;
        Ok(open)
    }

    fn seal(&mut self, open: &mut Open<D::File>, group: &[u8]) -> Result<(), RecordingError> {
        let hash = open.link.after(&[&open.last_seal, group]);
        let offset = open.octets + group.len() as u64;
        let seal = Seal::sign(&self.setting.secret, &open.start, open.groups, offset, hash);
        open.recorder.metadata(&seal.to_metadata())?;
        let last_seal = open.spool.take();
        self.append(open, &[group, &last_seal].concat())?;
        open.groups += 1;
        (open.link, open.last_seal) = (hash, last_seal);
        self.reached(open, &[]);
        Ok(())
    }

    fn finish_segment(&mut self, mut open: Open<D::File>) -> Result<(), RecordingError> {
        open.recorder.end()?;
        let tail = open.spool.take();
        self.append(&mut open, &tail)?;
        self.reached(&open, &tail);
        Ok(())
    }

    fn append(&mut self, open: &mut Open<D::File>, octets: &[u8]) -> Result<(), RecordingError> {
        self.disk.append(&mut open.file, octets).map_err(RecordingError::write)?;
        self.disk.sync(&mut open.file).map_err(RecordingError::write)?;
        open.octets += octets.len() as u64;
        Ok(())
    }

    /// Everything in the open segment is on the disk; `tail` of it came after the last seal.
    fn reached(&mut self, open: &Open<D::File>, tail: &[u8]) {
        let (segment, octets) = (open.start.segment, open.octets);
        self.after = Some(After { segment, octets, hash: open.link.after(&[&open.last_seal, tail]) });
        self.place = Place { segment, octets };
        self.next_message = open.recorder.next_number();
    }
}

/// Where the container is written before it goes to the disk.
#[derive(Clone, Debug, Default)]
pub struct Spool(Rc<RefCell<Spooled>>);

#[derive(Debug, Default)]
struct Spooled {
    octets: Vec<u8>,
    taken: u64,
}

impl Spool {
    /// What was written since the last time.
    fn take(&self) -> Vec<u8> {
        let mut spooled = self.0.borrow_mut();
        let octets = core::mem::take(&mut spooled.octets);
        spooled.taken += octets.len() as u64;
        octets
    }
}

impl Write for Spool {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().octets.extend(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Spool {
    /// Says where it stands; it goes nowhere else.
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let spooled = self.0.borrow();
        match to {
            SeekFrom::Current(0) => Ok(spooled.taken + spooled.octets.len() as u64),
            _ => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_known_by_its_name() {
        assert_eq!(segment_number(&segment_name(7)), Some(7));
        assert_eq!(segment_number(&segment_name(123_456)), Some(123_456));
        for name in ["7.mcap", "00007.mcap.part", "0000a.mcap", "000007.mcap", "+0007.mcap"] {
            assert_eq!(segment_number(name), None, "{name}");
        }
    }
}
