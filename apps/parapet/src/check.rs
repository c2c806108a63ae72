//! `parapet check`.

use std::path::PathBuf;

use clap::Args;

use crate::exit::{Exit, Failure};
use crate::files;
use crate::out::Out;

/// Read a site configuration and say what it means
///
/// Everything that is wrong is said at once, each with file, line, column, key and remedy. Ends with code 2 if anything is.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  parapet check site.toml")]
pub(crate) struct Check {
    /// The site configuration
    #[arg(required_unless_present = "named")]
    config: Option<PathBuf>,
    /// The same, as the other commands name it
    #[arg(long = "config", value_name = "CONFIG", conflicts_with = "config")]
    named: Option<PathBuf>,
}

impl Check {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        // One of the two is there: the command line has been checked.
        let config = self.config.or(self.named).unwrap_or_default();
        let (site, ground) = files::quiet_site(&config)?;
        let mut out = Out::new();
        out.line(site.summary().trim_end())?;
        if let Some(ground) = ground {
            out.line(format_args!("\n{}", ground.to_string().trim_end()))?;
        }
        out.done()?;
        Ok(Exit::Fine)
    }
}
