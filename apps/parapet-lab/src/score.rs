//! `parapet-lab score`: alarms held against the truth.

use std::io::Write;
use std::process::ExitCode;

use parapet_study::score::{Report, TrackLog, Truth, read_alarms, score as held_against};

use crate::arguments::Score;
use crate::output::say;
use crate::run::write_file;

/// A zone that was hit was not warned.
const EXIT_MISSED: u8 = 1;

pub(crate) fn score(a: &Score) -> Result<ExitCode, String> {
    let report = report(a)?;
    say(report.to_string().trim_end());
    if let Some(path) = &a.summary {
        write_file(path, |file| {
            serde_json::to_writer_pretty(&mut *file, &report)?;
            file.write_all(b"\n")
        })?;
    }
    Ok(if report.totals.hits_missed == 0 { ExitCode::SUCCESS } else { ExitCode::from(EXIT_MISSED) })
}

fn report(a: &Score) -> Result<Report, String> {
    let truth = Truth::read(&a.truth).map_err(|e| e.to_string())?;
    let end = truth.run.start.plus_seconds(truth.run.duration_s);
    let alarms = read_alarms(&a.alarms, truth.run.start, end).map_err(|e| e.to_string())?;
    let mut log = TrackLog::default();
    a.tracks.iter().try_for_each(|file| log.read(file, truth.run.start, end)).map_err(|e| e.to_string())?;
    held_against(&truth, &alarms, &log).map_err(|e| format!("{}: {e}", a.truth.display()))
}
