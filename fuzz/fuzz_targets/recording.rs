//! Arbitrary bytes as a recording, and as alterations of a sealed one: nothing that was not written is ever believed.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parapet_recording::fuzz_one(bytes));
