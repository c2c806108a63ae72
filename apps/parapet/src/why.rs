//! `parapet why`.

mod card;
mod trace;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;

use clap::Args;
use parapet_engine::{Event, Output};
use parapet_frame::Time;
use parapet_recording::{Input, Recording};
use parapet_service::{Atlas, SiteNote, rfc3339};
use parapet_track::{Plot, PlotRef, SensorId, TrackId, TrackReport};
use parapet_warn::{Advice, Alarm, OriginReport, RoundRecord, Stage, Threat, ZoneId};

use crate::exit::{Exit, Failure};
use crate::out::Out;
use crate::rerun::{self, Again, Ending};
use crate::{deliveries, files};
use card::{Card, NearCard, WorstCard, ZoneCard};
use trace::{Trace, Without};

/// Plots remembered until a track says that it used them.
const PLOTS_MAX: usize = 100_000;

/// Explain an alarm, or why a zone had none: the chain from the decision back to the plots and datagrams
///
/// Runs the recording again and prints what was decided, on which prediction, from which tracks, and which plots moved them up
/// to the decision; when other thresholds would have been reached; and what would have come of it without each of the sensors
/// that saw the round, by running the recording once more for each. With `--zone` it says how near a zone came to an alarm.
/// Without either it lists the alarms of the recording.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  parapet why recording.mcap\n  parapet why recording.mcap hospital-1605609000000\n  \
    parapet why recording.mcap hospital-1605609000000 --json\n  parapet why recording.mcap --zone hospital"
)]
pub(crate) struct Why {
    /// The recording
    recording: PathBuf,
    /// The alarm's id, as it stands in `alarms.jsonl`, in the CAP message and on the page
    alarm_id: Option<String>,
    /// Explain why this zone was warned, or was not: its id in the configuration
    #[arg(long, value_name = "ID", conflicts_with = "alarm_id")]
    zone: Option<String>,
    /// As JSON, in one line
    #[arg(long)]
    json: bool,
}

impl Why {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let bytes = files::read(&self.recording)?;
        let recording = rerun::open(&self.recording, &bytes)?;
        let again = || Again::new(&self.recording, recording.header());
        let (alarms, ending) = alarms(&recording, again()?)?;
        let mut out = Out::new();
        if let (Ending::Early(why), false) = (&ending, self.json) {
            out.line(format_args!("the recording ends early: {why}"))?;
        }
        let exit = match &self.alarm_id {
            None if self.zone.is_some() => {
                let key = self.zone.as_deref().unwrap_or_default();
                explain_zone(key, &alarms, &recording, again()?, self.json, &mut out)?
            }
            None => list(&alarms, self.json, &mut out)?,
            Some(id) => match alarms.get(id) {
                Some(messages) => explain(id, messages, &recording, &again, self.json, &mut out)?,
                None => return Err(unknown(id, &alarms)),
            },
        };
        out.done()?;
        Ok(exit)
    }
}

/// The messages of every alarm, by its name.
type Alarms = BTreeMap<String, Vec<Alarm>>;

fn alarms(recording: &Recording<'_>, again: Again) -> Result<(Alarms, Ending), Failure> {
    let Again { atlas, mut chain, .. } = again;
    let mut alarms = Alarms::new();
    let ending = rerun::run(recording, &mut chain, |_, step| {
        for output in step.outputs {
            if let Output::Alarm(alarm) = output {
                alarms.entry(atlas.alarm_id(alarm.id)).or_default().push(alarm.clone());
            }
        }
        Ok(())
    })?;
    Ok((alarms, ending))
}

fn unknown(id: &str, alarms: &Alarms) -> Failure {
    let known: Vec<&str> = alarms.keys().map(String::as_str).collect();
    let known = if known.is_empty() { "it has none".to_owned() } else { format!("it has {}", known.join(", ")) };
    Failure::Failed(format!("the recording has no alarm {id:?}; {known}"))
}

fn list(alarms: &Alarms, json: bool, out: &mut Out) -> Result<Exit, Failure> {
    if alarms.is_empty() && !json {
        out.line("no alarm was raised")?;
    }
    for (id, messages) in alarms {
        let stages: Vec<String> = messages.iter().map(|alarm| word(alarm.stage)).collect();
        let mut stages = stages.into_iter().collect::<VecDeque<_>>();
        stages.make_contiguous();
        let mut told: Vec<String> = stages.into();
        told.dedup();
        if json {
            out.json(&serde_json::json!({ "alarm": id, "stages": told }))?;
            continue;
        }
        let raised = messages.first().map(|alarm| rfc3339(alarm.raised_at)).unwrap_or_default();
        out.line(format_args!("{id}  raised {raised}  {}", told.join(" > ")))?;
    }
    Ok(Exit::Fine)
}

/// A plot that moved a track, and the datagram that brought it.
struct Support {
    plot: Plot,
    datagram: DatagramNote,
}

#[derive(Clone)]
struct DatagramNote {
    number: u64,
    line: String,
}

/// What was known of one threatening track when the alarm was raised.
#[derive(Default)]
struct Case {
    report: Option<TrackReport>,
    threat: Option<Threat>,
    origin: Option<OriginReport>,
    /// What all its plots together said after it had ended.
    record: Option<RoundRecord>,
    plots: Vec<Support>,
}

fn explain(
    id: &str,
    messages: &[Alarm],
    recording: &Recording<'_>,
    again: &dyn Fn() -> Result<Again, Failure>,
    json: bool,
    out: &mut Out,
) -> Result<Exit, Failure> {
    let covered = messages.iter().find(|alarm| alarm.stage == Stage::TakeCover);
    let Some(decision) = covered.or_else(|| messages.first()) else { return Ok(Exit::Failed) };
    let run = again()?;
    let atlas = run.atlas.clone();
    let cases = cases(decision, recording, run)?;
    let trace = trace::watch(recording, again()?, decision.id.zone, &[])?;
    let seen_by: BTreeSet<SensorId> =
        cases.values().flat_map(|case| case.plots.iter().map(|support| support.plot.sensor)).collect();
    let seen_by: Vec<SensorId> = seen_by.into_iter().collect();
    let without = trace::without_each(recording, again, decision, &seen_by)?;
    if json {
        out.json(&Card::new(id, messages, decision, &cases, &trace, &without, &atlas))?;
        return Ok(Exit::Fine);
    }
    say_alarm(id, messages, &atlas, out)?;
    deliveries::say(&deliveries::of(recording, id), out)?;
    say_decision(decision, &trace, &without, out)?;
    for (track, case) in &cases {
        say_case(*track, case, decision, &atlas, out)?;
    }
    if cases.is_empty() {
        out.line("no track was named at the decision")?;
    }
    Ok(Exit::Fine)
}

/// What people were told to do, what else could have been decided, and on whom it rested.
fn say_decision(decision: &Alarm, trace: &Trace, without: &[Without], out: &mut Out) -> Result<(), Failure> {
    if let Some(left) = decision.left {
        out.line(format_args!(
            "  seconds left at the decision: {:.1} (5 %), {:.1} (median), {:.1} (95 %); advice: {}",
            left.earliest_s,
            left.median_s,
            left.latest_s,
            advised(decision.advice)
        ))?;
    }
    for alternative in trace.alternatives(decision) {
        let when = alternative.later_s.map_or_else(|| "never reached".to_owned(), later);
        out.line(format_args!("  with a threshold of {:.4}: {when}", alternative.threshold))?;
    }
    for answer in without {
        let when = answer.later_s.map_or_else(|| "no alarm".to_owned(), later);
        out.line(format_args!("  without {}: {when}", answer.sensor))?;
    }
    Ok(())
}

fn later(seconds: f64) -> String {
    if seconds.abs() < 0.05 {
        "at the same time".to_owned()
    } else if seconds > 0.0 {
        format!("{seconds:.1} s later")
    } else {
        format!("{:.1} s earlier", -seconds)
    }
}

fn advised(advice: Advice) -> String {
    match advice {
        Advice::WalkToShelter { walk_s } => format!("walk to shelter, {walk_s:.0} s"),
        Advice::DownNow => "down now, where you are".to_owned(),
        Advice::BeReady => "be ready".to_owned(),
        Advice::StayInCover => "stay in cover".to_owned(),
        Advice::LeaveCover => "leave cover".to_owned(),
    }
}

/// Why a zone was warned, or was not.
fn explain_zone(
    key: &str,
    alarms: &Alarms,
    recording: &Recording<'_>,
    again: Again,
    json: bool,
    out: &mut Out,
) -> Result<Exit, Failure> {
    let atlas = again.atlas.clone();
    let zones = &atlas.config().zones;
    let Some(number) = zones.iter().position(|zone| zone.key == key) else {
        let known: Vec<&str> = zones.iter().map(|zone| zone.key.as_str()).collect();
        return Err(Failure::Failed(format!("the recording's site has no zone {key:?}; it has {}", known.join(", "))));
    };
    let trace = trace::watch(recording, again, ZoneId(number as u16), &[])?;
    let card = zone_card(number, alarms, &trace, &atlas);
    if json {
        out.json(&card)?;
    } else {
        say_zone(&card, out)?;
    }
    Ok(Exit::Fine)
}

fn zone_card(number: usize, alarms: &Alarms, trace: &Trace, atlas: &Atlas) -> ZoneCard {
    /// Tracks that are named.
    const NEAREST_MAX: usize = 5;
    let zone = &atlas.config().zones[number];
    let mine = |messages: &Vec<Alarm>| messages.first().is_some_and(|alarm| usize::from(alarm.id.zone.0) == number);
    let mut near: Vec<_> = trace.nearest.values().collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.track.cmp(&b.1.track)));
    let near = near.into_iter().take(NEAREST_MAX).map(|(away_m, threat)| NearCard {
        track: threat.track.0,
        at: rfc3339(threat.at),
        away_m: *away_m,
        semi_major_m: threat.impact.covariance.ellipse(parapet_service::ELLIPSE_PROBABILITY).semi_major_m,
        probability_of_a_round: threat.probability,
        believed: threat.believed,
    });
    ZoneCard {
        zone: zone.key.clone(),
        zone_name: zone.name.clone(),
        alarms: alarms.iter().filter(|(_, messages)| mine(messages)).map(|(id, _)| id.clone()).collect(),
        threshold: trace.worst().map_or(zone.alarm_probability, |worst| worst.threshold),
        worst: trace.worst().map(|worst| WorstCard {
            at: rfc3339(worst.at),
            probability: worst.probability,
            left: worst.left,
            tracks: worst.threats.iter().map(|(track, probability)| (track.0, *probability)).collect(),
        }),
        nearest: near.collect(),
    }
}

fn say_zone(card: &ZoneCard, out: &mut Out) -> Result<(), Failure> {
    if card.alarms.is_empty() {
        out.line(format_args!("zone {} ({}) was not warned", card.zone, card.zone_name))?;
    } else {
        out.line(format_args!("zone {} ({}) was warned: {}", card.zone, card.zone_name, card.alarms.join(", ")))?;
    }
    match &card.worst {
        None => out.line("  no believed threat ever endangered it with a probability worth remembering")?,
        Some(worst) => {
            let tracks: Vec<String> =
                worst.tracks.iter().map(|(track, probability)| format!("{track} ({probability:.4})")).collect();
            out.line(format_args!(
                "  greatest probability {:.4} at {}, against a threshold of {:.4}; tracks {}",
                worst.probability,
                worst.at,
                card.threshold,
                tracks.join(", ")
            ))?;
        }
    }
    for near in &card.nearest {
        out.line(format_args!(
            "  track {}: predicted impact {:.0} m away at {} (95 % ellipse reaches {:.0} m), probability of being a round {:.4}, {}",
            near.track,
            near.away_m,
            near.at,
            near.semi_major_m,
            near.probability_of_a_round,
            if near.believed { "believed" } else { "not believed" }
        ))?;
    }
    if card.nearest.is_empty() {
        out.line("  no track was ever predicted to fall anywhere")?;
    }
    Ok(())
}

/// The tracks that the decision names, as they stood then.
fn cases(decision: &Alarm, recording: &Recording<'_>, again: Again) -> Result<BTreeMap<TrackId, Case>, Failure> {
    let Again { site, mut chain, .. } = again;
    let wanted: BTreeSet<TrackId> = decision.threats.iter().copied().collect();
    let mut cases: BTreeMap<TrackId, Case> = wanted.iter().map(|track| (*track, Case::default())).collect();
    let mut memory = Memory::default();
    let mut decided = false;
    rerun::run(recording, &mut chain, |chain, step| {
        if let Some(input) = step.input {
            memory.datagram(input, chain.last_events(), &site);
        }
        for output in step.outputs.iter().take_while(|_| !decided) {
            match output {
                Output::Track(report) => {
                    if let Some(case) = cases.get_mut(&report.id) {
                        case.plots.extend(report.evidence.iter().filter_map(|plot| memory.plots.remove(plot)));
                        case.report = Some(report.clone());
                    }
                }
                Output::Threat(threat) => {
                    if let Some(case) = cases.get_mut(&threat.track) {
                        case.threat = Some(*threat);
                    }
                }
                Output::Origin(report) => {
                    if let Some(case) = cases.get_mut(&report.track) {
                        case.origin = Some(*report);
                    }
                }
                _ => {}
            }
        }
        for output in step.outputs {
            if let Output::Record(record) = output
                && let Some(case) = cases.get_mut(&record.arc.track)
            {
                case.record = Some(record.as_ref().clone());
            }
        }
        decided |= step.outputs.iter().any(|output| matches!(output, Output::Alarm(alarm) if alarm == decision));
        Ok(())
    })?;
    Ok(cases)
}

/// The plots heard lately.
#[derive(Default)]
struct Memory {
    plots: BTreeMap<PlotRef, Support>,
    order: VecDeque<PlotRef>,
    datagrams: u64,
}

impl Memory {
    fn datagram(&mut self, input: &Input, events: &[Event], site: &SiteNote) {
        self.datagrams += 1;
        let link = site.links.get(usize::from(input.link)).map_or("?", String::as_str);
        let sender = input.sender.map_or_else(|| "?".to_owned(), |sender| sender.to_string());
        let note =
            DatagramNote { number: self.datagrams, line: format!("{link} from {sender}, {} bytes", input.bytes.len()) };
        for event in events {
            let Event::Plot(plot) = event else { continue };
            let name = PlotRef { sensor: plot.sensor, sequence: plot.sequence };
            self.plots.insert(name, Support { plot: *plot, datagram: note.clone() });
            self.order.push_back(name);
            if self.order.len() > PLOTS_MAX
                && let Some(oldest) = self.order.pop_front()
            {
                self.plots.remove(&oldest);
            }
        }
    }
}

fn say_alarm(id: &str, messages: &[Alarm], atlas: &Atlas, out: &mut Out) -> Result<(), Failure> {
    let zone = messages.first().and_then(|alarm| atlas.zone(alarm.id.zone));
    let zone = zone.map_or_else(String::new, |zone| format!("{} ({}, {} people)", zone.name, zone.kind, zone.people));
    out.line(format_args!("alarm {id}  {zone}  {}", word(atlas.config().mode)))?;
    for alarm in messages {
        let impact =
            alarm.impact_at.map_or_else(String::new, |at| format!(", impact in {:.1} s", at.seconds_since(alarm.at)));
        let threats: Vec<String> = alarm.threats.iter().map(|track| track.0.to_string()).collect();
        out.line(format_args!(
            "  {}  {:<10}  {}: probability {:.4}, threshold {:.4}{impact}, tracks {}",
            rfc3339(alarm.at),
            word(alarm.stage),
            word(alarm.reason),
            alarm.probability,
            alarm.threshold,
            threats.join(" ")
        ))?;
    }
    Ok(())
}

fn say_case(track: TrackId, case: &Case, decision: &Alarm, atlas: &Atlas, out: &mut Out) -> Result<(), Failure> {
    out.line(format_args!("track {} at the decision", track.0))?;
    if let Some(threat) = &case.threat
        && let Some(impact) = atlas.impact(&threat.impact)
    {
        let left_s = threat.impact.at.seconds_since(decision.at);
        out.line(format_args!(
            "  impact {:.5} N {:.5} E at {} (sigma {:.2} s), {left_s:.1} s after the decision",
            impact.lat_deg,
            impact.lon_deg,
            rfc3339(threat.impact.at),
            impact.sigma_time_s
        ))?;
        let ellipse = impact.ellipse;
        out.line(format_args!(
            "  95 % ellipse {:.0} m by {:.0} m, long axis towards {:.0} degrees; probability of being a round {:.4}",
            2.0 * ellipse.semi_major_m,
            2.0 * ellipse.semi_minor_m,
            ellipse.bearing_deg.rem_euclid(180.0),
            threat.probability
        ))?;
    }
    if let Some(report) = &case.origin
        && let Some(origin) = atlas.point_of_origin(&report.origin)
    {
        out.line(format_args!(
            "  for the record: came from {:.5} N {:.5} E at {} (sigma {:.2} s), 95 % ellipse {:.0} m by {:.0} m, by {} plots",
            origin.lat_deg,
            origin.lon_deg,
            rfc3339(report.origin.at),
            origin.sigma_time_s,
            2.0 * origin.ellipse.semi_major_m,
            2.0 * origin.ellipse.semi_minor_m,
            report.plots
        ))?;
    }
    if let Some(report) = &case.report {
        let odds = report.odds;
        out.line(format_args!(
            "  class {}: ballistic {:.4}, boosting {:.4}, coasting {:.4}, level {:.4}; existence {:.4}; {} plots since {}",
            word(report.class),
            odds.ballistic,
            odds.boosting,
            odds.coasting,
            odds.level,
            report.existence,
            report.plots,
            rfc3339(report.first_plot_at)
        ))?;
    }
    let earlier = case.report.as_ref().map_or(0, |report| report.plots as usize).saturating_sub(case.plots.len());
    if earlier > 0 {
        out.line(format_args!("  {earlier} plots before the track was sure enough to be reported are not listed"))?;
    }
    case.plots.iter().try_for_each(|support| say_plot(support, atlas, out))?;
    case.record.as_ref().map_or(Ok(()), |record| say_record(record, atlas, out))
}

fn say_record(
    RoundRecord { at, arc, impact, origin }: &RoundRecord,
    atlas: &Atlas,
    out: &mut Out,
) -> Result<(), Failure> {
    out.line(format_args!(
        "  afterwards, {}: class {} by {} plots together, {} left out; misfit {:.2}{}",
        rfc3339(*at),
        word(arc.class),
        arc.arc_plots,
        arc.left_out,
        arc.misfit,
        if arc.agrees { "" } else { ", more than chance allows: it did not fall freely all the time" }
    ))?;
    if let Some(apex) = &arc.apex {
        out.line(format_args!("    highest at {}, {:.0} m above the site", rfc3339(apex.at), apex.position_m[2]))?;
    }
    let impact = impact.as_ref().and_then(|impact| Some((impact.at, atlas.impact(impact)?)));
    let came_down = impact.map(|(at, i)| ("came down", at, i.lat_deg, i.lon_deg, i.sigma_time_s, i.ellipse));
    let origin = origin.as_ref().and_then(|origin| Some((origin.at, atlas.point_of_origin(origin)?)));
    let came_from = origin.map(|(at, o)| ("came from", at, o.lat_deg, o.lon_deg, o.sigma_time_s, o.ellipse));
    for (what, at, lat_deg, lon_deg, sigma_time_s, ellipse) in [came_from, came_down].into_iter().flatten() {
        out.line(format_args!(
            "    {what} {lat_deg:.5} N {lon_deg:.5} E at {} (sigma {sigma_time_s:.2} s), 95 % ellipse {:.0} m by {:.0} m",
            rfc3339(at),
            2.0 * ellipse.semi_major_m,
            2.0 * ellipse.semi_minor_m
        ))?;
    }
    Ok(())
}

fn say_plot(Support { plot, datagram }: &Support, atlas: &Atlas, out: &mut Out) -> Result<(), Failure> {
    let elevation =
        plot.elevation.map_or_else(|| "none".to_owned(), |elevation| format!("{:.2} deg", elevation.rad.to_degrees()));
    let doppler = plot.range_rate_mps.map_or_else(|| "none".to_owned(), |rate_mps| format!("{rate_mps:.1} m/s"));
    out.line(format_args!(
        "  plot {} #{}  {}  range {:.1} m  azimuth {:.2} deg  elevation {elevation}  doppler {doppler}",
        atlas.sensor_name(plot.sensor),
        plot.sequence,
        rfc3339(plot.measured_at.0),
        plot.range_m,
        plot.azimuth_rad.to_degrees().rem_euclid(360.0)
    ))?;
    let heard: Time = plot.heard_at.0;
    out.line(format_args!("    in datagram {} on {}, heard {}", datagram.number, datagram.line, rfc3339(heard)))
}

/// The word that a recording writes for a stage, a reason, a class or a mode.
fn word(value: impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use parapet_warn::Stage;

    use super::*;

    #[test]
    fn words_are_those_of_the_recording() {
        assert_eq!(word(Stage::TakeCover), "take_cover");
    }
}
