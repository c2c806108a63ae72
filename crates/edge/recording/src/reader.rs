//! Reading: everything before the first damage, and then a clear word about it.

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, Ipv6Addr};

use mcap::records::{Channel, MessageHeader, Record, op};
use parapet_frame::{HeardAt, Time};
use parapet_warn::OperatorCommand;
use serde::Deserialize;

use crate::{Encoded, FORMAT, Header, RecordingError, channels};

mod stream;

pub use stream::{Bookmark, Stream, Totals, totals};

/// One message of a recording, in the order of writing.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A datagram.
    Input(Input),
    /// What the engine said in the step at this time.
    Output(Time, Encoded),
    /// A note for people.
    Note(Note),
    /// Messages that were not recorded.
    Gap(Gap),
    /// The end.
    Closed(Closed),
    /// What somebody on duty ordered, in the step at this time.
    Command(Time, OperatorCommand),
    /// What became of a message to a receiver, as the channels of the live program tell it. Changes nothing in the engine.
    Delivery(Time, serde_json::Value),
}

/// A datagram as it was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The time of the engine's step.
    pub at: Time,
    /// When it was received.
    pub heard_at: HeardAt,
    /// The place of its link in the configuration.
    pub link: u16,
    /// Who sent it, where that is known.
    pub sender: Option<IpAddr>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Something that people should know of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// When.
    pub at: Time,
    /// What.
    pub text: String,
}

/// Messages that were not recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// When recording went on.
    pub at: Time,
    /// How many messages are missing.
    pub lost: u64,
}

/// The end of a recording that was closed in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The time up to which the engine was stepped.
    pub at: Time,
    /// The engine's digest then.
    pub digest: String,
}

/// A recording in memory, its header understood.
#[derive(Clone, Debug)]
pub struct Recording<'a> {
    file: &'a [u8],
    header: Header,
    after_header: usize,
}

impl<'a> Recording<'a> {
    /// Opens a file that was read into memory, or mapped.
    ///
    /// # Errors
    /// When it is no recording, or one of another format, or cut before the end of its header.
    pub fn open(file: &'a [u8]) -> Result<Self, RecordingError> {
        if !file.starts_with(mcap::MAGIC) {
            return Err(RecordingError::NotMcap);
        }
        let mut walk = Walk { file, offset: mcap::MAGIC.len(), channels: BTreeMap::new() };
        let (offset, messages) = walk.chunk()?.ok_or(RecordingError::NoHeader { offset: walk.offset })?;
        let header = match messages.into_iter().next() {
            Some(Message { channel, bytes, .. }) if channel.topic == channels::HEADER => parse_header(&bytes, offset)?,
            _ => return Err(RecordingError::NoHeader { offset }),
        };
        Ok(Recording { file, header, after_header: walk.offset })
    }

    /// What the recording says first.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Everything after the header, in the order of writing. After an error the iterator ends.
    #[must_use]
    pub fn entries(&self) -> Entries<'a> {
        let walk = Walk { file: self.file, offset: self.after_header, channels: BTreeMap::new() };
        Entries { walk, ready: VecDeque::new(), chunk: 0, expected: 1, closed: false, ended: false }
    }
}

/// Iterates over the messages of a [`Recording`].
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    walk: Walk<'a>,
    ready: VecDeque<Message>,
    chunk: usize,
    expected: u32,
    closed: bool,
    ended: bool,
}

impl Entries<'_> {
    fn advance(&mut self) -> Option<Result<Entry, RecordingError>> {
        while self.ready.is_empty() {
            match self.walk.chunk() {
                Ok(Some((offset, messages))) => (self.chunk, self.ready) = (offset, messages.into()),
                Ok(None) => return None,
                // What follows the end of the engine's work is an index that nothing here needs.
                Err(error) if self.closed && error.is_cut() => return None,
                Err(error) => return Some(Err(error)),
            }
        }
        self.ready.pop_front().map(|message| self.entry(message))
    }

    fn entry(&mut self, message: Message) -> Result<Entry, RecordingError> {
        let (offset, found, expected) = (self.chunk, message.header.sequence, self.expected);
        if found != expected {
            return Err(RecordingError::Missing { offset, expected, found });
        }
        self.expected = found.wrapping_add(1);
        let entry = entry(message).map_err(|detail| RecordingError::Damaged { offset, detail })?;
        self.closed = matches!(entry, Entry::Closed(_));
        Ok(entry)
    }
}

impl Iterator for Entries<'_> {
    type Item = Result<Entry, RecordingError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.advance();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

#[derive(Clone, Debug)]
struct Message {
    channel: Channel,
    header: MessageHeader,
    bytes: Vec<u8>,
}

/// Walks over the records of a file. Only whole chunks whose checksum holds are opened.
#[derive(Clone, Debug)]
struct Walk<'a> {
    file: &'a [u8],
    offset: usize,
    channels: BTreeMap<u16, Channel>,
}

impl<'a> Walk<'a> {
    /// The next chunk's offset and messages; `None` at the end of the data.
    fn chunk(&mut self) -> Result<Option<(usize, Vec<Message>)>, RecordingError> {
        loop {
            let offset = self.offset;
            let (code, body) = self.record()?;
            match code {
                op::DATA_END => return Ok(None),
                op::CHUNK => return Ok(Some((offset, self.messages(offset, body)?))),
                op::HEADER | op::METADATA | op::MESSAGE_INDEX | op::ATTACHMENT => {}
                _ => return Err(damaged(offset, format!("a record of kind {code:#04x} does not belong here"))),
            }
        }
    }

    /// Cuts off one record: its kind and its body.
    fn record(&mut self) -> Result<(u8, &'a [u8]), RecordingError> {
        let offset = self.offset;
        let rest = self.file.get(offset..).unwrap_or_default();
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
        self.offset = offset + 9 + body.len();
        Ok((code, body))
    }

    /// Opens a chunk. Nothing of it is given unless all of it is as it was written.
    fn messages(&mut self, offset: usize, body: &[u8]) -> Result<Vec<Message>, RecordingError> {
        let records = chunk_records(body).map_err(|error| damaged(offset, error))?;
        let mut messages = Vec::new();
        for record in records {
            match record {
                Record::Channel(channel) => drop(self.channels.insert(channel.id, channel)),
                Record::Message { header, data } => {
                    let channel = self.channels.get(&header.channel_id).cloned();
                    let channel = channel.ok_or_else(|| damaged(offset, "a message of no channel"))?;
                    messages.push(Message { channel, header, bytes: data.into_owned() });
                }
                _ => {}
            }
        }
        Ok(messages)
    }
}

fn chunk_records(body: &[u8]) -> Result<Vec<Record<'static>>, String> {
    let chunk = mcap::parse_record(op::CHUNK, body).map_err(|error| error.to_string())?;
    let Record::Chunk { header, data } = chunk else { return Err("no chunk".to_owned()) };
    if header.uncompressed_crc == 0 {
        return Err("a chunk without a checksum".to_owned());
    }
    if !header.compression.is_empty() || header.uncompressed_size != data.len() as u64 {
        return Err("a chunk that is compressed; recordings are not".to_owned());
    }
    let reader = mcap::read::ChunkReader::new(header, &data).map_err(|error| error.to_string())?;
    reader.map(|record| record.map(Record::into_owned).map_err(|error| error.to_string())).collect()
}

fn damaged(offset: usize, detail: impl Into<String>) -> RecordingError {
    RecordingError::Damaged { offset, detail: detail.into() }
}

fn parse_header(bytes: &[u8], offset: usize) -> Result<Header, RecordingError> {
    #[derive(Deserialize)]
    struct Outline {
        format: u32,
        version: String,
    }
    let bad = |error: serde_json::Error| RecordingError::BadHeader { offset, detail: error.to_string() };
    let Outline { format, version } = serde_json::from_slice(bytes).map_err(bad)?;
    if format != FORMAT {
        return Err(RecordingError::Format { found: format, version });
    }
    serde_json::from_slice(bytes).map_err(bad)
}

fn entry(message: Message) -> Result<Entry, String> {
    let at = Time::from_nanos(message.header.log_time as i64);
    let topic = message.channel.topic.clone();
    if topic.starts_with(channels::INPUT) {
        return input(at, message).map(Entry::Input);
    }
    if topic.starts_with(channels::OUTPUT) {
        return Ok(Entry::Output(at, Encoded { topic, json: message.bytes }));
    }
    if topic == channels::COMMAND {
        let command = serde_json::from_slice(&message.bytes).map_err(|error| format!("{topic}: {error}"))?;
        return Ok(Entry::Command(at, command));
    }
    if topic == channels::DELIVERY {
        let delivery = serde_json::from_slice(&message.bytes).map_err(|error| format!("{topic}: {error}"))?;
        return Ok(Entry::Delivery(at, delivery));
    }
    control(at, &topic, &message.bytes)
}

fn input(at: Time, message: Message) -> Result<Input, String> {
    let metadata = |key: &str| message.channel.metadata.get(key).map(String::as_str).unwrap_or_default();
    let link = metadata(channels::LINK).parse().map_err(|_| "an input channel without its link".to_owned())?;
    let heard_at = HeardAt(Time::from_nanos(message.header.publish_time as i64));
    let (sender, bytes) = match metadata(channels::SENDER) {
        "" => (None, message.bytes),
        channels::SENDER_INSIDE => sender_inside(&message.bytes)?,
        sender => (Some(sender.parse().map_err(|_| format!("the sender {sender:?} is no address"))?), message.bytes),
    };
    Ok(Input { at, heard_at, link, sender, bytes })
}

fn sender_inside(bytes: &[u8]) -> Result<(Option<IpAddr>, Vec<u8>), String> {
    let (sender, bytes) = bytes.split_first_chunk::<16>().ok_or("an input too short for its sender")?;
    Ok((Some(Ipv6Addr::from(*sender).to_canonical()), bytes.to_vec()))
}

fn control(at: Time, topic: &str, bytes: &[u8]) -> Result<Entry, String> {
    #[derive(Deserialize)]
    struct Content {
        #[serde(default)]
        text: String,
        #[serde(default)]
        lost: u64,
        #[serde(default)]
        digest: String,
    }
    let Content { text, lost, digest } = serde_json::from_slice(bytes).map_err(|error| format!("{topic}: {error}"))?;
    match topic {
        channels::NOTE => Ok(Entry::Note(Note { at, text })),
        channels::GAP => Ok(Entry::Gap(Gap { at, lost })),
        channels::CLOSED => Ok(Entry::Closed(Closed { at, digest })),
        _ => Err(format!("the topic {topic} is not known")),
    }
}
