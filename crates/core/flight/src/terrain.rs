//! The ground as a grid of heights.

use serde::{Deserialize, Serialize};

/// Most heights of a grid: 2,048 each way, 16 MB.
const HEIGHTS_MAX: usize = 1 << 22;
/// What a height can be, metres above mean sea level.
const HEIGHT_M: (f32, f32) = (-500.0, 9_000.0);
/// What the distance of two heights can be, metres.
const SPACING_M: (f64, f64) = (1.0, 10_000.0);

/// Heights of the ground above mean sea level on a regular grid over site ENU; between them bilinear.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Grid", into = "Grid")]
pub struct Terrain {
    grid: Grid,
    highest_m: f64,
    fingerprint: u64,
}

/// The numbers of a [`Terrain`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    /// East and north of the south-western corner in site ENU, metres.
    pub corner_m: [f64; 2],
    /// Distance of two heights, the same to the east and to the north, metres.
    pub spacing_m: f64,
    /// How many heights there are from west to east, at least 2.
    pub columns: usize,
    /// Metres above mean sea level: rows from south to north, each from west to east.
    pub heights_m: Vec<f32>,
}

/// Why a grid is no ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TerrainError {
    /// The corner is no place.
    Corner,
    /// The spacing is not from 1 m to 10 km.
    Spacing,
    /// Fewer than 2 by 2 heights, more than 4,194,304, or a row that is not full.
    Shape,
    /// A height, by its number, that is not from -500 to 9,000 m.
    Height(usize),
}

impl core::fmt::Display for TerrainError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            TerrainError::Corner => write!(f, "the corner of the grid is no place"),
            TerrainError::Spacing => write!(f, "the spacing of the grid is not from 1 m to 10 km"),
            TerrainError::Shape => write!(f, "the grid has not 2 by 2 to {HEIGHTS_MAX} heights in full rows"),
            TerrainError::Height(number) => write!(f, "height number {number} is not from -500 to 9,000 m"),
        }
    }
}

impl core::error::Error for TerrainError {}

impl Terrain {
    /// The ground of a grid.
    ///
    /// # Errors
    /// The first fault found.
    pub fn new(grid: Grid) -> Result<Terrain, TerrainError> {
        if !grid.corner_m.iter().all(|place| place.is_finite()) {
            return Err(TerrainError::Corner);
        }
        if !(grid.spacing_m >= SPACING_M.0 && grid.spacing_m <= SPACING_M.1) {
            return Err(TerrainError::Spacing);
        }
        let count = grid.heights_m.len();
        if grid.columns < 2 || count > HEIGHTS_MAX || !count.is_multiple_of(grid.columns) || count / grid.columns < 2 {
            return Err(TerrainError::Shape);
        }
        let is_possible = |height_m: &f32| *height_m >= HEIGHT_M.0 && *height_m <= HEIGHT_M.1;
        if let Some(number) = grid.heights_m.iter().position(|height_m| !is_possible(height_m)) {
            return Err(TerrainError::Height(number));
        }
        let highest_m = grid.heights_m.iter().fold(f32::NEG_INFINITY, |highest, height_m| highest.max(*height_m));
        // FNV-1a over words (RFC 9923): not for secrets, only to tell grounds apart.
        let print =
            |hash: u64, height_m: &f32| (hash ^ u64::from(height_m.to_bits())).wrapping_mul(0x0000_0100_0000_01b3);
        let fingerprint = grid.heights_m.iter().fold(0xcbf2_9ce4_8422_2325, print);
        Ok(Terrain { grid, highest_m: f64::from(highest_m), fingerprint })
    }

    /// Its numbers.
    #[must_use]
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// The highest of the heights, metres above mean sea level.
    #[must_use]
    pub fn highest_m(&self) -> f64 {
        self.highest_m
    }

    /// Distance of two heights, metres.
    #[must_use]
    pub fn spacing_m(&self) -> f64 {
        self.grid.spacing_m
    }

    /// Height of the ground under a place in site ENU, metres above mean sea level; `None` outside the grid.
    #[must_use]
    pub fn height_m(&self, east_m: f64, north_m: f64) -> Option<f64> {
        let Grid { corner_m, spacing_m, columns, heights_m } = &self.grid;
        let (x, y) = ((east_m - corner_m[0]) / spacing_m, (north_m - corner_m[1]) / spacing_m);
        let rows = heights_m.len() / columns;
        if !(x >= 0.0 && y >= 0.0 && x <= (columns - 1) as f64 && y <= (rows - 1) as f64) {
            return None;
        }
        let (column, row) = ((x as usize).min(columns - 2), (y as usize).min(rows - 2));
        let (right, up) = (x - column as f64, y - row as f64);
        let height = |row: usize, column: usize| heights_m.get(row * columns + column).copied().map(f64::from);
        let south = height(row, column)? * (1.0 - right) + height(row, column + 1)? * right;
        let north = height(row + 1, column)? * (1.0 - right) + height(row + 1, column + 1)? * right;
        Some(south * (1.0 - up) + north * up)
    }
}

/// Says a fingerprint in the place of the heights, of which there may be millions.
impl core::fmt::Debug for Terrain {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Grid { corner_m, spacing_m, columns, heights_m } = &self.grid;
        f.debug_struct("Terrain")
            .field("corner_m", corner_m)
            .field("spacing_m", spacing_m)
            .field("columns", columns)
            .field("heights", &heights_m.len())
            .field("fingerprint", &self.fingerprint)
            .finish_non_exhaustive()
    }
}

impl TryFrom<Grid> for Terrain {
    type Error = TerrainError;

    fn try_from(grid: Grid) -> Result<Self, TerrainError> {
        Terrain::new(grid)
    }
}

impl From<Terrain> for Grid {
    fn from(terrain: Terrain) -> Self {
        terrain.grid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        Grid {
            corner_m: [-100.0, -50.0],
            spacing_m: 50.0,
            columns: 3,
            heights_m: vec![0.0, 10.0, 20.0, 0.0, 10.0, 120.0],
        }
    }

    #[test]
    fn heights_are_linear_between_the_corners_of_a_cell() {
        let terrain = Terrain::new(grid()).unwrap();
        assert_eq!(terrain.height_m(-100.0, -50.0), Some(0.0));
        assert_eq!(terrain.height_m(-75.0, -20.0), Some(5.0));
        assert_eq!(terrain.height_m(0.0, 0.0), Some(120.0));
        assert_eq!(terrain.height_m(-25.0, -25.0), Some(40.0));
        assert_eq!(terrain.highest_m(), 120.0);
        for (east_m, north_m) in [(-100.1, 0.0), (0.1, 0.0), (-50.0, 0.1), (-50.0, -50.1), (f64::NAN, 0.0)] {
            assert_eq!(terrain.height_m(east_m, north_m), None);
        }
    }

    /// An engine's digest is made from what its parts say of themselves.
    #[test]
    fn grounds_that_differ_in_one_height_say_so() {
        let other = Grid { heights_m: vec![0.0, 10.0, 20.0, 0.0, 10.0, 120.5], ..grid() };
        let [one, other] = [grid(), other].map(|grid| format!("{:?}", Terrain::new(grid).unwrap()));
        assert_ne!(one, other);
    }

    #[test]
    fn what_is_no_ground_is_refused() {
        let refused = |change: &dyn Fn(&mut Grid)| {
            let mut grid = grid();
            change(&mut grid);
            Terrain::new(grid).expect_err("a fault")
        };
        assert_eq!(refused(&|grid| grid.corner_m[1] = f64::NAN), TerrainError::Corner);
        assert_eq!(refused(&|grid| grid.spacing_m = 0.0), TerrainError::Spacing);
        assert_eq!(refused(&|grid| grid.columns = 6), TerrainError::Shape);
        assert_eq!(refused(&|grid| grid.columns = 0), TerrainError::Shape);
        assert_eq!(refused(&|grid| grid.columns = 4), TerrainError::Shape);
        assert_eq!(refused(&|grid| grid.heights_m[4] = f32::NAN), TerrainError::Height(4));
    }
}
