//! From a file to the ground around a site.

use std::io::{Read, Seek};

use parapet_flight::Grid;
use parapet_frame::{SiteFrame, SitePoint, curvature_drop_m};

use crate::{ElevationError, ElevationModel, VerticalDatum};

/// Most heights of a grid in each direction: the engine's own bound.
pub const COLUMNS_MAX: u64 = 2_047;
/// Heights in each direction where no resolution is asked for: one million numbers, of which a recording holds six octets each.
const COLUMNS_USUAL: f64 = 1_023.0;
/// Farthest that heights may lie apart, metres: the engine's own bound.
const SPACING_MAX_M: f64 = 10_000.0;
/// Most pixels in each direction that one height is the mean of.
const WINDOW_MAX: i64 = 8;
/// Heights that a gap is filled over, from each of its sides.
const FILLED_MAX: usize = 16;
/// Part of the grid that has to be known.
const KNOWN_MIN: f64 = 0.5;

/// Which ground is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// How far the grid reaches to each side of the site's origin, metres.
    pub reach_m: f64,
    /// Distance of its heights, metres; `None` for that of the file, or as fine as one million heights allow.
    pub resolution_m: Option<f64>,
    /// Height of the geoid above the ellipsoid at the site, metres: for files whose heights are above the ellipsoid.
    pub geoid_m: Option<f64>,
    /// Height above mean sea level where nothing is known, metres.
    pub ground_height_m: f64,
}

/// What stands for no height while a grid is made: inside the file, and outside it.
const GAP: f32 = f32::NAN;
const OUTSIDE: f32 = f32::INFINITY;

/// What a file says of a place.
enum Found {
    /// Metres above what its heights are counted from.
    Height(f64),
    /// It covers the place and knows no height.
    Gap,
    /// It does not cover the place.
    Outside,
}

/// The ground around a site, and how it came about.
#[derive(Clone, Debug, PartialEq)]
pub struct Survey {
    /// The heights.
    pub grid: Grid,
    /// Lowest and highest, metres above mean sea level.
    pub heights_m: (f64, f64),
    /// Heights that the file does not know and that were put between those around them.
    pub filled: usize,
    /// Heights that the file does not know and that were taken to be the site's ground height.
    pub unknown: usize,
    /// Chunks of the file that were read.
    pub chunks_read: u64,
}

impl<R: Read + Seek> ElevationModel<R> {
    /// The ground around a site.
    ///
    /// # Errors
    /// When the file does not cover the site, is broken, or counts heights from something else than the plan says.
    pub fn survey(&mut self, frame: &SiteFrame, plan: &Plan) -> Result<Survey, ElevationError> {
        let geoid_m = self.geoid_m(plan)?;
        let origin = frame.origin();
        let spacing_m = match plan.resolution_m {
            Some(resolution_m) => resolution_m,
            None => self.spacing_m(origin.lat_deg).max(2.0 * plan.reach_m / COLUMNS_USUAL).clamp(1.0, SPACING_MAX_M),
        };
        let half = (plan.reach_m / spacing_m).floor().max(1.0);
        let columns = 2.0 * half + 1.0;
        if columns.is_nan() || columns > COLUMNS_MAX as f64 {
            return Err(ElevationError::TooFine(columns as u64));
        }
        let columns = columns as usize;
        let corner_m = -half * spacing_m;
        let mut heights_m = Vec::with_capacity(columns * columns);
        let mut last_m = plan.ground_height_m;
        for row in 0..columns {
            for column in 0..columns {
                let (east_m, north_m) = (corner_m + column as f64 * spacing_m, corner_m + row as f64 * spacing_m);
                // The height hardly matters for the place: that of the neighbour will do.
                let up_m = last_m - origin.height_m - curvature_drop_m(east_m, north_m);
                let place = frame.geodetic_from_site(SitePoint { east_m, north_m, up_m });
                let height_m = self.height_m(place.lat_deg, place.lon_deg, spacing_m)?;
                heights_m.push(match height_m {
                    Found::Height(height_m) => (height_m - geoid_m) as f32,
                    Found::Gap => GAP,
                    Found::Outside => OUTSIDE,
                });
                if let Found::Height(height_m) = height_m {
                    last_m = height_m;
                }
            }
        }
        self.finish(heights_m, columns, corner_m, spacing_m, plan)
    }

    /// What is taken off the file's heights.
    fn geoid_m(&self, plan: &Plan) -> Result<f64, ElevationError> {
        match (self.vertical(), plan.geoid_m) {
            (VerticalDatum::Ellipsoid, None) => Err(ElevationError::EllipsoidHeights),
            (VerticalDatum::SeaLevel(what), Some(_)) => Err(ElevationError::SeaLevelHeights(what)),
            (_, geoid_m) => Ok(geoid_m.unwrap_or(0.0)),
        }
    }

    /// The height at a place: between four pixels, or the mean of the pixels around it where those lie much closer together than
    /// what is asked for.
    fn height_m(&mut self, lat_deg: f64, lon_deg: f64, spacing_m: f64) -> Result<Found, ElevationError> {
        let [column, row] = self.reference.pixel(lat_deg, lon_deg);
        let (across_m, down_m) = self.reference.pixel_m(lat_deg);
        let (left, top) = (column.floor(), row.floor());
        let is_inside = |pixel: f64, count: u32| pixel > -0.5 && pixel < f64::from(count) - 0.5;
        if !(is_inside(column, self.pixels.columns) && is_inside(row, self.pixels.rows)) {
            return Ok(Found::Outside);
        }
        if spacing_m < 1.5 * across_m.max(down_m) {
            let (right, below) = (column - left, row - top);
            let weights = [
                (0, 0, (1.0 - right) * (1.0 - below)),
                (1, 0, right * (1.0 - below)),
                (0, 1, (1.0 - right) * below),
                (1, 1, right * below),
            ];
            return self.mean(weights.into_iter().map(|(c, r, weight)| (left as i64 + c, top as i64 + r, weight)));
        }
        let columns = window(column, spacing_m / across_m);
        let rows = window(row, spacing_m / down_m);
        let pixels = rows
            .into_iter()
            .flatten()
            .flat_map(|row| columns.into_iter().flatten().map(move |column| (column, row, 1.0)));
        self.mean(pixels)
    }

    /// The weighted mean of those pixels that have a height; none where too little of the weight has.
    fn mean(&mut self, pixels: impl Iterator<Item = (i64, i64, f64)>) -> Result<Found, ElevationError> {
        let (mut sum_m, mut weight, mut all) = (0.0, 0.0, 0.0);
        for (column, row, part) in pixels {
            all += part;
            if let Some(height_m) = self.pixels.height_m(column, row)? {
                sum_m += part * f64::from(height_m);
                weight += part;
            }
        }
        Ok(if weight >= 0.5 * all && weight > 0.0 { Found::Height(sum_m / weight) } else { Found::Gap })
    }

    fn finish(
        &self,
        mut heights_m: Vec<f32>,
        columns: usize,
        corner_m: f64,
        spacing_m: f64,
        plan: &Plan,
    ) -> Result<Survey, ElevationError> {
        let gaps = |heights_m: &[f32]| heights_m.iter().filter(|height_m| !height_m.is_finite()).count();
        let missing = gaps(&heights_m);
        let known = 1.0 - missing as f64 / heights_m.len() as f64;
        if missing == heights_m.len() {
            return Err(ElevationError::Elsewhere(self.extent().to_string()));
        }
        if known < KNOWN_MIN {
            return Err(ElevationError::MostlyUnknown(100.0 * known));
        }
        for _ in 0..FILLED_MAX {
            if !fill_edge(&mut heights_m, columns) {
                break;
            }
        }
        let unknown = gaps(&heights_m);
        for height_m in &mut heights_m {
            // A tenth of a metre is finer than any elevation model, and short to write.
            let known_m = if height_m.is_finite() { *height_m } else { plan.ground_height_m as f32 };
            *height_m = ((f64::from(known_m) * 10.0).round() / 10.0).clamp(-500.0, 9_000.0) as f32;
        }
        let lowest = heights_m.iter().fold(f32::INFINITY, |low, height_m| low.min(*height_m));
        let highest = heights_m.iter().fold(f32::NEG_INFINITY, |high, height_m| high.max(*height_m));
        let grid = Grid { corner_m: [corner_m, corner_m], spacing_m, columns, heights_m };
        Ok(Survey {
            grid,
            heights_m: (f64::from(lowest), f64::from(highest)),
            filled: missing - unknown,
            unknown,
            chunks_read: self.pixels.chunks_read,
        })
    }
}

/// Gives each gap inside the file that has known neighbours their mean; says whether there was one.
fn fill_edge(heights_m: &mut [f32], columns: usize) -> bool {
    let rows = heights_m.len() / columns;
    let mut filled = Vec::new();
    for place in (0..heights_m.len()).filter(|place| heights_m[*place].is_nan()) {
        let (row, column) = (place / columns, place % columns);
        let near = [
            (row > 0).then(|| place - columns),
            (row + 1 < rows).then(|| place + columns),
            (column > 0).then(|| place - 1),
            (column + 1 < columns).then(|| place + 1),
        ];
        let known = near.into_iter().flatten().map(|near| heights_m[near]).filter(|height_m| height_m.is_finite());
        let (sum_m, count) = known.fold((0.0, 0.0), |(sum_m, count), height_m| (sum_m + height_m, count + 1.0));
        if count > 0.0 {
            filled.push((place, sum_m / count));
        }
    }
    let is_any = !filled.is_empty();
    filled.into_iter().for_each(|(place, height_m)| heights_m[place] = height_m);
    is_any
}

/// Up to eight pixels in a row, spread over a window of so many around a place.
fn window(middle: f64, width: f64) -> [Option<i64>; WINDOW_MAX as usize] {
    let count = (width.round() as i64).clamp(1, WINDOW_MAX);
    let pace = width / count as f64;
    core::array::from_fn(|number| {
        let number = number as i64;
        let at = middle + (number as f64 + 0.5) * pace - 0.5 * width;
        (number < count).then(|| at.round() as i64)
    })
}
