//! Events on the wire: each whole in one datagram, or one after another in a stream of octets.
//!
//! | | XML | TAK protocol 1 |
//! |---|---|---|
//! | stream | the event | `bf`, length as a varint, protobuf |
//! | mesh datagram | the event | `bf 01 bf`, protobuf |

use crate::error::CotError;
use crate::event::CotEvent;
use crate::xml::LENGTH_MAX;

/// What begins every frame of TAK protocol 1.
const MAGIC: u8 = 0xbf;
/// The version of the protocol.
const VERSION: u8 = 1;
/// What ends an event in XML.
const END: &[u8] = b"</event>";
/// Octets that wait for the rest of their event.
const WAITING_MAX: usize = 2 * LENGTH_MAX;

/// How an event is put into octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// As XML: every server and client reads it.
    Xml,
    /// As TAK protocol version 1: a third of the octets.
    Protobuf,
}

impl Wire {
    /// The octets of an event in a stream.
    #[must_use]
    pub fn stream(self, event: &CotEvent) -> Vec<u8> {
        match self {
            Wire::Xml => event.to_xml().into_bytes(),
            Wire::Protobuf => {
                let payload = event.to_protobuf();
                let mut octets = vec![MAGIC];
                prost::encoding::encode_varint(payload.len() as u64, &mut octets);
                octets.extend(payload);
                octets
            }
        }
    }

    /// The octets of an event in a datagram of its own.
    #[must_use]
    pub fn datagram(self, event: &CotEvent) -> Vec<u8> {
        match self {
            Wire::Xml => event.to_xml().into_bytes(),
            Wire::Protobuf => [&[MAGIC, VERSION, MAGIC], event.to_protobuf().as_slice()].concat(),
        }
    }
}

/// Reads the one event of a datagram, whichever way it is written.
///
/// # Errors
/// As [`CotEvent::from_xml`]; a frame of another version is [`CotError::Protobuf`].
pub fn read_datagram(octets: &[u8]) -> Result<CotEvent, CotError> {
    match octets {
        [MAGIC, VERSION, MAGIC, payload @ ..] => CotEvent::from_protobuf(payload),
        [MAGIC, version, MAGIC, ..] => Err(CotError::Protobuf(format!("version {version} of the protocol"))),
        _ => CotEvent::from_xml(octets),
    }
}

/// Cuts a stream of octets into events, whichever way each is written. What it keeps is bounded, whatever comes.
#[derive(Clone, Debug, Default)]
pub struct Cutter {
    waiting: Vec<u8>,
}

impl Cutter {
    /// Takes octets, and gives every event that is whole by now, or what was wrong instead of it. Reading goes on after an error: at
    /// the next event.
    pub fn take(&mut self, octets: &[u8]) -> Vec<Result<CotEvent, CotError>> {
        let mut found = Vec::new();
        for piece in octets.chunks(LENGTH_MAX) {
            self.waiting.extend_from_slice(piece);
            let mut done = 0;
            while let Some((used, outcome)) = cut(&self.waiting[done..]) {
                done += used;
                found.extend(outcome);
            }
            self.waiting.drain(..done);
            if self.waiting.len() >= WAITING_MAX {
                found.push(Err(CotError::TooLong { bytes: self.waiting.len() as u64, max: LENGTH_MAX }));
                self.waiting.clear();
            }
        }
        found
    }
}

/// How many octets the next thing takes, and what it is; `None` while it is not whole.
fn cut(octets: &[u8]) -> Option<(usize, Option<Result<CotEvent, CotError>>)> {
    let first = *octets.first()?;
    match first {
        MAGIC => cut_protobuf(octets),
        b'<' => cut_xml(octets),
        _ => {
            let end = octets.iter().position(|&octet| octet == MAGIC || octet == b'<').unwrap_or(octets.len());
            let blank = octets[..end].iter().all(u8::is_ascii_whitespace);
            Some((end, (!blank).then_some(Err(CotError::Nonsense(end)))))
        }
    }
}

fn cut_protobuf(octets: &[u8]) -> Option<(usize, Option<Result<CotEvent, CotError>>)> {
    /// A length that is read has at most 17 bits, 7 in each octet.
    const VARINT_MAX: usize = 3;
    let mut length = 0_usize;
    for (place, &octet) in octets.iter().skip(1).take(VARINT_MAX).enumerate() {
        length |= usize::from(octet & 0x7f) << (7 * place);
        if octet & 0x80 != 0 {
            continue;
        }
        if length > LENGTH_MAX {
            break;
        }
        let begin = place + 2;
        let payload = octets.get(begin..begin + length)?;
        return Some((begin + length, Some(CotEvent::from_protobuf(payload))));
    }
    if octets.len() <= VARINT_MAX && length <= LENGTH_MAX {
        return None;
    }
    Some((1, Some(Err(CotError::TooLong { bytes: length as u64, max: LENGTH_MAX }))))
}

fn cut_xml(octets: &[u8]) -> Option<(usize, Option<Result<CotEvent, CotError>>)> {
    if octets.starts_with(b"<?") {
        // A declaration before an event says nothing that we do not know.
        return find(octets, b"?>").map(|end| (end, None));
    }
    let end = match (empty_event(octets), find(octets, END)) {
        (Some(empty), Some(end)) => empty.min(end),
        (empty, end) => empty.or(end)?,
    };
    Some((end, Some(CotEvent::from_xml(&octets[..end]))))
}

/// Where an event without anything inside ends.
fn empty_event(octets: &[u8]) -> Option<usize> {
    let end = find(octets, b">")?;
    (octets.starts_with(b"<event") && octets[..end].ends_with(b"/>")).then_some(end)
}

/// The place after the first occurrence.
fn find(octets: &[u8], wanted: &[u8]) -> Option<usize> {
    octets.windows(wanted.len()).position(|window| window == wanted).map(|begin| begin + wanted.len())
}
