//! `parapet drill`.

use std::path::PathBuf;

use clap::Args;

use crate::exit::{Exit, Failure};
use crate::files;

/// Write the site file of a drill: an exercise of a site that hears only simulated sensors and reaches nobody
///
/// Zones, sensors and policy are those of the site; sensors are heard on this machine only, every channel is cut, the page is at
/// 127.0.0.1:18080, and `mode` is "exercise". The drill is another program beside the live one, which knows nothing of it.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  parapet drill site.toml\n  parapet serve --config drill/site.toml --out drill/out")]
pub(crate) struct Drill {
    /// The site configuration; the drill is written to `drill/site.toml` beside it
    config: PathBuf,
}

impl Drill {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let text = String::from_utf8_lossy(&files::read(&self.config)?).into_owned();
        let drill = parapet_service::drill_text(&text).map_err(Failure::Configuration)?;
        let folder = self.config.with_file_name("drill");
        let path = folder.join("site.toml");
        let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, drill));
        written.map_err(|error| {
            Failure::Surroundings(format!("{} cannot be written: {error}; check the folder", path.display()))
        })?;
        // What was written is what `serve` will read.
        files::site(&path)?;
        let mut out = crate::out::Out::new();
        let (path, folder) = (path.display(), folder.join("out"));
        out.line(format_args!("{path} written; start it: parapet serve --config {path} --out {}", folder.display()))?;
        out.done()?;
        Ok(Exit::Fine)
    }
}
