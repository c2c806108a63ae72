//! The `[site]` table: which site, live or exercise, where its origin is, and the air over it.

use parapet_engine::Mode;
use parapet_flight::Environment;
use parapet_frame::{Geodetic, SiteFrame};

use crate::place;
use crate::problem::Notes;
use crate::table::{Table, Within, within};

/// Twice the strongest wind that a radar in service is built for.
pub(crate) const WIND_MAX_MPS: f64 = 75.0;
const WIND: Within = within(-WIND_MAX_MPS, WIND_MAX_MPS, " m/s");

/// What `[site]` says.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) name: String,
    pub(crate) mode: Mode,
    pub(crate) frame: SiteFrame,
    pub(crate) environment: Environment,
    /// Name of the file with lines to draw on the map.
    pub(crate) outlines: Option<String>,
}

/// Reads `[site]`, beside which `[weather]` has levels or not; `None` when there is no usable origin, without which nothing else can be placed.
pub(crate) fn read(mut table: Table<'_>, has_levels: bool, notes: &mut Notes) -> Option<Header> {
    table.require("name", "\"Compound A\"", notes);
    table.require("mode", "\"exercise\"", notes);
    table.require("origin", "{ lat_deg = 33.30, lon_deg = 44.39, height_m = 34.0 }", notes);
    let name = table.label("name", notes).unwrap_or_default();
    let mode =
        table.word("mode", &[("live", Mode::Live), ("exercise", Mode::Exercise)], notes).unwrap_or(Mode::Exercise);
    let origin = table.table("origin", notes).and_then(|origin| place::read(origin, None, notes));
    let ground_height_m = table.number("ground_height_m", place::HEIGHT, notes);
    if table.has("wind") && has_levels {
        let what = "the wind is said twice: here, and by the levels of `[weather]`";
        notes.problems.push(table.problem("wind", what, "remove this key, or the levels"));
    }
    let wind_mps = table.table("wind", notes).map_or([0.0; 2], |wind| wind_mps(wind, notes));
    let outlines = table.text("outlines", notes).map(str::to_owned);
    let frame = origin.and_then(|origin| frame(&table, origin, notes));
    table.close(notes);
    let (origin, frame) = (origin?, frame?);
    let environment = environment(origin, ground_height_m.unwrap_or(origin.height_m), wind_mps);
    Some(Header { name, mode, frame, environment, outlines })
}

fn frame(table: &Table<'_>, origin: Geodetic, notes: &mut Notes) -> Option<SiteFrame> {
    let frame = SiteFrame::at(origin);
    if let Err(error) = frame {
        notes.problems.push(table.problem("origin", error.to_string(), "write the surveyed origin of the site"));
    }
    frame.ok()
}

fn wind_mps(mut table: Table<'_>, notes: &mut Notes) -> [f64; 2] {
    let wind = ["east_mps", "north_mps"].map(|key| table.number(key, WIND, notes).unwrap_or(0.0));
    table.close(notes);
    wind
}

fn environment(origin: Geodetic, ground_height_m: f64, wind_mps: [f64; 2]) -> Environment {
    Environment { wind_mps, ..Environment::sphere(origin.lat_deg, origin.height_m, ground_height_m) }
}
