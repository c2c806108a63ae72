//! Records into target reports.

use crate::record::Record;
use crate::{CAT015, Source, TimeOfDay};

/// What one CAT015 record says of a measurement, in SI units and radians. Every part is optional, as in the record; the
/// correlations, extents and contours are read from the [`Record`] where they are needed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SurveillanceReport {
    /// I015/010: which system.
    pub source: Option<Source>,
    /// I015/000 MT: what is reported.
    pub message_type: Option<MessageType>,
    /// I015/020 MOMU: whether transmitter and receiver stand in one place.
    pub geometry: Option<Geometry>,
    /// I015/020 TTAX: not an aircraft, but a reference, a synthetic, or a simulated or replayed target.
    pub is_artificial: bool,
    /// I015/145: time of applicability, UTC.
    pub time_of_day: Option<TimeOfDay>,
    /// I015/161: number of the track or plot.
    pub number: Option<u16>,
    /// I015/170 CSTP: the position is extrapolated, nothing was seen.
    pub extrapolated: bool,
    /// I015/625 R: range (bistatic: over both paths) in metres, steps of 0.1 m.
    pub range_m: Option<f64>,
    /// I015/625 SDR: its standard deviation, metres.
    pub sigma_range_m: Option<f64>,
    /// I015/625 RR: rate of the range, metres per second.
    pub range_rate_mps: Option<f64>,
    /// I015/626 DV: speed along the line of sight (bistatic: of both paths) by Doppler, metres per second.
    pub doppler_mps: Option<f64>,
    /// I015/627 AZ: azimuth in radians clockwise from geographic north.
    pub azimuth_rad: Option<f64>,
    /// I015/627 SDASZ: its standard deviation, radians.
    pub sigma_azimuth_rad: Option<f64>,
    /// I015/628 EL: elevation in radians above the horizontal plane of the sensor.
    pub elevation_rad: Option<f64>,
    /// I015/628 SDEL: its standard deviation, radians.
    pub sigma_elevation_rad: Option<f64>,
    /// I015/600 P84: latitude and longitude in degrees, where the system gives a place itself.
    pub position_deg: Option<[f64; 2]>,
    /// I015/601 GH: height above the WGS-84 ellipsoid in metres.
    pub height_m: Option<f64>,
}

/// I015/000 MT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageType {
    /// A plot as one transmitter and receiver measured it.
    MeasurementPlot,
    /// A track over such plots.
    MeasurementTrack,
    /// A plot in the frame of the system as a whole.
    SensorCentricPlot,
    /// A track in that frame.
    SensorCentricTrack,
    /// The end of a track.
    TrackEnd,
    /// A value that edition 1.2 does not define.
    Other(u8),
}

/// I015/020 MOMU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Geometry {
    /// Transmitter and receiver in one place: range and direction are from there.
    MonoStatic,
    /// Several places: a range is the length of a path over two of them.
    MultiStatic,
    /// Other or unknown.
    Other,
}

impl SurveillanceReport {
    /// Reads a CAT015 record; `None` for a record of another category.
    #[must_use]
    pub fn from_record(record: &Record<'_>) -> Option<Self> {
        let radians = |path: &str| record.value(path).map(f64::to_radians);
        (record.category().number == CAT015.number).then(|| Self {
            source: Source::of(record),
            message_type: record.raw("000/MT").map(MessageType::from_raw),
            geometry: record.raw("020/MOMU").map(Geometry::from_raw),
            is_artificial: record.raw("020/TTAX").is_some_and(|raw| raw != 0),
            time_of_day: record.raw("145").and_then(|ticks| TimeOfDay::from_ticks(ticks as u32)),
            number: record.raw("161").map(|raw| raw as u16),
            extrapolated: record.is_set("170/CSTP"),
            range_m: record.value("625/R"),
            sigma_range_m: record.value("625/SDR"),
            range_rate_mps: record.value("625/RR"),
            doppler_mps: record.value("626/DV"),
            azimuth_rad: radians("627/AZ"),
            sigma_azimuth_rad: radians("627/SDASZ"),
            elevation_rad: radians("628/EL"),
            sigma_elevation_rad: radians("628/SDEL"),
            position_deg: record.value("600/P84/LATITUDE").zip(record.value("600/P84/LONGITUDE")).map(<[f64; 2]>::from),
            height_m: record.value("601/GH"),
        })
    }
}

impl MessageType {
    fn from_raw(raw: u64) -> Self {
        match raw {
            1 => Self::MeasurementPlot,
            2 => Self::MeasurementTrack,
            3 => Self::SensorCentricPlot,
            4 => Self::SensorCentricTrack,
            5 => Self::TrackEnd,
            other => Self::Other(other as u8),
        }
    }

    /// Whether it reports one measurement, not a track of many.
    #[must_use]
    pub fn is_plot(self) -> bool {
        matches!(self, Self::MeasurementPlot | Self::SensorCentricPlot)
    }
}

impl Geometry {
    fn from_raw(raw: u64) -> Self {
        match raw {
            0 => Self::MonoStatic,
            1 => Self::MultiStatic,
            _ => Self::Other,
        }
    }
}
