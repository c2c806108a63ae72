//! What a SAPIENT node heard, as the engine takes it.

use parapet_frame::{HeardAt, Polar, SensorPose, maths};
use parapet_sapient::{North, SapientDetection, SeenAt, Sound as Told};
use parapet_track::{Bearing, Ear, SensorId, Sound, SoundKind, SoundReport};

/// The standard has one time for a message and none for a sound; nodes stamp when they have made up their minds, seconds.
const SIGMA_TIME_S: f64 = 0.5;
/// How well a node's place is known, metres.
const SIGMA_PLACE_M: f64 = 5.0;
/// How well a bearing is known of which no error is told, radians (5 degrees).
const SIGMA_BEARING_RAD: f64 = 0.087_3;

/// The sound in a detection; nothing where it holds none, or no bearing from true north.
pub(crate) fn heard(
    detection: &SapientDetection,
    sensor: SensorId,
    pose: &SensorPose,
    heard_at: HeardAt,
) -> Option<SoundReport> {
    let (told, _) = detection.sound().filter(|_| !detection.is_lost)?;
    let SeenAt::Polar { azimuth_rad: Some(azimuth), north: North::True, .. } = detection.seen_at else { return None };
    // From the node's north to the site's.
    let way =
        pose.site_from_polar(Polar { range_m: 1.0, azimuth_rad: azimuth.value, elevation_rad: 0.0 }) - pose.origin();
    let bearing = Bearing {
        azimuth_rad: maths::atan2(way.x, way.y),
        sigma_rad: azimuth.sigma.filter(|sigma| *sigma > 0.0).unwrap_or(SIGMA_BEARING_RAD),
    };
    let kind = match told {
        Told::Launch => SoundKind::Launch,
        Told::Impact => SoundKind::Impact,
    };
    Some(SoundReport {
        ear: Ear::Sensor(sensor),
        place_m: pose.origin_m,
        sigma_place_m: SIGMA_PLACE_M,
        measured_at: detection.measured_at,
        heard_at,
        sound: Some(Sound { kind, sigma_time_s: SIGMA_TIME_S, bearing: Some(bearing) }),
        simulated: detection.is_simulated,
    })
}
