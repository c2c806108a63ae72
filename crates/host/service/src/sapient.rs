//! The doors at which SAPIENT is spoken: opened as configured, joined to the engine's queue, and told of alarms.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{SyncSender, TrySendError};

use parapet_engine::Output;
use parapet_frame::{Geodetic, SitePoint};
use parapet_sapient::schema::registration::NodeType;
use parapet_sapient::schema::{Location, LocationCoordinateSystem, LocationDatum};
use parapet_sapient::{AlertZone, EdgePolicy, FusionPolicy, NodeId, Profile, alert, detection};
use parapet_sapient_link::{Arrival, Door, Doors, EdgeSettings, FusionSettings, Identity, Outside, Role, Say, Speaker};
use parapet_site::{SapientDoor, SapientRole, SapientTrust, Site};
use parapet_track::{TrackId, TrackReport};
use parapet_warn::{Alarm, Threat, ZoneId};

use crate::atlas::Atlas;
use crate::clock::Clock;
use crate::error::ServiceError;
use crate::links::Datagram;
use crate::tell;

/// Opens the doors of a site.
///
/// # Errors
/// When an address or a certificate cannot be used.
pub(crate) fn open(
    site: &Site,
    clock: &Arc<Clock>,
    queue: &SyncSender<Datagram>,
    stop: &Arc<AtomicBool>,
) -> Result<Doors, ServiceError> {
    let doors = (site.links.len()..).zip(&site.doors).filter_map(|(link, door)| configured(site, link as u16, door));
    let (now, queue) = (clock.clone(), queue.clone());
    let outside = Outside::new(move || now.now(), move |arrival| hand_over(&queue, arrival), tell, stop.clone());
    // Names of messages must differ between runs, and nothing more.
    let seed = clock.now().nanos().unsigned_abs();
    Doors::open(doors.collect(), seed, &outside).map_err(|error| ServiceError::Link {
        url: "[[sapient]]".to_owned(),
        what: error.to_string(),
        remedy: "check the address, the port and the PEM files of this door",
    })
}

/// A queue whose engine is gone takes everything: the program stops.
fn hand_over(queue: &SyncSender<Datagram>, arrival: Arrival) -> Result<(), Arrival> {
    let Arrival { heard_at, link, sender, bytes } = arrival;
    match queue.try_send(Datagram { heard_at, link, sender, bytes }) {
        Err(TrySendError::Full(Datagram { heard_at, link, sender, bytes })) => {
            Err(Arrival { heard_at, link, sender, bytes })
        }
        _ => Ok(()),
    }
}

/// `None` where an identifier is none, which the configuration never gives.
fn configured(site: &Site, link: u16, door: &SapientDoor) -> Option<Door> {
    let identity = match &door.trust {
        SapientTrust::Plain => None,
        SapientTrust::Tls { certificate, key, authorities } => Some(Identity {
            certificate: certificate.0.clone(),
            key: key.0.clone(),
            authorities: authorities.0.clone(),
        }),
    };
    let role = match &door.role {
        SapientRole::Fusion { window_s, detection_gap_s, connections_max, nodes } => {
            let known: Option<_> = nodes.iter().map(|node| node.parse::<NodeId>().ok()).collect();
            let (window_s, detection_gap_s) = (*window_s, *detection_gap_s);
            let policy = FusionPolicy { window_s, detection_gap_s, known: Some(known?), ..FusionPolicy::default() };
            Role::Fusion(FusionSettings { policy, connections_max: *connections_max as usize })
        }
        SapientRole::Edge { server_name, heartbeat_s, detection_gap_s } => {
            let (heartbeat_s, detection_gap_s) = (*heartbeat_s, *detection_gap_s);
            Role::Edge(Box::new(EdgeSettings {
                registration: profile(site, heartbeat_s).registration(),
                location: Some(location(site.frame.origin())),
                policy: EdgePolicy { heartbeat_s, detection_gap_s, ..EdgePolicy::default() },
                server_name: server_name.clone(),
            }))
        }
    };
    Some(Door { id: door.id.parse().ok()?, address: door.address, identity, link, role })
}

fn profile(site: &Site, heartbeat_s: f64) -> Profile {
    Profile {
        node_type: NodeType::FusionNode,
        name: format!("Parapet {}", site.name),
        mode: "warning".to_owned(),
        heartbeat_s,
        is_range_bearing: false,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

fn location(place: Geodetic) -> Location {
    Location {
        x: Some(place.lon_deg),
        y: Some(place.lat_deg),
        z: Some(place.height_m),
        coordinate_system: Some(LocationCoordinateSystem::LatLngDegM as i32),
        datum: Some(LocationDatum::Wgs84G as i32),
        ..Location::default()
    }
}

/// Carries alarms, and the threats that caused them, to fusion nodes further up.
#[derive(Clone, Debug)]
pub(crate) struct Upward {
    speaker: Speaker,
}

impl Upward {
    pub(crate) fn new(speaker: Speaker) -> Self {
        Upward { speaker }
    }

    /// Takes what the engine said in one step. Never waits.
    pub(crate) fn step(&self, atlas: &Atlas, step: &crate::fanout::Step) {
        if !self.speaker.is_heard() {
            return;
        }
        let mut tracks: BTreeMap<TrackId, &TrackReport> = BTreeMap::new();
        for output in &step.outputs {
            match output {
                Output::Track(track) => drop(tracks.insert(track.id, track)),
                Output::Threat(threat) if threat.believed => {
                    self.threat(atlas, tracks.get(&threat.track).copied(), threat)
                }
                Output::Alarm(alarm) => self.alarm(atlas, alarm),
                _ => {}
            }
        }
    }

    fn threat(&self, atlas: &Atlas, track: Option<&TrackReport>, threat: &Threat) {
        let Some(track) = track else { return };
        let [east_m, north_m, up_m] = track.position_m;
        let Some(place) = atlas.geodetic(SitePoint { east_m, north_m, up_m }) else { return };
        let impact = atlas.geodetic(threat.impact.place).map(|place| (&threat.impact, place));
        let report = detection(track, place, impact, atlas.config().mode);
        self.speaker.say(&Say::Detection(Box::new(report)));
    }

    fn alarm(&self, atlas: &Atlas, alarm: &Alarm) {
        let Some(zone) = zone(atlas, alarm.id.zone) else { return };
        let (id, alert) = alert(alarm, &zone, atlas.config().mode);
        self.speaker.say(&Say::Alert(id, Box::new(alert)));
    }
}

/// The zone of an alert, with the middle of its corners.
fn zone(atlas: &Atlas, zone: ZoneId) -> Option<AlertZone> {
    let zone = atlas.zone(zone)?;
    let corners = zone.rings.first().filter(|corners| !corners.is_empty())?;
    let sum = corners.iter().fold([0.0, 0.0], |[east, north], corner| [east + corner[0], north + corner[1]]);
    let [east_m, north_m] = sum.map(|sum| sum / corners.len() as f64);
    let [lon_deg, lat_deg] = atlas.lon_lat([east_m, north_m]);
    let centre = Geodetic { lat_deg, lon_deg, height_m: atlas.config().environment.ground_height_m };
    Some(AlertZone { key: zone.key.clone(), name: zone.name.clone(), centre })
}
