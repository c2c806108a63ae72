//! The folder of one run on a real disk.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use parapet_recording::{Disk, Volume, segment_number};

/// The folder of a run.
#[derive(Clone, Debug)]
pub(crate) struct RunFolder(pub(crate) PathBuf);

impl Disk for RunFolder {
    type File = File;

    fn create(&mut self, name: &str) -> io::Result<File> {
        // The folder may be missing: there was no room for it when the program started.
        std::fs::create_dir_all(&self.0)?;
        OpenOptions::new().append(true).create_new(true).open(self.0.join(name))
    }

    fn append(&mut self, file: &mut File, octets: &[u8]) -> io::Result<()> {
        file.write_all(octets)
    }

    fn sync(&mut self, file: &mut File) -> io::Result<()> {
        file.sync_data()
    }

    fn sync_names(&mut self) -> io::Result<()> {
        File::open(&self.0)?.sync_all()?;
        // The run's own name stands in the folder above.
        self.0.parent().map_or(Ok(()), |above| File::open(above)?.sync_all())
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        std::fs::remove_file(self.0.join(name))
    }
}

/// Reads a recording into memory: a file, or the folder of a run.
///
/// # Errors
/// When it cannot be read, or the folder holds no segment.
pub fn read_recording(path: &Path) -> io::Result<Volume> {
    if !path.is_dir() {
        return std::fs::read(path).map(Volume::single);
    }
    let segments = segments(path)?;
    if segments.is_empty() {
        let what = "no recording lies in this folder; name the folder of one run, which holds 00001.mcap and the like";
        return Err(io::Error::new(io::ErrorKind::NotFound, what));
    }
    read(&segments)
}

/// The segments of a run in their order.
pub(crate) fn segments(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut segments = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let number = path.file_name().and_then(|name| segment_number(&name.to_string_lossy()));
        segments.extend(number.map(|number| (number, path)));
    }
    segments.sort();
    Ok(segments.into_iter().map(|(_, path)| path).collect())
}

/// Reads some segments of a run.
pub(crate) fn read(segments: &[PathBuf]) -> io::Result<Volume> {
    let mut files = Vec::new();
    for path in segments {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.push((name, std::fs::read(path)?));
    }
    Ok(Volume::of_folder(files))
}
