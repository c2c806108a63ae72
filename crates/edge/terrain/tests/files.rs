//! Files that GDAL wrote, read here. `files/README.md` says how they were made.

use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use parapet_frame::{Geodetic, SiteFrame, SitePoint};
use parapet_terrain::{ElevationError, ElevationModel, Plan, Survey, VerticalDatum};
use proptest::prelude::*;

const GROUND_M: f64 = 10.0;
const PLAN: Plan = Plan { reach_m: 3_000.0, resolution_m: Some(250.0), geoid_m: None, ground_height_m: GROUND_M };

fn file(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(name).with_extension("tif");
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn frame() -> SiteFrame {
    SiteFrame::at(Geodetic { lat_deg: 47.5, lon_deg: 11.5, height_m: 600.0 }).expect("a place")
}

/// 5 km south of the hole.
fn south() -> SiteFrame {
    SiteFrame::at(Geodetic { lat_deg: 47.45, lon_deg: 11.5, height_m: 600.0 }).expect("a place")
}

fn survey(name: &str, plan: &Plan) -> Result<Survey, ElevationError> {
    ElevationModel::open(Cursor::new(file(name)))?.survey(&frame(), plan)
}

/// The plane that the files hold.
fn plane_m(place: Geodetic) -> f64 {
    600.0 + 4_000.0 * (place.lat_deg - 47.5) + 2_000.0 * (place.lon_deg - 11.5)
}

/// The largest distance of a survey from the plane.
fn worst_m(survey: &Survey) -> f64 {
    let grid = &survey.grid;
    let off = |(number, height_m): (usize, &f32)| {
        let (row, column) = (number / grid.columns, number % grid.columns);
        let [east_m, north_m] =
            [grid.corner_m[0] + column as f64 * grid.spacing_m, grid.corner_m[1] + row as f64 * grid.spacing_m];
        let place = frame().geodetic_from_site(SitePoint { east_m, north_m, up_m: 0.0 });
        (f64::from(*height_m) - plane_m(place)).abs()
    };
    grid.heights_m.iter().enumerate().map(off).fold(0.0, f64::max)
}

#[test]
fn every_kind_of_file_gives_the_same_ground() {
    for (name, within_m) in
        [("deflate-tiled-float", 0.2), ("plain-point", 0.2), ("utm", 0.2), ("bigtiff", 0.2), ("egm2008", 0.2)]
    {
        let survey = survey(name, &PLAN).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(survey.grid.columns, 25, "{name}");
        assert_eq!(survey.unknown, 0, "{name}");
        let worst_m = worst_m(&survey);
        assert!(worst_m < within_m, "{name}: {worst_m} m off");
        parapet_flight::Terrain::new(survey.grid).unwrap();
    }
}

/// The file has a hole of some 2 by 1 km near the site.
#[test]
fn gaps_are_filled_from_their_edges_and_counted() {
    let survey = survey("lzw-stripped-int16", &PLAN).unwrap();
    assert!(survey.filled > 5 && survey.unknown == 0, "{survey:?}");
    // The plane rises by some 20 m over half of the hole.
    assert!(worst_m(&survey) < 30.0, "{}", worst_m(&survey));
    let below = Plan { reach_m: 1_000.0, resolution_m: Some(100.0), ..PLAN };
    let whole =
        ElevationModel::open(Cursor::new(file("lzw-stripped-int16"))).unwrap().survey(&south(), &below).unwrap();
    assert!(whole.filled == 0 && whole.unknown == 0);
}

#[test]
fn beyond_the_file_the_ground_is_the_sites() {
    let plan = Plan { reach_m: 12_000.0, resolution_m: Some(500.0), ..PLAN };
    let survey = survey("deflate-tiled-float", &plan).unwrap();
    assert!(survey.unknown > 0);
    assert_eq!(survey.grid.heights_m.iter().filter(|m| f64::from(**m) == GROUND_M).count(), survey.unknown);
}

#[test]
fn a_coarse_grid_holds_means() {
    let plan = Plan { reach_m: 6_000.0, resolution_m: Some(2_000.0), ..PLAN };
    let survey = survey("deflate-tiled-float", &plan).unwrap();
    assert!(
        worst_m(&survey) < 7.0,
        "the mean over a plane is its middle, within half a pixel's rise: {}",
        worst_m(&survey)
    );
}

#[test]
fn without_a_resolution_the_files_own_is_taken() {
    let survey = survey("deflate-tiled-float", &Plan { resolution_m: None, ..PLAN }).unwrap();
    // 0.2 / 60 degrees of longitude at 47.5 degrees north.
    assert!((survey.grid.spacing_m - 250.4).abs() < 1.0, "{}", survey.grid.spacing_m);
}

#[test]
fn heights_above_the_ellipsoid_need_the_geoid_and_others_refuse_it() {
    assert_eq!(survey("ellipsoidal", &PLAN).unwrap_err(), ElevationError::EllipsoidHeights);
    let with_geoid = Plan { geoid_m: Some(46.0), ..PLAN };
    let lowered = survey("ellipsoidal", &with_geoid).unwrap();
    assert!((worst_m(&lowered) - 46.0).abs() < 0.3, "{}", worst_m(&lowered));
    assert_eq!(survey("egm2008", &with_geoid).unwrap_err(), ElevationError::SeaLevelHeights("EGM2008"));
    let vertical = |name| ElevationModel::open(Cursor::new(file(name))).unwrap().vertical();
    assert_eq!(vertical("utm"), VerticalDatum::Unsaid);
    assert_eq!(vertical("egm2008"), VerticalDatum::SeaLevel("EGM2008"));
}

#[test]
fn what_is_not_read_is_refused_with_what_to_do() {
    for (name, what, remedy) in [
        ("web-mercator", "its coordinate system EPSG:3857 is not read here", "gdalwarp -t_srs EPSG:4326"),
        ("three-bands", "it has 3 values for each place", "gdal_translate -b 1"),
        ("jpeg", "it is stored in a way that is not read here", "gdal_translate -of GTiff"),
        ("zstd", "it is stored in a way that is not read here", "COMPRESS=DEFLATE"),
        ("scaled", "its heights are stored scaled", "gdal_translate -unscale"),
        ("nowhere", "it does not say where on the Earth it lies", "gdal_translate -a_srs"),
    ] {
        let error = survey(name, &PLAN).expect_err(name);
        assert!(error.to_string().starts_with(what), "{name}: {error}");
        assert!(error.remedy().contains(remedy), "{name}: {}", error.remedy());
    }
}

#[test]
fn a_file_of_another_place_and_a_grid_without_end_are_refused() {
    let elsewhere = SiteFrame::at(Geodetic { lat_deg: -33.0, lon_deg: 18.0, height_m: 0.0 }).unwrap();
    let mut model = ElevationModel::open(Cursor::new(file("utm"))).unwrap();
    assert!(matches!(model.survey(&elsewhere, &PLAN), Err(ElevationError::Elsewhere(_))));
    let endless = Plan { reach_m: 60_000.0, resolution_m: Some(1.0), ..PLAN };
    assert_eq!(survey("utm", &endless).unwrap_err(), ElevationError::TooFine(120_001));
    let wide = Plan { reach_m: 60_000.0, resolution_m: Some(500.0), ..PLAN };
    assert!(matches!(survey("utm", &wide), Err(ElevationError::MostlyUnknown(_))));
}

/// Counts what is read of a file.
struct Counted(Cursor<Vec<u8>>, u64);

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.0.read(into)?;
        self.1 += read as u64;
        Ok(read)
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn only_the_chunks_around_the_site_are_read() {
    let near = Plan { reach_m: 1_000.0, resolution_m: Some(250.0), ..PLAN };
    let mut model = ElevationModel::open(Counted(Cursor::new(file("deflate-tiled-float")), 0)).unwrap();
    let survey = model.survey(&frame(), &near).unwrap();
    assert!(survey.chunks_read <= 4, "{} of 16 tiles", survey.chunks_read);
}

/// What the fuzzer begins with holds as it is.
#[test]
fn the_corpus_holds() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fuzz/corpus/terrain");
    let files: Vec<_> = std::fs::read_dir(&corpus).expect("a corpus").map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty());
    for path in files {
        parapet_terrain::fuzz_one(&std::fs::read(path).unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_broken_file_is_refused_or_read_but_never_a_panic(
        kind in 0usize..5,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let mut bytes = file(["deflate-tiled-float", "lzw-stripped-int16", "plain-point", "utm", "bigtiff"][kind]);
        for (at, value) in changes {
            // Most of what can be wrong stands in the directory, at the front.
            let at = at.index(bytes.len().min(600));
            bytes[at] = value;
        }
        if is_cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        parapet_terrain::fuzz_one(&bytes);
    }
}
