//! The command line.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;
use parapet_storm::{Canary, Family};

/// The laboratory: simulate a site, play it to the live program, score what came of it. Never linked into the live program.
#[derive(Debug, Parser)]
#[command(name = "parapet-lab", version, about, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  all well
  1  score: a zone that was hit was not warned; hours: somebody was warned; storm: a promise was broken
  2  wrong usage
  3  an input could not be read, or a file not written";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Turn a scenario into files: truth, plots, and ASTERIX as the radars would send it.
    #[command(after_help = "\
Example:
  parapet-lab simulate --scenario scenarios/green-zone-2020/scenario.toml --out out/simulated

Writes truth.jsonl, plots.jsonl, asterix.pcap (every line of every radar) and asterix.ast (every message once).
Every target report says that it is simulated.")]
    Simulate(Simulate),
    /// Play a scenario to the live program: real ASTERIX over real UDP, in real time, stamped with the present time of day.
    #[command(after_help = "\
Examples:
  parapet-lab feed --scenario scenarios/green-zone-2020/scenario.toml --truth out/truth.jsonl
  parapet-lab feed --scenario scenarios/single-mortar/scenario.toml --to radar-north=192.0.2.7:8600 --start-in 10s

Every target report says that it is simulated: a live site refuses it, an exercise takes it.")]
    Feed(Feed),
    /// Hold the live program's alarms against the truth, in a table per round.
    #[command(after_help = "\
Example:
  parapet-lab score --truth out/truth.jsonl --alarms out/alarms/alarms.jsonl --summary out/summary.json

Exit code 1 if a zone that was hit was not warned.")]
    Score(Score),
    /// Run the engine on one file of the tracking bench and write what it reports.
    #[command(after_help = "\
Example:
  parapet-lab yardstick --meta meta.json --in detections.jsonl --out tracks.jsonl")]
    Yardstick(Yardstick),
    /// Play rounds to the engine in a world that is not as it believes, one row of a matrix after the other.
    #[command(after_help = "\
Example:
  parapet-lab robustness --write studies/03-robustness

The same seed and number of rounds give the same tables, on any number of workers.")]
    Robustness(Robustness),
    /// Play a salvo with many seeds and count the rounds that have a track of their own.
    #[command(after_help = "\
Example:
  parapet-lab salvo --scenario scenarios/salvo-of-thirty/scenario.toml --write studies/05-salvo

A round is separate and complete when one track, shared with no other round, is within 200 m of it in 80 % of the scans in
which a radar could see it.")]
    Salvo(Salvo),
    /// Play two radars that are badly surveyed and timed, and find out what estimating that is worth.
    #[command(after_help = "\
Example:
  parapet-lab registration --seeds 16 --write studies/08-registration

Each run plays the same aircraft and rounds four times; the same seeds give the same tables, on any number of workers.")]
    Registration(Registration),
    /// Ask whether zones told 30 % are hit in three cases of ten, and whether times told with 90 % hold.
    #[command(after_help = "\
Example:
  parapet-lab calibration --write studies/11-calibration

Plays rounds of mixed classes to mixed radars under winds of which half of the sites have a report. Writes reliability.svg beside the tables.")]
    Calibration(Calibration),
    /// Compare rules of warning on one set of rounds over real warning polygons.
    #[command(after_help = "\
Example:
  parapet-lab rules --polygons ../shared/data/alerts/warning_zones_israel.geojson.gz --write studies/12-rules

Each round comes down somewhere in one of the polygons, each polygon as likely as another.")]
    Rules(Rules),
    /// Hold the time of warnings against the earliest possible, round by round of a scenario.
    #[command(after_help = "\
Example:
  parapet-lab lead --scenario scenarios/green-zone-2020/scenario.toml --scenario scenarios/single-mortar/scenario.toml --seeds 20

The ceiling is the time from a round's first plot, and 2.5 s on top, until its impact.")]
    Lead(Lead),
    /// Fire five hundred rounds within ten seconds at two hundred zones and count the zones hit unwarned.
    #[command(after_help = "\
Example:
  parapet-lab raid

Exit code 1 if a zone that was hit was not warned, or an alarm never ended.")]
    Raid(Raid),
    /// Measure what a scan costs with many zones against few, in one run, and how long a decision takes with 100 threats in the air.
    #[command(after_help = "\
Example:
  parapet-lab cost

Wall time; give it a machine that does nothing else, and read the ratio.")]
    Cost(Cost),
    /// Play every story of a small world to the life of an alarm, and hold what is told against what people are promised.
    #[command(after_help = "\
Example:
  parapet-lab life --depth 6

There are 13 things to choose from at each place of a story: depth 6 is 4.8 million stories. Exit code 1 if a promise breaks.")]
    Life(Life),
    /// Play hours of recorded air traffic to the engine, of which nobody may be warned.
    #[command(after_help = "\
Example:
  parapet-lab hours --data ../shared/data/adsb --write studies/09-adsb-hours

Each recording is played twice: as plots of a simulated radar alone, and with each report as CAT021 octets.
Exit code 1 if anybody was warned.")]
    Hours(Hours),
    /// Play more plots than any site has to the live program, as real ASTERIX over real UDP, and watch what becomes of it.
    #[command(after_help = "\
Example:
  cargo build --release -p parapet -p parapet-lab
  target/release/parapet-lab load --program target/release/parapet --out out/load --seconds 120

Writes a site for it, starts the program, sends by the clock, asks its /metrics and the operating system once a second, and stops it.
Exit code 1 if a plot was lost on the way.")]
    Load(Load),
    /// Play whole sites with everything going wrong, one story for each seed, and hold what comes of it against what is promised.
    #[command(after_help = "\
Examples:
  parapet-lab storm --seeds 1-500                       play five hundred stories
  parapet-lab storm --seeds 1-2000 --audit              ... and fail if a kind of fault or of event was never met
  parapet-lab storm --seed 17 --explain                 one story as a timeline
  parapet-lab storm --seeds 1-200 --family network --family clocks
  parapet-lab storm --canary ends-are-dropped           play until that planted bug is caught
  parapet-lab storm --canaries                          ... each of them; a table
  parapet-lab storm --small                             one sensor, two rounds, one zone, one siren: every placement of up to two faults
  parapet-lab storm --seeds 1-5000 --audit --canaries --small --write studies/18-storm

A seed that breaks a promise is printed with its options, and shrunk to the smallest story that still does.
Exit code 1 if a promise was broken, a planted bug was not caught, or the audit found something missing.")]
    Storm(Storm),
}

#[derive(Debug, Args)]
pub(crate) struct Storm {
    /// Seeds from and to, such as 1-500.
    #[arg(long, value_name = "A-B", value_parser = seeds, conflicts_with = "seed")]
    pub(crate) seeds: Option<RangeInclusive<u64>>,
    /// One seed.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Tell the story of the seed as a timeline.
    #[arg(long, requires = "seed")]
    pub(crate) explain: bool,
    /// How many stories are played at a time [default: as many as there are cores]
    #[arg(long)]
    pub(crate) workers: Option<usize>,
    /// Only faults of this family; may be given several times: sensors, clocks, network, adversary, disk, broker, sirens, load, people,
    /// exercise.
    #[arg(long, value_name = "NAME", value_parser = family)]
    pub(crate) family: Vec<Family>,
    /// Plant a bug. Without seeds: play until its checker catches it, at most 2000 stories.
    #[arg(long, value_name = "NAME", value_parser = canary)]
    pub(crate) canary: Option<Canary>,
    /// Play until each planted bug is caught.
    #[arg(long, conflicts_with = "canary")]
    pub(crate) canaries: bool,
    /// Fail if the seeds together never met a kind of fault, of event, of output, or of refusal that they should.
    #[arg(long)]
    pub(crate) audit: bool,
    /// Play every placement of up to two faults in the small world.
    #[arg(long)]
    pub(crate) small: bool,
    /// The study to which the runs of seeds are added, and whose other tables are written anew.
    #[arg(long, value_name = "DIR")]
    pub(crate) write: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Load {
    /// The live program.
    #[arg(long, value_name = "FILE")]
    pub(crate) program: PathBuf,
    /// The folder for its site, alarms and recording, and for the figures; it is made where it is missing.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// How long.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(5..=86_400))]
    pub(crate) seconds: u64,
    /// Simulated sensors, each on a line of its own.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=128))]
    pub(crate) sensors: u16,
    /// Plots a second, of all sensors together.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(100..=200_000))]
    pub(crate) rate: u32,
    /// Things that fly, each seen by as many sensors as the plots suffice for [default: so many that all sensors see all]
    #[arg(long, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    pub(crate) things: Option<u32>,
    /// First UDP port; each sensor takes the next.
    #[arg(long, default_value_t = 18_600)]
    pub(crate) port: u16,
    /// The study whose table is rewritten.
    #[arg(long, value_name = "DIR")]
    pub(crate) write: Option<PathBuf>,
}

/// Which scenario, with which draws.
#[derive(Debug, Args)]
pub(crate) struct Chosen {
    /// The scenario file.
    #[arg(long, value_name = "FILE")]
    pub(crate) scenario: PathBuf,
    /// Seed of every draw [default: the scenario's]
    #[arg(long)]
    pub(crate) seed: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct Simulate {
    #[command(flatten)]
    pub(crate) chosen: Chosen,
    /// The folder to write into; it is made where it is missing.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// The instant of second 0, RFC 3339.
    #[arg(long, value_name = "INSTANT", default_value = "2020-01-01T12:00:00Z")]
    pub(crate) start: Timestamp,
}

#[derive(Debug, Args)]
pub(crate) struct Feed {
    #[command(flatten)]
    pub(crate) chosen: Chosen,
    /// Send a radar's messages here in place of where the scenario says; may be given several times.
    #[arg(long = "to", value_name = "RADAR=HOST:PORT", value_parser = destination)]
    pub(crate) to: Vec<(String, SocketAddr)>,
    /// How much faster than real time. Time stamps keep the scenario's pace, so a live program believes only 1.
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    pub(crate) speed: f64,
    /// Write the truth here before playing begins.
    #[arg(long, value_name = "FILE")]
    pub(crate) truth: Option<PathBuf>,
    /// How long to wait before second 0, such as 3s or 500ms.
    #[arg(long, default_value = "3s", value_name = "TIME", value_parser = duration)]
    pub(crate) start_in: Duration,
}

#[derive(Debug, Args)]
pub(crate) struct Score {
    /// The truth that `simulate` or `feed` wrote.
    #[arg(long, value_name = "FILE")]
    pub(crate) truth: PathBuf,
    /// The alarms that the live program wrote.
    #[arg(long, value_name = "FILE")]
    pub(crate) alarms: PathBuf,
    /// Tracks and predictions, as `parapet track` writes them: tracks.jsonl, threats.jsonl; may be given several times.
    /// Without them, tracks and predictions are as the alarms quote them.
    #[arg(long, value_name = "FILE")]
    pub(crate) tracks: Vec<PathBuf>,
    /// Write the table as JSON here too.
    #[arg(long, value_name = "FILE")]
    pub(crate) summary: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Yardstick {
    /// The bench's description of the file.
    #[arg(long)]
    pub(crate) meta: PathBuf,
    /// The detections.
    #[arg(long = "in", value_name = "DETECTIONS")]
    pub(crate) detections: PathBuf,
    /// Where the tracks go.
    #[arg(long)]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Robustness {
    /// Rounds in each row.
    #[arg(long, default_value_t = 240)]
    pub(crate) rounds: usize,
    /// Seed of every draw.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Only rows whose name contains this; then nothing is written.
    #[arg(long, value_name = "TEXT")]
    pub(crate) only: Option<String>,
    /// How many rounds are played at a time [default: as many as there are cores]
    #[arg(long)]
    pub(crate) workers: Option<usize>,
    /// Write every round and every look at it here, as comma-separated values.
    #[arg(long, value_name = "FILE")]
    pub(crate) every: Option<PathBuf>,
    /// The study whose tables are rewritten, with their numbers in its summary.csv.
    #[arg(long, value_name = "DIR")]
    pub(crate) write: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Salvo {
    /// The scenario file.
    #[arg(long, value_name = "FILE")]
    pub(crate) scenario: PathBuf,
    /// Seeds 1 to this.
    #[arg(long, default_value_t = 20)]
    pub(crate) seeds: usize,
    /// How many are played at a time [default: as many as there are cores]
    #[arg(long)]
    pub(crate) workers: Option<usize>,
    /// The study whose table is rewritten.
    #[arg(long, value_name = "DIR")]
    pub(crate) write: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Calibration {
    /// Rounds to play.
    #[arg(long, default_value_t = 2_400)]
    pub(crate) rounds: usize,
    /// Seed of every draw.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// How many rounds are played at a time [default: as many as there are cores]
    #[arg(long)]
    pub(crate) workers: Option<usize>,
    /// The study whose tables and diagram are rewritten.
    #[arg(long, value_name = "DIR")]
    pub(crate) write: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Rules {
    /// The polygons: GeoJSON, compressed by gzip.
    #[arg(long, value_name = "FILE")]
    pub(crate) polygons: PathBuf,
    /// Rounds to play.
    #[arg(long, default_value_t = 600)]
    pub(crate) rounds: usize,
    /// Seed of every draw.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// How many rounds are played at a time [default: as many as there are cores]
    #[arg(long)]
    pub(crate) workers: Option<usize>,
    /// The study whose tables are rewritten.
    #[arg(long, value_name = "DIR")]
    pub(crate) write: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Lead {
    /// A scenario file; may be given several times.
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) scenario: Vec<PathBuf>,
    /// Seeds 1 to this.
    #[arg(long, default_value_t = 20)]
    pub(crate) seeds: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Raid {
    /// Rounds.
    #[arg(long, default_value_t = 500)]
    pub(crate) rounds: usize,
    /// Zones.
    #[arg(long, default_value_t = 200)]
    pub(crate) zones: usize,
    /// Seed of every draw.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Cost {
    /// Objects in the air, one in ten of them a drone.
    #[arg(long, default_value_t = 120)]
    pub(crate) objects: u32,
    /// Few zones.
    #[arg(long, default_value_t = 12)]
    pub(crate) few: usize,
    /// Many zones.
    #[arg(long, default_value_t = 1_449)]
    pub(crate) many: usize,
}

#[derive(Debug, Args)]
pub(crate) struct Life {
    /// Things that happen in each story, 1 to 8.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=8))]
    pub(crate) depth: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Hours {
    /// The folder of the recordings.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// By which the radar errs.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// How many are played at a time [default: as many as there are cores]
    #[arg(long)]
    pub(crate) workers: Option<usize>,
    /// The study whose table is rewritten.
    #[arg(long, value_name = "DIR")]
    pub(crate) write: Option<PathBuf>,
    /// For one recording, such as paris_quickstart: second by second, what was held of each track that was believed a round, and
    /// what flew there.
    #[arg(long, value_name = "NAME", conflicts_with = "write")]
    pub(crate) stories: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Registration {
    /// Seeds 1 to this.
    #[arg(long, default_value_t = 16)]
    pub(crate) seeds: usize,
    /// How many are played at a time [default: as many as there are cores]
    #[arg(long)]
    pub(crate) workers: Option<usize>,
    /// The study whose tables are rewritten.
    #[arg(long, value_name = "DIR")]
    pub(crate) write: Option<PathBuf>,
}

fn seeds(text: &str) -> Result<RangeInclusive<u64>, String> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let number =
        |text: &str| text.trim().parse::<u64>().map_err(|_| format!("\"{text}\": write two numbers, such as 1-500"));
    let seeds = number(from)?..=number(to)?;
    if seeds.is_empty() || seeds.end() - seeds.start() >= 10_000_000 {
        return Err("write the smaller number first, and no more than ten million seeds".to_owned());
    }
    Ok(seeds)
}

fn family(text: &str) -> Result<Family, String> {
    let found = Family::ALL.into_iter().find(|family| family.word() == text);
    found.ok_or_else(|| format!("use one of {}", Family::ALL.map(Family::word).join(", ")))
}

fn canary(text: &str) -> Result<Canary, String> {
    let words = || Canary::ALL.iter().map(|canary| canary.word()).collect::<Vec<_>>().join(", ");
    Canary::of_word(text).ok_or_else(|| format!("use one of {}", words()))
}

fn destination(text: &str) -> Result<(String, SocketAddr), String> {
    let (radar, address) = text.split_once('=').ok_or("write RADAR=HOST:PORT, such as radar-north=127.0.0.1:8600")?;
    let mut found = std::net::ToSocketAddrs::to_socket_addrs(address).map_err(|e| format!("\"{address}\": {e}"))?;
    let address = found.next().ok_or_else(|| format!("\"{address}\" has no address"))?;
    Ok((radar.to_owned(), address))
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| "write a number, such as 1 or 10")?;
    if (0.01..=10_000.0).contains(&speed) { Ok(speed) } else { Err("use a number from 0.01 to 10000".to_owned()) }
}

fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit_s) = match (text.strip_suffix("ms"), text.strip_suffix('s')) {
        (Some(number), _) => (number, 1e-3),
        (None, Some(number)) => (number, 1.0),
        (None, None) => return Err("write a number and its unit, such as 3s or 500ms".to_owned()),
    };
    let number: f64 = number.parse().map_err(|_| format!("\"{number}\" is not a number"))?;
    if (0.0..=86_400.0).contains(&(number * unit_s)) {
        Ok(Duration::from_secs_f64(number * unit_s))
    } else {
        Err("use a time from 0s to 86400s".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
        assert_eq!(duration("3s").unwrap(), Duration::from_secs(3));
        assert_eq!(duration("250ms").unwrap(), Duration::from_millis(250));
        assert!(duration("3").is_err() && duration("-1s").is_err() && duration("nans").is_err());
        assert_eq!(destination("a=127.0.0.1:9").unwrap().0, "a");
        assert!(destination("127.0.0.1:9").is_err() && destination("a=9").is_err());
        assert_eq!(seeds("1-500"), Ok(1..=500));
        assert!(seeds("9-1").is_err() && seeds("a").is_err() && family("weather").is_err() && canary("none").is_err());
        assert!(speed("0").is_err() && speed("nan").is_err() && speed("10").is_ok());
    }
}
