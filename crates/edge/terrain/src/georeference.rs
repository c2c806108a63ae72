//! Where the pixels of a file lie.

use crate::ElevationError;
use crate::keys::{Keys, Projection};

/// From places to pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Georeference {
    projection: Projection,
    /// Columns and rows for each unit of the two coordinates, and where the coordinates are zero: pixel `(0, 0)` is the middle of the
    /// first.
    pixel_from_model: [[f64; 3]; 2],
    /// The other way round.
    model_from_pixel: [[f64; 3]; 2],
}

/// What the tags of a file say of its place, as they are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tags {
    /// ModelPixelScaleTag.
    pub(crate) scale: Vec<f64>,
    /// ModelTiepointTag.
    pub(crate) tiepoints: Vec<f64>,
    /// ModelTransformationTag.
    pub(crate) transformation: Vec<f64>,
}

impl Georeference {
    pub(crate) fn new(tags: &Tags, keys: &Keys) -> Result<Georeference, ElevationError> {
        let corners = match (tags.transformation.as_slice(), tags.scale.as_slice(), tags.tiepoints.as_slice()) {
            (&[a, b, _, c, d, e, _, f, ..], _, _) => [[a, b, c], [d, e, f]],
            // The tie point says where one place of the raster lies; rows run southwards (7.2 and annex B.6 of OGC 19-008r4).
            (_, &[x, y, ..], &[i, j, _, at_x, at_y, _]) => [[x, 0.0, at_x - i * x], [0.0, -y, at_y + j * y]],
            (_, _, &[]) => return Err(ElevationError::Nowhere),
            (_, &[], _) => return Err(ElevationError::Irregular("it is tied to the Earth by ground control points")),
            _ => return Err(ElevationError::Irregular("it has several tie points")),
        };
        // Coordinates of a raster of areas count from the pixels' corners, those of a raster of points from their middles.
        let middle = if keys.is_point { 0.0 } else { 0.5 };
        let model_from_pixel = corners.map(|[a, b, c]| [a, b, a * middle + b * middle + c]);
        let pixel_from_model = inverse(&model_from_pixel)?;
        let reference = Georeference { projection: keys.projection, pixel_from_model, model_from_pixel };
        let (across, down) = reference.pixel_m(0.0);
        let is_possible = |m: f64| (0.05..=200_000.0).contains(&m);
        if is_possible(across) && is_possible(down) {
            Ok(reference)
        } else {
            Err(ElevationError::Irregular("their size is no size of pixels"))
        }
    }

    /// Column and row of a place, the middle of the first pixel being 0, 0.
    pub(crate) fn pixel(&self, lat_deg: f64, lon_deg: f64) -> [f64; 2] {
        let [x, y] = match self.projection {
            Projection::Degrees => {
                // A file may count longitudes from 0 to 360; the pixel of a place is the one that lies in the file.
                let [[_, _, west], _] = self.model_from_pixel;
                let turns = ((west - lon_deg) / 360.0).ceil();
                let east = lon_deg + 360.0 * turns;
                [if east - west > 359.999 { east - 360.0 } else { east }, lat_deg]
            }
            Projection::Utm(zone) => zone.east_north_m(lat_deg, lon_deg),
        };
        self.pixel_from_model.map(|[a, b, c]| a * x + b * y + c)
    }

    /// The coordinates of a pixel, in the words of the file's own system.
    pub(crate) fn shown(&self, column: f64, row: f64) -> String {
        let [x, y] = self.model_from_pixel.map(|[a, b, c]| a * column + b * row + c);
        match self.projection {
            Projection::Degrees => format!("lat {y:.4} lon {x:.4}"),
            Projection::Utm(zone) => {
                format!("{x:.0} E {y:.0} N of UTM zone {}{}", zone.number, if zone.is_south { "S" } else { "N" })
            }
        }
    }

    /// Size of a pixel at a latitude, metres: to the east, and to the north.
    pub(crate) fn pixel_m(&self, lat_deg: f64) -> (f64, f64) {
        /// Metres of a degree of a great circle.
        const DEGREE_M: f64 = parapet_frame::EARTH_RADIUS_M * core::f64::consts::PI / 180.0;
        let [[ax, bx, _], [ay, by, _]] = self.model_from_pixel;
        let (east, north) = match self.projection {
            Projection::Degrees => (DEGREE_M * lat_deg.to_radians().cos(), DEGREE_M),
            Projection::Utm(_) => (1.0, 1.0),
        };
        ((ax * east).hypot(ay * north), (bx * east).hypot(by * north))
    }
}

fn inverse(m: &[[f64; 3]; 2]) -> Result<[[f64; 3]; 2], ElevationError> {
    let [[a, b, c], [d, e, f]] = *m;
    let determinant = a * e - b * d;
    let inverse = [[e, -b, b * f - c * e], [-d, a, c * d - a * f]].map(|row| row.map(|value| value / determinant));
    let is_sound = m.iter().chain(&inverse).flatten().all(|value| value.is_finite());
    if is_sound { Ok(inverse) } else { Err(ElevationError::Irregular("their places cannot be told apart")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VerticalDatum;

    fn reference(is_point: bool, west: f64) -> Georeference {
        let keys = Keys { projection: Projection::Degrees, is_point, vertical: VerticalDatum::Unsaid };
        let tags =
            Tags { scale: vec![0.25, 0.5, 0.0], tiepoints: vec![0.0, 0.0, 0.0, west, 50.0, 0.0], ..Tags::default() };
        Georeference::new(&tags, &keys).unwrap()
    }

    #[test]
    fn the_tie_point_is_a_corner_of_areas_and_the_middle_of_points() {
        assert_eq!(reference(false, 10.0).pixel(49.75, 10.125), [0.0, 0.0]);
        assert_eq!(reference(true, 10.0).pixel(50.0, 10.0), [0.0, 0.0]);
        assert_eq!(reference(true, 10.0).pixel(49.0, 10.5), [2.0, 2.0]);
    }

    #[test]
    fn longitudes_may_be_counted_round_the_earth() {
        assert_eq!(reference(true, 350.0).pixel(50.0, -9.0), [4.0, 0.0]);
        assert_eq!(reference(true, -180.0).pixel(50.0, 179.0), [1436.0, 0.0]);
        assert!(reference(true, 10.0).pixel(50.0, 9.9999)[0] < 0.0, "just outside");
    }

    #[test]
    fn what_is_no_grid_is_refused() {
        let keys = Keys { projection: Projection::Degrees, is_point: false, vertical: VerticalDatum::Unsaid };
        let refused = |tags: Tags| Georeference::new(&tags, &keys).unwrap_err();
        assert_eq!(refused(Tags::default()), ElevationError::Nowhere);
        let gcps = Tags { tiepoints: vec![0.0; 18], ..Tags::default() };
        assert!(matches!(refused(gcps), ElevationError::Irregular(_)));
        let flat = Tags { transformation: vec![0.0; 16], ..Tags::default() };
        assert!(matches!(refused(flat), ElevationError::Irregular(_)));
        let numberless = Tags { transformation: vec![f64::NAN; 16], ..Tags::default() };
        assert!(matches!(refused(numberless), ElevationError::Irregular(_)));
    }
}
