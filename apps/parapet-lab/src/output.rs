//! Lines for people.

use std::io::Write;

/// Prints a line at once. A reader that has gone away is no reason to stop.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
