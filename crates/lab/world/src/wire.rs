//! Messages as a radar sends them: ASTERIX categories 048 and 034.
//!
//! Every target report says that it is simulated (I048/020 SIM): a live site refuses it.

use parapet_asterix::cat034::{MessageType, Position, ServiceMessage};
use parapet_asterix::cat048::{
    CalculatedDoppler, Code, Detection, FlightLevel, FlightStatus, Polar as WirePolar, TargetReport,
};
use parapet_asterix::{CAT034, CAT048, EncodeError, HEADER_LEN, RecordBuilder, Source, TimeOfDay, block};
use parapet_frame::{NANOS_PER_SECOND, Time};

use crate::message::{Message, MessageKind, Sighting};
use crate::scene::PlacedRadar;

/// Most octets in a datagram: fits any Ethernet without being cut.
pub const DATAGRAM_MAX: usize = 1_400;
/// Metres in a foot, by definition.
const FOOT_M: f64 = 0.304_8;
/// What I048/110 can hold, feet.
const HEIGHT_MAX_FT: f64 = 204_700.0;
/// What I048/120 can hold, m/s.
const DOPPLER_MAX_MPS: f64 = 511.0;
/// Nanoseconds in a day.
const DAY_NS: i64 = 86_400 * NANOS_PER_SECOND;

/// The datagrams of one message; `start` is the instant of the scenario's second 0.
///
/// # Errors
/// When a value does not fit into its item: a range beyond 474 km.
pub fn datagrams(radar: &PlacedRadar, message: &Message, start: Time) -> Result<Vec<Vec<u8>>, EncodeError> {
    match &message.kind {
        MessageKind::North { stamp_s } => service(radar, start, *stamp_s, None),
        MessageKind::Sector { stamp_s, azimuth_rad } => service(radar, start, *stamp_s, Some(*azimuth_rad)),
        MessageKind::Plots(plots) => target_reports(radar, plots, start),
    }
}

fn source(radar: &PlacedRadar) -> Source {
    Source { sac: radar.spec.sac, sic: radar.spec.sic }
}

/// Time of day of a stamp; midnight is 0.
fn time_of_day(start: Time, stamp_s: f64) -> Option<TimeOfDay> {
    let rounded = TimeOfDay::from_ns(start.plus_seconds(stamp_s).nanos().rem_euclid(DAY_NS))?;
    TimeOfDay::from_ticks(rounded.ticks() % TimeOfDay::DAY_TICKS)
}

fn service(
    radar: &PlacedRadar,
    start: Time,
    stamp_s: f64,
    sector_azimuth_rad: Option<f64>,
) -> Result<Vec<Vec<u8>>, EncodeError> {
    let is_north = sector_azimuth_rad.is_none();
    let spec = &radar.spec;
    let message = ServiceMessage {
        source: Some(source(radar)),
        message_type: Some(if is_north { MessageType::NorthMarker } else { MessageType::SectorCrossing }),
        time_of_day: time_of_day(start, stamp_s),
        sector_azimuth_rad,
        rotation_period_s: is_north.then_some(spec.scan_period_s),
        position: is_north.then_some(Position {
            height_m: spec.height_m,
            latitude_rad: spec.lat_deg.to_radians(),
            longitude_rad: spec.lon_deg.to_radians(),
        }),
        ..ServiceMessage::default()
    };
    let mut octets = Vec::new();
    message.to_record()?.encode(&mut octets)?;
    Ok(vec![block(&CAT034, &octets)?])
}

fn target_reports(radar: &PlacedRadar, plots: &[Sighting], start: Time) -> Result<Vec<Vec<u8>>, EncodeError> {
    let mut all = Vec::new();
    let mut records = Vec::new();
    let mut record = Vec::new();
    for plot in plots {
        record.clear();
        target_report(radar, plot, start)?.encode(&mut record)?;
        if HEADER_LEN + records.len() + record.len() > DATAGRAM_MAX {
            all.push(block(&CAT048, &records)?);
            records.clear();
        }
        records.extend_from_slice(&record);
    }
    if !records.is_empty() {
        all.push(block(&CAT048, &records)?);
    }
    Ok(all)
}

fn target_report(radar: &PlacedRadar, plot: &Sighting, start: Time) -> Result<RecordBuilder, EncodeError> {
    let height_ft = radar.pose.height_of_polar(plot.polar) / FOOT_M;
    let answer = plot.answer.as_ref();
    let report = TargetReport {
        source: Some(source(radar)),
        time_of_day: time_of_day(start, plot.stamp_s),
        detection: Some(if answer.is_some() { Detection::ModeSRollCallPrimary } else { Detection::Primary }),
        simulated: true,
        polar: Some(WirePolar { range_m: plot.polar.range_m, azimuth_rad: plot.polar.azimuth_rad }),
        height_3d_ft: Some(height_ft).filter(|ft| ft.abs() < HEIGHT_MAX_FT),
        doppler: plot
            .range_rate_mps
            .filter(|mps| mps.abs() <= DOPPLER_MAX_MPS)
            .map(|speed_mps| CalculatedDoppler { speed_mps, doubtful: false }),
        mode_3a: answer.and_then(|a| u16::from_str_radix(&a.transponder.mode_3a, 8).ok()).map(code),
        flight_level: answer.map(|a| FlightLevel { altitude_ft: a.altitude_m / FOOT_M, ..FlightLevel::default() }),
        aircraft_address: answer.map(|a| a.transponder.address),
        flight_status: answer.map(|_| FlightStatus::Airborne),
        track_number: answer.map(|a| a.track_number),
        ..TargetReport::default()
    };
    let mut record = report.to_record()?;
    if let Some(answer) = answer {
        record.text("240", &answer.transponder.callsign)?;
    }
    Ok(record)
}

fn code(code: u16) -> Code {
    Code { code, ..Code::default() }
}
