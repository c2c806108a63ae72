//! The `[map]` table: what is drawn under the picture.

use crate::problem::Notes;
use crate::table::Table;

/// Reads `[map]`: the file of tiles that it names. Whoever opens files opens it; a map that cannot be drawn warns nobody the less.
pub(crate) fn read(table: Option<Table<'_>>, notes: &mut Notes) -> Option<String> {
    let mut table = table?;
    table.require("pmtiles", "\"region.pmtiles\"", notes);
    let file = table.text("pmtiles", notes);
    if let Some(file) = file.filter(|file| !file.ends_with(".pmtiles")) {
        let what = format!("{file:?} is no PMTiles file by its name");
        notes.problems.push(table.problem(
            "pmtiles",
            what,
            "name a file that ends in `.pmtiles`, relative to this one",
        ));
    }
    table.close(notes);
    file.map(str::to_owned)
}
