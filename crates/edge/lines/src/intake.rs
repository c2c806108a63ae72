//! From lines to the engine's events.
//!
//! | what came | becomes |
//! |---|---|
//! | `plot`, `place`, `site` | a plot of the sensor |
//! | `sound` | a sound report of the node |
//! | `alive` | a sign of life of the sensor or the node, unless its state is `fault` |
//! | `position` | a contact of the sensor that passes it on |
//! | `bearing` | a sign of life of the sensor, and the line itself, which no plot can hold |
//! | anything else | undecodable, with line, column, key and remedy |
//!
//! The same bytes in the same order give the same events, so this is what a recording is replayed through.

use std::collections::BTreeMap;
use std::net::IpAddr;

use geometry::{polar_sigmas, turned};
use parapet_engine::{Event, Undecodable};
use parapet_frame::{Geodetic, HeardAt, MeasuredAt, SensorPose, SitePoint, Time, maths};
use parapet_track::{Accuracy, Bearing, Ear, Elevation, Identity, Plot, SensorId, Sound, SoundKind, SoundReport};

use crate::line::{AliveLine, Heard, Line, PlotLine, SoundLine, State, Target};
use crate::parse::{LineError, parse};
use crate::position::contact;
use crate::source::{LineSensor, LineSources};

/// How well a bearing is known where nobody says, radians (5 degrees).
const SIGMA_BEARING_RAD: f64 = 0.087_3;
/// How well the arrival of a line tells when a sound arrived, seconds: for nodes without a clock, that tell a bearing only.
const SIGMA_ARRIVAL_S: f64 = 1.0;
/// Where a sensor that also hears tells no better, seconds.
const SIGMA_SENSOR_TIME_S: f64 = 0.1;
/// How well a surveyed sensor's place is known, metres.
const SIGMA_SENSOR_PLACE_M: f64 = 5.0;

/// What came of a line.
#[derive(Clone, Debug, PartialEq)]
pub enum Taken {
    /// An event for the engine.
    Event(Event),
    /// A direction without a range, with the sensor that told it.
    Beyond(SensorId, Box<Line>),
}

/// What came in so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinesCounts {
    /// Lines.
    pub lines: u64,
    /// ... that became plots.
    pub plots: u64,
    /// ... that became sounds.
    pub sounds: u64,
    /// ... that became contacts.
    pub contacts: u64,
    /// ... that became signs of life.
    pub alive: u64,
    /// ... among them what no plot can hold.
    pub beyond: u64,
    /// ... that were refused.
    pub refused: u64,
}

/// Turns lines into events.
#[derive(Clone, Debug)]
pub struct LinesIntake {
    sources: LineSources,
    /// Who has a name: the place among sensors, or among nodes.
    names: BTreeMap<String, Speaker>,
    sequences: Vec<u64>,
    counts: LinesCounts,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speaker {
    Sensor(usize),
    Node(usize),
}

impl LinesIntake {
    /// An intake for some sensors and nodes. Where two share a name the first is meant, sensors before nodes.
    #[must_use]
    pub fn new(sources: LineSources) -> Self {
        let mut names = BTreeMap::new();
        for (place, sensor) in sources.sensors.iter().enumerate() {
            names.entry(sensor.name.clone()).or_insert(Speaker::Sensor(place));
        }
        for (place, node) in sources.nodes.iter().enumerate() {
            names.entry(node.name.clone()).or_insert(Speaker::Node(place));
        }
        let sequences = vec![0; sources.sensors.len()];
        LinesIntake { sources, names, sequences, counts: LinesCounts::default() }
    }

    /// What came in so far.
    #[must_use]
    pub fn counts(&self) -> &LinesCounts {
        &self.counts
    }

    /// Reads all lines of some bytes that were heard together on a link. Blank lines are none.
    pub fn bytes(
        &mut self,
        heard_at: HeardAt,
        link: u16,
        sender: Option<IpAddr>,
        bytes: &[u8],
        sink: &mut dyn FnMut(Taken),
    ) {
        for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
            if line.trim_ascii().is_empty() {
                continue;
            }
            self.counts.lines += 1;
            if let Err((sensor, why)) = self.line(heard_at, sender, line.trim_ascii(), sink) {
                self.counts.refused += 1;
                let detail = format!("link {link}, line {number}, {why}");
                sink(Taken::Event(Event::Undecodable(Undecodable { sensor, detail })));
            }
        }
    }

    fn line(
        &mut self,
        heard_at: HeardAt,
        sender: Option<IpAddr>,
        bytes: &[u8],
        sink: &mut dyn FnMut(Taken),
    ) -> Result<(), (Option<SensorId>, LineError)> {
        let (line, speaker) = self.admit(sender, bytes)?;
        match speaker {
            Speaker::Sensor(place) => self.by_sensor(place, heard_at, line, sink),
            Speaker::Node(place) => self.by_node(place, heard_at, &line, sink),
        }
        Ok(())
    }

    /// What is wrong with a line, without taking it.
    ///
    /// # Errors
    /// When [`bytes`](Self::bytes) would refuse it.
    pub fn check(&self, sender: Option<IpAddr>, bytes: &[u8]) -> Result<(), LineError> {
        self.admit(sender, bytes).map(drop).map_err(|(_, why)| why)
    }

    /// Reads a line and finds who speaks.
    fn admit(&self, sender: Option<IpAddr>, bytes: &[u8]) -> Result<(Line, Speaker), (Option<SensorId>, LineError)> {
        let line = parse(bytes).map_err(|why| (None, why))?;
        let key = if matches!(line, Line::Sound(_)) { "node" } else { "sensor" };
        let name = name_of(&line);
        let Some(&speaker) = self.names.get(name) else {
            let what = format!("{name:?} is not configured here");
            return Err((
                None,
                LineError::of(key, &what, "write the `id` of a `[[sensor]]` with `lines`, or of a node"),
            ));
        };
        match speaker {
            Speaker::Sensor(place) => {
                let sensor = &self.sources.sensors[place];
                if !sensor.senders.is_empty() && sender.is_none_or(|sender| !sensor.senders.contains(&sender)) {
                    let what = format!("{name:?} may not be spoken for by this sender");
                    let remedy = "list its address in the sensor's `lines = { senders = [...] }`";
                    return Err((Some(sensor.sensor), LineError::of(key, &what, remedy)));
                }
            }
            Speaker::Node(_) if !matches!(line, Line::Sound(_) | Line::Alive(_)) => {
                let what = "an acoustic node sends `sound` and `alive` only";
                let remedy = "make it a `[[sensor]]` with `lines` to send detections";
                return Err((None, LineError::of("sensor", what, remedy)));
            }
            Speaker::Node(_) => {}
        }
        Ok((line, speaker))
    }

    fn by_sensor(&mut self, place: usize, heard_at: HeardAt, line: Line, sink: &mut dyn FnMut(Taken)) {
        let source = self.sources.sensors[place].clone();
        let LineSensor { sensor, pose, .. } = source;
        match &line {
            Line::Plot(plot) => {
                let seen = Seen::of_plot(plot, &source);
                let plot = self.plot(place, heard_at, measured_at(&line, heard_at), seen, &line);
                sink(Taken::Event(Event::Plot(plot)));
            }
            Line::Place(told) => {
                let height_m = told.height_m.unwrap_or(pose.height_m);
                let geodetic = Geodetic { lat_deg: told.lat_deg, lon_deg: told.lon_deg, height_m };
                // The line has been checked: it is a place.
                let point = self.sources.axes.site_from_geodetic(geodetic).unwrap_or_default();
                let sigmas = [told.sigma_horizontal_m, told.sigma_vertical_m];
                let seen = Seen::of_point(point, told.height_m.is_some(), sigmas, &source);
                let plot = self.plot(place, heard_at, measured_at(&line, heard_at), seen, &line);
                sink(Taken::Event(Event::Plot(plot)));
            }
            Line::Site(told) => {
                let point = SitePoint {
                    east_m: told.east_m,
                    north_m: told.north_m,
                    up_m: told.up_m.unwrap_or(pose.origin_m[2]),
                };
                let sigmas = [told.sigma_horizontal_m, told.sigma_vertical_m];
                let seen = Seen::of_point(point, told.up_m.is_some(), sigmas, &source);
                let plot = self.plot(place, heard_at, measured_at(&line, heard_at), seen, &line);
                sink(Taken::Event(Event::Plot(plot)));
            }
            Line::Sound(sound) => {
                self.counts.sounds += 1;
                let place_m = pose.origin_m;
                let report = report(
                    sound,
                    Ear::Sensor(sensor),
                    &pose,
                    place_m,
                    SIGMA_SENSOR_PLACE_M,
                    heard_at,
                    SIGMA_SENSOR_TIME_S,
                );
                sink(Taken::Event(Event::Sound(report)));
            }
            Line::Alive(alive) => self.alive(sensor, alive, heard_at, sink),
            Line::Position(position) => {
                self.counts.contacts += 1;
                let identity = identity(&position.target).unwrap_or_default();
                let moments = (measured_at(&line, heard_at), heard_at);
                let report = contact(position, sensor, &self.sources.axes, identity, moments);
                // The line has been checked: it is a place.
                report.into_iter().for_each(|report| sink(Taken::Event(Event::Contact(Box::new(report)))));
            }
            Line::Bearing(_) => {
                self.counts.alive += 1;
                self.counts.beyond += 1;
                sink(Taken::Event(Event::Alive { sensor, measured_at: measured_at(&line, heard_at) }));
                sink(Taken::Beyond(sensor, Box::new(line)));
            }
        }
    }

    fn alive(&mut self, sensor: SensorId, alive: &AliveLine, heard_at: HeardAt, sink: &mut dyn FnMut(Taken)) {
        if alive.state != State::Fault {
            self.counts.alive += 1;
            let measured_at = MeasuredAt(told_time(alive.time.as_deref(), alive.time_unix_s).unwrap_or(heard_at.0));
            sink(Taken::Event(Event::Alive { sensor, measured_at }));
        }
    }

    fn by_node(&mut self, place: usize, heard_at: HeardAt, line: &Line, sink: &mut dyn FnMut(Taken)) {
        let node = &self.sources.nodes[place];
        let ear = Ear::Node(place as u32);
        let place_m = node.pose.origin_m;
        match line {
            Line::Sound(sound) => {
                self.counts.sounds += 1;
                let report = report(sound, ear, &node.pose, place_m, node.sigma_place_m, heard_at, node.sigma_time_s);
                sink(Taken::Event(Event::Sound(report)));
            }
            Line::Alive(alive) if alive.state != State::Fault => {
                self.counts.alive += 1;
                sink(Taken::Event(Event::Sound(SoundReport {
                    ear,
                    place_m,
                    sigma_place_m: node.sigma_place_m,
                    measured_at: measured_at(line, heard_at),
                    heard_at,
                    sound: None,
                    simulated: alive.simulated,
                })));
            }
            _ => {}
        }
    }

    fn plot(&mut self, place: usize, heard_at: HeardAt, measured_at: MeasuredAt, seen: Seen, line: &Line) -> Plot {
        let sequence = self.sequences[place];
        self.sequences[place] += 1;
        self.counts.plots += 1;
        let (target, simulated) = match line {
            Line::Plot(line) => (line.target.as_ref(), line.simulated),
            Line::Place(line) => (line.target.as_ref(), line.simulated),
            Line::Site(line) => (line.target.as_ref(), line.simulated),
            _ => (None, false),
        };
        let Seen { range_m, azimuth_rad, elevation, range_rate_mps, accuracy } = seen;
        Plot {
            sensor: self.sources.sensors[place].sensor,
            sequence,
            measured_at,
            heard_at,
            range_m,
            azimuth_rad,
            elevation,
            range_rate_mps,
            identity: target.and_then(identity),
            simulated,
            accuracy: (accuracy != Accuracy::default()).then_some(accuracy),
        }
    }
}

/// What of a detection goes into a plot.
struct Seen {
    range_m: f64,
    azimuth_rad: f64,
    elevation: Option<Elevation>,
    range_rate_mps: Option<f64>,
    accuracy: Accuracy,
}

impl Seen {
    fn of_plot(line: &PlotLine, source: &LineSensor) -> Self {
        let sigma_rad = line.sigma_elevation_deg.map(f64::to_radians).or(source.sigma_elevation_rad);
        let elevation = line.elevation_deg.zip(sigma_rad);
        Seen {
            range_m: line.range_m,
            azimuth_rad: maths::wrap_pi(line.azimuth_deg.to_radians()),
            elevation: elevation.map(|(deg, sigma_rad)| Elevation { rad: deg.to_radians(), sigma_rad }),
            range_rate_mps: line.range_rate_mps,
            accuracy: Accuracy {
                range_m: line.sigma_range_m,
                azimuth_rad: line.sigma_azimuth_deg.map(f64::to_radians),
                range_rate_mps: line.sigma_range_rate_mps,
            },
        }
    }

    fn of_point(point: SitePoint, has_height: bool, sigmas_m: [Option<f64>; 2], source: &LineSensor) -> Self {
        let polar = source.pose.polar_from_site(point.to_vector());
        let told = sigmas_m[0].map(|horizontal_m| {
            polar_sigmas(&polar, horizontal_m, sigmas_m[1].filter(|_| has_height).unwrap_or(horizontal_m))
        });
        let sigma_rad = told.map(|[_, _, elevation_rad]| elevation_rad).or(source.sigma_elevation_rad);
        Seen {
            range_m: polar.range_m,
            azimuth_rad: polar.azimuth_rad,
            elevation: sigma_rad
                .filter(|_| has_height)
                .map(|sigma_rad| Elevation { rad: polar.elevation_rad, sigma_rad }),
            range_rate_mps: None,
            accuracy: Accuracy {
                range_m: told.map(|[range_m, _, _]| range_m),
                azimuth_rad: told.map(|[_, azimuth_rad, _]| azimuth_rad),
                range_rate_mps: None,
            },
        }
    }
}

/// The two small pieces of geometry.
mod geometry {
    use parapet_frame::{Polar, SensorPose, maths};

    /// Standard deviations of range (m), azimuth and elevation (rad) of a place that is known so well horizontally and vertically.
    pub(super) fn polar_sigmas(polar: &Polar, horizontal_m: f64, vertical_m: f64) -> [f64; 3] {
        let (sin, cos) = maths::sin_cos(polar.elevation_rad);
        let squares = |a: f64, b: f64| (a * a + b * b).sqrt();
        let range_m = polar.range_m.max(1.0);
        [
            squares(cos * horizontal_m, sin * vertical_m),
            horizontal_m / (range_m * cos.abs().max(0.01)),
            squares(sin * horizontal_m, cos * vertical_m) / range_m,
        ]
    }

    /// An azimuth from true north at a place as one from the site's north, radians.
    pub(super) fn turned(pose: &SensorPose, azimuth_rad: f64) -> f64 {
        let ahead = Polar { range_m: 1.0, azimuth_rad, elevation_rad: 0.0 };
        let way = pose.site_from_polar(ahead) - pose.origin();
        maths::atan2(way.x, way.y)
    }
}

fn report(
    line: &SoundLine,
    ear: Ear,
    pose: &SensorPose,
    place_m: [f64; 3],
    sigma_place_m: f64,
    heard_at: HeardAt,
    sigma_time_s: f64,
) -> SoundReport {
    let told = told_time(line.time.as_deref(), line.time_unix_s);
    let default_s = if told.is_some() { sigma_time_s } else { SIGMA_ARRIVAL_S };
    let bearing = line.azimuth_deg.map(|azimuth_deg| Bearing {
        azimuth_rad: turned(pose, azimuth_deg.to_radians()),
        sigma_rad: line.sigma_azimuth_deg.map_or(SIGMA_BEARING_RAD, f64::to_radians),
    });
    let kind = match line.heard {
        Heard::Launch => SoundKind::Launch,
        Heard::Impact => SoundKind::Impact,
    };
    SoundReport {
        ear,
        place_m,
        sigma_place_m,
        measured_at: MeasuredAt(told.unwrap_or(heard_at.0)),
        heard_at,
        sound: Some(Sound { kind, sigma_time_s: line.sigma_time_s.unwrap_or(default_s), bearing }),
        simulated: line.simulated,
    }
}

fn name_of(line: &Line) -> &str {
    match line {
        Line::Plot(line) => &line.sensor,
        Line::Place(line) => &line.sensor,
        Line::Site(line) => &line.sensor,
        Line::Bearing(line) => &line.sensor,
        Line::Sound(line) => &line.node,
        Line::Alive(line) => &line.sensor,
        Line::Position(line) => &line.sensor,
    }
}

fn measured_at(line: &Line, heard_at: HeardAt) -> MeasuredAt {
    let (time, time_unix_s) = match line {
        Line::Plot(line) => (&line.time, line.time_unix_s),
        Line::Place(line) => (&line.time, line.time_unix_s),
        Line::Site(line) => (&line.time, line.time_unix_s),
        Line::Bearing(line) => (&line.time, line.time_unix_s),
        Line::Sound(line) => (&line.time, line.time_unix_s),
        Line::Alive(line) => (&line.time, line.time_unix_s),
        Line::Position(line) => (&line.time, line.time_unix_s),
    };
    MeasuredAt(told_time(time.as_deref(), time_unix_s).unwrap_or(heard_at.0))
}

/// The time that a line tells; it has been checked.
fn told_time(time: Option<&str>, time_unix_s: Option<f64>) -> Option<Time> {
    let written = || {
        let timestamp: jiff::Timestamp = time?.parse().ok()?;
        Some(Time::from_nanos(i64::try_from(timestamp.as_nanosecond()).ok()?))
    };
    time_unix_s.map(Time::from_seconds).or_else(written)
}

fn identity(target: &Target) -> Option<Identity> {
    let address = target.address.as_ref().and_then(|text| u32::from_str_radix(text, 16).ok());
    let mode_3a = target.mode_3a.as_ref().and_then(|text| u16::from_str_radix(text, 8).ok());
    let callsign = target.callsign.as_ref().map(|text| {
        let mut padded = [b' '; 8];
        padded.iter_mut().zip(text.bytes()).for_each(|(slot, byte)| *slot = byte);
        padded
    });
    let identity = Identity { address, mode_3a, callsign };
    (identity != Identity::default()).then_some(identity)
}
