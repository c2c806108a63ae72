//! A sensor behind a ridge: what the tracker makes of silence and of plots from where nothing can be seen.

use std::sync::Arc;

use nalgebra::Vector3;
use parapet_flight::{Environment, Grid, Terrain};
use parapet_frame::{HeardAt, MeasuredAt, SensorPose, SitePoint, Time};
use parapet_track::{
    Coverage, Elevation, Ended, Look, Plot, Scan, Sector, SensorId, SensorModel, TrackLimits, Tracker,
};

const PERIOD_S: f64 = 1.0;
const LIMITS: TrackLimits =
    TrackLimits { tracks_max: 100, explanations_max: 16, remembered_plots_max: 10_000, gate: TrackLimits::GATE };

fn radar() -> SensorModel {
    SensorModel {
        name: "radar".into(),
        pose: SensorPose::parallel(SitePoint { east_m: 0.0, north_m: 0.0, up_m: 10.0 }, 10.0),
        range_min_m: 300.0,
        range_max_m: 25_000.0,
        elevation_min_rad: -0.02,
        elevation_max_rad: 1.4,
        scan: Scan::Staring,
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

/// A level land with a ridge 5 km to the north of the radar, 300 m high, from 2 km west to 2 km east of it.
fn ridge() -> Environment {
    let (columns, spacing_m) = (401, 100.0);
    let height_m = |cell: usize| {
        let (column, row) = (cell % columns, cell / columns);
        if (180..=220).contains(&column) && (250..=252).contains(&row) { 300.0 } else { 0.0 }
    };
    let heights_m = (0..columns * columns).map(height_m).collect();
    let grid = Grid { corner_m: [-20_000.0, -20_000.0], spacing_m, columns, heights_m };
    Environment { terrain: Some(Arc::new(Terrain::new(grid).expect("a ground"))), ..Environment::flat() }
}

fn at(look: usize) -> Time {
    Time::from_seconds(1_600_000_000.0).plus_seconds(look as f64 * PERIOD_S)
}

/// An aircraft at 7 km to the north and 500 m high, that crosses from west to east at 80 m/s, behind the ridge from 2.8 km west on.
fn aircraft(look: usize) -> Vector3<f64> {
    Vector3::new(-5_000.0 + 80.0 * look as f64 * PERIOD_S, 7_000.0, 300.0)
}

fn plot(place: Vector3<f64>, look: usize) -> Plot {
    let polar = radar().pose.polar_from_site(place);
    Plot {
        sensor: SensorId(0),
        sequence: look as u64,
        measured_at: MeasuredAt(at(look)),
        heard_at: HeardAt(at(look)),
        range_m: polar.range_m,
        azimuth_rad: polar.azimuth_rad,
        elevation: Some(Elevation { rad: polar.elevation_rad, sigma_rad: 3e-3 }),
        range_rate_mps: None,
        identity: None,
        simulated: true,
        accuracy: None,
    }
}

/// Follows the aircraft for so many looks; the tracker believes in one environment, and `shown` says when there is a plot.
fn follow(
    believed: Environment,
    radar: &SensorModel,
    shown: impl Fn(&Vector3<f64>) -> bool,
    looks: usize,
) -> (Tracker, Vec<Ended>) {
    let mut tracker = Tracker::new(believed, vec![radar.clone()], LIMITS);
    let mut ended = Vec::new();
    for look in 0..looks {
        let place = aircraft(look);
        let plots: Vec<Plot> = shown(&place).then(|| plot(place, look)).into_iter().collect();
        ended.extend(tracker.look(&Look { sensor: SensorId(0), at: at(look), plots: &plots }));
        ended.extend(tracker.expire(at(look)));
    }
    (tracker, ended)
}

#[test]
fn a_track_goes_on_behind_a_ridge_and_is_the_same_beyond_it() {
    let radar = radar();
    let truth = Coverage::of(&radar, &ridge());
    let shown = |place: &Vector3<f64>| truth.sees(place);
    let (before, _) = follow(ridge(), &radar, shown, 20);
    let id = before.tracks()[0].id();
    let hidden = (0..110).filter(|look| !shown(&aircraft(*look))).count();
    assert!(hidden > 30, "it is hidden for longer than a track without a plot usually lives: {hidden} looks");
    let (after, ended) = follow(ridge(), &radar, shown, 110);
    assert!(ended.is_empty(), "{ended:?}");
    assert_eq!(after.tracks().iter().map(|track| track.id()).collect::<Vec<_>>(), [id]);
    assert!(after.tracks()[0].existence() > 0.9);
    // Who knows nothing of the ridge gives the same track up.
    let (_, lost) = follow(Environment::flat(), &radar, shown, 110);
    assert_eq!(lost.iter().map(|ended| ended.track).collect::<Vec<_>>(), [id]);
}

#[test]
fn a_blanked_sector_hides_as_a_ridge_does() {
    let mut radar = radar();
    radar.blanked = vec![Sector { from_rad: (-16f64).to_radians(), width_rad: 32f64.to_radians() }];
    let truth = Coverage::of(&radar, &Environment::flat());
    let shown = |place: &Vector3<f64>| truth.sees(place);
    assert!(!shown(&aircraft(62)) && shown(&aircraft(5)) && shown(&aircraft(108)));
    let (after, ended) = follow(Environment::flat(), &radar, shown, 110);
    assert!(ended.is_empty(), "{ended:?}");
    assert_eq!(after.tracks().len(), 1);
}

#[test]
fn a_plot_from_where_nothing_can_be_seen_is_hardly_believed() {
    let place = Vector3::new(0.0, 7_000.0, 200.0);
    let first = |environment: Environment| {
        let mut tracker = Tracker::new(environment, vec![radar()], LIMITS);
        tracker.look(&Look { sensor: SensorId(0), at: at(0), plots: &[plot(place, 0)] });
        tracker.tracks().first().map_or(0.0, |track| track.existence())
    };
    let (open, hidden) = (first(Environment::flat()), first(ridge()));
    assert!(open > 20.0 * hidden, "{open} {hidden}");
}

/// The survey may be wrong: what goes on giving plots is there, whatever the elevation model says.
#[test]
fn what_is_seen_again_and_again_is_believed_in_the_end() {
    let (after, _) = follow(ridge(), &radar(), |_| true, 60);
    assert!(after.tracks().iter().any(|track| track.is_shown()));
}

/// Nothing is hidden by a terrain that is level: every number of the tracker is as without it.
#[test]
fn a_level_terrain_without_curvature_changes_no_bit() {
    let level = Grid { corner_m: [-20_000.0; 2], spacing_m: 1_000.0, columns: 41, heights_m: vec![0.0; 41 * 41] };
    let level = Environment { terrain: Some(Arc::new(Terrain::new(level).expect("a ground"))), ..Environment::flat() };
    let existence = |environment| {
        let (tracker, _) = follow(environment, &radar(), |_| true, 30);
        tracker.tracks().iter().map(|track| track.existence().to_bits()).collect::<Vec<_>>()
    };
    assert_eq!(existence(level), existence(Environment::flat()));
}
