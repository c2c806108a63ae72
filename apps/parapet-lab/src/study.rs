//! `parapet-lab robustness` and `parapet-lab salvo`: studies that play rounds to the engine by the hundred.

use std::io::Write;
use std::process::ExitCode;

use parapet_study::robustness::{self, Row};
use parapet_study::{hours, registration, runs, salvo, tables};
use parapet_world::Scenario;

use crate::arguments::{Hours, Registration, Robustness, Salvo};
use crate::output::say;
use crate::run::write_file;

pub(crate) fn robustness(a: &Robustness) -> Result<(), String> {
    let wanted = |row: &Row| a.only.as_ref().is_none_or(|text| row.name().contains(text.as_str()));
    let rows: Vec<Row> = Row::ALL.into_iter().filter(wanted).collect();
    let matrix = robustness::play(&rows, a.rounds, a.seed, a.workers.unwrap_or_else(runs::workers))?;
    let text = robustness::markdown(&matrix);
    say(&text);
    if let Some(every) = &a.every {
        write_file(every, |file| file.write_all(robustness::rounds_csv(&matrix).as_bytes()))?;
    }
    let (Some(study), None) = (&a.write, &a.only) else { return Ok(()) };
    write_file(&study.join("summary.csv"), |file| file.write_all(robustness::summary_csv(&matrix).as_bytes()))?;
    tables::rewrite(&study.join("README.md"), &text)
}

pub(crate) fn salvo(a: &Salvo) -> Result<(), String> {
    let scenario = Scenario::read(&a.scenario).map_err(|problem| format!("{:?}", miette::Report::new(problem)))?;
    let workers = a.workers.unwrap_or_else(runs::workers);
    let mut scenes = Vec::new();
    for scenario in [scenario.clone(), salvo::seen_half_as_often(&scenario)] {
        scenes.push((scenario.name.clone(), salvo::play_all(&scenario, a.seeds, workers)?));
    }
    let text = salvo::markdown(&scenes);
    say(&text);
    a.write.as_ref().map_or(Ok(()), |study| tables::rewrite(&study.join("README.md"), &text))
}

pub(crate) fn hours(a: &Hours) -> Result<ExitCode, String> {
    if let Some(name) = &a.stories {
        say(&hours::stories(&a.data.join(format!("{name}.csv.gz")), hours::Heard::Plots, a.seed)?);
        return Ok(ExitCode::SUCCESS);
    }
    let played = hours::play_all(&a.data, a.seed, a.workers.unwrap_or_else(runs::workers))?;
    let text = hours::markdown(&played);
    say(&text);
    if let Some(study) = &a.write {
        tables::rewrite(&study.join("README.md"), &text)?;
    }
    let warned: u64 = played.iter().flatten().map(|outcome| outcome.alarms).sum();
    Ok(if warned == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

pub(crate) fn registration(a: &Registration) -> Result<(), String> {
    let text = registration::markdown(&registration::play(a.seeds, a.workers.unwrap_or_else(runs::workers))?);
    say(&text);
    a.write.as_ref().map_or(Ok(()), |study| tables::rewrite(&study.join("README.md"), &text))
}
