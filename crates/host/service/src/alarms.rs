//! The alarm writer's own thread: `alarms.jsonl`.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::thread::JoinHandle;

use parapet_engine::Output;
use parapet_track::TrackId;
use parapet_warn::Threat;

use crate::alarm_record::AlarmRecord;
use crate::atlas::Atlas;
use crate::error::ServiceError;
use crate::fanout::Step;
use crate::sapient::Upward;
use crate::shared::{AlarmOutput, Shared};
use crate::tell;
use crate::watchman::Watchman;

/// Steps that wait for the writer.
pub(crate) const QUEUE_MAX: usize = 4_096;
/// Name of the file of alarms in the folder of alarms.
pub const ALARMS_FILE: &str = "alarms.jsonl";

/// The latest prediction for every threat; what an alarm's record quotes.
#[derive(Clone, Debug, Default)]
pub struct ThreatBook {
    threats: BTreeMap<TrackId, Threat>,
}

impl ThreatBook {
    /// Takes an output of the engine, and gives the record of it if it is an alarm.
    pub fn output(&mut self, atlas: &Atlas, output: &Output) -> Option<AlarmRecord> {
        match output {
            Output::Threat(threat) => {
                self.forget_the_fallen(threat);
                self.threats.insert(threat.track, *threat);
                None
            }
            Output::Alarm(alarm) => Some(AlarmRecord::new(atlas, alarm, |track| self.threats.get(&track))),
            _ => None,
        }
    }

    /// What fell more than ten minutes ago is no longer asked for.
    fn forget_the_fallen(&mut self, newest: &Threat) {
        const KEPT_S: f64 = 600.0;
        if self.threats.len() > 1_000 {
            self.threats.retain(|_, threat| newest.at.seconds_since(threat.impact.at) < KEPT_S);
        }
    }
}

/// What the writer is made with.
pub(crate) struct Setting {
    pub(crate) atlas: Arc<Atlas>,
    pub(crate) shared: Arc<Shared>,
    /// The way to fusion nodes further up.
    pub(crate) upward: Upward,
}

/// Opens the alarm file in a folder and begins the writer's thread.
///
/// # Errors
/// When the folder or the file cannot be made or written.
pub(crate) fn start(
    folder: &Path,
    setting: Setting,
    steps: Receiver<Arc<Step>>,
    watchman: &Watchman,
) -> Result<JoinHandle<()>, ServiceError> {
    std::fs::create_dir_all(folder).map_err(|error| ServiceError::folder(folder, error))?;
    let path = folder.join(ALARMS_FILE);
    let file = OpenOptions::new().create(true).append(true).open(&path);
    let file = file.map_err(|error| ServiceError::folder(&path, error))?;
    let Setting { atlas, shared, upward } = setting;
    let writer = AlarmWriter { atlas, shared, book: ThreatBook::default(), file, path, upward };
    watchman.spawn("alarms".to_owned(), move || writer.run(&steps))
}

struct AlarmWriter {
    atlas: Arc<Atlas>,
    shared: Arc<Shared>,
    book: ThreatBook,
    file: File,
    path: PathBuf,
    upward: Upward,
}

impl AlarmWriter {
    fn run(mut self, steps: &Receiver<Arc<Step>>) {
        steps.iter().for_each(|step| self.take(&step));
    }

    fn take(&mut self, step: &Step) {
        self.upward.step(&self.atlas, step);
        for output in &step.outputs {
            let Some(record) = self.book.output(&self.atlas, output) else { continue };
            self.write(&record);
            self.shared.add_alarm(record);
        }
        if step.has_alarm() {
            // Beside the alarm path: the lines are with the operating system already.
            let _ = self.file.sync_data();
        }
    }

    fn write(&mut self, record: &AlarmRecord) {
        let outcome = line(record).and_then(|line| self.file.write_all(&line));
        let failure = outcome.err().map(|error| format!("{}: {error}", self.path.display()));
        if let Some(what) = &failure {
            tell(&format!("an alarm could not be written: {what}"));
        }
        self.shared.set_alarm_output(AlarmOutput::File, failure);
    }
}

/// One line, ended, so that it is written in one call.
fn line(record: &AlarmRecord) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(record)?;
    line.push(b'\n');
    Ok(line)
}
