//! Plots that come late, while neighbouring tracks stand at different instants.

use nalgebra::Vector3;
use parapet_flight::{Body, Environment, advance};
use parapet_frame::{HeardAt, MeasuredAt, SensorPose, SitePoint, Time};
use parapet_track::{Elevation, Look, Plot, Scan, SensorId, SensorModel, TrackLimits, Tracker};

const LIMITS: TrackLimits =
    TrackLimits { tracks_max: 100, explanations_max: 16, remembered_plots_max: 1_000, gate: TrackLimits::GATE };
/// Metres between two rounds of which one follows the other: what the sharp radar can tell apart, and the coarse cannot.
const APART_M: f64 = 50.0;

fn radar(name: &str, sigma_range_m: f64) -> SensorModel {
    SensorModel {
        name: name.into(),
        pose: SensorPose::parallel(SitePoint { east_m: 0.0, north_m: 0.0, up_m: 10.0 }, 10.0),
        range_min_m: 300.0,
        range_max_m: 25_000.0,
        elevation_min_rad: 0.02,
        elevation_max_rad: 1.4,
        scan: Scan::Rotating,
        scan_period_s: 1.0,
        sigma_range_m,
        sigma_azimuth_rad: 5e-3,
        sigma_range_rate_mps: 1.5,
        detection_probability: 0.9,
        clutter_per_scan: 1.0,
        silent_after_s: 5.0,
        blanked: Vec::new(),
        trust: parapet_track::Trust::default(),
    }
}

fn after(seconds: f64) -> Time {
    Time::from_seconds(1_600_000_000.0 + seconds)
}

/// The first (0) or second (1) of the two, or what lies so many times their distance aside.
fn round(which: f64, seconds: f64) -> Body {
    let start = Body {
        position_m: Vector3::new(1_500.0, -6_000.0 - APART_M * which, 400.0),
        velocity_mps: Vector3::new(0.0, 150.0, 180.0),
        ln_beta: 8.4,
    };
    advance(&Environment::flat(), &start, seconds)
}

fn plot(sensor: u16, which: f64, seconds: f64) -> Plot {
    let (pose, body) = (radar("", 0.0).pose, round(which, seconds));
    let polar = pose.polar_from_site(body.position_m);
    let sight = (body.position_m - pose.origin()) / polar.range_m;
    Plot {
        sensor: SensorId(sensor),
        sequence: (seconds * 20.0 + which) as u64,
        measured_at: MeasuredAt(after(seconds)),
        heard_at: HeardAt(after(seconds)),
        range_m: polar.range_m,
        azimuth_rad: polar.azimuth_rad,
        elevation: Some(Elevation { rad: polar.elevation_rad, sigma_rad: 5e-3 }),
        range_rate_mps: Some(sight.dot(&body.velocity_mps)),
        identity: None,
        simulated: true,
        accuracy: None,
    }
}

fn look(tracker: &mut Tracker, sensor: u16, seconds: f64, rounds: &[f64]) {
    let plots: Vec<Plot> = rounds.iter().map(|&which| plot(sensor, which, seconds)).collect();
    tracker.look(&Look { sensor: SensorId(sensor), at: after(seconds), plots: &plots });
}

/// A sharp radar shows one of two neighbours, on the far side of the other, so that their tracks stand a second apart; then plots of a coarse radar come in from
/// between, and both tracks claim both. Each track must still believe in places where a round is at the track's own instant.
#[test]
fn plots_between_the_instants_of_two_tracks_move_neither_in_time() {
    let mut tracker = Tracker::new(Environment::flat(), vec![radar("sharp", 15.0), radar("coarse", 80.0)], LIMITS);
    (0..8).for_each(|second| look(&mut tracker, 0, f64::from(second), &[0.0, 1.0]));
    look(&mut tracker, 0, 8.0, &[-1.2]);
    look(&mut tracker, 1, 7.5, &[0.0, 1.0]);
    let sure: Vec<_> = tracker.tracks().iter().filter(|track| track.existence() > 0.9).collect();
    assert_eq!(sure.len(), 2);
    assert_ne!(sure[0].at(), sure[1].at(), "the tracks stand at one instant: nothing is shown");
    for track in sure {
        let seconds = track.at().seconds_since(after(0.0));
        for (weight, estimate) in track.falling().filter(|(weight, _)| *weight > 0.001) {
            let off_m = |which| (estimate.body().position_m - round(which, seconds).position_m).norm();
            let nearest_m = f64::min(off_m(0.0), off_m(1.0));
            assert!(nearest_m < 1.5 * APART_M, "an explanation of {weight:.3} is {nearest_m:.0} m off at {seconds} s");
        }
    }
}
