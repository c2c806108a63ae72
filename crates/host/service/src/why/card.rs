//! The alarm card as JSON: all that is known of a decision, for the page and for programs.

use std::collections::BTreeMap;

use parapet_frame::Time;
use parapet_track::{Class, ClassOdds, MotionOdds, TrackId};
use parapet_warn::{Advice, Alarm, Policy, Posture, SecondsLeft, Stage, Zone};
use serde::Serialize;
use serde_json::Value;

use super::{Alternative, Case, Explained, Moment, Support, Trace, Without};
use crate::alarm_record::AlarmRecord;
use crate::atlas::{Atlas, ImpactView, OriginView, rfc3339};

/// Points of a curve that are drawn.
const CURVE_MAX: usize = 400;
/// Plots listed of one track: the latest.
const PLOTS_MAX: usize = 200;

/// Why an alarm was raised.
#[derive(Debug, Serialize)]
pub struct Card {
    alarm: String,
    zone: String,
    zone_name: String,
    people: u32,
    mode: parapet_engine::Mode,
    decided_at: String,
    stage: Stage,
    probability: f64,
    threshold: f64,
    rule: RuleCard,
    left: Option<SecondsLeft>,
    advice: Advice,
    tracks: Vec<TrackCard>,
    hazard: Vec<CurvePoint>,
    timeline: TimelineCard,
    deliveries: Vec<Value>,
    alternatives: Vec<Alternative>,
    /// `None` where it was not asked for: it takes a run for each sensor.
    without: Option<Vec<Without>>,
    messages: Vec<AlarmRecord>,
    /// The ring of the zone as longitude and latitude, for a drawing.
    outline: Vec<[f64; 2]>,
}

/// What the owner decided, by which the alarm was raised.
#[derive(Debug, Serialize)]
struct RuleCard {
    /// The zone's threshold in the normal posture: the cost of a needless alarm divided by that and the cost of a missed round.
    zone_threshold: f64,
    /// How many needless alarms a missed round is worth by that.
    misses_worth: f64,
    posture: Posture,
    ballistic_probability: f64,
    existence_probability: f64,
    plots_min: u32,
    corroboration: u32,
    effect_radius_m: f64,
}

impl RuleCard {
    fn of(zone: Option<&Zone>, policy: &Policy) -> Self {
        let zone_threshold = zone.map_or(0.0, |zone| zone.alarm_probability);
        RuleCard {
            zone_threshold,
            misses_worth: if zone_threshold > 0.0 { (1.0 - zone_threshold) / zone_threshold } else { 0.0 },
            posture: policy.posture,
            ballistic_probability: policy.ballistic_probability,
            existence_probability: policy.existence_probability,
            plots_min: policy.plots_min,
            corroboration: policy.corroboration,
            effect_radius_m: policy.effect_radius_m,
        }
    }
}

/// One point of the hazard over time.
#[derive(Clone, Copy, Debug, Serialize)]
struct CurvePoint {
    at_ms: i64,
    probability: f64,
    threshold: f64,
}

/// From the radar's measurement to the decision; deliveries tell the rest of the way.
#[derive(Debug, Serialize)]
struct TimelineCard {
    /// When the plot was measured that completed the case, by its sensor's clock.
    measured_ms: Option<i64>,
    /// When it was heard.
    heard_ms: Option<i64>,
    /// Which sensor said it.
    sensor: Option<String>,
    decided_ms: i64,
}

impl TimelineCard {
    fn of(decision: &Alarm, cases: &BTreeMap<TrackId, Case>, atlas: &Atlas) -> Self {
        let plots = cases.values().flat_map(|case| &case.plots).map(|support| &support.plot);
        let last = plots.filter(|plot| plot.heard_at.0 <= decision.at).max_by_key(|plot| plot.heard_at);
        TimelineCard {
            measured_ms: last.map(|plot| plot.measured_at.0.millis()),
            heard_ms: last.map(|plot| plot.heard_at.0.millis()),
            sensor: last.map(|plot| atlas.sensor_name(plot.sensor)),
            decided_ms: decision.at.millis(),
        }
    }
}

fn curve(moments: &[Moment]) -> Vec<CurvePoint> {
    let every = moments.len().div_ceil(CURVE_MAX).max(1);
    // Of several moments that share a point the worst is drawn: a peak must not be lost.
    let worst = |few: &[Moment]| few.iter().max_by(|a, b| a.probability.total_cmp(&b.probability)).cloned();
    let points = moments.chunks(every).filter_map(worst);
    let mut latest = Time::from_nanos(i64::MIN);
    let point = |moment: Moment| {
        // Moments are dated by their plots, and sensors see at their own times: a curve goes forward all the same.
        latest = latest.max(moment.at);
        CurvePoint { at_ms: latest.millis(), probability: moment.probability, threshold: moment.threshold }
    };
    points.map(point).collect()
}

#[derive(Debug, Serialize)]
struct TrackCard {
    track: u64,
    class: Option<Class>,
    classes: Option<ClassOdds>,
    odds: Option<MotionOdds>,
    existence: Option<f64>,
    probability_of_a_round: Option<f64>,
    impact: Option<ImpactView>,
    /// Where it came down, by all its plots together; for the record.
    came_down: Option<ImpactView>,
    /// Where it came from, likewise.
    came_from: Option<OriginView>,
    /// Metres between the impact that was predicted and that of the record.
    off_m: Option<f64>,
    /// Plots used up to then.
    plots_used: Option<u32>,
    /// Probability that it endangers the zone.
    endangers: Option<f64>,
    /// Plots listed, by sensor.
    sensors: BTreeMap<String, usize>,
    plots: Vec<PlotCard>,
}

#[derive(Debug, Serialize)]
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
    /// Everything about an alarm.
    #[must_use]
    pub fn new(explained: &Explained, without: Option<&[Without]>) -> Self {
        let Explained { id, atlas, messages, decision, cases, trace, deliveries, .. } = explained;
        let zone = atlas.zone(decision.id.zone);
        let moment = trace.moments.iter().rev().find(|moment| moment.at <= decision.at);
        let ring = zone.and_then(|zone| zone.rings.first()).map(Vec::as_slice).unwrap_or_default();
        Card {
            alarm: id.clone(),
            zone: zone.map(|zone| zone.key.clone()).unwrap_or_default(),
            zone_name: zone.map(|zone| zone.name.clone()).unwrap_or_default(),
            people: zone.map_or(0, |zone| zone.people),
            mode: atlas.config().mode,
            decided_at: rfc3339(decision.at),
            stage: decision.stage,
            probability: decision.probability,
            threshold: decision.threshold,
            rule: RuleCard::of(zone, &atlas.config().policy),
            left: decision.left,
            advice: decision.advice,
            tracks: cases.iter().map(|(track, case)| TrackCard::new(*track, case, moment, atlas)).collect(),
            hazard: curve(&trace.moments),
            timeline: TimelineCard::of(decision, cases, atlas),
            deliveries: deliveries.clone(),
            alternatives: trace.alternatives(decision),
            without: without.map(<[Without]>::to_vec),
            messages: messages.iter().map(|alarm| AlarmRecord::new(atlas, alarm, |_| None)).collect(),
            outline: ring.iter().map(|corner| atlas.lon_lat(*corner)).collect(),
        }
    }

    /// The same with what is known of its messages now, which is more than the recording holds while it is written.
    #[must_use]
    pub(crate) fn told(self, deliveries: Vec<Value>) -> Self {
        if deliveries.is_empty() { self } else { Card { deliveries, ..self } }
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
        let record = case.record.as_ref();
        let off = |predicted: &parapet_warn::Impact| {
            let place = record?.impact?.place;
            Some((predicted.place.east_m - place.east_m).hypot(predicted.place.north_m - place.north_m))
        };
        let listed = case.plots.len().saturating_sub(PLOTS_MAX);
        TrackCard {
            track: track.0,
            class: report.map(|report| report.class),
            classes: report.map(|report| report.classes),
            odds: report.map(|report| report.odds),
            existence: report.map(|report| report.existence),
            probability_of_a_round: case.threat.map(|threat| threat.probability),
            impact: case.threat.as_ref().and_then(|threat| atlas.impact(&threat.impact)),
            came_down: record.and_then(|record| atlas.impact(record.impact.as_ref()?)),
            came_from: record.and_then(|record| atlas.point_of_origin(record.origin.as_ref()?)),
            off_m: case.threat.as_ref().and_then(|threat| off(&threat.impact)),
            plots_used: report.map(|report| report.plots),
            endangers: moment.and_then(mine),
            sensors,
            plots: case.plots[listed..].iter().map(|support| PlotCard::new(support, atlas)).collect(),
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
#[derive(Debug, Serialize)]
pub struct ZoneCard {
    /// Its key.
    pub zone: String,
    /// Its name for people.
    pub zone_name: String,
    /// How many people are there.
    pub people: u32,
    /// The alarms that it had.
    pub alarms: Vec<String>,
    /// The threshold that its danger was held against.
    pub threshold: f64,
    /// When it was most in danger.
    pub worst: Option<WorstCard>,
    /// The tracks whose predicted impacts came nearest, nearest first.
    pub nearest: Vec<NearCard>,
    rule: RuleCard,
    hazard: Vec<CurvePoint>,
    /// The ring of the zone as longitude and latitude, for a drawing.
    outline: Vec<[f64; 2]>,
}

/// The worst moment of a zone.
#[derive(Debug, Serialize)]
pub struct WorstCard {
    /// RFC 3339 UTC.
    pub at: String,
    /// Probability that at least one round endangered it.
    pub probability: f64,
    /// Seconds left until the first round would have come.
    pub left: Option<SecondsLeft>,
    /// The rounds that may have endangered it, with their probabilities.
    pub tracks: Vec<(u64, f64)>,
}

/// A track that came near a zone.
#[derive(Debug, Serialize)]
pub struct NearCard {
    /// Its number.
    pub track: u64,
    /// When it was predicted to fall nearest, RFC 3339 UTC.
    pub at: String,
    /// From the zone's outline to the predicted impact, metres; 0 inside.
    pub away_m: f64,
    /// Half of the longer axis of the 95 % ellipse, metres.
    pub semi_major_m: f64,
    /// Probability that it exists and is a round.
    pub probability_of_a_round: f64,
    /// Whether the owner's policy believed it then.
    pub believed: bool,
    impact: Option<ImpactView>,
}

impl ZoneCard {
    pub(super) fn new(number: usize, alarms: Vec<String>, trace: &Trace, atlas: &Atlas) -> Self {
        /// Tracks that are named.
        const NEAREST_MAX: usize = 5;
        let zone = &atlas.config().zones[number];
        let mut near: Vec<_> = trace.nearest.values().collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.track.cmp(&b.1.track)));
        let near = near.into_iter().take(NEAREST_MAX).map(|(away_m, threat)| NearCard {
            track: threat.track.0,
            at: rfc3339(threat.at),
            away_m: *away_m,
            semi_major_m: threat.impact.covariance.ellipse(crate::ELLIPSE_PROBABILITY).semi_major_m,
            probability_of_a_round: threat.probability,
            believed: threat.believed,
            impact: atlas.impact(&threat.impact),
        });
        let worst = trace.worst.as_ref();
        ZoneCard {
            zone: zone.key.clone(),
            zone_name: zone.name.clone(),
            people: zone.people,
            alarms,
            threshold: worst.map_or(zone.alarm_probability, |worst| worst.threshold),
            worst: worst.map(|worst| WorstCard {
                at: rfc3339(worst.at),
                probability: worst.probability,
                left: worst.left,
                tracks: worst.threats.iter().map(|(track, probability)| (track.0, *probability)).collect(),
            }),
            nearest: near.collect(),
            rule: RuleCard::of(Some(zone), &atlas.config().policy),
            hazard: curve(&trace.moments),
            outline: zone.rings.first().into_iter().flatten().map(|corner| atlas.lon_lat(*corner)).collect(),
        }
    }
}
