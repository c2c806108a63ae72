//! `parapet operator`.

use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use crate::exit::{Exit, Failure};
use crate::out::Out;

/// Octets that are read: more than the longest password, so that one that is too long is told so.
const PASSWORD_MAX: u64 = 2_048;

/// Help those who keep the site file with the people on duty
#[derive(Debug, Args)]
pub(crate) struct Operator {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read a password from the standard input and write its Argon2id hash, for `password_file` of an `[[operator]]`
    #[command(after_help = "Example (the password does not enter the shell's history):\n  \
        read -rs PASSWORD && printf %s \"$PASSWORD\" | parapet operator hash > keys/ann.argon2")]
    Hash,
    /// Make a key for a program that reads the page's interface (Prometheus, a feed reader): write its hash into a file, for `key_file`
    /// of an `[[operator]]`, and the key to the standard output
    ///
    /// The key is shown once and kept nowhere. The program sends it as `Authorization: Bearer`; it opens what a viewer may read and
    /// nothing else.
    #[command(after_help = "Example:\n  parapet operator key --out keys/prometheus.sha256")]
    Key {
        /// The file for the hash; it must not exist yet
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

impl Operator {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        match self.command {
            Command::Hash => hash(),
            Command::Key { out } => key(&out),
        }
    }
}

fn hash() -> Result<Exit, Failure> {
    let mut password = String::new();
    let read = std::io::stdin().take(PASSWORD_MAX).read_to_string(&mut password);
    read.map_err(|error| Failure::Failed(format!("no password could be read: {error}")))?;
    let hash = parapet_service::password_hash(password.trim_end_matches(['\r', '\n']));
    print(hash.map_err(Failure::Failed)?)
}

fn key(file: &Path) -> Result<Exit, Failure> {
    let (key, hash) = parapet_service::program_key().map_err(Failure::Failed)?;
    // One that is there belongs to a program that would be locked out.
    let made = OpenOptions::new().write(true).create_new(true).open(file);
    let written = made.and_then(|mut file| file.write_all(format!("{hash}\n").as_bytes()));
    written.map_err(|error| Failure::Failed(format!("{} cannot be made: {error}", file.display())))?;
    print(key)
}

fn print(line: String) -> Result<Exit, Failure> {
    let mut out = Out::new();
    out.line(line)?;
    out.done()?;
    Ok(Exit::Fine)
}
