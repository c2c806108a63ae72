//! The folder of CAP messages: one file per message, whole or not there. A thread of its own: a disk that hangs delays nobody else.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use crate::channel::Desk;
use crate::error::ServiceError;
use crate::shared::{AlarmOutput, Shared};
use crate::tell;

use super::press::Issue;

/// Messages that wait for the disk.
const QUEUE_MAX: usize = 4_096;

/// Writes messages into a folder.
pub(super) struct Folder {
    queue: SyncSender<Arc<Issue>>,
    thread: JoinHandle<()>,
}

impl Folder {
    /// Begins the thread.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub(super) fn start(folder: PathBuf, shared: Arc<Shared>, desk: Desk) -> Result<Self, ServiceError> {
        let (queue, issues) = sync_channel::<Arc<Issue>>(QUEUE_MAX);
        let run = move || {
            for issue in issues {
                let outcome = put(&folder, &issue);
                if let Err(what) = &outcome {
                    tell(&format!("an alarm could not be written: {what}"));
                    desk.failed(what.clone());
                } else if let Some(bulletin) = &issue.bulletin {
                    desk.sent(bulletin);
                }
                desk.connected(outcome.is_ok());
                shared.set_alarm_output(AlarmOutput::Cap, outcome.err());
            }
        };
        let thread = std::thread::Builder::new().name("cap-folder".to_owned()).spawn(run);
        Ok(Folder { queue, thread: thread.map_err(ServiceError::thread)? })
    }

    /// Hands a message over; never waits.
    pub(super) fn write(&self, issue: &Arc<Issue>, desk: &Desk) {
        if self.queue.try_send(issue.clone()).is_err() {
            desk.failed(format!(
                "{QUEUE_MAX} messages wait for the disk; {} was not written",
                issue.message.identifier
            ));
        }
    }

    /// Lets it write what waits. Whoever must not wait for a disk that hangs does so elsewhere.
    pub(super) fn end(self) {
        drop(self.queue);
        // A thread that died has told so.
        let _ = self.thread.join();
    }
}

/// Whoever watches the folder never sees half a message: it is written beside and renamed.
fn put(folder: &Path, issue: &Issue) -> Result<(), String> {
    let identifier = &issue.message.identifier;
    let path = folder.join(format!("{identifier}.xml"));
    let beside = folder.join(format!(".{identifier}.part"));
    let written = std::fs::write(&beside, &issue.message.xml).and_then(|()| std::fs::rename(&beside, &path));
    written.map_err(|error| format!("{}: {error}", path.display()))
}
