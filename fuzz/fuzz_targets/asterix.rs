//! ASTERIX datagrams: `cargo +nightly fuzz run asterix` from the repository root.
#![no_main]

libfuzzer_sys::fuzz_target!(|datagram: &[u8]| {
    parapet_asterix::examine(datagram);
});
