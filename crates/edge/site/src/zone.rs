//! The zones of a site, from the main file (`[[zone]]`) and from a zone file, checked by the same rules.

use core::ops::Range;

use parapet_frame::SiteFrame;
use parapet_warn::Zone;

use crate::place::{self, Misplaced};
use crate::policy;
use crate::polygon::{self, Corner, Fault};
use crate::problem::{Notes, Page};
use crate::table::{Table, Within, within};

/// Most zones of a site.
pub(crate) const ZONES_MAX: usize = 4_096;
/// Most corners of one zone: the check for crossings looks at every pair of sides.
const CORNERS_MAX: usize = 2_000;
/// Most corners of all zones of a site together.
const CORNERS_TOTAL_MAX: usize = 50_000;
/// An alarm for a larger area sends people into cover who are far from danger, square metres.
const AREA_LARGE_M2: f64 = 25e6;
/// A smaller outline is probably a slip, square metres.
const AREA_SMALL_M2: f64 = 25.0;

/// Largest circle, metres: the site's own limit.
pub(crate) const RADIUS: Within = within(1.0, 50_000.0, " m");
/// Where nobody says what a zone is.
pub(crate) const KIND_DEFAULT: &str = "other";
/// The largest number of people that can be written: all that the core can hold.
pub(crate) const PEOPLE: Within = within(0.0, 4_294_967_295.0, " people");

/// An outline as written: latitude and longitude in degrees.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outline {
    /// A place and a radius in metres.
    Circle { centre: [f64; 2], radius_m: f64 },
    /// Rings of corners, the outer one first.
    Rings(Vec<Vec<[f64; 2]>>),
}

/// A zone as written, and where.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) key: String,
    pub(crate) name: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) people: Option<u32>,
    pub(crate) alarm_probability: Option<f64>,
    pub(crate) shelter_s: Option<f64>,
    pub(crate) outline: Outline,
    /// The file that it stands in.
    pub(crate) page: Page,
    /// Where its id stands.
    pub(crate) id_span: Range<usize>,
    /// Where its outline stands.
    pub(crate) outline_span: Range<usize>,
    /// What to say when latitude and longitude look swapped.
    pub(crate) order: &'static str,
}

/// Reads the `[[zone]]` tables.
pub(crate) fn drafts(tables: Vec<Table<'_>>, notes: &mut Notes) -> Vec<Draft> {
    tables.into_iter().filter_map(|table| draft(table, notes)).collect()
}

fn draft(mut table: Table<'_>, notes: &mut Notes) -> Option<Draft> {
    table.require("id", "\"hospital\"", notes);
    let key = table.identifier("id", notes);
    if let Some(key) = &key {
        table.rename(format!("zone {key:?}"));
    }
    let name = table.label("name", notes);
    let kind = table.identifier("kind", notes);
    let people = table.whole("people", PEOPLE, notes);
    let alarm_probability = policy::threshold(&mut table, notes);
    let shelter_s = table.number("shelter_s", policy::SHELTER, notes);
    let circle = table.table("circle", notes).map(|circle| circle_of(circle, notes));
    let (has_circle, has_corners) = (table.has("circle"), table.has("corners"));
    let corners = table.tables("corners", notes);
    let corners: Option<Vec<_>> = corners.into_iter().map(|corner| corner_of(corner, notes)).collect();
    let outline_key = if has_corners { "corners" } else { "circle" };
    let spans = (table.span_of("id"), table.span_of(outline_key));
    if has_circle == has_corners {
        let what = if has_corners {
            "both `circle` and `corners` are given"
        } else {
            "neither `circle` nor `corners` is given"
        };
        let remedy =
            "write one of them: `circle = { lat_deg, lon_deg, radius_m }` or `corners = [{ lat_deg, lon_deg }, ...]`";
        notes.problems.push(table.problem(outline_key, what, remedy));
    }
    let page = table.page().clone();
    table.close(notes);
    let outline = match circle {
        Some(circle) => circle?,
        None if has_corners => Outline::Rings(vec![corners?]),
        None => return None,
    };
    let order = "lat_deg and lon_deg look swapped";
    let (id_span, outline_span) = spans;
    Some(Draft {
        key: key?,
        name,
        kind,
        people,
        alarm_probability,
        shelter_s,
        outline,
        page,
        id_span,
        outline_span,
        order,
    })
}

fn circle_of(mut table: Table<'_>, notes: &mut Notes) -> Option<Outline> {
    let centre = place::read_keys(&mut table, Some(0.0), notes);
    table.require("radius_m", "150.0", notes);
    let radius_m = table.number("radius_m", RADIUS, notes);
    table.close(notes);
    let centre = centre?;
    Some(Outline::Circle { centre: [centre.lat_deg, centre.lon_deg], radius_m: radius_m? })
}

fn corner_of(table: Table<'_>, notes: &mut Notes) -> Option<[f64; 2]> {
    place::read(table, Some(0.0), notes).map(|corner| [corner.lat_deg, corner.lon_deg])
}

/// What every zone of a site shares.
#[derive(Debug)]
pub(crate) struct Ground<'a> {
    pub(crate) frame: &'a SiteFrame,
    pub(crate) height_m: f64,
    /// Threshold of the zones that have none of their own.
    pub(crate) alarm_probability: f64,
}

/// Makes zones of drafts; a zone with problems is left out.
pub(crate) fn build(drafts: &[Draft], ground: &Ground<'_>, notes: &mut Notes) -> Vec<Zone> {
    let mut zones: Vec<Zone> = Vec::new();
    let mut corners = 0;
    for (number, draft) in drafts.iter().enumerate() {
        note_duplicate(&drafts[..number], draft, notes);
        let Some(rings) = rings(draft, ground, &mut corners, notes) else {
            continue;
        };
        note_size(draft, polygon::area_m2(&rings), notes);
        zones.push(Zone {
            key: draft.key.clone(),
            name: draft.name.clone().unwrap_or_else(|| draft.key.clone()),
            kind: draft.kind.clone().unwrap_or_else(|| KIND_DEFAULT.to_owned()),
            people: draft.people.unwrap_or(0),
            rings,
            alarm_probability: draft.alarm_probability.unwrap_or(ground.alarm_probability),
            shelter_s: draft.shelter_s,
        });
    }
    zones
}

fn note_duplicate(earlier: &[Draft], draft: &Draft, notes: &mut Notes) {
    let Some(other) = earlier.iter().find(|other| other.key == draft.key) else {
        return;
    };
    let at = other.page.problem(other.id_span.clone(), "", "", "");
    let what = format!("another zone is called {:?} already ({}:{})", draft.key, at.file, at.line);
    let remedy = "give every zone an id of its own, over both files";
    notes.problems.push(draft.page.problem(draft.id_span.clone(), format!("zone {:?}", draft.key), what, remedy));
}

fn note_size(draft: &Draft, area_m2: f64, notes: &mut Notes) {
    if area_m2 > AREA_LARGE_M2 {
        let km2 = area_m2 / 1e6;
        notes.warn(format!(
            "zone {:?} covers {km2:.0} km2: everybody in it is alarmed together; consider dividing it",
            draft.key
        ));
    } else if area_m2 < AREA_SMALL_M2 {
        notes.warn(format!("zone {:?} covers only {area_m2:.1} m2; check its corners", draft.key));
    }
}

/// The outline in site ENU, unless something is wrong with it.
fn rings(draft: &Draft, ground: &Ground<'_>, total: &mut usize, notes: &mut Notes) -> Option<Vec<Vec<Corner>>> {
    let mut note = |what: String, remedy: &str| {
        notes.problems.push(draft.page.problem(
            draft.outline_span.clone(),
            format!("zone {:?}", draft.key),
            what,
            remedy,
        ));
    };
    let count = match &draft.outline {
        Outline::Circle { .. } => polygon::CIRCLE_CORNERS,
        Outline::Rings(rings) => rings.iter().map(Vec::len).sum(),
    };
    *total += count;
    if count > CORNERS_MAX || *total > CORNERS_TOTAL_MAX {
        let what = format!("{count} corners here, {total} in all zones so far");
        note(what, &format!("at most {CORNERS_MAX} a zone and {CORNERS_TOTAL_MAX} in all: simplify the outline"));
        return None;
    }
    let rings = match placed(&draft.outline, ground) {
        Ok(rings) => rings,
        Err((place, misplaced)) => {
            let remedy = if misplaced.looks_swapped() {
                draft.order
            } else {
                "correct it, or make the zone part of another site"
            };
            note(format!("{place} is {}", misplaced.what()), remedy);
            return None;
        }
    };
    if let Some(fault) = polygon::fault(&rings) {
        let (what, remedy) = explain(fault, ground);
        note(what, remedy);
        return None;
    }
    Some(rings)
}

fn placed(outline: &Outline, ground: &Ground<'_>) -> Result<Vec<Vec<Corner>>, (String, Misplaced)> {
    let corner = |name: String, at: &[f64; 2]| {
        place::corner(ground.frame, *at, ground.height_m)
            .map_err(|misplaced| (format!("{name} ({}, {})", at[0], at[1]), misplaced))
    };
    match outline {
        Outline::Circle { centre, radius_m } => {
            Ok(vec![polygon::circle(corner("the centre".to_owned(), centre)?, *radius_m)])
        }
        Outline::Rings(rings) => {
            let ring = |(r, ring): (usize, &Vec<[f64; 2]>)| {
                let named =
                    |i: usize| format!("{}corner {}", if r == 0 { String::new() } else { format!("hole {r} ") }, i + 1);
                ring.iter().enumerate().map(|(i, at)| corner(named(i), at)).collect()
            };
            rings.iter().enumerate().map(ring).collect()
        }
    }
}

fn explain(fault: Fault, ground: &Ground<'_>) -> (String, &'static str) {
    let ring = |ring: usize| {
        if ring == 0 { "the outline".to_owned() } else { format!("hole {ring}") }
    };
    match fault {
        Fault::TooFewCorners { ring: r, corners } => {
            (format!("{} has {corners} different corners", ring(r)), "an outline needs at least 3 corners")
        }
        Fault::RepeatedCorner { ring: r, corner } => {
            (format!("corner {} of {} repeats the one before it", corner + 1, ring(r)), "remove the repeated corner")
        }
        Fault::Crossing { at: [east_m, north_m] } => {
            let at = parapet_frame::SitePoint { east_m, north_m, up_m: 0.0 };
            let at = ground.frame.geodetic_from_site(at);
            let what = format!("the outline crosses or touches itself at lat {:.6}, lon {:.6}", at.lat_deg, at.lon_deg);
            (what, "put the corners in the order in which one walks around the zone")
        }
        Fault::HoleOutside { ring: r } => (
            format!("hole {r} lies outside the outline"),
            "the first ring is the outline, further rings are holes in it",
        ),
        Fault::NoArea => {
            ("the outline encloses nothing".to_owned(), "write at least 3 corners that are not in one line")
        }
    }
}
