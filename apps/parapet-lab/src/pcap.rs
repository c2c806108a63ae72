//! Capture files as other programs read them: classic pcap, Ethernet, IPv4 or IPv6, UDP.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use etherparse::PacketBuilder;
use parapet_frame::Time;

/// Magic number of a file with nanoseconds, version 2.4, no offset, no accuracy, 65,535 octets, Ethernet.
const FILE_HEADER: [u32; 6] = [0xa1b2_3c4d, 0x0004_0002, 0, 0, 65_535, 1];
/// Where the simulated radars send from: documentation addresses (RFC 5737, RFC 3849), locally administered MAC.
const SOURCE_V4: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const SOURCE_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
const SOURCE_PORT: u16 = 30_048;
const SOURCE_MAC: [u8; 6] = [2, 0, 0, 0, 0, 1];
const TARGET_MAC: [u8; 6] = [2, 0, 0, 0, 0, 2];
const TIME_TO_LIVE: u8 = 8;

/// Begins a file.
pub(crate) fn begin(file: &mut impl Write) -> io::Result<()> {
    FILE_HEADER.iter().try_for_each(|word| file.write_all(&word.to_le_bytes()))
}

/// Adds one datagram.
pub(crate) fn datagram(file: &mut impl Write, at: Time, to: SocketAddr, payload: &[u8]) -> io::Result<()> {
    let ethernet = PacketBuilder::ethernet2(SOURCE_MAC, mac_of(to.ip()));
    let ip = match to.ip() {
        IpAddr::V4(to) => ethernet.ipv4(SOURCE_V4.octets(), to.octets(), TIME_TO_LIVE),
        IpAddr::V6(to) => ethernet.ipv6(SOURCE_V6.octets(), to.octets(), TIME_TO_LIVE),
    };
    let mut frame = Vec::with_capacity(payload.len() + 64);
    ip.udp(SOURCE_PORT, to.port()).write(&mut frame, payload).map_err(io::Error::other)?;
    let seconds = at.nanos().div_euclid(parapet_frame::NANOS_PER_SECOND) as u32;
    let nanos = at.nanos().rem_euclid(parapet_frame::NANOS_PER_SECOND) as u32;
    let length = frame.len() as u32;
    for word in [seconds, nanos, length, length] {
        file.write_all(&word.to_le_bytes())?;
    }
    file.write_all(&frame)
}

/// The group address of multicast (RFC 1112), some neighbour otherwise.
fn mac_of(ip: IpAddr) -> [u8; 6] {
    match ip {
        IpAddr::V4(v4) if v4.is_multicast() => {
            let [_, b, c, d] = v4.octets();
            [1, 0, 0x5e, b & 0x7f, c, d]
        }
        _ => TARGET_MAC,
    }
}
