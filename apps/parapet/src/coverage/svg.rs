//! The coverage of a site as a picture.

use std::fmt::Write as _;

use nalgebra::Vector3;
use parapet_service::{Lookers, Ring, SeenArea};
use parapet_site::Site;

use super::approach::middle;

/// Size of the map and of the legend beside it, pixels.
const MAP_PX: f64 = 900.0;
const LEGEND_PX: f64 = 280.0;
const MARGIN_PX: f64 = 40.0;
/// Cells of the ground and of the gaps in each direction.
const CELLS: usize = 150;
/// Colours of sensors in turn (Okabe and Ito's palette, which the colour-blind tell apart).
const COLOURS: [&str; 7] = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442"];
/// Steps of the ground's shading, from low to high.
const SHADES: [&str; 6] = ["#ffffff", "#f4f3ee", "#e7e5db", "#d6d3c4", "#c2beaa", "#aaa58e"];

/// East and north in metres to pixels.
struct Frame {
    west_m: f64,
    north_m: f64,
    px_per_m: f64,
}

impl Frame {
    /// Around everything that the sensors reach and the zones' surroundings.
    fn around(site: &Site, radius_m: f64) -> Frame {
        let sensors = site.config.sensors.iter().map(|sensor| {
            let [east_m, north_m, _] = sensor.pose.origin_m;
            (east_m, north_m, sensor.range_max_m)
        });
        let zones = site.config.zones.iter().map(|zone| {
            let [east_m, north_m] = middle(zone);
            (east_m, north_m, radius_m)
        });
        let all: Vec<(f64, f64, f64)> = sensors.chain(zones).collect();
        let edge = |of: fn(&(f64, f64, f64)) -> f64| all.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
        let (east, west) = (edge(|(e, _, r)| e + r), edge(|(e, _, r)| r - e));
        let (north, south) = (edge(|(_, n, r)| n + r), edge(|(_, n, r)| r - n));
        let half_m = 0.5 * (east + west).max(north + south).max(1_000.0);
        let (middle_east_m, middle_north_m) = (0.5 * (east - west), 0.5 * (north - south));
        Frame { west_m: middle_east_m - half_m, north_m: middle_north_m + half_m, px_per_m: MAP_PX / (2.0 * half_m) }
    }

    fn side_m(&self) -> f64 {
        MAP_PX / self.px_per_m
    }

    fn px(&self, [east_m, north_m]: [f64; 2]) -> (f64, f64) {
        (MARGIN_PX + (east_m - self.west_m) * self.px_per_m, MARGIN_PX + (self.north_m - north_m) * self.px_per_m)
    }

    /// The middle of a cell of the raster, metres.
    fn cell_m(&self, column: usize, row: usize) -> [f64; 2] {
        let step_m = self.side_m() / CELLS as f64;
        [self.west_m + (column as f64 + 0.5) * step_m, self.north_m - (row as f64 + 0.5) * step_m]
    }
}

/// The picture.
pub(super) fn draw(site: &Site, lookers: &Lookers, areas: &[SeenArea], height_m: f64, radius_m: f64) -> String {
    let frame = Frame::around(site, radius_m);
    let (width, height) = (MAP_PX + LEGEND_PX + 2.0 * MARGIN_PX, MAP_PX + 2.0 * MARGIN_PX);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"13\">\n<title>{}: coverage at {height_m} m above the ground</title>\n\
         <defs><pattern id=\"gap\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <rect width=\"7\" height=\"7\" fill=\"#c00000\" fill-opacity=\"0.10\"/><rect width=\"2\" height=\"7\" fill=\"#c00000\" \
         fill-opacity=\"0.55\"/></pattern><clipPath id=\"map\"><rect x=\"{MARGIN_PX}\" y=\"{MARGIN_PX}\" width=\"{MAP_PX}\" \
         height=\"{MAP_PX}\"/></clipPath></defs>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n\
         <g clip-path=\"url(#map)\">\n",
        escaped(&site.name)
    );
    let middles: Vec<[f64; 2]> = site.config.zones.iter().map(middle).collect();
    ground(&mut svg, site, &frame);
    for area in areas {
        seen(&mut svg, area, &frame);
    }
    // Gaps matter where something that threatens a zone comes from.
    let is_near =
        |place: [f64; 2]| middles.iter().any(|zone| (zone[0] - place[0]).hypot(zone[1] - place[1]) <= radius_m);
    raster(&mut svg, &frame, |place| (is_near(place) && lookers.count(place, height_m) == 0).then_some("url(#gap)"));
    for zone in &middles {
        circle(&mut svg, &frame, *zone, radius_m, "#c00000", "6 4");
    }
    sensors(&mut svg, site, &frame);
    zones(&mut svg, site, &frame);
    svg.push_str("</g>\n");
    let _ = writeln!(
        svg,
        "<rect x=\"{MARGIN_PX}\" y=\"{MARGIN_PX}\" width=\"{MAP_PX}\" height=\"{MAP_PX}\" fill=\"none\" stroke=\"#444444\"/>"
    );
    legend(&mut svg, site, areas, &frame, height_m, radius_m);
    svg.push_str("</svg>\n");
    svg
}

/// The ground's heights as shades, where there is terrain.
fn ground(svg: &mut String, site: &Site, frame: &Frame) {
    let environment = &site.config.environment;
    let Some(terrain) = &environment.terrain else { return };
    let heights_m = &terrain.grid().heights_m;
    let low_m = f64::from(heights_m.iter().fold(f32::INFINITY, |low, m| low.min(*m)));
    let span_m = (terrain.highest_m() - low_m).max(1.0);
    raster(svg, frame, |[east_m, north_m]| {
        let ground_m = environment.ground_height_at_m(&Vector3::new(east_m, north_m, 0.0));
        let step = ((ground_m - low_m) / span_m * SHADES.len() as f64) as usize;
        Some(SHADES[step.min(SHADES.len() - 1)])
    });
}

/// Cells that have the same colour side by side as one rectangle.
fn raster(svg: &mut String, frame: &Frame, colour: impl Fn([f64; 2]) -> Option<&'static str>) {
    let px = MAP_PX / CELLS as f64;
    for row in 0..CELLS {
        let colours: Vec<Option<&str>> = (0..CELLS).map(|column| colour(frame.cell_m(column, row))).collect();
        let mut column = 0;
        for run in colours.chunk_by(|a, b| a == b) {
            if let Some(colour) = run[0] {
                let (x, y) = (MARGIN_PX + column as f64 * px, MARGIN_PX + row as f64 * px);
                let width = run.len() as f64 * px;
                let _ = writeln!(
                    svg,
                    "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{px:.2}\" fill=\"{colour}\"/>"
                );
            }
            column += run.len();
        }
    }
}

fn seen(svg: &mut String, area: &SeenArea, frame: &Frame) {
    let colour = COLOURS[area.sensor % COLOURS.len()];
    let path: String = area.polygons.iter().flatten().map(|ring| ring_path(ring, frame)).collect();
    let _ = writeln!(
        svg,
        "<path d=\"{path}\" fill=\"{colour}\" fill-opacity=\"0.22\" fill-rule=\"evenodd\" stroke=\"{colour}\" stroke-width=\"0.7\"/>"
    );
}

fn ring_path(ring: &Ring, frame: &Frame) -> String {
    let mut path = String::new();
    for (number, corner) in ring.iter().enumerate() {
        let (x, y) = frame.px(*corner);
        let _ = write!(path, "{}{x:.1} {y:.1}", if number == 0 { 'M' } else { 'L' });
    }
    path.push('Z');
    path
}

fn circle(svg: &mut String, frame: &Frame, middle: [f64; 2], radius_m: f64, colour: &str, dashes: &str) {
    let ((x, y), radius) = (frame.px(middle), radius_m * frame.px_per_m);
    let _ = writeln!(
        svg,
        "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\" fill=\"none\" stroke=\"{colour}\" stroke-dasharray=\"{dashes}\"/>"
    );
}

fn sensors(svg: &mut String, site: &Site, frame: &Frame) {
    for (number, sensor) in site.config.sensors.iter().enumerate() {
        let colour = COLOURS[number % COLOURS.len()];
        let [east_m, north_m, _] = sensor.pose.origin_m;
        circle(svg, frame, [east_m, north_m], sensor.range_max_m, colour, "2 4");
        let (x, y) = frame.px([east_m, north_m]);
        let triangle = format!("M{x:.1} {:.1}l7 13h-14Z", y - 8.0);
        let _ = writeln!(svg, "<path d=\"{triangle}\" fill=\"{colour}\" stroke=\"#000000\"/>");
        let (x, y, name) = (x + 10.0, y - 6.0, escaped(&sensor.name));
        let place = format!("x=\"{x:.1}\" y=\"{y:.1}\"");
        // A white edge under the letters, for what knows no order of painting.
        let _ = writeln!(
            svg,
            "<text {place} stroke=\"#ffffff\" stroke-width=\"3\">{name}</text><text {place}>{name}</text>"
        );
    }
}

fn zones(svg: &mut String, site: &Site, frame: &Frame) {
    for zone in &site.config.zones {
        let path: String = zone.rings.iter().map(|ring| ring_path(ring, frame)).collect();
        let _ = writeln!(
            svg,
            "<path d=\"{path}\" fill=\"#000000\" fill-rule=\"evenodd\" stroke=\"#000000\" stroke-width=\"3\"/>"
        );
    }
}

fn legend(svg: &mut String, site: &Site, areas: &[SeenArea], frame: &Frame, height_m: f64, radius_m: f64) {
    /// Sensors that have a line of their own.
    const LINES_MAX: usize = 40;
    let x = MAP_PX + 2.0 * MARGIN_PX - 10.0;
    let mut y = MARGIN_PX + 12.0;
    let mut line = |svg: &mut String, mark: &str, text: &str, size: u32| {
        let indent = if mark.is_empty() { 0.0 } else { 22.0 };
        let text_x = x + indent;
        let _ = writeln!(svg, "<g transform=\"translate({x:.1} {:.1})\">{mark}</g>", y - 10.0);
        let _ = writeln!(svg, "<text x=\"{text_x:.1}\" y=\"{y:.1}\" font-size=\"{size}\">{}</text>", escaped(text));
        y += 22.0;
    };
    line(svg, "", &site.name, 17);
    line(svg, "", &format!("seen {height_m} m above the ground"), 14);
    let ground = site.terrain.as_ref().map_or("level ground".to_owned(), |terrain| format!("ground: {}", terrain.file));
    line(svg, "", &ground, 13);
    for area in areas.iter().take(LINES_MAX) {
        let colour = COLOURS[area.sensor % COLOURS.len()];
        let mark =
            format!("<rect width=\"14\" height=\"12\" fill=\"{colour}\" fill-opacity=\"0.4\" stroke=\"{colour}\"/>");
        let text = format!("{}: {:.0} km2", site.config.sensors[area.sensor].name, area.area_m2 / 1e6);
        line(svg, &mark, &text, 13);
    }
    if areas.len() > LINES_MAX {
        line(svg, "", &format!("and {} more sensors", areas.len() - LINES_MAX), 13);
    }
    line(svg, "<rect width=\"14\" height=\"12\" fill=\"url(#gap)\"/>", "nobody sees this", 13);
    let dashed = "<path d=\"M0 6h16\" stroke=\"#c00000\" stroke-dasharray=\"6 4\"/>";
    line(svg, dashed, &format!("{:.1} km around a zone", radius_m / 1e3), 13);
    line(svg, "<path d=\"M0 6h16\" stroke=\"#444444\" stroke-dasharray=\"2 4\"/>", "farthest range", 13);
    line(svg, "<rect width=\"14\" height=\"12\" fill=\"#000000\"/>", "zone", 13);
    let bar_m = round_length_m(0.2 * frame.side_m());
    let bar = format!("<path d=\"M0 2v8h{:.1}v-8\" fill=\"none\" stroke=\"#000000\"/>", bar_m * frame.px_per_m);
    line(svg, &bar, "", 13);
    line(svg, "", &format!("{} km; north is up", bar_m / 1e3), 13);
}

/// The largest of 1, 2 and 5 times a power of ten that is no longer than this.
fn round_length_m(longest_m: f64) -> f64 {
    let decade = 10f64.powf(longest_m.log10().floor());
    [5.0, 2.0].into_iter().map(|times| times * decade).find(|m| *m <= longest_m).unwrap_or(decade)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
