//! The zone file: a GeoJSON FeatureCollection (RFC 7946) of polygons, and of points with a radius.

use core::ops::Range;
use std::borrow::Cow;

use geojson::{Feature, GeometryValue, JsonObject, Position};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use parapet_warn::cost_loss_threshold;

use crate::nearest::nearest;
use crate::policy;
use crate::problem::{Notes, Page};
use crate::table::{Within, identifier_fault, label_fault, probability_fault};
use crate::zone::{Draft, Outline, PEOPLE, RADIUS};

/// The properties of a feature that mean something here.
const PROPERTIES: [&str; 9] =
    ["id", "name", "kind", "people", "alarm_probability", "cost_false", "cost_miss", "shelter_s", "radius_m"];

#[derive(Deserialize)]
struct Collection<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    features: Vec<&'a RawValue>,
}

/// Reads the zones of a zone file; what cannot be read is noted and left out.
pub(crate) fn drafts(file: &str, text: &str, notes: &mut Notes) -> Vec<Draft> {
    let page = Page::new(file, text);
    let collection: Collection<'_> = match serde_json::from_str(text) {
        Ok(collection) => collection,
        Err(error) => {
            let at = byte_of(text, error.line(), error.column());
            let remedy =
                "a zone file is a GeoJSON FeatureCollection: {\"type\": \"FeatureCollection\", \"features\": [...]}";
            notes.problems.push(page.problem(at..at, "", format!("not readable as GeoJSON: {error}"), remedy));
            return Vec::new();
        }
    };
    if collection.kind != "FeatureCollection" {
        let what = format!("the type is {:?}", collection.kind);
        notes.problems.push(page.problem(0..1, "type", what, "write \"type\": \"FeatureCollection\""));
        return Vec::new();
    }
    let reader = |(number, raw): (usize, &&RawValue)| Reader::new(&page, text, number, raw.get()).draft(notes);
    collection.features.iter().enumerate().filter_map(reader).collect()
}

fn byte_of(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (before + column.saturating_sub(1)).min(text.len())
}

/// One feature being read.
struct Reader<'a> {
    page: &'a Page,
    raw: &'a str,
    /// Where the feature starts in the file.
    start: usize,
    path: String,
}

impl<'a> Reader<'a> {
    fn new(page: &'a Page, text: &str, number: usize, raw: &'a str) -> Self {
        // The raw text is a slice of the file, so the difference of their addresses is its place.
        let start = (raw.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        Reader { page, raw, start, path: format!("feature {}", number + 1) }
    }

    /// Where a key of the feature stands; the feature's beginning when it is not found.
    fn span_of(&self, key: &str) -> Range<usize> {
        let quoted = format!("{key:?}");
        let is_key = |at: &usize| self.raw[at + quoted.len()..].trim_start().starts_with(':');
        let at = self.raw.match_indices(&quoted).map(|(at, _)| at).find(is_key);
        match at {
            Some(at) => self.start + at..self.start + at + quoted.len(),
            None => self.start..self.start + 1,
        }
    }

    fn note(&self, key: &str, what: impl Into<String>, remedy: impl Into<String>, notes: &mut Notes) {
        let path = if PROPERTIES.contains(&key) { format!("{} {key}", self.path) } else { self.path.clone() };
        notes.problems.push(self.page.problem(self.span_of(key), path, what, remedy));
    }

    fn draft(mut self, notes: &mut Notes) -> Option<Draft> {
        let feature = match serde_json::from_str::<Feature>(self.raw) {
            Ok(feature) => feature,
            Err(error) => {
                self.note("type", format!("not a GeoJSON feature: {error}"), "see RFC 7946, section 3.2", notes);
                return None;
            }
        };
        let properties = feature.properties.unwrap_or_default();
        let key = self.key(&properties, feature.id.as_ref(), notes);
        self.note_unknown(&properties, notes);
        let name = self.words(&properties, "name", label_fault, notes);
        let kind = self.words(&properties, "kind", identifier_fault, notes);
        let people = self.people(&properties, notes);
        let alarm_probability = self.threshold(&properties, notes);
        let shelter_s = self.within(&properties, "shelter_s", policy::SHELTER, notes);
        let outline = self.outline(feature.geometry.map(|geometry| geometry.value), &properties, notes);
        let (id_span, outline_span) = (self.span_of("id"), self.span_of("coordinates"));
        let (page, order) = (self.page.clone(), "GeoJSON wants [longitude, latitude]; they look swapped");
        Some(Draft {
            key: key?,
            name,
            kind,
            people,
            alarm_probability,
            shelter_s,
            outline: outline?,
            page,
            id_span,
            outline_span,
            order,
        })
    }

    fn key(&mut self, properties: &JsonObject, id: Option<&geojson::feature::Id>, notes: &mut Notes) -> Option<String> {
        let key = match (properties.get("id"), id) {
            (Some(Value::String(text)), _) | (None, Some(geojson::feature::Id::String(text))) => text.clone(),
            (Some(Value::Number(number)), _) | (None, Some(geojson::feature::Id::Number(number))) => number.to_string(),
            (Some(_), _) => {
                self.note("id", "the id is not a text", "write for example \"id\": \"hospital\"", notes);
                return None;
            }
            (None, None) => {
                self.note(
                    "properties",
                    "the property `id` is missing",
                    "add it, for example \"id\": \"hospital\"",
                    notes,
                );
                return None;
            }
        };
        if let Some((what, remedy)) = identifier_fault(&key) {
            self.note("id", what, remedy, notes);
            return None;
        }
        self.path = format!("zone {key:?}");
        Some(key)
    }

    /// A property that nearly has a known name, which is not given, is a slip; any other belongs to another program.
    fn note_unknown(&self, properties: &JsonObject, notes: &mut Notes) {
        let absent = || PROPERTIES.into_iter().filter(|known| !properties.contains_key(*known));
        for name in properties.keys().filter(|name| !PROPERTIES.contains(&name.as_str())) {
            if let Some(near) = nearest(name, absent()) {
                let what = format!("unknown property `{}`", name.escape_debug());
                self.note(name, what, format!("did you mean `{near}`?"), notes);
            }
        }
    }

    fn words(
        &self,
        properties: &JsonObject,
        key: &str,
        fault: fn(&str) -> Option<(String, String)>,
        notes: &mut Notes,
    ) -> Option<String> {
        let found = present(properties, key)?;
        let Some(text) = found.as_str() else {
            self.note(key, "expected a text", "write a text in quotes", notes);
            return None;
        };
        let Some((what, remedy)) = fault(text) else {
            return Some(text.to_owned());
        };
        self.note(key, what, remedy, notes);
        None
    }

    fn number(&self, properties: &JsonObject, key: &str, notes: &mut Notes) -> Option<f64> {
        let number = present(properties, key)?.as_f64();
        if number.is_none() {
            self.note(key, "expected a number", "write a number without quotes", notes);
        }
        number
    }

    fn people(&self, properties: &JsonObject, notes: &mut Notes) -> Option<u32> {
        let people = self.number(properties, "people", notes)?;
        if people.fract() == 0.0 && (PEOPLE.min..=PEOPLE.max).contains(&people) {
            return Some(people as u32);
        }
        self.note("people", format!("{people} is not a number of people"), "write a whole number, 0 or more", notes);
        None
    }

    /// The probability from which the zone is warned, as it is or as the costs that it follows from.
    fn threshold(&self, properties: &JsonObject, notes: &mut Notes) -> Option<f64> {
        let probability = self.alarm_probability(properties, notes);
        let cost = |key: &str, notes: &mut Notes| self.within(properties, key, policy::COST, notes);
        let costs = (cost("cost_false", notes), cost("cost_miss", notes));
        let given = ["alarm_probability", "cost_false", "cost_miss"].map(|key| present(properties, key).is_some());
        if let Some((key, what, remedy)) = policy::threshold_fault(given) {
            self.note(key, what.to_owned(), remedy, notes);
            return None;
        }
        probability.or_else(|| Some(cost_loss_threshold(costs.0?, costs.1?)))
    }

    fn within(&self, properties: &JsonObject, key: &str, range: Within, notes: &mut Notes) -> Option<f64> {
        let value = self.number(properties, key, notes)?;
        let Within { min, max, unit } = range;
        if (min..=max).contains(&value) {
            return Some(value);
        }
        self.note(key, format!("{value} is out of range"), format!("write a number from {min} to {max}{unit}"), notes);
        None
    }

    fn alarm_probability(&self, properties: &JsonObject, notes: &mut Notes) -> Option<f64> {
        let value = self.number(properties, "alarm_probability", notes)?;
        let Some((what, remedy)) = probability_fault(value) else {
            return Some(value);
        };
        self.note("alarm_probability", what, remedy, notes);
        None
    }

    fn outline(&self, geometry: Option<GeometryValue>, properties: &JsonObject, notes: &mut Notes) -> Option<Outline> {
        match geometry {
            Some(GeometryValue::Polygon { coordinates }) => self.polygon(&coordinates, notes),
            Some(GeometryValue::Point { coordinates }) => self.circle(&coordinates, properties, notes),
            other => {
                let found = other.as_ref().map_or("no geometry", GeometryValue::type_name);
                let remedy = match other {
                    Some(GeometryValue::MultiPolygon { .. }) => {
                        "write one feature with an id of its own for each polygon"
                    }
                    _ => "write a Polygon, or a Point with the property `radius_m`",
                };
                self.note("geometry", format!("found {found}"), remedy, notes);
                None
            }
        }
    }

    fn polygon(&self, coordinates: &[Vec<Position>], notes: &mut Notes) -> Option<Outline> {
        let rings: Option<Vec<Vec<[f64; 2]>>> = coordinates.iter().map(|ring| ring_of(ring)).collect();
        match rings {
            Some(rings) if !rings.is_empty() => Some(Outline::Rings(rings)),
            _ => {
                self.note(
                    "coordinates",
                    "the coordinates are no rings of places",
                    "write [[[longitude, latitude], ...]]",
                    notes,
                );
                None
            }
        }
    }

    fn circle(&self, coordinates: &Position, properties: &JsonObject, notes: &mut Notes) -> Option<Outline> {
        let Some(centre) = lat_lon(coordinates) else {
            self.note("coordinates", "the coordinates are no place", "write [longitude, latitude]", notes);
            return None;
        };
        let Some(radius_m) = self.number(properties, "radius_m", notes) else {
            if present(properties, "radius_m").is_none() {
                self.note(
                    "properties",
                    "a Point without `radius_m`",
                    "add the radius of the circle, for example \"radius_m\": 150",
                    notes,
                );
            }
            return None;
        };
        if (RADIUS.min..=RADIUS.max).contains(&radius_m) {
            return Some(Outline::Circle { centre, radius_m });
        }
        let remedy = format!("write a number from {} to {}{}", RADIUS.min, RADIUS.max, RADIUS.unit);
        self.note("radius_m", format!("{radius_m} is out of range"), remedy, notes);
        None
    }
}

/// A property, unless it is absent or null.
fn present<'a>(properties: &'a JsonObject, key: &str) -> Option<&'a Value> {
    properties.get(key).filter(|value| !value.is_null())
}

/// A ring without the repetition of its first place at its end.
fn ring_of(ring: &[Position]) -> Option<Vec<[f64; 2]>> {
    let mut places: Vec<[f64; 2]> = ring.iter().map(lat_lon).collect::<Option<_>>()?;
    if places.len() > 1 && places.first() == places.last() {
        places.pop();
    }
    Some(places)
}

/// Latitude and longitude; GeoJSON writes longitude first.
fn lat_lon(position: &Position) -> Option<[f64; 2]> {
    match position.as_slice() {
        [lon_deg, lat_deg, ..] => Some([*lat_deg, *lon_deg]),
        _ => None,
    }
}
