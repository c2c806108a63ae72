//! What can be wrong with a recording, and where.

use crate::FORMAT;

/// Why a recording could not be written or read on. Offsets count bytes from the start of the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordingError {
    /// The file does not begin as an MCAP file does.
    #[error("at byte 0: not an MCAP file; a recording begins with the bytes 89 4D 43 41 50 30 0D 0A")]
    NotMcap,
    /// An MCAP file that somebody else wrote.
    #[error(
        "at byte {offset}: an MCAP file, but its first message is not a Parapet header; was it written by `parapet serve`?"
    )]
    NoHeader {
        /// Where the first message stands, or the end of the file.
        offset: usize,
    },
    /// A header that cannot be understood.
    #[error("at byte {offset}: the header cannot be read: {detail}; was it written by another version of the program?")]
    BadHeader {
        /// Where its chunk stands.
        offset: usize,
        /// What is wrong.
        detail: String,
    },
    /// A recording from another time.
    #[error(
        "the recording has format {found}, this program reads format {FORMAT}; use the program that wrote it ({version})"
    )]
    Format {
        /// The format found.
        found: u32,
        /// The version of the program that wrote it.
        version: String,
    },
    /// The file ends inside a record: it was cut, or the program that wrote it was killed.
    #[error(
        "at byte {offset}: the file ends in the middle of a record ({missing} bytes are missing); everything before is intact"
    )]
    Cut {
        /// Where the incomplete record begins.
        offset: usize,
        /// How many bytes are missing at least.
        missing: u64,
    },
    /// The file ends between two records but without its closing record.
    #[error("at byte {offset}: the file ends without its closing record; everything before is intact")]
    NotClosed {
        /// The length of the file.
        offset: usize,
    },
    /// Bytes are not as they were written.
    #[error("at byte {offset}: damaged: {detail}; everything before is intact, nothing after is used")]
    Damaged {
        /// Where the damaged record begins.
        offset: usize,
        /// What is wrong.
        detail: String,
    },
    /// Messages are missing although what is there is intact.
    #[error("at byte {offset}: message {expected} should come next but {found} came; the recording was altered")]
    Missing {
        /// Where the chunk begins.
        offset: usize,
        /// The running number that should come.
        expected: u32,
        /// The one that came.
        found: u32,
    },
    /// A file of a folder of segments is missing.
    #[error("the segment {segment} is missing; everything before is intact, nothing after is used")]
    SegmentMissing {
        /// The name of its file.
        segment: String,
    },
    /// A folder in which nothing can be read.
    #[error("no segment of a recording is in it; a segment is called 00001.mcap")]
    NoSegment,
    /// A file of a folder of segments has this.
    #[error("{segment}: {error}")]
    In {
        /// The name of the file.
        segment: String,
        /// What it has.
        error: Box<RecordingError>,
    },
    /// The recording could not be written.
    #[error("the recording cannot be written: {0}")]
    Write(String),
    /// The file could not be read.
    #[error("the recording cannot be read: {0}")]
    Read(String),
}

impl RecordingError {
    /// Whether the file merely ends too early, as it does after a crash, and is not damaged.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        match self {
            RecordingError::Cut { .. } | RecordingError::NotClosed { .. } => true,
            RecordingError::In { error, .. } => error.is_cut(),
            _ => false,
        }
    }

    /// The byte of its file at which it stands, where there is one.
    #[must_use]
    pub fn offset(&self) -> Option<usize> {
        match self {
            RecordingError::NotMcap => Some(0),
            RecordingError::NoHeader { offset }
            | RecordingError::BadHeader { offset, .. }
            | RecordingError::Cut { offset, .. }
            | RecordingError::NotClosed { offset }
            | RecordingError::Damaged { offset, .. }
            | RecordingError::Missing { offset, .. } => Some(*offset),
            RecordingError::In { error, .. } => error.offset(),
            RecordingError::Format { .. }
            | RecordingError::SegmentMissing { .. }
            | RecordingError::NoSegment
            | RecordingError::Read(_)
            | RecordingError::Write(_) => None,
        }
    }

    /// The same without the name of its file.
    pub(crate) fn unnamed(&self) -> &Self {
        match self {
            RecordingError::In { error, .. } => error.unnamed(),
            error => error,
        }
    }

    /// The same, of the file of this name; of the only file where that is empty.
    pub(crate) fn of_segment(self, name: &str) -> Self {
        if name.is_empty() { self } else { RecordingError::In { segment: name.to_owned(), error: Box::new(self) } }
    }

    pub(crate) fn read(error: impl core::fmt::Display) -> Self {
        RecordingError::Read(error.to_string())
    }

    pub(crate) fn write(error: impl core::fmt::Display) -> Self {
        RecordingError::Write(error.to_string())
    }
}
