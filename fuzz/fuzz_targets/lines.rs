//! JSON Lines of the plain door. `cargo fuzz run lines` from the repository root.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parapet_lines::examine(bytes));
