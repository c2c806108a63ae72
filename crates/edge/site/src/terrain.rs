//! The `[terrain]` table: which elevation model holds the ground around the site.

use core::ops::Range;

use crate::place;
use crate::problem::{Notes, Page, Problem};
use crate::table::{Table, Within, within};

/// From the surroundings of one compound to all of a site.
const REACH: Within = within(1_000.0, place::SITE_RADIUS_MAX_M, " m");
/// The engine's own bounds of a grid.
const RESOLUTION: Within = within(1.0, 10_000.0, " m");
/// The geoid lies from 107 m below to 86 m above the ellipsoid (EGM2008).
const GEOID: Within = within(-120.0, 120.0, " m");

/// An elevation model that the configuration names. It is no text, and may be large: whoever opens files opens it.
#[derive(Clone, Debug)]
pub struct TerrainFile {
    /// The file, as the configuration names it: relative to the configuration.
    pub file: String,
    /// How far the ground is taken to each side of the origin, metres; `None` for as far as the sensors reach.
    pub reach_m: Option<f64>,
    /// Distance of two heights, metres; `None` for that of the file.
    pub resolution_m: Option<f64>,
    /// Height of the geoid above the ellipsoid at the site, metres, where the file's heights are above the ellipsoid.
    pub geoid_m: Option<f64>,
    page: Page,
    span: Range<usize>,
}

impl TerrainFile {
    /// What is wrong with the file, shown at the place where the configuration names it.
    #[must_use]
    pub fn problem(&self, what: &str, remedy: &str) -> Problem {
        self.page.problem(self.span.clone(), "terrain file", format!("the file {:?}: {what}", self.file), remedy)
    }
}

/// Reads `[terrain]`; without it, the ground is level.
pub(crate) fn read(table: Option<Table<'_>>, notes: &mut Notes) -> Option<TerrainFile> {
    let mut table = table?;
    table.require("file", "\"terrain.tif\"", notes);
    let file = table.text("file", notes);
    let reach_m = table.number("reach_m", REACH, notes);
    let resolution_m = table.number("resolution_m", RESOLUTION, notes);
    let geoid_m = table.number("geoid_m", GEOID, notes);
    let (page, span) = (table.page().clone(), table.span_of("file"));
    table.close(notes);
    Some(TerrainFile { file: file?.to_owned(), reach_m, resolution_m, geoid_m, page, span })
}
