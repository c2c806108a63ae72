//! The public conformance messages: what their authors call valid is taken, what they call invalid is refused with a reason.
//!
//! `cargo test -p parapet-sapient --test conformance -- --nocapture` prints the table. Messages kept elsewhere are judged the
//! same way: put them into folders called `valid` and `invalid` and name the folder above in `SAPIENT_CORPUS`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and tables are for people"
)]

mod support;

use std::path::{Path, PathBuf};

use parapet_sapient::{FrameReader, Limits, Translator, check};

/// The verdict on one file: nothing, or the reasons.
fn verdict(translator: &Translator, path: &Path) -> Result<(), String> {
    let reasons = if path.extension().is_some_and(|ending| ending == "json") {
        let text = std::fs::read_to_string(path).unwrap();
        translator.faults(text.trim_start_matches('\u{feff}'), &Limits::DEFAULT)
    } else {
        let mut reader = FrameReader::new(&Limits::DEFAULT);
        reader.take(&std::fs::read(path).unwrap());
        let message = reader.message().map_err(|error| error.to_string())?;
        check(message.ok_or("the frame is cut")?, &Limits::DEFAULT).iter().map(ToString::to_string).collect()
    };
    if reasons.is_empty() { Ok(()) } else { Err(reasons.join("; ")) }
}

/// Judges a corpus and prints the table; what was judged wrongly.
fn judge(corpus: &Path) -> (usize, Vec<String>) {
    let translator = Translator::new();
    let mut wrong = Vec::new();
    let mut judged = 0;
    for label in ["valid", "invalid"] {
        let folder = corpus.join(label);
        let all = ["json", "bin"].map(|ending| support::files(&folder, ending)).concat();
        for path in all {
            judged += 1;
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let verdict = verdict(&translator, &path);
            println!("{label:7} | {name} | {}", verdict.as_ref().err().map_or("taken", String::as_str));
            if verdict.is_ok() != (label == "valid") {
                wrong.push(format!("{label} {name}: {verdict:?}"));
            }
        }
    }
    (judged, wrong)
}

#[test]
fn verdicts_agree_with_the_authors() {
    let elsewhere = std::env::var_os("SAPIENT_CORPUS").map(PathBuf::from);
    let corpora = support::data("dstl_corpus").into_iter().chain(elsewhere);
    for corpus in corpora {
        let (judged, wrong) = judge(&corpus);
        assert!(judged > 0, "{} holds no messages", corpus.display());
        assert!(wrong.is_empty(), "{} of {judged} judged wrongly:\n{}", wrong.len(), wrong.join("\n"));
    }
}
