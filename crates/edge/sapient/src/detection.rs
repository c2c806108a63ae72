//! A detection report as a value in SI units: everything that a node can say of something it saw, whether a plot can hold it
//! or not.

use parapet_frame::{MeasuredAt, maths};

use crate::earth::{EarthPlace, UtmZone};
use crate::id::{NodeId, Ulid};
use crate::message::schema::detection_report::{LocationOneof, VelocityOneof};
use crate::message::schema::sapient_message::Content;
use crate::message::schema::{
    DetectionReport, EnuVelocity, Location, LocationCoordinateSystem, LocationDatum, RangeBearing,
    RangeBearingCoordinateSystem, RangeBearingDatum, SapientMessage,
};
use crate::message::time_of;

/// Classes and behaviours of one detection that are kept.
const ODDS_MAX: usize = 16;
/// Characters of a class or a behaviour that are kept.
const WORD_CHARS_MAX: usize = 64;
/// The error of a latitude or longitude in degrees is by the letter in degrees, and in practice often in metres. No sensor errs
/// by a tenth of a degree (11 km), and none is good to a tenth of a metre, so this tells them apart.
const ANGULAR_ERROR_MAX_DEG: f64 = 0.1;
/// Metres of one radian of latitude: the mean radius of the Earth.
const RADIAN_M: f64 = 6_371_008.8;

/// A number with its standard deviation, where the node tells one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// The number: metres, radians, or m/s.
    pub value: f64,
    /// Its standard deviation in the same unit; `None` where the node does not tell one, or tells 0.
    pub sigma: Option<f64>,
}

/// What a node counts its azimuths from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum North {
    /// True north.
    True,
    /// Magnetic north, grid north, or the heading of the platform: the site must say how far that is from true north.
    Own,
}

/// Where something was seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SeenAt {
    /// In range and bearing about the node. Without a range it is a bearing, without an azimuth a ring.
    Polar {
        /// Slant range, metres.
        range_m: Option<Measured>,
        /// Clockwise from `north`, radians in (-pi, pi].
        azimuth_rad: Option<Measured>,
        /// Above the node's horizon, radians.
        elevation_rad: Option<Measured>,
        /// What the azimuth is counted from.
        north: North,
    },
    /// At a place on the Earth.
    Place {
        /// Where. Without a height, at the ellipsoid or geoid.
        place: EarthPlace,
        /// Whether the node tells a height.
        has_height: bool,
        /// Whether the height is above the ellipsoid; otherwise it is above the geoid, which is mean sea level.
        is_above_ellipsoid: bool,
        /// Standard deviations to the east, to the north and up, metres, where told. A node tells no correlations.
        sigma_m: [Option<f64>; 3],
    },
}

/// Something that a detection may be, and how probably.
#[derive(Clone, Debug, PartialEq)]
pub struct Odds {
    /// The node's own word, at most 64 characters.
    pub what: String,
    /// From 0 to 1, where the node tells it.
    pub confidence: Option<f64>,
}

/// What an acoustic sensor hears of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    /// A round was fired.
    Launch,
    /// A round came down.
    Impact,
}

/// One detection of one node.
#[derive(Clone, Debug, PartialEq)]
pub struct SapientDetection {
    /// Who saw it.
    pub node: NodeId,
    /// The report's own name.
    pub report: Ulid,
    /// The node's name for what it saw; the same in later reports if the node can tell.
    pub object: Ulid,
    /// The message's timestamp: the standard has no other time of a detection.
    pub measured_at: MeasuredAt,
    /// The node has lost it: nothing was seen this time.
    pub is_lost: bool,
    /// The node says that it is simulated: an `object_info` of the type `simulated` with the value `true`.
    pub is_simulated: bool,
    /// Where.
    pub seen_at: SeenAt,
    /// Velocity to the east, to the north and up, m/s, where told.
    pub velocity_mps: Option<[Measured; 3]>,
    /// That there is anything, from 0 to 1, where told.
    pub confidence: Option<f64>,
    /// What it may be.
    pub classes: Vec<Odds>,
    /// What it may be doing.
    pub behaviours: Vec<Odds>,
}

/// Why a detection cannot be used although it keeps the standard's rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// The message is no detection report.
    #[error("no detection report")]
    OtherMessage,
    /// Easting and northing without a zone that exists, or outside it.
    #[error("UTM coordinates need a zone like 38S, and must lie in it")]
    Utm,
    /// A unit or datum that is left unspecified.
    #[error("the coordinate system is unspecified")]
    System,
}

impl SapientDetection {
    /// From a message that keeps the standard's rules.
    ///
    /// # Errors
    /// When it is no detection, or its place cannot be understood.
    pub fn of(message: &SapientMessage) -> Result<Self, Unusable> {
        let Some(Content::DetectionReport(report)) = &message.content else {
            return Err(Unusable::OtherMessage);
        };
        let sent = message.timestamp.as_ref().ok_or(Unusable::OtherMessage)?;
        let seen_at = match report.location_oneof.as_ref().ok_or(Unusable::System)? {
            LocationOneof::RangeBearing(polar) => seen_polar(polar)?,
            LocationOneof::Location(location) => seen_place(location)?,
        };
        let name = |text: &str| text.parse().map_err(|_| Unusable::OtherMessage);
        Ok(SapientDetection {
            node: message.node_id().parse().map_err(|_| Unusable::OtherMessage)?,
            report: name(report.report_id())?,
            object: name(report.object_id())?,
            measured_at: MeasuredAt(time_of(sent)),
            is_lost: report.state().to_ascii_lowercase().contains("lost"),
            is_simulated: is_simulated(report),
            seen_at,
            velocity_mps: report.velocity_oneof.as_ref().map(|VelocityOneof::EnuVelocity(enu)| velocity_mps(enu)),
            confidence: report.detection_confidence.map(f64::from),
            classes: odds(report.classification.iter().map(|class| (class.r#type(), class.confidence))),
            behaviours: odds(report.behaviour.iter().map(|behaviour| (behaviour.r#type(), behaviour.confidence))),
        })
    }

    /// The launch or impact that was heard, with its confidence; from the words for class and behaviour, whichever is surest.
    /// `None` for everything else.
    #[must_use]
    pub fn sound(&self) -> Option<(Sound, Option<f64>)> {
        let heard = self.behaviours.iter().chain(&self.classes);
        let known = heard.filter_map(|odds| Some((sound(&odds.what)?, odds.confidence)));
        known.max_by(|a, b| a.1.unwrap_or(0.0).total_cmp(&b.1.unwrap_or(0.0)))
    }
}

/// The taxonomy has no words for these yet; these are the ones in use.
fn sound(word: &str) -> Option<Sound> {
    const LAUNCH: [&str; 6] = ["launch", "muzzle", "firing", "fired", "gunshot", "discharge"];
    const IMPACT: [&str; 4] = ["impact", "detonation", "explosion", "burst"];
    let word = word.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|known| word.contains(known));
    if has(&LAUNCH) {
        return Some(Sound::Launch);
    }
    has(&IMPACT).then_some(Sound::Impact)
}

fn is_simulated(report: &DetectionReport) -> bool {
    let says = |info: &crate::message::schema::detection_report::TrackObjectInfo| {
        info.r#type().eq_ignore_ascii_case("simulated") && info.value().eq_ignore_ascii_case("true")
    };
    report.object_info.iter().any(says)
}

fn odds<'a>(told: impl Iterator<Item = (&'a str, Option<f32>)>) -> Vec<Odds> {
    let kept = told.take(ODDS_MAX);
    kept.map(|(what, confidence)| Odds {
        what: what.chars().take(WORD_CHARS_MAX).collect(),
        confidence: confidence.map(f64::from),
    })
    .collect()
}

fn measured(value: f64, sigma: Option<f64>, unit: f64) -> Measured {
    Measured { value: value * unit, sigma: sigma.filter(|sigma| *sigma > 0.0).map(|sigma| sigma * unit) }
}

fn seen_polar(polar: &RangeBearing) -> Result<SeenAt, Unusable> {
    const DEGREE: f64 = core::f64::consts::PI / 180.0;
    let (angle, length) = match polar.coordinate_system() {
        RangeBearingCoordinateSystem::DegreesM => (DEGREE, 1.0),
        RangeBearingCoordinateSystem::RadiansM => (1.0, 1.0),
        RangeBearingCoordinateSystem::DegreesKm => (DEGREE, 1_000.0),
        RangeBearingCoordinateSystem::RadiansKm => (1.0, 1_000.0),
        RangeBearingCoordinateSystem::Unspecified => return Err(Unusable::System),
    };
    let north = match polar.datum() {
        RangeBearingDatum::True => North::True,
        RangeBearingDatum::Magnetic | RangeBearingDatum::Grid | RangeBearingDatum::Platform => North::Own,
        RangeBearingDatum::Unspecified => return Err(Unusable::System),
    };
    let azimuth = polar.azimuth.map(|azimuth| measured(azimuth, polar.azimuth_error, angle));
    Ok(SeenAt::Polar {
        range_m: polar.range.map(|range| measured(range, polar.range_error, length)),
        azimuth_rad: azimuth.map(|azimuth| Measured { value: maths::wrap_pi(azimuth.value), ..azimuth }),
        elevation_rad: polar.elevation.map(|elevation| measured(elevation, polar.elevation_error, angle)),
        north,
    })
}

pub(crate) fn seen_place(location: &Location) -> Result<SeenAt, Unusable> {
    let [x, y] = [location.x(), location.y()];
    let ([lat_rad, lon_rad], unit_m) = match location.coordinate_system() {
        LocationCoordinateSystem::LatLngDegM => ([y.to_radians(), x.to_radians()], Some(RADIAN_M.to_radians())),
        LocationCoordinateSystem::LatLngRadM => ([y, x], Some(RADIAN_M)),
        LocationCoordinateSystem::UtmM => {
            let zone = location.utm_zone.as_deref().and_then(UtmZone::read).ok_or(Unusable::Utm)?;
            (zone.lat_lon_rad(x, y).ok_or(Unusable::Utm)?, None)
        }
        LocationCoordinateSystem::Unspecified => return Err(Unusable::System),
    };
    let across = maths::sin_cos(lat_rad).1;
    let sigma_east_m = sigma_m(location.x_error, unit_m.map(|unit_m| unit_m * across));
    let sigma_north_m = sigma_m(location.y_error, unit_m);
    Ok(SeenAt::Place {
        place: EarthPlace { lat_rad, lon_rad, height_m: location.z.unwrap_or(0.0) },
        has_height: location.z.is_some(),
        is_above_ellipsoid: location.datum() == LocationDatum::Wgs84E,
        sigma_m: [sigma_east_m, sigma_north_m, sigma_m(location.z_error, None)],
    })
}

/// An error in metres; `unit_m` is the length of the coordinate's own unit, where that is an angle.
fn sigma_m(error: Option<f64>, unit_m: Option<f64>) -> Option<f64> {
    let error = error.filter(|error| *error > 0.0)?;
    let as_angle_m = unit_m.map(|unit_m| error * unit_m);
    let is_angle = |metres: &f64| *metres < ANGULAR_ERROR_MAX_DEG * RADIAN_M.to_radians();
    Some(as_angle_m.filter(is_angle).unwrap_or(error))
}

/// m/s: the unit is told when the node registers, and the one other unit that the standard knows, km/h, is not used by any node
/// that measures what flies.
fn velocity_mps(enu: &EnuVelocity) -> [Measured; 3] {
    [
        measured(enu.east_rate(), enu.east_rate_error, 1.0),
        measured(enu.north_rate(), enu.north_rate_error, 1.0),
        measured(enu.up_rate(), enu.up_rate_error, 1.0),
    ]
}
