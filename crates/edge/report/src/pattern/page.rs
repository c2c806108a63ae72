//! The pattern in words and as a page.

use super::*;
use crate::Boundaries;
use crate::markup::Markup;
use crate::page::{begin, drawn, figure, note, section, table};
use crate::words::{name, thousands};

/// Zones of the table on the page; the JSON has more.
const ZONES_SHOWN: usize = 40;
/// Cells of origins in the table on the page.
const CELLS_SHOWN: usize = 15;
/// From which probability on a habit is called that.
const SURE: f64 = 0.01;

fn number(value: f64) -> String {
    match value.abs() {
        v if v >= 1_000.0 => thousands(value.round().max(0.0) as u64),
        v if v >= 100.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn interval(of: Interval) -> String {
    format!("{} ({})", number(of.value), ends(of))
}

fn ends(of: Interval) -> String {
    if of.low.is_nan() { "too few".to_owned() } else { format!("{}–{}", number(of.low), number(of.high)) }
}

fn percents(of: Interval) -> String {
    format!("{:.1}\u{a0}% ({:.1}–{:.1})", 100.0 * of.value, 100.0 * of.low, 100.0 * of.high)
}

fn percent_ends(of: Interval) -> String {
    if of.low.is_nan() {
        "too few".to_owned()
    } else {
        format!("{:.1}–{:.1}\u{a0}%", 100.0 * of.low, 100.0 * of.high)
    }
}

/// The pattern in plain sentences.
pub(crate) fn statement(pattern: &Pattern) -> Vec<String> {
    let Pattern { source, incidents, .. } = pattern;
    let what = if source.kind == "table" { "alert" } else { "alarm" };
    let mut said = vec![format!(
        "From {} to {} there were {}, which make {} (no more than {:.0} minutes of quiet inside one) in {} (no more than {:.0} hours).",
        source.from,
        source.until,
        counted(source.rows, what),
        counted(incidents.count, "incident"),
        incidents.gap_min,
        counted(incidents.bouts, "bout"),
        incidents.bout_gap_h
    )];
    if incidents.count == 0 {
        return said;
    }
    said.push(format!(
        "Observed were {} hours: a rate of {} in one {}; by the bootstrap over bouts, {}.",
        number(source.observed_h),
        interval(incidents.rate),
        incidents.unit,
        ends(incidents.rate_by_bouts)
    ));
    if incidents.bouts < GROUPS_MIN {
        said.push(format!(
            "{} are too few to tell whether hours, days or months are kept.",
            counted(incidents.bouts, "bout")
        ));
    } else {
        said.extend(pattern.seasons.iter().map(habit));
        if let (Some(most), Some(least)) = (extreme(&pattern.hours, 1.0), extreme(&pattern.hours, -1.0)) {
            said.push(format!(
                "Most incidents began in the hour from {}:00 ({} in 100 days, by bouts {}), fewest in that from {}:00 ({}, by bouts {}).",
                most.of,
                number(most.per_100_days.value),
                ends(most.by_bouts),
                least.of,
                number(least.per_100_days.value),
                ends(least.by_bouts)
            ));
        }
    }
    if let Some(zone) = pattern.zones.first() {
        said.push(format!(
            "The zone alarmed most often is {}: {} in {}, a rate of {} in one {}.",
            name(&zone.zone),
            counted(zone.incidents as usize, "incident"),
            counted(zone.bouts as usize, "bout"),
            interval(zone.rate),
            incidents.unit
        ));
    }
    if let Some(leads) = &pattern.leads {
        said.push(format!(
            "Half of the {} endangered and warned zones had {} seconds or more before the first impact; one in ten had less than {}.",
            leads.count,
            interval(leads.median_s),
            interval(leads.tenth_s)
        ));
    }
    if let Some(falsely) = &pattern.false_alarms {
        said.push(format!(
            "Of {} zones told to take cover, {} were warned for nothing: {}.",
            falsely.told,
            falsely.false_alarms,
            percents(falsely.part)
        ));
    }
    said
}

fn habit(season: &Season) -> String {
    let verdict = if season.p_by_bouts < SURE { "Attacks keep" } else { "It is not shown that attacks keep" };
    format!(
        "{verdict} {}: p = {:.4} when whole bouts are turned against the cycle by chance, {} if every incident counted as independent.",
        season.of,
        season.p_by_bouts,
        probability(season.p_if_incidents_independent)
    )
}

/// A number of things, with thousands apart.
fn counted(number: usize, one: &str) -> String {
    format!("{} {one}{}", thousands(number as u64), if number == 1 { "" } else { "s" })
}

fn probability(p: f64) -> String {
    if p < 0.0001 { "less than 0.0001".to_owned() } else { format!("{p:.4}") }
}

/// The part of a cycle with the highest rate, or the lowest where `sign` is negative, of those that were observed.
fn extreme(rates: &[Rate], sign: f64) -> Option<&Rate> {
    let observed = rates.iter().filter(|rate| rate.observed_days > 0.0);
    observed
        .max_by(|a, b| (sign * a.per_100_days.value).total_cmp(&(sign * b.per_100_days.value)).then(b.of.cmp(&a.of)))
}

/// The pattern as one page. Where boundaries name zones as the source does, they are shown on the ground.
#[must_use]
pub fn html(pattern: &Pattern, boundaries: &Boundaries) -> String {
    let mut page = begin("Pattern of attack");
    page.open("header", &[]);
    page.classed("p", "kind", "Pattern of attack");
    page.element("h1", &[], "What to harden, when to watch");
    let SourceFacts { from, until, observed_h, time_zone, .. } = &pattern.source;
    page.classed(
        "p",
        "when",
        format_args!("{from} to {until}, {} hours observed, clock of {time_zone}", number(*observed_h)),
    );
    page.close();
    page.open("main", &[]);
    section(&mut page, "Summary", |page| {
        page.open("div", &[("class", &"statement")]);
        pattern.statement.iter().for_each(|sentence| page.element("p", &[], sentence));
        page.close();
        pattern.source.refused.iter().for_each(|refused| page.classed("p", "warning", refused));
    });
    when(&mut page, pattern);
    places(&mut page, pattern, boundaries);
    outcomes(&mut page, pattern);
    section(&mut page, "How incidents were made", |page| clusters(page, pattern));
    section(&mut page, "What cannot be said", |page| {
        page.open("ul", &[]);
        pattern.limits.iter().for_each(|limit| page.element("li", &[], limit));
        page.close();
    });
    section(&mut page, "About this report", |page| about(page, pattern));
    page.close();
    page.finish()
}

fn when(page: &mut Markup, pattern: &Pattern) {
    drawn(page, "When: hours of the day", "", |page| draw::hours(page, &pattern.hours));
    rates(page, "Incidents by hour", "Hour", &pattern.hours);
    page.close();
    drawn(page, "When: hours of the week", "", |page| draw::week(page, &pattern.week));
    page.close();
    section(page, "When: days, months and years", |page| {
        rates(page, "Incidents by day of the week", "Day", &pattern.weekdays);
        rates(page, "Incidents by month", "Month", &pattern.months);
        rates(page, "Incidents by year", "Year", &pattern.years);
    });
    section(page, "Are hours, days and months kept?", |page| {
        let row = |season: &Season| {
            vec![
                season.of.clone(),
                format!("{:.1}", season.chi2),
                probability(season.p_if_rows_independent),
                probability(season.p_if_incidents_independent),
                format!("{:.4}", season.p_by_bouts),
            ]
        };
        let rows: Vec<Vec<String>> = pattern.seasons.iter().map(row).collect();
        let columns =
            ["Cycle", "#Chi-square", "#p, rows independent", "#p, incidents independent", "#p, bouts turned as wholes"];
        table(page, "Tests of the calendar", &columns, &rows);
        note(
            page,
            "Attacks come in bouts, so that rows of one night agree for that reason alone. For the last column each bout is turned \
             against the cycle as a whole by chance, 4,999 times, and the chi-square that was seen is held against those that follow; \
             that column is to be believed. A cycle is said to be kept below 0.01.",
        );
    });
}

fn rates(page: &mut Markup, title: &'static str, of: &'static str, rates: &[Rate]) {
    let row = |rate: &Rate| {
        vec![
            rate.of.clone(),
            rate.incidents.to_string(),
            rate.bouts.to_string(),
            number(rate.observed_days),
            number(rate.per_100_days.value),
            ends(rate.per_100_days),
            ends(rate.by_bouts),
        ]
    };
    let rows: Vec<Vec<String>> = rates.iter().map(row).collect();
    let columns = [
        of,
        "#Incidents",
        "#Bouts",
        "#Days observed",
        "#In 100 days",
        "#95 %, incidents independent",
        "#95 %, by bouts",
    ];
    table(page, title, &columns, &rows);
}

fn places(page: &mut Markup, pattern: &Pattern, boundaries: &Boundaries) {
    if !pattern.zones.is_empty() {
        section(page, "Where: zones by how often they were alarmed", |page| {
            let row = |(place, zone): (usize, &ZoneRate)| {
                vec![
                    (place + 1).to_string(),
                    zone.zone.clone(),
                    zone.incidents.to_string(),
                    zone.bouts.to_string(),
                    number(zone.rate.value),
                    ends(zone.rate),
                    ends(zone.by_bouts),
                    format!("{:.0}\u{a0}%", 100.0 * zone.among_ten),
                ]
            };
            let rows: Vec<Vec<String>> = pattern.zones.iter().take(ZONES_SHOWN).enumerate().map(row).collect();
            let columns = [
                "Rank",
                "Zone",
                "#Incidents",
                "#Bouts",
                "#Rate",
                "#95 %, incidents independent",
                "#95 %, by bouts",
                "#Among the ten",
            ];
            table(page, "Zones ranked by rate", &columns, &rows);
            let more = pattern.zones.len().saturating_sub(ZONES_SHOWN) + pattern.zones_left_out;
            note(
                page,
                format_args!(
                    "Rates are incidents in one {}. The last column is how often the zone is among the ten most alarmed when bouts are \
                     drawn anew: how far the rank can be trusted. {more} more zones were alarmed{}.",
                    pattern.incidents.unit,
                    if more > 0 { "; the JSON has the first 400" } else { "" }
                ),
            );
            let known = |zone: &ZoneRate| boundaries.districts.iter().any(|district| district.name == zone.zone);
            let drawn = pattern.zones.iter().filter(|zone| known(zone)).count();
            if drawn > 0 {
                figure(page, |page| draw::zones(page, boundaries, &pattern.zones));
                note(
                    page,
                    format_args!(
                        "{drawn} of the {} zones above and in the JSON have a boundary of their name in {}; the others are not shown.",
                        pattern.zones.len(),
                        boundaries.source
                    ),
                );
            }
        });
    }
    if !pattern.origins.is_empty() {
        let words = "Estimates for the record, traced back from falls: launches in each square kilometre, the uncertainty of each spread out.";
        drawn(page, "Where from", words, |page| draw::origins(page, &pattern.origins));
        let row = |cell: &OriginCell| {
            vec![
                format!("{:.3}°, {:.3}°", cell.lat_deg, cell.lon_deg),
                cell.launches.to_string(),
                format!("{:.2}", cell.expected),
                interval(cell.per_100_h),
            ]
        };
        let rows: Vec<Vec<String>> = pattern.origins.iter().take(CELLS_SHOWN).map(row).collect();
        table(
            page,
            "Origins",
            &["Middle of the square (lat, lon)", "#Launches", "#Expected", "#In 100 observed hours (95 %)"],
            &rows,
        );
        page.close();
    }
}

fn outcomes(page: &mut Markup, pattern: &Pattern) {
    if let Some(leads) = &pattern.leads {
        drawn(page, "How long people had", "", |page| draw::leads(page, leads));
        let rows = [
            ("One in ten had less than", leads.tenth_s),
            ("Half had less than", leads.median_s),
            ("Nine in ten had less than", leads.ninetieth_s),
        ];
        let rows: Vec<Vec<String>> =
            rows.iter().map(|(what, of)| vec![(*what).to_owned(), number(of.value), ends(*of)]).collect();
        table(
            page,
            "Seconds of warning",
            &["Seconds of warning", "#Seconds", "#95 %, bootstrap over incidents"],
            &rows,
        );
        page.close();
    }
    if let Some(falsely) = &pattern.false_alarms {
        section(page, "How often for nothing, and how often not", |page| {
            let mut rows = vec![
                vec![
                    "Warned for nothing, of zones told to take cover".to_owned(),
                    format!("{} of {}", falsely.false_alarms, falsely.told),
                    percents(falsely.part),
                    percent_ends(falsely.by_incidents),
                ],
                vec![
                    "Warned for nothing, in an hour of observation".to_owned(),
                    falsely.false_alarms.to_string(),
                    interval(falsely.per_hour),
                    "–".to_owned(),
                ],
            ];
            if let Some(missed) = falsely.missed_part {
                rows.push(vec![
                    "Not told before the first impact, of zones endangered".to_owned(),
                    format!("{} of {}", falsely.missed, falsely.endangered),
                    percents(missed),
                    "–".to_owned(),
                ]);
            }
            table(page, "Errors", &["What", "#Count", "#Estimate (95 %)", "#95 %, bootstrap over incidents"], &rows);
            note(
                page,
                "Parts by Wilson's interval, as if each zone were independent; rates by the exact interval for a Poisson count.",
            );
        });
    }
}

fn clusters(page: &mut Markup, pattern: &Pattern) {
    let Incidents { gap_min, bout_gap_h, alarms_per_hour, .. } = pattern.incidents;
    page.element(
        "p",
        &[],
        format_args!(
            "Rows, in the order of time and wherever they are, belong to one incident while no more than {gap_min:.0} minutes pass \
             between one and the next, and incidents to one bout while no more than {bout_gap_h:.0} hours do. An incident counts in the \
             hour in which it begins. Before that, there were {} rows or alarms in an hour of observation.",
            interval(alarms_per_hour)
        ),
    );
    if !pattern.incidents.other_gaps.is_empty() {
        let row = |gap: &OtherGap| vec![format!("{:.0} minutes", gap.gap_min), gap.incidents.to_string()];
        let rows: Vec<Vec<String>> = pattern.incidents.other_gaps.iter().map(row).collect();
        table(page, "Incidents by other gaps", &["Gap", "#Incidents"], &rows);
    }
}

fn about(page: &mut Markup, pattern: &Pattern) {
    page.open("dl", &[("class", &"facts")]);
    for file in &pattern.source.files {
        page.element("dt", &[], &file.file);
        page.element("dd", &[], format_args!("SHA-256 {}", file.sha256));
    }
    page.element("dt", &[], "Report");
    page.element("dd", &[], format_args!("made by {}, format {}", pattern.made_by, pattern.format));
    page.close();
    if pattern.source.left_out > 0 {
        note(page, format_args!("{} lines of other categories were left out.", pattern.source.left_out));
    }
    note(
        page,
        "Intervals hold 95 %. Counts: the exact interval of Garwood for a Poisson count. Parts: Wilson's score interval. By bouts or by \
         incidents: the percentile bootstrap with 2,000 samples of whole bouts or incidents, from a fixed seed.",
    );
}
