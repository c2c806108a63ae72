//! From messages to the engine's events: who speaks, when it was measured, and what was seen, in the core's own terms.
//!
//! | what came | becomes |
//! |---|---|
//! | a detection with range and azimuth, or with a place on the Earth | a plot |
//! | a detection that a plot cannot hold: a bearing, a sound, an object that was lost | a sign of life, and a [`SapientDetection`] |
//! | a status report | the node's own state, which is a sign of life too; of a node that says goodbye: nothing |
//! | a node that no sensor is configured for, bytes that are no message | undecodable, with the reason |
//! | everything else | nothing: it is between the node and the fusion node |
//!
//! The same messages in the same order give the same events, so this is what a recording is replayed through. Whether a message
//! may be listened to at all has been decided before, by [`FusionNode`](crate::FusionNode).

use parapet_engine::{Event, OwnState, Undecodable};
use parapet_frame::{HeardAt, MeasuredAt, maths};
use parapet_track::{Elevation, Plot, SensorId};
use serde::{Deserialize, Serialize};

use crate::detection::{Measured, North, SapientDetection, SeenAt};
use crate::earth::EarthPlace;
use crate::id::NodeId;
use crate::limits::Limits;
use crate::message::schema::SapientMessage;
use crate::message::schema::sapient_message::Content;
use crate::message::schema::status_report::System;
use crate::message::{read, time_of};

/// A sensor whose words are taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SapientSource {
    /// The sensor in the engine's configuration.
    pub sensor: SensorId,
    /// The node that it calls itself.
    pub node: NodeId,
    /// The lines that it speaks on; empty when any will do.
    pub links: Vec<u16>,
    /// Where it stands, surveyed; its height above mean sea level.
    pub place: EarthPlace,
    /// How far its own north lies clockwise of true north, radians; `None` where it is to speak of true north only.
    pub north_rad: Option<f64>,
    /// Height of the geoid above the ellipsoid at the site, metres, for places that are told above the ellipsoid.
    pub geoid_m: f64,
    /// Standard deviation of an elevation that comes without one, radians; `None` when such are not to be used.
    pub sigma_elevation_rad: Option<f64>,
}

/// What came of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Intaken {
    /// An event for the engine.
    Event(Event),
    /// A detection that no plot can hold.
    Detection(Box<SapientDetection>),
}

/// What came in so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SapientCounts {
    /// Messages.
    pub messages: u64,
    /// ... that became plots.
    pub plots: u64,
    /// ... that became signs of life.
    pub alive: u64,
    /// ... among them detections that no plot can hold.
    pub beyond_plots: u64,
    /// ... that are for others than the engine.
    pub others: u64,
    /// ... that were refused.
    pub undecodable: u64,
}

/// Turns messages into events.
#[derive(Clone, Debug)]
pub struct SapientIntake {
    sources: Vec<SapientSource>,
    sequences: Vec<u64>,
    limits: Limits,
    counts: SapientCounts,
}

impl SapientIntake {
    /// An intake for some sensors. Where two share a node the first is meant.
    #[must_use]
    pub fn new(sources: Vec<SapientSource>) -> Self {
        let sequences = vec![0; sources.len()];
        SapientIntake { sources, sequences, limits: Limits::DEFAULT, counts: SapientCounts::default() }
    }

    /// What came in so far.
    #[must_use]
    pub fn counts(&self) -> &SapientCounts {
        &self.counts
    }

    /// Reads a message, without its frame, that was heard on a link.
    pub fn message(&mut self, heard_at: HeardAt, link: u16, bytes: &[u8], sink: &mut dyn FnMut(Intaken)) {
        self.counts.messages += 1;
        let message = match read(bytes, &self.limits) {
            Ok(message) => message,
            Err(findings) => {
                let words: Vec<String> = findings.iter().map(ToString::to_string).collect();
                return self.refuse(None, &format!("link {link}: {}", words.join("; ")), sink);
            }
        };
        match &message.content {
            Some(Content::DetectionReport(_)) => self.detection(heard_at, link, &message, sink),
            Some(Content::StatusReport(status)) if status.system() != System::Goodbye => {
                if let Some(place) = self.speaker(link, &message, sink) {
                    self.state(place, status.system(), &message, heard_at, sink);
                }
            }
            _ => self.counts.others += 1,
        }
    }

    fn detection(&mut self, heard_at: HeardAt, link: u16, message: &SapientMessage, sink: &mut dyn FnMut(Intaken)) {
        let Some(place) = self.speaker(link, message, sink) else { return };
        let source = &self.sources[place];
        let sensor = source.sensor;
        let found = SapientDetection::of(message).map_err(|why| why.to_string());
        let detection = match found {
            Ok(detection) => detection,
            Err(why) => return self.refuse(Some(sensor), &format!("link {link}: {why}"), sink),
        };
        match source.seen(&detection) {
            Ok(Some(seen)) => {
                let plot = self.plot(place, heard_at, &detection, seen);
                sink(Intaken::Event(Event::Plot(plot)));
            }
            Ok(None) => {
                self.counts.beyond_plots += 1;
                self.alive(place, message, heard_at, sink);
                sink(Intaken::Detection(Box::new(detection)));
            }
            Err(why) => self.refuse(Some(sensor), &format!("link {link}: {why}"), sink),
        }
    }

    fn plot(&mut self, place: usize, heard_at: HeardAt, detection: &SapientDetection, seen: Seen) -> Plot {
        let sequence = self.sequences[place];
        self.sequences[place] += 1;
        self.counts.plots += 1;
        Plot {
            sensor: self.sources[place].sensor,
            sequence,
            measured_at: detection.measured_at,
            heard_at,
            range_m: seen.range_m,
            azimuth_rad: seen.azimuth_rad,
            elevation: seen.elevation,
            // A velocity comes out of the node's own tracker; it is no measurement of this moment.
            range_rate_mps: None,
            identity: None,
            simulated: detection.is_simulated,
            accuracy: None,
        }
    }

    fn alive(&mut self, place: usize, message: &SapientMessage, heard_at: HeardAt, sink: &mut dyn FnMut(Intaken)) {
        self.counts.alive += 1;
        let measured_at = MeasuredAt(message.timestamp.as_ref().map_or(heard_at.0, time_of));
        sink(Intaken::Event(Event::Alive { sensor: self.sources[place].sensor, measured_at }));
    }

    /// What a node says of itself: a warning means that it works with less than it has, an error that it cannot be relied on.
    fn state(
        &mut self,
        place: usize,
        system: System,
        message: &SapientMessage,
        heard_at: HeardAt,
        sink: &mut dyn FnMut(Intaken),
    ) {
        self.counts.alive += 1;
        let measured_at = MeasuredAt(message.timestamp.as_ref().map_or(heard_at.0, time_of));
        let state = OwnState {
            released: Some(system != System::Error),
            overloaded: Some(system == System::Warning),
            ..OwnState::alive(self.sources[place].sensor, measured_at, heard_at)
        };
        sink(Intaken::Event(Event::Health(Box::new(state))));
    }

    /// The sensor that a message is from; refused where there is none.
    fn speaker(&mut self, link: u16, message: &SapientMessage, sink: &mut dyn FnMut(Intaken)) -> Option<usize> {
        let named: Option<NodeId> = message.node_id().parse().ok();
        let place = self.sources.iter().position(|source| Some(source.node) == named && source.speaks_on(link));
        if place.is_none() {
            let detail = format!("link {link}: node {} is no configured sensor here", message.node_id());
            self.refuse(None, &detail, sink);
        }
        place
    }

    fn refuse(&mut self, sensor: Option<SensorId>, detail: &str, sink: &mut dyn FnMut(Intaken)) {
        self.counts.undecodable += 1;
        sink(Intaken::Event(Event::Undecodable(Undecodable { sensor, detail: detail.to_owned() })));
    }
}

/// What of a detection goes into a plot.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Seen {
    range_m: f64,
    azimuth_rad: f64,
    elevation: Option<Elevation>,
}

impl SapientSource {
    fn speaks_on(&self, link: u16) -> bool {
        self.links.is_empty() || self.links.contains(&link)
    }

    /// A detection about this sensor; nothing where no plot can hold it.
    fn seen(&self, detection: &SapientDetection) -> Result<Option<Seen>, &'static str> {
        if detection.is_lost {
            return Ok(None);
        }
        match detection.seen_at {
            SeenAt::Polar { range_m: Some(range_m), azimuth_rad: Some(azimuth_rad), elevation_rad, north } => {
                let turned_rad = match north {
                    North::True => 0.0,
                    North::Own => self.north_rad.ok_or(
                        "azimuths are not counted from true north; write `north_deg` in the sensor's `sapient` table",
                    )?,
                };
                Ok(Some(Seen {
                    range_m: range_m.value,
                    azimuth_rad: maths::wrap_pi(azimuth_rad.value + turned_rad),
                    elevation: elevation_rad.and_then(|elevation| self.elevation(elevation)),
                }))
            }
            SeenAt::Polar { .. } => Ok(None),
            SeenAt::Place { place, has_height, is_above_ellipsoid, sigma_m } => {
                let lowered_m = if is_above_ellipsoid && has_height { self.geoid_m } else { 0.0 };
                let height_m = if has_height { place.height_m - lowered_m } else { self.place.height_m };
                let enu_m = self.place.enu_of(&EarthPlace { height_m, ..place });
                Ok(Some(self.polar(enu_m, has_height, sigma_m)))
            }
        }
    }

    fn polar(&self, [east_m, north_m, up_m]: [f64; 3], has_height: bool, sigma_m: [Option<f64>; 3]) -> Seen {
        let across_m = (east_m * east_m + north_m * north_m).sqrt();
        let range_m = (across_m * across_m + up_m * up_m).sqrt();
        let sigma = sigma_m[2].filter(|_| across_m > 0.0).map(|sigma_up_m| sigma_up_m / across_m);
        let elevation = Measured { value: maths::atan2(up_m, across_m), sigma };
        Seen {
            range_m: if has_height { range_m } else { across_m },
            azimuth_rad: maths::atan2(east_m, north_m),
            elevation: self.elevation(elevation).filter(|_| has_height),
        }
    }

    fn elevation(&self, told: Measured) -> Option<Elevation> {
        let sigma_rad = told.sigma.or(self.sigma_elevation_rad)?;
        Some(Elevation { rad: told.value, sigma_rad })
    }
}
