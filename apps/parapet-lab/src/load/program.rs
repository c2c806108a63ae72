//! The live program under load: started, watched from outside, stopped.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::figures::Sample;

/// How long the program may take to start.
const START_MAX: Duration = Duration::from_secs(60);
/// How long an answer may take.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// Time between two looks.
const LOOK: Duration = Duration::from_secs(1);
/// Clock ticks a second in /proc (USER_HZ, which Linux has fixed at 100).
const TICKS_HZ: f64 = 100.0;

pub(super) struct Program {
    child: Child,
    http: SocketAddr,
    log: PathBuf,
}

impl Program {
    /// Starts the program on a site; its outputs go below a folder.
    pub(super) fn start(program: &Path, site: &Path, out: &Path) -> Result<Self, String> {
        let log = out.join("serve.log");
        let file = std::fs::File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let copy = file.try_clone().map_err(|error| error.to_string())?;
        let mut command = Command::new(program);
        command.args(["serve", "--http", "127.0.0.1:0", "--config"]).arg(site).arg("--out").arg(out.join("served"));
        let child = command.stdout(Stdio::from(file)).stderr(Stdio::from(copy)).spawn();
        let child = child.map_err(|error| format!("{}: {error}; build it first", program.display()))?;
        let mut started = Program { child, http: ([127, 0, 0, 1], 0).into(), log };
        started.http = started.address()?;
        Ok(started)
    }

    /// The page's address, as the program says it.
    fn address(&mut self) -> Result<SocketAddr, String> {
        let begun = std::time::Instant::now();
        loop {
            let said = std::fs::read_to_string(&self.log).unwrap_or_default();
            let address = said.lines().filter(|_| said.contains("recording ")).find_map(|line| {
                line.strip_prefix("page")
                    .and_then(|rest| rest.split("http://").nth(1))
                    .map(|rest| rest.trim_end_matches('/'))
            });
            if let Some(address) = address {
                return address.parse().map_err(|_| format!("the program's address cannot be read: {address}"));
            }
            let has_ended = self.child.try_wait().map_err(|error| error.to_string())?.is_some();
            if has_ended || begun.elapsed() > START_MAX {
                return Err(format!("the program does not start:\n{said}"));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Looks once a second, until nobody listens.
    pub(super) fn watch(&self) -> Receiver<Sample> {
        let (samples, watched) = channel();
        let (pid, http) = (self.child.id(), self.http);
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(LOOK);
                let Ok(sample) = look(pid, http) else { return };
                if samples.send(sample).is_err() {
                    return;
                }
            }
        });
        watched
    }

    /// Looks now.
    pub(super) fn look(&self) -> Result<Sample, String> {
        look(self.child.id(), self.http)
    }

    /// Stops it as an operator does; gives what it said.
    pub(super) fn stop(&mut self) -> Result<String, String> {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        asked.map_err(|error| format!("kill: {error}"))?;
        self.child.wait().map_err(|error| error.to_string())?;
        std::fs::read_to_string(&self.log).map_err(|error| format!("{}: {error}", self.log.display()))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // After `stop` there is nothing left to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn look(pid: u32, http: SocketAddr) -> Result<Sample, String> {
    let metrics = get(http, "/metrics")?;
    let value = |name: &str| {
        let line = metrics.lines().find(|line| line.split([' ', '{']).next() == Some(name));
        line.and_then(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).unwrap_or(0.0)
    };
    let total = |name: &str| {
        let lines = metrics.lines().filter(|line| line.split([' ', '{']).next() == Some(name));
        lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum::<f64>()
    };
    let quantile = |share: &str| {
        let wanted = format!("parapet_track_latency_seconds{{quantile=\"{share}\"}}");
        let line = metrics.lines().find(|line| line.starts_with(&wanted));
        line.and_then(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).unwrap_or(0.0)
    };
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).map_err(|error| error.to_string())?;
    let rss_kb =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse::<f64>().ok());
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).map_err(|error| error.to_string())?;
    // Behind the name in parentheses: utime and stime are fields 14 and 15 of proc(5).
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |number: usize| fields.get(number).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    Ok(Sample {
        at_s: 0.0,
        sent: 0,
        heard: value("parapet_heard_total") as u64,
        used: value("parapet_used_total") as u64,
        waiting: value("parapet_waiting") as u64,
        refused: total("parapet_refused_total") as u64,
        dropped: value("parapet_datagrams_dropped_total") as u64,
        overrun: value("parapet_datagrams_overrun_total") as u64,
        recording_lost: value("parapet_recording_lost_total") as u64,
        picture_lost: value("parapet_picture_lost_total") as u64,
        recorded_bytes: value("parapet_recording_bytes"),
        alarms: value("parapet_alarms_raised_total") as u64,
        track_reports: value("parapet_track_reports_total") as u64,
        delays_s: ["0.5", "0.99", "0.999", "1"].map(quantile),
        rss_mb: rss_kb.unwrap_or(0.0) / 1024.0,
        cpu_s: (ticks(11) + ticks(12)) / TICKS_HZ,
    })
}

fn get(http: SocketAddr, path: &str) -> Result<String, String> {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&http, ANSWER_MAX)?;
        stream.set_read_timeout(Some(ANSWER_MAX))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {http}\r\nConnection: close\r\n\r\n")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    ask().map_err(|error| format!("http://{http}{path}: {error}"))
}
