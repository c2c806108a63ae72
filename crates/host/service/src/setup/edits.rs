//! A draft is a list of edits: from the files as they were, it gives the files as they would be. A value; no file is touched.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use toml_edit::{DocumentMut, Item};

use super::features_text;
use super::toml_text::{self, Keys};

/// Tables at the root whose keys the page edits one by one. Everything else is edited as text.
const TABLES: [&str; 4] = ["site", "policy", "map", "limits"];
/// The zone file of a site that had none.
const NEW_ZONE_FILE: &str = "zones.geojson";

/// One thing that somebody changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Edit {
    /// Changes keys of a zone, a sensor or an acoustic node, which is added where there is none of this id.
    Put { table: Kind, id: String, set: Keys },
    /// Takes a zone, a sensor or an acoustic node away.
    Remove { table: Kind, id: String },
    /// Changes keys of a table that there is once.
    Set { table: String, set: Keys },
    /// Adds zones that were imported.
    Import { zones: Vec<Keys> },
    /// Replaces the text of a file.
    Text { file: String, text: String },
}

/// What there are several of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Zone,
    Sensor,
    Node,
}

impl Kind {
    fn list(self) -> &'static str {
        match self {
            Kind::Zone => "zone",
            Kind::Sensor => "sensor",
            Kind::Node => "acoustic.node",
        }
    }
}

/// The texts of the files that a draft may change, by their names as the configuration writes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    /// The name of the site file.
    pub(crate) main: String,
    pub(crate) files: BTreeMap<String, String>,
}

impl Texts {
    pub(crate) fn main_text(&self) -> &str {
        self.files.get(&self.main).map_or("", String::as_str)
    }

    /// The file that a table names; `None` where it names none.
    pub(crate) fn named(&self, table: &str) -> Option<String> {
        let document: DocumentMut = self.main_text().parse().ok()?;
        document.get(table)?.get("file")?.as_str().map(str::to_owned)
    }
}

/// The files after all edits; `is_taken` says whether a file of this name exists already.
///
/// # Errors
/// The first edit that makes no sense: its number from 1, and why.
pub(crate) fn apply(base: &Texts, edits: &[Edit], is_taken: &dyn Fn(&str) -> bool) -> Result<Texts, String> {
    let mut desk = Desk { texts: base.clone(), document: None, is_taken };
    for (number, edit) in edits.iter().enumerate() {
        desk.apply(edit).map_err(|what| format!("edit {}: {what}", number + 1))?;
    }
    desk.close();
    Ok(desk.texts)
}

/// The files while edits are made.
struct Desk<'a> {
    texts: Texts,
    /// The site file, once it has been read; the text is old from then on.
    document: Option<DocumentMut>,
    is_taken: &'a dyn Fn(&str) -> bool,
}

impl Desk<'_> {
    fn apply(&mut self, edit: &Edit) -> Result<(), String> {
        match edit {
            Edit::Put { table: Kind::Zone, id, set } => self.put_zone(id, set),
            Edit::Put { table: Kind::Node, id, set } if self.file_has("acoustic", id) => self.put_node(id, set),
            Edit::Put { table, id, set } => toml_text::put(self.document()?, table.list(), id, set),
            Edit::Remove { table, id } => self.remove(*table, id),
            Edit::Set { table, set } => self.set(table, set),
            Edit::Import { zones } => self.import(zones),
            Edit::Text { file, text } => self.replace(file, text),
        }
    }

    /// Writes the site file back to its text.
    fn close(&mut self) {
        if let Some(document) = self.document.take() {
            self.texts.files.insert(self.texts.main.clone(), document.to_string());
        }
    }

    fn document(&mut self) -> Result<&mut DocumentMut, String> {
        if self.document.is_none() {
            let read = self.texts.main_text().parse::<DocumentMut>();
            self.document = Some(read.map_err(|error| format!("the site file is no TOML: {}", error.message()))?);
        }
        self.document.as_mut().ok_or_else(String::new)
    }

    /// The file that `[zones]` or `[acoustic]` names, if it is part of the draft.
    fn file_of(&mut self, table: &str) -> Option<String> {
        let named = self.document().ok()?.get(table)?.get("file")?.as_str()?.to_owned();
        self.texts.files.contains_key(&named).then_some(named)
    }

    fn text_of(&self, file: &str) -> &str {
        self.texts.files.get(file).map_or("", String::as_str)
    }

    fn file_has(&mut self, table: &str, id: &str) -> bool {
        let Some(file) = self.file_of(table) else { return false };
        let features = features_text::features(self.text_of(&file)).unwrap_or_default();
        features.iter().any(|feature| feature.id().as_deref() == Some(id))
    }

    fn put_feature(&mut self, file: String, id: &str, set: &Keys, geometry: Option<&Json>) -> Result<(), String> {
        let changed =
            features_text::put(self.text_of(&file), id, set, geometry).map_err(|what| format!("{file}: {what}"))?;
        self.texts.files.insert(file, changed);
        Ok(())
    }

    /// A zone that stands in the site file stays there; any other goes into the zone file where there is one.
    fn put_zone(&mut self, id: &str, set: &Keys) -> Result<(), String> {
        let is_inline = toml_text::has(self.document()?, Kind::Zone.list(), id);
        let file = if is_inline { None } else { self.file_of("zones") };
        let file = match file {
            None if !is_inline && rings(set)?.is_some_and(|rings| rings.len() > 1) => Some(self.new_zone_file()?),
            file => file,
        };
        match file {
            Some(file) => {
                let (set, geometry) = as_feature(set)?;
                self.put_feature(file, id, &set, geometry.as_ref())
            }
            None => {
                let set = as_table(set)?;
                toml_text::put(self.document()?, Kind::Zone.list(), id, &set)
            }
        }
    }

    fn import(&mut self, zones: &[Keys]) -> Result<(), String> {
        let file = match self.file_of("zones") {
            Some(file) => file,
            None => self.new_zone_file()?,
        };
        let tables = self.document()?.get(Kind::Zone.list()).and_then(Item::as_array_of_tables);
        let inline = tables.into_iter().flatten().filter_map(|table| table.get("id")?.as_str().map(str::to_owned));
        let mut taken: BTreeSet<String> = inline.collect();
        let features = features_text::features(self.text_of(&file)).map_err(|what| format!("{file}: {what}"))?;
        taken.extend(features.iter().filter_map(features_text::Feature::id));
        let mut new = Vec::with_capacity(zones.len());
        for zone in zones {
            let id = zone.get("id").and_then(Json::as_str).ok_or("an imported zone has no id")?.to_owned();
            if !taken.insert(id.clone()) {
                return Err(format!("there is a zone {id:?} already"));
            }
            let (set, geometry) = as_feature(zone)?;
            new.push((id, set, geometry));
        }
        let changed = features_text::append_all(self.text_of(&file), &new)?;
        self.texts.files.insert(file, changed);
        Ok(())
    }

    fn new_zone_file(&mut self) -> Result<String, String> {
        if self.document()?.contains_key("zones") {
            return Err("the zone file that [zones] names is not part of this draft; write the draft first".to_owned());
        }
        let names = (1..100).map(|n| if n == 1 { NEW_ZONE_FILE.to_owned() } else { format!("zones-{n}.geojson") });
        let free = |name: &String| !self.texts.files.contains_key(name) && !(self.is_taken)(name);
        let name = names.into_iter().find(free).ok_or("there are too many zone files")?;
        let mut set = Keys::new();
        set.insert("file".to_owned(), name.clone().into());
        toml_text::set(self.document()?, "zones", &set)?;
        self.texts.files.insert(name.clone(), features_text::EMPTY.to_owned());
        Ok(name)
    }

    fn put_node(&mut self, id: &str, set: &Keys) -> Result<(), String> {
        let file = self.file_of("acoustic").ok_or("there is no file of nodes")?;
        let mut set = set.clone();
        let geometry = set.remove("position").as_ref().map(point).transpose()?;
        self.put_feature(file, id, &set, geometry.as_ref())
    }

    fn remove(&mut self, kind: Kind, id: &str) -> Result<(), String> {
        let table = match kind {
            Kind::Zone => "zones",
            Kind::Node => "acoustic",
            Kind::Sensor => "",
        };
        if self.file_has(table, id)
            && let Some(file) = self.file_of(table)
        {
            let changed = features_text::remove(self.text_of(&file), id)?;
            self.texts.files.insert(file, changed);
            return Ok(());
        }
        toml_text::remove(self.document()?, kind.list(), id)
    }

    fn set(&mut self, table: &str, set: &Keys) -> Result<(), String> {
        if !TABLES.contains(&table) {
            let known = TABLES.join("], [");
            return Err(format!("keys of [{table}] are edited as text; one by one those of [{known}]"));
        }
        toml_text::set(self.document()?, table, set)
    }

    fn replace(&mut self, file: &str, text: &str) -> Result<(), String> {
        if !self.texts.files.contains_key(file) {
            let known: Vec<&str> = self.texts.files.keys().map(String::as_str).collect();
            return Err(format!("{file:?} is not part of this draft; its files are {}", known.join(", ")));
        }
        if file == self.texts.main {
            self.document = None;
        }
        self.texts.files.insert(file.to_owned(), text.to_owned());
        Ok(())
    }
}

/// Rings of `polygon`: [longitude, latitude], none closed; `None` where the edit leaves the outline alone.
fn rings(set: &Keys) -> Result<Option<Vec<Vec<[f64; 2]>>>, String> {
    let Some(polygon) = set.get("polygon") else { return Ok(None) };
    let mut rings: Vec<Vec<[f64; 2]>> = serde_json::from_value(polygon.clone())
        .map_err(|_| "`polygon` is no list of rings of [longitude, latitude]")?;
    for ring in &mut rings {
        if ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
    }
    Ok(Some(rings))
}

/// A zone's keys as a table of the site file has them.
fn as_table(set: &Keys) -> Result<Keys, String> {
    let mut keys = set.clone();
    if let Some(rings) = rings(set)? {
        let [ring] = rings.as_slice() else {
            return Err("a zone with holes stands in a zone file; remove it and draw it anew".to_owned());
        };
        let corners = ring.iter().map(|[lon_deg, lat_deg]| json!({ "lat_deg": lat_deg, "lon_deg": lon_deg })).collect();
        keys.remove("polygon");
        keys.insert("corners".to_owned(), corners);
        keys.insert("circle".to_owned(), Json::Null);
    } else if keys.get("circle").is_some_and(|circle| !circle.is_null()) {
        keys.insert("corners".to_owned(), Json::Null);
    }
    Ok(keys)
}

/// A zone's keys as a feature of a zone file has them: properties and geometry.
fn as_feature(set: &Keys) -> Result<(Keys, Option<Json>), String> {
    let mut keys = set.clone();
    if let Some(mut rings) = rings(set)? {
        rings.iter_mut().for_each(|ring| ring.extend(ring.first().copied()));
        keys.remove("polygon");
        keys.insert("radius_m".to_owned(), Json::Null);
        return Ok((keys, Some(json!({ "type": "Polygon", "coordinates": rings }))));
    }
    let Some(circle) = keys.remove("circle").filter(|circle| !circle.is_null()) else { return Ok((keys, None)) };
    let radius_m = circle.get("radius_m").cloned().unwrap_or_default();
    keys.insert("radius_m".to_owned(), radius_m);
    Ok((keys, Some(point(&circle)?)))
}

fn point(place: &Json) -> Result<Json, String> {
    let number = |key: &str| place.get(key).and_then(Json::as_f64);
    let (Some(lat_deg), Some(lon_deg)) = (number("lat_deg"), number("lon_deg")) else {
        return Err("a place needs `lat_deg` and `lon_deg`".to_owned());
    };
    let coordinates: Vec<f64> = [lon_deg, lat_deg].into_iter().chain(number("height_m")).collect();
    Ok(json!({ "type": "Point", "coordinates": coordinates }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(files: &[(&str, &str)]) -> Texts {
        let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Texts { main: "site.toml".to_owned(), files }
    }

    fn edits(list: Json) -> Vec<Edit> {
        serde_json::from_value(list).unwrap()
    }

    const SQUARE: &str = "[[[44.0, 33.0], [44.1, 33.0], [44.1, 33.1], [44.0, 33.0]]]";

    fn square() -> Json {
        serde_json::from_str(SQUARE).unwrap()
    }

    #[test]
    fn a_zone_stands_where_its_like_stand() {
        let draw = edits(json!([{ "edit": "put", "table": "zone", "id": "a", "set": { "polygon": square() } }]));
        let alone = apply(&texts(&[("site.toml", "")]), &draw, &|_| false).unwrap();
        assert!(alone.main_text().contains("[[zone]]\nid = \"a\"\ncorners = [\n  { lat_deg = 33.0, lon_deg = 44.0 },"));
        let named = texts(&[("site.toml", "[zones]\nfile = \"z.geojson\"\n"), ("z.geojson", features_text::EMPTY)]);
        let filed = apply(&named, &draw, &|_| false).unwrap();
        assert_eq!(filed.main_text(), named.main_text());
        assert!(filed.files["z.geojson"].contains("\"Polygon\""));
        let circle = json!({ "circle": { "lat_deg": 33.0, "lon_deg": 44.0, "radius_m": 80.0 } });
        let round = edits(json!([{ "edit": "put", "table": "zone", "id": "a", "set": circle }]));
        let round = [draw, round].concat();
        let filed = apply(&named, &round, &|_| false).unwrap();
        assert!(
            filed.files["z.geojson"].contains("\"radius_m\": 80.0") && !filed.files["z.geojson"].contains("Polygon")
        );
        let alone = apply(&texts(&[("site.toml", "")]), &round, &|_| false).unwrap();
        assert!(alone.main_text().contains("circle = {") && !alone.main_text().contains("corners"));
    }

    #[test]
    fn what_is_imported_gets_a_file_of_its_own_and_overwrites_nothing() {
        let import = edits(json!([{ "edit": "import", "zones": [{ "id": "a", "polygon": square() }] }]));
        let taken = |name: &str| name == NEW_ZONE_FILE;
        let made = apply(&texts(&[("site.toml", "")]), &import, &taken).unwrap();
        assert!(made.main_text().contains("[zones]\nfile = \"zones-2.geojson\""), "{}", made.main_text());
        assert_eq!(features_text::features(&made.files["zones-2.geojson"]).unwrap().len(), 1);
        let twice = [import.clone(), import].concat();
        let refused = apply(&texts(&[("site.toml", "")]), &twice, &|_| false).unwrap_err();
        assert_eq!(refused, "edit 2: there is a zone \"a\" already");
    }

    #[test]
    fn only_files_of_the_draft_and_tables_of_the_page_are_edited() {
        let base = texts(&[("site.toml", "")]);
        for (edit, word) in [
            (json!({ "edit": "text", "file": "../passwd", "text": "" }), "not part of this draft"),
            (json!({ "edit": "set", "table": "operator", "set": {} }), "edited as text"),
            (json!({ "edit": "remove", "table": "sensor", "id": "x" }), "there is no sensor \"x\""),
            (json!({ "edit": "put", "table": "zone", "id": "x", "set": { "polygon": [1] } }), "no list of rings"),
        ] {
            let refused = apply(&base, &edits(json!([edit])), &|_| false).unwrap_err();
            assert!(refused.starts_with("edit 1: ") && refused.contains(word), "{refused}");
        }
        let broken = edits(json!([{ "edit": "text", "file": "site.toml", "text": "[" },
            { "edit": "set", "table": "policy", "set": {} }]));
        assert!(apply(&base, &broken, &|_| false).unwrap_err().contains("no TOML"));
        assert!(apply(&base, &broken[..1], &|_| false).is_ok(), "a text is taken as it is, and judged");
    }

    #[test]
    fn nodes_are_moved_where_they_stand() {
        let nodes = r#"{ "type": "FeatureCollection", "features": [
  { "type": "Feature", "geometry": { "type": "Point", "coordinates": [44.0, 33.0] }, "properties": { "id": "m1" } }
] }"#;
        let base = texts(&[("site.toml", "[acoustic]\nfile = \"n.geojson\"\n"), ("n.geojson", nodes)]);
        let at = json!({ "position": { "lat_deg": 33.5, "lon_deg": 44.5, "height_m": 40 } });
        let moved = json!([{ "edit": "put", "table": "node", "id": "m1", "set": at },
            { "edit": "put", "table": "node", "id": "m2", "set": at }]);
        let after = apply(&base, &edits(moved), &|_| false).unwrap();
        assert!(after.files["n.geojson"].contains("[44.5, 33.5, 40.0]"), "{}", after.files["n.geojson"]);
        assert!(after.main_text().contains("[[acoustic.node]]\nid = \"m2\""), "{}", after.main_text());
    }
}
