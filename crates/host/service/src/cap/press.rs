//! Where CAP messages are made: once each, so that folder, endpoints and feed never differ.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use parapet_cap::{CapMessage, CapStream, Originator, Reference, Warned};
use parapet_frame::Time;
use parapet_site::Site;
use parapet_warn::{Alarm, AlarmId};

use super::seal::Seal;
use crate::atlas::Atlas;
use crate::channel::Bulletin;
use crate::speech::Speech;
use crate::tell;

/// A message on its way.
#[derive(Debug)]
pub(crate) struct Issue {
    /// The alarm that it is about.
    pub(crate) alarm: Alarm,
    /// The alarm's name for people.
    pub(crate) label: String,
    /// The message, signed where the site signs.
    pub(crate) message: CapMessage,
    /// What gave rise to it; `None` for the renewal of a message that nothing changed.
    pub(crate) bulletin: Option<Arc<Bulletin>>,
}

/// Makes messages of alarms.
pub(super) struct Press {
    atlas: Arc<Atlas>,
    speech: Speech,
    stream: CapStream,
    seal: Option<Seal>,
    /// Alarms that have not ended.
    open: BTreeMap<AlarmId, Alarm>,
}

impl Press {
    /// # Errors
    /// When key and certificate of the signer cannot be used, with what is wrong.
    pub(super) fn new(site: &Site, atlas: Arc<Atlas>) -> Result<Self, String> {
        let speech = Speech::of(site);
        let originator = Originator {
            sender: site.output.cap_sender.clone(),
            site_name: site.name.clone(),
            mode: site.mode(),
            languages: speech.languages().to_vec(),
        };
        let seal = site.cap.signer.as_ref().map(Seal::new).transpose()?;
        Ok(Press { atlas, speech, stream: CapStream::new(originator), seal, open: BTreeMap::new() })
    }

    /// Goes on with alarms of another run, of which messages lie in this folder.
    pub(super) fn go_on(&mut self, folder: &Path, alarms: &[Alarm]) {
        for alarm in alarms {
            let Some(zone) = self.atlas.zone(alarm.id.zone) else { continue };
            let messages = earlier(folder, &CapStream::identifiers_of(alarm.id, &zone.key));
            self.stream.go_on(alarm, messages);
        }
    }

    /// The message that an alarm gives rise to now, if any.
    pub(super) fn alarm(&mut self, alarm: &Alarm, bulletin: Option<&Arc<Bulletin>>, now: Time) -> Option<Arc<Issue>> {
        if alarm.stage.is_ended() {
            self.open.remove(&alarm.id);
        } else {
            self.open.insert(alarm.id, alarm.clone());
        }
        let zone = self.atlas.zone(alarm.id.zone)?;
        let warned = Warned {
            key: zone.key.clone(),
            name: zone.name.clone(),
            names: self.speech.names(zone),
            outline: self.atlas.endangered(alarm),
        };
        let mut message = self.stream.message(alarm, &warned, now)?;
        if let Some(seal) = &self.seal {
            match seal.put_on(&message.xml) {
                Ok(sealed) => message.xml = sealed,
                // An alarm without a signature is worth more than none.
                Err(what) => tell(&format!("a CAP message goes out unsigned: {what}")),
            }
        }
        let label = self.atlas.alarm_id(alarm.id);
        Some(Arc::new(Issue { alarm: alarm.clone(), label, message, bulletin: bulletin.cloned() }))
    }

    /// The messages that must be renewed before they expire.
    pub(super) fn renew(&mut self, now: Time) -> Vec<Arc<Issue>> {
        let open: Vec<Alarm> = self.open.values().cloned().collect();
        open.iter().filter_map(|alarm| self.alarm(alarm, None, now)).collect()
    }
}

/// The messages in a folder whose identifiers begin so, in the order of their sending. What cannot be read is not referred to.
fn earlier(folder: &Path, identifiers: &str) -> Vec<Reference> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let ours = paths.filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(identifiers) && name.ends_with(".xml")
    });
    let heads = ours.filter_map(|path| parapet_cap::read(&std::fs::read(path).ok()?).ok());
    let mut messages: Vec<Reference> =
        heads.map(|head| Reference { identifier: head.identifier, sent: head.sent }).collect();
    messages.sort_by(|a, b| a.sent.cmp(&b.sent).then_with(|| a.identifier.cmp(&b.identifier)));
    messages
}
