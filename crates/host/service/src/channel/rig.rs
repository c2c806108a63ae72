//! The channels of a site without engine and sensors: for tests, benches and drills of the lines.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use parapet_engine::Output;
use parapet_frame::Time;
use parapet_site::Site;
use parapet_warn::Alarm;

use super::desk::{Books, ChannelStatus};
use super::dispatch::QUEUE_MAX;
use super::ledger::Delivery;
use super::plan::plan;
use crate::Clock;
use crate::atlas::Atlas;
use crate::error::ServiceError;
use crate::fanout::Step;
use crate::watchman::Watchman;

/// The channels of a site, which tell whatever they are given.
#[derive(Debug)]
pub struct ChannelRig {
    books: Arc<Books>,
    steps: SyncSender<Arc<Step>>,
    dispatch: JoinHandle<()>,
}

impl ChannelRig {
    /// Starts every channel of a site.
    ///
    /// # Errors
    /// When a key, a certificate or the operating system stands in the way.
    pub fn start(site: &Site) -> Result<Self, ServiceError> {
        let (steps, queued) = sync_channel(QUEUE_MAX);
        let (watchman, _) = Watchman::new();
        let atlas = Arc::new(Atlas::new(site.frame, site.config.clone()));
        let channels = plan(site)?.start(atlas, Arc::new(Clock::new()), queued, &watchman)?;
        Ok(ChannelRig { books: channels.books, steps, dispatch: channels.thread })
    }

    /// The time by the channels' clock.
    #[must_use]
    pub fn now(&self) -> Time {
        self.books.clock.now()
    }

    /// Tells alarms, as one step of the engine would.
    pub fn tell(&self, alarms: Vec<Alarm>) {
        let outputs = alarms.into_iter().map(Output::Alarm).collect();
        // A dispatcher that is gone tells nobody; its death is loud.
        let _ = self.steps.send(Arc::new(Step { at: self.now(), heard: None, command: None, outputs }));
    }

    /// How every channel stands.
    #[must_use]
    pub fn statuses(&self) -> Vec<ChannelStatus> {
        self.books.statuses()
    }

    /// The deliveries of an alarm, by its name.
    #[must_use]
    pub fn deliveries(&self, alarm: &str) -> Vec<Delivery> {
        self.books.deliveries(alarm)
    }

    /// Lets the channels tell what still waits, and ends them.
    pub fn stop(self) {
        drop(self.steps);
        // Its death was told when it happened.
        let _ = self.dispatch.join();
    }
}
