//! A service message as values.

use super::table::CAT034;
use crate::builder::RecordBuilder;
use crate::cat048::write::put_turn;
use crate::error::EncodeError;
use crate::layout::{Spot, slot, spot};
use crate::node::Node;
use crate::record::Record;
use crate::units::NM_M;
use crate::{Source, TimeOfDay};

/// What one CAT034 record says, in SI units and radians. Every part is optional, as in the record.
/// The full status (I034/060) is read from the [`Record`] where it is needed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ServiceMessage {
    /// I034/010: which radar.
    pub source: Option<Source>,
    /// I034/000: what the message is.
    pub message_type: Option<MessageType>,
    /// I034/030: time, UTC.
    pub time_of_day: Option<TimeOfDay>,
    /// I034/020: azimuth at which the sector begins, radians clockwise from north, in steps of
    /// 2 pi / 256.
    pub sector_azimuth_rad: Option<f64>,
    /// I034/041: antenna rotation period in seconds, 0 up to 512 in steps of 1/128 s.
    pub rotation_period_s: Option<f64>,
    /// I034/050: what the radar says of its fitness; the rest of that item is in the record.
    pub status: Option<SystemStatus>,
    /// I034/120: where the radar stands.
    pub position: Option<Position>,
    /// I034/100: the window that a filter or jamming message is about.
    pub window: Option<PolarWindow>,
    /// I034/090: averaged differences that the radar found between its own sensors or to another.
    pub collimation: Option<Collimation>,
}

/// I034/000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageType {
    /// The antenna passes north.
    NorthMarker,
    /// The antenna enters a sector.
    SectorCrossing,
    /// Geographical filtering.
    GeographicalFiltering,
    /// Jamming strobe.
    JammingStrobe,
    /// Solar storm.
    SolarStorm,
    /// Jamming strobe of a secondary radar.
    SsrJammingStrobe,
    /// Jamming strobe of a Mode S radar.
    ModeSJammingStrobe,
    /// A value that edition 1.29 does not define.
    Other(u8),
}

impl MessageType {
    pub(crate) const fn from_raw(raw: u8) -> Self {
        match raw {
            1 => Self::NorthMarker,
            2 => Self::SectorCrossing,
            3 => Self::GeographicalFiltering,
            4 => Self::JammingStrobe,
            5 => Self::SolarStorm,
            6 => Self::SsrJammingStrobe,
            7 => Self::ModeSJammingStrobe,
            other => Self::Other(other),
        }
    }

    /// The number that I034/000 sends.
    #[must_use]
    pub const fn raw(self) -> u8 {
        match self {
            Self::NorthMarker => 1,
            Self::SectorCrossing => 2,
            Self::GeographicalFiltering => 3,
            Self::JammingStrobe => 4,
            Self::SolarStorm => 5,
            Self::SsrJammingStrobe => 6,
            Self::ModeSJammingStrobe => 7,
            Self::Other(raw) => raw,
        }
    }
}

/// I034/050 COM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SystemStatus {
    /// NOGO: the data shall not be used operationally.
    pub inhibited: bool,
    /// RDPC: `true` when processing chain 2 is selected, `false` for chain 1.
    pub chain_2: bool,
    /// RDPR: the processing chain was restarted; track numbers are assigned anew.
    pub restarted: bool,
    /// OVLRDP: the processor is overloaded.
    pub processor_overloaded: bool,
    /// OVLXMT: the transmission is overloaded.
    pub transmission_overloaded: bool,
    /// MSC: the monitoring system is disconnected.
    pub monitoring_disconnected: bool,
    /// TSV: the time source is invalid; do not trust times of day.
    pub time_source_invalid: bool,
}

/// I034/120.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Position {
    /// Height of the radar in metres above mean sea level, steps of 1 m.
    pub height_m: f64,
    /// WGS 84 latitude in radians, north positive, steps of pi / 2^23.
    pub latitude_rad: f64,
    /// WGS 84 longitude in radians, east positive, steps of pi / 2^23.
    pub longitude_rad: f64,
}

/// I034/100.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PolarWindow {
    /// Where the window begins in slant range, metres.
    pub range_start_m: f64,
    /// Where it ends, metres.
    pub range_end_m: f64,
    /// Where it begins in azimuth, radians clockwise from north.
    pub azimuth_start_rad: f64,
    /// Where it ends, radians clockwise from north.
    pub azimuth_end_rad: f64,
}

/// I034/090.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Collimation {
    /// Range error in metres, steps of 14.46875 m.
    pub range_m: f64,
    /// Azimuth error in radians, steps of 2 pi / 16,384.
    pub azimuth_rad: f64,
}

/// One counter of I034/070.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CountedMessages {
    /// What was counted: the TYP value, whose texts are in the table.
    pub kind: u8,
    /// How many in the last antenna revolution.
    pub count: u16,
}

impl ServiceMessage {
    /// Reads a CAT034 record; `None` for a record of another category.
    #[must_use]
    pub fn from_record(record: &Record<'_>) -> Option<Self> {
        (record.category().number == CAT034.number).then(|| Self {
            source: source(record),
            message_type: message_type(record),
            time_of_day: time_of_day(record),
            sector_azimuth_rad: sector_azimuth(record),
            rotation_period_s: rotation_period(record),
            status: status(record),
            position: site_position(record),
            window: window(record),
            collimation: collimation(record),
        })
    }

    /// A record with what the message has, each value rounded to the step of its item.
    ///
    /// # Errors
    /// A value that its item cannot hold.
    pub fn to_record(&self) -> Result<RecordBuilder, EncodeError> {
        let mut record = RecordBuilder::new(&CAT034);
        self.put_head(&mut record)?;
        self.put_status(&mut record)?;
        self.put_places(&mut record)?;
        Ok(record)
    }

    fn put_head(&self, record: &mut RecordBuilder) -> Result<(), EncodeError> {
        if let Some(source) = self.source {
            record.raw("010/SAC", source.sac.into())?.raw("010/SIC", source.sic.into())?;
        }
        if let Some(kind) = self.message_type {
            record.raw("000", kind.raw().into())?;
        }
        if let Some(time) = self.time_of_day {
            record.raw("030", time.ticks().into())?;
        }
        if let Some(azimuth) = self.sector_azimuth_rad {
            put_turn(record, "020", azimuth, 8)?;
        }
        if let Some(period) = self.rotation_period_s {
            record.quantity("041", period)?;
        }
        Ok(())
    }

    fn put_status(&self, record: &mut RecordBuilder) -> Result<(), EncodeError> {
        let Some(status) = self.status else {
            return Ok(());
        };
        let flags = [
            ("050/COM/NOGO", status.inhibited),
            ("050/COM/RDPC", status.chain_2),
            ("050/COM/RDPR", status.restarted),
            ("050/COM/OVLRDP", status.processor_overloaded),
            ("050/COM/OVLXMT", status.transmission_overloaded),
            ("050/COM/MSC", status.monitoring_disconnected),
            ("050/COM/TSV", status.time_source_invalid),
        ];
        for (path, set) in flags {
            record.raw(path, set.into())?;
        }
        Ok(())
    }

    fn put_places(&self, record: &mut RecordBuilder) -> Result<(), EncodeError> {
        if let Some(position) = self.position {
            record.quantity("120/HGT", position.height_m)?;
            record.quantity("120/LAT", position.latitude_rad.to_degrees())?;
            record.quantity("120/LON", position.longitude_rad.to_degrees())?;
        }
        if let Some(window) = self.window {
            record.quantity("100/RHOST", window.range_start_m / NM_M)?;
            record.quantity("100/RHOEND", window.range_end_m / NM_M)?;
            put_turn(record, "100/THETAST", window.azimuth_start_rad, 16)?;
            put_turn(record, "100/THETAEND", window.azimuth_end_rad, 16)?;
        }
        if let Some(collimation) = self.collimation {
            record.quantity("090/RNG", collimation.range_m / NM_M)?;
            record.quantity("090/AZM", collimation.azimuth_rad.to_degrees())?;
        }
        Ok(())
    }
}

fn source(record: &Record<'_>) -> Option<Source> {
    match *record.octets(const { slot(&CAT034, "010") }) {
        [sac, sic] => Some(Source { sac, sic }),
        _ => None,
    }
}

fn message_type(record: &Record<'_>) -> Option<MessageType> {
    record.octets(const { slot(&CAT034, "000") }).first().map(|raw| MessageType::from_raw(*raw))
}

fn time_of_day(record: &Record<'_>) -> Option<TimeOfDay> {
    const TIME: Spot = spot(&CAT034, "030", "");
    let ticks = TIME.raw(record.octets(const { slot(&CAT034, "030") }))?;
    TimeOfDay::from_ticks(ticks as u32)
}

fn sector_azimuth(record: &Record<'_>) -> Option<f64> {
    const AZIMUTH: Spot = spot(&CAT034, "020", "");
    AZIMUTH.value(record.octets(const { slot(&CAT034, "020") })).map(f64::to_radians)
}

fn rotation_period(record: &Record<'_>) -> Option<f64> {
    const PERIOD: Spot = spot(&CAT034, "041", "");
    PERIOD.value(record.octets(const { slot(&CAT034, "041") }))
}

fn status(record: &Record<'_>) -> Option<SystemStatus> {
    let common = record.at(const { slot(&CAT034, "050") })?.node().find("COM")?;
    let set = |name: &str| common.find(name).and_then(Node::element).is_some_and(|element| element.raw == 1);
    Some(SystemStatus {
        inhibited: set("NOGO"),
        chain_2: set("RDPC"),
        restarted: set("RDPR"),
        processor_overloaded: set("OVLRDP"),
        transmission_overloaded: set("OVLXMT"),
        monitoring_disconnected: set("MSC"),
        time_source_invalid: set("TSV"),
    })
}

fn site_position(record: &Record<'_>) -> Option<Position> {
    const HGT: Spot = spot(&CAT034, "120", "HGT");
    const LAT: Spot = spot(&CAT034, "120", "LAT");
    const LON: Spot = spot(&CAT034, "120", "LON");
    let octets = record.octets(const { slot(&CAT034, "120") });
    Some(Position {
        height_m: HGT.value(octets)?,
        latitude_rad: LAT.value(octets)?.to_radians(),
        longitude_rad: LON.value(octets)?.to_radians(),
    })
}

fn window(record: &Record<'_>) -> Option<PolarWindow> {
    const RHOST: Spot = spot(&CAT034, "100", "RHOST");
    const RHOEND: Spot = spot(&CAT034, "100", "RHOEND");
    const THETAST: Spot = spot(&CAT034, "100", "THETAST");
    const THETAEND: Spot = spot(&CAT034, "100", "THETAEND");
    let octets = record.octets(const { slot(&CAT034, "100") });
    Some(PolarWindow {
        range_start_m: RHOST.value(octets)? * NM_M,
        range_end_m: RHOEND.value(octets)? * NM_M,
        azimuth_start_rad: THETAST.value(octets)?.to_radians(),
        azimuth_end_rad: THETAEND.value(octets)?.to_radians(),
    })
}

fn collimation(record: &Record<'_>) -> Option<Collimation> {
    const RNG: Spot = spot(&CAT034, "090", "RNG");
    const AZM: Spot = spot(&CAT034, "090", "AZM");
    let octets = record.octets(const { slot(&CAT034, "090") });
    Some(Collimation { range_m: RNG.value(octets)? * NM_M, azimuth_rad: AZM.value(octets)?.to_radians() })
}

/// The counters of I034/070, in the order sent.
pub fn message_counts<'a>(record: &Record<'a>) -> impl Iterator<Item = CountedMessages> + use<'a> {
    const TYP: Spot = spot(&CAT034, "070", "TYP");
    const COUNT: Spot = spot(&CAT034, "070", "COUNT");
    record
        .octets(const { slot(&CAT034, "070") })
        .get(1..) // after the repetition count
        .unwrap_or_default()
        .as_chunks::<2>()
        .0
        .iter()
        .filter_map(|octets| {
            let (kind, count) = (TYP.raw(octets)?, COUNT.raw(octets)?);
            Some(CountedMessages { kind: kind as u8, count: count as u16 })
        })
}
