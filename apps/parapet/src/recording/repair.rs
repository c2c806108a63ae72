//! `parapet recording repair`.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use parapet_recording::{examine, mend};

use super::{create, unwritten, verify};
use crate::exit::{Exit, Failure};
use crate::files;
use crate::out::Out;

/// Write everything that can be believed of a damaged recording into a new file, and a report beside it
///
/// The original is never touched. The new file is one MCAP file that says at each place where something is missing; it is not sealed,
/// so keep the original as evidence. The report is called like the new file, with `.report.txt` at the end.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  parapet recording repair out/recordings/2026-11-22T16-13-49Z.mcap --to repaired.mcap\n  \
    parapet replay repaired.mcap"
)]
pub(crate) struct Repair {
    /// The recording: the folder of a run, or one file
    recording: PathBuf,
    /// The new file; it must not exist
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

impl Repair {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let volume = files::recording(&self.recording)?;
        let beyond =
            |error| Failure::Failed(format!("{}: nothing of it can be believed: {error}", self.recording.display()));
        let seen = examine(&volume, None).map_err(beyond)?;
        let mut report =
            vec![format!("repaired  {}", self.recording.display()), format!("into      {}", self.to.display())];
        report.extend(verify::lines(&seen, None));
        let file = create(&self.to)?;
        let mut path = self.to.clone().into_os_string();
        path.push(".report.txt");
        let path = PathBuf::from(path);
        let mut paper = create(&path)?;
        let (file, mended) = mend(&volume, file).map_err(|error| unwritten(&self.to, error))?;
        file.sync_all().map_err(|error| unwritten(&self.to, error))?;
        report.push(format!(
            "kept      {} messages; something is missing at {} places",
            mended.messages,
            mended.gaps.len()
        ));
        report.extend(mended.gaps.iter().map(|(segment, what)| format!("missing   {segment}: {what}")));
        let written = writeln!(paper, "{}", report.join("\n")).and_then(|()| paper.sync_all());
        written.map_err(|error| unwritten(&path, error))?;
        let mut out = Out::new();
        report.iter().try_for_each(|line| out.line(line))?;
        out.done()?;
        Ok(Exit::Fine)
    }
}
