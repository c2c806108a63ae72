//! `parapet`: the live program and the operator's tools.
//!
//! Exit codes: 0 fine; 1 the thing asked for failed (a replay that differs, bytes that could not be decoded); 2 bad usage or
//! configuration; 3 the surroundings refuse (a port in use, a folder that cannot be written, a file that cannot be read).

#![forbid(unsafe_code)]

mod check;
mod coverage;
mod decode;
mod deliveries;
mod drill;
mod exit;
mod files;
mod judge;
mod lines;
mod operator;
mod out;
mod recording;
mod replay;
mod report;
mod rerun;
mod serve;
mod track;
mod view;
mod why;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::exit::{Exit, Failure};

/// The version that the page, the recording and `--version` show.
const VERSION: &str = env!("CARGO_PKG_VERSION");

const CODES: &str = "Exit codes:\n  0  fine\n  1  the thing asked for failed\n  2  bad usage or configuration\n  \
    3  the surroundings refuse: a port in use, a folder that cannot be written";

/// Rocket, artillery and mortar warning: radar plots in, the people under them warned.
#[derive(Debug, Parser)]
#[command(version, after_help = CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Check(check::Check),
    Coverage(coverage::ShowCoverage),
    Decode(decode::Decode),
    Drill(drill::Drill),
    Judge(judge::Judge),
    Track(track::Track),
    Replay(replay::Replay),
    View(view::View),
    Why(why::Why),
    Report(report::Report),
    Operator(operator::Operator),
    #[command(subcommand)]
    Recording(recording::Recordings),
}

fn main() -> ExitCode {
    // Usage errors leave with code 2, as clap does by itself.
    let outcome = match Arguments::parse().command {
        Command::Serve(serve) => serve.run(),
        Command::Check(check) => check.run(),
        Command::Coverage(coverage) => coverage.run(),
        Command::Decode(decode) => decode.run(),
        Command::Drill(drill) => drill.run(),
        Command::Judge(judge) => judge.run(),
        Command::Track(track) => track.run(),
        Command::Replay(replay) => replay.run(),
        Command::View(view) => view.run(),
        Command::Why(why) => why.run(),
        Command::Report(report) => report.run(),
        Command::Operator(operator) => operator.run(),
        Command::Recording(recording) => recording.run(),
    };
    outcome.map_or_else(Failure::tell, Exit::code)
}
