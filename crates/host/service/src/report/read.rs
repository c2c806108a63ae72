//! From the octets of a recording to its report. The one way, for the live service and for `parapet report`.

use core::fmt::Write as _;

use parapet_engine::Event;
use parapet_recording::{Entry, Header, Recording, RecordingError, Volume};
use parapet_report::{About, Boundaries, BoundariesError, Gathering, Report, Scenery};
use sha2::{Digest, Sha256};

use crate::chain::Chain;
use crate::site_view::SiteNote;
use crate::sources::Sources;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Not even the header can be read.
    #[error("{file}: {error}")]
    Recording {
        /// Name of the file.
        file: String,
        /// What is wrong.
        error: RecordingError,
    },
    /// The header can be read and says what this program does not understand.
    #[error("{file}: the {what} in the header cannot be used: {detail}; it was written by {written_by}")]
    Header {
        /// Name of the file.
        file: String,
        /// Which part.
        what: &'static str,
        /// What is wrong with it.
        detail: String,
        /// Program and version.
        written_by: String,
    },
    /// The boundaries cannot be used.
    #[error("{file}: {error}")]
    Boundaries {
        /// Name of the file.
        file: String,
        /// What is wrong.
        error: BoundariesError,
    },
}

/// Reads a recording and reports on it, and on what can be read of it where it was cut or damaged, which the report then says.
///
/// `boundaries` is the name and the text of a GeoJSON file with districts; `written_on` says that the file still grows.
///
/// # Errors
/// When the header cannot be understood, or the boundaries name nothing.
pub fn report_of(
    file: &str,
    volume: &Volume,
    made_by: &str,
    boundaries: Option<(&str, &str)>,
    written_on: bool,
) -> Result<(Report, Scenery), ReportError> {
    let recording = Recording::open(volume).map_err(|error| ReportError::Recording { file: file.to_owned(), error })?;
    let header = recording.header();
    let wrong = |what: &'static str, detail: String| ReportError::Header {
        file: file.to_owned(),
        what,
        detail,
        written_by: written_by(header),
    };
    let site: SiteNote =
        serde_json::from_value(header.site.clone()).map_err(|error| wrong("site", error.to_string()))?;
    let sources: Sources =
        serde_json::from_value(header.intake.clone()).map_err(|error| wrong("intake", error.to_string()))?;
    let about = About {
        made_by: made_by.to_owned(),
        file: file.to_owned(),
        sha256: fingerprint_of(volume),
        bytes: volume.octets(),
        written_by: written_by(header),
        started_at: header.started_at,
        site: site.name,
        origin: site.origin,
        config: header.config.clone(),
    };
    let frame = parapet_frame::SiteFrame::at(site.origin).map_err(|error| wrong("origin", error.to_string()))?;
    let boundaries = match boundaries {
        Some((name, text)) => Boundaries::read(text, name, &frame)
            .map_err(|error| ReportError::Boundaries { file: name.to_owned(), error })?,
        None => Boundaries::default(),
    };
    let mut gathering = Gathering::new(about).map_err(|error| wrong("origin", error.to_string()))?;
    // It only takes datagrams apart; what the engine said stands in the recording.
    let mut chain = Chain::new(header.config.clone(), sources);
    take(&recording, &mut chain, &mut gathering, written_on);
    let scenery = Scenery::new(&header.config, boundaries.clone());
    Ok((gathering.report(&boundaries), scenery))
}

fn written_by(header: &Header) -> String {
    format!("{} {}", header.program, header.version)
}

/// The SHA-256 of a file, in hexadecimal digits.
#[must_use]
pub fn fingerprint(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The same of all files of a recording, one after the other.
fn fingerprint_of(volume: &Volume) -> String {
    let mut hasher = Sha256::new();
    volume.pieces().for_each(|octets| hasher.update(octets));
    hex(&hasher.finalize())
}

fn hex(octets: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for octet in octets {
        let _ = write!(text, "{octet:02x}");
    }
    text
}

fn take(recording: &Recording<'_>, chain: &mut Chain, gathering: &mut Gathering, written_on: bool) {
    for entry in recording.entries() {
        match entry {
            Ok(Entry::Input(input)) => {
                gathering.passed(input.at);
                for event in chain.hear(input.heard_at, input.link, input.sender, &input.bytes) {
                    if let Event::Plot(plot) = event {
                        gathering.plot(plot);
                    }
                }
            }
            Ok(Entry::Output(at, encoded)) => match encoded.decode() {
                Some(output) => gathering.output(at, output),
                None => gathering.unknown_output(at, encoded.kind(), &encoded.json),
            },
            Ok(Entry::Delivery(at, told)) => {
                gathering.passed(at);
                gathering.delivery(&told);
            }
            Ok(Entry::Note(note)) => gathering.note(note.at, &note.text),
            Ok(Entry::Gap(gap)) => gathering.gap(gap.at, gap.lost),
            Ok(Entry::Closed(closed)) => gathering.passed(closed.at),
            // What became of an order is an output.
            Ok(Entry::Command(..) | Entry::Resumed(..) | Entry::State(..)) => {}
            Err(error) if written_on && error.is_cut() => {
                gathering.fault("the recording is still being written; what follows is not in this report".to_owned());
            }
            Err(error) => gathering.fault(format!("the recording cannot be read to its end: {error}")),
        }
    }
}
