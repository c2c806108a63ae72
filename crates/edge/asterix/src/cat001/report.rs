//! Records into target reports.

use crate::cat048::{
    CalculatedDoppler, Cartesian, Code, Detection, FlightLevel, Polar, TargetReport, TrackSensor, TrackStatus,
    TrackVelocity, VerticalMotion,
};
use crate::record::Record;
use crate::units::{FL_FT, NM_M};
use crate::{CAT001, Source};

/// What one CAT001 record says: a target report as of category 048, with less in it and a time that wraps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlotReport {
    /// The report. It has no time of day: see [`truncated_time`](Self::truncated_time).
    pub report: TargetReport,
    /// I001/141: time of day without its upper bits.
    pub truncated_time: Option<TruncatedTime>,
    /// I001/020 TYP: a track of the radar's own tracker, not a plot.
    pub is_track: bool,
}

/// The lower sixteen bits of a time of day, in steps of 1/128 s: it falls back to zero every 512 s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TruncatedTime(pub u16);

impl TruncatedTime {
    /// After how many nanoseconds it falls back to zero.
    pub const PERIOD_NS: i64 = 65_536 * Self::STEP_NS;
    const STEP_NS: i64 = 7_812_500;

    /// Nanoseconds since it last was zero.
    #[must_use]
    pub const fn ns(self) -> i64 {
        self.0 as i64 * Self::STEP_NS
    }
}

impl PlotReport {
    /// Reads a CAT001 record; `None` for a record of another category.
    #[must_use]
    pub fn from_record(record: &Record<'_>) -> Option<Self> {
        if record.category().number != CAT001.number {
            return None;
        }
        Some(Self {
            report: report(record),
            truncated_time: record.raw("141").map(|raw| TruncatedTime(raw as u16)),
            is_track: record.is_set("020/TYP"),
        })
    }
}

fn report(record: &Record<'_>) -> TargetReport {
    TargetReport {
        source: Source::of(record),
        detection: record.raw("020/SSRPSR").map(Detection::from_raw),
        simulated: record.is_set("020/SIM"),
        test: record.is_set("020/TST"),
        field_monitor: record.is_set("020/RAB"),
        special_position: record.is_set("020/SPI"),
        military_emergency: record.is_set("020/ME"),
        polar: polar(record),
        cartesian: cartesian(record),
        mode_3a: code(record, "070/MODE3A", ["070/V", "070/G", "070/L"]),
        mode_2: code(record, "050/MODE2", ["050/V", "050/G", "050/L"]),
        flight_level: flight_level(record),
        doppler: doppler(record),
        track_number: record.raw("161").map(|raw| raw as u16),
        track_status: track_status(record),
        track_velocity: track_velocity(record),
        ..TargetReport::default()
    }
}

fn polar(record: &Record<'_>) -> Option<Polar> {
    let (range_nm, azimuth_deg) = (record.value("040/RHO")?, record.value("040/THETA")?);
    Some(Polar { range_m: range_nm * NM_M, azimuth_rad: azimuth_deg.to_radians() })
}

fn cartesian(record: &Record<'_>) -> Option<Cartesian> {
    let (x_nm, y_nm) = (record.value("042/X")?, record.value("042/Y")?);
    Some(Cartesian { x_m: x_nm * NM_M, y_m: y_nm * NM_M })
}

fn code(record: &Record<'_>, digits: &str, [v, g, l]: [&str; 3]) -> Option<Code> {
    Some(Code {
        code: record.raw(digits)? as u16,
        not_validated: record.is_set(v),
        garbled: record.is_set(g),
        not_from_this_scan: record.is_set(l),
    })
}

fn flight_level(record: &Record<'_>) -> Option<FlightLevel> {
    Some(FlightLevel {
        altitude_ft: record.value("090/HGT")? * FL_FT,
        not_validated: record.is_set("090/V"),
        garbled: record.is_set("090/G"),
    })
}

/// Doppler in the default scale; the specification gives it no mark of doubt.
fn doppler(record: &Record<'_>) -> Option<CalculatedDoppler> {
    Some(CalculatedDoppler { speed_mps: record.value("120")? * NM_M, doubtful: false })
}

fn track_status(record: &Record<'_>) -> Option<TrackStatus> {
    Some(TrackStatus {
        tentative: record.raw("170/CON")? == 1,
        sensor: if record.is_set("170/RAD") { TrackSensor::Combined } else { TrackSensor::Primary },
        doubtful: record.is_set("170/DOU"),
        manoeuvring: record.is_set("170/MAN"),
        vertical: VerticalMotion::Unknown,
        ended: record.is_set("170/TRE"),
        ghost: record.is_set("170/GHO"),
        supported: false,
        projected: false,
    })
}

fn track_velocity(record: &Record<'_>) -> Option<TrackVelocity> {
    Some(TrackVelocity {
        ground_speed_mps: record.value("200/GSP")? * NM_M,
        heading_rad: record.value("200/HDG")?.to_radians(),
    })
}
