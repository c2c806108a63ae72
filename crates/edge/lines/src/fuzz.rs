//! What a fuzzer runs: arbitrary bytes as lines.

use parapet_frame::{EarthAxes, Geodetic, HeardAt, SensorPose, SiteFrame, SitePoint, Time};
use parapet_track::SensorId;

use crate::intake::{LinesIntake, Taken};
use crate::source::{LineSensor, LineSources, SoundNode};

/// Reads bytes as lines and checks what must hold of any: every line is taken or refused, and nothing taken is not a number.
///
/// # Panics
/// When something does not hold.
pub fn examine(bytes: &[u8]) {
    let pose = SensorPose::parallel(SitePoint::default(), 34.0);
    let Ok(frame) = SiteFrame::at(Geodetic { lat_deg: 33.3, lon_deg: 44.4, height_m: 34.0 }) else { return };
    let axes = EarthAxes::of(&frame);
    let sensor =
        LineSensor { name: "r1".into(), sensor: SensorId(0), pose, sigma_elevation_rad: None, senders: vec![] };
    let node = SoundNode { name: "m1".into(), pose, sigma_place_m: 2.0, sigma_time_s: 0.01 };
    let mut intake = LinesIntake::new(LineSources { axes, sensors: vec![sensor], nodes: vec![node] });
    let mut refused = 0;
    intake.bytes(HeardAt(Time::from_seconds(1.8e9)), 0, None, bytes, &mut |taken| match taken {
        Taken::Event(parapet_engine::Event::Plot(plot)) => {
            assert!(plot.range_m.is_finite() && plot.azimuth_rad.abs() < 3.2, "{plot:?}");
        }
        Taken::Event(parapet_engine::Event::Sound(report)) => {
            assert!(report.place_m.iter().all(|m| m.is_finite()), "{report:?}");
            assert!(report.sound.is_none_or(|sound| sound.sigma_time_s > 0.0), "{report:?}");
        }
        Taken::Event(parapet_engine::Event::Undecodable(what)) => {
            refused += 1;
            assert!(what.detail.len() < 2_048, "an error repeats no more than a little: {}", what.detail.len());
        }
        Taken::Event(parapet_engine::Event::Contact(report)) => {
            assert!(report.covariance.iter().flatten().all(|m2| m2.is_finite()), "{report:?}");
        }
        Taken::Event(_) | Taken::Beyond(..) => {}
    });
    let counts = intake.counts();
    assert_eq!(counts.refused, refused);
    assert!(
        counts.plots + counts.sounds + counts.alive + counts.contacts + counts.refused <= counts.lines,
        "{counts:?}"
    );
}
