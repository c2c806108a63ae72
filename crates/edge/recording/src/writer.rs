//! Writing.

use std::collections::BTreeMap;
use std::io::{Seek, Write};
use std::net::IpAddr;

use mcap::records::{MessageHeader, Metadata};
use mcap::{WriteOptions, Writer};
use parapet_engine::{EngineState, Output};
use parapet_frame::{HeardAt, Time};
use parapet_warn::OperatorCommand;
use serde_json::json;

use crate::chain::ChainStart;
use crate::{Encoded, Entry, Header, RecordingError, Resumed, channels, encode_output};

/// Senders with a channel of their own; further ones share one per link, so that forged addresses fill no table.
const SENDERS_MAX: usize = 256;

/// Bytes after which a chunk is closed even without [`Recorder::flush`].
const CHUNK_BYTES_MAX: u64 = 1024 * 1024;

/// Writes a recording to anything that takes bytes.
///
/// Nothing is certain to be in the file before [`flush`](Self::flush); call it often. After an error the
/// recorder writes nothing more and every call returns an error.
pub struct Recorder<W: Write + Seek> {
    mcap: Writer<W>,
    sequence: u32,
    inputs: BTreeMap<(u16, Option<IpAddr>), u16>,
    shared: BTreeMap<u16, u16>,
    others: BTreeMap<String, u16>,
    /// The schema of links that do not carry ASTERIX: protobuf messages.
    protobuf: BTreeMap<u16, u16>,
}

impl<W: Write + Seek> Recorder<W> {
    /// Begins a recording with its header, which is in the file when this returns.
    ///
    /// # Errors
    /// When the header cannot be written.
    pub fn start(into: W, header: &Header) -> Result<Self, RecordingError> {
        Self::begin(into, header, None, 1)
    }

    /// Begins a segment, which says where it belongs before anything else.
    ///
    /// Its messages are counted from this number on, as if all segments were one file.
    pub(crate) fn start_segment(
        into: W,
        header: &Header,
        start: &ChainStart,
        first: u32,
    ) -> Result<Self, RecordingError> {
        Self::begin(into, header, Some(start), first)
    }

    fn begin(into: W, header: &Header, start: Option<&ChainStart>, first: u32) -> Result<Self, RecordingError> {
        let options = WriteOptions::new()
            .library(format!("{} {}", header.program, header.version))
            .chunk_size(Some(CHUNK_BYTES_MAX))
            // A chunk is gathered in memory and appended whole: a crash leaves whole chunks.
            .disable_seeking(true)
            // A seal for each group would make the index longer than the data.
            .emit_metadata_indexes(false);
        let mcap = options.create(into).map_err(RecordingError::write)?;
        let (inputs, shared, others, protobuf) = Default::default();
        let mut recorder = Recorder { mcap, sequence: 0, inputs, shared, others, protobuf };
        if let Some(start) = start {
            recorder.metadata(&start.to_metadata())?;
        }
        recorder.describe(header)?;
        let bytes = serde_json::to_vec(header).map_err(RecordingError::write)?;
        recorder.json(channels::HEADER, header.started_at, &bytes)?;
        recorder.sequence = first;
        recorder.flush()?;
        Ok(recorder)
    }

    /// Says that a link carries protobuf messages and not ASTERIX, so that other programs can read them. To be called before its
    /// first input; `descriptors` is a `FileDescriptorSet` that holds the message of this name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn protobuf_link(&mut self, link: u16, message: &str, descriptors: &[u8]) -> Result<(), RecordingError> {
        let schema = self.mcap.add_schema(message, "protobuf", descriptors).map_err(RecordingError::write)?;
        self.protobuf.insert(link, schema);
        Ok(())
    }

    /// Writes a datagram as it was received.
    ///
    /// `at` is the time of the engine's step, `link` the place of the link in the configuration.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn input(
        &mut self,
        at: Time,
        heard_at: HeardAt,
        link: u16,
        sender: Option<IpAddr>,
        bytes: &[u8],
    ) -> Result<(), RecordingError> {
        match self.own_channel(link, sender)? {
            Some(channel) => self.message(channel, at, heard_at.0, bytes),
            None => {
                let channel = self.shared_channel(link)?;
                let prefix = sender.map(in_sixteen_bytes).unwrap_or_default();
                self.message(channel, at, heard_at.0, &[&prefix, bytes].concat())
            }
        }
    }

    /// Writes what the engine said in the step at `at`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn output(&mut self, at: Time, output: &Output) -> Result<(), RecordingError> {
        let encoded = encode_output(output);
        self.json(&encoded.topic, at, &encoded.json)
    }

    /// Writes something that people should know of.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note(&mut self, at: Time, text: &str) -> Result<(), RecordingError> {
        self.control(channels::NOTE, at, &json!({ "text": text }))
    }

    /// Writes what somebody on duty ordered, in the step at `at`; before what the engine said to it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn command(&mut self, at: Time, command: &OperatorCommand) -> Result<(), RecordingError> {
        let bytes = serde_json::to_vec(command).map_err(RecordingError::write)?;
        self.json(channels::COMMAND, at, &bytes)
    }

    /// Writes what became of a message to a receiver.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn delivery(&mut self, at: Time, delivery: &impl serde::Serialize) -> Result<(), RecordingError> {
        let bytes = serde_json::to_vec(delivery).map_err(RecordingError::write)?;
        self.json(channels::DELIVERY, at, &bytes)
    }

    /// Writes where the engine went on after another program had ended, in the step at `at`; before what it said to it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn resumed(&mut self, at: Time, resumed: &Resumed) -> Result<(), RecordingError> {
        let bytes = serde_json::to_vec(resumed).map_err(RecordingError::write)?;
        self.json(channels::RESUMED, at, &bytes)
    }

    /// Writes what of the engine outlives the program, after the step at `at`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn state(&mut self, at: Time, state: &EngineState) -> Result<(), RecordingError> {
        let bytes = serde_json::to_vec(state).map_err(RecordingError::write)?;
        self.json(channels::STATE, at, &bytes)
    }

    /// Writes an entry of another recording as it stood there.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn entry(&mut self, entry: &Entry) -> Result<(), RecordingError> {
        match entry {
            Entry::Input(input) => self.input(input.at, input.heard_at, input.link, input.sender, &input.bytes),
            Entry::Output(at, Encoded { topic, json }) => self.json(topic, *at, json),
            Entry::Note(note) => self.note(note.at, &note.text),
            Entry::Gap(gap) => self.gap(gap.at, gap.lost),
            Entry::Closed(closed) => self.closed(closed.at, &closed.digest),
            Entry::Command(at, command) => self.command(*at, command),
            Entry::Delivery(at, delivery) => self.delivery(*at, delivery),
            Entry::Resumed(at, resumed) => self.resumed(*at, resumed),
            Entry::State(at, state) => self.state(*at, state),
        }
    }

    /// Says that this many messages were not recorded at this place.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn gap(&mut self, at: Time, lost: u64) -> Result<(), RecordingError> {
        self.control(channels::GAP, at, &json!({ "lost": lost }))
    }

    /// Says that this is the end: the engine was stepped up to `at` and then had this digest.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn closed(&mut self, at: Time, digest: &str) -> Result<(), RecordingError> {
        self.control(channels::CLOSED, at, &json!({ "digest": digest }))
    }

    /// Hands everything to the writer below. Make it durable there if it is a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn flush(&mut self) -> Result<(), RecordingError> {
        self.mcap.flush().map_err(RecordingError::write)
    }

    /// The number of the next message.
    pub(crate) fn next_number(&self) -> u32 {
        self.sequence
    }

    /// Ends the file with its summary.
    pub(crate) fn end(&mut self) -> Result<(), RecordingError> {
        self.mcap.finish().map(drop).map_err(RecordingError::write)
    }

    /// Writes a record beside the messages, after everything so far.
    pub(crate) fn metadata(&mut self, metadata: &Metadata) -> Result<(), RecordingError> {
        self.mcap.write_metadata(metadata).map_err(RecordingError::write)
    }

    /// Ends the file with its summary and gives the writer back.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> Result<W, RecordingError> {
        self.mcap.finish().map_err(RecordingError::write)?;
        Ok(self.mcap.into_inner())
    }

    /// What `mcap info` shows.
    fn describe(&mut self, header: &Header) -> Result<(), RecordingError> {
        let metadata = [("program", &header.program), ("version", &header.version)];
        let metadata = metadata.map(|(key, value)| (key.to_owned(), value.clone())).into();
        self.metadata(&Metadata { name: "parapet".to_owned(), metadata })
    }

    fn own_channel(&mut self, link: u16, sender: Option<IpAddr>) -> Result<Option<u16>, RecordingError> {
        if let Some(channel) = self.inputs.get(&(link, sender)) {
            return Ok(Some(*channel));
        }
        // A file has no sender, and so needs a channel of its own however many there are.
        if sender.is_some() && self.inputs.len() >= SENDERS_MAX {
            return Ok(None);
        }
        let name = sender.map(|sender| sender.to_string()).unwrap_or_default();
        let channel = self.input_channel(link, &name)?;
        self.inputs.insert((link, sender), channel);
        Ok(Some(channel))
    }

    fn shared_channel(&mut self, link: u16) -> Result<u16, RecordingError> {
        if let Some(channel) = self.shared.get(&link) {
            return Ok(*channel);
        }
        let channel = self.input_channel(link, channels::SENDER_INSIDE)?;
        self.shared.insert(link, channel);
        Ok(channel)
    }

    fn input_channel(&mut self, link: u16, sender: &str) -> Result<u16, RecordingError> {
        let metadata = [(channels::LINK, link.to_string()), (channels::SENDER, sender.to_owned())];
        let metadata = metadata.map(|(key, value)| (key.to_owned(), value)).into();
        let topic = format!("{}{link}", channels::INPUT);
        let (schema, encoding) = self.protobuf.get(&link).map_or((0, "asterix"), |schema| (*schema, "protobuf"));
        self.mcap.add_channel(schema, &topic, encoding, &metadata).map_err(RecordingError::write)
    }

    fn control(&mut self, topic: &str, at: Time, value: &serde_json::Value) -> Result<(), RecordingError> {
        let bytes = serde_json::to_vec(value).map_err(RecordingError::write)?;
        self.json(topic, at, &bytes)
    }

    fn json(&mut self, topic: &str, at: Time, bytes: &[u8]) -> Result<(), RecordingError> {
        let channel = match self.others.get(topic) {
            Some(channel) => *channel,
            None => self.json_channel(topic)?,
        };
        self.message(channel, at, at, bytes)
    }

    fn json_channel(&mut self, topic: &str) -> Result<u16, RecordingError> {
        let schema = channels::schema(topic).to_string();
        let name = format!("parapet{}", topic.replace('/', "."));
        let schema = self.mcap.add_schema(&name, "jsonschema", schema.as_bytes()).map_err(RecordingError::write)?;
        let channel = self.mcap.add_channel(schema, topic, "json", &BTreeMap::new()).map_err(RecordingError::write)?;
        self.others.insert(topic.to_owned(), channel);
        Ok(channel)
    }

    fn message(&mut self, channel_id: u16, at: Time, published: Time, bytes: &[u8]) -> Result<(), RecordingError> {
        // MCAP counts nanoseconds without a sign; the same 64 bits come back from the reader.
        let (log_time, publish_time) = (at.nanos() as u64, published.nanos() as u64);
        let header = MessageHeader { channel_id, sequence: self.sequence, log_time, publish_time };
        self.mcap.write_to_known_channel(&header, bytes).map_err(RecordingError::write)?;
        self.sequence = self.sequence.wrapping_add(1);
        Ok(())
    }
}

fn in_sixteen_bytes(sender: IpAddr) -> [u8; 16] {
    match sender {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
        IpAddr::V6(v6) => v6.octets(),
    }
}
