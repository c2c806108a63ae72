//! The tables of the bench, as they stand in the study.

use core::fmt::Write as _;

use super::figures::{self, spoken};
use super::scores::{Cpu, Scores};

const BEGIN: &str = "<!-- tables: begin -->";
const END: &str = "<!-- tables: end -->";

/// The text of a document with the tables between its marks; `None` where it has no such marks.
pub(super) fn put_between_marks(document: &str, tables: &str) -> Option<String> {
    let (head, rest) = document.split_once(BEGIN)?;
    let (_, tail) = rest.split_once(END)?;
    Some(format!("{head}{BEGIN}\n{}\n{END}{tail}", tables.trim()))
}

/// All tables.
pub(super) fn all(scores: &Scores, cpu: &[Cpu]) -> String {
    let mut text = targets(scores, cpu);
    for scenario in ["S1", "S2", "S3", "S4"] {
        text += &impacts(scores, scenario);
    }
    text += &scenes(scores);
    text += &costs(cpu);
    text
}

fn targets(scores: &Scores, cpu: &[Cpu]) -> String {
    let figures = figures::all(scores, cpu);
    let reached = figures.iter().filter(|f| f.verdict == figures::Verdict::Reached).count();
    let mut text = format!("### Targets: {reached} of {} reached\n\n", figures.len());
    text += "| figure | target | measured | |\n|---|---|---|---|\n";
    for f in figures {
        let _ = writeln!(text, "| {} | {} | {} | {} |", f.what, f.target, f.value, f.verdict.word());
    }
    text
}

/// Where it will fall, by time, beside the batch fit and the best peer.
fn impacts(scores: &Scores, scenario: &str) -> String {
    let Some(ours) = scores.of("parapet", scenario) else { return String::new() };
    let batch = scores.of("batch", scenario);
    let mut text = format!("\n### {scenario}: the predicted impact (seeds {})\n\n", ours.seeds);
    text += "| at | rounds | predicted % | median m | 90 % m | norm ratio | batch | best peer | energy m | batch | best peer | in 50/90/99 % | ANEES |\n";
    text += "|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";
    for time in ours.times() {
        let own = |name: &str| ours.at(&time, name);
        let fit = |name: &str| batch.and_then(|batch| batch.at(&time, name));
        let best = |name: &str| {
            let found = scores.best_peer(scenario, &["impact", &time, name]);
            found.map_or_else(|| "-".to_owned(), |(value, who)| format!("{} ({who})", digits(Some(value))))
        };
        let shares = ["in50", "in90", "in99"].map(|name| digits(own(name).map(|share| 100.0 * share)));
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            spoken(&time),
            whole(own("n")),
            digits(own("available").map(|share| 100.0 * share)),
            digits(own("median")),
            digits(own("p90")),
            digits(own("ratio_norm")),
            digits(fit("ratio_norm")),
            best("ratio_norm"),
            digits(own("energy_mean")),
            digits(fit("energy_mean")),
            best("energy_mean"),
            shares.join("/"),
            digits(own("anees_available")),
        );
    }
    text
}

/// Three significant digits, which is more than the seeds carry.
fn digits(value: Option<f64>) -> String {
    match value {
        None => "-".to_owned(),
        Some(v) if v.is_infinite() => "inf".to_owned(),
        Some(v) if v.abs() >= 99.95 => format!("{v:.0}"),
        Some(v) if v.abs() >= 9.995 => format!("{v:.1}"),
        Some(v) => format!("{v:.2}"),
    }
}

/// How whole scenes went, tracker by tracker.
fn scenes(scores: &Scores) -> String {
    let mut text = "\n### Scenes: tracks and alarms\n\n".to_owned();
    text += "| scene, seeds | tracker | GOSPA m | complete % | switches an object | breaks an object | false tracks | alarmed % | right place % of possible time | false alarms | duplicate alarms an object |\n";
    text += "|---|---|---|---|---|---|---|---|---|---|---|\n";
    for scenario in ["S1", "S2", "S3", "S4", "S5"] {
        let ours = scores.of("parapet", scenario).map(|score| ("parapet", score));
        for (who, score) in ours.into_iter().chain(scores.peers(scenario)) {
            let number = |path: &[&str]| score.number(path);
            let share = |name: &str| digits(number(&[name]).map(|share| 100.0 * share));
            let _ = writeln!(
                text,
                "| {scenario}, {} | {who} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                score.seeds,
                digits(number(&["gospa_ram", "mean"])),
                share("completeness"),
                precise(number(&["id_switches_per_object"])),
                precise(number(&["breaks_per_object"])),
                whole(number(&["false_tracks"])),
                share("alarmed"),
                share("good_lead_fraction"),
                whole(number(&["false_alarm_tracks"])),
                precise(number(&["dup_alarms_per_object"])),
            );
        }
    }
    text
}

fn precise(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |v| format!("{v:.3}"))
}

fn whole(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |v| format!("{v:.0}"))
}

fn costs(cpu: &[Cpu]) -> String {
    if cpu.is_empty() {
        return String::new();
    }
    let mut text = "\n### CPU of the whole program, one run, one machine\n\n".to_owned();
    text += "| scene | tracker | us a plot | ms a scan |\n";
    text += "|---|---|---|---|\n";
    for c in cpu {
        let _ = writeln!(text, "| {} | {} | {:.2} | {:.3} |", c.scenario, c.who, c.per_plot_us, c.per_scan_ms);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_go_between_the_marks_and_nothing_else_changes() {
        let document = format!("before\n{BEGIN}\nold\n{END}\nafter\n");
        let once = put_between_marks(&document, "new\n").unwrap();
        assert_eq!(once, format!("before\n{BEGIN}\nnew\n{END}\nafter\n"));
        assert_eq!(put_between_marks(&once, "new\n").unwrap(), once);
        assert!(put_between_marks("no marks", "new").is_none());
    }

    #[test]
    fn three_digits() {
        assert_eq!([1234.5, 56.78, 3.456, f64::INFINITY].map(|v| digits(Some(v))), ["1234", "56.8", "3.46", "inf"]);
        assert_eq!(digits(None), "-");
    }
}
