//! How much of the possible warning time people get.
//!
//! The ceiling is the time from the first plot of the round, and 2.5 s on top (two to see that it moves as a round does, a half to tell
//! of it), until its impact.

use std::fmt::Write as _;

use parapet_engine::Config;
use parapet_warn::{Stage, Zone};
use parapet_world::{MessageKind, Scenario, Scene, listen};

use super::polygons::distance_m;
use crate::play::{self, Player};
use crate::statistics;

/// Seconds after the first plot before which nobody could be warned: 2 s of track and 0.5 s.
const CEILING_AFTER_S: f64 = 2.5;
/// Half the side of the zone about a round that falls into none, metres.
const HALF_M: f64 = 150.0;

/// What the people under one round got.
#[derive(Clone, Debug, PartialEq)]
pub struct Lead {
    /// The scene and the seed.
    pub scene: String,
    /// The round.
    pub round: String,
    /// From when on they could have been warned until the impact, seconds.
    pub ceiling_s: f64,
    /// From when on they were; `None` where they were not.
    pub lead_s: Option<f64>,
}

/// Plays a scenario with a seed. The zones are the site's, and one about each round that falls into none of them, so that each
/// round has people under it.
///
/// # Errors
/// When the scenario cannot be made concrete: what, where and what to do.
pub fn play(scenario: &Scenario, seed: u64, site: Option<&Config>) -> Result<Vec<Lead>, String> {
    let mut scene = Scene::build(scenario, seed).map_err(|problem| problem.to_string())?;
    let last_s = scene.objects.iter().filter_map(|o| o.round).map(|round| round.impact.time_s).fold(0.0, f64::max);
    scene.duration_s = scene.duration_s.max(last_s + 1.0);
    let rounds: Vec<_> = scene.objects.iter().enumerate().filter_map(|(n, o)| Some((n, o.round?.impact))).collect();
    let mut zones: Vec<Zone> = site.map_or_else(Vec::new, |config| config.zones.clone());
    for (number, impact) in &rounds {
        let place = [impact.position_m.x, impact.position_m.y];
        if !zones.iter().any(|zone| distance_m(&zone.rings[0], place) == 0.0) {
            zones.push(square(*number, place));
        }
    }
    let mut config = site.cloned().unwrap_or_else(|| play::configuration(&scene, Vec::new()));
    config.zones.clone_from(&zones);
    let messages = listen(&scene);
    let first_plot_s = |object: usize| {
        let of_round = messages.iter().filter_map(|message| match &message.kind {
            MessageKind::Plots(plots) => {
                plots.iter().filter(|p| p.object == Some(object)).map(|p| p.measured_s).reduce(f64::min)
            }
            _ => None,
        });
        of_round.reduce(f64::min)
    };
    let mut player = Player::new(config, &scene, &messages);
    let alarms = player.until(scene.duration_s).alarms.clone();
    let lead = |(number, impact): &(usize, parapet_world::Moment)| {
        let place = [impact.position_m.x, impact.position_m.y];
        let zone = zones.iter().position(|zone| distance_m(&zone.rings[0], place) == 0.0)?;
        let of_zone: Vec<_> = alarms
            .iter()
            .filter(|alarm| usize::from(alarm.id.zone.0) == zone && alarm.at < play::at(impact.time_s))
            .collect();
        let standing = of_zone.last().filter(|alarm| alarm.stage.is_in_cover());
        let cover = standing.and_then(|last| of_zone.iter().find(|a| a.id == last.id && a.stage == Stage::TakeCover));
        Some(Lead {
            scene: format!("{} {seed}", scenario.name),
            round: format!("{number}"),
            ceiling_s: impact.time_s - first_plot_s(*number)? - CEILING_AFTER_S,
            lead_s: cover.map(|alarm| impact.time_s - play::seconds(alarm.at)),
        })
    };
    Ok(rounds.iter().filter_map(lead).filter(|lead| lead.ceiling_s > 0.0).collect())
}

fn square(number: usize, [east_m, north_m]: [f64; 2]) -> Zone {
    let corner = |e: f64, n: f64| [east_m + e * HALF_M, north_m + n * HALF_M];
    Zone {
        key: format!("under-{number}"),
        name: format!("Under {number}"),
        kind: "housing".to_owned(),
        people: 100,
        rings: vec![vec![corner(-1.0, -1.0), corner(1.0, -1.0), corner(1.0, 1.0), corner(-1.0, 1.0)]],
        alarm_probability: 0.1,
        shelter_s: None,
    }
}

/// One line for each set of leads.
#[must_use]
pub fn markdown(sets: &[(String, Vec<Lead>)]) -> String {
    let mut text = String::from(
        "| scene | rounds | warned | median ceiling s | median lead s | median share of the ceiling % | 5 % of shares below % |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for (name, leads) in sets {
        let warned = leads.iter().filter(|lead| lead.lead_s.is_some()).count();
        // A zone that was warned of an earlier round of the salvo has more than the ceiling of this one.
        let share = |lead: &Lead| lead.lead_s.map_or(0.0, |lead_s| (lead_s / lead.ceiling_s).min(1.0));
        let quantile = |value: &dyn Fn(&Lead) -> f64, part| statistics::quantile(leads.iter().map(value), part);
        let _ = writeln!(
            text,
            "| {name} | {} | {warned} | {:.1} | {:.1} | {:.0} | {:.0} |",
            leads.len(),
            quantile(&|lead| lead.ceiling_s, 0.5),
            quantile(&|lead| lead.lead_s.unwrap_or(0.0), 0.5),
            100.0 * quantile(&share, 0.5),
            100.0 * quantile(&share, 0.05)
        );
    }
    text
}
