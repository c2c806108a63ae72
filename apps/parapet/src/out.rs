//! Standard output.

use std::io::{self, BufWriter, StdoutLock, Write};

use serde::Serialize;

use crate::exit::Failure;

/// Standard output, buffered. Flush it with [`Out::done`].
pub(crate) struct Out(BufWriter<StdoutLock<'static>>);

impl Out {
    pub(crate) fn new() -> Self {
        Out(BufWriter::with_capacity(64 * 1024, io::stdout().lock()))
    }

    pub(crate) fn line(&mut self, text: impl core::fmt::Display) -> Result<(), Failure> {
        Ok(writeln!(self.0, "{text}")?)
    }

    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        write_json(&mut self.0, value)
    }

    pub(crate) fn done(mut self) -> Result<(), Failure> {
        Ok(self.0.flush()?)
    }
}

/// One JSON object on a line of its own.
pub(crate) fn write_json(into: &mut impl Write, value: &impl Serialize) -> Result<(), Failure> {
    serde_json::to_writer(&mut *into, value).map_err(io::Error::from)?;
    Ok(into.write_all(b"\n")?)
}
