//! Where another run of this site ended: what is to be taken up.

use std::path::{Path, PathBuf};

use parapet_engine::EngineState;
use parapet_recording::{Header, Origin, Public, Recording};

use super::disk::{read, segments};
use crate::atlas::rfc3339;

/// Runs that are looked at: a program that dies at every start leaves some in which nothing is.
const RUNS_MAX: usize = 8;
/// Alarms of longer ago are not told anew, seconds. No round flies for more than 400 s; sirens fall silent by themselves after 120 s, and
/// CAP messages expire. To tell people to take cover from what fell yesterday would be a false alarm.
const TAKEN_UP_WITHIN_S: f64 = 900.0;

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// What the engine is to take up, and from where.
    pub(crate) state: Option<(EngineState, Origin)>,
    /// What people should know of it.
    pub(crate) words: Vec<String>,
}

/// Looks for the latest run that can be taken up: of the same configuration, and signed by this key.
pub(crate) fn find(recordings: &Path, header: &Header, key: &Public) -> Found {
    let mut found = Found::default();
    let Ok(entries) = std::fs::read_dir(recordings) else { return found };
    let mut runs: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_dir()).collect();
    runs.sort();
    for run in runs.iter().rev().take(RUNS_MAX) {
        match last_state(run, key) {
            Ok(None) => {}
            Ok(Some((of, state, origin))) => {
                found.take(run, header, &of, state, origin);
                break;
            }
            Err(what) => found.words.push(format!("{}: nothing of it is taken up: {what}", run.display())),
        }
    }
    found
}

impl Found {
    fn take(&mut self, run: &Path, header: &Header, of: &Header, state: EngineState, origin: Origin) {
        let standing = state.warner.standing().count();
        let run = run.display();
        if (&of.config, &of.intake) != (&header.config, &header.intake) {
            if standing > 0 {
                self.words.push(format!(
                    "{standing} alarms stood when {run} ended; they are NOT taken up, since the configuration is another one: tell people by hand"
                ));
            }
            return;
        }
        let gone_s = header.started_at.seconds_since(state.at);
        let is_old = gone_s > TAKEN_UP_WITHIN_S;
        if standing > 0 && is_old {
            let at = rfc3339(state.at);
            self.words.push(format!(
                "{standing} alarms stood when {run} ended at {at}; that is too long ago for them to be told anew"
            ));
        } else if standing > 0 {
            self.words.push(format!(
                "{standing} alarms of {run} are told anew under their names; it ended {gone_s:.1} s ago"
            ));
        }
        self.state = Some((if is_old { state.without_alarms() } else { state }, origin));
    }
}

/// The last state of a run, from its end: only as many segments are read as are needed.
fn last_state(run: &Path, key: &Public) -> Result<Option<(Header, EngineState, Origin)>, String> {
    let segments = segments(run).map_err(|error| error.to_string())?;
    let mut count = 1;
    while !segments.is_empty() {
        let from = segments.len().saturating_sub(count);
        let volume = read(&segments[from..]).map_err(|error| error.to_string())?;
        match Recording::open(&volume) {
            Ok(recording) => {
                if recording.signed_by() != Some(*key) {
                    return Err("it is not signed by this site's key".to_owned());
                }
                if let (Some(state), Some(origin)) = (recording.last_state(), recording.origin()) {
                    return Ok(Some((recording.header().clone(), state, origin.clone())));
                }
            }
            Err(error) if from == 0 => return if error.is_cut() { Ok(None) } else { Err(error.to_string()) },
            Err(_) => {}
        }
        if from == 0 {
            break;
        }
        count *= 2;
    }
    Ok(None)
}
