//! Records of ASTERIX category 065, as they are and drawn from its tables, then damaged.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| parapet_asterix::examine_category(65, octets));
