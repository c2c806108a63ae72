//! `[acoustic]`: nodes that hear launches and impacts, in the site file or in a GeoJSON file of points.

use std::collections::BTreeSet;

use parapet_frame::{Geodetic, SensorPose, SiteFrame};
use serde::Deserialize;

use crate::place;
use crate::problem::{Notes, Page};
use crate::site::Load;
use crate::table::{Table, Within, identifier_fault, within};

/// Most nodes of a site: the 10,000 that it may own, and room.
const NODES_MAX: usize = 16_384;
/// A file of all nodes is shorter, bytes.
const FILE_MAX: usize = 16 * 1024 * 1024;
const SIGMA_PLACE: Within = within(0.01, 1_000.0, " m");
const SIGMA_TIME: Within = within(0.000_001, 10.0, " s");
/// A satellite receiver's fix.
const SIGMA_PLACE_DEFAULT_M: f64 = 3.0;
/// A clock that a satellite receiver or NTP on a local network keeps, and the detector's own time.
const SIGMA_TIME_DEFAULT_S: f64 = 0.02;

/// A node that hears launches and impacts.
#[derive(Clone, Debug, PartialEq)]
pub struct AcousticNode {
    /// What it calls itself.
    pub name: String,
    /// Where it stands.
    pub pose: SensorPose,
    /// How well that is known: standard deviation of each component, metres.
    pub sigma_place_m: f64,
    /// Standard deviation of its times of arrival, its clock included, seconds.
    pub sigma_time_s: f64,
}

/// What holds for nodes that say nothing else.
#[derive(Clone, Copy)]
struct Usual {
    sigma_place_m: f64,
    sigma_time_s: f64,
    ground_m: f64,
}

/// Reads `[acoustic]`; nodes with problems are left out. `taken` are the names of sensors.
pub(crate) fn read(
    table: Option<Table<'_>>,
    frame: &SiteFrame,
    ground_m: f64,
    taken: &[&str],
    load: &mut Load<'_>,
    notes: &mut Notes,
) -> Vec<AcousticNode> {
    let Some(mut table) = table else { return Vec::new() };
    let usual = Usual {
        sigma_place_m: table.number("sigma_position_m", SIGMA_PLACE, notes).unwrap_or(SIGMA_PLACE_DEFAULT_M),
        sigma_time_s: table.number("sigma_time_s", SIGMA_TIME, notes).unwrap_or(SIGMA_TIME_DEFAULT_S),
        ground_m,
    };
    let mut nodes = file(&mut table, frame, usual, load, notes);
    let tables = table.tables("node", notes);
    nodes.extend(tables.into_iter().filter_map(|table| node(table, frame, usual, notes)));
    let mut names: BTreeSet<&str> = taken.iter().copied().collect();
    if let Some(twice) = nodes.iter().find(|node| !names.insert(&node.name)) {
        let what = format!("two nodes or sensors are called {:?}", twice.name);
        notes.problems.push(table.problem("node", what, "give every node an id of its own"));
    }
    if nodes.len() > NODES_MAX {
        let what = format!("{} nodes", nodes.len());
        notes.problems.push(table.problem("file", what, format!("at most {NODES_MAX} nodes a site")));
        nodes.truncate(NODES_MAX);
    }
    table.close(notes);
    nodes
}

fn node(mut table: Table<'_>, frame: &SiteFrame, usual: Usual, notes: &mut Notes) -> Option<AcousticNode> {
    table.require("id", "\"m1\"", notes);
    let name = table.identifier("id", notes);
    if let Some(name) = &name {
        table.rename(format!("acoustic node {name:?}"));
    }
    table.require("position", "{ lat_deg = 33.315, lon_deg = 44.380 }", notes);
    let at = table.table("position", notes).and_then(|mut at| {
        let height_m = at.number("height_m", place::HEIGHT, notes).unwrap_or(usual.ground_m);
        let place = place::read_keys(&mut at, Some(height_m), notes);
        at.close(notes);
        place
    });
    let sigma_place_m = table.number("sigma_position_m", SIGMA_PLACE, notes).unwrap_or(usual.sigma_place_m);
    let sigma_time_s = table.number("sigma_time_s", SIGMA_TIME, notes).unwrap_or(usual.sigma_time_s);
    let pose = at.and_then(|at| match pose(frame, at) {
        Ok(pose) => Some(pose),
        Err((what, remedy)) => {
            notes.problems.push(table.problem("position", what, remedy));
            None
        }
    });
    table.close(notes);
    Some(AcousticNode { name: name?, pose: pose?, sigma_place_m, sigma_time_s })
}

fn pose(frame: &SiteFrame, at: Geodetic) -> Result<SensorPose, (String, &'static str)> {
    if let Err(misplaced) = place::in_site(frame, at) {
        let swapped = misplaced.looks_swapped();
        let remedy = if swapped { "latitude and longitude look swapped" } else { "correct the position" };
        return Err((misplaced.what(), remedy));
    }
    frame.sensor_pose(at).map_err(|error| (error.to_string(), "write the surveyed place of the node"))
}

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    geometry: Point,
    properties: Properties,
}

#[derive(Deserialize)]
struct Point {
    #[serde(rename = "type")]
    kind: String,
    coordinates: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Properties {
    id: String,
    sigma_position_m: Option<f64>,
    sigma_time_s: Option<f64>,
}

fn file(
    table: &mut Table<'_>,
    frame: &SiteFrame,
    usual: Usual,
    load: &mut Load<'_>,
    notes: &mut Notes,
) -> Vec<AcousticNode> {
    let Some(name) = table.text("file", notes) else { return Vec::new() };
    let text = match load(name) {
        Ok(text) if text.len() <= FILE_MAX => text,
        Ok(text) => {
            let what = format!("{name:?} has {} bytes", text.len());
            notes.problems.push(table.problem("file", what, format!("at most {FILE_MAX} bytes are read")));
            return Vec::new();
        }
        Err(why) => {
            let what = format!("the file {name:?} cannot be read: {why}");
            let remedy = "write its name relative to this file, and check that it exists";
            notes.problems.push(table.problem("file", what, remedy));
            return Vec::new();
        }
    };
    let collection: Collection = match serde_json::from_str(&text) {
        Ok(collection) => collection,
        Err(error) => {
            let what = format!("the file {name:?} is no list of nodes: {error}");
            let remedy = "write a GeoJSON FeatureCollection of Points with the property \"id\", and where wanted \
                          \"sigma_position_m\" and \"sigma_time_s\"";
            notes.problems.push(table.problem("file", what, remedy));
            return Vec::new();
        }
    };
    let page = Page::new(name, &text);
    let mut nodes = Vec::new();
    for (number, feature) in (1..).zip(collection.features) {
        match of_feature(feature, frame, usual) {
            Ok(node) => nodes.push(node),
            Err((what, remedy)) => notes.problems.push(page.problem(0..0, format!("feature {number}"), what, remedy)),
        }
    }
    nodes
}

fn of_feature(feature: Feature, frame: &SiteFrame, usual: Usual) -> Result<AcousticNode, (String, String)> {
    let Feature { geometry, properties } = feature;
    let (lon_deg, lat_deg) = match geometry.coordinates[..] {
        [lon_deg, lat_deg] | [lon_deg, lat_deg, _] if geometry.kind == "Point" => (lon_deg, lat_deg),
        _ => {
            return Err((
                format!("a {}", geometry.kind),
                "a node is a Point, [longitude, latitude, height]".to_owned(),
            ));
        }
    };
    let height_m = geometry.coordinates.get(2).copied().unwrap_or(usual.ground_m);
    let pose =
        pose(frame, Geodetic { lat_deg, lon_deg, height_m }).map_err(|(what, remedy)| (what, remedy.to_owned()))?;
    if let Some((what, remedy)) = identifier_fault(&properties.id) {
        return Err((what, remedy));
    }
    let checked = |value: Option<f64>, usual: f64, range: Within, key: &str| match value {
        None => Ok(usual),
        Some(value) if (range.min..=range.max).contains(&value) => Ok(value),
        Some(value) => Err((
            format!("{key} {value} is out of range"),
            format!("write {} to {}{}", range.min, range.max, range.unit),
        )),
    };
    Ok(AcousticNode {
        pose,
        sigma_place_m: checked(properties.sigma_position_m, usual.sigma_place_m, SIGMA_PLACE, "sigma_position_m")?,
        sigma_time_s: checked(properties.sigma_time_s, usual.sigma_time_s, SIGMA_TIME, "sigma_time_s")?,
        name: properties.id,
    })
}
