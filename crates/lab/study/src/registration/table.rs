//! The tables of the registration study.

use core::fmt::Write as _;

use super::{Arm, Off, Outcome, Round};
use crate::robustness::Held;
use crate::statistics::{quantile, wilson};

/// Launch times that are told apart, seconds.
const WHEN_S: [(f64, f64); 3] = [(0.0, 60.0), (60.0, 120.0), (120.0, 400.0)];
/// Times at which the estimates are held against the truth, seconds.
const LOOKED_AT_S: [f64; 6] = [10.0, 20.0, 40.0, 80.0, 160.0, 310.0];
/// Squared Mahalanobis distance of the 90 % ellipse.
const ELLIPSE_90: f64 = 4.605;

/// All tables as Markdown.
#[must_use]
pub fn markdown(outcomes: &[Outcome]) -> String {
    impacts(outcomes) + &converging(outcomes) + &found(outcomes)
}

/// What an arm predicted at one of the checks for the rounds of a time.
fn held<'a>(
    outcomes: &'a [Outcome],
    arm: Arm,
    (from_s, to_s): (f64, f64),
    check: usize,
) -> impl Iterator<Item = Option<Held>> + 'a {
    let in_time = move |round: &&Round| (from_s..to_s).contains(&round.launched_s);
    outcomes.iter().flat_map(move |outcome| outcome.arms[&arm].iter().filter(in_time).map(move |r| r.checks[check]))
}

fn impacts(outcomes: &[Outcome]) -> String {
    let mut text =
        "### Distance from the true impact, metres: root mean square / median, and against the unbiased run\n"
            .to_owned();
    for (check, words) in ["12 s after launch", "10 s before impact"].into_iter().enumerate() {
        let _ = write!(
            text,
            "\n{words} (rounds; the ratio is of root mean squares over rounds that both predict)\n\n| radars |"
        );
        for (from_s, to_s) in WHEN_S {
            let _ = write!(text, " launched {from_s:.0} to {to_s:.0} s |");
        }
        text += " 90 % ellipse holds, % |\n|---|---|---|---|---|\n";
        for arm in Arm::ALL {
            let cells: Vec<String> = WHEN_S.iter().map(|when| cell(outcomes, arm, *when, check)).collect();
            let all = held(outcomes, arm, (0.0, 400.0), check).flatten();
            let (inside, count) =
                all.fold((0, 0), |(inside, n), held| (inside + usize::from(held.distance2 <= ELLIPSE_90), n + 1));
            let (low, high) = wilson(inside, count);
            let percent = |part: f64| 100.0 * part;
            let share = percent(inside as f64 / count.max(1) as f64);
            let _ = writeln!(
                text,
                "| {} | {} | {share:.0} ({:.0}-{:.0}) |",
                arm.name(),
                cells.join(" | "),
                percent(low),
                percent(high)
            );
        }
    }
    text
}

fn cell(outcomes: &[Outcome], arm: Arm, when: (f64, f64), check: usize) -> String {
    let errors: Vec<f64> = held(outcomes, arm, when, check).flatten().map(|held| held.error_m).collect();
    let all = held(outcomes, arm, when, check).count();
    let rms = |errors: &[f64]| (errors.iter().map(|e| e * e).sum::<f64>() / errors.len().max(1) as f64).sqrt();
    let pairs = held(outcomes, arm, when, check).zip(held(outcomes, Arm::Unbiased, when, check));
    let (own, other): (Vec<f64>, Vec<f64>) = pairs.filter_map(|(a, b)| Some((a?.error_m, b?.error_m))).unzip();
    format!(
        "{:.1} / {:.1} ({} of {all}) x{:.2}",
        rms(&errors),
        quantile(errors.iter().copied(), 0.5),
        errors.len(),
        rms(&own) / rms(&other)
    )
}

/// One number of how far the estimates are off, in the unit of a table.
type Value = fn(&Off) -> f64;

fn converging(outcomes: &[Outcome]) -> String {
    let mut text = "\n### How far the estimates are off: median / worst run\n\n| after |".to_owned();
    for time_s in LOOKED_AT_S {
        let _ = write!(text, " {time_s:.0} s |");
    }
    text += "\n|---|---|---|---|---|---|---|\n";
    let what: [(&str, Value); 3] = [
        ("azimuth, millidegrees", |off| 1e3 * off.azimuth_rad.to_degrees()),
        ("clocks against each other, ms", |off| 1e3 * off.apart_s),
        ("clocks, ms", |off| 1e3 * off.clock_s),
    ];
    for arm in [Arm::Registered, Arm::WithAircraft] {
        for (name, value) in what {
            let _ = write!(text, "| {}: {name} |", arm.name());
            for time_s in LOOKED_AT_S {
                let latest =
                    |outcome: &Outcome| outcome.converging[&arm].iter().rev().find(|o| o.time_s <= time_s).map(value);
                let values: Vec<f64> = outcomes.iter().filter_map(latest).collect();
                let at = |part: f64| quantile(values.iter().copied(), part);
                let _ = match values.is_empty() {
                    true => write!(text, " - |"),
                    false => write!(text, " {:.0} / {:.0} |", at(0.5), at(1.0)),
                };
            }
            text += "\n";
        }
    }
    text
}

fn found(outcomes: &[Outcome]) -> String {
    let mut text = "\n### What is found, and after how long\n\n| | runs | said | after, median s | after, worst s | |\n|---|---|---|---|---|---|\n".to_owned();
    let mut line = |name: &str, after: Vec<Option<f64>>, note: String| {
        let said: Vec<f64> = after.iter().copied().flatten().collect();
        let (median, worst) = (quantile(said.iter().copied(), 0.5), quantile(said.iter().copied(), 1.0));
        let _ = writeln!(text, "| {name} | {} | {} | {median:.0} | {worst:.0} | {note} |", after.len(), said.len());
    };
    let worst_ms = outcomes.iter().map(|o| o.clock.1.abs() * 1e3).fold(0.0, f64::max);
    line(
        "clock 700 ms ahead",
        outcomes.iter().map(|o| o.clock.0).collect(),
        format!("off by {worst_ms:.0} ms at most after 120 s"),
    );
    let early = outcomes.iter().filter(|o| o.drift.is_some_and(|s| s < 0.0)).count();
    line("drift of 1 m/s", outcomes.iter().map(|o| o.drift).collect(), format!("{early} said before it began"));
    let (false_drifts, played_s) =
        outcomes.iter().fold((0, 0.0), |(n, s), o| (n + o.false_drifts.0, s + o.false_drifts.1));
    let _ = writeln!(text, "\nDrifts said where there is none: {false_drifts} in {:.1} hours.", played_s / 3_600.0);
    text
}
