//! Rules of warning on one set of runs: who is warned, how early, and how many needlessly.
//!
//! Each run is one round that comes down somewhere in one of the real polygons; all rules see the same engine's predictions.

use core::f64::consts::PI;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use parapet_warn::{Alarm, AlarmId, Policy, Stage, Threat, Zone};
use parapet_world::Stream;

use super::polygons::{Polygon, area_m2, contains, distance_m};
use super::scenes::Shot;
use crate::play::{self, Picture, Player};
use crate::{runs, statistics};

/// How often the simple rules look at predictions, seconds.
const LOOK_S: f64 = 0.25;
/// After this long the fixed-delay rule warns, seconds after the first plot.
const DELAY_S: f64 = 5.0;
/// Polygons farther than this from the impact play no part, metres.
const NEAR_M: f64 = 12_000.0;
/// The radars go on for this long after the impact, so that alarms can end, seconds.
const AFTER_S: f64 = 60.0;
/// People per square kilometre of a built-up polygon; the same for all, as only ratios matter.
const PEOPLE_PER_KM2: f64 = 5_000.0;
/// Probability of the ellipse of the fixed-delay rule.
const ELLIPSE: f64 = 0.95;

/// A rule of warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// The engine's: cost-loss, a bounded wait, the endangered part of a polygon.
    Parapet,
    /// The same without waiting.
    AtOnce,
    /// The engine's, with more places told.
    Wider,
    /// The engine's, with fewer places told.
    Narrower,
    /// The engine's times; whole polygons.
    Whole,
    /// A fixed time after the first plot, every polygon that the 95 % ellipse touches.
    FixedDelay,
    /// As soon as a threat is believed, every polygon that the predicted impact point lies in, now or later.
    MeanPoint,
}

impl Rule {
    /// All of them.
    pub const ALL: [Rule; 7] =
        [Rule::Parapet, Rule::AtOnce, Rule::Wider, Rule::Narrower, Rule::Whole, Rule::FixedDelay, Rule::MeanPoint];

    fn name(self) -> &'static str {
        match self {
            Rule::Parapet => "cost-loss, bounded wait, endangered part (the defaults)",
            Rule::AtOnce => "the same, no wait",
            Rule::Wider => "the same, places from a tenth of the threshold",
            Rule::Narrower => "the same, places from the threshold itself",
            Rule::Whole => "the same, whole polygons",
            Rule::FixedDelay => "fixed delay of 5 s, 95 % ellipse, whole polygons",
            Rule::MeanPoint => "mean point in polygon, whole polygons",
        }
    }
}

/// What a rule made of one round.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Verdict {
    /// Whether those at the point of impact were told to take cover before it.
    pub warned: bool,
    /// How long before, seconds.
    pub lead_s: Option<f64>,
    /// Area that was told to take cover, square metres.
    pub area_m2: f64,
    /// Person-seconds in cover of people who were farther from the impact than its effect reaches.
    pub needless_s: f64,
}

/// What came of one round.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// By each rule, in the order of [`Rule::ALL`].
    pub verdicts: Vec<Verdict>,
    /// Whether any radar saw it for long enough to be warned of at all: five seconds.
    pub visible: bool,
}

/// Plays so many rounds over the polygons.
///
/// # Errors
/// When a scene cannot be made, which is a fault of this program.
pub fn play(polygons: &[Polygon], rounds: usize, seed: u64, workers: usize) -> Result<Vec<Outcome>, String> {
    runs::all("rounds", rounds, workers, |number| play_one(polygons, seed, number as u64))
}

/// A stretch of warning: whom, from when until when.
struct Warned {
    ring: Vec<[f64; 2]>,
    from_s: f64,
    until_s: f64,
}

fn play_one(polygons: &[Polygon], seed: u64, number: u64) -> Result<Outcome, String> {
    let shot = Shot::draw(seed, number, AFTER_S)?;
    let rings = around(&shot, polygons, &mut Stream::new(seed, "rules", "polygon", number));
    let policy = Policy::default();
    let told = |wait_part_max: f64, place_part: f64| {
        let mut config = shot.config(rings.iter().enumerate().map(zone).collect());
        config.policy = Policy { wait_part_max, place_part, ..policy };
        let mut player = Player::new(config, &shot.scene, &shot.messages);
        player.until(shot.impact.time_s + AFTER_S).alarms.clone()
    };
    let waiting = told(policy.wait_part_max, policy.place_part);
    let at_once = told(0.0, policy.place_part);
    let (wider, narrower) = (told(policy.wait_part_max, 0.1), told(policy.wait_part_max, 1.0));
    let simple = simple(&shot, &rings, &policy);
    let verdict = |rule: Rule| {
        let warned = match rule {
            Rule::Parapet => stretches(&waiting, &rings, true),
            Rule::AtOnce => stretches(&at_once, &rings, true),
            Rule::Wider => stretches(&wider, &rings, true),
            Rule::Narrower => stretches(&narrower, &rings, true),
            Rule::Whole => stretches(&waiting, &rings, false),
            Rule::FixedDelay => {
                simple.0.iter().map(|(zone, from_s)| whole(&rings, *zone, *from_s, &shot, &policy)).collect()
            }
            Rule::MeanPoint => {
                simple.1.iter().map(|(zone, from_s)| whole(&rings, *zone, *from_s, &shot, &policy)).collect()
            }
        };
        judge(&warned, &shot, &policy)
    };
    let visible = shot.impact.time_s - shot.first_plot_s >= 5.0;
    Ok(Outcome { verdicts: Rule::ALL.into_iter().map(verdict).collect(), visible })
}

/// The polygons about the impact, moved so that it lies somewhere in one of them, each as likely as another.
fn around(shot: &Shot, polygons: &[Polygon], draws: &mut Stream) -> Vec<Vec<[f64; 2]>> {
    let impact = [shot.impact.position_m.x, shot.impact.position_m.y];
    let chosen = &polygons[(draws.uniform(0.0, polygons.len() as f64) as usize).min(polygons.len() - 1)];
    let extreme =
        |axis: usize, pick: fn(f64, f64) -> f64| chosen.ring.iter().map(|c| c[axis]).reduce(pick).unwrap_or(0.0);
    let (low, high) = ([0, 1].map(|a| extreme(a, f64::min)), [0, 1].map(|a| extreme(a, f64::max)));
    let mut inside = chosen.ring[0];
    for _ in 0..1_000 {
        let place = [draws.uniform(low[0], high[0]), draws.uniform(low[1], high[1])];
        if chosen.contains(place) {
            inside = place;
            break;
        }
    }
    let near = |ring: &&Polygon| {
        ring.ring.iter().any(|c| (c[0] - inside[0]).abs() < NEAR_M && (c[1] - inside[1]).abs() < NEAR_M)
    };
    let moved = |c: &[f64; 2]| [c[0] - inside[0] + impact[0], c[1] - inside[1] + impact[1]];
    polygons.iter().filter(near).map(|polygon| polygon.ring.iter().map(moved).collect()).collect()
}

fn zone((number, ring): (usize, &Vec<[f64; 2]>)) -> Zone {
    Zone {
        key: format!("polygon-{number}"),
        name: format!("Polygon {number}"),
        kind: "housing".to_owned(),
        people: 0,
        rings: vec![ring.clone()],
        alarm_probability: 0.1,
        shelter_s: None,
    }
}

/// Who was told to take cover by the engine, from the first word to the last.
fn stretches(alarms: &[Alarm], rings: &[Vec<[f64; 2]>], by_part: bool) -> Vec<Warned> {
    let mut open: BTreeMap<AlarmId, Vec<Warned>> = BTreeMap::new();
    let mut done = Vec::new();
    for alarm in alarms {
        let at_s = play::seconds(alarm.at);
        let stretches = open.entry(alarm.id).or_default();
        if alarm.stage == Stage::TakeCover {
            let whole = &rings[usize::from(alarm.id.zone.0)];
            let ring = if by_part && !alarm.part.is_empty() { alarm.part.clone() } else { whole.clone() };
            // A part only grows: what was told before is in it, and keeps its time.
            if stretches.last().is_none_or(|last| area_m2(&ring) > area_m2(&last.ring) + 1.0) {
                stretches.push(Warned { ring, from_s: at_s, until_s: f64::INFINITY });
            }
        }
        if alarm.stage.is_ended() {
            for mut stretch in open.remove(&alarm.id).unwrap_or_default() {
                stretch.until_s = at_s;
                done.push(stretch);
            }
        }
    }
    done.extend(open.into_values().flatten());
    done
}

type Times = BTreeMap<usize, f64>;

/// When the fixed-delay rule and the mean-point rule warn which polygons.
fn simple(shot: &Shot, rings: &[Vec<[f64; 2]>], policy: &Policy) -> (Times, Times) {
    let mut player = Player::new(shot.config(Vec::new()), &shot.scene, &shot.messages);
    let (mut delayed, mut pointed) = (Times::new(), Times::new());
    if !shot.first_plot_s.is_finite() {
        return (delayed, pointed);
    }
    let looks = ((shot.impact.time_s - shot.first_plot_s) / LOOK_S) as u32;
    for time_s in (0..=looks).map(|n| shot.first_plot_s + LOOK_S * f64::from(n)) {
        let picture = player.until(time_s);
        for threat in believed(picture) {
            let place = [threat.impact.place.east_m, threat.impact.place.north_m];
            for (zone, _) in rings.iter().enumerate().filter(|(_, ring)| contains(ring, place)) {
                pointed.entry(zone).or_insert(time_s);
            }
            // It decides once, and what it decides stands.
            if time_s >= shot.first_plot_s + DELAY_S && delayed.is_empty() {
                let points = ellipse(threat);
                let touched = |ring: &[[f64; 2]]| points.iter().any(|p| distance_m(ring, *p) <= policy.effect_radius_m);
                delayed
                    .extend(rings.iter().enumerate().filter(|(_, ring)| touched(ring)).map(|(zone, _)| (zone, time_s)));
            }
        }
    }
    (delayed, pointed)
}

fn believed(picture: &Picture) -> impl Iterator<Item = &Threat> {
    picture.tracks.values().filter_map(|(_, threat)| threat.as_ref()).filter(|threat| threat.believed)
}

/// Points that fill the ellipse.
fn ellipse(threat: &Threat) -> Vec<[f64; 2]> {
    let ellipse = threat.impact.covariance.ellipse(ELLIPSE);
    let (sin, cos) = ellipse.bearing_rad.sin_cos();
    let mut points = vec![[threat.impact.place.east_m, threat.impact.place.north_m]];
    for ring in 1..=4 {
        for step in 0..24 {
            let (s, c) = (f64::from(step) * PI / 12.0).sin_cos();
            let (along, across) =
                (0.25 * f64::from(ring) * ellipse.semi_major_m * c, 0.25 * f64::from(ring) * ellipse.semi_minor_m * s);
            points.push([points[0][0] + along * sin + across * cos, points[0][1] + along * cos - across * sin]);
        }
    }
    points
}

fn whole(rings: &[Vec<[f64; 2]>], zone: usize, from_s: f64, shot: &Shot, policy: &Policy) -> Warned {
    Warned { ring: rings[zone].clone(), from_s, until_s: shot.impact.time_s + policy.hold_s }
}

fn judge(warned: &[Warned], shot: &Shot, policy: &Policy) -> Verdict {
    let (impact, fell_s) = ([shot.impact.position_m.x, shot.impact.position_m.y], shot.impact.time_s);
    let here = warned.iter().filter(|w| w.from_s < fell_s && w.until_s > fell_s && contains(&w.ring, impact));
    let told_s = here.map(|w| w.from_s).reduce(f64::min);
    // Stretches of one alarm lie within each other: only what each adds counts.
    let mut verdict =
        Verdict { warned: told_s.is_some(), lead_s: told_s.map(|told_s| fell_s - told_s), ..Verdict::default() };
    let mut before_m2 = 0.0;
    for (number, w) in warned.iter().enumerate() {
        let grows = number > 0 && warned[number - 1].until_s == w.until_s && contains_ring(w, &warned[number - 1]);
        let area = area_m2(&w.ring);
        let added_m2 = if grows { area - before_m2 } else { area };
        before_m2 = area;
        verdict.area_m2 += added_m2;
        let until_s = w.until_s.min(fell_s + AFTER_S);
        let reach_m2 = PI * policy.effect_radius_m * policy.effect_radius_m;
        let in_danger_m2 = if !grows && contains(&w.ring, impact) { reach_m2.min(added_m2) } else { 0.0 };
        verdict.needless_s += (added_m2 - in_danger_m2).max(0.0) / 1e6 * PEOPLE_PER_KM2 * (until_s - w.from_s).max(0.0);
    }
    verdict
}

fn contains_ring(outer: &Warned, inner: &Warned) -> bool {
    let middle = inner.ring.iter().fold([0.0; 2], |sum, c| [sum[0] + c[0], sum[1] + c[1]]);
    let count = inner.ring.len() as f64;
    outer.from_s > inner.from_s && contains(&outer.ring, middle.map(|c| c / count))
}

/// The table.
#[must_use]
pub fn markdown(outcomes: &[Outcome]) -> String {
    let mut text = String::from(
        "| rule | hits warned % (95 % interval) | median lead s | 5 % of leads below s | median area km2 | mean area km2 | needless person-minutes a round |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for (place, rule) in Rule::ALL.into_iter().enumerate() {
        let of = || outcomes.iter().filter(|outcome| outcome.visible).map(|outcome| outcome.verdicts[place]);
        let (count, hits) = (of().count(), of().filter(|verdict| verdict.warned).count());
        let (low, high) = statistics::wilson(hits, count);
        let leads = |part| statistics::quantile(of().filter_map(|verdict| verdict.lead_s), part);
        let areas = |part| statistics::quantile(of().map(|verdict| verdict.area_m2 / 1e6), part);
        let mean = |value: &dyn Fn(Verdict) -> f64| of().map(value).sum::<f64>() / count.max(1) as f64;
        let _ = writeln!(
            text,
            "| {} | {:.1} ({:.1}-{:.1}) | {:.1} | {:.1} | {:.2} | {:.2} | {:.0} |",
            rule.name(),
            100.0 * hits as f64 / count.max(1) as f64,
            100.0 * low,
            100.0 * high,
            leads(0.5),
            leads(0.05),
            areas(0.5),
            mean(&|verdict| verdict.area_m2 / 1e6),
            mean(&|verdict| verdict.needless_s / 60.0)
        );
    }
    let visible = outcomes.iter().filter(|outcome| outcome.visible).count();
    let _ = writeln!(
        text,
        "\n{visible} of {} rounds were in sight for five seconds or more; only those count.",
        outcomes.len()
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A town of polygons in a row: the engine warns fewer people needlessly than whole polygons would be.
    #[test]
    fn a_street_is_warned_and_not_the_town() {
        let block = |i: i32| {
            let (x, y) = (f64::from(i % 5) * 1_200.0, f64::from(i / 5) * 1_200.0);
            Polygon {
                ring: vec![[x, y], [x + 1_200.0, y], [x + 1_200.0, y + 1_200.0], [x, y + 1_200.0]],
                to_shelter_s: 15.0,
            }
        };
        let polygons: Vec<Polygon> = (0..25).map(block).collect();
        let outcomes = play(&polygons, 3, 5, 1).unwrap();
        let mean = |place: usize| outcomes.iter().map(|o| o.verdicts[place].needless_s).sum::<f64>();
        assert!(outcomes.iter().all(|o| o.verdicts[0].warned), "{outcomes:?}");
        assert!(mean(0) < mean(4) && mean(0) > 0.0, "{outcomes:?}");
        assert!(markdown(&outcomes).contains("cost-loss"));
    }
}
