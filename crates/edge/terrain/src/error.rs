//! Why a file is no ground.

/// Why an elevation model cannot be used, in words for people. [`remedy`](Self::remedy) says what to do about it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ElevationError {
    /// The octets are no TIFF file, or a broken one.
    #[error("it is no TIFF file that can be read: {0}")]
    Unreadable(String),
    /// It was not compressed in a way that is read here.
    #[error("it is stored in a way that is not read here: {0}")]
    Unsupported(String),
    /// It has several values for one place.
    #[error("it has {0} values for each place, where an elevation model has one")]
    Bands(u16),
    /// One chunk of it would need too much memory, octets.
    #[error("one strip or tile of it takes {0} octets, and 67108864 are read at once")]
    Chunk(u64),
    /// Heights stored as something else than themselves.
    #[error("its heights are stored scaled or with an offset")]
    Scaled,
    /// It says nowhere where it lies.
    #[error("it does not say where on the Earth it lies")]
    Nowhere,
    /// It lies on no regular grid.
    #[error("its pixels lie on no regular grid: {0}")]
    Irregular(&'static str),
    /// Its coordinate system is not read here.
    #[error("its coordinate system {0} is not read here")]
    CoordinateSystem(String),
    /// Heights in another unit than metres: the EPSG code of that.
    #[error("its heights are not in metres (unit EPSG:{0})")]
    Unit(u16),
    /// Heights above the ellipsoid, and nobody said how high the geoid lies.
    #[error("its heights are above the WGS-84 ellipsoid and not above mean sea level")]
    EllipsoidHeights,
    /// Heights above mean sea level, and somebody gave a height of the geoid.
    #[error("its heights are above mean sea level already ({0}), and a height of the geoid is given")]
    SeaLevelHeights(&'static str),
    /// The grid that is asked for is too large: columns.
    #[error("the grid would have {0} heights each way, and at most {max} are kept", max = crate::COLUMNS_MAX)]
    TooFine(u64),
    /// It knows no height of the site's surroundings; what it covers.
    #[error("it knows no height around the site: it covers {0}")]
    Elsewhere(String),
    /// It does not know the ground at the site itself.
    #[error("it knows only {0:.0} % of the ground that is asked for")]
    MostlyUnknown(f64),
}

impl ElevationError {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            ElevationError::Unreadable(_) | ElevationError::Unsupported(_) | ElevationError::Chunk(_) => {
                "write it anew: `gdal_translate -of GTiff -ot Float32 -co TILED=YES -co COMPRESS=DEFLATE IN OUT.tif`".into()
            }
            ElevationError::Bands(_) => "keep the heights alone: `gdal_translate -b 1 IN OUT.tif`".into(),
            ElevationError::Scaled => "write the heights themselves: `gdal_translate -unscale -ot Float32 IN OUT.tif`".into(),
            ElevationError::Nowhere => {
                "say it, where it is known: `gdal_translate -a_srs EPSG:4326 -a_ullr WEST NORTH EAST SOUTH IN OUT.tif`".into()
            }
            ElevationError::Irregular(_) | ElevationError::CoordinateSystem(_) => {
                "bring it to latitude and longitude: `gdalwarp -t_srs EPSG:4326 -r bilinear IN OUT.tif`".into()
            }
            ElevationError::Unit(_) => {
                "bring the heights to metres, for example from feet: `gdal_calc.py -A IN --calc=A*0.3048 --outfile=OUT.tif`".into()
            }
            ElevationError::EllipsoidHeights => {
                "write `geoid_m`, the height of the geoid above the ellipsoid at the site, for example `geoid_m = 46.2`".into()
            }
            ElevationError::SeaLevelHeights(_) => "remove the key `geoid_m`".into(),
            ElevationError::TooFine(_) => "write a larger `resolution_m`, or a shorter `reach_m`".into(),
            ElevationError::Elsewhere(_) => "take a file that covers the site, or correct the site's origin".into(),
            ElevationError::MostlyUnknown(_) => "take a file that covers the site's surroundings, or write a shorter `reach_m`".into(),
        }
    }
}

impl From<tiff::TiffError> for ElevationError {
    fn from(error: tiff::TiffError) -> Self {
        match error {
            tiff::TiffError::UnsupportedError(what) => ElevationError::Unsupported(what.to_string()),
            other => ElevationError::Unreadable(other.to_string()),
        }
    }
}
