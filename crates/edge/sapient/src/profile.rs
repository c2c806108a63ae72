//! Registrations that this program sends.

use crate::check::EDITION;
use crate::message::schema::registration::{
    Capability, Command, CommandType, ConfigurationData, DetectionDefinition, Duration, LocationType, ModeDefinition,
    ModeType, NodeDefinition, NodeType, RegionDefinition, RegionType, ScanType, StatusDefinition, TaskDefinition,
    TimeUnits, TrackingType, location_type,
};
use crate::message::schema::{
    LocationCoordinateSystem, LocationDatum, RangeBearingCoordinateSystem, RangeBearingDatum, Registration,
};

/// What a node says of itself when it registers.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// What it is.
    pub node_type: NodeType,
    /// Its name, for people.
    pub name: String,
    /// The one mode that it knows.
    pub mode: String,
    /// Seconds between its status reports.
    pub heartbeat_s: f64,
    /// Whether its detections are ranges and bearings; otherwise they are latitudes and longitudes.
    pub is_range_bearing: bool,
    /// Version of the program.
    pub version: String,
}

impl Profile {
    /// The registration.
    #[must_use]
    pub fn registration(&self) -> Registration {
        let capability = Capability {
            category: Some("Detection".to_owned()),
            r#type: Some("Warning of rockets, artillery and mortars".to_owned()),
            ..Capability::default()
        };
        let status_definition = StatusDefinition {
            status_interval: Some(seconds(self.heartbeat_s)),
            location_definition: Some(latitude_longitude()),
            ..StatusDefinition::default()
        };
        let software = ConfigurationData {
            manufacturer: "Parapet".to_owned(),
            model: self.name.clone(),
            software_version: Some(self.version.clone()),
            ..ConfigurationData::default()
        };
        Registration {
            node_definition: vec![NodeDefinition { node_type: Some(self.node_type as i32), node_sub_type: Vec::new() }],
            icd_version: Some(EDITION.to_owned()),
            name: Some(self.name.clone()),
            short_name: Some(self.name.chars().take(16).collect()),
            capabilities: vec![capability],
            status_definition: Some(status_definition),
            mode_definition: vec![self.mode()],
            config_data: vec![software],
            ..Registration::default()
        }
    }

    fn mode(&self) -> ModeDefinition {
        let location = if self.is_range_bearing { range_bearing() } else { latitude_longitude() };
        ModeDefinition {
            mode_name: Some(self.mode.clone()),
            mode_type: Some(ModeType::Default as i32),
            settle_time: Some(seconds(0.0)),
            scan_type: Some(ScanType::Scanning as i32),
            tracking_type: Some(TrackingType::Tracklet as i32),
            detection_definition: vec![DetectionDefinition {
                location_type: Some(location),
                ..DetectionDefinition::default()
            }],
            task: Some(task()),
            ..ModeDefinition::default()
        }
    }
}

/// The standard wants a definition of tasks even from who takes none but requests; a region is part of it.
fn task() -> TaskDefinition {
    let request = Command {
        units: Some("Registration, Status".to_owned()),
        completion_time: Some(seconds(1.0)),
        r#type: Some(CommandType::Request as i32),
    };
    let region = RegionDefinition {
        region_type: vec![RegionType::AreaOfInterest as i32],
        region_area: vec![latitude_longitude()],
        ..RegionDefinition::default()
    };
    TaskDefinition { concurrent_tasks: Some(1), region_definition: Some(region), command: vec![request] }
}

fn seconds(value: f64) -> Duration {
    Duration { units: Some(TimeUnits::Seconds as i32), value: Some(value as f32) }
}

fn latitude_longitude() -> LocationType {
    let units = LocationCoordinateSystem::LatLngDegM as i32;
    LocationType {
        coordinates_oneof: Some(location_type::CoordinatesOneof::LocationUnits(units)),
        datum_oneof: Some(location_type::DatumOneof::LocationDatum(LocationDatum::Wgs84G as i32)),
        zone: None,
    }
}

fn range_bearing() -> LocationType {
    let units = RangeBearingCoordinateSystem::DegreesM as i32;
    LocationType {
        coordinates_oneof: Some(location_type::CoordinatesOneof::RangeBearingUnits(units)),
        datum_oneof: Some(location_type::DatumOneof::RangeBearingDatum(RangeBearingDatum::True as i32)),
        zone: None,
    }
}
