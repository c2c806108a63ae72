//! One trial of the fuzzer, also run over the stored corpus by a plain test.

use crate::{CotEvent, Cutter, Wire, read_datagram};

/// Reads arbitrary octets as a stream and as a datagram and checks what must hold of any answer.
///
/// # Panics
/// When a promise of this crate is broken: a stream that is cut elsewhere when it comes in pieces, or an event that was read and is
/// another one after it was written and read again.
pub fn fuzz_one(octets: &[u8]) {
    let whole = Cutter::default().take(octets);
    let mut cutter = Cutter::default();
    // Small inputs octet by octet; long ones would take a square of their length.
    let piece = (octets.len() / 256).max(1);
    let pieces: Vec<_> = octets.chunks(piece).flat_map(|piece| cutter.take(piece)).collect();
    let events = |found: &[Result<CotEvent, _>]| found.iter().filter_map(|one| one.clone().ok()).collect::<Vec<_>>();
    assert_eq!(events(&whole), events(&pieces), "pieces change nothing");
    let read = whole.into_iter().flatten().chain(read_datagram(octets));
    read.for_each(|event| check(&event));
}

fn check(event: &CotEvent) {
    let again = CotEvent::from_xml(event.to_xml().as_bytes());
    let again =
        again.unwrap_or_else(|error| panic!("{error}: what was read is written so that it can be read: {event:?}"));
    assert_eq!((&again.uid, &again.kind, again.detail.len()), (&event.uid, &event.kind, event.detail.len()));
    assert_eq!(CotEvent::from_xml(again.to_xml().as_bytes()).as_ref(), Ok(&again), "writing changes nothing twice");
    // Protobuf has no times before 1970 and no nanoseconds.
    if event.time.millis() > 0 && event.start.millis() > 0 && event.stale.millis() > 0 {
        let again = read_datagram(&Wire::Protobuf.datagram(event));
        let again = again.unwrap_or_else(|error| panic!("{error}: protobuf can be read: {event:?}"));
        assert_eq!((&again.uid, &again.kind), (&event.uid, &event.kind));
    }
}
