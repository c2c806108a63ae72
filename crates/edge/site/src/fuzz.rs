//! One trial of the fuzzer, also run over the stored corpus by a plain test.

use crate::Site;

/// The line that parts the main file from the text of every file that it names.
const CUT: &str = "#---8<---\n";

/// Reads arbitrary bytes as a configuration and checks what must hold of any answer.
///
/// Bytes that are not UTF-8 are replaced; the text after a line `#---8<---` is given for every file that is asked for.
///
/// # Panics
/// When a promise of this crate is broken: an error without a problem, a problem without words or outside its file, a site
/// whose parts do not fit together.
pub fn fuzz_one(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (main, named) = text.split_once(CUT).unwrap_or((&text, ""));
    match Site::parse("fuzz.toml", main, &mut |_| Ok(named.to_owned())) {
        Ok(site) => check(&site),
        Err(error) => {
            assert!(!error.problems.is_empty(), "an error says what is wrong");
            let lines = main.matches('\n').count().max(named.matches('\n').count()) + 1;
            for problem in &error.problems {
                assert!(!problem.what.is_empty() && !problem.remedy.is_empty(), "{problem:?} has words");
                assert!((1..=lines).contains(&problem.line) && problem.column > 0, "{problem:?} lies in its file");
            }
            assert!(error.to_string().lines().count() > error.problems.len(), "every problem is shown");
        }
    }
}

fn check(site: &Site) {
    assert_eq!(site.sources.len(), site.config.sensors.len(), "one source for each sensor");
    for source in &site.sources {
        assert!(source.links.iter().all(|&link| usize::from(link) < site.links.len()), "links exist");
    }
    for zone in &site.config.zones {
        assert!(zone.rings.iter().flatten().flatten().all(|metres| metres.is_finite()), "corners are numbers");
        assert!(zone.alarm_probability > 0.0 && zone.alarm_probability < 1.0, "thresholds are probabilities");
    }
    assert!(site.summary().contains("unauthenticated"), "plain UDP is never shown as trusted");
}
