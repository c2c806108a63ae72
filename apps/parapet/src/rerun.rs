//! Runs the chain of a recording again.

use std::path::Path;

use parapet_recording::{Entry, Header, Recording, RecordingError, Volume};
use parapet_service::Chain;
use parapet_service::rerun;
use parapet_service::why::{Source, WhyError};

pub(crate) use parapet_service::rerun::{early, gap_words, take};

use crate::exit::Failure;

/// What a recording says of the site, with the chain at rest.
pub(crate) struct Again {
    pub(crate) atlas: parapet_service::Atlas,
    pub(crate) chain: Chain,
}

impl Again {
    /// The chain of a recording, at rest.
    pub(crate) fn new(path: &Path, header: &Header) -> Result<Self, Failure> {
        let again = rerun::Again::of(header);
        let again = again.map_err(|what| Failure::Failed(format!("{}: {what}", path.display())))?;
        Ok(Again { chain: again.chain(), atlas: again.atlas })
    }
}

/// Opens a recording.
pub(crate) fn open<'a>(path: &Path, volume: &'a Volume) -> Result<Recording<'a>, Failure> {
    Recording::open(volume).map_err(|error| Failure::Failed(format!("{}: {error}", path.display())))
}

/// A recording in memory, to be run as often as it takes.
pub(crate) struct InMemory<'a>(pub(crate) Recording<'a>);

impl Source for InMemory<'_> {
    fn header(&self) -> &Header {
        self.0.header()
    }

    fn entries(&self) -> Result<Box<dyn Iterator<Item = Result<Entry, RecordingError>> + '_>, WhyError> {
        Ok(Box::new(self.0.entries()))
    }
}
