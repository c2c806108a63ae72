//! Places: latitude and longitude as written, checked, and carried into the site frame.

use parapet_frame::{GeodesyError, Geodetic, SiteFrame, SitePoint};

use crate::polygon::{Corner, length};
use crate::problem::Notes;
use crate::table::{Table, Within, within};

/// Farthest that anything of a site may lie from its origin, metres: beyond it the frame's constant geoid separation and the
/// flat alarm geometry are no longer right.
pub(crate) const SITE_RADIUS_MAX_M: f64 = 100_000.0;

const LATITUDE: Within = within(-90.0, 90.0, " degrees, north positive");
const LONGITUDE: Within = within(-180.0, 180.0, " degrees, east positive");
/// From the Dead Sea to above any mountain.
pub(crate) const HEIGHT: Within = within(-500.0, 9_000.0, " m above mean sea level");

/// Reads `{ lat_deg, lon_deg, height_m }`; without a default height that key must be there. Closes the table.
pub(crate) fn read(mut table: Table<'_>, height_m: Option<f64>, notes: &mut Notes) -> Option<Geodetic> {
    let place = read_keys(&mut table, height_m, notes);
    table.close(notes);
    place
}

/// As [`read`], for a table that has further keys.
pub(crate) fn read_keys(table: &mut Table<'_>, height_m: Option<f64>, notes: &mut Notes) -> Option<Geodetic> {
    table.require("lat_deg", "33.30", notes);
    table.require("lon_deg", "44.39", notes);
    let lat_deg = table.number("lat_deg", LATITUDE, notes);
    let lon_deg = table.number("lon_deg", LONGITUDE, notes);
    let height_m = match height_m {
        Some(height_m) => Some(height_m),
        None => {
            table.require("height_m", "34.0", notes);
            table.number("height_m", HEIGHT, notes)
        }
    };
    Some(Geodetic { lat_deg: lat_deg?, lon_deg: lon_deg?, height_m: height_m? })
}

/// Why a place cannot belong to the site.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Misplaced {
    /// It is no place on the Earth.
    Nowhere(GeodesyError),
    /// It is too far from the origin; how far, and whether it is near when latitude and longitude change places.
    Far { distance_m: f64, near_when_swapped: bool },
}

impl Misplaced {
    pub(crate) fn what(&self) -> String {
        match self {
            Misplaced::Nowhere(error) => error.to_string(),
            Misplaced::Far { distance_m, .. } => {
                let limit_km = SITE_RADIUS_MAX_M / 1_000.0;
                format!("{:.0} km from the site origin, farther than {limit_km:.0} km", distance_m / 1_000.0)
            }
        }
    }

    /// Whether latitude and longitude were probably written in the wrong order.
    pub(crate) fn looks_swapped(&self) -> bool {
        match self {
            Misplaced::Nowhere(GeodesyError::Latitude(_)) => true,
            Misplaced::Far { near_when_swapped, .. } => *near_when_swapped,
            Misplaced::Nowhere(_) => false,
        }
    }
}

/// A place in site ENU, unless it cannot belong to the site.
pub(crate) fn in_site(frame: &SiteFrame, place: Geodetic) -> Result<SitePoint, Misplaced> {
    let point = frame.site_from_geodetic(place).map_err(Misplaced::Nowhere)?;
    let distance_m = distance_m(point);
    if distance_m <= SITE_RADIUS_MAX_M {
        return Ok(point);
    }
    let swapped = Geodetic { lat_deg: place.lon_deg, lon_deg: place.lat_deg, ..place };
    let near_when_swapped = frame.site_from_geodetic(swapped).is_ok_and(|p| self::distance_m(p) <= SITE_RADIUS_MAX_M);
    Err(Misplaced::Far { distance_m, near_when_swapped })
}

fn distance_m(point: SitePoint) -> f64 {
    length([length([point.east_m, point.north_m]), point.up_m])
}

/// East and north of a place at the height of the ground, metres.
pub(crate) fn corner(frame: &SiteFrame, lat_lon_deg: [f64; 2], ground_height_m: f64) -> Result<Corner, Misplaced> {
    let [lat_deg, lon_deg] = lat_lon_deg;
    let point = in_site(frame, Geodetic { lat_deg, lon_deg, height_m: ground_height_m })?;
    Ok([point.east_m, point.north_m])
}
