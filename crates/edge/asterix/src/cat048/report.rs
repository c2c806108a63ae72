//! A target report as values.

use crate::Source;
use crate::TimeOfDay;
use crate::element::ShortText;

/// What one CAT048 record says, in SI units and radians. Every part is optional, as in the record.
///
/// Items of secondary importance (pulse confidences, Mode C in Gray code, warnings, BDS registers,
/// the rest of the reserved expansion field) are read from the [`Record`](crate::Record) where they
/// are needed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TargetReport {
    /// I048/010: which radar.
    pub source: Option<Source>,
    /// I048/140: time of detection, UTC.
    pub time_of_day: Option<TimeOfDay>,
    /// I048/020 TYP: by what the target was detected.
    pub detection: Option<Detection>,
    /// I048/020 SIM: a simulated target.
    pub simulated: bool,
    /// I048/020 TST: a test target.
    pub test: bool,
    /// I048/020 RAB: a field monitor (fixed transponder), not an aircraft.
    pub field_monitor: bool,
    /// I048/020 SPI: the pilot pressed "ident".
    pub special_position: bool,
    /// I048/020 RDP: `true` when processing chain 2 reports, `false` for chain 1.
    pub chain_2: bool,
    /// I048/020 ERR: the range is beyond what I048/040 can hold; see [`TargetReport::polar`].
    pub extended_range: bool,
    /// I048/020 ME: military emergency.
    pub military_emergency: bool,
    /// I048/020 FOE/FRI: answer to Mode 4 (0 not asked, 1 friendly, 2 unknown, 3 no reply).
    pub friend_or_foe: u8,
    /// I048/040: measured position. Where the record has an extended range (reserved expansion
    /// field, ERR), that range stands here.
    pub polar: Option<Polar>,
    /// I048/042: position calculated by the radar's own tracker.
    pub cartesian: Option<Cartesian>,
    /// I048/070: Mode 3/A code.
    pub mode_3a: Option<Code>,
    /// I048/050: Mode 2 code.
    pub mode_2: Option<Code>,
    /// I048/090: altitude by the transponder.
    pub flight_level: Option<FlightLevel>,
    /// I048/110: height measured by a 3D radar, feet above mean sea level, in steps of 25 ft.
    pub height_3d_ft: Option<f64>,
    /// I048/120 CAL: radial speed calculated by the radar.
    pub doppler: Option<CalculatedDoppler>,
    /// I048/120 RDS: the first raw Doppler measurement.
    pub doppler_raw: Option<RawDoppler>,
    /// I048/130: plot characteristics; empty where the record has none.
    pub plot: PlotCharacteristics,
    /// I048/RE GEN48 RCSDB: radar cross-section in dB relative to one square metre, steps of 0.01.
    pub radar_cross_section_dbsm: Option<f64>,
    /// I048/220: 24-bit aircraft address.
    pub aircraft_address: Option<u32>,
    /// I048/240: aircraft identification, up to eight characters with trailing blanks; empty when the
    /// radar sent no character.
    pub callsign: Option<ShortText>,
    /// I048/230 STAT: flight status.
    pub flight_status: Option<FlightStatus>,
    /// I048/161: track number, 0 to 4095, unique within the radar.
    pub track_number: Option<u16>,
    /// I048/170: status of the radar's own track.
    pub track_status: Option<TrackStatus>,
    /// I048/200: velocity calculated by the radar's own tracker.
    pub track_velocity: Option<TrackVelocity>,
    /// I048/210: standard deviations of the radar's own track.
    pub track_quality: Option<TrackQuality>,
}

impl TargetReport {
    /// Whether the report is of a real target: not simulated, not a test, not a field monitor.
    #[must_use]
    pub fn is_operational(&self) -> bool {
        !(self.simulated || self.test || self.field_monitor)
    }

    /// Whether anything was detected: a coasted track is reported with "no detection".
    #[must_use]
    pub fn is_detected(&self) -> bool {
        self.detection.is_none_or(|detection| detection != Detection::None)
    }
}

/// I048/020 TYP: what detected the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Detection {
    /// No detection: the radar extrapolates its track.
    None,
    /// Primary radar alone.
    Primary,
    /// Secondary radar alone.
    Secondary,
    /// Secondary and primary radar.
    SecondaryPrimary,
    /// Mode S all-call.
    ModeSAllCall,
    /// Mode S roll-call.
    ModeSRollCall,
    /// Mode S all-call and primary radar.
    ModeSAllCallPrimary,
    /// Mode S roll-call and primary radar.
    ModeSRollCallPrimary,
}

impl Detection {
    const ALL: [Self; 8] = [
        Self::None,
        Self::Primary,
        Self::Secondary,
        Self::SecondaryPrimary,
        Self::ModeSAllCall,
        Self::ModeSRollCall,
        Self::ModeSAllCallPrimary,
        Self::ModeSRollCallPrimary,
    ];

    pub(crate) fn from_raw(raw: u64) -> Self {
        Self::ALL[(raw & 7) as usize]
    }

    pub(super) fn raw(self) -> u64 {
        self as u64
    }

    /// Whether the primary radar saw the target.
    #[must_use]
    pub fn has_primary(self) -> bool {
        use Detection as D;
        matches!(self, D::Primary | D::SecondaryPrimary | D::ModeSAllCallPrimary | D::ModeSRollCallPrimary)
    }
}

/// A position in the radar's slant plane.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Polar {
    /// Slant range in metres; I048/040 holds 0 up to 474,110 m in steps of 7.234375 m.
    pub range_m: f64,
    /// Azimuth in radians clockwise from local geographical north, 0 up to 2 pi, in steps of
    /// 2 pi / 65,536.
    pub azimuth_rad: f64,
}

/// A position in the radar's plane: x to the east, y to the north.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cartesian {
    /// East in metres, steps of 14.46875 m.
    pub x_m: f64,
    /// North in metres, steps of 14.46875 m.
    pub y_m: f64,
}

/// A Mode 2 or Mode 3/A code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Code {
    /// The twelve bits; print as four octal digits (`{:04o}`).
    pub code: u16,
    /// V: the code is *not* validated.
    pub not_validated: bool,
    /// G: the code is garbled.
    pub garbled: bool,
    /// L: not from this scan's reply (Mode 3/A: not extracted in the last scan; Mode 2: smoothed).
    pub not_from_this_scan: bool,
}

/// A barometric altitude reply.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct FlightLevel {
    /// Pressure altitude in feet (flight level times 100), steps of 25 ft.
    pub altitude_ft: f64,
    /// V: the altitude is *not* validated.
    pub not_validated: bool,
    /// G: the reply was garbled.
    pub garbled: bool,
}

/// I048/120 CAL. The specification recommends positive for targets that move away and leaves the
/// sign to the radar's interface document.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CalculatedDoppler {
    /// Radial speed in metres per second, -512 to 511 in steps of 1 m/s.
    pub speed_mps: f64,
    /// D: the radar doubts it.
    pub doubtful: bool,
}

/// I048/120 RDS, one measurement.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RawDoppler {
    /// Doppler speed in metres per second, 0 to 65,535: known up to multiples of the ambiguity.
    pub speed_mps: f64,
    /// Ambiguity in metres per second, 0 to 65,535.
    pub ambiguity_mps: f64,
    /// Transmitter frequency in megahertz, 0 to 65,535.
    pub frequency_mhz: f64,
}

/// I048/130.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PlotCharacteristics {
    /// SRL: run length of the secondary plot, radians.
    pub secondary_runlength_rad: Option<f64>,
    /// SRR: replies received by the secondary radar.
    pub secondary_replies: Option<u8>,
    /// SAM: amplitude of the secondary reply, dBm.
    pub secondary_amplitude_dbm: Option<f64>,
    /// PRL: run length of the primary plot, radians.
    pub primary_runlength_rad: Option<f64>,
    /// PAM: amplitude of the primary plot, dBm, -128 to 127.
    pub primary_amplitude_dbm: Option<f64>,
    /// RPD: range of the primary less that of the secondary plot, metres.
    pub range_difference_m: Option<f64>,
    /// APD: azimuth of the primary less that of the secondary plot, radians.
    pub azimuth_difference_rad: Option<f64>,
}

/// I048/170 RAD: what maintains the radar's track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TrackSensor {
    /// Primary and secondary radar.
    #[default]
    Combined,
    /// Primary radar.
    Primary,
    /// Secondary radar or Mode S.
    Secondary,
    /// The value that the specification calls invalid.
    Invalid,
}

/// I048/170 CDM: vertical motion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum VerticalMotion {
    /// Level.
    #[default]
    Maintaining,
    /// Climbing.
    Climbing,
    /// Descending.
    Descending,
    /// Unknown.
    Unknown,
}

/// I048/170.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TrackStatus {
    /// CNF: the track is tentative (`false`: confirmed).
    pub tentative: bool,
    /// RAD: what maintains it.
    pub sensor: TrackSensor,
    /// DOU: low confidence that the plot belongs to the track.
    pub doubtful: bool,
    /// MAH: a horizontal manoeuvre was sensed.
    pub manoeuvring: bool,
    /// CDM: vertical motion.
    pub vertical: VerticalMotion,
    /// TRE: the last report of this track.
    pub ended: bool,
    /// GHO: a ghost.
    pub ghost: bool,
    /// SUP: maintained with track information from a neighbouring node.
    pub supported: bool,
    /// TCC: slant range corrected and projected (`false`: radar plane).
    pub projected: bool,
}

/// I048/200.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TrackVelocity {
    /// Ground speed in metres per second, 0 to 7,408 in steps of 2^-14 NM/s (0.113 m/s).
    pub ground_speed_mps: f64,
    /// Heading in radians clockwise from geographical north at the aircraft, 0 up to 2 pi.
    pub heading_rad: f64,
}

/// I048/210: standard deviations.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TrackQuality {
    /// Of x, metres, steps of 14.46875 m.
    pub sigma_x_m: f64,
    /// Of y, metres, steps of 14.46875 m.
    pub sigma_y_m: f64,
    /// Of the ground speed, metres per second, steps of 0.113 m/s.
    pub sigma_speed_mps: f64,
    /// Of the heading, radians, steps of 2 pi / 4096.
    pub sigma_heading_rad: f64,
}

/// I048/230 STAT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FlightStatus {
    /// No alert, no SPI, airborne.
    Airborne,
    /// No alert, no SPI, on the ground.
    OnGround,
    /// Alert, no SPI, airborne.
    AlertAirborne,
    /// Alert, no SPI, on the ground.
    AlertOnGround,
    /// Alert and SPI, airborne or on the ground.
    AlertSpecialPosition,
    /// SPI, airborne or on the ground.
    SpecialPosition,
    /// Value 6, not assigned.
    NotAssigned,
    /// Unknown.
    Unknown,
}

impl FlightStatus {
    const ALL: [Self; 8] = [
        Self::Airborne,
        Self::OnGround,
        Self::AlertAirborne,
        Self::AlertOnGround,
        Self::AlertSpecialPosition,
        Self::SpecialPosition,
        Self::NotAssigned,
        Self::Unknown,
    ];

    pub(super) fn from_raw(raw: u64) -> Self {
        Self::ALL[(raw & 7) as usize]
    }
}
