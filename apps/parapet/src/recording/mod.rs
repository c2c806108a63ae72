//! `parapet recording`: whether a recording can be believed, what of it, and in other forms.

mod export;
mod repair;
mod verify;

use std::path::Path;

use clap::Subcommand;

use crate::exit::{Exit, Failure};

/// Verify, repair or export recordings
#[derive(Debug, Subcommand)]
pub(crate) enum Recordings {
    Verify(verify::Verify),
    Repair(repair::Repair),
    Export(export::Export),
}

impl Recordings {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        match self {
            Recordings::Verify(verify) => verify.run(),
            Recordings::Repair(repair) => repair.run(),
            Recordings::Export(export) => export.run(),
        }
    }
}

/// A file that did not exist before.
fn create(path: &Path) -> Result<std::fs::File, Failure> {
    std::fs::OpenOptions::new().write(true).create_new(true).open(path).map_err(|error| {
        Failure::Surroundings(format!("{} cannot be made: {error}; nothing is ever overwritten", path.display()))
    })
}

fn unwritten(path: &Path, error: impl core::fmt::Display) -> Failure {
    Failure::Surroundings(format!("{} cannot be written: {error}", path.display()))
}
