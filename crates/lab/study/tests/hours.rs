//! Recorded aircraft warn nobody: helicopters and gliders whole, ten minutes of Paris, as plots alone and with CAT021.

use std::path::PathBuf;

use parapet_study::hours::{Heard, play};

/// The recordings are not part of the repository. Says so where they are missing.
fn recording(name: &str) -> Option<PathBuf> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data/adsb").join(name);
    if !file.exists() {
        eprintln!("SKIPPED: {} is not there; nothing was tried", file.display());
        return None;
    }
    Some(file)
}

fn warns_nobody(name: &str, seconds: f64, recognised_min: f64) {
    let Some(file) = recording(name) else { return };
    for heard in [Heard::Plots, Heard::PlotsAndReports] {
        let outcome = play(&file, heard, seconds).expect("a recording that can be played");
        assert_eq!((outcome.alarms, outcome.believed), (0, 0), "{heard:?}: {outcome:?}");
        assert!(outcome.tracks > 0 && outcome.plots > 100, "something flies: {outcome:?}");
        if heard == Heard::PlotsAndReports {
            let recognised = outcome.recognised as f64 / outcome.updates as f64;
            assert!(recognised >= recognised_min, "{recognised:.3} of {outcome:?}");
            // One helicopter's place is held for six seconds while it flies on.
            assert!(outcome.suspected[0] <= 1, "hardly anybody drifts: {outcome:?}");
        }
    }
}

#[test]
fn helicopters() {
    warns_nobody("helicopter_samu31.csv.gz", f64::INFINITY, 0.8);
    warns_nobody("helicopter_rega_zh.csv.gz", f64::INFINITY, 0.8);
}

#[test]
fn a_glider() {
    warns_nobody("glider_sisteron.csv.gz", 3_600.0, 0.0);
}

#[test]
fn ten_minutes_of_paris() {
    warns_nobody("paris_quickstart.csv.gz", 600.0, 0.8);
}
