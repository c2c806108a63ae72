//! Files that the command line names.

use std::io::{self, Write as _};
use std::path::Path;

use parapet_recording::Volume;
use parapet_service::GroundReport;
use parapet_site::Site;

use crate::exit::Failure;

/// The largest file that is read into memory, bytes.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024 * 1024;

/// A whole file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed =
        |error: io::Error| Failure::Surroundings(format!("{} cannot be read: {error}; check the name", path.display()));
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        return Err(Failure::Surroundings(format!("{} is a folder; name a file in it", path.display())));
    }
    if metadata.len() > FILE_BYTES_MAX {
        let text = format!("{} has {} bytes, more than {FILE_BYTES_MAX}; split it", path.display(), metadata.len());
        return Err(Failure::Surroundings(text));
    }
    std::fs::read(path).map_err(failed)
}

/// A recording: the folder of a run, or one file.
pub(crate) fn recording(path: &Path) -> Result<Volume, Failure> {
    let failed =
        |error: io::Error| Failure::Surroundings(format!("{} cannot be read: {error}; check the name", path.display()));
    if !path.is_dir() {
        return read(path).map(Volume::single);
    }
    parapet_service::read_recording(path).map_err(failed)
}

/// A site's configuration with the files that it names, which are relative to it. Warnings go to standard error.
pub(crate) fn site(path: &Path) -> Result<Site, Failure> {
    let (site, _) = quiet_site(path)?;
    for warning in &site.warnings {
        let _ = writeln!(io::stderr(), "parapet: {}: {warning}", path.display());
    }
    Ok(site)
}

/// The same without saying the warnings, and what was read of the elevation model.
pub(crate) fn quiet_site(path: &Path) -> Result<(Site, Option<GroundReport>), Failure> {
    let text = String::from_utf8(read(path)?);
    let text =
        text.map_err(|error| Failure::Configuration(format!("{} is not UTF-8 text: {error}", path.display())))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut load = |name: &str| std::fs::read_to_string(folder.join(name)).map_err(|error| error.to_string());
    let site = Site::parse(&path.display().to_string(), &text, &mut load);
    let mut site = site.map_err(|error| Failure::Configuration(error.to_string()))?;
    let report = parapet_service::lay_ground(&mut site, folder).map_err(Failure::Configuration)?;
    Ok((site, report))
}
