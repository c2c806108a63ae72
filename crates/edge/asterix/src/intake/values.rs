//! Reports of aircraft, of other systems and of sensors into values of the edge.

use core::f64::consts::FRAC_PI_2;

use parapet_engine::OwnState;
use parapet_frame::{EARTH_RADIUS_M, HeardAt, MeasuredAt, maths};
use parapet_track::{Above, Height, Identity, SensorId, Velocity};

use super::heard::{CooperativeReport, SystemTrack, TrackState, UasIdentity};
use super::plots::callsign;
use crate::cat021::AdsbReport;
use crate::cat034::{MessageType, ServiceMessage};
use crate::cat062::TrackReport;
use crate::cat065::{Operation, ServiceStatus};
use crate::cat129::UasReport;

/// The radius of 95 % over that of 50 %, of a circular normal distribution: sqrt(ln 0.05 / ln 0.5).
const RADIUS_95_OVER_50: f64 = 2.078_944_854_8;

/// Whose it is and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp {
    pub(super) sensor: SensorId,
    pub(super) measured_at: MeasuredAt,
    pub(super) heard_at: HeardAt,
}

/// `None` where the aircraft gives no place.
pub(super) fn of_adsb(stamp: Stamp, report: &AdsbReport) -> Option<CooperativeReport> {
    let Stamp { sensor, measured_at, heard_at } = stamp;
    let geometric = report.geometric_height_m.map(|m| Height { m, above: Above::Ellipsoid, sigma_m: None });
    let pressure = report.pressure_altitude_m.map(|m| Height { m, above: Above::StandardPressure, sigma_m: None });
    let velocity = report.ground_vector.map(|vector| {
        let (sin, cos) = maths::sin_cos(vector.track_rad);
        let (east_mps, north_mps) = (vector.speed_mps * sin, vector.speed_mps * cos);
        Velocity { east_mps, north_mps, up_mps: report.climb_mps }
    });
    Some(CooperativeReport {
        sensor,
        measured_at,
        heard_at,
        identity: Identity {
            address: report.address.filter(|_| report.address_is_icao),
            mode_3a: report.mode_3a,
            callsign: report.callsign.and_then(|text| callsign(text.as_str())),
        },
        other_address: report.address.filter(|_| !report.address_is_icao),
        number: report.track_number,
        uas: None,
        position_deg: report.position_deg?,
        position_95_m: report.position_95_m,
        height: geometric.or(pressure),
        velocity,
        on_ground: report.on_ground,
        suspect: report.suspect,
        simulated: report.simulated,
    })
}

/// `None` where the aircraft gives no place.
pub(super) fn of_uas(stamp: Stamp, report: &UasReport) -> Option<CooperativeReport> {
    let Stamp { sensor, measured_at, heard_at } = stamp;
    let text = |text: Option<crate::ShortText>| text.unwrap_or_default();
    let velocity = report.velocity_mps.map(|[east_mps, north_mps]| {
        let up_mps = report.climb_mps;
        Velocity { east_mps, north_mps, up_mps }
    });
    Some(CooperativeReport {
        sensor,
        measured_at,
        heard_at,
        identity: Identity::default(),
        other_address: None,
        number: None,
        uas: Some(UasIdentity {
            manufacturer: padded(text(report.manufacturer).as_str()),
            model: padded(text(report.model).as_str()),
            serial: report.serial.unwrap_or_default(),
            country: padded(text(report.country).as_str()),
        }),
        position_deg: report.position_deg?,
        position_95_m: report.position_50_m.map(|radius_m| radius_m * RADIUS_95_OVER_50),
        height: report.height_msl_m.map(|m| Height { m, above: Above::MeanSea, sigma_m: None }),
        velocity,
        on_ground: false,
        suspect: false,
        simulated: false,
    })
}

fn padded<const N: usize>(text: &str) -> [u8; N] {
    let mut padded = [b' '; N];
    for (place, character) in padded.iter_mut().zip(text.bytes()) {
        *place = character;
    }
    padded
}

/// `None` where the track has no number or no place in WGS-84.
pub(super) fn of_track(stamp: Stamp, report: &TrackReport) -> Option<SystemTrack> {
    let Stamp { sensor, measured_at, heard_at } = stamp;
    let position_deg = report.position_deg?;
    let status = report.status;
    Some(SystemTrack {
        sensor,
        measured_at,
        heard_at,
        number: report.track_number?,
        position_deg,
        covariance_m2: covariance_m2(report, position_deg),
        height: track_height(report),
        // The plane of the system is not quite ours: over 100 km its north turns by about a degree.
        velocity: report.velocity_mps.map(|[east_mps, north_mps]| Velocity {
            east_mps,
            north_mps,
            up_mps: report.climb_mps,
        }),
        sigma_velocity_mps: report.accuracy.velocity_mps,
        identity: Identity {
            address: report.address,
            mode_3a: report.mode_3a,
            callsign: report.callsign.and_then(|text| callsign(text.as_str())),
        },
        status: TrackState {
            tentative: status.tentative,
            coasting: status.coasting,
            ended: status.ended,
            mono_sensor: status.mono_sensor,
            non_cooperative: status.non_cooperative,
            doubtful: status.potentially_false || status.flight_plan_only,
            simulated: status.simulated,
        },
    })
}

/// I062/500 APC with COV, else APW as metres.
fn covariance_m2(report: &TrackReport, [latitude_deg, _]: [f64; 2]) -> Option<[f64; 3]> {
    let accuracy = &report.accuracy;
    let cartesian = || {
        let [x_m, y_m] = accuracy.position_m?;
        // A covariance larger than the variances allow is a fault of the sender: then there is none.
        let covariance = accuracy.covariance_m2.filter(|c| c.abs() <= x_m * y_m).unwrap_or(0.0);
        Some([x_m * x_m, y_m * y_m, covariance])
    };
    let geodetic = || {
        let [lat_deg, lon_deg] = accuracy.position_deg?;
        let east_m = lon_deg.to_radians() * EARTH_RADIUS_M * maths::cos(latitude_deg.to_radians());
        let north_m = lat_deg.to_radians() * EARTH_RADIUS_M;
        Some([east_m * east_m, north_m * north_m, 0.0])
    };
    cartesian().or_else(geodetic)
}

fn track_height(report: &TrackReport) -> Option<Height> {
    let accuracy = &report.accuracy;
    let geometric =
        report.geometric_height_m.map(|m| Height { m, above: Above::Ellipsoid, sigma_m: accuracy.geometric_height_m });
    let above = if report.height_is_qnh { Above::MeanSea } else { Above::StandardPressure };
    let pressure = report.pressure_altitude_m.map(|m| Height { m, above, sigma_m: accuracy.pressure_altitude_m });
    geometric.or(pressure)
}

/// What a service message of a radar (CAT034, CAT002) tells of its state.
pub(super) fn of_service(stamp: Stamp, message: &ServiceMessage) -> OwnState {
    let status = message.status.as_ref();
    let kind = message.message_type;
    let antenna_rad = match kind {
        Some(MessageType::NorthMarker) => Some(0.0),
        Some(MessageType::SectorCrossing) => message.sector_azimuth_rad,
        _ => None,
    };
    let is_strobe = matches!(
        kind,
        Some(MessageType::JammingStrobe | MessageType::SsrJammingStrobe | MessageType::ModeSJammingStrobe)
    );
    let jammed_from_rad = message.window.filter(|_| is_strobe).map(|window| window.azimuth_start_rad);
    OwnState {
        released: status.map(|status| !status.inhibited),
        overloaded: status.map(|status| status.processor_overloaded || status.transmission_overloaded),
        time_valid: status.map(|status| !status.time_source_invalid),
        restarted: status.map(|status| status.restarted),
        antenna_rad: antenna_rad.map(|angle| angle.rem_euclid(4.0 * FRAC_PI_2)),
        rotation_period_s: message.rotation_period_s,
        jammed_from_rad,
        ..unknown(stamp)
    }
}

/// What a status message of a system (CAT065) tells of its state.
pub(super) fn of_status(stamp: Stamp, message: &ServiceStatus) -> OwnState {
    let system = message.system;
    OwnState {
        // Degraded data may still be used; a system that is not connected sends what it has left.
        released: system.map(|system| matches!(system.operation, Operation::Operational | Operation::Degraded)),
        overloaded: system.map(|system| system.overloaded),
        time_valid: system.map(|system| !system.time_source_invalid),
        ..unknown(stamp)
    }
}

fn unknown(stamp: Stamp) -> OwnState {
    OwnState::alive(stamp.sensor, stamp.measured_at, stamp.heard_at)
}
