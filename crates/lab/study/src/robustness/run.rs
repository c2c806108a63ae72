//! One round, from launch to impact, and what the engine said of it.

use core::f64::consts::TAU;
use std::collections::BTreeSet;

use parapet_flight::UNKNOWN_WIND_SIGMA_MPS;
use parapet_frame::{Geodetic, SiteFrame, SitePoint};
use parapet_warn::Zone;
use parapet_world::{
    Ground, Launch, MessageKind, Moment, Object, ObjectClass, Path, RoundClass, Scenario, Scene, Stream, listen,
};

use super::{Row, TIMES, When};
use crate::play::{self, Picture, Player};

pub(crate) const TEMPLATE: &str = include_str!("scene.toml");
/// A track that is farther from the round is not of it, metres.
const MATCH_MAX_M: f64 = 500.0;
/// What was heard this long after a check's time still counts for it: the radar's delay and the gathering of its plots, seconds.
const HEARD_BY_S: f64 = 0.06;
/// Half the side of a zone, metres.
const ZONE_HALF_M: f64 = 150.0;
/// The other zones are this far from the one that is hit, metres: farther than anything of it reaches.
const OTHERS_AT_M: f64 = 2_000.0;
/// Launches that are tried until one reaches its target.
const TRIES: u64 = 50;

/// What came of one round.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// What it was.
    pub class: ObjectClass,
    /// Seconds from the first plot to the impact; `None` where no radar saw it.
    pub seen_s: Option<f64>,
    /// Whether the zone that it fell into was warned when it fell.
    pub is_alarmed: bool,
    /// How long before the impact that alarm was raised, seconds.
    pub warning_s: Option<f64>,
    /// Alarms of zones that it did not endanger.
    pub false_alarms: usize,
    /// What was predicted at each of [`TIMES`]; `None` where the round was not in the air or not in sight yet.
    pub checks: Vec<Option<Check>>,
}

/// One look at the prediction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Check {
    /// The prediction, if there was one.
    pub prediction: Option<Held>,
}

/// A prediction held against the truth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Held {
    /// Distance of the predicted impact from the true one, metres.
    pub error_m: f64,
    /// The same in the prediction's own measure: squared Mahalanobis distance.
    pub distance2: f64,
    /// Predicted less true time of impact, seconds.
    pub time_error_s: f64,
    /// The standard deviation that the prediction claims for it, seconds.
    pub sigma_time_s: f64,
}

/// Plays one round of a row.
pub(super) fn play(row: Row, seed: u64, number: u64) -> Result<Outcome, String> {
    let (told, scene) = scene(row, seed, number)?;
    let object = scene.objects.first().ok_or("the scene has no round")?;
    let impact = object.round.map(|round| round.impact).ok_or("the object is no round")?;
    let mut messages = listen(&scene);
    row.spoil(&scene, &mut messages, &mut Stream::new(seed, "round", "tails", number));
    let zones = zones(&impact, &mut Stream::new(seed, "round", "zone", number));
    let mut config = play::configuration(&scene, zones);
    config.sensors = told.radars.iter().map(play::sensor_model).collect();
    config.sensors.iter_mut().for_each(|sensor| sensor.trust.bias_sigma = row.feared(sensor));
    // As at a site without a weather report.
    config.environment.wind_sigma_mps = UNKNOWN_WIND_SIGMA_MPS;
    let of_round = messages.iter().flat_map(|message| match &message.kind {
        MessageKind::Plots(plots) => plots.iter().filter(|plot| plot.object == Some(0)).map(|p| p.measured_s).collect(),
        _ => Vec::new(),
    });
    let first_plot_s = of_round.fold(f64::INFINITY, f64::min);
    let mut player = Player::new(config, &scene, &messages);
    let mut checks = vec![None; TIMES.len()];
    for (time_s, place) in in_order(first_plot_s, impact.time_s) {
        let picture = player.until(time_s + HEARD_BY_S);
        checks[place] = Some(Check { prediction: prediction(picture, &object.path, &impact) });
    }
    let picture = player.until(impact.time_s);
    Ok(outcome(object, &impact, first_plot_s, checks, picture))
}

fn outcome(
    object: &Object,
    impact: &Moment,
    first_plot_s: f64,
    checks: Vec<Option<Check>>,
    picture: &Picture,
) -> Outcome {
    let of_zone = picture.alarms.iter().filter(|alarm| alarm.id.zone.0 == 0);
    let launch_s = object.path.moments().first().map_or(0.0, |m| m.time_s);
    let early = |alarm: &&parapet_warn::Alarm| play::seconds(alarm.raised_at) < launch_s;
    let standing = of_zone.clone().next_back().filter(|alarm| alarm.stage.is_in_cover());
    // To be told to be ready is no warning yet.
    let cover =
        |alarm: &parapet_warn::Alarm| of_zone.clone().find(|told| told.id == alarm.id && told.stage.is_in_cover());
    let others = picture.alarms.iter().filter(|alarm| alarm.id.zone.0 != 0 || early(alarm));
    let false_alarms: BTreeSet<_> = others.map(|alarm| alarm.id).collect();
    Outcome {
        class: object.class,
        seen_s: first_plot_s.is_finite().then_some(impact.time_s - first_plot_s),
        is_alarmed: standing.is_some(),
        warning_s: standing.and_then(cover).map(|alarm| impact.time_s - play::seconds(alarm.at)),
        false_alarms: false_alarms.len(),
        checks,
    }
}

/// The times of the checks, earliest first, with their places in [`TIMES`]; those that this round has.
fn in_order(first_plot_s: f64, impact_s: f64) -> Vec<(f64, usize)> {
    let time_s = |when| match when {
        When::After(s) => first_plot_s + s,
        When::Before(s) => impact_s - s,
    };
    let times = TIMES.into_iter().map(time_s).zip(0..);
    let mut times: Vec<(f64, usize)> =
        times.filter(|(time_s, _)| *time_s >= first_plot_s && *time_s + HEARD_BY_S < impact_s).collect();
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    times
}

/// What the engine says of the round: the prediction of the track that is nearest to it.
pub(crate) fn prediction(picture: &Picture, path: &Path, impact: &Moment) -> Option<Held> {
    let away_m = |report: &parapet_track::TrackReport| {
        let truth = path.at(play::seconds(report.at))?;
        Some((nalgebra::Vector3::from(report.position_m) - truth.position_m).norm())
    };
    let near = picture.tracks.values().filter_map(|(report, threat)| Some((away_m(report)?, threat.as_ref())));
    let (_, threat) = near.filter(|(away_m, _)| *away_m <= MATCH_MAX_M).min_by(|a, b| a.0.total_cmp(&b.0))?;
    let predicted = threat?.impact;
    let off = predicted.place.to_vector().xy() - impact.position_m.xy();
    let inverse = predicted.covariance.to_matrix().try_inverse()?;
    Some(Held {
        error_m: off.norm(),
        distance2: (off.transpose() * inverse * off).x,
        time_error_s: play::seconds(predicted.at) - impact.time_s,
        sigma_time_s: predicted.sigma_time_s,
    })
}

/// The zone that is hit, somewhere in its middle, and eight around it that are not.
fn zones(impact: &Moment, draws: &mut Stream) -> Vec<Zone> {
    let off_m = 0.5 * ZONE_HALF_M;
    let middle =
        [impact.position_m.x + draws.uniform(-off_m, off_m), impact.position_m.y + draws.uniform(-off_m, off_m)];
    let around = (0..8).map(|i| {
        let (sin, cos) = (f64::from(i) * TAU / 8.0).sin_cos();
        [middle[0] + OTHERS_AT_M * sin, middle[1] + OTHERS_AT_M * cos]
    });
    std::iter::once(middle).chain(around).enumerate().map(|(i, middle)| zone(i, middle)).collect()
}

fn zone(number: usize, [east_m, north_m]: [f64; 2]) -> Zone {
    let corner = |e: f64, n: f64| [east_m + e * ZONE_HALF_M, north_m + n * ZONE_HALF_M];
    Zone {
        key: format!("zone-{number}"),
        name: format!("Zone {number}"),
        kind: "housing".to_owned(),
        people: 100,
        rings: vec![vec![corner(-1.0, -1.0), corner(1.0, -1.0), corner(1.0, 1.0), corner(-1.0, 1.0)]],
        alarm_probability: 0.1,
        shelter_s: None,
    }
}

/// The scene as the site was told that it would be, and as it is.
fn scene(row: Row, seed: u64, number: u64) -> Result<(Scene, Scene), String> {
    let template = Scenario::parse("scene.toml", TEMPLATE).map_err(|e| e.to_string())?;
    let mut said = String::new();
    for attempt in 0..TRIES {
        let mut draws = Stream::new(seed, "round", "launch", number * TRIES + attempt);
        let mut true_one = template.clone();
        let class = row.class(number);
        place(&mut true_one, class, row.elevations_deg(class), &mut draws)?;
        row.disturb(&mut true_one, &mut draws);
        let run_seed = seed.wrapping_mul(1_000_003).wrapping_add(number);
        let mut scene = match Scene::build(&true_one, run_seed) {
            Ok(scene) => scene,
            // Out of reach: another launch.
            Err(problem) => {
                said = problem.to_string();
                continue;
            }
        };
        let mut told = if row.is_told() { true_one } else { template.clone() };
        told.launch.clear();
        let told = Scene::build(&told, run_seed).map_err(|e| e.to_string())?;
        let end_s = scene.objects.first().and_then(|object| object.round).map_or(0.0, |round| round.impact.time_s);
        scene.duration_s = end_s + 1.0;
        return Ok((told, scene));
    }
    Err(format!("{}: no launch of round {number} reaches its target: {said}", row.name()))
}

/// Puts the launch and its target somewhere about the radar.
pub(crate) fn place(
    scenario: &mut Scenario,
    class: RoundClass,
    (low_deg, high_deg): (f64, f64),
    draws: &mut Stream,
) -> Result<(), String> {
    let distance_m = match class {
        RoundClass::Mortar => draws.uniform(2_500.0, 6_000.0),
        RoundClass::Artillery => draws.uniform(8_000.0, 14_000.0),
        RoundClass::Rocket => draws.uniform(6_000.0, 13_000.0),
    };
    let (azimuth_rad, off_rad) = (draws.uniform(0.0, TAU), draws.uniform(0.0, TAU));
    let off_m = draws.uniform(500.0, 2_500.0);
    let target_m = [off_m * off_rad.sin(), off_m * off_rad.cos()];
    let launch_m = [target_m[0] - distance_m * azimuth_rad.sin(), target_m[1] - distance_m * azimuth_rad.cos()];
    let elevation_deg = draws.uniform(low_deg, high_deg);
    let site = scenario.site;
    let origin = Geodetic { lat_deg: site.lat_deg, lon_deg: site.lon_deg, height_m: site.height_m };
    let frame = SiteFrame::at(origin).map_err(|e| e.to_string())?;
    let ground = |[east_m, north_m]: [f64; 2]| {
        let place = frame.geodetic_from_site(SitePoint { east_m, north_m, up_m: 0.0 });
        Ground { lat_deg: place.lat_deg, lon_deg: place.lon_deg }
    };
    let (from, to) = (ground(launch_m), ground(target_m));
    let template = scenario.launch.first().ok_or("the template has no launch")?;
    scenario.launch = vec![Launch {
        class,
        lat_deg: from.lat_deg,
        lon_deg: from.lon_deg,
        target: Some(to),
        elevation_deg: Some(elevation_deg),
        ..template.clone()
    }];
    Ok(())
}
