//! Maps in plan: site east and north on paper, with scale bar, north arrow and legend.

use parapet_warn::Zone;

use crate::markup::{Markup, Px};
use crate::report::{OriginArea, Place, Report, Round, Verdict};
use crate::{Boundaries, area, words};

/// The drawing's width and the height of its map, in units of the drawing.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 430.0;
/// Room for the legend below.
const LEGEND: f64 = 44.0;
/// Width of a letter of a label, on average, and the height of a line.
const LETTER: f64 = 5.9;
const LINE: f64 = 13.0;
/// Letters of a label at most.
const LABEL_MAX: usize = 34;
/// The least that a map shows, metres.
const EXTENT_MIN_M: f64 = 600.0;
/// Zones and districts drawn at most: beyond it a map says nothing.
const OUTLINES_MAX: usize = 4_000;

/// What all maps of a report are drawn from.
pub(crate) struct Ground<'a> {
    pub(crate) report: &'a Report,
    pub(crate) zones: &'a [Zone],
    /// Names and places of the sensors, site ENU, metres.
    pub(crate) sensors: &'a [(String, [f64; 2])],
    pub(crate) boundaries: &'a Boundaries,
}

/// From metres to the drawing.
struct View {
    middle_m: [f64; 2],
    per_m: f64,
}

/// Boxes that are taken by labels: left, top, right, bottom.
#[derive(Default)]
struct Labels(Vec<[f64; 4]>);

impl View {
    /// Everything of these places, with room around them.
    fn around(places: impl Iterator<Item = ([f64; 2], f64)>) -> View {
        let mut bounds = [[f64::INFINITY, f64::NEG_INFINITY]; 2];
        for (place, radius_m) in places {
            for (bound, m) in bounds.iter_mut().zip(place) {
                *bound = [bound[0].min(m - radius_m), bound[1].max(m + radius_m)];
            }
        }
        if !bounds.iter().flatten().all(|m| m.is_finite()) {
            bounds = [[-EXTENT_MIN_M, EXTENT_MIN_M]; 2];
        }
        let extent = |axis: usize| (bounds[axis][1] - bounds[axis][0]).max(EXTENT_MIN_M) * 1.24;
        let per_m = (WIDTH / extent(0)).min(HEIGHT / extent(1));
        View { middle_m: bounds.map(|[low, high]| 0.5 * (low + high)), per_m }
    }

    fn at(&self, [east_m, north_m]: [f64; 2]) -> [f64; 2] {
        [
            0.5 * WIDTH + (east_m - self.middle_m[0]) * self.per_m,
            0.5 * HEIGHT - (north_m - self.middle_m[1]) * self.per_m,
        ]
    }

    /// From the drawing to metres.
    fn back(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [self.middle_m[0] + (x - 0.5 * WIDTH) / self.per_m, self.middle_m[1] - (y - 0.5 * HEIGHT) / self.per_m]
    }

    fn shows(&self, rings: &[Vec<[f64; 2]>]) -> bool {
        let corners = || rings.iter().flatten().map(|corner| self.at(*corner));
        let reach = |axis: usize, size: f64| {
            corners().any(|corner| corner[axis] >= 0.0) && corners().any(|corner| corner[axis] <= size)
        };
        reach(0, WIDTH) && reach(1, HEIGHT)
    }

    fn outline(&self, rings: &[Vec<[f64; 2]>]) -> String {
        let mut path = String::new();
        for ring in rings {
            for (index, corner) in ring.iter().enumerate() {
                let [x, y] = self.at(*corner);
                path += &format!("{}{} {}", if index == 0 { "M" } else { "L" }, Px(x), Px(y));
            }
            path.push('Z');
        }
        path
    }
}

impl Labels {
    /// Takes a place for a label next to a point, the first of those around it that is free and on the map.
    fn take(&mut self, [x, y]: [f64; 2], letters: usize, off: f64) -> Option<[f64; 2]> {
        let width = letters as f64 * LETTER;
        let places = [
            [x + off, y + 4.0],
            [x - off - width, y + 4.0],
            [x - 0.5 * width, y - off],
            [x - 0.5 * width, y + off + 9.0],
            [x + off, y - off],
            [x + off, y + off + 9.0],
            [x - off - width, y - off],
            [x - off - width, y + off + 9.0],
        ];
        places.into_iter().find_map(|place| self.take_at(place, width))
    }

    /// The same right below a point.
    fn take_below(&mut self, [x, y]: [f64; 2], letters: usize) -> Option<[f64; 2]> {
        let width = letters as f64 * LETTER;
        self.take_at([x - 0.5 * width, y + LINE], width)
    }

    fn take_at(&mut self, [left, base]: [f64; 2], width: f64) -> Option<[f64; 2]> {
        let mine = [left - 2.0, base - LINE + 1.0, left + width + 2.0, base + 3.0];
        let inside = mine[0] >= 4.0 && mine[1] >= 4.0 && mine[2] <= WIDTH - 4.0 && mine[3] <= HEIGHT - 4.0;
        let free = inside && self.0.iter().all(|other| apart(mine, *other));
        free.then(|| self.block(mine))?;
        Some([left, base])
    }

    fn block(&mut self, taken: [f64; 4]) {
        self.0.push(taken);
    }
}

fn apart(a: [f64; 4], b: [f64; 4]) -> bool {
    a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1]
}

/// A name no longer than a label may be.
pub(crate) fn short(name: &str) -> String {
    if name.chars().count() <= LABEL_MAX {
        return name.to_owned();
    }
    let kept: String = name.chars().take(LABEL_MAX - 1).collect();
    format!("{}…", kept.trim_end())
}

/// Where the rounds fell, with the zones around.
pub(crate) fn falls(page: &mut Markup, ground: &Ground<'_>) {
    let report = ground.report;
    let told: Vec<&Zone> =
        ground.zones.iter().filter(|zone| report.zones.iter().any(|row| row.zone == zone.key)).collect();
    let corners = told.iter().flat_map(|zone| zone.rings.iter().flatten()).map(|corner| (*corner, 0.0));
    let impacts = report.rounds.iter().map(|round| spot(&round.impact.place));
    let view = View::around(impacts.chain(corners));
    begin(page, "Map of the impacts and the zones", &view);
    districts(page, ground, &view);
    let mut labels = Labels::default();
    furniture(&mut labels);
    zones(page, ground, &view);
    block_zones(&mut labels, ground, &view);
    for round in &report.rounds {
        ellipse(page, &view, &round.impact.place, "impact-area");
        heard(page, ground, &view, round);
        impact(page, &view, round, &mut labels);
    }
    zone_labels(page, &view, &told, &mut labels);
    district_names(page, ground, &view, &mut labels);
    frame(page, &view);
    let mut entries = vec![Entry::Impact, Entry::ImpactArea];
    if report.rounds.iter().any(|round| round.heard.as_ref().is_some_and(|heard| heard.sound.is_some())) {
        entries.push(Entry::Heard);
    }
    let verdicts = [Verdict::Warned, Verdict::NotWarned, Verdict::FalseAlarm];
    entries.extend(
        verdicts.into_iter().filter(|v| report.zones.iter().any(|row| look(row.verdict) == look(*v))).map(Entry::Zone),
    );
    entries.push(Entry::Zone(Verdict::Quiet));
    legend(page, &entries);
    page.close();
}

/// From where they came: origins, ways and impacts.
pub(crate) fn ways(page: &mut Markup, ground: &Ground<'_>) {
    let report = ground.report;
    let areas = report.origins.iter().map(|area| spot(&area.place));
    let impacts = report.rounds.iter().map(|round| spot(&round.impact.place));
    let view = View::around(areas.chain(impacts).chain([([0.0, 0.0], 0.0)]));
    begin(page, "Map of the areas of origin, the ways of the rounds and the impacts", &view);
    districts(page, ground, &view);
    zones(page, ground, &view);
    let mut labels = Labels::default();
    furniture(&mut labels);
    for round in &report.rounds {
        let Some(origin) = &round.origin else { continue };
        let [from, to] = [&origin.place, &round.impact.place].map(|place| view.at([place.east_m, place.north_m]));
        line(page, "way", from, to);
    }
    report.origins.iter().for_each(|area| origin(page, &view, area, &mut labels));
    report
        .rounds
        .iter()
        .for_each(|round| cross(page, view.at([round.impact.place.east_m, round.impact.place.north_m])));
    reference(page, &view, &mut labels);
    for (name, place) in ground.sensors {
        sensor(page, &view, name, *place, &mut labels);
    }
    block_zones(&mut labels, ground, &view);
    district_names(page, ground, &view, &mut labels);
    frame(page, &view);
    let mut entries = vec![Entry::Origin, Entry::Way, Entry::Impact, Entry::Reference, Entry::Zone(Verdict::Quiet)];
    if !ground.sensors.is_empty() {
        entries.push(Entry::Sensor);
    }
    if !ground.boundaries.districts.is_empty() {
        entries.push(Entry::District);
    }
    legend(page, &entries);
    page.close();
}

fn spot(place: &Place) -> ([f64; 2], f64) {
    ([place.east_m, place.north_m], place.semi_major_m)
}

fn begin(page: &mut Markup, title: &'static str, view: &View) {
    let size = format!("0 0 {WIDTH} {}", HEIGHT + LEGEND);
    page.open("svg", &[("class", &"plan"), ("viewBox", &size), ("role", &"img"), ("aria-label", &title)]);
    page.element("title", &[], title);
    let clip = format!("clip-{}", (view.per_m * 1e9) as u64);
    page.open("clipPath", &[("id", &clip)]);
    page.open("rect", &[("width", &WIDTH), ("height", &HEIGHT)]);
    page.close();
    page.close();
    page.open("rect", &[("class", &"land"), ("width", &WIDTH), ("height", &HEIGHT)]);
    page.close();
    page.open("g", &[("clip-path", &format!("url(#{clip})"))]);
}

/// Where scale bar and north arrow stand no label may.
fn furniture(labels: &mut Labels) {
    labels.block([0.0, HEIGHT - 34.0, 190.0, HEIGHT]);
    labels.block([WIDTH - 44.0, 0.0, WIDTH, 56.0]);
}

/// No name is written over a zone.
fn block_zones(labels: &mut Labels, ground: &Ground<'_>, view: &View) {
    for zone in ground.zones.iter().filter(|zone| view.shows(&zone.rings)).take(OUTLINES_MAX) {
        let corners: Vec<[f64; 2]> = zone.rings.iter().flatten().map(|corner| view.at(*corner)).collect();
        let [left, top] = [0, 1].map(|axis| corners.iter().map(|c| c[axis]).fold(f64::INFINITY, f64::min));
        let [right, bottom] = [0, 1].map(|axis| corners.iter().map(|c| c[axis]).fold(f64::NEG_INFINITY, f64::max));
        // A zone as large as the map may be written in.
        if right - left < 0.25 * WIDTH {
            labels.block([left, top, right, bottom]);
        }
    }
}

fn districts(page: &mut Markup, ground: &Ground<'_>, view: &View) {
    for district in ground.boundaries.districts.iter().take(OUTLINES_MAX) {
        for polygon in district.polygons.iter().filter(|polygon| view.shows(polygon)) {
            page.open("path", &[("class", &"district"), ("d", &view.outline(polygon))]);
            page.close();
        }
    }
}

/// The name of a district stands near the middle of what is seen of it, where there is room.
fn district_names(page: &mut Markup, ground: &Ground<'_>, view: &View, labels: &mut Labels) {
    /// Places that are tried, to each side of the map.
    const TRIED: usize = 12;
    for district in ground.boundaries.districts.iter().take(OUTLINES_MAX) {
        let name = short(&district.name);
        let width = name.chars().count() as f64 * LETTER;
        let cells = (0..TRIED * TRIED)
            .map(|cell| [(cell % TRIED) as f64, (cell / TRIED) as f64].map(|place| (place + 0.5) / TRIED as f64));
        let seen: Vec<[f64; 2]> = cells
            .map(|[x, y]| [x * WIDTH, y * HEIGHT])
            .filter(|place| district.polygons.iter().any(|polygon| area::holds(polygon, view.back(*place))))
            .collect();
        let count = seen.len().max(1) as f64;
        let middle = [0, 1].map(|axis| seen.iter().map(|place| place[axis]).sum::<f64>() / count);
        let off2 = |place: &[f64; 2]| (place[0] - middle[0]).powi(2) + (place[1] - middle[1]).powi(2);
        let mut tried = seen;
        tried.sort_by(|a, b| off2(a).total_cmp(&off2(b)));
        let found = tried.into_iter().find_map(|[x, y]| labels.take_at([x - 0.5 * width, y], width));
        if let Some(place) = found {
            label(page, "district-name", place, &name);
        }
    }
}

fn look(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::NotWarned | Verdict::Late => "zone zone-missed",
        Verdict::Warned => "zone zone-warned",
        Verdict::FalseAlarm | Verdict::Prepared | Verdict::ByOrder => "zone zone-told",
        Verdict::Quiet => "zone",
    }
}

fn zones(page: &mut Markup, ground: &Ground<'_>, view: &View) {
    for zone in ground.zones.iter().filter(|zone| view.shows(&zone.rings)).take(OUTLINES_MAX) {
        let verdict = ground.report.zones.iter().filter(|row| row.zone == zone.key).map(|row| row.verdict).min();
        let class = look(verdict.unwrap_or(Verdict::Quiet));
        page.open("path", &[("class", &class), ("d", &view.outline(&zone.rings)), ("fill-rule", &"evenodd")]);
        page.close();
    }
}

fn zone_labels(page: &mut Markup, view: &View, zones: &[&Zone], labels: &mut Labels) {
    for zone in zones {
        let Some(ring) = zone.rings.first() else { continue };
        let corners: Vec<[f64; 2]> = ring.iter().map(|corner| view.at(*corner)).collect();
        let count = corners.len().max(1) as f64;
        let middle = [0, 1].map(|axis| corners.iter().map(|corner| corner[axis]).sum::<f64>() / count);
        let low = corners.iter().map(|corner| corner[1]).fold(f64::NEG_INFINITY, f64::max);
        let name = short(&zone.name);
        let letters = name.chars().count();
        let below = [middle[0], low];
        let place = labels.take_below(below, letters).or_else(|| labels.take(middle, letters, 12.0));
        if let Some(place) = place {
            label(page, "zone-name", place, &name);
        }
    }
}

fn ellipse(page: &mut Markup, view: &View, place: &Place, class: &'static str) {
    let [x, y] = view.at([place.east_m, place.north_m]);
    // Bearings run clockwise from north, angles of the drawing clockwise from east.
    let turn = format!("rotate({} {} {})", Px(place.bearing_deg - 90.0), Px(x), Px(y));
    let [major, minor] = [place.semi_major_m, place.semi_minor_m].map(|m| Px((m * view.per_m).max(1.5)));
    page.open(
        "ellipse",
        &[("class", &class), ("cx", &Px(x)), ("cy", &Px(y)), ("rx", &major), ("ry", &minor), ("transform", &turn)],
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

fn cross(page: &mut Markup, [x, y]: [f64; 2]) {
    line(page, "impact", [x - 4.5, y - 4.5], [x + 4.5, y + 4.5]);
    line(page, "impact", [x - 4.5, y + 4.5], [x + 4.5, y - 4.5]);
}

fn impact(page: &mut Markup, view: &View, round: &Round, labels: &mut Labels) {
    let [x, y] = view.at([round.impact.place.east_m, round.impact.place.north_m]);
    cross(page, [x, y]);
    labels.block([x - 6.0, y - 6.0, x + 6.0, y + 6.0]);
    let number = round.number.to_string();
    if let Some(place) = labels.take([x, y], number.len() + 1, 8.0) {
        label(page, "number", place, &number);
    }
}

fn heard(page: &mut Markup, ground: &Ground<'_>, view: &View, round: &Round) {
    let sound = round.heard.as_ref().and_then(|heard| heard.sound);
    let Some(source) = ground.report.sounds.iter().find(|source| Some(source.sound) == sound) else { return };
    let [x, y] = view.at([source.happened.place.east_m, source.happened.place.north_m]);
    page.open("circle", &[("class", &"heard"), ("cx", &Px(x)), ("cy", &Px(y)), ("r", &7.0)]);
    page.close();
}

fn origin(page: &mut Markup, view: &View, area: &OriginArea, labels: &mut Labels) {
    ellipse(page, view, &area.place, "origin-area");
    let [x, y] = view.at([area.place.east_m, area.place.north_m]);
    // An ellipse may be too small to be seen on a map that holds all the way.
    page.open("circle", &[("class", &"origin-ring"), ("cx", &Px(x)), ("cy", &Px(y)), ("r", &8.0)]);
    page.close();
    labels.block([x - 8.0, y - 8.0, x + 8.0, y + 8.0]);
    let district = area.districts.first().map(|share| format!("in {}", share.district));
    let words = format!("origin {}", district.unwrap_or_default());
    let words = short(words.trim());
    if let Some(place) = labels.take([x, y], words.chars().count(), 12.0) {
        label(page, "number", place, &words);
    }
}

fn reference(page: &mut Markup, view: &View, labels: &mut Labels) {
    let [x, y] = view.at([0.0, 0.0]);
    page.open("circle", &[("class", &"reference"), ("cx", &Px(x)), ("cy", &Px(y)), ("r", &4.0)]);
    page.close();
    labels.block([x - 6.0, y - 6.0, x + 6.0, y + 6.0]);
    let words = "reference point";
    if let Some(place) = labels.take([x, y], words.len(), 9.0) {
        label(page, "zone-name", place, words);
    }
}

fn sensor(page: &mut Markup, view: &View, name: &str, place: [f64; 2], labels: &mut Labels) {
    let [x, y] = view.at(place);
    if !(0.0..WIDTH).contains(&x) || !(0.0..HEIGHT).contains(&y) {
        return;
    }
    let triangle = format!("M{} {}l5 9h-10Z", Px(x), Px(y - 6.0));
    page.open("path", &[("class", &"sensor"), ("d", &triangle)]);
    page.close();
    let name = short(name);
    if let Some(place) = labels.take([x, y], name.chars().count(), 9.0) {
        label(page, "zone-name", place, &name);
    }
}

fn label(page: &mut Markup, class: &'static str, [x, y]: [f64; 2], words: &str) {
    page.element("text", &[("class", &class), ("x", &Px(x)), ("y", &Px(y))], words);
}

/// The edge of the map, the scale bar and the north arrow.
fn frame(page: &mut Markup, view: &View) {
    page.close();
    let length_m = round_length(0.22 * WIDTH / view.per_m);
    let (length, y) = (length_m * view.per_m, HEIGHT - 14.0);
    let plate = length + 20.0 + 7.0 * LETTER;
    page.open(
        "rect",
        &[("class", &"plate"), ("x", &6.0), ("y", &Px(y - 14.0)), ("width", &Px(plate)), ("height", &22.0)],
    );
    page.close();
    let bar = format!("M14 {a}V{y}H{b}V{a}", a = Px(y - 6.0), y = Px(y), b = Px(14.0 + length));
    page.open("path", &[("class", &"scale"), ("d", &bar)]);
    page.close();
    label(page, "small", [20.0 + length, y + 1.0], &words::distance(length_m).replace(".0\u{a0}km", "\u{a0}km"));
    let x = WIDTH - 22.0;
    page.open("path", &[("class", &"north"), ("d", &format!("M{x} 14l7 20l-7 -5l-7 5Z"))]);
    page.close();
    label(page, "north-letter", [x - 4.0, 47.0], "N");
    page.open("rect", &[("class", &"edge"), ("width", &WIDTH), ("height", &HEIGHT)]);
    page.close();
}

/// The greatest of 1, 2 and 5 times a power of ten that is not longer.
pub(crate) fn round_length(at_most: f64) -> f64 {
    let mut power = 1.0;
    while power * 10.0 <= at_most {
        power *= 10.0;
    }
    [5.0, 2.0, 1.0].into_iter().map(|times| times * power).find(|length| *length <= at_most).unwrap_or(power)
}

/// What a legend explains.
enum Entry {
    Impact,
    ImpactArea,
    Heard,
    Origin,
    Way,
    Reference,
    Sensor,
    District,
    Zone(Verdict),
}

impl Entry {
    fn words(&self) -> &'static str {
        match self {
            Entry::Impact => "impact, numbered",
            Entry::ImpactArea => "95 % ellipse",
            Entry::Heard => "impact heard",
            Entry::Origin => "area of origin (95 %)",
            Entry::Way => "way over ground",
            Entry::Reference => "reference point",
            Entry::Sensor => "sensor",
            Entry::District => "district",
            Entry::Zone(Verdict::Quiet) => "other zone",
            Entry::Zone(Verdict::Warned) => "zone warned in time",
            Entry::Zone(Verdict::NotWarned | Verdict::Late) => "endangered, not warned in time",
            Entry::Zone(_) => "told, not endangered",
        }
    }

    fn draw(&self, page: &mut Markup, x: f64, y: f64) {
        let tag = |page: &mut Markup, class: &'static str, d: String| {
            page.open("path", &[("class", &class), ("d", &d)]);
            page.close();
        };
        match self {
            Entry::Impact => cross(page, [x + 9.0, y]),
            Entry::ImpactArea | Entry::Origin => {
                let class = if matches!(self, Entry::Origin) { "origin-area" } else { "impact-area" };
                page.open(
                    "ellipse",
                    &[("class", &class), ("cx", &Px(x + 9.0)), ("cy", &Px(y)), ("rx", &9.0), ("ry", &5.0)],
                );
                page.close();
            }
            Entry::Heard | Entry::Reference => {
                let (class, r) = if matches!(self, Entry::Heard) { ("heard", 6.0) } else { ("reference", 4.0) };
                page.open("circle", &[("class", &class), ("cx", &Px(x + 9.0)), ("cy", &Px(y)), ("r", &r)]);
                page.close();
            }
            Entry::Way => line(page, "way", [x, y], [x + 18.0, y]),
            Entry::District => line(page, "district", [x, y], [x + 18.0, y]),
            Entry::Sensor => tag(page, "sensor", format!("M{} {}l5 9h-10Z", Px(x + 9.0), Px(y - 5.0))),
            Entry::Zone(verdict) => tag(page, look(*verdict), format!("M{} {}h16v10h-16Z", Px(x + 1.0), Px(y - 5.0))),
        }
    }
}

fn legend(page: &mut Markup, entries: &[Entry]) {
    let (mut x, mut y) = (2.0, HEIGHT + 15.0);
    for entry in entries {
        let width = 26.0 + entry.words().len() as f64 * LETTER + 14.0;
        if x + width > WIDTH {
            (x, y) = (2.0, y + 18.0);
        }
        entry.draw(page, x, y);
        label(page, "small", [x + 24.0, y + 4.0], entry.words());
        x += width;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_bar_has_a_round_length() {
        assert_eq!([99.0, 100.0, 480.0, 7_000.0].map(round_length), [50.0, 100.0, 200.0, 5_000.0]);
    }

    #[test]
    fn labels_keep_clear_of_each_other() {
        let mut labels = Labels::default();
        let first = labels.take([300.0, 200.0], 10, 6.0).unwrap();
        let second = labels.take([300.0, 200.0], 10, 6.0).unwrap();
        assert_ne!(first, second);
        assert_eq!(labels.take([300.0, -50.0], 10, 6.0), None, "not outside the map");
    }

    #[test]
    fn north_is_up_and_east_is_right() {
        let view = View::around([([0.0, 0.0], 100.0)].into_iter());
        let ([x, y], [east_x, _], [_, north_y]) = (view.at([0.0, 0.0]), view.at([10.0, 0.0]), view.at([0.0, 10.0]));
        assert!(east_x > x && north_y < y);
    }
}
