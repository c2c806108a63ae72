//! The fuzzer's corpus as a plain test, whole and cut.

use std::path::Path;

use parapet_sapient::fuzz_one;

#[test]
fn the_corpus_breaks_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fuzz/corpus/sapient");
    let mut streams = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let stream = std::fs::read(entry.unwrap().path()).unwrap();
        fuzz_one(&stream);
        (0..stream.len()).for_each(|end| fuzz_one(&stream[..end]));
        streams += 1;
    }
    assert!(streams >= 15, "{streams} streams");
}
