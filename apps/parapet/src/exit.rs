//! How the program ends.

use std::io::{self, Write as _};
use std::process::ExitCode;

use parapet_service::ServiceError;

/// It did what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// And all was well: code 0.
    Fine,
    /// And the answer, which has been printed, is no: code 1.
    Failed,
}

/// It could not do what it was asked. The text says what, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Code 1.
    Failed(String),
    /// Code 2.
    Configuration(String),
    /// Code 3.
    Surroundings(String),
    /// Whoever reads our output has gone away, as `head` does: nothing to say, code 0.
    NobodyReads,
}

impl Exit {
    pub(crate) fn code(self) -> ExitCode {
        match self {
            Exit::Fine => ExitCode::SUCCESS,
            Exit::Failed => ExitCode::from(1),
        }
    }

    /// Code 0 if it is so, code 1 if not.
    pub(crate) fn fine_if(so: bool) -> Self {
        if so { Exit::Fine } else { Exit::Failed }
    }
}

impl Failure {
    /// Says it on standard error and gives the code.
    pub(crate) fn tell(self) -> ExitCode {
        let (text, code) = match self {
            Failure::Failed(text) => (text, 1),
            Failure::Configuration(text) => (text, 2),
            Failure::Surroundings(text) => (text, 3),
            Failure::NobodyReads => return ExitCode::SUCCESS,
        };
        // A terminal that is gone changes nothing about the code.
        let _ = writeln!(io::stderr(), "parapet: {text}");
        ExitCode::from(code)
    }

    /// Of writing our output.
    pub(crate) fn output(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::NobodyReads,
            _ => Failure::Surroundings(format!("the output cannot be written: {error}")),
        }
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        Failure::Surroundings(error.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::output(&error)
    }
}
