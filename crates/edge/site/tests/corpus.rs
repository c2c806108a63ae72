//! The fuzzer's corpus as plain tests, and random damage to good configurations.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fuzz/corpus/site_config")
}

fn seeds() -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder()).expect("the corpus is there");
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).expect("a seed can be read")).collect()
}

#[test]
fn the_corpus_breaks_nothing() {
    let seeds = seeds();
    assert!(seeds.len() >= 12, "{} seeds", seeds.len());
    seeds.iter().for_each(|seed| parapet_site::fuzz_one(seed));
}

#[test]
fn cut_anywhere_nothing_breaks() {
    for seed in seeds() {
        for end in (0..seed.len()).step_by(37) {
            parapet_site::fuzz_one(&seed[..end]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_break_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        parapet_site::fuzz_one(&bytes);
    }

    #[test]
    fn damaged_configurations_break_nothing(
        which in any::<prop::sample::Index>(),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let seeds = seeds();
        let mut bytes = seeds[which.index(seeds.len())].clone();
        for (at, value) in damage {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
        }
        parapet_site::fuzz_one(&bytes);
    }
}
