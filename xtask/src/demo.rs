//! The demonstration: the laboratory plays a simulated attack to the live program, as real radar bytes over real sockets.
//!
//! Two programs, because a false target must never be one flag away from a live siren.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::arguments::Arguments;
use crate::job::{self, Job};
use crate::live::{self, Live};
use crate::page;
use crate::programs::{self, Build, program};
use crate::say::say;
use crate::scene::{self, Ports};
use crate::story::Story;
use crate::trouble::Trouble;

/// How long the alarms of an attack may go on after it before the table is made all the same.
const QUIET_WITHIN: Duration = Duration::from_secs(90);
/// What the live program has said is in its recording after this.
const SYNCED_WITHIN: Duration = Duration::from_secs(2);
/// The pause between two attacks.
const BETWEEN: Duration = Duration::from_secs(10);

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) once: bool,
    pub(crate) headless: bool,
    pub(crate) open: bool,
    pub(crate) summary: Option<PathBuf>,
    pub(crate) http: SocketAddr,
    pub(crate) out: Option<PathBuf>,
    pub(crate) scenario: PathBuf,
    pub(crate) ports: Ports,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            once: false,
            headless: false,
            open: false,
            summary: None,
            http: SocketAddr::from(([127, 0, 0, 1], 8080)),
            out: None,
            scenario: "scenarios/green-zone-2020".into(),
            ports: Ports::OfTheScenario,
        }
    }
}

impl Options {
    pub(crate) fn from(mut arguments: Arguments) -> Result<Self, Trouble> {
        let default = Options::default();
        let options = Options {
            once: arguments.flag("--once"),
            headless: arguments.flag("--headless"),
            open: arguments.flag("--open"),
            summary: arguments.path("--summary")?,
            http: arguments.parsed("--http", "an address and a port, like 127.0.0.1:8080")?.unwrap_or(default.http),
            out: arguments.path("--out")?,
            scenario: arguments.path("--scenario")?.unwrap_or(default.scenario),
            ports: default.ports,
        };
        arguments.end()?;
        Ok(options)
    }
}

/// How a demonstration that was played once went.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Whether every zone that was hit had been warned.
    pub(crate) warned: Result<(), Trouble>,
    /// How what ran beside it ended.
    pub(crate) beside: Result<(), Trouble>,
    /// The recording of the live program, where it ended well.
    pub(crate) recording: Result<PathBuf, Trouble>,
}

/// Prepares everything and plays.
pub(crate) fn run(options: &Options) -> Result<(), Trouble> {
    let options = &Options { http: address(options.http)?, ..options.clone() };
    say(&format!("page      http://{}/  (answers as soon as everything is built)", options.http));
    prepare(options)?;
    let outcome = play(options, None)?;
    say("");
    let recording = outcome.recording?;
    say(&format!("any alarm is explained by: target/release/parapet why {}", recording.display()));
    say(&format!("the attack is reported by: target/release/parapet report {}", recording.display()));
    if job::is_interrupted() {
        // Without --once that is the ordinary end.
        return if options.once { Err(Trouble::Interrupted) } else { outcome.warned };
    }
    say(&format!("replaying {}", recording.display()));
    let verified = verify(&recording, Build::Release);
    outcome.warned.and(verified)
}

/// The address for the page; says so when it is another than asked for.
pub(crate) fn address(asked: SocketAddr) -> Result<SocketAddr, Trouble> {
    let found = live::free_address(asked)?;
    if found.port() != asked.port() && asked.port() != 0 {
        say(&format!("port {} is in use; the page takes {}", asked.port(), found.port()));
    }
    Ok(found)
}

/// Builds the page, where that is possible, and both programs.
fn prepare(options: &Options) -> Result<(), Trouble> {
    say("building the page");
    if let Err(trouble) = page::build() {
        job::go_on()?;
        let is_built = Path::new(page::FOLDER).join("dist/index.html").is_file();
        let remark = match is_built {
            true => "the page is that of an earlier build",
            false => "the page shows a plain message instead of the map; everything else works",
        };
        say(&if options.headless { format!("no page: {trouble}") } else { format!("no page: {trouble}; {remark}") });
    }
    say("building the programs, which takes some minutes the first time");
    programs::build(Build::Release)
}

/// Plays the attack, once or until Ctrl-C. The programs have been built and the address is free.
///
/// What runs beside it is started when the live program answers and is to end by itself.
pub(crate) fn play(options: &Options, beside: Option<&mut Command>) -> Result<Outcome, Trouble> {
    let out = folder(options.out.as_deref())?;
    let scenario = scene::folder(&options.scenario, &out, options.ports)?;
    let options = &Options { scenario, ..options.clone() };
    let mut live = Live::start(&options.scenario.join("site.toml"), options.http, &out)?;
    say(&format!("ready     http://{}/  outputs in {}", options.http, out.display()));
    if options.open {
        open(options.http);
    }
    let beside = beside.map(Job::start).transpose()?;
    let mut warned = attack(options, &mut live, &out, 1);
    if !options.once {
        warned = repeat(options, &mut live, &out, warned);
    }
    let beside = beside.map_or(Ok(()), |job| {
        let status = job.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(Trouble::Failed(format!("what ran beside the attack failed ({status})")))
        }
    });
    say("");
    let recording = live.stop();
    if matches!(warned, Err(Trouble::Interrupted | Trouble::Missing(_) | Trouble::Usage(_))) {
        warned.clone()?;
    }
    Ok(Outcome { warned, beside, recording })
}

/// Attacks again and again; Ctrl-C is the ordinary end.
fn repeat(options: &Options, live: &mut Live, out: &Path, first: Result<(), Trouble>) -> Result<(), Trouble> {
    let mut latest = first;
    for number in 2.. {
        if let Err(trouble @ (Trouble::Missing(_) | Trouble::Usage(_))) = latest {
            return Err(trouble);
        }
        if !job::is_interrupted() {
            say(&format!("the next attack begins in {} s; Ctrl-C ends", BETWEEN.as_secs()));
        }
        if job::pause(BETWEEN).is_err() {
            return if latest == Err(Trouble::Interrupted) { Ok(()) } else { latest };
        }
        latest = attack(options, live, out, number);
    }
    latest
}

/// One attack, from the first radar message to the table.
fn attack(options: &Options, live: &mut Live, out: &Path, number: u32) -> Result<(), Trouble> {
    let file = |name: &str, ending: &str| out.join(format!("{name}-{number}.{ending}"));
    let (truth, log, alarms) = (file("truth", "jsonl"), file("feed", "log"), file("alarms", "jsonl"));
    say("");
    say(&format!("attack {number}: simulated radars speak to the live program"));
    let mut story = Story::new(&truth, &live.alarms());
    let mut feed = program("parapet-lab", Build::Release);
    feed.arg("feed").arg("--scenario").arg(options.scenario.join("scenario.toml")).arg("--truth").arg(&truth);
    let mut feed = Job::start_logged(&mut feed, &log)?;
    let status = loop {
        live.is_running()?;
        story.tell();
        if let Some(status) = feed.ended() {
            break status;
        }
        job::pause(Duration::from_millis(100))?;
    };
    if !status.success() {
        return Err(Trouble::Missing(format!(
            "the simulated site ended with {status}; it said:\n{}",
            live::tail(&log)
        )));
    }
    let end = Instant::now() + QUIET_WITHIN;
    while !story.is_quiet() && Instant::now() < end {
        live.is_running()?;
        job::pause(Duration::from_millis(100))?;
        story.tell();
    }
    std::fs::write(&alarms, story.alarm_lines()).map_err(|error| Trouble::unusable(&alarms, &error))?;
    let outputs = file("outputs", "jsonl");
    write_outputs(&live.recording()?, &outputs)?;
    score(options, &truth, &alarms, &outputs)
}

/// What the engine has said so far, from the recording that is still being written: the predictions that no alarm quotes.
fn write_outputs(recording: &Path, outputs: &Path) -> Result<(), Trouble> {
    job::pause(SYNCED_WITHIN)?;
    let file = File::create(outputs).map_err(|error| Trouble::unusable(outputs, &error))?;
    // It says that the recording ends early, which is so.
    Job::start(program("parapet", Build::Release).arg("replay").arg(recording).stdout(file).stderr(Stdio::null()))?
        .wait()?;
    Ok(())
}

/// The table of rounds; an error where a zone was hit that had not been warned.
fn score(options: &Options, truth: &Path, alarms: &Path, outputs: &Path) -> Result<(), Trouble> {
    say("");
    let mut command = program("parapet-lab", Build::Release);
    command.arg("score").arg("--truth").arg(truth).arg("--alarms").arg(alarms).arg("--tracks").arg(outputs);
    if let Some(summary) = &options.summary {
        if let Some(folder) = summary.parent() {
            std::fs::create_dir_all(folder).map_err(|error| Trouble::unusable(folder, &error))?;
        }
        command.arg("--summary").arg(summary);
    }
    let status = Job::start(&mut command)?.wait()?;
    match status.code() {
        Some(0) => Ok(()),
        Some(1) => Err(Trouble::Failed("a zone was hit and had not been warned".to_owned())),
        _ => Err(Trouble::Missing(format!("the attack cannot be scored ({status})"))),
    }
}

/// Runs the engine again on a recording and compares every byte.
pub(crate) fn verify(recording: &Path, build: Build) -> Result<(), Trouble> {
    job::run(program("parapet", build).arg("replay").arg(recording).arg("--verify"))
}

/// A new folder for the outputs.
fn folder(asked: Option<&Path>) -> Result<PathBuf, Trouble> {
    let folder = asked.map_or_else(|| Path::new("out/demo").join(stamp(SystemTime::now())), Path::to_owned);
    std::fs::create_dir_all(&folder).map_err(|error| Trouble::unusable(&folder, &error))?;
    let mut entries = std::fs::read_dir(&folder).map_err(|error| Trouble::unusable(&folder, &error))?;
    if entries.next().is_some() {
        return Err(Trouble::Usage(format!("{} is not empty; name a new folder with --out", folder.display())));
    }
    Ok(folder)
}

/// A time as the name of a folder, UTC: `2026-11-22T16-13-49Z`.
fn stamp(at: SystemTime) -> String {
    let seconds = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    // Howard Hinnant's `civil_from_days`: years begin in March, eras have 400 years.
    let days = seconds / 86_400 + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year_of_era = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day_of_month:02}T{hour:02}-{minute:02}-{second:02}Z")
}

/// Shows the page to whoever sits here. Nobody may; that is no trouble.
fn open(http: SocketAddr) {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    if Command::new(opener).arg(format!("http://{http}/")).status().is_err() {
        say(&format!("no browser could be opened ({opener} is missing)"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_named_after_the_time() {
        let name = |seconds| stamp(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(name(0), "1970-01-01T00-00-00Z");
        assert_eq!(name(951_782_399), "2000-02-28T23-59-59Z");
        assert_eq!(name(951_782_400), "2000-02-29T00-00-00Z");
        assert_eq!(name(1_605_609_000), "2020-11-17T10-30-00Z");
    }
}
