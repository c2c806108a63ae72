//! Raw recordings: ASTERIX data blocks one after another.

use crate::{Datagram, Refusal, Why};

/// Octets of a block header: category, then the length of the whole block.
const HEADER_LEN: usize = 3;

/// Whether a file begins as a data block does. Category 0 is not assigned, and a block has at least
/// one octet after its header.
pub(crate) fn begins(file: &[u8]) -> bool {
    match *file {
        [category, high, low, ..] => category != 0 && length(high, low) > HEADER_LEN,
        _ => false,
    }
}

fn length(high: u8, low: u8) -> usize {
    usize::from(u16::from_be_bytes([high, low]))
}

#[derive(Debug, Clone)]
pub(crate) struct Raw<'a> {
    file: &'a [u8],
    position: usize,
    packet: usize,
}

impl<'a> Raw<'a> {
    pub(crate) fn new(file: &'a [u8]) -> Self {
        Self { file, position: 0, packet: 0 }
    }

    pub(crate) fn next(&mut self) -> Option<Result<Datagram<'a>, Refusal>> {
        let rest = &self.file[self.position..];
        if rest.is_empty() {
            return None;
        }
        let (offset, packet) = (self.position, self.packet);
        self.packet += 1;
        match block(rest) {
            Ok(payload) => {
                self.position += payload.len();
                let (time_ns, source, destination) = (None, None, None);
                Some(Ok(Datagram { time_ns, source, destination, payload, offset, packet }))
            }
            Err(why) => {
                self.position = self.file.len();
                Some(Err(Refusal { packet, offset, why }))
            }
        }
    }
}

/// The data block at the front.
fn block(rest: &[u8]) -> Result<&[u8], Why> {
    let [_, high, low, ..] = *rest else {
        return Err(Why::FileCut { missing: HEADER_LEN - rest.len() });
    };
    let length = length(high, low);
    if length < HEADER_LEN {
        return Err(Why::NotABlock { length: length as u16 });
    }
    rest.get(..length).ok_or_else(|| Why::FileCut { missing: length - rest.len() })
}
