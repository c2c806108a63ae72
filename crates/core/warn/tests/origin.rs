//! The origins of simulated rounds, held against where they were launched.

use nalgebra::Vector3;
use parapet_flight::{Body, Environment, acceleration};
use parapet_frame::{HeardAt, MeasuredAt, SensorPose, SitePoint, Time, maths};
use parapet_track::{Elevation, Look, Plot, Scan, SensorId, SensorModel, TrackLimits, Tracker};
use parapet_warn::{OriginReport, Policy, Threat, Warner};

const PERIOD_S: f64 = 0.5;
const LAUNCH_M: [f64; 2] = [1_500.0, -6_000.0];

const LIMITS: TrackLimits =
    TrackLimits { tracks_max: 100, explanations_max: 16, remembered_plots_max: 10_000, gate: TrackLimits::GATE };

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

/// How a round is launched.
struct Launch {
    body: Body,
    /// Push of the motor, m/s^2, and how long it burns, seconds.
    push_mps2: f64,
    burn_s: f64,
    /// The motor pushes along the way instead of in the direction of launch.
    turns: bool,
}

fn towards(noise: &mut Noise, climb_rad: f64) -> Vector3<f64> {
    let bearing_rad = noise.within(-0.4, 0.1);
    let ((sin_b, cos_b), (sin_c, cos_c)) = (maths::sin_cos(bearing_rad), maths::sin_cos(climb_rad));
    Vector3::new(sin_b * cos_c, cos_b * cos_c, sin_c)
}

fn mortar(noise: &mut Noise) -> Launch {
    let climb_rad = noise.within(0.8, 1.2);
    let velocity_mps = towards(noise, climb_rad) * noise.within(200.0, 300.0);
    let position_m = Vector3::new(LAUNCH_M[0], LAUNCH_M[1], 1.0);
    let body = Body { position_m, velocity_mps, ln_beta: maths::ln(noise.within(2_800.0, 5_500.0)) };
    Launch { body, push_mps2: 0.0, burn_s: 0.0, turns: false }
}

fn rocket(noise: &mut Noise) -> Launch {
    let climb_rad = noise.within(0.45, 0.9);
    // As it leaves the rail.
    let velocity_mps = towards(noise, climb_rad) * 30.0;
    let position_m = Vector3::new(LAUNCH_M[0], LAUNCH_M[1], 1.0);
    let body = Body { position_m, velocity_mps, ln_beta: maths::ln(noise.within(7_000.0, 12_500.0)) };
    let burn_s = noise.within(0.5, 2.5);
    Launch { body, push_mps2: noise.within(300.0, 450.0) / burn_s, burn_s, turns: noise.uniform() < 0.5 }
}

/// Where it is at each scan until it comes down.
fn flown(environment: &Environment, launch: &Launch) -> Vec<Body> {
    const STEP_S: f64 = 0.005;
    let mut body = launch.body;
    let rail = launch.body.velocity_mps.normalize();
    let mut at_scans = Vec::new();
    for step in 0.. {
        let seconds = f64::from(step) * STEP_S;
        if step % 100 == 0 {
            at_scans.push(body);
        }
        let push = |body: &Body| {
            let along = if launch.turns { body.velocity_mps.normalize() } else { rail };
            if seconds < launch.burn_s { along * launch.push_mps2 } else { Vector3::zeros() }
        };
        // The midpoint rule.
        let first = acceleration(environment, &body) + push(&body);
        let mut middle = body;
        middle.position_m += body.velocity_mps * (0.5 * STEP_S);
        middle.velocity_mps += first * (0.5 * STEP_S);
        let rate = acceleration(environment, &middle) + push(&middle);
        body.position_m += middle.velocity_mps * STEP_S;
        body.velocity_mps += rate * STEP_S;
        if body.position_m.z < 0.0 {
            break;
        }
    }
    at_scans
}

fn seen(radar: &SensorModel, body: &Body, at: Time, sequence: u64, noise: &mut Noise) -> Option<Plot> {
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

/// Everything that is said of the origin of one round, and how many of its threats were believed.
fn origins(launch: &Launch, noise: &mut Noise) -> (Vec<OriginReport>, Vec<Threat>) {
    let (environment, radar) = (Environment::flat(), radar());
    let mut tracker = Tracker::new(environment.clone(), vec![radar.clone()], LIMITS);
    let mut warner = Warner::new(Policy::default(), &[]);
    let (mut reports, mut believed) = (Vec::new(), Vec::new());
    for (i, body) in flown(&environment, launch).iter().enumerate() {
        let at = start().plus_seconds(i as f64 * PERIOD_S);
        let plots: Vec<Plot> = seen(&radar, body, at, i as u64, noise).into_iter().collect();
        let _ = tracker.look(&Look { sensor: SensorId(0), at, plots: &plots });
        for (track, _) in tracker.moved(at) {
            let Some(threat) = warner.assess(track, &environment) else { continue };
            reports.extend(warner.trace(&threat, track, &environment));
            believed.extend(threat.believed.then_some(threat));
        }
    }
    (reports, believed)
}

fn start() -> Time {
    Time::from_seconds(1_600_000_000.0)
}

/// Squared Mahalanobis distance of the true place of launch.
fn distance2(report: &OriginReport) -> f64 {
    let place = report.origin.place;
    let off = nalgebra::Vector2::new(place.east_m - LAUNCH_M[0], place.north_m - LAUNCH_M[1]);
    let inverse = report.origin.covariance.to_matrix().try_inverse().expect("a covariance");
    off.dot(&(inverse * off))
}

/// The part of the last words on 200 rounds whose 90 % ellipses hold the place of launch, and of which three standard deviations of
/// the time hold the time; those that nothing was said of do not count.
fn coverage(launch: impl Fn(&mut Noise) -> Launch, seed: u64) -> (f64, f64) {
    /// Squared radius of the 90 % ellipse of a normal distribution in the plane.
    const NINETY: f64 = 4.605;
    let mut noise = Noise(seed);
    let mut last = Vec::new();
    for _ in 0..200 {
        let launch = launch(&mut noise);
        let (reports, _) = origins(&launch, &mut noise);
        last.extend(reports.last().copied());
    }
    assert!(last.len() > 180, "an origin for only {} of 200 rounds", last.len());
    let part = |holds: &dyn Fn(&OriginReport) -> bool| {
        last.iter().filter(|report| holds(report)).count() as f64 / last.len() as f64
    };
    let in_time =
        |report: &OriginReport| report.origin.at.seconds_since(start()).abs() < 3.0 * report.origin.sigma_time_s;
    (part(&|report| distance2(report) < NINETY), part(&in_time))
}

#[test]
fn mortars_came_from_where_it_says() {
    let (place, time) = coverage(mortar, 11);
    assert!((0.8..=1.0).contains(&place), "the 90 % ellipse holds {place}");
    assert!(time > 0.95, "three standard deviations of the time hold {time}");
}

#[test]
fn rockets_came_from_where_it_says() {
    let (place, time) = coverage(rocket, 12);
    assert!((0.8..=1.0).contains(&place), "the 90 % ellipse holds {place}");
    assert!(time > 0.95, "three standard deviations of the time hold {time}");
}

/// When a threat is first believed, and when its plots have doubled: a handful of times, however long it flies.
#[test]
fn an_origin_is_worked_out_now_and_then() {
    let mut noise = Noise(13);
    let launch = mortar(&mut noise);
    let (reports, believed) = origins(&launch, &mut noise);
    assert!(believed.len() > 30, "{}", believed.len());
    assert!((2..=5).contains(&reports.len()), "{reports:?}");
    assert!(reports.windows(2).all(|pair| pair[0].plots < pair[1].plots), "{reports:?}");
}
