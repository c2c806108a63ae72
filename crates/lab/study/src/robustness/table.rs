//! The matrix as tables.

use core::fmt::Write as _;

use parapet_world::ObjectClass;

use super::run::{Held, Outcome};
use super::{Row, TIMES, When};
use crate::statistics::{quantile, wilson};

/// Squared Mahalanobis distances within which a place lies with these probabilities: chi-square of two degrees of freedom.
const ELLIPSES: [f64; 3] = [1.386_294, 4.605_170, 9.210_340];
/// ... and with 99.9 %.
const ELLIPSE_999: f64 = 13.815_511;
/// Wrong by less than this is no harm, metres.
const HARMLESS_M: f64 = 300.0;
/// The 90 % ellipse should hold at least this share, whatever the world does.
const HOLDS_MIN: f64 = 0.8;
/// Two-sided 90 % of a normal distribution, standard deviations.
const NINETY_SIGMAS: f64 = 1.644_854;

impl When {
    fn words(self) -> String {
        match self {
            When::After(s) => format!("{s} s after the first plot"),
            When::Before(s) => format!("{s} s before impact"),
        }
    }
}

/// One row at one time.
struct Cell {
    /// Rounds that were in the air and had been seen.
    rounds: usize,
    predictions: Vec<Held>,
}

impl Cell {
    fn of(outcomes: &[Outcome], time: usize) -> Self {
        let checks = outcomes.iter().filter_map(|outcome| outcome.checks[time]);
        Cell { rounds: checks.clone().count(), predictions: checks.filter_map(|check| check.prediction).collect() }
    }

    /// Rounds without a prediction count as infinitely wrong.
    fn error_m(&self, part: f64) -> f64 {
        let missing = self.rounds - self.predictions.len();
        let errors = self.predictions.iter().map(|p| p.error_m).chain(core::iter::repeat_n(f64::INFINITY, missing));
        quantile(errors, part)
    }

    fn share(&self, holds: impl Fn(&Held) -> bool) -> (usize, usize) {
        (self.predictions.iter().filter(|p| holds(p)).count(), self.predictions.len())
    }

    fn inside(&self, ellipse: f64) -> (usize, usize) {
        self.share(|p| p.distance2 <= ellipse)
    }

    fn in_time(&self) -> (usize, usize) {
        self.share(|p| p.time_error_s.abs() <= NINETY_SIGMAS * p.sigma_time_s)
    }
}

fn is_confidently_wrong(outcome: &Outcome) -> bool {
    let predictions = outcome.checks.iter().flatten().filter_map(|check| check.prediction);
    predictions.into_iter().any(|p| p.distance2 > ELLIPSE_999 && p.error_m > HARMLESS_M)
}

/// A share in percent with its 95 % interval.
fn percent((k, n): (usize, usize)) -> String {
    if n == 0 {
        return "-".to_owned();
    }
    let (low, high) = wilson(k, n);
    format!("{:.0} ({:.0}-{:.0})", 100.0 * k as f64 / n as f64, 100.0 * low, 100.0 * high)
}

fn metres(value: f64) -> String {
    match value {
        v if v.is_nan() => "-".to_owned(),
        v if v.is_infinite() => "inf".to_owned(),
        v if v < 10.0 => format!("{v:.1}"),
        v => format!("{v:.0}"),
    }
}

/// What became of the rounds, how far off predictions were, how honest, and how the classes differ where nothing is disturbed.
#[must_use]
pub fn markdown(matrix: &[(Row, Vec<Outcome>)]) -> String {
    let mut text = rounds(matrix);
    text += &errors(matrix);
    text += &honesty(matrix);
    text += &classes(matrix);
    text
}

fn rounds(matrix: &[(Row, Vec<Outcome>)]) -> String {
    let mut text = "### Rounds and alarms\n\n".to_owned();
    text += "| the world | rounds | seen % | alarmed % | warned s before impact, median | of the time in sight | false alarms | confident wrong % | 90 % ellipse holds at the worst time, % | |\n";
    text += "|---|---|---|---|---|---|---|---|---|---|\n";
    for (row, outcomes) in matrix {
        let n = outcomes.len();
        let share = |holds: &dyn Fn(&Outcome) -> bool| (outcomes.iter().filter(|o| holds(o)).count(), n);
        let warnings = outcomes.iter().map(|o| o.warning_s.unwrap_or(0.0));
        let shares = (0..TIMES.len()).map(|time| Cell::of(outcomes, time).inside(ELLIPSES[1]));
        let worst = shares.filter(|(_, n)| *n > 0).map(|(k, n)| k as f64 / n as f64).fold(1.0, f64::min);
        let parts = outcomes.iter().filter_map(|o| Some(o.warning_s.unwrap_or(0.0) / o.seen_s?));
        let _ = writeln!(
            text,
            "| {} | {n} | {} | {} | {:.1} | {:.2} | {} | {} | {:.0} | {} |",
            row.name(),
            percent(share(&|o| o.seen_s.is_some())),
            percent(share(&|o| o.is_alarmed)),
            quantile(warnings, 0.5),
            quantile(parts, 0.5),
            outcomes.iter().map(|o| o.false_alarms).sum::<usize>(),
            percent(share(&|o| is_confidently_wrong(o))),
            100.0 * worst,
            if worst >= HOLDS_MIN { "80 % reached" } else { "80 % **missed**" },
        );
    }
    text
}

fn heading(of: &str) -> String {
    let times: Vec<String> = TIMES.into_iter().map(When::words).collect();
    format!("| {of} | {} |\n|---|{}\n", times.join(" | "), "---|".repeat(TIMES.len()))
}

fn by_time(matrix: &[(Row, Vec<Outcome>)], of: &str, cell: impl Fn(&Cell) -> String) -> String {
    let mut text = heading(of);
    for (row, outcomes) in matrix {
        let cells: Vec<String> = (0..TIMES.len()).map(|time| cell(&Cell::of(outcomes, time))).collect();
        let _ = writeln!(text, "| {} | {} |", row.name(), cells.join(" | "));
    }
    text
}

fn errors(matrix: &[(Row, Vec<Outcome>)]) -> String {
    let mut text = "\n### Distance from the true impact, metres: median / 90 % (rounds; predicted %)\n\n".to_owned();
    text += &by_time(matrix, "the world", |cell| {
        let predicted = 100.0 * cell.predictions.len() as f64 / cell.rounds.max(1) as f64;
        format!("{} / {} ({}; {predicted:.0})", metres(cell.error_m(0.5)), metres(cell.error_m(0.9)), cell.rounds)
    });
    text += "\n### Time of impact: median size of the error, seconds / 90 % interval holds, %\n\n";
    text += &by_time(matrix, "the world", |cell| {
        let errors = cell.predictions.iter().map(|p| p.time_error_s.abs());
        let median_s = quantile(errors, 0.5);
        if median_s.is_nan() { "-".to_owned() } else { format!("{median_s:.2} / {}", percent(cell.in_time())) }
    });
    text
}

fn honesty(matrix: &[(Row, Vec<Outcome>)]) -> String {
    let mut text = "\n### The 90 % ellipse holds, % of predictions (95 % interval)\n\n".to_owned();
    text += &by_time(matrix, "the world", |cell| percent(cell.inside(ELLIPSES[1])));
    text += "\n### The 50 / 99 % ellipse holds, % of predictions\n\n";
    let plain =
        |(k, n): (usize, usize)| if n == 0 { "-".to_owned() } else { format!("{:.0}", 100.0 * k as f64 / n as f64) };
    text += &by_time(matrix, "the world", |cell| {
        format!("{} / {}", plain(cell.inside(ELLIPSES[0])), plain(cell.inside(ELLIPSES[2])))
    });
    text
}

fn classes(matrix: &[(Row, Vec<Outcome>)]) -> String {
    let Some((row, outcomes)) = matrix.first() else { return String::new() };
    let mut text = format!("\n### By class, {}: median metres / 90 % ellipse holds, %\n\n", row.name());
    text += &heading("class");
    for class in [ObjectClass::Mortar, ObjectClass::Artillery, ObjectClass::Rocket] {
        let of_class: Vec<Outcome> = outcomes.iter().filter(|outcome| outcome.class == class).cloned().collect();
        let cells = (0..TIMES.len()).map(|time| Cell::of(&of_class, time));
        let cells = cells.map(|cell| format!("{} / {}", metres(cell.error_m(0.5)), percent(cell.inside(ELLIPSES[1]))));
        let _ = writeln!(text, "| {class:?} | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
    text
}

/// Every row at every time as comma-separated values, with a line of headings: the numbers of the tables, unrounded.
#[must_use]
pub fn summary_csv(matrix: &[(Row, Vec<Outcome>)]) -> String {
    let mut text = "row,at,in_sight,predicted,median_m,p90_m,in50,in90,in99,median_time_error_s,time_in90\n".to_owned();
    for (row, outcomes) in matrix {
        for (time, when) in TIMES.into_iter().enumerate() {
            let cell = Cell::of(outcomes, time);
            let [in50, in90, in99] = ELLIPSES.map(|ellipse| cell.inside(ellipse).0);
            let _ = writeln!(
                text,
                "\"{}\",{},{},{},{:.2},{:.2},{in50},{in90},{in99},{:.4},{}",
                row.name(),
                when.words(),
                cell.rounds,
                cell.predictions.len(),
                cell.error_m(0.5),
                cell.error_m(0.9),
                quantile(cell.predictions.iter().map(|p| p.time_error_s.abs()), 0.5),
                cell.in_time().0,
            );
        }
    }
    text
}

/// Every round and every check as comma-separated values, with a line of headings.
#[must_use]
pub fn rounds_csv(matrix: &[(Row, Vec<Outcome>)]) -> String {
    let mut text = "row,round,class,seen_s,alarmed,warning_s,false_alarms,at,in_sight,error_m,distance2,time_error_s,sigma_time_s\n".to_owned();
    let number = |value: Option<f64>| value.map_or_else(String::new, |v| format!("{v:.4}"));
    for (row, outcomes) in matrix {
        for (i, o) in outcomes.iter().enumerate() {
            for (when, check) in TIMES.into_iter().zip(&o.checks) {
                let p = check.and_then(|check| check.prediction);
                let _ = writeln!(
                    text,
                    "\"{}\",{i},{:?},{},{},{},{},{},{},{},{},{},{}",
                    row.name(),
                    o.class,
                    number(o.seen_s),
                    o.is_alarmed,
                    number(o.warning_s),
                    o.false_alarms,
                    when.words(),
                    check.is_some(),
                    number(p.map(|p| p.error_m)),
                    number(p.map(|p| p.distance2)),
                    number(p.map(|p| p.time_error_s)),
                    number(p.map(|p| p.sigma_time_s)),
                );
            }
        }
    }
    text
}
