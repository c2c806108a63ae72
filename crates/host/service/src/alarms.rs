//! The alarm writer's own thread: `alarms.jsonl` and the CAP messages.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use parapet_engine::Output;
use parapet_track::TrackId;
use parapet_warn::{Alarm, AlarmId, Threat};

use crate::Clock;
use crate::alarm_record::AlarmRecord;
use crate::atlas::Atlas;
use crate::cap_folder::CapFolder;
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

/// How often alarms that nothing changes are looked at again: a CAP message that still holds is renewed before it expires.
const RENEWAL_PERIOD: Duration = Duration::from_secs(5);

/// What the writer is made with.
pub(crate) struct Setting {
    pub(crate) atlas: Arc<Atlas>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) site_name: String,
    /// CAP `sender`.
    pub(crate) sender: String,
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
    let cap = CapFolder::new(folder, &setting.site_name, setting.sender, &setting.atlas);
    let Setting { atlas, clock, shared, upward, .. } = setting;
    let open = BTreeMap::new();
    let writer = AlarmWriter { atlas, clock, shared, book: ThreatBook::default(), file, path, cap, upward, open };
    watchman.spawn("alarms".to_owned(), move || writer.run(&steps))
}

struct AlarmWriter {
    atlas: Arc<Atlas>,
    clock: Arc<Clock>,
    shared: Arc<Shared>,
    book: ThreatBook,
    file: File,
    path: PathBuf,
    cap: CapFolder,
    upward: Upward,
    /// Alarms that have not ended.
    open: BTreeMap<AlarmId, Alarm>,
}

impl AlarmWriter {
    fn run(mut self, steps: &Receiver<Arc<Step>>) {
        let mut renewed = Instant::now();
        loop {
            match steps.recv_timeout(RENEWAL_PERIOD) {
                Ok(step) => self.take(&step),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if renewed.elapsed() >= RENEWAL_PERIOD {
                self.renew();
                renewed = Instant::now();
            }
        }
    }

    fn take(&mut self, step: &Step) {
        self.upward.step(&self.atlas, step);
        for output in &step.outputs {
            let Some(record) = self.book.output(&self.atlas, output) else { continue };
            self.write(&record);
            if let Output::Alarm(alarm) = output {
                self.alarm(alarm);
            }
            self.shared.add_alarm(record);
        }
        if step.has_alarm() {
            // Beside the alarm path: the lines are with the operating system already.
            let _ = self.file.sync_data();
        }
    }

    fn alarm(&mut self, alarm: &Alarm) {
        if alarm.stage.is_ended() {
            self.open.remove(&alarm.id);
        } else {
            self.open.insert(alarm.id, alarm.clone());
        }
        self.write_cap(alarm);
    }

    fn renew(&mut self) {
        let open: Vec<Alarm> = self.open.values().cloned().collect();
        open.iter().for_each(|alarm| self.write_cap(alarm));
    }

    fn write(&mut self, record: &AlarmRecord) {
        let outcome = line(record).and_then(|line| self.file.write_all(&line));
        self.report(AlarmOutput::File, outcome.map_err(|error| format!("{}: {error}", self.path.display())));
    }

    fn write_cap(&mut self, alarm: &Alarm) {
        let outcome = self.cap.write(alarm, self.clock.now());
        self.report(AlarmOutput::Cap, outcome);
    }

    fn report(&self, output: AlarmOutput, outcome: Result<(), String>) {
        if let Err(what) = &outcome {
            tell(&format!("an alarm could not be written: {what}"));
        }
        self.shared.set_alarm_output(output, outcome.err());
    }
}

/// One line, ended, so that it is written in one call.
fn line(record: &AlarmRecord) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(record)?;
    line.push(b'\n');
    Ok(line)
}
