//! What happened, one line each, for people and for tests.

use std::io::Write;

/// Where the lines go.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lines {
    /// Standard output.
    Out,
    /// Standard error, because the standard output is sound.
    Error,
}

impl Lines {
    /// Says a line. A reader that is gone is no reason to stop.
    pub(crate) fn say(self, line: &str) {
        let _ = match self {
            Lines::Out => writeln!(std::io::stdout().lock(), "{line}"),
            Lines::Error => writeln!(std::io::stderr().lock(), "{line}"),
        };
    }
}
