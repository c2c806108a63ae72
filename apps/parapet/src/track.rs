//! `parapet track`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;
use parapet_asterix::{cat034, cat048};
use parapet_capture::{Capture, Datagram};
use parapet_engine::Output;
use parapet_frame::{HeardAt, NANOS_PER_SECOND, Time};
use parapet_service::{Atlas, Chain, Clock, CountsLine, Sources, sources};
use parapet_site::Site;

use crate::exit::{Exit, Failure};
use crate::files;
use crate::lines::{Narrator, Shelf};
use crate::out::{Out, write_json};

/// Lines (distinct destinations) that recorded files may hold.
const LINES_MAX: u16 = 64;
/// Time that passes after the last datagram, so that every alarm comes to its end, seconds.
const AFTERMATH_S: f64 = 600.0;
const DAY_S: f64 = 86_400.0;

/// Run the engine over recorded files as fast as it can
///
/// Writes tracks, threats, alarms and refusals as JSON Lines, to standard output with a `kind` in each, or to the files
/// `tracks.jsonl`, `threats.jsonl`, `alarms.jsonl` and `events.jsonl` in the folder of `--out`.
///
/// Files are taken one after another. Every destination address in them counts as a line of its own; which links and senders the
/// configuration allows does not matter here. Datagrams of pcap files are heard when they were captured. Raw files keep no such
/// times: there a datagram is heard at the latest time of day that was reported up to then, on the date given.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  parapet track --config site.toml radar.pcap > lines.jsonl\n  \
    parapet track --config site.toml --date 2026-11-22 --out out --stats radar.ast")]
pub(crate) struct Track {
    /// The site configuration
    #[arg(long, value_name = "SITE")]
    config: PathBuf,
    /// Recorded files: pcap, pcapng or raw ASTERIX
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Write files into this folder instead of standard output
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The UTC date on which a raw file begins
    #[arg(long, value_name = "YYYY-MM-DD", default_value = "1970-01-01")]
    date: Date,
    /// Say how fast it was
    #[arg(long)]
    stats: bool,
}

impl Track {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let site = open_to_all(files::site(&self.config)?);
        // Files hold ASTERIX only, whatever the lines of the site speak.
        let sources = Sources { sapient_links: Vec::new(), squitters: Vec::new(), ..sources(&site) };
        let chain = Chain::new(site.config.clone(), sources);
        let narrator = Narrator::new(Atlas::new(site.frame, site.config.clone()));
        let sink = Sink::new(self.out.as_deref())?;
        let clock = DayClock::new(midnight(self.date)?);
        let mut tracking =
            Tracking { chain, narrator, sink, clock, lines: BTreeMap::new(), at: None, outputs: vec![], refused: 0 };
        let watch = Clock::new();
        let begun = watch.now();
        for path in &self.files {
            tracking.file(path)?;
        }
        tracking.aftermath()?;
        let took_s = watch.now().seconds_since(begun);
        self.report(&tracking, took_s);
        tracking.sink.done()?;
        Ok(Exit::Fine)
    }

    fn report(&self, tracking: &Tracking, took_s: f64) {
        let counts = tracking.chain.counts();
        complain(CountsLine(counts));
        if tracking.refused > 0 {
            complain(format_args!("{} packets held no datagram", tracking.refused));
        }
        if self.stats {
            let rate_hz = counts.heard as f64 / took_s.max(1e-9);
            complain(format_args!("{} plots in {took_s:.3} s on one core: {rate_hz:.0} plots/s", counts.heard));
        }
    }
}

/// A recorded file was heard already: its lines and senders are not for us to refuse.
fn open_to_all(mut site: Site) -> Site {
    for source in &mut site.sources {
        source.links.clear();
        source.senders.clear();
    }
    site
}

fn midnight(date: Date) -> Result<Time, Failure> {
    let midnight = date.in_tz("UTC").map(|zoned| zoned.timestamp().as_nanosecond());
    let nanos = midnight.ok().and_then(|nanos| i64::try_from(nanos).ok());
    nanos
        .map(Time::from_nanos)
        .ok_or_else(|| Failure::Configuration(format!("the date {date} is out of range; write one from 1678 to 2261")))
}

struct Tracking {
    chain: Chain,
    narrator: Narrator,
    sink: Sink,
    clock: DayClock,
    lines: BTreeMap<Option<SocketAddr>, u16>,
    /// The latest step.
    at: Option<Time>,
    outputs: Vec<Output>,
    refused: u64,
}

impl Tracking {
    fn file(&mut self, path: &Path) -> Result<(), Failure> {
        let bytes = files::read(path)?;
        let capture = Capture::open(&bytes).map_err(|error| Failure::Failed(format!("{}: {error}", path.display())))?;
        for packet in capture {
            match packet {
                Ok(datagram) => self.datagram(&datagram)?,
                Err(refusal) => {
                    self.refused += 1;
                    if refusal.why.is_fatal() {
                        complain(format_args!("{}: {refusal}", path.display()));
                    }
                }
            }
        }
        Ok(())
    }

    fn datagram(&mut self, datagram: &Datagram<'_>) -> Result<(), Failure> {
        let heard_at = match datagram.time_ns {
            Some(nanos) => Time::from_nanos(nanos),
            None => self.clock.heard(datagram.payload),
        };
        let at = self.at.map_or(heard_at, |at| at.max(heard_at));
        self.at = Some(at);
        let line = self.line(datagram.destination);
        let sender = datagram.source.map(|source| source.ip());
        self.chain.datagram(at, HeardAt(heard_at), line, sender, datagram.payload, &mut self.outputs);
        self.write()
    }

    /// The line of a destination; beyond the bound all share the last.
    fn line(&mut self, destination: Option<SocketAddr>) -> u16 {
        let next = u16::try_from(self.lines.len()).unwrap_or(u16::MAX).min(LINES_MAX - 1);
        if self.lines.len() < usize::from(LINES_MAX) {
            *self.lines.entry(destination).or_insert(next)
        } else {
            self.lines.get(&destination).copied().unwrap_or(next)
        }
    }

    fn aftermath(&mut self) -> Result<(), Failure> {
        if let Some(at) = self.at {
            self.chain.tick(at.plus_seconds(AFTERMATH_S), &mut self.outputs);
        }
        self.write()
    }

    fn write(&mut self) -> Result<(), Failure> {
        for output in self.outputs.drain(..) {
            self.sink.put(&self.narrator.line(&output))?;
        }
        Ok(())
    }
}

/// When a datagram without a time of capture was heard: the running maximum of the time of day.
struct DayClock {
    midnight: Time,
    of_day_s: f64,
}

impl DayClock {
    fn new(midnight: Time) -> Self {
        DayClock { midnight, of_day_s: 0.0 }
    }

    fn heard(&mut self, payload: &[u8]) -> Time {
        for of_day_s in times_of_day(payload) {
            // Half a day back is no late plot but the next day.
            if of_day_s < self.of_day_s - DAY_S / 2.0 {
                self.midnight = self.midnight.plus_nanos(DAY_S as i64 * NANOS_PER_SECOND);
                self.of_day_s = of_day_s;
            } else if of_day_s < self.of_day_s + DAY_S / 2.0 || self.of_day_s == 0.0 {
                self.of_day_s = self.of_day_s.max(of_day_s);
            }
        }
        self.midnight.plus_seconds(self.of_day_s)
    }
}

fn times_of_day(payload: &[u8]) -> impl Iterator<Item = f64> {
    parapet_asterix::records(payload).filter_map(|record| {
        let record = record.ok()?;
        let plot = cat048::TargetReport::from_record(&record).and_then(|report| report.time_of_day);
        let time =
            plot.or_else(|| cat034::ServiceMessage::from_record(&record).and_then(|message| message.time_of_day));
        time.map(|time| time.seconds())
    })
}

/// Where lines go.
enum Sink {
    Standard(Out),
    Folder(BTreeMap<Shelf, BufWriter<File>>),
}

impl Sink {
    fn new(folder: Option<&Path>) -> Result<Self, Failure> {
        let Some(folder) = folder else { return Ok(Sink::Standard(Out::new())) };
        let failed = |path: &Path, error: &io::Error| {
            Failure::Surroundings(format!(
                "{} cannot be written: {error}; choose another folder with `--out DIR`",
                path.display()
            ))
        };
        std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
        let mut files = BTreeMap::new();
        for (shelf, name) in [
            (Shelf::Tracks, "tracks.jsonl"),
            (Shelf::Threats, "threats.jsonl"),
            (Shelf::Alarms, "alarms.jsonl"),
            (Shelf::Events, "events.jsonl"),
        ] {
            let path = folder.join(name);
            let file = File::create(&path).map_err(|error| failed(&path, &error))?;
            files.insert(shelf, BufWriter::new(file));
        }
        Ok(Sink::Folder(files))
    }

    fn put(&mut self, line: &crate::lines::Line) -> Result<(), Failure> {
        match self {
            Sink::Standard(out) => out.json(line),
            Sink::Folder(files) => files.get_mut(&line.shelf()).map_or(Ok(()), |file| write_json(file, line)),
        }
    }

    fn done(self) -> Result<(), Failure> {
        match self {
            Sink::Standard(out) => out.done(),
            Sink::Folder(mut files) => Ok(files.values_mut().try_for_each(|file| file.flush())?),
        }
    }
}

/// Whoever does not listen to this still gets the output.
fn complain(what: impl core::fmt::Display) {
    let _ = writeln!(io::stderr(), "parapet: {what}");
}
