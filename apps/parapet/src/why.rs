//! `parapet why`: what [`parapet_service::why`] finds, in words for a terminal.

use std::path::PathBuf;

use clap::Args;
use parapet_frame::Time;
use parapet_service::rerun::Ending;
use parapet_service::why::{self, Alarms, Card, Case, Explained, Support, WhyError, Without, ZoneCard};
use parapet_service::{Atlas, rfc3339};
use parapet_track::TrackId;
use parapet_warn::{Advice, Alarm, RoundRecord};

use crate::exit::{Exit, Failure};
use crate::out::Out;
use crate::rerun::{self, InMemory};
use crate::{deliveries, files};

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
        let volume = files::recording(&self.recording)?;
        let source = InMemory(rerun::open(&self.recording, &volume)?);
        let mut out = Out::new();
        match (&self.alarm_id, &self.zone) {
            (Some(id), _) => self.alarm(&source, id, &mut out)?,
            (None, Some(key)) => {
                let (card, ending) = why::zone(&source, key).map_err(|error| self.failed(&error))?;
                self.say_ending(&ending, &mut out)?;
                if self.json { out.json(&card)? } else { say_zone(&card, &mut out)? }
            }
            (None, None) => {
                let (alarms, ending) = why::alarms(&source).map_err(|error| self.failed(&error))?;
                self.say_ending(&ending, &mut out)?;
                list(&alarms, self.json, &mut out)?;
            }
        }
        out.done()?;
        Ok(Exit::Fine)
    }

    fn alarm(&self, source: &InMemory<'_>, id: &str, out: &mut Out) -> Result<(), Failure> {
        let explained = why::alarm(source, id).map_err(|error| self.failed(&error))?;
        let without = why::without_each(source, &explained.decision, &explained.seen_by());
        let without = without.map_err(|error| self.failed(&error))?;
        if self.json {
            return out.json(&Card::new(&explained, Some(&without)));
        }
        self.say_ending(&explained.ending, out)?;
        let Explained { id, atlas, messages, decision, cases, deliveries, .. } = &explained;
        say_alarm(id, messages, atlas, out)?;
        deliveries::say(deliveries, out)?;
        say_decision(&explained, &without, out)?;
        for (track, case) in cases {
            say_case(*track, case, decision, atlas, out)?;
        }
        if cases.is_empty() {
            out.line("no track was named at the decision")?;
        }
        Ok(())
    }

    fn failed(&self, error: &WhyError) -> Failure {
        match error {
            WhyError::Unusable(what) => Failure::Failed(format!("{}: {what}", self.recording.display())),
            other => Failure::Failed(other.to_string()),
        }
    }

    fn say_ending(&self, ending: &Ending, out: &mut Out) -> Result<(), Failure> {
        match ending {
            Ending::Early(why) if !self.json => out.line(format_args!("the recording ends early: {why}")),
            _ => Ok(()),
        }
    }
}

fn list(alarms: &Alarms, json: bool, out: &mut Out) -> Result<(), Failure> {
    if alarms.is_empty() && !json {
        out.line("no alarm was raised")?;
    }
    for (id, messages) in alarms {
        let told = why::told(messages);
        if json {
            out.json(&serde_json::json!({ "alarm": id, "stages": told }))?;
            continue;
        }
        let raised = messages.first().map(|alarm| rfc3339(alarm.raised_at)).unwrap_or_default();
        out.line(format_args!("{id}  raised {raised}  {}", told.join(" > ")))?;
    }
    Ok(())
}

/// What people were told to do, what else could have been decided, and on whom it rested.
fn say_decision(explained: &Explained, without: &[Without], out: &mut Out) -> Result<(), Failure> {
    let Explained { decision, trace, .. } = explained;
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
