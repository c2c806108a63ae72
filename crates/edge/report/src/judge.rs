//! What the gathered facts amount to: rounds, areas of origin, and how every zone fared.

use std::collections::BTreeMap;

use parapet_engine::Mode;
use parapet_frame::{PlaneCovariance, SitePoint, Time, maths};
use parapet_track::{Plot, TrackEnd, TrackRecord};
use parapet_warn::{Alarm, Command, Impact, OperatorReport, Reason, Stage, Zone};
use serde::Serialize;

use crate::gather::{Case, Gathering, SensorStory};
use crate::report::*;
use crate::{Boundaries, Moment, area, words};

/// The probability that the ellipses hold what they are of.
const ELLIPSE_PROBABILITY: f64 = 0.95;
/// Shares of zones below this are not listed.
const SHARE_MIN: f64 = 0.01;
/// Launches this far apart may still be of one area, metres: vehicles and rails of a salvo stand so.
const AREA_SPREAD_M: f64 = 150.0;
/// Squared standard deviations within which two origins are held to be of one area: 99 % of a place in two dimensions.
const AREA_GATE: f64 = 9.21;
/// Quiet for this long ends an incident, seconds: rounds of one attack and the alarms that they cause follow each other more closely.
pub(crate) const INCIDENT_GAP_S: f64 = 300.0;

pub(crate) fn report(mut gathered: Gathering, boundaries: &Boundaries) -> Report {
    gathered.settle();
    let (rounds, doubtful) = rounds(&gathered);
    let origins = origins(&rounds, &gathered, boundaries);
    let alarms = alarms(&gathered);
    let incidents = incidents(&rounds, &alarms);
    let zones = zones(&rounds, &alarms, &incidents, &gathered);
    let sensors = sensors(&gathered);
    let about = &gathered.about;
    let (orders, comments) = orders(&gathered);
    let mut report = Report {
        format: FORMAT,
        made_by: about.made_by.clone(),
        recording: RecordingFacts {
            file: about.file.clone(),
            sha256: about.sha256.clone(),
            bytes: about.bytes,
            written_by: about.written_by.clone(),
            started_at: Moment(about.started_at),
            ended_at: Moment(gathered.ended_at),
            faults: gathered.faults.clone(),
            unknown_outputs: gathered.unknown.clone(),
            notes: gathered.notes.clone(),
        },
        site: SiteFacts {
            name: about.site.clone(),
            mode: match about.config.mode {
                Mode::Live => "live",
                Mode::Exercise => "exercise",
            }
            .to_owned(),
            lat_deg: about.origin.lat_deg,
            lon_deg: about.origin.lon_deg,
            zones: about.config.zones.len(),
            boundaries: boundaries.source.clone(),
        },
        statement: Vec::new(),
        incidents,
        rounds,
        doubtful,
        origins,
        zones,
        alarms,
        sounds: sounds(&gathered),
        intercepts: gathered.intercepts.clone(),
        sensors,
        channels: channels(&gathered.deliveries),
        deliveries: gathered.deliveries.clone(),
        orders,
        comments,
    };
    report.statement = words::statement(&report);
    report
}

/// The word that serde writes for a plain enum value, such as `take_cover`.
fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

fn place(gathered: &Gathering, place: SitePoint, covariance: PlaneCovariance) -> Place {
    /// Beyond this a place is a number that went astray, metres.
    const FAR_M: f64 = 2_000_000.0;
    let bound = |m: f64| if m.is_finite() { m.clamp(-FAR_M, FAR_M) } else { 0.0 };
    let near = SitePoint { east_m: bound(place.east_m), north_m: bound(place.north_m), up_m: bound(place.up_m) };
    let geodetic = gathered.frame.geodetic_from_site(near);
    let ellipse = covariance.ellipse(ELLIPSE_PROBABILITY);
    Place {
        lat_deg: geodetic.lat_deg,
        lon_deg: geodetic.lon_deg,
        east_m: near.east_m,
        north_m: near.north_m,
        semi_major_m: ellipse.semi_major_m,
        semi_minor_m: ellipse.semi_minor_m,
        bearing_deg: ellipse.bearing_rad.to_degrees(),
        covariance,
    }
}

fn rounds(gathered: &Gathering) -> (Vec<Round>, Vec<Doubtful>) {
    let mut cases: Vec<_> = gathered.cases.iter().collect();
    cases.sort_by_key(|(track, case)| (case.believed.first_plot_at, **track));
    let (mut rounds, mut doubtful) = (Vec::new(), Vec::new());
    for (track, case) in cases {
        match fell(case, gathered.ended_at) {
            Ok((impact, basis)) => rounds.push(round(rounds.len() + 1, case, &impact, basis, gathered)),
            Err(why) => {
                doubtful.push(Doubtful { track: track.0, believed_at: Moment(case.believed_at), why: why.to_owned() })
            }
        }
    }
    (rounds, doubtful)
}

/// Where a believed round came down, or why it is not counted.
fn fell(case: &Case, ended_at: Time) -> Result<(Impact, Basis), &'static str> {
    if let Some(impact) = case.record.as_ref().and_then(|record| record.impact) {
        return Ok((impact, Basis::WholeArc));
    }
    let last = case.believed.impact;
    match case.end {
        _ if !case.still_believed => Err("was no longer believed to be a round"),
        Some(TrackEnd::Landed) => Ok((last, Basis::LastPrediction)),
        Some(TrackEnd::Lost) => Err("was lost before its fall"),
        Some(TrackEnd::Displaced) => Err("gave its place in a full table to another"),
        None if last.at <= ended_at => Ok((last, Basis::LastPrediction)),
        None => Err("still flew when the recording ended"),
    }
}

fn round(number: usize, case: &Case, impact: &Impact, basis: Basis, gathered: &Gathering) -> Round {
    let arc = case.record.as_ref().map(|record| &record.arc);
    let report = case.report.as_ref();
    let last = case.believed;
    let class = arc.map(|arc| arc.class).or(report.map(|report| report.class));
    let record_origin = case.record.as_ref().and_then(|record| record.origin);
    let origin = record_origin.or(case.origin.map(|report| report.origin)).map(|origin| Happened {
        at: Moment(origin.at),
        sigma_time_s: origin.sigma_time_s,
        place: place(gathered, origin.place, origin.covariance),
    });
    let happened = Happened {
        at: Moment(impact.at),
        sigma_time_s: impact.sigma_time_s,
        place: place(gathered, impact.place, impact.covariance),
    };
    let heard = gathered.falls.get(&last.track).map(|fall| Heard {
        verdict: word(fall.verdict),
        off_m: fall.off_m,
        listening: fall.listening,
        sound: fall.source,
    });
    Round {
        number,
        track: last.track.0,
        class: class.map(word).unwrap_or_default(),
        classes: arc.map(|arc| arc.classes).or(report.map(|report| report.classes)),
        first_plot_at: Moment(last.first_plot_at),
        last_plot_at: Moment(arc.map(|arc| arc.last_plot_at).or(report.map(|r| r.last_plot_at)).unwrap_or(last.at)),
        believed_at: Moment(case.believed_at),
        plots: arc.map(|arc| arc.plots).or(report.map(|report| report.plots)).unwrap_or(0),
        origin,
        zones: shares(&happened.place, effect_m(class, gathered), &gathered.about.config.zones),
        impact: happened,
        impact_basis: basis,
        impact_speed_mps: impact.speed_mps,
        apex_m: arc.and_then(|arc| arc.apex).map(|apex| apex.position_m[2]),
        misfit: arc.map(|arc| arc.misfit),
        heard,
        evidence: evidence(&case.plots, arc, gathered),
    }
}

/// How far from an impact of this class people are in danger, by the owner's word, metres.
fn effect_m(class: Option<parapet_track::Class>, gathered: &Gathering) -> f64 {
    use parapet_track::Class;
    let policy = &gathered.about.config.policy;
    let of = &policy.effect_radius_of;
    let own = match class {
        Some(Class::Mortar) => of.mortar_m,
        Some(Class::Artillery) => of.artillery_m,
        Some(Class::Rocket) => of.rocket_m,
        _ => None,
    };
    own.unwrap_or(policy.effect_radius_m)
}

fn shares(impact: &Place, effect_m: f64, zones: &[Zone]) -> Vec<ZoneShare> {
    let mean = [impact.east_m, impact.north_m];
    let near = zones.iter().filter(|zone| area::may_reach(mean, impact.covariance, &zone.rings, effect_m));
    let all = near.map(|zone| ZoneShare {
        zone: zone.key.clone(),
        probability: area::share(mean, impact.covariance, &zone.rings, effect_m),
    });
    let mut shares: Vec<ZoneShare> = all.filter(|share| share.probability >= SHARE_MIN).collect();
    shares.sort_by(|a, b| b.probability.total_cmp(&a.probability).then_with(|| a.zone.cmp(&b.zone)));
    shares
}

/// Plots against the arc that was fitted to all of them, by sensor. As they were measured: what the engine corrected is still in them.
fn evidence(plots: &[Plot], arc: Option<&TrackRecord>, gathered: &Gathering) -> Vec<Evidence> {
    let config = &gathered.about.config;
    let mut by_sensor: BTreeMap<u16, (Evidence, [Sum; 3])> = BTreeMap::new();
    for plot in plots {
        let Some(model) = config.sensors.get(usize::from(plot.sensor.0)) else { continue };
        let (row, sums) = by_sensor.entry(plot.sensor.0).or_default();
        row.sensor.clone_from(&model.name);
        row.plots += 1;
        let Some(state) = arc.and_then(|arc| arc.at(&config.environment, plot.measured_at.0)) else { continue };
        let fitted = model.pose.polar_from_site(state.position_m.into());
        row.compared += 1;
        sums[0].add(plot.range_m - fitted.range_m);
        sums[1].add(maths::wrap_pi(plot.azimuth_rad - fitted.azimuth_rad).to_degrees());
        if let Some(elevation) = plot.elevation {
            sums[2].add((elevation.rad - fitted.elevation_rad).to_degrees());
        }
    }
    let finished = by_sensor.into_values().map(|(row, [range, azimuth, elevation])| Evidence {
        range_rms_m: range.rms(),
        range_mean_m: range.mean(),
        azimuth_rms_deg: azimuth.rms(),
        elevation_rms_deg: elevation.rms(),
        ..row
    });
    finished.collect()
}

/// A running sum of numbers and of their squares.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    count: usize,
    sum: f64,
    squares: f64,
}

impl Sum {
    fn add(&mut self, x: f64) {
        self.count += 1;
        self.sum += x;
        self.squares += x * x;
    }

    fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }

    fn rms(&self) -> Option<f64> {
        (self.count > 0).then(|| (self.squares / self.count as f64).sqrt())
    }
}

fn origins(rounds: &[Round], gathered: &Gathering, boundaries: &Boundaries) -> Vec<OriginArea> {
    let mut areas: Vec<Vec<&Round>> = Vec::new();
    let at = |round: &Round| {
        let place = round.origin?.place;
        Some(([place.east_m, place.north_m], place.covariance))
    };
    for round in rounds {
        let Some(mine) = at(round) else { continue };
        let of_area = |area: &&mut Vec<&Round>| {
            area.iter().filter_map(|other| at(other)).any(|other| area::apart2(mine, other, AREA_SPREAD_M) < AREA_GATE)
        };
        match areas.iter_mut().find(of_area) {
            Some(area) => area.push(round),
            None => areas.push(vec![round]),
        }
    }
    areas.sort_by_key(|area| core::cmp::Reverse(area.len()));
    let described = areas.iter().map(|area| {
        let places: Vec<_> = area.iter().filter_map(|round| at(round)).collect();
        let ([east_m, north_m], covariance) = area::together(&places);
        let up_m = -parapet_frame::curvature_drop_m(east_m, north_m);
        let shares = boundaries.shares([east_m, north_m], covariance).into_iter();
        OriginArea {
            rounds: area.iter().map(|round| round.number).collect(),
            place: place(gathered, SitePoint { east_m, north_m, up_m }, covariance),
            distance_m: (east_m * east_m + north_m * north_m).sqrt(),
            direction_deg: maths::atan2(east_m, north_m).to_degrees().rem_euclid(360.0),
            districts: shares.map(|(district, probability)| DistrictShare { district, probability }).collect(),
        }
    });
    described.collect()
}

fn alarms(gathered: &Gathering) -> Vec<AlarmRow> {
    let row = |(id, told): &(parapet_warn::AlarmId, Vec<Alarm>)| {
        let zone = gathered.about.config.zones.get(usize::from(id.zone.0));
        let key = zone.map_or_else(|| format!("zone-{}", id.zone.0), |zone| zone.key.clone());
        let mut words: Vec<Word> = Vec::new();
        for alarm in told {
            let (stage, reason) = (word(alarm.stage), word(alarm.reason));
            if words.last().is_some_and(|last| last.stage == stage && last.reason == reason) {
                continue;
            }
            words.push(Word {
                at: Moment(alarm.at),
                stage,
                reason,
                probability: alarm.probability,
                seconds_left: alarm.impact_at.map(|at| at.seconds_since(alarm.at)),
                by: alarm.by.clone(),
            });
        }
        let acknowledged = told.iter().find(|alarm| alarm.acknowledged_by.is_some());
        AlarmRow {
            alarm: id.label(&key),
            zone_name: zone.map(|zone| zone.name.clone()).unwrap_or_default(),
            zone: key,
            words,
            acknowledged_by: acknowledged.and_then(|alarm| alarm.acknowledged_by.clone()),
            acknowledged_at: acknowledged.map(|alarm| Moment(alarm.at)),
        }
    };
    gathered.alarms.iter().map(row).collect()
}

/// Rounds and alarms that follow each other without a long quiet between them.
fn incidents(rounds: &[Round], alarms: &[AlarmRow]) -> Vec<Incident> {
    let flights = rounds.iter().map(|round| {
        let launched = round.origin.map_or(round.first_plot_at, |origin| origin.at.min(round.first_plot_at));
        (launched, round.impact.at.max(round.last_plot_at))
    });
    let warnings = alarms.iter().filter_map(|alarm| Some((alarm.words.first()?.at, alarm.words.last()?.at)));
    let mut spans: Vec<(Moment, Moment)> = flights.chain(warnings).collect();
    spans.sort_unstable();
    let mut incidents: Vec<Incident> = Vec::new();
    for (from, until) in spans {
        match incidents.last_mut().filter(|last| from.0.seconds_since(last.until.0) <= INCIDENT_GAP_S) {
            Some(last) => last.until = last.until.max(until),
            None => incidents.push(Incident { number: incidents.len() + 1, from, until, rounds: 0 }),
        }
    }
    for incident in &mut incidents {
        incident.rounds = rounds.iter().filter(|round| incident.holds(round.first_plot_at)).count();
    }
    incidents
}

fn zones(rounds: &[Round], alarms: &[AlarmRow], incidents: &[Incident], gathered: &Gathering) -> Vec<ZoneRow> {
    let mut rows = Vec::new();
    for incident in incidents {
        for zone in &gathered.about.config.zones {
            let row = zone_row(zone, rounds, alarms, incident);
            rows.extend((row.verdict != Verdict::Quiet).then_some(row));
        }
    }
    rows.sort_by(|a, b| {
        (a.incident, a.verdict, a.first_impact_at)
            .cmp(&(b.incident, b.verdict, b.first_impact_at))
            .then_with(|| a.zone.cmp(&b.zone))
    });
    rows
}

fn zone_row(zone: &Zone, rounds: &[Round], alarms: &[AlarmRow], incident: &Incident) -> ZoneRow {
    let mine = |round: &Round| round.zones.iter().find(|share| share.zone == zone.key).map(|share| share.probability);
    let hits: Vec<(f64, Moment)> = rounds
        .iter()
        .filter(|round| incident.holds(round.first_plot_at))
        .filter_map(|round| Some((mine(round)?, round.impact.at)))
        .collect();
    let endangered = 1.0 - hits.iter().map(|(probability, _)| 1.0 - probability).product::<f64>();
    let is_endangered = endangered >= zone.alarm_probability;
    let surely = hits.iter().filter(|(probability, _)| *probability >= zone.alarm_probability).map(|(_, at)| *at).min();
    let first_impact_at = surely.or_else(|| hits.iter().map(|(_, at)| *at).min()).filter(|_| is_endangered);
    let told: Vec<&AlarmRow> = alarms
        .iter()
        .filter(|alarm| alarm.zone == zone.key && alarm.words.first().is_some_and(|word| incident.holds(word.at)))
        .collect();
    let first = |stage: Stage| {
        let stage = word(stage);
        told.iter().flat_map(|alarm| &alarm.words).filter(|told| told.stage == stage).min_by_key(|told| told.at)
    };
    let (prepared, warned) = (first(Stage::Prepare), first(Stage::TakeCover));
    let warned_at = warned.map(|word| word.at);
    let warning_s = first_impact_at.zip(warned_at).map(|(impact, told)| impact.0.seconds_since(told.0));
    let verdict = match (is_endangered, warned, warning_s) {
        (true, None, _) => Verdict::NotWarned,
        (true, Some(_), Some(seconds)) if seconds < 0.0 => Verdict::Late,
        (true, Some(_), _) => Verdict::Warned,
        (false, Some(told), _) if told.reason == word(Reason::OperatorRaised) => Verdict::ByOrder,
        (false, Some(_), _) => Verdict::FalseAlarm,
        (false, None, _) if prepared.is_some() => Verdict::Prepared,
        (false, None, _) => Verdict::Quiet,
    };
    ZoneRow {
        incident: incident.number,
        zone: zone.key.clone(),
        name: zone.name.clone(),
        kind: zone.kind.clone(),
        people: zone.people,
        threshold: zone.alarm_probability,
        endangered,
        first_impact_at,
        prepared_at: prepared.map(|word| word.at),
        warned_at,
        warning_s,
        verdict,
        acknowledged_by: told.iter().find_map(|alarm| alarm.acknowledged_by.clone()),
    }
}

fn sounds(gathered: &Gathering) -> Vec<SoundRow> {
    let row = |source: &parapet_track::SoundSource| SoundRow {
        sound: source.id,
        kind: word(source.kind),
        happened: Happened {
            at: Moment(source.at),
            sigma_time_s: source.sigma_time_s,
            place: place(gathered, source.place, source.covariance),
        },
        nodes: source.ears.len(),
    };
    gathered.sounds.values().map(row).collect()
}

fn sensors(gathered: &Gathering) -> Vec<SensorRow> {
    let end = gathered.ended_at;
    let row = |(number, story): (usize, &SensorStory)| {
        let name = gathered.about.config.sensors.get(number).map(|model| model.name.clone()).unwrap_or_default();
        let span = |from: Time, until: Option<Time>, what: String| Span {
            from: Moment(from),
            until: Moment(until.unwrap_or(end)),
            what,
        };
        let silent: Vec<Span> =
            story.silent.iter().map(|(from, until)| span(*from, *until, "silent".to_owned())).collect();
        let troubles = story.troubles.iter().map(|(trouble, from, until, detail)| {
            let detail = if detail.is_empty() { String::new() } else { format!(": {detail}") };
            span(*from, *until, format!("{}{detail}", trouble.words()))
        });
        SensorRow {
            sensor: name,
            plots: story.plots,
            refused: story.refused.iter().map(|(reason, count)| (word(reason), *count)).collect(),
            silent_s: silent.iter().map(|span| span.until.0.seconds_since(span.from.0)).sum(),
            silent,
            troubles: troubles.collect(),
        }
    };
    gathered.sensors.iter().enumerate().map(row).collect()
}

fn channels(deliveries: &[DeliveryRow]) -> Vec<ChannelRow> {
    let mut by_name: BTreeMap<&str, Vec<&DeliveryRow>> = BTreeMap::new();
    deliveries.iter().for_each(|delivery| by_name.entry(&delivery.channel).or_default().push(delivery));
    let row = |(name, told): (&str, Vec<&DeliveryRow>)| {
        let mut receivers: Vec<&str> = told.iter().map(|delivery| delivery.receiver.as_str()).collect();
        receivers.sort_unstable();
        receivers.dedup();
        let sorted = |of: fn(&DeliveryRow) -> Option<f64>| {
            let mut times: Vec<f64> = told.iter().filter_map(|delivery| of(delivery)).collect();
            times.sort_by(f64::total_cmp);
            times
        };
        let (sent, acknowledged) = (sorted(|delivery| delivery.sent_s), sorted(|delivery| delivery.acknowledged_s));
        let median = |times: &[f64]| times.get(times.len() / 2).copied();
        ChannelRow {
            channel: name.to_owned(),
            receivers: receivers.len(),
            messages: told.len(),
            acknowledged: acknowledged.len(),
            resent: told.iter().filter(|delivery| delivery.resent > 0).count(),
            sent_median_s: median(&sent),
            sent_max_s: sent.last().copied(),
            acknowledged_median_s: median(&acknowledged),
            acknowledged_max_s: acknowledged.last().copied(),
        }
    };
    by_name.into_iter().map(row).collect()
}

fn orders(gathered: &Gathering) -> (Vec<OrderRow>, Vec<CommentRow>) {
    let zones = &gathered.about.config.zones;
    let zone = |id: parapet_warn::ZoneId| {
        zones.get(usize::from(id.0)).map_or_else(|| format!("zone {}", id.0), |zone| zone.name.clone())
    };
    let alarm = |id: &parapet_warn::AlarmId| {
        let key =
            zones.get(usize::from(id.zone.0)).map_or_else(|| format!("zone-{}", id.zone.0), |zone| zone.key.clone());
        id.label(&key)
    };
    let by = |report: &OperatorReport| match &report.command.seconded_by {
        Some(second) => format!("{}, {second}", report.command.who),
        None => report.command.who.clone(),
    };
    let (mut orders, mut comments) = (Vec::new(), Vec::new());
    for report in &gathered.operators {
        let at = Moment(report.at);
        let order = match &report.command.command {
            Command::Comment { text, alarm: about } if report.refused.is_none() => {
                let (text, about) = (text.trim().to_owned(), about.as_ref().map(alarm));
                comments.push(CommentRow { at, by: by(report), alarm: about, text });
                continue;
            }
            Command::Comment { .. } => "put a comment on record".to_owned(),
            Command::Cancel { alarm: id } => format!("cancel {}", alarm(id)),
            Command::StopAll => "stop all alarms".to_owned(),
            Command::Hold => "keep everybody in cover".to_owned(),
            Command::Release => "end the hold".to_owned(),
            Command::Acknowledge { alarm: id } => format!("acknowledge {}", alarm(id)),
            Command::Raise { zones } => {
                format!("warn {}", zones.iter().map(|id| zone(*id)).collect::<Vec<_>>().join(", "))
            }
            Command::Protect { zone: id } => format!("protect {}", zone(*id)),
            Command::Unprotect { zone: id } => format!("no longer protect {}", zone(*id)),
            Command::SetPosture { posture } => format!("posture {}", word(posture)),
        };
        orders.push(OrderRow { at, by: by(report), order, refused: report.refused.map(word) });
    }
    (orders, comments)
}
