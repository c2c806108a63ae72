//! What is aimed at on the bench, held against what was measured.

use super::scores::{Cpu, Score, Scores};

/// Whether a figure is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Reached,
    Missed,
    /// Missed, but by no more than chance allows with so few objects (95 %).
    MissedByChance,
    /// What it is held against has not been measured.
    Unknown,
}

impl Verdict {
    fn of(reached: bool) -> Self {
        if reached { Verdict::Reached } else { Verdict::Missed }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Verdict::Reached => "reached",
            Verdict::Missed => "**missed**",
            Verdict::MissedByChance => "missed, within chance",
            Verdict::Unknown => "not measured",
        }
    }
}

/// One figure.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Figure {
    pub(super) what: String,
    pub(super) target: String,
    pub(super) value: String,
    pub(super) verdict: Verdict,
}

fn figure(what: impl Into<String>, target: impl Into<String>, value: Option<(String, bool)>) -> Figure {
    let (value, verdict) = match value {
        Some((value, reached)) => (value, Verdict::of(reached)),
        None => ("-".to_owned(), Verdict::Unknown),
    };
    Figure { what: what.into(), target: target.into(), value, verdict }
}

/// Norm ratio from 3 s after the first plot on, at the most.
const NORM_MAX: f64 = 1.05;
/// Energy score over the batch fit's, at the most.
const OVER_BATCH_MAX: f64 = 1.03;
/// Share of rounds inside the ellipse, and what it may be.
const HOLDING: [(&str, f64, f64); 3] = [("in50", 0.45, 0.55), ("in90", 0.87, 0.93), ("in99", 0.975, 1.0)];
/// Average normalised estimation error squared per degree of freedom.
const ANEES: (f64, f64) = (0.9, 1.1);
/// Part of the possible time for which the warning is in the right place, at least.
const RIGHT_PLACE_MIN: f64 = 0.92;
/// GOSPA over the best peer's, at the most.
const GOSPA_MAX: f64 = 0.8;
/// Switches and breaks over the best peer's, at the most.
const SWITCHES_MAX: f64 = 0.5;
/// Energy score in the dense scene over the best peer's, at the most.
const DENSE_ENERGY_MAX: f64 = 0.85;
/// How many times less CPU than the fastest peer, at least.
const CPU_MIN: f64 = 300.0;
/// How many times faster than real time with a thousand objects, at least.
const REAL_TIME_MIN: f64 = 20.0;

/// Every figure of the bench.
pub(super) fn all(scores: &Scores, cpu: &[Cpu]) -> Vec<Figure> {
    let mut figures = Vec::new();
    for scenario in ["S1", "S2"] {
        if let Some(ours) = scores.of("parapet", scenario) {
            figures.extend(sparse(scenario, ours, scores));
        }
    }
    for scenario in ["S3", "S4"] {
        if let Some(ours) = scores.of("parapet", scenario) {
            figures.extend(dense(scenario, ours, scores));
        }
    }
    if let Some(ours) = scores.of("parapet", "S5") {
        let alarms = ours.number(&["false_alarm_seconds_per_hour"]).zip(ours.number(&["dup_alarm_seconds_per_hour"]));
        let value = alarms.map(|(a, b)| (format!("{:.1} alarm-s/h", a + b), a + b == 0.0));
        figures.push(figure("S5 alarms", "none in any run", value));
    }
    figures.extend(cost(cpu));
    figures
}

/// From 3 s after the first plot to impact.
fn counted(score: &Score) -> Vec<String> {
    score.times().into_iter().filter(|time| time != "tau1" && time != "tau2").collect()
}

/// The largest of a number over the counted times, and when that is.
fn worst(score: &Score, number: impl Fn(&str) -> Option<f64>) -> Option<(f64, String)> {
    let numbers = counted(score).into_iter().filter_map(|time| Some((number(&time)?, time)));
    numbers.max_by(|a, b| a.0.total_cmp(&b.0))
}

fn sparse(scenario: &str, ours: &Score, scores: &Scores) -> Vec<Figure> {
    let mut figures = Vec::new();
    let norm = worst(ours, |time| ours.at(time, "ratio_norm"));
    let value = norm.map(|(norm, time)| (format!("{norm:.2} at the worst ({})", spoken(&time)), norm <= NORM_MAX));
    figures.push(figure(format!("{scenario} norm ratio, 3 s to impact"), format!("at most {NORM_MAX}"), value));
    let batch = scores.of("batch", scenario);
    let over = batch
        .and_then(|batch| worst(ours, |time| Some(ours.at(time, "energy_mean")? / batch.at(time, "energy_mean")?)));
    let value = over.map(|(r, time)| (format!("{r:.2} at the worst ({})", spoken(&time)), r <= OVER_BATCH_MAX));
    let what = format!("{scenario} energy score over the batch fit's");
    figures.push(figure(what, format!("at most {OVER_BATCH_MAX}"), value));
    for (name, low, high) in HOLDING {
        figures.push(holding(scenario, ours, name, low, high));
    }
    figures.push(anees(scenario, ours));
    let value = ours.number(&["good_lead_fraction"]).map(|f| (format!("{:.1} %", 100.0 * f), f >= RIGHT_PLACE_MIN));
    let target = format!("at least {:.0} % of the possible time", 100.0 * RIGHT_PLACE_MIN);
    figures.push(figure(format!("{scenario} warning in the right place"), target, value));
    let value = ours.number(&["dup_alarms_per_object"]).map(|d| (format!("{d:.3} an object"), d == 0.0));
    figures.push(figure(format!("{scenario} duplicate alarms"), "none", value));
    figures
}

/// How often the ellipse holds, over all counted times. With few objects a share cannot lie in the band at all, so chance is
/// told apart.
fn holding(scenario: &str, ours: &Score, name: &str, low: f64, high: f64) -> Figure {
    let shares: Vec<(f64, f64, String)> = counted(ours)
        .into_iter()
        .filter_map(|time| Some((ours.at(&time, name)?, ours.at(&time, "n")?, time)))
        .collect();
    let inside = shares.iter().filter(|(share, ..)| (low..=high).contains(share)).count();
    let possible = shares
        .iter()
        .filter(|(share, n, _)| {
            let (least, most) = wilson(*share, *n);
            least <= high && most >= low
        })
        .count();
    let verdict = match shares.len() {
        0 => Verdict::Unknown,
        all if inside == all => Verdict::Reached,
        all if possible == all => Verdict::MissedByChance,
        _ => Verdict::Missed,
    };
    let share = |f: fn(f64, f64) -> f64, start: f64| 100.0 * shares.iter().map(|(share, ..)| *share).fold(start, f);
    let (least, most) = (share(f64::min, 1.0), share(f64::max, 0.0));
    Figure {
        what: format!("{scenario} {} % ellipse holds", &name[2..]),
        target: format!("{:.1} to {:.0} % at every time", 100.0 * low, 100.0 * high),
        value: format!("{least:.0} to {most:.0} %; at {inside} of {} times, within chance at {possible}", shares.len()),
        verdict,
    }
}

fn anees(scenario: &str, ours: &Score) -> Figure {
    let values: Vec<(f64, f64)> = counted(ours)
        .iter()
        .filter_map(|time| Some((ours.at(time, "anees_available")?, ours.at(time, "n")?)))
        .collect();
    let inside = values.iter().filter(|(v, _)| (ANEES.0..=ANEES.1).contains(v)).count();
    // The mean of n chi-square variables of two degrees, halved, has the variance 1/n.
    let near = |(v, n): &&(f64, f64)| (ANEES.0 - 1.96 / n.sqrt()..=ANEES.1 + 1.96 / n.sqrt()).contains(v);
    let possible = values.iter().filter(near).count();
    let verdict = match values.len() {
        0 => Verdict::Unknown,
        all if inside == all => Verdict::Reached,
        all if possible == all => Verdict::MissedByChance,
        _ => Verdict::Missed,
    };
    let least = values.iter().map(|v| v.0).fold(f64::INFINITY, f64::min);
    let most = values.iter().map(|v| v.0).fold(0.0, f64::max);
    Figure {
        what: format!("{scenario} ANEES per degree of freedom"),
        target: format!("{} to {} at every time", ANEES.0, ANEES.1),
        value: format!("{least:.2} to {most:.2}; at {inside} of {} times, within chance at {possible}", values.len()),
        verdict,
    }
}

/// 95 % interval of a share of n (Wilson 1927).
fn wilson(share: f64, n: f64) -> (f64, f64) {
    const Z: f64 = 1.959_964;
    let (z2, centre) = (Z * Z / n, share + Z * Z / (2.0 * n));
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    ((centre - half) / (1.0 + z2), (centre + half) / (1.0 + z2))
}

fn dense(scenario: &str, ours: &Score, scores: &Scores) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut against = |what: &str, path: &[&str], part: f64| {
        let value = ours.number(path).zip(scores.best_peer(scenario, path)).map(|(ours, (best, who))| {
            (format!("{ours:.3} = {:.2} of {best:.3} ({who})", ours / best), ours <= part * best)
        });
        figures.push(figure(format!("{scenario} {what}"), format!("at most {part} of the best peer's"), value));
    };
    against("GOSPA of rounds, m", &["gospa_ram", "mean"], GOSPA_MAX);
    against("identity switches an object", &["id_switches_per_object"], SWITCHES_MAX);
    against("breaks an object", &["breaks_per_object"], SWITCHES_MAX);
    if scenario == "S3" {
        for time in ["tau5", "tau10", "tau20"] {
            let what = format!("energy score {}, m", spoken(time));
            against(&what, &["impact", time, "energy_mean"], DENSE_ENERGY_MAX);
        }
    }
    let value = ours.number(&["alarmed"]).map(|share| (format!("{:.1} %", 100.0 * share), share == 1.0));
    figures.push(figure(format!("{scenario} falling objects alarmed"), "every one", value));
    let value = ours.number(&["false_alarm_tracks"]).map(|n| (format!("{n:.0}"), n == 0.0));
    figures.push(figure(format!("{scenario} false alarms"), "none", value));
    if scenario == "S3" {
        for time in ["tau5", "tau10", "tau20"] {
            let value = ours.at(time, "in90").map(|s| (format!("{:.1} %", 100.0 * s), (0.87..=0.93).contains(&s)));
            figures.push(figure(format!("S3 90 % ellipse holds {}", spoken(time)), "87 to 93 %", value));
        }
    }
    figures
}

fn cost(cpu: &[Cpu]) -> Vec<Figure> {
    let mut figures = Vec::new();
    for ours in cpu.iter().filter(|cpu| cpu.who == "parapet") {
        let peer = cpu.iter().find(|other| other.scenario == ours.scenario && other.who != "parapet");
        let value = peer.map(|peer| {
            let ratio = peer.per_plot_us / ours.per_plot_us;
            (
                format!("{:.2} us, 1/{ratio:.0} of {:.0} us ({})", ours.per_plot_us, peer.per_plot_us, peer.who),
                ratio >= CPU_MIN,
            )
        });
        let target = format!("at most 1/{CPU_MIN:.0} of the fastest peer's");
        figures.push(figure(format!("{} CPU per plot", ours.scenario), target, value));
        if ours.scenario == "S4" {
            // The scans of S4 are a second apart.
            let times = ours.scans / ours.user_s;
            let value = Some((format!("{times:.1} times"), times >= REAL_TIME_MIN));
            figures.push(figure("S4 on one core", format!("{REAL_TIME_MIN:.0} times faster than real time"), value));
        }
    }
    figures
}

/// A time of the scorer's in words.
pub(super) fn spoken(time: &str) -> String {
    match (time.strip_prefix("tau"), time.strip_prefix("tti")) {
        (Some(after), _) => format!("{after} s after the first plot"),
        (None, Some(before)) => format!("{before} s before impact"),
        (None, None) => time.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn scores(ours: serde_json::Value, peer: serde_json::Value) -> Scores {
        let mut scores = Scores::default();
        scores.put("parapet", "S3", "1-5", ours);
        scores.put("imm", "S3", "1-5", peer);
        scores
    }

    #[test]
    fn a_figure_is_held_against_the_best_peer() {
        let ours = json!({"gospa_ram": {"mean": 70.0}, "alarmed": 0.99, "false_alarm_tracks": 0});
        let figures = all(&scores(ours, json!({"gospa_ram": {"mean": 100.0}})), &[]);
        let of = |what: &str| figures.iter().find(|f| f.what.contains(what)).unwrap().clone();
        assert_eq!(of("GOSPA").verdict, Verdict::Reached);
        assert!(of("GOSPA").value.contains("0.70 of 100.000 (imm)"));
        assert_eq!(of("switches").verdict, Verdict::Unknown);
        assert_eq!(of("alarmed").verdict, Verdict::Missed);
        assert_eq!(of("false alarms").verdict, Verdict::Reached);
    }

    #[test]
    fn chance_is_told_apart_from_a_fault() {
        let share = |in50: f64, n: u32| {
            let mut scores = Scores::default();
            let at = json!({"n": n, "in50": in50, "in90": 0.9, "in99": 1.0, "anees_available": 1.0, "ratio_norm": 1.0});
            scores.put("parapet", "S1", "1-20", json!({"impact": {"tau5": at}}));
            all(&scores, &[]).into_iter().find(|f| f.what.contains("50 %")).unwrap().verdict
        };
        assert_eq!(share(0.5, 20), Verdict::Reached);
        assert_eq!(share(0.6, 20), Verdict::MissedByChance);
        assert_eq!(share(0.6, 2_000), Verdict::Missed);
    }

    #[test]
    fn wilson_as_published() {
        // Ten of ten: the lower end is 1 / (1 + z^2 / n).
        let (low, high) = wilson(1.0, 10.0);
        assert!((low - 0.722).abs() < 1e-3 && (high - 1.0).abs() < 1e-9, "{low} {high}");
    }
}
