//! The fuzzer's corpus as plain tests, and random alterations.

use std::path::Path;

use proptest::prelude::*;

#[test]
fn the_corpus_breaks_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fuzz/corpus/recording");
    let seeds: Vec<Vec<u8>> = std::fs::read_dir(folder)
        .expect("the corpus is there")
        .flatten()
        .map(|entry| std::fs::read(entry.path()).expect("a seed can be read"))
        .collect();
    assert!(seeds.len() >= 5, "{} seeds", seeds.len());
    seeds.iter().for_each(|seed| parapet_recording::fuzz_one(seed));
}

proptest! {
    #[test]
    fn random_alterations_are_never_believed(octets in proptest::collection::vec(any::<u8>(), 0..40)) {
        parapet_recording::fuzz_one(&octets);
    }
}
