//! The dispatcher: makes bulletins of what the engine says, puts them into every channel's queue, and sees to it that who does
//! not acknowledge is told again. It never waits for a channel.

use std::future::Future;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;

use parapet_engine::Output;
use parapet_warn::{Alarm, AlarmId, Command};

use super::bulletin::{Bulletin, Editor};
use super::desk::{Books, ChannelStatus, Desk};
use super::queue::{Inbox, Outlet, Reminder, queue};
use crate::Clock;
use crate::atlas::Atlas;
use crate::error::ServiceError;
use crate::fanout::Step;
use crate::tell;
use crate::watchman::Watchman;

/// Steps that wait for the dispatcher.
pub(crate) const QUEUE_MAX: usize = 4_096;
/// How often the dispatcher looks who has to be told again.
const TURN: Duration = Duration::from_millis(50);
/// How often while nothing is outstanding.
const REST: Duration = Duration::from_millis(500);
/// How long a channel may take to end when the service stops: what still waits is told first.
const PARTING: Duration = Duration::from_secs(2);

/// Says who is told of an alarm.
pub(crate) type ReceiversOf = Box<dyn Fn(&Alarm) -> Vec<Arc<str>> + Send>;

/// Whose acknowledgement is awaited.
pub(crate) enum Receivers {
    /// Nobody's: the channel has no way back.
    #[allow(dead_code, reason = "multicast has no way back")]
    Nobody,
    /// The channel is one receiver.
    Channel,
    /// These, each for the alarms of the zones for which the function says so.
    Named(ReceiversOf),
}

/// What a channel is called and wants.
pub(crate) struct Spec {
    /// Its name in the site file, unique.
    pub(crate) name: String,
    /// `mqtt`, `webhook`, ...
    pub(crate) kind: &'static str,
    /// Whether it wants news of tracks beside alarms.
    pub(crate) tracks: bool,
    /// Whose acknowledgement is awaited.
    pub(crate) receivers: Receivers,
}

type Run = Box<dyn FnOnce(Inbox, Desk) -> Result<JoinHandle<()>, ServiceError>>;

/// The channels of a site before they start.
#[derive(Default)]
pub(crate) struct Plan {
    channels: Vec<(Spec, Run)>,
    /// Alarms of another run, and how often it told each.
    told: Vec<(AlarmId, u32)>,
}

impl Plan {
    /// Adds a channel: `run` is called in the channel's own thread, and its future is run there to its end.
    pub(crate) fn add<F>(&mut self, spec: Spec, run: impl FnOnce(Inbox, Desk) -> F + Send + 'static)
    where
        F: Future<Output = ()>,
    {
        let name = spec.name.clone();
        let start = move |inbox: Inbox, desk: Desk| spawn(name, desk.clone(), move || run(inbox, desk));
        self.channels.push((spec, Box::new(start)));
    }

    /// Goes on with the alarms of another run, each told so often.
    pub(crate) fn go_on(&mut self, told: impl IntoIterator<Item = (AlarmId, u32)>) {
        self.told.extend(told);
    }

    /// Whether any channel wants news of tracks.
    pub(crate) fn wants_tracks(&self) -> bool {
        self.channels.iter().any(|(spec, _)| spec.tracks)
    }

    /// Starts every channel and the dispatcher.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub(crate) fn start(
        self,
        atlas: Arc<Atlas>,
        clock: Arc<Clock>,
        steps: Receiver<Arc<Step>>,
        watchman: &Watchman,
    ) -> Result<Channels, ServiceError> {
        let (mut lines, mut statuses, mut runs) = (Vec::new(), Vec::new(), Vec::new());
        for (spec, run) in self.channels {
            let (outlet, inbox) = queue();
            let status =
                ChannelStatus { name: spec.name.clone(), kind: spec.kind.to_owned(), ..ChannelStatus::default() };
            statuses.push((status, outlet.clone()));
            lines.push(Line { outlet, tracks: spec.tracks, receivers: spec.receivers });
            runs.push((run, inbox));
        }
        let books = Books::new(clock, statuses);
        let threads = runs.into_iter().enumerate();
        let threads: Vec<_> = threads
            .map(|(channel, (run, inbox))| run(inbox, Desk::new(books.clone(), channel)))
            .collect::<Result<_, _>>()?;
        let dispatcher =
            Dispatcher { atlas, books: books.clone(), lines, editor: Editor::going_on(self.told), threads };
        let thread = watchman.spawn("dispatch".to_owned(), move || dispatcher.run(&steps))?;
        Ok(Channels { books, thread })
    }
}

/// The channels while they run.
pub(crate) struct Channels {
    pub(crate) books: Arc<Books>,
    /// Ends after the engine, and after every channel.
    pub(crate) thread: JoinHandle<()>,
}

/// A channel's own thread with its own event loop. Its death is told and shown, and is nobody else's.
fn spawn<F: Future<Output = ()>>(
    name: String,
    desk: Desk,
    run: impl FnOnce() -> F + Send + 'static,
) -> Result<JoinHandle<()>, ServiceError> {
    let body = move || {
        let grave = Grave { desk, name };
        match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime.block_on(run()),
            Err(error) => grave.desk.failed(format!("the operating system gives no event queue: {error}")),
        }
    };
    std::thread::Builder::new().name("channel".to_owned()).spawn(body).map_err(ServiceError::thread)
}

struct Grave {
    desk: Desk,
    name: String,
}

impl Drop for Grave {
    fn drop(&mut self) {
        self.desk.connected(false);
        if std::thread::panicking() {
            let what = "the channel's thread died; this is a fault of the program, please report it";
            tell(&format!("{}: {what}", self.name));
            self.desk.failed(what);
        }
    }
}

struct Line {
    outlet: Outlet,
    tracks: bool,
    receivers: Receivers,
}

struct Dispatcher {
    atlas: Arc<Atlas>,
    books: Arc<Books>,
    lines: Vec<Line>,
    editor: Editor,
    threads: Vec<JoinHandle<()>>,
}

impl Dispatcher {
    fn run(mut self, steps: &Receiver<Arc<Step>>) {
        loop {
            let patience = if self.books.ledger().is_waiting() { TURN } else { REST };
            match steps.recv_timeout(patience) {
                Ok(step) => self.step(&step),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.remind();
        }
        self.part();
    }

    fn step(&mut self, step: &Step) {
        if step.command.as_ref().is_some_and(|order| order.command == Command::StopAll) {
            self.lines.iter().for_each(|line| line.outlet.stop_all());
        }
        for output in &step.outputs {
            if let Some(bulletin) = self.editor.output(&self.atlas, output, self.books.clock.now()) {
                self.alarm(&Arc::new(bulletin));
            }
        }
        if self.lines.iter().any(|line| line.tracks) {
            step.outputs.iter().for_each(|output| self.track(output));
        }
    }

    fn alarm(&self, bulletin: &Arc<Bulletin>) {
        for (channel, line) in self.lines.iter().enumerate() {
            let receivers = match &line.receivers {
                Receivers::Nobody => vec![],
                Receivers::Channel => vec![Arc::from("")],
                Receivers::Named(of) => of(&bulletin.alarm),
            };
            // Expected first, so that no acknowledgement can come before it is expected.
            let mut ledger = self.books.ledger();
            receivers.iter().for_each(|receiver| ledger.expect(channel, receiver, bulletin));
            drop(ledger);
            line.outlet.alarm(bulletin);
        }
        // After the receivers were expected, so that an end that nobody has yet is not taken for one that all have.
        self.books.ledger().tell(bulletin);
    }

    fn track(&self, output: &Output) {
        for line in self.lines.iter().filter(|line| line.tracks) {
            match output {
                Output::Track(report) => line.outlet.track(report.id, |news| news.report = Some(report.clone())),
                Output::Threat(threat) => line.outlet.track(threat.track, |news| news.threat = Some(*threat)),
                Output::TrackEnded { track, .. } => line.outlet.track(*track, |news| news.ended = Some(*track)),
                _ => {}
            }
        }
    }

    fn remind(&self) {
        for (channel, line) in self.lines.iter().enumerate() {
            let skipped = line.outlet.take_skipped();
            skipped.into_iter().for_each(|id| self.books.ledger().forget(channel, id));
        }
        let due = self.books.ledger().due(self.books.clock.now());
        for escalation in due {
            if let Some(line) = self.lines.get(escalation.channel) {
                let (bulletin, receivers, path) = (escalation.bulletin, escalation.receivers, escalation.path);
                line.outlet.remind(Reminder { bulletin, receivers, path });
            }
        }
    }

    /// Lets the channels tell what still waits. A channel that hangs is left behind: the program ends.
    fn part(self) {
        self.lines.iter().for_each(|line| line.outlet.close());
        let mut waited = Duration::ZERO;
        while waited < PARTING && self.threads.iter().any(|thread| !thread.is_finished()) {
            std::thread::sleep(TURN);
            waited += TURN;
        }
    }
}
