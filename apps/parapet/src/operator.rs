//! `parapet operator`.

use std::io::Read as _;

use clap::{Args, Subcommand};

use crate::exit::{Exit, Failure};
use crate::out::Out;

/// Longest password, octets.
const PASSWORD_MAX: u64 = 1_024;

/// Help those who keep the site file with the people on duty
#[derive(Debug, Args)]
pub(crate) struct Operator {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read a password from the standard input and write its hash, for `password_file` of an `[[operator]]`
    #[command(after_help = "Example (the password does not enter the shell's history):\n  \
        read -rs PASSWORD && printf %s \"$PASSWORD\" | parapet operator hash > keys/ann.argon2")]
    Hash,
}

impl Operator {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let Command::Hash = self.command;
        let mut password = String::new();
        let read = std::io::stdin().take(PASSWORD_MAX).read_to_string(&mut password);
        read.map_err(|error| Failure::Failed(format!("no password could be read: {error}")))?;
        let hash = parapet_service::password_hash(password.trim_end_matches(['\r', '\n']));
        let mut out = Out::new();
        out.line(hash.map_err(Failure::Failed)?)?;
        out.done()?;
        Ok(Exit::Fine)
    }
}
