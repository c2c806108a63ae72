//! `[[shelter]]`: where people find cover, so that a page can show somebody the way to the nearest one. Nothing is decided by them:
//! whether there is time to walk is decided by `shelter_s` of the zone.

use parapet_frame::{Geodetic, SiteFrame};

use crate::place;
use crate::problem::{Notes, Page};
use crate::table::Table;

/// Most shelters of a site.
const SHELTERS_MAX: usize = 4_096;

/// A shelter that people may be shown the way to.
#[derive(Clone, Debug, PartialEq)]
pub struct Shelter {
    /// Identifier in the configuration, unique.
    pub key: String,
    /// Name for people.
    pub name: String,
    /// Its door; the height is that of the ground.
    pub place: Geodetic,
}

/// Reads every `[[shelter]]`; one with problems is left out.
pub(crate) fn read(
    page: &Page,
    mut tables: Vec<Table<'_>>,
    frame: &SiteFrame,
    ground_height_m: f64,
    notes: &mut Notes,
) -> Vec<Shelter> {
    if let Some(table) = tables.get(SHELTERS_MAX) {
        let what = format!("{} shelters", tables.len());
        notes.problems.push(page.problem(table.span(), "shelter", what, format!("at most {SHELTERS_MAX} are shown")));
        tables.truncate(SHELTERS_MAX);
    }
    let mut shelters: Vec<Shelter> = Vec::new();
    for table in tables {
        if let Some(shelter) = shelter(table, &shelters, frame, ground_height_m, notes) {
            shelters.push(shelter);
        }
    }
    shelters
}

fn shelter(
    mut table: Table<'_>,
    others: &[Shelter],
    frame: &SiteFrame,
    ground_height_m: f64,
    notes: &mut Notes,
) -> Option<Shelter> {
    table.require("id", "\"school-cellar\"", notes);
    table.require("position", "{ lat_deg = 33.30, lon_deg = 44.39 }", notes);
    let key = table.identifier("id", notes);
    if let Some(key) = &key {
        table.rename(format!("shelter {key:?}"));
        if others.iter().any(|other| other.key == *key) {
            notes.problems.push(table.problem("id", format!("{key:?} is taken"), "give each shelter an id of its own"));
        }
    }
    let name = table.label("name", notes);
    let at = table.table("position", notes).and_then(|at| place::read(at, Some(ground_height_m), notes));
    if let Some(Err(misplaced)) = at.map(|at| place::in_site(frame, at)) {
        let swapped = misplaced.looks_swapped();
        let remedy = if swapped { "lat_deg and lon_deg look swapped" } else { "correct the position" };
        notes.problems.push(table.problem("position", format!("it is {}", misplaced.what()), remedy));
    }
    table.close(notes);
    let key = key?;
    Some(Shelter { name: name.unwrap_or_else(|| key.clone()), key, place: at? })
}
