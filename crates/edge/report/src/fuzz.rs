//! What the fuzz target runs.

use jiff::tz::TimeZone;
use parapet_engine::{Config, Limits, Mode};
use parapet_frame::{Geodetic, PlaneCovariance, SiteFrame, Time};

use crate::pattern::{FileFacts, Gaps, Pattern, Source, Table, html as pattern_html};
use crate::{About, Boundaries, Gathering, Scenery, html};

/// Rows of a table that are worth counting here: more only take longer.
const ROWS_MAX: usize = 40;

/// Takes arbitrary octets as a table of alerts, as boundaries and as names, and checks what must hold: no panic, probabilities that are
/// some, and no markup that is not ours.
///
/// # Panics
/// When one of these does not hold: a fault of this crate, never of the octets.
pub fn fuzz_one(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    let site = Geodetic { lat_deg: 33.3, lon_deg: 44.4, height_m: 30.0 };
    let boundaries = SiteFrame::at(site).ok().and_then(|frame| Boundaries::read(&text, &text, &frame).ok());
    let boundaries = boundaries.unwrap_or_default();
    let covariance = PlaneCovariance { east_east_m2: 1e6, east_north_m2: 1e5, north_north_m2: 1e6 };
    for (_, share) in boundaries.shares([0.0, 0.0], covariance) {
        // Polygons of one district may overlap.
        assert!(share.is_finite() && share >= 0.0, "{share}");
    }
    table(&text, &boundaries);
    name(&text, site, boundaries);
}

fn table(text: &str, boundaries: &Boundaries) {
    let Ok(table) = Table::read(text, &TimeZone::UTC, None) else { return };
    if table.rows.len() > ROWS_MAX {
        return;
    }
    let rows = table.rows.len();
    let file = FileFacts { file: text.to_owned(), sha256: String::new() };
    let source = Source::of_tables(vec![(file, table)], "UTC");
    let Ok(pattern) = Pattern::of(source, Gaps::default(), "fuzz") else { return };
    assert!(pattern.incidents.count <= rows && pattern.incidents.bouts <= pattern.incidents.count);
    assert!(pattern.seasons.iter().all(|season| (0.0..=1.0).contains(&season.p_by_bouts)));
    foreign(&pattern_html(&pattern, boundaries));
}

fn name(text: &str, origin: Geodetic, boundaries: Boundaries) {
    let config = Config {
        mode: Mode::Live,
        environment: parapet_flight::Environment::flat(),
        sensors: Vec::new(),
        zones: Vec::new(),
        policy: parapet_warn::Policy::default(),
        limits: Limits::default(),
    };
    let about = About {
        made_by: text.to_owned(),
        file: text.to_owned(),
        sha256: text.to_owned(),
        bytes: 0,
        written_by: text.to_owned(),
        started_at: Time::default(),
        site: text.to_owned(),
        origin,
        config: config.clone(),
    };
    let Ok(mut gathering) = Gathering::new(about) else { return };
    gathering.note(Time::default(), text);
    gathering.fault(text.to_owned());
    let report = gathering.report(&boundaries);
    foreign(&html(&report, &Scenery::new(&config, boundaries)));
}

/// Every tag of a page must be one of ours.
fn foreign(page: &str) {
    const OURS: [&str; 40] = [
        "!doctype",
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "main",
        "section",
        "footer",
        "div",
        "p",
        "h1",
        "h2",
        "h3",
        "dl",
        "dt",
        "dd",
        "ul",
        "li",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "figure",
        "svg",
        "g",
        "path",
        "rect",
        "line",
        "circle",
        "ellipse",
        "text",
        "clippath",
        "blockquote",
        "strong",
    ];
    for tag in page.split('<').skip(1) {
        let name = tag.trim_start_matches('/');
        let end = name.find([' ', '>']).unwrap_or(name.len());
        let name = name.get(..end).unwrap_or_default().to_lowercase();
        assert!(OURS.contains(&name.as_str()), "<{name}> is no tag of ours");
    }
}
