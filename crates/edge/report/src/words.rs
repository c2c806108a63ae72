//! The statement: what happened in plain sentences, as a spokesman would read them out.

use crate::report::*;

/// Names of sixteen winds, from north clockwise.
const WINDS: [&str; 16] = [
    "north",
    "north-north-east",
    "north-east",
    "east-north-east",
    "east",
    "east-south-east",
    "south-east",
    "south-south-east",
    "south",
    "south-south-west",
    "south-west",
    "west-south-west",
    "west",
    "west-north-west",
    "north-west",
    "north-north-west",
];

pub(crate) fn statement(report: &Report) -> Vec<String> {
    let mut said = Vec::new();
    if report.site.mode == "exercise" {
        said.push("This was an exercise. No real round was fired.".to_owned());
    }
    said.push(opening(report));
    if !report.rounds.is_empty() {
        said.extend(classes(report));
        said.extend(origins(report));
        said.push(impacts(report));
    }
    said.extend(warning(report));
    said.extend(unwarned(report));
    said.extend(false_alarms(report));
    said.extend(blindness(report));
    if !report.recording.faults.is_empty() {
        said.push("The recording is not whole; this report covers what can be read of it.".to_owned());
    }
    said
}

/// `one`, `two`, ... as a text says small numbers.
pub(crate) fn count(number: usize) -> String {
    const WORDS: [&str; 13] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    WORDS.get(number).map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

/// The same at the beginning of a sentence.
fn counted(number: usize, one: &str, many: &str) -> String {
    let words = count(number);
    let mut letters = words.chars();
    let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{} {}", letters.as_str(), if number == 1 { one } else { many })
}

fn times(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

pub(crate) fn wind(direction_deg: f64) -> &'static str {
    let place = (direction_deg.rem_euclid(360.0) / 22.5).round() as usize % WINDS.len();
    WINDS[place]
}

/// A distance as people say it.
pub(crate) fn distance(metres: f64) -> String {
    if metres < 950.0 { format!("{metres:.0}\u{a0}m") } else { format!("{:.1}\u{a0}km", metres / 1_000.0) }
}

pub(crate) fn percent(probability: f64) -> String {
    match probability {
        p if p > 0.0 && p < 0.005 => "less than 1\u{a0}%".to_owned(),
        p if p > 0.995 && p < 1.0 => "more than 99\u{a0}%".to_owned(),
        p => format!("{:.0}\u{a0}%", 100.0 * p),
    }
}

fn opening(report: &Report) -> String {
    let site = name(&report.site.name);
    let Some(first) = report.incidents.first() else {
        let RecordingFacts { started_at, ended_at, .. } = &report.recording;
        return format!(
            "Between {} on {} and {} UTC no round was tracked and nobody was warned at {site}.",
            started_at.clock(),
            started_at.date(),
            ended_at.clock()
        );
    };
    if report.rounds.is_empty() {
        return format!(
            "On {} from {} UTC alarms were raised at {site}; no round came down by the record.",
            first.from.date(),
            first.from.clock()
        );
    }
    let launched = |round: &Round| round.origin.map_or(round.first_plot_at, |origin| origin.at);
    let began = report.rounds.iter().map(launched).min().unwrap_or(first.from);
    let last = report.rounds.iter().map(|round| round.impact.at).max().unwrap_or(first.until);
    let attacks = match report.incidents.iter().filter(|incident| incident.rounds > 0).count() {
        0 | 1 => String::new(),
        several => format!(" in {} attacks", count(several)),
    };
    format!(
        "On {} between {} and {} UTC {} came down at or near {site}{attacks}.",
        began.date(),
        began.clock(),
        last.clock(),
        times(report.rounds.len(), "round", "rounds"),
    )
}

/// Odds of the classes, from the least to the greatest among the rounds.
fn classes(report: &Report) -> Option<String> {
    let odds: Vec<_> = report.rounds.iter().filter_map(|round| round.classes).collect();
    let range = |of: fn(&parapet_track::ClassOdds) -> f64| {
        let all = || odds.iter().map(of);
        (all().fold(f64::INFINITY, f64::min), all().fold(0.0, f64::max))
    };
    let mut kinds = [
        ("rockets", range(|odds| odds.rocket)),
        ("artillery shells", range(|odds| odds.artillery)),
        ("mortar bombs", range(|odds| odds.mortar)),
        ("of no class that is known", range(|odds| odds.unknown)),
    ];
    kinds.sort_by(|a, b| b.1.1.total_cmp(&a.1.1));
    let between = |(least, most): (f64, f64)| match (percent(least), percent(most)) {
        (least, most) if least == most => least,
        (least, most) => format!("{least} to {most}"),
    };
    let said: Vec<String> = kinds
        .iter()
        .filter(|(_, (_, most))| *most >= 0.05)
        .map(|(kind, odds)| format!("{kind} ({})", between(*odds)))
        .collect();
    let each = if odds.len() > 1 { "Each by itself, they" } else { "By its flight it" };
    let were = if odds.len() > 1 { "were" } else { "was" };
    (!said.is_empty()).then(|| format!("{each} {were} most probably {}.", said.join(", otherwise ")))
}

fn origins(report: &Report) -> Vec<String> {
    let known: usize = report.origins.iter().map(|area| area.rounds.len()).sum();
    let mut said: Vec<String> = report.origins.iter().map(|area| origin(area, report.rounds.len())).collect();
    if known < report.rounds.len() {
        let unknown = report.rounds.len() - known;
        said.push(format!(
            "Of {} it is not known where {} came from.",
            times(unknown, "round", "rounds"),
            if unknown == 1 { "it" } else { "they" }
        ));
    }
    said
}

fn origin(area: &OriginArea, rounds: usize) -> String {
    let who = match (area.rounds.len(), rounds) {
        (mine, all) if mine == all && all > 1 => "All came".to_owned(),
        (1, 1) => "It came".to_owned(),
        (mine, _) => format!("{} came", counted(mine, "of them", "of them")),
    };
    let by_bearing = format!(
        "{} to the {} (bearing {:.0}°) of the site's reference point",
        distance(area.distance_m),
        wind(area.direction_deg),
        area.direction_deg
    );
    let share = |share: &DistrictShare| format!("{} ({})", name(&share.district), percent(share.probability));
    let district = match area.districts.as_slice() {
        [] => String::new(),
        shares => format!("in {}, ", shares.iter().map(share).collect::<Vec<_>>().join(" or ")),
    };
    format!(
        "{who} from an area {district}{by_bearing}; an ellipse of {} by {} holds a launch with a probability of 95 %. That is an \
         estimate for the record, traced back from the fall, and no target.",
        distance(2.0 * area.place.semi_major_m),
        distance(2.0 * area.place.semi_minor_m),
    )
}

fn impacts(report: &Report) -> String {
    let likely = report.rounds.iter().filter(|round| round.zones.iter().any(|share| share.probability >= 0.5)).count();
    let confirmed = report.rounds.iter().filter(|round| round.heard.as_ref().is_some_and(|h| h.verdict == "confirmed"));
    let heard = match confirmed.count() {
        0 => String::new(),
        number => format!(" {} confirmed by sound.", counted(number, "impact was", "impacts were")),
    };
    let zones = match likely {
        0 => "None of them more probably than not endangered a zone of the site.".to_owned(),
        1 if report.rounds.len() == 1 => "It more probably than not endangered a zone of the site.".to_owned(),
        number if number == report.rounds.len() => {
            "Each of them more probably than not endangered a zone of the site.".to_owned()
        }
        number => {
            format!("{} more probably than not endangered a zone of the site.", counted(number, "of them", "of them"))
        }
    };
    format!("{zones}{heard}")
}

fn warning(report: &Report) -> Option<String> {
    let told: Vec<&ZoneRow> = report.zones.iter().filter(|row| row.warned_at.is_some()).collect();
    let first = told.iter().filter_map(|row| row.warned_at).min()?;
    let people: u64 = people(&told);
    let mut seconds: Vec<f64> = told.iter().filter_map(|row| row.warning_s).collect();
    seconds.sort_by(f64::total_cmp);
    let lead = match seconds.as_slice() {
        [] => String::new(),
        [only] => format!(" The one that was endangered had {only:.0} seconds before the first impact there."),
        [least, .., most] => format!(
            " Those that were endangered had from {least:.0} to {most:.0} seconds before the first impact there (median {:.0}).",
            seconds[seconds.len() / 2]
        ),
    };
    let zones = counted(told.len(), "zone was", "zones were");
    let among = if people > 0 { format!(" with {} people", thousands(people)) } else { String::new() };
    Some(format!("{zones} told to take cover{among}, the first at {} UTC.{lead}", first.clock()))
}

fn people(rows: &[&ZoneRow]) -> u64 {
    let mut counted: Vec<(&str, u32)> = rows.iter().map(|row| (row.zone.as_str(), row.people)).collect();
    counted.sort_unstable();
    counted.dedup();
    counted.iter().map(|(_, people)| u64::from(*people)).sum()
}

fn unwarned(report: &Report) -> Option<String> {
    let rows: Vec<&ZoneRow> =
        report.zones.iter().filter(|row| matches!(row.verdict, Verdict::NotWarned | Verdict::Late)).collect();
    if rows.is_empty() {
        let endangered = report.zones.iter().any(|row| row.verdict == Verdict::Warned);
        return endangered.then(|| "Every zone that should have been warned was warned in time.".to_owned());
    }
    let names: Vec<String> = rows
        .iter()
        .map(|row| {
            let late = if row.verdict == Verdict::Late { ", told too late" } else { "" };
            format!("{} ({} endangered{late})", name(&row.name), percent(row.endangered))
        })
        .collect();
    Some(format!("Not warned before the first impact, and should have been: {}.", names.join("; ")))
}

fn false_alarms(report: &Report) -> Option<String> {
    let rows: Vec<&ZoneRow> = report.zones.iter().filter(|row| row.verdict == Verdict::FalseAlarm).collect();
    let withdrawn =
        report.alarms.iter().filter(|alarm| alarm.words.last().is_some_and(|word| word.stage == "withdrawn"));
    let withdrawn = match withdrawn.count() {
        0 => String::new(),
        number => format!(" {} withdrawn.", counted(number, "alarm was", "alarms were")),
    };
    if rows.is_empty() {
        return (!withdrawn.is_empty()).then(|| withdrawn.trim().to_owned());
    }
    let names: Vec<String> = rows.iter().map(|row| name(&row.name)).collect();
    Some(format!(
        "Told to take cover although, by what is known afterwards, nothing endangered them: {}.{withdrawn}",
        names.join("; ")
    ))
}

fn blindness(report: &Report) -> Option<String> {
    let silent: Vec<String> = report
        .sensors
        .iter()
        .filter(|sensor| !sensor.silent.is_empty())
        .map(|sensor| format!("{} ({:.0} s)", sensor.sensor, sensor.silent_s))
        .collect();
    (!silent.is_empty()).then(|| format!("Sensors that were silent for a time: {}.", silent.join(", ")))
}

/// A name inside a sentence: one that runs from right to left is held apart, so that it turns no number after it around.
pub(crate) fn name(name: &str) -> String {
    let runs_left =
        |letter: char| matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}');
    if name.contains(runs_left) { format!("\u{2068}{name}\u{2069}") } else { name.to_owned() }
}

/// A whole number with its thousands apart.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_say_them() {
        assert_eq!((count(4).as_str(), count(40).as_str()), ("four", "40"));
        assert_eq!(counted(1, "zone was", "zones were"), "One zone was");
        assert_eq!((wind(0.0), wind(359.0), wind(82.0), wind(-90.0)), ("north", "north", "east", "west"));
        assert_eq!((distance(418.0).as_str(), distance(8_240.0).as_str()), ("418\u{a0}m", "8.2\u{a0}km"));
        assert_eq!(
            (percent(0.001).as_str(), percent(0.662).as_str(), percent(0.999).as_str()),
            ("less than 1\u{a0}%", "66\u{a0}%", "more than 99\u{a0}%")
        );
        assert_eq!(
            (thousands(0).as_str(), thousands(999).as_str(), thousands(1_234_567).as_str()),
            ("0", "999", "1,234,567")
        );
    }
}
