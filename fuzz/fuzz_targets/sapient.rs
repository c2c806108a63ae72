//! A stream of SAPIENT frames: framing, rules, both roles and the intake. `cargo fuzz run sapient` from the repository root.
#![no_main]

libfuzzer_sys::fuzz_target!(|stream: &[u8]| parapet_sapient::fuzz_one(stream));
