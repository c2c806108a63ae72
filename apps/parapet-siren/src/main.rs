//! The reference siren: obeys fresh signed commands only, and stops by itself.
//!
//! It is as small as a siren can be, so that whoever builds one of metal can read how it is meant: `run` carries octets
//! between the network and [`parapet_siren::Guard`], which judges; `sound` makes the noise.

#![forbid(unsafe_code)]

mod arguments;
mod broker;
mod files;
mod lines;
mod run;
mod sound;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};

/// A file, a key or an address cannot be used.
const EXIT_FAILED: u8 = 3;

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Keys(arguments) => files::keys(&arguments),
        Command::Patterns(arguments) => files::patterns(&arguments.out),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("parapet-siren: {what}");
            ExitCode::from(EXIT_FAILED)
        }
    }
}
