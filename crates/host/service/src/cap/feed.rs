//! The Atom feed and the messages that it links to, as the HTTP server gives them out.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use parapet_cap::atom::{Ended, Entry, Feed, feed_xml};
use parapet_engine::Mode;
use parapet_frame::Time;

use super::press::Issue;

/// How long an ended alarm is remembered, seconds: as long as the news that it is over is worth telling.
const ENDED_S: f64 = 600.0;
/// Ended alarms that are remembered; the oldest go first.
const ENDED_MAX: usize = 1_000;

/// What the feed is made of.
#[derive(Debug)]
pub(crate) struct Board {
    sender: String,
    title: String,
    base: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    updated: Time,
    /// By the alarm's name.
    standing: BTreeMap<String, Standing>,
    ended: VecDeque<(Ended, Arc<str>)>,
}

#[derive(Debug)]
struct Standing {
    entry: Entry,
    expires: Time,
    xml: Arc<str>,
}

impl Board {
    pub(super) fn new(sender: &str, site_name: &str, mode: Mode, base: String, now: Time) -> Arc<Self> {
        let title = match mode {
            Mode::Live => site_name.to_owned(),
            Mode::Exercise => format!("EXERCISE: {site_name}"),
        };
        let state = Mutex::new(State { updated: now, ..State::default() });
        Arc::new(Board { sender: sender.to_owned(), title, base, state })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a message.
    pub(super) fn put(&self, issue: &Issue) {
        let mut state = self.state();
        let (message, label) = (&issue.message, &issue.label);
        state.updated = state.updated.max(message.sent);
        let before = state.standing.remove(label);
        let xml: Arc<str> = message.xml.as_str().into();
        let (identifier, headline) = (message.identifier.clone(), message.words.headline.clone());
        if issue.alarm.stage.is_ended() {
            if state.ended.len() == ENDED_MAX {
                state.ended.pop_front();
            }
            let ended = Ended { alarm: label.clone(), identifier, headline, at: message.sent };
            state.ended.push_back((ended, xml));
            return;
        }
        let entry = Entry {
            alarm: label.clone(),
            identifier,
            headline,
            summary: format!("{} {}", message.words.description, message.words.instruction),
            published: before.map_or(message.sent, |before| before.entry.published),
            updated: message.sent,
        };
        state.standing.insert(label.clone(), Standing { entry, expires: message.expires, xml });
    }

    /// The feed as it stands at an instant. A message that has expired is gone, whether or not anybody took it back.
    pub(crate) fn feed(&self, now: Time) -> String {
        let mut state = self.state();
        state.forget(now);
        let feed = Feed {
            sender: self.sender.clone(),
            title: self.title.clone(),
            base: self.base.clone(),
            updated: state.updated,
            entries: state.standing.values().map(|standing| standing.entry.clone()).collect(),
            ended: state.ended.iter().map(|(ended, _)| ended.clone()).collect(),
        };
        drop(state);
        feed_xml(&feed)
    }

    /// The message of a file that the feed links to.
    pub(crate) fn message(&self, file: &str, now: Time) -> Option<Arc<str>> {
        let identifier = file.strip_suffix(".xml")?;
        let mut state = self.state();
        state.forget(now);
        let standing = state.standing.values().find(|standing| standing.entry.identifier == identifier);
        let ended = || state.ended.iter().find(|(ended, _)| ended.identifier == identifier);
        standing.map(|standing| standing.xml.clone()).or_else(|| ended().map(|(_, xml)| xml.clone()))
    }
}

impl State {
    fn forget(&mut self, now: Time) {
        let standing = self.standing.len();
        self.standing.retain(|_, standing| standing.expires > now);
        if self.standing.len() != standing {
            self.updated = self.updated.max(now);
        }
        self.ended.retain(|(ended, _)| now.seconds_since(ended.at) < ENDED_S);
    }
}
