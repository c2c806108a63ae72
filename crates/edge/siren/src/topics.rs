//! Where messages go on an MQTT broker. Every topic names the world; nothing of an exercise passes through a live topic.

use crate::key::World;

/// The topics of one site in one world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topics {
    root: String,
}

impl Topics {
    /// The topics of a site.
    #[must_use]
    pub fn new(world: World, site: &str) -> Self {
        Topics { root: format!("parapet/{}/{}", world.word(), level(site)) }
    }

    /// `parapet/live/<site>`, below which all others lie.
    #[must_use]
    pub fn root(&self) -> &str {
        &self.root
    }

    /// Commands to the sirens of a zone. Never retained.
    #[must_use]
    pub fn zone(&self, zone: &str) -> String {
        format!("{}/siren/zone/{}", self.root, level(zone))
    }

    /// Commands to the sirens of all zones; for a siren to subscribe.
    #[must_use]
    pub fn zones(&self) -> String {
        format!("{}/siren/zone/+", self.root)
    }

    /// Commands to every siren: the end of everything. Never retained.
    #[must_use]
    pub fn every(&self) -> String {
        format!("{}/siren/every", self.root)
    }

    /// Commands to one siren that did not answer. Never retained.
    #[must_use]
    pub fn siren(&self, siren: &str) -> String {
        format!("{}/siren/one/{}", self.root, level(siren))
    }

    /// A siren's receipts.
    #[must_use]
    pub fn receipt(&self, siren: &str) -> String {
        format!("{}/receipt/{}", self.root, level(siren))
    }

    /// All receipts; for the program to subscribe.
    #[must_use]
    pub fn receipts(&self) -> String {
        format!("{}/receipt/+", self.root)
    }

    /// The program's signed heartbeat. Never retained.
    #[must_use]
    pub fn heartbeat(&self) -> String {
        format!("{}/heartbeat", self.root)
    }

    /// `online`, or `offline` by the program's last will. Retained.
    #[must_use]
    pub fn status(&self) -> String {
        format!("{}/status", self.root)
    }

    /// What a zone is told, as JSON, for displays; not signed, no siren listens. Retained.
    #[must_use]
    pub fn state(&self, zone: &str) -> String {
        format!("{}/state/{}", self.root, level(zone))
    }
}

/// A name as one level of a topic: letters and digits of ASCII, `-`, `_` and `.` stay, anything else becomes `-`.
#[must_use]
pub fn level(name: &str) -> String {
    let fine = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let level: String = name.chars().map(fine).collect();
    if level.is_empty() { "-".to_owned() } else { level }
}
