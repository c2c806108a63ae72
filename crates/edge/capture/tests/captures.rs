//! Recordings of every kind, whole, cut and broken.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use etherparse::{IpFragOffset, IpNumber, Ipv4Header, PacketBuilder, UdpHeader, VlanId};
use parapet_capture::{Capture, Datagram, Format, OpenError, Refusal, Why};
use proptest::prelude::*;

const PAYLOAD: [u8; 6] = [48, 0, 6, 0x80, 25, 201];
const ETHERNET: u32 = 1;
const RAW_IP: u32 = 101;
const LOOPBACK: u32 = 0;
const SLL: u32 = 113;
const SLL2: u32 = 276;

fn ip_udp() -> Vec<u8> {
    let mut packet = Vec::new();
    let builder = PacketBuilder::ipv4([10, 17, 58, 184], [232, 2, 1, 31], 16);
    builder.udp(21124, 22131).write(&mut packet, &PAYLOAD).unwrap();
    packet
}

fn ethernet_udp() -> Vec<u8> {
    let mut packet = vec![1, 0, 0x5E, 2, 1, 0x1F, 2, 0, 0, 0, 0, 1, 0x08, 0x00];
    packet.extend(ip_udp());
    packet
}

/// A little-endian pcap file of microseconds.
fn pcap(link: u32, frames: &[Vec<u8>]) -> Vec<u8> {
    let mut file = vec![0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0];
    file.extend([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0]);
    file.extend(link.to_le_bytes());
    for (i, frame) in frames.iter().enumerate() {
        let length = (frame.len() as u32).to_le_bytes();
        file.extend((1_462_433_756 + i as u32).to_le_bytes());
        file.extend(508_910_u32.to_le_bytes());
        file.extend(length);
        file.extend(length);
        file.extend(frame);
    }
    file
}

fn read(file: &[u8]) -> Vec<Result<Datagram<'_>, Refusal>> {
    Capture::open(file).unwrap().collect()
}

fn only_refusal(file: &[u8]) -> Refusal {
    let all = read(file);
    assert_eq!(all.len(), 1);
    all[0].unwrap_err()
}

#[test]
fn an_ethernet_datagram_comes_out_with_time_addresses_and_offset() {
    let file = pcap(ETHERNET, &[ethernet_udp(), ethernet_udp()]);
    let all = read(&file);
    let second = all[1].unwrap();
    assert_eq!(second.payload, PAYLOAD);
    assert_eq!(second.time_ns, Some(1_462_433_757_508_910_000));
    assert_eq!(second.source, Some(SocketAddr::from(([10, 17, 58, 184], 21124))));
    assert_eq!(second.destination, Some(SocketAddr::from(([232, 2, 1, 31], 22131))));
    assert_eq!(second.packet, 1);
    assert_eq!(file[second.offset..][..6], PAYLOAD);
    assert_eq!(second.offset, file.len() - 6);
    assert_eq!(all.len(), 2);
}

#[test]
fn every_link_layer_leads_to_the_same_datagram() {
    let mut vlan = Vec::new();
    PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [1, 0, 0x5E, 2, 1, 0x1F])
        .single_vlan(VlanId::try_new(42).unwrap())
        .ipv4([10, 17, 58, 184], [232, 2, 1, 31], 16)
        .udp(21124, 22131)
        .write(&mut vlan, &PAYLOAD)
        .unwrap();
    let headed = |header: &[u8]| [header, &ip_udp()].concat();
    let sll = [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x08, 0x00];
    let sll2 = [0x08, 0x00, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0];
    let padded = [ethernet_udp(), vec![0; 20]].concat();
    for (link, frame) in [
        (ETHERNET, vlan),
        (ETHERNET, padded),
        (RAW_IP, ip_udp()),
        (LOOPBACK, headed(&[2, 0, 0, 0])),
        (SLL, headed(&sll)),
        (SLL2, headed(&sll2)),
    ] {
        let file = pcap(link, &[frame]);
        let datagram = read(&file)[0].unwrap();
        assert_eq!(datagram.payload, PAYLOAD, "link type {link}");
        assert_eq!(datagram.destination, Some(SocketAddr::from(([232, 2, 1, 31], 22131))));
    }
}

#[test]
fn ipv6_is_read_too() {
    let mut frame = Vec::new();
    let (from, to) = ([1; 16], [2; 16]);
    PacketBuilder::ipv6(from, to, 16).udp(1, 8600).write(&mut frame, &PAYLOAD).unwrap();
    let file = pcap(RAW_IP, &[frame]);
    let datagram = read(&file)[0].unwrap();
    assert_eq!(datagram.destination, Some(SocketAddr::from((to, 8600))));
}

#[test]
fn what_is_no_datagram_is_refused_with_its_reason_and_reading_goes_on() {
    let mut arp = vec![0xFF; 12];
    arp.extend([0x08, 0x06, 0, 1, 0x08, 0x00, 6, 4, 0, 1]);
    arp.extend([0; 20]);
    let mut tcp = Vec::new();
    let builder = PacketBuilder::ethernet2([0; 6], [1; 6]).ipv4([1, 2, 3, 4], [5, 6, 7, 8], 9);
    builder.tcp(1, 2, 3, 4).write(&mut tcp, &[]).unwrap();
    let mut short = ethernet_udp();
    short.truncate(20);
    let frames = [arp, tcp, fragment(), short, ethernet_udp()];
    let file = pcap(ETHERNET, &frames);
    let all = read(&file);
    let whys: Vec<_> = all.iter().filter_map(|r| r.err().map(|e| e.why)).collect();
    assert_eq!(whys, [Why::NotUdp, Why::NotUdp, Why::Fragment, Why::BrokenHeaders]);
    assert!(whys.iter().all(|why| !why.is_fatal()));
    assert_eq!(all[4].unwrap().packet, 4);
    assert_eq!(all[1].unwrap_err().offset, 24 + 16 + frames[0].len());
}

/// The first part of a fragmented UDP datagram.
fn fragment() -> Vec<u8> {
    let udp = UdpHeader { source_port: 1, destination_port: 2, length: 3000, checksum: 0 };
    let payload_len = 8 + 16;
    let mut ip = Ipv4Header::new(payload_len, 16, IpNumber::UDP, [1, 2, 3, 4], [5, 6, 7, 8]).unwrap();
    ip.more_fragments = true;
    ip.fragment_offset = IpFragOffset::try_new(0).unwrap();
    let mut frame = vec![0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x00];
    ip.write(&mut frame).unwrap();
    udp.write(&mut frame).unwrap();
    frame.extend([7; 16]);
    frame
}

#[test]
fn packets_of_which_only_the_front_was_captured_are_refused() {
    let mut file = pcap(ETHERNET, &[ethernet_udp()]);
    file[24 + 12] = 0xFF; // the original length
    let (captured, original) = (ethernet_udp().len() as u32, 0xFF);
    assert_eq!(only_refusal(&file).why, Why::PacketCut { captured, original });
}

#[test]
fn link_types_that_are_not_known_are_refused() {
    let file = pcap(147, &[ethernet_udp()]);
    assert_eq!(only_refusal(&file).why, Why::LinkType(147));
}

#[test]
fn other_magic_numbers_give_other_orders_and_nanoseconds() {
    let mut file = pcap(ETHERNET, &[ethernet_udp()]);
    file[0] = 0x4D;
    file[1] = 0x3C;
    assert_eq!(read(&file)[0].unwrap().time_ns, Some(1_462_433_756_000_508_910));
    let mut swapped = pcap(ETHERNET, &[ethernet_udp()]);
    for field in [0..4, 16..20, 20..24, 24..28, 28..32, 32..36, 36..40] {
        swapped[field].reverse();
    }
    swapped[4..8].copy_from_slice(&[0, 2, 0, 4]);
    assert_eq!(read(&swapped)[0].unwrap().time_ns, Some(1_462_433_756_508_910_000));
}

#[test]
fn a_capture_cut_anywhere_gives_all_before_the_cut_and_then_its_place() {
    let frame = ethernet_udp();
    let block = 12 + 20 + frame.len().next_multiple_of(4);
    let files =
        [(pcap(ETHERNET, &vec![frame.clone(); 3]), 24, 16 + frame.len()), (pcapng(&[frame], 3), 28 + 32, block)];
    for (file, head, packet) in files {
        assert_eq!(read(&file).len(), 3);
        for cut in 4..file.len() {
            check_cut(&file[..cut], head, packet);
        }
    }
}

/// `head` octets come before the first packet, each packet takes `packet` octets.
fn check_cut(part: &[u8], head: usize, packet: usize) {
    let Ok(capture) = Capture::open(part) else {
        assert!(part.len() < 24, "only a cut header does not open");
        return;
    };
    let all: Vec<_> = capture.collect();
    let sound = all.iter().filter(|r| r.is_ok()).count();
    assert_eq!(sound, part.len().saturating_sub(head) / packet, "cut {}", part.len());
    let faults: Vec<_> = all.iter().filter_map(|r| r.err()).collect();
    let between = part.len() >= head && (part.len() - head).is_multiple_of(packet);
    assert!(faults.len() <= 1 && (faults.len() == 1 || between || part.len() == 28));
    for fault in faults {
        assert!(matches!(fault.why, Why::FileCut { .. }), "{fault}");
        assert_eq!(fault.packet, sound);
        assert!(fault.offset < part.len() && (sound == 0 || fault.offset == head + sound * packet));
    }
}

/// A little-endian pcapng file: section, one interface in nanoseconds, and each frame `times` times.
fn pcapng(frames: &[Vec<u8>], times: usize) -> Vec<u8> {
    let mut file = Vec::new();
    let mut block = |kind: u32, body: &[u8]| {
        let padding = body.len().next_multiple_of(4) - body.len();
        let length = (12 + body.len() + padding) as u32;
        file.extend(kind.to_le_bytes());
        file.extend(length.to_le_bytes());
        file.extend(body);
        file.extend(vec![0; padding]);
        file.extend(length.to_le_bytes());
    };
    let section = [&[0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0][..], &[0xFF; 8]].concat();
    block(0x0A0D_0D0A, &section);
    let resolution = [9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0];
    block(1, &[&[1, 0, 0, 0, 0, 0, 4, 0][..], &resolution].concat());
    for frame in std::iter::repeat_n(frames, times).flatten() {
        let ticks = 1_462_433_756_508_910_123_u64;
        let length = (frame.len() as u32).to_le_bytes();
        let high = ((ticks >> 32) as u32).to_le_bytes();
        let low = (ticks as u32).to_le_bytes();
        block(6, &[&[0; 4][..], &high, &low, &length, &length, frame].concat());
    }
    file
}

#[test]
fn pcapng_reads_time_in_the_resolution_of_its_interface() {
    let file = pcapng(&[ethernet_udp()], 2);
    let capture = Capture::open(&file).unwrap();
    assert_eq!(capture.format(), Format::PcapNg);
    let all: Vec<_> = capture.collect();
    let datagram = all[1].unwrap();
    assert_eq!(datagram.time_ns, Some(1_462_433_756_508_910_123));
    assert_eq!(datagram.payload, PAYLOAD);
    assert_eq!(file[datagram.offset..][..6], PAYLOAD);
    assert_eq!(datagram.packet, 1);
}

#[test]
fn pcapng_packets_of_unknown_interfaces_are_refused() {
    let mut file = pcapng(&[ethernet_udp()], 1);
    let packet = 28 + 32;
    assert_eq!(file[packet], 6);
    file[packet + 8] = 7;
    assert_eq!(only_refusal(&file).why, Why::UnknownInterface(7));
}

#[test]
fn raw_recordings_give_one_datagram_a_block_and_end_at_garbage() {
    let file = [&PAYLOAD[..], &PAYLOAD, &[0, 0, 2, 9, 9]].concat();
    let all = read(&file);
    assert_eq!(all[1].unwrap().offset, 6);
    let refusal = all[2].unwrap_err();
    assert_eq!((refusal.offset, refusal.why), (12, Why::NotABlock { length: 2 }));
    assert!(refusal.why.is_fatal());
    assert_eq!(all.len(), 3);
}

#[test]
fn files_of_other_formats_do_not_open() {
    assert_eq!(Capture::open(&[]).unwrap_err(), OpenError::Empty);
    assert_eq!(Capture::open(b"\0\0").unwrap_err(), OpenError::Unknown([0; 4]));
    assert!(matches!(Capture::open(&[0xD4, 0xC3, 0xB2, 0xA1]), Err(OpenError::Header(_))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn nothing_panics_and_offsets_stay_in_the_file(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(capture) = Capture::open(&bytes) {
            for datagram in capture.take(1000) {
                let offset = datagram.map_or_else(|e| e.offset, |d| d.offset + d.payload.len());
                prop_assert!(offset <= bytes.len());
            }
        }
    }

    #[test]
    fn changed_captures_do_not_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        form in 0..2,
    ) {
        let frames = [ethernet_udp(), fragment()];
        let mut file = if form == 0 { pcap(ETHERNET, &frames) } else { pcapng(&frames, 2) };
        for (at, octet) in changes {
            let at = at.index(file.len());
            file[at] = octet;
        }
        if let Ok(capture) = Capture::open(&file) {
            prop_assert!(capture.take(1000).count() < 1000, "reading ends");
        }
    }
}

/// A reference capture, or `None` with a plain word when it is not there.
fn data(relative: &str) -> Option<Vec<u8>> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data");
    let root = std::env::var_os("PARAPET_DATA").map_or_else(beside, PathBuf::from);
    let path = root.join(relative);
    if !path.exists() {
        println!("SKIPPED: reference data {relative} is not there (set PARAPET_DATA)");
        return None;
    }
    Some(std::fs::read(path).unwrap())
}

#[test]
fn the_croatian_capture_has_a_hundred_datagrams_on_two_lines() {
    let Some(file) = data("asterix/croatia/cat_034_048.pcap") else {
        return;
    };
    let all = read(&file);
    assert_eq!(all.len(), 100);
    let lines: Vec<_> = all.iter().map(|r| r.unwrap().destination.unwrap().ip()).collect();
    let on = |net: &str| lines.iter().filter(|ip| ip.to_string().starts_with(net)).count();
    assert_eq!((on("232.1.1."), on("232.2.1.")), (50, 50));
    assert_eq!(all[0].unwrap().source.unwrap().to_string(), "10.17.58.184:21124");
    assert_eq!(all[0].unwrap().time_ns, Some(1_462_433_756_508_910_000));
    println!("croatia: {} datagrams", all.len());
}

#[test]
fn the_barcelona_recording_is_read_whole() {
    let Some(file) = data("asterix/barcelona/bcn_0800_0812.ast") else {
        return;
    };
    let octets: usize = read(&file).iter().map(|r| r.unwrap().payload.len()).sum();
    assert_eq!(octets, file.len());
}

/// The fuzzer's corpus as a plain test. `PARAPET_WRITE_CORPUS=1` writes its seeds anew.
#[test]
fn every_file_of_the_corpus_is_read_or_refused() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fuzz/corpus/capture");
    let raw = [PAYLOAD, PAYLOAD].concat();
    let seeds = [
        ("ethernet.pcap", pcap(ETHERNET, &[ethernet_udp(), ethernet_udp()])),
        ("raw-ip.pcap", pcap(RAW_IP, &[ip_udp()])),
        ("cut.pcap", pcap(ETHERNET, &[ethernet_udp()])[..60].to_vec()),
        ("blocks.ast", raw),
    ];
    if std::env::var_os("PARAPET_WRITE_CORPUS").is_some() {
        std::fs::create_dir_all(&corpus).unwrap();
        for (name, octets) in &seeds {
            std::fs::write(corpus.join(name), octets).unwrap();
        }
    }
    let files: Vec<_> = std::fs::read_dir(&corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= seeds.len());
    for file in files {
        parapet_capture::fuzz_one(&std::fs::read(file).unwrap());
    }
}
