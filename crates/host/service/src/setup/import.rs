//! Zones out of files of other programs: GeoJSON and KML. What is no zone is refused one by one, each with the reason.

use std::collections::BTreeSet;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::toml_text::Keys;

/// Zones of one file: the most that a site has.
const ZONES_MAX: usize = 4_096;
/// Elements of KML inside one another.
const DEPTH_MAX: usize = 64;
/// Longest id and name, as the site file has them, characters.
const ID_MAX: usize = 64;
const NAME_MAX: usize = 100;
/// Properties that mean the same in a zone file; others stay behind.
const KEPT: [&str; 6] = ["kind", "people", "alarm_probability", "cost_false", "cost_miss", "shelter_s"];

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Imported {
    /// As the edit `import` takes them.
    pub(crate) zones: Vec<Keys>,
    pub(crate) refused: Vec<Refused>,
}

/// A part of a file that became no zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Refused {
    /// Where: its number and name.
    pub(crate) part: String,
    pub(crate) what: String,
    pub(crate) remedy: String,
}

/// Reads a file by its content; `taken` are ids that zones have already.
///
/// # Errors
/// When nothing in it can be read, for people: what, and what to do.
pub(crate) fn import(text: &str, taken: &[String]) -> Result<Imported, (String, String)> {
    let trimmed = text.trim_start_matches('\u{feff}').trim_start();
    let mut desk = Desk { found: Imported::default(), taken: taken.iter().cloned().collect() };
    if trimmed.starts_with('{') {
        geojson(&mut desk, trimmed)?;
    } else if trimmed.starts_with('<') {
        kml(&mut desk, trimmed)?;
    } else if trimmed.starts_with("PK") {
        return Err(("this is a KMZ or ZIP archive".to_owned(), "unpack it, and import the .kml inside".to_owned()));
    } else {
        let remedy = "import a GeoJSON or KML file";
        return Err(("the file is neither GeoJSON nor KML".to_owned(), remedy.to_owned()));
    }
    if desk.found.zones.len() > ZONES_MAX {
        let what = format!("{} zones", desk.found.zones.len());
        return Err((what, format!("at most {ZONES_MAX} are imported: divide the file")));
    }
    Ok(desk.found)
}

/// What one outline comes with.
struct Label<'a> {
    part: String,
    id: Option<&'a str>,
    name: Option<&'a str>,
    keys: Keys,
}

struct Desk {
    found: Imported,
    taken: BTreeSet<String>,
}

impl Desk {
    fn refuse(&mut self, part: &str, what: impl Into<String>, remedy: &str) {
        let refused = Refused { part: part.to_owned(), what: what.into(), remedy: remedy.to_owned() };
        self.found.refused.push(refused);
    }

    fn polygon(&mut self, label: &Label<'_>, rings: Vec<Vec<[f64; 2]>>) {
        for ring in &rings {
            if let Some([lon_deg, lat_deg]) = ring.iter().find(|[lon, lat]| lon.abs() > 180.0 || lat.abs() > 90.0) {
                let what = format!("longitude {lon_deg}, latitude {lat_deg} is no place on the Earth");
                let remedy =
                    "write longitude first, in degrees; projected coordinates (EPSG other than 4326) are not read";
                return self.refuse(&label.part, what, remedy);
            }
            if ring.len() < 4 {
                let what = format!("a ring of {} positions", ring.len());
                return self.refuse(
                    &label.part,
                    what,
                    "an outline needs at least 3 corners, and the first again at the end",
                );
            }
        }
        if rings.is_empty() {
            return self.refuse(&label.part, "a polygon without an outline", "draw it anew");
        }
        self.zone(label, "polygon", json!(rings));
    }

    fn zone(&mut self, label: &Label<'_>, key: &str, outline: Json) {
        let mut zone = label.keys.clone();
        let name = label.name.map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "));
        let name = name.filter(|name| !name.is_empty()).map(|name| name.chars().take(NAME_MAX).collect::<String>());
        let id = self.free_id(label.id.or(name.as_deref()).unwrap_or("zone"));
        zone.insert("id".to_owned(), id.into());
        if let Some(name) = name {
            zone.insert("name".to_owned(), name.into());
        }
        zone.insert(key.to_owned(), outline);
        self.found.zones.push(zone);
    }

    /// An id of letters that ids have, with a number behind it where it is taken.
    fn free_id(&mut self, wanted: &str) -> String {
        let letters = wanted.chars().map(|c| if c.is_ascii_alphanumeric() || "_.".contains(c) { c } else { '-' });
        let slug: String =
            letters.collect::<String>().split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
        let slug: String = slug.to_ascii_lowercase().chars().take(ID_MAX - 6).collect();
        let slug = if slug.is_empty() { "zone".to_owned() } else { slug };
        let names = (1..).map(|n| if n == 1 { slug.clone() } else { format!("{slug}-{n}") });
        let free = names.into_iter().find(|name| !self.taken.contains(name)).unwrap_or_default();
        self.taken.insert(free.clone());
        free
    }
}

fn geojson(desk: &mut Desk, text: &str) -> Result<(), (String, String)> {
    let remedy = "export it again as GeoJSON (RFC 7946)";
    let value: Json = serde_json::from_str(text).map_err(|error| (format!("not JSON: {error}"), remedy.to_owned()))?;
    let features = match value.get("type").and_then(Json::as_str) {
        Some("FeatureCollection") => value.get("features").and_then(Json::as_array).cloned(),
        Some("Feature") => Some(vec![value.clone()]),
        Some("Polygon" | "MultiPolygon" | "GeometryCollection") => {
            Some(vec![json!({ "type": "Feature", "properties": {}, "geometry": value })])
        }
        _ => None,
    };
    let features = features.ok_or_else(|| ("JSON, but not GeoJSON with features".to_owned(), remedy.to_owned()))?;
    for (number, feature) in features.iter().enumerate() {
        let empty = Map::new();
        let properties = feature.get("properties").and_then(Json::as_object).unwrap_or(&empty);
        let text = |keys: &[&str]| keys.iter().find_map(|key| properties.get(*key).and_then(Json::as_str));
        let name = text(&["name", "Name", "NAME", "title"]);
        let part = match name {
            Some(name) => format!("feature {} ({name:?})", number + 1),
            None => format!("feature {}", number + 1),
        };
        let id = text(&["id"]).or_else(|| feature.get("id").and_then(Json::as_str));
        let kept = properties.iter().filter(|(key, value)| KEPT.contains(&key.as_str()) && !value.is_null());
        let keys = kept.map(|(key, value)| (key.clone(), value.clone())).collect();
        let label = Label { part, id, name, keys };
        let radius = properties.get("radius_m").and_then(Json::as_f64);
        geometry(desk, &label, feature.get("geometry").unwrap_or(&Json::Null), radius, 0);
    }
    Ok(())
}

fn geometry(desk: &mut Desk, label: &Label<'_>, geometry: &Json, radius_m: Option<f64>, depth: usize) {
    let coordinates = geometry.get("coordinates").cloned().unwrap_or(Json::Null);
    let unreadable = "its coordinates are no lists of [longitude, latitude]";
    let kind = geometry.get("type").and_then(Json::as_str).unwrap_or("nothing");
    match kind {
        "Polygon" => match polygon(&coordinates) {
            Some(rings) => desk.polygon(label, rings),
            None => desk.refuse(&label.part, unreadable, "export it again"),
        },
        "MultiPolygon" => {
            for part in coordinates.as_array().into_iter().flatten() {
                match polygon(part) {
                    Some(rings) => desk.polygon(label, rings),
                    None => desk.refuse(&label.part, unreadable, "export it again"),
                }
            }
        }
        "GeometryCollection" if depth < 4 => {
            let parts = geometry.get("geometries").and_then(Json::as_array).cloned().unwrap_or_default();
            parts.iter().for_each(|part| self::geometry(desk, label, part, radius_m, depth + 1));
        }
        "Point" => match (position(&coordinates), radius_m) {
            (Some([lon_deg, lat_deg]), Some(radius_m)) => {
                let circle = json!({ "lat_deg": lat_deg, "lon_deg": lon_deg, "radius_m": radius_m });
                desk.zone(label, "circle", circle);
            }
            _ => desk.refuse(&label.part, "a point without `radius_m`", "give it the property, or draw a polygon"),
        },
        other => desk.refuse(
            &label.part,
            format!("{other} encloses nothing"),
            "a zone is a Polygon, or a Point with `radius_m`",
        ),
    }
}

fn polygon(json: &Json) -> Option<Vec<Vec<[f64; 2]>>> {
    let ring = |ring: &Json| ring.as_array()?.iter().map(position).collect::<Option<Vec<_>>>();
    json.as_array()?.iter().map(ring).collect()
}

fn position(json: &Json) -> Option<[f64; 2]> {
    Some([json.get(0)?.as_f64()?, json.get(1)?.as_f64()?])
}

/// A placemark while it is read.
#[derive(Default)]
struct Placemark {
    name: String,
    polygons: Vec<Vec<Vec<[f64; 2]>>>,
    /// Kinds of geometry that are no polygon.
    others: Vec<&'static str>,
    fault: Option<String>,
}

fn kml(desk: &mut Desk, text: &str) -> Result<(), (String, String)> {
    let broken = |what: String| (format!("not readable as KML: {what}"), "export it again as KML 2.2".to_owned());
    let mut reader = Reader::from_str(text);
    let mut path: Vec<String> = Vec::new();
    let mut placemark: Option<Placemark> = None;
    let (mut words, mut count, mut is_kml) = (String::new(), 0, false);
    loop {
        match reader.read_event().map_err(|error| broken(error.to_string()))? {
            Event::Start(start) => {
                let name = local(start.name().as_ref()).to_owned();
                is_kml |= name == "kml" || name == "Placemark";
                begin(&name, &mut placemark, &mut count);
                words.clear();
                path.push(name);
                if path.len() > DEPTH_MAX {
                    return Err(broken(format!("more than {DEPTH_MAX} elements inside one another")));
                }
            }
            Event::End(_) => {
                let Some(name) = path.pop() else { return Err(broken("an end without a beginning".to_owned())) };
                if let Some(open) = &mut placemark {
                    end(&name, &path, &words, open);
                }
                if name == "Placemark" {
                    placemark.take().into_iter().for_each(|done| close(desk, count, done));
                }
                words.clear();
            }
            Event::Text(text) => words.push_str(&text.xml10_content()),
            Event::CData(text) => words.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(|error| broken(error.to_string()))?;
                match (character, resolve_predefined_entity(&reference.xml10_content())) {
                    (Some(character), _) => words.push(character),
                    (None, Some(text)) => words.push_str(text),
                    (None, None) => return Err(broken("an entity of its own".to_owned())),
                }
            }
            Event::Eof => break,
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::DocType(_) | Event::PI(_) => {}
        }
    }
    if !path.is_empty() {
        return Err(broken("it ends too early".to_owned()));
    }
    if is_kml { Ok(()) } else { Err(broken("there is no <kml>".to_owned())) }
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn begin(name: &str, placemark: &mut Option<Placemark>, count: &mut usize) {
    if name == "Placemark" {
        *count += 1;
        *placemark = Some(Placemark::default());
    }
    let Some(open) = placemark else { return };
    match name {
        "Polygon" => open.polygons.push(Vec::new()),
        "LineString" => open.others.push("a line"),
        "Point" => open.others.push("a point"),
        "Model" | "Track" => open.others.push("a model or track"),
        _ => {}
    }
}

fn end(name: &str, path: &[String], words: &str, open: &mut Placemark) {
    let within = |name: &str| path.iter().any(|element| element == name);
    if name == "name" && path.last().is_some_and(|parent| parent == "Placemark") {
        open.name = words.trim().to_owned();
    }
    if name == "coordinates" && within("LinearRing") && within("Polygon") {
        match coordinates(words) {
            Ok(ring) if within("outerBoundaryIs") => {
                if let Some(rings) = open.polygons.last_mut() {
                    rings.insert(0, ring);
                }
            }
            Ok(ring) => open.polygons.last_mut().into_iter().for_each(|rings| rings.push(ring.clone())),
            Err(word) => open.fault = Some(format!("{word:?} is no `longitude,latitude`")),
        }
    }
}

fn coordinates(words: &str) -> Result<Vec<[f64; 2]>, String> {
    let place = |word: &str| {
        let mut numbers = word.split(',').map(str::parse::<f64>);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(lon)), Some(Ok(lat))) if lon.is_finite() && lat.is_finite() => Ok([lon, lat]),
            _ => Err(word.chars().take(40).collect()),
        }
    };
    words.split_whitespace().map(place).collect()
}

fn close(desk: &mut Desk, number: usize, done: Placemark) {
    let name = (!done.name.is_empty()).then_some(done.name.as_str());
    let part = match name {
        Some(name) => format!("placemark {number} ({name:?})"),
        None => format!("placemark {number}"),
    };
    let label = Label { part, id: None, name, keys: Keys::new() };
    if let Some(fault) = done.fault {
        return desk.refuse(&label.part, fault, "export it again");
    }
    for kind in &done.others {
        desk.refuse(&label.part, format!("{kind} encloses nothing"), "a zone is a polygon: draw its outline");
    }
    done.polygons.into_iter().for_each(|rings| desk.polygon(&label, rings));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn geojson_of_other_programs_becomes_zones_and_the_rest_is_told() {
        let text = r#"{ "type": "FeatureCollection", "features": [
            { "type": "Feature", "properties": { "NAME": "East  Depot", "people": 12, "colour": "red" },
              "geometry": { "type": "MultiPolygon", "coordinates": [[[[44,33],[44.1,33],[44.1,33.1],[44,33]]], [[[45,33],[45.1,33],[45.1,33.1],[45,33]]]] } },
            { "type": "Feature", "properties": { "name": "Road" }, "geometry": { "type": "LineString", "coordinates": [[44,33],[45,33]] } },
            { "type": "Feature", "properties": null, "geometry": { "type": "Polygon", "coordinates": [[[440000,3300000],[440001,3300000],[440001,3300001],[440000,3300000]]] } },
            { "type": "Feature", "id": "gate", "properties": { "radius_m": 50 }, "geometry": { "type": "Point", "coordinates": [44,33] } } ] }"#;
        let found = import(text, &["east-depot".to_owned()]).unwrap();
        let ids: Vec<&Json> = found.zones.iter().map(|zone| &zone["id"]).collect();
        assert_eq!(ids, ["east-depot-2", "east-depot-3", "gate"]);
        assert_eq!((&found.zones[0]["name"], &found.zones[0]["people"]), (&json!("East Depot"), &json!(12)));
        assert!(!found.zones[0].contains_key("colour"));
        assert_eq!(found.zones[2]["circle"], json!({ "lat_deg": 33.0, "lon_deg": 44.0, "radius_m": 50.0 }));
        let refused: Vec<(&str, &str)> = found.refused.iter().map(|r| (r.part.as_str(), r.what.as_str())).collect();
        assert_eq!(refused[0], ("feature 2 (\"Road\")", "LineString encloses nothing"));
        assert!(refused[1].1.contains("no place on the Earth"), "{refused:?}");
    }

    #[test]
    fn kml_polygons_become_zones_with_their_holes() {
        let text = r#"<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>All</name>
            <Placemark><name>Camp &amp; gate</name><MultiGeometry><Polygon>
              <innerBoundaryIs><LinearRing><coordinates>44.2,33.2 44.3,33.2 44.3,33.3 44.2,33.2</coordinates></LinearRing></innerBoundaryIs>
              <outerBoundaryIs><LinearRing><coordinates> 44,33,0 45,33,0 45,34,0 44,33,0 </coordinates></LinearRing></outerBoundaryIs>
            </Polygon><Point><coordinates>44,33</coordinates></Point></MultiGeometry></Placemark>
            <Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>44;33</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>
            </Document></kml>"#;
        let found = import(text, &[]).unwrap();
        assert_eq!(found.zones.len(), 1);
        let zone = &found.zones[0];
        assert_eq!((&zone["id"], &zone["name"]), (&json!("camp-gate"), &json!("Camp & gate")));
        assert_eq!(zone["polygon"][0][0], json!([44.0, 33.0]), "the outer ring stands first");
        assert_eq!(zone["polygon"].as_array().unwrap().len(), 2);
        let refused: Vec<&str> = found.refused.iter().map(|refused| refused.what.as_str()).collect();
        assert_eq!(refused, ["a point encloses nothing", "\"44;33\" is no `longitude,latitude`"]);
    }

    #[test]
    fn what_is_no_such_file_says_what_it_is() {
        for (text, word) in [
            ("PK\u{3}\u{4}", "KMZ"),
            ("id,name\n1,a", "neither GeoJSON nor KML"),
            ("{", "not JSON"),
            ("{\"type\": \"Topology\"}", "not GeoJSON"),
            ("<html></html>", "no <kml>"),
            ("<kml><Placemark>", "too early"),
            ("<kml>&evil;</kml>", "an entity"),
        ] {
            let (what, _) = import(text, &[]).unwrap_err();
            assert!(what.contains(word), "{text}: {what}");
        }
        let deep = "<kml>".repeat(100);
        assert!(import(&deep, &[]).unwrap_err().0.contains("inside one another"));
    }
}
