//! Many programs, as many at a time as there are cores, with a word on how far they are.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::job::Job;
use crate::say::progress;
use crate::trouble::Trouble;

/// A word on how far things are comes no more often.
const WORD_EVERY: Duration = Duration::from_secs(2);

/// One program to run to its end.
#[derive(Debug)]
pub(super) struct Task {
    name: String,
    command: Command,
    /// What it makes, and where that belongs once it is whole.
    product: Option<(PathBuf, PathBuf)>,
}

impl Task {
    pub(super) fn new(name: String, command: Command) -> Self {
        Task { name, command, product: None }
    }

    pub(super) fn then_move(mut self, from: PathBuf, to: PathBuf) -> Self {
        self.product = Some((from, to));
        self
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    fn run(mut self) -> Result<(), Trouble> {
        let log =
            std::env::temp_dir().join(format!("xtask-{}-{}.log", std::process::id(), self.name.replace(' ', "-")));
        let status = Job::start_logged(&mut self.command, &log)?.wait();
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        let _ = std::fs::remove_file(&log);
        if !status?.success() || said.starts_with("BAD") {
            let last: Vec<&str> = said.lines().rev().take(5).collect();
            let last: Vec<&str> = last.into_iter().rev().collect();
            return Err(Trouble::Failed(format!("{} failed: {}", self.name, last.join("\n  "))));
        }
        let Some((from, to)) = self.product else { return Ok(()) };
        let folder = to.parent().unwrap_or(&to);
        std::fs::create_dir_all(folder).map_err(|error| Trouble::unusable(folder, &error))?;
        std::fs::rename(&from, &to).map_err(|error| Trouble::unusable(&from, &error))
    }
}

/// Runs every task; the first that fails ends it all.
pub(super) fn run_all(what: &str, tasks: Vec<Task>) -> Result<(), Trouble> {
    if tasks.is_empty() {
        return Ok(());
    }
    let total = tasks.len();
    let (begun, workers) = (Instant::now(), std::thread::available_parallelism().map_or(1, usize::from));
    let waiting = Mutex::new(tasks.into_iter());
    let state = Mutex::new((0_usize, Instant::now(), Ok(())));
    let work = || {
        loop {
            // A poisoned lock means that another worker broke down, and its panic ends everything anyway.
            let Ok(Some(task)) = waiting.lock().map(|mut tasks| tasks.next()) else { return };
            let name = task.name().to_owned();
            let result = task.run();
            let Ok(mut state) = state.lock() else { return };
            state.0 += 1;
            if let Err(trouble) = result {
                state.2 = Err(trouble);
            }
            if state.2.is_err() {
                return;
            }
            if state.0 == total || state.1.elapsed() >= WORD_EVERY {
                state.1 = Instant::now();
                let taken = begun.elapsed().as_secs_f64();
                let left = taken / state.0 as f64 * (total - state.0) as f64;
                progress(&format!(
                    "{what}: {} of {total} ({name}), {taken:.0} s taken, about {left:.0} s left",
                    state.0
                ));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..workers.min(total) {
            scope.spawn(work);
        }
    });
    state.into_inner().map_or(Err(Trouble::Told), |(_, _, result)| result)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn task(name: &str, line: &str) -> Task {
        let mut command = Command::new("sh");
        command.args(["-c", line]);
        Task::new(name.to_owned(), command)
    }

    #[test]
    fn the_one_that_fails_is_named_with_its_last_words() {
        let tasks = vec![task("good", "true"), task("bad one", "echo what is wrong; exit 3"), task("other", "true")];
        let trouble = run_all("test", tasks).unwrap_err();
        assert_eq!(trouble, Trouble::Failed("bad one failed: what is wrong".to_owned()));
        assert_eq!(run_all("test", (0..5).map(|i| task(&format!("t{i}"), "true")).collect()), Ok(()));
    }
}
