//! Counts what the fuzz targets have executed: many workers a target, every run a line of a table that is kept.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::job::{self, Job};
use crate::programs::{cargo, root};
use crate::say::say;
use crate::trouble::Trouble;

/// What is asked of every parser.
const WANTED: u64 = 100_000_000;
/// Inputs no longer than this, octets: more than a datagram needs, and short inputs are what makes a fuzzer quick.
const INPUT_BYTES_MAX: usize = 4_096;
/// The lines between which the study's table stands.
const MARKS: [&str; 2] = ["<!-- tables: begin -->\n", "<!-- tables: end -->"];

/// What one run of a target came to.
#[derive(Clone, Debug, PartialEq)]
struct Run {
    target: String,
    executions: u64,
    /// Seconds, of all workers together.
    worker_seconds: f64,
    findings: u64,
}

/// Fuzzes each target for so long, or up to so many executions, with so many workers, and adds what came of it to a study.
pub(crate) fn run(
    targets: &[String],
    seconds: u64,
    runs: Option<u64>,
    workers: usize,
    study: &Path,
) -> Result<(), Trouble> {
    for target in targets {
        job::run(cargo().args(["fuzz", "build", "--sanitizer", "none", target]))?;
        say(&format!("fuzzing {target} with {workers} workers for {seconds} s"));
        let run = fuzz(target, seconds, runs, workers)?;
        say(&format!("{target}: {} executions, {} findings", run.executions, run.findings));
        keep(study, &run)?;
    }
    Ok(())
}

/// The counts that are kept beside the study's table.
fn counts(study: &Path) -> PathBuf {
    study.join("runs.csv")
}

fn fuzz(target: &str, seconds: u64, runs: Option<u64>, workers: usize) -> Result<Run, Trouble> {
    let program = program(target)?;
    let begun = Instant::now();
    let mut jobs = Vec::new();
    for worker in 0..workers {
        let scratch = root().join("fuzz/target/scratch").join(target).join(worker.to_string());
        let artifacts = root().join("fuzz/artifacts").join(target);
        for folder in [&scratch, &artifacts] {
            std::fs::create_dir_all(folder).map_err(|error| Trouble::unusable(folder, &error))?;
        }
        let share = runs.map_or(-1, |runs| i64::try_from(runs.div_ceil(workers as u64)).unwrap_or(i64::MAX));
        let mut command = Command::new(&program);
        // What is found goes to the scratch folder, so that the corpus stays what was chosen for it.
        command.arg(&scratch).arg(root().join("fuzz/corpus").join(target));
        command.arg(format!("-max_total_time={seconds}")).arg(format!("-runs={share}"));
        command.arg(format!("-max_len={INPUT_BYTES_MAX}")).arg(format!("-seed={}", worker + 1));
        command.args(["-print_final_stats=1", "-verbosity=0", "-reload=0"]);
        command.arg(format!("-artifact_prefix={}/", artifacts.display()));
        let log = root().join("fuzz/target/scratch").join(format!("{target}-{worker}.log"));
        jobs.push((Job::start_logged(command.stdin(Stdio::null()), &log)?, log));
    }
    let mut run = Run { target: target.to_owned(), executions: 0, worker_seconds: 0.0, findings: 0 };
    for (job, log) in jobs {
        let status = job.wait()?;
        let said = std::fs::read_to_string(&log).map_err(|error| Trouble::unusable(&log, &error))?;
        run.executions += executed(&said);
        run.findings += u64::from(!status.success());
    }
    run.worker_seconds = begun.elapsed().as_secs_f64() * workers as f64;
    Ok(run)
}

/// Where `cargo fuzz` puts its programs: below a folder named after the machine.
fn program(target: &str) -> Result<PathBuf, Trouble> {
    let folder = root().join("fuzz/target");
    let entries = std::fs::read_dir(&folder).map_err(|error| Trouble::unusable(&folder, &error))?;
    let places = entries.filter_map(Result::ok).map(|entry| entry.path().join("release").join(target));
    let found = places.filter(|place| place.is_file()).min();
    found.ok_or_else(|| Trouble::Missing(format!("`cargo fuzz build` made no program for {target}")))
}

/// The executions that libFuzzer says at its end.
fn executed(said: &str) -> u64 {
    let lines = said.lines().filter_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    lines.filter_map(|rest| rest.trim().parse::<u64>().ok()).sum()
}

/// Adds a run to the kept counts, and writes the study's table anew.
fn keep(study: &Path, run: &Run) -> Result<(), Trouble> {
    let path = counts(study);
    let before =
        std::fs::read_to_string(&path).unwrap_or_else(|_| "target,executions,worker_seconds,findings\n".to_owned());
    let line = format!("{},{},{:.0},{}\n", run.target, run.executions, run.worker_seconds, run.findings);
    let all = before + &line;
    std::fs::write(&path, &all).map_err(|error| Trouble::unusable(&path, &error))?;
    let readme = study.join("README.md");
    let text = std::fs::read_to_string(&readme).map_err(|error| Trouble::unusable(&readme, &error))?;
    let written = with_table(&text, &table(&all)).ok_or_else(|| {
        Trouble::Failed(format!(
            "{} has no lines `{}` and `{}` to write between",
            readme.display(),
            MARKS[0].trim(),
            MARKS[1]
        ))
    })?;
    std::fs::write(&readme, written).map_err(|error| Trouble::unusable(&readme, &error))
}

fn with_table(text: &str, table: &str) -> Option<String> {
    let begin = text.find(MARKS[0])? + MARKS[0].len();
    let end = text.find(MARKS[1])?;
    Some(format!("{}{table}{}", text.get(..begin)?, text.get(end..)?))
}

/// The sums of each target, in the order in which they were first run.
fn table(csv: &str) -> String {
    let mut sums: Vec<Run> = Vec::new();
    for run in csv.lines().skip(1).filter_map(read) {
        match sums.iter_mut().find(|sum| sum.target == run.target) {
            Some(sum) => {
                sum.executions += run.executions;
                sum.worker_seconds += run.worker_seconds;
                sum.findings += run.findings;
            }
            None => sums.push(run),
        }
    }
    let mut text = String::from(
        "| target | executions | of 10^8 | worker-hours | a second and worker | findings |\n|---|---|---|---|---|---|\n",
    );
    for Run { target, executions, worker_seconds, findings } in &sums {
        let (share, hours) = (100.0 * *executions as f64 / WANTED as f64, worker_seconds / 3_600.0);
        let rate = *executions as f64 / worker_seconds.max(1.0);
        let _ = writeln!(text, "| {target} | {executions} | {share:.1} % | {hours:.3} | {rate:.0} | {findings} |");
    }
    text
}

fn read(line: &str) -> Option<Run> {
    let cells: Vec<&str> = line.split(',').collect();
    let [target, executions, worker_seconds, findings] = cells.as_slice() else { return None };
    Some(Run {
        target: (*target).to_owned(),
        executions: executions.parse().ok()?,
        worker_seconds: worker_seconds.parse().ok()?,
        findings: findings.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_libfuzzer_says_is_counted() {
        let said =
            "Done 5 runs in 2 second(s)\nstat::number_of_executed_units: 1234567\nstat::average_exec_per_sec:     9\n";
        assert_eq!(executed(said), 1_234_567);
        assert_eq!(executed("==1== ERROR: libFuzzer: deadly signal"), 0);
    }

    #[test]
    fn runs_add_up_in_the_table() {
        let csv = "target,executions,worker_seconds,findings\nb,50000000,3600,0\na,7,1,1\nb,50000000,3600,0\n";
        let table = table(csv);
        assert!(table.contains("| b | 100000000 | 100.0 % | 2.000 | 13889 | 0 |"), "{table}");
        assert!(table.contains("| a | 7 | 0.0 % | 0.000 | 7 | 1 |"), "{table}");
        let text = format!("before\n{}old\n{}\nafter\n", MARKS[0], MARKS[1]);
        let written = with_table(&text, "new\n").unwrap();
        assert_eq!(written, format!("before\n{}new\n{}\nafter\n", MARKS[0], MARKS[1]));
        assert_eq!(with_table("no marks", "new"), None);
    }
}
