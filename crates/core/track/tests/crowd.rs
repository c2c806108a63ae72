//! Hundreds of things about a radar that turns: each look holds few plots, and passes over those that are elsewhere.

use core::f64::consts::TAU;

use nalgebra::Vector3;
use parapet_flight::Environment;
use parapet_frame::{HeardAt, MeasuredAt, SensorPose, SitePoint, Time, maths};
use parapet_track::{Elevation, Look, Plot, Scan, SensorId, SensorModel, TrackLimits, Tracker};

const THINGS: usize = 300;
const SECTORS: usize = 50;
const PERIOD_S: f64 = 1.0;
const LIMITS: TrackLimits =
    TrackLimits { tracks_max: 2_000, explanations_max: 16, remembered_plots_max: 20_000, gate: TrackLimits::GATE };

fn radar() -> SensorModel {
    SensorModel {
        name: "radar".into(),
        pose: SensorPose::parallel(SitePoint { east_m: 0.0, north_m: 0.0, up_m: 10.0 }, 10.0),
        range_min_m: 300.0,
        range_max_m: 30_000.0,
        elevation_min_rad: -0.02,
        elevation_max_rad: 1.4,
        scan: Scan::Rotating,
        scan_period_s: PERIOD_S,
        sigma_range_m: 15.0,
        sigma_azimuth_rad: 3e-3,
        sigma_range_rate_mps: 1.5,
        detection_probability: 0.9,
        clutter_per_scan: 5.0,
        silent_after_s: 3.0,
        trust: parapet_track::Trust::default(),
        blanked: Vec::new(),
    }
}

/// Things on three rings that go round the radar, 400 m apart and more, at 40 m/s.
fn thing(number: usize, seconds: f64) -> Vector3<f64> {
    let radius_m = 8_000.0 + 4_000.0 * (number % 3) as f64;
    let turn = TAU * number as f64 / THINGS as f64 + 40.0 * seconds / radius_m;
    Vector3::new(radius_m * maths::sin(turn), radius_m * maths::cos(turn), 500.0)
}

/// One turn of the radar, sector by sector; only the first so many things are there.
fn turn(tracker: &mut Tracker, number: usize, there: usize) {
    let start = Time::from_seconds(1_600_000_000.0).plus_seconds(number as f64 * PERIOD_S);
    for sector in 0..SECTORS {
        let seconds = (sector + 1) as f64 * PERIOD_S / SECTORS as f64;
        let at = start.plus_seconds(seconds);
        let polar = |n: usize| radar().pose.polar_from_site(thing(n, number as f64 * PERIOD_S + seconds));
        let is_lit = |azimuth_rad: f64| (azimuth_rad.rem_euclid(TAU) * SECTORS as f64 / TAU) as usize == sector;
        let plots: Vec<Plot> = (0..there)
            .map(|n| (n, polar(n)))
            .filter(|(_, polar)| is_lit(polar.azimuth_rad))
            .map(|(n, polar)| Plot {
                sensor: SensorId(0),
                sequence: (number * THINGS + n) as u64,
                measured_at: MeasuredAt(at),
                heard_at: HeardAt(at),
                range_m: polar.range_m,
                azimuth_rad: polar.azimuth_rad,
                elevation: Some(Elevation { rad: polar.elevation_rad, sigma_rad: 3e-3 }),
                range_rate_mps: None,
                identity: None,
                simulated: true,
                accuracy: None,
            })
            .collect();
        tracker.look(&Look { sensor: SensorId(0), at, plots: &plots });
    }
}

fn shown(tracker: &Tracker) -> usize {
    tracker.tracks().iter().filter(|track| track.is_shown()).count()
}

#[test]
fn each_of_many_is_tracked_by_looks_that_ask_few_and_what_vanishes_is_given_up() {
    let mut tracker = Tracker::new(Environment::flat(), vec![radar()], LIMITS);
    (0..10).for_each(|number| turn(&mut tracker, number, THINGS));
    assert_eq!(shown(&tracker), THINGS);
    assert_eq!(tracker.shown(), THINGS, "counted as they are");
    let used: usize =
        tracker.tracks().iter().filter(|track| track.is_shown()).map(|track| track.plots() as usize).sum();
    assert!(used >= 95 * 10 * THINGS / 100, "hardly a plot is not its thing's: {used}");
    // A third is gone: what the radar should see again and does not is given up, and only that.
    (10..25).for_each(|number| turn(&mut tracker, number, 2 * THINGS / 3));
    assert_eq!(shown(&tracker), 2 * THINGS / 3);
    assert_eq!(tracker.shown(), 2 * THINGS / 3);
}
