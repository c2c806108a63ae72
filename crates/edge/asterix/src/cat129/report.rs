//! Records into reports.

use crate::element::ShortText;
use crate::record::Record;
use crate::{CAT129, Source, TimeOfDay};

/// What one CAT129 record says of an unmanned aircraft, in SI units and degrees of WGS-84.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct UasReport {
    /// I129/010: which ground station; 0/0 from the aircraft itself.
    pub source: Option<Source>,
    /// I129/020: who made it, three letters.
    pub manufacturer: Option<ShortText>,
    /// I129/030: its model, three letters.
    pub model: Option<ShortText>,
    /// I129/040: its serial number, twelve octets that the specification gives no encoding.
    pub serial: Option<[u8; 12]>,
    /// I129/050: where it is registered, two letters (ISO 3166-1).
    pub country: Option<ShortText>,
    /// I129/070: time, UTC.
    pub time_of_day: Option<TimeOfDay>,
    /// I129/080: latitude and longitude, degrees.
    pub position_deg: Option<[f64; 2]>,
    /// I129/090: metres above mean sea level.
    pub height_msl_m: Option<f64>,
    /// I129/100: metres above ground.
    pub height_ground_m: Option<f64>,
    /// I129/110: the radius in metres within which the position is with 50 %; `None` also where it says "unknown".
    pub position_50_m: Option<f64>,
    /// I129/185: velocity to the east and to the north, metres per second.
    pub velocity_mps: Option<[f64; 2]>,
    /// I129/220: rate of climb, metres per second.
    pub climb_mps: Option<f64>,
}

impl UasReport {
    /// Reads a CAT129 record; `None` for a record of another category.
    #[must_use]
    pub fn from_record(record: &Record<'_>) -> Option<Self> {
        let text = |path: &str| record.element(path).and_then(|element| element.string());
        (record.category().number == CAT129.number).then(|| Self {
            source: Source::of(record),
            manufacturer: text("020"),
            model: text("030"),
            serial: record.item("040").and_then(|view| view.bytes().try_into().ok()),
            country: text("050"),
            time_of_day: record.raw("070").and_then(|ticks| TimeOfDay::from_ticks(ticks as u32)),
            position_deg: pair(record, "080/LAT", "080/LON"),
            height_msl_m: record.value("090"),
            height_ground_m: record.value("100"),
            position_50_m: record.value("110").filter(|metres| *metres > 0.0),
            velocity_mps: pair(record, "185/HVX", "185/HVY"),
            climb_mps: record.value("220/VV"),
        })
    }
}

fn pair(record: &Record<'_>, first: &str, second: &str) -> Option<[f64; 2]> {
    Some([record.value(first)?, record.value(second)?])
}
