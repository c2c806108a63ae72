//! Zones, sensors, nodes and policy as the texts say them: what the page draws and fills its forms with, also while something is wrong.

use serde_json::{Map, Value as Json, json};
use toml_edit::DocumentMut;

use super::edits::Texts;
use super::features_text;
use super::toml_text;

/// A zone as written.
#[derive(Clone, Debug)]
pub(crate) struct WrittenZone {
    pub(crate) id: String,
    pub(crate) file: String,
    /// Every key but id and outline.
    pub(crate) keys: Map<String, Json>,
    pub(crate) outline: Outline,
}

/// An outline as written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outline {
    Circle {
        lat_deg: f64,
        lon_deg: f64,
        radius_m: f64,
    },
    /// Rings of [longitude, latitude], not closed.
    Polygon(Vec<Vec<[f64; 2]>>),
    /// Not readable.
    None,
}

impl Outline {
    fn json(&self) -> Json {
        match self {
            Outline::Circle { lat_deg, lon_deg, radius_m } => {
                json!({ "circle": { "lat_deg": lat_deg, "lon_deg": lon_deg, "radius_m": radius_m } })
            }
            Outline::Polygon(rings) => json!({ "polygon": rings }),
            Outline::None => Json::Null,
        }
    }
}

/// The site file as a tree; `None` when it is no TOML.
pub(crate) fn tree(texts: &Texts) -> Option<Map<String, Json>> {
    let document: DocumentMut = texts.main_text().parse().ok()?;
    match toml_text::json_table(document.as_table()) {
        Json::Object(tree) => Some(tree),
        _ => None,
    }
}

/// The zones, those of the zone file first, as the reader orders them.
pub(crate) fn zones(texts: &Texts, tree: &Map<String, Json>) -> Vec<WrittenZone> {
    let mut zones = Vec::new();
    if let Some((file, text)) = named(texts, tree, "zones") {
        let features = features_text::features(text).unwrap_or_default();
        zones.extend(features.iter().filter_map(|feature| of_feature(&file, feature)));
    }
    let inline = tree.get("zone").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    zones.extend(inline.iter().filter_map(|table| of_table(&texts.main, table)));
    zones
}

fn named<'a>(texts: &'a Texts, tree: &Map<String, Json>, table: &str) -> Option<(String, &'a str)> {
    let file = tree.get(table)?.get("file")?.as_str()?.to_owned();
    let text = texts.files.get(&file)?;
    Some((file, text))
}

fn of_feature(file: &str, feature: &features_text::Feature) -> Option<WrittenZone> {
    let properties = feature.value.get("properties").and_then(Json::as_object).cloned().unwrap_or_default();
    let mut keys = properties;
    keys.remove("id");
    let radius_m = keys.remove("radius_m").and_then(|radius| radius.as_f64());
    let geometry = feature.value.get("geometry").unwrap_or(&Json::Null);
    let coordinates = geometry.get("coordinates").unwrap_or(&Json::Null);
    let outline =
        match geometry.get("type").and_then(Json::as_str) {
            Some("Point") => position(coordinates)
                .zip(radius_m)
                .map(|([lon_deg, lat_deg], radius_m)| Outline::Circle { lat_deg, lon_deg, radius_m }),
            Some("Polygon") => {
                coordinates.as_array().and_then(|rings| rings.iter().map(ring).collect()).map(Outline::Polygon)
            }
            _ => None,
        };
    Some(WrittenZone { id: feature.id()?, file: file.to_owned(), keys, outline: outline.unwrap_or(Outline::None) })
}

fn position(json: &Json) -> Option<[f64; 2]> {
    Some([json.get(0)?.as_f64()?, json.get(1)?.as_f64()?])
}

fn ring(json: &Json) -> Option<Vec<[f64; 2]>> {
    let mut places: Vec<[f64; 2]> = json.as_array()?.iter().map(position).collect::<Option<_>>()?;
    if places.len() > 1 && places.first() == places.last() {
        places.pop();
    }
    Some(places)
}

fn of_table(file: &str, table: &Json) -> Option<WrittenZone> {
    let mut keys = table.as_object()?.clone();
    let id = keys.remove("id")?.as_str()?.to_owned();
    let number = |place: &Json, key: &str| place.get(key).and_then(Json::as_f64);
    let circle = keys.remove("circle").and_then(|circle| {
        Some(Outline::Circle {
            lat_deg: number(&circle, "lat_deg")?,
            lon_deg: number(&circle, "lon_deg")?,
            radius_m: number(&circle, "radius_m")?,
        })
    });
    let corner = |corner: &Json| Some([number(corner, "lon_deg")?, number(corner, "lat_deg")?]);
    let corners = keys.remove("corners");
    let corners = corners.as_ref().and_then(Json::as_array);
    let corners = corners.and_then(|corners| corners.iter().map(corner).collect::<Option<Vec<_>>>());
    let outline = circle.or(corners.map(|ring| Outline::Polygon(vec![ring]))).unwrap_or(Outline::None);
    Some(WrittenZone { id, file: file.to_owned(), keys, outline })
}

/// The acoustic nodes: id, file, and every key.
pub(crate) fn nodes(texts: &Texts, tree: &Map<String, Json>) -> Vec<Json> {
    let mut nodes = Vec::new();
    if let Some((file, text)) = named(texts, tree, "acoustic") {
        for feature in features_text::features(text).unwrap_or_default() {
            let coordinates = feature.value.get("geometry").and_then(|geometry| geometry.get("coordinates"));
            let Some((id, coordinates)) = feature.id().zip(coordinates) else { continue };
            let Some([lon_deg, lat_deg]) = position(coordinates) else { continue };
            let mut at = json!({ "lat_deg": lat_deg, "lon_deg": lon_deg });
            if let (Some(height_m), Some(at)) = (coordinates.get(2), at.as_object_mut()) {
                at.insert("height_m".to_owned(), height_m.clone());
            }
            let mut keys = feature.value.get("properties").and_then(Json::as_object).cloned().unwrap_or_default();
            keys.remove("id");
            keys.insert("position".to_owned(), at);
            nodes.push(json!({ "id": id, "file": file, "keys": keys }));
        }
    }
    let inline = tree.get("acoustic").and_then(|acoustic| acoustic.get("node")).and_then(Json::as_array);
    nodes.extend(inline.into_iter().flatten().filter_map(|table| keyed(&texts.main, table)));
    nodes
}

fn keyed(file: &str, table: &Json) -> Option<Json> {
    let mut keys = table.as_object()?.clone();
    let id = keys.remove("id")?;
    Some(json!({ "id": id, "file": file, "keys": keys }))
}

/// All that the page draws; `null` when the site file is no TOML.
pub(crate) fn model(texts: &Texts) -> Json {
    let Some(tree) = tree(texts) else { return Json::Null };
    let zones: Vec<Json> = zones(texts, &tree).iter().map(zone_json).collect();
    let sensors = tree.get("sensor").and_then(Json::as_array).into_iter().flatten();
    let sensors: Vec<Json> = sensors.filter_map(|table| keyed(&texts.main, table)).collect();
    let table = |key: &str| tree.get(key).cloned().unwrap_or_else(|| json!({}));
    json!({
        "site": table("site"), "zones": zones, "sensors": sensors, "nodes": nodes(texts, &tree),
        "policy": table("policy"), "map": table("map"), "terrain": tree.get("terrain"),
    })
}

fn zone_json(zone: &WrittenZone) -> Json {
    json!({ "id": zone.id, "file": zone.file, "keys": zone.keys, "outline": zone.outline.json() })
}
