//! Why the service cannot start. Each says what, where, and what to do.

use std::io;
use std::path::{Path, PathBuf};

/// Something in the surroundings prevents the service from starting; programs exit with code 3.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// A link cannot be opened.
    #[error("the link {url} cannot be opened: {what}; {remedy}")]
    Link {
        /// The link as the configuration writes it.
        url: String,
        /// What went wrong.
        what: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The page's address cannot be used.
    #[error("the page cannot be served at {address}: {what}; {remedy}")]
    Http {
        /// The address asked for.
        address: std::net::SocketAddr,
        /// What went wrong.
        what: String,
        /// What to do.
        remedy: &'static str,
    },
    /// A channel cannot be opened.
    #[error("{table}: {what}; correct the table or the file that it names in the site file")]
    Channel {
        /// Its table in the site file.
        table: String,
        /// What went wrong.
        what: String,
    },
    /// A folder or file cannot be written.
    #[error("{} cannot be written: {what}; choose another folder with `--out DIR` or in the `[output]` table", path.display())]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// What went wrong.
        what: String,
    },
    /// The operating system refuses something that every program needs.
    #[error("the operating system refuses {what}: {error}; free some resources and start again")]
    System {
        /// What it refuses.
        what: &'static str,
        /// Its words.
        error: io::Error,
    },
}

impl ServiceError {
    pub(crate) fn folder(path: &Path, error: impl core::fmt::Display) -> Self {
        ServiceError::Folder { path: path.to_owned(), what: error.to_string() }
    }

    pub(crate) fn thread(error: io::Error) -> Self {
        ServiceError::System { what: "a thread", error }
    }
}

/// What to do about an address that cannot be bound.
pub(crate) fn bind_remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => "another program uses this port: stop it, or choose another port",
        io::ErrorKind::AddrNotAvailable => "this machine has no such address: see `ip address`, or write 0.0.0.0",
        io::ErrorKind::PermissionDenied => "ports below 1024 need a privilege: choose a higher port",
        _ => "check the address and the port",
    }
}
