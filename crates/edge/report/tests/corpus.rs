//! The fuzzer's corpus as a plain test: every file through the function that the fuzz target runs.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

#[test]
fn every_file_of_the_corpus_is_read_or_refused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fuzz/corpus/report");
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 6, "the corpus has its seeds");
    files.iter().for_each(|file| parapet_report::fuzz_one(&std::fs::read(file).unwrap()));
}
