//! Changes of a GeoJSON file that leave every feature that they do not mean as it was written.

use core::ops::Range;
use std::io;

use serde::{Deserialize, Serialize};
use serde_json::ser::Formatter;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json, json};

use super::toml_text::{Keys, ordered};

/// A zone file with nothing in it.
pub(crate) const EMPTY: &str = "{\n  \"type\": \"FeatureCollection\",\n  \"features\": [\n  ]\n}\n";

/// A feature, and where it stands in the text.
#[derive(Clone, Debug)]
pub(crate) struct Feature {
    pub(crate) span: Range<usize>,
    pub(crate) value: Map<String, Json>,
}

#[derive(Deserialize)]
struct Collection<'a> {
    #[serde(borrow)]
    features: Vec<&'a RawValue>,
}

impl Feature {
    /// The property `id`, or the feature's own.
    pub(crate) fn id(&self) -> Option<String> {
        let text = |value: &Json| match value {
            Json::String(text) => Some(text.clone()),
            Json::Number(number) => Some(number.to_string()),
            _ => None,
        };
        self.value.get("properties").and_then(|p| p.get("id")).or_else(|| self.value.get("id")).and_then(text)
    }
}

/// The features of a file.
///
/// # Errors
/// When it is no FeatureCollection.
pub(crate) fn features(text: &str) -> Result<Vec<Feature>, String> {
    let collection: Collection<'_> = serde_json::from_str(text).map_err(|error| format!("not GeoJSON: {error}"))?;
    let feature = |raw: &&RawValue| {
        // The raw text is a slice of the file, so the difference of their addresses is its place.
        let start = (raw.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        let value = serde_json::from_str(raw.get()).map_err(|error| format!("not a feature: {error}"))?;
        Ok(Feature { span: start..start + raw.get().len(), value })
    };
    collection.features.iter().map(feature).collect()
}

/// Changes properties and geometry of the feature with this id, which is added at the end where there is none.
///
/// # Errors
/// When the file is no FeatureCollection.
pub(crate) fn put(text: &str, id: &str, properties: &Keys, geometry: Option<&Json>) -> Result<String, String> {
    let found = features(text)?;
    let Some(feature) = found.iter().find(|feature| feature.id().as_deref() == Some(id)) else {
        return append_all(text, &[(id.to_owned(), properties.clone(), geometry.cloned())]);
    };
    let mut value = feature.value.clone();
    change(&mut value, properties, geometry);
    let (before, after) = (&text[..feature.span.start], &text[feature.span.end..]);
    Ok(format!("{before}{}{after}", written(&value)))
}

/// Adds features at the end, each with its id, properties and geometry: many at the price of one.
///
/// # Errors
/// When the file is no FeatureCollection.
pub(crate) fn append_all(text: &str, new: &[(String, Keys, Option<Json>)]) -> Result<String, String> {
    let written: Vec<String> = new
        .iter()
        .map(|(id, properties, geometry)| {
            let mut value = Map::new();
            let mut all = properties.clone();
            all.insert("id".to_owned(), id.as_str().into());
            change(&mut value, &all, geometry.as_ref());
            written(&value)
        })
        .collect();
    Ok(if written.is_empty() { text.to_owned() } else { append(text, &features(text)?, &written) })
}

/// Takes the feature with this id out.
///
/// # Errors
/// When there is none, or the file is no FeatureCollection.
pub(crate) fn remove(text: &str, id: &str) -> Result<String, String> {
    let found = features(text)?;
    let place = found.iter().position(|feature| feature.id().as_deref() == Some(id));
    let place = place.ok_or_else(|| super::toml_text::absent("zone", id))?;
    let (before, after) = (place.checked_sub(1).map(|before| &found[before].span), found.get(place + 1));
    let cut = match (before, after) {
        (_, Some(next)) => found[place].span.start..next.span.start,
        (Some(before), None) => before.end..found[place].span.end,
        (None, None) => found[place].span.clone(),
    };
    Ok(format!("{}{}", &text[..cut.start], &text[cut.end..]))
}

fn change(value: &mut Map<String, Json>, properties: &Keys, geometry: Option<&Json>) {
    value.insert("type".to_owned(), "Feature".into());
    let found = value.entry("properties").or_insert(Json::Null);
    if !found.is_object() {
        *found = json!({});
    }
    if let Some(all) = found.as_object_mut() {
        for (key, new) in properties {
            if new.is_null() {
                all.remove(key);
            } else {
                all.insert(key.clone(), new.clone());
            }
        }
    }
    if let Some(geometry) = geometry {
        value.insert("geometry".to_owned(), geometry.clone());
    }
}

/// Behind the last feature, each in a line of its own with that one's indentation.
fn append(text: &str, found: &[Feature], new: &[String]) -> String {
    if let Some(last) = found.last() {
        let line = text[..last.span.start].rfind('\n').map_or(0, |at| at + 1);
        let indent: String = text[line..last.span.start].chars().take_while(|c| c.is_whitespace()).collect();
        let (before, after) = text.split_at(last.span.end);
        let new: String = new.iter().map(|feature| format!(",\n{indent}{feature}")).collect();
        return format!("{before}{new}{after}");
    }
    let list = text.find("\"features\"").and_then(|at| Some(at + text[at..].find('[')? + 1)).unwrap_or(text.len());
    format!("{}\n    {}\n  {}", &text[..list], new.join(",\n    "), text[list..].trim_start())
}

/// A feature in one line, its members and properties in the order in which a person writes them.
fn written(value: &Map<String, Json>) -> String {
    let empty = Map::new();
    let properties = value.get("properties").and_then(Json::as_object).unwrap_or(&empty);
    let properties: Vec<String> = ordered(properties).into_iter().map(|(key, value)| member(key, value)).collect();
    let geometry = value.get("geometry").unwrap_or(&Json::Null);
    let others = value.iter().filter(|(key, _)| !["type", "properties", "geometry"].contains(&key.as_str()));
    let mut members = vec![member("type", &"Feature".into())];
    members.extend(others.map(|(key, value)| member(key, value)));
    members.push(format!("\"properties\": {{ {} }}", properties.join(", ")));
    let kind = geometry.get("type").unwrap_or(&Json::Null);
    let coordinates = geometry.get("coordinates").unwrap_or(&Json::Null);
    members.push(if geometry.is_object() {
        format!("\"geometry\": {{ {}, {} }}", member("type", kind), member("coordinates", coordinates))
    } else {
        member("geometry", geometry)
    });
    format!("{{ {} }}", members.join(", "))
}

fn member(key: &str, value: &Json) -> String {
    format!("{}: {}", Json::from(key), spaced(value))
}

/// JSON in one line with a blank behind each comma and colon.
fn spaced(value: &Json) -> String {
    struct Spaced;
    impl Formatter for Spaced {
        fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
            if first { Ok(()) } else { writer.write_all(b", ") }
        }
        fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
            if first { Ok(()) } else { writer.write_all(b", ") }
        }
        fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
            writer.write_all(b": ")
        }
    }
    let mut octets = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut octets, Spaced);
    // Values always serialise, and JSON is always UTF-8.
    let _ = value.serialize(&mut serializer);
    String::from_utf8(octets).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{ "type": "FeatureCollection", "note": "kept",
  "features": [
    { "type": "Feature", "geometry": { "type": "Point",  "coordinates": [1.5, 2] }, "properties": {"id":"a","radius_m":50} },
    { "type": "Feature", "properties": { "id": "b" }, "geometry": null }
  ]
}
"#;

    fn keys(value: Json) -> Keys {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn one_feature_changes_and_the_others_stay() {
        let text = put(TEXT, "b", &keys(json!({ "people": 4, "name": "B" })), None).unwrap();
        let b = r#"{ "type": "Feature", "properties": { "id": "b", "name": "B", "people": 4 }, "geometry": null }"#;
        assert_eq!(text, TEXT.replace(r#"{ "type": "Feature", "properties": { "id": "b" }, "geometry": null }"#, b));
        let point = json!({ "type": "Point", "coordinates": [3.0, 4.25] });
        let text = put(TEXT, "c", &keys(json!({ "radius_m": 20.0 })), Some(&point)).unwrap();
        let c = r#",
    { "type": "Feature", "properties": { "id": "c", "radius_m": 20.0 }, "geometry": { "type": "Point", "coordinates": [3.0, 4.25] } }"#;
        assert_eq!(text, TEXT.replace("\"geometry\": null }\n", &format!("\"geometry\": null }}{c}\n")));
    }

    #[test]
    fn features_are_taken_out_wherever_they_stand() {
        for id in ["a", "b"] {
            let left = features(&remove(TEXT, id).unwrap()).unwrap();
            assert_eq!(left.len(), 1);
            assert_ne!(left[0].id().as_deref(), Some(id));
        }
        let none = remove(&remove(TEXT, "a").unwrap(), "b").unwrap();
        assert!(features(&none).unwrap().is_empty() && none.contains("\"note\": \"kept\""));
        assert_eq!(features(&put(&none, "z", &Keys::new(), None).unwrap()).unwrap()[0].id().as_deref(), Some("z"));
        assert_eq!(features(&put(EMPTY, "z", &Keys::new(), None).unwrap()).unwrap().len(), 1);
        assert!(remove(TEXT, "x").is_err() && features("[]").is_err() && put("{", "a", &Keys::new(), None).is_err());
    }
}
