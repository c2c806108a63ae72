//! Where something that cooperates says that it is, as a contact: never a plot, but what our sensors see there is recognised by it.

use parapet_frame::{EarthAxes, HeardAt, MeasuredAt, maths};
use parapet_track::{
    Above, ContactName, ContactReport, ContactSource, Doubts, Height, Identity, SensorId, Teller, Told, Velocity,
};

use crate::line::PositionLine;

/// Standard deviation of a place of which none is told, metres: a satellite receiver's, and something for the way here.
const PLACE_SIGMA_M: f64 = 30.0;
/// Standard deviation of the delay of what is told, seconds.
const DELAY_SIGMA_S: f64 = 0.3;

/// The contact of a line; `None` where it is no place on or near the Earth.
pub(crate) fn contact(
    line: &PositionLine,
    sensor: SensorId,
    earth: &EarthAxes,
    identity: Identity,
    (measured_at, heard_at): (MeasuredAt, HeardAt),
) -> Option<ContactReport> {
    let velocity = line.ground_speed_mps.zip(line.course_deg).map(|(speed_mps, course_deg)| {
        let (sin, cos) = maths::sin_cos(course_deg.to_radians());
        Velocity { east_mps: speed_mps * sin, north_mps: speed_mps * cos, up_mps: None }
    });
    let told = Told {
        teller: if identity.address.is_some() { Teller::Aircraft } else { Teller::Unmanned },
        name: name(&identity),
        measured_at,
        heard_at,
        identity,
        position_deg: [line.lat_deg, line.lon_deg],
        covariance_m2: line.sigma_horizontal_m.map(|sigma_m| [sigma_m * sigma_m, sigma_m * sigma_m, 0.0]),
        height: Some(Height { m: line.height_m, above: Above::MeanSea, sigma_m: line.sigma_horizontal_m }),
        velocity,
        sigma_velocity_mps: None,
        on_ground: false,
        doubts: Doubts { simulated: line.simulated, ..Doubts::default() },
    };
    // Heights come above mean sea level: neither the geoid nor the pressure matters.
    let source = ContactSource {
        sensor,
        earth: *earth,
        geoid_m: None,
        place_sigma_m: PLACE_SIGMA_M,
        pressure_sigma_m: PLACE_SIGMA_M,
        delay_sigma_s: DELAY_SIGMA_S,
    };
    source.report(&told)
}

/// By address, call sign or code, whichever there is first.
fn name(identity: &Identity) -> ContactName {
    match (identity.address, identity.callsign) {
        (Some(address), _) => ContactName::Address(address),
        (None, Some(callsign)) => {
            let mut serial = [b' '; 12];
            serial[..8].copy_from_slice(&callsign);
            ContactName::Serial(serial)
        }
        (None, None) => ContactName::Number(u32::from(identity.mode_3a.unwrap_or(0))),
    }
}
