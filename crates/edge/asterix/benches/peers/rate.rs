//! Prints how many records of CAT048 a second the crate `asterix` reads from a file of data blocks.

use std::time::{Duration, Instant};

use asterix::AsterixPacket;
use deku::DekuContainerRead;

fn main() {
    let path = std::env::args().nth(1).expect("a file of data blocks");
    let octets = std::fs::read(path).expect("the file can be read");
    let (mut rest, mut blocks) = (&octets[..], Vec::new());
    while rest.len() > 3 {
        let (one, behind) = rest.split_at(usize::from(u16::from_be_bytes([rest[1], rest[2]])).clamp(3, rest.len()));
        blocks.push(one);
        rest = behind;
    }
    let read = |block: &[u8]| AsterixPacket::from_bytes((block, 0)).map(|(_, packet)| packet.messages.len());
    let refused = blocks.iter().filter(|block| read(block).is_err()).count();
    eprintln!("the crate asterix refuses {refused} of {} blocks", blocks.len());
    let (start, started, mut done) = (Instant::now(), on_processor(), 0);
    while start.elapsed() < Duration::from_secs(2) {
        done += blocks.iter().filter_map(|block| read(block).ok()).sum::<usize>();
    }
    let spent = on_processor().zip(started).map_or(start.elapsed(), |(now, then)| now - then);
    println!("{}", done as f64 / spent.as_secs_f64());
}

/// How long this thread was on a processor; `None` but on Linux.
fn on_processor() -> Option<Duration> {
    let words = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    words.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}
