//! The public picture: how the zones stand that have an alarm, whether anybody sees, and roughly where rounds are.

use std::collections::{BTreeMap, BTreeSet};

use parapet_cap::words::page::told;
use parapet_frame::Time;
use parapet_warn::{Advice, Alarm, Stage, ZoneId};
use serde::Serialize;

use super::site;
use crate::atlas::word;
use crate::picture_view::Views;

/// A round is shown by the square that it is in, with sides of this length, metres, and no finer.
const CELL_M: f64 = 1_000.0;
/// Squares that are shown at most.
const CELLS_MAX: usize = 64;
/// Digits of a degree for corners of an endangered part: about a metre.
const PART_DIGITS: f64 = 1e5;
/// Digits of a degree for the middle of a square: about a hundred metres, so that nobody takes it for a place.
const CELL_DIGITS: f64 = 1e3;

#[derive(Serialize)]
struct PublicPicture {
    now_ms: i64,
    mode: &'static str,
    /// When a sensor that could see a round was last heard.
    heard_ms: Option<i64>,
    eyes: &'static str,
    zones: Vec<ZoneView>,
    /// The middles of the squares that rounds are in: longitude, latitude.
    rounds: Vec<[f64; 2]>,
}

/// How a zone stands that has an alarm, or had one a moment ago.
#[derive(Serialize)]
struct ZoneView {
    zone: String,
    alarm: String,
    stage: String,
    at_ms: i64,
    /// The next predicted impact, while one is to come.
    impact_ms: Option<i64>,
    /// Whether an earlier predicted impact is over.
    struck: bool,
    advice: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    walk_s: Option<f64>,
    percent: u8,
    /// The names of the texts that say what happens and what to do.
    tell: [String; 2],
    /// The endangered part as one ring, longitude and latitude, not closed; absent where it is the whole zone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    part: Vec<[f64; 2]>,
}

/// The public picture as JSON; `eyes` are the numbers of the sensors that could see a round.
pub(crate) fn json(views: &Views<'_>, eyes: &[usize]) -> String {
    let picture = PublicPicture {
        now_ms: views.now.millis(),
        mode: site::mode(views.atlas.config().mode),
        heard_ms: eyes.iter().filter_map(|eye| views.status.sensors.get(*eye)?.last_heard).max().map(Time::millis),
        eyes: sight(views, eyes),
        zones: most_telling(views).into_values().map(|alarm| zone_view(views, alarm)).collect(),
        rounds: squares(views),
    };
    // Plain structures of numbers and text always serialise.
    serde_json::to_string(&picture).unwrap_or_default()
}

/// Whether all sensors that could see a round do their work, some, or none.
fn sight(views: &Views<'_>, eyes: &[usize]) -> &'static str {
    let open = eyes.iter().filter(|eye| views.state(**eye) == "ok").count();
    let troubled = |eye: &usize| views.status.sensors.get(*eye).is_some_and(|tally| !tally.troubles.is_empty());
    match open {
        0 => "none",
        open if open == eyes.len() && !eyes.iter().any(troubled) => "ok",
        _ => "partly",
    }
}

/// One alarm for each zone: the most urgent that stands, or else the last that ended.
fn most_telling<'a>(views: &Views<'a>) -> BTreeMap<ZoneId, &'a Alarm> {
    let mut telling: BTreeMap<ZoneId, &Alarm> = BTreeMap::new();
    for alarm in views.tables.alarms.values() {
        let shown = telling.entry(alarm.id.zone).or_insert(alarm);
        if weight(alarm) > weight(shown) {
            *shown = alarm;
        }
    }
    telling
}

fn weight(alarm: &Alarm) -> (u8, Time) {
    let urgency = match alarm.stage {
        Stage::TakeCover => 3,
        Stage::Hold => 2,
        Stage::Prepare => 1,
        Stage::AllClear | Stage::Withdrawn => 0,
    };
    (urgency, alarm.at)
}

fn zone_view(views: &Views<'_>, alarm: &Alarm) -> ZoneView {
    let impacts = alarm.threats.iter().filter_map(|track| Some(views.tables.threats.get(track)?.impact.at));
    let next = impacts.chain(alarm.impact_at).filter(|at| *at > views.now).min();
    let to_come = !alarm.stage.is_ended();
    let (advice, walk_s) = match alarm.advice {
        Advice::BeReady => ("be_ready", None),
        Advice::DownNow => ("down_now", None),
        Advice::WalkToShelter { walk_s } => ("walk_to_shelter", Some(walk_s.ceil())),
        Advice::StayInCover => ("stay_in_cover", None),
        Advice::LeaveCover => ("leave_cover", None),
    };
    let corner = |corner: &[f64; 2]| views.atlas.lon_lat(*corner).map(|deg| rounded(deg, PART_DIGITS));
    ZoneView {
        zone: views.atlas.zone(alarm.id.zone).map(|zone| zone.key.clone()).unwrap_or_default(),
        alarm: views.atlas.alarm_id(alarm.id),
        stage: word(alarm.stage),
        at_ms: alarm.at.millis(),
        impact_ms: next.filter(|_| to_come).map(Time::millis),
        struck: alarm.stage == Stage::Hold || alarm.impact_at.is_some_and(|at| at <= views.now),
        advice,
        walk_s,
        percent: (100.0 * alarm.probability.clamp(0.0, 1.0)).round() as u8,
        tell: told(views.atlas.config().mode, alarm),
        part: alarm.part.iter().map(corner).collect(),
    }
}

fn squares(views: &Views<'_>) -> Vec<[f64; 2]> {
    let place = |track| {
        let [east_m, north_m, _] = views.tables.tracks.get(track)?.position_m;
        Some([east_m, north_m].map(|m| (m / CELL_M).floor() as i32))
    };
    let cells: BTreeSet<[i32; 2]> = views.tables.threats.keys().filter_map(place).collect();
    let middle = |cell: [i32; 2]| {
        let middle = cell.map(|n| (f64::from(n) + 0.5) * CELL_M);
        views.atlas.lon_lat(middle).map(|deg| rounded(deg, CELL_DIGITS))
    };
    cells.into_iter().take(CELLS_MAX).map(middle).collect()
}

fn rounded(deg: f64, digits: f64) -> f64 {
    (deg * digits).round() / digits
}
