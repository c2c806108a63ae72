//! An HTTP endpoint that takes CAP messages by POST: `application/cap+xml`, any 2xx is its receipt.
//!
//! Messages of one alarm go in their order, those of different alarms side by side. What is not taken is sent again with growing pauses
//! until it expires; a newer message of the same alarm, which says all that the older one said, then takes its place.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use parapet_cap::atom::CAP_TYPE;
use parapet_site::{CapEndpoint, Hidden, Url};
use parapet_warn::AlarmId;
use rustls::ClientConfig;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::press::Issue;
use crate::channel::post::{Letter, post};
use crate::channel::{Bulletin, Desk, Inbox, Item, Receivers, Spec, tls};

/// How long an endpoint may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Requests that are under way at once to one endpoint.
const AT_ONCE_MAX: usize = 8;
/// First and longest pause before a message is sent again.
const PAUSE: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(15)];
/// Notes that wait in one mailbox; the oldest give way.
const NOTES_MAX: usize = 8_192;
/// Longer than anything waits.
const FOR_EVER: Duration = Duration::from_secs(3_600);

/// What became of a bulletin at the press: a message, or nothing that is news by CAP's rules. A renewal has no bulletin.
#[derive(Clone, Debug)]
pub(super) struct Note {
    pub(super) alarm: AlarmId,
    pub(super) bulletin: Option<Arc<Bulletin>>,
    pub(super) issue: Option<Arc<Issue>>,
}

/// The way from the press to one endpoint.
#[derive(Debug, Default)]
pub(super) struct Mailbox {
    notes: Mutex<VecDeque<Note>>,
    bell: Notify,
}

impl Mailbox {
    fn notes(&self) -> MutexGuard<'_, VecDeque<Note>> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a note; never waits.
    pub(super) fn put(&self, note: Note) {
        let mut notes = self.notes();
        if notes.len() >= NOTES_MAX {
            notes.pop_front();
        }
        notes.push_back(note);
        drop(notes);
        self.bell.notify_one();
    }

    async fn next(&self) -> Note {
        loop {
            if let Some(note) = self.notes().pop_front() {
                return note;
            }
            self.bell.notified().await;
        }
    }
}

/// Where to send, and as whom.
pub(super) struct Endpoint {
    url: Url,
    token: Option<Hidden>,
    tls: Option<Arc<ClientConfig>>,
}

impl Endpoint {
    /// # Errors
    /// What is wrong with the authorities, for people.
    pub(super) fn new(settings: &CapEndpoint) -> Result<Self, String> {
        let tls = settings.authorities.as_ref().map(|pem| tls::configured(pem, None)).transpose()?;
        Ok(Endpoint { url: settings.url.clone(), token: settings.token.clone(), tls })
    }

    pub(super) fn spec(name: &str) -> Spec {
        Spec { name: name.to_owned(), kind: "cap", tracks: false, receivers: Receivers::Channel }
    }

    fn letter(&self, issue: &Issue) -> Letter {
        let mut headers = vec![("content-type", CAP_TYPE.to_owned())];
        headers.extend(self.token.as_ref().map(|token| ("authorization", format!("Bearer {}", token.0))));
        Letter { url: self.url.clone(), headers, body: issue.message.xml.clone().into_bytes() }
    }

    /// Sends until the service stops.
    pub(super) async fn run(self, mailbox: Arc<Mailbox>, mut inbox: Inbox, desk: Desk) {
        let mut postman = Postman { endpoint: self, desk, alarms: BTreeMap::new(), under_way: JoinSet::new() };
        loop {
            postman.send_what_is_due();
            let wake = postman.wake();
            tokio::select! {
                biased;
                note = mailbox.next() => postman.note(note),
                item = inbox.next() => match item {
                    // The press says what is to be sent for it.
                    Some(Item::Alarm(_) | Item::Track(_) | Item::StopAll) => {}
                    Some(Item::Reminder(reminder)) => postman.hurry(reminder.bulletin.alarm.id),
                    None => break,
                },
                Some(done) = postman.under_way.join_next() => postman.done(done),
                () = sleep_until(wake) => {}
            }
        }
        // What is under way has its time; the service waits no longer than it does for every channel.
        while let Some(done) = postman.under_way.join_next().await {
            postman.done(done);
        }
    }
}

/// What one endpoint has not taken of one alarm.
#[derive(Debug)]
struct Waiting {
    issues: VecDeque<Arc<Issue>>,
    /// The newest state, which the endpoint has when all of these are taken.
    bulletin: Option<Arc<Bulletin>>,
    is_under_way: bool,
    due: Instant,
    pause: Duration,
}

type Outcome = (AlarmId, Arc<Issue>, Result<u16, String>);

struct Postman {
    endpoint: Endpoint,
    desk: Desk,
    alarms: BTreeMap<AlarmId, Waiting>,
    under_way: JoinSet<Outcome>,
}

impl Postman {
    fn note(&mut self, note: Note) {
        let Note { alarm, bulletin, issue } = note;
        match (issue, self.alarms.get_mut(&alarm)) {
            (None, Some(waiting)) => waiting.bulletin = bulletin.or(waiting.bulletin.take()),
            // Nothing to send and nothing that waits: the endpoint is up to date.
            (None, None) => bulletin.iter().for_each(|bulletin| self.told(bulletin)),
            (Some(issue), Some(waiting)) => {
                waiting.issues.push_back(issue);
                waiting.bulletin = bulletin.or(waiting.bulletin.take());
            }
            (Some(issue), None) => {
                let (issues, due, pause) = (VecDeque::from([issue]), Instant::now(), PAUSE[0]);
                self.alarms.insert(alarm, Waiting { issues, bulletin, is_under_way: false, due, pause });
            }
        }
    }

    fn told(&self, bulletin: &Bulletin) {
        self.desk.sent(bulletin);
        self.desk.acknowledged("", bulletin);
    }

    fn hurry(&mut self, alarm: AlarmId) {
        if let Some(waiting) = self.alarms.get_mut(&alarm) {
            waiting.due = Instant::now();
        }
    }

    fn wake(&self) -> Instant {
        let due = self.alarms.values().filter(|waiting| !waiting.is_under_way).map(|waiting| waiting.due).min();
        let full = self.under_way.len() >= AT_ONCE_MAX;
        due.filter(|_| !full).unwrap_or_else(|| Instant::now() + FOR_EVER)
    }

    fn send_what_is_due(&mut self) {
        let now = Instant::now();
        for (alarm, waiting) in &mut self.alarms {
            if self.under_way.len() >= AT_ONCE_MAX {
                return;
            }
            let Some(issue) = waiting.issues.front().filter(|_| !waiting.is_under_way && waiting.due <= now) else {
                continue;
            };
            waiting.is_under_way = true;
            let (letter, tls) = (self.endpoint.letter(issue), self.endpoint.tls.clone());
            let (alarm, issue) = (*alarm, issue.clone());
            self.under_way.spawn(async move { (alarm, issue, post(letter, tls, PATIENCE).await) });
        }
    }

    fn done(&mut self, done: Result<Outcome, tokio::task::JoinError>) {
        // A task that died has told so; its alarm is told by the next renewal.
        let Ok((alarm, issue, outcome)) = done else { return };
        let Some(waiting) = self.alarms.get_mut(&alarm) else { return };
        waiting.is_under_way = false;
        let fault = match outcome {
            Ok(200..=299) => None,
            Ok(status) => Some(format!("it answered {status}")),
            Err(what) => Some(what),
        };
        self.desk.connected(fault.is_none());
        if let Some(fault) = fault {
            self.desk.failed(format!("{}: {fault}", self.endpoint.url));
            waiting.put_off();
            if issue.message.expires < self.desk.now() && waiting.issues.len() == 1 {
                self.desk.failed(format!("{} was not taken before it expired", issue.message.identifier));
                self.alarms.remove(&alarm);
            }
            return;
        }
        waiting.issues.pop_front();
        (waiting.due, waiting.pause) = (Instant::now(), PAUSE[0]);
        if waiting.issues.is_empty()
            && let Some(waiting) = self.alarms.remove(&alarm)
        {
            waiting.bulletin.iter().for_each(|bulletin| self.told(bulletin));
        }
    }
}

impl Waiting {
    /// Waits longer, and then sends the newest only.
    fn put_off(&mut self) {
        self.due = Instant::now() + self.pause;
        self.pause = (2 * self.pause).min(PAUSE[1]);
        self.issues = self.issues.pop_back().into_iter().collect();
    }
}
