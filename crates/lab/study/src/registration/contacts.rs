//! What the aircraft of a scene say of themselves, as a receiver would pass it on.

use nalgebra::Vector3;
use parapet_engine::Event;
use parapet_frame::{HeardAt, MeasuredAt, SitePoint, Time};
use parapet_track::{ContactName, ContactReport, Doubts, Identity, SensorId, SensorModel, Teller, Trust};
use parapet_world::{Scene, Stream};

use crate::play::at;

/// Standard deviation of a told place, metres on each axis: NACp 9 to 10.
const SIGMA_M: f64 = 8.0;
/// ... and of its height.
const SIGMA_UP_M: f64 = 20.0;
/// Seconds between two reports, and from measuring to hearing.
const EVERY_S: f64 = 1.0;
const DELAY_S: f64 = 0.2;

/// Every report of every aircraft; the receiver is added to the sensors.
pub(super) fn told(scene: &Scene, sensors: &mut Vec<SensorModel>) -> Vec<(Time, Event)> {
    let receiver = SensorId(sensors.len() as u16);
    let like = sensors.first().cloned();
    sensors.extend(like.map(|radar| SensorModel { name: "receiver".into(), trust: Trust::default(), ..radar }));
    let aircraft = scene.objects.iter().enumerate().filter(|(_, object)| object.round.is_none());
    let mut events = Vec::new();
    for (number, object) in aircraft {
        let mut draws = Stream::new(scene.seed, "aircraft", "told", number as u64);
        let first_s = draws.uniform(0.0, EVERY_S);
        for seconds in (0..).map(|i| first_s + f64::from(i) * EVERY_S).take_while(|s| *s < scene.duration_s) {
            let Some(moment) = object.path.at(seconds) else { continue };
            let noise = Vector3::new(draws.normal(SIGMA_M), draws.normal(SIGMA_M), draws.normal(SIGMA_UP_M));
            let address = 0x3C_0000 + number as u32;
            let report = report(receiver, address, seconds, moment.position_m + noise, moment.velocity_mps);
            events.push((at(seconds + DELAY_S), Event::Contact(Box::new(report))));
        }
    }
    events
}

fn report(sensor: SensorId, address: u32, seconds: f64, place: Vector3<f64>, velocity: Vector3<f64>) -> ContactReport {
    let mut covariance = [[0.0; 3]; 3];
    let level = SIGMA_M * SIGMA_M;
    (covariance[0][0], covariance[1][1], covariance[2][2]) = (level, level, SIGMA_UP_M * SIGMA_UP_M);
    ContactReport {
        sensor,
        teller: Teller::Aircraft,
        name: ContactName::Address(address),
        measured_at: MeasuredAt(at(seconds)),
        heard_at: HeardAt(at(seconds + DELAY_S)),
        identity: Identity { address: Some(address), ..Identity::default() },
        place: SitePoint::from_vector(place),
        covariance,
        velocity_mps: Some(velocity.into()),
        sigma_velocity_mps: [2.0, 2.0],
        tells_height: true,
        tells_error: true,
        on_ground: false,
        doubts: Doubts::default(),
    }
}
