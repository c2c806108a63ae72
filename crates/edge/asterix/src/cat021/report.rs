//! Records into reports, of whatever edition: items are read by name from the record's own table.

use parapet_track::{accuracy_of_nacp, accuracy_of_nucp};

use crate::element::ShortText;
use crate::record::Record;
use crate::units::{FL_FT, FT_M, NM_M};
use crate::{CAT021, Source, TimeOfDay};

/// What one CAT021 record says of an aircraft, in SI units and degrees of WGS-84. Every part is optional, as in the
/// record; intent, ages and weather are read from the [`Record`] where they are needed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct AdsbReport {
    /// I021/010: which ground station.
    pub source: Option<Source>,
    /// When the position was true, or else when it was received, or else when it was sent on: I021/071, 073 and 077, in
    /// the first generation I021/030.
    pub time_of_day: Option<TimeOfDay>,
    /// I021/080: address of 24 bits.
    pub address: Option<u32>,
    /// I021/040 ATP: the address is one that ICAO gave out, not anonymous or of a vehicle.
    pub address_is_icao: bool,
    /// I021/161: track number of the ground station.
    pub track_number: Option<u16>,
    /// I021/170: what the aircraft calls itself.
    pub callsign: Option<ShortText>,
    /// I021/070: Mode 3/A code, twelve bits.
    pub mode_3a: Option<u16>,
    /// I021/131, else I021/130: latitude and longitude, degrees.
    pub position_deg: Option<[f64; 2]>,
    /// I021/140: height above the WGS-84 ellipsoid, metres.
    pub geometric_height_m: Option<f64>,
    /// I021/145: pressure altitude (1013.25 hPa), metres.
    pub pressure_altitude_m: Option<f64>,
    /// I021/160: speed over ground in metres per second and track angle in radians clockwise from true north.
    pub ground_vector: Option<GroundVector>,
    /// I021/157, else I021/155: rate of climb, metres per second.
    pub climb_mps: Option<f64>,
    /// I021/040 GBS: on the ground.
    pub on_ground: bool,
    /// I021/040 SIM or TST: a simulated or a test target.
    pub simulated: bool,
    /// I021/040 RAB: a field monitor (fixed transponder), not an aircraft.
    pub field_monitor: bool,
    /// I021/040 CL "report suspect", or a check of the ground station that failed (LLC, IPC, CPR, LDPJ, RCF).
    pub suspect: bool,
    /// What the aircraft knows of the error of its own position: the radius in metres within which it is with 95 %.
    pub position_95_m: Option<f64>,
    /// I021/020: emitter category (10 rotorcraft, 13 unmanned, 20 and above on the surface).
    pub emitter: Option<u8>,
}

/// A motion over ground.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct GroundVector {
    /// Speed, metres per second.
    pub speed_mps: f64,
    /// Direction, radians clockwise from true north.
    pub track_rad: f64,
}

impl AdsbReport {
    /// Reads a CAT021 record of any edition; `None` for a record of another category.
    #[must_use]
    pub fn from_record(record: &Record<'_>) -> Option<Self> {
        if record.category().number != CAT021.number {
            return None;
        }
        Some(Self {
            source: Source::of(record),
            time_of_day: time_of_day(record),
            address: record.raw("080").map(|raw| raw as u32),
            address_is_icao: record.raw("040/ATP") == Some(if is_first_generation(record) { 1 } else { 0 }),
            track_number: record.raw("161/TRNUM").map(|raw| raw as u16),
            callsign: record.element("170").and_then(|element| element.string()),
            mode_3a: record.raw("070/MODE3A").map(|raw| raw as u16),
            position_deg: pair(record, "131/LAT", "131/LON").or_else(|| pair(record, "130/LAT", "130/LON")),
            geometric_height_m: record.value("140").map(|ft| ft * FT_M),
            pressure_altitude_m: record.value("145").map(|level| level * FL_FT * FT_M),
            ground_vector: ground_vector(record),
            climb_mps: climb_mps(record),
            on_ground: record.is_set("040/GBS"),
            simulated: record.is_set("040/SIM") || record.is_set("040/TST"),
            field_monitor: record.is_set("040/RAB"),
            suspect: is_suspect(record),
            position_95_m: position_95_m(record),
            emitter: record.raw("020").map(|raw| raw as u8),
        })
    }
}

/// Editions 0.x have a time of day of their own; later ones have several times, for several things.
fn is_first_generation(record: &Record<'_>) -> bool {
    record.category().slot_of("030").is_some()
}

fn time_of_day(record: &Record<'_>) -> Option<TimeOfDay> {
    let ticks = ["071", "073", "030", "077"].iter().find_map(|item| record.raw(item))?;
    TimeOfDay::from_ticks(ticks as u32)
}

fn pair(record: &Record<'_>, first: &str, second: &str) -> Option<[f64; 2]> {
    Some([record.value(first)?, record.value(second)?])
}

/// The RE bit says that the true value is larger than can be sent: then it is not known.
fn in_range(record: &Record<'_>, item: &str) -> bool {
    record.item(item).is_none_or(|view| view.raw("RE") != Some(1))
}

fn ground_vector(record: &Record<'_>) -> Option<GroundVector> {
    let [speed_nm_s, track_deg] = pair(record, "160/GS", "160/TA")?;
    in_range(record, "160").then_some(GroundVector { speed_mps: speed_nm_s * NM_M, track_rad: track_deg.to_radians() })
}

fn climb_mps(record: &Record<'_>) -> Option<f64> {
    let rate = |item: &str, path: &str| {
        let value = record.value(path).or_else(|| record.value(item));
        value.filter(|_| in_range(record, item)).map(|ft_min| ft_min * FT_M / 60.0)
    };
    rate("157", "157/GVR").or_else(|| rate("155", "155/BVR"))
}

fn is_suspect(record: &Record<'_>) -> bool {
    let failed = ["040/LLC", "040/IPC", "040/NOGO", "040/CPR", "040/LDPJ", "040/RCF"];
    record.raw("040/CL") == Some(1) || failed.iter().any(|check| record.is_set(check))
}

/// I021/090 by the version of the aircraft's equipment (I021/210 VN): version 0 has NUCp in the first part, later ones
/// NACp in the second.
fn position_95_m(record: &Record<'_>) -> Option<f64> {
    let category = |path: &str| u8::try_from(record.raw(path)?).ok();
    match record.raw("210/VN")? {
        0 => category("090/NUCPNIC").and_then(accuracy_of_nucp),
        _ => category("090/NACP").and_then(accuracy_of_nacp),
    }
}
