//! A captured frame down to its UDP payload.

use std::net::{IpAddr, SocketAddr};

use etherparse::{EtherType, NetSlice, SlicedPacket, TransportSlice};

use crate::Why;

/// The part of a frame that counts here.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Udp<'a> {
    pub(crate) source: SocketAddr,
    pub(crate) destination: SocketAddr,
    pub(crate) payload: &'a [u8],
}

/// Link types (<https://www.tcpdump.org/linktypes.html>).
mod link {
    pub(super) const NULL: i32 = 0;
    pub(super) const ETHERNET: i32 = 1;
    pub(super) const RAW_BSD: i32 = 12;
    pub(super) const RAW_OPENBSD: i32 = 14;
    pub(super) const RAW: i32 = 101;
    pub(super) const LOOP: i32 = 108;
    pub(super) const LINUX_SLL: i32 = 113;
    pub(super) const IPV4: i32 = 228;
    pub(super) const IPV6: i32 = 229;
    pub(super) const LINUX_SLL2: i32 = 276;
}

/// The UDP datagram in a frame of a link type.
pub(crate) fn udp(link_type: i32, frame: &[u8]) -> Result<Udp<'_>, Why> {
    let broken = |_| Why::BrokenHeaders;
    // The frame check sequence length and class bits above the link type are not ours to judge.
    let packet = match link_type & 0xFFFF {
        link::ETHERNET => SlicedPacket::from_ethernet(frame).map_err(broken)?,
        link::RAW | link::RAW_BSD | link::RAW_OPENBSD | link::IPV4 | link::IPV6 => {
            SlicedPacket::from_ip(frame).map_err(broken)?
        }
        link::NULL | link::LOOP => SlicedPacket::from_ip(behind(frame, 4)?).map_err(broken)?,
        link::LINUX_SLL => by_ether_type(frame, 14, 16)?,
        link::LINUX_SLL2 => by_ether_type(frame, 0, 20)?,
        _ => return Err(Why::LinkType(link_type)),
    };
    datagram(&packet)
}

fn behind(frame: &[u8], header: usize) -> Result<&[u8], Why> {
    frame.get(header..).ok_or(Why::BrokenHeaders)
}

/// Cooked capture: a header of fixed length that has the protocol in two octets.
fn by_ether_type(frame: &[u8], at: usize, header: usize) -> Result<SlicedPacket<'_>, Why> {
    let payload = behind(frame, header)?;
    let Some(&[high, low]) = frame.get(at..at + 2) else {
        return Err(Why::BrokenHeaders);
    };
    let ether_type = EtherType(u16::from_be_bytes([high, low]));
    SlicedPacket::from_ether_type(ether_type, payload).map_err(|_| Why::BrokenHeaders)
}

fn datagram<'a>(packet: &SlicedPacket<'a>) -> Result<Udp<'a>, Why> {
    if packet.is_ip_payload_fragmented() {
        return Err(Why::Fragment);
    }
    let Some((from, to)) = packet.net.as_ref().and_then(addresses) else {
        return Err(Why::NotUdp);
    };
    let Some(TransportSlice::Udp(udp)) = &packet.transport else {
        return Err(Why::NotUdp);
    };
    Ok(Udp {
        source: SocketAddr::new(from, udp.source_port()),
        destination: SocketAddr::new(to, udp.destination_port()),
        payload: udp.payload(),
    })
}

fn addresses(net: &NetSlice<'_>) -> Option<(IpAddr, IpAddr)> {
    match net {
        NetSlice::Ipv4(ip) => {
            let header = ip.header();
            Some((header.source_addr().into(), header.destination_addr().into()))
        }
        NetSlice::Ipv6(ip) => {
            let header = ip.header();
            Some((header.source_addr().into(), header.destination_addr().into()))
        }
        NetSlice::Arp(_) => None,
    }
}
