//! Fuzzing, where `cargo fuzz` is installed. The corpora run as plain tests everywhere.

use crate::arguments::Arguments;
use crate::job;
use crate::programs::cargo;
use crate::say::say;
use crate::trouble::Trouble;

/// The fuzz targets, as they are in `fuzz/Cargo.toml`.
const TARGETS: [&str; 3] = ["asterix", "sapient", "site_config"];
/// How long a target runs where nothing is said.
const SECONDS: u64 = 60;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    targets: Vec<String>,
    seconds: u64,
}

impl Options {
    pub(crate) fn from(mut arguments: Arguments) -> Result<Self, Trouble> {
        let seconds = arguments.parsed("--seconds", "a whole number of seconds, like 60")?.unwrap_or(SECONDS);
        let targets = match arguments.word() {
            Some(target) if TARGETS.contains(&target.as_str()) => vec![target],
            Some(other) => {
                return Err(Trouble::Usage(format!(
                    "there is no fuzz target `{other}`; there are {}",
                    TARGETS.join(" and ")
                )));
            }
            None => TARGETS.map(str::to_owned).to_vec(),
        };
        arguments.end()?;
        Ok(Options { targets, seconds })
    }
}

/// Fuzzes; fails where a target does.
pub(crate) fn run(options: &Options) -> Result<(), Trouble> {
    if job::first_line("cargo", &["fuzz", "--version"]).is_none() {
        return Err(Trouble::Missing(
            "`cargo fuzz` is not installed: run `cargo install cargo-fuzz --locked`".to_owned(),
        ));
    }
    for target in &options.targets {
        say(&format!("fuzzing {target} for {} s", options.seconds));
        let limit = format!("-max_total_time={}", options.seconds);
        // Without a sanitizer stable Rust will do. The parsers have no unsafe code; panics are found without one, and faster.
        job::run(cargo().args(["fuzz", "run", "--sanitizer", "none", target, "--", &limit]))?;
    }
    Ok(())
}
