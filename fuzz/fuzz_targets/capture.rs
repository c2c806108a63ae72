//! Arbitrary bytes as a capture file: never a panic, every datagram inside the file.
#![no_main]

libfuzzer_sys::fuzz_target!(|file: &[u8]| parapet_capture::fuzz_one(file));
