//! Runs the chain of a recording again.

use std::path::Path;

use parapet_engine::Output;
use parapet_frame::Time;
use parapet_recording::{Entry, Header, Input, Recording, RecordingError};
use parapet_service::{Atlas, Chain, SiteNote, Sources};

use crate::exit::Failure;

/// What a recording says of the site, understood.
pub(crate) struct Again {
    pub(crate) atlas: Atlas,
    pub(crate) site: SiteNote,
    pub(crate) chain: Chain,
}

impl Again {
    /// The chain of a recording, at rest.
    pub(crate) fn new(path: &Path, header: &Header) -> Result<Self, Failure> {
        let wrong = |what: &str, error: String| {
            let Header { program, version, .. } = header;
            Failure::Failed(format!(
                "{}: the {what} in the header cannot be used: {error}; it was written by {program} {version}",
                path.display()
            ))
        };
        let site: SiteNote =
            serde_json::from_value(header.site.clone()).map_err(|error| wrong("site", error.to_string()))?;
        let sources: Sources =
            serde_json::from_value(header.intake.clone()).map_err(|error| wrong("intake", error.to_string()))?;
        let atlas =
            Atlas::at(site.origin, header.config.clone()).map_err(|error| wrong("origin", error.to_string()))?;
        Ok(Again { atlas, site, chain: Chain::new(header.config.clone(), sources) })
    }
}

/// Opens a recording.
pub(crate) fn open<'a>(path: &Path, bytes: &'a [u8]) -> Result<Recording<'a>, Failure> {
    Recording::open(bytes).map_err(|error| Failure::Failed(format!("{}: {error}", path.display())))
}

/// How a run came to its end.
pub(crate) enum Ending {
    /// The recording was closed in order.
    Closed,
    /// It ends early, is damaged or has a gap; what came before was run.
    Early(String),
}

/// One step of the run.
pub(crate) struct Step<'a> {
    /// The datagram; `None` for an order of people on duty, and for the passing of time at the end.
    pub(crate) input: Option<&'a Input>,
    pub(crate) outputs: &'a [Output],
}

/// Runs all inputs of a recording through a chain, and lets time pass up to its end.
pub(crate) fn run(
    recording: &Recording<'_>,
    chain: &mut Chain,
    mut visit: impl FnMut(&Chain, Step<'_>) -> Result<(), Failure>,
) -> Result<Ending, Failure> {
    let mut last = recording.header().started_at;
    let mut outputs = Vec::new();
    let mut ending = Ending::Closed;
    for entry in recording.entries() {
        match entry {
            Ok(Entry::Input(input)) => {
                last = last.max(input.at);
                take(chain, &input, &mut outputs);
                visit(chain, Step { input: Some(&input), outputs: &outputs })?;
                outputs.clear();
            }
            Ok(Entry::Command(at, command)) => {
                last = last.max(at);
                chain.command(at, command, &mut outputs);
                visit(chain, Step { input: None, outputs: &outputs })?;
                outputs.clear();
            }
            Ok(Entry::Output(at, _)) => last = last.max(at),
            Ok(Entry::Closed(closed)) => last = last.max(closed.at),
            Ok(Entry::Note(_) | Entry::Delivery(..)) => {}
            Ok(Entry::Gap(gap)) => {
                ending = Ending::Early(gap_words(gap.lost, gap.at));
                break;
            }
            Err(error) => {
                ending = Ending::Early(early(&error));
                break;
            }
        }
    }
    chain.tick(last, &mut outputs);
    visit(chain, Step { input: None, outputs: &outputs })?;
    Ok(ending)
}

/// One datagram of a recording.
pub(crate) fn take(chain: &mut Chain, input: &Input, outputs: &mut Vec<Output>) {
    chain.datagram(input.at, input.heard_at, input.link, input.sender, &input.bytes, outputs);
}

pub(crate) fn gap_words(lost: u64, at: Time) -> String {
    let at = parapet_service::rfc3339(at);
    format!(
        "{lost} messages before {at} were not recorded because the disk was too slow; what follows cannot be run again"
    )
}

pub(crate) fn early(error: &RecordingError) -> String {
    let cause = if error.is_cut() { "the program was killed or the file was cut" } else { "the file was changed" };
    format!("{error} ({cause})")
}
