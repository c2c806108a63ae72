//! Programs that this one starts, waits for and ends. Nothing else is ever ended.
//!
//! Each runs in a process group of its own, so that Ctrl-C reaches this program alone, which then ends its jobs in the order
//! that suits them.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crate::trouble::Trouble;

/// How often a job is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(30);
/// How long a job may take to end when it is asked to.
const PARTING: Duration = Duration::from_secs(60);

static INTERRUPTED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// From here on Ctrl-C and orders to end are noted instead of ending this program.
pub(crate) fn listen_for_ctrl_c() -> Result<(), Trouble> {
    let flag = INTERRUPTED.get_or_init(Arc::default);
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP] {
        signal_hook::flag::register(signal, flag.clone())
            .map_err(|error| Trouble::Missing(format!("the operating system refuses a signal handler: {error}")))?;
    }
    Ok(())
}

/// Whether Ctrl-C was pressed.
pub(crate) fn is_interrupted() -> bool {
    INTERRUPTED.get().is_some_and(|flag| flag.load(Ordering::Relaxed))
}

/// An error once Ctrl-C was pressed.
pub(crate) fn go_on() -> Result<(), Trouble> {
    if is_interrupted() { Err(Trouble::Interrupted) } else { Ok(()) }
}

/// Waits, but no longer than until Ctrl-C.
pub(crate) fn pause(duration: Duration) -> Result<(), Trouble> {
    let end = Instant::now() + duration;
    while Instant::now() < end {
        go_on()?;
        std::thread::sleep(LOOK_EVERY.min(end.saturating_duration_since(Instant::now())));
    }
    go_on()
}

/// A running program; ended when this value goes.
#[derive(Debug)]
pub(crate) struct Job {
    name: String,
    child: Child,
    status: Option<ExitStatus>,
}

impl Job {
    /// Starts a program that writes to our terminal.
    pub(crate) fn start(command: &mut Command) -> Result<Job, Trouble> {
        let name = command.get_program().to_string_lossy().into_owned();
        own_group(command.stdin(Stdio::null()));
        let child = command.spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Trouble::Missing(format!("the program `{name}` is not installed")),
            _ => Trouble::Missing(format!("the program `{name}` cannot be started: {error}")),
        })?;
        Ok(Job { name, child, status: None })
    }

    /// Starts a program whose words go into a file.
    pub(crate) fn start_logged(command: &mut Command, log: &Path) -> Result<Job, Trouble> {
        let file = File::create(log).map_err(|error| Trouble::unusable(log, &error))?;
        let twin = file.try_clone().map_err(|error| Trouble::unusable(log, &error))?;
        Job::start(command.stdout(file).stderr(twin))
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        if self.status.is_none() {
            self.status = self.child.try_wait().ok().flatten();
        }
        self.status
    }

    /// Waits for its end.
    pub(crate) fn wait(mut self) -> Result<ExitStatus, Trouble> {
        loop {
            if let Some(status) = self.ended() {
                return Ok(status);
            }
            if is_interrupted() {
                self.stop();
                return Err(Trouble::Interrupted);
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// Asks it to end as Ctrl-C does, waits for that, and ends it if it does not.
    pub(crate) fn stop(&mut self) -> Option<ExitStatus> {
        if self.ended().is_none() {
            interrupt(&self.child);
            let end = Instant::now() + PARTING;
            while self.ended().is_none() && Instant::now() < end {
                std::thread::sleep(LOOK_EVERY);
            }
        }
        if self.ended().is_none() {
            crate::say::say(&format!("{} does not end when asked to; it is ended", self.name));
            let _ = self.child.kill();
            self.status = self.child.wait().ok();
        }
        self.status
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Runs a program to its end; an error where it fails.
pub(crate) fn run(command: &mut Command) -> Result<(), Trouble> {
    let shown = shown(command);
    let status = Job::start(command)?.wait()?;
    if status.success() { Ok(()) } else { Err(Trouble::Failed(format!("`{shown}` failed ({status})"))) }
}

/// The first line that a program prints, `None` where there is no such program or it fails.
pub(crate) fn first_line(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then(|| text.lines().next().unwrap_or_default().trim().to_owned())
}

/// A command as one would type it.
pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(unix)]
fn own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(0);
}

#[cfg(not(unix))]
fn own_group(_command: &mut Command) {}

/// Ctrl-C for the group of one of our jobs. The shell's own `kill` is everywhere; std can only kill.
fn interrupt(child: &Child) {
    let group = format!("-{}", child.id());
    let _ = Command::new("sh").args(["-c", "kill -s INT -- \"$0\"", &group]).stderr(Stdio::null()).status();
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_asked_to_end_and_may_say_goodbye() {
        let mut job =
            Job::start(Command::new("sh").args(["-c", "trap 'exit 7' INT; while :; do sleep 0.05; done"])).unwrap();
        std::thread::sleep(Duration::from_millis(300));
        assert!(job.ended().is_none());
        assert_eq!(job.stop().and_then(|status| status.code()), Some(7));
    }

    #[test]
    fn what_cannot_be_started_is_named() {
        let trouble = Job::start(&mut Command::new("no-such-program-here")).unwrap_err();
        assert_eq!(trouble, Trouble::Missing("the program `no-such-program-here` is not installed".to_owned()));
        assert_eq!(
            run(Command::new("sh").args(["-c", "exit 3"])),
            Err(Trouble::Failed("`sh -c exit 3` failed (exit status: 3)".to_owned()))
        );
    }
}
