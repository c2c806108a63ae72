//! Who does the work: few jobs at once, each in a thread of its own, over few recordings that are kept open.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use super::shelf::Shelf;
use super::tape::{Tape, TapeError};

/// Jobs of a kind at once. One: the engine shares the processor with them.
const JOBS_MAX: usize = 1;
/// Jobs of all kinds that wait for their turn; the next is sent away.
const WAITING_MAX: usize = 32;
/// Recordings that are kept open; the one that was not asked for longest is given up for another.
const TAPES_MAX: usize = 3;

/// The recordings, and those who work on them.
#[derive(Clone, Debug)]
pub(crate) struct Desk {
    shelf: Arc<Shelf>,
    tapes: Arc<Mutex<VecDeque<(PathBuf, Arc<Mutex<Tape>>)>>>,
    looks: Arc<Semaphore>,
    runs: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
}

/// What kind of job it is: the long ones do not hold the short ones up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    /// Reads a piece of a recording: less than a second.
    Look,
    /// Runs the engine again on a recording: up to a minute, or a few.
    Run,
}

/// Why a job was not done.
#[derive(Debug)]
pub(crate) enum Refused {
    /// Too many wait already.
    Busy,
    /// The job's own thread died: a fault of the program.
    Died,
}

impl Desk {
    pub(crate) fn new(shelf: Shelf) -> Self {
        Desk {
            shelf: Arc::new(shelf),
            tapes: Arc::default(),
            looks: Arc::new(Semaphore::new(JOBS_MAX)),
            runs: Arc::new(Semaphore::new(JOBS_MAX)),
            waiting: Arc::default(),
        }
    }

    pub(crate) fn shelf(&self) -> &Arc<Shelf> {
        &self.shelf
    }

    /// Does a job when it is its turn, in a thread of its own.
    ///
    /// A job that nobody waits for any more, because the page has gone, is done all the same if it was begun: jobs are short or ask
    /// now and then whether they should go on.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        kind: Job,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refused> {
        let _turn = Turn::take(&self.waiting).ok_or(Refused::Busy)?;
        let jobs = if kind == Job::Look { &self.looks } else { &self.runs };
        let place = jobs.clone().acquire_owned().await.map_err(|_| Refused::Died)?;
        let run = move || {
            let _place = place;
            job()
        };
        tokio::task::spawn_blocking(run).await.map_err(|_| Refused::Died)
    }

    /// A recording, opened where it is not open. To be called in a job.
    pub(crate) fn tape(&self, path: PathBuf) -> Result<Arc<Mutex<Tape>>, TapeError> {
        let mut tapes = self.tapes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = tapes.iter().position(|(of, _)| *of == path) {
            let found = tapes.remove(place);
            tapes.extend(found);
        } else {
            let tape = Arc::new(Mutex::new(Tape::open(&path)?));
            if tapes.len() >= TAPES_MAX {
                tapes.pop_front();
            }
            tapes.push_back((path, tape));
        }
        let (_, tape) = &tapes[tapes.len() - 1];
        Ok(tape.clone())
    }
}

/// A place among those who wait; given back when the job is done, or nobody waits for it any more.
struct Turn(Arc<AtomicUsize>);

impl Turn {
    fn take(waiting: &Arc<AtomicUsize>) -> Option<Turn> {
        let free = |taken: usize| (taken < WAITING_MAX).then_some(taken + 1);
        waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, free).ok()?;
        Some(Turn(waiting.clone()))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
