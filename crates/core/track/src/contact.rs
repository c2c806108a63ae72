//! Contacts: where somebody says that something is, instead of having measured it: an aircraft of itself (ADS-B, a transponder
//! of an unmanned aircraft), or another system of one of its tracks.
//!
//! A contact is never a plot. What an aircraft says may be forged, and what another system says is a filtered estimate, of which
//! the errors are correlated in time and with those of our own sensors; neither moves a track. It is used to recognise what our
//! sensors see (`recognition`), and, where it can be trusted, as a reference to calibrate them by.

use nalgebra::{Matrix3, Vector3};
use parapet_frame::{EarthAxes, Geodetic, HeardAt, MeasuredAt, SitePoint, Time};
use serde::{Deserialize, Serialize};

use crate::{Identity, Plot, SensorId};

/// Standard deviation of the place where neither the sender nor the site says one, metres: NUCp 5 and NACp 6 of ADS-B stand for
/// about this at 95 % (RTCA DO-260B, table 2-70).
pub const PLACE_SIGMA_DEFAULT_M: f64 = 200.0;
/// Standard deviation of a height by air pressure, metres: as of a radar's transponder heights.
pub const PRESSURE_SIGMA_DEFAULT_M: f64 = 100.0;
/// Standard deviation of the delay of a position that nobody corrected for, seconds: ADS-B allows 0.6 s with 95 %
/// (14 CFR 91.227 (e)(2)).
pub const DELAY_SIGMA_DEFAULT_S: f64 = 0.3;
/// Standard deviation of a height above the ellipsoid where the site does not say how far that is above the sea, metres: the
/// geoid lies within -107 and 86 m of it (EGM96).
const GEOID_SIGMA_M: f64 = 50.0;
/// Standard deviation of a height that is not told at all, metres.
const NO_HEIGHT_SIGMA_M: f64 = 5_000.0;
/// ... and the middle of what flies, metres.
const NO_HEIGHT_M: f64 = 3_000.0;
/// Standard deviation of a velocity of which no error is told, m/s: NACv 1 of ADS-B allows 10 m/s with 95 % (RTCA DO-260B).
const VELOCITY_SIGMA_M: f64 = 4.0;
/// ... and of a rate of climb that is not told, m/s.
const NO_CLIMB_SIGMA_MPS: f64 = 10.0;
/// Radius of 95 % over the standard deviation along an axis, of a circular normal distribution: sqrt(-2 ln 0.05).
const RADIUS_95_SIGMAS: f64 = 2.447_746_830_7;

/// NACp to the radius of 95 % in metres (EPU of RTCA DO-260B / EUROCAE ED-102A): index is the category.
const NACP_95_M: [Option<f64>; 12] = [
    None,
    Some(18_520.0),
    Some(7_408.0),
    Some(3_704.0),
    Some(1_852.0),
    Some(926.0),
    Some(555.6),
    Some(185.2),
    Some(92.6),
    Some(30.0),
    Some(10.0),
    Some(3.0),
];

/// NUCp of the first transponders (version 0) to the same radius (RTCA DO-260): index is the category.
const NUCP_95_M: [Option<f64>; 10] = [
    None,
    Some(18_520.0),
    Some(9_260.0),
    Some(1_852.0),
    Some(926.0),
    Some(463.0),
    Some(185.2),
    Some(92.6),
    Some(10.0),
    Some(3.0),
];

/// The radius in metres within which an aircraft of a NACp is with 95 %; `None` where it does not know.
#[must_use]
pub fn accuracy_of_nacp(category: u8) -> Option<f64> {
    NACP_95_M.get(usize::from(category)).copied().flatten()
}

/// The same of a NUCp, of the first transponders.
#[must_use]
pub fn accuracy_of_nucp(category: u8) -> Option<f64> {
    NUCP_95_M.get(usize::from(category)).copied().flatten()
}

/// Who says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Teller {
    /// An aircraft of itself: ADS-B (CAT021, or Mode S squitters).
    Aircraft,
    /// An unmanned aircraft of itself (CAT129).
    Unmanned,
    /// Another system, of one of its tracks (CAT062).
    System,
}

/// Which one of a sensor's contacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactName {
    /// By its ICAO address of 24 bits.
    Address(u32),
    /// By an address that is none of ICAO's: anonymous, or of a vehicle.
    OtherAddress(u32),
    /// By the serial number of an unmanned aircraft.
    Serial([u8; 12]),
    /// By its number in the system that tells of it.
    Number(u32),
}

/// What a height is above.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Above {
    /// The WGS-84 ellipsoid.
    Ellipsoid,
    /// The pressure surface of 1013.25 hPa.
    StandardPressure,
    /// Mean sea level.
    MeanSea,
}

/// A height and what it is above.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Height {
    /// Metres.
    pub m: f64,
    /// Above what.
    pub above: Above,
    /// Standard deviation in metres, where the sender tells it.
    pub sigma_m: Option<f64>,
}

/// How something moves, in the east-north-up at its own place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Velocity {
    /// To the east, m/s.
    pub east_mps: f64,
    /// To the north, m/s.
    pub north_mps: f64,
    /// Upwards, where it is told, m/s.
    pub up_mps: Option<f64>,
}

/// Why what a contact says proves nothing to its credit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Doubts {
    /// The sender says that it is a simulated or a test target.
    pub simulated: bool,
    /// Who passes it on doubts it, or has not confirmed it.
    pub suspect: bool,
    /// No transponder answers: another system's track of something that says nothing of itself.
    pub silent: bool,
    /// It was not heard lately; what is told is an extrapolation.
    pub coasted: bool,
}

/// What was told, in the words of the Earth; an edge makes it, [`ContactSource::report`] brings it into the site.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Told {
    /// Who says it.
    pub teller: Teller,
    /// Which one.
    pub name: ContactName,
    /// The time that it is told for.
    pub measured_at: MeasuredAt,
    /// When we received it.
    pub heard_at: HeardAt,
    /// What is known of who it is.
    pub identity: Identity,
    /// Latitude and longitude of WGS-84, degrees.
    pub position_deg: [f64; 2],
    /// Covariance of the place, `[east, north, east-north]`, square metres, where told.
    pub covariance_m2: Option<[f64; 3]>,
    /// How high it is.
    pub height: Option<Height>,
    /// How it moves.
    pub velocity: Option<Velocity>,
    /// Standard deviation of the velocity along an axis, m/s, where told.
    pub sigma_velocity_mps: Option<f64>,
    /// It says that it is on the ground.
    pub on_ground: bool,
    /// Why it proves nothing.
    pub doubts: Doubts,
}

impl Told {
    /// The covariance of a radius within which something is with 95 %.
    #[must_use]
    pub fn covariance_of_95(radius_m: f64) -> [f64; 3] {
        let variance_m2 = (radius_m / RADIUS_95_SIGMAS) * (radius_m / RADIUS_95_SIGMAS);
        [variance_m2, variance_m2, 0.0]
    }
}

/// A sensor that tells of contacts: how its words are brought into the site.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContactSource {
    /// The sensor.
    pub sensor: SensorId,
    /// How the site lies on the Earth.
    pub earth: EarthAxes,
    /// How far mean sea level lies above the ellipsoid at the site, metres, where the site says so.
    pub geoid_m: Option<f64>,
    /// Standard deviation of a place of which none is told, metres.
    pub place_sigma_m: f64,
    /// Standard deviation of heights by air pressure, metres.
    pub pressure_sigma_m: f64,
    /// Standard deviation of the delay of what is told, seconds.
    pub delay_sigma_s: f64,
}

impl ContactSource {
    /// What was told, in the site; `None` where it is no place on or near the Earth.
    #[must_use]
    pub fn report(&self, told: &Told) -> Option<ContactReport> {
        let [lat_deg, lon_deg] = told.position_deg;
        let (height_m, sigma_up_m) = self.height(told.height);
        let place = self.earth.site_from_geodetic(Geodetic { lat_deg, lon_deg, height_m })?;
        let site_from_local = self.earth.site_from_local(lat_deg, lon_deg);
        let sigma2 = self.place_sigma_m * self.place_sigma_m;
        let [east, north, both] = told.covariance_m2.unwrap_or([sigma2, sigma2, 0.0]);
        let mut local = Matrix3::new(east, both, 0.0, both, north, 0.0, 0.0, 0.0, sigma_up_m * sigma_up_m);
        let velocity = told.velocity.map(|v| Vector3::new(v.east_mps, v.north_mps, v.up_mps.unwrap_or(0.0)));
        if let Some(velocity) = velocity {
            local += velocity * velocity.transpose() * (self.delay_sigma_s * self.delay_sigma_s);
        }
        let sigma_mps = told.sigma_velocity_mps.unwrap_or(VELOCITY_SIGMA_M);
        let tells_climb = told.velocity.is_some_and(|v| v.up_mps.is_some());
        Some(ContactReport {
            sensor: self.sensor,
            teller: told.teller,
            name: told.name,
            measured_at: told.measured_at,
            heard_at: told.heard_at,
            identity: told.identity,
            place,
            covariance: rows(&(site_from_local * local * site_from_local.transpose())),
            velocity_mps: velocity.map(|velocity| (site_from_local * velocity).into()),
            sigma_velocity_mps: [sigma_mps, if tells_climb { sigma_mps } else { NO_CLIMB_SIGMA_MPS }],
            tells_height: told.height.is_some(),
            tells_error: told.covariance_m2.is_some(),
            on_ground: told.on_ground,
            doubts: told.doubts,
        })
    }

    /// Height above mean sea level and its standard deviation, metres.
    fn height(&self, told: Option<Height>) -> (f64, f64) {
        let Some(Height { m, above, sigma_m }) = told else { return (NO_HEIGHT_M, NO_HEIGHT_SIGMA_M) };
        /// Satellites tell heights half as well as places; this is NACp 9, in metres.
        const SATELLITE_SIGMA_M: f64 = 20.0;
        match above {
            Above::Ellipsoid => {
                let own_m = sigma_m.unwrap_or(SATELLITE_SIGMA_M);
                let geoid_sigma_m = if self.geoid_m.is_some() { 0.0 } else { GEOID_SIGMA_M };
                (m - self.geoid_m.unwrap_or(0.0), (own_m * own_m + geoid_sigma_m * geoid_sigma_m).sqrt())
            }
            // However well an altimeter reads, the pressure of the day is not told with it.
            Above::StandardPressure => (m, sigma_m.unwrap_or(0.0).max(self.pressure_sigma_m)),
            Above::MeanSea => (m, sigma_m.unwrap_or(SATELLITE_SIGMA_M)),
        }
    }
}

/// What a contact says, in the site.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContactReport {
    /// The sensor that passes it on.
    pub sensor: SensorId,
    /// Who says it.
    pub teller: Teller,
    /// Which one of that sensor's contacts.
    pub name: ContactName,
    /// The time that it is told for.
    pub measured_at: MeasuredAt,
    /// When we received it.
    pub heard_at: HeardAt,
    /// What is known of who it is.
    pub identity: Identity,
    /// Where it says that it is, site ENU.
    pub place: SitePoint,
    /// Covariance of the place in site ENU, row by row, square metres: the error that is told, the height's, and the delay.
    pub covariance: [[f64; 3]; 3],
    /// How it says that it moves, site ENU, m/s.
    pub velocity_mps: Option<[f64; 3]>,
    /// Standard deviations of the velocity along an axis of the plane and upwards, m/s.
    pub sigma_velocity_mps: [f64; 2],
    /// It tells how high it is.
    pub tells_height: bool,
    /// It tells how well it knows where it is.
    pub tells_error: bool,
    /// It says that it is on the ground.
    pub on_ground: bool,
    /// Why it proves nothing.
    pub doubts: Doubts,
}

impl ContactReport {
    /// Its velocity in site ENU, m/s; at rest where none is told.
    #[must_use]
    pub fn velocity(&self) -> Vector3<f64> {
        self.velocity_mps.map_or_else(Vector3::zeros, Vector3::from)
    }

    /// The covariance of its place, square metres.
    #[must_use]
    pub fn spread(&self) -> Matrix3<f64> {
        Matrix3::from_fn(|row, column| self.covariance[row][column])
    }

    /// Where it is at another instant if it goes on as it says, and how surely.
    ///
    /// `turn_mps2` is the acceleration that it may have meanwhile, m/s^2.
    #[must_use]
    pub fn at(&self, when: Time, turn_mps2: f64) -> (Vector3<f64>, Matrix3<f64>) {
        let seconds = when.seconds_since(self.measured_at.0);
        let [level, up] = match self.velocity_mps {
            Some(_) => self.sigma_velocity_mps,
            // Something that flies and does not say how: as fast as an airliner.
            None => [120.0, 10.0],
        };
        let drift = Vector3::new(level, level, up) * seconds;
        let turned_m = 0.5 * turn_mps2 * seconds * seconds;
        let grown = Matrix3::from_diagonal(&drift.map(|m| m * m)) + Matrix3::identity() * (turned_m * turned_m);
        (self.place.to_vector() + self.velocity() * seconds, self.spread() + grown)
    }
}

/// Where a reference comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceSource {
    /// The sensor that passed it on.
    pub sensor: SensorId,
    /// Who said it; never [`Teller::System`], whose tracks hold the errors of the sensors that they were made of.
    pub teller: Teller,
    /// Which one.
    pub name: ContactName,
}

/// A place that was not measured by any of our sensors, to calibrate them by.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReferencePosition {
    /// When it was there.
    pub at: MeasuredAt,
    /// Where, site ENU.
    pub place: SitePoint,
    /// Covariance of the place in site ENU, row by row, square metres. It holds what the sender says of its error, the error
    /// of its height (large where that is by air pressure), its delay along the path, and what may have happened since it was told.
    pub covariance: [[f64; 3]; 3],
    /// Velocity in site ENU, m/s, where told: an error of a sensor's clock shows along it.
    pub velocity_mps: Option<[f64; 3]>,
    /// Who says so.
    pub source: ReferenceSource,
}

/// A plot of one of our sensors and where the thing itself says that it was then.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommonTarget {
    /// What the sensor measured.
    pub plot: Plot,
    /// Where the thing says that it was, at [`Plot::measured_at`].
    pub reference: ReferencePosition,
}

/// A symmetric matrix row by row.
pub(crate) fn rows(matrix: &Matrix3<f64>) -> [[f64; 3]; 3] {
    core::array::from_fn(|row| core::array::from_fn(|column| matrix[(row, column)]))
}

#[cfg(test)]
mod tests {
    use parapet_frame::SiteFrame;

    use super::*;

    fn source(geoid_m: Option<f64>) -> ContactSource {
        let frame = SiteFrame::at(Geodetic { lat_deg: 48.0, lon_deg: 11.0, height_m: 500.0 }).unwrap();
        ContactSource {
            sensor: SensorId(1),
            earth: EarthAxes::of(&frame),
            geoid_m,
            place_sigma_m: PLACE_SIGMA_DEFAULT_M,
            pressure_sigma_m: PRESSURE_SIGMA_DEFAULT_M,
            delay_sigma_s: DELAY_SIGMA_DEFAULT_S,
        }
    }

    fn told() -> Told {
        Told {
            teller: Teller::Aircraft,
            name: ContactName::Address(0x3C_65AC),
            measured_at: MeasuredAt(Time::from_seconds(100.0)),
            heard_at: HeardAt(Time::from_seconds(100.1)),
            identity: Identity::default(),
            position_deg: [48.1, 11.0],
            covariance_m2: Some(Told::covariance_of_95(30.0)),
            height: Some(Height { m: 3_048.0, above: Above::Ellipsoid, sigma_m: None }),
            velocity: Some(Velocity { east_mps: 0.0, north_mps: 200.0, up_mps: Some(0.0) }),
            sigma_velocity_mps: None,
            on_ground: false,
            doubts: Doubts::default(),
        }
    }

    #[test]
    fn what_is_told_is_brought_into_the_site_with_its_errors() {
        let report = source(Some(46.0)).report(&told()).unwrap();
        // A tenth of a degree of latitude is 11,120 m here.
        assert!(
            (report.place.north_m - 11_120.0).abs() < 20.0 && report.place.east_m.abs() < 1.0,
            "{:?}",
            report.place
        );
        assert!((report.place.up_m - (3_002.0 - 500.0 - 9.7)).abs() < 1.0, "above the sea, less the Earth's fall");
        let sigma = |axis: usize| report.covariance[axis][axis].sqrt();
        assert!((sigma(0) - 12.3).abs() < 0.1, "30 m with 95 %");
        assert!((sigma(1) - 61.2).abs() < 0.5, "0.3 s of delay at 200 m/s");
        assert!((sigma(2) - 20.0).abs() < 0.5);
        assert!((source(None).report(&told()).unwrap().covariance[2][2].sqrt() - 53.9).abs() < 0.5, "no geoid is told");
    }

    #[test]
    fn what_is_not_told_is_hardly_known() {
        let bare = Told { covariance_m2: None, height: None, velocity: None, ..told() };
        let report = source(None).report(&bare).unwrap();
        assert!((report.covariance[0][0].sqrt() - PLACE_SIGMA_DEFAULT_M).abs() < 1.0);
        assert!(report.covariance[2][2].sqrt() > 4_900.0 && !report.tells_height);
        let (_, later) = report.at(Time::from_seconds(101.0), 3.0);
        assert!(later[(0, 0)] > report.covariance[0][0] + 100.0 * 100.0);
    }

    #[test]
    fn nonsense_is_no_place() {
        assert_eq!(source(None).report(&Told { position_deg: [4_330.0, 0.0], ..told() }), None);
        assert_eq!(source(None).report(&Told { position_deg: [f64::NAN, 0.0], ..told() }), None);
    }
}
