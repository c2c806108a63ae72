//! The report as a table for people.

use core::fmt;

use super::{Prediction, Report, RoundReport};

const HEAD: [&str; 10] = [
    "round",
    "launched",
    "first plot",
    "alarm",
    "warning",
    "true impact",
    "predicted at alarm (error)",
    "rightly",
    "needlessly",
    "missed",
];

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<[String; 10]> = self.rounds.iter().map(row).collect();
        let width = |column: usize| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells.chain([HEAD[column].len()]).max().unwrap_or(0)
        };
        let widths: [usize; 10] = core::array::from_fn(width);
        line(f, &HEAD.map(str::to_owned), &widths)?;
        line(f, &widths.map(|w| "-".repeat(w)), &widths)?;
        rows.iter().try_for_each(|row| line(f, row, &widths))?;
        for alarm in &self.false_alarms {
            writeln!(f, "false alarm {} of zone {} at {}", alarm.id, alarm.zone, seconds(Some(alarm.raised_s)))?;
        }
        self.conclusion(f)
    }
}

impl Report {
    fn conclusion(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = &self.totals;
        let warning = t.warning_min_s.map_or_else(String::new, |s| format!(", with {s:.1} s at least"));
        writeln!(
            f,
            "{} rounds; {} of {} hits warned{warning}; {} needless alarms, {} of them without any round",
            t.rounds,
            t.hits - t.hits_missed,
            t.hits,
            t.needless,
            t.false_alarms
        )
    }
}

fn line(f: &mut fmt::Formatter<'_>, cells: &[String; 10], widths: &[usize; 10]) -> fmt::Result {
    let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
    writeln!(f, "{}", padded.collect::<Vec<_>>().join("  ").trim_end())
}

fn row(r: &RoundReport) -> [String; 10] {
    let impact = r.impact.map_or_else(none, |i| format!("{:.5} {:.5} at {:.1} s", i.lat_deg, i.lon_deg, i.time_s));
    let list = |zones: &[String]| if zones.is_empty() { none() } else { zones.join(", ") };
    let missed = [r.missed.as_slice(), r.missed_nearby.as_slice()].concat();
    [
        r.object.clone(),
        seconds(r.launched_s),
        seconds(r.first_plot_s),
        seconds(r.alarm_s),
        seconds(r.warning_s),
        impact,
        predicted(r.prediction_at_alarm, r.last_prediction),
        list(&r.alarmed_rightly),
        list(&r.alarmed_needlessly),
        list(&missed),
    ]
}

fn none() -> String {
    "-".to_owned()
}

fn seconds(s: Option<f64>) -> String {
    s.map_or_else(none, |s| format!("{s:.1} s"))
}

/// Place and error of the prediction when alarmed, and the last one's error.
fn predicted(at_alarm: Option<Prediction>, last: Option<Prediction>) -> String {
    let Some((first, last)) = at_alarm.zip(last) else { return none() };
    format!("{:.5} {:.5} ({:.0} m, last {:.0} m)", first.lat_deg, first.lon_deg, first.error_m, last.error_m)
}
