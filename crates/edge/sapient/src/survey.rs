//! What a node says of itself: where it stands, what it covers and how it looks around. A claim, to be held against what was
//! surveyed; and where nothing was, a beginning.

use parapet_frame::{GeodesyError, Geodetic, SiteFrame};
use parapet_track::{Scan, SensorModel};

use crate::detection::SeenAt;
use crate::earth::EarthPlace;
use crate::intake::SapientSource;
use crate::message::schema::location_or_range_bearing::FovOneof;
use crate::message::schema::registration::ScanType;
use crate::message::schema::{
    LocationOrRangeBearing, RangeBearingCone, RangeBearingCoordinateSystem, RangeBearingDatum, Registration,
    StatusReport,
};

/// What a node says of itself; `None` for what it does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct NodeSurvey {
    /// Where it stands. Without a height, at the ellipsoid or geoid.
    pub place: Option<EarthPlace>,
    /// Whether that height is above the ellipsoid.
    pub is_above_ellipsoid: bool,
    /// Farthest slant range of what it sees, metres.
    pub range_max_m: Option<f64>,
    /// Lowest and highest elevation of what it sees, radians.
    pub elevation_rad: Option<[f64; 2]>,
    /// Middle and width of what it sees in azimuth, radians clockwise from true north; `None` where it counts from another north.
    pub sector_rad: Option<[f64; 2]>,
    /// How it looks around.
    pub scan: Option<Scan>,
}

impl NodeSurvey {
    /// From a registration and a status report that keep the standard's rules. What the node sees is its field of view, or else
    /// the first area that it covers.
    #[must_use]
    pub fn of(registration: &Registration, status: &StatusReport) -> Self {
        let mut survey =
            NodeSurvey { scan: registration.mode_definition.first().and_then(scan), ..NodeSurvey::default() };
        let told = status.node_location.as_ref().and_then(|location| crate::detection::seen_place(location).ok());
        if let Some(SeenAt::Place { place, is_above_ellipsoid, .. }) = told {
            (survey.place, survey.is_above_ellipsoid) = (Some(place), is_above_ellipsoid);
        }
        let views = status.field_of_view.iter().chain(&status.coverage);
        if let Some(cone) = views.filter_map(cone).next() {
            survey.look(cone);
        }
        survey
    }

    fn look(&mut self, cone: &RangeBearingCone) {
        const DEGREE: f64 = core::f64::consts::PI / 180.0;
        let (angle, length) = match cone.coordinate_system() {
            RangeBearingCoordinateSystem::DegreesM | RangeBearingCoordinateSystem::Unspecified => (DEGREE, 1.0),
            RangeBearingCoordinateSystem::RadiansM => (1.0, 1.0),
            RangeBearingCoordinateSystem::DegreesKm => (DEGREE, 1_000.0),
            RangeBearingCoordinateSystem::RadiansKm => (1.0, 1_000.0),
        };
        self.range_max_m = cone.range.filter(|range| *range > 0.0).map(|range| range * length);
        // "Horizontal extent angle in degrees", says the schema, whatever the unit of the rest.
        let half_rad = cone.vertical_extent.map(|extent| extent * DEGREE / 2.0);
        let middle_rad = cone.elevation.map(|elevation| elevation * angle);
        self.elevation_rad = middle_rad.zip(half_rad).map(|(middle, half)| [middle - half, middle + half]);
        let width_rad = cone.horizontal_extent.map(|extent| extent * DEGREE);
        let sector_rad =
            cone.azimuth.map(|azimuth| azimuth * angle).zip(width_rad).map(|(azimuth, width)| [azimuth, width]);
        self.sector_rad = sector_rad.filter(|_| cone.datum() == RangeBearingDatum::True);
    }

    /// How far the node says that it stands from where it was surveyed, over ground, metres.
    #[must_use]
    pub fn distance_m(&self, source: &SapientSource) -> Option<f64> {
        let [east_m, north_m, _] = source.place.enu_of(&EarthPlace { height_m: source.place.height_m, ..self.place? });
        Some((east_m * east_m + north_m * north_m).sqrt())
    }

    /// The model of the node as a sensor: what it says of itself, and for the rest another model's. `geoid_m` is the height of the
    /// geoid above the ellipsoid there. `None` where the node does not say where it stands.
    ///
    /// # Errors
    /// When that is no place on the Earth.
    pub fn sensor_model(
        &self,
        frame: &SiteFrame,
        geoid_m: f64,
        like: &SensorModel,
    ) -> Option<Result<SensorModel, GeodesyError>> {
        let place = self.place?;
        let height_m = place.height_m - if self.is_above_ellipsoid { geoid_m } else { 0.0 };
        let (lat_deg, lon_deg) = (place.lat_rad.to_degrees(), place.lon_rad.to_degrees());
        let [elevation_min_rad, elevation_max_rad] =
            self.elevation_rad.unwrap_or([like.elevation_min_rad, like.elevation_max_rad]);
        let model = |pose| SensorModel {
            pose,
            range_max_m: self.range_max_m.unwrap_or(like.range_max_m),
            elevation_min_rad,
            elevation_max_rad,
            scan: self.scan.unwrap_or(like.scan),
            ..like.clone()
        };
        Some(frame.sensor_pose(Geodetic { lat_deg, lon_deg, height_m }).map(model))
    }
}

fn cone(view: &LocationOrRangeBearing) -> Option<&RangeBearingCone> {
    match view.fov_oneof.as_ref()? {
        FovOneof::RangeBearing(cone) => Some(cone),
        FovOneof::LocationList(_) => None,
    }
}

fn scan(mode: &crate::message::schema::registration::ModeDefinition) -> Option<Scan> {
    match mode.scan_type() {
        ScanType::Fixed => Some(Scan::Staring),
        ScanType::Scanning => Some(Scan::Rotating),
        // Where a steerable sensor looks next is nobody's to say.
        ScanType::Steerable | ScanType::Unspecified => None,
    }
}
