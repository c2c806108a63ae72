//! The live program while the demonstration runs: started, found to answer, stopped.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::job::{self, Job};
use crate::programs::{self, Build};
use crate::say::say;
use crate::trouble::Trouble;

/// How long the live program may take until it answers.
const READY_WITHIN: Duration = Duration::from_secs(20);
/// How many ports above one that is in use are tried.
const PORTS_TRIED: u16 = 50;

/// The running live program.
#[derive(Debug)]
pub(crate) struct Live {
    job: Job,
    log: PathBuf,
    out: PathBuf,
}

impl Live {
    /// Starts it for a site, with all its outputs in a folder, and waits until it answers.
    pub(crate) fn start(site: &Path, http: SocketAddr, out: &Path) -> Result<Live, Trouble> {
        let log = out.join("serve.log");
        let mut command = programs::program("parapet", Build::Release);
        command.arg("serve").arg("--config").arg(site).args(["--http", &http.to_string(), "--out"]).arg(out);
        let job = Job::start_logged(&mut command, &log)?;
        let mut live = Live { job, log, out: out.to_owned() };
        let end = Instant::now() + READY_WITHIN;
        while !is_well(http) {
            live.is_running()?;
            if Instant::now() > end {
                let words = tail(&live.log);
                return Err(Trouble::Missing(format!(
                    "the live program does not answer at http://{http}/healthz; it says:\n{words}"
                )));
            }
            job::pause(Duration::from_millis(50))?;
        }
        Ok(live)
    }

    /// An error with its last words if it has ended.
    pub(crate) fn is_running(&mut self) -> Result<(), Trouble> {
        match self.job.ended() {
            None => Ok(()),
            Some(status) => Err(Trouble::Missing(format!(
                "the live program ended by itself ({status}); it said:\n{}",
                tail(&self.log)
            ))),
        }
    }

    /// Its file of alarms.
    pub(crate) fn alarms(&self) -> PathBuf {
        self.out.join("alarms").join("alarms.jsonl")
    }

    /// Its recording, which grows while it runs.
    pub(crate) fn recording(&self) -> Result<PathBuf, Trouble> {
        recording(&self.out)
    }

    /// Stops it as Ctrl-C does, and says what it says then; returns its recording.
    pub(crate) fn stop(mut self) -> Result<PathBuf, Trouble> {
        let before = std::fs::read_to_string(&self.log).unwrap_or_default().len();
        let status = self.job.stop();
        let words = std::fs::read_to_string(&self.log).unwrap_or_default();
        say(words.get(before..).unwrap_or_default().trim_end());
        match status {
            Some(status) if status.success() => recording(&self.out),
            other => Err(Trouble::Failed(format!(
                "the live program did not end well: {other:?}, see {}",
                self.log.display()
            ))),
        }
    }
}

/// The recording in a folder of outputs.
fn recording(out: &Path) -> Result<PathBuf, Trouble> {
    let folder = out.join("recordings");
    let entries = std::fs::read_dir(&folder).map_err(|error| Trouble::unusable(&folder, &error))?;
    let recordings = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let newest = recordings.filter(|path| path.extension().is_some_and(|extension| extension == "mcap")).max();
    newest.ok_or_else(|| Trouble::Failed(format!("the live program left no recording in {}", folder.display())))
}

/// The last lines of a log, for people.
pub(crate) fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}

/// The address itself, or the next free port after it.
pub(crate) fn free_address(asked: SocketAddr) -> Result<SocketAddr, Trouble> {
    let ports = (0..PORTS_TRIED).filter_map(|n| asked.port().checked_add(n));
    let mut first_error = None;
    for port in ports {
        match TcpListener::bind(SocketAddr::new(asked.ip(), port)).and_then(|listener| listener.local_addr()) {
            Ok(address) => return Ok(address),
            Err(error) => _ = first_error.get_or_insert(error),
        }
    }
    let why = first_error.map_or_else(String::new, |error| format!(": {error}"));
    Err(Trouble::Missing(format!(
        "the page cannot be served at {asked} nor at the ports after it{why}; name another with --http"
    )))
}

/// Whether the live program answers that all is well.
fn is_well(http: SocketAddr) -> bool {
    let patience = Duration::from_secs(1);
    let Ok(mut stream) = TcpStream::connect_timeout(&http, patience) else { return false };
    let _ = stream.set_read_timeout(Some(patience));
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {http}\r\nConnection: close\r\n\r\n");
    let mut status = [0; 12];
    stream.write_all(request.as_bytes()).is_ok() && stream.read_exact(&mut status).is_ok() && &status == b"HTTP/1.1 200"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_gives_way_to_the_next() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let asked = taken.local_addr().unwrap();
        let found = free_address(asked).unwrap();
        assert!(found.port() > asked.port() && found.ip() == asked.ip(), "{found}");
        assert!(!is_well(found));
    }
}
