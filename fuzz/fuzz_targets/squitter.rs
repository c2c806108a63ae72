//! Arbitrary octets as a stream of squitters: never a panic, finite numbers only.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| parapet_squitter::fuzz_one(octets));
