//! The fuzzer's corpus as plain tests, and random octets.

use std::path::Path;

use proptest::prelude::*;

#[test]
fn the_corpus_breaks_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fuzz/corpus/siren");
    let seeds: Vec<Vec<u8>> = std::fs::read_dir(folder)
        .expect("the corpus is there")
        .flatten()
        .map(|entry| std::fs::read(entry.path()).expect("a seed can be read"))
        .collect();
    assert!(seeds.len() >= 5, "{} seeds", seeds.len());
    for seed in seeds {
        (0..=seed.len()).for_each(|end| parapet_siren::fuzz_one(&seed[..end]));
    }
}

proptest! {
    #[test]
    fn random_octets_sound_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        parapet_siren::fuzz_one(&bytes);
    }
}
