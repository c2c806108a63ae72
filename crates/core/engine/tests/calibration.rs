//! A radar alone, and an aircraft that says where it is: what the radar has wrong is found by it.

mod scene;

use nalgebra::Vector3;
use parapet_engine::{Engine, Event, Outbox, Output};
use parapet_frame::{HeardAt, MeasuredAt, SitePoint, maths};
use parapet_track::{Bias, ContactName, ContactReport, Doubts, Identity, SensorId, SensorModel, Teller};
use scene::{Noise, at, config, plot, radar, square};

/// The aircraft circles north of the radar.
fn way(seconds: f64) -> (Vector3<f64>, Vector3<f64>) {
    let (radius_m, speed_mps) = (3_000.0, 110.0);
    let (sin, cos) = maths::sin_cos(speed_mps / radius_m * seconds);
    let place = Vector3::new(500.0 + radius_m * cos, 6_000.0 + radius_m * sin, 1_500.0);
    (place, Vector3::new(-sin, cos, 0.0) * speed_mps)
}

fn says((place, velocity): (Vector3<f64>, Vector3<f64>), seconds: f64) -> ContactReport {
    let mut covariance = [[0.0; 3]; 3];
    (covariance[0][0], covariance[1][1], covariance[2][2]) = (17.0, 17.0, 400.0);
    ContactReport {
        sensor: SensorId(1),
        teller: Teller::Aircraft,
        name: ContactName::Address(0x3C_65AC),
        measured_at: MeasuredAt(at(seconds)),
        heard_at: HeardAt(at(seconds)),
        identity: Identity { address: Some(0x3C_65AC), ..Identity::default() },
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

#[test]
fn an_aircraft_that_says_where_it_is_shows_what_a_radar_has_wrong() {
    let wrong = Bias { range_m: 25.0, azimuth_rad: 0.005, elevation_rad: 0.0, time_s: -0.2 };
    let mut site = config(vec![square("home", 0.0, 0.0, 200.0)]);
    site.sensors[0].trust.bias_sigma = Bias { range_m: 30.0, azimuth_rad: 0.007, elevation_rad: 0.002, time_s: 0.3 };
    site.sensors.push(SensorModel { name: "receiver".into(), range_max_m: 200_000.0, ..radar() });
    let model = radar();
    let (mut engine, mut out, mut noise) = (Engine::new(site), Outbox::default(), Noise(21));
    for step in 0..240_u32 {
        let seconds = 0.5 * f64::from(step);
        if step % 2 == 0 {
            let told = says(way(seconds), seconds);
            engine.step(at(seconds), Event::Contact(Box::new(told)), &mut out);
        }
        let polar = model.pose.polar_from_site(way(seconds).0);
        let mut seen = plot(
            seconds + wrong.time_s,
            polar.range_m + wrong.range_m + model.sigma_range_m * noise.normal(),
            polar.azimuth_rad + wrong.azimuth_rad + model.sigma_azimuth_rad * noise.normal(),
            polar.elevation_rad + 2e-3 * noise.normal(),
            0.0,
        );
        seen.range_rate_mps = None;
        (seen.sequence, seen.heard_at) = (u64::from(step), HeardAt(at(seconds + 0.05)));
        engine.step(at(seconds + 0.05), Event::Plot(seen), &mut out);
    }
    let mut reports = out.outputs.iter().filter_map(|o| if let Output::Registration(r) = o { Some(r) } else { None });
    let last = reports.rfind(|report| report.sensor == SensorId(0)).expect("said");
    let off = last.bias.values().into_iter().zip(wrong.values());
    let within = off.zip(last.sigma.values()).all(|((found, truth), sigma)| (found - truth).abs() < 4.0 * sigma);
    assert!(within && last.is_used, "{last:?}");
    assert!(last.sigma.azimuth_rad < 0.002 && last.sigma.time_s < 0.1 && last.sigma.range_m < 15.0, "{last:?}");
}
