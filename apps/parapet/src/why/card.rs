//! The alarm card as JSON: all that the text says, for programs.

use std::collections::BTreeMap;

use parapet_service::{AlarmRecord, Atlas, ImpactView, rfc3339};
use parapet_track::{Class, ClassOdds, MotionOdds, TrackId};
use parapet_warn::{Advice, Alarm, SecondsLeft};
use serde::Serialize;

use super::trace::{Alternative, Moment, Trace, Without};
use super::{Case, Support};

/// Why an alarm was raised.
#[derive(Serialize)]
pub(super) struct Card {
    alarm: String,
    zone: String,
    zone_name: String,
    people: u32,
    decided_at: String,
    probability: f64,
    threshold: f64,
    left: Option<SecondsLeft>,
    advice: Advice,
    tracks: Vec<TrackCard>,
    alternatives: Vec<Alternative>,
    without: Vec<Without>,
    messages: Vec<AlarmRecord>,
}

#[derive(Serialize)]
struct TrackCard {
    track: u64,
    class: Option<Class>,
    classes: Option<ClassOdds>,
    odds: Option<MotionOdds>,
    existence: Option<f64>,
    probability_of_a_round: Option<f64>,
    impact: Option<ImpactView>,
    /// Probability that it endangers the zone.
    endangers: Option<f64>,
    /// Plots listed, by sensor.
    sensors: BTreeMap<String, usize>,
    plots: Vec<PlotCard>,
}

#[derive(Serialize)]
struct PlotCard {
    sensor: String,
    sequence: u64,
    measured_at: String,
    heard_at: String,
    range_m: f64,
    azimuth_deg: f64,
    elevation_deg: Option<f64>,
    range_rate_mps: Option<f64>,
    datagram: u64,
}

impl Card {
    pub(super) fn new(
        id: &str,
        messages: &[Alarm],
        decision: &Alarm,
        cases: &BTreeMap<TrackId, Case>,
        trace: &Trace,
        without: &[Without],
        atlas: &Atlas,
    ) -> Self {
        let zone = atlas.zone(decision.id.zone);
        let moment = trace.moments.iter().rev().find(|moment| moment.at <= decision.at);
        Card {
            alarm: id.to_owned(),
            zone: zone.map(|zone| zone.key.clone()).unwrap_or_default(),
            zone_name: zone.map(|zone| zone.name.clone()).unwrap_or_default(),
            people: zone.map_or(0, |zone| zone.people),
            decided_at: rfc3339(decision.at),
            probability: decision.probability,
            threshold: decision.threshold,
            left: decision.left,
            advice: decision.advice,
            tracks: cases.iter().map(|(track, case)| TrackCard::new(*track, case, moment, atlas)).collect(),
            alternatives: trace.alternatives(decision),
            without: without.to_vec(),
            messages: messages.iter().map(|alarm| AlarmRecord::new(atlas, alarm, |_| None)).collect(),
        }
    }
}

impl TrackCard {
    fn new(track: TrackId, case: &Case, moment: Option<&Moment>, atlas: &Atlas) -> Self {
        let mut sensors = BTreeMap::new();
        for support in &case.plots {
            *sensors.entry(atlas.sensor_name(support.plot.sensor)).or_insert(0) += 1;
        }
        let report = case.report.as_ref();
        let mine = |moment: &Moment| moment.threats.iter().find(|(id, _)| *id == track).map(|(_, p)| *p);
        TrackCard {
            track: track.0,
            class: report.map(|report| report.class),
            classes: report.map(|report| report.classes),
            odds: report.map(|report| report.odds),
            existence: report.map(|report| report.existence),
            probability_of_a_round: case.threat.map(|threat| threat.probability),
            impact: case.threat.as_ref().and_then(|threat| atlas.impact(&threat.impact)),
            endangers: moment.and_then(mine),
            sensors,
            plots: case.plots.iter().map(|support| PlotCard::new(support, atlas)).collect(),
        }
    }
}

impl PlotCard {
    fn new(Support { plot, datagram }: &Support, atlas: &Atlas) -> Self {
        PlotCard {
            sensor: atlas.sensor_name(plot.sensor),
            sequence: plot.sequence,
            measured_at: rfc3339(plot.measured_at.0),
            heard_at: rfc3339(plot.heard_at.0),
            range_m: plot.range_m,
            azimuth_deg: plot.azimuth_rad.to_degrees().rem_euclid(360.0),
            elevation_deg: plot.elevation.map(|elevation| elevation.rad.to_degrees()),
            range_rate_mps: plot.range_rate_mps,
            datagram: datagram.number,
        }
    }
}

/// Why a zone was warned, or not.
#[derive(Serialize)]
pub(super) struct ZoneCard {
    pub(super) zone: String,
    pub(super) zone_name: String,
    /// The alarms that it had.
    pub(super) alarms: Vec<String>,
    pub(super) threshold: f64,
    /// When it was most in danger.
    pub(super) worst: Option<WorstCard>,
    /// The tracks whose predicted impacts came nearest, nearest first.
    pub(super) nearest: Vec<NearCard>,
}

#[derive(Serialize)]
pub(super) struct WorstCard {
    pub(super) at: String,
    pub(super) probability: f64,
    pub(super) left: Option<SecondsLeft>,
    pub(super) tracks: Vec<(u64, f64)>,
}

#[derive(Serialize)]
pub(super) struct NearCard {
    pub(super) track: u64,
    pub(super) at: String,
    /// From the zone's outline to the predicted impact, metres; 0 inside.
    pub(super) away_m: f64,
    /// Half of the longer axis of the 95 % ellipse, metres.
    pub(super) semi_major_m: f64,
    pub(super) probability_of_a_round: f64,
    /// Whether the owner's policy believed it then.
    pub(super) believed: bool,
}
