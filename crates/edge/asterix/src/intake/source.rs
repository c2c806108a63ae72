//! Who is listened to.

use std::net::IpAddr;

use parapet_frame::SensorPose;
use parapet_track::SensorId;
use serde::{Deserialize, Serialize};

use crate::Edition;

/// A sensor whose words are taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntakeSource {
    /// The sensor in the engine's configuration.
    pub sensor: SensorId,
    /// System area code that it sends.
    pub sac: u8,
    /// System identification code that it sends.
    pub sic: u8,
    /// Where it stands.
    pub pose: SensorPose,
    /// Standard deviation of the elevation behind its 3-D heights (I048/110), radians; `None` when those are not to be
    /// used.
    pub sigma_elevation_rad: Option<f64>,
    /// Standard deviation of a height told by transponder (I048/090), metres; it is above all the pressure of the day,
    /// which the altimeter does not know.
    pub sigma_barometric_height_m: f64,
    /// The lines that it speaks on; empty when any will do.
    pub links: Vec<u16>,
    /// The addresses that may send for it; empty when any may.
    pub senders: Vec<IpAddr>,
    /// The editions that it sends, of categories where that is not the latest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub editions: Vec<Edition>,
}

impl IntakeSource {
    pub(super) fn speaks_on(&self, link: u16) -> bool {
        self.links.is_empty() || self.links.contains(&link)
    }

    pub(super) fn admits(&self, sender: Option<IpAddr>) -> bool {
        let pinned = |sender: IpAddr| self.senders.iter().any(|pin| pin.to_canonical() == sender);
        self.senders.is_empty() || sender.is_none_or(pinned)
    }
}
