//! ASTERIX datagrams through the intake: each record becomes one value, and every value is a number.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| parapet_asterix::examine_intake(octets));
