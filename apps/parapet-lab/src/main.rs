//! The laboratory: simulate a site, play it to the live program, score what came of it.
//!
//! Exit codes: 0 all well, 1 a zone that was hit was not warned, 2 wrong usage, 3 an input could not be read or a file not
//! written.

#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The laboratory: simulate a site, play it to the live program, score what came of it. Never linked into the live program.
#[derive(Debug, Parser)]
#[command(name = "parapet-lab", version, about, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  all well
  1  score: a zone that was hit was not warned
  2  wrong usage
  3  an input could not be read, or a file not written";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the engine on one file of the tracking bench and write what it reports.
    #[command(after_help = "Example:\n  parapet-lab yardstick --meta meta.json --in detections.jsonl --out tracks.jsonl")]
    Yardstick {
        /// The bench's description of the file.
        #[arg(long)]
        meta: PathBuf,
        /// The detections.
        #[arg(long = "in", value_name = "DETECTIONS")]
        detections: PathBuf,
        /// Where the tracks go.
        #[arg(long)]
        out: PathBuf,
    },
}

/// An input could not be read, or a file not written.
const EXIT_FAILED: u8 = 3;

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Yardstick { meta, detections, out } => yardstick(&meta, &detections, &out),
    };
    done.unwrap_or_else(|message| {
        eprintln!("parapet-lab: {message}");
        ExitCode::from(EXIT_FAILED)
    })
}

fn yardstick(meta: &std::path::Path, detections: &std::path::Path, out: &std::path::Path) -> Result<ExitCode, String> {
    let s = parapet_study::yardstick::run(meta, detections, out).map_err(|e| e.to_string())?;
    eprintln!(
        "{} scans, {} detections, {} lines; engine {:.3} s, worst scan {:.1} ms",
        s.scans,
        s.detections,
        s.lines,
        s.engine_time.as_secs_f64(),
        s.worst_scan.as_secs_f64() * 1e3
    );
    Ok(ExitCode::SUCCESS)
}
