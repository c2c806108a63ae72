//! ASTERIX datagrams of any category, decoded, encoded again and written as JSON: `cargo xtask fuzz asterix`.
#![no_main]

libfuzzer_sys::fuzz_target!(|datagram: &[u8]| {
    parapet_asterix::examine(datagram);
    for record in parapet_asterix::records(datagram).filter_map(Result::ok) {
        serde_json::to_writer(std::io::sink(), &record).expect("every record can be written as JSON");
    }
});
