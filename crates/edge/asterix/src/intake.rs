//! From datagrams to the engine's events: who speaks, when it was measured, and what was seen, in the core's own terms.
//!
//! Nothing is lost: each record becomes exactly one [`Event`], and so does each stretch of octets that cannot be read.
//!
//! | what came | event |
//! |---|---|
//! | CAT048 with time and measured position | `Plot` |
//! | CAT048 without position (I048/040), of a coasted track (TYP 0, "no detection"), or of a field monitor (RAB) | `Alive`: nothing was seen that could fly, but the sensor speaks |
//! | CAT034 with time | `Alive` |
//! | no or an unknown SAC/SIC, a sender that is not pinned, a wrong line, no or an impossible time | `Undecodable` |
//! | octets that the decoder refuses, an empty datagram | `Undecodable` |
//!
//! What an impostor says is not laid at the sensor's door: an `Undecodable` names a sensor only when the datagram came on the
//! sensor's own line from a sender that may speak for it.

use core::fmt;
use std::net::IpAddr;

use parapet_engine::{Event, Undecodable};
use parapet_frame::{HeardAt, MeasuredAt, NANOS_PER_SECOND, SensorPose, Time, maths};
use parapet_track::{Elevation, Identity, Plot, SensorId};
use serde::{Deserialize, Serialize};

use crate::cat034::ServiceMessage;
use crate::cat048::TargetReport;
use crate::units::FT_M;
use crate::{Record, Source, TimeOfDay, records};

/// Nanoseconds in a day.
const DAY_NS: i128 = 86_400 * NANOS_PER_SECOND as i128;
/// Standard deviation of a height that is sent in steps of 25 ft (I048/110, I048/090): a step over the square root of 12, metres.
const SIGMA_HEIGHT_STEP_M: f64 = 25.0 * FT_M / 3.464_101_615_137_754_6;
/// Smallest cosine of elevation in the step from height to angle: overhead a height says nothing of the angle, and the true
/// cosine would call it certain.
const COSINE_MIN: f64 = 0.05;

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
    /// Standard deviation of the elevation behind its 3-D heights (I048/110), radians; `None` when those are not to be used.
    pub sigma_elevation_rad: Option<f64>,
    /// Standard deviation of a height told by transponder (I048/090), metres; it is above all the pressure of the day, which
    /// the altimeter does not know.
    pub sigma_barometric_height_m: f64,
    /// The lines that it speaks on; empty when any will do.
    pub links: Vec<u16>,
    /// The addresses that may send for it; empty when any may.
    pub senders: Vec<IpAddr>,
}

/// What came in so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntakeCounts {
    /// Datagrams.
    pub datagrams: u64,
    /// Records that could be cut out of them.
    pub records: u64,
    /// ... that became plots.
    pub plots: u64,
    /// ... that became signs of life: service messages, and target reports of nothing seen.
    pub alive: u64,
    /// Among the signs of life, target reports: no position, a coasted track, or a field monitor.
    pub unseen: u64,
    /// Records refused here, and stretches of octets that could not be cut into records.
    pub undecodable: u64,
}

/// Turns datagrams into events. Remembers nothing but counts and sequence numbers, so the same datagrams in the same order give
/// the same events.
#[derive(Clone, Debug)]
pub struct Intake {
    sources: Vec<IntakeSource>,
    /// Next sequence number of each source.
    sequences: Vec<u64>,
    counts: IntakeCounts,
}

/// A datagram as it came.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    heard_at: HeardAt,
    link: u16,
    sender: Option<IpAddr>,
}

impl fmt::Display for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "link {}", self.link)?;
        self.sender.map_or(Ok(()), |sender| write!(f, " from {sender}"))
    }
}

/// Why a record is refused.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Refused {
    NoSource,
    UnknownSource(Source),
    WrongLink(Source),
    WrongSender(Source),
    NoTime(&'static str),
    ImpossibleTime(&'static str, TimeOfDay),
    Category,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::NoSource => write!(f, "no data source identifier (item 010)"),
            Refused::UnknownSource(s) => {
                write!(f, "SAC {} SIC {} is no configured sensor", s.sac, s.sic)
            }
            Refused::WrongLink(s) => {
                write!(f, "SAC {} SIC {} does not speak on this link", s.sac, s.sic)
            }
            Refused::WrongSender(s) => write!(f, "SAC {} SIC {}: this sender may not speak for it", s.sac, s.sic),
            Refused::NoTime(item) => write!(f, "no time of day ({item})"),
            Refused::ImpossibleTime(item, time) => {
                write!(f, "time of day {} s is beyond the end of a day ({item})", time.seconds())
            }
            Refused::Category => write!(f, "a category that carries no plots"),
        }
    }
}

impl Intake {
    /// An intake for some sensors. Where two share a SAC and SIC the first is meant.
    #[must_use]
    pub fn new(sources: Vec<IntakeSource>) -> Self {
        let sequences = vec![0; sources.len()];
        Intake { sources, sequences, counts: IntakeCounts::default() }
    }

    /// What came in so far.
    #[must_use]
    pub fn counts(&self) -> &IntakeCounts {
        &self.counts
    }

    /// Reads a datagram that was heard on a link and gives an event for each of its records to `sink`, in their order.
    ///
    /// `sender` is `None` only where it cannot be known, in a recording without addresses; it is not checked then.
    pub fn datagram(
        &mut self,
        heard_at: HeardAt,
        link: u16,
        sender: Option<IpAddr>,
        bytes: &[u8],
        sink: &mut dyn FnMut(Event),
    ) {
        let arrival = Arrival { heard_at, link, sender: sender.map(|sender| sender.to_canonical()) };
        self.counts.datagrams += 1;
        if bytes.is_empty() {
            sink(self.undecodable(self.speaker(arrival), format!("{arrival}: empty datagram")));
        }
        for found in records(bytes) {
            let event = match found {
                Ok(record) => {
                    self.counts.records += 1;
                    self.event(arrival, &record)
                }
                Err(error) => self.undecodable(self.speaker(arrival), format!("{arrival}: {error}")),
            };
            sink(event);
        }
    }

    fn event(&mut self, arrival: Arrival, record: &Record<'_>) -> Event {
        let read = match (TargetReport::from_record(record), ServiceMessage::from_record(record)) {
            (Some(report), _) => self.target(arrival, &report),
            (_, Some(message)) => self.service(arrival, &message),
            _ => Err((self.speaker(arrival), Refused::Category)),
        };
        read.unwrap_or_else(|(sensor, why)| {
            let (category, number, offset) = (record.category().number, record.number(), record.offset());
            let detail = format!("{arrival}: CAT{category:03} record {number} at octet {offset}: {why}");
            self.undecodable(sensor, detail)
        })
    }

    fn target(&mut self, arrival: Arrival, report: &TargetReport) -> Result<Event, (Option<SensorId>, Refused)> {
        let place = self.recognise(arrival, report.source)?;
        let sensor = self.sources[place].sensor;
        let measured_at =
            absolute(arrival.heard_at, report.time_of_day, "I048/140").map_err(|why| (Some(sensor), why))?;
        match report.polar.filter(|_| report.is_detected() && !report.field_monitor) {
            Some(polar) => Ok(self.plot(place, arrival.heard_at, measured_at, report, polar)),
            None => {
                self.counts.unseen += 1;
                Ok(self.alive(sensor, measured_at))
            }
        }
    }

    fn service(&mut self, arrival: Arrival, message: &ServiceMessage) -> Result<Event, (Option<SensorId>, Refused)> {
        let place = self.recognise(arrival, message.source)?;
        let sensor = self.sources[place].sensor;
        let measured_at =
            absolute(arrival.heard_at, message.time_of_day, "I034/030").map_err(|why| (Some(sensor), why))?;
        Ok(self.alive(sensor, measured_at))
    }

    fn alive(&mut self, sensor: SensorId, measured_at: MeasuredAt) -> Event {
        self.counts.alive += 1;
        Event::Alive { sensor, measured_at }
    }

    fn undecodable(&mut self, sensor: Option<SensorId>, detail: String) -> Event {
        self.counts.undecodable += 1;
        Event::Undecodable(Undecodable { sensor, detail })
    }

    fn plot(
        &mut self,
        place: usize,
        heard_at: HeardAt,
        measured_at: MeasuredAt,
        report: &TargetReport,
        polar: crate::cat048::Polar,
    ) -> Event {
        let source = &self.sources[place];
        let sequence = self.sequences[place];
        let event = Event::Plot(Plot {
            sensor: source.sensor,
            sequence,
            measured_at,
            heard_at,
            range_m: polar.range_m,
            azimuth_rad: maths::wrap_pi(polar.azimuth_rad),
            elevation: elevation(source, polar.range_m, report),
            range_rate_mps: range_rate_mps(report),
            identity: identity(report),
            simulated: report.simulated || report.test,
        });
        self.sequences[place] += 1;
        self.counts.plots += 1;
        event
    }

    /// The source that a record is from, if it may speak here.
    fn recognise(&self, arrival: Arrival, named: Option<Source>) -> Result<usize, (Option<SensorId>, Refused)> {
        let named = named.ok_or_else(|| (self.speaker(arrival), Refused::NoSource))?;
        let place = self.sources.iter().position(|s| s.sac == named.sac && s.sic == named.sic);
        let place = place.ok_or((None, Refused::UnknownSource(named)))?;
        let source = &self.sources[place];
        if !source.speaks_on(arrival.link) {
            return Err((None, Refused::WrongLink(named)));
        }
        if !source.admits(arrival.sender) {
            return Err((None, Refused::WrongSender(named)));
        }
        Ok(place)
    }

    /// Whose octets these must be when they do not say so themselves: the only sensor that may speak here.
    fn speaker(&self, arrival: Arrival) -> Option<SensorId> {
        let mut may = self.sources.iter().filter(|s| s.speaks_on(arrival.link) && s.admits(arrival.sender));
        match (may.next(), may.next()) {
            (Some(only), None) => Some(only.sensor),
            _ => None,
        }
    }
}

impl IntakeSource {
    fn speaks_on(&self, link: u16) -> bool {
        self.links.is_empty() || self.links.contains(&link)
    }

    fn admits(&self, sender: Option<IpAddr>) -> bool {
        let pinned = |sender: IpAddr| self.senders.iter().any(|pin| pin.to_canonical() == sender);
        self.senders.is_empty() || sender.is_none_or(pinned)
    }
}

/// The instant that a time of day means: on the day that puts it nearest to when it was heard, so that midnight may pass in
/// between in either direction.
fn absolute(heard_at: HeardAt, time: Option<TimeOfDay>, item: &'static str) -> Result<MeasuredAt, Refused> {
    let time = time.ok_or(Refused::NoTime(item))?;
    // One second more than a day: a day that ends with a leap second keeps counting.
    if time.ticks() > TimeOfDay::DAY_TICKS + 128 {
        return Err(Refused::ImpossibleTime(item, time));
    }
    let (heard, of_day) = (i128::from(heard_at.0.nanos()), i128::from(time.ns()));
    let day = (heard - of_day + DAY_NS / 2).div_euclid(DAY_NS);
    let nanos = (day * DAY_NS + of_day).clamp(i128::from(i64::MIN), i128::from(i64::MAX));
    Ok(MeasuredAt(Time::from_nanos(nanos as i64)))
}

/// The elevation of a measured 3-D height; else of the transponder's height; else nothing.
fn elevation(source: &IntakeSource, range_m: f64, report: &TargetReport) -> Option<Elevation> {
    let measured = || {
        let sigma_rad = source.sigma_elevation_rad?;
        elevation_of(source, range_m, report.height_3d_ft? * FT_M, sigma_rad, SIGMA_HEIGHT_STEP_M)
    };
    let barometric = || {
        let level = report.flight_level.filter(|level| !level.not_validated && !level.garbled)?;
        let sigma_m = norm(source.sigma_barometric_height_m, SIGMA_HEIGHT_STEP_M);
        elevation_of(source, range_m, level.altitude_ft * FT_M, 0.0, sigma_m)
    };
    measured().or_else(barometric)
}

fn elevation_of(
    source: &IntakeSource,
    range_m: f64,
    height_m: f64,
    sigma_rad: f64,
    sigma_height_m: f64,
) -> Option<Elevation> {
    let rad = source.pose.elevation_of_height(range_m, height_m)?;
    // d(height) = range cos(elevation) d(elevation), but for the curvature over one standard deviation.
    let across_m = range_m * maths::cos(rad).max(COSINE_MIN);
    Some(Elevation { rad, sigma_rad: norm(sigma_rad, sigma_height_m / across_m) })
}

fn norm(a: f64, b: f64) -> f64 {
    (a * a + b * b).sqrt()
}

/// I048/120 CAL unless the radar doubts it. The specification (note to I048/120) recommends positive for a target that moves
/// away, which is the core's sign too, and leaves the last word to the radar's interface document: a radar that does the
/// opposite must be turned around before it comes here. Raw Doppler is ambiguous and not used.
fn range_rate_mps(report: &TargetReport) -> Option<f64> {
    report.doppler.filter(|doppler| !doppler.doubtful).map(|doppler| doppler.speed_mps)
}

/// What the target says of itself; codes that are garbled or not validated are left out.
fn identity(report: &TargetReport) -> Option<Identity> {
    let identity = Identity {
        address: report.aircraft_address,
        mode_3a: report.mode_3a.filter(|code| !code.not_validated && !code.garbled).map(|code| code.code),
        callsign: report.callsign.and_then(|text| callsign(text.as_str())),
    };
    (identity != Identity::default()).then_some(identity)
}

/// Eight characters, padded with blanks; `None` when there is none but blanks.
fn callsign(text: &str) -> Option<[u8; 8]> {
    let mut padded = [b' '; 8];
    for (place, character) in padded.iter_mut().zip(text.bytes()) {
        *place = character;
    }
    (padded != [b' '; 8]).then_some(padded)
}
