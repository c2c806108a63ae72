//! What happened when, and what became true: found while a recording is looked through.

use std::collections::{BTreeMap, BTreeSet};

use parapet_engine::{Output, SensorHealth};
use parapet_flight::Environment;
use parapet_frame::{SitePoint, Time};
use parapet_recording::Entry;
use parapet_track::{Class, TrackId};
use parapet_warn::{Alarm, AlarmId, RoundRecord, Stage, Threat};
use serde::Serialize;

use crate::atlas::{Atlas, ImpactView, OriginView, word};

/// Events that are listed; what is beyond is counted.
const MARKS_MAX: usize = 10_000;
/// Rounds that are kept; what is beyond is counted.
const ROUNDS_MAX: usize = 2_000;
/// Predictions kept for one round; of more, every second is forgotten.
const PREDICTIONS_MAX: usize = 240;
/// Words about one alarm that are kept.
const MESSAGES_MAX: usize = 200;
/// Points by which an arc is drawn.
const ARC_POINTS: u32 = 24;

/// An event that one may jump to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Mark {
    pub(crate) at_ms: i64,
    /// `detection`, a stage of an alarm, `impact`, `sensor_lost`, `sensor_back`, `trouble`, `order`, `note` or `gap`.
    pub(crate) kind: &'static str,
    /// For people.
    pub(crate) words: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) alarm: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) track: Option<u64>,
}

/// What was known of a round at some time.
#[derive(Clone, Copy, Debug, Serialize)]
struct Prediction {
    at_ms: i64,
    probability: f64,
    impact: ImpactView,
}

#[derive(Clone, Debug)]
struct Round {
    class: Class,
    first_plot_at: Time,
    detected_at: Time,
    ended_at: Option<Time>,
    predictions: Vec<Prediction>,
    record: Option<RoundRecord>,
}

/// One word about an alarm.
#[derive(Clone, Debug, Serialize)]
struct Word {
    at_ms: i64,
    stage: String,
    impact_ms: Option<i64>,
    probability: f64,
    threshold: f64,
    threats: Vec<u64>,
}

/// All that is listed of a recording.
#[derive(Clone, Debug, Default)]
pub(crate) struct Story {
    marks: Vec<Mark>,
    marks_left_out: u64,
    rounds: BTreeMap<TrackId, Round>,
    rounds_left_out: u64,
    classes: BTreeMap<TrackId, Class>,
    alarms: BTreeMap<AlarmId, Vec<Word>>,
    silent: BTreeSet<u16>,
}

/// A round with what became true of it.
#[derive(Debug, Serialize)]
struct RoundView<'a> {
    track: u64,
    class: Class,
    first_plot_ms: i64,
    detected_ms: i64,
    ended_ms: Option<i64>,
    /// What was known then.
    predictions: &'a [Prediction],
    /// What became true, by all its plots together; `None` where its track had not ended, or its plots do not agree.
    came_down: Option<ImpactView>,
    /// For the record only.
    came_from: Option<OriginView>,
    /// Longitude, latitude, height in metres and milliseconds, along the smoothed arc down to the ground.
    arc: Vec<(f64, f64, f64, i64)>,
    misfit: Option<f64>,
    agrees: Option<bool>,
}

#[derive(Debug, Serialize)]
struct AlarmLife<'a> {
    id: String,
    zone: String,
    zone_name: String,
    words: &'a [Word],
}

/// What `GET /api/recordings/{name}/rounds` answers.
#[derive(Debug, Serialize)]
pub(crate) struct Truth<'a> {
    rounds: Vec<RoundView<'a>>,
    rounds_left_out: u64,
    alarms: Vec<AlarmLife<'a>>,
}

impl Story {
    /// Takes in what stands in the recording beside outputs.
    pub(crate) fn entry(&mut self, entry: &Entry) {
        match entry {
            Entry::Note(note) => self.mark(Mark::plain(note.at, "note", note.text.clone())),
            Entry::Gap(gap) => {
                let words = format!("{} messages were not recorded: the disk was too slow", gap.lost);
                self.mark(Mark::plain(gap.at, "gap", words));
            }
            Entry::Resumed(at, resumed) => {
                let words =
                    format!("the program began; what stood at the end of the run {} was told anew", resumed.origin.run);
                self.mark(Mark::plain(*at, "note", words));
            }
            Entry::Command(at, command) => {
                let what = serde_json::to_value(command).unwrap_or_default();
                let who = what["who"].as_str().unwrap_or("somebody").to_owned();
                let order = what["command"].as_str().map(str::to_owned);
                let order =
                    order.or_else(|| what["command"].as_object().and_then(|order| order.keys().next().cloned()));
                let words = format!("{who} orders: {}", order.unwrap_or_default().replace('_', " "));
                self.mark(Mark::plain(*at, "order", words));
            }
            _ => {}
        }
    }

    /// Takes in what the engine said in the step at `at`. An event is listed at its step and not at the time that it tells, which may be a
    /// little earlier: the page showed it from the step on.
    pub(crate) fn output(&mut self, at: Time, output: &Output, atlas: &Atlas) {
        match output {
            Output::Track(report) => drop(self.classes.insert(report.id, report.class)),
            Output::TrackEnded { track, at, .. } => {
                self.classes.remove(track);
                if let Some(round) = self.rounds.get_mut(track) {
                    round.ended_at = Some(*at);
                }
            }
            Output::Threat(threat) => self.threat(at, threat, atlas),
            Output::Record(record) => {
                if let Some(round) = self.rounds.get_mut(&record.arc.track) {
                    round.record = Some(record.as_ref().clone());
                }
            }
            Output::Alarm(alarm) => self.alarm(at, alarm, atlas),
            Output::Sensor(report) => {
                let name = atlas.sensor_name(report.sensor);
                match report.health {
                    SensorHealth::Silent if self.silent.insert(report.sensor.0) => {
                        self.mark(Mark::plain(at, "sensor_lost", format!("{name} falls silent")));
                    }
                    SensorHealth::Speaking if self.silent.remove(&report.sensor.0) => {
                        self.mark(Mark::plain(at, "sensor_back", format!("{name} speaks again")));
                    }
                    _ => {}
                }
            }
            Output::Trouble(report) => {
                let over = if report.stands { "" } else { " (over)" };
                let words = format!("{}: {}{over}", atlas.sensor_name(report.sensor), report.trouble.words());
                self.mark(Mark::plain(at, "trouble", words));
            }
            _ => {}
        }
    }

    fn mark(&mut self, mark: Mark) {
        if self.marks.len() < MARKS_MAX {
            self.marks.push(mark);
        } else {
            self.marks_left_out += 1;
        }
    }

    fn threat(&mut self, at: Time, threat: &Threat, atlas: &Atlas) {
        if !self.rounds.contains_key(&threat.track) {
            if !threat.believed {
                return;
            }
            if self.rounds.len() >= ROUNDS_MAX {
                self.rounds_left_out += 1;
                return;
            }
            let class = self.classes.get(&threat.track).copied().unwrap_or(Class::Unknown);
            let (ended_at, predictions, record) = Default::default();
            let first_plot_at = threat.first_plot_at;
            let round = Round { class, first_plot_at, detected_at: at, ended_at, predictions, record };
            self.rounds.insert(threat.track, round);
            let words = format!("Round {} detected", threat.track.0);
            self.mark(Mark { track: Some(threat.track.0), ..Mark::plain(at, "detection", words) });
        }
        let class = self.classes.get(&threat.track).copied();
        let (Some(round), Some(impact)) = (self.rounds.get_mut(&threat.track), atlas.impact(&threat.impact)) else {
            return;
        };
        round.class = class.unwrap_or(round.class);
        round.predictions.push(Prediction { at_ms: at.millis(), probability: threat.probability, impact });
        if round.predictions.len() > PREDICTIONS_MAX {
            let mut odd = false;
            round.predictions.retain(|_| {
                odd = !odd;
                odd
            });
        }
    }

    fn alarm(&mut self, at: Time, alarm: &Alarm, atlas: &Atlas) {
        let stage = word(alarm.stage);
        let words = self.alarms.entry(alarm.id).or_default();
        let is_news = words.last().is_none_or(|last| last.stage != stage);
        if words.len() < MESSAGES_MAX {
            words.push(Word {
                at_ms: alarm.at.millis(),
                stage,
                impact_ms: alarm.impact_at.map(Time::millis),
                probability: alarm.probability,
                threshold: alarm.threshold,
                threats: alarm.threats.iter().map(|track| track.0).collect(),
            });
        }
        if !is_news {
            return;
        }
        let zone = atlas.zone(alarm.id.zone);
        let name = zone.map(|zone| zone.name.clone()).unwrap_or_default();
        let kind = match alarm.stage {
            Stage::Prepare => "prepare",
            Stage::TakeCover => "take_cover",
            Stage::Hold => "hold",
            Stage::AllClear => "all_clear",
            Stage::Withdrawn => "withdrawn",
        };
        let words = match alarm.stage {
            Stage::Prepare => format!("{name}: be ready"),
            Stage::TakeCover => match alarm.impact_at.map(|at| at.seconds_since(alarm.at)).filter(|left| *left > 0.0) {
                Some(left_s) => format!("{name}: take cover, told {left_s:.1} s"),
                None => format!("{name}: take cover"),
            },
            Stage::Hold => format!("{name}: hold"),
            Stage::AllClear => format!("{name}: all clear"),
            Stage::Withdrawn => format!("{name}: withdrawn, {}", word(alarm.reason).replace('_', " ")),
        };
        let (alarm_name, zone) = (Some(atlas.alarm_id(alarm.id)), zone.map(|zone| zone.key.clone()));
        self.mark(Mark { alarm: alarm_name, zone, ..Mark::plain(at, kind, words) });
    }

    /// Every event up to now in the order of time, impacts among them.
    pub(crate) fn marks(&self, until: Time) -> Vec<Mark> {
        let mut marks = self.marks.clone();
        marks.extend(self.rounds.iter().filter_map(|(track, round)| round.came_down(*track, until)));
        marks.sort_by_key(|mark| mark.at_ms);
        marks
    }

    pub(crate) fn marks_left_out(&self) -> u64 {
        self.marks_left_out
    }

    pub(crate) fn rounds(&self) -> usize {
        self.rounds.len()
    }

    pub(crate) fn alarms(&self) -> usize {
        self.alarms.len()
    }

    /// What was known then, and what became true.
    pub(crate) fn truth(&self, atlas: &Atlas) -> Truth<'_> {
        let alarms = self.alarms.iter().map(|(id, words)| {
            let zone = atlas.zone(id.zone);
            AlarmLife {
                id: atlas.alarm_id(*id),
                zone: zone.map(|zone| zone.key.clone()).unwrap_or_default(),
                zone_name: zone.map(|zone| zone.name.clone()).unwrap_or_default(),
                words,
            }
        });
        let rounds = self.rounds.iter().map(|(track, round)| round.view(*track, atlas));
        Truth { rounds: rounds.collect(), rounds_left_out: self.rounds_left_out, alarms: alarms.collect() }
    }
}

impl Mark {
    fn plain(at: Time, kind: &'static str, words: String) -> Self {
        Mark { at_ms: at.millis(), kind, words, alarm: None, zone: None, track: None }
    }
}

impl Round {
    fn came_down(&self, track: TrackId, until: Time) -> Option<Mark> {
        let of_record = self.record.as_ref().and_then(|record| record.impact.as_ref()).map(|impact| impact.at.millis());
        let predicted = self.predictions.last().map(|prediction| prediction.impact.at_ms);
        let at_ms = of_record.or(predicted).filter(|at_ms| *at_ms <= until.millis())?;
        let how = if of_record.is_some() { "" } else { " (by its last prediction)" };
        let words = format!("Round {} comes down{how}", track.0);
        let (alarm, zone) = (None, None);
        Some(Mark { at_ms, kind: "impact", words, alarm, zone, track: Some(track.0) })
    }

    fn view(&self, track: TrackId, atlas: &Atlas) -> RoundView<'_> {
        let record = self.record.as_ref();
        RoundView {
            track: track.0,
            class: record.map_or(self.class, |record| record.arc.class),
            first_plot_ms: self.first_plot_at.millis(),
            detected_ms: self.detected_at.millis(),
            ended_ms: self.ended_at.map(Time::millis),
            predictions: &self.predictions,
            came_down: record.and_then(|record| atlas.impact(record.impact.as_ref()?)),
            came_from: record.and_then(|record| atlas.point_of_origin(record.origin.as_ref()?)),
            arc: record.map(|record| arc(record, atlas)).unwrap_or_default(),
            misfit: record.map(|record| record.arc.misfit),
            agrees: record.map(|record| record.arc.agrees),
        }
    }
}

/// The smoothed arc, and from its last state to the ground.
fn arc(record: &RoundRecord, atlas: &Atlas) -> Vec<(f64, f64, f64, i64)> {
    let environment: &Environment = &atlas.config().environment;
    let (start, end) = (record.arc.start.at, record.arc.end.at);
    let flight_s = end.seconds_since(start);
    let instant = |n| start.plus_seconds(flight_s * f64::from(n) / f64::from(ARC_POINTS)).min(end);
    let states = (0..=ARC_POINTS).filter_map(|n| record.arc.at(environment, instant(n)));
    let places = states.map(|state| {
        (state.at, SitePoint { east_m: state.position_m[0], north_m: state.position_m[1], up_m: state.position_m[2] })
    });
    let ground = record.impact.as_ref().filter(|impact| impact.at > end).map(|impact| (impact.at, impact.place));
    let shown = places.chain(ground).filter_map(|(at, place)| {
        let place = atlas.geodetic(place)?;
        Some((place.lon_deg, place.lat_deg, place.height_m, at.millis()))
    });
    shown.collect()
}
