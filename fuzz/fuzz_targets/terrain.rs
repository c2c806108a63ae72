//! Arbitrary bytes as an elevation model: never a panic, only heights that a ground can have.
#![no_main]

libfuzzer_sys::fuzz_target!(|file: &[u8]| parapet_terrain::fuzz_one(file));
