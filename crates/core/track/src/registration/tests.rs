//! The estimator against simulated sensors, without a tracker: whose plot is whose is known.

use parapet_frame::{HeardAt, MeasuredAt, SensorPose, SitePoint, maths};

use super::*;
use crate::{Elevation, Identity, Scan, Trust};

/// Plain repeatable noise, nearly normal: the sum of twelve uniform draws of a xorshift generator.
struct Noise(u64);

impl Noise {
    fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

const SIGMA: Bias = Bias { range_m: 40.0, azimuth_rad: 5e-3, elevation_rad: 5e-3, time_s: 0.3 };
const EXACT: Bias = Bias { range_m: 0.0, azimuth_rad: 0.0, elevation_rad: 0.0, time_s: 0.0 };

fn radar(east_m: f64, north_m: f64, bias_sigma: Bias) -> SensorModel {
    SensorModel {
        name: "radar".into(),
        pose: SensorPose::parallel(SitePoint { east_m, north_m, up_m: 20.0 }, 20.0),
        range_min_m: 100.0,
        range_max_m: 40_000.0,
        elevation_min_rad: 0.0,
        elevation_max_rad: 1.4,
        scan: Scan::Staring,
        scan_period_s: 1.0,
        sigma_range_m: 15.0,
        sigma_azimuth_rad: 2e-3,
        sigma_range_rate_mps: 2.0,
        detection_probability: 0.9,
        clutter_per_scan: 5.0,
        silent_after_s: 3.0,
        blanked: Vec::new(),
        trust: Trust { bias_sigma, ..Trust::default() },
    }
}

fn at(seconds: f64) -> Time {
    Time::from_seconds(1_600_000_000.0).plus_seconds(seconds)
}

/// A thing on a circle: never quite straight.
fn way(thing: usize, seconds: f64) -> (Vector3<f64>, Vector3<f64>) {
    let (radius_m, speed_mps) = (4_000.0 + 1_500.0 * thing as f64, 90.0 + 20.0 * thing as f64);
    let angle = speed_mps / radius_m * seconds + 2.0 * thing as f64;
    let (sin, cos) = maths::sin_cos(angle);
    let centre = Vector3::new(2_000.0 + 700.0 * thing as f64, 5_000.0, 900.0 + 400.0 * thing as f64);
    (centre + Vector3::new(cos, sin, 0.0) * radius_m, Vector3::new(-sin, cos, 0.0) * speed_mps)
}

/// What a sensor of these errors says of a place at a time, with noise.
fn plot(
    model: &SensorModel,
    sensor: u16,
    truth: (Vector3<f64>, Vector3<f64>),
    seconds: f64,
    bias: Bias,
    noise: &mut Noise,
) -> Plot {
    let polar = model.pose.polar_from_site(truth.0);
    let stamp = at(seconds + bias.time_s);
    Plot {
        sensor: SensorId(sensor),
        sequence: 0,
        measured_at: MeasuredAt(stamp),
        heard_at: HeardAt(at(seconds)),
        range_m: polar.range_m + bias.range_m + model.sigma_range_m * noise.normal(),
        azimuth_rad: maths::wrap_pi(polar.azimuth_rad + bias.azimuth_rad + model.sigma_azimuth_rad * noise.normal()),
        elevation: Some(Elevation {
            rad: polar.elevation_rad + bias.elevation_rad + 2e-3 * noise.normal(),
            sigma_rad: 2e-3,
        }),
        range_rate_mps: None,
        identity: None,
        simulated: true,
        accuracy: None,
    }
}

/// Lets sensors with these errors see three things for some seconds; `astray` moves what the first one sees.
fn played(
    models: &[SensorModel],
    biases: &[Bias],
    seconds: u32,
    seed: u64,
    astray: impl Fn(f64) -> Vector3<f64>,
) -> Registration {
    let mut noise = Noise(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut registration = Registration::new(models);
    for second in 0..seconds {
        for (index, model) in models.iter().enumerate() {
            let seconds = f64::from(second) + 0.3 * index as f64;
            for thing in 0..3 {
                let (place, velocity) = way(thing, seconds);
                let shift = if index == 0 { astray(seconds) } else { Vector3::zeros() };
                let plot = plot(model, index as u16, (place + shift, velocity), seconds, biases[index], &mut noise);
                let measurement = Measurement::of(&plot, model);
                // A track's velocity rests on the plot too: where that lies too far on, the velocity is too large.
                let velocity = velocity + (measurement.position_m - place) * 0.3;
                registration.note_plot(TrackId(thing as u64), &plot, velocity, &measurement);
            }
        }
    }
    registration
}

fn drawn(sigma: Bias, noise: &mut Noise) -> Bias {
    Bias::of_values(sigma.values().map(|sigma| sigma * noise.normal()))
}

/// Normalised estimation error squared of all unknowns with a prior.
fn nees(registration: &Registration, biases: &[Bias]) -> f64 {
    let unknowns: Vec<usize> = (0..registration.sigmas.len()).filter(|i| registration.sigmas[*i] > 0.0).collect();
    let truth: Vec<f64> = biases.iter().flat_map(|bias| bias.values()).collect();
    let mut covariance = dense::Square::zeros(unknowns.len());
    for (row, a) in unknowns.iter().enumerate() {
        for (column, b) in unknowns.iter().enumerate() {
            covariance.set(row, column, registration.belief.covariance.at(*a, *b));
        }
    }
    let mut off: Vec<f64> = unknowns.iter().map(|i| registration.belief.mean[*i] - truth[*i]).collect();
    covariance.root().expect("a covariance").solve_lower(&mut off);
    off.iter().map(|o| o * o).sum()
}

/// The mean of a chi-squared variable of 8 degrees of freedom over 40 runs is 8 with a standard deviation of 0.63; it may be lower, since
/// the way of things is believed to be wilder than it is, and never by four deviations higher.
#[test]
fn errors_of_two_sensors_are_what_the_covariance_says() {
    let models = [radar(0.0, 0.0, SIGMA), radar(11_000.0, 1_000.0, SIGMA)];
    let runs = 40;
    let mut sum = 0.0;
    for seed in 0..runs {
        let mut noise = Noise(0xABCD_0001 + 7_919 * seed);
        (0..20).for_each(|_| _ = noise.uniform());
        let biases = [drawn(SIGMA, &mut noise), drawn(SIGMA, &mut noise)];
        let registration = played(&models, &biases, 60, seed + 1, |_| Vector3::zeros());
        sum += nees(&registration, &biases);
    }
    let mean = sum / runs as f64;
    assert!((4.0..10.5).contains(&mean), "NEES {mean}");
}

#[test]
fn a_clock_that_is_700_ms_ahead_is_found_and_said() {
    let models = [radar(0.0, 0.0, EXACT), radar(9_000.0, -2_000.0, Bias { time_s: 0.5, ..SIGMA })];
    let biases = [EXACT, Bias { time_s: 0.7, ..EXACT }];
    let mut registration = played(&models, &biases, 40, 3, |_| Vector3::zeros());
    let (bias, sigma) = registration.bias(SensorId(1));
    assert!((bias.time_s - 0.7).abs() < 0.05 && sigma.time_s < 0.03, "{bias:?} {sigma:?}");
    let says = |said: &Registered| matches!(said, Registered::Bias(r) if r.sensor == SensorId(1) && r.is_used && r.stands_out.contains(&BiasKind::Time));
    assert!(registration.said().any(|said| says(&said)));
    assert!(registration.bias(SensorId(0)).0.is_zero(), "what is exact stays so");
}

/// At a site that says nothing of errors nothing is corrected, and yet a clock that is far off is said.
#[test]
fn what_stands_out_is_said_where_nothing_is_corrected() {
    let models = [radar(0.0, 0.0, EXACT), radar(9_000.0, -2_000.0, EXACT), radar(-3_000.0, 8_000.0, EXACT)];
    let biases = [EXACT, Bias { time_s: 0.7, ..EXACT }, EXACT];
    let mut registration = played(&models, &biases, 60, 5, |_| Vector3::zeros());
    let said: Vec<Registered> = registration.said().collect();
    let report = said.iter().rev().find_map(|said| match said {
        Registered::Bias(report) if report.sensor == SensorId(1) => Some(report),
        _ => None,
    });
    assert!(report.is_some_and(|r| !r.is_used && r.stands_out.contains(&BiasKind::Time)), "{said:?}");
    let mut noise = Noise(99);
    let told = plot(&models[1], 1, way(0, 1.0), 1.0, biases[1], &mut noise);
    assert_eq!(registration.corrected(&told), told);
}

#[test]
fn a_drift_of_one_metre_a_second_is_flagged_within_a_minute() {
    let models = [radar(0.0, 0.0, SIGMA), radar(11_000.0, 1_000.0, SIGMA), radar(3_000.0, 9_000.0, SIGMA)];
    for (seed, direction) in [(1, Vector3::x()), (2, Vector3::y()), (3, -Vector3::x()), (4, -Vector3::y())] {
        let begins_s = 90.0 + 5.0 * seed as f64;
        let mut registration =
            played(&models, &[EXACT; 3], 180, seed, |seconds| direction * (seconds - begins_s).max(0.0));
        let first =
            registration.said().find_map(|said| if let Registered::Drift(report) = said { Some(report) } else { None });
        let report = first.expect("a drift is flagged");
        let after_s = report.at.seconds_since(at(begins_s));
        assert!((0.0..60.0).contains(&after_s), "seed {seed}: {after_s} s, {report:?}");
        assert_eq!((report.sensor, report.against), (SensorId(0), None), "{report:?}");
        // The trial began before or after the drift did: how fast is roughly said only.
        let (found, along) = (Vector3::from(report.velocity_mps), Vector3::from(report.velocity_mps).dot(&direction));
        assert!((0.2..4.0).contains(&along) && (found - direction * along).norm() < 0.5, "{report:?}");
    }
}

#[test]
fn steady_errors_are_no_drift() {
    let models = [radar(0.0, 0.0, SIGMA), radar(11_000.0, 1_000.0, SIGMA)];
    for seed in 1..=6 {
        let mut noise = Noise(31 * seed);
        let biases = [drawn(SIGMA, &mut noise), drawn(SIGMA, &mut noise)];
        let mut registration = played(&models, &biases, 240, seed, |_| Vector3::zeros());
        assert!(!registration.said().any(|said| matches!(said, Registered::Drift(_))), "seed {seed}");
    }
}

/// A sensor whose north is turned while it works: what was believed is given up, and the new error found.
#[test]
fn an_error_that_jumps_is_found_anew() {
    let models = [radar(0.0, 0.0, EXACT), radar(11_000.0, 1_000.0, SIGMA)];
    let mut noise = Noise(77);
    let mut registration = Registration::new(&models);
    for second in 0..160 {
        for (index, model) in models.iter().enumerate() {
            let seconds = f64::from(second) + 0.3 * index as f64;
            let azimuth_rad = if index == 1 && second >= 60 { 0.012 } else { 0.0 };
            for thing in 0..3 {
                let truth = way(thing, seconds);
                let plot = plot(model, index as u16, truth, seconds, Bias { azimuth_rad, ..EXACT }, &mut noise);
                let measurement = Measurement::of(&plot, model);
                registration.note_plot(TrackId(thing as u64), &plot, truth.1, &measurement);
            }
        }
    }
    let (bias, sigma) = registration.bias(SensorId(1));
    assert!((bias.azimuth_rad - 0.012).abs() < 4.0 * sigma.azimuth_rad + 3e-4, "{bias:?} {sigma:?}");
}

/// An elevation that comes from a transponder's height has not the antenna's error.
#[test]
fn a_told_height_is_not_corrected() {
    let models = [radar(0.0, 0.0, SIGMA)];
    let mut registration = Registration::new(&models);
    registration.belief.mean = vec![10.0, 1e-3, 2e-3, 0.1];
    let mut noise = Noise(5);
    let own = plot(&models[0], 0, way(0, 0.0), 0.0, EXACT, &mut noise);
    let answered = Plot { identity: Some(Identity::default()), ..own };
    assert_eq!(registration.corrected(&answered).elevation, own.elevation);
    let corrected = registration.corrected(&own);
    assert_eq!(corrected.range_m, own.range_m - 10.0);
    assert!((own.elevation.unwrap().rad - corrected.elevation.unwrap().rad - 2e-3).abs() < 1e-12);
    assert!((own.measured_at.0.seconds_since(corrected.measured_at.0) - 0.1).abs() < 1e-9);
}
