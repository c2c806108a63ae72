//! Time charts: the flights of the rounds, and what every zone was told, against one axis of time.

use parapet_frame::Time;

use crate::Moment;
use crate::markup::{Markup, Px};
use crate::plan::short;
use crate::report::{AlarmRow, Incident, Report, Round};

const WIDTH: f64 = 720.0;
/// Where the bars begin and end: left of them stand the names.
const LEFT: f64 = 216.0;
const RIGHT: f64 = WIDTH - 8.0;
const ROW: f64 = 21.0;
const BAR: f64 = 13.0;
const TOP: f64 = 26.0;
/// Rows of each kind at most: a page of paper.
const ROWS_MAX: usize = 30;
/// Steps of the axis, seconds.
const STEPS_S: [f64; 13] = [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0, 21_600.0];
/// Marks on the axis at most.
const MARKS_MAX: f64 = 7.0;

struct Axis {
    from: Time,
    seconds: f64,
}

impl Axis {
    fn x(&self, at: Moment) -> f64 {
        LEFT + (RIGHT - LEFT) * (at.0.seconds_since(self.from) / self.seconds).clamp(0.0, 1.0)
    }

    fn step_s(&self) -> f64 {
        STEPS_S.into_iter().find(|step_s| self.seconds / step_s <= MARKS_MAX).unwrap_or(self.seconds)
    }
}

/// The chart of one incident; what does not fit is counted in its last line.
pub(crate) fn chart(page: &mut Markup, report: &Report, incident: &Incident) {
    let rounds: Vec<&Round> = report.rounds.iter().filter(|round| incident.holds(round.first_plot_at)).collect();
    let begun = |alarm: &&AlarmRow| alarm.words.first().is_some_and(|word| incident.holds(word.at));
    let alarms: Vec<&AlarmRow> = report.alarms.iter().filter(begun).collect();
    let shown = (rounds.len().min(ROWS_MAX), alarms.len().min(ROWS_MAX));
    let left_out = rounds.len() + alarms.len() - shown.0 - shown.1;
    let rows = shown.0 + shown.1 + usize::from(left_out > 0);
    let height = TOP + ROW * rows as f64 + 30.0;
    let seconds = incident.until.0.seconds_since(incident.from.0).max(1.0);
    let axis = Axis { from: incident.from.0.plus_seconds(-0.02 * seconds), seconds: 1.06 * seconds };

    let title = "Course of events: flights of the rounds and what each zone was told";
    let size = format!("0 0 {WIDTH} {}", Px(height));
    page.open("svg", &[("class", &"strip"), ("viewBox", &size), ("role", &"img"), ("aria-label", &title)]);
    page.element("title", &[], title);
    let bottom = TOP + ROW * rows as f64;
    marks(page, &axis, bottom);
    let mut y = TOP;
    for round in rounds.iter().take(ROWS_MAX) {
        flight(page, &axis, y, round);
        y += ROW;
    }
    for alarm in alarms.iter().take(ROWS_MAX) {
        life(page, &axis, y, alarm, report, incident);
        y += ROW;
    }
    if left_out > 0 {
        words(page, "small", [0.0, y + 11.0], &format!("and {left_out} more, in the tables below"));
    }
    legend(page, bottom + 20.0);
    page.close();
}

fn marks(page: &mut Markup, axis: &Axis, bottom: f64) {
    let step = (axis.step_s() * 1e9) as i64;
    let mut at = Time::from_nanos((axis.from.nanos().div_euclid(step) + 1).saturating_mul(step));
    while at.seconds_since(axis.from) < axis.seconds {
        let x = axis.x(Moment(at));
        line(page, "mark", [x, TOP - 6.0], [x, bottom]);
        let clock = Moment(at).clock();
        // Labels of whole seconds; the middle of a label stands over its mark, but not beyond the edge.
        words(page, "small", [(x - 22.0).min(RIGHT - 46.0), TOP - 11.0], clock.get(..8).unwrap_or(&clock));
        at = at.plus_nanos(step);
    }
}

fn flight(page: &mut Markup, axis: &Axis, y: f64, round: &Round) {
    name(page, y, &format!("Round {}", round.number));
    let middle = y + 0.5 * BAR;
    let launched = round.origin.map_or(round.first_plot_at, |origin| origin.at);
    let [launch, seen, lost, fell] =
        [launched, round.first_plot_at, round.last_plot_at, round.impact.at].map(|at| axis.x(at));
    line(page, "unseen", [launch, middle], [fell, middle]);
    bar(page, "seen", [seen, y + 2.0], lost - seen, BAR - 4.0);
    line(page, "impact", [fell - 4.0, middle - 4.0], [fell + 4.0, middle + 4.0]);
    line(page, "impact", [fell - 4.0, middle + 4.0], [fell + 4.0, middle - 4.0]);
}

fn life(page: &mut Markup, axis: &Axis, y: f64, alarm: &AlarmRow, report: &Report, incident: &Incident) {
    name(page, y, &alarm.zone_name);
    let ends = alarm.words.iter().skip(1).map(|word| word.at).chain([incident.until]);
    for (word, until) in alarm.words.iter().zip(ends) {
        let (from, to) = (axis.x(word.at), axis.x(until));
        match word.stage.as_str() {
            "prepare" => bar(page, "prepare", [from, y], to - from, BAR),
            "take_cover" => bar(page, "cover", [from, y], to - from, BAR),
            "hold" => bar(page, "hold", [from, y], to - from, BAR),
            "withdrawn" => ended(page, "withdrawn", from, y),
            _ => ended(page, "clear", from, y),
        }
    }
    let row = report.zones.iter().find(|row| row.zone == alarm.zone && row.incident == incident.number);
    let (Some(told), Some(impact_at)) = (row.and_then(|row| row.warned_at), row.and_then(|row| row.first_impact_at))
    else {
        return;
    };
    let x = axis.x(impact_at);
    line(page, "first-impact", [x, y - 3.0], [x, y + BAR + 3.0]);
    let covered = x - axis.x(told);
    let seconds = format!("{:.0} s", impact_at.0.seconds_since(told.0));
    if covered > 8.0 * seconds.len() as f64 {
        words(page, "on-cover", [axis.x(told) + 5.0, y + BAR - 2.8], &seconds);
    }
}

fn ended(page: &mut Markup, class: &'static str, x: f64, y: f64) {
    line(page, class, [x, y - 1.0], [x, y + BAR + 1.0]);
}

fn name(page: &mut Markup, y: f64, text: &str) {
    words(page, "row-name", [0.0, y + BAR - 2.5], &short(text));
}

fn bar(page: &mut Markup, class: &'static str, [x, y]: [f64; 2], width: f64, height: f64) {
    let width = Px(width.max(1.5));
    page.open("rect", &[("class", &class), ("x", &Px(x)), ("y", &Px(y)), ("width", &width), ("height", &height)]);
    page.close();
}

fn line(page: &mut Markup, class: &'static str, from: [f64; 2], to: [f64; 2]) {
    page.open(
        "line",
        &[("class", &class), ("x1", &Px(from[0])), ("y1", &Px(from[1])), ("x2", &Px(to[0])), ("y2", &Px(to[1]))],
    );
    page.close();
}

fn words(page: &mut Markup, class: &'static str, [x, y]: [f64; 2], text: &str) {
    page.element("text", &[("class", &class), ("x", &Px(x)), ("y", &Px(y))], text);
}

fn legend(page: &mut Markup, y: f64) {
    let entries = [
        ("unseen", "flown unseen"),
        ("seen", "tracked"),
        ("prepare", "be ready"),
        ("cover", "take cover"),
        ("hold", "stay in cover"),
        ("clear", "all clear"),
        ("withdrawn", "withdrawn"),
        ("first-impact", "first impact there"),
    ];
    let mut x = 0.0;
    for (class, text) in entries {
        match class {
            "unseen" => line(page, class, [x, y], [x + 16.0, y]),
            "clear" | "withdrawn" | "first-impact" => line(page, class, [x + 8.0, y - 7.0], [x + 8.0, y + 7.0]),
            _ => bar(page, class, [x, y - 5.0], 16.0, 10.0),
        }
        words(page, "small", [x + 21.0, y + 4.0], text);
        x += 29.0 + text.len() as f64 * 5.7;
    }
}
