//! The laboratory: simulate a site, play it to the live program, score what came of it.
//!
//! Exit codes: 0 all well, 1 a zone that was hit was not warned (or a promise is broken), 2 wrong usage, 3 an input could not be read or a file not
//! written.

#![forbid(unsafe_code)]

mod arguments;
mod feed;
mod load;
mod output;
mod pcap;
mod run;
mod score;
mod simulate;
mod storm;
mod study;
mod warning;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};
use output::say;

/// An input could not be read, or a file not written.
const EXIT_FAILED: u8 = 3;

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Simulate(arguments) => simulate::simulate(&arguments).map(|()| ExitCode::SUCCESS),
        Command::Feed(arguments) => feed::feed(&arguments).map(|()| ExitCode::SUCCESS),
        Command::Score(arguments) => score::score(&arguments),
        Command::Yardstick(arguments) => yardstick(&arguments),
        Command::Robustness(arguments) => study::robustness(&arguments).map(|()| ExitCode::SUCCESS),
        Command::Load(arguments) => load::load(&arguments),
        Command::Salvo(arguments) => study::salvo(&arguments).map(|()| ExitCode::SUCCESS),
        Command::Registration(arguments) => study::registration(&arguments).map(|()| ExitCode::SUCCESS),
        Command::Calibration(arguments) => warning::calibration(&arguments).map(|()| ExitCode::SUCCESS),
        Command::Rules(arguments) => warning::rules(&arguments).map(|()| ExitCode::SUCCESS),
        Command::Lead(arguments) => warning::lead(&arguments).map(|()| ExitCode::SUCCESS),
        Command::Raid(arguments) => Ok(warning::raid(&arguments)),
        Command::Cost(arguments) => {
            warning::cost(&arguments);
            Ok(ExitCode::SUCCESS)
        }
        Command::Life(arguments) => Ok(warning::life(&arguments)),
        Command::Hours(arguments) => study::hours(&arguments),
        Command::Storm(arguments) => storm::storm(&arguments),
    };
    done.unwrap_or_else(|message| {
        eprintln!("parapet-lab: {message}");
        ExitCode::from(EXIT_FAILED)
    })
}

fn yardstick(a: &arguments::Yardstick) -> Result<ExitCode, String> {
    let s = parapet_study::yardstick::run(&a.meta, &a.detections, &a.out).map_err(|e| e.to_string())?;
    say(&format!(
        "{} scans, {} detections, {} lines; engine {:.3} s, worst scan {:.1} ms",
        s.scans,
        s.detections,
        s.lines,
        s.engine_time.as_secs_f64(),
        s.worst_scan.as_secs_f64() * 1e3
    ));
    Ok(ExitCode::SUCCESS)
}
