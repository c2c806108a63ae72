//! The keys of a GeoTIFF: which coordinate system its places and heights are in (OGC 19-008r4, GeoTIFF 1.1).

use crate::ElevationError;
use crate::utm::Zone;

/// Key: geographic or projected (7.4.1.1).
const MODEL_TYPE: u16 = 1024;
/// Key: whether a pixel is an area or a point (7.4.1.2).
const RASTER_TYPE: u16 = 1025;
/// Keys: the coordinate systems, geographic, projected and vertical, and the unit of heights.
const GEODETIC_CRS: u16 = 2048;
const PROJECTED_CRS: u16 = 3072;
const VERTICAL_CRS: u16 = 4096;
const VERTICAL_UNIT: u16 = 4099;
/// Values of the model type.
const PROJECTED: u16 = 1;
const GEOGRAPHIC: u16 = 2;
/// Value of the raster type: the grid's corners are the pixels' middles.
const PIXEL_IS_POINT: u16 = 2;
/// EPSG: the metre.
const METRE: u16 = 9001;
/// A value that stands for "as described elsewhere".
const USER_DEFINED: u16 = 32_767;

/// What heights are counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerticalDatum {
    /// Mean sea level, by the geoid or levelling that it names.
    SeaLevel(&'static str),
    /// The WGS-84 ellipsoid.
    Ellipsoid,
    /// It does not say; the public global models (SRTM, Copernicus, ASTER, ALOS) count from the geoid.
    Unsaid,
}

/// How places are written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Projection {
    /// Longitude and latitude, degrees.
    Degrees,
    /// Easting and northing, metres.
    Utm(Zone),
}

/// What the keys say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Keys {
    pub(crate) projection: Projection,
    pub(crate) is_point: bool,
    pub(crate) vertical: VerticalDatum,
}

impl Keys {
    /// Reads a key directory: four numbers of its head, then four for each key.
    pub(crate) fn read(directory: &[u16]) -> Result<Keys, ElevationError> {
        let value = |key: u16| {
            let entries = directory.chunks_exact(4).skip(1);
            // A value that lies elsewhere (another tag than 0) is none of those that are asked for here.
            entries.filter(|entry| entry[0] == key && entry[1] == 0).map(|entry| entry[3]).next()
        };
        if let Some(unit) = value(VERTICAL_UNIT).filter(|unit| *unit != METRE) {
            return Err(ElevationError::Unit(unit));
        }
        let (projection, is_ellipsoidal) = match (value(MODEL_TYPE), value(GEODETIC_CRS), value(PROJECTED_CRS)) {
            (Some(GEOGRAPHIC), Some(code), _) => degrees(code)?,
            (Some(PROJECTED), _, Some(code)) => (utm(code)?, false),
            (None, _, _) => return Err(ElevationError::Nowhere),
            (Some(_), _, _) => return Err(ElevationError::CoordinateSystem("that it describes by parameters".into())),
        };
        let vertical = match value(VERTICAL_CRS) {
            None | Some(USER_DEFINED | 0) if is_ellipsoidal => VerticalDatum::Ellipsoid,
            None | Some(USER_DEFINED | 0) => VerticalDatum::Unsaid,
            // WGS-84 as a vertical system: in GeoTIFF 1.0 as the code of the ellipsoid's height, in 1.1 as the three-dimensional one.
            Some(5030 | 4979 | 4937) => VerticalDatum::Ellipsoid,
            Some(5773) => VerticalDatum::SeaLevel("EGM96"),
            Some(3855) => VerticalDatum::SeaLevel("EGM2008"),
            Some(5714) => VerticalDatum::SeaLevel("mean sea level"),
            Some(_) => VerticalDatum::SeaLevel("a national levelling"),
        };
        let is_point = value(RASTER_TYPE) == Some(PIXEL_IS_POINT);
        Ok(Keys { projection, is_point, vertical })
    }
}

/// WGS-84, and the systems that plates have carried less than two metres away from it; each two- and three-dimensional.
fn degrees(code: u16) -> Result<(Projection, bool), ElevationError> {
    match code {
        4326 | 4258 | 4269 => Ok((Projection::Degrees, false)),
        4979 | 4937 => Ok((Projection::Degrees, true)),
        USER_DEFINED => Err(ElevationError::CoordinateSystem("that it describes by parameters".into())),
        other => Err(ElevationError::CoordinateSystem(format!("EPSG:{other}"))),
    }
}

fn utm(code: u16) -> Result<Projection, ElevationError> {
    let zone = match code {
        32_601..=32_660 => Zone { number: code - 32_600, is_south: false },
        32_701..=32_760 => Zone { number: code - 32_700, is_south: true },
        // ETRS89.
        25_828..=25_838 => Zone { number: code - 25_800, is_south: false },
        USER_DEFINED => return Err(ElevationError::CoordinateSystem("that it describes by parameters".into())),
        other => return Err(ElevationError::CoordinateSystem(format!("EPSG:{other}"))),
    };
    Ok(Projection::Utm(zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(keys: &[(u16, u16)]) -> Vec<u16> {
        let entries = keys.iter().flat_map(|(key, value)| [*key, 0, 1, *value]);
        [1, 1, 0, keys.len() as u16].into_iter().chain(entries).collect()
    }

    #[test]
    fn coordinate_systems_that_are_read_and_those_that_are_not() {
        let read = |keys: &[(u16, u16)]| Keys::read(&directory(keys));
        let plain = read(&[(1024, 2), (1025, 1), (2048, 4326)]).unwrap();
        assert_eq!(plain, Keys { projection: Projection::Degrees, is_point: false, vertical: VerticalDatum::Unsaid });
        let utm = read(&[(1024, 1), (1025, 2), (3072, 32_733), (4096, 3855), (4099, 9001)]).unwrap();
        let zone = Zone { number: 33, is_south: true };
        let vertical = VerticalDatum::SeaLevel("EGM2008");
        assert_eq!(utm, Keys { projection: Projection::Utm(zone), is_point: true, vertical });
        assert_eq!(read(&[(1024, 2), (2048, 4979)]).unwrap().vertical, VerticalDatum::Ellipsoid);
        assert_eq!(read(&[]), Err(ElevationError::Nowhere));
        assert_eq!(read(&[(1024, 1), (3072, 3857)]), Err(ElevationError::CoordinateSystem("EPSG:3857".into())));
        assert_eq!(read(&[(1024, 2), (2048, 4326), (4099, 9002)]), Err(ElevationError::Unit(9002)));
        assert!(read(&[(1024, 1), (3072, 32_767)]).is_err());
    }
}
