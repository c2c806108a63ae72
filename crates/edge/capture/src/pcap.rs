//! The classic format of libpcap.

use pcap_parser::nom::{Err, Needed};
use pcap_parser::pcap::{LegacyPcapBlock, PcapHeader, parse_pcap_frame, parse_pcap_frame_be, parse_pcap_header};

use crate::frame::{self, Udp};
use crate::{Datagram, Format, OpenError, Refusal, Why, offset_in};

#[derive(Debug, Clone)]
pub(crate) struct Pcap<'a> {
    file: &'a [u8],
    rest: &'a [u8],
    header: PcapHeader,
    packet: usize,
}

impl<'a> Pcap<'a> {
    pub(crate) fn open(file: &'a [u8]) -> Result<Self, OpenError> {
        let (rest, header) = parse_pcap_header(file).map_err(|_| OpenError::Header(Format::Pcap))?;
        Ok(Self { file, rest, header, packet: 0 })
    }

    pub(crate) fn next(&mut self) -> Option<Result<Datagram<'a>, Refusal>> {
        if self.rest.is_empty() {
            return None;
        }
        let (offset, packet) = (offset_in(self.file, self.rest), self.packet);
        self.packet += 1;
        let refuse = |why| Refusal { packet, offset, why };
        Some(self.record().and_then(|record| self.datagram(&record, packet)).map_err(refuse))
    }

    /// The next packet record; after a fault there are no more.
    fn record(&mut self) -> Result<LegacyPcapBlock<'a>, Why> {
        let parse = if self.header.is_bigendian() { parse_pcap_frame_be } else { parse_pcap_frame };
        let rest = core::mem::take(&mut self.rest);
        match parse(rest) {
            Ok((behind, record)) => {
                self.rest = behind;
                Ok(record)
            }
            Err(error) => Err(fault(&error)),
        }
    }

    fn datagram(&self, record: &LegacyPcapBlock<'a>, packet: usize) -> Result<Datagram<'a>, Why> {
        if record.caplen < record.origlen {
            let (captured, original) = (record.caplen, record.origlen);
            return Err(Why::PacketCut { captured, original });
        }
        let Udp { source, destination, payload } = frame::udp(self.header.network.0, record.data)?;
        let fraction_ns = if self.header.is_nanosecond_precision() { 1 } else { 1_000 };
        let time_ns = i64::from(record.ts_sec) * 1_000_000_000 + i64::from(record.ts_usec) * fraction_ns;
        Ok(Datagram {
            time_ns: Some(time_ns),
            source: Some(source),
            destination: Some(destination),
            payload,
            offset: offset_in(self.file, payload),
            packet,
        })
    }
}

/// What a parser error means for the file.
pub(crate) fn fault<E>(error: &Err<E>) -> Why {
    match error {
        Err::Incomplete(Needed::Size(missing)) => Why::FileCut { missing: missing.get() },
        Err::Incomplete(Needed::Unknown) => Why::FileCut { missing: 1 },
        Err::Error(_) | Err::Failure(_) => Why::FileBroken,
    }
}
