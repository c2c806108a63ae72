//! The picture: what the page shows, kept up to date from the engine's outputs in a thread of its own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use parapet_engine::{Output, SensorHealth};
use parapet_frame::Time;
use parapet_track::{TrackId, TrackReport};
use parapet_warn::{Alarm, AlarmId, Stage, Threat};
use tokio::sync::watch;

use crate::Clock;
use crate::atlas::Atlas;
use crate::error::ServiceError;
use crate::fanout::Step;
use crate::picture_view::{self, Views};
use crate::shared::Shared;

/// Steps that wait for the picture.
pub(crate) const QUEUE_MAX: usize = 4_096;
/// A picture follows another no sooner than this, unless an alarm changed.
const PERIOD_MIN: Duration = Duration::from_millis(200);
/// A picture is shown at least this often, so that a page knows that we are alive.
const PERIOD_MAX: Duration = Duration::from_secs(1);
/// Ended alarms stay this long.
const ENDED_KEPT_S: f64 = 60.0;
/// A track without a plot for this long is taken off even if its end was never heard of.
const TRACK_KEPT_S: f64 = 120.0;
/// A prediction that nothing has renewed for this long is taken off.
const THREAT_KEPT_S: f64 = 15.0;
/// A prediction stays on the map this long after the impact.
const IMPACT_KEPT_S: f64 = 5.0;

/// What the pages are sent.
#[derive(Clone, Debug)]
pub(crate) enum Live {
    /// The picture as JSON.
    Picture(Arc<str>),
    /// The service has ended in order.
    End,
}

/// The tables behind the picture.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tables {
    pub(crate) tracks: BTreeMap<TrackId, TrackReport>,
    pub(crate) threats: BTreeMap<TrackId, Threat>,
    pub(crate) alarms: BTreeMap<AlarmId, Alarm>,
    pub(crate) health: BTreeMap<u16, SensorHealth>,
}

impl Tables {
    pub(crate) fn output(&mut self, output: &Output) {
        match output {
            Output::Track(report) => drop(self.tracks.insert(report.id, report.clone())),
            Output::TrackEnded { track, .. } => {
                self.tracks.remove(track);
                self.threats.remove(track);
            }
            Output::Threat(threat) => drop(self.threats.insert(threat.track, *threat)),
            Output::Alarm(alarm) => drop(self.alarms.insert(alarm.id, alarm.clone())),
            Output::Sensor(report) => drop(self.health.insert(report.sensor.0, report.health)),
            Output::Refused(_) => {}
        }
    }

    /// Takes off what is over.
    pub(crate) fn age(&mut self, now: Time) {
        self.tracks.retain(|_, track| now.seconds_since(track.last_plot_at) < TRACK_KEPT_S);
        self.threats.retain(|_, threat| {
            now.seconds_since(threat.at) < THREAT_KEPT_S && now.seconds_since(threat.impact.at) < IMPACT_KEPT_S
        });
        let over = |alarm: &Alarm| matches!(alarm.stage, Stage::AllClear | Stage::Withdrawn);
        self.alarms.retain(|_, alarm| !over(alarm) || now.seconds_since(alarm.at) < ENDED_KEPT_S);
    }
}

/// Begins the picture's thread.
///
/// # Errors
/// When the operating system gives no thread.
pub(crate) fn start(
    atlas: Arc<Atlas>,
    clock: Arc<Clock>,
    shared: Arc<Shared>,
    steps: Receiver<Arc<Step>>,
    live: watch::Sender<Live>,
) -> Result<JoinHandle<()>, ServiceError> {
    let painter = Painter { atlas, clock, shared, live, tables: Tables::default(), shown: Instant::now(), stale: true };
    std::thread::Builder::new()
        .name("picture".to_owned())
        .spawn(move || painter.run(&steps))
        .map_err(ServiceError::thread)
}

struct Painter {
    atlas: Arc<Atlas>,
    clock: Arc<Clock>,
    shared: Arc<Shared>,
    live: watch::Sender<Live>,
    tables: Tables,
    shown: Instant,
    stale: bool,
}

impl Painter {
    fn run(mut self, steps: &Receiver<Arc<Step>>) {
        self.show();
        loop {
            match steps.recv_timeout(self.patience()) {
                Ok(step) => self.take(&step),
                Err(RecvTimeoutError::Timeout) => self.show(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.patience().is_zero() {
                self.show();
            }
        }
        self.show();
        self.live.send_replace(Live::End);
    }

    fn take(&mut self, step: &Step) {
        step.outputs.iter().for_each(|output| self.tables.output(output));
        self.stale |= !step.outputs.is_empty();
        if step.has_alarm() {
            self.show();
        }
    }

    /// How long until the next picture is due.
    fn patience(&self) -> Duration {
        let period = if self.stale { PERIOD_MIN } else { PERIOD_MAX };
        period.saturating_sub(self.shown.elapsed())
    }

    fn show(&mut self) {
        let now = self.clock.now();
        self.tables.age(now);
        let views = Views { now, atlas: &self.atlas, tables: &self.tables, status: &self.shared.status() };
        let json = picture_view::json(&views, self.shared.recording());
        self.live.send_replace(Live::Picture(json.into()));
        self.shown = Instant::now();
        self.stale = false;
    }
}
