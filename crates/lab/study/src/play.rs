//! A simulated scene played to the engine directly: no bytes, no sockets, no clock, and so a thousand times faster than life.
//!
//! The engine hears what the radars of the scene say when they say it, as the live program would after decoding.

use std::collections::BTreeMap;

use parapet_engine::{Config, Engine, Event, Limits, Mode, Outbox, Output, TroubleReport};
use parapet_frame::{HeardAt, MeasuredAt, Time};
use parapet_track::{Elevation, Plot, RegistrationReport, Scan, SensorId, SensorModel, TrackId, TrackReport};
use parapet_warn::{Alarm, Policy, Threat, Zone};
use parapet_world::{Antenna, Message, MessageKind, PlacedRadar, Scene, Sighting};

/// Second 0 of every scene, seconds since 1970.
const START_S: f64 = 1_600_000_000.0;

/// A second of the scene as an instant.
#[must_use]
pub fn at(seconds: f64) -> Time {
    Time::from_seconds(START_S).plus_seconds(seconds)
}

/// An instant as a second of the scene.
#[must_use]
pub fn seconds(at: Time) -> f64 {
    at.seconds_since(Time::from_seconds(START_S))
}

/// The engine's configuration of a site that knows its radars and its ground, and not the wind.
#[must_use]
pub fn configuration(scene: &Scene, zones: Vec<Zone>) -> Config {
    let mut environment = scene.world.environment.clone();
    environment.wind_mps = [0.0; 2];
    Config {
        mode: Mode::Exercise,
        environment,
        sensors: scene.radars.iter().map(sensor_model).collect(),
        zones,
        policy: Policy::default(),
        limits: Limits::default(),
    }
}

/// What a site would be told of a radar: everything but its faults.
#[must_use]
pub fn sensor_model(radar: &PlacedRadar) -> SensorModel {
    let spec = &radar.spec;
    SensorModel {
        name: spec.name.clone(),
        pose: radar.pose,
        range_min_m: spec.range_min_m,
        range_max_m: spec.range_max_m,
        elevation_min_rad: spec.elevation_min_deg.to_radians(),
        elevation_max_rad: spec.elevation_max_deg.to_radians(),
        scan: match spec.antenna {
            Antenna::Rotating => Scan::Rotating,
            Antenna::Staring => Scan::Staring,
        },
        scan_period_s: spec.scan_period_s,
        sigma_range_m: spec.sigma_range_m,
        sigma_azimuth_rad: spec.sigma_azimuth_deg.to_radians(),
        sigma_range_rate_mps: spec.sigma_range_rate_mps.unwrap_or(2.0),
        detection_probability: spec.detection_probability,
        clutter_per_scan: spec.clutter_per_scan,
        silent_after_s: 5.0 * spec.scan_period_s,
        blanked: Vec::new(),
        trust: parapet_track::Trust::default(),
    }
}

/// What the engine says at an instant about everything that it tracks.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// Every track that a person would be shown, as of its last report, with what it threatens.
    pub tracks: BTreeMap<TrackId, (TrackReport, Option<Threat>)>,
    /// Every word about an alarm so far.
    pub alarms: Vec<Alarm>,
    /// Every word about what a sensor has wrong.
    pub registrations: Vec<RegistrationReport>,
    /// Every trouble of a sensor that began or was over.
    pub troubles: Vec<TroubleReport>,
}

impl Picture {
    fn take(&mut self, out: &mut Outbox) {
        for output in out.outputs.drain(..) {
            match output {
                Output::Track(report) => {
                    self.tracks.insert(report.id, (report, None));
                }
                Output::TrackEnded { track, .. } => {
                    self.tracks.remove(&track);
                }
                Output::Threat(threat) => {
                    if let Some((_, place)) = self.tracks.get_mut(&threat.track) {
                        *place = Some(threat);
                    }
                }
                Output::Alarm(alarm) => self.alarms.push(alarm),
                Output::Registration(report) => self.registrations.push(report),
                Output::Trouble(report) => self.troubles.push(report),
                Output::Origin(_)
                | Output::Record(_)
                | Output::Sensor(_)
                | Output::Refused(_)
                | Output::Operator(_) => {}
                Output::Sound(_) | Output::Fall(_) | Output::Ear(_) | Output::Suspicion(_) => {}
            }
        }
    }
}

/// An engine that hears a scene.
#[derive(Debug)]
pub struct Player {
    engine: Engine,
    events: std::iter::Peekable<std::vec::IntoIter<(Time, Event)>>,
    outbox: Outbox,
    picture: Picture,
}

impl Player {
    /// At second 0 of what radars say.
    #[must_use]
    pub fn new(config: Config, scene: &Scene, messages: &[Message]) -> Self {
        Player::of_events(config, events(scene, messages))
    }

    /// The same with any events, in the order of their times.
    #[must_use]
    pub fn of_events(config: Config, events: Vec<(Time, Event)>) -> Self {
        Player {
            engine: Engine::new(config),
            events: events.into_iter().peekable(),
            outbox: Outbox::default(),
            picture: Picture::default(),
        }
    }

    /// The engine as it stands.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Plays until a second of the scene; returns what the engine says then.
    pub fn until(&mut self, second: f64) -> &Picture {
        let until = at(second);
        while let Some((time, event)) = self.events.next_if(|(time, _)| *time <= until) {
            self.engine.step(time, event, &mut self.outbox);
            self.picture.take(&mut self.outbox);
        }
        self.engine.step(until, Event::Tick, &mut self.outbox);
        self.picture.take(&mut self.outbox);
        &self.picture
    }
}

/// What radars say, as events of an engine whose sensors are in the same order.
#[must_use]
pub fn events(scene: &Scene, messages: &[Message]) -> Vec<(Time, Event)> {
    let mut sequence = vec![0; scene.radars.len()];
    let mut events = Vec::new();
    for message in messages {
        let (sensor, heard_at) = (SensorId(message.radar as u16), at(message.send_s));
        match &message.kind {
            MessageKind::North { stamp_s } if scene.radars[message.radar].spec.antenna == Antenna::Staring => {
                events.push((heard_at, Event::Alive { sensor, measured_at: MeasuredAt(at(*stamp_s)) }));
            }
            MessageKind::North { stamp_s } => events.push((heard_at, swept(sensor, *stamp_s, 0.0))),
            MessageKind::Sector { stamp_s, azimuth_rad } => {
                events.push((heard_at, swept(sensor, *stamp_s, *azimuth_rad)));
            }
            MessageKind::Plots(sightings) => {
                let sigma_rad = scene.radars[message.radar].spec.sigma_elevation_deg.to_radians();
                for sighting in sightings {
                    let number = &mut sequence[message.radar];
                    let plot = plot(sighting, sensor, *number, heard_at, sigma_rad);
                    events.push((heard_at, Event::Plot(plot)));
                    *number += 1;
                }
            }
        }
    }
    events
}

fn swept(sensor: SensorId, stamp_s: f64, antenna_rad: f64) -> Event {
    Event::Swept { sensor, measured_at: MeasuredAt(at(stamp_s)), antenna_rad }
}

fn plot(sighting: &Sighting, sensor: SensorId, sequence: u64, heard_at: Time, sigma_rad: f64) -> Plot {
    Plot {
        sensor,
        sequence,
        measured_at: MeasuredAt(at(sighting.stamp_s)),
        heard_at: HeardAt(heard_at),
        range_m: sighting.polar.range_m,
        azimuth_rad: sighting.polar.azimuth_rad,
        elevation: Some(Elevation { rad: sighting.polar.elevation_rad, sigma_rad }),
        range_rate_mps: sighting.range_rate_mps,
        identity: None,
        simulated: true,
        accuracy: None,
    }
}
