//! `parapet replay`.

use std::collections::VecDeque;
use std::path::PathBuf;

use clap::Args;
use parapet_engine::Output;
use parapet_frame::Time;
use parapet_recording::{Closed, Encoded, Entry, Recording, encode_output};
use parapet_service::rerun::{Ending, Go, run};
use parapet_service::{Chain, rfc3339};

use crate::exit::{Exit, Failure};
use crate::files;
use crate::lines::Narrator;
use crate::out::Out;
use crate::rerun::{self, Again};

/// Run the engine again on what a recording heard
///
/// Prints what the engine says as JSON Lines. With `--verify` it compares instead: every output must be the same, byte for
/// byte, and so must the engine's final state. Ends with code 1 at the first difference, which is printed; a recording that
/// ends early (the program was killed) is compared as far as it goes, and that is said.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  parapet replay out/recordings/2026-11-22T16-13-49Z.mcap --verify\n  \
    parapet replay recording.mcap | grep '\"kind\":\"alarm\"'")]
pub(crate) struct Replay {
    /// The recording: the folder of a run, or one file
    recording: PathBuf,
    /// Compare with what was recorded
    #[arg(long)]
    verify: bool,
}

impl Replay {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let volume = files::recording(&self.recording)?;
        let recording = rerun::open(&self.recording, &volume)?;
        let again = Again::new(&self.recording, recording.header())?;
        let mut out = Out::new();
        let exit = if self.verify { verify(&recording, again, &mut out)? } else { print(&recording, again, &mut out)? };
        out.done()?;
        Ok(exit)
    }
}

fn print(recording: &Recording<'_>, again: Again, out: &mut Out) -> Result<Exit, Failure> {
    let Again { atlas, mut chain } = again;
    let mut narrator = Narrator::new(atlas);
    let ending = run(recording.header().started_at, recording.entries(), &mut chain, |_, turn| {
        turn.outputs.iter().try_for_each(|output| out.json(&narrator.line(output))).map(|()| Go::On)
    })?;
    match ending {
        Ending::Closed | Ending::Enough => Ok(Exit::Fine),
        Ending::Early(why) => Err(Failure::Failed(why)),
    }
}

fn verify(recording: &Recording<'_>, again: Again, out: &mut Out) -> Result<Exit, Failure> {
    let header = recording.header();
    out.line(format_args!("recorded by {} {} from {}", header.program, header.version, rfc3339(header.started_at)))?;
    if recording.lacks_its_beginning() {
        let what = "its first segments are not here, so that nobody knows the tracks of then; run it without --verify";
        return Err(Failure::Failed(format!("the recording cannot be compared: {what}")));
    }
    let mut check = Verification::new(again.chain, header.started_at);
    for entry in recording.entries() {
        let verdict = match entry {
            Ok(entry) => check.entry(entry),
            Err(error) if error.is_cut() => Verdict::Early(rerun::early(&error)),
            Err(error) => Verdict::Unverifiable(rerun::early(&error)),
        };
        match verdict {
            Verdict::Same => {}
            Verdict::Note(note) => out.line(note)?,
            Verdict::Differs(difference) => {
                out.line(&check)?;
                out.line(format_args!("DIFFERENT: {difference}"))?;
                return Ok(Exit::Failed);
            }
            Verdict::Early(why) => {
                out.line(&check)?;
                out.line(format_args!("identical up to {}, where it ends early: {why}", rfc3339(check.at)))?;
                return Ok(Exit::Fine);
            }
            Verdict::Unverifiable(why) => {
                out.line(&check)?;
                out.line(format_args!("identical up to {}; {why}", rfc3339(check.at)))?;
                return Ok(Exit::Failed);
            }
        }
    }
    out.line(&check)?;
    out.line("identical, byte for byte")?;
    Ok(Exit::Fine)
}

/// What one entry tells.
enum Verdict {
    Same,
    Note(String),
    Differs(String),
    Early(String),
    Unverifiable(String),
}

/// Runs the chain beside the recording.
struct Verification {
    chain: Chain,
    at: Time,
    /// What the chain said and the recording has not confirmed yet.
    said: VecDeque<Encoded>,
    inputs: u64,
    outputs: u64,
}

impl Verification {
    fn new(chain: Chain, at: Time) -> Self {
        Verification { chain, at, said: VecDeque::new(), inputs: 0, outputs: 0 }
    }

    fn entry(&mut self, entry: Entry) -> Verdict {
        match entry {
            Entry::Input(input) => {
                if let Some(extra) = self.said.pop_front() {
                    return Verdict::Differs(format!("the engine says what was not recorded: {}", shown(&extra)));
                }
                self.at = input.at;
                self.inputs += 1;
                let mut outputs = Vec::new();
                rerun::take(&mut self.chain, &input, &mut outputs);
                self.says(&outputs);
                Verdict::Same
            }
            Entry::Command(at, command) => {
                if let Some(extra) = self.said.pop_front() {
                    return Verdict::Differs(format!("the engine says what was not recorded: {}", shown(&extra)));
                }
                self.at = self.at.max(at);
                let mut outputs = Vec::new();
                self.chain.command(at, command, &mut outputs);
                self.says(&outputs);
                Verdict::Same
            }
            Entry::Output(at, recorded) => self.compare(at, &recorded),
            Entry::Delivery(..) | Entry::State(..) => Verdict::Same,
            Entry::Resumed(at, resumed) => {
                self.at = self.at.max(at);
                let mut outputs = Vec::new();
                self.chain.resume(at, resumed.state, &mut outputs);
                self.says(&outputs);
                Verdict::Note(format!(
                    "resumed at {}: what stood at the end of the run {}",
                    rfc3339(at),
                    resumed.origin.run
                ))
            }
            Entry::Closed(closed) => self.close(&closed),
            Entry::Note(note) => Verdict::Note(format!("note at {}: {}", rfc3339(note.at), note.text)),
            Entry::Gap(gap) => Verdict::Unverifiable(rerun::gap_words(gap.lost, gap.at)),
        }
    }

    fn compare(&mut self, at: Time, recorded: &Encoded) -> Verdict {
        self.outputs += 1;
        self.at = self.at.max(at);
        // What the engine said of its own accord was said when time had come that far.
        if self.said.is_empty() {
            self.pass_time(at);
        }
        match self.said.pop_front() {
            Some(said) if said == *recorded => Verdict::Same,
            Some(said) => Verdict::Differs(format!(
                "output {} at {}\n  recorded {}\n  now      {}",
                self.outputs,
                rfc3339(at),
                shown(recorded),
                shown(&said)
            )),
            None => Verdict::Differs(format!("the engine does not say what was recorded: {}", shown(recorded))),
        }
    }

    fn close(&mut self, closed: &Closed) -> Verdict {
        self.at = self.at.max(closed.at);
        self.pass_time(closed.at);
        if let Some(extra) = self.said.pop_front() {
            return Verdict::Differs(format!("the engine says what was not recorded: {}", shown(&extra)));
        }
        let digest = self.chain.digest();
        if digest == closed.digest {
            return Verdict::Same;
        }
        Verdict::Differs(format!("the final state: recorded digest {}, now {digest}", closed.digest))
    }

    fn pass_time(&mut self, at: Time) {
        let mut outputs = Vec::new();
        self.chain.tick(at, &mut outputs);
        self.says(&outputs);
    }

    fn says(&mut self, outputs: &[Output]) {
        self.said.extend(outputs.iter().map(encode_output));
    }
}

impl core::fmt::Display for Verification {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "compared {} outputs after {} datagrams", self.outputs, self.inputs)
    }
}

fn shown(encoded: &Encoded) -> String {
    format!("{} {}", encoded.topic, String::from_utf8_lossy(&encoded.json))
}
