//! Why a command ended without having done its work.

use core::fmt;
use std::io;
use std::path::Path;

/// What is in the way. Each says what, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The check was made, and it failed.
    Failed(String),
    /// The command line makes no sense.
    Usage(String),
    /// Something that is needed is missing or cannot be used.
    Missing(String),
    /// The check was made, it failed, and everything has been said.
    Told,
    /// Ctrl-C, or the order to end.
    Interrupted,
}

impl Trouble {
    /// A file or folder that cannot be used.
    pub(crate) fn unusable(path: &Path, error: &io::Error) -> Self {
        Trouble::Missing(format!("{}: {error}", path.display()))
    }

    /// The exit code.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Trouble::Failed(_) | Trouble::Told => 1,
            Trouble::Usage(_) => 2,
            Trouble::Missing(_) => 3,
            Trouble::Interrupted => 130,
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Failed(text) | Trouble::Usage(text) | Trouble::Missing(text) => f.write_str(text),
            Trouble::Told => f.write_str("failed"),
            Trouble::Interrupted => f.write_str("interrupted"),
        }
    }
}
