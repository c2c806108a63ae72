//! Drawings of a pattern: the hours of the day and of the week, seconds people had, zones and origins on the ground.

use super::{Cell, Leads, OriginCell, Rate, ZoneRate};
use crate::Boundaries;
use crate::markup::{Markup, Px};

const WIDTH: f64 = 720.0;
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/// Steps of shade: the darkest is the greatest.
const SHADES: f64 = 6.0;

fn begin(page: &mut Markup, title: &'static str, class: &'static str, height: f64) {
    let size = format!("0 0 {WIDTH} {height}");
    page.open("svg", &[("class", &class), ("viewBox", &size), ("role", &"img"), ("aria-label", &title)]);
    page.element("title", &[], title);
}

fn rect(page: &mut Markup, class: &str, [x, y]: [f64; 2], [width, height]: [f64; 2]) {
    page.open(
        "rect",
        &[("class", &class), ("x", &Px(x)), ("y", &Px(y)), ("width", &Px(width)), ("height", &Px(height))],
    );
    page.close();
}

fn line(page: &mut Markup, class: &'static str, from: [f64; 2], to: [f64; 2]) {
    page.open(
        "line",
        &[("class", &class), ("x1", &Px(from[0])), ("y1", &Px(from[1])), ("x2", &Px(to[0])), ("y2", &Px(to[1]))],
    );
    page.close();
}

fn words(page: &mut Markup, class: &'static str, anchor: &'static str, [x, y]: [f64; 2], text: &str) {
    page.element("text", &[("class", &class), ("text-anchor", &anchor), ("x", &Px(x)), ("y", &Px(y))], text);
}

/// The class of a shade: how far a number is towards the greatest, by square roots so that the rare is told from nothing.
fn shade(number: f64, greatest: f64) -> String {
    let part = if greatest > 0.0 { (number / greatest).clamp(0.0, 1.0).sqrt() } else { 0.0 };
    format!("cell shade-{}", if number <= 0.0 { 0 } else { (part * SHADES).ceil() as u32 })
}

/// A scale from nothing to a round number above the greatest, with its marks.
fn scale(greatest: f64) -> (f64, f64) {
    let step = crate::plan::round_length((greatest / 3.0).max(1e-9) * 1e9) / 1e9;
    let top = (greatest / step).ceil().max(1.0) * step;
    (top, step)
}

/// A mark of a scale, without a tail of nines.
fn mark(number: f64) -> String {
    if number >= 10.0 || number == number.round() { format!("{number:.0}") } else { format!("{number:.1}") }
}

/// Columns of rates with the interval by bouts as a whisker.
pub(crate) fn hours(page: &mut Markup, hours: &[Rate]) {
    const HEIGHT: f64 = 240.0;
    const LEFT: f64 = 44.0;
    const TOP: f64 = 14.0;
    const BOTTOM: f64 = 200.0;
    begin(page, "Incidents in 100 days by the hour of the day, with intervals by bouts", "chart", HEIGHT);
    let greatest = hours.iter().map(|hour| hour.by_bouts.high.max(hour.per_100_days.value)).fold(0.0, f64::max);
    let (top, step) = scale(greatest);
    let y = |rate: f64| BOTTOM - (BOTTOM - TOP) * (rate / top).clamp(0.0, 1.0);
    let mut at = 0.0;
    while at <= top * 1.001 {
        line(page, "mark", [LEFT, y(at)], [WIDTH, y(at)]);
        words(page, "small", "end", [LEFT - 6.0, y(at) + 4.0], &mark(at));
        at += step;
    }
    let slot = (WIDTH - LEFT) / hours.len().max(1) as f64;
    for (place, hour) in hours.iter().enumerate() {
        let x = LEFT + slot * place as f64;
        let middle = x + 0.5 * slot;
        rect(page, "column", [x + 3.0, y(hour.per_100_days.value)], [slot - 6.0, BOTTOM - y(hour.per_100_days.value)]);
        let [low, high] = [y(hour.by_bouts.low), y(hour.by_bouts.high)];
        line(page, "whisker", [middle, low], [middle, high]);
        line(page, "whisker", [middle - 3.0, low], [middle + 3.0, low]);
        line(page, "whisker", [middle - 3.0, high], [middle + 3.0, high]);
        words(page, "small", "middle", [middle, BOTTOM + 15.0], &hour.of);
    }
    line(page, "axis", [LEFT, BOTTOM], [WIDTH, BOTTOM]);
    words(
        page,
        "small",
        "start",
        [LEFT, HEIGHT - 6.0],
        "Hour of the day. Columns: incidents in 100 days; whiskers: 95 % by the bootstrap over bouts.",
    );
    page.close();
}

/// The week as a table of shades, with the number of incidents in each hour.
pub(crate) fn week(page: &mut Markup, cells: &[Cell]) {
    const LEFT: f64 = 40.0;
    const TOP: f64 = 20.0;
    const ROW: f64 = 26.0;
    let height = TOP + 7.0 * ROW + 28.0;
    begin(page, "Incidents by the hour of the week", "chart", height);
    let slot = (WIDTH - LEFT) / 24.0;
    let greatest = cells.iter().map(|cell| cell.per_100_weeks.value).fold(0.0, f64::max);
    for hour in 0..24 {
        words(page, "small", "middle", [LEFT + slot * (f64::from(hour) + 0.5), TOP - 6.0], &format!("{hour:02}"));
    }
    for (place, cell) in cells.iter().enumerate() {
        let (day, hour) = (place / 24, place % 24);
        let [x, y] = [LEFT + slot * hour as f64, TOP + ROW * day as f64];
        if hour == 0 {
            words(page, "small", "start", [0.0, y + 17.0], DAYS.get(day).copied().unwrap_or_default());
        }
        let class = if cell.observed_h > 0.0 {
            shade(cell.per_100_weeks.value, greatest)
        } else {
            "cell unobserved".to_owned()
        };
        rect(page, &class, [x, y], [slot, ROW]);
        if cell.incidents > 0 {
            let dark = (cell.per_100_weeks.value / greatest).sqrt() * SHADES > 3.0;
            let class = if dark { "on-dark" } else { "small" };
            words(page, class, "middle", [x + 0.5 * slot, y + 17.0], &cell.incidents.to_string());
        }
    }
    let words_below =
        "Numbers: incidents that began in the hour. Shade: incidents in 100 weeks. Empty: never observed.";
    words(page, "small", "start", [LEFT, height - 8.0], words_below);
    page.close();
}

/// How many zones had how many seconds.
pub(crate) fn leads(page: &mut Markup, leads: &Leads) {
    const HEIGHT: f64 = 190.0;
    const LEFT: f64 = 44.0;
    const TOP: f64 = 14.0;
    const BOTTOM: f64 = 150.0;
    begin(page, "Seconds between the word to take cover and the first impact", "chart", HEIGHT);
    let greatest = leads.histogram.iter().max().copied().unwrap_or(1).max(1) as f64;
    let slot = ((WIDTH - LEFT) / leads.histogram.len().max(1) as f64).min(60.0);
    for (place, count) in leads.histogram.iter().enumerate() {
        let x = LEFT + slot * place as f64;
        let height = (BOTTOM - TOP) * *count as f64 / greatest;
        rect(page, "column", [x + 1.0, BOTTOM - height], [slot - 2.0, height]);
        if *count > 0 {
            words(page, "small", "middle", [x + 0.5 * slot, BOTTOM - height - 3.0], &count.to_string());
        }
        if slot >= 24.0 || place % 3 == 0 {
            words(page, "small", "middle", [x, BOTTOM + 14.0], &(10 * place).to_string());
        }
    }
    line(page, "axis", [LEFT, BOTTOM], [LEFT + slot * leads.histogram.len() as f64, BOTTOM]);
    words(
        page,
        "small",
        "start",
        [LEFT, HEIGHT - 8.0],
        "Seconds before the first impact, by tens; each count is a zone in an incident.",
    );
    page.close();
}

/// The zones on the ground, shaded by how often they were alarmed; those in no row are outlines.
pub(crate) fn zones(page: &mut Markup, boundaries: &Boundaries, zones: &[ZoneRate]) {
    const HEIGHT: f64 = 760.0;
    const MARGIN_M: f64 = 2_000.0;
    // The map shows where alarms were, with room around.
    let known = |name: &str| zones.iter().find(|zone| zone.zone == name).map_or(0, |zone| zone.incidents);
    let alarmed = boundaries.districts.iter().filter(|district| known(&district.name) > 0);
    let corners = || alarmed.clone().flat_map(|district| district.polygons.iter().flatten().flatten());
    let of = |axis: usize| {
        let least = corners().map(|corner| corner[axis]).fold(f64::INFINITY, f64::min);
        let most = corners().map(|corner| corner[axis]).fold(f64::NEG_INFINITY, f64::max);
        (least - MARGIN_M, most + MARGIN_M)
    };
    let ((west, east), (south, north)) = (of(0), of(1));
    let per_m = (WIDTH / (east - west).max(1.0)).min(HEIGHT / (north - south).max(1.0)) * 0.97;
    let height = ((north - south) * per_m + 34.0).min(HEIGHT + 34.0);
    begin(page, "Zones shaded by how often they were alarmed", "chart zones-map", height);
    let left = 0.5 * (WIDTH - (east - west) * per_m);
    let greatest = zones.iter().map(|zone| zone.incidents).max().unwrap_or(0) as f64;
    for district in &boundaries.districts {
        let count = known(&district.name);
        let class = shade(count as f64, greatest);
        let mut path = String::new();
        for ring in district.polygons.iter().flatten() {
            let mut last = String::new();
            for (place, [x, y]) in ring.iter().enumerate() {
                let point = format!("{} {}", Px(left + (x - west) * per_m), Px(8.0 + (north - y) * per_m));
                // A corner that is drawn where the one before was says nothing.
                if point != last {
                    path += if place == 0 { "M" } else { "L" };
                    path += &point;
                    last = point;
                }
            }
            path.push('Z');
        }
        page.open("path", &[("class", &class), ("d", &path)]);
        page.close();
    }
    scale_and_north(page, per_m, height);
    page.close();
}

/// Square kilometres from which rounds came.
pub(crate) fn origins(page: &mut Markup, cells: &[OriginCell]) {
    const SIZE: f64 = 380.0;
    let Some(first) = cells.first() else { return };
    let cell_deg = super::count::CELL_M / 111_320.0;
    let wide = parapet_frame::maths::cos(first.lat_deg.to_radians()).max(0.01);
    let place = |cell: &OriginCell| {
        [(cell.lon_deg - first.lon_deg) * wide / cell_deg, (cell.lat_deg - first.lat_deg) / cell_deg]
    };
    let of = |axis: usize, fold: fn(f64, f64) -> f64, start: f64| {
        cells.iter().map(|cell| place(cell)[axis]).fold(start, fold)
    };
    let (west, east) = (of(0, f64::min, f64::INFINITY) - 1.5, of(0, f64::max, f64::NEG_INFINITY) + 1.5);
    let (south, north) = (of(1, f64::min, f64::INFINITY) - 1.5, of(1, f64::max, f64::NEG_INFINITY) + 1.5);
    let size = (WIDTH / (east - west)).min(SIZE / (north - south)).min(70.0);
    let height = (north - south) * size + 34.0;
    begin(page, "Square kilometres from which rounds came", "chart", height);
    let greatest = cells.iter().map(|cell| cell.expected).fold(0.0, f64::max);
    for cell in cells {
        let [x, y] = place(cell);
        let [x, y] = [(x - west) * size, (north - y) * size];
        rect(page, &shade(cell.expected, greatest), [x - 0.5 * size, y - 0.5 * size], [size, size]);
        if cell.launches > 0 && size > 16.0 {
            let dark = (cell.expected / greatest).sqrt() * SHADES > 3.0;
            words(page, if dark { "on-dark" } else { "small" }, "middle", [x, y + 4.0], &cell.launches.to_string());
        }
    }
    scale_and_north(page, size / super::count::CELL_M, height);
    page.close();
}

fn scale_and_north(page: &mut Markup, per_m: f64, height: f64) {
    let length_m = crate::plan::round_length(0.2 * WIDTH / per_m);
    let y = height - 8.0;
    let bar = format!("M4 {a}V{y}H{b}V{a}", a = Px(y - 6.0), y = Px(y), b = Px(4.0 + length_m * per_m));
    page.open("path", &[("class", &"scale"), ("d", &bar)]);
    page.close();
    let length = crate::words::distance(length_m).replace(".0\u{a0}km", "\u{a0}km");
    words(page, "small", "start", [10.0 + length_m * per_m, y + 1.0], &length);
    let x = WIDTH - 16.0;
    page.open("path", &[("class", &"north"), ("d", &format!("M{x} 10l7 20l-7 -5l-7 5Z"))]);
    page.close();
    words(page, "north-letter", "middle", [x, 43.0], "N");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_ends_above_what_it_shows() {
        assert_eq!(scale(7.3), (8.0, 2.0));
        assert_eq!(scale(0.9), (1.0, 0.2));
        assert!(scale(0.0).0 > 0.0);
    }

    #[test]
    fn shades_grow_with_the_number() {
        assert_eq!(
            ["cell shade-0", "cell shade-1", "cell shade-6"],
            [shade(0.0, 9.0), shade(0.1, 9.0), shade(9.0, 9.0)].each_ref().map(String::as_str)
        );
    }
}
