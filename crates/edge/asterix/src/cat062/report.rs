//! Records into track reports, of whatever edition: items are read by name from the record's own table.

use crate::element::ShortText;
use crate::record::Record;
use crate::units::{FL_FT, FT_M};
use crate::{CAT062, Source, TimeOfDay};

/// What one CAT062 record says of a system track, in SI units and degrees of WGS-84. Every part is optional, as in the
/// record; flight plans, ages and measured data are read from the [`Record`] where they are needed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TrackReport {
    /// I062/010: which system.
    pub source: Option<Source>,
    /// I062/070: the time that the track is told for, UTC.
    pub time_of_day: Option<TimeOfDay>,
    /// I062/040: number of the track.
    pub track_number: Option<u16>,
    /// I062/105: latitude and longitude, degrees.
    pub position_deg: Option<[f64; 2]>,
    /// I062/100: x (to the east) and y (to the north) in the system's own plane, metres from its reference point.
    pub cartesian_m: Option<[f64; 2]>,
    /// I062/185: velocity along x and y in that plane, metres per second.
    pub velocity_mps: Option<[f64; 2]>,
    /// I062/210: acceleration along x and y in that plane, metres per second squared.
    pub acceleration_mps2: Option<[f64; 2]>,
    /// I062/130: height above the WGS-84 ellipsoid, metres.
    pub geometric_height_m: Option<f64>,
    /// I062/135, else I062/136: pressure altitude, metres (above mean sea level where
    /// [`height_is_qnh`](Self::height_is_qnh)).
    pub pressure_altitude_m: Option<f64>,
    /// I062/135 QNH: the pressure of the day was taken into account.
    pub height_is_qnh: bool,
    /// I062/220: rate of climb, metres per second.
    pub climb_mps: Option<f64>,
    /// I062/500: what the system says of its own errors.
    pub accuracy: Accuracy,
    /// I062/080: what the system says of the track.
    pub status: Status,
    /// I062/380 ADR: 24-bit address.
    pub address: Option<u32>,
    /// I062/380 ID, else I062/245: what the aircraft calls itself.
    pub callsign: Option<ShortText>,
    /// I062/060: Mode 3/A code, twelve bits.
    pub mode_3a: Option<u16>,
}

/// I062/500: standard deviations, as the system estimates them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Accuracy {
    /// APC: along x and y, metres.
    pub position_m: Option<[f64; 2]>,
    /// COV: covariance of x and y, square metres.
    pub covariance_m2: Option<f64>,
    /// APW: of latitude and longitude, degrees.
    pub position_deg: Option<[f64; 2]>,
    /// AGA: of the geometric height, metres.
    pub geometric_height_m: Option<f64>,
    /// ABA: of the pressure altitude, metres.
    pub pressure_altitude_m: Option<f64>,
    /// ATV: of the velocity along x and y, metres per second.
    pub velocity_mps: Option<[f64; 2]>,
    /// ARC: of the rate of climb, metres per second.
    pub climb_mps: Option<f64>,
}

/// I062/080.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Status {
    /// CNF: not yet confirmed.
    pub tentative: bool,
    /// MON: only one sensor sees it.
    pub mono_sensor: bool,
    /// SIM: a simulated track.
    pub simulated: bool,
    /// TSE: the last message of this track.
    pub ended: bool,
    /// CST: coasting, no sensor has seen it for a while.
    pub coasting: bool,
    /// PFT: the system itself thinks that it may be false.
    pub potentially_false: bool,
    /// SDS "non-cooperative only": no transponder answers.
    pub non_cooperative: bool,
    /// FPLT: made of a flight plan, not of anything seen.
    pub flight_plan_only: bool,
}

impl TrackReport {
    /// Reads a CAT062 record of any edition; `None` for a record of another category.
    #[must_use]
    pub fn from_record(record: &Record<'_>) -> Option<Self> {
        if record.category().number != CAT062.number {
            return None;
        }
        let text = |path: &str| record.element(path).and_then(|element| element.string());
        Some(Self {
            source: Source::of(record),
            time_of_day: record.raw("070").and_then(|ticks| TimeOfDay::from_ticks(ticks as u32)),
            track_number: record.raw("040").map(|raw| raw as u16),
            position_deg: pair(record, "105/LAT", "105/LON"),
            cartesian_m: pair(record, "100/X", "100/Y"),
            velocity_mps: pair(record, "185/VX", "185/VY"),
            acceleration_mps2: pair(record, "210/AX", "210/AY"),
            geometric_height_m: feet(record, "130"),
            pressure_altitude_m: level(record, "135/CTB").or_else(|| level(record, "136")),
            height_is_qnh: record.is_set("135/QNH"),
            climb_mps: per_minute(record, "220"),
            accuracy: Accuracy::of(record),
            status: Status::of(record),
            address: record.raw("380/ADR").map(|raw| raw as u32),
            callsign: text("380/ID").or_else(|| text("245/CHR")),
            mode_3a: record.raw("060/MODE3A").map(|raw| raw as u16),
        })
    }
}

impl Accuracy {
    fn of(record: &Record<'_>) -> Self {
        Self {
            position_m: pair(record, "500/APC/X", "500/APC/Y"),
            // What is sent is the root of the covariance, with its sign.
            covariance_m2: record.value("500/COV").map(|root| root * root.abs()),
            position_deg: pair(record, "500/APW/LAT", "500/APW/LON"),
            geometric_height_m: feet(record, "500/AGA"),
            pressure_altitude_m: level(record, "500/ABA"),
            velocity_mps: pair(record, "500/ATV/X", "500/ATV/Y"),
            climb_mps: per_minute(record, "500/ARC"),
        }
    }
}

impl Status {
    fn of(record: &Record<'_>) -> Self {
        Self {
            tentative: record.is_set("080/CNF"),
            mono_sensor: record.is_set("080/MON"),
            simulated: record.is_set("080/SIM"),
            ended: record.is_set("080/TSE"),
            coasting: record.is_set("080/CST"),
            potentially_false: record.is_set("080/PFT"),
            non_cooperative: record.raw("080/SDS") == Some(2),
            flight_plan_only: record.is_set("080/FPLT"),
        }
    }
}

fn pair(record: &Record<'_>, first: &str, second: &str) -> Option<[f64; 2]> {
    Some([record.value(first)?, record.value(second)?])
}

fn feet(record: &Record<'_>, path: &str) -> Option<f64> {
    record.value(path).map(|ft| ft * FT_M)
}

fn level(record: &Record<'_>, path: &str) -> Option<f64> {
    record.value(path).map(|level| level * FL_FT * FT_M)
}

fn per_minute(record: &Record<'_>, path: &str) -> Option<f64> {
    record.value(path).map(|ft_min| ft_min * FT_M / 60.0)
}
