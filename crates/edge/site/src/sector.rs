//! `sector_deg` and `blanked_deg` of a sensor: where it looks, and where it does not.

use core::f64::consts::TAU;

use parapet_track::Sector;

use crate::problem::Notes;
use crate::table::{Table, Within, within};

/// Most blanked sectors of one sensor.
const SECTORS_MAX: usize = 16;
const BEARING: Within = within(-360.0, 360.0, " degrees, clockwise from north");

/// The sectors in which a sensor sees nothing: what lies outside `sector_deg`, and what lies in `blanked_deg`.
pub(crate) fn blanked(table: &mut Table<'_>, notes: &mut Notes) -> Vec<Sector> {
    let looks = table.pairs("sector_deg", BEARING, notes);
    let blanked = table.pairs("blanked_deg", BEARING, notes);
    if looks.len() > 1 {
        let what = format!("{} sectors to look at", looks.len());
        let remedy = "write one, `[[300.0, 60.0]]`, and what is missing in it as `blanked_deg`";
        notes.problems.push(table.problem("sector_deg", what, remedy));
    }
    if blanked.len() > SECTORS_MAX {
        let what = format!("{} blanked sectors", blanked.len());
        notes.problems.push(table.problem("blanked_deg", what, format!("write at most {SECTORS_MAX}")));
    }
    // Outside of a sector is the sector from its end to its beginning.
    let outside = looks.into_iter().take(1).map(|[from, to]| [to, from]);
    outside.chain(blanked.into_iter().take(SECTORS_MAX)).map(sector).collect()
}

fn sector([from_deg, to_deg]: [f64; 2]) -> Sector {
    let width_rad = (to_deg - from_deg).to_radians().rem_euclid(TAU);
    Sector { from_rad: from_deg.to_radians(), width_rad }
}
