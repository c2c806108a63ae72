//! Arbitrary bytes as commands, heartbeats and receipts: nothing that nobody sealed makes a siren sound.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parapet_siren::fuzz_one(bytes));
