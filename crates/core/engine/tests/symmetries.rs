//! What must not matter does not: the order of plots within a scan, the direction of north, the date, who spoke first. And whatever
//! comes in, nothing comes out that cannot be.

mod scene;

use nalgebra::{Rotation3, Vector3};
use parapet_engine::{Config, Engine, Event, Output};
use parapet_frame::{HeardAt, MeasuredAt, Time};
use parapet_track::{Elevation, Plot, SensorId, TrackReport};
use parapet_warn::{Alarm, Threat};
use proptest::prelude::*;
use scene::{Noise, Round, alarms, at, config, events, plot, run, square};

/// Three rounds of a salvo, close enough to be confused, and the zone that they fall into.
fn salvo() -> (Config, Vec<Round>) {
    let rounds = [(2.0, 230.0), (2.6, 229.0), (3.1, 231.0)].map(|(at_s, speed_mps)| Round::northward(at_s, speed_mps));
    let [east_m, north_m] = rounds[0].impact().1;
    (config(vec![square("hit", east_m, north_m, 150.0)]), rounds.to_vec())
}

/// How long the scenes of these tests play, seconds.
const UNTIL_S: f64 = 40.0;

/// The last word on every track that was ever believed to be a round, from south to north: one after the other in a salvo.
fn rounds_told(outputs: &[Output]) -> Vec<(TrackReport, Threat)> {
    let mut told: Vec<(TrackReport, Threat)> = Vec::new();
    let mut report = None;
    for output in outputs {
        match output {
            Output::Track(r) => report = Some(r.clone()),
            Output::Threat(threat) if threat.believed => {
                let of = report.clone().filter(|r| r.id == threat.track).expect("a threat follows its track");
                told.retain(|(_, earlier)| earlier.track != threat.track);
                told.push((of, *threat));
            }
            _ => {}
        }
    }
    told.sort_by(|a, b| a.0.position_m[1].total_cmp(&b.0.position_m[1]));
    told
}

/// That two engines say the same of the rounds but for the numbers of tracks and a part of the uncertainty that they state.
fn assert_alike(a: &[Output], b: &[Output], part: f64) -> Result<(), TestCaseError> {
    let (a_told, b_told) = (rounds_told(a), rounds_told(b));
    prop_assert_eq!(a_told.len(), b_told.len());
    for ((a_track, a_threat), (b_track, b_threat)) in a_told.iter().zip(&b_told) {
        prop_assert_eq!(a_track.at, b_track.at);
        for axis in 0..3 {
            // Rows of the upper triangle of six begin at 0, 6 and 11.
            let sigma_m = a_track.covariance[[0, 6, 11][axis]].sqrt();
            let off_m = (a_track.position_m[axis] - b_track.position_m[axis]).abs();
            prop_assert!(off_m <= part * sigma_m, "axis {}: {} m of {} m", axis, off_m, sigma_m);
        }
        let off = a_threat.impact.place.to_vector().xy() - b_threat.impact.place.to_vector().xy();
        let inverse = a_threat.impact.covariance.to_matrix().try_inverse().expect("an ellipse has an area");
        let distance = (off.transpose() * inverse * off).x.sqrt();
        prop_assert!(distance <= part, "impacts are {} of their own measure apart: {:?}", distance, off);
    }
    let stages = |outputs: &[Output]| alarms(outputs).iter().map(|a| (a.id.zone, a.stage)).collect::<Vec<_>>();
    prop_assert_eq!(stages(a), stages(b));
    Ok(())
}

/// Puts the events of each instant in another order, by draws of a seed.
fn shuffled(events: &[(Time, Event)], seed: u64) -> Vec<(Time, Event)> {
    let (mut noise, mut all) = (Noise(seed | 1), events.to_vec());
    for group in all.chunk_by_mut(|a, b| a.0 == b.0) {
        for i in (1..group.len()).rev() {
            let other = (noise.uniform() * (i + 1) as f64) as usize;
            group.swap(i, other.min(i));
        }
    }
    all
}

/// Numbers the plots as the edge would: in the order of hearing.
fn renumbered(mut events: Vec<(Time, Event)>) -> Vec<(Time, Event)> {
    let mut sequence = 0;
    for (_, event) in &mut events {
        if let Event::Plot(plot) = event {
            plot.sequence = sequence;
            sequence += 1;
        }
    }
    events
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// The same plots with the same numbers, heard in any order within a scan: the same words, byte for byte.
    #[test]
    fn hearing_order_within_a_scan_changes_no_byte(seed in any::<u64>()) {
        let (config, rounds) = salvo();
        let heard = events(&rounds, UNTIL_S, 5);
        let plain = run(&mut Engine::new(config.clone()), &heard, UNTIL_S);
        prop_assert_eq!(plain, run(&mut Engine::new(config), &shuffled(&heard, seed), UNTIL_S));
    }

    /// A radar that reports the plots of a scan in another order numbers them otherwise, and ties between plots of one instant break by
    /// number: tracks are then numbered otherwise and sums are made in another order, and nothing else may change.
    #[test]
    fn reporting_order_within_a_scan_changes_numbers_only(seed in any::<u64>()) {
        let (config, rounds) = salvo();
        let heard = events(&rounds, UNTIL_S, 5);
        let plain = run(&mut Engine::new(config.clone()), &heard, UNTIL_S);
        let other = run(&mut Engine::new(config), &renumbered(shuffled(&heard, seed)), UNTIL_S);
        assert_alike(&plain, &other, 1e-3)?;
    }

    /// The same plots of a radar that stands turned about the vertical: the same result, turned.
    #[test]
    fn north_is_nothing_special(turn_rad in -3.1_f64..3.1) {
        let (mut config, rounds) = salvo();
        config.zones.clear();
        let heard = events(&rounds, UNTIL_S, 5);
        let plain = rounds_told(&run(&mut Engine::new(config.clone()), &heard, UNTIL_S));
        let rotation = Rotation3::from_axis_angle(&Vector3::z_axis(), turn_rad);
        for row in 0..3 {
            config.sensors[0].pose.rotation[row] = [0, 1, 2].map(|column| rotation[(row, column)]);
        }
        let turned = run(&mut Engine::new(config), &heard, UNTIL_S);
        prop_assert_eq!(plain.len(), 3);
        for (report, threat) in plain {
            let place_m = rotation * Vector3::from(report.position_m);
            let same = turned.iter().filter_map(|o| if let Output::Track(t) = o { Some(t) } else { None });
            let same = same.filter(|t| t.at == report.at && t.plots == report.plots);
            let off_m = same.map(|t| (Vector3::from(t.position_m) - place_m).norm()).fold(f64::INFINITY, f64::min);
            prop_assert!(off_m < 0.1, "{} m", off_m);
            let impact_m = rotation * threat.impact.place.to_vector();
            let impacts = turned.iter().filter_map(|o| if let Output::Threat(t) = o { Some(t) } else { None });
            let impacts = impacts.filter(|t| t.at == threat.at).map(|t| t.impact.place.to_vector());
            let off_m = impacts.map(|place| (place - impact_m).xy().norm()).fold(f64::INFINITY, f64::min);
            prop_assert!(off_m < 0.5, "impact {} m", off_m);
        }
    }

    /// Another day, another second: the same, then. (Whole seconds, because what time alone changes is looked at on a grid of a quarter.)
    #[test]
    fn the_date_changes_nothing(shift_s in -1_000_000_000_i64..1_000_000_000) {
        let (config, rounds) = salvo();
        let heard = events(&rounds, UNTIL_S, 5);
        let later = |time: Time| time.plus_nanos(shift_s * 1_000_000_000);
        let shifted: Vec<(Time, Event)> = heard.iter().map(|(time, event)| {
            let mut event = event.clone();
            match &mut event {
                Event::Plot(plot) => {
                    plot.measured_at = MeasuredAt(later(plot.measured_at.0));
                    plot.heard_at = HeardAt(later(plot.heard_at.0));
                }
                Event::Alive { measured_at, .. } | Event::Swept { measured_at, .. } => {
                    *measured_at = MeasuredAt(later(measured_at.0));
                }
                // The scene has none of the others.
                _ => {}
            }
            (later(*time), event)
        }).collect();
        let plain = rounds_told(&run(&mut Engine::new(config.clone()), &heard, 0.0));
        let other = rounds_told(&run(&mut Engine::new(config), &shifted, -2e9));
        prop_assert_eq!(plain.len(), other.len());
        for ((a, a_threat), (b, b_threat)) in plain.into_iter().zip(other) {
            prop_assert_eq!(later(a.at), b.at);
            prop_assert_eq!((a.position_m, a.velocity_mps, a.covariance), (b.position_m, b.velocity_mps, b.covariance));
            prop_assert_eq!(later(a_threat.impact.at), b_threat.impact.at);
            prop_assert_eq!(a_threat.impact.place, b_threat.impact.place);
        }
    }

    /// Two radars look at one instant: whoever is heard first, the result is nearly the same.
    #[test]
    fn two_sensors_in_either_order_agree(first_seed in 1_u64..1_000) {
        let (config, rounds) = two_sensors();
        let (a, b) = (of_sensor(0, &rounds, first_seed, 0.0), of_sensor(1, &rounds, first_seed + 1_000, 0.0));
        let order = |first: &[(Time, Event)], second: &[(Time, Event)]| {
            let mut all = [first, second].concat();
            all.sort_by_key(|(time, _)| *time);
            run(&mut Engine::new(config.clone()), &all, UNTIL_S)
        };
        assert_alike(&order(&a, &b), &order(&b, &a), 0.5)?;
    }

    /// Plots of a second radar that are heard late are used where they belong in time: the tracks end near where they would have ended.
    #[test]
    fn late_plots_end_where_prompt_ones_do(lag_s in 0.05_f64..0.95) {
        let (mut config, rounds) = two_sensors();
        // Neither stares, so that only plots move tracks.
        config.sensors.iter_mut().for_each(|sensor| sensor.scan = parapet_track::Scan::Rotating);
        let play = |lag_s: f64| {
            let mut all = [of_sensor(0, &rounds[..1], 7, 0.0), of_sensor(1, &rounds[..1], 8, lag_s)].concat();
            all.retain(|(_, event)| matches!(event, Event::Plot(_)));
            all.sort_by_key(|(time, _)| *time);
            let told = run(&mut Engine::new(config.clone()), &all, UNTIL_S);
            let mut reports: Vec<TrackReport> = told.into_iter().filter_map(|o| if let Output::Track(t) = o { Some(t) } else { None }).collect();
            reports.retain(|t| t.plots > 20);
            reports.sort_by_key(|t| t.at);
            reports
        };
        let (prompt, late) = (play(0.0), play(lag_s));
        let last = prompt.last().expect("the round is tracked");
        let same = late.iter().rfind(|t| t.at == last.at).expect("... also by late plots");
        for axis in 0..3 {
            let sigma_m = last.covariance[[0, 6, 11][axis]].sqrt();
            let off_m = (last.position_m[axis] - same.position_m[axis]).abs();
            prop_assert!(off_m < sigma_m, "axis {}: {} m of {} m at a lag of {} s", axis, off_m, sigma_m, lag_s);
        }
    }
}

fn two_sensors() -> (Config, Vec<Round>) {
    let (mut config, rounds) = salvo();
    let mut second = scene::radar();
    second.name = "second".into();
    config.sensors.push(second);
    (config, rounds)
}

/// What one radar says of the rounds; its plots are heard after a lag.
fn of_sensor(sensor: u16, rounds: &[Round], seed: u64, lag_s: f64) -> Vec<(Time, Event)> {
    let heard = events(rounds, UNTIL_S, seed).into_iter().map(|(time, mut event)| {
        match &mut event {
            Event::Plot(plot) => {
                plot.sensor = SensorId(sensor);
                plot.heard_at = HeardAt(time.plus_seconds(lag_s));
            }
            Event::Alive { sensor: which, .. } | Event::Swept { sensor: which, .. } => *which = SensorId(sensor),
            _ => {}
        }
        (time.plus_seconds(lag_s), event)
    });
    heard.collect()
}

/// Nothing that flies by the millions of plots of a confused radar may be told as flying faster, m/s.
const SPEED_MAX_MPS: f64 = 3_000.0;
/// Nothing of these classes comes down farther away, metres.
const IMPACT_MAX_M: f64 = 100_000.0;

/// ... or later, or longer ago, seconds.
const FLIGHT_MAX_S: f64 = 300.0;

fn assert_possible(outputs: &[Output]) -> Result<(), TestCaseError> {
    let finite = |numbers: &[f64]| numbers.iter().all(|n| n.is_finite());
    for output in outputs {
        match output {
            Output::Track(t) => {
                prop_assert!(finite(&t.position_m) && finite(&t.velocity_mps) && finite(&t.covariance), "{:?}", t);
                prop_assert!((0.0..=1.0).contains(&t.existence), "{:?}", t);
                let odds = [t.odds.ballistic, t.odds.boosting, t.odds.coasting, t.odds.level];
                prop_assert!(odds.iter().all(|o| (0.0..=1.0 + 1e-9).contains(o)), "{:?}", t);
                let speed_mps = Vector3::from(t.velocity_mps).norm();
                prop_assert!(speed_mps <= SPEED_MAX_MPS, "{} m/s: {:?}", speed_mps, t);
                prop_assert!([0, 6, 11, 15, 18, 20].iter().all(|i| t.covariance[*i] >= 0.0), "{:?}", t);
            }
            Output::Threat(t) => {
                let place_m = t.impact.place.to_vector();
                prop_assert!(finite(place_m.as_slice()) && place_m.norm() <= IMPACT_MAX_M, "{:?}", t);
                let c = t.impact.covariance;
                prop_assert!(
                    finite(&[c.east_east_m2, c.east_north_m2, c.north_north_m2, t.impact.sigma_time_s]),
                    "{:?}",
                    t
                );
                prop_assert!(c.east_east_m2 > 0.0 && c.north_north_m2 > 0.0 && t.impact.sigma_time_s >= 0.0, "{:?}", t);
                prop_assert!((0.0..=1.0).contains(&t.probability), "{:?}", t);
                prop_assert!(t.impact.speed_mps.is_finite() && t.impact.speed_mps <= SPEED_MAX_MPS, "{:?}", t);
                prop_assert!(t.impact.at.seconds_since(t.at).abs() <= FLIGHT_MAX_S, "{:?}", t);
            }
            Output::Origin(o) => {
                let (place_m, c) = (o.origin.place.to_vector(), o.origin.covariance);
                prop_assert!(finite(place_m.as_slice()) && place_m.norm() <= IMPACT_MAX_M, "{:?}", o);
                prop_assert!(
                    finite(&[c.east_east_m2, c.east_north_m2, c.north_north_m2, o.origin.sigma_time_s]),
                    "{:?}",
                    o
                );
                prop_assert!(o.origin.at.seconds_since(o.at).abs() <= FLIGHT_MAX_S, "{:?}", o);
            }
            Output::Record(r) => {
                for state in [Some(r.arc.start), r.arc.apex, Some(r.arc.end)].into_iter().flatten() {
                    prop_assert!(finite(&state.position_m) && finite(&state.covariance), "{:?}", r);
                    prop_assert!(Vector3::from(state.velocity_mps).norm() <= SPEED_MAX_MPS, "{:?}", r);
                }
                let places = [r.impact.map(|i| i.place), r.origin.map(|o| o.place)].into_iter().flatten();
                prop_assert!(places.into_iter().all(|place| place.to_vector().norm() <= IMPACT_MAX_M), "{:?}", r);
            }
            Output::Alarm(Alarm { probability, .. }) => prop_assert!((0.0..=1.0 + 1e-9).contains(probability)),
            Output::TrackEnded { .. }
            | Output::Sensor(_)
            | Output::Refused(_)
            | Output::Operator(_)
            | Output::Registration(_)
            | Output::Trouble(_) => {}
            // Nobody listens in these worlds.
            Output::Sound(_) | Output::Fall(_) | Output::Ear(_) | Output::Suspicion(_) => {}
        }
    }
    Ok(())
}

/// A plot that a broken or hostile radar might send and that admission lets in: anywhere in reach, with any stated error and Doppler.
fn odd_plot() -> impl Strategy<Value = (f64, f64, f64, f64, f64)> {
    let sigma = prop_oneof![Just(1e-9), Just(1e-4), Just(2e-3), Just(1.0), Just(1e6)];
    let rate = prop_oneof![-600.0_f64..600.0, Just(-3_000.0), Just(3_000.0), Just(0.0)];
    let range = prop_oneof![300.0_f64..20_000.0, 4_000.0_f64..4_500.0];
    let azimuth = prop_oneof![-3.1_f64..3.1, 0.3_f64..0.4];
    let elevation = prop_oneof![-1.55_f64..1.55, 0.2_f64..0.3];
    (range, azimuth, elevation, sigma, rate)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Scan after scan of nonsense: whatever is said of it is possible, or nothing is said.
    #[test]
    fn nonsense_gives_nothing_impossible(
        scans in prop::collection::vec((prop::collection::vec(odd_plot(), 0..25), 0.02_f64..3.0), 1..30),
    ) {
        let mut engine = Engine::new(config(vec![square("here", 0.0, 0.0, 500.0)]));
        let (mut heard, mut seconds, mut sequence) = (Vec::new(), 0.0, 0);
        for (plots, gap_s) in scans {
            seconds += gap_s;
            for (range_m, azimuth_rad, elevation_rad, sigma_rad, rate_mps) in plots {
                let plain: Plot = plot(seconds, range_m, azimuth_rad, elevation_rad, rate_mps);
                sequence += 1;
                let elevation = Some(Elevation { rad: elevation_rad, sigma_rad });
                heard.push((at(seconds), Event::Plot(Plot { elevation, sequence, ..plain })));
            }
        }
        assert_possible(&run(&mut engine, &heard, seconds + 60.0))?;
    }

    /// A thing that jumps along a line at any speed, with a Doppler that fits: followed or not, never told as faster than can be.
    #[test]
    fn impossible_speeds_are_not_told(speed_mps in 500.0_f64..30_000.0, period_s in 0.05_f64..1.0, up_m in 200.0_f64..9_000.0) {
        let mut engine = Engine::new(config(vec![square("here", 0.0, 0.0, 500.0)]));
        let pose = scene::radar().pose;
        let heard: Vec<(Time, Event)> = (0..60_u32).filter_map(|scan| {
            let seconds = f64::from(scan) * period_s;
            let place_m = Vector3::new(2_000.0, -18_000.0 + speed_mps * seconds, up_m);
            let polar = pose.polar_from_site(place_m);
            let rate_mps = speed_mps * (place_m - pose.origin()).y / polar.range_m;
            let mut plain = plot(seconds, polar.range_m, polar.azimuth_rad, polar.elevation_rad, rate_mps);
            plain.sequence = u64::from(scan);
            plain.range_rate_mps = plain.range_rate_mps.filter(|rate| rate.abs() <= 3_000.0);
            (polar.range_m < 20_000.0).then_some((at(seconds), Event::Plot(plain)))
        }).collect();
        assert_possible(&run(&mut engine, &heard, 120.0))?;
    }
}
