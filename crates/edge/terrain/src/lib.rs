//! Digital elevation models: a GeoTIFF in, the ground around a site out.
//!
//! [`ElevationModel::open`] reads what a file says of itself, over any reader that can seek: no file is opened here, and of a file of
//! any size only those chunks are read that lie around the site, one at a time and a bounded number kept.
//! [`ElevationModel::survey`] makes the regular grid in site ENU that the engine takes.
//!
//! Weaknesses, first. The coordinate systems are WGS-84 and what is within two metres of it: latitude and longitude (EPSG:4326,
//! 4258, 4269) and UTM (EPSG:326xx, 327xx, 258xx). Heights are metres above mean sea level, or above the WGS-84 ellipsoid with the
//! height of the geoid given by the caller as one number for the whole site. Compressions are deflate and LZW. Everything else is
//! refused with the GDAL command that makes it readable. Where the grid is coarser than the file, it holds mean heights, so that a
//! sharp ridge loses some metres.
//!
//! ```
//! use parapet_terrain::ElevationModel;
//! let Err(refused) = ElevationModel::open(std::io::Cursor::new(b"P5 640 480")) else { panic!("an image") };
//! assert!(refused.to_string().starts_with("it is no TIFF file"));
//! assert!(refused.remedy().contains("gdal_translate"));
//! ```
#![forbid(unsafe_code)]

mod error;
mod fuzz;
mod georeference;
mod keys;
mod model;
mod pixels;
mod survey;
mod utm;

pub use error::ElevationError;
pub use fuzz::fuzz_one;
pub use keys::VerticalDatum;
pub use model::{ElevationModel, Extent};
pub use survey::{COLUMNS_MAX, Plan, Survey};
