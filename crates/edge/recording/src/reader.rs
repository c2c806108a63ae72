//! Reading: everything before the first damage, and then a clear word about it.

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, Ipv6Addr};

use mcap::records::{Channel, MessageHeader, Record, op};
use parapet_engine::EngineState;
use parapet_frame::{HeardAt, Time};
use serde::Deserialize;

use crate::audit::{Cut, cut, damaged};
use crate::chain::ChainStart;
use crate::header::FORMAT_FIRST;
use crate::journal::Origin;
use crate::path::path;
use crate::{
    Closed, Encoded, Entry, FORMAT, Gap, Header, Input, Note, Public, RecordingError, Resumed, Segments, channels,
};

mod stream;

pub(crate) use stream::fill;
pub use stream::{Bookmark, Stream, Totals, totals};

/// A recording in memory, its header understood.
#[derive(Clone, Debug)]
pub struct Recording<'a> {
    header: Header,
    parts: Vec<Part<'a>>,
    origin: Option<Origin>,
    signed_by: Option<Public>,
    /// What the first segment says of itself, where others should come before it.
    lacks: Option<ChainStart>,
}

/// A file of a recording, as far as it is believed.
#[derive(Clone, Debug)]
pub(crate) struct Part<'a> {
    name: &'a str,
    number: u32,
    file: &'a [u8],
    after_header: usize,
    is_sealed: bool,
    /// Why nothing that follows is used.
    problem: Option<RecordingError>,
}

impl<'a> Recording<'a> {
    /// Opens what was read into memory: one file, or a [`Volume`](crate::Volume) of segments.
    ///
    /// Of a sealed recording nothing is given that the last seal does not vouch for.
    ///
    /// # Errors
    /// When it is no recording, or one of another format, or cut before the end of its header.
    pub fn open(segments: impl Into<Segments<'a>>) -> Result<Self, RecordingError> {
        let segments = segments.into();
        let Some(path) = path(&segments)? else {
            return Self::unsealed(segments.0.first().map_or(&[], |segment| segment.bytes));
        };
        let run = path.links.first().map(|link| (link.start.run, link.start.key));
        let origin = path.links.last().zip(run).map(|(link, (run, _))| Origin {
            run,
            segment: link.start.segment,
            octets: link.audit.trusted as u64,
            hash: link.audit.end.to_string(),
        });
        let first = path.links.first().filter(|link| link.lacks.is_none());
        let lacks = first.map(|link| link.start).filter(|start| start.after.is_some());
        let mut header = None;
        let mut parts: Vec<Part<'a>> = Vec::new();
        for link in path.links {
            let name = link.segment.name;
            let file = &link.segment.bytes[..link.audit.trusted];
            if let Some((number, error)) = link.lacks {
                match parts.last_mut() {
                    Some(before) => drop(before.problem.get_or_insert(error)),
                    None => parts.push(Part::mute(number, error)),
                }
            }
            let number = link.start.segment;
            let problem = link.audit.problem.map(|error| error.of_segment(name));
            parts.push(match Walk::of(file).header() {
                Ok((found, after_header)) => {
                    header.get_or_insert(found);
                    Part { name, number, file, after_header, is_sealed: true, problem }
                }
                Err(error) => Part::mute(number, problem.unwrap_or_else(|| error.of_segment(name))),
            });
        }
        let first = parts.iter().find_map(|part| part.problem.clone());
        let header = header.ok_or_else(|| first.unwrap_or(RecordingError::NoSegment))?;
        Ok(Recording { header, parts, origin, signed_by: run.map(|(_, key)| key), lacks })
    }

    fn unsealed(file: &'a [u8]) -> Result<Self, RecordingError> {
        let (header, after_header) = Walk::of(file).header()?;
        let part = Part { name: "", number: 1, file, after_header, is_sealed: false, problem: None };
        Ok(Recording { header, parts: vec![part], origin: None, signed_by: None, lacks: None })
    }

    /// What the recording says first.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Everything after the header, in the order of writing. After an error the iterator ends.
    #[must_use]
    pub fn entries(&self) -> Entries<'a> {
        Entries::of(self.parts.clone(), self.lacks.as_ref())
    }

    /// Whether segments at its beginning are not here any more. Its entries then begin with the first whole state, as an
    /// [`Entry::Resumed`], and what an engine says that runs them differs at first, since the tracks of then are not known.
    #[must_use]
    pub fn lacks_its_beginning(&self) -> bool {
        self.lacks.is_some()
    }

    /// Who has signed it; `None` for one that is not sealed.
    #[must_use]
    pub fn signed_by(&self) -> Option<Public> {
        self.signed_by
    }

    /// How far it is believed, for whoever goes on from there; `None` for one that is not sealed.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }

    /// What of the engine outlives the program, as of the last that is known of it; `None` where no whole state is in what is read.
    #[must_use]
    pub fn last_state(&self) -> Option<EngineState> {
        (0..self.parts.len()).rev().find_map(|from| {
            let mut state: Option<EngineState> = None;
            for entry in Entries::of(self.parts[from..].to_vec(), None).filter_map(Result::ok) {
                let later = match entry {
                    Entry::State(_, later) => *later,
                    Entry::Resumed(_, resumed) => resumed.state,
                    _ => continue,
                };
                match &mut state {
                    Some(state) => state.take(later),
                    None => state = later.warner.is_whole().then_some(later),
                }
            }
            state
        })
    }

    pub(crate) fn parts(&self) -> &[Part<'a>] {
        &self.parts
    }

    /// The entries of each file by itself, with its place and name; as they stand there.
    pub(crate) fn each_part(&self) -> impl Iterator<Item = (usize, &'a str, Entries<'a>)> {
        self.parts.iter().enumerate().map(|(number, part)| (number, part.name, Entries::of(vec![part.clone()], None)))
    }

    /// The same for those who run them again.
    pub(crate) fn each_part_to_run(&self) -> impl Iterator<Item = (usize, &'a str, Entries<'a>)> {
        self.parts.iter().enumerate().map(|(number, part)| {
            let lacks = self.lacks.as_ref().filter(|_| number == 0);
            (number, part.name, Entries::of(vec![part.clone()], lacks))
        })
    }
}

/// Iterates over the messages of a [`Recording`].
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    parts: VecDeque<Part<'a>>,
    walk: Walk<'a>,
    ready: VecDeque<Message>,
    chunk: usize,
    order: Order,
    ended: bool,
}

/// What must come next.
#[derive(Clone, Debug)]
struct Order {
    /// The running number; anything where the beginning is not there.
    expected: Option<u32>,
    closed: bool,
    /// Where the beginning is not there, and the first whole state is waited for: what is missing.
    lacks: Option<Origin>,
}

impl Order {
    /// From the first message on.
    const FIRST: Order = Order { expected: Some(1), closed: false, lacks: None };
    /// From somewhere on, as it stands there.
    const ANY: Order = Order { expected: None, closed: false, lacks: None };

    /// From somewhere on, for those who run it again: beginning with the first whole state, as a program does that is started anew.
    fn later(start: &ChainStart) -> Self {
        let (segment, octets, hash) =
            start.after.map_or((0, 0, String::new()), |after| (after.segment, after.octets, after.hash.to_string()));
        Order { lacks: Some(Origin { run: start.run, segment, octets, hash }), ..Order::ANY }
    }

    fn entry(&mut self, offset: usize, message: Message) -> Result<Option<Entry>, RecordingError> {
        let found = message.header.sequence;
        if let Some(expected) = self.expected.filter(|expected| *expected != found) {
            return Err(RecordingError::Missing { offset, expected, found });
        }
        self.expected = Some(found.wrapping_add(1));
        let entry = entry(message).map_err(|detail| damaged(offset, detail))?;
        self.closed = matches!(entry, Entry::Closed(_));
        Ok(self.begun(entry))
    }

    fn begun(&mut self, entry: Entry) -> Option<Entry> {
        match (self.lacks.take(), entry) {
            (None, entry) => Some(entry),
            (Some(origin), Entry::State(at, state)) if state.warner.is_whole() => {
                Some(Entry::Resumed(at, Box::new(Resumed { state: *state, origin })))
            }
            // The engine's end says nothing where nothing was run.
            (Some(_), entry @ Entry::Closed(_)) => Some(entry),
            (lacks, _) => {
                self.lacks = lacks;
                None
            }
        }
    }
}

impl<'a> Entries<'a> {
    fn of(parts: Vec<Part<'a>>, lacks: Option<&ChainStart>) -> Self {
        let parts = VecDeque::from(parts);
        let walk = parts.front().map_or(Walk::of(&[]), Part::walk);
        let order = match lacks {
            Some(start) => Order::later(start),
            None if parts.front().is_none_or(|part| part.number == 1) => Order::FIRST,
            None => Order::ANY,
        };
        Entries { parts, walk, ready: VecDeque::new(), chunk: 0, order, ended: false }
    }

    fn advance(&mut self) -> Option<Result<Entry, RecordingError>> {
        loop {
            while let Some(message) = self.ready.pop_front() {
                match self.entry(message) {
                    Ok(Some(entry)) => return Some(Ok(entry)),
                    Ok(None) => {}
                    Err(error) => return Some(Err(error)),
                }
            }
            match self.walk.chunk() {
                Ok(Some((offset, messages))) => (self.chunk, self.ready) = (offset, messages.into()),
                Ok(None) => return self.end_of_part(None).map(Err),
                Err(error) => match self.end_of_part(Some(error)) {
                    Some(error) => return Some(Err(error)),
                    None if self.parts.is_empty() => return None,
                    None => {}
                },
            }
        }
    }

    /// Goes to the next file, or says why not.
    fn end_of_part(&mut self, found: Option<RecordingError>) -> Option<RecordingError> {
        let part = self.parts.pop_front()?;
        let is_last = self.parts.is_empty();
        let found = found.map(|error| error.of_segment(part.name));
        // A part is read up to its last seal: that it ends there is no error of its own.
        let own = found.filter(|error| !part.is_sealed || !error.is_cut());
        let problem = own.or(part.problem);
        if let Some(next) = self.parts.front().filter(|_| problem.is_none()) {
            self.walk = next.walk();
            return None;
        }
        match problem {
            // What follows the end of the engine's work is an index that nothing here needs.
            Some(error) if self.order.closed && is_last && error.is_cut() => None,
            Some(error) => Some(error),
            None if part.is_sealed && !self.order.closed => {
                Some(RecordingError::NotClosed { offset: part.file.len() }.of_segment(part.name))
            }
            None => None,
        }
    }

    fn entry(&mut self, message: Message) -> Result<Option<Entry>, RecordingError> {
        let name = self.parts.front().map_or("", |part| part.name);
        self.order.entry(self.chunk, message).map_err(|error| error.of_segment(name))
    }
}

impl<'a> Part<'a> {
    /// A file of which nothing is believed.
    fn mute(number: u32, problem: RecordingError) -> Self {
        Part { name: "", number, file: &[], after_header: 0, is_sealed: true, problem: Some(problem) }
    }

    /// Whether nothing is wrong with it: it is whole as far as the next file says that it counts.
    pub(crate) fn goes_on(&self) -> bool {
        self.problem.is_none()
    }

    fn walk(&self) -> Walk<'a> {
        Walk { file: self.file, offset: self.after_header, channels: BTreeMap::new() }
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
    /// Over a file from its beginning.
    fn of(file: &'a [u8]) -> Self {
        Walk { file, offset: mcap::MAGIC.len(), channels: BTreeMap::new() }
    }

    /// What the file says first, and where the rest begins.
    fn header(mut self) -> Result<(Header, usize), RecordingError> {
        if !self.file.starts_with(mcap::MAGIC) {
            return Err(RecordingError::NotMcap);
        }
        let (offset, messages) = self.chunk()?.ok_or(RecordingError::NoHeader { offset: self.offset })?;
        match messages.into_iter().next() {
            Some(Message { channel, bytes, .. }) if channel.topic == channels::HEADER => {
                Ok((parse_header(&bytes, offset)?, self.offset))
            }
            _ => Err(RecordingError::NoHeader { offset }),
        }
    }

    /// The next chunk's offset and messages; `None` at the end of the data.
    fn chunk(&mut self) -> Result<Option<(usize, Vec<Message>)>, RecordingError> {
        loop {
            let Cut { code, body, offset, end } = cut(self.file, self.offset)?;
            self.offset = end;
            match code {
                op::DATA_END => return Ok(None),
                op::CHUNK => return Ok(Some((offset, self.messages(offset, body)?))),
                op::HEADER | op::METADATA | op::MESSAGE_INDEX | op::ATTACHMENT => {}
                _ => return Err(damaged(offset, format!("a record of kind {code:#04x} does not belong here"))),
            }
        }
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

fn parse_header(bytes: &[u8], offset: usize) -> Result<Header, RecordingError> {
    #[derive(Deserialize)]
    struct Outline {
        format: u32,
        version: String,
    }
    let bad = |error: serde_json::Error| RecordingError::BadHeader { offset, detail: error.to_string() };
    let Outline { format, version } = serde_json::from_slice(bytes).map_err(bad)?;
    if !(FORMAT_FIRST..=FORMAT).contains(&format) {
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
    if topic == channels::RESUMED {
        let resumed = serde_json::from_slice(&message.bytes).map_err(|error| format!("{topic}: {error}"))?;
        return Ok(Entry::Resumed(at, resumed));
    }
    if topic == channels::STATE {
        let state = serde_json::from_slice(&message.bytes).map_err(|error| format!("{topic}: {error}"))?;
        return Ok(Entry::State(at, state));
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
