//! What outlives the program: passkeys, and passwords hashed anew. One file, replaced whole or not at all.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::passkey::Passkey;
use crate::tell;

const FILE: &str = "access.json";
/// A file that is longer was not written by this program, bytes.
const FILE_MAX: u64 = 16 * 1024 * 1024;

/// What is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Kept {
    pub(crate) passkeys: Vec<Passkey>,
    /// By name.
    pub(crate) rehashed: BTreeMap<String, Rehashed>,
}

/// A password that was hashed anew, because the hash of the site file is weaker than today's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rehashed {
    /// SHA-256 of the hash in the site file, hexadecimal: when the owner writes another, this one means nothing any more.
    pub(crate) of: String,
    pub(crate) hash: String,
}

/// The file and what is in it.
#[derive(Debug)]
pub(crate) struct Keep {
    path: PathBuf,
    kept: Mutex<Kept>,
}

impl Keep {
    /// Reads the file of a folder; neither needs to exist. One that cannot be read is put aside: who warns people does not stay down
    /// for a file of keys, and nobody is let in by a guess at what it said.
    pub(crate) fn open(folder: &Path) -> Self {
        let path = folder.join(FILE);
        let kept = match read(&path) {
            Ok(kept) => kept,
            Err(why) => {
                let aside = folder.join(format!("{FILE}.unreadable"));
                let moved =
                    fs::rename(&path, &aside).map_or(String::new(), |()| format!("; it lies at {}", aside.display()));
                tell(&format!("{} cannot be read, and no passkey works: {why}{moved}", path.display()));
                Kept::default()
            }
        };
        Keep { path, kept: Mutex::new(kept) }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn look<T>(&self, with: impl FnOnce(&Kept) -> T) -> T {
        with(&self.kept())
    }

    /// Changes what is kept; nothing is changed where it cannot be written.
    ///
    /// # Errors
    /// What the disk says, for people.
    pub(crate) fn change<T>(&self, with: impl FnOnce(&mut Kept) -> T) -> Result<T, String> {
        let mut kept = self.kept();
        let mut changed = kept.clone();
        let value = with(&mut changed);
        write(&self.path, &changed).map_err(|error| format!("{} cannot be written: {error}", self.path.display()))?;
        *kept = changed;
        Ok(value)
    }
}

fn read(path: &Path) -> Result<Kept, String> {
    let length = match fs::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Kept::default()),
        Err(error) => return Err(error.to_string()),
    };
    if length > FILE_MAX {
        return Err(format!("it has {length} bytes"));
    }
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| error.to_string())
}

/// Beside it, synced, and then in its place: a power cut leaves the old file or the new one.
fn write(path: &Path, kept: &Kept) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let beside = path.with_extension("json.new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(&serde_json::to_vec_pretty(kept)?)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rehashed() -> Rehashed {
        Rehashed { of: "00".to_owned(), hash: "$argon2id$".to_owned() }
    }

    #[test]
    fn what_is_kept_is_there_again() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("not/yet/there");
        let keep = Keep::open(&place);
        keep.change(|kept| kept.rehashed.insert("ann".to_owned(), rehashed())).unwrap();
        assert_eq!(Keep::open(&place).look(|kept| kept.rehashed["ann"].clone()), rehashed());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(place.join(FILE)).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_put_aside_and_the_program_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "{\"passkeys\": 7").unwrap();
        let keep = Keep::open(folder.path());
        assert_eq!(keep.look(Kept::clone), Kept::default());
        assert!(folder.path().join("access.json.unreadable").exists());
        keep.change(|_| ()).unwrap();
    }

    #[test]
    fn nothing_is_changed_that_cannot_be_written() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        let keep = Keep::open(&folder.path().join("file"));
        assert!(keep.change(|kept| kept.rehashed.insert("ann".to_owned(), rehashed())).is_err());
        assert_eq!(keep.look(Kept::clone), Kept::default());
    }
}
