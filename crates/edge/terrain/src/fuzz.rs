//! What the fuzz target runs, and the tests over its corpus.

use std::io::Cursor;

use parapet_frame::{Geodetic, SiteFrame};

use crate::{ElevationModel, Plan};

/// Reads arbitrary bytes as a GeoTIFF and makes a small ground from it: no panic, an end, and only heights that a ground can have.
///
/// # Panics
/// When that does not hold: a fault of this crate, never of the file.
pub fn fuzz_one(file: &[u8]) {
    let Ok(mut model) = ElevationModel::open(Cursor::new(file)) else { return };
    assert!(!model.extent().to_string().is_empty());
    let plan = Plan { reach_m: 2_000.0, resolution_m: Some(250.0), geoid_m: None, ground_height_m: 10.0 };
    // The site of the corpus's files.
    let origin = Geodetic { lat_deg: 47.5, lon_deg: 11.5, height_m: 600.0 };
    let Ok(frame) = SiteFrame::at(origin) else { return };
    if let Ok(survey) = model.survey(&frame, &plan) {
        parapet_flight::Terrain::new(survey.grid).expect("what was surveyed is a ground");
    }
}
