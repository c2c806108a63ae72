//! The repository's own programs: where they are and how they are built.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::job;
use crate::trouble::Trouble;

/// How a program was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Build {
    /// With assertions and without much optimisation.
    Debug,
    /// As it is used.
    Release,
}

/// The folder of the repository.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// The cargo that started us, or the one on the path.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Builds the live program and the laboratory.
pub(crate) fn build(build: Build) -> Result<(), Trouble> {
    let mut command = cargo();
    command.args(["build", "--locked"]);
    match build {
        // As the tests build it, so that nothing is built twice with other features.
        Build::Debug => command.arg("--workspace"),
        Build::Release => command.args(["--release", "--package", "parapet", "--package", "parapet-lab"]),
    };
    job::run(&mut command)
}

/// A built program, as a command.
pub(crate) fn program(name: &str, build: Build) -> Command {
    let folder = match build {
        Build::Debug => "debug",
        Build::Release => "release",
    };
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    Command::new(target.join(folder).join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}

/// Holds our reading of ASTERIX against that of others, and prints the table.
pub(crate) fn agree() -> Result<(), Trouble> {
    let tests = ["test", "--locked", "--package", "parapet-asterix", "--test", "second_opinions"];
    job::run(cargo().args(tests).args(["--", "--nocapture", "--test-threads", "1"]))
}

/// Measures what has a benchmark.
pub(crate) fn bench() -> Result<(), Trouble> {
    job::run(cargo().args(["bench", "--locked", "--package", "parapet-asterix", "--bench", "decode"]))
}
