//! What the fuzz target runs, and the tests over its corpus.

use crate::Capture;

/// Reads arbitrary bytes as a file and checks what must hold: no panic, an end, and each datagram a part of the file.
///
/// # Panics
/// When one of these does not hold: a fault of this crate, never of the file.
pub fn fuzz_one(file: &[u8]) {
    let Ok(capture) = Capture::open(file) else { return };
    let (mut packets, mut ended) = (0, false);
    for found in capture {
        assert!(!ended, "nothing follows a fault of the file itself");
        packets += 1;
        // Every packet takes at least one octet of the file.
        assert!(packets <= file.len(), "more packets than octets");
        match found {
            Ok(datagram) => {
                let end = datagram.offset + datagram.payload.len();
                let there = datagram.payload.is_empty() || file.get(datagram.offset..end) == Some(datagram.payload);
                assert!(there, "a datagram lies where it says");
            }
            Err(refusal) => {
                assert!(refusal.offset <= file.len() && !refusal.to_string().is_empty());
                ended = refusal.why.is_fatal();
            }
        }
    }
}
