//! Reading JSON Lines with the number of the line in every error.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// Why a file of JSON Lines could not be read.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// The file could not be opened or read.
    #[error("{path}: {source}; check the path and the permissions", path = path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A line is not what it should be.
    #[error("{path}:{line}: {what}", path = path.display())]
    Line {
        /// Which file.
        path: PathBuf,
        /// Which line, counted from 1.
        line: usize,
        /// What is wrong, and what to do.
        what: String,
    },
}

/// Calls `each` with the number (from 1) and the text of every line that is not empty.
///
/// # Errors
/// When the file cannot be read, or when `each` says what is wrong with a line.
pub(crate) fn for_each_line(
    path: &Path,
    mut each: impl FnMut(usize, &str) -> Result<(), String>,
) -> Result<(), LineError> {
    let io = |source| LineError::Io { path: path.to_owned(), source };
    let mut reader = BufReader::with_capacity(1 << 20, File::open(path).map_err(io)?);
    let mut text = String::new();
    for line in 1.. {
        text.clear();
        if reader.read_line(&mut text).map_err(io)? == 0 {
            break;
        }
        let trimmed = text.trim();
        if trimmed.is_empty() {
            continue;
        }
        each(line, trimmed).map_err(|what| LineError::Line { path: path.to_owned(), line, what })?;
    }
    Ok(())
}
