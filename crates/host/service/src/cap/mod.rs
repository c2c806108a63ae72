//! CAP messages: made once, by one channel, and from there into the folder, the feed and to every endpoint.

mod endpoint;
mod feed;
mod folder;
mod press;
mod seal;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use parapet_frame::Time;
use parapet_site::Site;
use parapet_warn::Alarm;
use tokio::time::{MissedTickBehavior, interval};

use crate::atlas::Atlas;
use crate::channel::{Desk, Inbox, Item, Plan, Receivers, Spec};
use crate::error::ServiceError;
use crate::shared::Shared;
use endpoint::{Endpoint, Mailbox, Note};
pub(crate) use feed::Board;
use folder::Folder;
use press::Press;
pub use seal::verify_cap;

/// How often alarms that nothing changes are looked at again: a message that still holds is renewed before it expires.
const RENEWAL_PERIOD: Duration = Duration::from_secs(5);

/// What the channels are made with beyond the configuration.
pub(crate) struct Setting {
    pub(crate) atlas: Arc<Atlas>,
    pub(crate) shared: Arc<Shared>,
    /// Where files go.
    pub(crate) folder: PathBuf,
    /// Where the feed is served.
    pub(crate) http: SocketAddr,
    pub(crate) now: Time,
    /// Alarms of another run that stand.
    pub(crate) resumed: Vec<Alarm>,
}

/// Adds the channel that makes and writes CAP messages, and one for each endpoint.
///
/// # Errors
/// When the folder cannot be made, or a key or a certificate cannot be used.
pub(crate) fn plan(plan: &mut Plan, site: &Site, setting: Setting) -> Result<Arc<Board>, ServiceError> {
    let Setting { atlas, shared, folder, http, now, resumed } = setting;
    std::fs::create_dir_all(&folder).map_err(|error| ServiceError::folder(&folder, error))?;
    let refused = |table: &str, what: String| ServiceError::Channel { table: table.to_owned(), what };
    let mut press = Press::new(site, atlas).map_err(|what| refused("[cap.sign]", what))?;
    press.go_on(&folder, &resumed);
    let base = site.cap.feed_base.clone().unwrap_or_else(|| format!("http://{http}/cap/"));
    let board = Board::new(&site.output.cap_sender, &site.name, site.mode(), base, now);
    let spec = Spec { name: "cap".to_owned(), kind: "cap", tracks: false, receivers: Receivers::Nobody };
    let mut mailboxes = Vec::new();
    for settings in &site.cap.endpoints {
        let table = format!("[[cap.endpoint]] {}", settings.name);
        let (endpoint, mailbox) =
            (Endpoint::new(settings).map_err(|what| refused(&table, what))?, Arc::<Mailbox>::default());
        mailboxes.push(mailbox.clone());
        plan.add(Endpoint::spec(&settings.name), move |inbox, desk| endpoint.run(mailbox, inbox, desk));
    }
    let office = Office { press, board: board.clone(), mailboxes };
    plan.add(spec, move |inbox, desk| office.run(folder, shared, inbox, desk));
    Ok(board)
}

struct Office {
    press: Press,
    board: Arc<Board>,
    mailboxes: Vec<Arc<Mailbox>>,
}

impl Office {
    async fn run(mut self, folder: PathBuf, shared: Arc<Shared>, mut inbox: Inbox, desk: Desk) {
        let folder = match Folder::start(folder, shared, desk.clone()) {
            Ok(folder) => folder,
            Err(error) => return desk.failed(error.to_string()),
        };
        desk.connected(true);
        let mut renewals = interval(RENEWAL_PERIOD);
        renewals.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let notes: Vec<Note> = tokio::select! {
                biased;
                item = inbox.next() => match item {
                    Some(Item::Alarm(bulletin)) => {
                        let issue = self.press.alarm(&bulletin.alarm, Some(&bulletin), desk.now());
                        vec![Note { alarm: bulletin.alarm.id, bulletin: Some(bulletin), issue }]
                    }
                    Some(_) => continue,
                    None => break,
                },
                _ = renewals.tick() => {
                    let renewed = self.press.renew(desk.now()).into_iter();
                    renewed.map(|issue| Note { alarm: issue.alarm.id, bulletin: None, issue: Some(issue) }).collect()
                }
            };
            for note in notes {
                self.mailboxes.iter().for_each(|mailbox| mailbox.put(note.clone()));
                if let Some(issue) = &note.issue {
                    self.board.put(issue);
                    folder.write(issue, &desk);
                }
            }
        }
        folder.end();
    }
}
