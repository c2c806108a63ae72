//! From datagrams to the engine's events: who speaks, when it was measured, and what was seen, in the core's own terms.
//!
//! Nothing is lost: each record becomes exactly one [`Heard`], and so does each stretch of octets that cannot be read.
//!
//! | what came | what it becomes |
//! |---|---|
//! | CAT048, CAT001 with time and position; CAT015 with time, range and azimuth from one place | `Plot` |
//! | CAT048, CAT001 without position, of a coasted track ("no detection"), or of a field monitor; CAT015 otherwise; CAT016 | `Alive`: nothing was seen that can be used, but the sensor speaks |
//! | CAT021, CAT129 with time and position | [`CooperativeReport`] |
//! | CAT062 with time, number and position | [`SystemTrack`] |
//! | CAT034, CAT002, CAT065 with time | [`OwnState`](parapet_engine::OwnState) |
//! | no or an unknown SAC/SIC, a sender that is not pinned, a wrong line, no or an impossible time | `Undecodable` |
//! | a required item that is missing, a value that cannot exist: another edition than agreed, or broken | `Undecodable` |
//! | octets that the decoder refuses, an empty datagram | `Undecodable` |
//!
//! What an impostor says is not laid at the sensor's door: an `Undecodable` names a sensor only when the datagram came
//! on the sensor's own line from a sender that may speak for it.

mod clock;
mod examine;
mod heard;
mod plots;
mod source;
mod values;

use core::fmt;
use std::net::IpAddr;

use parapet_engine::{Event, Undecodable};
use parapet_frame::{HeardAt, MeasuredAt};
use parapet_track::{ContactSource, Plot, SensorId};
use serde::{Deserialize, Serialize};

use self::clock::{absolute, of_truncated, off_clock_s};
pub use self::examine::examine_intake;
pub use self::heard::{CooperativeReport, Heard, SystemTrack, TrackState, UasIdentity};
pub use self::source::IntakeSource;
use self::values::Stamp;
use crate::cat001::PlotReport;
use crate::cat002;
use crate::cat015::{Geometry, SurveillanceReport};
use crate::cat021::AdsbReport;
use crate::cat034::ServiceMessage;
use crate::cat048::TargetReport;
use crate::cat062::TrackReport;
use crate::cat065::ServiceStatus;
use crate::cat129::UasReport;
use crate::{Doubt, Editions, Record, Source, TimeOfDay, doubt, records_by};

/// What came in so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IntakeCounts {
    /// Datagrams.
    pub datagrams: u64,
    /// Records that could be cut out of them.
    pub records: u64,
    /// ... that became plots.
    pub plots: u64,
    /// ... that became signs of life: target reports of nothing seen, and what else carries no plot.
    pub alive: u64,
    /// Among the signs of life, target reports: no position, a coasted track, or a field monitor.
    pub unseen: u64,
    /// Among the signs of life, reports of ranges over two paths (CAT015), which are decoded and not yet used.
    pub multistatic: u64,
    /// ... that became reports of cooperative aircraft.
    pub cooperative: u64,
    /// ... that became tracks of other systems.
    pub system_tracks: u64,
    /// ... that became messages on the state of a sensor.
    pub health: u64,
    /// Records refused here, and stretches of octets that could not be cut into records.
    pub undecodable: u64,
    /// Among those, records that lack an item or hold a value that cannot be: another edition, or broken.
    pub doubtful: u64,
    /// Among those, records told for a time too far from the hearing.
    pub off_clock: u64,
    /// Oddities in records that were used all the same: spare bits that are set, values beyond the range of the
    /// specification.
    pub oddities: u64,
}

/// Turns datagrams into events. Remembers nothing but counts and sequence numbers, so the same datagrams in the same
/// order give the same events.
#[derive(Clone, Debug)]
pub struct Intake {
    sources: Vec<IntakeSource>,
    contacts: Vec<ContactSource>,
    editions: Editions,
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
    OffClock(f64),
    Doubtful(Doubt),
    NoPlace(&'static str),
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
            Refused::OffClock(age_s) if *age_s > 0.0 => {
                write!(f, "told for {age_s:.0} s before it was heard: a recording, or a clock that is wrong")
            }
            Refused::OffClock(age_s) => {
                write!(f, "told for {:.0} s after it was heard: a recording, or a clock that is wrong", -age_s)
            }
            Refused::Doubtful(doubt) => write!(f, "{doubt}"),
            Refused::NoPlace(items) => write!(f, "no place ({items})"),
            Refused::Category => write!(f, "a category that carries no plots"),
        }
    }
}

/// A record that could not be used: at whose door it is laid, and why.
type Refusal = (Option<SensorId>, Refused);

impl Intake {
    /// An intake for some sensors. Where two share a SAC and SIC the first is meant.
    #[must_use]
    pub fn new(sources: Vec<IntakeSource>) -> Self {
        let mut editions = Editions::default();
        for source in sources.iter().rev() {
            for edition in &source.editions {
                editions.choose(Some(Source { sac: source.sac, sic: source.sic }), *edition);
            }
        }
        let sequences = vec![0; sources.len()];
        Intake { sources, contacts: Vec::new(), editions, sequences, counts: IntakeCounts::default() }
    }

    /// The same, where some of the sensors tell of contacts.
    #[must_use]
    pub fn with_contacts(self, contacts: Vec<ContactSource>) -> Self {
        Intake { contacts, ..self }
    }

    /// What came in so far.
    #[must_use]
    pub fn counts(&self) -> &IntakeCounts {
        &self.counts
    }

    /// As [`hear`](Self::hear), in the engine's own terms.
    pub fn datagram(
        &mut self,
        heard_at: HeardAt,
        link: u16,
        sender: Option<IpAddr>,
        bytes: &[u8],
        sink: &mut dyn FnMut(Event),
    ) {
        // The contacts are lent while the intake changes.
        let contacts = core::mem::take(&mut self.contacts);
        self.hear(heard_at, link, sender, bytes, &mut |heard| sink(heard.into_event(&contacts)));
        self.contacts = contacts;
    }

    /// Reads a datagram that was heard on a link and gives a value for each of its records to `sink`, in their order.
    ///
    /// `sender` is `None` only where it cannot be known, in a recording without addresses; it is not checked then.
    pub fn hear(
        &mut self,
        heard_at: HeardAt,
        link: u16,
        sender: Option<IpAddr>,
        bytes: &[u8],
        sink: &mut dyn FnMut(Heard),
    ) {
        let arrival = Arrival { heard_at, link, sender: sender.map(|sender| sender.to_canonical()) };
        self.counts.datagrams += 1;
        if bytes.is_empty() {
            sink(self.undecodable(self.speaker(arrival), format!("{arrival}: empty datagram")));
        }
        // The editions are lent to the reader of the datagram while the counts change.
        let editions = core::mem::take(&mut self.editions);
        for found in records_by(bytes, &editions) {
            let heard = match found {
                Ok(record) => {
                    self.counts.records += 1;
                    self.heard(arrival, &record)
                }
                Err(error) => self.undecodable(self.speaker(arrival), format!("{arrival}: {error}")),
            };
            sink(heard);
        }
        self.editions = editions;
    }

    fn heard(&mut self, arrival: Arrival, record: &Record<'_>) -> Heard {
        let read = match record.category().number {
            48 => self.target(arrival, record),
            34 => self.service(arrival, record, ServiceMessage::from_record(record), "I034/030"),
            1 => self.old_target(arrival, record),
            2 => self.service(arrival, record, cat002::service_message(record), "I002/030"),
            21 => self.adsb(arrival, record),
            62 => self.track(arrival, record),
            65 => self.status(arrival, record),
            15 => self.surveillance(arrival, record),
            16 => self.configuration(arrival, record),
            129 => self.uas(arrival, record),
            _ => Err((self.speaker(arrival), Refused::Category)),
        };
        read.unwrap_or_else(|(sensor, why)| {
            match why {
                Refused::Doubtful(_) => self.counts.doubtful += 1,
                Refused::OffClock(_) => self.counts.off_clock += 1,
                _ => {}
            }
            let (category, number, offset) = (record.category().number, record.number(), record.offset());
            let detail = format!("{arrival}: CAT{category:03} record {number} at octet {offset}: {why}");
            self.undecodable(sensor, detail)
        })
    }

    fn target(&mut self, arrival: Arrival, record: &Record<'_>) -> Result<Heard, Refusal> {
        let report = TargetReport::from_record(record).unwrap_or_default();
        let place = self.recognise(arrival, report.source)?;
        let sensor = self.sources[place].sensor;
        let blame = |why| (Some(sensor), why);
        let measured_at = absolute(arrival.heard_at, report.time_of_day, "I048/140").map_err(blame)?;
        self.believable(record).map_err(blame)?;
        let polar = report.polar.filter(|_| report.is_detected() && !report.field_monitor);
        Ok(match polar {
            Some(polar) => self.plot(place, |source, sequence| {
                plots::of_report(source, sequence, arrival.heard_at, measured_at, &report, polar)
            }),
            None => self.unseen(sensor, measured_at),
        })
    }

    fn old_target(&mut self, arrival: Arrival, record: &Record<'_>) -> Result<Heard, Refusal> {
        let found = PlotReport::from_record(record).ok_or((None, Refused::Category))?;
        let report = found.report;
        let place = self.recognise(arrival, report.source)?;
        let sensor = self.sources[place].sensor;
        let blame = |why| (Some(sensor), why);
        let measured_at = of_truncated(arrival.heard_at, found.truncated_time, "I001/141").map_err(blame)?;
        self.believable(record).map_err(blame)?;
        let polar = plots::place(&report).filter(|_| report.is_detected() && !report.field_monitor);
        Ok(match polar {
            Some(polar) => self.plot(place, |source, sequence| {
                plots::of_report(source, sequence, arrival.heard_at, measured_at, &report, polar)
            }),
            None => self.unseen(sensor, measured_at),
        })
    }

    fn surveillance(&mut self, arrival: Arrival, record: &Record<'_>) -> Result<Heard, Refusal> {
        let report = SurveillanceReport::from_record(record).unwrap_or_default();
        let (place, stamp) = self.stamp(arrival, record, report.source, report.time_of_day, "I015/145")?;
        let seen = report.message_type.is_some_and(|kind| kind.is_plot()) && !report.extrapolated;
        let polar = report.range_m.zip(report.azimuth_rad).filter(|_| seen).map(<[f64; 2]>::from);
        if polar.is_some() && report.geometry != Some(Geometry::MonoStatic) {
            self.counts.multistatic += 1;
            return Ok(self.alive(stamp.sensor, stamp.measured_at));
        }
        Ok(match polar {
            Some(polar) => self.plot(place, |source, sequence| {
                plots::of_surveillance(source, sequence, arrival.heard_at, stamp.measured_at, &report, polar)
            }),
            None => self.unseen(stamp.sensor, stamp.measured_at),
        })
    }

    /// How a system is made up is decoded for people; for the engine it is a sign of life.
    fn configuration(&mut self, arrival: Arrival, record: &Record<'_>) -> Result<Heard, Refusal> {
        let time = record.raw("140").and_then(|ticks| TimeOfDay::from_ticks(ticks as u32));
        let (_, stamp) = self.stamp(arrival, record, Source::of(record), time, "I016/140")?;
        Ok(self.alive(stamp.sensor, stamp.measured_at))
    }

    fn adsb(&mut self, arrival: Arrival, record: &Record<'_>) -> Result<Heard, Refusal> {
        let report = AdsbReport::from_record(record).unwrap_or_default();
        let (_, stamp) = self.stamp(arrival, record, report.source, report.time_of_day, "I021/071, 073, 077")?;
        let stamp = timely(stamp)?;
        if report.field_monitor {
            return Ok(self.unseen(stamp.sensor, stamp.measured_at));
        }
        let found = values::of_adsb(stamp, &report);
        self.cooperative(stamp, found, "I021/130, 131")
    }

    fn uas(&mut self, arrival: Arrival, record: &Record<'_>) -> Result<Heard, Refusal> {
        let report = UasReport::from_record(record).unwrap_or_default();
        let (_, stamp) = self.stamp(arrival, record, report.source, report.time_of_day, "I129/070")?;
        let stamp = timely(stamp)?;
        let found = values::of_uas(stamp, &report);
        self.cooperative(stamp, found, "I129/080")
    }

    fn cooperative(
        &mut self,
        stamp: Stamp,
        report: Option<CooperativeReport>,
        items: &'static str,
    ) -> Result<Heard, Refusal> {
        let report = report.ok_or((Some(stamp.sensor), Refused::NoPlace(items)))?;
        self.counts.cooperative += 1;
        Ok(Heard::Cooperative(Box::new(report)))
    }

    fn track(&mut self, arrival: Arrival, record: &Record<'_>) -> Result<Heard, Refusal> {
        let report = TrackReport::from_record(record).unwrap_or_default();
        let (_, stamp) = self.stamp(arrival, record, report.source, report.time_of_day, "I062/070")?;
        let stamp = timely(stamp)?;
        let track = values::of_track(stamp, &report);
        let track = track.ok_or((Some(stamp.sensor), Refused::NoPlace("I062/105")))?;
        self.counts.system_tracks += 1;
        Ok(Heard::SystemTrack(Box::new(track)))
    }

    fn service(
        &mut self,
        arrival: Arrival,
        record: &Record<'_>,
        message: Option<ServiceMessage>,
        item: &'static str,
    ) -> Result<Heard, Refusal> {
        let message = message.unwrap_or_default();
        let (_, stamp) = self.stamp(arrival, record, message.source, message.time_of_day, item)?;
        self.counts.health += 1;
        Ok(Heard::Health(values::of_service(stamp, &message)))
    }

    fn status(&mut self, arrival: Arrival, record: &Record<'_>) -> Result<Heard, Refusal> {
        let message = ServiceStatus::from_record(record).unwrap_or_default();
        let (_, stamp) = self.stamp(arrival, record, message.source, message.time_of_day, "I065/030")?;
        self.counts.health += 1;
        Ok(Heard::Health(values::of_status(stamp, &message)))
    }

    /// The source of a record and its time, where the record can be believed at all.
    fn stamp(
        &mut self,
        arrival: Arrival,
        record: &Record<'_>,
        named: Option<Source>,
        time: Option<TimeOfDay>,
        item: &'static str,
    ) -> Result<(usize, Stamp), Refusal> {
        let place = self.recognise(arrival, named)?;
        let (sensor, heard_at) = (self.sources[place].sensor, arrival.heard_at);
        let blame = |why| (Some(sensor), why);
        let measured_at = absolute(heard_at, time, item).map_err(blame)?;
        self.believable(record).map_err(blame)?;
        Ok((place, Stamp { sensor, measured_at, heard_at }))
    }

    /// Holds what the table knows of values against a record.
    fn believable(&mut self, record: &Record<'_>) -> Result<(), Refused> {
        let (fatal, oddities) = doubt::fatal(record);
        self.counts.oddities += oddities;
        fatal.map_or(Ok(()), |doubt| Err(Refused::Doubtful(doubt)))
    }

    fn plot(&mut self, place: usize, plot: impl FnOnce(&IntakeSource, u64) -> Plot) -> Heard {
        let event = Event::Plot(plot(&self.sources[place], self.sequences[place]));
        self.sequences[place] += 1;
        self.counts.plots += 1;
        Heard::Event(event)
    }

    fn unseen(&mut self, sensor: SensorId, measured_at: MeasuredAt) -> Heard {
        self.counts.unseen += 1;
        self.alive(sensor, measured_at)
    }

    fn alive(&mut self, sensor: SensorId, measured_at: MeasuredAt) -> Heard {
        self.counts.alive += 1;
        Heard::Event(Event::Alive { sensor, measured_at })
    }

    fn undecodable(&mut self, sensor: Option<SensorId>, detail: String) -> Heard {
        self.counts.undecodable += 1;
        Heard::Event(Event::Undecodable(Undecodable { sensor, detail }))
    }

    /// The source that a record is from, if it may speak here.
    fn recognise(&self, arrival: Arrival, named: Option<Source>) -> Result<usize, Refusal> {
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

/// What nobody behind this checks the age of must not be old: a recording played again, or a clock that is wrong.
fn timely(stamp: Stamp) -> Result<Stamp, Refusal> {
    match off_clock_s(stamp.heard_at, stamp.measured_at) {
        Some(age_s) => Err((Some(stamp.sensor), Refused::OffClock(age_s))),
        None => Ok(stamp),
    }
}
