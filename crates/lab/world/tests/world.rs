//! What a user of the simulated world would notice.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;

use nalgebra::Vector3;
use parapet_asterix::cat034::{MessageType, ServiceMessage};
use parapet_asterix::cat048::TargetReport;
use parapet_asterix::records;
use parapet_frame::{Geodetic, Polar, Time};
use parapet_world::{
    DATAGRAM_MAX, Message, MessageKind, RunTruth, Scenario, Scene, Sighting, Truth, datagrams, listen,
};

const BASE: &str = r#"
name = "test"
seed = 11
duration_s = 60.0
site = { lat_deg = 33.3, lon_deg = 44.4, height_m = 34.0, ground_height_m = 34.0 }
wind = { east_mps = 5.0, north_mps = -3.0, gain_per_km = 0.3 }

[[radar]]
name = "turning"
sac = 25
sic = 1
lat_deg = 33.3
lon_deg = 44.4
height_m = 44.0
scan_period_s = 1.0
range_min_m = 400.0
range_max_m = 25000.0
elevation_min_deg = 0.5
elevation_max_deg = 80.0
detection_probability = 0.9
sigma_range_m = 15.0
sigma_azimuth_deg = 0.17
sigma_elevation_deg = 0.17
sigma_range_rate_mps = 2.0
clutter_per_scan = 10.0
delay_jitter_s = 0.03

[[radar]]
name = "staring"
sac = 25
sic = 2
lat_deg = 33.32
lon_deg = 44.41
height_m = 44.0
antenna = "staring"
scan_period_s = 0.5
range_min_m = 400.0
range_max_m = 20000.0
elevation_min_deg = 1.0
elevation_max_deg = 80.0
detection_probability = 1.0
sigma_range_m = 10.0
sigma_azimuth_deg = 0.1
sigma_elevation_deg = 0.1

[[launch]]
id = "rocket"
class = "rocket"
at_s = 5.0
lat_deg = 33.317
lon_deg = 44.49
scatter_m = 20.0
target = { lat_deg = 33.305, lon_deg = 44.405 }
dispersion_m = 100.0
count = 3
interval_s = 2.0

[[aircraft]]
id = "airliner"
kind = "airliner"
speed_mps = 180.0
route = [{ lat_deg = 33.25, lon_deg = 44.3, height_m = 3000.0 }, { lat_deg = 33.4, lon_deg = 44.5, height_m = 4000.0 }]
transponder = { address = 0x4CA123, mode_3a = "4512", callsign = "TEST123" }

[[flock]]
id = "birds"
kind = "bird"
count = 3
lat_deg = 33.31
lon_deg = 44.42
spread_m = 300.0
height_m = 150.0
speed_mps = 12.0
"#;

const PATCH: &str = "
[[clutter_patch]]
id = \"mast\"
lat_deg = 33.33
lon_deg = 44.38
height_m = 120.0
spread_m = 30.0
plots_per_scan = 2.0
";

fn scene(text: &str) -> Scene {
    let scenario = Scenario::parse("test.toml", text).unwrap();
    Scene::build(&scenario, scenario.seed).unwrap()
}

fn plots(messages: &[Message], radar: usize) -> Vec<&Sighting> {
    let of = |m: &'_ &Message| m.radar == radar;
    let inside = messages.iter().filter(of).filter_map(|m| match &m.kind {
        MessageKind::Plots(plots) => Some(plots),
        _ => None,
    });
    inside.flatten().collect()
}

fn bytes(scene: &Scene, messages: &[Message]) -> Vec<u8> {
    let start = Time::from_seconds(1_600_000_000.0);
    messages.iter().flat_map(|m| datagrams(&scene.radars[m.radar], m, start).unwrap().concat()).collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let scenario = Scenario::parse("test.toml", BASE).unwrap();
    let run = |seed| {
        let scene = Scene::build(&scenario, seed).unwrap();
        bytes(&scene, &listen(&scene))
    };
    assert_eq!(run(11), run(11));
    assert_ne!(run(11), run(12));
}

#[test]
fn adding_an_object_changes_no_other_draw() {
    let of_names = |text: &str| {
        let scene = scene(text);
        let messages = listen(&scene);
        let mut by_name: BTreeMap<String, Vec<(f64, Polar)>> = BTreeMap::new();
        for plot in plots(&messages, 0) {
            let name = plot.object.map_or("clutter".to_owned(), |i| scene.objects[i].name.clone());
            by_name.entry(name).or_default().push((plot.measured_s, plot.polar));
        }
        by_name
    };
    let more = BASE.replace("[[aircraft]]", "[[launch]]\nid = \"first\"\nclass = \"mortar\"\nat_s = 1.0\nlat_deg = 33.33\nlon_deg = 44.4\ntarget = { lat_deg = 33.305, lon_deg = 44.4 }\n[[aircraft]]");
    let (mut with, without) = (of_names(&more), of_names(BASE));
    assert!(with.remove("first").is_some());
    assert_eq!(with, without);
}

#[test]
fn solved_launches_hit_their_target_within_their_dispersion() {
    let scene = scene(BASE);
    let target = scene.ground(33.305, 44.405).unwrap();
    for object in scene.objects.iter().filter(|o| o.round.is_some()) {
        let impact = object.round.unwrap().impact;
        let off = impact.position_m - target;
        assert!(off.x.abs() < 300.1 && off.y.abs() < 300.1, "{off:?}");
        assert!(scene.world.environment.height_above_ground_m(&impact.position_m).abs() < 0.01);
    }
    let exact = BASE.replace("dispersion_m = 100.0", "").replace("scatter_m = 20.0", "");
    let exact = self::scene(&exact);
    let impact = exact.objects[0].round.unwrap().impact.position_m;
    assert!((impact - target).norm() < 0.05, "{impact:?} {target:?}");
}

#[test]
fn every_plot_lies_within_the_limits_and_is_measured_when_the_beam_passes() {
    let scene = scene(&format!("{BASE}{PATCH}"));
    let messages = listen(&scene);
    for (index, radar) in scene.radars.iter().enumerate() {
        for plot in plots(&messages, index) {
            let elevation_deg = plot.polar.elevation_rad.to_degrees();
            assert!((radar.spec.range_min_m..=radar.spec.range_max_m).contains(&plot.polar.range_m));
            assert!((radar.spec.elevation_min_deg..=radar.spec.elevation_max_deg).contains(&elevation_deg));
        }
    }
    let turn = core::f64::consts::TAU;
    for plot in plots(&messages, 0).into_iter().filter(|p| p.object.is_some()) {
        let truth = scene.objects[plot.object.unwrap()].path.at(plot.measured_s).unwrap();
        let azimuth_rad = scene.radars[0].pose.polar_from_site(truth.position_m).azimuth_rad;
        let beam_rad = turn * plot.measured_s.fract();
        assert!(parapet_frame::maths::wrap_pi(beam_rad - azimuth_rad).abs() < 1e-3, "{plot:?}");
    }
    assert!(messages.is_sorted_by(|a, b| a.send_s <= b.send_s));
}

#[test]
fn clutter_is_poisson_with_the_asked_rate_and_fills_the_coverage() {
    let text = BASE.replace("duration_s = 60.0", "duration_s = 600.0");
    let scene = scene(&text);
    let messages = listen(&scene);
    let clutter: Vec<_> = plots(&messages, 0).into_iter().filter(|p| p.object.is_none()).collect();
    let mut per_scan = vec![0.0f64; 600];
    clutter.iter().for_each(|p| per_scan[p.measured_s as usize] += 1.0);
    let mean = per_scan.iter().sum::<f64>() / 600.0;
    let variance = per_scan.iter().map(|c| (c - mean).powi(2)).sum::<f64>() / 599.0;
    assert!((mean - 10.0).abs() < 0.5 && (variance - 10.0).abs() < 2.0, "{mean} {variance}");
    let mean_range_m = clutter.iter().map(|p| p.polar.range_m).sum::<f64>() / clutter.len() as f64;
    assert!((mean_range_m - 12_700.0).abs() < 400.0, "{mean_range_m}");
    let first_quarter =
        clutter.iter().filter(|p| (0.0..core::f64::consts::FRAC_PI_2).contains(&p.polar.azimuth_rad)).count() as f64;
    assert!((first_quarter / clutter.len() as f64 - 0.25).abs() < 0.03);
}

#[test]
fn errors_have_the_asked_spread_and_misses_the_asked_rate() {
    let mut text = BASE.replace("count = 3", "count = 1");
    text = text.replace("duration_s = 60.0", "duration_s = 600.0").replace("speed_mps = 180.0", "speed_mps = 30.0");
    let scene = scene(&text);
    let messages = listen(&scene);
    let airliner = scene.objects.iter().position(|o| o.name == "airliner");
    let mut errors: Vec<[f64; 4]> = Vec::new();
    for plot in plots(&messages, 0).into_iter().filter(|p| p.object == airliner) {
        let truth = scene.objects[airliner.unwrap()].path.at(plot.measured_s).unwrap();
        let pose = scene.radars[0].pose;
        let polar = pose.polar_from_site(truth.position_m);
        let away: Vector3<f64> = (truth.position_m - pose.origin()) / polar.range_m;
        errors.push([
            (plot.polar.range_m - polar.range_m) / 15.0,
            (plot.polar.azimuth_rad - polar.azimuth_rad).to_degrees() / 0.17,
            (plot.polar.elevation_rad - polar.elevation_rad).to_degrees() / 0.17,
            (plot.range_rate_mps.unwrap() - away.dot(&truth.velocity_mps)) / 2.0,
        ]);
    }
    let n = errors.len() as f64;
    assert!((n / 600.0 - 0.9).abs() < 0.05, "{n}");
    for axis in 0..4 {
        let mean = errors.iter().map(|e| e[axis]).sum::<f64>() / n;
        let sigma = (errors.iter().map(|e| e[axis].powi(2)).sum::<f64>() / n).sqrt();
        assert!(mean.abs() < 0.15 && (sigma - 1.0).abs() < 0.1, "{axis} {mean} {sigma}");
    }
}

#[test]
fn biases_late_clocks_and_late_messages_are_as_asked() {
    let off = "bias_range_m = 200.0\nbias_azimuth_deg = 1.0\nstamp_error_s = -0.4\ndelay_s = 0.5\ndelay_jitter_s = 0.2";
    let scene = scene(&BASE.replacen("delay_jitter_s = 0.03", off, 1));
    let messages = listen(&scene);
    let (mut range_m, mut azimuth_deg, mut n) = (0.0, 0.0, 0.0);
    for message in messages.iter().filter(|m| m.radar == 0) {
        let MessageKind::Plots(plots) = &message.kind else { continue };
        for plot in plots {
            assert!((plot.stamp_s - plot.measured_s + 0.4).abs() < 1e-9);
            let late_s = message.send_s - plot.measured_s;
            assert!((0.5..0.5 + 0.2 + 1.0 / 32.0 + 1e-9).contains(&late_s), "{late_s}");
            let Some(object) = plot.object else { continue };
            let truth = scene.objects[object].path.at(plot.measured_s).unwrap();
            let polar = scene.radars[0].pose.polar_from_site(truth.position_m);
            range_m += plot.polar.range_m - polar.range_m;
            azimuth_deg += parapet_frame::maths::wrap_pi(plot.polar.azimuth_rad - polar.azimuth_rad).to_degrees();
            n += 1.0;
        }
    }
    assert!((range_m / n - 200.0).abs() < 5.0 && (azimuth_deg / n - 1.0).abs() < 0.06, "{range_m} {azimuth_deg} {n}");
}

#[test]
fn datagrams_carry_the_plots_within_quantisation_and_say_that_they_are_simulated() {
    let dense = BASE
        .replace("clutter_per_scan = 10.0", "clutter_per_scan = 2000.0")
        .replace("duration_s = 60.0", "duration_s = 20.0");
    let scene = scene(&dense);
    // Fifteen seconds before midnight, so that times of day roll over.
    let start = Time::from_seconds(1_600_000_000.0 - 1_600_000_000.0 % 86_400.0 + 86_385.0);
    let (mut count, mut answers, mut norths) = (0, 0, 0);
    for message in listen(&scene) {
        let radar = &scene.radars[message.radar];
        let sent = datagrams(radar, &message, start).unwrap();
        assert!(sent.iter().all(|d| d.len() <= DATAGRAM_MAX));
        let read: Vec<_> = sent.iter().flat_map(|d| records(d)).map(|r| r.unwrap()).collect();
        match &message.kind {
            MessageKind::Plots(plots) => {
                assert_eq!(read.len(), plots.len());
                for (record, plot) in read.iter().zip(plots) {
                    let report = TargetReport::from_record(record).unwrap();
                    compare(&report, plot, radar, start);
                    count += 1;
                    answers += u32::from(report.aircraft_address == Some(0x4C_A123));
                }
            }
            MessageKind::North { .. } => {
                let service = ServiceMessage::from_record(&read[0]).unwrap();
                assert_eq!(service.message_type, Some(MessageType::NorthMarker));
                assert!((service.rotation_period_s.unwrap() - radar.spec.scan_period_s).abs() < 0.01);
                norths += 1;
            }
            MessageKind::Sector { azimuth_rad, .. } => {
                let service = ServiceMessage::from_record(&read[0]).unwrap();
                assert_eq!(service.message_type, Some(MessageType::SectorCrossing));
                assert!((service.sector_azimuth_rad.unwrap() - azimuth_rad).abs() < 1e-9);
            }
        }
    }
    assert!(count > 30_000 && answers > 20 && norths == 60, "{count} {answers} {norths}");
}

fn compare(report: &TargetReport, plot: &Sighting, radar: &parapet_world::PlacedRadar, start: Time) {
    assert!(report.simulated && !report.is_operational());
    assert_eq!(report.source.unwrap().sic, radar.spec.sic);
    let polar = report.polar.unwrap();
    assert!((polar.range_m - plot.polar.range_m).abs() <= 7.234_376 / 2.0);
    let turn = core::f64::consts::TAU;
    let off = parapet_frame::maths::wrap_pi(polar.azimuth_rad - plot.polar.azimuth_rad);
    assert!(off.abs() <= turn / 65_536.0 / 2.0 + 1e-12);
    let height_m = radar.pose.height_of_polar(plot.polar);
    assert!((report.height_3d_ft.unwrap() * 0.3048 - height_m).abs() <= 25.0 * 0.3048 / 2.0 + 1e-9);
    let at = start.plus_seconds(plot.stamp_s).nanos().rem_euclid(86_400_000_000_000);
    let off_ns = (report.time_of_day.unwrap().ns() - at + 43_200_000_000_000).rem_euclid(86_400_000_000_000)
        - 43_200_000_000_000;
    assert!(off_ns.abs() <= 7_812_500 / 2 + 1, "{off_ns}");
    if let (Some(sent), Some(doppler)) = (plot.range_rate_mps, report.doppler) {
        assert!((doppler.speed_mps - sent).abs() <= 0.5);
    }
    assert_eq!(report.mode_3a.map(|c| c.code), plot.answer.as_ref().map(|_| 0o4512));
    assert_eq!(
        report.callsign.map(|c| c.as_str().trim_end().to_owned()),
        plot.answer.as_ref().map(|_| "TEST123".to_owned())
    );
}

#[test]
fn truth_says_launch_burnout_impact_and_first_plot() {
    let scene = scene(BASE);
    let messages = listen(&scene);
    let run = RunTruth {
        scenario: "test".to_owned(),
        seed: 11,
        start: Time::from_seconds(1_600_000_000.0),
        duration_s: 60.0,
        origin: Geodetic { lat_deg: 33.3, lon_deg: 44.4, height_m: 34.0 },
        zones: Vec::new(),
        effect_radius_m: 75.0,
    };
    let truth = Truth::of(&scene, &messages, run);
    let rocket = &truth.objects[0];
    assert_eq!(rocket.object, "rocket-1");
    assert!((rocket.burnout_s.unwrap() - 6.5).abs() < 1e-9);
    let impact = rocket.impact.unwrap();
    assert!((impact.lat_deg - 33.305).abs() < 0.004 && impact.time_s > 20.0);
    assert!(rocket.first_plot_s.unwrap() > 5.0 && rocket.plots > 10);
    let mut text = Vec::new();
    truth.write(&mut text).unwrap();
    let lines = String::from_utf8(text).unwrap();
    assert!(lines.lines().next().unwrap().starts_with(r#"{"type":"run""#));
    for line in lines.lines() {
        serde_json::from_str::<parapet_world::TruthLine>(line).unwrap();
    }
}
