//! Recorded sensor traffic: the octets of a file in, datagrams out.
//!
//! Reads pcap, pcapng and raw ASTERIX recordings (data blocks one after another). Pure translation: no
//! files are opened here, nothing is copied, and nothing panics, whatever the octets.
//!
//! What it does not do: IP fragments are refused, not put together; TCP streams are not followed; of
//! link layers it knows Ethernet (with VLAN tags), Linux cooked capture (both versions), BSD loopback
//! and raw IP. All that is not a datagram comes out as a [`Refusal`] to be counted.
//!
//! ```
//! use parapet_capture::{Capture, Format};
//!
//! // A raw recording of two data blocks, the second cut short.
//! let file = [48, 0, 6, 0x80, 25, 201, 34, 0, 6, 0x80];
//! let mut capture = Capture::open(&file)?;
//! assert_eq!(capture.format(), Format::RawAsterix);
//!
//! let first = capture.next().unwrap().unwrap();
//! assert_eq!((first.offset, first.payload), (0, &file[..6]));
//!
//! let refusal = capture.next().unwrap().unwrap_err();
//! assert_eq!(
//!     refusal.to_string(),
//!     "packet 1 at octet 6: the file ends in the middle: 2 more octets needed"
//! );
//! assert!(capture.next().is_none());
//! # Ok::<(), parapet_capture::OpenError>(())
//! ```
#![forbid(unsafe_code)]

use std::net::SocketAddr;

mod frame;
mod fuzz;
mod pcap;
mod pcapng;
mod raw;
mod refusal;

pub use fuzz::fuzz_one;
pub use refusal::{Refusal, Why};

/// One datagram of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// When it was captured, nanoseconds since the Unix epoch (UTC); `None` where the recording does
    /// not say.
    pub time_ns: Option<i64>,
    /// Who sent it; `None` for a raw recording.
    pub source: Option<SocketAddr>,
    /// To whom, often a multicast group; `None` for a raw recording.
    pub destination: Option<SocketAddr>,
    /// What was sent: the UDP payload, or one data block of a raw recording.
    pub payload: &'a [u8],
    /// Offset of the payload in the file, octets.
    pub offset: usize,
    /// Number of the packet in the file, the first is 0; packets that are refused count too.
    pub packet: usize,
}

/// What kind of file a recording is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// libpcap, microseconds or nanoseconds, either order of octets.
    Pcap,
    /// pcapng.
    PcapNg,
    /// ASTERIX data blocks one after another, without times or addresses.
    RawAsterix,
}

/// A file that is none of the known formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// No octets at all.
    #[error("the file is empty")]
    Empty,
    /// Neither pcap nor pcapng, and no ASTERIX data block at the front.
    #[error("not a recording: neither pcap nor pcapng, and the front is no ASTERIX data block (first octets {0:02x?})")]
    Unknown([u8; 4]),
    /// The magic number of a capture file, but its header is cut or broken.
    #[error("the header of the {0:?} file is cut or broken")]
    Header(Format),
}

/// A recording: an iterator over its datagrams.
///
/// A packet that is no datagram for us is an `Err` and the iteration goes on; after a fault of the
/// file itself ([`Why::is_fatal`]) it ends.
#[derive(Debug, Clone)]
pub struct Capture<'a> {
    reader: Reader<'a>,
}

#[derive(Debug, Clone)]
enum Reader<'a> {
    Pcap(pcap::Pcap<'a>),
    PcapNg(pcapng::PcapNg<'a>),
    Raw(raw::Raw<'a>),
}

impl<'a> Capture<'a> {
    /// Recognises the format from the first octets.
    ///
    /// # Errors
    /// When the file is empty, of no known format, or its header cannot be read.
    pub fn open(file: &'a [u8]) -> Result<Self, OpenError> {
        let reader = match detect(file)? {
            Format::Pcap => Reader::Pcap(pcap::Pcap::open(file)?),
            Format::PcapNg => Reader::PcapNg(pcapng::PcapNg::new(file)),
            Format::RawAsterix => Reader::Raw(raw::Raw::new(file)),
        };
        Ok(Self { reader })
    }

    /// The format that was recognised.
    #[must_use]
    pub fn format(&self) -> Format {
        match self.reader {
            Reader::Pcap(_) => Format::Pcap,
            Reader::PcapNg(_) => Format::PcapNg,
            Reader::Raw(_) => Format::RawAsterix,
        }
    }
}

impl<'a> Iterator for Capture<'a> {
    type Item = Result<Datagram<'a>, Refusal>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.reader {
            Reader::Pcap(reader) => reader.next(),
            Reader::PcapNg(reader) => reader.next(),
            Reader::Raw(reader) => reader.next(),
        }
    }
}

fn detect(file: &[u8]) -> Result<Format, OpenError> {
    let mut front = [0; 4];
    for (to, from) in front.iter_mut().zip(file) {
        *to = *from;
    }
    match front {
        _ if file.is_empty() => Err(OpenError::Empty),
        [0xD4, 0xC3, 0xB2, 0xA1] | [0xA1, 0xB2, 0xC3, 0xD4] => Ok(Format::Pcap),
        [0x4D, 0x3C, 0xB2, 0xA1] | [0xA1, 0xB2, 0x3C, 0x4D] => Ok(Format::Pcap),
        [0x0A, 0x0D, 0x0D, 0x0A] => Ok(Format::PcapNg),
        _ if raw::begins(file) => Ok(Format::RawAsterix),
        _ => Err(OpenError::Unknown(front)),
    }
}

/// Where `part` begins in `file`, of which it is a part.
fn offset_in(file: &[u8], part: &[u8]) -> usize {
    (part.as_ptr() as usize).saturating_sub(file.as_ptr() as usize)
}
