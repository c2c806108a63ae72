//! One event.

use parapet_frame::Time;

use crate::element::Element;
use crate::error::CotError;

/// What the schema's authors and every client take for "not known" in `hae`, `ce` and `le`, metres.
pub const UNKNOWN_M: f64 = 9_999_999.0;

/// Where: WGS-84, checked when it is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    lat_deg: f64,
    lon_deg: f64,
    hae_m: f64,
    ce_m: f64,
    le_m: f64,
}

impl Point {
    /// A place with its circular and linear error, metres, one standard deviation or the radius of an area. A height or an error
    /// that is not finite, or an error below zero, is "not known".
    ///
    /// # Errors
    /// When latitude or longitude is no place on the Earth.
    pub fn new(lat_deg: f64, lon_deg: f64, hae_m: f64, ce_m: f64, le_m: f64) -> Result<Self, CotError> {
        let place = |name, value: f64, most: f64| match value.abs() <= most {
            true => Ok(value),
            false => Err(CotError::bad(name, &value.to_string())),
        };
        let known = |value: f64, least: f64| if (least..UNKNOWN_M).contains(&value) { value } else { UNKNOWN_M };
        Ok(Point {
            lat_deg: place("lat", lat_deg, 90.0)?,
            lon_deg: place("lon", lon_deg, 180.0)?,
            hae_m: known(hae_m, -UNKNOWN_M),
            ce_m: known(ce_m, 0.0),
            le_m: known(le_m, 0.0),
        })
    }

    /// Latitude, degrees.
    #[must_use]
    pub fn lat_deg(&self) -> f64 {
        self.lat_deg
    }

    /// Longitude, degrees.
    #[must_use]
    pub fn lon_deg(&self) -> f64 {
        self.lon_deg
    }

    /// Height above the ellipsoid, metres, or [`UNKNOWN_M`].
    #[must_use]
    pub fn hae_m(&self) -> f64 {
        self.hae_m
    }

    /// Circular error or radius, metres, or [`UNKNOWN_M`].
    #[must_use]
    pub fn ce_m(&self) -> f64 {
        self.ce_m
    }

    /// Linear error, metres, or [`UNKNOWN_M`].
    #[must_use]
    pub fn le_m(&self) -> f64 {
        self.le_m
    }
}

/// One Cursor on Target event, version 2.0 (MITRE, public release schema of the base event).
#[derive(Clone, Debug, PartialEq)]
pub struct CotEvent {
    /// Names what it is about: of two events with one `uid` the later counts.
    pub uid: String,
    /// CoT `type`: what it is.
    pub kind: String,
    /// CoT `how` the place came about.
    pub how: String,
    /// CoT `qos`: priority, overtaking, assurance. We write none.
    pub qos: Option<String>,
    /// CoT `opex`: operation, exercise or simulation. We write none.
    pub opex: Option<String>,
    /// When it was made.
    pub time: Time,
    /// From when on it counts.
    pub start: Time,
    /// Until when it counts.
    pub stale: Time,
    /// Where.
    pub point: Point,
    /// What stands inside `<detail>`.
    pub detail: Vec<Element>,
}

impl CotEvent {
    /// The first element of a name inside `<detail>`.
    #[must_use]
    pub fn detail(&self, name: &str) -> Option<&Element> {
        self.detail.iter().find(|element| element.name == name)
    }

    /// What it is called on a map.
    #[must_use]
    pub fn callsign(&self) -> Option<&str> {
        self.detail("contact")?.attribute("callsign")
    }

    /// What is said of it.
    #[must_use]
    pub fn remarks(&self) -> Option<&str> {
        self.detail("remarks").map(|remarks| remarks.text.as_str())
    }

    /// Holds what was read against what every event needs.
    pub(crate) fn checked(self) -> Result<Self, CotError> {
        for (name, value) in [("uid", &self.uid), ("type", &self.kind), ("how", &self.how)] {
            if value.is_empty() {
                return Err(CotError::Missing(name));
            }
            /// Longest name that is read, bytes; those of servers have less than a hundred.
            const NAME_MAX: usize = 512;
            if value.len() > NAME_MAX || value.chars().any(char::is_control) {
                return Err(CotError::bad(name, value));
            }
        }
        if self.stale < self.start {
            return Err(CotError::bad("stale", &format!("{} s before start", self.start.seconds_since(self.stale))));
        }
        Ok(self)
    }
}
