//! The report as one HTML file: no script, no network, made for paper first.

use parapet_engine::Config;
use parapet_warn::Zone;

use crate::markup::Markup;
use crate::plan::{self, Ground};
use crate::report::*;
use crate::{Boundaries, Moment, strip, words};

/// The style of every report. A server that forbids inline styles allows this one by its hash.
pub const STYLE: &str = include_str!("style.css");

/// Rows of a table that are shown; the JSON has all.
const ROWS_MAX: usize = 300;
/// Messages to receivers that are shown: those that were not acknowledged and the slowest.
const DELIVERIES_MAX: usize = 24;
/// Rows of a table that is kept on one sheet of paper.
const WHOLE_ROWS: usize = 10;
/// Charts of incidents that are shown.
const CHARTS_MAX: usize = 12;

/// What a report is drawn on: outlines and places that are not part of it.
#[derive(Clone, Debug, Default)]
pub struct Scenery {
    zones: Vec<Zone>,
    sensors: Vec<(String, [f64; 2])>,
    boundaries: Boundaries,
}

impl Scenery {
    /// Of a site.
    #[must_use]
    pub fn new(config: &Config, boundaries: Boundaries) -> Self {
        let place =
            |model: &parapet_track::SensorModel| (model.name.clone(), [model.pose.origin_m[0], model.pose.origin_m[1]]);
        Scenery { zones: config.zones.clone(), sensors: config.sensors.iter().map(place).collect(), boundaries }
    }
}

/// The report as a page.
#[must_use]
pub fn html(report: &Report, scenery: &Scenery) -> String {
    let Scenery { zones, sensors, boundaries } = scenery;
    let ground = Ground { report, zones, sensors, boundaries };
    let mut page = begin(&format!("Incident report · {}", report.site.name));
    head(&mut page, report);
    page.open("main", &[]);
    summary(&mut page, report);
    figures(&mut page, report);
    if !report.rounds.is_empty() {
        drawn(&mut page, "Where they fell", "", |page| plan::falls(page, &ground));
        rounds(&mut page, report);
        page.close();
        let words = "An estimate for the record, traced back from the fall of each round. It is no target and nothing acts on it.";
        drawn(&mut page, "Where they came from", words, |page| plan::ways(page, &ground));
        origins(&mut page, report);
        page.close();
    }
    if !report.incidents.is_empty() {
        section(&mut page, "Course of events", |page| charts(page, report));
        section(&mut page, "Who was warned, and when", |page| zone_table(page, report));
    }
    simulated(&mut page, report);
    false_alarms(&mut page, report);
    alarms(&mut page, report);
    section(&mut page, "Sensors: health and blind times", |page| sensor_tables(page, report));
    section(&mut page, "Channels: who had it, and when", |page| channel_tables(page, report));
    section(&mut page, "Comments and orders of people on duty", |page| people(page, report));
    if !report.rounds.is_empty() {
        section(&mut page, "Evidence", |page| evidence(page, report));
    }
    section(&mut page, "About this report", |page| about(page, report));
    page.close();
    page.finish()
}

/// The head of any report.
pub(crate) fn begin(title: &str) -> Markup {
    let mut page = Markup::document();
    page.open("html", &[("lang", &"en")]);
    page.open("head", &[]);
    page.open("meta", &[("charset", &"utf-8")]);
    page.open("meta", &[("name", &"viewport"), ("content", &"width=device-width, initial-scale=1")]);
    page.element("title", &[], title);
    page.style(STYLE);
    page.close();
    page.open("body", &[]);
    page
}

pub(crate) fn section(page: &mut Markup, title: &'static str, content: impl FnOnce(&mut Markup)) {
    page.open("section", &[]);
    page.element("h2", &[], title);
    content(page);
    page.close();
}

/// Begins a section with a drawing, which stays on one sheet with the section's title.
pub(crate) fn drawn(page: &mut Markup, title: &'static str, words: &'static str, drawing: impl FnOnce(&mut Markup)) {
    page.open("section", &[]);
    page.open("div", &[("class", &"keep")]);
    page.element("h2", &[], title);
    if !words.is_empty() {
        note(page, words);
    }
    figure(page, drawing);
    page.close();
}

pub(crate) fn note(page: &mut Markup, text: impl core::fmt::Display) {
    page.classed("p", "note", text);
}

pub(crate) fn figure(page: &mut Markup, content: impl FnOnce(&mut Markup)) {
    page.open("figure", &[]);
    content(page);
    page.close();
}

/// A table with a title for those who hear it. Columns whose title begins with a `#` hold numbers.
pub(crate) fn table(page: &mut Markup, title: &'static str, columns: &[&'static str], rows: &[Vec<String>]) {
    page.open("div", &[("class", &"scroll"), ("tabindex", &0), ("role", &"region"), ("aria-label", &title)]);
    // What fits on a part of a sheet is not parted.
    let class = if rows.len() <= WHOLE_ROWS { "whole" } else { "" };
    page.open("table", &[("class", &class)]);
    page.classed("caption", "heard-only", title);
    page.open("thead", &[]);
    page.open("tr", &[]);
    let is_number = |column: &str| column.starts_with('#');
    for column in columns {
        let class = if is_number(column) { "amount" } else { "" };
        page.element("th", &[("scope", &"col"), ("class", &class)], column.trim_start_matches('#'));
    }
    page.close();
    page.close();
    page.open("tbody", &[]);
    for row in rows.iter().take(ROWS_MAX) {
        page.open("tr", &[]);
        for (place, (column, cell)) in columns.iter().zip(row).enumerate() {
            let class = if is_number(column) { "amount" } else { "" };
            match place {
                0 => page.element("th", &[("scope", &"row"), ("class", &class)], cell),
                _ => page.element("td", &[("class", &class)], cell),
            }
        }
        page.close();
    }
    page.close();
    page.close();
    page.close();
    if rows.len() > ROWS_MAX {
        note(page, format_args!("{} more rows are in the JSON.", rows.len() - ROWS_MAX));
    }
}

fn head(page: &mut Markup, report: &Report) {
    page.open("header", &[]);
    page.classed("p", "kind", "Incident report");
    page.element("h1", &[], &report.site.name);
    page.open("p", &[("class", &"when")]);
    let RecordingFacts { started_at, ended_at, .. } = &report.recording;
    match (report.incidents.first(), report.incidents.last()) {
        (Some(first), Some(last)) if first.from.date() == last.until.date() => {
            page.text(format_args!("{}, {} to {} UTC", first.from.date(), first.from.clock(), last.until.clock()));
        }
        (Some(first), Some(last)) => {
            page.text(format_args!(
                "{} {} to {} {} UTC",
                first.from.date(),
                first.from.clock(),
                last.until.date(),
                last.until.clock()
            ));
        }
        _ => page.text(format_args!("{}, {} to {} UTC", started_at.date(), started_at.clock(), ended_at.clock())),
    }
    page.close();
    if report.site.mode == "exercise" {
        page.classed("p", "exercise", "EXERCISE · no real round was fired");
    }
    page.close();
}

fn summary(page: &mut Markup, report: &Report) {
    section(page, "Summary", |page| {
        page.open("div", &[("class", &"statement")]);
        for sentence in &report.statement {
            page.element("p", &[], sentence);
        }
        page.close();
        for fault in &report.recording.faults {
            page.classed("p", "warning", fault);
        }
    });
}

/// The numbers that everybody asks for first.
fn figures(page: &mut Markup, report: &Report) {
    let zones = |wanted: fn(Verdict) -> bool| report.zones.iter().filter(|row| wanted(row.verdict)).count();
    let least = report.zones.iter().filter_map(|row| row.warning_s).min_by(f64::total_cmp);
    let least = least.map_or("none".to_owned(), |seconds| format!("{seconds:.0} s"));
    let figures: [(String, &str); 5] = [
        (report.rounds.len().to_string(), "rounds came down"),
        (zones(|verdict| verdict == Verdict::Warned).to_string(), "endangered zones warned in time"),
        (
            zones(|verdict| matches!(verdict, Verdict::NotWarned | Verdict::Late)).to_string(),
            "endangered, not warned in time",
        ),
        (least, "shortest warning of an endangered zone"),
        (zones(|verdict| verdict == Verdict::FalseAlarm).to_string(), "zones warned for nothing"),
    ];
    page.open("dl", &[("class", &"figures")]);
    for (figure, words) in figures {
        page.open("div", &[]);
        page.element("dt", &[], words);
        page.element("dd", &[], figure);
        page.close();
    }
    page.close();
}

fn degrees(place: &Place) -> String {
    let side = |degrees: f64, positive: char, negative: char| {
        format!("{:.4}° {}", degrees.abs(), if degrees < 0.0 { negative } else { positive })
    };
    format!("{}, {}", side(place.lat_deg, 'N', 'S'), side(place.lon_deg, 'E', 'W'))
}

fn ellipse(place: &Place) -> String {
    format!("{} × {}", words::distance(2.0 * place.semi_major_m), words::distance(2.0 * place.semi_minor_m))
}

fn or_dash(text: Option<String>) -> String {
    text.unwrap_or_else(|| "–".to_owned())
}

fn clock(moment: Option<Moment>) -> String {
    or_dash(moment.map(Moment::clock))
}

/// `take_cover` as people read it.
fn plain(word: &str) -> String {
    word.replace('_', " ")
}

fn zone_name<'a>(report: &'a Report, key: &'a str) -> &'a str {
    report.zones.iter().find(|row| row.zone == key).map_or(key, |row| row.name.as_str())
}

fn rounds(page: &mut Markup, report: &Report) {
    let row = |round: &Round| {
        let odds = round.classes.map(|odds| {
            let mut kinds = [
                ("rocket", odds.rocket),
                ("artillery", odds.artillery),
                ("mortar", odds.mortar),
                ("unknown", odds.unknown),
            ];
            kinds.sort_by(|a, b| b.1.total_cmp(&a.1));
            let said =
                kinds.iter().filter(|(_, p)| *p >= 0.05).map(|(kind, p)| format!("{kind} {}", words::percent(*p)));
            said.collect::<Vec<_>>().join(", ")
        });
        let heard = match round.heard.as_ref() {
            Some(heard) => heard.off_m.map_or_else(|| plain(&heard.verdict), |off_m| format!("yes, {off_m:.0} m off")),
            None => "–".to_owned(),
        };
        let nearest = round
            .zones
            .first()
            .map(|share| format!("{} ({})", zone_name(report, &share.zone), words::percent(share.probability)));
        let basis = match round.impact_basis {
            Basis::WholeArc => "whole arc",
            Basis::LastPrediction => "last prediction",
        };
        vec![
            round.number.to_string(),
            round.impact.at.clock(),
            degrees(&round.impact.place),
            ellipse(&round.impact.place),
            basis.to_owned(),
            format!("{:.0}", round.impact_speed_mps),
            or_dash(odds),
            heard,
            or_dash(nearest),
        ]
    };
    let rows: Vec<Vec<String>> = report.rounds.iter().map(row).collect();
    let columns = [
        "Round",
        "Fell at (UTC)",
        "Place",
        "95 % ellipse",
        "By",
        "#m/s",
        "Odds of class",
        "Heard",
        "Zone most endangered",
    ];
    table(page, "Impacts", &columns, &rows);
    if !report.doubtful.is_empty() {
        let said: Vec<String> = report
            .doubtful
            .iter()
            .take(20)
            .map(|doubtful| {
                format!(
                    "track {} {} (first believed at {})",
                    doubtful.track,
                    doubtful.why,
                    doubtful.believed_at.clock()
                )
            })
            .collect();
        let number = report.doubtful.len();
        note(page, format_args!("Not counted as rounds, though believed for a time: {number}; {}.", said.join("; ")));
    }
}

fn origins(page: &mut Markup, report: &Report) {
    let row = |area: &OriginArea| {
        let rounds: Vec<String> = area.rounds.iter().map(usize::to_string).collect();
        let districts: Vec<String> = area
            .districts
            .iter()
            .map(|share| format!("{} ({})", share.district, words::percent(share.probability)))
            .collect();
        vec![
            rounds.join(", "),
            degrees(&area.place),
            ellipse(&area.place),
            format!(
                "{} to the {}, {:.0}°",
                words::distance(area.distance_m),
                words::wind(area.direction_deg),
                area.direction_deg
            ),
            if districts.is_empty() { "no boundaries given".to_owned() } else { districts.join(" or ") },
        ]
    };
    let rows: Vec<Vec<String>> = report.origins.iter().map(row).collect();
    table(
        page,
        "Areas of origin",
        &["Rounds", "Middle", "95 % ellipse", "From the reference point", "District"],
        &rows,
    );
    if !report.site.boundaries.is_empty() {
        note(page, format_args!("Districts by {}.", report.site.boundaries));
    }
}

fn charts(page: &mut Markup, report: &Report) {
    for incident in report.incidents.iter().take(CHARTS_MAX) {
        if report.incidents.len() > 1 {
            page.element(
                "h3",
                &[],
                format_args!("Incident {}: {}, {} UTC", incident.number, incident.from.date(), incident.from.clock()),
            );
        }
        figure(page, |page| strip::chart(page, report, incident));
    }
    if report.incidents.len() > CHARTS_MAX {
        note(
            page,
            format_args!("{} more incidents are in the tables and in the JSON.", report.incidents.len() - CHARTS_MAX),
        );
    }
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::NotWarned => "NOT WARNED",
        Verdict::Late => "TOLD TOO LATE",
        Verdict::Warned => "warned in time",
        Verdict::FalseAlarm => "nothing fell there",
        Verdict::Prepared => "be ready only; nothing fell there",
        Verdict::ByOrder => "told by people on duty",
        Verdict::Quiet => "quiet",
    }
}

fn zone_table(page: &mut Markup, report: &Report) {
    let several = report.incidents.len() > 1;
    let row = |row: &ZoneRow| {
        let name = if several { format!("{} (incident {})", row.name, row.incident) } else { row.name.clone() };
        vec![
            name,
            words::thousands(u64::from(row.people)),
            words::percent(row.endangered),
            clock(row.prepared_at),
            clock(row.warned_at),
            clock(row.first_impact_at),
            or_dash(row.warning_s.map(|seconds| format!("{seconds:.1}"))),
            verdict(row.verdict).to_owned(),
            or_dash(row.acknowledged_by.clone()),
        ]
    };
    let rows: Vec<Vec<String>> = report.zones.iter().map(row).collect();
    let columns = [
        "Zone",
        "#People",
        "#Endangered",
        "Be ready",
        "Take cover",
        "First impact",
        "#Seconds",
        "Outcome",
        "Acknowledged by",
    ];
    table(page, "Zones that were warned or endangered", &columns, &rows);
    note(
        page,
        "Endangered: the probability, by what is known afterwards, that at least one impact lay in the zone widened by the effect \
         radius. A zone should have been warned where that reaches its owner's threshold. Seconds run from the first word to take \
         cover to the first impact that endangered the zone. Times are UTC.",
    );
}

fn simulated(page: &mut Markup, report: &Report) {
    if report.intercepts.is_empty() {
        return;
    }
    section(page, "Interception in simulation", |page| {
        note(page, "Simulated only: no effector was connected to this program and none can be.");
        let row = |told: &Intercept| vec![told.at.clock(), plain(&told.kind), told.told.to_string()];
        let rows: Vec<Vec<String>> = report.intercepts.iter().map(row).collect();
        table(page, "Simulated interception", &["When", "What", "As recorded"], &rows);
    });
}

fn false_alarms(page: &mut Markup, report: &Report) {
    let ended = |alarm: &&AlarmRow| alarm.words.last().is_some_and(|word| word.stage == "withdrawn");
    let falsely: Vec<&ZoneRow> = report.zones.iter().filter(|row| row.verdict == Verdict::FalseAlarm).collect();
    let withdrawn: Vec<&AlarmRow> = report.alarms.iter().filter(ended).collect();
    section(page, "False and withdrawn alarms", |page| {
        if falsely.is_empty() && withdrawn.is_empty() {
            page.element("p", &[], "None.");
            return;
        }
        let mut rows: Vec<Vec<String>> = Vec::new();
        for alarm in &withdrawn {
            let cover = alarm.words.iter().find(|word| word.stage == "take_cover");
            let last = alarm.words.last();
            rows.push(vec![
                alarm.zone_name.clone(),
                "withdrawn".to_owned(),
                clock(cover.map(|word| word.at)),
                clock(last.map(|word| word.at)),
                or_dash(cover.zip(last).map(|(from, to)| format!("{:.0}", to.at.0.seconds_since(from.at.0)))),
                last.map(|word| plain(&word.reason)).unwrap_or_default(),
            ]);
        }
        for row in falsely.iter().filter(|row| !withdrawn.iter().any(|alarm| alarm.zone == row.zone)) {
            rows.push(vec![
                row.name.clone(),
                "false".to_owned(),
                clock(row.warned_at),
                "–".to_owned(),
                "–".to_owned(),
                format!("nothing endangered it by what is known afterwards ({})", words::percent(row.endangered)),
            ]);
        }
        table(
            page,
            "False and withdrawn alarms",
            &["Zone", "What", "Take cover", "Taken back", "#Seconds between", "Why"],
            &rows,
        );
    });
}

fn alarms(page: &mut Markup, report: &Report) {
    if report.alarms.is_empty() {
        return;
    }
    section(page, "What was said, word by word", |page| {
        let mut rows = Vec::new();
        for alarm in &report.alarms {
            for word in &alarm.words {
                rows.push(vec![
                    alarm.zone_name.clone(),
                    word.at.clock(),
                    plain(&word.stage),
                    plain(&word.reason),
                    words::percent(word.probability),
                    or_dash(word.seconds_left.map(|seconds| format!("{seconds:.0}"))),
                    or_dash(word.by.clone()),
                ]);
            }
        }
        table(
            page,
            "Every change of every alarm",
            &["Zone", "When", "Told", "Why", "#Probability", "#Seconds left", "By order of"],
            &rows,
        );
    });
}

fn sensor_tables(page: &mut Markup, report: &Report) {
    let recorded_s = report.recording.ended_at.0.seconds_since(report.recording.started_at.0).max(1e-9);
    let row = |sensor: &SensorRow| {
        let refused: Vec<String> =
            sensor.refused.iter().map(|(reason, count)| format!("{} {count}", plain(reason))).collect();
        vec![
            sensor.sensor.clone(),
            words::thousands(sensor.plots),
            if refused.is_empty() { "–".to_owned() } else { refused.join(", ") },
            format!("{:.1}", sensor.silent_s),
            format!("{:.1} %", 100.0 * sensor.silent_s / recorded_s),
        ]
    };
    let rows: Vec<Vec<String>> = report.sensors.iter().map(row).collect();
    table(page, "Sensors", &["Sensor", "#Plots", "Not used", "#Silent (s)", "#Of the recording"], &rows);
    let spans = report
        .sensors
        .iter()
        .flat_map(|sensor| sensor.silent.iter().chain(&sensor.troubles).map(move |span| (sensor, span)));
    let mut spans: Vec<(&SensorRow, &Span)> = spans.collect();
    spans.sort_by_key(|(_, span)| span.from);
    if spans.is_empty() {
        page.element("p", &[], "No sensor was silent or in trouble.");
        return;
    }
    let rows: Vec<Vec<String>> = spans
        .iter()
        .map(|(sensor, span)| {
            let seconds = format!("{:.1}", span.until.0.seconds_since(span.from.0));
            vec![sensor.sensor.clone(), span.from.clock(), span.until.clock(), seconds, span.what.clone()]
        })
        .collect();
    page.element("h3", &[], "Silence and troubles");
    table(page, "Silence and troubles of sensors", &["Sensor", "From", "Until", "#Seconds", "What"], &rows);
}

fn milliseconds(seconds: Option<f64>) -> String {
    or_dash(seconds.map(|seconds| format!("{:.0}", 1e3 * seconds)))
}

fn channel_tables(page: &mut Markup, report: &Report) {
    if report.channels.is_empty() {
        page.element(
            "p",
            &[],
            "The recording names no receiver: the page, the file of alarms and CAP files do not acknowledge.",
        );
        return;
    }
    let row = |channel: &ChannelRow| {
        vec![
            channel.channel.clone(),
            channel.receivers.to_string(),
            channel.messages.to_string(),
            channel.acknowledged.to_string(),
            channel.resent.to_string(),
            milliseconds(channel.sent_median_s),
            milliseconds(channel.sent_max_s),
            milliseconds(channel.acknowledged_median_s),
            milliseconds(channel.acknowledged_max_s),
        ]
    };
    let rows: Vec<Vec<String>> = report.channels.iter().map(row).collect();
    let columns = [
        "Channel",
        "#Receivers",
        "#Messages",
        "#Acknowledged",
        "#Told again",
        "#Sent, median (ms)",
        "#Sent, last (ms)",
        "#Acknowledged, median (ms)",
        "#Acknowledged, last (ms)",
    ];
    table(page, "Channels", &columns, &rows);
    let waited = |row: &DeliveryRow| row.acknowledged_s.unwrap_or(f64::INFINITY);
    let mut slowest: Vec<&DeliveryRow> = report.deliveries.iter().collect();
    slowest.sort_by(|a, b| waited(b).total_cmp(&waited(a)));
    let row = |row: &&DeliveryRow| {
        let told =
            if row.receiver.is_empty() { row.channel.clone() } else { format!("{} {}", row.channel, row.receiver) };
        vec![
            told,
            row.alarm.clone(),
            plain(&row.stage),
            milliseconds(row.sent_s),
            milliseconds(row.acknowledged_s),
            row.resent.to_string(),
        ]
    };
    let rows: Vec<Vec<String>> = slowest.iter().take(DELIVERIES_MAX).map(row).collect();
    page.element("h3", &[], "Without acknowledgement, and the slowest");
    table(
        page,
        "The slowest deliveries",
        &["Receiver", "Alarm", "Told", "#Sent (ms)", "#Acknowledged (ms)", "#Told again"],
        &rows,
    );
    note(
        page,
        format_args!("Milliseconds after the decision. All {} messages are in the JSON.", report.deliveries.len()),
    );
}

fn people(page: &mut Markup, report: &Report) {
    if report.comments.is_empty() {
        page.element("p", &[], "No comment was put on record.");
    }
    for comment in &report.comments {
        page.open("blockquote", &[]);
        page.element("p", &[], &comment.text);
        page.open("footer", &[]);
        page.classed("strong", "who", &comment.by);
        page.text(format_args!(", {} {} UTC", comment.at.date(), comment.at.clock()));
        if let Some(alarm) = &comment.alarm {
            page.text(format_args!(", on {alarm}"));
        }
        page.close();
        page.close();
    }
    if report.orders.is_empty() {
        page.element("p", &[], "Nothing was ordered.");
        return;
    }
    let row = |order: &OrderRow| {
        let refused =
            order.refused.as_ref().map_or_else(|| "done".to_owned(), |why| format!("refused: {}", plain(why)));
        vec![order.at.clock(), order.by.clone(), order.order.clone(), refused]
    };
    let rows: Vec<Vec<String>> = report.orders.iter().map(row).collect();
    page.element("h3", &[], "Orders");
    table(page, "Orders of people on duty", &["When", "Who", "What", "Outcome"], &rows);
}

fn evidence(page: &mut Markup, report: &Report) {
    let number = |value: Option<f64>, digits: usize| or_dash(value.map(|value| format!("{value:.digits$}")));
    let mut rows = Vec::new();
    for round in &report.rounds {
        for row in &round.evidence {
            rows.push(vec![
                format!("{} (track {})", round.number, round.track),
                row.sensor.clone(),
                row.plots.to_string(),
                row.compared.to_string(),
                number(row.range_rms_m, 1),
                number(row.range_mean_m, 1),
                number(row.azimuth_rms_deg, 3),
                number(row.elevation_rms_deg, 3),
                number(round.misfit, 2),
            ]);
        }
    }
    let columns = [
        "Round",
        "Sensor",
        "#Plots",
        "#Compared",
        "#Range rms (m)",
        "#Range mean (m)",
        "#Azimuth rms (°)",
        "#Elevation rms (°)",
        "#Misfit of the arc",
    ];
    table(page, "Plots of each sensor in each round", &columns, &rows);
    note(
        page,
        "Residuals are what the sensor measured less the arc fitted to all plots of the round, before any correction of the sensor. A \
         misfit of about 1 is that of a free fall.",
    );
}

fn about(page: &mut Markup, report: &Report) {
    let RecordingFacts { file, sha256, bytes, written_by, started_at, ended_at, unknown_outputs, notes, .. } =
        &report.recording;
    let facts = [
        ("Recording", format!("{file}, {} bytes", words::thousands(*bytes))),
        ("Fingerprint (SHA-256)", sha256.clone()),
        ("Recorded", format!("{started_at} to {ended_at} by {written_by}")),
        ("Report", format!("made by {}, format {}", report.made_by, report.format)),
        (
            "Reference point",
            format!("{:.5}°, {:.5}° (latitude, longitude, WGS-84)", report.site.lat_deg, report.site.lon_deg),
        ),
    ];
    page.open("dl", &[("class", &"facts")]);
    for (what, value) in facts {
        page.element("dt", &[], what);
        page.element("dd", &[], value);
    }
    page.close();
    if !unknown_outputs.is_empty() {
        let kinds: Vec<String> = unknown_outputs.iter().map(|(kind, count)| format!("{kind} ({count})")).collect();
        note(
            page,
            format_args!("The recording holds what this program does not know and left out: {}.", kinds.join(", ")),
        );
    }
    for told in notes {
        note(page, format_args!("{}: {}", told.at, told.text));
    }
    note(
        page,
        "Everything here follows from the recording named above and can be worked out again from it: `parapet replay --verify` proves \
         that the recording is what the engine said, `parapet why` explains each alarm. Ellipses hold what they are of with a \
         probability of 95 %. All times are UTC.",
    );
}
