//! The records of simulated tracks, held against what flew.

use nalgebra::Vector3;
use parapet_flight::{Body, Environment, advance};
use parapet_frame::{HeardAt, MeasuredAt, SensorPose, SitePoint, Time, maths};
use parapet_track::{
    ArcState, Elevation, Ended, Estimate, Look, Plot, Scan, SensorId, SensorModel, TrackEnd, TrackLimits, TrackReport,
    Tracker,
};

const PERIOD_S: f64 = 0.5;
const LIMITS: TrackLimits =
    TrackLimits { tracks_max: 100, explanations_max: 16, remembered_plots_max: 10_000, gate: TrackLimits::GATE };
const ROUNDS: u64 = 40;

fn radar() -> SensorModel {
    SensorModel {
        name: "radar".into(),
        pose: SensorPose::parallel(SitePoint { east_m: 0.0, north_m: 0.0, up_m: 10.0 }, 10.0),
        range_min_m: 300.0,
        range_max_m: 25_000.0,
        elevation_min_rad: 0.02,
        elevation_max_rad: 1.4,
        scan: Scan::Staring,
        scan_period_s: PERIOD_S,
        sigma_range_m: 15.0,
        sigma_azimuth_rad: 3e-3,
        sigma_range_rate_mps: 1.5,
        detection_probability: 0.9,
        clutter_per_scan: 5.0,
        silent_after_s: 2.0,
        blanked: Vec::new(),
        trust: parapet_track::Trust::default(),
    }
}

/// Plain repeatable noise: splitmix64 (Steele et al. 2014), and the sum of twelve uniform draws for a nearly normal one.
struct Noise(u64);

impl Noise {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn within(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

fn mortar(noise: &mut Noise) -> Body {
    let (climb_rad, bearing_rad) = (noise.within(0.8, 1.2), noise.within(-0.4, 0.1));
    let ((sin_b, cos_b), (sin_c, cos_c)) = (maths::sin_cos(bearing_rad), maths::sin_cos(climb_rad));
    Body {
        position_m: Vector3::new(1_500.0, -6_000.0, 1.0),
        velocity_mps: Vector3::new(sin_b * cos_c, cos_b * cos_c, sin_c) * noise.within(200.0, 300.0),
        ln_beta: maths::ln(noise.within(2_800.0, 5_500.0)),
    }
}

fn start() -> Time {
    Time::from_seconds(1_600_000_000.0)
}

fn seen(body: &Body, at: Time, sequence: u64, noise: &mut Noise) -> Option<Plot> {
    let radar = radar();
    let polar = radar.pose.polar_from_site(body.position_m);
    let sight = (body.position_m - radar.pose.origin()) / polar.range_m;
    let covered = polar.elevation_rad > radar.elevation_min_rad && polar.range_m > radar.range_min_m;
    (covered && noise.uniform() < radar.detection_probability).then(|| Plot {
        sensor: SensorId(0),
        sequence,
        measured_at: MeasuredAt(at),
        heard_at: HeardAt(at),
        range_m: polar.range_m + radar.sigma_range_m * noise.normal(),
        azimuth_rad: polar.azimuth_rad + radar.sigma_azimuth_rad * noise.normal(),
        elevation: Some(Elevation {
            rad: polar.elevation_rad + radar.sigma_azimuth_rad * noise.normal(),
            sigma_rad: radar.sigma_azimuth_rad,
        }),
        range_rate_mps: Some(sight.dot(&body.velocity_mps) + radar.sigma_range_rate_mps * noise.normal()),
        identity: None,
        simulated: true,
        accuracy: None,
    })
}

/// What the tracker said of one thing: its filter's beliefs look by look, and its end.
struct Told {
    filtered: Vec<(Time, Estimate)>,
    reports: Vec<TrackReport>,
    ended: Vec<Ended>,
}

/// A thing followed through so many looks, and left alone until its track has ended.
fn followed(at_look: impl Fn(usize) -> Option<Body>, noise: &mut Noise) -> Told {
    let mut tracker = Tracker::new(Environment::flat(), vec![radar()], LIMITS);
    let (mut told, mut looks) = (Told { filtered: Vec::new(), reports: Vec::new(), ended: Vec::new() }, 0);
    while let Some(body) = at_look(looks) {
        let at = start().plus_seconds(looks as f64 * PERIOD_S);
        let plots: Vec<Plot> = seen(&body, at, looks as u64, noise).into_iter().collect();
        told.ended.extend(tracker.look(&Look { sensor: SensorId(0), at, plots: &plots }));
        let best = tracker.tracks().first().and_then(|track| Some((track.at(), track.falling().next()?.1)));
        told.filtered.extend(best);
        told.reports.extend(tracker.moved(at).map(|(_, report)| report));
        looks += 1;
    }
    for after in 0..200 {
        let at = start().plus_seconds((looks + after) as f64 * PERIOD_S);
        told.ended.extend(tracker.look(&Look { sensor: SensorId(0), at, plots: &[] }));
        told.ended.extend(tracker.expire(at));
    }
    told
}

fn at_look(launch: &Body, look: usize) -> Option<Body> {
    let body = advance(&Environment::flat(), launch, look as f64 * PERIOD_S);
    (body.position_m.z >= 0.0).then_some(body)
}

fn truth(launch: &Body, at: Time) -> Body {
    advance(&Environment::flat(), launch, at.seconds_since(start()))
}

fn off(estimate: &Estimate, truth: &Body) -> nalgebra::SVector<f64, 7> {
    let mut off = estimate.mean;
    off.fixed_rows_mut::<3>(0).copy_from(&(estimate.body().position_m - truth.position_m));
    off.fixed_rows_mut::<3>(3).copy_from(&(estimate.body().velocity_mps - truth.velocity_mps));
    off[6] -= truth.ln_beta;
    off
}

/// Squared Mahalanobis distance of the truth, for each of the seven numbers.
fn nees(state: &ArcState, truth: &Body) -> f64 {
    let off = off(&state.estimate(), truth);
    let metric = state.estimate().covariance.cholesky().expect("a covariance");
    off.dot(&metric.solve(&off)) / 7.0
}

/// Forty mortar bombs: what their records say of the start is closer to the truth than what the filter said then, and as sure as
/// it should be there, at the highest point and at the end. The bounds of the mean of 280 squares are four of its deviations.
#[test]
fn a_record_knows_the_whole_arc() {
    let (mut nees_sums, mut misfit_sum, mut squares) = ([0.0; 4], 0.0, [[0.0; 2]; 2]);
    for seed in 0..ROUNDS {
        let mut noise = Noise(seed);
        let launch = mortar(&mut noise);
        let told = followed(|look| at_look(&launch, look), &mut noise);
        let record = told.ended.iter().find_map(|ended| ended.record.clone()).expect("a record of each");
        assert!(record.agrees && record.left_out <= 5, "{seed}: {record:?}");
        let early = told.filtered.iter().find(|(at, _)| at.seconds_since(record.start.at) >= 3.0).expect("six looks");
        let lagged = record.at(&Environment::flat(), early.0).expect("within the arc");
        let then = truth(&launch, early.0);
        for (sums, estimate) in squares.iter_mut().zip([&early.1, &lagged.estimate()]) {
            let off = off(estimate, &then);
            sums[0] += off.fixed_rows::<3>(0).norm_squared();
            sums[1] += off.fixed_rows::<3>(3).norm_squared();
        }
        let apex = record.apex.expect("it rose and fell");
        assert!(apex.velocity_mps[2].abs() < 0.1, "{apex:?}");
        for (sum, state) in nees_sums.iter_mut().zip([&record.start, &lagged, &apex, &record.end]) {
            *sum += nees(state, &truth(&launch, state.at));
        }
        misfit_sum += record.misfit;
    }
    let rounds = ROUNDS as f64;
    let ([filtered, smoothed], nees, misfit) = (squares, nees_sums.map(|sum| sum / rounds), misfit_sum / rounds);
    println!("NEES per number at start, 3 s, apex, end: {nees:.3?}; misfit {misfit:.3}");
    println!(
        "rms of place and velocity after 3 s: filter {:.1?}, record {:.1?}",
        filtered.map(|sum| (sum / rounds).sqrt()),
        smoothed.map(|sum| (sum / rounds).sqrt())
    );
    assert!((0..2).all(|i| smoothed[i] < 0.25 * filtered[i]), "{smoothed:?} and {filtered:?}");
    assert!(nees.iter().all(|nees| (0.66..1.34).contains(nees)), "{nees:?}");
    assert!((0.93..1.07).contains(&misfit), "{misfit}");
}

/// What a report says of two seconds ago is nearer to the truth than what was said then, and as sure as it should be.
#[test]
fn a_report_smooths_what_was_said_before() {
    let (mut squares, mut square_sigmas, mut count) = ([0.0; 2], 0.0, 0.0);
    for seed in 0..ROUNDS {
        let mut noise = Noise(seed);
        let launch = mortar(&mut noise);
        let told = followed(|look| at_look(&launch, look), &mut noise);
        for report in told.reports.iter().filter(|report| report.plots >= 8) {
            let smoothed = report.smoothed.expect("it falls");
            let then = truth(&launch, smoothed.at).position_m;
            let Some(before) = told.reports.iter().find(|before| before.at == smoothed.at) else { continue };
            squares[0] += (Vector3::from(before.position_m) - then).norm_squared();
            squares[1] += (Vector3::from(smoothed.position_m) - then).norm_squared();
            square_sigmas += smoothed.sigma_m * smoothed.sigma_m;
            count += 1.0;
        }
    }
    let [filtered, smoothed] = squares.map(|sum: f64| (sum / count).sqrt());
    println!("rms of place: when said {filtered:.1} m, two seconds later {smoothed:.1} m");
    assert!(count > 1_000.0 && smoothed < 0.85 * filtered, "{smoothed} and {filtered} of {count}");
    let ratio = squares[1] / square_sigmas;
    assert!((0.7..1.3).contains(&ratio), "{ratio} times the claimed variance");
}

#[test]
fn what_flies_level_has_no_record() {
    let mut noise = Noise(5);
    let velocity_mps = Vector3::new(10.0, 80.0, 0.0);
    let place = |look: usize| Vector3::new(1_000.0, -6_000.0, 900.0) + velocity_mps * (look as f64 * PERIOD_S);
    let flyer = |look| Body { position_m: place(look), velocity_mps, ln_beta: 8.0 };
    let told = followed(|look| (look < 80).then(|| flyer(look)), &mut noise);
    assert_eq!(told.ended.len(), 1, "{:?}", told.ended);
    assert_eq!((told.ended[0].why, &told.ended[0].record), (TrackEnd::Lost, &None));
    assert!(told.reports.len() > 50 && told.reports.iter().skip(10).all(|report| report.smoothed.is_none()));
}

#[test]
fn the_same_plots_give_the_same_record() {
    let again = || {
        let mut noise = Noise(7);
        let launch = mortar(&mut noise);
        followed(|look| at_look(&launch, look), &mut noise).ended
    };
    assert!(again().iter().any(|ended| ended.record.is_some()));
    assert_eq!(again(), again());
}
