//! Words for the person at the terminal. A terminal that is gone is no reason to stop.

use std::io::Write as _;

/// Prints a line.
pub(crate) fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}

/// Prints a line of what is wrong.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Prints how far something is, apart from what it finds.
pub(crate) fn progress(text: &str) {
    complain(text);
}
