//! Fuzzing, where `cargo fuzz` is installed. The corpora run as plain tests everywhere.

use std::path::PathBuf;

use crate::arguments::Arguments;
use crate::job;
use crate::programs::cargo;
use crate::say::say;
use crate::tally;
use crate::trouble::Trouble;

/// The fuzz targets, as they are in `fuzz/Cargo.toml`.
const TARGETS: [&str; 22] = [
    "asterix",
    "asterix_001",
    "asterix_002",
    "asterix_015",
    "asterix_016",
    "asterix_021",
    "asterix_034",
    "asterix_048",
    "asterix_062",
    "asterix_065",
    "asterix_129",
    "asterix_intake",
    "capture",
    "cot",
    "lines",
    "recording",
    "report",
    "sapient",
    "siren",
    "site_config",
    "squitter",
    "terrain",
];
/// How long a target runs where nothing is said.
const SECONDS: u64 = 60;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    targets: Vec<String>,
    seconds: u64,
    /// Executions after which a target ends even if there is time left.
    runs: Option<u64>,
    /// Programs that fuzz a target side by side; only where a study is written.
    workers: usize,
    /// The study to which the executions are added.
    write: Option<PathBuf>,
}

impl Options {
    pub(crate) fn from(mut arguments: Arguments) -> Result<Self, Trouble> {
        let seconds = arguments.parsed("--seconds", "a whole number of seconds, like 60")?.unwrap_or(SECONDS);
        let runs = arguments.parsed("--runs", "a whole number of executions, like 100000000")?;
        let workers = arguments.parsed("--workers", "a whole number of programs, like 2")?;
        let workers = workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1);
        let write = arguments.path("--write")?;
        let targets = match arguments.word() {
            Some(target) if TARGETS.contains(&target.as_str()) => vec![target],
            Some(other) => {
                return Err(Trouble::Usage(format!(
                    "there is no fuzz target `{other}`; there are {}",
                    TARGETS.join(", ")
                )));
            }
            None => TARGETS.map(str::to_owned).to_vec(),
        };
        arguments.end()?;
        Ok(Options { targets, seconds, runs, workers, write })
    }
}

/// Fuzzes; fails where a target does.
pub(crate) fn run(options: &Options) -> Result<(), Trouble> {
    if job::first_line("cargo", &["fuzz", "--version"]).is_none() {
        return Err(Trouble::Missing(
            "`cargo fuzz` is not installed: run `cargo install cargo-fuzz --locked`".to_owned(),
        ));
    }
    if let Some(study) = &options.write {
        return tally::run(&options.targets, options.seconds, options.runs, options.workers, study);
    }
    for target in &options.targets {
        let most = options.runs.map_or_else(String::new, |runs| format!(" or {runs} executions"));
        say(&format!("fuzzing {target} for {} s{most}", options.seconds));
        let limit = format!("-max_total_time={}", options.seconds);
        // -1 is no limit. What was executed stands at the end.
        let runs = format!("-runs={}", options.runs.map_or(-1, |runs| i64::try_from(runs).unwrap_or(i64::MAX)));
        // Without a sanitizer stable Rust will do. The parsers have no unsafe code; panics are found without one, and
        // faster.
        job::run(cargo().args([
            "fuzz",
            "run",
            "--sanitizer",
            "none",
            target,
            "--",
            &limit,
            &runs,
            "-print_final_stats=1",
        ]))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_of_the_manifest_is_known() {
        let manifest =
            std::fs::read_to_string(crate::programs::root().join("fuzz/Cargo.toml")).expect("fuzz/Cargo.toml");
        let named =
            manifest.lines().filter_map(|line| line.strip_prefix("path = \"fuzz_targets/")?.strip_suffix(".rs\""));
        let mut named: Vec<&str> = named.collect();
        named.sort_unstable();
        assert_eq!(named, TARGETS);
    }
}
