//! `parapet view`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use parapet_service::{StopSignal, Viewer};

use crate::exit::{Exit, Failure};
use crate::out::Out;
use crate::rerun;

/// Show a recording, or the recordings of a folder, on the replay page of this computer
///
/// Serves the page at the address that it prints, without a live program and without sensors: any instant of the recording as the page
/// of the live program showed it, the events to jump between, what was known then beside what became true, and why each alarm was raised.
/// The page says throughout that it is a replay. Only this computer can open it unless `--http` says otherwise. Ends with Ctrl-C.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  parapet view out/recordings/2026-11-22T16-13-49Z.mcap\n  \
    parapet view /var/lib/parapet/recordings --http 127.0.0.1:9000")]
pub(crate) struct View {
    /// The recording, or a folder of recordings
    recording: PathBuf,
    /// Serve the page here
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8088")]
    http: SocketAddr,
}

impl View {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        self.check()?;
        let signal = StopSignal::take()?;
        let viewer = Viewer::start(&self.recording, self.http)?;
        let mut out = Out::new();
        out.line(format_args!("replay    http://{}/  of {}; Ctrl-C ends", viewer.address(), self.recording.display()))?;
        out.done()?;
        signal.wait_alone();
        viewer.stop();
        Ok(Exit::Fine)
    }

    /// What cannot be shown is refused here and not on the page.
    fn check(&self) -> Result<(), Failure> {
        if self.recording.is_dir() && !parapet_service::is_run(&self.recording) {
            return Ok(());
        }
        let refused = |error| Failure::Surroundings(format!("{} cannot be read: {error}", self.recording.display()));
        let file = parapet_service::RunReader::open(&self.recording).map_err(refused)?;
        let stream = parapet_recording::Stream::open(file);
        let stream = stream.map_err(|error| Failure::Failed(format!("{}: {error}", self.recording.display())))?;
        rerun::Again::new(&self.recording, stream.header()).map(|_| ())
    }
}
