//! What a journal needs of a disk, and no more: so that tests can have one that loses, tears and refuses.

use std::io;

/// A folder for the segments of one run.
pub trait Disk {
    /// A file that is being appended to.
    type File;

    /// Makes a new file. It may be gone after a crash until [`sync_names`](Self::sync_names) has returned.
    ///
    /// # Errors
    /// When it exists already, or cannot be made.
    fn create(&mut self, name: &str) -> io::Result<Self::File>;

    /// Appends to a file. After an error any part of it may be there.
    ///
    /// # Errors
    /// When it cannot be written.
    fn append(&mut self, file: &mut Self::File, octets: &[u8]) -> io::Result<()>;

    /// Returns when everything that was appended would survive a power cut. After an error nobody knows what would.
    ///
    /// # Errors
    /// When the disk says that it does not have it.
    fn sync(&mut self, file: &mut Self::File) -> io::Result<()>;

    /// Returns when the names of files would survive a power cut.
    ///
    /// # Errors
    /// When the disk says that it does not have them.
    fn sync_names(&mut self) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// When it cannot be removed.
    fn remove(&mut self, name: &str) -> io::Result<()>;
}
