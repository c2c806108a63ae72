//! Runs the chain of a recording again.

use parapet_engine::Output;
use parapet_frame::Time;
use parapet_recording::{Entry, Header, Input, RecordingError};

use crate::atlas::{Atlas, rfc3339};
use crate::chain::Chain;
use crate::site_view::SiteNote;
use crate::sources::Sources;

/// What a recording says of the site, understood.
#[derive(Clone, Debug)]
pub struct Again {
    /// Names and places.
    pub atlas: Atlas,
    /// What people call it, and its links.
    pub site: SiteNote,
    /// Who spoke for every sensor.
    pub sources: Sources,
}

impl Again {
    /// Understands a header.
    ///
    /// # Errors
    /// What cannot be used, and which program wrote it.
    pub fn of(header: &Header) -> Result<Self, String> {
        let wrong = |what: &str, error: &dyn core::fmt::Display| {
            let Header { program, version, .. } = header;
            format!("the {what} in the header cannot be used: {error}; it was written by {program} {version}")
        };
        let site: SiteNote = serde_json::from_value(header.site.clone()).map_err(|error| wrong("site", &error))?;
        let sources = serde_json::from_value(header.intake.clone()).map_err(|error| wrong("intake", &error))?;
        let atlas = Atlas::at(site.origin, header.config.clone()).map_err(|error| wrong("origin", &error))?;
        Ok(Again { atlas, site, sources })
    }

    /// The chain, at rest.
    #[must_use]
    pub fn chain(&self) -> Chain {
        Chain::new(self.atlas.config().clone(), self.sources.clone())
    }
}

/// How a run came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The recording was closed in order.
    Closed,
    /// It ends early, is damaged or has a gap; what came before was run.
    Early(String),
    /// Whoever looked has seen enough.
    Enough,
}

/// One step of a run.
#[derive(Clone, Copy, Debug)]
pub struct Turn<'a> {
    /// The time of the step.
    pub at: Time,
    /// The datagram; `None` for an order of people on duty, for what was taken up from another run, and for the passing of time at the end.
    pub input: Option<&'a Input>,
    /// What the engine said.
    pub outputs: &'a [Output],
    /// What became of a message, where that is what the recording holds here.
    pub delivery: Option<&'a serde_json::Value>,
}

/// Whether a run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Go {
    /// It does.
    On,
    /// What is wanted is known.
    Enough,
}

/// Runs inputs through a chain, and lets time pass up to their end.
///
/// # Errors
/// What whoever looks on says.
pub fn run<E>(
    started_at: Time,
    entries: impl Iterator<Item = Result<Entry, RecordingError>>,
    chain: &mut Chain,
    mut visit: impl FnMut(&Chain, Turn<'_>) -> Result<Go, E>,
) -> Result<Ending, E> {
    let mut last = started_at;
    let mut outputs = Vec::new();
    let mut ending = Ending::Closed;
    for entry in entries {
        let (input, delivery) = match entry {
            Ok(Entry::Input(input)) => {
                last = last.max(input.at);
                take(chain, &input, &mut outputs);
                (Some(input), None)
            }
            Ok(Entry::Command(at, command)) => {
                last = last.max(at);
                chain.command(at, command, &mut outputs);
                (None, None)
            }
            Ok(Entry::Delivery(_, delivery)) => (None, Some(delivery)),
            Ok(Entry::Output(at, _)) => {
                last = last.max(at);
                continue;
            }
            Ok(Entry::Closed(closed)) => {
                last = last.max(closed.at);
                continue;
            }
            Ok(Entry::Resumed(at, resumed)) => {
                last = last.max(at);
                chain.resume(at, resumed.state, &mut outputs);
                (None, None)
            }
            Ok(Entry::Note(_) | Entry::State(..)) => continue,
            Ok(Entry::Gap(gap)) => {
                ending = Ending::Early(gap_words(gap.lost, gap.at));
                break;
            }
            Err(error) => {
                ending = Ending::Early(early(&error));
                break;
            }
        };
        let turn = Turn { at: last, input: input.as_ref(), outputs: &outputs, delivery: delivery.as_ref() };
        if visit(chain, turn)? == Go::Enough {
            return Ok(Ending::Enough);
        }
        outputs.clear();
    }
    chain.tick(last, &mut outputs);
    visit(chain, Turn { at: last, input: None, outputs: &outputs, delivery: None })?;
    Ok(ending)
}

/// One datagram of a recording.
pub fn take(chain: &mut Chain, input: &Input, outputs: &mut Vec<Output>) {
    chain.datagram(input.at, input.heard_at, input.link, input.sender, &input.bytes, outputs);
}

/// That messages are missing, for people.
#[must_use]
pub fn gap_words(lost: u64, at: Time) -> String {
    let at = rfc3339(at);
    let lost = if lost == 0 { "some".to_owned() } else { lost.to_string() };
    format!(
        "{lost} messages before {at} were not recorded because the disk was too slow or failed; what follows cannot be run again"
    )
}

/// Why a recording ends where it does, for people.
#[must_use]
pub fn early(error: &RecordingError) -> String {
    let cause = if error.is_cut() { "the program was killed or the file was cut" } else { "the file was changed" };
    format!("{error} ({cause})")
}
