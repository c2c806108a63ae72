//! Keys and patterns in files, and the number that outlives a restart.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use parapet_siren::{Public, Secret, SirenStage, World, pattern, samples, wav};

use crate::arguments::Keys;
use crate::lines::Lines;

/// How long a pattern in a file is at least, seconds.
const PATTERN_S: f64 = 8.0;

/// Makes a pair of keys.
pub(crate) fn keys(arguments: &Keys) -> Result<(), String> {
    let mut seed = [0_u8; 32];
    getrandom::fill(&mut seed).map_err(|error| format!("the system gives no randomness: {error}"))?;
    let secret = Secret::new(arguments.world.into(), &seed);
    let [hidden, open] = ["secret", "public"].map(|ending| arguments.out.with_extension(ending));
    if let Some(folder) = arguments.out.parent() {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    write_new(&hidden, &secret.text(), true)?;
    write_new(&open, &secret.public().text(), false)?;
    let (hidden, open) = (hidden.display(), open.display());
    Lines::Out.say(&format!("{hidden} signs; keep it. {open} verifies; give it to the other side."));
    Ok(())
}

fn write_new(path: &Path, text: &str, hidden: bool) -> Result<(), String> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if hidden {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let _ = hidden;
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => format!("{} exists already; keys are never overwritten", path.display()),
        _ => format!("{}: {error}", path.display()),
    };
    let mut file = options.open(path).map_err(failed)?;
    writeln!(file, "{text}").map_err(failed)
}

/// Writes every pattern.
pub(crate) fn patterns(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for world in World::ALL {
        for stage in SirenStage::ALL {
            let path = folder.join(format!("{}-{}.wav", world.word(), stage.word()));
            let file = wav(&samples(&pattern(world, stage), PATTERN_S));
            fs::write(&path, file).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    Lines::Out.say(&format!("10 patterns in {}", folder.display()));
    Ok(())
}

/// The text of a file without blanks around it.
pub(crate) fn text(path: &Path) -> Result<String, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(text.trim().to_owned())
}

/// The program's key.
pub(crate) fn public(path: &Path, world: World) -> Result<Public, String> {
    Public::read(&text(path)?, world).map_err(|error| format!("{}: {error}", path.display()))
}

/// The siren's own key.
pub(crate) fn secret(path: &Path, world: World) -> Result<Secret, String> {
    Secret::read(&text(path)?, world).map_err(|error| format!("{}: {error}", path.display()))
}

/// The number of the last obeyed command; 0 where none was kept.
pub(crate) fn floor(path: Option<&Path>) -> Result<u64, String> {
    let Some(path) = path else { return Ok(0) };
    match fs::read_to_string(path) {
        Ok(text) => {
            let fault = |_| format!("{}: this is no number; remove the file when the siren is new", path.display());
            text.trim().parse().map_err(fault)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

/// Replaces a file as a whole, so that a loss of power leaves the old or the new.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), String> {
    let beside = path.with_extension("new");
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    fs::write(&beside, text).map_err(failed)?;
    fs::rename(&beside, path).map_err(failed)
}
