//! Arbitrary bytes as a table of alerts, as boundaries and as names: never a panic, and no markup that is not ours.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| parapet_report::fuzz_one(octets));
