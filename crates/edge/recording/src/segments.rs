//! The files that a recording lies in: one, or a folder of segments.

use crate::journal::segment_number;

/// The files of a recording, in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Volume {
    files: Vec<(String, Vec<u8>)>,
}

impl Volume {
    /// A recording in one file.
    #[must_use]
    pub fn single(bytes: Vec<u8>) -> Self {
        Volume { files: vec![(String::new(), bytes)] }
    }

    /// The files of a folder, with their names; what is not named like a segment is left out.
    #[must_use]
    pub fn of_folder(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let mut files: Vec<_> = files.into_iter().filter(|(name, _)| segment_number(name).is_some()).collect();
        files.sort_by_key(|(name, _)| segment_number(name));
        Volume { files }
    }

    /// Octets in all files.
    #[must_use]
    pub fn octets(&self) -> u64 {
        self.files.iter().map(|(_, bytes)| bytes.len() as u64).sum()
    }

    /// The octets of each file, in order.
    pub fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        self.files.iter().map(|(_, bytes)| bytes.as_slice())
    }

    /// How many files there are.
    #[must_use]
    pub fn files(&self) -> usize {
        self.files.len()
    }
}

/// One file of a recording; its name is empty where it is the only one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment<'a> {
    pub(crate) name: &'a str,
    pub(crate) bytes: &'a [u8],
}

/// The files of a recording, as a reader takes them: from a [`Volume`], or the bytes of one file.
#[derive(Clone, Debug)]
pub struct Segments<'a>(pub(crate) Vec<Segment<'a>>);

impl<'a> From<&'a [u8]> for Segments<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Segments(vec![Segment { name: "", bytes }])
    }
}

impl<'a> From<&'a Vec<u8>> for Segments<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        bytes.as_slice().into()
    }
}

impl<'a> From<&'a Volume> for Segments<'a> {
    fn from(volume: &'a Volume) -> Self {
        Segments(volume.files.iter().map(|(name, bytes)| Segment { name, bytes }).collect())
    }
}
