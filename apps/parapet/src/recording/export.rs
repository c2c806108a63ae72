//! `parapet recording export`.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use parapet_recording::{Entry, Recorder, Recording};
use parapet_service::rfc3339;
use serde_json::{Value, json};

use super::{create, unwritten};
use crate::exit::{Exit, Failure};
use crate::files;
use crate::out::Out;
use crate::rerun;

/// Write a recording as one MCAP file, or as JSON Lines
///
/// A name that ends with `.mcap` becomes one MCAP file for other people's viewers; it is not sealed. Everything else, and `-` for
/// the standard output, becomes JSON Lines: one message in a line, with its topic and its time. What is damaged is not exported: a
/// recording that ends early is exported as far as it goes, and the program ends with code 1 and says where.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  parapet recording export out/recordings/2026-11-22T16-13-49Z.mcap --to incident.mcap\n  \
    parapet recording export 2026-11-22T16-13-49Z.mcap --to - --topic /output/alarm\n  \
    parapet recording export 2026-11-22T16-13-49Z.mcap --to incident.jsonl"
)]
pub(crate) struct Export {
    /// The recording: the folder of a run, or one file
    recording: PathBuf,
    /// The new file, which must not exist; `-` for the standard output
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Only topics that begin so, for example /output/alarm; JSON Lines only
    #[arg(long, value_name = "TOPIC")]
    topic: Option<String>,
}

impl Export {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let volume = files::recording(&self.recording)?;
        let recording = rerun::open(&self.recording, &volume)?;
        if self.to.extension().is_some_and(|end| end == "mcap") {
            if self.topic.is_some() {
                let what = "--topic is for JSON Lines; an MCAP file without its inputs could not be run again";
                return Err(Failure::Configuration(what.to_owned()));
            }
            return self.container(&recording);
        }
        self.lines(&recording)
    }

    fn container(&self, recording: &Recording<'_>) -> Result<Exit, Failure> {
        let failed = |error| unwritten(&self.to, error);
        let mut recorder = Recorder::start(create(&self.to)?, recording.header()).map_err(failed)?;
        let mut problem = None;
        for entry in recording.entries() {
            match entry {
                Ok(entry) => recorder.entry(&entry).map_err(failed)?,
                Err(error) => problem = Some(error),
            }
        }
        let file = recorder.finish().map_err(failed)?;
        file.sync_all().map_err(|error| unwritten(&self.to, error))?;
        ended(problem.as_ref())
    }

    fn lines(&self, recording: &Recording<'_>) -> Result<Exit, Failure> {
        let mut out = Out::new();
        let to_out = self.to.as_os_str() == "-";
        let mut file = if to_out { None } else { Some(std::io::BufWriter::new(create(&self.to)?)) };
        let mut problem = None;
        for entry in recording.entries() {
            let (topic, line) = match entry {
                Ok(entry) => line(entry),
                Err(error) => {
                    problem = Some(error);
                    continue;
                }
            };
            if self.topic.as_ref().is_some_and(|wanted| !topic.starts_with(wanted.as_str())) {
                continue;
            }
            match &mut file {
                Some(file) => writeln!(file, "{line}").map_err(|error| unwritten(&self.to, error))?,
                None => out.line(line)?,
            }
        }
        if let Some(mut file) = file {
            file.flush().map_err(|error| unwritten(&self.to, error))?;
        }
        out.done()?;
        ended(problem.as_ref())
    }
}

fn ended(problem: Option<&parapet_recording::RecordingError>) -> Result<Exit, Failure> {
    problem
        .map_or(Ok(Exit::Fine), |error| Err(Failure::Failed(format!("exported up to there: {}", rerun::early(error)))))
}

/// A message as one line, and its topic.
fn line(entry: Entry) -> (String, Value) {
    let at = entry.at();
    let plain = |topic: &str, data: Value| (topic.to_owned(), data);
    let data = |value: Result<Value, serde_json::Error>| value.unwrap_or_default();
    let (topic, data) = match entry {
        Entry::Input(input) => {
            let hex: String = input.bytes.iter().map(|octet| format!("{octet:02x}")).collect();
            let sender = input.sender.map(|sender| sender.to_string());
            let data =
                json!({"heard_at": rfc3339(input.heard_at.0), "link": input.link, "sender": sender, "octets": hex});
            (format!("/input/{}", input.link), data)
        }
        Entry::Output(_, encoded) => (encoded.topic, data(serde_json::from_slice(&encoded.json))),
        Entry::Note(note) => plain("/control/note", json!({"text": note.text})),
        Entry::Gap(gap) => plain("/control/gap", json!({"lost": gap.lost})),
        Entry::Closed(closed) => plain("/control/closed", json!({"digest": closed.digest})),
        Entry::Command(_, command) => plain("/control/command", data(serde_json::to_value(command))),
        Entry::Delivery(_, delivery) => plain("/control/delivery", delivery),
        Entry::Resumed(_, resumed) => plain("/control/resumed", data(serde_json::to_value(resumed))),
        Entry::State(_, state) => plain("/state/engine", data(serde_json::to_value(state))),
    };
    (topic.clone(), json!({"at": rfc3339(at), "at_ns": at.nanos(), "topic": topic, "data": data}))
}
