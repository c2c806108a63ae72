//! What Parapet tells a fusion node further up: alarms as alerts, threats as detections.
//!
//! An exercise is called one in every text, and every detection of it says that it is simulated. The place of a threat is told,
//! and where it will come down; where it came from is not.

use parapet_engine::Mode;
use parapet_frame::{Geodetic, Time};
use parapet_track::{TrackId, TrackReport};
use parapet_warn::{Alarm, AlarmId, Impact, Stage};

use crate::id::{Ulid, mix};
use crate::message::schema::alert::{AlertStatus, AlertType, DiscretePriority, LocationOneof as AlertPlace};
use crate::message::schema::detection_report::{
    DetectionReportClassification, LocationOneof, PredictedLocation, TrackObjectInfo, VelocityOneof,
    predicted_location::PredictedLocationOneof,
};
use crate::message::schema::{Alert, DetectionReport, EnuVelocity, Location, LocationCoordinateSystem, LocationDatum};
use crate::message::timestamp;

/// The zone that an alert is about.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertZone {
    /// Identifier in the configuration.
    pub key: String,
    /// Name for people.
    pub name: String,
    /// A place inside.
    pub centre: Geodetic,
}

/// An alarm as an alert, and its name: the same through the whole life of the alarm, and the same from every engine that sees
/// the same plots.
#[must_use]
pub fn alert(alarm: &Alarm, zone: &AlertZone, mode: Mode) -> (Ulid, Alert) {
    let (alert_type, status, priority) = grading(alarm.stage);
    let id = alert_id(alarm.id, &zone.key);
    let alert = Alert {
        alert_id: Some(id.to_string()),
        alert_type: Some(alert_type as i32),
        status: Some(status as i32),
        description: Some(words(alarm, &zone.name, mode)),
        location_oneof: Some(AlertPlace::Location(location(zone.centre, None))),
        region_id: Some(Ulid::new(Time::default(), hash(zone.key.bytes())).to_string()),
        priority: Some(priority as i32),
        confidence: Some(alarm.probability.clamp(0.0, 1.0) as f32),
        additional_information: Some(details(alarm, &zone.key)),
        ..Alert::default()
    };
    (id, alert)
}

fn grading(stage: Stage) -> (AlertType, AlertStatus, DiscretePriority) {
    match stage {
        Stage::Prepare => (AlertType::Warning, AlertStatus::Active, DiscretePriority::Medium),
        Stage::TakeCover => (AlertType::Critical, AlertStatus::Active, DiscretePriority::High),
        Stage::Hold => (AlertType::Warning, AlertStatus::Active, DiscretePriority::High),
        Stage::AllClear | Stage::Withdrawn => (AlertType::Information, AlertStatus::Clear, DiscretePriority::Low),
    }
}

fn words(alarm: &Alarm, zone: &str, mode: Mode) -> String {
    let what = match alarm.stage {
        Stage::Prepare => "a round may come, be ready",
        Stage::TakeCover => "incoming round, take cover",
        Stage::Hold => "stay in cover, more may come",
        Stage::AllClear => "all clear",
        Stage::Withdrawn => "warning withdrawn",
    };
    match mode {
        Mode::Live => format!("{zone}: {what}"),
        Mode::Exercise => format!("EXERCISE EXERCISE EXERCISE. {zone}: {what} (practice only)"),
    }
}

/// For machines: the alarm's own name, its stage, and when the first impact is expected.
fn details(alarm: &Alarm, zone_key: &str) -> String {
    let impact_ms = alarm.impact_at.map(Time::millis);
    serde_json::json!({ "alarm": alarm.id.label(zone_key), "stage": alarm.stage, "impact_unix_ms": impact_ms })
        .to_string()
}

fn alert_id(id: AlarmId, zone_key: &str) -> Ulid {
    Ulid::new(id.cause, hash(id.label(zone_key).bytes()))
}

/// The name of a track among detections.
fn object_id(track: TrackId, first_plot_at: Time) -> Ulid {
    Ulid::new(first_plot_at, hash(track.0.to_le_bytes().into_iter()))
}

/// 128 bits that differ where the bytes do, in all likelihood.
fn hash(bytes: impl Iterator<Item = u8>) -> u128 {
    let low = bytes.fold(0x243F_6A88_85A3_08D3, |state, byte| mix(state ^ u64::from(byte)));
    u128::from(mix(low)) << 64 | u128::from(low)
}

/// A track as a detection, with its predicted impact where there is one; `place` and `impact` are told in latitude and longitude.
#[must_use]
pub fn detection(
    track: &TrackReport,
    place: Geodetic,
    impact: Option<(&Impact, Geodetic)>,
    mode: Mode,
) -> DetectionReport {
    // The diagonal of an upper triangle of six rows.
    let [east, north, up, east_rate, north_rate, up_rate] =
        [0, 6, 11, 15, 18, 20].map(|place| track.covariance[place].max(0.0).sqrt());
    let velocity = EnuVelocity {
        east_rate: Some(track.velocity_mps[0]),
        north_rate: Some(track.velocity_mps[1]),
        up_rate: Some(track.velocity_mps[2]),
        east_rate_error: Some(east_rate),
        north_rate_error: Some(north_rate),
        up_rate_error: Some(up_rate),
    };
    DetectionReport {
        // Filled in when it is sent.
        report_id: None,
        object_id: Some(object_id(track.id, track.first_plot_at).to_string()),
        location_oneof: Some(LocationOneof::Location(location(place, Some([east, north, up])))),
        velocity_oneof: Some(VelocityOneof::EnuVelocity(velocity)),
        detection_confidence: Some(track.existence.clamp(0.0, 1.0) as f32),
        prediction_location: impact.map(|(impact, place)| PredictedLocation {
            predicted_location_oneof: Some(PredictedLocationOneof::Location(location(place, None))),
            predicted_timestamp: Some(timestamp(impact.at)),
        }),
        object_info: simulated(mode),
        classification: classes(track),
        ..DetectionReport::default()
    }
}

fn simulated(mode: Mode) -> Vec<TrackObjectInfo> {
    let info = TrackObjectInfo { r#type: Some("simulated".to_owned()), value: Some("true".to_owned()), error: None };
    if mode == Mode::Exercise { vec![info] } else { Vec::new() }
}

fn classes(track: &TrackReport) -> Vec<DetectionReportClassification> {
    let odds = [("Projectile", track.odds.round()), ("Air Vehicle", track.odds.level)];
    let class = |(what, odds): (&str, f64)| DetectionReportClassification {
        r#type: Some(what.to_owned()),
        confidence: Some(odds.clamp(0.0, 1.0) as f32),
        sub_class: Vec::new(),
    };
    odds.into_iter().map(class).collect()
}

/// Errors are told in metres, although the coordinates are degrees: so do Apex's own messages, and whoever takes them for degrees
/// believes us too little rather than too much.
fn location(place: Geodetic, sigma_m: Option<[f64; 3]>) -> Location {
    let [x_error, y_error, z_error] = sigma_m.map_or([None; 3], |sigma_m| sigma_m.map(Some));
    Location {
        x: Some(place.lon_deg),
        y: Some(place.lat_deg),
        z: Some(place.height_m),
        x_error,
        y_error,
        z_error,
        coordinate_system: Some(LocationCoordinateSystem::LatLngDegM as i32),
        datum: Some(LocationDatum::Wgs84G as i32),
        utm_zone: None,
    }
}
