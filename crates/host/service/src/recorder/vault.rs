//! The key that signs a site's recordings.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use parapet_engine::Mode;
use parapet_recording::Secret;

use crate::error::ServiceError;

/// Reads the key, or makes one where there is none yet; its public half is written beside it for those who verify.
///
/// # Errors
/// When the file holds no key of this world, or cannot be read or made.
pub(super) fn key(configured: Option<&Path>, recordings: &Path, mode: Mode) -> Result<Secret, ServiceError> {
    let path = configured.map_or_else(|| default_path(recordings, mode), Path::to_owned);
    let failed = |error: &dyn core::fmt::Display| ServiceError::folder(&path, error);
    match std::fs::read_to_string(&path) {
        Ok(text) => Secret::parse(mode, &text).map_err(|error| failed(&error)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut octets = [0; 32];
            getrandom::fill(&mut octets).map_err(|error| failed(&error))?;
            let secret = Secret::of(mode, octets);
            make(&path, &secret).map_err(|error| failed(&error))?;
            Ok(secret)
        }
        Err(error) => Err(failed(&error)),
    }
}

/// Where the key lies unless the site says otherwise.
fn default_path(recordings: &Path, mode: Mode) -> PathBuf {
    let name = match mode {
        Mode::Live => "recording-live.key",
        Mode::Exercise => "recording-exercise.key",
    };
    recordings.join(name)
}

/// Nobody else may read it, not even for a moment.
fn make(path: &Path, secret: &Secret) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{}", secret.text())?;
    file.sync_all()?;
    std::fs::write(path.with_extension("pub"), format!("{}\n", secret.public()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_is_of_one_world() {
        let folder = tempfile::tempdir().unwrap();
        let made = key(None, folder.path(), Mode::Live).unwrap();
        assert_eq!(key(None, folder.path(), Mode::Live).unwrap().public(), made.public());
        let path = folder.path().join("recording-live.key");
        assert!(key(Some(&path), folder.path(), Mode::Exercise).is_err(), "a live key signs no exercise");
        let public = std::fs::read_to_string(folder.path().join("recording-live.pub")).unwrap();
        assert_eq!(public.trim(), made.public().to_string());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
