//! `parapet report --all`.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use parapet_report::pattern::{self, FileFacts, Gaps, Pattern, Source, Table};
use parapet_report::{Boundaries, Report as Incident};
use parapet_service::{fingerprint, report_of};

use super::{Report, name_of, text_of, write};
use crate::exit::{Exit, Failure};
use crate::out::Out;
use crate::{VERSION, files};

impl Report {
    pub(super) fn many(&self) -> Result<Exit, Failure> {
        let zone = TimeZone::get(&self.time_zone).map_err(|error| {
            let name = &self.time_zone;
            Failure::Configuration(format!("the time zone {name:?} is not known: {error}; write it as Asia/Baghdad"))
        })?;
        let paths = paths(&self.files)?;
        let tables = paths.iter().filter(|path| is_table(path)).count();
        let source = match tables {
            0 => self.recordings(&paths, &zone)?,
            all if all == paths.len() => self.tables(&paths, &zone)?,
            _ => {
                let text = "tables and recordings know different things; name one kind at a time".to_owned();
                return Err(Failure::Configuration(text));
            }
        };
        let gaps = Gaps { incident_min: self.gap_min, bout_h: self.bout_gap_h };
        let pattern = Pattern::of(source, gaps, &format!("parapet {VERSION}"));
        let pattern = pattern.map_err(|error| Failure::Failed(error.to_string()))?;
        let mut out = Out::new();
        if self.json {
            out.json(&pattern)?;
        } else {
            let boundaries = match self.boundaries.as_deref().map(text_of).transpose()? {
                Some((name, text)) => {
                    Boundaries::read_alone(&text, &name).map_err(|error| Failure::Failed(format!("{name}: {error}")))?
                }
                None => Boundaries::default(),
            };
            let html = pattern::html(&pattern, &boundaries);
            let json = serde_json::to_string_pretty(&pattern).map_err(|error| Failure::Failed(error.to_string()))?;
            write(self.out.as_deref(), "pattern", &html, &json, &mut out)?;
            pattern.statement.iter().try_for_each(|sentence| out.line(sentence))?;
            pattern.source.refused.iter().try_for_each(|refused| out.line(format_args!("NOT READ: {refused}")))?;
        }
        out.done()?;
        Ok(Exit::Fine)
    }

    /// One after the other: a recording may be as large as memory.
    fn recordings(&self, paths: &[PathBuf], zone: &TimeZone) -> Result<Source, Failure> {
        let (mut reports, mut refused): (Vec<Incident>, Vec<String>) = Default::default();
        for path in paths {
            let volume = files::recording(path)?;
            match report_of(&name_of(path), &volume, &format!("parapet {VERSION}"), None, false) {
                Ok((report, _)) => {
                    let faults = report.recording.faults.iter();
                    refused.extend(faults.map(|fault| format!("{}: {fault}", report.recording.file)));
                    reports.push(report);
                }
                Err(error) => refused.push(error.to_string()),
            }
        }
        if reports.is_empty() {
            let why = if refused.is_empty() { "no recording (*.mcap) is there".to_owned() } else { refused.join("; ") };
            return Err(Failure::Failed(format!("nothing could be read: {why}")));
        }
        Ok(Source::of_reports(&reports, refused, zone, &self.time_zone))
    }

    fn tables(&self, paths: &[PathBuf], zone: &TimeZone) -> Result<Source, Failure> {
        let mut tables = Vec::new();
        for path in paths {
            let (file, text) = text_of(path)?;
            let table = Table::read(&text, zone, self.category.as_deref())
                .map_err(|error| Failure::Failed(format!("{}: {error}", path.display())))?;
            tables.push((FileFacts { file, sha256: fingerprint(text.as_bytes()) }, table));
        }
        Ok(Source::of_tables(tables, &self.time_zone))
    }
}

fn is_table(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
}

/// The files that were named, and the recordings in the folders that were, in the order of their names.
fn paths(named: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut paths = Vec::new();
    for path in named {
        if !path.is_dir() || parapet_service::is_run(path) {
            paths.push(path.clone());
            continue;
        }
        let refused =
            |error: std::io::Error| Failure::Surroundings(format!("{} cannot be read: {error}", path.display()));
        let mut found = Vec::new();
        for entry in std::fs::read_dir(path).map_err(refused)? {
            let file = entry.map_err(refused)?.path();
            if file.extension().is_some_and(|ending| ending == "mcap") {
                found.push(file);
            }
        }
        found.sort();
        paths.extend(found);
    }
    Ok(paths)
}
