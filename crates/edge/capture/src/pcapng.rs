//! The pcapng format.

use pcap_parser::Linktype;
use pcap_parser::pcapng::{
    Block, EnhancedPacketBlock, InterfaceDescriptionBlock, SimplePacketBlock, parse_block_be, parse_block_le,
};
use pcap_parser::traits::PcapNGPacketBlock;

use crate::frame::{self, Udp};
use crate::pcap::fault;
use crate::{Datagram, Refusal, Why, offset_in};

/// What an interface description says that matters here.
#[derive(Debug, Clone, Copy)]
struct Interface {
    link: Linktype,
    /// Most octets of a packet that are kept; 0 for all of them.
    snap_len: u32,
    /// Ticks in a second; `None` when the file says something impossible.
    ticks_per_s: Option<u64>,
    offset_s: i64,
}

#[derive(Debug, Clone)]
pub(crate) struct PcapNg<'a> {
    file: &'a [u8],
    rest: &'a [u8],
    big_endian: bool,
    interfaces: Vec<Interface>,
    packet: usize,
}

impl<'a> PcapNg<'a> {
    pub(crate) fn new(file: &'a [u8]) -> Self {
        Self { file, rest: file, big_endian: false, interfaces: Vec::new(), packet: 0 }
    }

    pub(crate) fn next(&mut self) -> Option<Result<Datagram<'a>, Refusal>> {
        while !self.rest.is_empty() {
            let offset = offset_in(self.file, self.rest);
            let refuse = |packet, why| Some(Err(Refusal { packet, offset, why }));
            let block = match self.block() {
                Ok(block) => block,
                Err(why) => return refuse(self.packet, why),
            };
            let found = match block {
                Block::SectionHeader(header) => {
                    self.big_endian = header.big_endian();
                    self.interfaces.clear();
                    continue;
                }
                Block::InterfaceDescription(description) => {
                    self.interfaces.push(Interface::new(&description));
                    continue;
                }
                Block::EnhancedPacket(packet) => self.enhanced(&packet),
                Block::SimplePacket(packet) => self.simple(&packet),
                _ => continue, // statistics, names, comments: nothing that was sent by a sensor
            };
            let packet = self.packet;
            self.packet += 1;
            return match found {
                Ok(datagram) => Some(Ok(Datagram { packet, ..datagram })),
                Err(why) => refuse(packet, why),
            };
        }
        None
    }

    /// The next block; after a fault there are no more.
    fn block(&mut self) -> Result<Block<'a>, Why> {
        let rest = core::mem::take(&mut self.rest);
        let parse = if self.big_endian { parse_block_be } else { parse_block_le };
        match parse(rest) {
            Ok((behind, block)) => {
                self.rest = behind;
                Ok(block)
            }
            Err(error) => Err(fault(&error)),
        }
    }

    fn enhanced(&self, packet: &EnhancedPacketBlock<'a>) -> Result<Datagram<'a>, Why> {
        let interface = self.interface(packet.if_id)?;
        let ticks = u64::from(packet.ts_high) << 32 | u64::from(packet.ts_low);
        let time_ns = interface.time_ns(ticks);
        self.datagram(interface, packet.data, packet.caplen, packet.orig_len(), time_ns)
    }

    /// A simple packet is of the first interface and has no time.
    fn simple(&self, packet: &SimplePacketBlock<'a>) -> Result<Datagram<'a>, Why> {
        let interface = self.interface(0)?;
        let original = packet.orig_len();
        let kept = if interface.snap_len == 0 { original } else { interface.snap_len.min(original) };
        self.datagram(interface, packet.data, kept, original, None)
    }

    fn interface(&self, number: u32) -> Result<Interface, Why> {
        let found = usize::try_from(number).ok().and_then(|i| self.interfaces.get(i));
        found.copied().ok_or(Why::UnknownInterface(number))
    }

    fn datagram(
        &self,
        interface: Interface,
        padded: &'a [u8],
        captured: u32,
        original: u32,
        time_ns: Option<i64>,
    ) -> Result<Datagram<'a>, Why> {
        if captured < original {
            return Err(Why::PacketCut { captured, original });
        }
        let data = padded.get(..captured as usize).ok_or(Why::FileBroken)?;
        let Udp { source, destination, payload } = frame::udp(interface.link.0, data)?;
        let (source, destination) = (Some(source), Some(destination));
        let offset = offset_in(self.file, payload);
        Ok(Datagram { time_ns, source, destination, payload, offset, packet: 0 })
    }
}

impl Interface {
    fn new(description: &InterfaceDescriptionBlock<'_>) -> Self {
        Self {
            link: description.linktype,
            snap_len: description.snaplen,
            ticks_per_s: description.ts_resolution(),
            offset_s: description.ts_offset(),
        }
    }

    /// Nanoseconds since the Unix epoch; `None` beyond what 64 bits hold.
    fn time_ns(&self, ticks: u64) -> Option<i64> {
        let per_s = i128::from(self.ticks_per_s.filter(|per_s| *per_s > 0)?);
        let since_ns = i128::from(ticks) * 1_000_000_000 / per_s;
        i64::try_from(since_ns + i128::from(self.offset_s) * 1_000_000_000).ok()
    }
}
