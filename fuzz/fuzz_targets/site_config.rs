//! Arbitrary bytes as a site configuration: never a panic, always an answer with words.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parapet_site::fuzz_one(bytes));
