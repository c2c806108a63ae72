//! The same reading without the whole file in memory: chunk by chunk, and later on from where one stopped, also in a file that
//! grows.

use std::collections::{BTreeMap, VecDeque};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::sync::Arc;

use mcap::records::{Channel, Record, op};
use mcap::sans_io::summary_reader::{SummaryReadEvent, SummaryReader, SummaryReaderOptions};
use parapet_frame::Time;

use super::{Order, Walk, damaged, parse_header};
use crate::chain::ChainStart;
use crate::{Entry, Header, RecordingError, channels};

/// A record that claims to be longer is not one of ours: chunks are closed at a mebibyte, and the header of a site with terrain is the
/// longest record that there is, bytes.
const RECORD_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// The same for records of the summary, bytes.
const SUMMARY_RECORD_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A place in a recording at which reading can go on, between two chunks.
#[derive(Clone, Debug)]
pub struct Bookmark {
    offset: u64,
    channels: Arc<BTreeMap<u16, Channel>>,
    order: Order,
}

impl Bookmark {
    /// How many bytes of the file lie before it.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }
}

/// A recording that is read chunk by chunk from anything that can be read and wound.
///
/// After an error it stands where it stood before: a file that was merely cut can be read on once it has grown.
#[derive(Debug)]
pub struct Stream<R> {
    source: R,
    header: Arc<Header>,
    mark: Bookmark,
    /// Whether the source stands elsewhere than the bookmark says.
    astray: bool,
}

impl<R: Read + Seek> Stream<R> {
    /// Opens a recording and reads its header.
    ///
    /// # Errors
    /// When it is no recording, or one of another format, or cut before the end of its header, or cannot be read.
    pub fn open(mut source: R) -> Result<Self, RecordingError> {
        let mut magic = [0; mcap::MAGIC.len()];
        let found = fill(&mut source, &mut magic)?;
        if magic[..found] != *mcap::MAGIC {
            return Err(RecordingError::NotMcap);
        }
        let mut offset = found as u64;
        let mut later = None;
        loop {
            let at = offset as usize;
            let (code, body, after) = record(&mut source, offset)?;
            offset = after;
            match code {
                op::CHUNK => {
                    let mut walk = Walk::of(&[]);
                    let first = walk.messages(at, &body)?.into_iter().next();
                    let message = first.filter(|message| message.channel.topic == channels::HEADER);
                    let message = message.ok_or(RecordingError::NoHeader { offset: at })?;
                    let header = Arc::new(parse_header(&message.bytes, at)?);
                    let order = later.map_or(Order::FIRST, |start| Order::later(&start));
                    let mark = Bookmark { offset, channels: Arc::default(), order };
                    return Ok(Stream { source, header, mark, astray: false });
                }
                op::METADATA => later = later.or_else(|| later_segment(&body)),
                op::HEADER | op::MESSAGE_INDEX | op::ATTACHMENT => {}
                _ => return Err(RecordingError::NoHeader { offset: at }),
            }
        }
    }

    /// Goes on in a recording whose header is known.
    #[must_use]
    pub fn resume(source: R, header: Arc<Header>, mark: Bookmark) -> Self {
        Stream { source, header, mark, astray: true }
    }

    /// What the recording says first.
    #[must_use]
    pub fn header(&self) -> &Arc<Header> {
        &self.header
    }

    /// Where the next chunk begins.
    #[must_use]
    pub fn bookmark(&self) -> Bookmark {
        self.mark.clone()
    }

    /// Everything in the next chunk that holds anything, in the order of writing; `None` after the end of a recording that was closed in
    /// order.
    ///
    /// # Errors
    /// When the file ends early, is damaged or cannot be read; see [`RecordingError::is_cut`].
    pub fn next_chunk(&mut self) -> Result<Option<Vec<Entry>>, RecordingError> {
        let read = self.read_on();
        self.astray = !matches!(read, Ok(Some(_)));
        match read {
            // What follows the end of the engine's work is an index that nothing here needs.
            Err(error) if self.mark.order.closed && error.is_cut() => Ok(None),
            other => other,
        }
    }

    fn read_on(&mut self) -> Result<Option<Vec<Entry>>, RecordingError> {
        if self.astray {
            self.source.seek(SeekFrom::Start(self.mark.offset)).map_err(RecordingError::read)?;
        }
        let mut offset = self.mark.offset;
        loop {
            let at = offset as usize;
            let (code, body, after) = record(&mut self.source, offset)?;
            offset = after;
            match code {
                op::DATA_END => return Ok(None),
                op::CHUNK => {
                    let found = self.chunk(at, &body, after)?;
                    if !found.is_empty() {
                        return Ok(Some(found));
                    }
                }
                op::HEADER | op::METADATA | op::MESSAGE_INDEX | op::ATTACHMENT => {}
                _ => return Err(damaged(at, format!("a record of kind {code:#04x} does not belong here"))),
            }
        }
    }

    fn chunk(&mut self, at: usize, body: &[u8], after: u64) -> Result<Vec<Entry>, RecordingError> {
        let Bookmark { channels, mut order, .. } = self.mark.clone();
        let mut walk = Walk { file: &[], offset: 0, channels: Arc::unwrap_or_clone(channels) };
        let messages = walk.messages(at, body)?;
        let found = messages.into_iter().filter_map(|message| order.entry(at, message).transpose());
        let found = found.collect::<Result<Vec<_>, _>>()?;
        self.mark = Bookmark { offset: after, channels: Arc::new(walk.channels), order };
        Ok(found)
    }

    /// Everything from here on, one by one. After an error the iterator ends.
    pub fn entries(self) -> impl Iterator<Item = Result<Entry, RecordingError>> {
        Flow { stream: self, ready: VecDeque::new(), ended: false }
    }
}

/// What a metadata record says of a segment that goes on from another one.
fn later_segment(body: &[u8]) -> Option<ChainStart> {
    match mcap::parse_record(op::METADATA, body) {
        Ok(Record::Metadata(found)) => ChainStart::parse(&found).filter(|start| start.after.is_some()),
        _ => None,
    }
}

struct Flow<R> {
    stream: Stream<R>,
    ready: VecDeque<Entry>,
    ended: bool,
}

impl<R: Read + Seek> Iterator for Flow<R> {
    type Item = Result<Entry, RecordingError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready.is_empty() && !self.ended {
            match self.stream.next_chunk() {
                Ok(Some(entries)) => self.ready = entries.into(),
                Ok(None) => self.ended = true,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
        }
        self.ready.pop_front().map(Ok)
    }
}

/// What the index at the end of a recording says of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    /// When the last message was written.
    pub ended_at: Time,
    /// How many messages of alarms the engine sent.
    pub alarm_messages: u64,
}

/// Reads the index at the end of a recording; `None` where it has none, because it was not closed in order or is being written still.
pub fn totals<R: Read + Seek>(source: &mut R) -> Option<Totals> {
    let options = SummaryReaderOptions::default().with_record_length_limit(SUMMARY_RECORD_BYTES_MAX);
    let mut reader = SummaryReader::new_with_options(options);
    while let Some(event) = reader.next_event() {
        match event.ok()? {
            SummaryReadEvent::ReadRequest(need) => {
                let read = source.read(reader.insert(need)).ok()?;
                reader.notify_read(read);
            }
            SummaryReadEvent::SeekRequest(to) => reader.notify_seeked(source.seek(to).ok()?),
        }
    }
    let summary = reader.finish()?;
    let stats = summary.stats?;
    let alarms = summary.channels.values().filter(|channel| channel.topic == channels::ALARM);
    let alarm_messages = alarms.filter_map(|channel| stats.channel_message_counts.get(&channel.id)).sum();
    Some(Totals { ended_at: Time::from_nanos(stats.message_end_time as i64), alarm_messages })
}

/// One record: its kind, its body, and where the next one begins. Memory grows with what is there, not with what is claimed.
fn record(source: &mut impl Read, offset: u64) -> Result<(u8, Vec<u8>, u64), RecordingError> {
    let at = offset as usize;
    let mut head = [0; 9];
    match fill(source, &mut head)? {
        9 => {}
        0 => return Err(RecordingError::NotClosed { offset: at }),
        found => return Err(RecordingError::Cut { offset: at, missing: 9 - found as u64 }),
    }
    let [code, length @ ..] = head;
    let length = u64::from_le_bytes(length);
    if length > RECORD_BYTES_MAX {
        return Err(damaged(
            at,
            format!("a record of {length} bytes; no recording has one longer than {RECORD_BYTES_MAX}"),
        ));
    }
    let mut body = Vec::new();
    source.take(length).read_to_end(&mut body).map_err(RecordingError::read)?;
    match length - body.len() as u64 {
        0 => Ok((code, body, offset + 9 + length)),
        missing => Err(RecordingError::Cut { offset: at, missing }),
    }
}

/// Reads until the buffer is full or the source has ended; how many bytes there were.
pub(crate) fn fill(source: &mut impl Read, buffer: &mut [u8]) -> Result<usize, RecordingError> {
    let mut found = 0;
    while found < buffer.len() {
        match source.read(&mut buffer[found..]) {
            Ok(0) => break,
            Ok(read) => found += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(RecordingError::read(error)),
        }
    }
    Ok(found)
}
