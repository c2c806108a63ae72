//! The folder of CAP messages: one file per message, whole or not there.

use std::path::{Path, PathBuf};

use parapet_cap::{CapMessage, CapStream, Originator, Warned};
use parapet_frame::Time;
use parapet_warn::{Alarm, Zone};

use crate::atlas::Atlas;

/// Writes the CAP messages of all alarms.
pub(crate) struct CapFolder {
    folder: PathBuf,
    stream: CapStream,
    /// In the order of the configuration.
    zones: Vec<Warned>,
}

impl CapFolder {
    pub(crate) fn new(folder: &Path, site_name: &str, sender: String, atlas: &Atlas) -> Self {
        let originator = Originator { sender, site_name: site_name.to_owned(), mode: atlas.config().mode };
        let zones = atlas.config().zones.iter().map(|zone| warned(atlas, zone)).collect();
        CapFolder { folder: folder.to_owned(), stream: CapStream::new(originator), zones }
    }

    /// Writes the message that an alarm gives rise to, if any.
    ///
    /// # Errors
    /// When the file cannot be written; names the file.
    pub(crate) fn write(&mut self, alarm: &Alarm, now: Time) -> Result<(), String> {
        let Some(zone) = self.zones.get(usize::from(alarm.id.zone.0)) else { return Ok(()) };
        match self.stream.message(alarm, zone, now) {
            Some(message) => self.put(&message),
            None => Ok(()),
        }
    }

    /// Whoever watches the folder never sees half a message: it is written beside and renamed.
    fn put(&self, message: &CapMessage) -> Result<(), String> {
        let path = self.folder.join(format!("{}.xml", message.identifier));
        let beside = self.folder.join(format!(".{}.part", message.identifier));
        let written = std::fs::write(&beside, &message.xml).and_then(|()| std::fs::rename(&beside, &path));
        written.map_err(|error| format!("{}: {error}", path.display()))
    }
}

fn warned(atlas: &Atlas, zone: &Zone) -> Warned {
    let outer = zone.rings.first().map(Vec::as_slice).unwrap_or_default();
    let lat_lon = |corner: &[f64; 2]| {
        let [lon_deg, lat_deg] = atlas.lon_lat(*corner);
        [lat_deg, lon_deg]
    };
    Warned { key: zone.key.clone(), name: zone.name.clone(), outline: outer.iter().map(lat_lon).collect() }
}
