//! What can be believed of a damaged recording, in a new one.

use std::io::{Seek, Write};

use crate::{Entry, Recorder, Recording, RecordingError, Segments};

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mended {
    /// Messages that were believed.
    pub messages: u64,
    /// Places at which something is missing, as the new recording says too: file, and why.
    pub gaps: Vec<(String, String)>,
}

/// Writes everything that is believed of a recording, also what comes after damage, into a new one, which says where something is
/// missing. The new one is one file and not sealed: its word is only as good as whoever made it.
///
/// # Errors
/// When nothing of it can be believed, or the new one cannot be written.
pub fn mend<'a, W: Write + Seek>(segments: impl Into<Segments<'a>>, into: W) -> Result<(W, Mended), RecordingError> {
    let recording = Recording::open(segments)?;
    let mut recorder = Recorder::start(into, recording.header())?;
    let mut mended = Mended::default();
    let mut at = recording.header().started_at;
    let (mut closed, last) = (false, recording.parts().len().saturating_sub(1));
    for (number, name, entries) in recording.each_part_to_run() {
        for entry in entries {
            match entry {
                Ok(entry) => {
                    (at, closed) = (entry.at(), matches!(entry, Entry::Closed(_)));
                    recorder.entry(&entry)?;
                    mended.messages += 1;
                }
                // A file that ends with its last seal goes on in the next one.
                Err(error) if recording.parts()[number].goes_on() && error.is_cut() => {}
                Err(_) if closed && number == last => {}
                Err(error) => {
                    let what = error.unnamed().to_string();
                    recorder.gap(at, 0)?;
                    recorder.note(at, &format!("repaired: {error}"))?;
                    mended.gaps.push((name.to_owned(), what));
                }
            }
        }
    }
    Ok((recorder.finish()?, mended))
}
