//! A stream and a datagram of Cursor on Target, as XML and as TAK protobuf. `cargo fuzz run cot` from the repository root.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| parapet_cot::fuzz_one(octets));
